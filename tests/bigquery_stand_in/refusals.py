"""What the stand-in says no with: an HTTP status, BigQuery's reason,
and a message, in BigQuery's form."""

from __future__ import annotations

from typing import Any

STATUS = {
    "invalid": 400,
    "invalidQuery": 400,
    "resourceInUse": 400,
    "bytesBilledLimitExceeded": 400,
    "accessDenied": 403,
    "quotaExceeded": 403,
    "rateLimitExceeded": 403,
    "jobRateLimitExceeded": 400,
    "notFound": 404,
    "duplicate": 409,
    "backendError": 503,
    "internalError": 500,
    "jobBackendError": 400,
    "notImplemented": 501,
}


class Refusal(Exception):
    """A refusal that BigQuery itself would give."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message

    @property
    def status(self) -> int:
        """The HTTP status that goes with the reason."""
        return STATUS[self.reason]

    def entry(self) -> dict[str, Any]:
        """As one entry of `errors`, and as a job's `errorResult`."""
        return {"reason": self.reason, "message": self.message, "domain": "global"}

    def body(self) -> dict[str, Any]:
        """As the body of an HTTP response."""
        return {
            "error": {
                "code": self.status,
                "message": self.message,
                "errors": [self.entry()],
            }
        }
