"""What a schedule no longer has is dropped where it could have named it,
and nowhere else: parts of a season drop nothing of the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from planning.raw_load import Held, RawLoad
from sources.nba_stats import read
from tests.sources.nba_stats_files import Row, schedule_row, write

TEAMS = ("ATL", "BOS", "CHI", "DEN", "HOU", "LAL", "MIA", "NYK")
START = date(2024, 10, 22)
ROUNDS = 21
TODAY = START + timedelta(days=24)
NO_LONGER = "no longer has"

Part = Callable[[Row], bool]


def game_row(
    number: int, home: str, away: str, day: date, kind: str = "2", status: int = 1
) -> Row:
    """A row of the schedule."""
    row = schedule_row(home, away, f"00{kind}24{number:05}", gameStatus=status)
    times = {"gameDateTimeUTC": f"{day}T23:30:00Z", "day": day}
    return row | {"gameDateEst": f"{day}T00:00:00Z", "gameStatusText": ""} | times


def season() -> list[Row]:
    """Every team plays every second day, each other team three times."""
    rows: list[Row] = []
    for number in range(ROUNDS):
        turn = number % 7
        circle = [TEAMS[0], *TEAMS[1 + turn :], *TEAMS[1 : 1 + turn]]
        for place in range(4):
            pair = circle[place], circle[-1 - place]
            home, away = pair if number % 2 else reversed(pair)
            day = START + timedelta(days=2 * number)
            rows.append(game_row(4 * number + place + 1, home, away, day))
    return rows


def by_today(rows: Sequence[Row], today: date = TODAY) -> list[Row]:
    """The same as of a day: earlier games are final."""
    return [row | {"gameStatus": 3 if row["day"] <= today else 1} for row in rows]


def load(folder: Path, known: pa.Table | None, *files: Sequence[Row]) -> RawLoad:
    """What schedule files give in a warehouse that has this schedule."""
    folder.mkdir()
    for number, rows in enumerate(files):
        told = [{name: row[name] for name in row if name != "day"} for row in rows]
        write(folder / f"schedule_{number:02}.csv", told)
    return read(folder, held=Held(known))


def dropped(found: RawLoad) -> list[str]:
    """The games that a load drops."""
    games = found.tables["schedule"].to_pylist()
    return [game["game_id"] for game in games if game["status"] == "dropped"]


def one_of(rows: Sequence[Row], team: str, after: int = 5) -> Row:
    """A game of a team in the middle of a part."""
    return [row for row in rows if plays(team)(row)][after]


def plays(team: str) -> Part:
    """The games of one team."""
    return lambda row: (
        team in (row["homeTeam_teamTricode"], row["awayTeam_teamTricode"])
    )


def within(first: int, last: int) -> Part:
    """The games from one day of the season to another."""
    days = START + timedelta(days=first), START + timedelta(days=last)
    return lambda row: days[0] <= row["day"] <= days[1]


def at_home(team: str) -> Part:
    """The home games of one team."""
    return lambda row: bool(row["homeTeam_teamTricode"] == team)


def among(teams: Sequence[str]) -> Part:
    """The games of some teams with each other."""
    return lambda row: (
        row["homeTeam_teamTricode"] in teams and row["awayTeam_teamTricode"] in teams
    )


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """The schedule of a warehouse into which it came before the first game."""
    return load(tmp_path_factory.mktemp("known") / "all", None, season()).tables[
        "schedule"
    ]


PARTS: dict[str, Part] = {
    "a team": plays("BOS"),
    "a team at home": at_home("BOS"),
    "some teams": lambda row: plays("BOS")(row) or plays("NYK")(row),
    "a division": among(TEAMS[:4]),
    "a week": within(7, 14),
    "two weeks apart": lambda row: within(0, 7)(row) or within(15, 22)(row),
    "all but a day": lambda row: row["day"] != START + timedelta(days=10),
    "what was played": lambda row: row["day"] <= TODAY,
    "what is to come": lambda row: row["day"] > TODAY,
    "every second game": lambda row: int(row["gameId"]) % 2 == 0,
    "all but every tenth game": lambda row: int(row["gameId"]) % 10 != 0,
    "from the middle of a day": lambda row: (
        within(8, 24)(row) and row["gameId"] > "0022400017"
    ),
    "the first rows": lambda row: row["gameId"] < "0022400038",
    "a game": lambda row: row["gameId"] == "0022400031",
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_part_of_a_season_drops_no_other_game(
    tmp_path: Path, known: pa.Table, part: Part
) -> None:
    """One team's schedule dropped 274 games, and a backfill computed without them."""
    found = load(tmp_path / "part", known, list(filter(part, by_today(season()))))
    assert dropped(found) == []
    assert NO_LONGER not in found.files[0].note


