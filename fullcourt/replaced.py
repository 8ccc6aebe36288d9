"""What of Prefect, and of what it uses, is replaced while a run talks to a server, and put back.

Nothing here is imported before the environment that Prefect reads is set.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache, wraps
from http import HTTPStatus
from typing import Any

WHILE_BUSY = (0.02, 0.05, 0.1, 0.2)
"""Seconds between a request to a busy local server and the next, before Prefect's own waits."""


@contextmanager
def _replaced(owner: Any, name: str, replace: Callable[[Any], Any]) -> Iterator[None]:
    """Put in the place of a function what `replace` makes of it; nothing where Prefect has none of
    that name any more."""
    before = getattr(owner, name, None)
    if before is None:
        yield
        return
    setattr(owner, name, replace(before))
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def clients_of_local_server() -> Iterator[None]:
    """Let the clients of a local server make and wait for less."""
    with ExitStack() as stack:
        stack.enter_context(_one_tls_context())
        stack.enter_context(_asking_again_at_once())
        stack.enter_context(_one_token())
        stack.enter_context(_one_place_of_results())
        yield


@contextmanager
def _one_tls_context() -> Iterator[None]:
    """Let clients share the TLS context that none of them uses.

    Each phase, gate and queue makes a client of its own, and that reads the certificates of all
    authorities anew, for 25 ms.
    """
    import ssl

    with _replaced(ssl, "create_default_context", cache):
        yield


@contextmanager
def _asking_again_at_once() -> Iterator[None]:
    """Let clients ask a server again at once where it is busy.

    Its SQLite file has one writer: what a request meant to write while a queue of the server's own
    was writing is answered with 503. Prefect's clients would wait for two seconds then.
    """
    from prefect.client.base import PrefectHttpxAsyncClient, PrefectHttpxSyncClient

    name = "_send_with_retry"
    with (
        _replaced(PrefectHttpxSyncClient, name, _sending(_at_once)),
        _replaced(PrefectHttpxAsyncClient, name, _sending(_at_once_async)),
    ):
        yield


def _sending(at_once: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Makes of a client's method that takes what sends a request one that is given `at_once` of
    that."""

    def replace(before: Any) -> Any:
        @wraps(before)
        def send_with_retry(
            client: Any, *request: Any, send: Any, **options: Any
        ) -> Any:
            return before(client, *request, send=at_once(send), **options)

        return send_with_retry

    return replace


def _at_once(send: Callable[..., Any]) -> Callable[..., Any]:
    """What sends a request, a few times more where the server is busy."""

    def send_again(*request: Any, **options: Any) -> Any:
        response = send(*request, **options)
        for pause in WHILE_BUSY:
            if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            time.sleep(pause)
            response = send(*request, **options)
        return response

    return send_again


def _at_once_async(send: Callable[..., Any]) -> Callable[..., Any]:
    """As `_at_once`, for a client whose answers are awaited."""

    async def send_again(*request: Any, **options: Any) -> Any:
        response = await send(*request, **options)
        for pause in WHILE_BUSY:
            if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(pause)
            response = await send(*request, **options)
        return response

    return send_again


@contextmanager
def _one_token() -> Iterator[None]:
    """Let clients share the token against forged requests, which the server keeps by client.

    Each would ask for one of its own, for 7 ms, before the first thing that it changes.
    """
    from prefect.client.base import PrefectHttpxAsyncClient, PrefectHttpxSyncClient

    shared, name = _SharedToken(), "_add_csrf_headers"
    with (
        _replaced(PrefectHttpxSyncClient, name, shared.added_by),
        _replaced(PrefectHttpxAsyncClient, name, shared.added_by_async),
    ):
        yield


class _SharedToken:
    """The token that a client of Prefect's was given last, for all others."""

    def __init__(self) -> None:
        self._client_id: object = None
        self._token: str | None = None
        self._expiration: object = None

    def added_by(self, add: Callable[[Any, Any], None]) -> Callable[..., None]:
        """What a client adds its token with: the shared one, where there is one."""

        def add_shared(client: Any, request: Any) -> None:
            self._hand_to(client)
            add(client, request)
            self._take_from(client)

        return add_shared

    def added_by_async(
        self, add: Callable[[Any, Any], Awaitable[None]]
    ) -> Callable[..., Awaitable[None]]:
        """As `added_by`, for a client whose answers are awaited."""

        async def add_shared(client: Any, request: Any) -> None:
            self._hand_to(client)
            await add(client, request)
            self._take_from(client)

        return add_shared

    def _hand_to(self, client: Any) -> None:
        """Give a client the token, unless the server has just refused it from that client."""
        is_refused = not client.csrf_token and client.csrf_client_id == self._client_id
        if self._token and not is_refused:
            client.csrf_client_id = self._client_id
            client.csrf_token = self._token
            client.csrf_token_expiration = self._expiration

    def _take_from(self, client: Any) -> None:
        self._client_id = client.csrf_client_id
        self._token = client.csrf_token
        self._expiration = client.csrf_token_expiration


@contextmanager
def _one_place_of_results() -> Iterator[None]:
    """Let flows ask a server once where it keeps results.

    Each flow that no other one calls asks three times, for 6 ms each.
    """
    from prefect import results

    name = "_read_server_default_result_storage_block_id"
    with _replaced(results, name, cache):
        yield


@contextmanager
def parameters_by_pydantic() -> Iterator[None]:
    """Let Pydantic alone make JSON of what a flow was called with.

    Prefect asks FastAPI, which asks Pydantic, and importing FastAPI for that takes an eighth of a
    second of CPU.
    """
    from prefect import Flow

    with _replaced(Flow, "serialize_parameters", lambda _before: _json_parameters):
        yield


def _json_parameters(
    _flow: object, parameters: Mapping[str, object]
) -> dict[str, object]:
    """What a flow was called with as its page shows it; of what is no JSON, its class."""
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    found: dict[str, object] = {}
    for name, value in parameters.items():
        try:
            found[name] = to_jsonable_python(value)
        except PydanticSerializationError:
            found[name] = f"<{type(value).__name__}>"
    return found


@contextmanager
def patient_clients() -> Iterator[None]:
    """Let every client try again while the server is started anew.

    A client of Prefect's that has never connected gives up at the first refused connection, so as
    to tell of a wrong address at once. For a run whose server has answered already: it comes back
    at the same address, or the guard ends the run.
    """
    from prefect.client.base import PrefectHttpxAsyncClient, PrefectHttpxSyncClient

    classes: tuple[Any, ...] = (PrefectHttpxAsyncClient, PrefectHttpxSyncClient)
    for kind in classes:
        kind._has_connected = property(_always, _keep_for_later)
    try:
        yield
    finally:
        for kind in classes:
            del kind._has_connected


def _always(_client: object) -> bool:
    """That a client has connected, whatever it says of itself."""
    return True


def _keep_for_later(client: object, connected: bool) -> None:
    """What a client says of itself, for those that outlive the run: a logger's sends its last."""
    vars(client)["_has_connected"] = connected
