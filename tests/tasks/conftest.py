"""The warehouse of the tests of runs, which tasks do their work on."""

from tests.runs.conftest import warehouse

__all__ = ["warehouse"]
