"""Runs a command in a process of its own and says what it took: wall time, CPU, peak memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
SHIM = Path(__file__).with_name("shim.py")
CLI = "from fullcourt.cli import main; main()"


@dataclass(frozen=True)
class Figures:
    """What a process took: seconds on the clock, seconds of CPU (user and system, of it and the
    processes it waited for), and the largest resident set of any of them in MiB."""

    seconds: float
    cpu_seconds: float
    peak_mib: int

    def __str__(self) -> str:
        wall, cpu = f"{self.seconds:8.1f} s", f"{self.cpu_seconds:7.1f} s of CPU"
        return f"{wall} {cpu} {self.peak_mib:6,} MiB"


@dataclass(frozen=True)
class Ended:
    """A process that is over: its exit code (negative: the signal), all that it printed, and what
    it took."""

    code: int
    output: str
    figures: Figures

    @property
    def last_line(self) -> str:
        """The last line that it printed which is not blank; empty if there is none."""
        lines = [line.strip() for line in self.output.splitlines()]
        return next(filter(None, reversed(lines)), "")

    def answer(self) -> dict[str, Any]:
        """The JSON object of the last line that is one; RuntimeError where none is."""
        for line in reversed(self.output.splitlines()):
            if line.startswith("{"):
                found: dict[str, Any] = json.loads(line)
                return found
        raise RuntimeError(f"no figures in what was printed:\n{self.output[-3000:]}")


def run(
    command: Sequence[str],
    cwd: Path = ROOT,
    environ: Mapping[str, str] | None = None,
    kill_after: float | None = None,
) -> Ended:
    """Run a command to its end, or kill it and its children after `kill_after` seconds.

    `environ` is added to this process's environment. Any exit code is returned, none is raised;
    of what was killed only the time is known.
    """
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="fullcourt-run-") as folder:
        taken = Path(folder) / "taken.json"
        printed = Path(folder) / "printed"
        with printed.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(SHIM), str(taken), *command],
                cwd=cwd,
                env=_bytecode_kept() | dict(environ or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            if kill_after is not None:
                kill_later(process, kill_after)
            code = process.wait()
            if kill_after is not None:
                await_group(process.pid)
        text = printed.read_text(errors="replace")
        if not taken.exists():
            # Killed with its shim, or not to be started: nobody knows what it took.
            return Ended(code, text, Figures(time.perf_counter() - begin, 0, 0))
        found = json.loads(taken.read_text())
    return Ended(found.pop("code"), text, Figures(**found))


def _bytecode_kept() -> dict[str, str]:
    """This process's environment, in which Python keeps what it compiles: a shell that says
    otherwise would have every process compile all of a checkout, and none of what is installed."""
    return {name: value for name, value in os.environ.items() if name != NO_BYTECODE}


def kill_later(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Kill a process and its group after so many seconds, unless it ends before.

    The process is left to be waited for.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        # WNOWAIT: whoever called still has to learn what the process took.
        ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is not None:
            return
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)


def await_group(group: int) -> None:
    """Wait until a killed group is gone, and with it the locks that it held; 10 seconds at most."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)


def must_run(
    command: Sequence[str], cwd: Path = ROOT, environ: Mapping[str, str] | None = None
) -> Ended:
    """Run a command that has to succeed; RuntimeError with what it printed where it does not."""
    ended = run(command, cwd, environ)
    if ended.code:
        shown = " ".join(command)
        raise RuntimeError(f"{shown}\nended with {ended.code}:\n{ended.output[-3000:]}")
    return ended


def fullcourt_command(*arguments: str, python: str = sys.executable) -> list[str]:
    """The command line of `fullcourt` in the checkout that is the current folder."""
    return [python, "-c", CLI, *arguments]
