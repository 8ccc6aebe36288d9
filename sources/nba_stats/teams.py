"""The 30 NBA teams by their ids, and how their codes are spelled, then and now.

Shots give no abbreviation, and a shot file may come alone.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

TEAMS = {
    1610612737: "ATL",
    1610612738: "BOS",
    1610612739: "CLE",
    1610612740: "NOP",
    1610612741: "CHI",
    1610612742: "DAL",
    1610612743: "DEN",
    1610612744: "GSW",
    1610612745: "HOU",
    1610612746: "LAC",
    1610612747: "LAL",
    1610612748: "MIA",
    1610612749: "MIL",
    1610612750: "MIN",
    1610612751: "BKN",
    1610612752: "NYK",
    1610612753: "ORL",
    1610612754: "IND",
    1610612755: "PHI",
    1610612756: "PHX",
    1610612757: "POR",
    1610612758: "SAC",
    1610612759: "SAS",
    1610612760: "OKC",
    1610612761: "TOR",
    1610612762: "UTA",
    1610612763: "MEM",
    1610612764: "WAS",
    1610612765: "DET",
    1610612766: "CHA",
}

CODES_SINCE = 2000
"""First season whose codes are all known here; the league's own spelled some teams otherwise
before."""


class FormerCode(NamedTuple):
    """A code that a team had up to a season."""

    code: str
    last_season: int


FORMER = {
    1610612740: (
        FormerCode("", 2001),
        FormerCode("NOH", 2004),
        FormerCode("NOK", 2006),
        FormerCode("NOH", 2012),
    ),
    1610612751: (FormerCode("NJN", 2011),),
    1610612760: (FormerCode("SEA", 2007),),
    1610612763: (FormerCode("VAN", 2000),),
    1610612766: (FormerCode("CHH", 2001), FormerCode("", 2003)),
}
"""Team id -> the codes that it had before today's, oldest first; '' while there was no team."""

OTHER_SPELLINGS = {
    1610612740: ("NOH", "NOK", "NOR", "NOL", "NO"),
    1610612744: ("GS", "GOS"),
    1610612751: ("BRK", "BRO", "BK", "NJN", "NJ"),
    1610612752: ("NY",),
    1610612755: ("PHL",),
    1610612756: ("PHO",),
    1610612759: ("SA", "SAN"),
    1610612762: ("UTAH", "UTH"),
    1610612764: ("WSH", "WSB"),
    1610612766: ("CHO", "CHH"),
}
"""Team id -> how Basketball-Reference, ESPN and others spell its code, beside its codes of other
seasons. None of them can mean another team; SEA and VAN could, and are not here."""


def season_of(game_id: str) -> int:
    """The season that a game's id names, as its starting year; 46 to 99 are of the last century."""
    year = game_id[3:5]
    if not year.isdigit():
        return 0
    return int(year) + (1900 if year >= "46" else 2000)


@cache
def codes_of(season: int) -> dict[int, str]:
    """Team id -> the code that the league gives it in a season; empty before `CODES_SINCE`."""
    if season < CODES_SINCE:
        return {}
    codes = {team_id: _code(team_id, season) for team_id in TEAMS}
    return {team_id: code for team_id, code in codes.items() if code}


def _code(team_id: int, season: int) -> str:
    for former in FORMER.get(team_id, ()):
        if season <= former.last_season:
            return former.code
    return TEAMS[team_id]


@cache
def spellings_of(season: int) -> dict[str, int]:
    """Every spelling that means a team of a season, its own code among them -> the team's id."""
    codes = codes_of(season)
    spellings = {code: team_id for team_id, code in codes.items()}
    for team_id in codes:
        for spelling in (TEAMS[team_id], *OTHER_SPELLINGS.get(team_id, ())):
            spellings.setdefault(spelling, team_id)
    return spellings


def league_code(season: int, code: str) -> str:
    """The league's code of the team that a code means in a season; any other in capitals."""
    spelled = code.upper()
    team_id = spellings_of(season).get(spelled)
    return spelled if team_id is None else codes_of(season)[team_id]
