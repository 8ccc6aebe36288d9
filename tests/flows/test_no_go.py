"""What follows a NO-GO: nothing is built on it;
repair, override and a person's decision go on from there."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterKey,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateName,
)

from core.errors import ConfigError, GateClosed
from planning.overrides import Override
from planning.run_history import RunRecord
from runs.asking import Reply, asking
from runs.events import BatchDone, Event, VerdictReached
from runs.lines import RunLines
from runs.listening import listening
from tests.league import FIRST_DAY, league
from tests.raw_rows import World, raw_load
from warehouse.connections import open_warehouse

pytestmark = pytest.mark.usefixtures("prefect_server")

LAST = FIRST_DAY + timedelta(days=20)
PHASES = ("team", "player", "context", "precompute")
REASON = "the source lost these box scores for good, seen with the league"


@pytest.fixture(scope="module")
def broken_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse file whose league lost all box scores of players after the first days."""
    world = league()
    lost = {
        g["game_id"]
        for g in world["schedule"]
        if g["game_date"] > FIRST_DAY + timedelta(days=5)
    }
    world["player_box"] = [r for r in world["player_box"] if r["game_id"] not in lost]
    path = tmp_path_factory.mktemp("broken") / "warehouse.duckdb"
    with open_warehouse(f"duckdb:{path}") as warehouse:
        warehouse.load(raw_load(world))
    return path


@pytest.fixture
def broken(broken_file: Path, tmp_path: Path) -> str:
    """That warehouse, to compute in."""
    return f"duckdb:{shutil.copy(broken_file, tmp_path)}"


def run(url: str, **parameters: Any) -> tuple[list[Event], BaseException | None]:
    """The events of a backfill, and how it ended."""
    from flows.backfill import backfill

    events: list[Event] = []
    with listening(events.append):
        try:
            backfill(warehouse=url, **({"start": FIRST_DAY, "end": LAST} | parameters))
        except Exception as error:
            return events, error
    return events, None


def decisions(events: list[Event]) -> dict[str, str]:
    """Phase -> GO or NO-GO, warnings aside."""
    told = {e.phase: e.decision for e in events if isinstance(e, VerdictReached)}
    return {
        phase: decision.removesuffix(" with warnings")
        for phase, decision in told.items()
    }


def computed(events: list[Event]) -> set[str]:
    return {e.table for e in events if isinstance(e, BatchDone)}


def last_verdict(url: str, phase: str) -> dict[str, Any]:
    with open_warehouse(url) as warehouse:
        return warehouse.verdicts(phase, 1)[0]


def in_force(url: str) -> tuple[Override, ...]:
    with open_warehouse(url) as warehouse:
        return warehouse.overrides()


def last_run(url: str) -> RunRecord:
    with open_warehouse(url) as warehouse:
        return warehouse.run_records()[0]


