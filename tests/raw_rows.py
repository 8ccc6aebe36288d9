"""Rows of the raw tables with defaults, and the load that they make:
the ground of small worlds in tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from planning.raw_load import RawLoad
from processors.discovery import load
from processors.raw_schemas import arrow_types

Row = dict[str, Any]
World = dict[str, list[Row]]
"""Raw table -> its rows."""

COUNTING = tuple(c.name for c in load().raw["team_box"].columns if c.unit == "count")


def game(
    game_id: str, day: date, home: str = "ASH", away: str = "BAY", **changes: Any
) -> Row:
    """A final, covered game of the schedule; its type is in its id, its season runs from August."""
    row = {
        "game_id": game_id,
        "game_date": day,
        "season": season_of(day),
        "game_type": game_id[2],
    }
    row |= {
        "home_team": home,
        "away_team": away,
        "status": "final",
        "tip_off": None,
        "neutral_site": None,
    }
    return (
        row
        | {"covers_player_box": True, "covers_shots": True, "covers_props": True}
        | changes
    )


def season_of(day: date) -> int:
    """The season that a date belongs to."""
    return day.year if day.month >= 8 else day.year - 1


def played(of: Row, player_id: int, team: str, **changes: Any) -> Row:
    """A player's line in that game: 24 minutes, 10 points on 8 shots."""
    row = {
        "game_id": of["game_id"],
        "player_id": player_id,
        "game_date": of["game_date"],
    }
    row |= {
        "season": of["season"],
        "team": team,
        "player_name": f"Player {player_id}",
        "status": "played",
    }
    row |= {
        "minutes": 24.0,
        **dict.fromkeys(COUNTING, 0),
        "fgm": 5,
        "fga": 8,
        "pts": 10,
        "plus_minus": None,
    }
    return row | changes


def team_line(of: Row, team: str, players: Iterable[Row], **changes: Any) -> Row:
    """A team's line in that game: the sum of its players'."""
    lines = [p for p in players if p["team"] == team]
    row = {
        "game_id": of["game_id"],
        "team": team,
        "game_date": of["game_date"],
        "season": of["season"],
    }
    row |= {column: sum(p[column] for p in lines) for column in ("minutes", *COUNTING)}
    return row | changes


def raw_load(world: Mapping[str, Iterable[Row]]) -> RawLoad:
    """These rows as a source would hand them over."""
    raw = load().raw
    return RawLoad(
        {name: _table(raw[name], list(rows)) for name, rows in world.items()}
    )


def _table(contract: Any, rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(
        rows,
        schema=pa.schema([(c.name, arrow_types()[c.type]) for c in contract.columns]),
    )
