"""The command line: a thin layer over the same functions and flows. Prints;
everything below it does not."""

from __future__ import annotations

import sys

from core.errors import ConfigError
from fullcourt.surroundings import (
    replace_closed_streams,
    replace_what_cannot_be_printed,
    require_own_packages,
    spare_the_loopback,
)


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 unexpected,
    2 bad input, 3 NO-GO, 4 finished with gaps."""
    replace_closed_streams()
    replace_what_cannot_be_printed()
    spare_the_loopback()
    try:
        require_own_packages()
    except ConfigError as error:
        sys.stderr.write(f"fullcourt: {error}\n")
        sys.exit(error.exit_code)
    # Late: what it imports is what was just looked for.
    from fullcourt.cli.app import main as run

    run()


__all__ = ["main"]
