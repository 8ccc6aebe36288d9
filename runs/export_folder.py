"""A folder that is there whole or not at all, and never in place of anything else."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import ConfigError

MANIFEST = "manifest.json"
FORMAT = "fullcourt-export-1"
"""What a manifest of ours begins with; another number where its keys mean something else."""


@contextmanager
def write_whole(folder: Path) -> Iterator[Path]:
    """A new folder beside the one that is wanted, which takes its place when the block ends well.

    Killed before, what there is under the final name is what was there. ConfigError where that is
    neither an empty folder nor an export that nobody added anything to.
    """
    final = folder.resolve()
    require_replaceable(final)
    final.parent.mkdir(parents=True, exist_ok=True)
    partial = _beside(final, "partial")
    partial.mkdir()
    try:
        yield partial
        require_replaceable(final)
        _put_in_place(partial, final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def require_replaceable(folder: Path) -> None:
    """Raise ConfigError where something else than an export is at the path."""
    if _is_replaceable(folder):
        return
    what = (
        "holds something else than an export" if folder.is_dir() else "is not a folder"
    )
    raise ConfigError(
        f"--to: {folder} {what}, and is left as it is; name a new folder, or an empty one"
    )


def _is_replaceable(folder: Path) -> bool:
    """Whether nothing is at the path, an empty folder, or an export."""
    if not folder.exists():
        return True
    return folder.is_dir() and (_is_empty(folder) or is_export(folder))


def is_export(folder: Path) -> bool:
    """Whether the folder holds an export of ours, its files at their sizes, and nothing else."""
    manifest = _read_manifest(folder / MANIFEST)
    if manifest is None:
        return False
    named = {file["path"]: file["bytes"] for file in files_of(manifest)}
    held = _sizes_in(folder)
    held.pop(MANIFEST)
    return held == named


def _sizes_in(folder: Path) -> dict[str, int]:
    """The size of each file in a folder, by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if not path.is_dir()
    }


def files_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """The files that a manifest names."""
    return [file for table in manifest["tables"].values() for file in table["files"]]


def _read_manifest(path: Path) -> dict[str, Any] | None:
    """A manifest of ours; None for anything else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(found, dict) and found.get("format") == FORMAT
    return found if is_ours else None


def _is_empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


def _beside(final: Path, what: str) -> Path:
    return final.with_name(f".{final.name}.{what}-{uuid.uuid4().hex[:8]}")


def _put_in_place(partial: Path, final: Path) -> None:
    """Rename; what was there goes only when the new one stands in its place."""
    if not final.exists():
        partial.rename(final)
        return
    replaced = _beside(final, "replaced")
    final.rename(replaced)
    try:
        partial.rename(final)
    except BaseException:
        replaced.rename(final)
        raise
    shutil.rmtree(replaced)
