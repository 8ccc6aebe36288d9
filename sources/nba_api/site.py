"""The site's address and the headers that it wants; both are settings."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from core.errors import ConfigError
from sources.web.pace import PAUSE_SECONDS

URL_VARIABLE, URL = "FULLCOURT_NBA_STATS_URL", "https://stats.nba.com/stats"
HEADERS_VARIABLE = "FULLCOURT_NBA_STATS_HEADERS"
PAUSE_VARIABLE = "FULLCOURT_FETCH_PAUSE"
SOURCE = "nba"

HEADERS = {
    "User-Agent": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Safari/537.36"
    ),
    "Accept": "application/json, text/plain, */*",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "Referer": "https://www.nba.com/",
    "Origin": "https://www.nba.com",
    "Pragma": "no-cache",
    "Cache-Control": "no-cache",
    "Sec-Ch-Ua": '"Chromium";v="140", "Google Chrome";v="140", "Not;A=Brand";v="24"',
    "Sec-Ch-Ua-Mobile": "?0",
    "Sec-Fetch-Dest": "empty",
}
"""Those of a browser on the site's own pages; without them it does not answer."""


def base_url(
    variable: str, usual: str, environ: Mapping[str, str] | None = None
) -> str:
    """A source's address: the setting, else the usual one; ConfigError where it is no address."""
    given = os.environ if environ is None else environ
    url = (given.get(variable) or usual).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            f"{variable}: {url[:80]!r} is not an address; say it as {usual}"
        )
    if parts.username or parts.password or parts.query:
        raise ConfigError(
            f"{variable}: leave credentials out of the address; say it as {usual}"
        )
    return url


def headers(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The headers of a call; FULLCOURT_NBA_STATS_HEADERS, a JSON object, changes some of them."""
    given = os.environ if environ is None else environ
    try:
        changed = json.loads(given.get(HEADERS_VARIABLE) or "{}")
        return HEADERS | {str(name): str(value) for name, value in changed.items()}
    except (ValueError, AttributeError) as error:
        raise ConfigError(
            f"{HEADERS_VARIABLE}: is not a JSON object; say it as "
            '{"Referer": "https://www.nba.com/"}'
        ) from error


def pause(base: str, environ: Mapping[str, str] | None = None) -> float:
    """Seconds between two calls; less than usual only where a stand-in is asked."""
    given = os.environ if environ is None else environ
    said = given.get(PAUSE_VARIABLE) or str(PAUSE_SECONDS)
    try:
        seconds = float(said)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 60:
        raise ConfigError(
            f"{PAUSE_VARIABLE}: {said[:20]!r} is not a pause; say seconds, such as 1"
        )
    is_stand_in = urlsplit(base).hostname in ("127.0.0.1", "localhost", "::1")
    return seconds if is_stand_in else max(seconds, PAUSE_SECONDS)
