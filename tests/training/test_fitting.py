"""Fits: chosen on validation, the same bytes on any number of threads, refused elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import ConfigError
from tests.training.made_sets import made_set
from training import trees
from training.fitting import Fitted, choose_kind, fit
from training.intervals import EDGES
from training.libraries import missing_packages, require_libraries
from training.metrics import Difference, Errors
from training.model_file import TREE, from_bytes, to_bytes
from training.model_limits import broken_limits, decide, load_model_limits
from training.naive import single_figures
from training.splits import TEST

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 40
"""Trees that are tried here; a model has up to 200."""
FIT = (
    f"import sys, training.trees; training.trees.MOST_ROUNDS = {ROUNDS};"
    "from tests.training.made_sets import made_set;"
    "from training.fitting import fit; from training.model_file import to_bytes;"
    "sys.stdout.buffer.write(to_bytes(fit(made_set(40, 20), 7).model))"
)


@pytest.fixture(scope="module", autouse=True)
def _few_rounds() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trees, "MOST_ROUNDS", ROUNDS)
        yield


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(made_set(), 7)


def test_one_thread_and_two_give_the_same_bytes() -> None:
    """Whoever fits again has to know whether the model is the same."""
    found = set()
    for threads in ("1", "2"):
        limits = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", FIT],
            cwd=ROOT,
            env={**os.environ, **limits},
            capture_output=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1
    assert len(found.pop()) > 10_000


def test_a_model_beats_the_naive_figures_where_there_is_something_to_learn(
    fitted: Fitted,
) -> None:
    of = made_set(seed=2)
    test = of.of(TEST)
    naive = single_figures(of)[fitted.best_naive][of.splits == TEST]
    ours, theirs = (
        np.abs(points - test.points).mean()
        for points in (fitted.model.median(test), naive)
    )
    assert ours < 0.9 * theirs
    assert fitted.gains[fitted.model.default].high < 0


def test_test_is_not_looked_at(fitted: Fitted) -> None:
    of = made_set()
    points = np.where(of.splits == TEST, 99.0, of.points)
    again = fit(replace(of, points=points), 7)
    assert to_bytes(again.model) == to_bytes(fitted.model)
    assert again.errors == fitted.errors


def test_a_prediction_has_its_median_inside_its_interval(fitted: Fitted) -> None:
    of = made_set(seed=3)
    found = fitted.model.predict(of)
    assert len(fitted.model.shifts) == len(EDGES) + 1
    assert (found.low <= found.high).all()
    assert (found.low >= 0).all()
    inside = (found.low <= found.median) & (found.median <= found.high)
    assert inside.mean() > 0.95


def test_a_model_that_was_kept_predicts_what_it_did(fitted: Fitted) -> None:
    of = made_set(seed=4)
    kept = from_bytes(to_bytes(fitted.model), "model.skops")
    for one, two in zip(
        vars(kept.predict(of)).values(),
        vars(fitted.model.predict(of)).values(),
        strict=True,
    ):
        assert np.array_equal(one, two)
    assert to_bytes(kept) == to_bytes(fitted.model)


def test_a_file_with_a_type_that_no_model_has_is_not_read() -> None:
    import skops.io
    from sklearn.linear_model import LinearRegression

    foreign = skops.io.dumps({"trees": LinearRegression()})
    with pytest.raises(ConfigError, match="LinearRegression, which no model of full"):
        from_bytes(foreign, "model.skops")
    with pytest.raises(ConfigError, match="is no model file"):
        from_bytes(b"nothing", "model.skops")
    assert skops.io.get_untrusted_types(data=foreign) == []
    assert TREE.startswith("sklearn.")


def errors(mae: float) -> Errors:
    return Errors(1000, mae, mae, 0)


def apart(low: float, high: float) -> Difference:
    return Difference((low + high) / 2, low, high)


@pytest.mark.parametrize(
    ("linear", "linear_gain", "by_trees", "between", "chosen"),
    [
        (4.60, (-0.07, -0.01), 4.59, (-0.02, 0.01), "linear"),
        (4.60, (-0.07, -0.01), 4.50, (-0.09, -0.02), "trees"),
        (4.66, (-0.02, 0.02), 4.60, (-0.08, 0.01), "trees"),
        (4.60, (-0.07, 0.01), 4.64, (0.01, 0.08), "linear"),
    ],
)
def test_the_simplest_that_passes_is_the_default(
    linear: float,
    linear_gain: tuple[float, float],
    by_trees: float,
    between: tuple[float, float],
    chosen: str,
) -> None:
    """Naive 4.65: at least 0.5 % better is 4.626 and below."""
    found = {"linear": errors(linear), "trees": errors(by_trees), "naive": errors(4.65)}
    gains: Any = {"linear": apart(*linear_gain), "trees": apart(-0.06, -0.01)}
    if by_trees > linear:
        gains["trees"] = apart(-0.02, 0.03)
    assert choose_kind(found, "naive", gains, apart(*between)) == chosen


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(ConfigError, match="train has 40 rows, at least 50"):
        fit(made_set(days=4), 0)


GOOD = {
    "gain_percent": 1.0,
    "gain_beyond_lines": 1.0,
    "difference_upper_end": -0.01,
    "gain_apart": 0.2,
    "coverage_percent": 80.0,
    "mean_bias": 0.03,
}


@pytest.mark.parametrize(
    ("worse", "decision"),
    [
        ({}, "GO"),
        ({"gain_percent": 0.4}, "NO-GO"),
        ({"difference_upper_end": 0.0}, "NO-GO"),
        ({"gain_beyond_lines": 31.0}, "NO-GO"),
        ({"gain_apart": 1.6}, "NO-GO"),
        ({"coverage_percent": 77.1}, "GO with warnings"),
        ({"coverage_percent": 82.5}, "GO with warnings"),
        ({"mean_bias": 0.2}, "GO with warnings"),
    ],
)
def test_the_limits_decide(worse: Mapping[str, float], decision: str) -> None:
    broken = broken_limits({**GOOD, **worse})
    assert decide(broken) == decision
    assert [limit.measurement for limit, _ in broken] == list(worse)
    for (limit, sentence), value in zip(broken, worse.values(), strict=True):
        assert f"is {value:.3f}" in sentence
        assert limit.why in sentence


def test_every_measurement_has_a_limit_and_nothing_else_has_one(tmp_path: Path) -> None:
    path = tmp_path / "model_thresholds.yaml"
    limit = "{measurement: luck, at_most: 1, severity: warn, why: it is not measured}"
    path.write_text(f"thresholds:\n  - {limit}\n")
    with pytest.raises(ConfigError, match="luck, mean_bias has a limit and is not"):
        load_model_limits(path)


def test_a_library_that_is_not_there_is_named_with_what_brings_it() -> None:
    assert missing_packages({"sklearn": "scikit-learn", "nowhere": "nobody"}) == [
        "nobody"
    ]
    with pytest.raises(ConfigError, match=r"nobody not installed.*fullcourt\[train\]"):
        require_libraries({"nowhere": "nobody"})
