"""What decides the rows is in a table's code fingerprint, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from processors.catalog import Processor
from processors.contract import Expected
from processors.discovery import load

Change = Callable[[Processor], Processor]


def with_sql(old: str, new: str) -> Change:
    return lambda processor: replace(processor, sql=processor.sql.replace(old, new, 1))


def with_contract(**changes: object) -> Change:
    return lambda processor: replace(
        processor, contract=processor.contract.model_copy(update=changes)
    )


def with_column(**changes: object) -> Change:
    def change(processor: Processor) -> Processor:
        columns = list(processor.contract.columns)
        columns[3] = columns[3].model_copy(update=changes)
        return replace(
            processor,
            contract=processor.contract.model_copy(update={"columns": tuple(columns)}),
        )

    return change


def with_read(**changes: object) -> Change:
    def change(processor: Processor) -> Processor:
        reads = {
            "earlier": processor.contract.reads["earlier"].model_copy(update=changes)
        }
        return replace(
            processor, contract=processor.contract.model_copy(update={"reads": reads})
        )

    return change


SAME_CODE: dict[str, Change] = {
    "a comment": with_sql("SELECT", "-- it's new\n/* and\nthis */ # isn't it\nSELECT"),
    "blanks": with_sql("  team,\n", "\n\n\tteam ,"),
    "a description": with_column(description="the mean of the pace"),
    "a tighter range": with_column(range=(60, 140)),
    "a condition": with_column(required_when="season > 0"),
    "a unit": with_column(unit="possessions"),
    "whether NULL may stand": with_column(nullable=True),
    "the description of the table": with_contract(description="something else"),
    "the expected set": with_contract(
        expected=Expected.model_validate({"from": "roster"})
    ),
}
OTHER_CODE: dict[str, Change] = {
    "a number": with_sql("<= 5", "<= 6"),
    "an operator": with_sql("<= 5", "< 5"),
    "a name": with_sql("CAST(pace", "CAST(tempo"),
    "a string where a column stood": with_sql("  team,\n", "  'team',\n"),
    "a type": with_column(type="INT64"),
    "the name of a column": with_column(name="pace_last_10"),
    "the rounding": with_column(decimals=6),
    "the cut": with_read(rows="same_day", within=None, ago=None),
    "the reach": with_read(within="3 years"),
    "the table that is read": with_read(table="schedule"),
}


@pytest.mark.parametrize("change", list(SAME_CODE))
def test_what_decides_no_row_leaves_the_code_fingerprint(
    root: Path, change: str
) -> None:
    """Otherwise a better comment recomputes four seasons."""
    processor = load(root)["form"]
    changed = SAME_CODE[change](processor)
    assert changed != processor
    assert changed.code_fingerprint(1) == processor.code_fingerprint(1)


@pytest.mark.parametrize("change", list(OTHER_CODE))
def test_what_decides_the_rows_changes_the_code_fingerprint(
    root: Path, change: str
) -> None:
    """Otherwise a corrected query leaves the wrong rows fresh for ever."""
    processor = load(root)["form"]
    assert OTHER_CODE[change](processor).code_fingerprint(
        1
    ) != processor.code_fingerprint(1)


def test_the_binding_is_part_of_the_code() -> None:
    processor = load()["player_daily_cache"]
    assert processor.code_fingerprint(1) != processor.code_fingerprint(2)


def test_no_two_tables_share_a_code_fingerprint() -> None:
    assert len({processor.code_fingerprint(1) for processor in load()}) == len(
        load().processors
    )
