"""`train`: from computed tables to a model that is judged honestly; a module per command.

A command is imported when it is called: the libraries of models are an extra, and take seconds.
"""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS: tuple[str, ...] = ("check", "export", "fit", "report", "predict")
"""The commands, in the order of their use; `<name>.py` of this folder holds `<name>`."""


class LateGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"{__name__}.{cmd_name}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LateGroup, short_help="Check, export, fit, report and predict.")
def train() -> None:
    """From computed tables to a model: whether they are ready, the set, the fit, the report."""
