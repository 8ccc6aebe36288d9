"""What a kind of field means in SQL: from the file's text to a typed value,
or to a fault with its reason.

Pure text in, text out; nothing is executed here. A staged file holds trimmed text, '' as NULL;
which text spells nothing, a number or a flag is decided in `spelling.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sources.nba_stats import spelling
from sources.nba_stats.shape import Check, Field, Kind, Shape
from sources.nba_stats.spelling import quoted

TYPES: dict[Kind, str] = {
    "game_id": "VARCHAR",
    "season_id": "BIGINT",
    "end_year": "BIGINT",
    "matchup": "VARCHAR",
    "integer": "BIGINT",
    "minutes": "DOUBLE",
    "feet": "DOUBLE",
    "text": "VARCHAR",
    "team": "VARCHAR",
    "as_is": "VARCHAR",
    "choice": "VARCHAR",
    "flag": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}

# (nothing stands there, something else stands there)
_REASONS: dict[Kind, tuple[str, str]] = {
    "game_id": ("bad_game_id", "bad_game_id"),
    "matchup": ("bad_matchup", "bad_matchup"),
    "minutes": ("missing_minutes", "not_a_number"),
    "choice": ("missing_value", "unknown_value"),
    "flag": ("missing_value", "unknown_value"),
    "date": ("bad_date", "bad_date"),
    "timestamp": ("bad_date", "bad_date"),
}
_DEFAULT_REASONS = ("missing_value", "not_a_number")

# Game 00000 does not exist: such an id is a rounded one.
_GAME_ID = r"^00[1-6]\d\d\d{5}$"
# Ten digits that do not begin with 00: the G League's begin with 20, the WNBA's with 10, summer's
# with 15.
_OTHER_LEAGUE = r"^([1-9]\d|0[1-9])\d{8}$"
# An id in powers of ten that has all its eight digits, as R writes it.
WHOLE_IN_POWERS = r"^(\d)\.(\d{7})[eE]\+?0?7$"
_MATCHUP = r"^\S+ (vs\.|@) \S+$"
_CLOCK = r"^\d{1,3}(\.0+)?:[0-5]\d$"
# An ISO date is no guess whatever format files of its kind have; a time beside it must be midnight.
_ISO_DATE = r"^\d{4}-\d{2}-\d{2}([T ]00:00(:00(\.0+)?)?(Z|[+-]00(:?00)?)?)?$"
_ISO_TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]00(:?00)?)?$"

# The league began in 1946: 46 to 99 are of the last century.
SEASON_OF_GAME = (
    "(CASE WHEN game_id[4:5] >= '46' THEN 1900 ELSE 2000 END + CAST(game_id[4:5] AS "
    "BIGINT))"
)

_EXAMPLE = datetime(2024, 10, 22, 23, 30, tzinfo=UTC)
_EXPECTED: dict[Kind, str] = {
    "game_id": "an id of ten characters such as 0022400061",
    "season_id": "a season such as 22024",
    "end_year": "the year the season ends in, such as 2025",
    "matchup": "'AAA vs. BBB' or 'AAA @ BBB'",
    "integer": "a whole number such as 25",
    "minutes": "minutes such as 34 or 34:12",
    "feet": "a number such as 1.5",
    "text": "a text",
    "team": "a team's code such as BOS",
    "as_is": "a text",
    "flag": "TRUE or FALSE",
}


def value(field: Field) -> str:
    """The typed value of a field, NULL where the text does not fit its kind or spells nothing."""
    return _typed(field, spelling.something(f'"{field.column}"'))


def _typed(field: Field, text: str) -> str:
    """The value of a field from a text that does not spell nothing."""
    return _VALUES[field.kind](field, text)


def expected(field: Field) -> str:
    """What stands in the field in files of its kind, for a person to read."""
    if field.kind in ("date", "timestamp"):
        return _EXAMPLE.strftime(field.format)
    if field.kind == "choice":
        return " or ".join(field.values)
    return _EXPECTED[field.kind]


def fault(shape: Shape) -> str:
    """The first fault of a parsed row as a struct (column, reason, value), NULL for a sound row.

    Expects each field's value under its name, its text under `text_<name>`, and the text, or NULL
    where it spells nothing, under `clean_<name>`.
    """
    strict = [field for field in shape.fields if not field.nullable or field.strict]
    seasons = [
        field for field in shape.fields if field.kind in ("season_id", "end_year")
    ]
    cases = _no_game_fault(shape)
    cases += map(_field_fault, strict)
    cases += map(_season_fault, seasons)
    cases += [_check_fault(shape, check) for check in shape.checks]
    return "\n  ".join(["CASE", *cases]) + "\nEND"


def is_left_empty(field: Field) -> str:
    """Over staged text: something stands in a nullable field, and it is no value of its kind."""
    something = spelling.something(f'"{field.column}"')
    return f"{something} IS NOT NULL AND {value(field)} IS NULL"


def _struct(column: str, reason: str, value: str) -> str:
    return f"""{{'column': {quoted(column)}, 'reason': {reason}, 'value': {value}}}"""


def _no_game_fault(shape: Shape) -> list[str]:
    """The case of rows of averages or sums that were appended to the games' rows: neither game nor
    player nor team; none for a shape that does not name games and teams."""
    columns = {field.name: field.column for field in shape.fields}
    if "game_id" not in columns or "team_id" not in columns:
        return []
    keys = [name for name in ("game_id", "team_id", "player_id") if name in columns]
    absent = " AND ".join(f"clean_{name} IS NULL" for name in keys)
    struct = _struct(columns["game_id"], quoted("no_game"), "NULL")
    return [f"WHEN {absent} THEN {struct}"]


def _field_fault(field: Field) -> str:
    text = f"text_{field.name}"
    there = f"clean_{field.name} IS NOT NULL"
    missing, bad = _REASONS.get(field.kind, _DEFAULT_REASONS)
    reason = f"IF({there}, {quoted(bad)}, {quoted(missing)})"
    if field.kind == "game_id":
        other = f"regexp_matches({spelling.whole(text)}, '{_OTHER_LEAGUE}')"
        reason = f"IF({other}, 'other_league', {reason})"
    needed = f" AND {there}" if field.nullable else ""
    struct = _struct(field.column, reason, text)
    return f"WHEN {field.name} IS NULL{needed} THEN {struct}"


def _season_fault(field: Field) -> str:
    struct = _struct(field.column, "'season_contradiction'", f"text_{field.name}")
    return f"WHEN {field.name} <> season THEN {struct}"


def _check_fault(shape: Shape, check: Check) -> str:
    column = shape.field(check.name).column
    struct = _struct(column, quoted(check.reason), f"text_{check.name}")
    return f"WHEN {check.condition} THEN {struct}"


def game_id(text: str) -> str:
    """The id of ten characters: leading zeros put back, the `.0` of a float column taken off."""
    digits = spelling.whole(rf"regexp_replace({text}, '{WHOLE_IN_POWERS}', '\1\2')")
    padded = f"lpad({digits}, 10, '0')"
    sound = f"regexp_matches({padded}, '{_GAME_ID}') AND right({padded}, 5) <> '00000'"
    return f"CASE WHEN length({digits}) <= 10 AND {sound} THEN {padded} END"


def _minutes(_: Field, text: str) -> str:
    minutes = f"TRY_CAST(split_part({text}, ':', 1) AS DOUBLE)"
    seconds = f"TRY_CAST(split_part({text}, ':', 2) AS DOUBLE)"
    is_clock = f"regexp_matches({text}, '{_CLOCK}')"
    number = spelling.number(text)
    return f"CASE WHEN {is_clock} THEN {minutes} + {seconds} / 60 ELSE {number} END"


def _feet(field: Field, text: str) -> str:
    """To the hundredth of a foot; adding zero makes -0.0 and 0.0 one value."""
    number = spelling.number(text)
    return f"round({number} * {field.scale} + {field.offset}, 2) + 0.0"


def _matchup(_: Field, text: str) -> str:
    return f"CASE WHEN regexp_matches({text}, '{_MATCHUP}') THEN {text} END"


def _choice(field: Field, text: str) -> str:
    cases = [f"CASE upper({spelling.whole(text)})"]
    for spelled, meant in field.values.items():
        cases.append(f"WHEN {quoted(spelled.upper())} THEN {quoted(meant)}")
    return " ".join([*cases, "END"])


def _date(field: Field, text: str) -> str:
    iso = f"TRY_CAST(left({text}, 10) AS DATE)"
    moment = f"try_strptime({spelling.whole(text)}, {quoted(field.format)})"
    is_iso = f"regexp_matches({text}, '{_ISO_DATE}')"
    return f"CASE WHEN {is_iso} THEN {iso} WHEN {_has_digit(text)} THEN CAST({moment} AS DATE) END"


def _timestamp(field: Field, text: str) -> str:
    plain = rf"regexp_replace(replace({text}, 'T', ' '), '(Z|[+-]00(:?00)?)$', '')"
    declared = f"try_strptime({text}, {quoted(field.format)})"
    is_iso = f"regexp_matches({text}, '{_ISO_TIME}')"
    return (
        f"CASE WHEN {is_iso} THEN TRY_CAST({plain} AS TIMESTAMP) "
        f"WHEN {_has_digit(text)} THEN {declared} END"
    )


def _has_digit(text: str) -> str:
    """Whether a text can be a date: DuckDB reads `infinity` and `epoch` as 1900, in any format."""
    return rf"regexp_matches({text}, '\d')"


_VALUES: dict[Kind, Callable[[Field, str], str]] = {
    "game_id": lambda _, text: game_id(text),
    "season_id": lambda _, text: spelling.integer(f"right({spelling.whole(text)}, 4)"),
    "end_year": lambda _, text: f"{spelling.integer(text)} - 1",
    "matchup": _matchup,
    "integer": lambda _, text: spelling.integer(text),
    "minutes": _minutes,
    "feet": _feet,
    "text": lambda _, text: text,
    "team": lambda _, text: text,
    "as_is": lambda _, text: text,
    "choice": _choice,
    "flag": lambda _, text: spelling.flag(text),
    "date": _date,
    "timestamp": _timestamp,
}


def _texts(field: Field) -> str:
    """The text of a field as it stands, and the same, or NULL where it spells nothing."""
    text = f'"{field.column}"'
    clean = text if field.kind == "as_is" else spelling.something(text)
    return f"{text} AS text_{field.name}, {clean} AS clean_{field.name}"


def seasons_in(shape: Shape, staged: str) -> str:
    """A SELECT of the seasons of the staged rows; empty for a shape that names no games."""
    games = [field for field in shape.fields if field.kind == "game_id"]
    if not games:
        return ""
    return f"""
