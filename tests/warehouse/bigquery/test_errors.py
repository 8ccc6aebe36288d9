"""BigQuery's errors are told apart by reason and words:
what may pass, and what is refused for good."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from google.api_core import exceptions as api
from google.auth import exceptions as auth

from core.errors import PermanentWarehouseError, TransientWarehouseError
from warehouse.bigquery.errors import our_error


def refused(
    kind: type[api.GoogleAPICallError], reason: str, message: str = "no"
) -> api.GoogleAPICallError:
    """An error as the client raises it."""
    errors: list[Any] = [{"reason": reason, "message": message}]
    return kind(message, errors=errors)


def untyped(kind: Any, *told: Any) -> Exception:
    """An error of a class without types."""
    error: Exception = kind(*told)
    return error


PASSING = [
    refused(api.Forbidden, "rateLimitExceeded"),
    refused(api.ServiceUnavailable, "backendError"),
    refused(api.InternalServerError, "jobInternalError"),
    refused(api.BadRequest, "tableUnavailable"),
    refused(
        api.BadRequest,
        "invalidQuery",
        "Could not serialize access to table p:d.t due to update",
    ),
    refused(
        api.BadRequest,
        "invalidQuery",
        "Transaction is aborted due to concurrent update",
    ),
    refused(
        api.BadRequest,
        "invalidQuery",
        "Too many DML statements outstanding against table p:d.t",
    ),
    refused(
        api.BadRequest,
        "invalidQuery",
        "Exceeded rate limits: too many table update operations",
    ),
    untyped(
        api.RetryError,
        "Timeout of 180s exceeded",
        refused(api.Forbidden, "rateLimitExceeded"),
    ),
    requests.exceptions.ConnectionError("reset"),
    requests.exceptions.ReadTimeout("slow"),
    TimeoutError("slow"),
    untyped(auth.TransportError, "no metadata server"),
]
FOR_GOOD = [
    refused(api.Forbidden, "quotaExceeded"),
    refused(api.InternalServerError, "bytesBilledLimitExceeded"),
    refused(api.InternalServerError, "billingTierLimitExceeded"),
    refused(api.Forbidden, "accessDenied"),
    refused(api.NotFound, "notFound"),
    refused(api.BadRequest, "invalidQuery", "Unrecognized name: points"),
    refused(api.InternalServerError, "somethingNew"),
    requests.exceptions.SSLError("not who it says"),
    untyped(auth.RefreshError, "revoked"),
]


@pytest.mark.parametrize("error", PASSING, ids=lambda e: f"{type(e).__name__} {e}"[:60])
def test_what_may_pass_is_transient(error: Exception) -> None:
    assert isinstance(our_error(error, "merge of t"), TransientWarehouseError)


@pytest.mark.parametrize(
    "error", FOR_GOOD, ids=lambda e: f"{type(e).__name__} {e}"[:60]
)
def test_what_is_refused_for_good_is_permanent_and_names_the_work(
    error: Exception,
) -> None:
    """The client makes a server error of a reason that it does not know,
    which is no reason to try again."""
    ours = our_error(error, "merge of t")
    assert isinstance(ours, PermanentWarehouseError)
    assert str(ours).startswith("merge of t: ")
