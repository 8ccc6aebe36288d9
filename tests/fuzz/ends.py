"""How a command line ends: run in a process that dies of a hang,
or by the real program, and judged."""

from __future__ import annotations

import io
import multiprocessing
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.commands import RUN, environment

HANG_SECONDS = 30
DOCUMENTED = (0, 2, 3, 4)
"""Exit codes that bad input may end with: 1 says that nobody foresaw it."""
MOST_LINES = 8
NOBODY = "http://127.0.0.1:9"
"""A site that answers to nobody."""
NOWHERE = f"{NOBODY}/api"
"""An API that answers to nobody: a run ends before it begins, and no server is started."""
SITES = ("NBA_STATS", "NBA_CDN", "SPORTSDATAVERSE", "ODDS", "INJURIES")


@dataclass(frozen=True)
class End:
    """Exit code (None: it hung), standard output, standard error."""

    code: int | None
    out: str
    err: str

    def faults(self) -> Iterator[str]:
        """What no command line may end with."""
        if self.code is None:
            yield f"hangs: no end in {HANG_SECONDS} s"
            return
        if "Traceback (most recent call last)" in self.err + self.out:
            yield f"a traceback: {self.err.strip().splitlines()[-1][:300]}"
        elif self.code not in DOCUMENTED:
            yield f"exit code {self.code}: {self.err.strip()[:300]}"
        lines = self.err.strip().count("\n") + 1
        if lines > MOST_LINES and self.code == 2:
            yield f"{lines} lines on standard error"
        if self.code == 2 and not (self.err + self.out).strip():
            yield "exit code 2 without a word"


def environ_of(home: Path) -> dict[str, str]:
    """What a command finds: nothing outside of this machine, and no server to talk to."""
    environ = environment(home, NOWHERE)
    environ |= {f"FULLCOURT_{site}_URL": NOBODY for site in SITES}
    environ["FULLCOURT_FETCH_PAUSE"] = "0"
    # Google's client would look for the metadata of a machine in its cloud.
    return environ | {
        "NO_GCE_CHECK": "true",
        "GOOGLE_APPLICATION_CREDENTIALS": str(home / "none.json"),
    }


class Worker:
    """A process that runs one command line after another;
    one that hangs ends it, the next starts anew."""

    def __init__(self, environ: dict[str, str], folder: Path) -> None:
        self.environ, self.folder = environ, folder
        self._process: multiprocessing.process.BaseProcess | None = None
        self._ours: Connection | None = None

    def run(self, arguments: Sequence[str]) -> End:
        """A command line to its end."""
        ours = self._ours or self._start()
        ours.send(list(arguments))
        try:
            code, out, err = ours.recv()
        except EOFError:
            self.close()
            return End(None, "", "")
        return End(code, out, err)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process, self._ours = None, None

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(theirs, self.environ, str(self.folder)), daemon=True
        )
        process.start()
        theirs.close()
        self._process, self._ours = process, ours
        return ours


@contextmanager
def working(environ: dict[str, str], folder: Path) -> Iterator[Worker]:
    """A worker for the block; its command lines run in the folder."""
    worker = Worker(environ, folder)
    try:
        yield worker
    finally:
        worker.close()


def _serve(pipe: Connection, environ: dict[str, str], folder: str) -> None:
    for name in set(os.environ) - set(environ):
        del os.environ[name]
    os.environ.update(environ)
    os.chdir(folder)
    # Also a loop in C is ended by it: nothing but the system handles the signal.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    from fullcourt.cli.app import run

    while True:
        try:
            arguments = pipe.recv()
        except EOFError:
            return
        out, err = io.StringIO(), io.StringIO()
        signal.alarm(HANG_SECONDS)
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = run(arguments)
            except SystemExit as end:
                code = int(end.code or 0)
        signal.alarm(0)
        told = out.getvalue()[-1_000_000:], err.getvalue()[-100_000:]
        pipe.send(
            (
                code,
                *(text.encode("utf-8", "backslashreplace").decode() for text in told),
            )
        )


def run_program(arguments: Sequence[str], environ: dict[str, str], folder: Path) -> End:
    """A command line through the real program."""
    words = [os.fsencode(word) for word in (*RUN, *arguments)]
    process = subprocess.Popen(
        words,
        env=environ,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=HANG_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return End(None, "", "")
    return End(
        process.returncode, out.decode(errors="replace"), err.decode(errors="replace")
    )


def as_typed(arguments: Sequence[str]) -> str:
    """A command line for a shell, shortened where it is long."""
    words = []
    for word in arguments:
        plain = word if len(word) <= 80 else f"{word[:30]}…{len(word):,} characters"
        words.append(shlex.quote(plain))
    return f"fullcourt {' '.join(words)}".encode(
        sys.getfilesystemencoding(), "backslashreplace"
    ).decode()
