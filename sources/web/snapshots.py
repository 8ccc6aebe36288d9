"""Answers as they were received, one file each, and a manifest that says what every file is.

    snapshots/<source>/<endpoint>/<season>/<key>-<sha256>.json.gz
    snapshots/manifest.jsonl

A file is written under another name, brought to disk and renamed before the manifest has its line,
so that whatever is cut, a file that the manifest names is whole. Nothing is ever changed: a
corrected answer is another file beside the old one.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.errors import SourceError
from sources.web.calls import SETTLED_AFTER, Call

MANIFEST, LOCK, PART = "manifest.jsonl", ".lock", ".part"
SHORT_SHA = 12
CACHED = timedelta(minutes=30)
"""How long the sites themselves keep an answer: asking sooner gives the same."""


@dataclass(frozen=True)
class Snapshot:
    """A line of the manifest: which question, when it was asked, and the file with the answer."""

    key: str
    source: str
    endpoint: str
    season: int
    url: str
    params: Mapping[str, str]
    status: int
    fetched_at: str
    sha256: str
    bytes: int
    rows: int
    file: str
    pending: tuple[str, ...] = ()

    @property
    def moment(self) -> datetime:
        """When it was asked (UTC)."""
        return datetime.fromisoformat(self.fetched_at)

    def is_due_again(self, call: Call, now: datetime) -> bool:
        """Whether its source may know better by now: a game of it is recent, or it lacks one."""
        if (
            call.last_day is not None
            and self.moment.date() > call.last_day + SETTLED_AFTER
        ):
            return False
        return now - self.moment >= CACHED


class Folder:
    """A folder of snapshots; `held` while a run writes into it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._newest: dict[str, Snapshot] | None = None

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the folder for one run; SourceError names who else does.

        What a run left unfinished that was killed is taken away: parts of files, and a line of the
        manifest that was cut.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.root / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._lock(descriptor)
            self._tidy()
            yield
        finally:
            os.close(descriptor)

    def _lock(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = (
                os.pread(descriptor, 100, 0).decode(errors="replace").strip()
                or "a process"
            )
            raise SourceError(
                f"{self.root}: {holder} is fetching into this folder; wait for it, or give another "
                "one with --to"
            ) from error
        with _naming(self.root / LOCK):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"process {os.getpid()}".encode(), 0)

    def _tidy(self) -> None:
        for part in self.root.rglob(f"*{PART}"):
            part.unlink()
        manifest = self.root / MANIFEST
        if manifest.exists():
            _drop_cut_line(manifest)

    def newest(self) -> Mapping[str, Snapshot]:
        """The latest snapshot of every question whose file is there, by key, in the order of
        fetching; a line that is no line of a manifest is left out."""
        if self._newest is None:
            self._newest = self._latest_by_key()
        return self._newest

    def newest_of(self, source: str, seasons: Collection[int] = ()) -> list[Snapshot]:
        """Those of one source and these seasons, all of them where none is named."""
        return [
            snapshot
            for snapshot in self.newest().values()
            if snapshot.source == source and (not seasons or snapshot.season in seasons)
        ]

    def _latest_by_key(self) -> dict[str, Snapshot]:
        latest: dict[str, Snapshot] = {}
        for line in sorted(self._lines(), key=lambda line: line.fetched_at):
            # Away with the earlier one first, so that the later one comes last in order.
            latest.pop(line.key, None)
            latest[line.key] = line
        return latest

    def _lines(self) -> Iterator[Snapshot]:
        manifest = self.root / MANIFEST
        if not manifest.exists():
            return
        for text in manifest.read_text(encoding="utf-8").splitlines():
            line = _snapshot_of(text)
            if line is not None and (self.root / line.file).is_file():
                yield line

    def calls_since(self, moment: datetime) -> int:
        """Calls on record since a moment."""
        return sum(line.moment >= moment for line in self._lines())

    def find(self, call: Call) -> Snapshot | None:
        """The latest answer to a question; None where it was never asked with success."""
        return self.newest().get(call.key)

    def read(self, snapshot: Snapshot) -> bytes:
        """The answer, as it was received; SourceError where the file is not what was stored."""
        data = (self.root / snapshot.file).read_bytes()
        try:
            body = gzip.decompress(data) if snapshot.file.endswith(".gz") else data
        except (OSError, EOFError) as error:
            raise SourceError(self._damaged(snapshot)) from error
        if hashlib.sha256(body).hexdigest() != snapshot.sha256:
            raise SourceError(self._damaged(snapshot))
        return body

    def _damaged(self, snapshot: Snapshot) -> str:
        return (
            f"{self.root / snapshot.file}: is not what was fetched on {snapshot.fetched_at}; "
            "delete it, then run the same command again: it is fetched anew"
        )

    def store(
        self,
        call: Call,
        url: str,
        body: bytes,
        rows: int,
        pending: tuple[str, ...],
        now: datetime,
    ) -> Snapshot:
        """Keep an answer that was judged sound: the file first, then its line."""
        sha = hashlib.sha256(body).hexdigest()
        name = f"{call.key}-{sha[:SHORT_SHA]}{call.suffix}"
        file = Path(call.source) / call.endpoint / str(call.season) / name
        data = gzip.compress(body, mtime=0) if call.suffix.endswith(".gz") else body
        _write_whole(self.root / file, data)
        line = Snapshot(
            key=call.key,
            source=call.source,
            endpoint=call.endpoint,
            season=call.season,
            url=url,
            params=dict(call.params),
            status=200,
            fetched_at=now.astimezone(UTC).isoformat(timespec="seconds"),
            sha256=sha,
            bytes=len(body),
            rows=rows,
            file=file.as_posix(),
            pending=pending,
        )
        _append(self.root / MANIFEST, json.dumps(asdict(line), sort_keys=True) + "\n")
        known = dict(self.newest())
        known.pop(line.key, None)
        self._newest = {**known, line.key: line}
        return line


def _snapshot_of(text: str) -> Snapshot | None:
    """The snapshot of a line of the manifest; None where it is no such line."""
    try:
        return Snapshot(**json.loads(text))
    except (TypeError, ValueError):
        return None


def _drop_cut_line(manifest: Path) -> None:
    """Take away what stands after the last line's end."""
    whole = manifest.read_bytes().rfind(b"\n") + 1
    if whole < manifest.stat().st_size:
        with manifest.open("r+b") as file:
            file.truncate(whole)
            _to_disk(file.fileno())


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + PART)
    with _naming(path), part.open("wb") as file:
        file.write(data)
        file.flush()
        _to_disk(file.fileno())
    part.replace(path)
    _sync_folder(path.parent)


def _append(path: Path, line: str) -> None:
    with _naming(path), path.open("ab") as file:
        file.write(line.encode())
        file.flush()
        _to_disk(file.fileno())


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Give an error of writing the name of its file: the system says it only of opening one."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def _to_disk(descriptor: int) -> None:
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
