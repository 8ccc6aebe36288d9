"""The site's address and the headers that it wants; both are settings."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from importlib import import_module
from urllib.parse import urlsplit

from core.errors import ConfigError
from sources.web.pace import PAUSE_SECONDS

URL_VARIABLE, URL = "FULLCOURT_NBA_STATS_URL", "https://stats.nba.com/stats"
HEADERS_VARIABLE = "FULLCOURT_NBA_STATS_HEADERS"
CDN, CDN_VARIABLE = "cdn", "FULLCOURT_NBA_CDN_URL"
CDN_URL = "https://cdn.nba.com/static/json/staticData"
PAUSE_VARIABLE = "FULLCOURT_FETCH_PAUSE"
SOURCE = "nba"

HEADERS = {
    "User-Agent": (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/145.0.0.0 Safari/537.36"
    ),
    "Accept": "application/json, text/plain, */*",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
    "Referer": "https://www.nba.com/",
    "Pragma": "no-cache",
    "Cache-Control": "no-cache",
    "Sec-Ch-Ua": '"Not:A-Brand";v="99", "Google Chrome";v="145", "Chromium";v="145"',
    "Sec-Ch-Ua-Mobile": "?0",
    "Sec-Fetch-Dest": "empty",
}
"""Those of nba_api 1.12.0, a browser's on the site's own pages; without them it does not answer."""
OURS = ("Host", "Accept-Encoding")
"""Headers that are never taken from elsewhere: our client asks several hosts, and unpacks gzip."""


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


def other_sites(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The league's other site by name: the setting, else the usual one; none where only
    stats.nba.com has a stand-in, which then stands in for all."""
    given = os.environ if environ is None else environ
    if given.get(URL_VARIABLE) and not given.get(CDN_VARIABLE):
        return {}
    return {CDN: base_url(CDN_VARIABLE, CDN_URL, given)}


def installed_headers() -> dict[str, str]:
    """The headers of an installed nba_api, which is no dependency; none where there is none.

    It follows the site sooner. The host and the packing of answers stay ours.
    """
    try:
        found = import_module("nba_api.stats.library.http").STATS_HEADERS
        return {str(name): str(found[name]) for name in found if name not in OURS}
    except (ImportError, AttributeError, TypeError):
        return {}


def _newer(theirs: Mapping[str, str]) -> Mapping[str, str]:
    """Those headers where their browser is newer than ours; else ours."""
    if _browser(theirs) <= _browser(HEADERS):
        return HEADERS
    return {**theirs, "Accept-Encoding": HEADERS["Accept-Encoding"]}


def _browser(named: Mapping[str, str]) -> int:
    """The version of the browser that headers are of; 0 where they name none."""
    found = re.search(r"Chrome/(\d+)", named.get("User-Agent", ""))
    return int(found[1]) if found else 0


def headers(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The headers of a call: ours, or those of an installed nba_api that is newer.

    FULLCOURT_NBA_STATS_HEADERS, a JSON object, changes some of them.
    """
    given = os.environ if environ is None else environ
    try:
        changed = json.loads(given.get(HEADERS_VARIABLE) or "{}")
        named = {str(name): str(value) for name, value in changed.items()}
        return {**_newer(installed_headers()), **named}
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
