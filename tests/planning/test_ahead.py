"""What lies ahead of a run is what its plan forecasts, told in a fraction of the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from planning.cells import Outcome
from planning.eta import workloads, works
from planning.forecast import forecast
from planning.ledger import Content
from planning.scope import Scope
from planning.selection import Selection
from tests.planning.small_calendar import LACKS, game_day
from tests.planning.small_warehouse import OTHER, SmallWarehouse

TEAM, DEFENSE, PLAYER = (
    "team_offense_game_summary",
    "team_defense_game_summary",
    "player_game_summary",
)
FEATURES = "ml_feature_store"
D1, D2, D3, D4 = (
    date(2024, 11, 18),
    date(2024, 11, 20),
    date(2024, 11, 21),
    date(2024, 11, 23),
)

HAPPENINGS: dict[str, Callable[[SmallWarehouse], Any]] = {
    "nothing": lambda warehouse: None,
    "a box score is corrected": lambda warehouse: warehouse.write(
        "team_box", D1, OTHER
    ),
    "a player's birth date is found": lambda warehouse: warehouse.write(
        "players", None, OTHER
    ),
    "a query is edited": lambda warehouse: warehouse.codes.update({PLAYER: "new"}),
    "a row is deleted by hand": lambda warehouse: warehouse.contents[DEFENSE].update(
        {D2: Content(1, "duckdb:z")}
    ),
    "a cell failed": lambda warehouse: warehouse.write(
        TEAM, D2, outcome=Outcome.FAILED, error_class="E"
    ),
    "the last cells were never computed": lambda warehouse: warehouse.states.update(
        {(FEATURES, D3): LACKS}
    ),
}
ASKED: list[dict[str, Any]] = [
    {},
    {"rerun": True},
    {"dates": (D2,)},
    {"dates": (D2,), "rerun": True},
    {"dates": (D2,), "tables": (FEATURES,), "rerun": True},
    {"dates": (D3,), "tables": (FEATURES,), "only": True},
    {"phases": ("context",), "rerun": True},
]


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("happened", HAPPENINGS)
def test_what_lies_ahead_is_the_work_of_the_forecast(
    happened: str, asked: dict[str, Any]
) -> None:
    warehouse = SmallWarehouse(tuple(map(game_day, (D1, D2, D3, D4))))
    HAPPENINGS[happened](warehouse)
    check(warehouse, Selection(**asked))


@pytest.mark.parametrize(
    ("asked", "features"),
    [({}, 0), ({"rerun": True}, 1), ({"dates": (D4,), "rerun": True}, 0)],
    ids=str,
)
def test_what_stands_on_a_gap_does_not_lie_ahead(
    asked: dict[str, Any], features: int
) -> None:
    """A season of cells that wait for one box score is no work, and no time."""
    warehouse = SmallWarehouse(tuple(map(game_day, (D1, D2, D3, D4))))
    warehouse.days = (
        game_day(D1, games_without_player_box=("0022400201",)),
        *warehouse.days[1:],
    )
    for day in (D2, D3, D4):
        warehouse.write("team_box", day, OTHER)
    found = check(warehouse, Selection(**asked))
    assert {TEAM, DEFENSE} <= set(found)
    assert found.get(FEATURES, 0) == features


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_what_reads_a_date_that_is_emptied_lies_ahead(asked: dict[str, Any]) -> None:
    """After waivers a run computed twice as many cells as it had said at most."""
    warehouse = SmallWarehouse(tuple(map(game_day, (D1, D2, D3, D4))))
    warehouse.days = (
        game_day(D1, covered_games=0, covered_final_games=0),
        *warehouse.days[1:],
    )
    found = check(warehouse, Selection(**asked))
    if not asked:
        assert PLAYER not in found
        assert found[FEATURES] == 3


def check(warehouse: SmallWarehouse, selection: Selection) -> dict[str, int]:
    """Table -> cells that lie ahead, after comparing all of it with the forecast."""
    scope = Scope(warehouse.planner(), selection)
    found = workloads(scope.ahead, batch_days=2)
    plans = forecast(warehouse.planner(), scope.needs, selection.rerun, 2)
    assert found == works(scope.planner.catalog, plans)
    return {work.table: work.cells for work in found}
