"""The network: one GET at a time, with a limit of time of its own. The only user of `requests`.

Nothing is hidden: the status, the type and the bytes of every answer are handed on, and silence is
an answer too. Cookies are neither kept nor sent back. Proxies are those of HTTP_PROXY and
HTTPS_PROXY.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Self

import requests

CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
PROBE_SECONDS = 15.0
"""How long the first call of a run waits: a site that lets it hang shows that soon."""
MOST_BYTES = 512 * 2**20
CHUNK = 2**16
_CAUSES = {
    requests.exceptions.ProxyError: "the proxy refused the connection",
    requests.exceptions.SSLError: "the certificate was not accepted",
    requests.exceptions.ConnectionError: "the connection was refused or broke off",
    requests.exceptions.ChunkedEncodingError: "the answer broke off",
    requests.exceptions.ContentDecodingError: "the answer could not be unpacked",
}


@dataclass(frozen=True)
class Answer:
    """What a site said: status, type, bytes, and the headers that callers may look at."""

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Silence:
    """No answer, or one that broke off: `hung` where the time ran out."""

    reason: str
    hung: bool


class Client:
    """A session with the headers of a source; a context manager."""

    def __init__(
        self,
        headers: Mapping[str, str],
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        probe_seconds: float = PROBE_SECONDS,
    ) -> None:
        self._session = _session_without_cookies(headers)
        self._connect, self._read = connect_seconds, read_seconds
        self.probe_seconds = probe_seconds
        self._answered = False

    def get(
        self,
        url: str,
        params: Mapping[str, str],
        secrets: Mapping[str, str] | None = None,
    ) -> Answer | Silence:
        """The answer to one GET; `secrets` are parameters that nobody is told of."""
        if secrets:
            # At DEBUG it writes the whole address of every call.
            logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
        read = self._read if self._answered else min(self._read, self.probe_seconds)
        try:
            found = self._session.get(
                url,
                params={**params, **(secrets or {})},
                timeout=(self._connect, read),
                stream=True,
            )
            with found:
                body = _read_all(found)
        except requests.exceptions.Timeout:
            return Silence(f"timed out after {read:g} s", hung=True)
        except requests.exceptions.RequestException as error:
            return Silence(_plain(error), hung=False)
        self._answered = True
        kind = found.headers.get("Content-Type", "").partition(";")[0]
        return Answer(found.status_code, kind, body, dict(found.headers))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()


def _session_without_cookies(headers: Mapping[str, str]) -> requests.Session:
    session = requests.Session()
    session.headers.update(headers)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _read_all(found: requests.Response) -> bytes:
    """The whole body, unpacked; ChunkedEncodingError where it broke off."""
    parts: list[bytes] = []
    size = 0
    for part in found.iter_content(CHUNK):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise requests.exceptions.ContentDecodingError("larger than any answer is")
    return b"".join(parts)


def _plain(error: requests.exceptions.RequestException) -> str:
    """What went wrong, without the address: it may hold a credential."""
    for kind, cause in _CAUSES.items():
        if issubclass(type(error), kind):
            return cause
    return f"no answer ({type(error).__name__})"
