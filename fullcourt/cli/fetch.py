"""`fullcourt fetch`: real seasons from their sources into snapshots, and into raw tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from core.settings import Settings
from fullcourt.cli.choose import Day, as_json
from fullcourt.cli.examples import examples
from fullcourt.cli.ingest import ingest_snapshots
from fullcourt.cli.progress import ERROR_CONSOLE
from planning.selection import FIRST_SEASON, LAST_SEASON
from reports.fetch import print_fetched, print_forecast

if TYPE_CHECKING:
    from runs.fetch import Forecast

Command = TypeVar("Command", bound=Callable[..., Any])


@examples(
    "fullcourt fetch nba --season 2023 --dry-run",
    "fullcourt fetch injuries --season 2023 --dry-run",
)
@click.group()
def fetch() -> None:
    """Ask a source for real seasons, politely, and keep its answers as they are.

    The same command resumes. It asks again only about games of the last three days, which the
    source may have corrected.
    """


def fetch_options(*, needs_season: bool) -> Callable[[Command], Command]:
    """--season, --to, --dry-run, --ingest, --json."""

    def with_options(command: Command) -> Command:
        for option in (
            as_json,
            click.option(
                "--ingest", "then_ingest", is_flag=True, help="Load what is there then."
            ),
            click.option(
                "--dry-run",
                is_flag=True,
                help="Say what would be asked, and what it costs; ask nothing.",
            ),
            click.option(
                "--to",
                "folder",
                type=click.Path(file_okay=False, path_type=Path),
                metavar="DIR",
                help="Where snapshots are kept [snapshots in the home].",
            ),
            click.option(
                "--season",
                "seasons",
                type=click.IntRange(FIRST_SEASON, LAST_SEASON),
                multiple=True,
                required=needs_season,
                help="Starting year (2024 = 2024-25); may be repeated.",
            ),
        ):
            command = option(command)
        return command

    return with_options


@examples(
    "fullcourt fetch nba --season 2023 --dry-run",
    "fullcourt fetch nba --season 2023 --tables player_box --ingest",
)
@fetch.command("nba", short_help="stats.nba.com: 17 calls a season.")
@fetch_options(needs_season=True)
@click.option(
    "--tables",
    "tables",
    multiple=True,
    type=click.Choice(["schedule", "team_box", "player_box", "shots", "players"]),
    help="A raw table; may be repeated [all but players, which takes 30 calls].",
)
@click.option("--since", type=Day(), help="Only what was played from this date on.")
@click.option(
    "--box-scores", is_flag=True, help="Box scores too: starters; a call a game."
)
@click.pass_obj
def nba(
    settings: Settings,
    seasons: tuple[int, ...],
    since: date | None,
    folder: Path | None,
    dry_run: bool,
    then_ingest: bool,
    to_json: bool,
    tables: tuple[str, ...],
    box_scores: bool,
) -> None:
    """Schedule, game logs and shots of stats.nba.com, for your own use: its terms allow personal,
    non-commercial use. It does not answer calls from clouds."""
    from sources.nba_api.plan import TABLES

    named = {"tables": tables or TABLES, "box_scores": box_scores, "since": since}
    run("nba", settings, seasons, folder, named, (dry_run, then_ingest, to_json))


@examples(
    "fullcourt fetch sportsdataverse --season 2023 --dry-run",
    "fullcourt fetch sportsdataverse --season 2022 --season 2023 --ingest",
)
@fetch.command(
    "sportsdataverse", short_help="Release files, from clouds too: 6 a season."
)
@fetch_options(needs_season=True)
@click.pass_obj
def sportsdataverse(
    settings: Settings,
    seasons: tuple[int, ...],
    folder: Path | None,
    dry_run: bool,
    then_ingest: bool,
    to_json: bool,
) -> None:
    """Release files of sportsdataverse (CC BY 4.0), seasons from 1996 on: who started, who did not
    play and why, assisted shots, birth dates. No tip-off times, and no games to come."""
    run(
        "sportsdataverse",
        settings,
        seasons,
        folder,
        {},
        (dry_run, then_ingest, to_json),
    )


@examples(
    "fullcourt fetch odds --season 2023 --dry-run",
    "fullcourt fetch odds --season 2023 --max-credits 500",
)
@fetch.command("odds", short_help="Lines on players and games; costs credits.")
@fetch_options(needs_season=False)
@click.option("--since", type=Day(), help="Only games from this date on.")
@click.option(
    "--markets",
    default="player_points,spreads,totals",
    show_default=True,
    help="Which lines, separated by commas.",
)
@click.option(
    "--opening",
    is_flag=True,
    help="Lines of twelve hours before tip-off too: twice the credits.",
)
@click.option(
    "--max-credits", type=click.IntRange(min=0), help="End before more are spent."
)
@click.pass_obj
def odds(
    settings: Settings,
    seasons: tuple[int, ...],
    since: date | None,
    markets: str,
    opening: bool,
    max_credits: int | None,
    folder: Path | None,
    dry_run: bool,
    then_ingest: bool,
    to_json: bool,
) -> None:
    """Lines of The Odds API a quarter of an hour before each tip-off, for games that the warehouse
    has; paid by credits. The key is in ODDS_API_KEY, or in the Secret block odds-api-key."""
    from runs.odds import OddsRequest, fetch_odds, forecast_odds
    from sources.odds.plan import MARKETS
    from tasks.credentials import odds_key

    chosen = tuple(market.strip() for market in markets.split(",") if market.strip())
    if not chosen or not set(chosen) <= set(MARKETS):
        raise click.BadParameter(
            f"name some of {', '.join(MARKETS)}", param_hint="--markets"
        )
    if not seasons and since is None:
        raise click.UsageError("name a --season, or a date with --since")
    root = (folder or settings.home / "snapshots").absolute()
    of_seasons = tuple(sorted(set(seasons)))
    request = OddsRequest(root, of_seasons, since, chosen, max_credits, opening)
    if dry_run:
        show_forecast(forecast_odds(str(settings.warehouse), request), to_json)
        return
    key = odds_key()
    with watching(quiet=to_json) as watcher:
        done = fetch_odds(str(settings.warehouse), request, key, watcher)
    finish(settings, done, root, request.seasons, then_ingest, to_json)


@examples(
    "fullcourt fetch injuries --season 2023 --dry-run",
    "fullcourt fetch injuries --season 2023 --ingest",
)
@fetch.command("injuries", short_help="Injury reports before each tip-off.")
@fetch_options(needs_season=False)
@click.option("--since", type=Day(), help="Only games from this date on.")
@click.pass_obj
def injuries(
    settings: Settings,
    seasons: tuple[int, ...],
    since: date | None,
    folder: Path | None,
    dry_run: bool,
    then_ingest: bool,
    to_json: bool,
) -> None:
    """The league's injury reports, PDFs: the last one before each tip-off, for games that the
    warehouse has; about 650 calls a season. Needs the extra fullcourt[injuries]."""
    from runs.injuries import InjuriesRequest, fetch_injuries, forecast_injuries

    if not seasons and since is None:
        raise click.UsageError("name a --season, or a date with --since")
    root = (folder or settings.home / "snapshots").absolute()
    request = InjuriesRequest(root, tuple(sorted(set(seasons))), since)
    if dry_run:
        show_forecast(forecast_injuries(str(settings.warehouse), request), to_json)
        return
    with watching(quiet=to_json) as watcher:
        done = fetch_injuries(str(settings.warehouse), request, watcher)
    finish(settings, done, root, request.seasons, then_ingest, to_json)


def run(
    source: str,
    settings: Settings,
    seasons: tuple[int, ...],
    folder: Path | None,
    named: dict[str, Any],
    how: tuple[bool, bool, bool],
) -> None:
    """Fetch from a source, print what came of it, and ingest it where that is asked for."""
    from runs.fetch import FetchRequest, forecast
    from runs.fetch import fetch as fetch_from

    dry_run, then_ingest, to_json = how
    root = folder or settings.home / "snapshots"
    request = FetchRequest(
        source, root.absolute(), tuple(sorted(set(seasons))), **named
    )
    if dry_run:
        show_forecast(forecast(request), to_json)
        return
    with watching(quiet=to_json) as watcher:
        done = fetch_from(request, watcher)
    finish(settings, done, request.folder, request.seasons, then_ingest, to_json)


def show_forecast(told: Forecast, to_json: bool) -> None:
    """Print what a run would ask."""
    if to_json:
        click.echo(json.dumps(told))
    else:
        print_forecast(told)


def finish(
    settings: Settings,
    done: Any,
    folder: Path,
    seasons: tuple[int, ...],
    then_ingest: bool,
    to_json: bool,
) -> None:
    """Print what a fetch did, load it where that is asked for, and end with its exit code."""
    from runs.fetch import exit_code

    if not to_json:
        print_fetched(done, min(seasons, default=0))
    elif not then_ingest:
        click.echo(json.dumps(done, indent=2))
    code = exit_code(done)
    if then_ingest and code != 2:
        ingest_snapshots(
            settings, folder, [done["source"]], seasons, to_json, dict(done)
        )
    if code:
        raise click.exceptions.Exit(code)


@contextmanager
def watching(quiet: bool) -> Iterator[Any]:
    """Someone to tell of a run: a bar with the calls that are left and the time that they take."""
    from runs.fetch import Watcher

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:.0f} of {task.total:.0f} calls", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=ERROR_CONSOLE, transient=True, disable=quiet
    ) as bar:
        task = bar.add_task("fetching", total=0)

        def plan(calls: int) -> None:
            bar.update(task, total=(bar.tasks[0].total or 0) + calls)

        def step(asked: Any) -> None:
            bar.update(task, advance=1, description=f"fetched {asked.call.title}")

        yield Watcher(plan, step)
