"""What a damaged file says, read by other means than the program's:
which rows a warehouse may hold of it."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sources.nba_stats.shapes import COUNTING
from sources.nba_stats.teams import TEAMS
from tests.fuzz.damage import Damaged
from tests.property.loading.truth import ZONES
from tests.sources.nba_stats_files import Row

NAMED_BY = {
    "schedule": ("gameid", "gamestatus", "hometeam_teamtricode"),
    "team_box": ("game_id", "team_abbreviation", "matchup"),
    "player_box": ("game_id", "team_abbreviation", "player_id"),
    "shots": ("game_id", "shot_zone_basic", "loc_x"),
}
HEADER_WITHIN = 10
MOST_DIGITS = 40
DELIMITERS = ",;\t|"
WHOLE = re.compile(r"[+-]?\d+(\.0*)?", re.ASCII)
NOTHING = {
    "",
    "na",
    "n/a",
    "#n/a",
    "nan",
    "none",
    "null",
    "nat",
    "<na>",
    "-",
    "--",
    "\\n",
}
_ZONE_OF = {name.lower(): zone for zone, name in ZONES.items()}
_ZONE_OF |= {"right corner 3": "right_corner_3", "backcourt": "backcourt"}
HUGE_CELL = 100_000_000

Known = tuple[Any, ...]


def rows_said(file: Damaged, table: str) -> list[Row] | None:
    """The rows of a file, by column in lower case;
    None where it cannot be read, or has no such columns."""
    if file.data is None or file.name.endswith(".json"):
        return None
    if file.name.endswith(".parquet"):
        return _parquet_rows(file.data)
    data = file.data
    if file.name.endswith(".gz"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return None
    # The limit is the process's: the product, which runs in it too, has to meet the usual one.
    usual = csv.field_size_limit(HUGE_CELL)
    try:
        return _csv_rows(_decoded(data), NAMED_BY[table])
    finally:
        csv.field_size_limit(usual)


def _parquet_rows(data: bytes) -> list[Row] | None:
    try:
        table = pq.ParquetFile(io.BytesIO(data)).read()
        columns = [
            table.column(place).to_pylist() for place in range(table.num_columns)
        ]
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        return None
    names = [name.lower().strip() for name in table.column_names]
    return [
        dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)
    ]


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _csv_rows(text: str, wanted: Iterable[str]) -> list[Row] | None:
    lines = re.split(r"\r\n|\n|\r", text)
    for number, line in enumerate(lines[:HEADER_WITHIN]):
        for delimiter in DELIMITERS:
            names = [
                name.strip().lower()
                for name in next(csv.reader([line], delimiter=delimiter), [])
            ]
            if all(name in names for name in wanted):
                body = io.StringIO("\n".join(lines[number + 1 :]), newline="")
                rows = [row for row in csv.reader(body, delimiter=delimiter) if row]
                return [dict(zip(names, row, strict=False)) for row in rows]
    return None


def known(table: str, row: Row) -> Known | None:
    """A row as the warehouse would hold it; None where a value is none of its kind."""
    found = {name.lower(): value for name, value in row.items()}
    if table == "shots":
        return _shot(found)
    values: list[Any] = [
        game_id(found.get("game_id")),
        text(found.get("team_abbreviation")),
    ]
    values += [
        minutes(found.get("min")),
        *(whole(found.get(name)) for name in COUNTING),
    ]
    if table == "player_box":
        values += [whole(found.get("player_id")), text(found.get("player_name"))]
    if any(value is None for value in values):
        return None
    if table == "player_box":
        values.append(whole(found.get("plus_minus")))
    return tuple(values)


def _shot(found: Row) -> Known | None:
    left, seconds = (
        whole(found.get("minutes_remaining")),
        whole(found.get("seconds_remaining")),
    )
    values = (
        game_id(found.get("game_id")),
        whole(found.get("player_id")),
        TEAMS.get(whole(found.get("team_id")) or 0),
        whole(found.get("period")),
        None if left is None or seconds is None else 60 * left + seconds,
        _ZONE_OF.get((text(found.get("shot_zone_basic")) or "").lower()),
        {"2": 2, "3": 3}.get(
            (text(found.get("shot_type")) or "").lower().removesuffix("pt field goal")
        ),
        flag(found.get("shot_made_flag")),
        whole(found.get("shot_distance")),
    )
    return None if any(value is None for value in values) else values


def text(value: Any) -> str | None:
    """A text; None for nothing, and for what is no text: bytes, lists, structs."""
    if isinstance(value, bytes | list | dict) or value is None:
        return None
    said = str(value).strip(" ")
    return None if said.lower() in NOTHING else said


def whole(value: Any) -> int | None:
    """A whole number, also written with a point and zeros."""
    said = text(value)
    if said is None or not WHOLE.fullmatch(said):
        return None
    digits = said.partition(".")[0]
    if len(digits) > MOST_DIGITS:
        return None
    number = int(digits)
    return number if -(2**63) <= number < 2**63 else None


def minutes(value: Any) -> float | None:
    """Minutes as a number or as MM:SS."""
    said = text(value) or ""
    if clock := re.fullmatch(r"(\d{1,3})(?:\.0+)?:([0-5]\d)", said, re.ASCII):
        return int(clock[1]) + int(clock[2]) / 60
    try:
        return float(said)
    except ValueError:
        return None


def flag(value: Any) -> bool | None:
    """A flag in any usual spelling."""
    said = (text(value) or "").lower().removesuffix(".0")
    return {"1": True, "true": True, "t": True, "yes": True, "y": True}.get(
        said, False if said in ("0", "false", "f", "no", "n") else None
    )


def game_id(value: Any) -> str | None:
    """A game's id, its zeros put back."""
    number = whole(value)
    return (
        None if number is None or number < 0 or number >= 10**10 else f"{number:010d}"
    )


def dates_in(rows: Iterable[Row]) -> Iterator[str]:
    """Every text of eight digits or more that stands in a column of dates."""
    for row in rows:
        for name, value in row.items():
            if "date" in name.lower():
                yield re.sub(r"\D", "", str(value))
