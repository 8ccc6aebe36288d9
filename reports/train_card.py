"""The text of a model card."""

from __future__ import annotations

from pathlib import Path
from string import Template

from reports.markdown import table
from training.card import Card

TEMPLATE = Path(__file__).with_name("model_card.md")


def card_text(card: Card) -> str:
    """The card as Markdown, from its template."""
    data = card.data
    values = {
        **card.model_dump(include={"model_id", "model_sha256", "feature_version"}),
        **data.model_dump(include={"manifest_sha256", "first", "last"}),
        **{name: str(value) for name, value in data.splits.items()},
        "code_version": card.code_version,
        "data_code_version": data.code_version,
        "seed": card.seed,
        "rows": ", ".join(f"{name} {rows:,}" for name, rows in data.rows.items()),
        "decision": data.decision,
        "reason": card.reason or "none was needed",
        "feature_count": len(card.features),
        "libraries": ", ".join(f"{name} {v}" for name, v in card.libraries.items()),
        "default": card.default,
        "best_naive": card.best_naive,
        "validation": _errors(card),
        "gains": _gains(card),
        "tried": ", ".join(f"{n} for {loss}" for loss, n in card.tried.items()),
        "parameters": _parameters(card),
        "shifts": ", ".join(f"{shift:+.2f}" for shift in card.shifts),
    }
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(values)


def _errors(card: Card) -> str:
    rows = [
        (name, *(f"{errors[key]:.4f}" for key in ("mae", "rmse", "bias")))
        for name, errors in card.validation.items()
    ]
    return table(("on validation", "MAE", "RMSE", "bias"), rows)


def _gains(card: Card) -> str:
    named = {**card.gains, "trees less linear": card.trees_less_linear}
    rows = [
        (name, f"{found['value']:+.4f}", f"[{found['low']:+.4f}, {found['high']:+.4f}]")
        for name, found in named.items()
    ]
    return table(("model", "difference", "interval"), rows)


def _parameters(card: Card) -> str:
    keys = ("max_leaf_nodes", "max_iter", "learning_rate", "validation_error")
    rows = [
        (loss, *(f"{chosen[key]:.4g}" for key in keys))
        for loss, chosen in card.parameters.items()
    ]
    return table(("loss", *keys), rows)
