"""How a file is written: compressed, in which encoding,
with which delimiter, where its header stands.

What can be told without a guess is taken and said; a file that is no table is refused with what it
looks like.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
HEADER_WITHIN = 10
"""Lines among which the header is looked for."""
PEEKED_AT = 65_536
"""Bytes of a file that is not read by which its columns are told."""
_PARQUET = b"PAR1"
_OTHER_KINDS = (
    (_PARQUET, "is a parquet file by its first bytes", "name it .parquet"),
    (b"\x1f\x8b", "is compressed", "name it .csv.gz"),
    (b"PK\x03\x04", "is a spreadsheet or an archive", "save it as CSV, or unpack it"),
    (b"\xd0\xcf\x11\xe0", "is a spreadsheet", "save it as CSV"),
)
"""First bytes of what is named .csv and is not text, what it is then, and the step that helps."""
_WEB_PAGE = ("<!doctype html", "<html")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NAMES = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (latin-1), for it is not UTF-8",
}
# Two or three bytes that spell one letter in UTF-8: in latin-1 no name holds such a sequence.
_UTF8_CHARACTER = re.compile(rb"[\xc3-\xc5][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


class UnreadableFile(Exception):
    """A file that holds no table: what is wrong, and the step that helps."""

    def __init__(self, reason: str, repair: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.repair = repair


@dataclass(frozen=True)
class Layout:
    """What DuckDB is to read, and how: the file or a copy in UTF-8,
    its columns, and what there is to say.

    `skip`: lines above the header. `is_text`: a CSV file; otherwise a parquet file. `is_copy`: a
    parquet file whose columns are named c0, c1 and so on.
    """

    path: Path
    columns: tuple[str, ...]
    is_text: bool
    delimiter: str = ","
    skip: int = 0
    notes: tuple[str, ...] = ()
    is_copy: bool = False

    @property
    def stored_names(self) -> Sequence[str]:
        """The columns as DuckDB is to name them."""
        if self.is_text or self.is_copy:
            return [f"c{place}" for place in range(len(self.columns))]
        return self.columns


def lay_out(
    path: Path, scratch: Path, is_known: Callable[[Sequence[str]], bool]
) -> Layout:
    """The layout of a parquet or CSV file; UnreadableFile where there is none.

    `is_known` tells whether columns are those of a known kind of file; `scratch` is a folder for
    copies.
    """
    if path.suffix.lower() == ".parquet":
        return Layout(
            path,
            _parquet_columns(path),
            is_text=False,
        )
    text, notes, is_plain = _decode(path)
    lines = text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN]
    skip, delimiter = _header(lines, is_known)
    columns = tuple(_cells(lines[skip], delimiter))
    if skip:
        notes.append(f"lines above the header left out: {skip}")
    if delimiter != ",":
        notes.append(f"separated by {DELIMITERS[delimiter]}")
    readable = path if is_plain else _copy(text, scratch)
    return Layout(readable, columns, True, delimiter, skip, tuple(notes))


def peek_columns(
    path: Path, is_known: Callable[[Sequence[str]], bool]
) -> tuple[str, ...]:
    """The columns of a parquet or CSV file by its first bytes, whatever its name and whether or not
    it is whole; UnreadableFile or OSError where they cannot be told."""
    opened = gzip.open if path.suffix.lower() == ".gz" else Path.open
    try:
        with opened(path, "rb") as file:
            head = file.read(PEEKED_AT)
        if head.startswith(_PARQUET):
            return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, EOFError, zlib.error) as error:
        raise UnreadableFile(f"cannot be read: {error}", "") from error
    encoding = "utf-16" if head.startswith(_UTF16) else "utf-8-sig"
    lines = head.decode(encoding, "replace").splitlines()[:HEADER_WITHIN]
    skip, delimiter = _header(lines, is_known)
    return tuple(_cells(lines[skip], delimiter))


def _parquet_columns(path: Path) -> tuple[str, ...]:
    """The columns of a parquet file that is whole:
    DuckDB reads zeros where a page ends too early."""
    try:
        return _columns_once_read(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableFile(
            f"cannot be read as parquet: {str(error).splitlines()[0]}",
            "check that the file is whole and is what its name says, or request it again",
        ) from error


def _columns_once_read(path: Path) -> tuple[str, ...]:
    """The columns, after every page was read and its checksum compared."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for _batch in file.iter_batches():
            pass
        return tuple(file.schema_arrow.names)


