"""`fullcourt waive`: accept that a game will never have its data,
take that back, list what is accepted."""

from __future__ import annotations

import json
from pathlib import Path

import click

from core.counted import counted, verb_for
from core.errors import ConfigError, SourceError
from core.settings import Settings
from fullcourt.cli.choose import TableName, as_json, echo_json
from fullcourt.cli.examples import examples
from fullcourt.cli.paths import InputFile, printable, read_text
from fullcourt.cli.writing import hold_slot
from planning.waivers import SCHEDULE, WAIVABLE, Waiver, coverage_flag
from reports.commands import command_line
from reports.waive import print_waivers, tell_waiver
from warehouse.connections import open_warehouse
from warehouse.protocol import Warehouse

GAME_ID_LENGTH = 10


@examples(
    "fullcourt waive",
    'fullcourt waive 0022300048 --table player_box --reason "never published"',
)
@click.command()
@click.argument("game_id", metavar="[GAME]", required=False)
@click.option(
    "--table",
    "raw_table",
    type=TableName(),
    metavar="TABLE",
    help=f"The raw table: {', '.join(WAIVABLE)}.",
)
@click.option(
    "--season",
    type=int,
    metavar="YEAR",
    help="All final games of a season that TABLE lacks; of the schedule, all that are overdue.",
)
@click.option(
    "--games",
    "listed",
    type=InputFile(),
    metavar="FILE",
    help="The games that a file lists, an id per line.",
)
@click.option(
    "--reason", help="Why it will never have the game; every later verdict repeats it."
)
@click.option(
    "--remove",
    is_flag=True,
    help="Take the waiver back: the game is covered as its source says.",
)
@as_json
@click.pass_obj
def waive(
    settings: Settings,
    game_id: str | None,
    raw_table: str | None,
    season: int | None,
    listed: Path | None,
    reason: str | None,
    remove: bool,
    to_json: bool,
) -> None:
    """Accept that GAME, or a set of games, will never have its data in a raw table;
    without any, list the waivers in force."""
    named = [way for way in (game_id, season, listed) if way is not None]
    if not named:
        if raw_table or reason or remove:
            example = command_line("waive", "GAME", "--table", "TABLE", "--reason", "…")
            raise click.UsageError(f"which game? {example}")
        show_list(settings, to_json)
        return
    if len(named) > 1:
        raise click.UsageError(
            "name the games in one way: GAME, --season YEAR or --games FILE"
        )
    if raw_table is None:
        raise click.UsageError(
            f"which raw table lacks the game? --table {', '.join(WAIVABLE)}"
        )
    if remove and reason:
        raise click.UsageError(
            "--remove takes no --reason: nothing is kept of a waiver that was taken back"
        )
    if game_id is None:
        click.echo(
            waive_set(
                settings, raw_table, season, listed, reason or "", remove, to_json
            )
        )
        return
    with hold_slot(settings), open_warehouse(str(settings.warehouse)) as warehouse:
        waiver = (
            warehouse.unwaive(game_id, raw_table)
            if remove
            else warehouse.waive(game_id, raw_table, reason or "")
        )
        held = rows_of(warehouse, game_id, raw_table)
        waits = remove and is_awaited(warehouse, game_id, raw_table)
    if to_json:
        echo_json(waiver.to_json())
    elif remove:
        click.echo(taken_back(waiver, held, waits))
    else:
        click.echo(in_words(waiver, held))


def rows_of(warehouse: Warehouse, game_id: str, raw_table: str) -> int:
    """The rows that a raw table has of a game all the same."""
    if raw_table == SCHEDULE:
        return 0
    rows = warehouse.rows_of_games(raw_table, (game_id,))
    return int(rows.num_rows)


def is_awaited(warehouse: Warehouse, game_id: str, raw_table: str) -> bool:
    """Whether a backfill waits for a game that is not waived: for its result, or for box scores of
    players that are not whole."""
    if raw_table == SCHEDULE:
        return True
    if raw_table != "player_box":
        return False
    days = warehouse.game_days()
    return any(game_id in day.games_without_player_box for day in days)


