"""Predictions as a warehouse keeps them: those of a date and model are replaced together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from planning.predictions import Predicted, latest_predictions
from warehouse.bookkeeping import PREDICTIONS
from warehouse.store import Store


@dataclass(frozen=True)
class Predictions:
    """The predictions in one store."""

    store: Store

    def replace(self, rows: Sequence[Predicted], at: datetime) -> None:
        """Write the predictions of one date and model in place of those there are.

        New rows come first, in one statement, and readers take the latest of a date and model:
        without transactions, a crash between the two leaves no half.
        """
        if not rows:
            return
        stamped = [asdict(replace(row, predicted_at=at)) for row in rows]
        self.store.add(PREDICTIONS, stamped)
        sql = (
            f"DELETE FROM {self.store.name(PREDICTIONS.name)} "
            "WHERE game_date = @day AND model_id = @model AND predicted_at < @at"
        )
        given = {"day": rows[0].game_date, "model": rows[0].model_id, "at": at}
        self.store.change("predictions", PREDICTIONS.name, sql, **given)

    def on(self, days: Sequence[date]) -> list[Predicted]:
        """The predictions in force on these dates; on all for none."""
        columns = ", ".join(column.name for column in PREDICTIONS.columns)
        sql = f"SELECT {columns} FROM {self.store.name(PREDICTIONS.name)}"
        found = self.store.rows("predictions", sql)
        rows = [Predicted(**row) for row in found]
        wanted = [row for row in rows if not days or row.game_date in days]
        return latest_predictions(wanted)
