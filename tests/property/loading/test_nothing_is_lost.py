"""Random loads and backfills lose nothing unsaid, and leave nothing undone under exit 0.

Each planted defect of the product turns the property red: a property that cannot fail proves
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from planning.calendar import GameDay
from runs import removals
from sources.nba_stats import statuses
from sources.nba_stats.intake import Intake
from tests.property.loading.folders import Folder
from tests.property.loading.truth import FIRST_DAY, schedule_as_of, schedule_row, truth
from tests.property.loading.walk import REASON, Walk, run
from warehouse.duckdb import DuckDBWarehouse

SEEDS = range(1000, 1004)
"""A few for each change of the code; `make torture` runs hundreds, and longer ones."""
TODAY = FIRST_DAY + timedelta(days=24)
PLAYED = "0022300030"
"""A game of the days before TODAY."""


@pytest.mark.parametrize("seed", SEEDS)
def test_random_loads_lose_nothing_and_leave_nothing_undone(seed: int) -> None:
    assert run(seed, steps=2, scope="small")


def test_random_loads_with_every_table_lose_nothing_and_leave_nothing_undone() -> None:
    assert run(SEEDS[0], steps=1, scope="whole")


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    """A warehouse in which everything that was played up to TODAY is loaded and computed."""
    found = Walk(0, tmp_path, "small", TODAY)
    yield found
    found.close()


def older_download() -> Folder:
    """The rows of a finished game as they were while it was on."""
    rows = [row | {"WL": ""} for row in truth().team_rows[PLAYED]]
    return Folder({"teams": rows}, ["an older download"])


def schedule_with(status: str, games: Collection[str]) -> Folder:
    """The schedule of three days later, in which some games have another status."""
    later = TODAY + timedelta(days=3)
    rows = schedule_as_of(later, "flag")
    known = truth()
    for game_id in games:
        rows[game_id] = schedule_row(
            known.games[game_id], known.games[game_id].day, status
        )
    ids = [game.game_id for game in known.played_by(later) if game.game_id not in games]
    teams = [row for game_id in ids for row in known.team_rows[game_id]]
    return Folder(
        {"schedule": list(rows.values()), "teams": teams}, [f"{games} {status}"]
    )


def test_an_older_download_turns_the_property_red_without_protection(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = statuses.protect

    def protect_nothing(
        intake: Intake, boxed: Collection[str], allow_unfinish: bool
    ) -> None:
        real(intake, (), allow_unfinish=True)

    monkeypatch.setattr(statuses, "protect", protect_nothing)
    with pytest.raises(
        AssertionError, match=f"{PLAYED} was final with box scores and is live"
    ):
        walk.ingest(older_download())


def test_an_older_download_loses_nothing(walk: Walk) -> None:
    walk.ingest(older_download())
    assert walk.backfill().exit_code == 0


def test_rows_removed_in_silence_turn_the_property_red(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ignore_limit(monkeypatch)
    monkeypatch.setattr(removals, "require_agreed", accept_anything)
    remove_a_game(walk)
    with pytest.raises(AssertionError, match="rows and has .*, and the exit code is 0"):
        walk.backfill()


def test_a_limit_that_is_ignored_turns_the_property_red(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ignore_limit(monkeypatch)
    remove_a_game(walk)
    with pytest.raises(AssertionError, match="more than 1 %, which nobody had allowed"):
        walk.backfill()


def test_rows_are_removed_when_somebody_gave_a_reason(walk: Walk) -> None:
    remove_a_game(walk)
    assert walk.backfill().exit_code == 3
    assert walk.backfill(REASON).exit_code == 0


def test_an_overdue_game_that_is_waited_for_turns_the_property_red(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a season is never computed, and the run ends well."""
    real = DuckDBWarehouse.game_days

    def none_overdue(self: DuckDBWarehouse) -> list[GameDay]:
        nothing: dict[str, Any] = {"first_overdue_date": None, "overdue_games": ()}
        return [replace(day, **nothing) for day in real(self)]

    monkeypatch.setattr(DuckDBWarehouse, "game_days", none_overdue)
    walk.ingest(schedule_with("scheduled", open_game()))
    with pytest.raises(AssertionError, match="is not_final, and the exit code is 0"):
        walk.backfill(REASON)


def test_an_overdue_game_makes_gaps(walk: Walk) -> None:
    walk.ingest(schedule_with("scheduled", open_game()))
    ended = walk.backfill(REASON)
    assert ended.exit_code == 4
    assert open_game()[0] in str(ended.error)


def open_game() -> list[str]:
    """A game of the day after TODAY."""
    games = truth().games.values()
    days = sorted({game.day for game in games if game.is_played and game.day > TODAY})
    return [game.game_id for game in games if game.day == days[0] and game.is_played][
        :1
    ]


def remove_a_game(walk: Walk) -> None:
    walk.told.append(f"{PLAYED} removed")
    walk.warehouse.remove_games([PLAYED])


def ignore_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removals, "require_removals", accept_anything)


def accept_anything(*_given: object) -> None:
    """Agree to every removal."""
