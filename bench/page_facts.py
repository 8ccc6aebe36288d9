"""Made-up facts for the page: any number of seasons, with every way in which a cell can stand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from bench.page_sections import features_facts, runs_facts
from planning.calendar import ONE_DAY
from planning.cells import CellState, Outcome
from planning.reasons import (
    AttemptEnded,
    CalledOff,
    Cause,
    CodeChanged,
    Damage,
    GamesUnfinished,
    InBootstrap,
    NeverComputed,
    NoGames,
    NotCovered,
    Reason,
    TooEarly,
    WithoutPlayerBox,
)
from planning.roots import Root
from processors.discovery import load
from reports.page.calendar import (
    FRESH,
    HOLDS_ROWS,
    Attempt,
    Because,
    CalendarFacts,
    CellFacts,
    DayFacts,
    TableCells,
)
from reports.page.frame import PageFacts
from reports.page.gates import GatesFacts, MeasurementFacts, MonthFacts, PhaseGate
from runs.page.catalog import collect_catalog
from validation.measurement import Measurement, Part
from validation.thresholds import Threshold
from validation.verdict import Case, Made, judge

MADE_AT = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
DATES_OF_A_SEASON = 205
GAME = "0022300038"
EMPTY_KEYS = CellState(expected=187, present=175, missing=12)
WHYS: dict[str, Because] = {
    Outcome.DONE: FRESH,
    Outcome.BOOTSTRAP: InBootstrap(14, date(2023, 10, 24)),
    Outcome.INSUFFICIENT_HISTORY: TooEarly(10),
    Outcome.NOT_COVERED: NotCovered(4),
    Outcome.CALLED_OFF: CalledOff((GAME,)),
    Outcome.NO_GAMES: NoGames(),
    Outcome.NOT_FINAL: GamesUnfinished(2, 5),
    Outcome.FAILED: Reason(
        Cause.FAILED,
        AttemptEnded("OutOfMemoryException", "no room for a hash table", 3),
    ),
    Outcome.QUARANTINED: Reason(
        Cause.QUARANTINED, AttemptEnded(None, "keys: 12 of 187 missing", 1, "keys")
    ),
    Cause.DAMAGED: Reason(Cause.DAMAGED, Damage(187, 175)),
    Outcome.UPSTREAM_MISSING: Root(
        "player_game_summary", date(2023, 11, 21), WithoutPlayerBox((GAME,))
    ),
    Cause.MISSING: Reason(Cause.MISSING, NeverComputed()),
    Cause.STALE: Reason(
        Cause.STALE, CodeChanged("79d84521d81c10fd", "4af3d9f2bde01871")
    ),
    HOLDS_ROWS: CalledOff((GAME,)),
}
"""Of every way in which a cell can stand, one reason for it."""
RARE = [key for key in WHYS if key not in (Outcome.DONE, Outcome.BOOTSTRAP)]


def page_facts(seasons: int, gaps: float = 0.01) -> PageFacts:
    """A page of so many seasons up to 2025, all but its overview; the same every time.

    `gaps`: the share of cells that are not done. With it, every way to stand comes up.
    """
    years = range(2026 - seasons, 2026)
    return PageFacts(
        warehouse="duckdb:made-up.duckdb",
        made_at=MADE_AT,
        code_version="0123456789ab",
        calendar=calendar_facts(years, gaps),
        gates=gates_facts(years),
        runs=runs_facts(MADE_AT),
        features=features_facts(years),
        catalog=collect_catalog(load()),
    )


def calendar_facts(years: Sequence[int], gaps: float) -> CalendarFacts:
    """Ten tables on about 205 dates of each season."""
    days = [day for year in years for day in _season(year)]
    catalog = load()
    chance = random.Random(len(days))
    tables: list[TableCells] = []
    for table in catalog.ordered():
        cells = list(_cells(days, chance, gaps))
        tables.append(TableCells(table, catalog[table].phase, cells))
    return CalendarFacts(days, tables)


def _season(year: int) -> Iterator[DayFacts]:
    day = date(year, 10, 22)
    for number in range(DATES_OF_A_SEASON):
        games = 1 + (number * 7) % 13
        yield DayFacts(day, year, games, games)
        day += ONE_DAY * (2 if number % 7 == 0 or number > 190 else 1)


def _cells(
    days: Sequence[DayFacts], chance: random.Random, gaps: float
) -> Iterator[CellFacts]:
    rare = iter(RARE)
    for number, day in enumerate(days):
        stands: str = Outcome.DONE
        if (day.day - date(day.season, 10, 22)).days < 14:
            stands = Outcome.BOOTSTRAP
        elif chance.random() < gaps:
            # Each of them once, then any of them.
            stands = next(rare, "") or chance.choice(RARE)
        yield _cell(str(stands), day, number)


def _cell(stands: str, day: DayFacts, number: int) -> CellFacts:
    expected = 0 if stands == Outcome.BOOTSTRAP else day.games * 19
    rows = expected if stands in (Outcome.DONE, Cause.STALE) else 0
    finished_at = MADE_AT - timedelta(minutes=number // 110)
    attempt = Attempt(1 + number % 3, finished_at, f"run-{number // 110}")
    return CellFacts(stands, WHYS[stands], rows, expected, attempt)


def gates_facts(years: Sequence[int]) -> GatesFacts:
    """Four gates, of 50 measurements over nine months of each season."""
    phases = load().phase_names
    return GatesFacts([_gate(phase, years) for phase in phases])


def _gate(phase: str, years: Sequence[int]) -> PhaseGate:
    table = load().tables_of(phase)[0]
    limits = (
        Threshold(
            measurement="cells_done_pct",
            at_least=95,
            severity="block",
            why="a limit of made-up facts",
        ),
        Threshold(
            measurement="cells_done_pct",
            at_least=99,
            severity="warn",
            why="a limit of made-up facts",
        ),
    )
    measured: list[MeasurementFacts] = []
    for number in range(50):
        measurement = _measurement(table, number, years)
        months = list(_months(measurement, limits))
        measured.append(MeasurementFacts(measurement, limits, months, None))
    verdict = judge(
        Case(
            phase=phase,
            made=_made(phase),
            tables=(table,),
            measurements=tuple(facts.measurement for facts in measured),
            thresholds={table: limits},
        )
    )
    return PhaseGate(phase, verdict, measured, [])


def _made(phase: str) -> Made:
    return Made(
        verdict_id=f"verdict-of-{phase}",
        run_id="run-0",
        decided_at=MADE_AT,
        code_version="0123456789ab",
        selection={},
        first_date=None,
        last_date=None,
        first_season=None,
    )


def _measurement(table: str, number: int, years: Sequence[int]) -> Measurement:
    parts: list[Part] = []
    for year in years:
        for month in ("10", "11", "12"):
            parts.append(_part(year, f"{year}-{month}", number))
        for month in ("01", "02", "03", "04", "05", "06"):
            parts.append(_part(year, f"{year + 1}-{month}", number))
    return Measurement(
        table=table,
        name="cells_done_pct",
        kind="share",
        item="" if number == 0 else f"column_{number}",
        parts=tuple(parts),
    )


def _part(year: int, month: str, number: int) -> Part:
    lacks = (year * 31 + int(month[-2:]) * 7 + number) % 97 == 0
    return Part(season=year, month=month, kept=930 if lacks else 1000, of=1000)


def _months(
    measurement: Measurement, limits: Sequence[Threshold]
) -> Iterator[MonthFacts]:
    for part in measurement.parts:
        value = 100 * part.kept / part.of
        figures = tuple(limit.stated or 0 for limit in limits)
        yield MonthFacts(
            part.month or "", value, figures, "block" if value < 95 else None
        )
