"""The command line: a thin layer over the same functions and flows. Prints;
everything below it does not."""

from __future__ import annotations

import sys

from fullcourt.imports import importing
from fullcourt.surroundings import (
    replace_closed_streams,
    replace_what_cannot_be_printed,
    shadowed_package,
    spare_the_loopback,
)

BAD_INPUT = 2
"""The exit code of a ConfigError, which may not be imported yet."""


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 unexpected,
    2 bad input, 3 NO-GO, 4 finished with gaps."""
    replace_closed_streams()
    replace_what_cannot_be_printed()
    spare_the_loopback()
    if shadowed := shadowed_package():
        sys.stderr.write(f"fullcourt: {shadowed}\n")
        sys.exit(BAD_INPUT)
    # Late: what it imports is what was just looked for.
    with importing():
        from fullcourt.cli.app import main as run

    run()


__all__ = ["main"]
