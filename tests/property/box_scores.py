"""Edits of what happened in a game: stats, shots, who played and for whom."""

from __future__ import annotations

from random import Random

from tests.league import TEAMS, shots_of
from tests.property.games import (
    by_hand,
    emptied,
    games,
    played_out,
    rows_of,
    spelled,
    with_box_scores,
    write,
)
from tests.raw_rows import Row, World, team_line
from warehouse.duckdb import DuckDBWarehouse

FREE_THROW = {"fta": 1, "ftm": 1, "pts": 1}
CORRECTIONS = (
    {"fgm": 1, "pts": 2},
    FREE_THROW,
    {"oreb": 1, "reb": 1},
    {"tov": 1},
    {"ast": 1},
    {"fga": 1},
    {"minutes": 1},
    {"plus_minus": 1},
)


def stats_corrected(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """Another stat of a player, and of his team."""
    found = with_box_scores(warehouse)
    if not found:
        return None
    game = random.choice(found)
    lines, teams = (
        rows_of(warehouse, t, game["game_id"]) for t in ("player_box", "team_box")
    )
    line, change = (
        random.choice([ln for ln in lines if ln["status"] == "played"]),
        random.choice(CORRECTIONS),
    )
    _add(change, line, *(team for team in teams if team["team"] == line["team"]))
    if len({team["pts"] for team in teams}) < len(teams):
        _add(
            FREE_THROW, line, *(team for team in teams if team["team"] == line["team"])
        )
    write(warehouse, player_box=lines, team_box=teams)
    return f"{change} for player {line['player_id']} in {spelled(game)}"


def _add(change: dict[str, int], *found: Row) -> None:
    for row in found:
        row.update(
            {
                column: (row[column] or 0) + n
                for column, n in change.items()
                if column in row
            }
        )


def loaded_again(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """The same rows once more: nothing may become stale."""
    found = with_box_scores(warehouse)
    if not found:
        return None
    game = random.choice(found)
    write(
        warehouse,
        **{
            t: rows_of(warehouse, t, game["game_id"])
            for t in ("team_box", "player_box", "shots")
        },
    )
    return f"{spelled(game)} loaded again"


def shots_corrected(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """Some shots from elsewhere, made or assisted otherwise."""
    found = with_box_scores(warehouse)
    shots = (
        rows_of(warehouse, "shots", random.choice(found)["game_id"]) if found else []
    )
    if not shots:
        return None
    for shot in random.sample(shots, min(3, len(shots))):
        shot["zone"] = random.choice(
            ("paint", "mid_range", "above_break_3", "backcourt")
        )
        shot |= {"made": not shot["made"], "assisted": None}
    write(warehouse, shots=shots)
    return f"three other shots in {shots[0]['game_id']} of {shots[0]['game_date']}"


def shots_lost(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A shot too few, or none at all."""
    found = with_box_scores(warehouse)
    shots = (
        rows_of(warehouse, "shots", random.choice(found)["game_id"]) if found else []
    )
    if not shots:
        return None
    game_id, some = shots[0]["game_id"], random.random() < 0.5
    if some:
        write(warehouse, shots=shots[1:])
    else:
        emptied(warehouse, game_id, "shots")
    return f"{'a shot' if some else 'every shot'} of {game_id} of {shots[0]['game_date']} lost"


def player_removed(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A line that should not have been in the box score; with two of them a side may be too few."""
    found = with_box_scores(warehouse)
    if not found:
        return None
    game = random.choice(found)
    lines = rows_of(warehouse, "player_box", game["game_id"])
    side = [line for line in lines if line["team"] == game["home_team"]]
    gone = random.sample(side, min(len(side), random.choice((1, 1, 1, 2, 3))))
    left = [line for line in lines if line not in gone]
    write(
        warehouse,
        **_following(game, left, rows_of(warehouse, "shots", game["game_id"])),
    )
    return (
        f"players {[line['player_id'] for line in gone]} removed from {spelled(game)}"
    )


def _following(game: Row, lines: list[Row], shots: list[Row]) -> World:
    """The game with these lines: its team box and shots as they follow from them."""
    teams = [
        team_line(game, team, lines) for team in (game["home_team"], game["away_team"])
    ]
    if teams[0]["pts"] == teams[1]["pts"]:
        _add(FREE_THROW, teams[0])
    there = {line["player_id"] for line in lines}
    kept = [shot for shot in shots if shot["player_id"] in there]
    return {"player_box": lines, "team_box": teams, "shots": kept}


def traded(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A player's later lines of the season are for another team, in its games."""
    found = with_box_scores(warehouse)
    if not found:
        return None
    first = random.choice(found)
    lines = [
        ln
        for ln in rows_of(warehouse, "player_box", first["game_id"])
        if ln["status"] == "played"
    ]
    line = random.choice(lines)
    new = random.choice([team for team in TEAMS if team != line["team"]])
    world: World = {"player_box": [], "team_box": [], "shots": []}
    for game in found:
        if (
            game["season"] == first["season"]
            and game["game_date"] >= first["game_date"]
        ):
            for table, changed in _with_the_new_team(
                warehouse, game, line, new, random
            ).items():
                world[table] += changed
    write(warehouse, **world)
    return f"player {line['player_id']} from {line['team']} to {new} on {first['game_date']}"


def _with_the_new_team(
    warehouse: DuckDBWarehouse, game: Row, line: Row, new: str, random: Random
) -> World:
    """The game with the player on the new team if that plays in it, and without him otherwise."""
    lines, player_id = (
        rows_of(warehouse, "player_box", game["game_id"]),
        line["player_id"],
    )
    left = [ln for ln in lines if ln["player_id"] != player_id]
    plays = new in (game["home_team"], game["away_team"])
    if not plays and len(left) == len(lines):
        return {}
    shots = [
        s
        for s in rows_of(warehouse, "shots", game["game_id"])
        if s["player_id"] != player_id
    ]
    if plays:
        own = (
            line
            | {"team": new}
            | {c: game[c] for c in ("game_id", "game_date", "season")}
        )
        left.append(own)
        number = max((shot["shot_number"] for shot in shots), default=0)
        shots += [
            {**shot, "shot_number": number + n}
            for n, shot in enumerate(shots_of(own, random), 1)
        ]
    return _following(game, left, shots)


def withdrawn(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A box score that vanishes: its players, a team, or both."""
    found = games(warehouse, "final")
    if not found:
        return None
    game = random.choice(found)
    tables = random.choice(
        (("player_box",), ("team_box",), ("player_box", "team_box", "shots"))
    )
    emptied(warehouse, game["game_id"], *tables)
    return f"{', '.join(tables)} of {spelled(game)} withdrawn"


def restored(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """The box score of a final game whose own is missing, too short, or level."""
    sql = (
        "SELECT game_id FROM nba_raw.schedule AS games WHERE status = 'final' AND ((SELECT "
        "COUNT(DISTINCT pts) FROM nba_raw.team_box AS box WHERE box.game_id = games.game_id) != "
        "2 OR covers_player_box AND (SELECT COUNT(*) FROM nba_raw.player_box AS box WHERE "
        "box.game_id = games.game_id AND box.minutes > 0) < 12)"
    )
    with warehouse.engine.cursor() as cursor:
        lacking = {row[0] for row in cursor.execute(sql).fetchall()}
    found = [game for game in games(warehouse, "final") if game["game_id"] in lacking]
    if not found:
        return None
    for game in found:
        emptied(warehouse, game["game_id"])
    played_out(warehouse, found, random)
    return f"box scores of {', '.join(map(spelled, found))} restored"


def player_on_the_other_side(warehouse: DuckDBWarehouse, random: Random) -> str | None:
    """A line under the other team by mistake, by hand."""
    found = with_box_scores(warehouse)
    if not found:
        return None
    game = random.choice(found)
    line = random.choice(rows_of(warehouse, "player_box", game["game_id"]))
    other = (
        game["home_team"] if line["team"] == game["away_team"] else game["away_team"]
    )
    sql = "UPDATE nba_raw.player_box SET team = $team WHERE game_id = $game AND player_id = $player"
    by_hand(warehouse, sql, team=other, game=game["game_id"], player=line["player_id"])
    return f"player {line['player_id']} on the other side in {spelled(game)}"