def _decode(path: Path) -> tuple[str, list[str], bool]:
    """The text of a CSV file, what to say of its encoding,
    and whether DuckDB can read the file itself."""
    data, notes = _bytes(path), []
    _require_text(data)
    is_plain = path.suffix.lower() != ".gz"
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(
            f"is not {_NAMES[encoding]} throughout: line {line:,} has bytes of another encoding, "
            "or is cut",
            "save it as CSV in UTF-8, or request it again",
        ) from error
    if encoding != "utf-8-sig":
        notes.append(f"read as {_NAMES[encoding]}")
        is_plain = False
    if "\0" in text:
        raise UnreadableFile(
            "is no text: it holds zero bytes, as UTF-16 without its mark, a spreadsheet or an "
            "archive does",
            "save it as CSV in UTF-8",
        )
    if not text.strip():
        raise UnreadableFile("is empty", "request it again")
    if text.lstrip().lower().startswith(_WEB_PAGE):
        raise UnreadableFile(
            "is a web page, as a site sends in place of data", "request it again"
        )
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
        notes.append("lines end in CR alone")
        is_plain = False
    return text, notes, is_plain


def _require_text(data: bytes) -> None:
    """Raise UnreadableFile for what is another kind of file by its first bytes."""
    for start, reason, repair in _OTHER_KINDS:
        if data.startswith(start):
            raise UnreadableFile(reason, repair)


def _bytes(path: Path) -> bytes:
    try:
        return (
            gzip.decompress(path.read_bytes())
            if path.suffix.lower() == ".gz"
            else path.read_bytes()
        )
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(
            f"cannot be read: {error}", "check that the file is whole"
        ) from error


def _encoding(data: bytes) -> str:
    """UTF-16 by its mark; UTF-8 where it holds at least one of its characters;
    else what Windows writes."""
    if data.startswith(_UTF16):
        return "utf-16"
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "utf-8-sig" if _UTF8_CHARACTER.search(data) else "cp1252"
    return "utf-8-sig"


def _header(
    lines: Sequence[str], is_known: Callable[[Sequence[str]], bool]
) -> tuple[int, str]:
    """Lines above the header, and the delimiter:
    by which some line names the columns of a known kind.

    Where none does, the first line that is not blank, cut by what cuts it into most.
    """
    for number, line in enumerate(lines):
        for delimiter, columns in _cut(line):
            if is_known(columns):
                return number, delimiter
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise UnreadableFile(
            f"its first {HEADER_WITHIN} lines are blank",
            "put its header into the first line",
        )
    delimiter, columns = max(_cut(lines[first]), key=lambda cut: len(cut[1]))
    if not columns:
        raise UnreadableFile(
            f"line {first + 1} is no line of a table", "request it again"
        )
    return first, delimiter


def _cut(line: str) -> Iterator[tuple[str, list[str]]]:
    """A line cut by each delimiter."""
    for delimiter in DELIMITERS:
        yield delimiter, _cells(line, delimiter)


def _cells(line: str, delimiter: str) -> list[str]:
    """The trimmed cells of a line; none where it is no line of a table, as where a cell is huge."""
    try:
        return [
            name.strip()
            for name in next(csv.reader([line.strip("\r")], delimiter=delimiter), [])
        ]
    except csv.Error:
        return []


def uneven_line(layout: Layout) -> tuple[int, int] | None:
    """The first row of another width than the header's:
    its line and width. None where all are alike."""
    width = len(layout.columns)
    with layout.path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, delimiter=layout.delimiter)
        try:
            for row in lines:
                if lines.line_num > layout.skip and row and len(row) != width:
                    return lines.line_num, len(row)
        except (csv.Error, UnicodeDecodeError):
            return None
    return None


def _copy(text: str, scratch: Path) -> Path:
    """A copy in plain UTF-8, under a name of its own."""
    path = scratch / f"{sum(1 for _ in scratch.iterdir())}.csv"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
