"""An open game is blamed for a NO-GO only where nothing in the phase is broken by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from core.errors import GateClosed, PhaseIncomplete
from planning.coverage import Coverage
from planning.needs import Needs
from planning.open_games import DatedGame, games_awaited
from planning.reasons import AttemptEnded, Cause, OverdueGames, Reason
from planning.selection import Selection
from reports.notices import Notices, notice_sections
from reports.report import Report
from runs.judge import no_go_error
from runs.measure import Judged, cells_done, with_games_awaited
from runs.open_games import with_open_games
from tests.planning.small_calendar import START, game_day, planner
from tests.validation.small_case import TABLE, case, rate, threshold
from validation.verdict import judge

OPEN = DatedGame("0022400009", date(2024, 12, 28))
WAITS = OverdueGames(OPEN.game_date, (OPEN.game_id,))
BROKEN = Reason(Cause.QUARANTINED, AttemptEnded(None, "range.fga: 3", 1, "range.fga"))


def closed() -> GateClosed:
    """A gate that is closed by a count of gaps alone."""
    limit = threshold("cells_done_pct")
    return no_go_error(judge(case(rate(90, name="cells_done_pct"), limits=(limit,))))


def report(reasons: dict[str, Reason | OverdueGames]) -> Report:
    """A report on a phase whose gaps have these reasons, with a game that is still open."""
    part = Coverage(
        TABLE, "player", 2024, done=1, rows=2, gaps=len(reasons), reasons={**reasons}
    )
    at = datetime(2025, 1, 1, tzinfo=UTC)
    notices = Notices(overdue=(OPEN,))
    return Report(Selection(), at, "1.0", {}, (part,), notices=notices)


def test_gaps_of_open_games_alone_end_as_gaps_and_name_the_games_first() -> None:
    told = with_open_games(closed(), report({"2024-12-28": WAITS}))
    assert told.exit_code == PhaseIncomplete.exit_code
    assert str(told).startswith("1 game is neither final nor called off")


def test_a_date_that_broke_its_contract_is_no_go_whatever_games_are_open() -> None:
    """31 quarantined dates ended with 4, and one open game of another season was blamed."""
    error = closed()
    told = with_open_games(error, report({"2024-12-28": WAITS, "2024-03-01": BROKEN}))
    assert told is error
    assert told.exit_code == GateClosed.exit_code == 3


def test_an_open_game_that_the_final_ones_of_its_date_wait_for_is_named_first() -> None:
    """The gate named a finished game of the date: nothing said that the other one was open."""
    notices = Notices(awaited=(OPEN,))
    waiting = replace(report({}), notices=notices)
    told = with_open_games(closed(), waiting)
    assert str(told).startswith(
        "1 game is not final, and the final games of the same date wait for it: "
        "0022400009 (2024-12-28); load it again once that is over; so gate "
    )
    assert told.exit_code == GateClosed.exit_code
    (section,) = notice_sections(notices)
    assert section.title == "Games still open"
    assert notices.to_json()["awaited_games"] == [OPEN.to_json()]


def test_games_are_awaited_on_dates_that_have_final_ones() -> None:
    """Overdue ones have a sentence of their own, and before its first final game a date is only
    early."""
    games = ("0022400010", "0022400011")
    part = game_day(START, final_games=1, open_games=games, overdue_games=games[1:])
    none = game_day(START + timedelta(days=1), final_games=0, open_games=games)
    known = planner([part, none])
    wanted = Needs({TABLE: tuple(known.calendar.days)}, {}, {})
    assert games_awaited(known, wanted) == (DatedGame(games[0], START),)


def test_a_count_of_games_names_the_open_one_before_those_that_wait_for_it() -> None:
    """The first line of a NO-GO named finished games alone."""
    day, other = START, START + timedelta(days=1)
    known = planner(
        [
            game_day(day, final_games=1, open_games=("0022400062",)),
            game_day(other, final_games=0, open_games=("0022400070",)),
        ]
    )
    count = rate(1, name="games").model_copy(update={"evidence": ("0022400061",)})
    named = with_games_awaited(count, known, [day, other])
    assert named.evidence == ("0022400062 still open", "0022400061")
    assert with_games_awaited(rate(1, name="games"), known, [day]).evidence == ()
    other_check = count.model_copy(update={"name": "shots_complete_pct"})
    assert with_games_awaited(other_check, known, [day]) is other_check


def test_a_date_that_is_not_done_names_the_open_game_it_waits_for() -> None:
    games = ("0022400062", "0022400063")
    days = [game_day(START, final_games=0, open_games=games, overdue_games=games)]
    judged = Judged(planner(days), TABLE, [START], [START], ())
    (missing,) = cells_done(judged).evidence
    assert missing == f"{START}: 0022400062 and 1 more still open"


def test_without_an_open_game_the_error_stays_as_it_is() -> None:
    error = closed()
    none_open = Report(
        Selection(), datetime(2025, 1, 1, tzinfo=UTC), "1.0", {}, coverage=()
    )
    assert with_open_games(error, none_open) is error
