"""Injury reports as they are drawn, read back: columns, rows, wrapped reasons, pages."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.errors import ConfigError
from sources.injuries.pages import (
    Page,
    UnreadableReport,
    Word,
    read_pages,
    require_reader,
)
from sources.injuries.plan import (
    GameToCome,
    Slot,
    judge,
    moment_before,
    parse,
    slots_of,
)
from sources.injuries.reading import in_order
from sources.injuries.report import LEAGUE, Listed, read_report
from sources.web.calls import Sound, Unsound
from tests.stats_stand_in.injury_pdf import LEFTS, NAMES, Drawn, draw_report

MOMENT = datetime(2024, 11, 5, 18, 30, tzinfo=LEAGUE)
SLOT = Slot(MOMENT, 2024, MOMENT.date())
LONG = (
    "Injury/Illness - Left Knee; Soreness, a second look is expected before the game "
    * 2
)
BOS, NYK = (
    ("11/05/2024", "07:00 (ET)", "NYK@BOS", team)
    for team in ("Boston Celtics", "New York Knicks")
)


def some_rows(count: int = 4, reason: str = "Rest") -> list[Drawn]:
    """So many players of one team, and another that has not submitted."""
    named = [
        Drawn((*BOS, f"Player{n} Jr., First", "Out", reason)) for n in range(count)
    ]
    return [Drawn((*NYK, "", "", "NOT YET SUBMITTED")), *named]


def expected(rows: Sequence[Drawn]) -> list[tuple[str, ...]]:
    return [
        (*row.cells[2:6], row.cells[6] if row.cells[4] else "")
        for row in (Drawn(tuple(map(str.strip, row.cells))) for row in rows)  # type: ignore[arg-type]
    ]


def found(rows: Sequence[Listed]) -> list[tuple[str, ...]]:
    return [(r.matchup, r.team, r.player, r.status, r.reason) for r in rows]


@pytest.mark.parametrize("repeat_header", [False, True])
@pytest.mark.parametrize("splits_rows", [False, True])
@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_report_is_read_as_it_was_drawn(
    count: int, splits_rows: bool, repeat_header: bool
) -> None:
    rows = some_rows(count)
    for n in range(count):
        reason = " ".join(LONG.split()[: 1 + 3 * n % 25])
        rows.append(
            Drawn((*NYK[:2], "DEN@UTA", "Utah Jazz", f"A{n}, B", "Doubtful", reason))
        )
    pdf = draw_report(
        MOMENT, rows, repeat_header=repeat_header, splits_rows=splits_rows
    )
    report = parse(pdf)
    assert report.reported_at == MOMENT
    assert report.days == [date(2024, 11, 5)]
    assert found(report.rows) == expected(rows)
    assert len(read_pages(pdf)) == (1 if count < 40 else 4)


def test_a_new_game_does_not_inherit_the_team_before() -> None:
    other = ("11/06/2024", "10:00 (ET)", "DEN@UTA", "Denver Nuggets")
    rows = [*some_rows(1), Drawn((*other, "Butler III, Jimmy", "Probable", ""))]
    last = parse(draw_report(MOMENT, rows)).rows[-1]
    assert (last.day, last.matchup, last.team) == (
        date(2024, 11, 6),
        "DEN@UTA",
        "Denver Nuggets",
    )
    assert (last.player, last.status, last.reason) == (
        "Butler III, Jimmy",
        "Probable",
        "",
    )


def page_of(lines: Sequence[tuple[float, Sequence[tuple[float, str]]]]) -> Page:
    """A page with a title, a header, and these words: height, then left edge and text."""
    title = [Word(text, 300.0 + n, 40) for n, text in enumerate(TITLE.split())]
    header = [
        Word(name.replace(" ", ""), left, 68)
        for left, name in zip(LEFTS, NAMES, strict=False)
    ]
    body = [Word(text, left, down) for down, words in lines for left, text in words]
    return (*title, *header, *body)


TITLE = "InjuryReport: 11/05/24 06:30PM"


def test_words_that_stand_too_close_are_read_all_the_same() -> None:
    row = list(
        zip(
            LEFTS, ("11/05/2024", "07:00(ET)", "NYK@BOS", "BostonCeltics"), strict=False
        )
    )
    row += list(zip(LEFTS[4:], ("Dennis,RayJ", "Out", "G League"), strict=False))
    report = read_report([page_of([(90, row)])])
    assert report.reported_at == MOMENT
    assert [(r.team, r.player) for r in report.rows] == [
        ("BostonCeltics", "Dennis,RayJ")
    ]


def test_reasons_that_begin_at_the_top_of_their_cell_stay_with_their_row() -> None:
    first = [
        *zip(
            LEFTS,
            ("11/05/2024", "07:00", "NYK@BOS", "Boston", "A, B", "Out", "one"),
            strict=False,
        )
    ]
    lines = [(90.0, first), (99.5, [(LEFTS[6], "two")]), (109.0, [(LEFTS[6], "three")])]
    lines.append((122.5, [(LEFTS[4], "C, D"), (LEFTS[5], "Out"), (LEFTS[6], "four")]))
    rows = read_report([page_of(lines)]).rows
    assert [(row.player, row.reason) for row in rows] == [
        ("A, B", "one two three"),
        ("C, D", "four"),
    ]


def test_a_page_may_end_within_a_row_whose_middle_it_has() -> None:
    one = [
        *zip(
            LEFTS,
            ("11/05/2024", "07:00", "NYK@BOS", "Boston", "A, B", "Out", "rest"),
            strict=False,
        )
    ]
    cut = [(LEFTS[4], "C, D"), (LEFTS[5], "Out"), (LEFTS[6], "two")]
    first = page_of([(90, one), (103.5, [(LEFTS[6], "one")]), (113, cut)])
    second = tuple(
        Word(text, left, down)
        for down, left, text in (
            (80, LEFTS[6], "three"),
            (93.5, LEFTS[4], "E, F"),
            (93.5, LEFTS[5], "Probable"),
            (93.5, LEFTS[6], "four"),
        )
    )
    rows = read_report([first, second]).rows
    assert [(row.player, row.reason) for row in rows] == [
        ("A, B", "rest"),
        ("C, D", "one two three"),
        ("E, F", "four"),
    ]


PDF = draw_report(MOMENT, some_rows())


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>Access Denied</html>", "is not a PDF"),
        (b"", "is not a PDF"),
        (PDF[: len(PDF) // 2], "was cut off"),
        (PDF[:400] + b"\n%%EOF", "damaged PDF"),
        (draw_report(MOMENT - timedelta(days=1), some_rows()), "2024-11-04 06:30 PM"),
        (draw_report(MOMENT + timedelta(hours=1), some_rows()), "2024-11-05 07:30 PM"),
        (
            draw_report(MOMENT, [Drawn(("10/05/2024", *BOS[1:], "A, B", "Out", "x"))]),
            "2024-10-05",
        ),
        (
            draw_report(MOMENT, [Drawn(("soon", *BOS[1:], "A, B", "Out", "x"))]),
            "'soon'",
        ),
        (
            draw_report(MOMENT, [Drawn((*BOS[:2], "", "", "A, B", "Out", "x"))]),
            "its game",
        ),
        (draw_report(MOMENT, []), "none"),
    ],
)
def test_what_is_not_the_report_asked_for_is_not_believed(
    body: bytes, why: str
) -> None:
    said = judge(SLOT, body)
    assert isinstance(said, Unsound)
    assert why in said.reason


def test_the_report_asked_for_is_believed() -> None:
    assert judge(SLOT, PDF) == Sound(5)


def test_a_page_without_title_or_header_is_no_report() -> None:
    title = tuple(Word(text, 300.0 + n, 40) for n, text in enumerate(TITLE.split()))
    with pytest.raises(UnreadableReport, match="no title"):
        read_report([()])
    with pytest.raises(UnreadableReport, match="no header of Game Date, Game Time"):
        read_report([title])
    with pytest.raises(UnreadableReport, match="belongs to no row"):
        read_report([page_of([(90, [(LEFTS[6], "Rest")])])])


@pytest.mark.parametrize(
    ("tip_off", "name"),
    [
        ("2024-11-05 19:00", "2024-11-05_06PM"),
        ("2024-11-05 19:30", "2024-11-05_06PM"),
        ("2024-11-05 19:31", "2024-11-05_07PM"),
        ("2024-11-05 12:00", "2024-11-05_11AM"),
        ("2024-11-05 13:00", "2024-11-05_12PM"),
        ("2024-11-05 00:15", "2024-11-04_11PM"),
        ("2025-12-21 19:00", "2025-12-21_06PM"),
        ("2025-12-22 19:00", "2025-12-22_06_45PM"),
        ("2026-01-15 19:10", "2026-01-15_07_00PM"),
        ("2026-01-15 00:00", "2026-01-14_11_45PM"),
    ],
)
def test_a_report_is_the_last_one_before_tip_off(tip_off: str, name: str) -> None:
    moment = datetime.fromisoformat(tip_off).replace(tzinfo=LEAGUE)
    before = moment_before(moment.astimezone(UTC))
    assert before < moment
    slot = Slot(before, 2024, before.date())
    assert slot.name == name
    assert slot.call.path == f"Injury-Report_{name}.pdf"
    assert slot.before().moment < slot.moment


def test_games_of_one_hour_share_a_report_and_a_game_to_come_has_that_of_now() -> None:
    tips = [datetime(2024, 11, 5, hour, half, tzinfo=LEAGUE) for hour, half in TIPS]
    games = [GameToCome(2024, date(2024, 11, 5), tip) for tip in tips]
    named = [slot.name for slot in slots_of(games, now=MOMENT + timedelta(days=1))]
    assert named == ["2024-11-05_06PM", "2024-11-05_07PM", "2024-11-05_09PM"]
    now = datetime(2024, 11, 5, 19, 45, tzinfo=LEAGUE)
    assert [slot.name for slot in slots_of(games, now)] == named[:2]


TIPS = ((19, 0), (19, 30), (20, 0), (22, 0))


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("Porter Jr., Michael", "Michael Porter Jr."),
        ("Dennis,RayJ", "RayJ Dennis"),
        ("Nene", "Nene"),
    ],
)
def test_names_are_turned_round(listed: str, name: str) -> None:
    assert in_order(listed) == name


def test_without_pdfplumber_the_command_that_brings_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real: Callable[..., Any] = builtins.__import__

    def absent(name: str, *rest: Any, **named: Any) -> Any:
        if name == "pdfplumber":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ConfigError, match=r"the extra fullcourt\[injuries\] has it"):
        require_reader()
