"""`fullcourt ingest`: raw data in, with what was left out counted and shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from core.settings import Settings
from demo import DemoLeague
from fullcourt.cli.choose import Day, TableName, as_json, echo_json
from fullcourt.cli.examples import examples
from fullcourt.cli.progress import counting
from fullcourt.cli.writing import hold_slot
from reports.ingest import print_ingested, print_removed
from runs.ingest import Ingested, remove
from runs.ingest import ingest as load
from sources.nba_stats import NbaStatsFiles
from sources.port import Source


@examples(
    "fullcourt ingest nba-stats seasons",
    "fullcourt ingest demo --start 2023-10-24 --end 2023-10-30",
)
@click.group()
def ingest() -> None:
    """Load raw data; rows of a game replace its rows in that table. Of a game that files have in
    part, the other team's rows stay, and those without which a side is not whole."""


@examples(
    "fullcourt ingest nba-stats seasons",
    "fullcourt ingest nba-stats seasons --season 2024",
)
@ingest.command("nba-stats")
@click.argument("directory", type=Path)
@click.option(
    "--season",
    "seasons",
    type=int,
    multiple=True,
    help="Starting year (2024 = 2024-25); may be repeated.",
)
@click.option(
    "--allow-unfinish",
    is_flag=True,
    help="Believe files that make final games with box scores unfinished again.",
)
@as_json
@click.pass_obj
def nba_stats(
    settings: Settings,
    directory: Path,
    seasons: tuple[int, ...],
    allow_unfinish: bool,
    to_json: bool,
) -> None:
    """Files of stats.nba.com in DIRECTORY (parquet, CSV, .csv.gz,
    or answers as JSON), recognised by their columns."""
    with counting("reading", "file", quiet=to_json) as step:
        source = NbaStatsFiles(directory, seasons, allow_unfinish)
        with hold_slot(settings):
            done = load(str(settings.warehouse), source, step)
    show(done, to_json)


@examples(
    "fullcourt ingest snapshots",
    "fullcourt ingest snapshots --source nba --season 2023",
)
@ingest.command("snapshots")
@click.argument("directory", type=Path, required=False)
@click.option(
    "--source",
    "sources",
    multiple=True,
    help="A fetched source; may be repeated [all].",
)
@click.option(
    "--season",
    "seasons",
    type=int,
    multiple=True,
    help="Starting year (2024 = 2024-25); may be repeated.",
)
@as_json
@click.pass_obj
def snapshots(
    settings: Settings,
    directory: Path | None,
    sources: tuple[str, ...],
    seasons: tuple[int, ...],
    to_json: bool,
) -> None:
    """What fullcourt fetch left in DIRECTORY [snapshots in the home],
    one source after the other; the last one's rows of a game stay."""
    from sources.snapshots.reading import sources_in

    root = (directory or settings.home / "snapshots").absolute()
    named = list(dict.fromkeys(sources)) or sources_in(root) or ["nba"]
    ingest_snapshots(settings, root, named, seasons, to_json)


def ingest_snapshots(
    settings: Settings,
    root: Path,
    sources: list[str],
    seasons: tuple[int, ...],
    to_json: bool,
    fetched: dict[str, Any] | None = None,
) -> None:
    """Load the snapshots of these sources; `fetched` is printed with the JSON of the last one."""
    worst: click.exceptions.Exit | None = None
    more = {"fetched": fetched} if fetched else {}
    for source in sources:
        with counting("reading", "file", quiet=to_json) as step, hold_slot(settings):
            snapshots = _snapshots_of(settings, root, source, seasons)
            done = load(str(settings.warehouse), snapshots, step)
        try:
            show(done, to_json, more)
        except click.exceptions.Exit as end:
            worst = end
    if worst is not None:
        raise worst


def _snapshots_of(
    settings: Settings, root: Path, source: str, seasons: tuple[int, ...]
) -> Source:
    """What a fetched source left in a folder; names of lines and injuries are matched by the
    warehouse's rosters."""
    if source == "odds":
        from runs.odds import odds_files

        return odds_files(str(settings.warehouse), root, seasons)
    if source == "injuries":
        from runs.injuries import injury_files

        return injury_files(str(settings.warehouse), root, seasons)
    from sources.snapshots import SnapshotFiles

    return SnapshotFiles(root, source, seasons)


@examples(
    "fullcourt ingest demo --start 2023-10-24 --end 2023-10-30",
    "fullcourt ingest demo --seed 7 --start 2023-10-24 --end 2023-10-25",
)
@ingest.command()
@click.option("--seed", type=int, help="Another league.")
@click.option("--start", type=Day(), help="First date, included.")
@click.option("--end", type=Day(), help="Last date, included.")
@as_json
@click.pass_obj
def demo(
    settings: Settings,
    seed: int | None,
    start: date | None,
    end: date | None,
    to_json: bool,
) -> None:
    """A generated league with the shape of the real one, the same for the same seed."""
    with counting("making", "season", quiet=to_json) as step, hold_slot(settings):
        done = load(str(settings.warehouse), DemoLeague(seed, start, end), step)
    show(done, to_json)


@examples(
    "fullcourt ingest remove 0022300048 0022300050",
    "fullcourt ingest remove 0022300049 --table shots",
)
@ingest.command("remove")
@click.argument("game_ids", metavar="GAME...", nargs=-1, required=True)
@click.option(
    "--table",
    type=TableName(),
    metavar="RAW",
    help="Only from this raw table, such as shots.",
)
@as_json
@click.pass_obj
def remove_games(
    settings: Settings, game_ids: tuple[str, ...], table: str | None, to_json: bool
) -> None:
    """Delete games from every raw table, or one, all of them or none;
    the next backfill removes what was computed from them."""
    games = list(dict.fromkeys(game_ids))
    with hold_slot(settings):
        removed = remove(str(settings.warehouse), games, table)
    if to_json:
        click.echo(json.dumps(removed))
    else:
        print_removed(removed, games, table)


def show(done: Ingested, to_json: bool, more: Mapping[str, Any] | None = None) -> None:
    """Print what was loaded and left out; exit 2 when no file was,
    4 when files or rows were lost, box scores that were not read among them."""
    if to_json:
        echo_json({**done, **(more or {})})
    else:
        print_ingested(done)
    if done["refused"] or done["lost"] or done["lost_files"]:
        raise click.exceptions.Exit(4 if done["files"] else 2)
