"""The thresholds as a page: every limit with its why, by the file that states it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.counted import counted
from core.yaml_files import read_model
from docsite.markup import code, page, rows_of, section
from processors.catalog import Catalog
from training.limits import PATH as READY_TO_TRAIN
from training.model_limits import PATH as MODEL
from validation.checks import all_checks
from validation.limits import NAME
from validation.removals import removal_limit
from validation.thresholds import Threshold, ThresholdsFile

LIMITS = ("measured", "must be", "else", "why")
ELSE = {"block": "NO-GO", "warn": "warning"}
SIGNS = {">=": "≥", "<=": "≤", "<": "<"}
KEYS = {
    "cells_done_pct": "cells that are done, of those due",
    "keys_present_pct": "expected keys that are there",
    "duplicate_keys": "keys that are there more than once",
    "unexpected_keys": "keys that are there and not expected",
    "games_covered_pct": "covered final games on dates that are done, of all in the range, a "
    "season's first days included; its ceiling is what the schedule allows",
    "played_dates_waiting": "dates with final games that wait for another game",
}
"""What is counted of every table from the keys of its cells, without a query."""


def limits_page(catalog: Catalog) -> str:
    """Every limit of gates, training and removals."""
    return page(
        "Thresholds",
        "What a gate demands, and why. A broken limit is a NO-GO or a warning. A limit stands "
        "once: a table's file adds to those of its phase and of all tables, or overrides them. "
        "[Gates by themselves](operations.md#gates-by-themselves) says how to change one.",
        _section("Every table", catalog.root / NAME),
        *_of_phases(catalog),
        *_of_tables(catalog),
        section("Checks", "What each measurement counts.", _checks(catalog)),
        _section("Ready to train", READY_TO_TRAIN),
        _section("A model", MODEL),
        _removals(),
    )


def limit_row(limit: Threshold) -> tuple[str, str, str, str]:
    """A limit as a row: what is measured, what it must be, what follows otherwise, why."""
    item = f" of {code(limit.item)}" if limit.item else ""
    return (
        f"{code(limit.measurement)}{item}",
        _bounds(limit),
        ELSE[limit.severity],
        limit.why,
    )


def _bounds(limit: Threshold) -> str:
    """The number as it is stated; where there is a ceiling, the lower of the two holds."""
    numbers = [] if limit.stated is None else [f"{limit.stated:,g}"]
    if limit.of_ceiling:
        numbers.append(f"{limit.of_ceiling:g} of the ceiling")
    per = f" per {counted(limit.reference.of, 'game')}" if limit.reference else ""
    return f"{SIGNS[limit.sign]} {' or '.join(numbers)}{per}"


def _table(limits: Sequence[Threshold]) -> str:
    return rows_of(LIMITS, map(limit_row, limits))


def _section(title: str, path: Path) -> str:
    """What one file states; nothing where it is not there."""
    if not path.is_file():
        return ""
    file = read_model(ThresholdsFile, path)
    stated = f"Stated in {code(_place(path))}."
    return section(title, stated, _table(file.thresholds + file.overrides))


def _place(path: Path) -> str:
    """A file of the checkout as it is named in it."""
    root = Path(__file__).resolve().parent.parent
    return str(path.resolve().relative_to(root))


def _of_phases(catalog: Catalog) -> Iterator[str]:
    for phase in catalog.phases:
        yield _section(f"Phase {phase.name}", catalog.root / phase.name / NAME)


def _of_tables(catalog: Catalog) -> Iterator[str]:
    """What is special to a table: its overrides, then the limits of its own checks."""
    for table in catalog.ordered():
        path = catalog[table].folder / NAME
        yield _section(f"Table {table}", path)
        yield _own_checks(catalog, table)


def _own_checks(catalog: Catalog, table: str) -> str:
    limits: list[Threshold] = []
    for check in all_checks(catalog):
        if check.table == table:
            limits += check.limits
    folder = f"processors/{catalog[table].phase}/{table}/checks/"
    stated = f"Stated in the heads of {code(folder)}."
    return section(f"Checks of {table}", stated, _table(limits)) if limits else ""


def _checks(catalog: Catalog) -> str:
    """Every measurement: what it counts, of which tables."""
    about = dict(KEYS)
    judged: dict[str, list[str]] = {}
    for check in all_checks(catalog):
        about[check.name] = check.about
        judged.setdefault(check.name, []).append(check.table)
    rows: list[tuple[str, str, str]] = []
    for name in sorted(about):
        rows.append((code(name), about[name], _tables(catalog, judged.get(name))))
    return rows_of(("measurement", "counts", "judges"), rows)


def _tables(catalog: Catalog, tables: Sequence[str] | None) -> str:
    if tables is None or len(tables) == len(catalog.processors):
        return "every table"
    return ", ".join(map(code, tables))


def _removals() -> str:
    limit = removal_limit()
    return section(
        "Removals",
        "Stated in `validation/removals.yaml`: what a run may remove from a table before a person "
        "has agreed.",
        rows_of(
            LIMITS,
            [
                (
                    "rows removed from a table",
                    f"≤ {limit.at_most_pct:g} %",
                    "NO-GO",
                    limit.why,
                )
            ],
        ),
    )
