"""The stand-in itself: an HTTP server on loopback, its routes,
its faults and its log of requests."""

from __future__ import annotations

import json
import socket
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.bigquery_stand_in import values
from tests.bigquery_stand_in.asked import Asked, Request
from tests.bigquery_stand_in.engine import Engine
from tests.bigquery_stand_in.faults import (
    HTTP_AFTER,
    HTTP_BEFORE,
    OF_JOBS,
    Fault,
    Faults,
    Kind,
)
from tests.bigquery_stand_in.jobs import Job, Jobs
from tests.bigquery_stand_in.metadata import Metadata
from tests.bigquery_stand_in.refusals import Refusal

PAGE = 1000
SLOW_SECONDS = 0.3


@dataclass
class StandIn:
    """BigQuery on loopback; `with StandIn() as stand_in` serves until the block ends."""

    engine: Engine = field(default_factory=Engine)
    faults: Faults = field(default_factory=Faults)
    log: list[Request] = field(default_factory=list)
    page_rows: int = PAGE
    read_only: bool = False
    """Whether every request that would change anything is refused, dry runs of such among them."""

    def __post_init__(self) -> None:
        self.jobs, self.metadata = Jobs(self.engine), Metadata(self.engine)
        self.uploads: dict[str, tuple[dict[str, Any], bytearray]] = {}
        self.broken: list[str] = []
        self.connections: list[socket.socket] = []
        handler = type("BoundHandler", (_Handler,), {"stand_in": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandIn:
        threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        # Threads that wait for another request of a client would outlive the test.
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.engine.connection.close()

    def calls(self, call: str, **wanted: object) -> list[Request]:
        """The logged requests of a call; by step, dry_run and so on."""
        return [
            r
            for r in self.log
            if r.call == call and all(getattr(r, k) == v for k, v in wanted.items())
        ]


class _Handler(BaseHTTPRequestHandler):
    """One connection; every request is answered in one flush."""

    stand_in: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        """Remember the connection, to end it with the stand-in."""
        super().setup()
        self.stand_in.connections.append(self.connection)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the log of the stand-in is what counts."""

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer("POST")

    def do_PUT(self) -> None:
        """Answer a PUT."""
        self._answer("PUT")

    def do_PATCH(self) -> None:
        """Answer a PATCH."""
        self._answer("PATCH")

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.sent: dict[str, str] = {}
        asked = Asked.of(method, self.path, self.headers, raw, self.stand_in.jobs.known)
        fault = self.stand_in.faults.of(asked.call, asked.step, asked.dry_run)
        status, body = self._done(asked, fault)
        kind = fault.kind if fault else None
        self.stand_in.log.append(asked.logged(status, kind))
        if kind in (Kind.RESET_BEFORE, Kind.RESET_AFTER):
            self.close_connection = True
            return
        if kind is Kind.SLOW:
            time.sleep(SLOW_SECONDS)
        text = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        for name, value in {**self.sent, "Content-Type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        self.wfile.flush()

    def _done(
        self, asked: Asked, fault: Fault | None
    ) -> tuple[int, dict[str, Any] | None]:
        """Status and body; an error of the stand-in's own is a 501, which no client retries."""
        if self.stand_in.read_only and asked.writes:
            denied = HTTP_BEFORE[Kind.DENIED]
            return denied.status, denied.body()
        if fault and fault.kind in HTTP_BEFORE:
            return HTTP_BEFORE[fault.kind].status, HTTP_BEFORE[fault.kind].body()
        if fault and fault.kind is Kind.RESET_BEFORE:
            return 0, None
        try:
            fails = (
                Refusal(*OF_JOBS[fault.kind])
                if fault and fault.kind in OF_JOBS
                else None
            )
            done = 200, self._work(asked, fails)
        except Refusal as refusal:
            done = refusal.status, refusal.body()
        except Exception as error:
            self.stand_in.broken.append(traceback.format_exc())
            own = Refusal(
                "notImplemented",
                f"the stand-in itself broke: {type(error).__name__}: {error}",
            )
            return own.status, own.body()
        if fault and fault.kind in HTTP_AFTER:
            return HTTP_AFTER[fault.kind].status, HTTP_AFTER[fault.kind].body()
        return done

    def _work(self, asked: Asked, fails: Refusal | None) -> dict[str, Any]:
        jobs, metadata, named, body = (
            self.stand_in.jobs,
            self.stand_in.metadata,
            asked.named,
            asked.body,
        )
        if asked.call == "jobs.upload":
            return self._upload(asked, fails)
        simple: dict[str, Callable[[], dict[str, Any]]] = {
            "jobs.insert": lambda: self._inserted(
                jobs.insert(named["project"], body, None, fails)
            ),
            "jobs.get": lambda: jobs.get(named["job"]).resource(),
            "jobs.cancel": lambda: {"job": jobs.get(named["job"]).resource()},
            "jobs.getQueryResults": lambda: self._results(
                jobs.get(named["job"]), asked.query
            ),
            "datasets.insert": lambda: metadata.create_dataset(body),
            "datasets.get": lambda: metadata.get_dataset(named["dataset"]),
            "datasets.delete": lambda: metadata.delete_dataset(
                named["dataset"], asked.query.get("deleteContents") == "true"
            ),
            "tables.insert": lambda: metadata.create_table(named["dataset"], body),
            "tables.get": lambda: metadata.get_table(named["dataset"], named["table"]),
            "tables.patch": lambda: metadata.patch_table(
                named["dataset"], named["table"], body
            ),
            "tables.delete": lambda: metadata.delete_table(
                named["dataset"], named["table"]
            ),
        }
        if asked.call not in simple:
            raise Refusal("notImplemented", f"the stand-in has no {asked.call}")
        return simple[asked.call]()

    def _inserted(self, job: Job) -> dict[str, Any]:
        """The answer to an insert: running, whatever is known already; a dry run is done."""
        return job.resource(told=bool(job.configuration.get("dryRun")))

    def _results(self, job: Job, query: Mapping[str, str]) -> dict[str, Any]:
        """A page of a query's rows; waits as long as it is asked to."""
        deadline = (
            time.monotonic() + min(int(query.get("timeoutMs", 10_000)), 10_000) / 1000
        )
        while not job.done and time.monotonic() < deadline:
            time.sleep(0.005)
        body: dict[str, Any] = {
            "jobReference": job.resource()["jobReference"],
            "jobComplete": job.done,
        }
        if not job.done:
            return body
        if job.error:
            raise job.error
        first = int(query.get("pageToken") or query.get("startIndex") or 0)
        last = first + min(
            int(query.get("maxResults", self.stand_in.page_rows)),
            self.stand_in.page_rows,
        )
        found = job.answer.rows
        fields = [
            {"name": name, "type": kind, "mode": "NULLABLE"}
            for name, kind in job.answer.columns
        ]
        if job.statement == "SELECT":
            body |= {"totalRows": str(len(found))}
            body |= {"rows": values.rows(found[first:last])} if last > first else {}
            body |= (
                {"pageToken": str(last)} if last < len(found) and last > first else {}
            )
        return body | {
            "schema": {"fields": fields},
            "numDmlAffectedRows": str(job.affected),
        }

    def _upload(self, asked: Asked, fails: Refusal | None) -> dict[str, Any]:
        """A load job whose data comes with it:
        in one request, or in pieces under an upload's id."""
        jobs, project = self.stand_in.jobs, asked.named["project"]
        if asked.query["uploadType"] == "multipart":
            return jobs.insert(project, asked.body, asked.data, fails).resource()
        if "upload_id" not in asked.query:
            upload = uuid.uuid4().hex
            self.stand_in.uploads[upload] = (asked.body, bytearray())
            self.sent["Location"] = f"{self.stand_in.url}{self.path}&upload_id={upload}"
            return {}
        body, received = self.stand_in.uploads[asked.query["upload_id"]]
        received += asked.data
        total = self.headers["Content-Range"].rpartition("/")[2]
        if total == "*" or len(received) < int(total):
            raise Refusal(
                "notImplemented", "the stand-in takes a resumable upload in one piece"
            )
        return jobs.insert(project, body, bytes(received), fails).resource()
