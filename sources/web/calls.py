"""One call of a source: what is asked, of whom, and what it is worth; no network here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

SETTLED_AFTER = timedelta(days=3)
"""Days after a game in which its source may correct its numbers."""
KEY_LENGTH = 16


@dataclass(frozen=True)
class Call:
    """A question to a source: its key is the same in every run, so that an answer is found again.

    `path` follows the base address of the source. `last_day` is the last date with a game that the
    answer is about; None where the answer may change on any day. Credentials are no part of a call.
    `about`: what tells it from its like for a person, where no parameter does. `site` names another
    of the source's sites than its usual one.
    """

    source: str
    endpoint: str
    season: int
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    last_day: date | None = None
    suffix: str = ".json.gz"
    about: str = ""
    site: str = ""

    @property
    def key(self) -> str:
        """A name for the question: sixteen hexadecimal digits."""
        asked = [
            self.source,
            self.endpoint,
            self.season,
            self.path,
            sorted(self.params.items()),
        ]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:KEY_LENGTH]

    @property
    def title(self) -> str:
        """The question for a person: the endpoint, and what tells it from its like."""
        telling = (
            "PlayerOrTeam",
            "SeasonType",
            "DateFrom",
            "DateTo",
            "GameID",
            "TeamID",
            "date",
        )
        told = [self.params[name] for name in telling if self.params.get(name)]
        if self.about:
            told.append(self.about)
        return " ".join(
            [self.endpoint, f"{self.season}-{(self.season + 1) % 100:02d}", *told]
        )


@dataclass(frozen=True)
class Sound:
    """An answer that is believed: its rows, what a person may want to know of it, and the final
    games that it should have and has not yet."""

    rows: int
    notes: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doubtful:
    """An answer that contradicts another; believed once the source has said it twice."""

    sound: Sound
    reason: str


@dataclass(frozen=True)
class Unsound:
    """An answer that is not believed, and why; `is_capped` where it has as many rows as its source
    gives at most, so that a narrower question is to be asked."""

    reason: str
    is_capped: bool = False


Judgement = Sound | Doubtful | Unsound
