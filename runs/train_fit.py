"""Fit the models of an exported set, and keep them with their card."""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ConfigError, TrainingRefused
from core.remedy import Remedy
from core.version import code_version
from planning.overrides import WHAT_A_REASON_NEEDS, is_reason
from reports.train_card import card_text
from runs.exported_set import ExportedSet, read_exported_set
from training.card import (
    CARD,
    CARD_TEXT,
    ID_LENGTH,
    MODEL,
    Card,
    DataOfModel,
    sha256_of,
)
from training.fitting import Fitted, fit
from training.libraries import MODELS, require_libraries, versions
from training.model_file import to_bytes
from training.splits import TEST

OPEN = ("GO", "GO with warnings")
FILES = {MODEL, CARD, CARD_TEXT}


def fit_models(folder: Path, into: Path, seed: int = 0, reason: str = "") -> Card:
    """Fit the models of the set in a folder into another one; their card.

    Raises TrainingRefused where `train check` did not say GO of the set and no reason is given, and
    ConfigError for a set that is not as its manifest says or a folder that will not do. An earlier
    model in the folder is replaced.
    """
    require_libraries(MODELS)
    _require_replaceable(into)
    exported = read_exported_set(folder)
    _require_checked(exported, reason)
    fitted = fit(exported.rows, seed)
    model = to_bytes(fitted.model)
    card = _card(exported, fitted, model, seed, reason.strip())
    _write(into, model, card)
    return card


def _require_checked(exported: ExportedSet, reason: str) -> None:
    """Raise TrainingRefused unless the check said GO, or there is a reason to go on."""
    decision = exported.manifest["check"]["decision"]
    if decision in OPEN:
        return
    given = reason.strip()
    if given and not is_reason(given):
        raise ConfigError(
            f"--reason: a reason needs {WHAT_A_REASON_NEEDS}; the card repeats it"
        )
    if given:
        return
    told = (
        "no verdict of train check fits the set's dates, splits and cells"
        if decision == "none"
        else f"train check said {decision}: "
        + "; ".join(exported.manifest["check"]["breaches"][:3])
    )
    raise TrainingRefused(
        f"{told}; nothing was fitted; run ",
        Remedy("train check"),
        ", export the set again, or go on with --reason '…', which stands in the model's card",
    )


def _card(
    exported: ExportedSet, fitted: Fitted, model: bytes, seed: int, reason: str
) -> Card:
    digest = sha256_of(model)
    manifest, rows = exported.manifest, exported.rows
    is_used = (rows.splits != TEST) & (rows.splits != "")
    check, splits = manifest["check"], manifest["splits"]
    data = DataOfModel(
        manifest_sha256=exported.sha256,
        first=str(rows.days[is_used].min()),
        last=str(rows.days[is_used].max()),
        splits={name: splits[name] for name in SPLIT_KEYS},
        rows=splits["rows"],
        code_version=manifest["made_by"]["code_version"],
        decision=check["decision"],
        verdict_id=check.get("verdict_id"),
    )
    return Card(
        model_id=digest[:ID_LENGTH],
        model_sha256=digest,
        features=rows.names,
        feature_version=rows.version,
        feature_code=exported.feature_code,
        libraries=versions(),
        code_version=code_version(),
        seed=seed,
        data=data,
        reason=reason,
        **_choices(fitted),
    )


SPLIT_KEYS = ("validation_from", "test_from", "embargo_days")


def _choices(fitted: Fitted) -> dict[str, Any]:
    """What the card says of how the model was chosen."""
    shifts = np.round(fitted.model.shifts, 6).tolist()
    best = {loss: tried[0].to_json() for loss, tried in fitted.tried.items()}
    errors = {name: found.to_json() for name, found in fitted.errors.items()}
    return {
        "default": fitted.model.default,
        "best_naive": fitted.best_naive,
        "parameters": best,
        "tried": {loss: len(tried) for loss, tried in fitted.tried.items()},
        "validation": errors,
        "gains": {kind: found.to_json() for kind, found in fitted.gains.items()},
        "trees_less_linear": fitted.between.to_json(),
        "shifts": tuple(shifts),
    }


def _require_replaceable(folder: Path) -> None:
    """Raise ConfigError where the folder holds something else than a model."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ConfigError(f"--to: {folder} is not a folder; name a new one")
    if foreign := _foreign_files(folder):
        raise ConfigError(
            f"--to: {folder} holds something else than a model ({foreign[0]}), and is left as it "
            "is; name a new folder, or an empty one"
        )


def _foreign_files(folder: Path) -> list[str]:
    """Names in a folder that are no file of a model, in order."""
    names = {path.name for path in folder.iterdir()}
    return sorted(names.difference(FILES))


def _write(folder: Path, model: bytes, card: Card) -> None:
    """Put a model's three files in place of what is there, all or none of them."""
    final = folder.resolve()
    final.parent.mkdir(parents=True, exist_ok=True)
    partial = final.with_name(f".{final.name}.partial-{uuid.uuid4().hex[:8]}")
    partial.mkdir()
    try:
        text = json.dumps(card.model_dump(mode="json"), indent=2)
        (partial / MODEL).write_bytes(model)
        (partial / CARD).write_text(f"{text}\n", encoding="utf-8")
        (partial / CARD_TEXT).write_text(card_text(card), encoding="utf-8")
        _require_replaceable(final)
        if final.exists():
            shutil.rmtree(final)
        partial.rename(final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
