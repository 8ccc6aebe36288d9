"""What the catalog discovers, as text for a review;
`python -m tests.processors.snapshot` renews it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from processors.catalog import Catalog, Processor
from processors.contract import Column, Read
from processors.discovery import load
from validation.checks import all_checks

CHECKED_IN = Path(__file__).with_name("catalog.txt")
RENEW = "if the change is meant: python -m tests.processors.snapshot, and read the difference"


def snapshot(catalog: Catalog) -> str:
    """Phases with their waves, then every table with its cut inputs, expected set, columns and
    what a gate measures of it.
    """
    lines = list(_phases(catalog))
    for table in catalog.ordered():
        lines += _table(catalog[table])
        names = [check.name for check in all_checks(catalog) if check.table == table]
        lines.append(f"  checks {' '.join(names)}")
    return "\n".join(lines) + "\n"


def _phases(catalog: Catalog) -> Iterator[str]:
    yield (
        "# What the catalog discovers. After a change that is meant: python -m "
        "tests.processors.snapshot"
    )
    for phase in catalog.phases:
        yield f"phase {phase.name}: dataset {phase.dataset}, bootstrap {phase.bootstrap_days} days"
        yield from (
            f"  wave {i}: {', '.join(wave)}"
            for i, wave in enumerate(catalog.waves(phase.name), start=1)
        )


def _table(processor: Processor) -> Iterator[str]:
    contract = processor.contract
    yield f"\ntable {processor.name}"
    yield (
        f"  phase {processor.phase}, grain {' '.join(contract.grain)}, date {contract.date_column}"
    )
    yield f"  expected {contract.expected.from_}, min_games {contract.expected.min_games}"
    yield from (
        f"  reads {name}: {_cut(read)}" for name, read in contract.reads.items()
    )
    yield from (f"  {_column(column)}" for column in contract.columns)


def _cut(read: Read) -> str:
    within = f" within {read.within}" if read.within else ""
    return f"{read.table} {read.rows}{within}{f' ago {read.ago}' if read.ago else ''}"


def _column(column: Column) -> str:
    return f"{column.name} {column.type}{' or NULL' if column.nullable else ''}"


if __name__ == "__main__":
    CHECKED_IN.write_text(snapshot(load()))
