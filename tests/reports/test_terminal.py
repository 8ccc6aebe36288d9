"""What is printed fits a terminal of 80 columns: no word and no figure is cut in two."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from reports import terminal
from reports.backfill import print_end
from reports.gate import print_verdict
from reports.terminal import grid, say_wrapped
from tests.validation.small_case import case, rate, threshold
from validation.verdict import judge

HEADER = ("table", "done", "rows", "not to be done")
LONG = "14 bootstrap, 12 insufficient_history, 3 not_covered"
ROWS = [
    ("upcoming_player_game_context", 55, 9977, LONG),
    ("ml_feature_store", 42, 7345, "-"),
]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What a terminal of 80 columns shows."""
    shown = StringIO()
    made = Console(
        file=shown, force_terminal=True, width=80, color_system=None, highlight=False
    )
    monkeypatch.setattr(terminal, "console", lambda: made)
    for module in ("reports.backfill", "reports.gate"):
        monkeypatch.setattr(f"{module}.console", lambda: made)
    return shown


def test_words_that_a_row_has_no_room_for_stand_below_it(screen: StringIO) -> None:
    """`insufficient_hist` over `ory` was read by nobody."""
    grid("coverage (cells)", HEADER, ROWS)
    title, header, first, note, second, *_ = screen.getvalue().splitlines()
    assert title.strip() == "coverage (cells)"
    assert header.split() == ["table", "done", "rows"]
    assert first.split() == ["upcoming_player_game_context", "55", "9,977"]
    assert note == f"    not to be done: {LONG}"
    assert second.split() == ["ml_feature_store", "42", "7,345"]


def test_a_title_is_not_broken_to_the_width_of_its_table(screen: StringIO) -> None:
    title = "rejected rows (kept in nba_backfill.rejects)"
    grid(title, ("reason", "rows"), [("bad_date", 1)])
    assert screen.getvalue().splitlines()[0] == title


def test_a_table_that_fits_keeps_its_last_column(screen: StringIO) -> None:
    grid("", HEADER, [("ml_feature_store", 42, 7345, "14 bootstrap")])
    header, row, *_ = screen.getvalue().splitlines()
    assert header.endswith("not to be done")
    assert row.rstrip().endswith("14 bootstrap")


def test_a_file_has_a_line_for_each_row_however_long(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`fullcourt plan | grep upcoming_player_game_context` found nothing."""
    header = ("phase", "table", "why", "not to be done", "gaps")
    row = ("context", "upcoming_player_game_context", ", ".join([LONG] * 2), LONG, 0)
    grid("", header, [row])
    _, line, *rest = capsys.readouterr().out.splitlines()
    assert line.split() == " ".join(map(str, row)).split()
    assert rest == [""]


def test_every_line_fits(screen: StringIO) -> None:
    grid("", HEADER, [(*row[:3], ", ".join([LONG] * 3)) for row in ROWS])
    lines = screen.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert not any(line.rstrip().endswith("_") for line in lines)


@pytest.mark.parametrize("before", range(60, 80))
def test_no_line_is_broken_between_a_figure_and_its_percent_sign(
    screen: StringIO, before: int
) -> None:
    say_wrapped(f"{'x' * before} 73 % of dates")
    text = screen.getvalue()
    assert "73 %" in text
    assert "\u00a0" not in text


def test_a_place_is_not_cut_where_it_can_stand_alone(screen: StringIO) -> None:
    command = f"http://127.0.0.1:4200 (fullcourt --home {'h' * 20} server start)"
    print_end({}, {}, {}, 1, 1, {"the runs": command, "the page": "here"})
    assert screen.getvalue().splitlines()[1:] == [
        "  the runs:",
        f"    {command}",
        "  the page: here",
    ]


def test_what_a_command_is_for_is_a_comment_in_each_of_its_lines(
    screen: StringIO,
) -> None:
    """A second line without its sign would be run with the first by whoever copies both."""
    command = f"  fullcourt --home {'h' * 50} backfill"
    say_wrapped(f"{command}  # {'computes what waits, ' * 6}and judges again")
    *above, typed = screen.getvalue().splitlines()
    assert typed == command
    assert len(above) == 2
    assert all(line.startswith("  # ") and len(line) <= 80 for line in above)


def test_the_measurements_of_a_gate_are_not_cut_in_names_or_limits(
    screen: StringIO,
) -> None:
    """`cells_done_pc` over `t` and `100` over `%` were a screen for every three checks."""
    names = ("games_with_two_rows_pct", "rows_breaking_contract_pct")
    both = [
        threshold(name, severity, at_least=limit)
        for name in names
        for severity, limit in (("block", 95), ("warn", 100))
    ]
    found = [rate(94.996, name=names[0]), rate(100, name=names[1])]
    print_verdict(judge(case(*found, limits=tuple(both))))
    lines = screen.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    row = next(line for line in lines if line.startswith(names[0]))
    assert "94.996 %" in row
    assert ">= 95 %, warn >= 100 %" in row
    assert any(line.startswith(f"{names[1]}  100 %") for line in lines)
