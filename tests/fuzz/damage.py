"""What may have become of a file: cut, flipped bits,
other columns, other text, another kind of file."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.sources.nba_stats_files import Row

ODD_CELLS = (
    "",
    " ",
    "NA",
    "NaN",
    "null",
    "None",
    "-",
    "abc",
    "1e5",
    "1e400",
    "inf",
    "-1",
    "0",
    "999999999999999999999",
    "9999-12-31",
    "0001-01-01",
    "2023-02-30",
    "2023-10-24",
    "[/b]",
    "'; DROP TABLE x; --",
    '"',
    '"a"',
    "a\nb",
    *(
        "a,b",
        "1.0",
        "1.5",
        "007",
        "１２",
        "😀",
        "\u202e",
        "x" * 20_000,
        "TBD",
        "0022300001",
        "00223",
        "LAL",
    ),
    "=1+1",
    "24:30",
    "-0",
    "1,234",
    "W",
    "3",
    "Final",
    "true",
    "NUL\x01",
    "12.0000000001",
    "25 ",
)
OTHER_GAMES = (
    "0022399991",
    "2022300001",
    "1022300001",
    "0092300001",
    "0022300000",
    "0021900001",
    "0012300001",
)


@dataclass
class Damaged:
    """A file as it is written: its name, its bytes (None:
    a folder), and in words what became of it."""

    name: str
    data: bytes | None
    about: str


def damaged(random: Random, stem: str, rows: Sequence[Row]) -> Damaged:
    """A file of these rows in one of three formats, with one thing wrong, sometimes two."""
    kind = random.choices(("csv", "parquet", "json"), (66, 29, 5))[0]
    about = []
    changed = [dict(row) for row in rows]
    names = list(rows[0])
    if kind == "json" or random.random() < 0.55:
        change = random.choice(ROW_CHANGES)
        about.append(change(random, changed, names))
    if kind == "json":
        return Damaged(
            f"{stem}.json", json.dumps(changed).encode(), f"JSON, {about[0]}"
        )
    data = (
        _as_csv(changed, names)
        if kind == "csv"
        else _as_parquet(random, changed, names, about)
    )
    if not about or random.random() < 0.25:
        changes = BYTE_CHANGES if kind == "csv" else PARQUET_CHANGES
        data, told = random.choice(changes)(random, data)
        about.append(told)
    return _named(random, stem, kind, data, about)


def _named(
    random: Random, stem: str, kind: str, data: bytes, about: list[str]
) -> Damaged:
    """The file under its name, or under one that is not its own."""
    how = random.random()
    if how < 0.03:
        return Damaged(f"{stem}.{kind}", None, "a folder with a file's name")
    if how < 0.06:
        return Damaged(
            os.fsdecode(stem.encode() + b"-caf\xe9." + kind.encode()),
            data,
            "a name that is no UTF-8",
        )
    if how < 0.09:
        return Damaged(
            f"{stem}.{kind}",
            gzip.compress(data),
            f"gzip named .{kind}; {'; '.join(about)}",
        )
    if how < 0.12:
        other = "parquet" if kind == "csv" else random.choice(("csv", "csv.gz"))
        return Damaged(
            f"{stem}.{other}", data, f"{kind} named .{other}; {'; '.join(about)}"
        )
    if how < 0.16 and kind == "csv":
        return Damaged(
            f"{stem}.csv.gz", gzip.compress(data), f"gzip; {'; '.join(about)}"
        )
    return Damaged(f"{stem}.{kind}", data, "; ".join(about))


def _as_csv(rows: list[Row], names: list[str]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([[row.get(name, "") for name in names] for row in rows])
    return text.getvalue().encode("utf-8", "surrogateescape")


def _as_parquet(
    random: Random, rows: list[Row], names: list[str], about: list[str]
) -> bytes:
    """Types as pyarrow takes them, or columns of others."""
    columns = {
        name: [_plain(row.get(name)) for row in rows] for name in dict.fromkeys(names)
    }
    odd = random.choice(list(columns)) if random.random() < 0.5 else ""
    arrays = {
        name: _array(random, name, values, name == odd, about)
        for name, values in columns.items()
    }
    table = pa.table(arrays)
    if len(names) > len(columns):
        twice = next(name for name in names if names.count(name) > 1)
        table = table.append_column(twice, arrays[twice])
    data = io.BytesIO()
    pq.write_table(table, data)
    return data.getvalue()


def _plain(value: Any) -> Any:
    return None if value == "" else value


def _array(
    random: Random, name: str, values: list[Any], is_odd: bool, about: list[str]
) -> pa.Array:
    if is_odd:
        told, make = random.choice(PARQUET_TYPES)
        try:
            array = make(values)
            about.append(f"{name} as {told}")
            return array
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            pass
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError):
        return pa.array([None if value is None else str(value) for value in values])


PARQUET_TYPES: tuple[tuple[str, Callable[[list[Any]], pa.Array]], ...] = (
    ("texts", lambda values: pa.array([None if v is None else str(v) for v in values])),
    (
        "fractions",
        lambda values: pa.array(
            [None if v is None else float(v) for v in values], pa.float64()
        ),
    ),
    (
        "small fractions",
        lambda values: pa.array([float(v or 0) for v in values], pa.float32()),
    ),
    ("lists", lambda values: pa.array([[v] for v in values])),
    ("structs", lambda values: pa.array([{"value": v} for v in values])),
    ("bytes", lambda values: pa.array([str(v).encode() for v in values], pa.binary())),
    ("flags", lambda values: pa.array([bool(v) for v in values])),
    ("nothing", lambda values: pa.nulls(len(values))),
    ("times", lambda values: pa.array([int(v) for v in values], pa.timestamp("us"))),
    ("decimals", lambda values: pa.array(values).cast(pa.decimal128(30, 5))),
    (
        "a dictionary",
        lambda values: pa.array([str(v) for v in values]).dictionary_encode(),
    ),
)


def _odd_cells(random: Random, rows: list[Row], names: list[str]) -> str:
    name, value = random.choice(names), random.choice(ODD_CELLS)
    chosen = random.sample(rows, random.choice((1, 1, 3, len(rows))))
    for row in chosen:
        row[name] = value
    return f"{name} is {value[:40]!r} in {len(chosen)} rows"


def _dropped(random: Random, _rows: list[Row], names: list[str]) -> str:
    name = random.choice(names)
    names.remove(name)
    return f"without {name}"


def _doubled_column(random: Random, _rows: list[Row], names: list[str]) -> str:
    name = random.choice(names)
    names.insert(random.randint(0, len(names)), name)
    return f"two columns {name}"


def _renamed(random: Random, rows: list[Row], names: list[str]) -> str:
    name = random.choice(names)
    other = random.choice(
        (
            name.lower(),
            f" {name}",
            f"{name}_",
            "",
            "x" * 3000,
            "[/b]",
            random.choice(names),
        )
    )
    place = names.index(name)
    names[place] = other
    if other not in rows[0]:
        for row in rows:
            row[other] = row[name]
    return f"{name} is called {other[:40]!r}"


def _permuted(random: Random, _rows: list[Row], names: list[str]) -> str:
    random.shuffle(names)
    return "columns in another order"


def _wrong_header(random: Random, rows: list[Row], names: list[str]) -> str:
    """Two columns have each other's values."""
    one, other = random.sample(names, 2)
    for row in rows:
        row[one], row[other] = row.get(other), row.get(one)
    return f"{one} and {other} changed places"


