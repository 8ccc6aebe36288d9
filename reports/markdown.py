"""Verdicts and reports as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from validation.verdict import Verdict


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; cells are shown as they print."""
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(['---'] * len(header))}|"]
    return "\n".join([*lines, *(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows)])


def verdict_markdown(verdict: Verdict) -> str:
    """The decision, what it broke on, the waivers in force, and every measurement."""
    measured = [
        (m.table, m.name, "nothing to judge" if m.value is None else f"{m.value:g}")
        for m in verdict.measurements
    ]
    breaches = "\n".join(f"- {b.threshold.severity}: {b}" for b in verdict.breaches) or "No limit was broken."
    measurements = table(["table", "measurement", "value"], measured)
    waivers = "\n".join(f"- {waiver}" for waiver in verdict.waivers)
    waived = [f"Waivers in force:\n\n{waivers}"] if waivers else []
    heading = f"# {verdict.phase}: {verdict.decision}"
    return "\n\n".join([heading, breaches, *waived, measurements]) + "\n"


def coverage_markdown(coverage: Iterable[dict[str, Any]]) -> str:
    """Cells per table and season by outcome, and what is behind every gap."""
    parts = list(coverage)
    rows = [(c["table"], c["season"], c["done"], c["processable"], c["gaps"], _outcomes(c)) for c in parts]
    counted = table(["table", "season", "done", "of", "gaps", "not done"], rows)
    causes = [f"- {c['table']} {cause}" for c in parts for cause in _causes(c["reasons"])]
    return "\n\n".join([counted, *(["Gaps:\n\n" + "\n".join(causes)] if causes else [])])


def _causes(reasons: Mapping[str, str]) -> Iterator[str]:
    """Each reason once, with its dates."""
    for reason in dict.fromkeys(reasons.values()):
        days = [day for day, why in reasons.items() if why == reason]
        yield f"{days[0]}{f' and {len(days) - 1} more dates' if len(days) > 1 else ''}: {reason}"


def _outcomes(part: dict[str, Any]) -> str:
    return ", ".join(f"{count} {name}" for name, count in part["outcomes"].items()) or "none"


def catalog_markdown(listed: Iterable[Mapping[str, Any]]) -> str:
    """The catalog as the README shows it: phase and wave, table, what a row is, what it holds."""
    rows = [
        (e["phase"], e["wave"], f"`{e['table']}`", " + ".join(e["grain"]), e["columns"], e["description"])
        for e in listed
    ]
    return table(["phase", "wave", "table", "a row is a", "columns", "what it holds"], rows)
