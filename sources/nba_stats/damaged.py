"""Damage that shows in one file alone, before its rows are judged:
collapsed ids, a response that was cut.

Each rule looks at the staged text and returns a refusal, or None for a sound file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from core.counted import counted, verb_for
from sources.nba_stats.intake import Intake, SourceFile
from sources.nba_stats.parsing import WHOLE_IN_POWERS, expected, is_left_empty, value
from sources.nba_stats.scan import STAGED
from sources.nba_stats.shape import Field, Shape
from sources.nba_stats.spelling import DECIMAL_COMMA, whole

API_LIMIT = 102_400
"""Rows at which stats.nba.com cuts a shot chart in silence."""

SHORT_GAME = 0.75
"""Share of the file's median attempts below which a game is short: the games of two seasons have
145 to 234 attempts around a median of 178, so that the shortest whole one has 0.81 of it."""

TEAMS_OF_TWO_GAMES = 4
"""Teams under one id that mean several games;
a third team is one wrong row, and is rejected as that."""

ENOUGH_SHOTS = 100
"""Shots of which some are missed in any chart of all shots: in a hundred real ones about 53 are."""

_TEXTS = ("text", "as_is", "team")
"""Kinds of which any text is a value."""
_TOLD_APART_BY = {"game_id": "ids", "season_id": "seasons", "end_year": "seasons"}
"""Kind of a field by which rows are told apart -> what its values are called."""

# Digits with an exponent: what a spreadsheet makes of an id. A point alone loses no digit.
_SPELT_AS_NUMBER = r"^\d+(\.\d*)?[eE]\+?\d+$"


class Refusal(NamedTuple):
    """Why a whole file is left out, and what would mend it."""

    reason: str
    repair: str


def damage(intake: Intake, shape: Shape, rows: int) -> Refusal | None:
    """The first damage found in the staged file of `rows` rows."""
    return (
        _collapsed_ids(intake, shape)
        or _cut_short(intake, shape, rows)
        or _without_a_miss(intake, shape, rows)
    )


class _Asked(NamedTuple):
    """A question about the staged rows: what is selected of them, and what it is to be told as."""

    selected: tuple[str, ...]
    told: Callable[..., list[str]]


def notes(intake: Intake, file: SourceFile) -> list[str]:
    """What was repaired in the staged file, why none of its rows were taken, and which columns
    hold what is none of their values."""
    fields = file.shape.fields
    left_empty = [_left_empty(field) for field in fields if _may_be_left_empty(field)]
    if not file.rows:
        none = "no row of the chosen seasons" if intake.seasons else "no rows"
        return [none, *_answers(intake, left_empty)]
    repairs = [_repairs(field) for field in fields if field.kind in _TOLD_APART_BY]
    return _answers(intake, [*repairs, *_decimal_commas(file.shape), *left_empty])


def _answers(intake: Intake, asked: Sequence[_Asked]) -> list[str]:
    """What is told of the staged rows, everything being asked at once."""
    selected = [expression for question in asked for expression in question.selected]
    if not selected:
        return []
    [found] = intake.query(f"SELECT {', '.join(selected)} FROM {STAGED}")
    values = iter(found)
    return [
        line
        for question in asked
        for line in question.told(*islice(values, len(question.selected)))
    ]


def _repairs(field: Field) -> _Asked:
    """What was repaired in the values of a field by which rows are told apart."""
    name = _TOLD_APART_BY[field.kind]
    text = f'"{field.column}"'
    is_value = f"{value(field)} IS NOT NULL"
    is_short = f"length({whole(text)}) < 10" if field.kind == "game_id" else "false"

    def told(short: int, pointed: int) -> list[str]:
        lines = []
        if short:
            lines.append(f"{short:,} {name} had lost their leading zeros: repaired")
        if pointed:
            lines.append(
                f"{pointed:,} {name} were written as numbers with a point: repaired"
            )
        return lines

    return _Asked(
        (
            f"count(*) FILTER ({is_short} AND {is_value})",
            f"count(*) FILTER (contains({text}, '.') AND {is_value})",
        ),
        told,
    )


def _decimal_commas(shape: Shape) -> list[_Asked]:
    """How many numbers have a comma where files of the kind have a point."""
    counts = [
        f"""count(*) FILTER (regexp_matches("{field.column}", '{DECIMAL_COMMA}'))"""
        for field in shape.fields
        if field.kind in ("feet", "minutes", "integer")
    ]

    def told(commas: int) -> list[str]:
        if not commas:
            return []
        return [
            f"{counted(commas, 'number')} {verb_for(commas, 'was', 'were')} written "
            "with a decimal comma: repaired"
        ]

    return [_Asked((" + ".join(counts),), told)] if counts else []


def _may_be_left_empty(field: Field) -> bool:
    return field.nullable and not field.strict and field.kind not in _TEXTS


def _left_empty(field: Field) -> _Asked:
    """A column that needs no value, where it holds what is none: it is left empty there."""
    is_left = f"FILTER ({is_left_empty(field)})"

    def told(rows: int, example: str) -> list[str]:
        if not rows:
            return []
        return [
            f"{field.column} is '{example}' in {counted(rows, 'row')} and is "
            "left empty there; "
            f"files of this kind have {expected(field)}"
        ]

    return _Asked((f"count(*) {is_left}", f'min("{field.column}") {is_left}'), told)


def leave_out_collapsed(intake: Intake, file: SourceFile) -> None:
    """Reject the games of a staged file whose ids, as `damage` judged them, lost their digits:
    all rows of their teams on their dates.

    A game of which some rows kept their digits goes as a whole: half of a game is no game.
    """
    found = [field.column for field in file.shape.fields if field.kind == "game_id"]
    teams = [
        field.column for field in file.shape.fields if field.name in ("team_id", "team")
    ]
    dates = [field.column for field in file.shape.fields if field.name == "date_said"]
    if not found or not teams or not dates:
        return
    if not intake.query("SELECT 1 FROM judged_ids WHERE collapsed LIMIT 1"):
        return
    column, team_and_date = found[0], f'"{teams[0]}", "{dates[0]}"'
    wrong = f"""
        WITH lost AS (SELECT id FROM judged_ids WHERE collapsed),
        sides AS (SELECT DISTINCT {team_and_date} FROM {STAGED} WHERE "{column}" IN (FROM lost))
        SELECT {file.number} AS file, rowid + 1 AS "row", '{column}' AS "column",
          'collapsed_id' AS reason, "{column}" AS value
        FROM {STAGED}
        WHERE "{column}" IN (FROM lost)
          OR ({team_and_date}) IN (SELECT ({team_and_date}) FROM sides)
        """
    [(rows, sides)] = intake.query(
        f"""
        SELECT count(*), count(DISTINCT ({team_and_date})) FROM {STAGED}
        WHERE rowid + 1 IN (SELECT "row" FROM ({wrong}))
        """
    )
    if rows:
        games = (sides + 1) // 2
        intake.reject(file.shape.raw_table, wrong)
        file.notes.append(
            f"{counted(rows, 'row')} of {counted(games, 'game')} whose ids lost their "
            "digits: left out"
        )


def _id_judgements(column: str, shape: Shape) -> str:
    """A SELECT of every id with its rows, and whether its digits are lost: spelt as a number, game
    00000, or one id for several games."""
    teams = [
        f'count(DISTINCT "{f.column}")' for f in shape.fields if f.name == "team_id"
    ] or ["0"]
    text = f'"{column}"'
    return f"""
        SELECT "{column}" AS id, count(*) AS n,
          {teams[0]} >= {TEAMS_OF_TWO_GAMES} OR ends_with({whole(text)}, '00000') OR (
            regexp_matches({text}, '{_SPELT_AS_NUMBER}')
            AND NOT regexp_matches({text}, '{WHOLE_IN_POWERS}')
          ) AS collapsed
        FROM {STAGED} WHERE "{column}" IS NOT NULL GROUP BY "{column}"
        """


def _collapsed_ids(intake: Intake, shape: Shape) -> Refusal | None:
    """A file most of whose ids lost their digits;
    where fewer did, their games alone are left out. Makes `judged_ids`."""
    ids = [f.column for f in shape.fields if f.kind == "game_id"]
    if not ids:
        return None
    intake.execute(
        f"CREATE OR REPLACE TABLE judged_ids AS {_id_judgements(ids[0], shape)}"
    )
    [(rows, collapsed, example)] = intake.query(
        """
        SELECT CAST(coalesce(sum(n), 0) AS BIGINT),
          CAST(coalesce(sum(n) FILTER (collapsed), 0) AS BIGINT), min(id) FILTER (collapsed)
        FROM judged_ids
        """
    )
    if 2 * collapsed <= rows:
        return None
    return Refusal(
        f"game ids collapsed through a number format, such as {example}: their digits are lost",
        f"export the file again with {ids[0]} as text of ten characters",
    )


def _without_a_miss(intake: Intake, shape: Shape, rows: int) -> Refusal | None:
    """A chart of made shots alone, which is what the API gives unless it is asked for attempts."""
    if shape.raw_table != "shots" or rows < ENOUGH_SHOTS:
        return None
    made = value(shape.field("made"))
    [(missed, known)] = intake.query(
        f"SELECT count(*) FILTER ({made} = 'false'), count({made}) FROM {STAGED}"
    )
    if missed or known < ENOUGH_SHOTS:
        return None
    return Refusal(
        f"holds {counted(rows, 'shot')} and not one miss: a chart of made shots alone",
        "request it with ContextMeasure=FGA",
    )


def _cut_short(intake: Intake, shape: Shape, rows: int) -> Refusal | None:
    """A shot chart of exactly 102,400 rows with a short game: the last one, as the API cuts it.

    Short: no fourth period, far fewer attempts than the file's other games, or, for the game of the
    last row, fewer than the team rows at hand count.
    """
    if shape.raw_table != "shots" or rows != API_LIMIT:
        return None
    short = intake.query(
        f"""
        WITH shots AS (
          SELECT rowid AS nr, {value(shape.field("game_id"))} AS game_id,
            {value(shape.field("period"))} AS period
          FROM {STAGED}
        ),
        games AS (
          SELECT game_id, count(*) AS n, max(period) AS period, max(nr) AS last_row
          FROM shots GROUP BY game_id
        ),
        counted AS (
          SELECT game_id, sum(fga) AS fga FROM team_box_rows GROUP BY game_id HAVING count(*) = 2
        )
        SELECT game_id, period, n FROM games LEFT JOIN counted USING (game_id)
        WHERE period < 4 OR n < {SHORT_GAME} * (SELECT median(n) FROM games)
          OR (n < fga AND last_row = (SELECT max(last_row) FROM games))
        ORDER BY last_row DESC LIMIT 1
        """
    )
    if not short:
        return None
    game, period, attempts = short[0]
    return Refusal(
        f"cut by the API at exactly {API_LIMIT:,} rows; last game {game} ends in period {period} "
        f"after {counted(attempts, 'attempt')}",
        f"request it in smaller pieces (by dates), each below {API_LIMIT:,} rows",
    )
