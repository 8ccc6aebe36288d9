"""The tables of bookkeeping, declared once for both engines: what a run says of the tables it
writes, and what people decided."""

from __future__ import annotations

from dataclasses import replace

from warehouse.schema import ColumnSpec, Engine, TableSpec

DATASET = "nba_backfill"


def _table(
    name: str, description: str, *columns: ColumnSpec, clustered_by: str
) -> TableSpec:
    clustering = tuple(clustered_by.split())
    return TableSpec(DATASET, name, description, columns, clustered_by=clustering)


def _text(name: str, description: str) -> ColumnSpec:
    return ColumnSpec(name, "STRING", description)


def _number(name: str, description: str) -> ColumnSpec:
    return ColumnSpec(name, "INT64", description)


def _points(name: str, description: str) -> ColumnSpec:
    return ColumnSpec(name, "FLOAT64", f"{description} (points)")


def _seconds(name: str, description: str) -> ColumnSpec:
    return ColumnSpec(name, "FLOAT64", f"{description} (seconds)")


def _time(name: str, description: str, only_on: Engine | None = None) -> ColumnSpec:
    return ColumnSpec(name, "TIMESTAMP", description, only_on=only_on)


LEDGER = _table(
    "ledger",
    "Every attempt at a cell, a table on a date: how it ended and from what; only appended to",
    _text("table_name", "the cell's table"),
    ColumnSpec("cell_date", "DATE", "the cell's date; NULL for a table without dates"),
    _text("outcome", "how the attempt ended"),
    _number("row_count", "rows that the cell holds after it"),
    _number("expected", "keys that the cell should hold"),
    _text("input_fingerprint", "the content of every upstream cell inside the cuts"),
    _text("code_fingerprint", "the query, its columns and its cuts"),
    _text(
        "output_fingerprint", "the cell's content as read back, and how it was hashed"
    ),
    _text("digest", "the fingerprint under which this content was first seen"),
    _time("changed_at", "when this content was first seen"),
    _text("run_id", "the run that wrote the entry"),
    _number("attempt", "how often the cell was tried, this time included"),
    _time("started_at", "when the attempt began"),
    _time("finished_at", "when the entry was written"),
    _number("bytes", "bytes billed for the attempt"),
    _text("code_version", "the commit that ran"),
    _text("error_class", "the kind of what went wrong"),
    _text("error_message", "what went wrong"),
    clustered_by="table_name cell_date",
)
REJECTS = _table(
    "rejects",
    "Rows that ingest rejected in the last reading of each file, and files that it left out whole",
    _text("file", "the file's path"),
    _number("row", "the row's number in the file"),
    _text("raw_table", "the raw table that the row was for"),
    _text("game_id", "the row's game, where it names one"),
    _text("column_name", "the column that is wrong"),
    _text("reason", "why the row was rejected"),
    _text("value", "what the column held"),
    clustered_by="file",
)
QUARANTINE = _table(
    "quarantine",
    "Checks that a cell failed when it was quarantined, with some of the keys that broke each",
    _text("table_name", "the cell's table"),
    ColumnSpec("cell_date", "DATE", "the cell's date"),
    _text("check_name", "the check that failed"),
    _number("breaking", "rows or keys that broke it"),
    ColumnSpec("keys", "JSON", "some of those keys, as a list"),
    _text("run_id", "the run that computed the cell"),
    # There the quarantine only grows: what is kept of a cell is told apart by when, so that keeping
    # it needs no DELETE.
    _time("kept_at", "when the cell was quarantined", only_on="bigquery"),
    clustered_by="table_name cell_date",
)
WAIVERS = _table(
    "waivers",
    "Games that will never have their data in a raw table, accepted by a person",
    _text("game_id", "the game"),
    _text("raw_table", "the raw table that no longer covers it"),
    _text("reason", "why, as typed"),
    ColumnSpec("declared", "BOOL", "whether the source says that it covers the game"),
    _time("waived_at", "when it was accepted"),
    clustered_by="game_id",
)
VERDICTS = _table(
    "verdicts",
    "What the gates decided; only appended to",
    _text("verdict_id", "the verdict"),
    _text("phase", "the phase that was judged"),
    _time("decided_at", "when it was judged"),
    _text("decision", "GO or NO-GO"),
    ColumnSpec("body", "JSON", "the whole verdict"),
    _text("run_id", "the run that judged"),
    _text("stage", "whether a sample or the gate was judged"),
    clustered_by="phase decided_at",
)
OVERRIDES = _table(
    "overrides",
    "Decisions of people to go on after a NO-GO; only appended to",
    _text("verdict_id", "the verdict that was overruled"),
    _text("phase", "its phase"),
    _time("decided_at", "when it was overruled"),
    _text("reason", "why, as typed"),
    _text("decided_by", "by whom"),
    clustered_by="phase",
)
PREDICTIONS = _table(
    "points_predictions",
    "What models expect of players; a date's rows of a model are those written last",
    ColumnSpec("game_date", "DATE", "the day of the game to come"),
    _number("player_id", "the league's player id"),
    _text("model_id", "the model, as its card names it"),
    _points("points", "the median that is expected"),
    _points("mean_points", "the mean that is expected"),
    _points("low", "the lower end of the 80 % interval"),
    _points("high", "the upper end of the 80 % interval"),
    _text("naive", "the naive figure that was best on validation"),
    _points("naive_points", "what that figure says"),
    _text("features", "the fingerprint of the date's features"),
    _text("code_version", "the commit that ran"),
    _time("predicted_at", "when they were written"),
    clustered_by="game_date model_id",
)
RUNS = replace(
    _table(
        "runs",
        "What backfills were asked for, how they ended, and what came of their first estimates; "
        "only appended to: the last row of a run holds",
        _text("run_id", "the run"),
        _text("selection", "what was asked for"),
        _time(
            "ended_at",
            "when the run ended; NULL while it is under way, and where it was killed",
        ),
        _seconds("seconds", "from the first estimate to the last batch"),
        _seconds(
            "estimate_low", "the first estimate's lower end; NULL where none was made"
        ),
        _seconds("estimate_high", "the first estimate's upper end"),
        _number(
            "estimate_batches", "finished batches that the first estimate is made from"
        ),
        _number("cells_planned", "cells that were to be computed, at most"),
        _number("rows_planned", "rows expected of them"),
        _number("cells_computed", "cells that were computed"),
        _number("rows_computed", "rows expected of those"),
        _time("began_at", "when the run began to compute"),
        _text("ending", "the name of the state that it ended in"),
        _text("asked", "the selection as it was given, as JSON"),
        clustered_by="run_id",
    ),
    optional=True,
)
TABLES = (
    LEDGER,
    REJECTS,
    QUARANTINE,
    WAIVERS,
    VERDICTS,
    OVERRIDES,
    PREDICTIONS,
    RUNS,
)
TIMES = frozenset(
    column.name
    for table in TABLES
    for column in table.columns
    if column.type == "TIMESTAMP"
)
"""Names of the columns that hold a time."""
