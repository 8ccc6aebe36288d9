"""Files of checks: a query under a head that says what it counts.

The head is YAML in the comments behind a line `-- ---`; what stands before it is the sentence that
a person reads. The file's name is the check's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from core.errors import ConfigError
from core.kept import keep_text
from core.model import Frozen
from core.yaml_files import parse_model
from validation.measurement import Kind
from validation.thresholds import Threshold

if TYPE_CHECKING:
    from sqlglot import exp

_COMMENT, _HEAD = "--", "-- ---"

Reason = Annotated[str, Field(min_length=10)]


class CheckHead(Frozen):
    """What a check counts, and which tables it does not judge.

    `about`: what its number counts. `sample`: whether a few dates are enough to judge it.
    `optional`: it judges what many sources do not have; where none has, nothing is told of it.
    `min_rows`: fewer in a season (of an amount: games) are too few to judge. `except_for`: table ->
    why a check of many tables does not judge it. `limits`: what is demanded of a table's own check;
    those of the others stand in thresholds.yaml.
    """

    about: str = Field(min_length=3)
    kind: Kind
    sample: bool = False
    optional: bool = False
    min_rows: int = Field(default=0, ge=0)
    except_for: dict[str, Reason] = {}
    limits: tuple[Threshold, ...] = ()

    @field_validator("limits", mode="before")
    @classmethod
    def _limits_are_of_the_check(cls, limits: Any, info: ValidationInfo) -> Any:
        """The context is the check's name."""
        if not isinstance(limits, list):
            return limits
        return [_with_name(limit, str(info.context)) for limit in limits]


def _with_name(limit: Any, check: str) -> Any:
    if not isinstance(limit, dict):
        return limit
    if "measurement" in limit:
        raise ValueError(
            "limits in a check's file are of that check; leave out measurement"
        )
    return {"measurement": check, **limit}


@dataclass(frozen=True)
class CheckFile:
    """One file of a check; `sql` is its sentence and its query, without the head."""

    path: Path
    head: CheckHead
    sql: str

    @property
    def name(self) -> str:
        """The check's name."""
        return self.path.stem


def read_folder(folder: Path) -> tuple[CheckFile, ...]:
    """The checks of a folder, by name; none where there is no such folder."""
    return tuple(_read(path) for path in sorted(folder.glob("*.sql")))


def _read(path: Path) -> CheckFile:
    """A check from its file; ConfigError where head or query do not fit."""
    lines = path.read_text().strip().splitlines()
    query = next(
        (i for i, line in enumerate(lines) if not line.startswith(_COMMENT)), len(lines)
    )
    if _HEAD not in lines[:query]:
        raise ConfigError(
            f"{path}: no head; expected `{_HEAD}` and then about, kind in comments"
        )
    head = lines.index(_HEAD)
    yaml_text = "\n".join(
        line.removeprefix(_COMMENT) for line in lines[head + 1 : query]
    )
    above = "\n" * (head + 1)
    checked = parse_model(CheckHead, above + yaml_text, path, context=path.stem)
    sql = "\n".join([*lines[:head], *lines[query:]])
    _require_sql(sql, path)
    return CheckFile(path, checked, sql)


@cache
def parse_check(sql: str) -> exp.Expr:
    """A parsed query, for looking at alone."""
    # Late: what was found of the same text before needs no parser.
    import sqlglot

    return sqlglot.parse_one(sql, read="bigquery")


def _require_sql(sql: str, path: Path) -> None:
    """Raise ConfigError unless a query parses."""
    if fault := keep_text("check", [sql], lambda: _fault_of_check(sql)):
        raise ConfigError(f"{path}: does not parse as BigQuery SQL: {fault}")


def _fault_of_check(sql: str) -> str:
    """Why a query does not parse; nothing where it does."""
    from sqlglot.errors import SqlglotError

    try:
        parse_check(sql)
    except SqlglotError as error:
        return str(error)
    return ""
