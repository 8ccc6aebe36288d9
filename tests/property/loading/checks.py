"""What has to hold after every load and every backfill; each check yields what does not."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from planning.cells import Outcome
from planning.scope import Scope
from planning.selection import Selection
from reports.report import Report
from reports.status import share_done
from runs.survey import survey
from tests.property.loading.facts import BOXES, Facts, Lines, Side, lines_of
from tests.property.loading.folders import corrected
from tests.property.loading.harness import Ended
from tests.property.loading.truth import truth
from tests.sources.nba_stats_files import Row
from validation.removals import removal_limit
from warehouse.duckdb import DuckDBWarehouse

BOOTSTRAP_DAYS = 14
Offered = dict[str, dict[Side, set[Lines]]]
"""Raw table -> side -> every version of its rows that was offered."""


def offered_in(files: Collection[list[Row]]) -> Offered:
    """The finished rows of team and player logs."""
    found: Offered = {table: {} for table in BOXES}
    for rows in files:
        if "MATCHUP" not in rows[0]:
            continue
        table = "player_box" if "PLAYER_ID" in rows[0] else "team_box"
        for side, lines in lines_of(rows).items():
            found[table].setdefault(side, set()).add(lines)
    return found


def lost_by_ingest(
    before: Facts,
    after: Facts,
    offered: Offered,
    excused: Collection[str],
) -> Iterator[str]:
    """Finished games that are not final any more,
    or whose rows are others than they were or were offered.

    `excused`: games that somebody removed, or allowed to be unfinished.
    """
    for game_id in before.finished:
        if game_id in excused:
            continue
        status = (
            after.schedule[game_id]["status"] if game_id in after.schedule else "gone"
        )
        if status != "final":
            yield f"{game_id} was final with box scores and is {status}"
        for table in BOXES:
            yield from _rows_lost(game_id, table, before, after, offered)


def _rows_lost(
    game_id: str,
    table: str,
    before: Facts,
    after: Facts,
    offered: Offered,
) -> Iterator[str]:
    for side, lines in before.boxes[table].items():
        if side[0] != game_id:
            continue
        allowed = {lines} | offered[table].get(side, set())
        if after.boxes[table].get(side) not in allowed:
            held = len(after.boxes[table].get(side, ()))
            yield f"{table} of {' '.join(side)} had {len(lines)} rows and has {held} others"


def not_taken(
    after: Facts, offered: Offered, left_out: Collection[str]
) -> Iterator[str]:
    """Games whose complete box scores were in the files taken and are not
    in the warehouse, or not final.

    `left_out`: games of which the ingest rejected rows, and said so.
    """
    sides = offered["team_box"]
    for game_id in sorted({game for game, _ in sides} - set(left_out)):
        teams = [side for side in sides if side[0] == game_id]
        if len(teams) < 2:
            continue
        for side in teams:
            if after.boxes["team_box"].get(side) not in sides[side]:
                yield f"team_box of {' '.join(side)} was in a file that was taken and is not loaded"
        if after.schedule[game_id]["status"] != "final":
            yield f"{game_id} has both results and is {after.schedule[game_id]['status']}"


def removed_unsaid(
    before: Facts, after: Facts, ended: Ended, is_allowed: bool
) -> Iterator[str]:
    """Tables with fewer rows than before of which the run does not say so,
    or ends as if it were well."""
    limit = removal_limit().at_most_pct
    told = {removal.table for removal in ended.told}
    for table, rows in before.rows.items():
        now = after.rows[table]
        if now >= rows:
            continue
        lost = f"{table} had {rows} rows and has {now}"
        if table not in told and table not in str(ended.error or ""):
            yield f"{lost}, of which nothing is told"
        if ended.exit_code == 0 and not is_allowed:
            yield f"{lost}, and the exit code is 0"
        if 100 * (rows - now) > limit * rows and not is_allowed:
            yield f"{lost}, more than {limit:g} %, which nobody had allowed"


def undone(
    warehouse: DuckDBWarehouse, facts: Facts, selection: Selection
) -> Iterator[str]:
    """After exit 0: cells of played and loaded dates
    that are neither done nor skipped by design."""
    days = {facts.schedule[game_id]["game_date"] for game_id in facts.finished}
    planner = survey(warehouse)
    tables = Scope(planner, selection).needs.targets
    for table in tables:
        only_own = planner.catalog[table].contract.expected.needs_own_games
        decision = planner.decide(table, sorted(days))
        for day in sorted(days):
            outcome = decision.settled.get(day)
            is_waiting = outcome is Outcome.NOT_FINAL
            if is_waiting and facts.may_wait(day, only_own):
                continue
            is_done = outcome is Outcome.DONE or (
                outcome is not None and outcome.is_skip
            )
            if not is_done:
                yield f"{table} {day} is {outcome or 'to be computed'}, and the exit code is 0"
                continue
            yield from _wrong_rows(facts, table, day)


def _wrong_rows(facts: Facts, table: str, day: date) -> Iterator[str]:
    """A cell that does not hold what the games of its date ask for, as far as plain counts show."""
    games, held = facts.games_on(day), facts.held[table].get(day, 0)
    covered = [game["game_id"] for game in games if game["covers_player_box"]]
    players = [
        line for side, line in facts.boxes["player_box"].items() if side[0] in covered
    ]
    wanted = {
        "team_offense_game_summary": 2 * len(games),
        "team_defense_game_summary": 2 * len(games),
        "upcoming_team_game_context": 2 * len(games),
        "player_game_summary": sum(map(len, players)),
    }
    if table in wanted and held != wanted[table]:
        yield f"{table} {day} holds {held} rows, not {wanted[table]}, and the exit code is 0"
    if (
        table == "ml_feature_store"
        and covered
        and not held
        and not _is_early(facts, day)
    ):
        yield f"{table} {day} holds nothing, and the exit code is 0"


def _is_early(facts: Facts, day: date) -> bool:
    """Whether the season began so late, as far as it is loaded,
    that the date may have no history."""
    year = next(
        row["season"] for row in facts.schedule.values() if row["game_date"] == day
    )
    of_season = [row for row in facts.schedule.values() if row["season"] == year]
    started = min(row["game_date"] for row in of_season if row["game_type"] == "2")
    covered = [
        row for row in of_season if row["covers_player_box"] and row["game_date"] < day
    ]
    loaded = [row for row in covered if facts.has_both("player_box", row["game_id"])]
    return day < started + timedelta(days=BOOTSTRAP_DAYS) or len(loaded) < 30


def unfinished_numbers(facts: Facts, reopened: Collection[str]) -> Iterator[str]:
    """After exit 0: final games that are published with rows saved while they were on.

    `reopened`: games that somebody allowed to be unfinished, whose rows are the person's affair.
    """
    known = truth()
    for game_id in set(facts.finished) - set(reopened):
        for row in known.team_rows.get(game_id, ()):
            side = game_id, row["TEAM_ABBREVIATION"]
            versions = [lines_of([row])[side], lines_of([corrected(row)])[side]]
            if facts.boxes["team_box"][side] not in versions:
                yield f"{game_id} is final with the rows of {side[1]} saved while it was on"


def too_well_said(facts: Facts, report: Report) -> Iterator[str]:
    """Whether a report says that all is there, or 100 %,
    while dates wait whose games were played."""
    days = {facts.schedule[game_id]["game_date"] for game_id in facts.finished}
    waiting = [part for part in report.coverage if part.outcomes.get(Outcome.NOT_FINAL)]
    for part in waiting:
        of_season = {
            row["game_date"]
            for row in facts.schedule.values()
            if row["season"] == part.season
        }
        empty = {day for day in days & of_season if not facts.held[part.table].get(day)}
        by_design = sum(part.outcomes.get(str(o), 0) for o in Outcome if o.is_skip)
        if len(empty) <= by_design:
            continue
        if share_done([part]) == "100.0 %":
            yield f"{part.table} is called 100 % done while played dates wait"
        if any("all is there" in step.why for step in report.steps):
            yield f"all is there, says the report, while played dates of {part.table} wait"