def repair(url: str, world: World) -> None:
    with open_warehouse(url) as warehouse:
        warehouse.load(raw_load({"player_box": world["player_box"]}))


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The events that runs put on the server, with what each is of."""
    from tasks import events

    told: list[str] = []

    def emit(event: str, resource: dict[str, str], payload: dict[str, Any]) -> None:
        assert payload
        told.append(f"{event} {resource['prefect.resource.name']}")

    monkeypatch.setattr(events, "emit_event", emit)
    return told


def test_f22_a_no_go_stops_and_after_the_repair_the_same_command_does_the_rest(
    broken: str, announced: list[str]
) -> None:
    events, error = run(broken)
    assert announced == [
        "fullcourt.sample.go team",
        "fullcourt.gate.go team",
        "fullcourt.sample.go player",
        "fullcourt.gate.no-go player",
    ]
    assert isinstance(error, GateClosed)
    assert decisions(events) == {"team": "GO", "player": "NO-GO"}
    assert last_run(broken).ending == "NO-GO"
    repair(broken, league())
    events, error = run(broken)
    assert error is None
    assert last_run(broken).ending == "Completed"
    assert decisions(events) == dict.fromkeys(PHASES, "GO")
    assert not {
        t for t in computed(events) if t.startswith("team_") and t.endswith("_summary")
    }


def test_f22_an_override_is_repeated_in_every_verdict_until_a_go_without_it(
    broken: str,
) -> None:
    events, _ = run(broken, on_no_go="override", reason=REASON)
    assert list(decisions(events)) == list(PHASES)
    assert last_run(broken).ending == "Gaps left"
    with open_warehouse(broken) as warehouse:
        assert len(warehouse.run_records()) == 1
    assert {o.phase for o in in_force(broken)} >= {"player"}
    assert {o["reason"] for o in last_verdict(broken, "precompute")["overrides"]} == {
        REASON
    }
    assert last_verdict(broken, "team")["overrides"] == []
    repair(broken, league())
    _, error = run(broken)
    assert error is None
    assert in_force(broken) == ()
    assert [o["phase"] for o in last_verdict(broken, "player")["overrides"]] != []
    run(broken, rerun=True, end=FIRST_DAY)
    assert last_verdict(broken, "player")["overrides"] == []


def test_an_override_follows_a_go_and_a_run_of_a_clock_that_was_ahead(
    broken: str,
) -> None:
    """They were of next year, and so the override was over before it was given."""
    ahead = datetime.now(UTC) + timedelta(days=400)
    run(broken, phases=("team",))
    early = last_verdict(broken, "team")
    early["phase"] = "player"
    early["made"]["decided_at"] = ahead.isoformat()
    with open_warehouse(broken) as warehouse:
        warehouse.record_verdict(early)
        warehouse.record_run(RunRecord("early", "x", ahead, None, ahead, "Failed"))
    run(broken, on_no_go="override", reason=REASON, phases=("team", "player"))
    assert [override.phase for override in in_force(broken)] == ["player"]
    assert last_run(broken).run_id != "early"


@pytest.fixture(scope="module")
def let_pass_file(broken_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That warehouse with its first phase computed,
    and an override of a NO-GO that its gate was given."""
    path = Path(shutil.copy(broken_file, tmp_path_factory.mktemp("let-pass")))
    url = f"duckdb:{path}"
    run(url, phases=("team",))
    closed = last_verdict(url, "team")
    override = Override(
        verdict_id="closed",
        phase="team",
        reason=REASON,
        decided_at=closed["made"]["decided_at"],
    )
    closed["made"]["verdict_id"] = "closed"
    closed["decision"] = "NO-GO"
    with open_warehouse(url) as warehouse:
        warehouse.record_verdict(closed)
        warehouse.record_override(override)
    return path


@pytest.mark.parametrize(
    "narrow",
    [
        {"dates": (FIRST_DAY,)},
        {"dates": (FIRST_DAY, FIRST_DAY + timedelta(days=18))},
        {"end": FIRST_DAY + timedelta(days=5)},
        {"tables": ("team_offense_game_summary",), "phases": ()},
    ],
)
def test_a_go_of_some_of_what_was_let_pass_ends_no_override(
    narrow: dict[str, Any], let_pass_file: Path, tmp_path: Path
) -> None:
    """A look at one good date took the reason off every later verdict and report."""
    url = f"duckdb:{shutil.copy(let_pass_file, tmp_path)}"
    (override,) = in_force(url)
    how = {"phases": ("team",), "start": None, "end": None, "rerun": True}
    _, error = run(url, **(how | narrow))
    assert error is None
    latest = last_verdict(url, "team")
    assert latest["decision"] != "NO-GO"
    assert [given["reason"] for given in latest["overrides"]] == [REASON]
    assert in_force(url) == (override,)
    run(url, **how)
    assert in_force(url) == ()


def test_an_override_is_told_where_the_verdict_stands_from_an_earlier_run(
    broken: str,
) -> None:
    """The override that was just given was advised, and never confirmed."""
    asked = {"phases": ("team", "player")}
    run(broken, **asked)
    events, _ = run(broken, on_no_go="override", reason=REASON, **asked)
    lines = RunLines()
    told = "\n".join(line for event in events for line in lines.of(event))
    assert told.count(f"player: gate NO-GO, overridden: {REASON}; as on ") == 1
    assert told.count(REASON) == 1
    assert "--on-no-go" not in told


