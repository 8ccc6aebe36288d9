"""The demo league over a range of days, as a source hands it to the warehouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import SourceError
from demo.careers import league
from demo.raw_tables import raw_table, within
from demo.rows import season_tables
from demo.season import play_season
from demo.season_calendar import FIRST_SEASON, LAST_SEASON, first_day, last_day, seasons_between
from planning.raw_load import LOAD_ORDER, Held, RawLoad
from processors.raw_schemas import schema

SEED = 7
START = date(2021, 10, 19)
END = date(2026, 1, 2)


@dataclass(frozen=True)
class DemoLeague:
    """The league of a seed over a range of days, as a source;
    see `generate`. None is the usual value."""

    seed: int | None = None
    start: date | None = None
    end: date | None = None

    def read(self, held: Held, on_part: Callable[[str], None] | None = None) -> RawLoad:
        """The rows of the league, whatever is held; `on_part` is told of each season."""
        seed = SEED if self.seed is None else self.seed
        return generate(seed, self.start or START, self.end or END, on_part)


def generate(
    seed: int = SEED,
    start: date = START,
    end: date = END,
    on_season: Callable[[str], None] | None = None,
) -> RawLoad:
    """Every raw table of the league that `seed` names,
    for games on `start` to `end` (both included).

    The same seed gives the same rows in every range: each season is played whole and then cut, so
    that one day of it costs as much as all of it; `on_season` is told of each. SourceError for a
    negative seed or a range without a season.
    """
    seasons = seasons_between(start, end)
    if seed < 0:
        raise SourceError(f"the demo league's seed is {seed}; choose a whole number from 0 on")
    if start > end or not seasons:
        raise SourceError(
            f"the demo league has no season in {start}..{end}; choose a range, first day first, "
            f"within {first_day(FIRST_SEASON)}..{last_day(LAST_SEASON)}"
        )
    parts: dict[str, list[Any]] = {name: [schema(name).empty_table()] for name in LOAD_ORDER}
    for season in seasons:
        for name, table in season_tables(play_season(seed, season)).items():
            parts[name].append(within(table, start, end))
        if on_season:
            on_season(f"{season}-{(season + 1) % 100:02d}")
    tables = {name: pa.concat_tables(some).combine_chunks() for name, some in parts.items()}
    tables["players"] = _players(seed, seasons[-1], tables["player_box"])
    return RawLoad(tables)


def _players(seed: int, season: int, player_box: Any) -> Any:
    """One row for each player of these box scores,
    his name as the league's last season spells it."""
    players = league(seed, season).players
    seen = np.isin(players.player_id, pc.unique(player_box.column("player_id")).to_numpy())
    columns = {
        "player_id": players.player_id[seen],
        "player_name": players.spelled(LAST_SEASON)[seen],
        "birth_date": players.birth[seen],
    }
    return raw_table("players", columns)
