"""Calls one after the other: asked at the pace, judged, asked again where they fail, and stored.

Two hangs before anything was answered mean that the site does not talk to this address; three in a
row later, that it has had enough. Three calls in a row that found nobody, however often they were
made, are no better. Each ends the run; what was stored stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.counted import counted
from core.errors import FullcourtError
from sources.web.calls import Call, Doubtful, Judgement, Sound, Unsound
from sources.web.client import Answer, Client, Silence
from sources.web.pace import WINDOW_SECONDS, Pace
from sources.web.snapshots import Folder, Snapshot

RETRIES = 4
HANGS_AT_FIRST, HANGS_LATER = 2, 3
SILENT_CALLS = 3
"""Calls in a row that found nobody, each asked as often as it may be: the rest would too."""
CAPPED_TWICE = 2
LONGEST_ASKED = 900.0
"""Seconds that a site may ask a run to wait; when it asks for more, the run ends."""
FINAL = frozenset({400, 401, 402, 404, 410, 422})
"""Statuses that asking again does not change, at most sites."""
SHOWN = 80

Judge = Callable[[Call, bytes], Judgement]


class Blocked(FullcourtError):
    """The site does not talk to this address: nothing was answered."""

    exit_code = 2

    def __init__(self, reason: str, hangs: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hangs = hangs


class Paused(FullcourtError):
    """The site has stopped answering: says after how many minutes to run again."""

    exit_code = 4

    def __init__(self, reason: str, minutes: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.minutes = minutes


@dataclass(frozen=True)
class Asked:
    """A call, and what became of it: a snapshot, or the reason why there is none.

    `is_new`: it was asked in this run. `notes`: what the judge said of a sound answer. `is_capped`:
    its source gives fewer rows than the answer has, and said so twice.
    """

    call: Call
    snapshot: Snapshot | None = None
    is_new: bool = False
    reason: str = ""
    status: int = 0
    notes: tuple[str, ...] = ()
    is_capped: bool = False


def make_call(call: Call, ask: Callable[[], Asked]) -> Asked:
    """Make a call, and tell nobody."""
    return ask()


@dataclass
class Fetching:
    """One run at one source: `base` is its address, `sites` are its other ones by name, `secrets`
    parameters that are never kept, `final` the statuses that asking again does not change."""

    base: str
    client: Client
    pace: Pace
    folder: Folder
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    on_answer: Callable[[Answer], None] = lambda answer: None
    as_task: Callable[[Call, Callable[[], Asked]], Asked] = make_call
    final: frozenset[int] = FINAL
    sites: Mapping[str, str] = field(default_factory=dict)
    asked: int = 0
    _answered: bool = False
    _hangs: int = 0
    _silent_calls: int = 0

    def remember_calls(self) -> None:
        """Count what earlier runs asked in the last ten minutes."""
        since = self.now() - timedelta(seconds=WINDOW_SECONDS)
        self.pace.remember(self.folder.calls_since(since))

    def is_due(self, call: Call) -> bool:
        """Whether a call is to be made: it was not answered, or its source may know better."""
        held = self.folder.find(call)
        return held is None or held.is_due_again(call, self.now())

    def fetch(self, call: Call, judge: Judge) -> Asked:
        """The answer to a call: the one that is stored, unless the call is due."""
        if not self.is_due(call):
            return Asked(call, self.folder.find(call))
        return self.as_task(call, lambda: self._ask(call, judge))

    def _ask(self, call: Call, judge: Judge) -> Asked:
        reason, status, said_before, capped = "", 0, b"", 0
        for attempt in range(RETRIES + 1):
            if attempt:
                self.pace.back_off(attempt, self._asked_for)
            found = self._get(call)
            if isinstance(found, Silence):
                reason = found.reason
                continue
            judgement = self._judge(call, found, judge)
            status = found.status
            if isinstance(judgement, Doubtful):
                if found.body == said_before:
                    judgement = judgement.sound
                else:
                    reason, said_before = judgement.reason, found.body
                    continue
            if isinstance(judgement, Sound):
                return self._store(call, found, judgement)
            reason = judgement.reason
            capped += judgement.is_capped
            if capped >= CAPPED_TWICE:
                return Asked(call, reason=reason, status=status, is_capped=True)
            if status in self.final:
                break
        if said_before:
            reason = f"{reason}; and no two answers were alike"
        self._count_silence(reason, is_silent=not status)
        return Asked(call, reason=reason, status=status)

    _asked_for: float = 0.0

    def _get(self, call: Call) -> Answer | Silence:
        """One call, in its turn; Blocked or Paused where the site has had enough."""
        self.pace.wait_for_turn()
        self.asked += 1
        self._asked_for = 0.0
        found = self.client.get(self._url(call), call.params, self.secrets)
        if isinstance(found, Silence):
            self._count_hang(found)
            return found
        self._hangs = 0
        self._silent_calls = 0
        self._answered = True
        self.on_answer(found)
        return found

    def _count_hang(self, silence: Silence) -> None:
        self._hangs += silence.hung
        if not self._answered and self._hangs >= HANGS_AT_FIRST:
            raise Blocked(silence.reason, self._hangs)
        if self._answered and self._hangs >= HANGS_LATER:
            raise Paused(
                f"{counted(self._hangs, 'call')} in a row went unanswered: {silence.reason}",
                60,
            )

    def _count_silence(self, reason: str, is_silent: bool) -> None:
        """Raise Paused after calls in a row that nobody answered."""
        self._silent_calls = self._silent_calls + 1 if is_silent else 0
        if self._silent_calls >= SILENT_CALLS:
            raise Paused(
                f"{counted(self._silent_calls, 'call')} in a row found nobody: {reason}",
                60,
            )

    def _judge(self, call: Call, found: Answer, judge: Judge) -> Judgement:
        if found.status == 429:
            self._heed(found)
        if self._repeats_a_secret(found):
            return Unsound(
                f"answered {found.status} and repeated the key; it is not kept"
            )
        if found.status != 200:
            return Unsound(in_words(found))
        judgement = judge(call, found.body)
        if isinstance(judgement, Unsound) and not _looks_like_data(found):
            return Unsound(in_words(found))
        return judgement

    def _repeats_a_secret(self, found: Answer) -> bool:
        """Whether a credential would be kept, or told, with the answer."""
        return any(secret.encode() in found.body for secret in self.secrets.values())

    def _heed(self, found: Answer) -> None:
        """Wait as long as the site asks, within reason."""
        self._asked_for = _seconds_to_wait(found)
        if self._asked_for > LONGEST_ASKED:
            minutes = round(self._asked_for / 60)
            raise Paused(f"the site asks to wait {minutes} minutes", minutes)

    def _store(self, call: Call, found: Answer, sound: Sound) -> Asked:
        snapshot = self.folder.store(
            call, self._url(call), found.body, sound.rows, sound.pending, self.now()
        )
        return Asked(
            call, snapshot, is_new=True, status=found.status, notes=sound.notes
        )

    def _url(self, call: Call) -> str:
        return f"{self.sites.get(call.site, self.base)}/{call.path}"


def _looks_like_data(found: Answer) -> bool:
    """Whether a body may be what was asked for: JSON, or a parquet file."""
    return found.body[:1] in (b"{", b"[", b"%") or found.body[:4] == b"PAR1"


def _seconds_to_wait(found: Answer) -> float:
    asked = found.headers.get("Retry-After", "")
    if not asked.isdecimal():
        return 0.0
    return float(asked)


def in_words(found: Answer) -> str:
    """What a site said that is not data: status, type and the first words."""
    words = _first_words(found.body)
    kind = found.content_type or "of no type"
    said = f": {words!r}" if words else ", and nothing"
    return f"answered {found.status}, {kind}{said}"


def _first_words(body: bytes) -> str:
    text = body[:400].decode(errors="replace")
    return " ".join(text.split())[:SHOWN]
