"""What the command line shows: tables and short sentences on the terminal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from planning.cost import Cost, money
from planning.coverage import Coverage, total
from planning.estimates import Estimate
from planning.forecast import TablePlan
from planning.freshness import NEVER_COMPUTED, Cause
from planning.gaps import Gap
from planning.removals import Removal
from planning.waivers import Waiver

WIDTH_WITHOUT_TERMINAL = 140


def console() -> Console:
    """Standard output; wide where it is no terminal, so that nothing is cut in a file.

    Text is shown as it stands: what comes from data is never markup.
    """
    found = Console(highlight=False, markup=False, emoji=False)
    if found.is_terminal:
        return found
    return Console(width=WIDTH_WITHOUT_TERMINAL, highlight=False, markup=False, emoji=False)


def grid(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table; numbers to the right."""
    rows = [tuple(row) for row in rows]
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for i, name in enumerate(header):
        numeric = bool(rows) and all(isinstance(row[i], int | float) for row in rows)
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(
            *(f"{cell:,}" if isinstance(cell, int) and i else str(cell) for i, cell in enumerate(row))
        )
    console().print(table)
    console().print()


def counted(numbers: Mapping[str, int]) -> str:
    """`120 bootstrap, 14 no_games`, or a dash."""
    return ", ".join(f"{number:,} {name}" for name, number in numbers.items() if number) or "-"


def dates(listed: Sequence[dict[str, Any]], counts: Sequence[dict[str, Any]]) -> None:
    """The counts per season, and the dates in runs of one status."""
    columns = (
        "season",
        "calendar_days",
        "game_dates",
        "bootstrap",
        "processable",
        "not_final",
        "held_by_open_game",
        "covered_dates",
        "games",
    )
    grid("seasons", columns, ([str(c["season"]), *(c[name] for name in columns[1:])] for c in counts))
    runs: list[list[Any]] = []
    for day in listed:
        if runs and runs[-1][2] == day["status"] and runs[-1][5] == day["season"]:
            runs[-1][1] = day["date"]
            runs[-1][3] += 1
            runs[-1][4] += day["games"]
        else:
            runs.append([day["date"], day["date"], day["status"], 1, day["games"], day["season"]])
    grid("dates", ("from", "to", "status", "days", "games"), (run[:5] for run in runs))


_GAPS = {"upstream_missing", *Cause}


def coverage(parts: Sequence[Coverage]) -> None:
    """Cells per table and season."""
    rows = [(part.table, str(part.season), *_covered([part])) for part in parts]
    grid("coverage", ("table", "season", *_COVERED), rows)


def coverage_per_table(parts: Sequence[Coverage]) -> None:
    """Cells per table, all seasons together."""
    tables = dict.fromkeys(part.table for part in parts)
    rows = [(table, *_covered([part for part in parts if part.table == table])) for table in tables]
    grid("coverage (cells)", ("table", *_COVERED), rows)


_COVERED = ("done", "of", "share", "gaps", "rows", "not to be done")


def _covered(parts: Sequence[Coverage]) -> tuple[Any, ...]:
    done, processable, rows = total(parts)
    outcomes: Counter[str] = Counter()
    for part in parts:
        outcomes.update({name: number for name, number in part.outcomes.items() if name not in _GAPS})
    return done, processable, share_done(parts), processable - done, rows, counted(outcomes)


def share_done(parts: Sequence[Coverage]) -> str:
    """The share of cells done; dates whose games were played and that wait keep it below 100 %."""
    done, processable, _rows = total(parts)
    of = processable + sum(part.played_waiting for part in parts)
    if not of:
        return "-"
    share = f"{100 * done / of:.1f} %"
    return "< 100 %" if done < of and share == "100.0 %" else share


def removals(found: Sequence[Removal]) -> None:
    """Rows that a run would take away, and why; nothing when there are none."""
    if found:
        console().print("rows that would be removed")
        for removal in found:
            console().print(f"  {removal}", markup=False)


GAP_HEADER = ("table", "season", "stands", "cells", "first", "last", "cause (of the first)")


def gap_row(gap: Gap) -> tuple[str | int, ...]:
    """A gap as a table's row."""
    dates = str(gap.first), str(gap.last)
    return gap.table, str(gap.season), gap.stands, gap.cells, *dates, gap.cause


def gaps(grouped: Sequence[Gap]) -> None:
    """Gaps, one line for all cells of a table and season with one cause; nothing when there are none."""
    if grouped:
        grid("gaps", GAP_HEADER, map(gap_row, grouped))


def waivers(in_force: Sequence[Waiver]) -> None:
    """Games that count as not covered, with the reason; nothing when there are none."""
    if in_force:
        rows = [(w.game_id, w.raw_table, f"{w.waived_at:%Y-%m-%d}", w.reason) for w in in_force]
        grid("waivers in force", ("game", "has no", "since", "reason"), rows)


def plan(plans: Sequence[TablePlan], title: str) -> None:
    """What would run and why."""
    rows = [
        (
            p.phase,
            p.table,
            p.asked,
            p.history,
            counted(p.causes),
            p.fresh,
            p.rows_expected,
            p.batches,
            counted(p.skipped),
            len(p.gaps),
        )
        for p in plans
    ]
    header = (
        "phase",
        "table",
        "to compute",
        "+ history",
        "why",
        "fresh",
        "rows expected",
        "batches",
        "not to be done",
        "gaps",
    )
    grid(title, header, rows)
    for part in plans:
        _reasons(part)
    if any(p.causes.get(Cause.STALE) for p in plans):
        console().print("at most: where a recomputation gives the same rows, what reads them stays fresh")


