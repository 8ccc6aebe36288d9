"""The limits of every table: those of the thresholds.yaml above it, its checks' and its own.

One way down, taken once per catalog. A limit of processors/thresholds.yaml holds for every table
that has what it limits, one of processors/<phase>/thresholds.yaml for those of the phase; a table's
own check states its limits itself; a table's thresholds.yaml adds limits or overrides those above.
What does not fit is refused when the catalog is loaded, before anything is computed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.errors import ConfigError
from core.yaml_files import read_model
from processors.catalog import Catalog, Processor
from processors.discovery import load
from validation.checks import OWN, Check, all_checks
from validation.measurement import BY_KEYS
from validation.thresholds import Threshold, Thresholds, ThresholdsFile

NAME = "thresholds.yaml"


@dataclass(frozen=True)
class StatedLimit:
    """A limit, the file that states it, and under which key."""

    limit: Threshold
    path: Path
    key: str = "thresholds"

    @property
    def place(self) -> str:
        """File and key, as an error begins."""
        return f"{self.path}: {self.key}"


@dataclass(frozen=True)
class LimitsFile:
    """What one thresholds.yaml states; nothing where there is none."""

    added: tuple[StatedLimit, ...] = ()
    overriding: tuple[StatedLimit, ...] = ()

    @property
    def stated(self) -> tuple[StatedLimit, ...]:
        """All of its limits."""
        return self.added + self.overriding


Stated = Mapping[tuple[str, str, str, str], StatedLimit]
"""What makes it the same limit -> the limit that holds."""


def load_checked() -> Catalog:
    """The catalog of the product, with checks and limits that fit it; ConfigError otherwise."""
    catalog = load()
    load_thresholds(catalog)
    return catalog


@lru_cache(maxsize=8)
def load_thresholds(catalog: Catalog) -> Thresholds:
    """Table -> its limits: those of all tables, of its phase, of its checks, and its own.

    ConfigError names file, key and what is expected, a line per fault: a limit on what no table
    measures or on no column, one that is stated already, one that overrides nothing, and a check
    without a limit.
    """
    by_table = _checks_by_table(catalog)
    every = _read(catalog.root)
    faults = _faults_of_file({}, every, by_table)
    found: Thresholds = {}
    for phase in catalog.phases:
        of_phase = {name: by_table[name] for name in catalog.tables_of(phase.name)}
        shared = _read(catalog.root / phase.name)
        faults += _faults_of_file(_stack({}, every), shared, of_phase)
        above = _stack(_stack({}, every), shared)
        for table, checks in of_phase.items():
            stated, of_table = _limits_of_table(above, checks, catalog[table])
            faults += of_table
            found[table] = tuple(entry.limit for entry in stated.values())
    if faults:
        raise ConfigError("\n".join(faults))
    return found


def _limits_of_table(
    above: Stated, checks: Collection[Check], processor: Processor
) -> tuple[Stated, list[str]]:
    """The limits of one table, and what does not fit."""
    base = _applying(above, checks, processor)
    special = _read(processor.folder)
    stated = _stack(base, special)
    faults = _faults_of_file(base, special, {processor.name: checks})
    return stated, [*faults, *_faults_of_table(stated, checks, processor)]


def _faults_of_file(
    above: Stated, file: LimitsFile, tables: Mapping[str, Collection[Check]]
) -> list[str]:
    """What does not fit in the file of these tables, under the limits above it."""
    return [*_limits_out_of_place(above, file), *_limits_on_nothing(file, tables)]


def measured_names(checks: Collection[Check]) -> set[str]:
    """What is measured of a table with these checks."""
    return {*BY_KEYS, *(check.name for check in checks)}


def _checks_by_table(catalog: Catalog) -> dict[str, list[Check]]:
    found: dict[str, list[Check]] = {processor.name: [] for processor in catalog}
    for check in all_checks(catalog):
        found[check.table].append(check)
    return found


def _read(folder: Path) -> LimitsFile:
    """The limits that the file of a folder states."""
    path = folder / NAME
    if not path.is_file():
        return LimitsFile()
    file = read_model(ThresholdsFile, path)
    added = tuple(StatedLimit(limit, path) for limit in file.thresholds)
    overriding = tuple(
        StatedLimit(limit, path, "overrides") for limit in file.overrides
    )
    return LimitsFile(added, overriding)


def _stack(above: Stated, file: LimitsFile) -> Stated:
    """The limits from above as a file adds to them and overrides them."""
    return {**above, **{entry.limit.key: entry for entry in file.stated}}


def _applying(above: Stated, checks: Collection[Check], processor: Processor) -> Stated:
    """The shared limits on what is measured of a table, and those that its own checks state."""
    names = measured_names(checks)
    found = {
        key: entry for key, entry in above.items() if entry.limit.measurement in names
    }
    for check in checks:
        path = processor.folder / OWN / f"{check.name}.sql"
        for limit in check.limits:
            found[limit.key] = StatedLimit(limit, path, "limits")
    return found


def _limits_out_of_place(above: Stated, file: LimitsFile) -> Iterator[str]:
    """Limits that are stated already, and overrides of nothing."""
    for entry in file.added:
        if entry.limit.key in above:
            stated = above[entry.limit.key]
            yield (
                f"{entry.place}: {entry.limit}: {stated.place} states {stated.limit} already; "
                "put it under overrides, or take it away"
            )
    for entry in file.overriding:
        if entry.limit.key not in above:
            yield (
                f"{entry.place}: {entry.limit} overrides nothing: no file above states a limit on "
                f"{entry.limit.measurement} of this kind; put it under thresholds"
            )


def _limits_on_nothing(
    file: LimitsFile, tables: Mapping[str, Collection[Check]]
) -> Iterator[str]:
    """Limits on what is measured of none of these tables."""
    known = {name for checks in tables.values() for name in measured_names(checks)}
    for entry in file.stated:
        if entry.limit.measurement not in known:
            yield (
                f"{entry.place}: nothing measures {entry.limit.measurement} of "
                f"{', '.join(tables)}; known: {', '.join(sorted(known))}"
            )


def _faults_of_table(
    stated: Stated, checks: Collection[Check], processor: Processor
) -> Iterator[str]:
    """Limits on a column that the table lacks, and checks that no limit judges."""
    columns = {column.name for column in processor.contract.columns}
    for entry in stated.values():
        if entry.limit.item and entry.limit.item not in columns:
            yield f"{entry.place}: item: {processor.name} has no column {entry.limit.item}"
    limited = {entry.limit.measurement for entry in stated.values()}
    for check in checks:
        if check.name not in limited:
            yield (
                f"{processor.folder / NAME}: thresholds: no limit on {check.name}, which is "
                f"measured of {processor.name}; give it one, here or in a file above"
            )
