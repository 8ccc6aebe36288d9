"""Write a training set into a folder: one parquet file and a manifest, the same bytes each time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

from core.errors import NotFreshError
from core.remedy import Remedy
from planning.ledger import BEGINNING
from planning.selection import Selection
from processors.contract import Column
from runs.export_files import DESCRIBED, Format, TableFiles
from runs.export_folder import FORMAT, MANIFEST, require_replaceable, write_whole
from runs.manifest import column_part
from runs.rows import SeasonOfRows, choose
from runs.training_set import FEATURES, TrainingData, read_training_set
from training.choose_splits import choose_splits
from training.libraries import versions
from training.limits import PHASE
from training.splits import SPLIT, Splits
from validation.stored import read_verdicts
from validation.verdict import Verdict
from warehouse.protocol import Warehouse

LATEST = 50
"""Verdicts that are looked at for one that fits."""
SPLIT_COLUMN = Column(
    name=SPLIT, type="STRING", description="train, validation or test, by the date"
)


@dataclass(frozen=True)
class SplitsAsked:
    """Where validation and test begin, as asked for; the rest follows from the seasons."""

    validation_from: date | None = None
    test_from: date | None = None
    embargo_days: int = 1


def export_training_set(
    warehouse: Warehouse,
    selection: Selection,
    asked: SplitsAsked,
    folder: Path,
    as_is: bool = False,
) -> dict[str, Any]:
    """Write the labelled, split rows of a range into a folder; the manifest that lies beside them.

    The folder is there whole or not at all. Raises ConfigError for a range that cannot be split and
    for a folder that will not do, NotFreshError for cells that are not fresh, unless `as_is`.
    """
    require_replaceable(folder.resolve())
    splits = splits_of(warehouse, selection, asked)
    data = read_training_set(warehouse, selection, splits, as_is)
    verdict = verdict_in_force(warehouse, data, splits)
    with write_whole(folder) as partial:
        files = _write(data, partial)
        manifest = _manifest(data, files, verdict)
        text = json.dumps(
            manifest,
            indent=2,
            ensure_ascii=False,
        )
        (partial / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return manifest


def splits_of(warehouse: Warehouse, selection: Selection, asked: SplitsAsked) -> Splits:
    """The splits of the dates of a range that hold features."""
    wanted = selection.model_copy(update={"tables": (FEATURES,), "phases": ()})
    chosen = choose(warehouse, wanted)
    calendar = chosen.planner.calendar
    seasons: dict[int, list[date]] = defaultdict(list)
    for day in chosen.tables[FEATURES].days:
        seasons[calendar.season_of(day) or day.year].append(day)
    if not seasons:
        raise NotFreshError(
            f"{FEATURES} holds no row on the dates asked for; ", Remedy("backfill")
        )
    return choose_splits(
        seasons, asked.validation_from, asked.test_from, asked.embargo_days
    )


def verdict_in_force(
    warehouse: Warehouse, data: TrainingData, splits: Splits
) -> Verdict | None:
    """The latest verdict of `train check` on these dates and splits, since which no cell of the set
    has changed; None where there is none."""
    days = _days(data)
    changed = _last_change(warehouse, days)
    verdicts, _unreadable = read_verdicts(warehouse.verdicts(PHASE, LATEST))
    for verdict in verdicts:
        made = verdict.made
        same_splits = made.selection.get("splits") == splits.to_json()
        if not same_splits or made.first_date is None or made.last_date is None:
            continue
        spans = made.first_date <= min(days) and made.last_date >= max(days)
        if spans and made.decided_at >= changed:
            return verdict
    return None


def _days(data: TrainingData) -> list[date]:
    cells = data.manifest["tables"][FEATURES]["cells"]
    return [date.fromisoformat(day) for day in cells]


def _last_change(warehouse: Warehouse, days: list[date]) -> Any:
    """When the content of a cell of the features on these dates changed last."""
    records = warehouse.records(FEATURES)[FEATURES]
    held = (records[day].held for day in days if day in records)
    return max((entry.changed_at for entry in held if entry), default=BEGINNING)


def _write(data: TrainingData, folder: Path) -> list[dict[str, Any]]:
    files = _parquet_files(data.rows.schema, folder)
    try:
        files.write(SeasonOfRows(None, data.rows))
        return [file.to_json() for file in files.close()]
    finally:
        files.abandon()


def _parquet_files(schema: Any, folder: Path) -> TableFiles:
    return TableFiles(
        folder=folder,
        table=FEATURES,
        schema=schema,
        format=Format.PARQUET,
    )


def _manifest(
    data: TrainingData, files: list[dict[str, Any]], verdict: Verdict | None
) -> dict[str, Any]:
    """The manifest of the set, with the file, the split column, and what the check said."""
    table = data.manifest["tables"][FEATURES]
    columns = [*table["columns"], column_part(SPLIT_COLUMN)]
    made_by = data.manifest["made_by"]
    libraries = {**made_by["libraries"], **_versions()}
    return {
        "format": FORMAT,
        **data.manifest,
        "made_by": {**made_by, "libraries": libraries},
        "files": {"format": str(Format.PARQUET), **DESCRIBED[Format.PARQUET]},
        "tables": {FEATURES: {**table, "columns": columns, "files": files}},
        "features": list(data.features),
        "label": data.label,
        "check": check_part(verdict),
    }


def _versions() -> dict[str, str]:
    """Versions of the libraries of models that are installed; the export needs none of them."""
    try:
        return versions()
    except metadata.PackageNotFoundError:
        return {}


def check_part(verdict: Verdict | None) -> Mapping[str, Any]:
    """What `train check` said of the set, and the limits in force; `none` where it never looked."""
    if verdict is None:
        return {"decision": "none"}
    limits = [
        {"limit": str(limit), "severity": limit.severity, "why": limit.why}
        for limits in verdict.thresholds.values()
        for limit in limits
    ]
    made = verdict.made
    return {
        "decision": verdict.decision,
        "verdict_id": made.verdict_id,
        "decided_at": made.decided_at.isoformat(),
        "code_version": made.code_version,
        "first_date": str(made.first_date),
        "last_date": str(made.last_date),
        "breaches": [str(breach) for breach in verdict.breaches],
        "thresholds": limits,
    }
