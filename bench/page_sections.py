"""Made-up runs and features for the page."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import exp

from planning.eta import Counted, Estimate, Outturn
from planning.eta.estimates import wave_of
from planning.run_history import RunRecord, TableWork
from processors.contract import STATUSES, Column
from processors.discovery import load
from reports.page.features import (
    Binning,
    FeatureFacts,
    FeatureSeason,
    FeaturesFacts,
    Profile,
)
from reports.page.runs import RunFacts, RunsFacts

TABLE = "ml_feature_store"
BINS, ROWS = 24, 30_000
FIRST_RUN = "first-run"
RUNS = (("all tables", 1.0), ("the last 7 days", 0.02), (FIRST_RUN, 1.4))
"""What the runs were asked for, the latest first, and how long each took beside the first."""


def runs_facts(made_at: datetime) -> RunsFacts:
    """Three runs: one within its estimate, one beyond it, and one of an earlier version."""
    waves = wave_of(load())
    phases = {table: phase for table, (phase, _) in waves.items()}
    runs: list[RunFacts] = []
    for number, (asked, size) in enumerate(RUNS):
        begin = made_at - timedelta(days=number)
        run_id = f"{number:08d}-made-up"
        work = tuple(_work(run_id, begin, size, list(phases)))
        runs.append(RunFacts(run_id, work, _record(asked, work)))
    return RunsFacts(tuple(runs), phases)


def _work(
    run_id: str, begin: datetime, size: float, tables: Sequence[str]
) -> Iterator[TableWork]:
    for number, table in enumerate(tables):
        started = begin + timedelta(seconds=60 * size * number)
        cells = max(int(4_000 * size), 1)
        yield TableWork(
            run_id=run_id,
            table=table,
            batches=30,
            cells=cells,
            unchanged=cells // 3 if size < 1 else 0,
            quarantined=number % 5 // 4,
            failed=0,
            rows=cells * 150,
            seconds=110 * size,
            billed_bytes=None,
            started_at=started,
            finished_at=started + timedelta(seconds=90 * size),
            code_version="0123456789ab",
        )


def _record(asked: str, work: Sequence[TableWork]) -> RunRecord | None:
    if asked == FIRST_RUN:
        return None
    took = (work[-1].finished_at - work[0].started_at).total_seconds()
    cells = sum(one.cells for one in work)
    counted = Counted(cells, cells * 150)
    high = 1.2 * took if asked == "all tables" else 0.8 * took
    outturn = Outturn(Estimate(high / 2, high, 90), took, counted, counted)
    return RunRecord(work[0].run_id, asked, work[-1].finished_at, outturn)


def features_facts(years: Sequence[int]) -> FeaturesFacts:
    """The features of the catalog, each a bell that wanders from season to season."""
    chance = random.Random(len(years))
    columns = load()[TABLE].contract.features
    features = [_feature(column, years, chance) for column in columns]
    return FeaturesFacts(TABLE, tuple(features))


def _feature(
    column: Column, years: Sequence[int], chance: random.Random
) -> FeatureFacts:
    binning = Binning(low=0.0, width=0.5, count=BINS)
    seasons: list[FeatureSeason] = []
    middle = BINS / 2
    for year in years:
        middle += chance.uniform(-1, 1)
        missing = chance.randrange(ROWS // 3) if column.nullable else 0
        seasons.append(_season(year, middle, missing))
    return FeatureFacts(
        name=column.name,
        description=column.description,
        unit=column.unit or "",
        source=column.source or "",
        binning=binning,
        seasons=tuple(seasons),
    )


def _season(year: int, middle: float, missing: int) -> FeatureSeason:
    weights = [exp(-(((number - middle) / 5) ** 2)) for number in range(BINS)]
    known = ROWS - missing
    counts = tuple(int(known * weight / sum(weights)) for weight in weights)
    profile = Profile(sum(counts), middle / 2, 1.8, 0.0, BINS / 2, is_whole=False)
    rows = sum(counts) + missing
    return FeatureSeason(year, rows, profile, counts, {STATUSES[0]: missing})
