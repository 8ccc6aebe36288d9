"""Settings: where the warehouse is, where fullcourt keeps its own files, what DuckDB may use.

Frozen values from the command line's options and the environment. What a run is to do is not a
setting: that is said on the command line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from core.address import Address, absolute_path, parse_address
from core.errors import ConfigError
from core.model import Frozen

WAREHOUSE_VARIABLE = "FULLCOURT_WAREHOUSE"
HOME_VARIABLE = "FULLCOURT_HOME"
MEMORY_VARIABLE = "FULLCOURT_DUCKDB_MEMORY"
THREADS_VARIABLE = "FULLCOURT_DUCKDB_THREADS"
MOST_THREADS = 1024
SHARED_MB, READING_MB, LEAST_MB, THREAD_MB = 250, 150, 50, 50
"""What DuckDB may keep in memory where nothing else is said: what all threads share while tables
are computed, while they are read alone, and at least; and the hash tables that each thread has of
its own. More would be the file's pages, which the system keeps, too."""
BESIDE_MB = 280
"""What a process may hold beside DuckDB before that is allowed less: a backfill of four seasons
holds some 180, of thirty 330."""

_MEMORY = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?B)", re.IGNORECASE)


class DuckDBSettings(Frozen):
    """What DuckDB may use: memory such as `900MB`, by the number of threads when None; threads, as
    many as there are cores when None."""

    memory: str | None = None
    threads: int | None = None

    def memory_limit(self, beside_mb: float = 0) -> str:
        """What DuckDB may keep in memory; the rest spills beside the file.

        `beside_mb`: what the process holds beside DuckDB. Where that is much, DuckDB gets less, so
        that the whole hardly grows with the seasons.
        """
        return self._limit(SHARED_MB, READING_MB, beside_mb)

    def reading_limit(self, beside_mb: float = 0) -> str:
        """The same while nothing is computed: whoever reads all of a file fills what he may."""
        return self._limit(READING_MB, LEAST_MB, beside_mb)

    def _limit(self, shared_mb: int, least_mb: int, beside_mb: float) -> str:
        if self.memory:
            return self.memory
        threads = self.threads or os.cpu_count() or 1
        left_mb = shared_mb - max(0, round(beside_mb) - BESIDE_MB)
        return f"{max(least_mb, left_mb) + THREAD_MB * threads}MB"


class Settings(Frozen):
    """What fullcourt was told; `home` is absolute."""

    warehouse: Address
    home: Path
    duckdb: DuckDBSettings = DuckDBSettings()


def load_settings(
    *,
    warehouse: str | None = None,
    home: str | Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """The settings in force: an option where it is given, else the environment, else the default.

    Relative paths are taken from the working directory. Raises ConfigError naming the option or
    variable and what it accepts.
    """
    given = os.environ if environ is None else environ
    home_named = "--home" if home else HOME_VARIABLE
    folder = absolute_path(
        str(home or given.get(HOME_VARIABLE) or ".fullcourt"), home_named
    )
    if folder.exists() and not folder.is_dir():
        raise ConfigError(
            f"{home_named}: {folder} is a file; name a folder, it is made when needed"
        )
    named = "--warehouse" if warehouse else WAREHOUSE_VARIABLE
    spelled = (
        warehouse
        or given.get(WAREHOUSE_VARIABLE)
        or f"duckdb:{folder / 'warehouse.duckdb'}"
    )
    return Settings(
        warehouse=parse_address(spelled, named),
        home=folder,
        duckdb=duckdb_settings(given),
    )


def duckdb_settings(environ: Mapping[str, str] | None = None) -> DuckDBSettings:
    """What DuckDB may use, from the environment;
    ConfigError with an example where that is wrong."""
    given = os.environ if environ is None else environ
    memory = given.get(MEMORY_VARIABLE) or None
    if memory and not _is_an_amount(memory):
        raise ConfigError(
            f"{MEMORY_VARIABLE}: {memory[:40]!r} is not an amount; say it as 900MB or 4GB"
        )
    threads = given.get(THREADS_VARIABLE)
    if not threads:
        return DuckDBSettings(memory=memory)
    return DuckDBSettings(memory=memory, threads=_number_of_threads(threads))


def _is_an_amount(memory: str) -> bool:
    """Whether a text says an amount of memory other than none."""
    return bool(_MEMORY.fullmatch(memory) and float(re.split(r"[^\d.]", memory)[0]))


def _number_of_threads(text: str) -> int:
    """The number that a text says; ConfigError where that is none."""
    is_number = re.fullmatch(r"\d{1,4}", text, re.ASCII) is not None
    if not is_number or not 1 <= int(text) <= MOST_THREADS:
        raise ConfigError(
            f"{THREADS_VARIABLE}: {text[:40]!r} is not a number of threads; "
            f"say 1 to {MOST_THREADS}, such as 4"
        )
    return int(text)
