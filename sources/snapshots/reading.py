"""Reads a folder of snapshots: the newest answer to each question, the newest rows of each game."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import SourceError
from core.remedy import Remedy, season_options
from planning.raw_load import Held, RawLoad
from sources.nba_stats.folder import Found
from sources.nba_stats.reading import read_files
from sources.web.snapshots import MANIFEST, Folder


@dataclass(frozen=True)
class SnapshotFiles:
    """What one of the fetched sources left in a folder; `seasons` are starting years, none means
    all."""

    root: Path
    source: str
    seasons: tuple[int, ...] = ()

    def read(self, held: Held, on_part: Callable[[str], None] | None = None) -> RawLoad:
        """The rows of the newest snapshots, `on_part` being told of each file.

        SourceError where the folder has none, or a file is not what was stored.
        """
        folder = Folder(self.root)
        snapshots = folder.newest_of(self.source, self.seasons)
        if not snapshots:
            of_season = (
                f" for {', '.join(map(str, self.seasons))}" if self.seasons else ""
            )
            raise SourceError(
                f"{self.root / MANIFEST}: names no answer of {self.source}{of_season}; fetch some "
                "first: ",
                Remedy(f"fetch {self.source}", season_options(self.seasons)),
            )
        for snapshot in snapshots:
            folder.read(snapshot)
        files = [(self.root / snapshot.file).resolve() for snapshot in snapshots]
        # Of some seasons alone, nothing is known of the others' files.
        whole = "" if self.seasons else str((self.root / self.source).resolve())
        found = Found(files, [], [], whole)
        return read_files(found, self.seasons, held, on_part, latest_wins=True)


def sources_in(root: Path) -> list[str]:
    """The sources that a folder has snapshots of: the richest after the other box scores, so that
    its rows stay, and lines and injuries, whose names are matched by those, last."""
    found = {snapshot.source for snapshot in Folder(root).newest().values()}
    order = ("nba", "sportsdataverse", "odds", "injuries")
    return [source for source in order if source in found]
