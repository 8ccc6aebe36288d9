"""The command line: a thin layer over the same functions and flows. Prints; everything below it does not."""

from fullcourt.cli.app import main

__all__ = ["main"]
