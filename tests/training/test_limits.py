"""The limits of the check: every measurement has one, and none is on what nobody measures."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from core.errors import ConfigError
from training.limits import MEASURED, PATH, load_limits


def test_every_limit_is_on_a_measurement_and_says_why() -> None:
    limits = load_limits()
    assert {limit.measurement for limit in limits} == set(MEASURED)
    assert all(len(limit.why) > 30 for limit in limits)


@pytest.mark.parametrize(
    ("renamed", "said"),
    [
        ("correlations", "nothing measures correlations"),
        (None, "no limit on correlation"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_name(
    renamed: str | None, said: str, tmp_path: Path
) -> None:
    stated = yaml.safe_load(PATH.read_text())["thresholds"]
    kept = [limit for limit in stated if limit["measurement"] != "correlation"]
    if renamed:
        more = {"at_most": 1, "severity": "warn", "why": "a limit for a test"}
        kept.append({"measurement": renamed, **more})
    file = tmp_path / "thresholds.yaml"
    file.write_text(yaml.safe_dump({"thresholds": kept}))
    with pytest.raises(ConfigError, match=said):
        load_limits(file)
