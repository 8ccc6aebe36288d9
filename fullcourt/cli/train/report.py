"""`train report`: a model judged on a set's test."""

from __future__ import annotations

import json
from pathlib import Path

import click

from core.address import absolute_path
from fullcourt.cli.choose import as_json
from fullcourt.cli.examples import examples
from reports.train_report import print_report
from runs.train_report import write_report


@examples(
    "fullcourt train report model --data set",
    "fullcourt train report model --data set --to report",
)
@click.command()
@click.argument("folder", type=Path, metavar="MODELDIR")
@click.option(
    "--data",
    type=Path,
    required=True,
    metavar="DIR",
    help="A set that train export wrote; the model is judged on its test.",
)
@click.option(
    "--to",
    "into",
    type=Path,
    metavar="DIR",
    help="Where the report is written [MODELDIR-report].",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="What intervals and shuffles are drawn from.",
)
@as_json
@click.pass_context
def report(
    context: click.Context,
    folder: Path,
    data: Path,
    into: Path | None,
    seed: int,
    to_json: bool,
) -> None:
    """Judge the model in MODELDIR on the test of a set: errors beside those of naive figures on the
    same rows, with intervals; GO, GO with warnings, or NO-GO (exit 3).

    A set whose test is not later than every date that the model was made from is refused.
    """
    source = absolute_path(str(folder), "MODELDIR")
    named = into or source.with_name(f"{source.name}-report")
    target = absolute_path(str(named), "--to")
    facts = write_report(source, absolute_path(str(data), "--data"), target, seed)
    if to_json:
        click.echo(json.dumps(facts, indent=2))
    else:
        print_report(facts, str(named))
    context.exit(3 if facts["decision"] == "NO-GO" else 0)
