"""Read a training set that was exported: every file as its manifest says, or not at all."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from core.errors import ConfigError
from core.remedy import Remedy
from runs.export_folder import FORMAT, MANIFEST, files_of
from runs.training_set import FEATURES
from training.card import sha256_of
from training.learning_set import LearningSet, from_table

SHOWN = 12
"""Characters of a hash that a sentence shows."""


@dataclass(frozen=True)
class ExportedSet:
    """A set as arrays, with its manifest and the hash that names it."""

    rows: LearningSet
    manifest: dict[str, Any]
    sha256: str

    @property
    def feature_code(self) -> str:
        """The fingerprint of the query that computed the features."""
        return str(self.manifest["tables"][FEATURES]["code"])


def read_exported_set(folder: Path) -> ExportedSet:
    """The set in a folder that `train export` wrote.

    ConfigError where there is no manifest of one, or a file is not the one that it names.
    """
    text = _read(folder / MANIFEST)
    manifest = _manifest(text, folder)
    files = files_of(manifest)
    for file in files:
        data = _read(folder / file["path"])
        if (found := sha256_of(data)) != file["sha256"]:
            raise ConfigError(
                f"{folder / file['path']} is not the file of its manifest: its sha256 is "
                f"{found[:SHOWN]}…, the manifest says {file['sha256'][:SHOWN]}…; export the set "
                "again"
            )
    (only,) = files
    table = pq.read_table(io.BytesIO(_read(folder / only["path"])))
    rows = from_table(table, manifest["features"])
    return ExportedSet(rows, manifest, sha256_of(text))


def _manifest(text: bytes, folder: Path) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    is_set = isinstance(found, dict) and found.get("format") == FORMAT
    if not is_set or not {"features", "check", "splits"} <= found.keys():
        raise ConfigError(
            f"{folder} is no training set; name a folder that was written by ",
            Remedy("train export"),
        )
    manifest: dict[str, Any] = found
    return manifest


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror}; name a folder that train export wrote"
        ) from error
