"""A small tree of folders, to plant faults in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processors.small_tree import plant


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The root of a tree of two tables that fits; a test plants one fault in it."""
    plant(tmp_path)
    return tmp_path
