"""The local Prefect server: started once, found again, stopped.

It keeps everything under `<home>/prefect`, listens on the loopback only, and outlives the command
that started it; `<home>/server.json` says where it is, and is true as long as the server lives.
Prefect's own `--background` goes by a pid file that a killed server leaves behind, and keeps no
log: hence its foreground command, detached. How a process talks to the server is `client.py`'s
matter; nothing here imports Prefect.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError, FullcourtError
from fullcourt.access import ensure_password, is_ours, server_guards
from fullcourt.process_record import alone, hold, read_living, until

HOST = "127.0.0.1"
USUAL_PORT = 4200
START_SECONDS = 120.0
RESTART_SECONDS = 60.0
REACH_SECONDS = 5.0
STOP_SECONDS = 15.0
HANGING_SECONDS = 20.0
"""Without an answer for that long, a server that was started long ago hangs."""

SERVER_SETTINGS = {
    # At its defaults the server records 20 task runs a second, with these six about 150.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "500",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "100",
    # Leases outlive a restart of the server; at its default, a slot that is held then is held for
    # ever.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
        "prefect.server.concurrency.lease_storage.filesystem"
    ),
    # Nothing of a local run is told to anyone.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}

# The servers that this process started, kept so that one that ends is reaped.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class ServerHandle:
    """A server to talk to; `url` is its API's address, ending in /api.

    `pid` and `home` (fullcourt's) are the local server's, and None for one that PREFECT_API_URL
    names: that is neither started nor stopped here. `started_here`: by this very call, so that a
    demo can stop it again. `guarded`: False for a local server that an earlier version started,
    without a password. `stops`: it is stopped when the command ends.
    """

    url: str
    started_here: bool = False
    pid: int | None = None
    home: Path | None = None
    guarded: bool = True
    stops: bool = False

    @property
    def dashboard(self) -> str:
        """The address of the server's pages, for a browser."""
        return self.url.removesuffix("/api")


def ensure(home: Path, *, start_seconds: float = START_SECONDS) -> ServerHandle:
    """The server to use, started where none runs; two processes at once get the same one.

    A set PREFECT_API_URL is honoured as it is. Raises FullcourtError, naming the log, where the
    local server does not answer within `start_seconds`.
    """
    if given := os.environ.get("PREFECT_API_URL"):
        return _require_named(given.rstrip("/"))
    with alone(_lock(home)):
        running = status(home)
        if running and not running.guarded:
            _end(running)
            running = None
        if running is None:
            return _start(home, start_seconds)
        if until(lambda: answers(running.url), _patience(home, start_seconds)):
            return running
        # It hangs: what it has on record is in its database, and the next one reads that.
        _end(running)
        return _start(home, start_seconds)


def _patience(home: Path, start_seconds: float) -> float:
    """How long a server that does not answer is waited for: less where it was started long ago."""
    age = time.time() - _record(home).stat().st_mtime
    return start_seconds if age < start_seconds else min(start_seconds, HANGING_SECONDS)


def _require_named(url: str) -> ServerHandle:
    """Give the server that PREFECT_API_URL names; ConfigError where nothing answers there."""
    handle = ServerHandle(url=url)
    if reachable(handle):
        return handle
    raise ConfigError(
        f"PREFECT_API_URL: no Prefect API answers at {url}; start it, or unset the variable to "
        "use a local server"
    )


def reachable(handle: ServerHandle) -> bool:
    """Whether the server answers at all: a refusal is an answer as well."""
    if handle.home is not None:
        return answers(handle.url)
    opener = urllib.request.build_opener()
    try:
        with opener.open(f"{handle.url}/health", timeout=REACH_SECONDS):
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError, http.client.HTTPException):
        return False


def restart(
    handle: ServerHandle, start_seconds: float = RESTART_SECONDS
) -> ServerHandle:
    """Start the local server of a handle again, at the same address; the one that hangs is killed.

    FullcourtError where it is nobody's to start, or does not answer within `start_seconds`.
    """
    if handle.home is None:
        raise FullcourtError(
            f"the Prefect API at {handle.url} does not answer any more"
        )
    home = handle.home
    with alone(_lock(home)):
        running = status(home)
        if running and running.pid is not None:
            if answers(running.url):
                return running
            with suppress(ProcessLookupError):
                os.kill(running.pid, signal.SIGKILL)
            until(lambda: status(home) is None, STOP_SECONDS)
            _reap(running.pid)
        port = int(handle.url.removesuffix("/api").rpartition(":")[2])
        return _start(home, start_seconds, port)


def status(home: Path) -> ServerHandle | None:
    """The local server of `home` that runs now, answering or not; None where there is none."""
    told = read_living(_record(home))
    if told is None:
        return None
    return ServerHandle(
        url=told["url"], pid=told["pid"], home=home, guarded=told.get("guarded", False)
    )


