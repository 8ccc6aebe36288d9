"""Which reports a range of games takes, under which names they lie, and when one is believed.

A report lies under the hour before it: `05PM` is the one of 05:30 PM, US Eastern. Since late 2025
there is one every quarter of an hour, and its name is its own time: `05_30PM`. The site answers 403
for what is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sources.injuries.pages import UnreadableReport, read_pages
from sources.injuries.report import LEAGUE, Report, read_report
from sources.web.calls import Call, Judgement, Sound, Unsound
from sources.web.fetching import FINAL, Asked, Blocked, Fetching

SOURCE, REPORT = "injuries", "report"
URL_VARIABLE = "FULLCOURT_INJURIES_URL"
URL = "https://ak-static.cms.nba.com/referee/injury"
HEADERS = {"User-Agent": "fullcourt", "Accept": "application/pdf"}
NOT_THERE = frozenset({403, 404})
FINAL_STATUSES = FINAL | NOT_THERE

QUARTERS_SINCE = date(2025, 12, 22)
"""The first date with a report every quarter of an hour; before, one at half past each hour."""
HOUR, QUARTER, HALF = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=30)
EARLIER = 2
"""Reports before the wanted one that are asked for in its place, where it is not there."""
NEVER_THERE = 5
"""Reports that may be missing at first, with those before them, until the site is left alone."""
LATEST_GAME = timedelta(days=7)
"""How far ahead of a report its games may lie."""


@dataclass(frozen=True)
class GameToCome:
    """A game that a report is wanted for, with its tip-off."""

    season: int
    day: date
    tip_off: datetime


@dataclass(frozen=True, order=True)
class Slot:
    """A report: when it comes out (US Eastern), and the season and date of the games that it is
    wanted for."""

    moment: datetime
    season: int
    day: date

    @property
    def name(self) -> str:
        """What tells its file from the others."""
        if self.moment.date() >= QUARTERS_SINCE:
            return self.moment.strftime("%Y-%m-%d_%I_%M%p")
        named_after = self.moment - HALF
        return named_after.strftime("%Y-%m-%d_%I%p")

    @property
    def call(self) -> Call:
        """The question for its file."""
        return Call(
            source=SOURCE,
            endpoint=REPORT,
            season=self.season,
            path=f"Injury-Report_{self.name}.pdf",
            last_day=self.day,
            suffix=".pdf",
            about=self.name.replace("_", " ", 1).replace("_", ":"),
        )

    def before(self) -> Slot:
        """The report before it."""
        return replace(self, moment=moment_before(self.moment))


def moment_before(moment: datetime) -> datetime:
    """When the last report before a moment comes out, US Eastern."""
    local = moment.astimezone(LEAGUE)
    has_quarters = local.date() >= QUARTERS_SINCE
    step, first = (QUARTER, timedelta(0)) if has_quarters else (HOUR, HALF)
    # By the clock of the wall: reports come out by it, and no game is played at night.
    wall = local.replace(tzinfo=None)
    midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
    steps = -((midnight + first - wall) // step) - 1
    return (midnight + first + steps * step).replace(tzinfo=LEAGUE)


def slots_of(games: Iterable[GameToCome], now: datetime) -> list[Slot]:
    """The reports that these games take, in their order: for each the last one before its tip-off,
    or before now where it has not begun."""
    found: dict[datetime, Slot] = {}
    for game in games:
        moment = moment_before(min(game.tip_off, now))
        found.setdefault(moment, Slot(moment, game.season, game.day))
    return sorted(found.values())


def judge(slot: Slot, body: bytes) -> Judgement:
    """Whether a body is the report that was asked for: of its moment, about games from then on."""
    try:
        report = parse(body)
    except UnreadableReport as error:
        return Unsound(str(error))
    if abs(report.reported_at - slot.moment) > HALF:
        said = report.reported_at.strftime("%Y-%m-%d %I:%M %p")
        return Unsound(f"is the report of {said}, which was not asked")
    first = report.reported_at.date()
    strange = [day for day in report.days if not first <= day <= first + LATEST_GAME]
    if strange or not report.days:
        days = ", ".join(map(str, strange)) or "none"
        return Unsound(f"names games of other dates than those from {first} on: {days}")
    return Sound(len(report.rows))


def parse(body: bytes) -> Report:
    """The report of a PDF; UnreadableReport where it is none."""
    return read_report(read_pages(body))


@dataclass
class Reports:
    """A run for these reports; what is not there is told, and the one before it is taken."""

    fetching: Fetching
    slots: Sequence[Slot]
    on_plan: Callable[[int], None] = lambda calls: None
    notes: list[str] = field(default_factory=list)
    _has_found: bool = False
    _missing: int = 0

    def calls(self) -> Iterator[Asked]:
        """Ask for each report; Blocked where the site has none of the first ones."""
        self.on_plan(len(self.slots))
        for slot in self.slots:
            asked = self._fetch(slot)
            self._count(asked)
            yield asked

    def _fetch(self, slot: Slot) -> Asked:
        """The report, or the one before it where it is not there."""
        wanted = self._ask(slot)
        asked, earlier = wanted, slot
        for _ in range(EARLIER):
            if asked.status not in NOT_THERE:
                break
            earlier = earlier.before()
            asked = self._ask(earlier)
        if asked.snapshot is None:
            return wanted
        if earlier is not slot:
            self.notes.append(
                f"{slot.call.title}: is not there; {earlier.call.about} is taken instead"
            )
        return asked

    def _ask(self, slot: Slot) -> Asked:
        return self.fetching.fetch(slot.call, lambda call, body: judge(slot, body))

    def _count(self, asked: Asked) -> None:
        self._has_found = self._has_found or asked.snapshot is not None
        self._missing += asked.status in NOT_THERE
        if not self._has_found and self._missing >= NEVER_THERE:
            raise Blocked(f"each call was {asked.reason}", hangs=0)
