"""What sequences ask for at random is what may be asked for."""

from __future__ import annotations

from random import Random

from core.errors import ConfigError
from planning.scope import Scope
from runs.survey import observe, survey
from tests.property.asked import asked
from tests.property.sequence import opened_at_start

SEEDS = range(100)


def test_no_sequence_asks_for_what_is_refused() -> None:
    """A single date without a game is refused: sequences ended there, with nothing wrong."""
    warehouse = opened_at_start(computed=False)
    observe(warehouse, "start")
    planner = survey(warehouse)
    refused: dict[int, str] = {}
    for seed in SEEDS:
        selection = asked(warehouse, Random(seed)).selection
        try:
            _ = Scope(planner, selection).needs
        except ConfigError as error:
            refused[seed] = str(error)
    warehouse.close()
    assert refused == {}
