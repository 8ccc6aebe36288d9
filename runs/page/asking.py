"""Ask for what a page shows of a table once, as long as the table holds the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from core.kept import keep_latest
from runs.page.feature_statements import TABLE
from runs.survey import contents_now
from warehouse.protocol import Warehouse

Row = Mapping[str, Any]
Ask = Callable[[str, str], Sequence[Row]]


def asking(warehouse: Warehouse, table: str, dates: Sequence[date]) -> Ask:
    """What gives the rows of a statement on these dates that reads one table alone, by a name for
    it: as they were for the page before, where every cell of the table holds the same.

    Only a warehouse that tells of all commits is known to hold what was read of it.
    """

    def ask(_name: str, sql: str) -> Sequence[Row]:
        # A check is bound to a computed table, whichever tables its query names.
        return warehouse.check_rows(sql, TABLE, dates, ())

    if warehouse.commits() is None:
        return ask
    contents = contents_now(warehouse, table)
    held = sorted(
        f"{day} {cell.rows} {cell.fingerprint}" for day, cell in contents.items()
    )
    asked = [*map(str, dates), *held]

    def ask_again(name: str, sql: str) -> Sequence[Row]:
        text = keep_latest(
            name, warehouse.url, [sql, *asked], lambda: json.dumps(ask(name, sql))
        )
        rows: list[Row] = json.loads(text)
        return rows

    return ask_again
