"""Refuse to load the games of another league, and tell it from another spelling of a team."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from core.counted import counted, verb_for
from core.errors import SourceError
from core.remedy import Remedy
from sources.nba_stats.codes import is_placeholder, is_team
from sources.nba_stats.teams import codes_of, league_code, season_of

Pair = frozenset[str]
Pairs = Mapping[str, Pair]
"""Game -> its two teams."""


class Stranger(NamedTuple):
    """A code that no game of the warehouse has, and the team in whose place it stands."""

    code: str
    team: str


def refuse_to_mix(
    known: Any, loaded: Any, url: str, boxed: Collection[str] = ()
) -> None:
    """A game's two known teams never change: where they do, two leagues would be computed as one.

    Home and away may be swapped, and a placeholder, which has no box scores in the warehouse
    (`boxed` are the games that have), may become a team. A team is the same in every spelling.
    """
    there, here = _pairs(known), _pairs(loaded)
    teams = _teams(there, boxed)
    other = [
        game
        for game, pair in here.items()
        if there.get(game, pair) != pair and _is_known(game, there[game], teams)
    ]
    if not other:
        return
    strangers = {game: _stranger(game, there, here) for game in other}
    if all(strangers.values()):
        raise _other_spelling(strangers, there, here, url)
    raise _other_league(other, there, here, url)


def _pairs(schedule: Any) -> Pairs:
    """The teams of every game, as the league spells them."""
    games = schedule.select(["game_id", "home_team", "away_team"]).to_pylist()
    return {
        g["game_id"]: frozenset(
            league_code(season_of(g["game_id"]), g[side])
            for side in ("home_team", "away_team")
        )
        for g in games
    }


def _teams(pairs: Pairs, boxed: Collection[str]) -> set[str]:
    """The codes of games with box scores; while there is none, those of several games."""
    with_boxes = [pairs[game] for game in boxed if game in pairs]
    if with_boxes:
        return set().union(*with_boxes)
    games = Counter(code for pair in pairs.values() for code in pair)
    return {code for code, count in games.items() if count > 1 and _is_code(code)}


def _is_code(code: str) -> bool:
    return is_team(code) and not is_placeholder(code)


def _is_known(game: str, pair: Pair, teams: Collection[str]) -> bool:
    """Whether both teams of a game are known: two, and each the NBA's or one that plays."""
    league = codes_of(season_of(game)).values()
    return len(pair) == 2 and all(code in league or code in teams for code in pair)


def _stranger(game: str, there: Pairs, here: Pairs) -> Stranger | None:
    """The one code of a loaded game that the warehouse does not know, where the other is the
    same."""
    new, old = here[game] - there[game], there[game] - here[game]
    if len(new) != 1 or len(old) != 1:
        return None
    (code,), (team,) = new, old
    is_nba = code in codes_of(season_of(game)).values()
    if is_nba or any(code in pair for pair in there.values()):
        return None
    return Stranger(code, team)


def _named(pair: Iterable[str]) -> str:
    return "-".join(sorted(pair))


def _other_spelling(
    strangers: Mapping[str, Stranger | None], there: Pairs, here: Pairs, url: str
) -> SourceError:
    game, stranger = next(iter(strangers.items()))
    assert stranger is not None
    code, team = stranger
    return SourceError(
        f"game {game} is {_named(there[game])} in {url} and {_named(here[game])} in these files, "
        f"where {code} stands for {team} (homeTeam_teamTricode, TEAM_ABBREVIATION), and "
        f"{counted(len(strangers), 'game')} {verb_for(len(strangers), 'differs', 'differ')} like "
        f"this: write {team} for {code}, or what the warehouse has for others, then run the same "
        "command again"
    )


def _other_league(
    other: Collection[str], there: Pairs, here: Pairs, url: str
) -> SourceError:
    game = next(iter(other))
    return SourceError(
        f"{url} holds another league: game {game} is {_named(there[game])} there and "
        f"{_named(here[game])} here, and {counted(len(other), 'game')} "
        f"{verb_for(len(other), 'differs', 'differ')}; give this one a file of its own: ",
        Remedy(warehouse="duckdb:OTHER.duckdb", goes_on=True),
    )