def stop(home: Path) -> bool:
    """End the local server of `home` and wait until it is gone; False where none was running."""
    with alone(_lock(home)):
        running = status(home)
        if running is None:
            return False
        _end(running)
        return True


def _end(running: ServerHandle) -> None:
    """End a local server and wait until it is gone; FullcourtError where it stays."""
    pid, home = running.pid, running.home
    assert pid is not None, "a local server has a process"
    assert home is not None, "a local server has a home"
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, sign)
        if until(lambda: status(home) is None, STOP_SECONDS):
            _reap(pid)
            return
    raise FullcourtError(
        f"the Prefect server, process {pid}, does not end; its log: {log_file(home)}"
    )


def answers(url: str) -> bool:
    """Whether the API at `url`, on this machine, says that it is healthy."""
    # A proxy that the environment names knows nothing of this machine's loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/health", timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, http.client.HTTPException):
        return False


def prefect_home(home: Path) -> Path:
    """Where the local server of `home`, and the flows that use it, keep Prefect's files."""
    return home.resolve() / "prefect"


def log_file(home: Path) -> Path:
    """What the local server of `home` writes about itself."""
    return prefect_home(home) / "server.log"


def _start(home: Path, start_seconds: float, port: int | None = None) -> ServerHandle:
    """Start the server of `home`, on `port` or on one that is free;
    FullcourtError where none answers."""
    prefect_home(home).mkdir(parents=True, exist_ok=True)
    password = ensure_password(home)
    used = port or _free_port(USUAL_PORT, 0)
    server = _serve(home, used, password, start_seconds)
    if server.poll() is not None and port is None and not _is_free(used):
        # Another server took the port between its choice and its use.
        used = _free_port(0)
        server = _serve(home, used, password, start_seconds)
    url = _url(used)
    if server.poll() is None:
        return ServerHandle(url=url, started_here=True, pid=server.pid, home=home)
    last_words = log_file(home).read_text(errors="replace").strip().splitlines()[-5:]
    raise FullcourtError(
        f"the Prefect server did not answer at {url} within {start_seconds:.0f} s "
        f"(exit {server.returncode}); its log, {log_file(home)}, ends:\n"
        + "\n".join(last_words)
    )


def _serve(
    home: Path, port: int, password: str, start_seconds: float
) -> subprocess.Popen[bytes]:
    """Start a server and wait until it answers; it has ended where it did not in that time."""
    server = _launch(home, port, password)
    # Whoever else answers at the address does not know the password.
    until(
        lambda: server.poll() is not None or is_ours(_url(port), password),
        start_seconds,
    )
    if server.poll() is not None or not is_ours(_url(port), password):
        server.kill()
        _reap(server.pid)
    return server


def _server_environment(home: Path, port: int, password: str) -> dict[str, str]:
    # What the caller's shell and folder say of Prefect is meant for another server.
    environ = _environment_without("PREFECT_")
    # Its log holds any character, whatever the encoding of the terminal that started it.
    environ |= SERVER_SETTINGS | server_guards(port, password)
    environ["PREFECT_HOME"] = str(prefect_home(home))
    environ["PYTHONIOENCODING"] = "utf-8"
    return environ


def _launch(home: Path, port: int, password: str) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-m", "prefect", "server", "start"]
    with hold(_record(home)) as record, log_file(home).open("wb") as log:
        server = subprocess.Popen(
            [*program, "--host", HOST, "--port", str(port)],
            env=_server_environment(home, port, password),
            cwd=prefect_home(home),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is meant for the command, not for the server.
            start_new_session=True,
            pass_fds=[record.fileno()],
        )
        json.dump({"url": _url(port), "pid": server.pid, "guarded": True}, record)
    _children[server.pid] = server
    return server


def _reap(pid: int) -> None:
    if child := _children.pop(pid, None):
        child.wait()


def _url(port: int) -> str:
    """The address of the API of a server on this machine."""
    return f"http://{HOST}:{port}/api"


def _environment_without(prefix: str) -> dict[str, str]:
    environ: dict[str, str] = {}
    for name, value in os.environ.items():
        if not name.startswith(prefix):
            environ[name] = value
    return environ


def _free_port(*wanted: int) -> int:
    """The first of these ports that is free; 0 is any."""
    for port in wanted:
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise FullcourtError(f"no port of {HOST} is free for the Prefect server")


def _is_free(port: int) -> bool:
    """Whether nobody listens on this port."""
    try:
        return _free_port(port) == port
    except FullcourtError:
        return False


def _record(home: Path) -> Path:
    return home / "server.json"


def _lock(home: Path) -> Path:
    return home / "server.lock"
