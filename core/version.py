"""Which code runs: the commit of the checkout
that the processors are read from, or the installed version."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

VARIABLE = "FULLCOURT_CODE_VERSION"
CODE = ("*.py", "*.sql", "*.yaml", "*.toml")
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
