"""A run on a terminal is a tree of phases and tables; elsewhere one line per event."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

import pytest
from rich.console import Console

from fullcourt.cli.progress import RunProgress
from fullcourt.cli.run_tree import RunTree
from planning.eta import Estimate
from reports.terminal import wrap_for
from runs.events import (
    BatchDone,
    Event,
    PhaseDone,
    ProgressMade,
    SampleJudged,
    TableDue,
    VerdictReached,
    WaveStarted,
)

TEAM, LONGEST = "team_offense_game_summary", "upcoming_player_game_context"
EVENTS: list[Event] = [
    WaveStarted("team", [TableDue(TEAM, 3, 12, 3), TableDue("idle", 0, 0, 3)]),
    BatchDone(TEAM, 3, 12, 12, 0.5),
    PhaseDone("team", 0.9),
    VerdictReached("team", "GO", []),
    WaveStarted("context", [TableDue(LONGEST, 900, 1_000_000, 900)]),
    BatchDone(LONGEST, 110, 250_000, 250_000, 2.0),
]


def clock() -> Iterator[float]:
    yield from (float(second) for second in range(100))


def drawn(width: int, encoding: str = "utf-8") -> list[str]:
    """The lines of the tree after these events, the clock a second on with each look."""
    ticks = clock()
    tree = RunTree(lambda: next(ticks))
    for event in EVENTS:
        tree.follow(event)
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, width=width, force_terminal=True, no_color=True)
    with console.capture() as shown:
        console.print(tree.lines(console))
    return shown.get().splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_the_tree_shows_phases_and_the_tables_under_way_with_bar_rows_and_rate(
    width: int,
) -> None:
    """The longest name of a table and a million rows fit into 80 columns."""
    team, context, table = drawn(width)
    assert team.rstrip() == "├─ team: GO"
    assert context.rstrip() == "└─ context: computing"
    assert table.startswith(f"   └─ {LONGEST} ━━━")
    assert table.split()[-4:] == ["%", "250,000", "rows", "250,000/s"]
    assert max(map(len, (team, context, table))) <= width


def test_a_terminal_without_unicode_gets_a_tree_of_its_own_letters() -> None:
    team, *_, table = drawn(80, "ascii")
    assert team.rstrip() == "|- team: GO"
    assert table.startswith(f"   `- {LONGEST}")


def test_where_nobody_watches_each_event_is_one_line_however_long() -> None:
    log = io.StringIO()
    shown = RunProgress(Console(file=log, width=80), quiet=False)
    picked = {date(2024, 11, day): "busiest" for day in range(1, 6)}
    shown(SampleJudged("team", "GO", picked, 400))
    for event in EVENTS:
        shown(event)
    lines = log.getvalue().splitlines()
    assert len(lines[0]) > 200
    assert [line.split()[0] for line in lines[1:]] == [TEAM, "team:", "team:"]


def test_on_a_terminal_the_bar_and_the_tree_stand_under_the_lines() -> None:
    console = Console(
        file=io.StringIO(), force_terminal=True, width=80, no_color=True, height=40
    )
    shown = RunProgress(console, quiet=False)
    shown(ProgressMade(900, 110, 1_000_012, 250_012, 25.0, Estimate(20.0, 35.0, 4)))
    for event in EVENTS:
        shown(event)
    with console.capture() as captured:
        console.print(*shown.bar.get_renderables())
    bar, team, *_, table = captured.get().splitlines()
    assert bar.startswith("backfill ━━━")
    assert bar.rstrip().endswith("20–35 s left")
    assert (team.rstrip(), table.split()[1]) == ("├─ team: GO", LONGEST)
    assert len(bar.rstrip()) <= 80


def test_a_command_is_never_broken_and_what_it_is_for_stands_above_it() -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True, width=80)
    command = f"  fullcourt backfill --table {LONGEST} --start 2024-10-22"
    long = f"{command}  # computes them, and what waits for them"
    assert wrap_for(terminal, long).splitlines() == [
        "  # computes them, and what waits for them",
        command,
    ]
    text = "word " * 30
    assert max(map(len, wrap_for(terminal, text).splitlines())) <= 80
    assert wrap_for(Console(file=io.StringIO(), width=80), text) == text
