"""After a game is removed from raw tables a person is told what to run next."""

from __future__ import annotations

import pytest

from reports.ingest import print_removed, steps_after_removal
from tests.reports.test_todo import parsed

GAME = "0022400001"


@pytest.mark.parametrize(
    ("table", "commands"),
    [
        (
            "player_box",
            [
                "ingest nba-stats DIR",
                f"waive {GAME} --table player_box --reason '…'",
                "plan",
            ],
        ),
        ("team_box", ["ingest nba-stats DIR", f"ingest remove {GAME}", "plan"]),
        ("shots", ["plan", "backfill", "ingest nba-stats DIR"]),
        (None, ["plan", "backfill", "ingest nba-stats DIR"]),
    ],
)
def test_what_helps_after_a_removal_follows_from_the_raw_table(
    table: str | None, commands: list[str]
) -> None:
    """No backfill is offered where the date waits for a box score."""
    steps = steps_after_removal([GAME], table)
    assert [step.command for step in steps] == [f"fullcourt {c}" for c in commands]
    assert all(map(parsed, steps))


def test_after_a_removal_of_several_games_every_step_is_of_all_of_them() -> None:
    games = [GAME, "0022400002"]
    waive, remove = (
        steps_after_removal(games, table)[1] for table in ("player_box", "team_box")
    )
    assert str(waive).startswith("fullcourt waive --games FILE --table player_box ")
    assert str(remove).startswith(f"fullcourt ingest remove {' '.join(games)}  # ")
    assert parsed(remove)
    for table in ("player_box", "team_box", None):
        steps = steps_after_removal(games, table)
        assert not any(step.why.endswith(" it") for step in steps)


def test_a_removal_tells_its_rows_and_what_to_run_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_removed({"schedule": 1, "team_box": 0, "shots": 90}, [GAME], None)
    rows, blank, title, *steps = capsys.readouterr().out.splitlines()
    assert (rows, blank) == ("1 row of schedule, 90 rows of shots", "")
    assert title == "what to run next"
    assert steps[0].startswith("  fullcourt plan  # what follows from it")
