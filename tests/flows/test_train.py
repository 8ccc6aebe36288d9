"""The flow before a model: a NO-GO stops it, and a person's reason lets it go on and is kept."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError, GateClosed
from runs.events import Event, VerdictReached
from runs.listening import listening
from tests.league import FIRST_DAY, league
from tests.league_files import computed_league
from tests.raw_rows import raw_load
from warehouse.connections import open_warehouse

pytestmark = pytest.mark.usefixtures("prefect_server")

REASON = "gates are judged in another test, this one is about the flow"


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The league with every table computed, of which no gate has judged anything."""
    path = tmp_path_factory.mktemp("train") / "warehouse.duckdb"
    shutil.copy(computed_league(), path)
    return f"duckdb:{path}"


def test_a_no_go_stops_the_flow_until_a_person_gives_a_reason(computed: str) -> None:
    from flows.train import train

    events: list[Event] = []
    with listening(events.append), pytest.raises(GateClosed, match="dates_not_passed"):
        train(warehouse=computed)
    (told,) = [event for event in events if isinstance(event, VerdictReached)]
    assert (told.phase, told.decision) == ("train", "NO-GO")
    record = train(warehouse=computed, on_no_go="override", reason=REASON)
    assert record["decision"] == "NO-GO"
    with open_warehouse(computed) as warehouse:
        (override,) = warehouse.overrides()
        assert len(warehouse.verdicts("train")) == 2
    assert (override.phase, override.reason) == ("train", REASON)


def test_what_cannot_be_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    from flows.train import train

    url = f"duckdb:{tmp_path / 'warehouse.duckdb'}"
    with pytest.raises(ConfigError, match="needs --reason"):
        train(warehouse=url, on_no_go="override")
    with open_warehouse(url) as warehouse:
        warehouse.load(raw_load({"schedule": league()["schedule"]}))
        with pytest.raises(ConfigError, match="has no game up to"):
            train(warehouse=url, end=FIRST_DAY - timedelta(days=900))
