"""An overdue game is blamed for a NO-GO only where nothing in the phase is broken by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime

from core.errors import GateClosed, PhaseIncomplete
from planning.coverage import Coverage
from planning.open_games import DatedGame
from planning.reasons import AttemptEnded, Cause, OverdueGames, Reason
from planning.selection import Selection
from reports.notices import Notices
from reports.report import Report
from runs.judge import no_go_error
from runs.overdue import with_overdue
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
    told = with_overdue(closed(), report({"2024-12-28": WAITS}))
    assert told.exit_code == PhaseIncomplete.exit_code
    assert str(told).startswith("1 game is neither final nor called off")


def test_a_date_that_broke_its_contract_is_no_go_whatever_games_are_open() -> None:
    """31 quarantined dates ended with 4, and one open game of another season was blamed."""
    error = closed()
    told = with_overdue(error, report({"2024-12-28": WAITS, "2024-03-01": BROKEN}))
    assert told is error
    assert told.exit_code == GateClosed.exit_code == 3


def test_without_an_open_game_the_error_stays_as_it_is() -> None:
    error = closed()
    none_open = Report(
        Selection(), datetime(2025, 1, 1, tzinfo=UTC), "1.0", {}, coverage=()
    )
    assert with_overdue(error, none_open) is error
