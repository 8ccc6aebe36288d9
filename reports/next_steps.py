"""What to run next: commands to be typed as they stand,
from what is missing and which gates are closed."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from planning.cells import Outcome
from planning.freshness import Cause
from planning.gaps import Gap
from planning.open_games import DatedGame
from planning.selection import Selection
from planning.verify import backfill_command
from planning.waivers import COVERAGE
from validation.verdict import Verdict

AGAIN = "computes what is not fresh, and judges again"
ONCE_CHANGED = (
    "once something changed: a verdict stands until data, a limit, a waiver or a query is another"
)
TABLES_NAMED = 3
"""More tables than these are computed by the command as it was typed."""
LOOKED_AT = 3
"""Broken causes of which a cell is named to look at; after the first ones come more of the same."""


class Step(NamedTuple):
    """A command and, in a few words, what it is for."""

    command: str
    why: str

    def __str__(self) -> str:
        return f"{self.command}  # {self.why}"


def next_steps(
    selection: Selection,
    gaps: Sequence[Gap],
    verdicts: Mapping[str, Verdict | None],
    games_lacking: Mapping[str, Sequence[str]],
    overdue: Sequence[DatedGame] = (),
    has_waiting: bool = False,
) -> list[Step]:
    """What to look at, what to repair or accept, what to compute; a last look where all is there.

    `overdue`: open games that hold dates back. `has_waiting`: dates whose games were played wait.
    """
    steps = [
        *_overdue(overdue),
        *_closed(selection, verdicts),
        *_broken(gaps),
        *_raw(games_lacking),
    ]
    steps += _compute(selection, gaps)
    if has_waiting and not steps:
        waits = "dates whose games were played wait for a game that is not final; load its result"
        return [Step(typed(selection, "status"), waits)]
    if not gaps and not steps and all(v and v.decision != "NO-GO" for v in verdicts.values()):
        return [Step(typed(selection, "verify"), "all is there; read it back against the ledger")]
    again = typed(selection, "backfill")
    if again not in {step.command for step in steps}:
        steps.append(Step(again, AGAIN if gaps else ONCE_CHANGED))
    return steps


def typed(selection: Selection, *command: str) -> str:
    """A command on this selection, as a person types it; a gate is of the phase that it names."""
    words = ["fullcourt", *command]
    for option, value in (
        ("--start", selection.start),
        ("--end", selection.end),
        ("--last-days", selection.last_days),
    ):
        words += [option, str(value)] if value is not None else []
    for option, values in (
        ("--dates", selection.dates),
        ("--phase", selection.phases if command[0] != "gate" else ()),
        ("--table", selection.tables),
    ):
        words += [word for value in values for word in (option, str(value))]
    if selection.only and command[0] == "backfill":
        words.append("--only")
    return shlex.join(words)


def _closed(selection: Selection, verdicts: Mapping[str, Verdict | None]) -> Iterator[Step]:
    """Of each closed gate, the check that broke first, to be looked at alone."""
    for phase, verdict in verdicts.items():
        for breach in verdict.blocking[:1] if verdict else ():
            command = typed(selection, "gate", phase, "--check", breach.threshold.measurement)
            yield Step(command, f"what closed the gate, in {breach.table}")


def _overdue(games: Sequence[DatedGame]) -> Iterator[Step]:
    """Games that hold dates back: load their results, or say that they are not played."""
    for game in games[:LOOKED_AT]:
        yield Step(
            f"fullcourt waive {game.game_id} --table schedule --reason 'why it is not played'",
            f"the game of {game.game_date} is still open and holds back what comes after; "
            "or load its result, or take it out: ingest remove",
        )
    if len(games) > LOOKED_AT:
        yield Step("fullcourt dates", f"{len(games) - LOOKED_AT} more games are still open")


def _broken(gaps: Iterable[Gap]) -> Iterator[Step]:
    """A cell of each cause that computing again may not repair."""
    broken = [gap for gap in gaps if gap.stands in (Cause.FAILED, Cause.QUARANTINED)]
    for gap in broken[:LOOKED_AT]:
        yield Step(f"fullcourt why {gap.table} {gap.first}", f"{gap.cells:,} cells {gap.stands}")


def _raw(games_lacking: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    """Games that wait for raw data: load them, or accept that they will never come."""
    for table, games in games_lacking.items():
        named = (
            f"{len(games):,} final games lack {table}: load it, or accept, each, that it "
            "will never come"
        )
        if table in COVERAGE:
            yield Step(
                f"fullcourt waive {games[0]} --table {table} --reason 'why it never comes'", named
            )
        else:
            yield Step(f"fullcourt ingest remove {games[0]}", named)


def _compute(selection: Selection, gaps: Sequence[Gap]) -> Iterator[Step]:
    """What can be computed now; and what has to be computed first where nobody asked for it."""
    due = [gap for gap in gaps if gap.stands in tuple(Cause)]
    waiting = [gap for gap in gaps if gap.stands == Outcome.UPSTREAM_MISSING]
    if due:
        tables = list(dict.fromkeys(gap.table for gap in due))
        is_narrow = len(tables) <= TABLES_NAMED and not waiting
        narrow = backfill_command(tables, (day for gap in due for day in (gap.first, gap.last)))
        also = " at least, and what waits for them" if waiting else ""
        cells = f"{sum(gap.cells for gap in due):,} cells can be computed{also}"
        yield Step(narrow if is_narrow else typed(selection, "backfill"), cells)
    having = {gap.table for gap in gaps}
    for command in dict.fromkeys(gap.command for gap in waiting if gap.command):
        if not any(f"--table {table} " in command for table in having):
            yield Step(command, "others wait for it")
