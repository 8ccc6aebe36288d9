"""`backfill`: what a run ends with on the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from planning.eta import Outturn
from reports.eta import tell_outturn
from reports.terminal import console, grid, say_place
from reports.verdicts import tell_overridden


def print_outturn(outturn: Outturn | None) -> None:
    """What was first estimated of a run and what came true;
    nothing where nothing was to be computed."""
    if outturn:
        console().print(f"computing: {tell_outturn(outturn)}")


def print_end(
    phases: Mapping[str, float],
    verdicts: Mapping[str, str],
    gate_seconds: Mapping[str, float],
    seconds: float,
    peak_mib: float,
    where: Mapping[str, str],
    overridden: Mapping[str, str] | None = None,
) -> None:
    """Verdict, with the reason where it was overridden, and times per phase (of computing, of its
    gate), the whole, and where to look next."""
    reasons = overridden or {}
    rows = []
    for phase, took in phases.items():
        judging = f"{gate_seconds[phase]:.1f}" if phase in gate_seconds else "-"
        decision = verdicts.get(phase, "not judged")
        told = tell_overridden(decision, reasons.get(phase, ""))
        rows.append((phase, told, f"{took:.1f}", judging))
    if rows:
        grid("phases", ("phase", "gate", "seconds", "gate seconds"), rows)
    console().print(f"{seconds:.1f} s in all, peak memory {peak_mib:,.0f} MiB")
    for what, place in where.items():
        say_place(what, place)
