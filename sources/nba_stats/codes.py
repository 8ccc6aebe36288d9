"""Which codes in the files are teams, and which are spelled otherwise than the team's own.

Codes that differ in letter case, and those that Basketball-Reference, ESPN and others write, become
the code that the warehouse holds, else the league's own. A league of other codes is one as well:
what is a team follows from box scores and from who meets whom, and the NBA's codes only help.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from statistics import median

import pyarrow as pa

from core.counted import counted
from sources.nba_stats.intake import Intake
from sources.nba_stats.teams import codes_of, spellings_of
from sources.nba_stats.words import few_of

TEAM_CODE = "[A-Z]{2,4}"

PLACEHOLDERS = ("TBD", "TBA", "TBC")
"""Codes that a schedule has where the teams of a game are not known yet; no team bears them."""

STAND_INS = (
    *("UNK", "UNKN", "NONE", "BYE", "WIN", "LOSE", "EAST", "WEST", "HOME", "AWAY"),
    *("TEAM", "OPP", "XX", "XXX", "XXXX", "YYY", "ZZ", "ZZZ", "QQQ"),
)
"""Codes that stand for no team, unless there are box scores of a team that bears them."""

OPPONENTS = 5
"""Opponents in a season from which on a code is a team, whatever it is: who waits for a winner
meets few."""

GAMES = 5
"""Games of a season's usual team from which on a code with one game alone is no team."""

ELIGIBLE = "game_id[3] IN ('2', '4', '5', '6')"
TEAM, PLACEHOLDER, NAME, STRANGER = "team", "placeholder", "name", "stranger"
"""What a code is: a team; nobody; a team in other words than a code; nothing that is known."""


def is_placeholder(text: str) -> bool:
    """Whether a text stands where no team is known yet: TBD, XXX, or XXXA and XXXB, which a fourth
    letter tells apart."""
    code = text.upper()
    return any(word in PLACEHOLDERS + STAND_INS for word in (code, code[:3] + code[4:]))


def is_team(code: str) -> bool:
    """Whether a code can be a team's, and is no placeholder."""
    return re.fullmatch(TEAM_CODE, code) is not None and code not in PLACEHOLDERS


@dataclass
class SeasonCodes:
    """What the files and the warehouse say of the codes of a season, all in capitals.

    `games` and `opponents` are those of eligible games. `boxed` are codes with box scores in
    eligible games, `held` those of them in the warehouse, `own` the codes of teams whose id is
    not that of the NBA's team which the code would mean.
    """

    season: int
    seen: set[str] = field(default_factory=set)
    games: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    opponents: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    boxed: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)

    @property
    def is_nba(self) -> bool:
        """Whether most codes that may be teams are, in one spelling or another, the NBA's."""
        teams = [
            code for code in self.seen if is_team(code) and not is_placeholder(code)
        ]
        known = spellings_of(self.season).keys() - self.own
        return 2 * len(known.intersection(teams)) > len(teams)

    def spelled(self, code: str) -> str:
        """The code that the team has in the warehouse, else in the league; any other as it is."""
        team_id = spellings_of(self.season).get(code)
        if team_id is None or code in self.own or not self.is_nba:
            return code
        official = codes_of(self.season)[team_id]
        if code != official and official in self.opponents[code]:
            return code
        return official if official in self.held else self._held(team_id) or official

    def _held(self, team_id: int) -> str | None:
        """The spelling under which the warehouse has box scores of a team."""
        spellings = spellings_of(self.season).items()
        same = [code for code, whose in spellings if whose == team_id]
        return min(self.held.intersection(same), default=None)

    def kind(self, text: str, is_eligible: bool) -> str:
        """What a code, as `spelled` gives it, is in eligible games or in others."""
        if not is_team(text):
            if is_placeholder(text):
                return PLACEHOLDER
            return NAME if len(self.opponents[text]) >= OPPONENTS else STRANGER
        if not is_eligible or text in self.boxed:
            return TEAM
        if is_placeholder(text):
            return PLACEHOLDER
        return TEAM if self._plays(text) else STRANGER

    def _plays(self, code: str) -> bool:
        """Whether a code without box scores is a team by who it is and whom it meets."""
        if (
            code in codes_of(self.season).values()
            or len(self.opponents[code]) >= OPPONENTS
        ):
            return True
        if self.is_nba:
            return False
        return self.games[code] != 1 or median(self.games.values()) < GAMES


def settle_codes(intake: Intake) -> None:
    """Repair the codes that are spelled otherwise.

    Makes `codes` (season, whether its games are eligible, code, what it is) and `spellings`
    (season, code as `team`, id of the NBA's team that it means).
    """
    seasons = _seasons(intake)
    written = intake.query(_WRITTEN)
    repairs = {}
    kinds = set()
    for season, is_eligible, text in written:
        codes = seasons[season]
        code = codes.spelled(text.upper())
        kind = codes.kind(code, is_eligible)
        if kind == TEAM and code != text:
            repairs[season, text] = code
        kinds.add((season, is_eligible, code if kind == TEAM else text, kind))
    _keep(intake, "codes", ("season", "is_eligible", "code", "kind"), kinds)
    _keep(intake, "spellings", ("season", "team", "team_id"), _spellings(seasons))
    if repairs:
        rows = [(*which, code) for which, code in repairs.items()]
        _keep(intake, "code_repairs", ("season", "written", "code"), rows)
        _note_repairs(intake)
        _repair(intake)


def _spellings(seasons: Collection[int]) -> list[tuple[object, ...]]:
    """Every spelling of the NBA's teams of these seasons."""
    return [
        (season, spelling, team_id)
        for season in seasons
        for spelling, team_id in spellings_of(season).items()
    ]


