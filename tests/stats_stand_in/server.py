"""The stand-in's server on the loopback: answers, faults per call, and a record of every call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.stats_stand_in import answers, bulk, injuries, odds
from tests.stats_stand_in.faults import REPLIES, Reply, reply
from tests.stats_stand_in.league import StandInLeague

HANG_SECONDS = 20.0
CURRENT = "2023-24"


@dataclass(frozen=True)
class Received:
    """A call as it came in: the moment by the stand-in's clock, path, parameters, headers."""

    moment: float
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    fault: str = ""

    @property
    def endpoint(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


def no_fault(number: int, path: str, params: Mapping[str, str]) -> str:
    """A call that goes well."""
    return ""


@dataclass(eq=False)
class StandIn:
    """A running stand-in: `fault` names the fault of the n-th call (from 0), `on_call` is told of
    each before it is answered, `cap` is how many rows a table of an answer has at most."""

    league: StandInLeague
    clock: Callable[[], float] = time.monotonic
    fault: Callable[[int, str, Mapping[str, str]], str] = no_fault
    on_call: Callable[[int], None] = lambda number: None
    calls: list[Received] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0
    credits: int = 0
    cap: int | None = None

    @property
    def url(self) -> str:
        """The address of stats.nba.com's answers."""
        return f"http://127.0.0.1:{self.port}/stats"

    @property
    def cdn_url(self) -> str:
        """The address of the league's other site."""
        return f"http://127.0.0.1:{self.port}/cdn"

    @property
    def bulk_url(self) -> str:
        """The address of sportsdataverse's release files."""
        return f"http://127.0.0.1:{self.port}/bulk"

    @property
    def odds_url(self) -> str:
        """The address of The Odds API."""
        return f"http://127.0.0.1:{self.port}/odds"

    @property
    def injuries_url(self) -> str:
        """The address of the injury reports."""
        return f"http://127.0.0.1:{self.port}/injuries"

    def answer(
        self, path: str, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> Reply:
        """Record a call and answer it."""
        with self.lock:
            number = len(self.calls)
            fault = self.fault(number, path, params)
            self.calls.append(Received(self.clock(), path, params, headers, fault))
        self.on_call(number)
        if path.startswith("/odds/") and fault not in REPLIES:
            return self._odds(path, params)
        return self._reply(path, tuple(sorted(params.items())), fault)

    def _odds(self, path: str, params: Mapping[str, str]) -> Reply:
        """The Odds API's answer; what it costs is counted."""
        found, cost = odds.odds_reply(self.league, path, params, self.credits)
        self.credits += cost
        return found

    def _reply(
        self, path: str, params: tuple[tuple[str, str], ...], fault: str
    ) -> Reply:
        folder, _, name = path.strip("/").partition("/")
        if folder == "bulk":
            return _bulk_reply(self.league, name, fault)
        if folder == "injuries":
            return injuries.injuries_reply(self.league, name, fault)
        if folder == "cdn":
            return _cdn_reply(self.league, name, fault)
        if folder != "stats":
            return Reply(b"not found", 404, "text/plain")
        return _stats_reply(self.league, name, params, fault, self.cap)


@lru_cache(maxsize=64)
def _stats_reply(
    league: StandInLeague,
    name: str,
    params: tuple[tuple[str, str], ...],
    fault: str,
    cap: int | None,
) -> Reply:
    try:
        answer = answers.answer(league, name, dict(params))
    except KeyError:
        return Reply(b"not found", 404, "text/plain")
    return reply(answers.capped(answer, cap), fault)


def _cdn_reply(league: StandInLeague, name: str, fault: str) -> Reply:
    """The schedule of the current season, which is the stand-in's one, as a file."""
    if name != "scheduleLeagueV2.json":
        return Reply(
            b"<Error><Code>AccessDenied</Code></Error>", 403, "application/xml"
        )
    return reply(answers.schedule(league, {"Season": CURRENT}), fault)


@lru_cache(maxsize=16)
def _bulk_reply(league: StandInLeague, name: str, fault: str) -> Reply:
    tag, _, file = name.partition("/")
    body = bulk.release_file(league, tag, file)
    if fault in REPLIES:
        return REPLIES[fault]
    if body is None:
        return Reply(b"Not Found", 404, "text/plain")
    if fault == "cut":
        return Reply(body[: len(body) // 2], content_type="application/octet-stream")
    return Reply(body, content_type="application/octet-stream")


@contextmanager
def stand_in(
    league: StandInLeague, clock: Callable[[], float] = time.monotonic
) -> Iterator[StandIn]:
    """A stand-in for the time of a test."""
    state = StandIn(league, clock)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(state: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = dict(parse_qsl(parts.query, keep_blank_values=True))
            found = state.answer(parts.path, params, dict(self.headers))
            if found.hang:
                state.released.wait(HANG_SECONDS)
                self.close_connection = True
                return
            with suppress(BrokenPipeError, ConnectionResetError):
                self._send(found)

        def _send(self, found: Reply) -> None:
            self.send_response(found.status)
            self.send_header("Content-Type", found.content_type)
            for name, value in found.headers.items():
                self.send_header(name, value)
            promised = len(found.body) if found.length is None else found.length
            self.send_header("Content-Length", str(promised))
            self.end_headers()
            self.wfile.write(found.body)
            if promised > len(found.body):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the calls are on record."""

    return Handler
