"""Where a warehouse is: `duckdb:PATH` or
`bigquery:PROJECT[.PREFIX][@LOCATION]`, parsed here alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from core.errors import ConfigError
from core.model import Frozen

FORMS = "duckdb:PATH or bigquery:PROJECT[.PREFIX][@LOCATION]"
LONGEST_SHOWN = 120
"""Characters of a path that cannot be used which its error repeats."""
MULTI_REGIONS = ("US", "EU")
"""Locations that BigQuery spells in capitals; all others are in small letters."""

# A project may be of a domain (`example.com:project`); the prefix is put before each dataset's
# name.
_BIGQUERY = re.compile(
    r"(?P<project>(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9])"
    r"(?:\.(?P<prefix>\w+))?"
    r"(?:@(?P<location>[A-Za-z0-9-]+))?",
    re.ASCII,
)


class DuckDBAddress(Frozen):
    """The embedded warehouse: one file; `path` is absolute."""

    kind: Literal["duckdb"] = "duckdb"
    path: Path

    def __str__(self) -> str:
        """As a person spells it."""
        return f"duckdb:{self.path}"


class BigQueryAddress(Frozen):
    """A BigQuery project; datasets are named `prefix` + `nba_…`,
    in `location` or where they are."""

    kind: Literal["bigquery"] = "bigquery"
    project: str
    prefix: str = ""
    location: str | None = None

    def __str__(self) -> str:
        """As a person spells it."""
        prefix = f".{self.prefix}" if self.prefix else ""
        location = f"@{self.location}" if self.location else ""
        return f"bigquery:{self.project}{prefix}{location}"


Address = DuckDBAddress | BigQueryAddress


def parse_address(text: str, named: str = "warehouse") -> Address:
    """Parse an address; ConfigError says what `named` (an option,
    a variable, a parameter) holds instead.

    Relative paths are taken from the working directory.
    """
    kind, _, rest = text.strip().partition(":")
    if kind == "duckdb" and rest:
        return DuckDBAddress(path=_database_file(rest, named))
    if kind == "bigquery" and (match := _BIGQUERY.fullmatch(rest)):
        location = match["location"] and _spelled_location(match["location"])
        return BigQueryAddress(
            project=match["project"], prefix=match["prefix"] or "", location=location
        )
    raise ConfigError(
        f"{named}: {_printable(text)} is not a warehouse address; expected {FORMS}"
    )


def _spelled_location(text: str) -> str:
    """A location as BigQuery spells it: `us` and `US` are one place."""
    return text.upper() if text.upper() in MULTI_REGIONS else text.lower()


def _database_file(text: str, named: str) -> Path:
    # DuckDB's `:memory:` and `md:` would be taken for a file's name by some and not by others.
    if text.startswith((":", "md:")):
        raise ConfigError(f"{named}: 'duckdb:{text}' is not a file; expected {FORMS}")
    path = absolute_path(text, named)
    if path.is_dir():
        example = f"duckdb:{path / 'warehouse.duckdb'}"
        raise ConfigError(f"{named}: {path} is a folder; name a file: {example}")
    if path.exists() and not path.is_file():
        raise ConfigError(
            f"{named}: {path} is a pipe or a device; name a file: duckdb:PATH"
        )
    return path


def absolute_path(text: str, named: str) -> Path:
    """The absolute path that a person typed; ConfigError where none can be there."""
    try:
        path = Path(text).expanduser().resolve()
        str(path).encode()
        # Asks the system, which refuses names that are too long.
        path.exists()
    except UnicodeEncodeError as error:
        repair = "give the folder or file a name in UTF-8, or name another"
        raise ConfigError(
            f"{named}: {_printable(text)} is not UTF-8, or lies in what is not; {repair}"
        ) from error
    except (RuntimeError, ValueError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(
            f"{named}: {_printable(text)} is not a path: {why}; name another place"
        ) from error
    return path


def _printable(text: str) -> str:
    """A text for a sentence: quoted, in characters that any terminal has, not too long."""
    return (
        ascii(text) if len(text) <= LONGEST_SHOWN else f"{ascii(text[:LONGEST_SHOWN])}…"
    )
