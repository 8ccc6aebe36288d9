"""Tell which published rows a run takes away,
and stop it before it takes away more than it may unasked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial

from core.errors import ConfigError, RemovalStopped, RowsRemoved
from core.remedy import PLACEHOLDER
from planning.decisions import Decision, Planner
from planning.overrides import WHAT_A_REASON_NEEDS, is_reason
from planning.removals import Removal, Shrunk, above, foreseen, not_agreed, removals
from planning.scope import Scope
from planning.waived import PLAYER_BOX, WaivedGame, waived_with_dates
from reports.reasons import tell_removal, tell_removal_cause, tell_shrunk
from runs.events import RemovalStarted
from runs.listening import tell
from validation.removals import removal_limit
from warehouse.protocol import Warehouse

NAMED = 5
"""Removals that an error names."""


def validate_removal_reason(reason: str) -> None:
    """Raise ConfigError for a reason that says nothing."""
    if reason and not is_reason(reason):
        raise ConfigError(
            f"--allow-removal needs a reason of {WHAT_A_REASON_NEEDS}: the report "
            "repeats it"
        )


def foresee_removals(warehouse: Warehouse, scope: Scope) -> list[Removal]:
    """What a run of this scope would take away of the tables as they are now."""
    planner = scope.planner
    if not any(_holds_rows(planner, table) for table in scope.all_tables):
        return []
    return foreseen(scope, cache(partial(waived_games, warehouse)))


def waived_games(warehouse: Warehouse) -> tuple[WaivedGame, ...]:
    """The games that are waived for the box scores of players, with their dates."""
    waivers = warehouse.waivers()
    if not any(waiver.raw_table == PLAYER_BOX for waiver in waivers):
        return ()
    games = warehouse.schedule().to_pylist()
    return waived_with_dates(
        waivers, {game["game_id"]: game["game_date"] for game in games}
    )


def _holds_rows(planner: Planner, table: str) -> bool:
    return any(state.present for state in planner.states[table].values())


def require_removals(found: Sequence[Removal], reason: str) -> None:
    """Raise RemovalStopped where a table would lose more than its share and nobody agreed to it."""
    limit = removal_limit()
    large = above(found, limit.at_most_pct)
    if not large or reason:
        return
    more = f"; and {len(large) - NAMED} more" if len(large) > NAMED else ""
    raise RemovalStopped(
        f"stopped before removing more than {limit.at_most_pct:g} % of a table: "
        f"{'; '.join(map(tell_removal, large[:NAMED]))}{more}. None of these rows is removed yet: "
        f"load what is wrong again, or agree with --allow-removal '{PLACEHOLDER}'"
    )


def watch_removals(
    warehouse: Warehouse, planner: Planner, decisions: Iterable[Decision], reason: str
) -> None:
    """Tell what these decisions take away; RemovalStopped before it is more than it may be."""
    waived = cache(partial(waived_games, warehouse))
    found: list[Removal] = []
    for decision in decisions:
        found += removals(planner, decision, waived)
    require_removals(found, reason)
    for removal in found:
        tell(RemovalStarted(removal))


def rows_held(warehouse: Warehouse, scope: Scope) -> dict[str, int]:
    """Table -> its rows, of the needed tables."""
    return {table: warehouse.rows_held(table) for table in sorted(scope.all_tables)}


def shrunk_tables(
    before: Mapping[str, int], after: Mapping[str, int]
) -> tuple[Shrunk, ...]:
    """The tables that hold fewer rows than before."""
    numbers = (
        Shrunk(table, rows, after.get(table, rows)) for table, rows in before.items()
    )
    return tuple(shrunk for shrunk in numbers if shrunk.after < shrunk.before)


def require_agreed(
    shrunk: Sequence[Shrunk], found: Sequence[Removal], reason: str
) -> None:
    """Raise RowsRemoved where tables hold fewer rows than before and nobody agreed to it: neither
    now, nor by waiving the game that they were of."""
    unasked = not_agreed(shrunk, found)
    if not unasked or reason:
        return
    others = [removal for removal in found if not removal.waived]
    causes = "; ".join(dict.fromkeys(map(tell_removal_cause, others[:NAMED])))
    removed = "; ".join(map(tell_shrunk, unasked))
    raise RowsRemoved(
        f"done, but rows were removed that nobody had agreed to: {removed}"
        f"{f'; because: {causes}' if causes else ''}. To agree beforehand: "
        f"--allow-removal '{PLACEHOLDER}'"
    )
