"""The real command line in processes of their own, which nobody leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
# A process whose parent ignores Ctrl-C would ignore it too.
HEEDING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
RUN = (sys.executable, "-c", f"{HEEDING}; from fullcourt.cli import main; main()")
PATIENCE_SECONDS = 300.0
PASSED_ON = ("FULLCOURT_CACHE", "PREFECT_API_SSL_CERT_FILE")
"""What a command finds of the surroundings of the tests: both spare each process work."""

Environment = dict[str, str]


def environment(home: Path, api: str = "") -> Environment:
    """What a command finds: its home, and the Prefect server at `api`,
    or else one that it starts itself."""
    ours = ("PREFECT_", "FULLCOURT_")
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(ours)
    }
    environ |= {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environ |= {
        "FULLCOURT_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "DO_NOT_TRACK": "1",
    }
    if api:
        environ |= {"PREFECT_API_URL": api, "PREFECT_HOME": str(home / "prefect")}
    return environ


@dataclass(frozen=True)
class Command:
    """A running command, and what it has printed so far."""

    process: subprocess.Popen[bytes]
    out: IO[str]
    err: IO[str]

    def kill(self) -> None:
        """SIGKILL, to everything in its process group, unless it has ended."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def ended(self) -> tuple[int, str, str]:
        """Wait for it: exit code (negative: the signal it died of),
        standard output, standard error."""
        code = self.process.wait(PATIENCE_SECONDS)
        for said in (self.out, self.err):
            said.seek(0)
        return code, self.out.read(), self.err.read()

    def runs_until(self, seen: Callable[[], bool]) -> bool:
        """Wait until something is seen while it runs; False when it ended before."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.process.poll() is None:
            if seen():
                return True
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"nothing was seen of {self.process.args!r} in {PATIENCE_SECONDS} s"
                )
            time.sleep(0.002)
        return False


@contextmanager
def started(environ: Environment, *arguments: str) -> Iterator[Command]:
    """Run a command; at the end of the block it is dead, whatever happened."""
    # Files, not pipes: nobody reads while it runs, and it must never wait for a reader.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(
            [*RUN, *arguments],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        command = Command(process, out, err)
        try:
            yield command
        finally:
            command.kill()


def called(environ: Environment, *arguments: str) -> tuple[int, str, str]:
    """A command to its end: exit code, standard output, standard error."""
    with started(environ, *arguments) as command:
        return command.ended()


def written(path: Path) -> int:
    """Bytes that a warehouse file's write-ahead log holds: it grows with every publication."""
    log = path.with_name(f"{path.name}.wal")
    return log.stat().st_size if log.exists() else 0
