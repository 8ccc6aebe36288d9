"""What a kind of field means in SQL: from the file's text to a typed value, or to a fault with its reason.

Pure text in, text out; nothing is executed here. A staged file holds trimmed text, '' as NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sources.nba_stats.shape import Check, Field, Kind, Shape

TYPES: dict[Kind, str] = {
    "game_id": "VARCHAR",
    "season_id": "BIGINT",
    "end_year": "BIGINT",
    "matchup": "VARCHAR",
    "integer": "BIGINT",
    "minutes": "DOUBLE",
    "feet": "DOUBLE",
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}

# (nothing stands there, something else stands there)
_REASONS: dict[Kind, tuple[str, str]] = {
    "game_id": ("bad_game_id", "bad_game_id"),
    "matchup": ("bad_matchup", "bad_matchup"),
    "minutes": ("missing_minutes", "not_a_number"),
    "choice": ("missing_value", "unknown_value"),
    "date": ("bad_date", "bad_date"),
    "timestamp": ("bad_date", "bad_date"),
}
_DEFAULT_REASONS = ("missing_value", "not_a_number")

# Game 00000 does not exist: such an id is a rounded one.
_GAME_ID = r"^00[1-6]\d\d\d{5}$"
_MATCHUP = r"^\S+ (vs\.|@) \S+$"
_CLOCK = r"^\d{1,3}(\.0+)?:[0-5]\d$"

# The league began in 1946: 46 to 99 are of the last century.
SEASON_OF_GAME = "(CASE WHEN game_id[4:5] >= '46' THEN 1900 ELSE 2000 END + CAST(game_id[4:5] AS BIGINT))"


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def value(field: Field) -> str:
    """The typed value of a field, NULL where the text does not fit its kind."""
    text = f'"{field.column}"'
    return _VALUES[field.kind](field, text)


def fault(shape: Shape) -> str:
    """The first fault of a parsed row as a struct (column, reason, value), NULL for a sound row.

    Expects each field's value under its name and its text under `text_<name>`.
    """
    cases = [_field_fault(f) for f in shape.fields]
    cases += [_season_fault(f) for f in shape.fields if f.kind in ("season_id", "end_year")]
    cases += [_check_fault(shape, check) for check in shape.checks]
    return "CASE\n  " + "\n  ".join(cases) + "\nEND"


def _struct(column: str, reason: str, value: str) -> str:
    return f"""{{'column': {quoted(column)}, 'reason': {reason}, 'value': {value}}}"""


def _field_fault(field: Field) -> str:
    text = f"text_{field.name}"
    missing, bad = _REASONS.get(field.kind, _DEFAULT_REASONS)
    reason = f"IF({text} IS NULL, {quoted(missing)}, {quoted(bad)})"
    needed = f" AND {text} IS NOT NULL" if field.nullable else ""
    return f"WHEN {field.name} IS NULL{needed} THEN {_struct(field.column, reason, text)}"


def _season_fault(field: Field) -> str:
    struct = _struct(field.column, "'season_contradiction'", f"text_{field.name}")
    return f"WHEN {field.name} <> season THEN {struct}"


def _check_fault(shape: Shape, check: Check) -> str:
    struct = _struct(shape.field(check.name).column, quoted(check.reason), f"text_{check.name}")
    return f"WHEN {check.condition} THEN {struct}"


def _game_id(_: Field, text: str) -> str:
    whole = f"lpad({text}, 10, '0')"
    sound = f"regexp_matches({whole}, '{_GAME_ID}') AND right({whole}, 5) <> '00000'"
    return f"CASE WHEN length({text}) <= 10 AND {sound} THEN {whole} END"


def _integer(_: Field, text: str) -> str:
    """25 and 25.0, but not 25.7, which a plain cast would round in silence."""
    number = f"TRY_CAST({text} AS DOUBLE)"
    return f"CASE WHEN {number} = floor({number}) THEN TRY_CAST({number} AS BIGINT) END"


def _number(text: str) -> str:
    number = f"TRY_CAST({text} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _minutes(_: Field, text: str) -> str:
    whole, seconds = (f"TRY_CAST(split_part({text}, ':', {part}) AS DOUBLE)" for part in (1, 2))
    return (
        f"CASE WHEN regexp_matches({text}, '{_CLOCK}') THEN {whole} + {seconds} / 60 ELSE {_number(text)} END"
    )


def _feet(field: Field, text: str) -> str:
    """To the hundredth of a foot; adding zero makes -0.0 and 0.0 one value."""
    return f"round({_number(text)} * {field.scale} + {field.offset}, 2) + 0.0"


def _matchup(_: Field, text: str) -> str:
    return f"CASE WHEN regexp_matches({text}, '{_MATCHUP}') THEN {text} END"


def _choice(field: Field, text: str) -> str:
    cases = " ".join(f"WHEN {quoted(k.upper())} THEN {quoted(v)}" for k, v in field.values.items())
    return f"CASE upper({text}) {cases} END"


_VALUES: dict[Kind, Callable[[Field, str], str]] = {
    "game_id": _game_id,
    "season_id": lambda f, text: _integer(f, f"right({text}, 4)"),
    "end_year": lambda f, text: f"{_integer(f, text)} - 1",
    "matchup": _matchup,
    "integer": _integer,
    "minutes": _minutes,
    "feet": _feet,
    "text": lambda _, text: text,
    "choice": _choice,
    "date": lambda f, text: f"CAST(try_strptime({text}, {quoted(f.format)}) AS DATE)",
    "timestamp": lambda f, text: f"try_strptime({text}, {quoted(f.format)})",
}


def parsed_rows(shape: Shape, staged: str, seasons: Sequence[int]) -> str:
    """A SELECT of every staged row: row, season, each field by its name, and `fault`.

    `seasons` keeps the rows of those seasons, and rows whose season cannot be read; empty keeps all.
    """
    values = ",\n  ".join(f'{value(f)} AS {f.name},\n  "{f.column}" AS text_{f.name}' for f in shape.fields)
    season = SEASON_OF_GAME if any(f.kind == "game_id" for f in shape.fields) else "NULL"
    chosen = f"season IS NULL OR season IN ({', '.join(map(str, seasons))})" if seasons else "TRUE"
    return f"""
WITH parsed_texts AS (SELECT rowid + 1 AS "row", {values} FROM {staged}),
dated_by_season AS (SELECT *, CAST({season} AS BIGINT) AS season FROM parsed_texts)
SELECT "row", season, {", ".join(f.name for f in shape.fields)}, {fault(shape)} AS fault
FROM dated_by_season WHERE {chosen}"""
