"""Names of teams and players as bookmakers and injury reports spell them; rosters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Rosters = Mapping[tuple[int, str], Sequence[tuple[int, str]]]
"""Season and team -> its players, as id and name."""

TEAMS = {
    "Atlanta Hawks": "ATL",
    "Boston Celtics": "BOS",
    "Brooklyn Nets": "BKN",
    "Charlotte Hornets": "CHA",
    "Chicago Bulls": "CHI",
    "Cleveland Cavaliers": "CLE",
    "Dallas Mavericks": "DAL",
    "Denver Nuggets": "DEN",
    "Detroit Pistons": "DET",
    "Golden State Warriors": "GSW",
    "Houston Rockets": "HOU",
    "Indiana Pacers": "IND",
    "Los Angeles Clippers": "LAC",
    "Los Angeles Lakers": "LAL",
    "Memphis Grizzlies": "MEM",
    "Miami Heat": "MIA",
    "Milwaukee Bucks": "MIL",
    "Minnesota Timberwolves": "MIN",
    "New Orleans Pelicans": "NOP",
    "New York Knicks": "NYK",
    "Oklahoma City Thunder": "OKC",
    "Orlando Magic": "ORL",
    "Philadelphia 76ers": "PHI",
    "Phoenix Suns": "PHX",
    "Portland Trail Blazers": "POR",
    "Sacramento Kings": "SAC",
    "San Antonio Spurs": "SAS",
    "Toronto Raptors": "TOR",
    "Utah Jazz": "UTA",
    "Washington Wizards": "WAS",
}
"""A team's full name -> its abbreviation."""

_SUFFIX = re.compile(r" (jr|sr|ii|iii|iv|v)$")


def folded(name: str) -> str:
    """A player's name without accents, marks, capitals and suffix: Luka Dončić is luka doncic."""
    letters = _without_accents(name).lower().replace("-", " ")
    words = re.sub(r"[^a-z ]", "", letters).split()
    return _SUFFIX.sub("", " ".join(words))


def _without_accents(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain if not unicodedata.combining(c))


def by_name(people: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Folded name -> id; a name that two people share is left out, for nobody can tell them."""
    found: dict[str, int] = {}
    shared: set[str] = set()
    for player_id, name in people:
        key = folded(name)
        if found.setdefault(key, player_id) != player_id:
            shared.add(key)
    return {name: player_id for name, player_id in found.items() if name not in shared}


def people_of(rosters: Rosters, game: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Everyone who has played for the teams of a game in its season, as id and name."""
    for team in (game["home_team"], game["away_team"]):
        yield from rosters.get((game["season"], team), ())
