"""Read labels and join them to rows, a season at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

import pyarrow as pa

from planning.labels import (
    EXPECTED_IN,
    LABELS_FROM,
    PLAYER,
    Key,
    Labelling,
    Played,
    by_key,
)
from processors.contract import Column
from processors.raw_schemas import arrow_schema
from warehouse.protocol import Warehouse

LABEL = "label_points"
COLUMNS = (
    Column(
        name="label_game_id", type="STRING", description="the game that the label is of"
    ),
    Column(name="label_team", type="STRING", description="the team he played it for"),
    Column(name=LABEL, type="INT64", unit="points", description="what he scored in it"),
    Column(
        name="label_minutes",
        type="FLOAT64",
        unit="minutes",
        description="how long he played",
    ),
)
SCHEMA = arrow_schema(COLUMNS)
OF_PLAYED = {
    "label_game_id": "game_id",
    "label_team": "team",
    LABEL: "points",
    "label_minutes": "minutes",
}
"""Label column -> what it holds of `Played`."""


@dataclass(frozen=True)
class Labelled:
    """Rows that have a label, with it; and what became of the others."""

    rows: Any
    labelling: Labelling


def add_labels(warehouse: Warehouse, table: str, rows: Any) -> Labelled:
    """The rows of some dates of a table whose players played as expected, with their labels."""
    day = warehouse.catalog.date_column(table)
    assert day is not None, "a table with labels has dates"
    keys = list(zip(rows[day].to_pylist(), rows[PLAYER].to_pylist(), strict=True))
    labelling = read_labels(warehouse, sorted({date_ for date_, _ in keys}))
    labels: list[Played] = []
    labelled: list[int] = []
    for row, key in enumerate(keys):
        if label := labelling.find(key):
            labels.append(label)
            labelled.append(row)
    places = pa.array(labelled, pa.int64())
    kept = rows.take(places)
    for name, values in _columns(labels).items():
        kept = kept.append_column(SCHEMA.field(name), values)
    return Labelled(kept, labelling)


def read_labels(warehouse: Warehouse, days: Sequence[date]) -> Labelling:
    """What was expected of each player on these dates, and what he did."""
    names = ("game_date", PLAYER, "game_id", "team")
    expected = warehouse.table_rows(EXPECTED_IN, days, names).to_pylist()
    more = (*names, "pts", "minutes_played")
    played = warehouse.table_rows(LABELS_FROM, days, more).to_pylist()
    games: dict[Key, tuple[str, str]] = {}
    for row in expected:
        games[row["game_date"], row[PLAYER]] = row["game_id"], row["team"]
    done = (((row["game_date"], row[PLAYER]), _label_of(row)) for row in played)
    return Labelling(games, by_key(done))


def _label_of(row: dict[str, Any]) -> Played:
    return Played(row["game_id"], row["team"], row["pts"], row["minutes_played"])


def _columns(labels: Sequence[Played]) -> dict[str, Any]:
    """The label columns, as long as the labels."""
    columns: dict[str, Any] = {}
    for name, attribute in OF_PLAYED.items():
        value_of = attrgetter(attribute)
        values = list(map(value_of, labels))
        kind = SCHEMA.field(name).type
        columns[name] = pa.array(values, kind)
    return columns
