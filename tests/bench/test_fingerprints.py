"""Two warehouses compared: a cell that one lacks, or holds otherwise, differs."""

from __future__ import annotations

from datetime import date

from bench.fingerprints import Cells, Compared, compare
from planning.ledger import Content

MONDAY, TUESDAY, FRIDAY = date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 5)
BEFORE: Cells = {MONDAY: Content(2, "h:2:a"), TUESDAY: Content(3, "h:3:b")}


def test_equal_cells_do_not_differ() -> None:
    assert compare("t", BEFORE, {**BEFORE}) == Compared("t", 2, 5, ())


def test_a_cell_of_other_rows_and_one_that_either_side_lacks_differ() -> None:
    after: Cells = {TUESDAY: Content(3, "h:3:c"), FRIDAY: Content(1, "h:1:d")}
    found = compare("t", BEFORE, after)
    assert found.differing == (MONDAY, TUESDAY, FRIDAY)
