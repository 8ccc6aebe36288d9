"""How files are written: encodings, delimiters, header, archives; taken and said, or refused."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.remedy import plain
from planning.raw_load import RawLoad, RefusedFile
from sources.nba_stats import read
from sources.nba_stats.layout import UnreadableFile, lay_out
from tests.sources.nba_stats_files import Row, player_rows, team_rows, write


@pytest.fixture
def text(tmp_path: Path) -> str:
    """A player log as a CSV with a name that is not ASCII."""
    rows = player_rows()
    rows[0]["PLAYER_NAME"] = "José García"
    return write(tmp_path / "x.csv", rows).read_text()


def load_with(folder: Path, name: str, data: bytes) -> RawLoad:
    """What becomes of a file of these bytes beside a sound team log."""
    inside = folder / "data"
    inside.mkdir()
    write(inside / "teams.csv", team_rows())
    (inside / name).write_bytes(data)
    return read(inside)


def note(load: RawLoad) -> str:
    return next(file.note for file in load.files if file.raw_table == "player_box")


TAKEN = [
    ("utf-8", ",", "\n", ""),
    ("utf-8-sig", ",", "\r\n", ""),
    ("utf-16", ",", "\n", "read as UTF-16"),
    ("cp1252", ",", "\n", "read as Windows-1252 (latin-1)"),
    ("utf-8", ";", "\n", "separated by a semicolon"),
    ("utf-8", "\t", "\r\n", "separated by a tab"),
    ("utf-8", ",", "\r", "lines end in CR alone"),
]


@pytest.mark.parametrize(("encoding", "delimiter", "ending", "told"), TAKEN)
def test_a_layout_that_needs_no_guess_is_taken_and_said(
    tmp_path: Path, text: str, encoding: str, delimiter: str, ending: str, told: str
) -> None:
    written = text.replace("\r\n", "\n").replace(",", delimiter).replace("\n", ending)
    load = load_with(tmp_path, "players.csv", written.encode(encoding))
    assert load.refused == ()
    assert load.tables["player_box"]["player_name"].to_pylist()[0] == "José García"
    assert told in note(load)


def test_a_compressed_csv_is_read(tmp_path: Path, text: str) -> None:
    load = load_with(tmp_path, "players.csv.gz", gzip.compress(text.encode()))
    assert load.tables["player_box"].num_rows == 10


@pytest.mark.parametrize(
    "above", ["NBA player logs\n\n", "sep=,\n", "\n\n", "logs, of 2024-25\n"]
)
def test_lines_above_the_header_are_left_out_and_said(
    tmp_path: Path, text: str, above: str
) -> None:
    load = load_with(tmp_path, "players.csv", (above + text).encode())
    assert load.tables["player_box"].num_rows == 10
    assert f"lines above the header left out: {above.count(chr(10))}" in note(load)


@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_lines_that_repeat_the_header_are_left_out_and_said(
    tmp_path: Path, text: str, case: Callable[[str], str]
) -> None:
    """A season that a script had appended day by day was refused for its game ids, which were all
    sound: a header a day is more than one row in twenty."""
    header, *rows = text.splitlines()
    header = case(header)
    appended = "\n".join(f"{header}\n{row}" for row in rows * 4)
    load = load_with(tmp_path, "players.csv", appended.encode())
    assert load.refused == ()
    assert load.rejects_by_reason() == {"duplicate_row": 30}
    assert load.tables["player_box"].num_rows == 10
    assert "lines that repeat the header left out: 39" in note(load)


def broken(text: str) -> dict[str, tuple[str, bytes, str]]:
    """Files that no reader can take: name, bytes, and what is said of them."""
    packed = gzip.compress(text.encode() * 5)
    mixed = (
        text.encode()
        .replace("José".encode(), b"Jos\xe9")
        .replace(b"Player 381", "Doncić".encode())
    )
    return {
        "cut UTF-16": (
            "p.csv",
            text.encode("utf-16")[:-1],
            "is not UTF-16 throughout: line 11",
        ),
        "UTF-16 without a mark": ("p.csv", text.encode("utf-16-le"), "zero bytes"),
        "two encodings": ("p.csv", mixed, "is not UTF-8 throughout: line 2"),
        "cut archive": ("p.csv.gz", packed[:-20], "cannot be read"),
        "damaged archive": (
            "p.csv.gz",
            packed[:60] + b"xxxx" + packed[64:],
            "cannot be read",
        ),
        "no archive": ("p.csv.gz", text.encode(), "cannot be read"),
        "no parquet": ("p.parquet", b"PAR1 not really", "cannot be read as parquet"),
        "blank": ("p.csv", b" \n\n", "is empty"),
        "cut row": (
            "p.csv",
            text.encode()[:-40],
            "line 11 has 13 values and the header 26",
        ),
        "long row": (
            "p.csv",
            text.encode() + b"1," * 30 + b"1\n",
            "line 12 has 31 values",
        ),
    }


@pytest.mark.parametrize("kind", list(broken("José")))
def test_a_broken_file_is_refused_in_a_sentence_and_costs_no_other(
    tmp_path: Path, text: str, kind: str
) -> None:
    name, data, told = broken(text)[kind]
    load = load_with(tmp_path, name, data)
    (refused,) = load.refused
    assert told in refused.reason
    assert refused.repair
    assert load.tables["team_box"].num_rows == 2


@pytest.mark.parametrize(
    ("data", "told", "repair"),
    [
        (b"PAR1\x15\x04\xc3\xa4", "is a parquet file", "name it .parquet"),
        (
            gzip.compress(b"GAME_ID\n", mtime=0),
            "is compressed",
            "name it .csv.gz",
        ),
        (b"PK\x03\x04\x14\x00\xc3\xa4", "is a spreadsheet or an archive", "unpack it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is a spreadsheet", "save it as CSV"),
        (b"\n<!DOCTYPE html>\n<html>\n", "is a web page", "request it again"),
        (b"<HTML><BODY>Access Denied\n", "is a web page", "request it again"),
    ],
)
def test_another_kind_of_file_that_is_named_csv_is_told(
    tmp_path: Path, data: bytes, told: str, repair: str
) -> None:
    """Its encoding was blamed: a parquet file was to be saved as UTF-8."""
    (refused,) = load_with(tmp_path, "players.csv", data).refused
    assert refused.reason.startswith(told)
    assert repair in refused.repair


@pytest.mark.parametrize("second", ["AST", "ast", "Ast"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_two_columns_of_one_name_are_refused(
    tmp_path: Path, second: str, suffix: str
) -> None:
    table = pa.Table.from_pylist(player_rows())
    doubled = table.append_column(second, table.column("PTS"))
    path = tmp_path / f"players.{suffix}"
    if suffix == "parquet":
        pq.write_table(doubled, path)
    else:
        rows = [
            ",".join(map(str, [*row.values(), row["PTS"]])) for row in player_rows()
        ]
        path.write_text("\n".join([",".join(doubled.column_names), *rows]) + "\n")
    write(tmp_path / "teams.csv", team_rows())
    (refused,) = read(tmp_path).refused
    assert refused.reason.startswith("two columns AST")


@pytest.mark.parametrize("case", [str.lower, str.title, str.swapcase])
def test_columns_in_another_letter_case_are_taken_and_said(
    tmp_path: Path, case: object
) -> None:
    assert callable(case)
    write(tmp_path / "teams.csv", team_rows())
    write(
        tmp_path / "players.csv",
        [{case(k): v for k, v in row.items()} for row in player_rows()],
    )
    load = read(tmp_path)
    assert load.tables["player_box"].num_rows == 10
    assert "columns in another letter case" in note(load)


def test_what_is_not_read_is_named_with_the_way_to_have_it_read(tmp_path: Path) -> None:
    write(tmp_path / "teams.csv", team_rows())
    (tmp_path / "answer.xlsx").write_text("{}")
    inside = tmp_path / "2023-24"
    inside.mkdir()
    write(inside / "teams.csv", team_rows())
    folder, answer = read(tmp_path).unread
    assert (Path(folder.file).name, Path(answer.file).name) == (
        "2023-24",
        "answer.xlsx",
    )
    assert "fullcourt ingest nba-stats" in plain(folder.repair)
    assert "save it as .csv or .parquet" in answer.repair


@pytest.mark.parametrize("name", ["p.csv", "2024-25/P.CSV.GZ", "p.parquet"])
def test_games_in_an_archive_are_seen_and_it_is_to_be_unpacked(
    tmp_path: Path, name: str
) -> None:
    """A season's player log was left in its archive, and the ingest ended as if nothing lacked."""
    archived(tmp_path, name, player_rows())
    (told,) = read(tmp_path).unread
    assert (told.reason, told.repair) == (
        "an archive",
        "unpack it, and take it out of the folder",
    )
    assert told.has_games