_CODES_OF_BOXES = """
SELECT season, game_id, team AS code, team_id FROM team_box_rows
UNION ALL SELECT season, game_id, team, team_id FROM player_box_rows
UNION ALL SELECT season, game_id, regexp_extract(matchup, '^\\S+'), NULL FROM team_box_rows
UNION ALL SELECT season, game_id, regexp_extract(matchup, '\\S+$'), NULL FROM team_box_rows"""

_BOXED = f"""
SELECT DISTINCT season, {ELIGIBLE}, code, team_id FROM ({_CODES_OF_BOXES})
WHERE season IS NOT NULL AND code IS NOT NULL"""

_HELD = f"""
SELECT DISTINCT season, {ELIGIBLE}, unnest([home_team, away_team]) FROM known SEMI JOIN boxed
USING (game_id)"""

_MET = f"""
SELECT season, {ELIGIBLE}, home_team, away_team, count(DISTINCT game_id) FROM (
  SELECT season, game_id, home_team, away_team FROM schedule_rows
  UNION ALL SELECT season, game_id, home_team, away_team FROM known
) WHERE season IS NOT NULL GROUP BY ALL"""

_WRITTEN = f"""
SELECT DISTINCT season, {ELIGIBLE}, code FROM (
  SELECT season, game_id, code FROM ({_CODES_OF_BOXES})
  UNION ALL SELECT season, game_id, unnest([home_team, away_team]) FROM schedule_rows
  UNION ALL SELECT season, game_id, team FROM shots_rows
) WHERE season IS NOT NULL AND code IS NOT NULL ORDER BY ALL"""


class _Seasons(dict[int, SeasonCodes]):
    def __missing__(self, season: int) -> SeasonCodes:
        self[season] = SeasonCodes(season)
        return self[season]


def _seasons(intake: Intake) -> _Seasons:
    """What is said of the codes of each season."""
    seasons = _Seasons()
    for season, is_eligible, text, team_id in intake.query(_BOXED):
        code = text.upper()
        seasons[season].seen.add(code)
        if is_eligible:
            seasons[season].boxed.add(code)
        if team_id not in (None, spellings_of(season).get(code, team_id)):
            seasons[season].own.add(code)
    for season, is_eligible, text in intake.query(_HELD) if intake.known_games else ():
        seasons[season].seen.add(text.upper())
        if is_eligible:
            seasons[season].boxed.add(text.upper())
            seasons[season].held.add(text.upper())
    for season, is_eligible, home, away, games in intake.query(_MET):
        pair = {text.upper() for text in (home, away) if text is not None}
        seasons[season].seen |= pair
        if is_eligible:
            _meet(seasons[season], pair, games)
    return seasons


def _meet(codes: SeasonCodes, pair: Collection[str], games: int) -> None:
    """Count games between two codes."""
    teams = {code for code in pair if not is_placeholder(code)}
    for code in teams:
        codes.games[code] += games
        codes.opponents[code] |= teams - {code}


def _keep(
    intake: Intake,
    table: str,
    columns: Collection[str],
    rows: Collection[tuple[object, ...]],
) -> None:
    """Make a table of these rows."""
    types = {"season": pa.int64(), "is_eligible": pa.bool_(), "team_id": pa.int64()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in columns])
    listed = [dict(zip(columns, row, strict=True)) for row in rows]
    intake.con.register(f"{table}_listed", pa.Table.from_pylist(listed, schema))
    intake.execute(f"CREATE TABLE {table} AS FROM {table}_listed")


_COLUMNS = {
    "schedule": ("home_team", "away_team"),
    "team_box": ("team",),
    "player_box": ("team",),
    "shots": ("team",),
}
"""Raw table -> its columns of codes."""

_PLACES = (r"^\S+", r"\S+$")
"""Where a matchup has its codes."""


def _note_repairs(intake: Intake) -> None:
    """Note on each file in how many rows its codes are repaired, and the first of them."""
    for table in _COLUMNS:
        values = ", ".join([*_COLUMNS[table], *map(_of_matchup, _places(table))])
        found = intake.query(
            f"""
            WITH written AS (
              SELECT file, "row", season, unnest([{values}]) AS written
              FROM {table}_rows
            )
            SELECT file, count(DISTINCT "row"), list(DISTINCT concat(written, ' is ', code))
            FROM written JOIN code_repairs USING (season, written) GROUP BY file
            """
        )
        for number, rows, told in found:
            intake.files[number].notes.append(
                f"team codes spelled otherwise in {counted(rows, 'row')}: repaired "
                f"({few_of(sorted(told))})"
            )


def _repair(intake: Intake) -> None:
    """Give every code its spelling."""
    for statement in _repairs():
        intake.execute(statement)


def _repairs() -> Iterator[str]:
    for table, columns in _COLUMNS.items():
        for column in columns:
            yield f"""
            UPDATE {table}_rows AS r SET {column} = c.code FROM code_repairs AS c
            WHERE r.season = c.season AND r.{column} = c.written"""
        for place in _places(table):
            yield f"""
            UPDATE {table}_rows AS r SET matchup = regexp_replace(matchup, '{place}', c.code)
            FROM code_repairs AS c
            WHERE r.season = c.season AND {_of_matchup(place)} = c.written"""


def _places(table: str) -> tuple[str, ...]:
    """The places of codes in a raw table's matchups."""
    return _PLACES if table in ("team_box", "player_box") else ()


def _of_matchup(place: str) -> str:
    return f"regexp_extract(matchup, '{place}')"