WITH games AS (SELECT {value(games[0])} AS game_id FROM {staged}),
seasons AS (SELECT DISTINCT CAST({SEASON_OF_GAME} AS BIGINT) AS season FROM games)
SELECT season FROM seasons WHERE season IS NOT NULL"""


def parsed_rows(shape: Shape, staged: str, seasons: Sequence[int]) -> str:
    """A SELECT of every staged row: row, season, each field by its name, and `fault`.

    `seasons` keeps the rows of those seasons, and rows whose season cannot be read; empty keeps
    all.
    """
    texts = ",\n  ".join(map(_texts, shape.fields))
    values = ",\n  ".join(
        f"{_typed(f, f'clean_{f.name}')} AS {f.name}" for f in shape.fields
    )
    names = ", ".join(field.name for field in shape.fields)
    has_games = any(field.kind == "game_id" for field in shape.fields)
    season = SEASON_OF_GAME if has_games else "NULL"
    listed = ", ".join(map(str, seasons))
    chosen = f"season IS NULL OR season IN ({listed})" if seasons else "TRUE"
    return f"""
WITH texts AS MATERIALIZED (SELECT rowid + 1 AS "row", {texts} FROM {staged}),
parsed_texts AS MATERIALIZED (SELECT *, {values} FROM texts),
dated_by_season AS (SELECT *, CAST({season} AS BIGINT) AS season FROM parsed_texts)
SELECT "row", season, {names}, {fault(shape)} AS fault
FROM dated_by_season WHERE {chosen}"""
