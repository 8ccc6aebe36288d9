"""The warehouse of the tests of runs, which tasks do their work on."""

from tests.runs.conftest import begun_file, warehouse

__all__ = ["begun_file", "warehouse"]
