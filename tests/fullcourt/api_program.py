"""A program as a user would write it: type-checked strictly by the tests, and run by them."""

from __future__ import annotations

import sys
from datetime import date

import fullcourt


def read(address: str) -> dict[str, int]:
    """Rows of each split, after a look at how the warehouse stands."""
    with fullcourt.open(address) as warehouse:
        gaps: int = sum(
            part.gaps for part in warehouse.status(tables=["ml_feature_store"])
        )
        verdict = warehouse.verdict("player")
        decision: str = "none" if verdict is None else verdict.decision
        found_out = warehouse.why("player_game_summary", date(2023, 11, 21))
        stands: str = str(found_out.standing.outcome)
        table: fullcourt.Table = warehouse.table("ml_feature_store")
        rows: fullcourt.Rows = table.between("2023-11-20", date(2023, 11, 25))
        found: fullcourt.TrainingSet = warehouse.training_set(
            validation_from="2023-11-15", test_from="2023-11-22"
        )
    print(gaps, decision, stands, len(rows), found.features[0])
    return dict(found.counts)


def attempt(address: str) -> str:
    """The reason for which a warehouse cannot be read; empty where it can."""
    try:
        read(address)
    except fullcourt.LockedWarehouseError as error:
        return f"in use: {error}"
    except fullcourt.FullcourtError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    sys.exit(attempt(sys.argv[1]))
