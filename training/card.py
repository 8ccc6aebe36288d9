"""The card of a model: from what it was made, how it was chosen, and what it may be read with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from core.errors import ConfigError
from core.model import Frozen
from training.libraries import versions
from training.model_file import from_bytes
from training.points_model import Kind, PointsModel

FORMAT: Literal["fullcourt-model-1"] = "fullcourt-model-1"
MODEL, CARD, CARD_TEXT = "model.skops", "card.json", "card.md"
ID_LENGTH = 12


class DataOfModel(Frozen):
    """The set that a model was fitted on.

    `manifest_sha256` names it; `first`, `last`: the dates of train and validation together; `rows`:
    per split; `decision`: what `train check` said of it, `none` where it never looked.
    """

    manifest_sha256: str
    first: str
    last: str
    splits: dict[str, str | int]
    rows: dict[str, int]
    code_version: str
    decision: str
    verdict_id: str | None


class Card(Frozen):
    """A model card; see `training.fitting.Fitted` for how the model was chosen.

    `feature_code`: the fingerprint of the query that computes the features. `reason`: why it was
    fitted although the check of the set was not GO. `validation`: name -> errors there.
    """

    format: Literal["fullcourt-model-1"] = FORMAT
    model_id: str
    model_sha256: str
    features: tuple[str, ...]
    feature_version: str
    feature_code: str
    libraries: dict[str, str]
    code_version: str
    seed: int
    data: DataOfModel
    reason: str
    default: Kind
    best_naive: str
    parameters: dict[str, dict[str, float | int]]
    tried: dict[str, int]
    validation: dict[str, dict[str, float | int]]
    gains: dict[str, dict[str, float]]
    trees_less_linear: dict[str, float]
    shifts: tuple[float, ...]


def sha256_of(data: bytes) -> str:
    """The hash by which files and models are told apart."""
    return hashlib.sha256(data).hexdigest()


def read_card(folder: Path) -> Card:
    """The card of a model's folder; ConfigError where there is none, or it is not of this form."""
    path = folder / CARD
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        return Card.model_validate(found)
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror}; name a folder that train fit wrote"
        ) from error
    except (ValueError, ValidationError) as error:
        raise ConfigError(
            f"{path} is no card of this version of fullcourt; fit the model again"
        ) from error


def read_model_file(
    folder: Path, card: Card, installed: Mapping[str, str] | None = None
) -> PointsModel:
    """The model beside a card.

    ConfigError where the file is not the one that the card names, or the libraries are of other
    versions than it was made with.
    """
    require_versions(card, versions() if installed is None else installed)
    path = folder / MODEL
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; fit the model again") from error
    if (found := sha256_of(data)) != card.model_sha256:
        raise ConfigError(
            f"{path} is not the model of its card: its sha256 is {found[:ID_LENGTH]}…, the card "
            f"says {card.model_sha256[:ID_LENGTH]}…; fit the model again, or bring the file back"
        )
    return from_bytes(data, str(path))


def require_versions(card: Card, installed: Mapping[str, str]) -> None:
    """Raise ConfigError unless these libraries are of the versions that the model was made with."""
    other = [
        f"{name} {installed.get(name, 'not installed')} (made with {version})"
        for name, version in card.libraries.items()
        if installed.get(name) != version
    ]
    if other:
        raise ConfigError(
            f"model {card.model_id} cannot be read with {', '.join(other)}: its file is of its "
            "libraries' versions; install those, or fit the model again"
        )


def require_features(
    card: Card, names: tuple[str, ...], version: str, code: str
) -> None:
    """Raise ConfigError unless these features are those that the model was fitted on."""
    if names != card.features or version != card.feature_version:
        told = f"version {version}, {len(names)} features"
        raise ConfigError(
            f"model {card.model_id} reads features of version {card.feature_version}, and here "
            f"are those of {told}; export a set and fit the model again"
        )
    if code != card.feature_code:
        raise ConfigError(
            f"model {card.model_id} was fitted on features of another query than they are computed "
            "with now; export a set and fit the model again"
        )
