"""Who may use the local Prefect server: whoever knows its password, from pages of its own.

Any page that a browser shows can send requests to the loopback, so that a server there without a
password is open to every site that its user visits. The password is made once, kept in the home for
its owner alone, handed to our own client, and asked for by the dashboard.
"""

from __future__ import annotations

import base64
import http.client
import os
import secrets
import stat
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

USER = "fullcourt"
ELSEWHERE = "https://elsewhere.invalid"
"""An origin that no server of ours has reason to answer."""
LOOK_SECONDS = 5.0
GUARDED_PATH = "/admin/version"
"""Of the paths that need the password, one that only tells."""


def ensure_password(home: Path) -> str:
    """The password of the home's server, made where there is none that its owner alone can read."""
    if known := read_password(home):
        return known
    password = f"{USER}:{secrets.token_urlsafe(24)}"
    path = password_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        path.unlink()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)
    return password


def read_password(home: Path) -> str | None:
    """The password of the home's server; None where there is none,
    or where others could read it."""
    path = password_file(home)
    try:
        is_private = not stat.S_IMODE(path.stat().st_mode) & 0o077
        return (path.read_text().strip() or None) if is_private else None
    except (OSError, UnicodeDecodeError):
        return None


def password_file(home: Path) -> Path:
    """Where the password of the home's server is kept."""
    return home / "server.password"


def server_guards(port: int, password: str) -> dict[str, str]:
    """Settings of a server on the loopback that answers its own pages alone,
    and asks for the password."""
    origins = [f"http://{host}:{port}" for host in ("127.0.0.1", "localhost")]
    return {
        "PREFECT_SERVER_API_AUTH_STRING": password,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": ",".join(origins),
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
        # Left to itself the dashboard asks port 4200, which may be another home's server.
        "PREFECT_UI_API_URL": f"{origins[0]}/api",
    }


def is_ours(url: str, password: str) -> bool:
    """Whether the server at this address of the loopback is the one with this password."""
    return _status(url, password) == http.client.OK and is_closed(url)


def is_closed(url: str) -> bool:
    """Whether the server refuses a caller without a password."""
    return _status(url) in (http.client.UNAUTHORIZED, http.client.FORBIDDEN)


def is_open(url: str) -> bool:
    """Whether the server answers a caller without a password."""
    return _status(url) == http.client.OK


def answers_any_origin(url: str) -> bool:
    """Whether pages of any other site may read what the server answers."""
    request = urllib.request.Request(f"{url}/health", headers={"Origin": ELSEWHERE})
    try:
        with _opener(url).open(request, timeout=LOOK_SECONDS) as response:
            return response.headers.get("Access-Control-Allow-Origin") in (
                "*",
                ELSEWHERE,
            )
    except (OSError, ValueError, http.client.HTTPException):
        return False


def _status(url: str, password: str | None = None) -> int | None:
    """The status that the server gives to a look at its version; None where it does not answer."""
    request = urllib.request.Request(f"{url}{GUARDED_PATH}")
    if password:
        key = base64.b64encode(password.encode()).decode()
        request.add_header("Authorization", f"Basic {key}")
    try:
        with _opener(url).open(request, timeout=LOOK_SECONDS) as response:
            return int(response.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code
    except (OSError, ValueError, http.client.HTTPException):
        return None


def _opener(url: str) -> urllib.request.OpenerDirector:
    """What opens the address: without a proxy where it is of this machine."""
    if "://127.0.0.1:" in url or "://localhost:" in url:
        return urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener()
