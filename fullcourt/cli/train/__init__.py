"""`train`: from computed tables to a model that is judged honestly; a module per command.

The libraries of models are an extra, and take seconds to import.
"""

from __future__ import annotations

import click

from fullcourt.cli.examples import examples
from fullcourt.cli.late import Entry, LateGroup

COMMANDS = (
    Entry("check", "Decide whether the tables are ready to train on."),
    Entry("export", "Write the training set to a file, with a manifest."),
    Entry("fit", "Fit models on an exported set, with a card."),
    Entry("report", "Judge a model on a set's test."),
    Entry("predict", "Predict a date's players, or grade what was predicted."),
)
"""The commands, in the order of their use."""


@examples(
    "fullcourt train check",
    "fullcourt train export --to set",
)
@click.group(cls=LateGroup, package=__name__, sections={"Commands": COMMANDS})
def train() -> None:
    """From computed tables to a model: whether they are ready, the set, the fit, the report."""
