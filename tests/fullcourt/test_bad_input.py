"""Places and values that no command can use:
exit 2 and one sentence, and nothing waits or is lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import ConfigError
from fullcourt.cli import paths
from fullcourt.cli.app import run
from fullcourt.cli.report import keep_report, require_reports_folder
from planning.selection import Selection
from reports.report import Report

Call = Callable[..., tuple[int, str]]

LONG = "a" * 300
REASON = "nobody has these games"
WAIVE = ("waive", "--table", "shots", "--reason", REASON, "--games")
PLACES = (
    "folder",
    "file/below",
    "loop",
    "loop/below",
    "pipe",
    "/dev/full",
    "/proc/report.md",
    LONG,
)


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Run a command line on that home: exit code and standard error;
    the warehouse stays as it is."""
    before = (home / "warehouse.duckdb").read_bytes()

    def called(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(["--home", str(home), *arguments])
        return code, capsys.readouterr().err

    yield called
    assert (home / "warehouse.duckdb").read_bytes() == before


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make places of all kinds in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("no report")
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")


def require_sentence(told: tuple[int, str]) -> str:
    """The one line on standard error of a command that ended with 2."""
    code, err = told
    assert code == 2, err
    assert err.startswith("fullcourt: "), err
    assert err.count("\n") == 1, err
    assert len(err) < 500, err
    return err


@pytest.mark.parametrize("place", PLACES)
def test_a_report_is_refused_where_no_file_can_be(call: Call, place: str) -> None:
    said = require_sentence(call("report", "--output", place))
    assert "name another file" in said or "shorter" in said


def test_a_report_never_replaces_the_warehouse(call: Call, home: Path) -> None:
    (home / "link").unlink(missing_ok=True)
    (home / "link").symlink_to("warehouse.duckdb")
    for name in ("warehouse.duckdb", "link", "warehouse.duckdb.wal"):
        assert "is the warehouse" in require_sentence(
            call("report", "--output", str(home / name))
        )


@pytest.mark.parametrize("place", [*PLACES, "binary", "/dev/zero", "nowhere"])
@pytest.mark.parametrize("command", [("gate", "--replay"), WAIVE])
def test_a_file_that_is_none_or_no_text_is_refused(
    call: Call, command: tuple[str, ...], place: str
) -> None:
    """A pipe or /dev/zero was read for ever."""
    require_sentence(call(*command, place))


@pytest.mark.parametrize(
    "place",
    ["folder", "file/below", "loop", "pipe", "/dev/full", "/proc/a.duckdb", LONG],
)
def test_a_warehouse_is_refused_where_none_can_be(call: Call, place: str) -> None:
    require_sentence(call("--warehouse", f"duckdb:{place}", "status"))


@pytest.mark.parametrize(
    "place", ["file", "file/below", "loop", "pipe", "/proc/home", LONG]
)
@pytest.mark.parametrize("command", [("status",), ("server", "start")])
def test_a_home_is_refused_where_no_folder_can_be(
    call: Call, place: str, command: tuple[str, ...]
) -> None:
    require_sentence(call("--home", place, *command))


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("--on-no-go", "override", "--reason", "too short"), "at least 10"),
        (("--reason", REASON), "belongs to --on-no-go override"),
        (("--allow-removal", "yes"), "at least 10"),
    ],
)
def test_a_reason_that_will_not_do_is_refused_before_a_server_is_started(
    call: Call,
    arguments: tuple[str, ...],
    wanted: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The run itself refused it, seconds later."""
    monkeypatch.setattr("fullcourt.server.ensure", None)
    assert wanted in require_sentence(call("backfill", *arguments))


def test_an_amount_that_is_no_number_is_refused_before_a_server_is_started(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prefect could not spell it, and the run ended in a traceback."""
    monkeypatch.setattr("fullcourt.server.ensure", None)
    for amount in ("nan", "inf"):
        code, said = call("backfill", "--max-cost", amount)
        assert (code, said.count(f"'--max-cost': '{amount}' is no amount")) == (2, 1)


def test_a_home_that_is_not_utf8_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FULLCOURT_HOME", os.fsdecode(b"caf\xe9"))
    assert run(["status"]) == 2


@pytest.mark.parametrize("place", ["file", "loop", "pipe", LONG, "\0"])
def test_a_folder_of_files_that_is_none_is_refused(call: Call, place: str) -> None:
    code, err = call("ingest", "nba-stats", place)
    assert (code, err.strip().count("\n")) == (2, 0), err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--warehouse", os.fsdecode(b"duckdb:caf\xe9"), "status"),
        ("waive", os.fsdecode(b"00\xff"), "--table", "shots", "--reason", REASON),
        ("why", os.fsdecode(b"\x80"), "2023-10-24"),
        ("ingest", "nba-stats", os.fsdecode(b"\xe9")),
    ],
)
def test_an_argument_that_is_not_utf8_is_told_by_its_bytes(
    call: Call, arguments: tuple[str, ...]
) -> None:
    said = require_sentence(call(*arguments))
    assert "is not UTF-8" in said
    assert "\\x" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("dates", "--end", "9999-12-31"),
        ("dates", "--start", "9999-01-01", "--end", "9999-12-31"),
        ("plan", "--dates", "0001-01-01"),
        ("why", "player_game_summary", "9999-12-31"),
        ("ingest", "demo", "--start", "9999-01-01"),
        ("plan", "--last-days", "3000000"),
        ("plan", "--last-days", "1" + "0" * 30),
    ],
)
def test_days_that_no_schedule_has_are_refused(
    call: Call, arguments: tuple[str, ...]
) -> None:
    code, err = call(*arguments)
    assert code == 2
    assert "range" in err
    assert "Traceback" not in err


def test_reports_of_one_second_stay_beside_each_other(tmp_path: Path) -> None:
    """The second report of a second replaced the first."""
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    found = Report(Selection(), at, "1.0", {}, ())
    others = [found, found, replace(found, code_version="2.0")]
    kept = [keep_report(report, tmp_path).name for report in others]
    assert kept == [f"2026-01-02T030405Z{number}.md" for number in ("", "-2", "-3")]
    assert "2.0" in (tmp_path / "reports" / kept[2]).read_text()
    assert "2.0" not in (tmp_path / "reports" / kept[0]).read_text()


def test_a_run_whose_report_could_not_be_kept_does_not_begin(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    with pytest.raises(ConfigError, match="name another home"):
        require_reports_folder(tmp_path)


def test_a_path_of_the_program_itself_is_no_fault_of_the_command_line() -> None:
    """A file that is missing in an installation is for a traceback to tell, not for exit 2."""
    own = Path(paths.__file__).with_name("nothing.sql")
    assert (
        paths.explain_place(FileNotFoundError(2, "No such file or directory", str(own)))
        is None
    )
    assert (
        paths.explain_place(ConnectionResetError(104, "Connection reset by peer"))
        is None
    )


def test_a_place_is_shown_on_one_short_line() -> None:
    assert paths.printable("a\nb") == "a\\nb"
    assert paths.printable(b"caf\xe9") == "caf\\xe9"
    assert len(paths.printable("a" * 5000)) == paths.SHOWN + 1


@pytest.mark.parametrize("command", ["status", "plan", "report", "verify", "backfill"])
def test_looking_for_a_warehouse_that_is_not_there_makes_none(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistyped path was made, and its warehouse was empty."""
    missing = tmp_path / "typo" / "nba.duckdb"
    assert (
        run(["--home", str(tmp_path), "--warehouse", f"duckdb:{missing}", command]) == 2
    )
    assert "no such file; check the path" in capsys.readouterr().err
    assert not missing.parent.exists()
