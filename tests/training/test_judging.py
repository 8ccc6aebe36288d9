"""What a report says of a model: on test, beside figures of the same rows; and how it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reports.train_report import report_markdown, report_page
from tests.training.made_sets import made_set
from tests.training.test_card import card
from training import trees
from training.card import Card
from training.fitting import Fitted, fit
from training.judging import judge_model
from training.learning_set import LearningSet
from training.naive import SINGLE
from training.splits import TEST


@pytest.fixture(scope="module")
def fitted() -> Iterator[Fitted]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trees, "MOST_ROUNDS", 40)
        yield fit(made_set(), 7)


def of_card(fitted: Fitted) -> Card:
    data = card().data.model_copy(update={"last": "2023-12-15"})
    chosen = {"default": fitted.model.default, "best_naive": fitted.best_naive}
    return card(data=data, **chosen)


def judged(fitted: Fitted, of: LearningSet) -> dict[str, Any]:
    return judge_model(fitted.model, of_card(fitted), of, 1)


@pytest.fixture(scope="module")
def facts(fitted: Fitted) -> dict[str, Any]:
    return judged(fitted, made_set())


def test_errors_are_those_of_test(fitted: Fitted, facts: dict[str, Any]) -> None:
    test = made_set().of(TEST)
    by_hand = np.abs(fitted.model.median(test) - test.points).mean()
    first = facts["compared"][0]
    assert (first["name"], first["rows"]) == ("the model", len(test))
    assert first["mae"] == pytest.approx(by_hand)
    assert {one["name"] for one in facts["compared"]} >= set(SINGLE)
    assert facts["game_days"] == len(np.unique(test.days))


def test_every_slice_holds_every_row_once(facts: dict[str, Any]) -> None:
    assert set(facts["slices"]) == {
        "month",
        "minutes played",
        "games of the season before",
    }
    for name, slices in facts["slices"].items():
        assert sum(one["rows"] for one in slices) == facts["rows"], name
        weighted = sum(one["rows"] * one["mae"] for one in slices) / facts["rows"]
        assert weighted == pytest.approx(facts["compared"][0]["mae"]), name
    names = [one["slice"] for one in facts["slices"]["minutes played"]]
    assert names[:2] == ["0 to below 10 minutes", "10 to below 20 minutes"]


def test_what_moves_the_points_is_important_and_what_is_null_is_not(
    facts: dict[str, Any],
) -> None:
    by_name = {one["feature"]: one["points"] for one in facts["importance"]}
    assert by_name["opponent_def_rating"] > 0.5
    assert by_name["the three point averages"] > by_name["points_avg_last_5"]
    assert by_name["injury_risk"] == 0


def test_a_model_that_knows_the_points_is_too_good_to_be_true(fitted: Fitted) -> None:
    """A leak of the label: the gain over any figure is above what knowledge can give."""
    of = made_set()
    leaked = of.features.copy()
    leaked[:, of.names.index("opponent_def_rating")] = of.points
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trees, "MOST_ROUNDS", 40)
        knowing = fit(replace(of, features=leaked), 7)
    found = judged(knowing, replace(of, features=leaked))
    assert found["decision"] == "NO-GO"
    assert any("gain_beyond_lines" in one["sentence"] for one in found["broken"])


def test_the_market_is_held_against_the_model_on_rows_with_a_line(
    fitted: Fitted, facts: dict[str, Any]
) -> None:
    assert facts["market"] is None
    of = made_set()
    features = of.features.copy()
    lines = features[:, of.names.index("vegas_points_line")]
    lines[::2] = of.points[::2] + 1
    found = judged(fitted, replace(of, features=features))
    assert found["market"]["errors"][1]["name"] == "the line"
    assert found["market"]["errors"][1]["mae"] == pytest.approx(1)
    assert {one["rows"] for one in found["market"]["errors"]} == {facts["rows"] // 2}
    assert (
        found["measured"]["gain_beyond_lines"] < facts["measured"]["gain_beyond_lines"]
    )
    assert found["measured"]["gain_percent"] == facts["measured"]["gain_percent"]


def test_a_page_is_one_file_and_every_text_is_escaped(facts: dict[str, Any]) -> None:
    named = {**facts, "best_naive": "<script>alert(1)</script> & more"}
    page = report_page(named, {"errors.png": b"\x89PNG"})
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
    assert 'src="data:image/png;base64,iVBORw=="' in page
    assert "http" not in page
    assert page.count("src=") == 1


def test_the_markdown_has_the_decision_and_every_table(facts: dict[str, Any]) -> None:
    text = report_markdown(facts, ["errors.png"])
    assert f"Decision: {facts['decision']}" in text
    assert f"{facts['compared'][0]['mae']:.4f}" in text
    for title in ("Model and naive figures", "By month", "Calibration of the quant"):
        assert f"## {title}" in text
    assert "![Mean absolute error](errors.png)" in text
