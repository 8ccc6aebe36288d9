"""What a limit may say, how it applies to a measurement, and which files are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from core.errors import ConfigError
from core.yaml_files import read_model
from processors.discovery import load
from tests.validation.small_case import WHY, measured, part, rate, threshold
from validation.limits import load_thresholds
from validation.thresholds import Threshold, ThresholdsFile

REFERENCE = {"start": "2021-10-19", "end": "2026-01-02", "of": 5788}
GOOD = f"measurement: rate, at_least: 95, severity: block, why: {WHY}"


def games(final: int, held: int, **changes: Any) -> Any:
    """How many of the range's final games a table holds."""
    return measured(part(held, final), name="games", kind="amount", **changes)


def file(folder: Path, *entries: str) -> Path:
    path = folder / "thresholds.yaml"
    path.write_text(
        "thresholds:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)
    )
    return path


@pytest.mark.parametrize(
    "limits",
    [{"at_least": 1, "at_most": 2}, {"at_least": 1, "below": 2}, {"severity": "block"},
     {"at_most": 1, "of_ceiling": 0.95}, {"below": 1, "reference": REFERENCE},
     {"reference": REFERENCE},
     {"of_ceiling": 1.5}, {"of_ceiling": 0}, {"at_least": 1, "severity": "error"},
     {"at_least": 1, "why": "no"}],
)  # fmt: skip
def test_a_threshold_has_one_limit_a_severity_and_a_why(limits: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Threshold.model_validate(
            {"measurement": "rate", "severity": "block", "why": WHY} | limits
        )


@pytest.mark.parametrize(
    ("limit", "within", "outside"),
    [
        ({"at_least": 95}, 95, 94.9999),
        ({"at_most": 5}, 5, 5.0001),
        ({"below": 5}, 4.9999, 5),
    ],
)
def test_a_limit_itself_is_within_except_below_it(
    limit: dict[str, Any], within: float, outside: float
) -> None:
    assert threshold(**limit).holds(rate(within))
    assert not threshold(**limit).holds(rate(outside))


def test_what_a_division_loses_in_the_last_digits_breaks_no_limit() -> None:
    """0.95 of a ceiling and the value at it come from different divisions."""
    one_third = measured(part(19, 60, possible=20))
    assert threshold(of_ceiling=0.95).holds(one_third)
    assert not threshold(of_ceiling=0.95).holds(measured(part(18.99, 60, possible=20)))


def test_nothing_to_judge_is_within_every_limit() -> None:
    assert threshold(at_least=95).holds(measured())


def test_a_count_is_pro_rated_by_the_number_it_was_stated_for() -> None:
    """A week has 50 games: 5,600 of them is no demand, and neither is a fraction of a game."""
    limit = threshold("games", at_least=5600, reference=REFERENCE)
    assert limit.limit(games(5788, 0)) == 5600
    assert limit.limit(games(50, 0)) == 49
    assert limit.limit(games(292, 0)) == 283
    assert limit.limit(games(50, 0, reference_base=5_000)) == 50
    assert limit.holds(games(5788, 5600))
    assert not limit.holds(games(5788, 5599))
    assert limit.holds(games(100, 97))
    assert not limit.holds(games(100, 96))


def test_a_count_is_pro_rated_by_what_the_schedule_has_where_it_spans_the_reference() -> (
    None
):
    limit = threshold("games", at_least=5600, reference=REFERENCE)
    assert limit.limit(games(5815, 0, reference_base=5815)) == 5600
    assert limit.holds(games(5815, 5600, reference_base=5815))
    assert not limit.holds(games(5815, 5599, reference_base=5815))


def test_35_000_rows_are_demanded_of_the_games_they_were_stated_for() -> None:
    """18.4 players a game, whatever the range."""
    (limit,) = (
        t
        for t in load_thresholds(load())["player_game_summary"]
        if t.measurement == "player_rows"
    )

    def held(count: int, games: int) -> bool:
        return limit.holds(
            measured(part(count, games), name="player_rows", kind="amount")
        )

    assert limit.severity == "block"
    assert held(35_000, 1902)
    assert not held(34_999, 1902)
    assert held(1841, 100)
    assert not held(1840, 100)


@pytest.mark.parametrize(
    ("ceiling", "limit"),
    [
        (96, 88),
        (91.2, 88),
        (91, 0.965 * 91),
        (88, 0.965 * 88),
        (87.9, 0.965 * 87.9),
        (0, 0),
        (None, 88),
    ],
)
def test_where_the_schedule_allows_less_than_the_limit_nearly_all_it_allows_is_wanted(
    ceiling: float | None, limit: float
) -> None:
    """There is no cliff: a ceiling a little lower never means a limit that is much lower."""
    covered = measured(part(10, 100, possible=ceiling))
    assert threshold(at_least=88, of_ceiling=0.965).limit(covered) == pytest.approx(
        limit
    )


def test_a_share_of_the_ceiling_alone_is_of_100_where_nothing_limits_it() -> None:
    assert threshold(of_ceiling=0.95).limit(rate(96)) == 95
    assert threshold(of_ceiling=0.95).limit(measured(part(1, 100, possible=80))) == 76


@pytest.mark.parametrize(
    ("limit", "told"),
    [({"at_least": 95}, "rate >= 95"), ({"below": 5}, "rate < 5"),
     ({"at_most": 0, "item": "pace"}, "rate[pace] <= 0"),
     ({"at_least": 88, "of_ceiling": 0.95}, "rate >= 88 or 0.95 of the ceiling"),
     ({"of_ceiling": 0.95}, "rate >= 0.95 of the ceiling"),
     ({"at_least": 5600, "reference": REFERENCE}, "rate >= 5600 per 5,788")],
)  # fmt: skip
def test_a_threshold_tells_its_limit(limit: dict[str, Any], told: str) -> None:
    assert str(threshold(**limit)) == told


def test_a_threshold_is_frozen() -> None:
    with pytest.raises(ValidationError):
        threshold().at_least = 45


def test_f50_an_unknown_key_in_a_threshold_file_is_refused_with_file_and_key(
    tmp_path: Path,
) -> None:
    """A misspelt limit would be no limit."""
    path = file(tmp_path, GOOD, GOOD.replace("at_least", "atleast"))
    with pytest.raises(ConfigError) as refused:
        read_model(ThresholdsFile, path)
    assert f"{path}: thresholds.1.atleast: " in str(refused.value)
    assert "unknown key" in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "key"),
    [("95, severity: warning", "severity"), ("95, at_most: 5, severity: warn", "thresholds.0"),
     ("many, severity: warn", "at_least"), ("95", "severity")],
)  # fmt: skip
def test_f50_a_value_that_does_not_fit_is_refused_with_file_and_key(
    wrong: str, key: str, tmp_path: Path
) -> None:
    path = file(tmp_path, f"measurement: rate, why: {WHY}, at_least: {wrong}")
    with pytest.raises(ConfigError, match=key) as refused:
        read_model(ThresholdsFile, path)
    assert str(refused.value).startswith(f"{path}: thresholds.0")


def test_f50_two_limits_of_one_kind_on_one_measurement_are_refused(
    tmp_path: Path,
) -> None:
    path = file(tmp_path, GOOD, GOOD.replace("95", "45"))
    with pytest.raises(
        ConfigError, match=r"rate >= 45 and another are the same limit; keep one"
    ):
        read_model(ThresholdsFile, path)
