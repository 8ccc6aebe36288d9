"""What `train fit` shows."""

from __future__ import annotations

from core.counted import counted
from reports.terminal import grid
from reports.verify import say
from training.card import Card


def print_card(card: Card, folder: str) -> None:
    """The errors on validation, what was chosen, and where it lies."""
    rows = [
        (name, *(round(errors[key], 4) for key in ("mae", "rmse", "bias")))
        for name, errors in card.validation.items()
    ]
    grid("on validation", ("points", "MAE", "RMSE", "bias"), rows)
    for loss, chosen in card.parameters.items():
        say(
            f"{loss}: {counted(int(chosen['max_iter']), 'tree')} of at most "
            f"{chosen['max_leaf_nodes']} leaves, "
            f"chosen among {card.tried[loss]}"
        )
    gain = card.gains[card.default]
    say(
        f"default: {card.default}, {gain['value']:+.4f} points against {card.best_naive} "
        f"[{gain['low']:+.4f}, {gain['high']:+.4f}]"
    )
    if card.reason:
        say(f"train check: {card.data.decision}; fitted all the same: {card.reason}")
    say(f"written: {folder}: model {card.model_id}, with card.md and card.json")
