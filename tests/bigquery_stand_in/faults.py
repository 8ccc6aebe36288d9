"""Faults that a test plants: which request they befall, and what happens to it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.bigquery_stand_in.refusals import Refusal


class Kind(StrEnum):
    """What goes wrong."""

    UNAVAILABLE = "503 before the work"
    LOST_503 = "503 after the work"
    RATE_LIMITED = "403 rateLimitExceeded"
    RESET_BEFORE = "connection reset before the work"
    RESET_AFTER = "connection reset after the work"
    SLOW = "answered late"
    QUOTA = "403 quotaExceeded"
    DENIED = "403 accessDenied"
    NOT_FOUND = "404 notFound, though it is there"
    JOB_BACKEND = "job fails: backendError"
    JOB_INTERNAL = "job fails: jobInternalError"
    CONFLICT = "job fails: could not serialize"
    CONCURRENT = "job fails: aborted due to concurrent update"
    DML_QUEUE = "job fails: too many DML statements"
    JOB_INVALID = "job fails: invalidQuery"


HTTP_BEFORE = {
    Kind.UNAVAILABLE: Refusal("backendError", "Backend unavailable, please try again"),
    Kind.RATE_LIMITED: Refusal(
        "rateLimitExceeded", "Exceeded rate limits: too many api requests per user"
    ),
    Kind.QUOTA: Refusal(
        "quotaExceeded",
        "Quota exceeded: your project exceeded its quota for free queries",
    ),
    Kind.NOT_FOUND: Refusal("notFound", "Not found: Job"),
    Kind.DENIED: Refusal(
        "accessDenied", "Access Denied: user does not have permission"
    ),
}
HTTP_AFTER = {Kind.LOST_503: HTTP_BEFORE[Kind.UNAVAILABLE]}
OF_JOBS = {
    Kind.JOB_BACKEND: (
        "backendError",
        "Error encountered during execution. Retrying may solve the problem.",
    ),
    Kind.JOB_INTERNAL: (
        "jobInternalError",
        "The job encountered an internal error during execution",
    ),
    Kind.CONFLICT: (
        "invalidQuery",
        "Could not serialize access to table due to concurrent update",
    ),
    Kind.CONCURRENT: (
        "invalidQuery",
        "Transaction is aborted due to concurrent update against table",
    ),
    Kind.DML_QUEUE: (
        "invalidQuery",
        "Resources exceeded: Too many DML statements outstanding against table",
    ),
    Kind.JOB_INVALID: ("invalidQuery", "Unrecognized name: points"),
}
PASSING = tuple(
    k
    for k in Kind
    if k not in (Kind.QUOTA, Kind.DENIED, Kind.NOT_FOUND, Kind.JOB_INVALID)
)
"""Those after which trying again succeeds."""


@dataclass
class Fault:
    """One fault, for the `nth` request of a call (`jobs.insert`; of any, when empty) and step (a
    job's label) and the `times` - 1 after it."""

    kind: Kind
    call: str = ""
    step: str = ""
    nth: int = 1
    times: int = 1
    dry_run: bool | None = None
    seen: int = 0

    def befalls(self, call: str, step: str, dry_run: bool) -> bool:
        """Whether it befalls this request; counts those that it could."""
        if (
            self.call not in ("", call)
            or self.step not in ("", step)
            or self.dry_run not in (None, dry_run)
        ):
            return False
        if self.kind in OF_JOBS and (
            dry_run or call not in ("jobs.insert", "jobs.upload")
        ):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


@dataclass
class Faults:
    """The faults that are planted now."""

    planted: list[Fault] = field(default_factory=list)
    struck: int = 0
    _lock: Any = field(default_factory=threading.Lock)

    def plant(self, *faults: Fault) -> None:
        """Plant these instead of any before."""
        with self._lock:
            self.planted, self.struck = list(faults), 0

    def of(self, call: str, step: str, dry_run: bool) -> Fault | None:
        """The fault that befalls a request, if any."""
        with self._lock:
            found = [
                fault for fault in self.planted if fault.befalls(call, step, dry_run)
            ]
            self.struck += bool(found)
            return found[0] if found else None
