"""`train fit`: the models of an exported set, with their card."""

from __future__ import annotations

import json
from pathlib import Path

import click

from core.address import absolute_path
from fullcourt.cli.choose import as_json
from fullcourt.cli.examples import examples
from reports.train_fit import print_card
from runs.train_fit import fit_models

MOST = 2**31 - 1
"""The largest seed that numpy and scikit-learn both take."""


@examples(
    "fullcourt train fit set --to model",
    "fullcourt train fit set --seed 7 --json",
)
@click.command()
@click.argument("folder", type=Path, metavar="DIR")
@click.option(
    "--to",
    "into",
    type=Path,
    metavar="MODELDIR",
    help="A new folder, or an earlier model, which it replaces [DIR-model].",
)
@click.option(
    "--seed",
    type=click.IntRange(0, MOST),
    default=0,
    show_default=True,
    help="What chance is drawn from.",
)
@click.option(
    "--reason",
    default="",
    help="Why to fit a set that train check did not call GO; it stands in the card.",
)
@as_json
def fit(folder: Path, into: Path | None, seed: int, reason: str, to_json: bool) -> None:
    """Fit models of points on the set that `train export` wrote into DIR, and on nothing else.

    Parameters, kind and intervals are chosen on validation. The same set and seed give the same
    bytes. A set that train check did not call GO is refused (exit 3), unless --reason is given.
    """
    source = absolute_path(str(folder), "DIR")
    named = into or source.with_name(f"{source.name}-model")
    target = absolute_path(str(named), "--to")
    card = fit_models(source, target, seed, reason)
    if to_json:
        click.echo(json.dumps(card.model_dump(mode="json"), indent=2))
    else:
        print_card(card, str(named))
