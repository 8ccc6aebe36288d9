"""The text of a model card."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

from reports.markdown import table
from training.card import Card

TEMPLATE = Path(__file__).with_name("model_card.md")
CHOSEN = ("max_leaf_nodes", "max_iter", "learning_rate", "validation_error")
"""Parameters of a card, as they are headed."""


def card_text(card: Card) -> str:
    """The card as Markdown, from its template."""
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute({**_source(card), **_choice(card)})


def _source(card: Card) -> dict[str, str]:
    """From what the model was made, and what it may be read with."""
    data = card.data
    rows = [f"{name} {number:,}" for name, number in data.rows.items()]
    libraries = [f"{name} {version}" for name, version in card.libraries.items()]
    splits = {name: str(value) for name, value in data.splits.items()}
    named = {
        "model_id": card.model_id,
        "model_sha256": card.model_sha256,
        "manifest_sha256": data.manifest_sha256,
        "first": data.first,
        "last": data.last,
        "decision": data.decision,
        "reason": card.reason or "none was needed",
    }
    made = {
        "feature_version": card.feature_version,
        "feature_count": str(len(card.features)),
        "code_version": card.code_version,
        "data_code_version": data.code_version,
        "seed": str(card.seed),
    }
    return {
        **splits,
        **named,
        **made,
        "rows": ", ".join(rows),
        "libraries": ", ".join(libraries),
    }


def _choice(card: Card) -> dict[str, str]:
    """How the model was chosen."""
    tried = [f"{number} for {loss}" for loss, number in card.tried.items()]
    shifts = [f"{shift:+.2f}" for shift in card.shifts]
    return {
        "default": card.default,
        "best_naive": card.best_naive,
        "validation": _errors(card),
        "gains": _gains(card),
        "tried": ", ".join(tried),
        "parameters": _parameters(card),
        "shifts": ", ".join(shifts),
    }


def _errors(card: Card) -> str:
    rows = [(name, *_error_cells(errors)) for name, errors in card.validation.items()]
    return table(("on validation", "MAE", "RMSE", "bias"), rows)


def _error_cells(errors: Mapping[str, float]) -> list[str]:
    return [f"{errors[key]:.4f}" for key in ("mae", "rmse", "bias")]


def _gains(card: Card) -> str:
    named = {**card.gains, "trees less linear": card.trees_less_linear}
    rows = [(name, *_gain_cells(gain)) for name, gain in named.items()]
    return table(("model", "difference", "interval"), rows)


def _gain_cells(gain: Mapping[str, float]) -> tuple[str, str]:
    """A difference of errors and its interval."""
    difference = f"{gain['value']:+.4f}"
    low = f"{gain['low']:+.4f}"
    high = f"{gain['high']:+.4f}"
    return difference, f"[{low}, {high}]"


def _parameters(card: Card) -> str:
    rows = [(loss, *_chosen_cells(chosen)) for loss, chosen in card.parameters.items()]
    return table(("loss", *CHOSEN), rows)


def _chosen_cells(chosen: Mapping[str, float]) -> list[str]:
    return [f"{chosen[key]:.4g}" for key in CHOSEN]