COVERING: dict[str, Part] = {
    "the season": lambda row: True,
    "a week": within(6, 14),
    "a team": plays("BOS"),
}


@pytest.mark.parametrize("part", COVERING.values(), ids=COVERING)
def test_a_game_that_is_gone_from_what_a_file_covers_is_dropped(
    tmp_path: Path, known: pa.Table, part: Part
) -> None:
    gone = one_of(season(), "BOS")
    rows = [
        row
        for row in by_today(season())
        if part(row) and row["gameId"] != gone["gameId"]
    ]
    found = load(tmp_path / "part", known, rows)
    assert dropped(found) == [gone["gameId"]]
    assert found.files[0].note.endswith(f"taken as dropped: 1 ({gone['gameId']})")


def test_a_coming_game_that_is_gone_from_a_whole_schedule_is_dropped(
    tmp_path: Path, known: pa.Table
) -> None:
    gone = one_of(season(), "BOS", after=15)["gameId"]
    rows = [row for row in by_today(season()) if row["gameId"] != gone]
    assert dropped(load(tmp_path / "newer", known, rows)) == [gone]


def test_a_file_per_team_drops_what_none_of_them_names(
    tmp_path: Path, known: pa.Table
) -> None:
    gone = one_of(season(), "BOS")["gameId"]
    rows = [row for row in by_today(season()) if row["gameId"] != gone]
    files = [list(filter(plays(team), rows)) for team in TEAMS]
    assert dropped(load(tmp_path / "teams", known, *files)) == [gone]


def test_a_game_that_another_file_names_is_not_dropped(
    tmp_path: Path, known: pa.Table
) -> None:
    gone = one_of(season(), "BOS")["gameId"]
    rows = by_today(season())
    lacking = [row for row in rows if plays("BOS")(row) and row["gameId"] != gone]
    others = list(filter(plays("NYK"), rows)) + [
        row for row in rows if row["gameId"] == gone
    ]
    assert dropped(load(tmp_path / "teams", known, lacking, others)) == []


def test_a_part_that_is_older_than_what_is_known_drops_nothing(tmp_path: Path) -> None:
    rows = by_today(season())
    newer = load(tmp_path / "newer", None, rows).tables["schedule"]
    gone = one_of(season(), "BOS", after=15)["gameId"]
    older = by_today(season(), TODAY - timedelta(days=6))
    part = [row for row in older if plays("BOS")(row) and row["gameId"] != gone]
    assert dropped(load(tmp_path / "older", newer, part)) == []


REJECTED: dict[str, Row] = {
    "teams": {"homeTeam_teamTricode": "TBD", "awayTeam_teamTricode": "TBD"},
    "date": {"gameDateEst": "TBD"},
    "status": {"gameStatus": ""},
    "id": {"gameId": "224000x1"},
    "itself": {"homeTeam_teamTricode": "BOS", "awayTeam_teamTricode": "BOS"},
}


@pytest.mark.parametrize("wrong", REJECTED.values(), ids=REJECTED)
def test_a_game_whose_row_is_rejected_has_not_vanished(
    tmp_path: Path, known: pa.Table, wrong: Row
) -> None:
    """It was told as gone, and as one to wait for, in the same note."""
    here = one_of(season(), "BOS")["gameId"]
    rows = [row | wrong if row["gameId"] == here else row for row in by_today(season())]
    found = load(tmp_path / "newer", known, rows)
    assert found.rejects.num_rows == 1
    assert here not in found.tables["schedule"]["game_id"].to_pylist()
    assert NO_LONGER not in found.files[0].note


def test_games_of_a_series_that_is_over_are_dropped_however_many(
    tmp_path: Path,
) -> None:
    """Each alone on its date, and nearly half of what was listed."""
    days = [START + timedelta(days=180 + 2 * number) for number in range(10)]
    series = [game_row(141 + n, "BOS", "MIA", days[n], "4") for n in range(7)]
    other = [game_row(151 + n, "ATL", "CHI", days[n], "4") for n in range(4)]
    later = [game_row(211 + n, "BOS", "ATL", days[n + 5], "4") for n in range(5)]
    before = load(tmp_path / "before", None, series + other).tables["schedule"]
    rows = by_today(series[:4] + other + later, days[9])
    assert dropped(load(tmp_path / "after", before, rows)) == [
        row["gameId"] for row in series[4:]
    ]
