"""A text is written whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.whole_file import write_whole

LONG = "new" * 50_000
CUT_SHORT = """
import resource, signal, sys
from pathlib import Path
from core.whole_file import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
signal.signal(signal.SIGXFSZ, getattr(signal, sys.argv[2]))
write_whole(Path(sys.argv[1]), "new" * 50_000)
"""
"""A process that can write no more than 1,000 bytes: then it is killed, or told that there is no
room."""


@pytest.mark.parametrize(("signalled", "left"), [("SIG_DFL", 1), ("SIG_IGN", 0)])
def test_the_old_text_stays_where_the_new_one_is_cut_short(
    tmp_path: Path, signalled: str, left: int
) -> None:
    """A page of which half was written opens as a page without its gaps."""
    path = tmp_path / "page.html"
    path.write_text("old")
    program = [sys.executable, "-c", CUT_SHORT, str(path), signalled]
    ended = subprocess.run(program, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert path.read_text() == "old"
    assert len(list(tmp_path.glob(".*.part"))) == left


def test_two_who_write_at_a_time_leave_one_text_whole(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    texts = {"one" * 100_000, LONG}
    seen: set[str] = set()

    def write(text: str) -> None:
        for _ in range(20):
            write_whole(path, text)
            seen.add(path.read_text())

    writers = [threading.Thread(target=write, args=(text,)) for text in texts]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert seen <= texts
    assert os.listdir(tmp_path) == ["page.html"]


def test_a_link_is_followed_and_the_mode_of_a_file_is_kept(tmp_path: Path) -> None:
    file, link = tmp_path / "file.html", tmp_path / "link.html"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    write_whole(link, LONG)
    assert link.is_symlink()
    assert file.read_text() == LONG
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_new_file_has_the_rights_that_the_user_s_mask_leaves(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    before = os.umask(0o027)
    try:
        write_whole(path, "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_is_there_is_not_taken_for_new(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    write_whole(path, "first", is_new=True)
    with pytest.raises(FileExistsError):
        write_whole(path, "second", is_new=True)
    assert path.read_text() == "first"
    assert os.listdir(tmp_path) == ["report.md"]


def test_a_folder_and_a_circle_of_links_are_refused(tmp_path: Path) -> None:
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path, "text")
    with pytest.raises(OSError, match="symbolic links"):
        write_whole(circle, "text")
    assert circle.is_symlink()


def test_a_device_is_written_to_and_stays(tmp_path: Path) -> None:
    write_whole(Path(os.devnull), "text")
    assert Path(os.devnull).is_char_device()
