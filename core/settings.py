"""Settings: where the warehouse is and where fullcourt keeps its own files.

Read once, from the environment and the command line's options, into a frozen value; no layer below this one
reads the environment. What a run is to do is no setting: that is said on the command line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from core.errors import ConfigError
from core.model import Frozen

WAREHOUSE_VARIABLE = "FULLCOURT_WAREHOUSE"
HOME_VARIABLE = "FULLCOURT_HOME"
LONGEST_SHOWN = 120
"""Characters of a path that cannot be used which its error repeats."""
WAREHOUSE_FORMS = "duckdb:PATH or bigquery:PROJECT[.PREFIX][@LOCATION]"

# A project may be of a domain (`example.com:project`); the prefix is put before each dataset's name.
_BIGQUERY = re.compile(
    r"(?P<project>(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9])"
    r"(?:\.(?P<prefix>\w+))?"
    r"(?:@(?P<location>[A-Za-z0-9-]+))?",
    re.ASCII,
)


class DuckdbWarehouse(Frozen):
    """The embedded warehouse: one file; `path` is absolute."""

    kind: Literal["duckdb"] = "duckdb"
    path: Path

    def __str__(self) -> str:
        """As the variable spells it."""
        return f"duckdb:{self.path}"


class BigqueryWarehouse(Frozen):
    """A BigQuery project; datasets are named `prefix` + `nba_…`, in `location` or where they are."""

    kind: Literal["bigquery"] = "bigquery"
    project: str
    prefix: str = ""
    location: str | None = None

    def __str__(self) -> str:
        """As the variable spells it."""
        prefix = f".{self.prefix}" if self.prefix else ""
        location = f"@{self.location}" if self.location else ""
        return f"bigquery:{self.project}{prefix}{location}"


class Settings(Frozen):
    """What fullcourt was told; `home` is absolute."""

    warehouse: DuckdbWarehouse | BigqueryWarehouse
    home: Path


def load_settings(
    *,
    warehouse: str | None = None,
    home: str | Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """The settings in force: an option where it is given, else the environment, else the default.

    Relative paths are taken from the working directory. Raises ConfigError naming the variable and what it
    accepts.
    """
    given = os.environ if environ is None else environ
    folder = _absolute(HOME_VARIABLE, str(home or given.get(HOME_VARIABLE) or ".fullcourt"))
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{HOME_VARIABLE}: {folder} is a file; name a folder, it is made when needed")
    spelled = warehouse or given.get(WAREHOUSE_VARIABLE) or f"duckdb:{folder / 'warehouse.duckdb'}"
    return Settings(warehouse=parse_warehouse(spelled), home=folder)


def parse_warehouse(text: str) -> DuckdbWarehouse | BigqueryWarehouse:
    """The warehouse that `text` spells; raises ConfigError naming the variable and the forms accepted."""
    kind, _, rest = text.strip().partition(":")
    if kind == "duckdb" and rest:
        return DuckdbWarehouse(path=_duckdb_file(rest))
    if kind == "bigquery" and (match := _BIGQUERY.fullmatch(rest)):
        return BigqueryWarehouse(
            project=match["project"], prefix=match["prefix"] or "", location=match["location"]
        )
    raise ConfigError(f"{WAREHOUSE_VARIABLE}: {text!r} is no warehouse; it is {WAREHOUSE_FORMS}")


def _duckdb_file(text: str) -> Path:
    # DuckDB's `:memory:` and `md:` would be taken for a file's name by some and not by others.
    if text.startswith((":", "md:")):
        raise ConfigError(f"{WAREHOUSE_VARIABLE}: 'duckdb:{text}' is no file; it is {WAREHOUSE_FORMS}")
    path = _absolute(WAREHOUSE_VARIABLE, text)
    if path.is_dir():
        raise ConfigError(
            f"{WAREHOUSE_VARIABLE}: {path} is a folder; name a file: duckdb:{path / 'warehouse.duckdb'}"
        )
    return path


def _absolute(variable: str, text: str) -> Path:
    try:
        path = Path(text).expanduser().resolve()
        str(path).encode()
        # Asks the system, which refuses names that are too long.
        path.exists()
    except UnicodeEncodeError as error:
        repair = "give the folder or file a name in UTF-8, or name another"
        raise ConfigError(
            f"{variable}: {ascii(text)} is not UTF-8, or lies in what is not; {repair}"
        ) from error
    except (RuntimeError, ValueError, OSError) as error:
        shown = ascii(text) if len(text) <= LONGEST_SHOWN else f"{ascii(text[:LONGEST_SHOWN])}…"
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(f"{variable}: {shown} is no path: {why}; name another place") from error
    return path
