"""Steps: commands to be typed as they stand, each with what it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.remedy import Remedy
from planning.selection import Selection
from reports.commands import command_line
from reports.terminal import COMMENT
from validation.verdict import Verdict


@dataclass(frozen=True)
class Step:
    """A command and, in a few words, what it is for."""

    remedy: Remedy
    why: str

    @property
    def command(self) -> str:
        """The command as it is typed."""
        return command_line(self.remedy)

    def __str__(self) -> str:
        return f"{self.command}{COMMENT}{self.why}"

    def to_json(self) -> dict[str, str]:
        """Plain data."""
        return {"command": self.command, "why": self.why}


def same_last(steps: Sequence[Step], just_run: Remedy) -> list[Step]:
    """The steps with the command that was just run once and after all others: by itself it would
    end as it did."""
    others = [step for step in steps if not _is_same(step.remedy, just_run)]
    again = [step for step in steps if _is_same(step.remedy, just_run)]
    return [*others, *again[-1:]]


def _is_same(one: Remedy, other: Remedy) -> bool:
    """Whether two commands do the same: their options may stand in any order."""
    options, others = sorted(one.arguments), sorted(other.arguments)
    return (one.command, options) == (other.command, others)


def closed_gate(verdicts: Mapping[str, Verdict | None]) -> tuple[str, Sequence[str]]:
    """The first phase whose gate is closed, and the phases after it, which no backfill reaches;
    empty where every gate lets through."""
    phases = list(verdicts)
    for number, (phase, verdict) in enumerate(verdicts.items(), 1):
        if verdict and verdict.decision == "NO-GO":
            return phase, phases[number:]
    return "", ()


def command_on(selection: Selection, command: str, *arguments: str) -> Remedy:
    """A command on this selection; a gate is of the phase that it names."""
    words = list(arguments)
    for option, bound in (("--start", selection.start), ("--end", selection.end)):
        words += [option, str(bound)] if bound else []
    if selection.last_days is not None:
        words += ["--last-days", str(selection.last_days)]
    phases = selection.phases if command != "gate" else ()
    several = {
        "--dates": map(str, selection.dates),
        "--phase": phases,
        "--table": selection.tables,
    }
    for option, values in several.items():
        for value in values:
            words += [option, value]
    if selection.only and command == "backfill":
        words.append("--only")
    return Remedy(command, tuple(words))
