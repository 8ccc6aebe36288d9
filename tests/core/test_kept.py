"""Texts that are kept between processes: looked up when sound, made anew otherwise."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import kept
from core.kept import (
    VARIABLE,
    cache_folder,
    code_digest,
    find_text,
    keep_latest,
    keep_text,
    put_text,
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder


class Maker:
    """Makes `text`, and counts how often."""

    def __init__(self, text: str = "made é\r\n") -> None:
        self.text = text
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        return self.text


def texts_in(cache: Path) -> Iterator[Path]:
    return (path for path in cache.rglob("*") if path.is_file())


def only_text_in(cache: Path) -> Path:
    (path,) = texts_in(cache)
    return path


@pytest.mark.usefixtures("cache")
def test_a_text_is_made_once() -> None:
    maker = Maker()
    assert [keep_text("kind", ["a", "b"], maker) for _ in range(3)] == [maker.text] * 3
    assert maker.times == 1


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize(
    ("kind", "parts"),
    [("other", ["a", "b"]), ("kind", ["ab"]), ("kind", ["a", "b", ""])],
)
def test_other_parts_and_kinds_are_other_texts(kind: str, parts: list[str]) -> None:
    keep_text("kind", ["a", "b"], Maker("first"))
    assert keep_text(kind, parts, Maker("second")) == "second"


@pytest.mark.usefixtures("cache")
def test_a_text_that_was_put_is_found_under_its_parts_alone() -> None:
    assert find_text("kind", ["a"]) is None
    put_text("kind", ["a"], "text")
    assert find_text("kind", ["a"]) == "text"
    assert find_text("kind", ["b"]) is None


def test_of_what_changes_with_the_data_the_latest_is_kept(cache: Path) -> None:
    """Each night's would fill the folder, and nothing more would be kept in it."""
    maker = Maker()
    for parts in (["a"], ["a"], ["b"], ["b"], ["a"]):
        assert keep_latest("kind", "place", parts, maker) == maker.text
    assert maker.times == 3
    only_text_in(cache)
    keep_latest("kind", "elsewhere", ["a"], maker)
    assert maker.times == 4
    assert keep_latest("kind", "place", ["a"], maker) == maker.text
    assert maker.times == 4


def test_a_full_folder_still_takes_the_latest_of_a_place(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_TEXTS", 1)
    keep_latest("kind", "place", ["a"], Maker("first"))
    keep_latest("kind", "place", ["b"], Maker("second"))
    keep_text("kind", ["c"], Maker())
    only_text_in(cache)
    assert keep_latest("kind", "place", ["b"], Maker("third")) == "second"


@pytest.mark.parametrize(
    "damage",
    [
        lambda held: held[:-1],
        lambda held: held + b" ",
        lambda held: held.replace(b"bad", b"fine"),
        lambda held: b"",
        lambda held: b"\xff" + held[1:],
    ],
    ids=["cut", "longer", "edited", "empty", "not-text"],
)
def test_a_damaged_text_is_made_anew(cache: Path, damage: object) -> None:
    """A record that says of a bad query that it is sound would let it through."""
    assert callable(damage)
    keep_text("kind", ["a"], Maker("bad"))
    path = only_text_in(cache)
    path.write_bytes(damage(path.read_bytes()))
    assert keep_text("kind", ["a"], Maker("anew")) == "anew"
    assert keep_text("kind", ["a"], Maker("again")) == "anew"


def test_the_text_of_other_parts_is_not_believed_under_this_name(cache: Path) -> None:
    keep_text("kind", ["a"], Maker("of a"))
    path = only_text_in(cache)
    of_a = path.read_bytes()
    path.unlink()
    keep_text("kind", ["b"], Maker("of b"))
    only_text_in(cache).write_bytes(of_a)
    assert keep_text("kind", ["b"], Maker("anew")) == "anew"


@pytest.mark.usefixtures("cache")
def test_other_code_makes_its_own_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_text("kind", ["a"], Maker("before"))
    monkeypatch.setattr(kept, "code_digest", lambda: "of other code")
    assert keep_text("kind", ["a"], Maker("after")) == "after"


def test_every_file_of_code_counts(tmp_path: Path) -> None:
    digests = {code_digest(tmp_path / "none")}
    for package in kept.PACKAGES:
        folder = tmp_path / package
        folder.mkdir()
        (folder / "rules.py").write_text("a = 1\n")
        code_digest.cache_clear()
        digests.add(code_digest(tmp_path))
    assert len(digests) == len(kept.PACKAGES) + 1


def test_a_folder_that_others_can_write_to_is_not_believed(cache: Path) -> None:
    keep_text("kind", ["a"], Maker("kept"))
    only_text_in(cache).parent.chmod(0o777)
    kept._folder.cache_clear()
    maker = Maker("own")
    assert keep_text("kind", ["a"], maker) == "own"


def test_where_nothing_can_be_kept_each_process_makes_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv(VARIABLE, str(file))
    maker = Maker()
    assert keep_text("kind", ["a"], maker) == keep_text("kind", ["a"], maker)
    assert maker.times == 2


def test_an_error_is_raised_and_nothing_is_kept(cache: Path) -> None:
    def fail() -> str:
        raise ValueError("no text")

    with pytest.raises(ValueError, match="no text"):
        keep_text("kind", ["a"], fail)
    assert not list(texts_in(cache))


def test_a_full_folder_takes_no_more(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_TEXTS", 2)
    made = [keep_text("kind", [part], Maker(part)) for part in "abc"]
    assert (made, len(list(texts_in(cache)))) == (["a", "b", "c"], 2)


def test_texts_of_old_versions_go(cache: Path) -> None:
    tomorrow = time.time() + 86_400
    for number in range(kept.MOST_VERSIONS + 2):
        folder = cache / f"texts-{number}"
        folder.mkdir(parents=True)
        # A clock that was ahead made them, and one's own is the oldest.
        os.utime(folder, (tomorrow, tomorrow))
    (cache / "of-another").mkdir()
    keep_text("kind", ["a"], Maker())
    assert len(list(cache.glob("texts-*"))) == kept.MOST_VERSIONS
    assert only_text_in(cache).parent.name == f"texts-{code_digest()[:16]}"
    assert (cache / "of-another").is_dir()


def test_texts_lie_in_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert cache_folder() == Path("/cache/fullcourt")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path("~/.cache/fullcourt")
