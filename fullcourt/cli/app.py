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
from pydantic import ValidationError

from core.errors import ConfigError, FullcourtError
from core.model import explain_refusal
from core.settings import load_settings
from fullcourt import __version__
from fullcourt.cli.backfill import backfill
from fullcourt.cli.dates import dates
from fullcourt.cli.demo import demo
from fullcourt.cli.doctor import doctor
from fullcourt.cli.drop import drop
from fullcourt.cli.export import export_command
from fullcourt.cli.fetch import fetch
from fullcourt.cli.gate import gate
from fullcourt.cli.ingest import ingest
from fullcourt.cli.paths import explain_place, require_utf8
from fullcourt.cli.plan import plan
from fullcourt.cli.report import report
from fullcourt.cli.server import server
from fullcourt.cli.status import status
from fullcourt.cli.tables import tables
from fullcourt.cli.verify import verify
from fullcourt.cli.waive import waive
from fullcourt.cli.why import why
from fullcourt.client import end_process
from reports.commands import repeat_options, repeating_options, spell
from tasks.credentials import of_block
from warehouse.credentials import provide

NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
PIPE_CLOSED = 128 + signal.SIGPIPE
"""What a shell says of a program that wrote into a closed pipe."""
INTERRUPTED = "Query interrupted"
"""What DuckDB makes of Ctrl-C while a query runs, in a RuntimeError."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
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
@click.pass_context
def cli(context: click.Context, warehouse: str | None, home: str | None) -> None:
    """Rebuild the tables of an NBA analytics warehouse for any range of dates,
    in order, gated, provable."""
    repeat_options(home, warehouse)
    context.obj = load_settings(warehouse=warehouse, home=home)
    if os.environ.get("PREFECT_API_URL"):
        provide(of_block)


for command in (
    demo,
    fetch,
    ingest,
    dates,
    plan,
    backfill,
    gate,
    status,
    report,
    verify,
    why,
    export_command,
    waive,
    tables,
    server,
    doctor,
    drop,
):
    cli.add_command(command)


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
        return _tell_stop()
    except click.ClickException as error:
        error.show()
        return 2
    except ValidationError as error:
        return _tell_error(ConfigError(explain_refusal(error)))
    except FullcourtError as error:
        return _tell_error(error)
    except BrokenPipeError:
        raise
    except SystemExit as error:
        # So click and rich leave a closed pipe, whatever they are told.
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from error
    except Exception as error:
        if str(error) == INTERRUPTED:
            return _tell_stop()
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


def _leave_pipe() -> int:
    """End quietly once nobody reads what is printed, as `head` does after its lines."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
    return PIPE_CLOSED


def _tell_stop() -> int:
    click.echo("stopped; run the same command again, it resumes where it was", err=True)
    return 130


def _tell_error(error: FullcourtError) -> int:
    click.echo(f"fullcourt: {spell(error.words)}", err=True)
    return error.exit_code