def waive_set(
    settings: Settings,
    raw_table: str,
    season: int | None,
    listed: Path | None,
    reason: str,
    remove: bool,
    to_json: bool,
) -> str:
    """Waive a season's or a file's games, or take that back; what has become of how many."""
    if raw_table == SCHEDULE:
        return call_off_set(settings, season, listed, reason, remove, to_json)
    coverage_flag(raw_table)
    with hold_slot(settings), open_warehouse(str(settings.warehouse)) as warehouse:
        if listed is not None:
            games = read_games(listed)
        elif remove:
            games = games_of_season(warehouse, season)
        else:
            games = warehouse.games_lacking(raw_table, season or 0)
        if not games:
            raise SourceError(
                f"--season {season}: no final game of that season lacks {raw_table}: nothing to "
                "waive; a season is named by the year it starts in, 2024 for 2024-25"
            )
        if remove:
            number = warehouse.unwaive_games(games, raw_table)
        else:
            number = warehouse.waive_games(games, raw_table, reason)
    if to_json:
        return json.dumps(
            {"raw_table": raw_table, "games": number, "waived": not remove}
        )
    if remove:
        return (
            f"{counted(number, 'game')} {verb_for(number, 'is', 'are')} no longer waived "
            f"for {raw_table}"
        )
    return (
        f"waived: {counted(number, 'game')} {verb_for(number, 'has', 'have')} no "
        f"{raw_table}: {reason.strip()}"
    )


def call_off_set(
    settings: Settings,
    season: int | None,
    listed: Path | None,
    reason: str,
    remove: bool,
    to_json: bool,
) -> str:
    """Say of a file's games, or of a season's overdue ones,
    that they are not played, or take that back."""
    with hold_slot(settings), open_warehouse(str(settings.warehouse)) as warehouse:
        if listed is not None:
            games = read_games(listed)
        elif remove:
            games = games_of_season(warehouse, season)
        else:
            days = (day for day in warehouse.game_days() if day.season == season)
            games = [game for day in days for game in day.overdue_games]
        waived = {w.game_id for w in warehouse.waivers() if w.raw_table == SCHEDULE}
        chosen = [game for game in games if (game in waived) is remove]
        if not chosen:
            raise SourceError(
                "none of these games is open and overdue: nothing to waive"
            )
        for game in chosen:
            if remove:
                warehouse.unwaive(game, SCHEDULE)
            else:
                warehouse.waive(game, SCHEDULE, reason)
    if to_json:
        return json.dumps(
            {"raw_table": SCHEDULE, "games": len(chosen), "waived": not remove}
        )
    number = len(chosen)
    chosen_are = f"{counted(number, 'game')} {verb_for(number, 'is', 'are')}"
    if remove:
        return f"{chosen_are} no longer waived for the schedule"
    return f"waived: {chosen_are} not played: {reason.strip()}"


def games_of_season(warehouse: Warehouse, season: int | None) -> list[str]:
    """Every game of a season that the schedule has."""
    rows = warehouse.schedule().to_pylist()
    return [row["game_id"] for row in rows if row["season"] == season]


def read_games(path: Path) -> list[str]:
    """The ids that a file lists, with their leading zeros;
    ConfigError names a line that is none."""
    lines = read_text(path, "give a text file with a game id per line").splitlines()
    games = []
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        if not text.isascii() or not text.isdigit() or len(text) > GAME_ID_LENGTH:
            found = printable(text)
            raise ConfigError(
                f"{path}:{number}: '{found}' is no game id; ids look like 0022400061"
            )
        games.append(text.zfill(GAME_ID_LENGTH))
    if not games:
        raise ConfigError(
            f"{path}: lists no game; write an id such as 0022400061 on each line"
        )
    return list(dict.fromkeys(games))


def show_list(settings: Settings, to_json: bool) -> None:
    """Print the waivers in force."""
    with open_warehouse(str(settings.warehouse)) as warehouse:
        in_force = warehouse.waivers()
    if to_json:
        echo_json([waiver.to_json() for waiver in in_force])
    elif in_force:
        print_waivers(in_force)
    else:
        click.echo("no game is waived")


def in_words(waiver: Waiver, held: int = 0) -> str:
    """What comes of a waiver; `held`: rows that the raw table has of the game all the same."""
    backfill = command_line("backfill")
    if held:
        return (
            f"waived: game {waiver.game_id} counts as not covered by {waiver.raw_table} "
            f"({waiver.reason}), although {counted(held, 'row')} of it "
            f"{verb_for(held, 'is', 'are')} there; the next "
            f"{backfill} leaves them out, and removes what was computed from them"
        )
    return f"waived: {tell_waiver(waiver)}; the next {backfill} goes on without it"


def taken_back(waiver: Waiver, held: int, waits: bool) -> str:
    """What comes of a waiver that is taken back; `held`: rows that the raw table has of the game,
    `waits`: whether a backfill waits for more."""
    backfill = command_line("backfill")
    if not waiver.declared:
        then = "its source does not cover it"
    elif waits:
        then = f"the next {backfill} waits for it"
    elif held:
        verb = verb_for(held, "is", "are")
        then = f"{counted(held, 'row')} of it {verb} there, and the next {backfill} takes them in"
    else:
        then = "nothing waits for it"
    return f"game {waiver.game_id} is no longer waived for {waiver.raw_table}; {then}"
