"""Judge a model on an exported set's test, and write the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from reports.train_pictures import draw_pictures
from reports.train_report import report_markdown, report_page
from runs.exported_set import ExportedSet, read_exported_set
from training.card import Card, read_card, read_model_file, require_features
from training.judging import judge_model
from training.libraries import MODELS, PICTURES, require_libraries

REPORT, PAGE, FACTS = "report.md", "report.html", "report.json"


def write_report(
    model_folder: Path, data: Path, into: Path, seed: int = 0
) -> dict[str, Any]:
    """Judge the model in a folder on the test of a set, and write report, page, facts and pictures
    into another folder; the facts.

    Raises ConfigError for a model or a set that is not what its card or manifest says, for other
    features or libraries, and for dates that the model was made from.
    """
    require_libraries({**MODELS, **PICTURES})
    if into.exists() and not into.is_dir():
        raise ConfigError(f"--to: {into} is not a folder; name another")
    card = read_card(model_folder)
    exported = read_exported_set(data)
    _require_fits(card, exported)
    model = read_model_file(model_folder, card)
    facts = judge_model(model, card, exported.rows, seed)
    report = {**facts, "data_sha256": exported.sha256}
    pictures = draw_pictures(report)
    into.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        (into / name).write_bytes(picture)
    text = json.dumps(report, indent=2)
    (into / REPORT).write_text(report_markdown(report, list(pictures)), "utf-8")
    (into / PAGE).write_text(report_page(report, pictures), "utf-8")
    (into / FACTS).write_text(f"{text}\n", "utf-8")
    return report


def _require_fits(card: Card, exported: ExportedSet) -> None:
    rows = exported.rows
    require_features(card, rows.names, rows.version, exported.feature_code)