@pytest.mark.parametrize(
    "how",
    [
        {"on_no_go": "override"},
        {"on_no_go": "override", "reason": "because"},
        {"reason": REASON},
    ],
)
def test_f22_an_override_without_a_reason_is_refused_before_anything_runs(
    how: dict[str, str], broken: str
) -> None:
    events, error = run(broken, **how)
    assert isinstance(error, ConfigError)
    assert "--reason" in str(error)
    assert events == []


@pytest.mark.parametrize(("goes_on", "reason"), [(False, REASON), (True, "because")])
def test_a_person_at_the_terminal_who_does_not_go_on_or_gives_no_reason_stops_the_run(
    goes_on: bool, reason: str, broken: str
) -> None:
    asked: list[str] = []

    def answer(phase: str, breaches: list[str]) -> Reply:
        asked.append(f"{phase}: {len(breaches)}")
        return Reply(goes_on, reason)

    with asking(answer):
        _, error = run(broken, on_no_go="ask", phases=("team", "player"))
    assert isinstance(error, GateClosed)
    assert last_run(broken).ending == "NO-GO"
    assert len(asked) == 1
    assert in_force(broken) == ()


def question(phase: str) -> str:
    """What the page of the run that waits shows."""
    key = ArtifactFilter(key=ArtifactFilterKey(any_=[f"question-{phase}"]))
    with get_client(sync_client=True) as client:
        return str(client.read_artifacts(artifact_filter=key)[0].data)


def answered(reply: dict[str, str]) -> Callable[[], None]:
    """Wait until a run is paused, see that nobody holds the warehouse,
    and resume it through the API."""

    def through_the_api() -> None:
        paused = FlowRunFilter(
            state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Paused"]))
        )
        with get_client(sync_client=True) as client:
            for _ in range(600):
                if runs := client.read_flow_runs(flow_run_filter=paused):
                    client.resume_flow_run(runs[0].id, run_input=reply)
                    return
                time.sleep(0.1)

    return through_the_api


def test_a_paused_run_goes_on_with_a_typed_decision_that_the_next_verdict_repeats(
    broken: str,
) -> None:
    person = threading.Thread(
        target=answered({"decision": "override", "reason": REASON, "by": "analyst"}),
        daemon=True,
    )
    person.start()
    events, error = run(
        broken, on_no_go="ask", ask_hours=0.03, phases=("team", "player")
    )
    person.join()
    assert question("player").startswith("# NO-GO: gate player\n")
    assert not isinstance(error, GateClosed)
    assert decisions(events) == {"team": "GO", "player": "NO-GO"}
    (override,) = in_force(broken)
    assert (override.phase, override.reason, override.by) == (
        "player",
        REASON,
        "analyst",
    )
    run(broken, phases=("team",), rerun=True, end=FIRST_DAY)
    assert [o["reason"] for o in last_verdict(broken, "team")["overrides"]] == [REASON]


def test_a_paused_run_that_nobody_answers_is_a_no_go(broken: str) -> None:
    _, error = run(broken, on_no_go="ask", ask_hours=0.0015, phases=("team", "player"))
    assert isinstance(error, GateClosed)
    assert in_force(broken) == ()


def test_an_answer_to_a_sample_is_no_answer_to_the_gate_of_its_phase() -> None:
    """One key for both: whoever let a sample pass had overruled the gate before it was judged."""
    from flows.no_go import pause_key

    sample, whole = (
        GateClosed("player", {"made": {"stage": stage}}, ["x"])
        for stage in ("sample", "gate")
    )
    assert pause_key(sample) != pause_key(whole)
    assert pause_key(whole) == pause_key(
        GateClosed("player", {"made": {"stage": "gate"}}, ["y"])
    )
    assert pause_key(whole) != pause_key(
        GateClosed("team", {"made": {"stage": "gate"}}, ["x"])
    )
