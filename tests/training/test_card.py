"""Cards: a model is read only as the card says, and judged only on later dates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import ConfigError
from reports.train_card import card_text
from training.card import (
    CARD,
    MODEL,
    Card,
    DataOfModel,
    read_card,
    read_model_file,
    require_features,
    require_versions,
    sha256_of,
)
from training.judging import require_later, require_no_overlap

LIBRARIES = {"numpy": "2.4.6", "scikit-learn": "1.9.1"}
ERRORS: dict[str, float | int] = {"rows": 10, "mae": 4.5, "rmse": 6.0, "bias": -0.1}


def card(**changed: object) -> Card:
    data = DataOfModel(
        manifest_sha256="0" * 64,
        first="2023-11-01",
        last="2024-04-14",
        splits={
            "validation_from": "2024-03-07",
            "test_from": "2024-11-06",
            "embargo_days": 1,
        },
        rows={"train": 100, "validation": 50, "test": 50},
        code_version="1a2b3c",
        decision="none",
        verdict_id=None,
    )
    known = {
        "model_id": "abc",
        "model_sha256": sha256_of(b"a model"),
        "features": ("one", "two"),
        "feature_version": "v1_2",
        "feature_code": "code:1",
        "libraries": LIBRARIES,
        "code_version": "1a2b3c",
        "seed": 0,
        "data": data,
        "reason": "tried | on <a> $mall set",
        "default": "linear",
        "best_naive": "season average",
        "parameters": {},
        "tried": {"absolute_error": 20},
        "validation": {"linear": ERRORS},
        "gains": {"linear": {"value": -0.1, "low": -0.2, "high": -0.05}},
        "trees_less_linear": {"value": 0.0, "low": -0.1, "high": 0.1},
        "shifts": (0.5, 0.0),
    }
    return Card.model_validate({**known, **changed})


def kept(folder: Path, of: Card, model: bytes = b"a model") -> Path:
    (folder / CARD).write_text(of.model_dump_json())
    (folder / MODEL).write_bytes(model)
    return folder


def test_a_card_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_card(kept(tmp_path, card())) == card()


def test_a_file_that_is_not_the_cards_is_refused(tmp_path: Path) -> None:
    folder = kept(tmp_path, card(), b"another model")
    with pytest.raises(ConfigError, match="is not the model of its card: its sha256"):
        read_model_file(folder, card(), LIBRARIES)


def test_a_model_of_other_versions_is_refused_before_it_is_read(
    tmp_path: Path,
) -> None:
    """A model of library 3.1.2 was read with 2.0.2, and predicted something else."""
    folder = kept(tmp_path, card(), b"not even a model")
    other = {**LIBRARIES, "scikit-learn": "1.7.0"}
    with pytest.raises(ConfigError, match=r"scikit-learn 1.7.0 \(made with 1.9.1\)"):
        read_model_file(folder, card(), other)
    with pytest.raises(ConfigError, match="numpy not installed"):
        require_versions(card(), {"scikit-learn": "1.9.1"})
    require_versions(card(), {**LIBRARIES, "pandas": "3.0"})


@pytest.mark.parametrize(
    ("names", "version", "code", "told"),
    [
        (("one", "two", "three"), "v1_3", "code:1", "version v1_3, 3 features"),
        (("two", "one"), "v1_2", "code:1", "version v1_2, 2 features"),
        (("one", "two"), "v1_2", "code:2", "another query"),
    ],
)
def test_a_model_of_other_features_is_refused(
    names: tuple[str, ...], version: str, code: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        require_features(card(), names, version, code)
    require_features(card(), ("one", "two"), "v1_2", "code:1")


def test_f33_dates_that_a_model_was_made_from_judge_nothing() -> None:
    with pytest.raises(ConfigError, match="2024-04-14 is not later than 2023-11-01"):
        require_later(card(), "2024-04-14", "2024-04-14")
    days = np.array(["2024-01-01", "2024-12-01"], dtype="datetime64[D]")
    with pytest.raises(ConfigError, match=r"2024-01-01\.\.2024-12-01 is not later"):
        require_no_overlap(card(), days)
    require_no_overlap(card(), days[1:])
    with pytest.raises(ConfigError, match="no rows of test"):
        require_no_overlap(card(), days[:0])


def test_a_folder_without_a_card_or_with_another_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name a folder that train fit wrote"):
        read_card(tmp_path)
    for text in ("{", '{"format": "fullcourt-model-9"}'):
        (tmp_path / CARD).write_text(text)
        with pytest.raises(ConfigError, match="no card of this version"):
            read_card(tmp_path)


def test_the_text_of_a_card_says_everything_that_the_card_does() -> None:
    text = card_text(card())
    for told in ("abc", "0" * 64, "2023-11-01..2024-04-14", "none", "v1_2", "1a2b3c"):
        assert told in text, told
    assert "numpy 2.4.6, scikit-learn 1.9.1" in text
    assert "tried | on <a> $mall set" in text
    assert "[-0.2000, -0.0500]" in text
    assert "$" not in text.replace("$mall", "")
