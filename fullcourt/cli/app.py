"""The group of commands, and what becomes of errors:
a sentence on stderr and the exit code of the error."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click

from core.errors import ConfigError, FullcourtError
from fullcourt import __version__
from fullcourt.cli.examples import examples
from fullcourt.cli.late import LateGroup
from fullcourt.cli.loudness import loudness
from fullcourt.cli.menu import SECTIONS
from fullcourt.cli.paths import explain_place, require_utf8
from fullcourt.client import end_process
from reports.commands import repeat_options, repeating_options, spell

NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
PIPE_CLOSED = 128 + signal.SIGPIPE
"""What a shell says of a program that wrote into a closed pipe."""
COMPLETION = "_FULLCOURT_COMPLETE"
"""The variable with which a shell asks what completes a word."""
INTERRUPTED = "Query interrupted"
"""What DuckDB makes of Ctrl-C while a query runs, in a RuntimeError."""


@examples(
    "fullcourt --home trial demo",
    "fullcourt status",
)
@click.group(
    cls=LateGroup,
    package="fullcourt.cli",
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="fullcourt")
@click.option(
    "--warehouse",
    metavar="URL",
    help="duckdb:PATH; else FULLCOURT_WAREHOUSE, else the home's file.",
)
@click.option(
    "--home",
    metavar="DIR",
    help="Where fullcourt keeps its files; else FULLCOURT_HOME, else .fullcourt.",
)
@click.option(
    "-q",
    "--quiet",
    is_flag=True,
    help="Show no progress: only what a command ends with, and errors.",
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show what Prefect logs of a run as well, on stderr.",
)
@click.pass_context
def cli(
    context: click.Context,
    warehouse: str | None,
    home: str | None,
    quiet: bool,
    verbose: bool,
) -> None:
    """Rebuild the tables of an NBA analytics warehouse for any range of dates,
    in order, gated, provable."""
    # Late: what the help alone does not need, and Prefect, which most commands do not.
    from core.settings import load_settings

    if quiet and verbose:
        raise click.UsageError("-q and -v ask for opposite things; name one")
    context.with_resource(loudness(quiet, verbose))
    repeat_options(home, warehouse)
    context.obj = load_settings(warehouse=warehouse, home=home)
    if os.environ.get("PREFECT_API_URL"):
        from tasks.credentials import of_block
        from warehouse.credentials import provide

        provide(of_block)


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 unexpected,
    2 bad input, 3 NO-GO, 4 finished with gaps."""
    end_process(run())


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code of a command line; errors
    that fullcourt can explain are one sentence on stderr."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        with repeating_options():
            code = _run(given)
        sys.stdout.flush()
    except BrokenPipeError:
        return _leave_pipe()
    return code


def _run(given: Sequence[str]) -> int:
    try:
        require_utf8(given)
        return int(cli.main(given, prog_name="fullcourt", standalone_mode=False) or 0)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _tell_stop(given)
    except click.ClickException as error:
        error.show()
        return 2
    except FullcourtError as error:
        return _tell_error(error)
    except BrokenPipeError:
        raise
    except SystemExit as error:
        if COMPLETION in os.environ:
            # So click ends once it has told a shell what completes a word.
            return int(error.code or 0)
        # So click and rich leave a closed pipe, whatever they are told.
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from error
    except Exception as error:
        if str(error) == INTERRUPTED:
            return _tell_stop(given)
        if refusal := _explain_refusal(error):
            return _tell_error(refusal)
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            where = error.filename or "a file of fullcourt or Prefect"
            repair = "make room, then run the same command again"
            return _tell_error(
                ConfigError(f"no room for {where}: {error.strerror}; {repair}")
            )
        if isinstance(error, OSError) and (explained := explain_place(error)):
            return _tell_error(explained)
        # Not ours to explain: the traceback is the explanation.
        traceback.print_exc()
        return 1


def _explain_refusal(error: Exception) -> ConfigError | None:
    """What a model refuses, in a sentence; None for any other error."""
    from pydantic import ValidationError

    from core.model import explain_refusal

    if isinstance(error, ValidationError):
        return ConfigError(explain_refusal(error))
    return None


def _leave_pipe() -> int:
    """End quietly once nobody reads what is printed, as `head` does after its lines."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
    return PIPE_CLOSED


def _tell_stop(given: Sequence[str]) -> int:
    then = "run the same command again, it resumes where it was"
    if "--rerun" in given:
        then = (
            "--rerun does not resume: repeat it for the dates that it had not reached"
        )
    click.echo(f"stopped; {then}", err=True)
    return 130


def _tell_error(error: FullcourtError) -> int:
    # Late, as most commands end without an error.
    from rich.console import Console

    from reports.terminal import wrap_for

    said = f"fullcourt: {spell(error.words)}"
    click.echo(wrap_for(Console(stderr=True), said), err=True)
    return error.exit_code
