"""A request taken apart: which call of the API it is,
about which job, with which labels and data."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.bigquery_stand_in.faults import Kind
from tests.bigquery_stand_in.jobs import Job

ROUTES = (
    ("jobs.upload", "POST", r"/upload/bigquery/v2/projects/(?P<project>[^/]+)/jobs"),
    ("jobs.upload", "PUT", r"/upload/bigquery/v2/projects/(?P<project>[^/]+)/jobs"),
    ("jobs.cancel", "POST", r"/projects/(?P<project>[^/]+)/jobs/(?P<job>[^/]+)/cancel"),
    ("jobs.insert", "POST", r"/projects/(?P<project>[^/]+)/jobs"),
    ("jobs.get", "GET", r"/projects/(?P<project>[^/]+)/jobs/(?P<job>[^/]+)"),
    (
        "jobs.getQueryResults",
        "GET",
        r"/projects/(?P<project>[^/]+)/queries/(?P<job>[^/]+)",
    ),
    ("datasets.insert", "POST", r"/projects/[^/]+/datasets"),
    ("datasets.get", "GET", r"/projects/[^/]+/datasets/(?P<dataset>[^/]+)"),
    ("datasets.delete", "DELETE", r"/projects/[^/]+/datasets/(?P<dataset>[^/]+)"),
    ("tables.insert", "POST", r"/projects/[^/]+/datasets/(?P<dataset>[^/]+)/tables"),
    (
        "tables.get",
        "GET",
        r"/projects/[^/]+/datasets/(?P<dataset>[^/]+)/tables/(?P<table>[^/]+)",
    ),
    (
        "tables.patch",
        "PATCH",
        r"/projects/[^/]+/datasets/(?P<dataset>[^/]+)/tables/(?P<table>[^/]+)",
    ),
    (
        "tables.delete",
        "DELETE",
        r"/projects/[^/]+/datasets/(?P<dataset>[^/]+)/tables/(?P<table>[^/]+)",
    ),
)


CHANGES = (
    "jobs.upload",
    "datasets.insert",
    "datasets.delete",
    "tables.insert",
    "tables.patch",
    "tables.delete",
)
"""Calls that change something, whatever they carry."""
READS = re.compile(r"(\s|\(|/\*.*?\*/)*(SELECT|WITH)\b", re.DOTALL)
"""A statement that only reads, behind comments."""


@dataclass(frozen=True)
class Request:
    """One request as the log keeps it."""

    call: str
    step: str
    job_id: str
    dry_run: bool
    labels: Mapping[str, str]
    timeout: str | None
    status: int
    fault: Kind | None


@dataclass(frozen=True)
class Asked:
    """A request, taken apart."""

    call: str
    named: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any]
    data: bytes
    labels: Mapping[str, str]
    job_id: str
    timeout: str | None

    @classmethod
    def of(
        cls, method: str, path: str, headers: Any, raw: bytes, known: Mapping[str, Job]
    ) -> Asked:
        """The request of that method and path."""
        parts = urlsplit(path)
        bare = parts.path.removeprefix("/bigquery/v2")
        query = {name: given[0] for name, given in parse_qs(parts.query).items()}
        found = (
            (call, re.fullmatch(p, bare)) for call, verb, p in ROUTES if verb == method
        )
        call, match = next(((c, m) for c, m in found if m), (f"{method} {bare}", None))
        body, data = _taken_apart(call, query, headers, raw)
        named = match.groupdict() if match else {}
        job_id = named.get("job") or body.get("jobReference", {}).get("jobId", "")
        job = known.get(job_id)
        labels = body.get("configuration", {}).get("labels") or (
            job.labels if job else {}
        )
        return cls(
            call,
            named,
            query,
            body,
            data,
            labels,
            job_id,
            headers.get("X-Server-Timeout"),
        )

    @property
    def step(self) -> str:
        """Which step of the product's work it belongs to: a label of its job."""
        return self.labels.get("step", "")

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be done."""
        return bool(self.body.get("configuration", {}).get("dryRun"))

    @property
    def writes(self) -> bool:
        """Whether it would change rows, tables or datasets, if it were done."""
        if self.call in CHANGES:
            return True
        sql = self.body.get("configuration", {}).get("query", {}).get("query", "SELECT")
        return self.call == "jobs.insert" and not READS.match(sql)

    def logged(self, status: int, fault: Kind | None) -> Request:
        """As the log keeps it."""
        return Request(
            self.call,
            self.step,
            self.job_id,
            self.dry_run,
            self.labels,
            self.timeout,
            status,
            fault,
        )


def _taken_apart(
    call: str, query: Mapping[str, str], headers: Any, raw: bytes
) -> tuple[dict[str, Any], bytes]:
    """The JSON of a request, and the data that comes with an upload."""
    if call != "jobs.upload" or (
        query["uploadType"] == "resumable" and "upload_id" not in query
    ):
        return (json.loads(raw) if raw else {}), b""
    if query["uploadType"] == "resumable":
        return {}, raw
    boundary = re.search(r'boundary="?([^";]+)"?', headers["Content-Type"])
    assert boundary, headers["Content-Type"]
    mark = b"--" + boundary[1].encode()
    _, told, data, _ = raw.split(mark)
    return json.loads(_payload(told)), _payload(data)


def _payload(part: bytes) -> bytes:
    """What a part of a multipart body holds, without its headers
    and the line's end before the next mark."""
    return part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