def test_an_archive_of_anything_else_has_no_games(tmp_path: Path) -> None:
    path = archived(tmp_path, "prices.csv", [{"symbol": "X", "close": 1}])
    assert not read(tmp_path).unread[0].has_games
    path.write_bytes(path.read_bytes()[:-30])
    assert not read(tmp_path).unread[0].has_games


def archived(folder: Path, name: str, rows: list[Row]) -> Path:
    """An archive with a file of these rows, beside a sound team log."""
    write(folder / "teams.csv", team_rows())
    kind = "parquet" if name.endswith(".parquet") else "csv"
    plain_file = write(folder / f"x.{kind}", rows)
    data = plain_file.read_bytes()
    plain_file.unlink()
    path = folder / "season.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr(name, gzip.compress(data) if name.endswith("GZ") else data)
    return path


def unread_with(folder: Path, name: str, data: bytes) -> RefusedFile:
    """What is told of a file in a folder inside, of these bytes."""
    write(folder / "teams.csv", team_rows())
    path = folder / "inside" / name
    path.parent.mkdir()
    path.write_bytes(data)
    (told,) = read(folder).unread
    return told


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet", "json"])
def test_games_in_a_folder_that_is_not_read_are_seen(tmp_path: Path, kind: str) -> None:
    """Player rows of a whole season were left out, and the ingest ended as if nothing lacked."""
    write(tmp_path / "players.csv", player_rows())
    data = (tmp_path / "players.csv").read_bytes()
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(player_rows()), tmp_path / "x.parquet")
        data = (tmp_path / "x.parquet").read_bytes()
    if kind == "csv.gz":
        data = gzip.compress(data)
    if kind == "json":
        names, values = (
            list(player_rows()[0]),
            [[*row.values()] for row in player_rows()],
        )
        found = {"name": "LeagueGameLog", "headers": names, "rowSet": values}
        data = json.dumps({"resultSets": [found]}).encode()
    told = unread_with(tmp_path, f"players.{kind}", data)
    assert told.has_games
    assert told.file == str(tmp_path.resolve() / "inside")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.csv", b"A,B\n1,2\n"),
        ("x.csv", b""),
        ("x.csv.gz", b"no archive"),
        ("x.parquet", b"PAR1 and no more"),
        ("x.json", b"{"),
        ("x.txt", b"GAME_ID"),
    ],
)
def test_a_folder_of_anything_else_is_told_and_has_no_games(
    tmp_path: Path, name: str, data: bytes
) -> None:
    assert not unread_with(tmp_path, name, data).has_games


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\n" * 20 + b"A,B\n1,2\n", "its first 10 lines are blank"),
        (b'"' + b"x" * 200_000 + b"\n1\n", "line 1 is no line of a table"),
        (b"A,\rB\n1,2\n", "line 1 is no line of a table"),
    ],
)
def test_a_first_line_that_is_none_of_a_table_is_told(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    """A file whose header was damaged ended the whole ingest in a traceback."""
    (refused,) = load_with(tmp_path, "x.csv", data).refused
    assert refused.reason == reason


def test_a_file_whose_name_is_not_utf8_is_refused_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    load = load_with(tmp_path, name, b"A,B\n1,2\n")
    assert [file.raw_table for file in load.files] == ["team_box"]
    assert load.refused[0].file.endswith("caf\\xe9.csv")
    assert load.refused[0].reason == "its name is not UTF-8"


def test_a_parquet_file_with_a_damaged_page_is_refused(tmp_path: Path) -> None:
    """The database read zeros behind the damage, and they were taken for steals and blocks."""
    path = tmp_path / "players.parquet"
    pq.write_table(
        pa.Table.from_pylist(player_rows()),
        path,
        compression="NONE",
        use_dictionary=False,
    )
    whole, refused = path.read_bytes(), 0
    for place in range(4, 1000, 3):
        damaged = bytearray(whole)
        damaged[place] ^= 4
        path.write_bytes(damaged)
        if pq.read_schema(path) and not is_readable(path):
            with pytest.raises(UnreadableFile, match="cannot be read as parquet"):
                lay_out(path, tmp_path, lambda _columns: True)
            refused += 1
    assert refused > 10


def is_readable(path: Path) -> bool:
    try:
        pq.read_table(path)
    except (OSError, pa.ArrowException):
        return False
    return True


def test_a_column_of_a_huge_name_is_named_by_its_beginning(tmp_path: Path) -> None:
    (refused,) = load_with(tmp_path, "x.csv", b"x" * 100_000 + b",B\n1,2\n").refused
    assert len(refused.reason) < 200
    assert refused.reason.endswith("x…, B")