def _doubled_rows(random: Random, rows: list[Row], _names: list[str]) -> str:
    some = random.sample(rows, max(1, len(rows) // random.choice((1, 3, 20))))
    rows += [dict(row) for row in some]
    return f"{len(some)} rows twice"


def _contradicting_rows(random: Random, rows: list[Row], names: list[str]) -> str:
    row = dict(random.choice(rows))
    name = random.choice(names)
    row[name] = random.choice(ODD_CELLS)
    rows.append(row)
    return f"a row twice, {name} once {row[name][:40]!r}"


def _other_games(random: Random, rows: list[Row], names: list[str]) -> str:
    column = next(name for name in names if name in ("GAME_ID", "gameId"))
    game = random.choice(OTHER_GAMES)
    chosen = random.sample(rows, random.choice((1, 2, len(rows) // 2)))
    for row in chosen:
        row[column] = game
    return f"{len(chosen)} rows of game {game}"


def _lost_rows(random: Random, rows: list[Row], _names: list[str]) -> str:
    lost = random.randint(1, len(rows) - 1)
    for row in random.sample(rows, lost):
        rows.remove(row)
    return f"{lost} rows are gone"


ROW_CHANGES = (
    *(
        _odd_cells,
        _odd_cells,
        _odd_cells,
        _odd_cells,
        _dropped,
        _doubled_column,
        _renamed,
        _permuted,
    ),
    *(_wrong_header, _doubled_rows, _contradicting_rows, _other_games, _lost_rows),
)


def _cut(random: Random, data: bytes) -> tuple[bytes, str]:
    length = random.randrange(len(data))
    return data[:length], f"cut after {length} of {len(data)} bytes"


def _flipped(random: Random, data: bytes) -> tuple[bytes, str]:
    found = bytearray(data)
    bits = random.choice((1, 1, 5, 200))
    for _ in range(bits):
        found[random.randrange(len(found))] ^= 1 << random.randrange(8)
    return bytes(found), f"{bits} bits flipped"


def _doubled_header(random: Random, data: bytes) -> tuple[bytes, str]:
    lines = data.split(b"\r\n")
    lines.insert(random.randint(0, len(lines) - 1), lines[0])
    return b"\r\n".join(lines), "a second header"


def _no_header(_random: Random, data: bytes) -> tuple[bytes, str]:
    return data.partition(b"\r\n")[2], "no header"


def _above_header(random: Random, data: bytes) -> tuple[bytes, str]:
    lines = random.randint(1, 14)
    return b"downloaded today\r\n" * lines + data, f"{lines} lines above the header"


def _encoded(random: Random, data: bytes) -> tuple[bytes, str]:
    encoding = random.choice(
        ("utf-16", "utf-16-le", "utf-32", "cp1252", "utf-8-sig", "cp037")
    )
    text = data.decode("utf-8", "replace").replace("Player 1", "Plâyer 1")
    return text.encode(encoding, "replace"), f"encoded as {encoding}"


def _zero_bytes(random: Random, data: bytes) -> tuple[bytes, str]:
    place = random.randrange(len(data))
    return data[:place] + b"\0" * random.choice((1, 4096)) + data[place:], "zero bytes"


def _line_ends(random: Random, data: bytes) -> tuple[bytes, str]:
    ends = random.choice(
        (
            (b"\n",),
            (b"\r",),
            (b"\r\n", b"\n"),
            (b"\n", b"\r"),
            (b"\r\n", b"\r"),
            (b"\n\n",),
        )
    )
    return b"".join(
        part + random.choice(ends) for part in data.split(b"\r\n")
    ), f"line ends {ends}"


def _delimited(random: Random, data: bytes) -> tuple[bytes, str]:
    delimiter = random.choice((b";", b"\t", b"|", b":", b" ", b"^"))
    return data.replace(b",", delimiter), f"separated by {delimiter!r}"


def _huge_cell(random: Random, data: bytes) -> tuple[bytes, str]:
    place = data.index(b",", random.randrange(len(data) // 2))
    return data[:place] + b"9" * random.choice((5_000, 3_000_000)) + data[
        place:
    ], "a huge cell"


def _quote(random: Random, data: bytes) -> tuple[bytes, str]:
    place = data.index(b",", random.randrange(len(data) // 2)) + 1
    return data[:place] + b'"' + data[place:], "a stray quote"


def _uneven(random: Random, data: bytes) -> tuple[bytes, str]:
    lines = data.split(b"\r\n")
    place = random.randrange(1, len(lines) - 1)
    lines[place] = random.choice(
        (lines[place] + b",extra", lines[place].rpartition(b",")[0], b"just this")
    )
    return b"\r\n".join(lines), "an uneven line"


def _emptied(random: Random, data: bytes) -> tuple[bytes, str]:
    return random.choice(
        (b"", b"\r\n", b"   ", data.partition(b"\r\n")[0], b"\xef\xbb\xbf")
    ), "emptied"


def _noise(random: Random, data: bytes) -> tuple[bytes, str]:
    return random.randbytes(random.choice((1, 100, len(data)))), "noise"


def _broken_footer(random: Random, data: bytes) -> tuple[bytes, str]:
    length = random.randint(1, min(600, len(data)))
    return data[:-length] + random.randbytes(
        length
    ), f"a footer of {length} bytes broken"


def _appended(random: Random, data: bytes) -> tuple[bytes, str]:
    return data + random.choice(
        (b"\0" * 100, data, b"\x1a", b"total,,,\r\n")
    ), "something behind it"


BYTE_CHANGES = (
    *(
        _cut,
        _cut,
        _flipped,
        _flipped,
        _doubled_header,
        _no_header,
        _above_header,
        _encoded,
        _zero_bytes,
    ),
    *(_line_ends, _delimited, _huge_cell, _quote, _uneven, _emptied, _noise, _appended),
)
PARQUET_CHANGES = (
    _cut,
    _flipped,
    _flipped,
    _broken_footer,
    _zero_bytes,
    _emptied,
    _noise,
    _appended,
)


def write_damaged(folder: Path, file: Damaged) -> None:
    """Put the file into the folder."""
    path = folder / file.name
    if file.data is None:
        path.mkdir()
    else:
        path.write_bytes(file.data)
