"""Files of a table: parquet or CSV, one or one per season or month, each with its hash.

The same rows give the same bytes: nothing in a file tells when or where it was written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from runs.rows import SeasonOfRows

UNDATED = "undated"


class Format(StrEnum):
    """What the files are."""

    PARQUET = "parquet"
    CSV = "csv"


class Partition(StrEnum):
    """What a file holds, where a table is not one file."""

    SEASON = "season"
    MONTH = "month"


DESCRIBED: dict[Format, dict[str, str]] = {
    Format.PARQUET: {
        "compression": "zstd",
        "columns": "typed by the contract; units and descriptions are in the fields' metadata",
        "null": "NULL",
        "timestamps": "microseconds, UTC",
    },
    Format.CSV: {
        "encoding": "UTF-8, one header line, lines end in a line feed",
        "null": "nothing between the commas; an empty text is two quotes",
        "quoting": "every text, with the quotes inside it doubled; nothing else",
        "dates": "YYYY-MM-DD",
        "timestamps": "YYYY-MM-DD HH:MM:SS.ffffffZ, UTC",
        "floats": "the shortest decimal that reads back as the same 64-bit number",
        "booleans": "true, false",
    },
}


@dataclass(frozen=True)
class WrittenFile:
    """A file of an export; `path` from the export's folder, `bytes` its size."""

    path: str
    rows: int
    bytes: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "path": self.path,
            "rows": self.rows,
            "bytes": self.bytes,
            "sha256": self.sha256,
        }


@dataclass
class TableFiles:
    """Writes the rows of one table, which come in order, into its files under `folder`."""

    folder: Path
    table: str
    schema: Any
    format: Format
    partition: Partition | None = None
    date_column: str | None = None
    written: list[WrittenFile] = field(default_factory=list)
    _path: str = ""
    _rows: int = 0
    _writer: Any = None

    def write(self, part: SeasonOfRows) -> None:
        """Add the rows of a season."""
        for name, rows in self._parts(part):
            path = self._path_of(name)
            if path != self._path:
                self._end()
                self._begin(path)
            self._writer.write_table(rows)
            self._rows += rows.num_rows

    def _path_of(self, part: str) -> str:
        """The path of a part's file; that of the table where it has no parts."""
        stem = f"{self.table}/{part}" if part else self.table
        return f"{stem}.{self.format}"

    def close(self) -> list[WrittenFile]:
        """End the last file; a table without rows is one file without rows."""
        if not self.written and self._writer is None and self.partition is None:
            self._begin(f"{self.table}.{self.format}")
        self._end()
        return self.written

    def abandon(self) -> None:
        """Let go of the file that is being written."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _parts(self, part: SeasonOfRows) -> Iterator[tuple[str, Any]]:
        """The rows by file: file name without ending, rows."""
        if self.partition is None:
            yield "", part.rows
        elif self.partition is Partition.SEASON or self.date_column is None:
            yield str(part.season or UNDATED), part.rows
        else:
            months = pc.strftime(part.rows[self.date_column], format="%Y-%m")
            for month in pc.unique(months).to_pylist():
                yield month, part.rows.filter(pc.equal(months, month))

    def _begin(self, path: str) -> None:
        target = self.folder / path
        target.parent.mkdir(exist_ok=True)
        self._path, self._rows = path, 0
        self._writer = _writer(target, self.schema, self.format)

    def _end(self) -> None:
        if self._writer is None:
            return
        self.abandon()
        path = self.folder / self._path
        size = path.stat().st_size
        file = WrittenFile(self._path, self._rows, size, _sha256_of(path))
        self.written.append(file)


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _writer(path: Path, schema: Any, format: Format) -> Any:
    if format is Format.PARQUET:
        return pq.ParquetWriter(path, schema, compression="zstd")
    options = pa_csv.WriteOptions(quoting_style="needed", quoting_header="none")
    return pa_csv.CSVWriter(
        path,
        schema,
        write_options=options,
    )


def empty(schema: Any) -> Any:
    """No rows of a schema."""
    return pa.Table.from_batches([], schema=schema)
