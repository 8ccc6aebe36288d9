"""Snapshots of a folder as a source: the newest answer to each question, into canonical rows."""

from sources.snapshots.reading import SnapshotFiles

__all__ = ["SnapshotFiles"]
