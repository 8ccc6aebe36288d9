"""The release files of sportsdataverse about the stand-in's league, in their own columns."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.stats_stand_in.answers import V3, birth_date, clock, place
from tests.stats_stand_in.league import Row, StandInLeague, position, reason, team_id


def release_file(league: StandInLeague, tag: str, name: str) -> bytes | None:
    """The bytes of a release file; None for one that is not there."""
    stem, _, year = name.removesuffix(".parquet").rpartition("_")
    if tag not in _TABLES or _STEMS[tag] != stem or not year.isdecimal():
        return None
    rows = _TABLES[tag](league, int(year) - 1)
    if not rows:
        return None
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), written)
    return written.getvalue()


def _snake(name: str) -> str:
    return "".join(
        f"_{letter.lower()}" if letter.isupper() else letter for letter in name
    )


def _statistics(row: Row) -> Row:
    return {_snake(theirs): row[ours] for ours, theirs in V3.items()}


def _finals(league: StandInLeague, season: int) -> list[Row]:
    return [game for game in league.games(season) if game["status"] == "final"]


def schedule(league: StandInLeague, season: int) -> list[Row]:
    """Played games alone, without their tip-off; the season is the year in which it ends."""
    rows = []
    for game in _finals(league, season):
        points = {
            r["team"]: r["pts"]
            for r in league.by_game["team_box"].get(game["game_id"], ())
        }
        home, away = game["home_team"], game["away_team"]
        rows.append(
            {
                "game_id": game["game_id"],
                "season": season + 1,
                "season_type": "Regular Season",
                "game_date": str(game["game_date"]),
                "matchup": f"{home} vs. {away}",
                "home_team_abbreviation": home,
                "home_pts": points.get(home),
                "away_team_abbreviation": away,
                "away_pts": points.get(away),
            }
        )
    return rows


def team_box(league: StandInLeague, season: int) -> list[Row]:
    """A row per team and game."""
    return [
        {
            "team_id": team_id(row["team"]),
            "team_tricode": row["team"],
            "minutes": f"{row['minutes']:.0f}:00",
            **_statistics(row),
            "plus_minus_points": 0.0,
            "game_id": row["game_id"],
            "season": season + 1,
        }
        for row in league.rows("team_box", _finals(league, season))
    ]


def player_box(league: StandInLeague, season: int) -> list[Row]:
    """A row per listed player and game; the inactive are in a file of their own."""
    rows = []
    for line in league.rows("player_box", _finals(league, season)):
        if line["status"] == "inactive":
            continue
        first, _, family = line["player_name"].partition(" ")
        starts = league.starts(line)
        rows.append(
            {
                "team_id": team_id(line["team"]),
                "team_tricode": line["team"],
                "person_id": line["player_id"],
                "first_name": first,
                "family_name": family,
                "position": position(line["player_id"])[0] if starts else "",
                "comment": reason(line),
                "minutes": clock(line["minutes"]) if line["status"] == "played" else "",
                **_statistics(line),
                "plus_minus_points": float(line["plus_minus"] or 0),
                "game_id": line["game_id"],
                "season": season + 1,
            }
        )
    return rows


def shots(league: StandInLeague, season: int) -> list[Row]:
    """A row per attempt: its place, and in words whether it was assisted; no zone."""
    rows = []
    for shot in league.rows("shots", _finals(league, season)):
        x, y = place(shot)
        minutes, seconds = divmod(shot["seconds_left"], 60)
        assist = " (Passer Jr. 3 AST)" if shot["assisted"] else ""
        rows.append(
            {
                "game_id": shot["game_id"],
                "season": season + 1,
                "period": shot["period"],
                "clock": f"PT{minutes:02d}M{seconds:02d}.40S",
                "team_id": team_id(shot["team"]),
                "team_tricode": shot["team"],
                "person_id": shot["player_id"],
                "action_type": "Made Shot" if shot["made"] else "Missed Shot",
                "shot_value": shot["shot_value"],
                "shot_distance": shot["distance_ft"],
                "x_legacy": x,
                "y_legacy": y,
                "description": f"Shooter {shot['distance_ft']}' Jump Shot (2 PTS){assist}",
            }
        )
    return rows


def game_rosters(league: StandInLeague, season: int) -> list[Row]:
    """The inactive players of every game."""
    rows = []
    for line in league.rows("player_box", _finals(league, season)):
        if line["status"] == "inactive":
            first, _, last = line["player_name"].partition(" ")
            rows.append(
                {
                    "player_id": line["player_id"],
                    "first_name": first,
                    "last_name": last,
                    "jersey_num": "5  ",
                    "team_id": team_id(line["team"]),
                    "team_abbreviation": line["team"],
                    "season": season + 1,
                    "game_id": line["game_id"],
                }
            )
    return rows


def rosters(league: StandInLeague, season: int) -> list[Row]:
    """A row per player, with birth date and position."""
    return [
        {
            "season": season + 1,
            "player": row["player_name"],
            "position": position(row["player_id"]),
            "birth_date": birth_date(row["birth_date"]),
            "player_id": row["player_id"],
        }
        for row in league.tables["players"]
    ]


_TABLES: dict[str, Any] = {
    "nba_stats_schedules": schedule,
    "nba_stats_team_boxscores": team_box,
    "nba_stats_player_boxscores": player_box,
    "nba_stats_shots": shots,
    "nba_stats_game_rosters": game_rosters,
    "nba_stats_rosters": rosters,
}
_STEMS = {
    "nba_stats_schedules": "nba_schedule",
    "nba_stats_team_boxscores": "team_boxscores",
    "nba_stats_player_boxscores": "player_boxscores",
    "nba_stats_shots": "shots",
    "nba_stats_game_rosters": "game_rosters",
    "nba_stats_rosters": "rosters",
}
