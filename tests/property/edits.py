"""Every edit and how often it is made, relative to the others."""

from __future__ import annotations

from random import Random

from tests.property import box_scores, damage, odds, schedule
from tests.property.games import Edit
from warehouse.duckdb import DuckDBWarehouse

EDITS: dict[Edit, int] = {
    box_scores.stats_corrected: 5,
    box_scores.loaded_again: 1,
    box_scores.shots_corrected: 2,
    box_scores.shots_lost: 2,
    box_scores.player_removed: 3,
    box_scores.player_on_the_other_side: 1,
    box_scores.traded: 2,
    box_scores.withdrawn: 2,
    schedule.dropped: 3,
    schedule.added: 4,
    schedule.postponed: 3,
    schedule.unfinished: 1,
    schedule.waived: 3,
    schedule.season_appeared: 1,
    odds.birth_corrected: 2,
    odds.props_moved: 2,
    odds.game_lines_moved: 2,
    odds.tip_off_moved: 2,
    odds.raw_by_hand: 4,
    schedule.moved: 4,
    damage.value_changed: 2,
    damage.rows_deleted: 2,
    box_scores.restored: 5,
    damage.rows_out_of_place: 2,
    damage.ledger_lost: 2,
    damage.table_dropped: 1,
    schedule.became_final: 5,
    schedule.unwaived: 3,
    schedule.season_vanished: 1,
    damage.code_changed: 1,
}
"""Edit -> how often. Those that mend (restored, became_final,
unwaived) mostly find nothing to mend."""


def due(seed: int) -> list[Edit]:
    """The two edits that a sequence begins with:
    as many sequences begin with any as with any other.

    They are half of the list apart: what one has broken the other mends.
    """
    listed = list(EDITS)
    return [listed[n % len(listed)] for n in (seed, seed + len(listed) // 2)]


def edit(
    warehouse: DuckDBWarehouse, random: Random, wanted: Edit | None = None
) -> tuple[str, str]:
    """Make one edit that finds something to change,
    the one wanted if it does: its name, what it did."""
    chosen = wanted or _any(random)
    while not (done := chosen(warehouse, random)):
        chosen = _any(random)
    return chosen.__name__, done


def _any(random: Random) -> Edit:
    return random.choices(list(EDITS), list(EDITS.values()))[0]
