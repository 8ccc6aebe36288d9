"""What BigQuery's errors are in fullcourt's tree: by reason and words, never by the client's class.

The client makes InternalServerError of every reason that it does not know.
"""

from __future__ import annotations

import concurrent.futures
from typing import Any

import requests
from google.api_core import exceptions as api
from google.auth import exceptions as auth

from core.errors import (
    AccessDeniedError,
    PermanentWarehouseError,
    TransientWarehouseError,
    WarehouseError,
)
from core.remedy import Remedy, Words

CAUGHT = (
    api.GoogleAPIError,
    requests.RequestException,
    auth.GoogleAuthError,
    concurrent.futures.TimeoutError,
    ConnectionError,
)
"""All that the client raises of what happens outside this process."""

PASSING_REASONS = frozenset(
    (
        "rateLimitExceeded",
        "backendError",
        "internalError",
        "badGateway",
        "jobBackendError",
        "jobInternalError",
        "jobRateLimitExceeded",
        "tableUnavailable",
    )
)
PASSING_WORDS = (
    "Could not serialize access",
    "aborted due to concurrent update",
    "Too many DML statements outstanding",
    "Exceeded rate limits",
)
"""They come as invalidQuery, status 400."""

_PASSING_STATUS = frozenset((408, 429, 500, 502, 503, 504))
_OUTSIDE = (
    requests.RequestException,
    ConnectionError,
    concurrent.futures.TimeoutError,
    auth.TransportError,
)
_REPAIRS: dict[str, Words] = {
    "quotaExceeded": "the project's quota is used up: wait until it is renewed, or have it raised",
    "bytesBilledLimitExceeded": "the statement would read more than its dry run said: look at "
    "its partitions",
    "billingTierLimitExceeded": "the statement needs more computing than the billing tier allows",
    "accessDenied": ("grant the roles that ", Remedy("doctor"), " names"),
}


def reason(error: BaseException) -> str:
    """BigQuery's reason of an error; empty when it gives none."""
    for entry in getattr(error, "errors", None) or ():
        if isinstance(entry, dict) and entry.get("reason"):
            return str(entry["reason"])
    return ""


def our_error(error: BaseException, what: str) -> WarehouseError:
    """The error as ours; `what` was being done."""
    if isinstance(error, api.RetryError) and error.cause is not None:
        error = error.cause
    told = _message(error)
    if _passes(error):
        return TransientWarehouseError(f"{what}: {told}")
    repair = _REPAIRS.get(reason(error), ())
    kind = (
        AccessDeniedError
        if reason(error) == "accessDenied"
        else PermanentWarehouseError
    )
    return kind(f"{what}: {told}", *(("; ", *repair) if repair else ()))


def _passes(error: BaseException) -> bool:
    """Whether trying again may succeed."""
    text = str(error)
    if any(words in text for words in PASSING_WORDS):
        return True
    if why := reason(error):
        return why in PASSING_REASONS
    if isinstance(error, api.GoogleAPICallError):
        return error.code in _PASSING_STATUS
    if isinstance(error, requests.exceptions.SSLError):
        return False
    return isinstance(error, _OUTSIDE)


def _message(error: BaseException) -> str:
    """Reason and message in one line, without the statement that the client adds."""
    message: Any = getattr(error, "message", None) or str(error) or type(error).__name__
    line = str(message).split("\n")[0]
    return f"{reason(error) or type(error).__name__}: {line}"
