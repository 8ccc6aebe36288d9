"""A site on the loopback: a Prefect server behind a password,
a process worker, the commands of the guide."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fullcourt.server import SERVER_SETTINGS
from tests.commands import ROOT, environment
from tests.prefect_server import start_with_database

PATIENCE_SECONDS = 420.0
# Waits of half a minute, shortened: nothing of what is looked at depends on them.
IMPATIENT = {
    "PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "1",
    "PREFECT_SERVER_CONCURRENCY_MAXIMUM_CONCURRENCY_SLOT_WAIT_SECONDS": "3",
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "3",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_WORKER_PREFETCH_SECONDS": "0",
}


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it printed, both streams together."""

    code: int
    text: str


@dataclass(frozen=True)
class Site:
    """Where everything is: `folder` holds all files of it, `password` opens the server's API,
    `bigquery` is where BigQuery's is spoken, `more` is what else its processes find."""

    folder: Path
    warehouse: Path
    password: str
    port: int
    bigquery: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environ(self) -> Mapping[str, str]:
        """What a person's shell, the worker and the server find."""
        environ = (
            environment(self.folder / "home", f"http://127.0.0.1:{self.port}/api")
            | SERVER_SETTINGS
        )
        environ |= {
            "PREFECT_API_AUTH_STRING": self.password,
            "FULLCOURT_WAREHOUSE": f"duckdb:{self.warehouse}",
        }
        if self.bigquery:
            environ["BIGQUERY_EMULATOR_HOST"] = self.bigquery
        environ |= IMPATIENT | {"NO_COLOR": "1", "COLUMNS": "200"}
        return environ | dict(self.more)

    def serve(self, told: Mapping[str, str]) -> None:
        """Start the server, told more than the others, and wait until it answers."""
        guarded = {"PREFECT_SERVER_API_AUTH_STRING": self.password}
        self._start(
            "server",
            "server",
            "start",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            more={**guarded, **told},
        )
        self.wait(lambda: self._answers(), "the server")

    def work(self) -> None:
        """Start a worker on the pool of processes."""
        self._start(
            "worker", "worker", "start", "--pool", "nba-process", "--name", "one"
        )

    def prefect(self, *arguments: str, stdin: str = "") -> Said:
        """A command of Prefect's, in the project's folder, to its end."""
        return self.python("-m", "prefect", "--no-prompt", *arguments, stdin=stdin)

    def python(self, *arguments: str, stdin: str = "") -> Said:
        """A Python process to its end."""
        ended = subprocess.run(
            [sys.executable, *arguments],
            env=self.environ,
            cwd=ROOT,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        return Said(ended.returncode, ended.stdout)

    def run(self, deployment: str, *arguments: str, stdin: str = "") -> str:
        """Start a run of a deployment as a person does; its id."""
        said = self.prefect("deployment", "run", deployment, *arguments, stdin=stdin)
        found = re.search(r"UUID: ([0-9a-f-]{36})", said.text)
        assert found, said.text
        return found[1]

    def create_run(self, deployment: str, parameters: Mapping[str, Any]) -> str:
        """Have the API make a run of a deployment, to be started at once; its id."""
        found = self.asked(f"/deployments/name/{deployment}")["id"]
        wanted = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        return str(self.asked(f"/deployments/{found}/create_flow_run", wanted)["id"])

    def asked(self, path: str, body: dict[str, Any] | list[Any] | None = None) -> Any:
        """What the API answers to a GET, or to a POST where there is a body."""
        key = base64.b64encode(self.password.encode()).decode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Basic {key}",
                "Content-Type": "application/json",
            },
        )
        (answer,) = self.wait(lambda: answered(request), path)
        return answer

    def status_without_password(self) -> int:
        """The status of an answer to a stranger."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/api/variables/name/x"
            ) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code

    def state(self, run: str) -> str:
        """The name of a run's state."""
        return str(self.asked(f"/flow_runs/{run}")["state"]["name"])

    def kind(self, run: str) -> str:
        """The type of a run's state."""
        return str(self.asked(f"/flow_runs/{run}")["state"]["type"])

    def ended(self, run: str) -> str:
        """The name of the state in which a run ends."""
        ends = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        self.wait(lambda: self.kind(run) in ends, f"run {run} to end")
        return self.state(run)

    def kill(self, run: str) -> None:
        """SIGKILL to the process of a run."""
        pid = str(self.asked(f"/flow_runs/{run}")["infrastructure_pid"]).rpartition(
            ":"
        )[2]
        os.kill(int(pid), signal.SIGKILL)

    def wait(self, seen: Callable[[], Any], what: str, every: float = 0.5) -> Any:
        """What is seen as soon as it is something;
        TimeoutError with the last words of all processes."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := seen()):
            if time.monotonic() > deadline:
                logs = [
                    f"{log.name}: {log.read_text()[-2000:]}"
                    for log in self.folder.glob("*.log")
                ]
                raise TimeoutError(
                    "\n".join([f"waited {PATIENCE_SECONDS} s for {what}", *logs])
                )
            time.sleep(every)
        return found

    def stop(self) -> None:
        """End the worker, its runs and the server."""
        for process in reversed(self.processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(
        self, name: str, *arguments: str, more: Mapping[str, str] | None = None
    ) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "prefect", *arguments],
                env={**self.environ, **(more or {})},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)

    def _answers(self) -> bool:
        try:
            return bool(self.asked("/admin/version"))
        except OSError:
            return False


def answered(request: urllib.request.Request) -> tuple[Any] | None:
    """What the API says; None where SQLite was busy:
    Prefect's own clients ask again then, as well."""
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return (json.loads(answer.read() or "null"),)
    except urllib.error.HTTPError as error:
        with error:
            if error.code != 503:
                raise
    except TimeoutError:
        # Asking again is harmless where nothing is made.
        if request.data is not None:
            raise
    return None


@contextmanager
def site(
    folder: Path,
    warehouse: Path,
    password: str,
    bigquery: str = "",
    more: Mapping[str, str] | None = None,
) -> Iterator[Site]:
    """A site whose server answers; at the end of the block nothing of it runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (folder / "home").mkdir(parents=True)
    made = Site(folder, warehouse, password, port, bigquery, more or {})
    with ExitStack() as stack:
        stack.callback(made.stop)
        start_with_database(folder / "home" / "prefect" / "prefect.db", made.serve)
        yield made
