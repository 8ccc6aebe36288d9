"""What a phase elsewhere may end in, and what the run that waits for it makes of that."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import FullcourtError, GateClosed, PhaseIncomplete, RemovalStopped
from planning.selection import Selection
from runs.judge import judge_phase
from tasks.endings import ENDING
from validation.verdict import Verdict
from warehouse.duckdb import DuckDBWarehouse

RUN = "the backfill"


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """Let the run elsewhere end in a state with a message, by an error; what it was asked."""

    def plant(
        name: str, message: str, error: type[FullcourtError] | None = None
    ) -> list[dict[str, Any]]:
        asked: list[dict[str, Any]] = []
        state = SimpleNamespace(
            name=name,
            message=message,
            is_completed=lambda: name == "Completed",
            is_cancelled=lambda: name == "Cancelled",
        )

        def run_deployment(
            deployment: str, parameters: dict[str, Any], **_how: Any
        ) -> SimpleNamespace:
            asked.append({"deployment": deployment, **parameters})
            labels = {ENDING: error.__name__} if error else {}
            return SimpleNamespace(name="phase team", state=state, labels=labels)

        monkeypatch.setattr("tasks.pool.run_deployment", run_deployment)
        return asked

    return plant


def hand_over(warehouse: DuckDBWarehouse) -> None:
    from tasks.pool import hand_over as handed

    handed(warehouse, "team", Selection(phases=("team",)), 30, 3, RUN)


@pytest.mark.parametrize(
    ("name", "message", "error"),
    [
        ("Completed", "", None),
        ("Failed", "phase team: 1 cells are gaps", PhaseIncomplete),
    ],
)
def test_what_a_phase_could_not_publish_is_for_the_gate_to_judge(
    name: str,
    message: str,
    error: type[FullcourtError] | None,
    ends: Callable[..., list[dict[str, Any]]],
    warehouse: DuckDBWarehouse,
) -> None:
    asked = ends(name, message, error)
    hand_over(warehouse)
    (parameters,) = asked
    assert (parameters["deployment"], parameters["phase"]) == ("phase/nba", "team")
    assert Selection.model_validate(parameters["selection"]) == Selection(
        phases=("team",)
    )
    assert (
        parameters["warehouse"],
        parameters["batch_days"],
        parameters["sample"],
    ) == (
        warehouse.url,
        30,
        3,
    )


def test_a_sample_that_failed_elsewhere_closes_the_gate_with_its_verdict_on_record(
    ends: Callable[..., list[dict[str, Any]]], warehouse: DuckDBWarehouse
) -> None:
    """The newest verdict of the phase may be another run's, or a gate's."""
    ends("Failed", "sample team: NO-GO: …", GateClosed)
    verdict = judge_phase(warehouse, "team", Selection(phases=("team",)), RUN)
    made = verdict.made.model_copy(
        update={"stage": "sample", "verdict_id": "of the sample"}
    )
    record(warehouse, verdict.model_copy(update={"made": made}))
    record(
        warehouse,
        verdict.model_copy(
            update={"made": made.model_copy(update={"run_id": "another"})}
        ),
    )
    with pytest.raises(GateClosed) as closed:
        hand_over(warehouse)
    kept = Verdict.model_validate(closed.value.verdict)
    assert (closed.value.phase, closed.value.stage) == ("team", "sample")
    assert (kept.made.verdict_id, kept.made.run_id) == ("of the sample", RUN)


def test_too_much_to_remove_elsewhere_stops_the_run_that_waits(
    ends: Callable[..., list[dict[str, Any]]], warehouse: DuckDBWarehouse
) -> None:
    ends("Failed", "team_offense_game_summary would lose 9 rows", RemovalStopped)
    with pytest.raises(RemovalStopped, match="would lose 9 rows"):
        hand_over(warehouse)


def record(warehouse: DuckDBWarehouse, verdict: Verdict) -> None:
    warehouse.record_verdict(verdict.model_dump(mode="json"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Crashed", "no heartbeat for 90 s"),
        ("Cancelled", ""),
        ("Failed", "what a run without a label says of PhaseIncomplete"),
    ],
)
def test_a_phase_that_ends_in_any_other_way_ends_the_run_that_waits(
    name: str,
    message: str,
    ends: Callable[..., list[dict[str, Any]]],
    warehouse: DuckDBWarehouse,
) -> None:
    ends(name, message)
    with pytest.raises(
        FullcourtError,
        match=f"phase team ended {name}: {message}.*the same backfill again",
    ):
        hand_over(warehouse)


def test_a_no_go_whose_verdict_is_not_on_record_is_told_in_a_sentence(
    ends: Callable[..., list[dict[str, Any]]], warehouse: DuckDBWarehouse
) -> None:
    ends("Failed", "sample team: NO-GO: …", GateClosed)
    with pytest.raises(
        FullcourtError, match="no such verdict of run the backfill is on record"
    ):
        hand_over(warehouse)
