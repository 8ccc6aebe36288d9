"""A section of the page, ready to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class PageSection:
    """A section: its name (the id, the template and the script are called so) and its title.

    `shown`: what the template is handed. `data`: what the script draws, as plain data; None for a
    section without a script. `absent`: the sentence that stands in its place where there are no
    facts to show.
    """

    name: str
    title: str
    shown: Mapping[str, Any] = field(default_factory=dict)
    data: Any = None
    absent: str = ""
