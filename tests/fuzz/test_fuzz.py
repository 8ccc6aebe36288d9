"""A few command lines and damaged files in the suite; hundreds by `python -m tests.fuzz`."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.files import run_files
from tests.fuzz.lines import leaves, run_lines

SEED = 12
LINES, FILES = 20, 16


def test_no_command_line_ends_in_a_traceback_or_hangs(tmp_path: Path) -> None:
    """Whatever is typed, it ends with a documented exit code, and a refusal changes no table."""
    counts, failures = run_lines(tmp_path, SEED, LINES)
    assert not failures, "\n".join(map(str, failures))
    assert counts.total() == LINES


def test_no_damaged_file_is_taken_for_a_sound_one(tmp_path: Path) -> None:
    """Nothing is in the warehouse that no file says, and nothing is missing without a word."""
    counts, failures = run_files(tmp_path, SEED, FILES)
    assert not failures, "\n".join(map(str, failures))
    assert counts.total() == FILES


def test_every_command_is_among_the_lines() -> None:
    assert {" ".join(words) for words, _ in leaves()} >= {
        "ingest nba-stats",
        "server start",
        "gate",
        "why",
    }