def estimate(plans: Sequence[TablePlan], takes: Estimate | None) -> None:
    """How long a plan may take; nothing for a plan of nothing."""
    if not any(plan.cells for plan in plans):
        return
    from_what = "no estimate yet: no batch has been computed here before"
    if takes:
        from_what = f"estimate: {takes}, from {takes.batches:,} batches computed here before"
    console().print(from_what)


def cost(plans: Sequence[TablePlan], costs: Cost | None) -> None:
    """What a plan may cost, per table and phase; nothing where nothing is billed or computed."""
    if not costs or not costs.tables:
        return
    phase_of = {plan.table: plan.phase for plan in plans}
    tables: dict[str, list[str]] = defaultdict(list)
    for table, phase in phase_of.items():
        tables[phase].append(table)
    header = ("phase", "table", "MiB read", "$", "jobs", "modifications", "in queue", "partitions at once")
    rows = [
        (
            phase_of[c.table],
            c.table,
            f"{c.bytes_read / 2**20:,.1f}",
            f"{c.dollars:.4f}",
            *(str(n) for n in (c.jobs, c.modifications, c.queue, c.partitions)),
        )
        for c in costs.tables
    ]
    grid("cost (by a dry run of each table's longest batch)", header, rows)
    sums = {phase: sum(c.dollars for c in costs.of(named)) for phase, named in tables.items()}
    told = ", ".join(f"{phase} {money(dollars)}" for phase, dollars in sums.items() if dollars)
    console().print(
        f"cost: {told}; in all about {money(costs.dollars)} on demand; what reads tables still to be "
        "computed may cost more, plans and gates come on top"
    )
    for limit in costs.beyond:
        console().print(f"beyond a limit: {limit}")


def outturn(facts: Mapping[str, Any] | None) -> None:
    """What was first estimated of a run and what came true; nothing where nothing was to be computed."""
    if facts:
        console().print(f"computing: {facts['said']}")


REASONS_SHOWN = 3


def _reasons(part: TablePlan) -> None:
    """Under a plan: for whom history is added, what is behind the commonest causes, what is missing."""
    say = console().print
    if part.history:
        say(f"{part.table}: {part.history} dates of history, needed by {', '.join(part.needed_by)}")
    grouped: dict[str, list[str]] = defaultdict(list)
    for day, reason in part.reasons.items():
        grouped[reason].append(day)
    told = sorted(grouped.items(), key=lambda item: -len(item[1]))
    for reason, days in told[:REASONS_SHOWN]:
        if reason != NEVER_COMPUTED:
            say(f"{part.table}: {_days(days)} {reason}")
    if len(told) > REASONS_SHOWN:
        more = len(told) - REASONS_SHOWN
        say(f"{part.table}: and {more} more reasons; fullcourt plan --json lists every cell")
    for reason in dict.fromkeys(part.gaps.values()):
        days = [day for day, why in part.gaps.items() if why == reason]
        say(f"{part.table}: {_days(days)} upstream_missing: {reason}")


def _days(days: Sequence[str]) -> str:
    return days[0] if len(days) == 1 else f"{len(days)} dates from {days[0]}"


def ingested(done: Mapping[str, Any]) -> None:
    """Rows written, files read and refused, rejects per reason with the repair."""
    if done["files"]:
        grid(
            "files",
            ("file", "raw table", "rows", "rejected", "note"),
            ([f[k] for k in ("file", "raw_table", "rows", "rejected", "note")] for f in done["files"]),
        )
    grid("written", ("raw table", "rows"), done["rows"].items())
    if done["rejects"]:
        grid(
            "rejected rows (kept in nba_backfill.rejects)",
            ("reason", "rows", "repair"),
            ([r["reason"], r["rows"], r["repair"]] for r in done["rejects"]),
        )
    for warning in done["warnings"]:
        console().print(f"warning: {warning}", markup=False)
    for unread in done["unread"]:
        console().print(f"not read {unread['file']}: {unread['reason']}; {unread['repair']}")
    for refused in done["refused"]:
        console().print(f"refused {refused['file']}: {refused['reason']}; {refused['repair']}")


def catalog(listed: Iterable[Mapping[str, Any]]) -> None:
    """Every table, in the order of computing."""
    rows = []
    for entry in listed:
        reads = ", ".join(sorted({read["table"] for read in entry["reads"].values()}))
        rows.append(
            (
                entry["phase"],
                str(entry["wave"]),
                entry["table"],
                "+".join(entry["grain"]),
                entry["columns"],
                reads,
            )
        )
    grid("tables", ("phase", "wave", "table", "a row is", "columns", "reads"), rows)


def run_ended(
    phases: Mapping[str, float],
    verdicts: Mapping[str, str],
    gate_seconds: Mapping[str, float],
    seconds: float,
    peak_mib: float,
    where: Mapping[str, str],
) -> None:
    """Verdict and times per phase (of computing, of its gate), the whole, and where to look next."""
    rows = []
    for phase, took in phases.items():
        judging = f"{gate_seconds[phase]:.1f}" if phase in gate_seconds else "-"
        rows.append((phase, verdicts.get(phase, "not judged"), f"{took:.1f}", judging))
    grid("phases", ("phase", "gate", "seconds", "gate seconds"), rows)
    console().print(f"{seconds:.1f} s in all, peak memory {peak_mib:,.0f} MiB")
    for what, command in where.items():
        console().print(f"  {what}: {command}")
