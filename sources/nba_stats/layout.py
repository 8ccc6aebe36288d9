"""How a file is written: compressed, in which encoding, with which delimiter, where its header stands.

What can be told without a guess is taken and said; a file that is no table is refused with what it looks like.
"""

from __future__ import annotations

import codecs
import csv
import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
HEADER_WITHIN = 10
"""Lines among which the header is looked for."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class UnreadableFile(Exception):
    """A file that holds no table: what is wrong, and the step that helps."""

    def __init__(self, reason: str, repair: str) -> None:
        super().__init__(reason)
        self.reason, self.repair = reason, repair


@dataclass(frozen=True)
class Layout:
    """What DuckDB is to read, and how: the file or a copy in UTF-8, its columns, and what there is to say.

    `skip`: lines above the header. `is_text`: a CSV file; otherwise a parquet file.
    """

    path: Path
    columns: tuple[str, ...]
    is_text: bool
    delimiter: str = ","
    skip: int = 0
    notes: tuple[str, ...] = ()


def lay_out(path: Path, scratch: Path, is_known: Callable[[Sequence[str]], bool]) -> Layout:
    """The layout of a parquet or CSV file; UnreadableFile where there is none.

    `is_known` tells whether columns are those of a known kind of file; `scratch` is a folder for copies.
    """
    if path.suffix.lower() == ".parquet":
        return Layout(path, _parquet_columns(path), is_text=False)
    text, notes, is_plain = _decoded(path)
    lines = text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN]
    skip, delimiter = _header(lines, is_known)
    columns = tuple(name.strip() for name in next(csv.reader([lines[skip]], delimiter=delimiter), []))
    if skip:
        notes.append(f"lines above the header left out: {skip}")
    if delimiter != ",":
        notes.append(f"separated by {DELIMITERS[delimiter]}")
    readable = path if is_plain else _copied(text, scratch)
    return Layout(readable, columns, True, delimiter, skip, tuple(notes))


def _parquet_columns(path: Path) -> tuple[str, ...]:
    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableFile(
            f"cannot be read as parquet: {str(error).splitlines()[0]}",
            "check that the file is whole and is what its name says, or request it again",
        ) from error


def _decoded(path: Path) -> tuple[str, list[str], bool]:
    """The text of a CSV file, what to say of its encoding, and whether DuckDB can read the file itself."""
    data, notes = _bytes(path), []
    is_plain = path.suffix.lower() != ".gz"
    if data.startswith(_UTF16):
        text = data.decode("utf-16")
        notes.append("read as UTF-16")
        is_plain = False
    else:
        text, in_utf8 = _in_eight_bits(data)
        if not in_utf8:
            notes.append("not UTF-8: read as Windows-1252 (latin-1)")
            is_plain = False
    if "\0" in text:
        raise UnreadableFile(
            "is no text: it holds zero bytes, as UTF-16 without its mark, a spreadsheet or an archive does",
            "save it as CSV in UTF-8",
        )
    if not text.strip():
        raise UnreadableFile("is empty", "request it again")
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
        notes.append("lines end in CR alone")
        is_plain = False
    return text, notes, is_plain


def _bytes(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes()) if path.suffix.lower() == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise UnreadableFile(f"cannot be read: {error}", "check that the file is whole") from error


def _in_eight_bits(data: bytes) -> tuple[str, bool]:
    try:
        return data.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), False


def _header(lines: Sequence[str], is_known: Callable[[Sequence[str]], bool]) -> tuple[int, str]:
    """Lines above the header, and the delimiter: by which some line names the columns of a known kind.

    Where none does, the first line that is not blank, cut by what cuts it into most.
    """
    for number, line in enumerate(lines):
        for delimiter, columns in _cut(line):
            if is_known(columns):
                return number, delimiter
    first = next(number for number, line in enumerate(lines) if line.strip())
    delimiter, _columns = max(_cut(lines[first]), key=lambda cut: len(cut[1]))
    return first, delimiter


def _cut(line: str) -> Iterator[tuple[str, list[str]]]:
    """A line cut by each delimiter."""
    for delimiter in DELIMITERS:
        yield (
            delimiter,
            [name.strip() for name in next(csv.reader([line.strip("\r")], delimiter=delimiter), [])],
        )


def _copied(text: str, scratch: Path) -> Path:
    """A copy in plain UTF-8, under a name of its own."""
    path = scratch / f"{sum(1 for _ in scratch.iterdir())}.csv"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
