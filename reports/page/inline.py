"""What is written into the page itself: scripts, styles and data, so that nothing is fetched."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from markupsafe import Markup

ASSETS = Path(__file__).with_name("assets")
CHARTS = "echarts.common.min.js"
"""Apache ECharts with its common charts: line, bar, pie and scatter."""
CHARTS_VERSION = "6.1.0"
CHARTS_SHA256 = "61f13280aba3161f77fc801bf5f9c786f55f10432153a0683fc5cc0700b013d5"
MARKS = ('<meta name="generator" content="fullcourt">', "<title>fullcourt: ")
"""What stands in the head of a page; the second also in those of earlier versions."""
_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}

_TURNS = {
    number: f"\\u{number:04x}"
    for number in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)
}
"""Characters that turn the direction of what follows, each as it is spelled."""
_TURNS_IN_JSON = {number: f"\\{spelled}" for number, spelled in _TURNS.items()}


def asset(name: str) -> str:
    """The text of a script or style."""
    return (ASSETS / name).read_text(encoding="utf-8")


def json_text(value: Any) -> Markup:
    """Plain data as JSON that ends no script element, whatever its texts are."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = text.translate(_TURNS_IN_JSON)
    for letter, escape in _ESCAPES.items():
        text = text.replace(letter, escape)
    return Markup(text)  # noqa: S704


def visible(text: str) -> str:
    """A text in which nothing unseen turns round what is read: an error message, a reason or a
    command. Words in a script that runs from right to left stay as they are."""
    return text.translate(_TURNS)


def security_policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """The Content-Security-Policy of a page that holds these scripts and styles: they alone run,
    and no request leaves it."""
    allowed = {
        "default-src": "'none'",
        "script-src": _sources(scripts),
        "style-src": _sources(styles),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _sources(texts: Iterable[str]) -> str:
    """Texts by their hashes, as a policy names them."""
    return " ".join(f"'sha256-{_digest(text)}'" for text in texts)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
