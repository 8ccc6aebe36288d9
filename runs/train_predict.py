"""Predict a date with a saved model, and grade what was predicted of dates that were played."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from core.errors import ConfigError, FullcourtError, NotFreshError
from core.remedy import Remedy
from core.version import code_version
from planning.labels import features
from planning.predictions import Predicted
from planning.selection import Selection
from runs.labels import add_labels, read_labels
from runs.rows import Chosen, choose, require_fresh, require_unchanged
from runs.training_set import FEATURES
from training.card import Card, read_card, read_model_file, require_features
from training.judging import MODEL, require_later
from training.learning_set import LearningSet, from_table
from training.libraries import MODELS, require_libraries
from training.metrics import (
    Difference,
    Errors,
    Forecast,
    coverage,
    difference,
    errors_of,
)
from training.naive import single_figures
from training.points_model import Prediction
from warehouse.protocol import Warehouse


@dataclass(frozen=True)
class Grade:
    """How the predictions of a model did on dates that were played.

    `first`, `last`: the dates; `days`: how many; `did_not_play`: predicted players who did not;
    `covered`: percent of scores inside their intervals; `apart`: the model's error less the naive
    figure's, in points, by bootstrap over game days.
    """

    model_id: str
    first: date
    last: date
    days: int
    did_not_play: int
    errors: Errors
    naive: Errors
    covered: float
    apart: Difference

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "model_id": self.model_id,
            "first": str(self.first),
            "last": str(self.last),
            "days": self.days,
            "did_not_play": self.did_not_play,
            "model": self.errors.to_json(),
            "naive": self.naive.to_json(),
            "covered": self.covered,
            "difference": self.apart.to_json(),
        }


def predict_date(
    warehouse: Warehouse, day: date, model_folder: Path
) -> list[Predicted]:
    """Predict the players of a date and write that to `points_predictions`, in place of what the
    model predicted of it before.

    Raises NotFreshError where the date's features are not fresh or not there yet, and ConfigError
    where none are due, for a model of other features or libraries, or one made from the date.
    """
    require_libraries(MODELS)
    card = read_card(model_folder)
    require_later(card, str(day), str(day))
    chosen = choose(warehouse, Selection(dates=(day,), tables=(FEATURES,)))
    require_fresh(chosen)
    out = chosen.tables[FEATURES]
    if not out.cells:
        raise _nothing_to_predict(chosen, day)
    table = warehouse.table_rows(FEATURES, [day])
    names = tuple(features(table.column_names))
    (version,) = set(table["feature_version"].to_pylist())
    require_features(card, names, version, out.code or "")
    model = read_model_file(model_folder, card)
    rows = from_table(_with_history(warehouse, chosen, table, day), names)
    require_unchanged(warehouse, chosen)
    naive = single_figures(rows)[card.best_naive]
    today = rows.days == np.datetime64(day)
    players = rows.where(today)
    expected = model.predict(players)
    (cell,) = out.cells
    found = _predicted(card, players, expected, naive[today], cell.content)
    warehouse.record_predictions(found)
    return found


def _nothing_to_predict(chosen: Chosen, day: date) -> FullcourtError:
    """The error of a date without features: none are due, or they are not there yet."""
    outcome = chosen.planner.find(FEATURES, day).outcome
    is_skipped = outcome is not None and outcome.is_skip
    error = ConfigError if is_skipped else NotFreshError
    return error(
        f"{FEATURES} holds no row on {day}; there is nothing to predict; ",
        Remedy("why", (FEATURES, str(day))),
        " says why",
    )


def _with_history(warehouse: Warehouse, chosen: Chosen, today: Any, day: date) -> Any:
    """The rows of a date, after the labelled ones of the season's earlier dates."""
    calendar = chosen.planner.calendar
    season = calendar.season_of(day)
    held = warehouse.records(FEATURES)[FEATURES]
    earlier = sorted(
        known
        for known in held
        if known and known < day and calendar.season_of(known) == season
    )
    if not earlier:
        return today
    rows = warehouse.table_rows(FEATURES, earlier)
    labelled = add_labels(warehouse, FEATURES, rows).rows
    return pa.concat_tables([labelled, today], promote_options="default")


def _predicted(
    card: Card,
    rows: LearningSet,
    expected: Prediction,
    naive: np.ndarray[Any, Any],
    features_fingerprint: str,
) -> list[Predicted]:
    columns = zip(
        rows.days.tolist(),
        rows.players.tolist(),
        expected.median.tolist(),
        expected.mean.tolist(),
        expected.low.tolist(),
        expected.high.tolist(),
        naive.tolist(),
        strict=True,
    )
    found = []
    for day, player, points, mean, low, high, naive_points in columns:
        row = Predicted(
            game_date=day,
            player_id=player,
            model_id=card.model_id,
            points=points,
            mean_points=mean,
            low=low,
            high=high,
            naive=card.best_naive,
            naive_points=naive_points,
            features=features_fingerprint,
            code_version=code_version(),
        )
        found.append(row)
    return found


def grade_predictions(
    warehouse: Warehouse, days: Sequence[date] = (), seed: int = 0
) -> list[Grade]:
    """A grade per model, over these dates or all that were predicted; dates that nobody has played
    yet are left out.

    ConfigError where nothing was predicted, NotFreshError where none of it was played.
    """
    predicted = warehouse.predictions(days)
    if not predicted:
        named = ", ".join(map(str, days)) or "any date"
        raise ConfigError(
            f"nothing was predicted of {named}; ",
            Remedy("train predict", ("--date", "DATE", "--model", "MODELDIR")),
        )
    labels = read_labels(warehouse, sorted({row.game_date for row in predicted}))
    played = {day for day, _ in labels.played}
    by_model: dict[str, list[Predicted]] = defaultdict(list)
    for row in predicted:
        if row.game_date in played:
            by_model[row.model_id].append(row)
    if not by_model:
        raise NotFreshError(
            "none of the dates predicted has box scores yet; after the games: ",
            Remedy("backfill"),
        )
    scores = {}
    for rows in by_model.values():
        for row in rows:
            key = (row.game_date, row.player_id)
            if label := labels.find(key):
                scores[key] = label.points
    return [_grade(model, rows, scores, seed) for model, rows in by_model.items()]


def _grade(
    model_id: str,
    rows: Sequence[Predicted],
    scores: dict[tuple[date, int], int],
    seed: int,
) -> Grade:
    known = [row for row in rows if (row.game_date, row.player_id) in scores]
    if not known:
        raise NotFreshError(
            f"no player that model {model_id} predicted has played as expected; ",
            Remedy("backfill"),
        )
    scored = np.array(
        [scores[row.game_date, row.player_id] for row in known], dtype=float
    )
    model = _forecast(MODEL, known, [row.points for row in known])
    naive = _forecast(known[0].naive, known, [row.naive_points for row in known])
    low = np.array([row.low for row in known])
    high = np.array([row.high for row in known])
    days = sorted({row.game_date for row in known})
    return Grade(
        model_id=model_id,
        first=days[0],
        last=days[-1],
        days=len(days),
        did_not_play=len(rows) - len(known),
        errors=errors_of(model.points, scored),
        naive=errors_of(naive.points, scored),
        covered=coverage(low, high, scored),
        apart=difference(model, naive, scored, seed),
    )


def _forecast(name: str, rows: Sequence[Predicted], points: list[float]) -> Forecast:
    days = np.array([row.game_date for row in rows], dtype="datetime64[D]")
    players = np.array([row.player_id for row in rows], dtype=np.int64)
    return Forecast(name, days, players, np.array(points))
