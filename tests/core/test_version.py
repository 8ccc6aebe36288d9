"""Which code runs, as the ledger and every verdict have it:
the commit, and whether it was edited."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from core.version import VARIABLE, code_identity, code_version
from fullcourt import __version__


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one commit."""
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / "query.sql").write_text("SELECT 1")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "query.sql")
    named = (
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b.c",
        "-c",
        "commit.gpgsign=false",
    )
    git(tmp_path, *named, "commit", "--quiet", "--message", "first")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.stdout.strip()


def test_f67_code_is_named_by_its_commit(checkout: Path) -> None:
    version = code_version(checkout)
    assert re.fullmatch("[0-9a-f]{12}", version)
    assert git(checkout, "rev-parse", "HEAD").startswith(version)


def test_f67_a_tree_that_was_edited_is_named_dirty(checkout: Path) -> None:
    """Rows computed by a query that no commit holds must not pass for those of the commit."""
    (checkout / "query.sql").write_text("SELECT 2")
    assert (
        code_version(checkout)
        == f"{git(checkout, 'rev-parse', '--short=12', 'HEAD')}+dirty"
    )


def test_f67_a_folder_of_a_table_that_is_in_no_commit_makes_a_tree_dirty(
    checkout: Path,
) -> None:
    (checkout / "new_table").mkdir()
    (checkout / "new_table" / "query.sql").write_text("SELECT 3")
    assert code_version(checkout).endswith("+dirty")


def test_each_edit_is_code_of_its_own(checkout: Path) -> None:
    """Counts of an edit that was taken back stood for those of another, both `+dirty`."""
    package = checkout / "runs"
    package.mkdir()
    (package / "__init__.py").touch()
    found: list[str] = []
    for text in ("kept = 1", "kept = 2", "kept = 1"):
        (package / "measure.py").write_text(text)
        code_identity.cache_clear()
        code_version.cache_clear()
        found.append(code_identity(checkout))
    assert all(code_version(checkout) in identity for identity in found)
    assert found[0] == found[2] != found[1]


def test_a_commit_and_an_installed_version_are_one_code(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert code_identity(checkout) == code_version(checkout)
    installed = tmp_path_factory.mktemp("site-packages")
    assert code_identity(installed) != code_version(installed)
    code_identity.cache_clear()
    (installed / f"fullcourt-{__version__}.dist-info").mkdir()
    assert code_identity(installed) == code_version(installed)


def test_notes_that_are_in_no_commit_make_a_tree_no_dirtier(checkout: Path) -> None:
    (checkout / "notes.txt").write_text("mine")
    assert "+" not in code_version(checkout)


def test_outside_a_checkout_the_installed_version_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert code_version(tmp_path) in (f"v{__version__}", "unknown")


def test_an_image_is_told_its_version(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "abc123")
    assert code_version(checkout) == "abc123"
