"""`fetch`: what a source has, into snapshots; asked politely, and told as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypedDict

from core.errors import ConfigError
from sources.nba_api import plan as nba_plan
from sources.nba_api import site
from sources.nba_api.season import fetch_season
from sources.sportsdataverse import season as sportsdataverse
from sources.web.calls import Call
from sources.web.client import Client
from sources.web.fetching import Asked, Blocked, Fetching, Paused, make_call
from sources.web.pace import Pace
from sources.web.snapshots import Folder

SOURCES = ("nba", "sportsdataverse")


@dataclass(frozen=True)
class FetchRequest:
    """What to fetch, and into which folder; `seasons` are starting years."""

    source: str
    folder: Path
    seasons: tuple[int, ...]
    since: date | None = None
    tables: tuple[str, ...] = nba_plan.TABLES
    box_scores: bool = False


class Fetched(TypedDict):
    """What a run fetched.

    `asked`: calls made, attempts that failed among them. `stored`, `held`: answers of this run and
    of earlier ones. `failed`: calls without an answer, with the reason. `pending`: final games that
    their source does not have yet. `notes`: what was odd about answers that were stored. `stopped`:
    why the run ended early; empty when it did not.
    """

    source: str
    folder: str
    asked: int
    stored: int
    held: int
    bytes: int
    rows: dict[str, int]
    failed: list[dict[str, Any]]
    pending: list[str]
    notes: list[str]
    stopped: dict[str, Any]


class Forecast(TypedDict):
    """What a run would ask: calls at most, the minutes that they take, and credits."""

    source: str
    calls: int
    minutes: float
    credits: int


@dataclass
class Watcher:
    """Who watches a run: told how many calls are known to be left, and what became of each."""

    on_plan: Callable[[int], None] = lambda calls: None
    on_call: Callable[[Asked], None] = lambda asked: None


@dataclass
class Tally:
    """What a run has done so far, and why it ended early."""

    source: str
    folder: Path
    done: list[Asked] = field(default_factory=list)
    stopped: dict[str, Any] = field(default_factory=dict)

    def take(self, calls: Iterator[Asked], watcher: Watcher) -> None:
        """Make the calls one after another, until they are made or the site wants no more."""
        try:
            for asked in calls:
                self.done.append(asked)
                watcher.on_call(asked)
        except Blocked as error:
            self.stopped = {
                "why": "blocked",
                "reason": error.reason,
                "hangs": error.hangs,
            }
        except Paused as error:
            self.stopped = {
                "why": "paused",
                "reason": error.reason,
                "minutes": error.minutes,
            }

    def to_fetched(self, asked: int) -> Fetched:
        """The run as plain data, after so many calls."""
        stored = [one for one in self.done if one.snapshot is not None]
        snapshots = [one.snapshot for one in self.done if one.snapshot is not None]
        rows: Counter[str] = Counter()
        for snapshot in snapshots:
            rows[snapshot.endpoint] += snapshot.rows
        new = sum(one.is_new for one in stored)
        pending = {game for snapshot in snapshots for game in snapshot.pending}
        failed = [_failed(one) for one in self.done if one.snapshot is None]
        notes = [f"{one.call.title}: {note}" for one in stored for note in one.notes]
        return Fetched(
            source=self.source,
            folder=str(self.folder),
            asked=asked,
            stored=new,
            held=len(stored) - new,
            bytes=sum(snapshot.bytes for snapshot in snapshots),
            rows=dict(rows),
            failed=failed,
            pending=sorted(pending),
            notes=notes,
            stopped=self.stopped,
        )


def _failed(asked: Asked) -> dict[str, Any]:
    call = {"call": asked.call.title, "endpoint": asked.call.endpoint}
    return {**call, "reason": asked.reason, "status": asked.status}


@dataclass(frozen=True)
class Network:
    """How the network is reached: the client for headers, the pace for a pause in seconds.

    `as_task` makes a call, and may tell somebody of it; `now` is the moment of a call.
    """

    client: Callable[[Mapping[str, str]], Client] = Client
    pace: Callable[[float], Pace] = Pace
    as_task: Callable[[Call, Callable[[], Asked]], Asked] = make_call
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def exit_code(done: Fetched) -> int:
    """0 when all is there; 4 when some is, and the same command goes on; 2 when nothing is."""
    has_some = bool(done["stored"] or done["held"])
    falls_short = _falls_short(done)
    if falls_short and not has_some:
        return 2
    return 4 if falls_short or done["pending"] else 0


def _falls_short(done: Fetched) -> bool:
    """Whether a call failed, or the site wanted no more of them."""
    return bool(done["failed"] or done["stopped"])


@dataclass(frozen=True)
class _Site:
    """Where a source is asked, with which headers, and how its calls are made."""

    base: str
    headers: Mapping[str, str]
    calls: Callable[[Fetching, FetchRequest, Watcher], Iterator[Asked]]
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def pause(self) -> float:
        """Seconds between two calls: what the strictest of its addresses wants."""
        return max(
            site.pause(address) for address in (self.base, *self.others.values())
        )


def _site(source: str) -> _Site:
    """The site of a source; ConfigError where its address is none, or nobody knows the source."""
    if source == "nba":
        base = site.base_url(site.URL_VARIABLE, site.URL)
        others = site.other_sites()
        return _Site(base, site.headers(), _of_nba, others)
    if source == sportsdataverse.SOURCE:
        base = site.base_url(sportsdataverse.URL_VARIABLE, sportsdataverse.URL)
        return _Site(base, sportsdataverse.HEADERS, _of_sportsdataverse)
    raise ConfigError(f"{source!r} is not a source; name one of: {', '.join(SOURCES)}")


def forecast(request: FetchRequest) -> Forecast:
    """What a run would ask; nothing is asked for it."""
    calls = _usual_calls(request)
    seconds = Pace(_site(request.source).pause).seconds_for(calls)
    minutes = round(seconds / 60, 1)
    return Forecast(
        source=request.source,
        calls=calls,
        minutes=minutes,
        credits=0,
    )


def _usual_calls(request: FetchRequest) -> int:
    if request.source == "nba":
        return sum(nba_plan.usual_calls(wish) for wish in _wishes(request))
    return sum(len(sportsdataverse.calls(season)) for season in request.seasons)


def fetch(
    request: FetchRequest,
    watcher: Watcher | None = None,
    network: Network | None = None,
) -> Fetched:
    """Fetch what is not there yet; what was stored stays, whatever ends the run.

    SourceError where another process holds the folder.
    """
    watcher, reached = watcher or Watcher(), network or Network()
    folder, asked_site = Folder(request.folder), _site(request.source)
    tally = Tally(request.source, request.folder)
    with ExitStack() as stack:
        stack.enter_context(folder.hold())
        client = stack.enter_context(reached.client(asked_site.headers))
        fetching = Fetching(
            base=asked_site.base,
            client=client,
            pace=reached.pace(asked_site.pause),
            folder=folder,
            now=reached.now,
            as_task=reached.as_task,
            sites=asked_site.others,
        )
        fetching.remember_calls()
        tally.take(asked_site.calls(fetching, request, watcher), watcher)
        return tally.to_fetched(fetching.asked)


def _wishes(request: FetchRequest) -> list[nba_plan.Wish]:
    return [
        nba_plan.Wish(season, request.since, request.tables, request.box_scores)
        for season in request.seasons
    ]


def _of_nba(
    fetching: Fetching, request: FetchRequest, watcher: Watcher
) -> Iterator[Asked]:
    for wish in _wishes(request):
        yield from fetch_season(fetching, wish, watcher.on_plan)


def _of_sportsdataverse(
    fetching: Fetching, request: FetchRequest, watcher: Watcher
) -> Iterator[Asked]:
    for season in request.seasons:
        yield from sportsdataverse.fetch_season(fetching, season, watcher.on_plan)
