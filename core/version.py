"""Which code runs: the commit of the checkout
that the processors are read from, or the installed version."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

VARIABLE = "FULLCOURT_CODE_VERSION"
SUFFIXES = (".py", ".sql", ".yaml", ".toml")
CODE = tuple(f"*{suffix}" for suffix in SUFFIXES)
ROOT = Path(__file__).resolve().parent.parent


@cache
def code_version(root: Path = ROOT) -> str:
    """`1a2b3c4d5e6f`, with `+dirty` where code was edited or is in no commit;
    outside a checkout `v0.1.0`.

    FULLCOURT_CODE_VERSION goes first: an image is built from a commit and holds no repository.
    """
    if given := os.environ.get(VARIABLE):
        return given
    commit = (
        _git(root, "rev-parse", "--short=12", "HEAD")
        if (root / ".git").exists()
        else ""
    )
    if commit:
        edited = _git(
            root, "status", "--porcelain", "--untracked-files=all", "--", *CODE
        )
        return f"{commit}+dirty" if edited else commit
    try:
        return f"v{version('fullcourt')}"
    except PackageNotFoundError:
        return "unknown"


@cache
def code_identity(root: Path = ROOT) -> str:
    """A name that no other code has: the version, where that names one code alone; else the version
    and a hash of the code's files.

    `+dirty` is one name for every edit, and an installed version for all edits of a folder that was
    installed to be edited.
    """
    version_name = code_version(root)
    is_commit = re.fullmatch("[0-9a-f]{12,}", version_name) is not None
    is_installed = any(root.glob("fullcourt-*.dist-info"))
    if os.environ.get(VARIABLE) or is_commit or is_installed:
        return version_name
    return f"{version_name} {_hash_of_code(root)}"


def _hash_of_code(root: Path) -> str:
    """A hash of all files of code in the packages of a folder."""
    found = hashlib.sha256()
    for package in sorted(root.glob("*/__init__.py")):
        for file in sorted(package.parent.rglob("*")):
            if file.suffix in SUFFIXES and file.is_file():
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                found.update(f"{file.relative_to(root)} {content}\n".encode())
    return found.hexdigest()[:16]


def _git(root: Path, *arguments: str) -> str:
    """What git says; nothing where there is no git or it refuses the folder."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
