"""What ingest left out, as bookkeeping keeps it: rejected rows, and files that were refused or not
read, until a later load has them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from core.remedy import plain
from planning.raw_load import REFUSED_FILE, UNREAD_FILE, LeftOut, RawLoad, RefusedFile
from warehouse.bookkeeping import REJECTS
from warehouse.store import Row, Store, texts

if TYPE_CHECKING:
    import pyarrow as pa

OF_FILES = (REFUSED_FILE, UNREAD_FILE)


class RejectsWriter(Protocol):
    """How an engine puts rejects in place."""

    def replace_rejects(self, files: Sequence[str], rows: pa.Table) -> None:
        """Put these rejects, columns as in bookkeeping, in the place of all of these files."""


@dataclass(frozen=True)
class Rejects:
    """The rejects in one store."""

    store: Store

    def left_out(self) -> LeftOut:
        """What was left out and has not been loaded since."""
        is_file = f"reason IN ('{REFUSED_FILE}', '{UNREAD_FILE}')"
        sql = (
            f"SELECT reason, IF({is_file}, file, '') AS path, IF({is_file}, value, '') AS why, "
            f"COUNT(*) AS n FROM {self.store.name('rejects')} GROUP BY reason, path, why "
            "ORDER BY n DESC, reason, path"
        )
        rows = self.store.rows("rejects", sql)
        counts = {
            row["reason"]: row["n"] for row in rows if row["reason"] not in OF_FILES
        }
        return LeftOut(counts, _files(rows, REFUSED_FILE), _files(rows, UNREAD_FILE))

    def keep(self, raw: RawLoad, writer: RejectsWriter) -> None:
        """Keep what a load left out.

        The rejects of a file are those of its last reading, a folder's unread files those of its
        last ingest; and a load that writes a game's rows in a table settles what was rejected of
        them before.
        """
        known = self._known()
        self._settle(known, raw)
        files = list(map(attrgetter("file"), (*raw.files, *raw.refused, *raw.unread)))
        files += _files_of(raw.folder, known)
        if files or raw.rejects.num_rows:
            writer.replace_rejects(files, _all_rejects(raw))

    def _known(self) -> list[Row]:
        """The games that something was rejected of, by raw table, and the files that are kept."""
        sql = (
            f"SELECT DISTINCT raw_table, game_id, IF(game_id IS NULL, file, '') AS path "
            f"FROM {self.store.name('rejects')} "
            f"WHERE game_id IS NOT NULL OR reason IN UNNEST(@of_files)"
        )
        return self.store.rows("rejects", sql, of_files=texts(OF_FILES))

    def _settle(self, known: Sequence[Row], raw: RawLoad) -> None:
        """Delete the rejects of games whose rows a load writes, both sides of them."""
        settled: list[str] = []
        for table, games in _games_by_table(known).items():
            if table in raw.tables:
                loaded = games.intersection(raw.tables[table]["game_id"].to_pylist())
                whole = loaded.difference(raw.one_sided.get(table, ()))
                settled += [f"{table} {game}" for game in sorted(whole)]
        if settled:
            sql = (
                f"DELETE FROM {self.store.name('rejects')} "
                "WHERE CONCAT(raw_table, ' ', game_id) IN UNNEST(@settled)"
            )
            self.store.change("ingest", "rejects", sql, settled=texts(settled))


def _files(rows: Sequence[Row], reason: str) -> dict[str, str]:
    return {row["path"]: row["why"] for row in rows if row["reason"] == reason}


def _games_by_table(known: Sequence[Row]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in known:
        if row["game_id"]:
            found.setdefault(row["raw_table"], set()).add(row["game_id"])
    return found


def _files_of(folder: str, known: Sequence[Row]) -> list[str]:
    """The files and folders that are kept of a folder, itself included."""
    if not folder:
        return []
    paths = {row["path"] for row in known if row["path"]}
    return sorted(
        path for path in paths if path == folder or path.startswith(folder + os.sep)
    )


def _all_rejects(raw: RawLoad) -> pa.Table:
    """The rejected rows of a load and a row for each file that it left out, columns as in
    bookkeeping."""
    # Late: Arrow takes a quarter of a second, and whoever reads alone needs none.
    import pyarrow as pa

    left = [*_of_files(raw.refused, REFUSED_FILE), *_of_files(raw.unread, UNREAD_FILE)]
    rows = pa.Table.from_pylist(left, raw.rejects.schema)
    every = pa.concat_tables([raw.rejects, rows])
    return every.rename_columns(list(REJECTS.column_names))


def _of_files(files: Collection[RefusedFile], reason: str) -> Iterator[Row]:
    for file in files:
        why = f"{file.reason}; {plain(file.repair)}"
        yield {"file": file.file, "raw_table": "", "reason": reason, "value": why}
