"""What is wrong around the command line ends in a sentence:
proxies, shadowed packages, narrow encodings."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ConfigError, FullcourtError, UnusableWarehouseError
from fullcourt import guard, server
from fullcourt.server import ServerHandle
from fullcourt.surroundings import (
    PACKAGES,
    replace_what_cannot_be_printed,
    spare_the_loopback,
)
from processors.discovery import load
from warehouse.duckdb import DuckDBWarehouse

KILLED_AMID_WRITES = """
import os, sys, duckdb
con = duckdb.connect(sys.argv[1])
con.execute("CREATE TABLE numbers AS SELECT range AS n FROM range(1000)")
con.execute("CHECKPOINT")
for n in range(50):
    con.execute("INSERT INTO numbers SELECT range FROM range(3000)")
os._exit(0)
"""


@pytest.mark.parametrize("proxy", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_calls_to_this_machine_never_go_through_a_proxy(proxy: str) -> None:
    environ = {proxy: "http://proxy.example:3128", "NO_PROXY": "intranet.example"}
    spare_the_loopback(environ)
    assert (
        environ["NO_PROXY"]
        == environ["no_proxy"]
        == "intranet.example,127.0.0.1,localhost,::1"
    )


def test_without_a_proxy_the_environment_stays_as_it_is() -> None:
    environ = {"HOME": "/home/somebody"}
    spare_the_loopback(environ)
    assert environ == {"HOME": "/home/somebody"}


@pytest.mark.parametrize("name", ["tasks", "core"])
def test_a_module_of_the_user_s_that_shadows_a_package_is_named(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / f"{name}.py").write_text("x = 1\n")
    root = str(Path(__file__).parents[2])
    ran = subprocess.run(
        [sys.executable, "-c", "from fullcourt.cli import main; main()", "status"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), root])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith(
        f"fullcourt: Python finds {tmp_path / f'{name}.py'} in place of"
    )
    assert ran.stderr.count("\n") == 1


def test_every_package_is_looked_for() -> None:
    pyproject = tomllib.loads(
        (Path(__file__).parents[2] / "pyproject.toml").read_text()
    )
    packages = pyproject["tool"]["importlinter"]["root_packages"]
    assert {*PACKAGES, "fullcourt"} == set(packages)


def test_a_character_that_the_output_lacks_ends_no_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = io.BytesIO()
    narrow = io.TextIOWrapper(raw, encoding="latin-1")
    monkeypatch.setattr("sys.stdout", narrow)
    replace_what_cannot_be_printed()
    narrow.write("2.0–14 s")
    narrow.flush()
    assert raw.getvalue() == b"2.0?14 s"


def test_a_closed_output_is_no_reason_to_fail() -> None:
    """The warehouse would have had the number of the output, and what is printed would be in it."""
    command = [
        sys.executable,
        "-c",
        "from fullcourt.cli import main; main()",
        "tables",
        "--json",
    ]
    words = " ".join(f"'{word}'" for word in command)
    ran = subprocess.run(
        ["sh", "-c", f"{words} >&- 2>&-"], cwd=Path(__file__).parents[2], check=False
    )
    assert ran.returncode == 0


def test_an_api_that_does_not_answer_is_said_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with pytest.raises(
        ConfigError, match="no Prefect API answers at http://127.0.0.1:9/api"
    ):
        server.ensure(tmp_path)


def test_a_damaged_log_of_the_database_is_told_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    log = tmp_path / "warehouse.duckdb.wal"
    subprocess.run([sys.executable, "-c", KILLED_AMID_WRITES, str(path)], check=True)
    damaged = bytearray(log.read_bytes())
    place = len(damaged) // 100
    damaged[place : place + 16] = b"\xff" * 16
    log.write_bytes(damaged)
    with pytest.raises(
        UnusableWarehouseError, match=f"mv {log} {log}.damaged"
    ) as refused:
        DuckDBWarehouse(str(path), load())
    assert refused.value.exit_code == 2


class Fake:
    """A server that answers or not, and counts how often it was started again."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *, restarts: bool = True
    ) -> None:
        self.answers, self.started, self.over = False, 0, threading.Event()
        self.restarts = restarts
        monkeypatch.setattr(server, "reachable", lambda _handle: self.answers)
        monkeypatch.setattr(server, "status", lambda _home: None)
        monkeypatch.setattr(server, "restart", self.restart)
        monkeypatch.setattr(guard, "LOOK_EVERY", 0.01)

    def restart(self, handle: ServerHandle) -> ServerHandle:
        self.started += 1
        self.answers = True
        self.over.set()
        if not self.restarts:
            raise FullcourtError("the Prefect API does not answer any more")
        return handle


LOCAL = ServerHandle("http://127.0.0.1:4200/api", pid=1)


def test_a_local_server_that_died_is_started_again_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = Fake(monkeypatch)
    with guard.guard_server(replace(LOCAL, home=tmp_path)):
        assert fake.over.wait(10)
    assert fake.started == 1
    assert capsys.readouterr().err == (
        "\nfullcourt: the local Prefect server has ended; starting it again, the run goes on\n"
    )


def test_a_local_server_that_hangs_is_started_again_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = Fake(monkeypatch)
    monkeypatch.setattr(server, "status", lambda _home: LOCAL)
    monkeypatch.setattr(guard, "PATIENCE", 0.0)
    with guard.guard_server(replace(LOCAL, home=tmp_path)):
        assert fake.over.wait(10)
    assert "has not answered for 0 s; starting it again" in capsys.readouterr().err


def test_a_server_that_answers_at_the_second_look_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a pause of a virtual machine the clock is ahead: a single look ended a sound run."""
    fake = Fake(monkeypatch)
    looks: list[bool] = []

    def reachable(_handle: ServerHandle) -> bool:
        looks.append(len(looks) % 2 == 1)
        if len(looks) == 8:
            fake.over.set()
        return looks[-1]

    monkeypatch.setattr(server, "reachable", reachable)
    monkeypatch.setattr(server, "status", lambda _home: LOCAL)
    monkeypatch.setattr(guard, "PATIENCE", 0.0)
    with guard.guard_server(replace(LOCAL, home=tmp_path)):
        assert fake.over.wait(10)
    assert fake.started == 0


def test_an_api_of_somebody_else_s_that_is_lost_ends_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = Fake(monkeypatch, restarts=False)
    ended: list[str] = []
    told = threading.Event()
    monkeypatch.setattr(guard, "PATIENCE", 0.0)

    def end(why: str) -> None:
        ended.append(why)
        told.set()

    monkeypatch.setattr(guard, "_end", end)
    with guard.guard_server(ServerHandle("http://api.example/api")):
        assert told.wait(10)
    assert ended == ["the Prefect API does not answer any more"]
    assert fake.started == 1
