"""What a run announces to whoever listens on the server:
a gate's decision, the end of a backfill."""

from __future__ import annotations

from collections.abc import Mapping

from prefect.events import emit_event

from validation.verdict import Verdict

SLUGS = {"GO": "go", "GO with warnings": "go", "NO-GO": "no-go"}


def announce_verdict(verdict: Verdict) -> None:
    """`fullcourt.gate.go` or `.no-go`, of a sample `fullcourt.sample.…`;
    carries the verdict's breaches."""
    emit_event(
        event=f"fullcourt.{verdict.made.stage}.{SLUGS[verdict.decision]}",
        resource={
            "prefect.resource.id": f"fullcourt.phase.{verdict.phase}",
            "prefect.resource.name": verdict.phase,
        },
        payload={
            "decision": verdict.decision,
            "verdict_id": verdict.made.verdict_id,
            "breaches": list(map(str, verdict.breaches)),
        },
    )


def announce_finished(selection: str, seconds: Mapping[str, float], gaps: int) -> None:
    """`fullcourt.backfill.finished`: what was asked for, seconds per phase, gaps left."""
    emit_event(
        event="fullcourt.backfill.finished",
        resource={
            "prefect.resource.id": "fullcourt.backfill",
            "prefect.resource.name": selection,
        },
        payload={"seconds": dict(seconds), "gaps": gaps},
    )
