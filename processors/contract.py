"""The contract of a table: columns, reads and the expected set,
as frozen models that refuse unknown keys.

Pure data: what a folder's table.yaml may say. How it is bound to a warehouse is not decided here.
"""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from core.model import Frozen

ColumnType = Literal["STRING", "INT64", "FLOAT64", "BOOL", "DATE", "TIMESTAMP"]
Rows = Literal["before", "same_day", "before_tip_off", "all"]
ExpectedFrom = Literal[
    "final_games",
    "box_scores",
    "playing_teams",
    "qualified_teams",
    "player_history",
    "roster",
]

Source = Literal["shots", "player_props", "injury_reports", "nothing"]
Subject = Literal["player", "team"]
NOTHING: Source = "nothing"
"""The source of a feature that no raw table gives yet."""

STATUSES = ("insufficient_history", "upstream_missing", "absent")
"""Why a feature is NULL."""

_WITHIN = re.compile(r"^(season|(?P<years>[1-9]\d?) years?)$")
_NAME = r"^[a-z][a-z0-9_]*$"


class Column(Frozen):
    """One column: its type, unit and what a value must satisfy to be published.

    `range` is inclusive; `values` closes a set of strings; `decimals` is the rounding of a FLOAT64
    when it is computed; `required_when` is a condition over the row under which NULL is a fault
    (judged by the gate). `source`: the raw table that a feature needs beside box scores; it is
    judged where that covers the game. `feature`: a feature, with a status that says why it is NULL.
    `status`: that reason, or the column of the query that holds it. `of`: whom a feature describes;
    one of his team has the same value for all players of it. `across_seasons`: it looks back over
    earlier seasons, so that it grows after the first that a warehouse holds.
    """

    name: str = Field(pattern=_NAME)
    type: ColumnType
    description: str = Field(min_length=3)
    unit: str | None = None
    nullable: bool = False
    range: tuple[float, float] | None = None
    values: tuple[str, ...] | None = None
    decimals: int = Field(default=9, ge=0, le=9)
    required_when: str | None = None
    source: Source | None = None
    feature: bool = False
    across_seasons: bool = False
    status: str = Field(default=STATUSES[0], pattern=_NAME)
    of: Subject = "player"

    @model_validator(mode="after")
    def _only_a_feature_has_a_status(self) -> Self:
        if "status" in self.model_fields_set and not self.feature:
            raise ValueError(
                "status says why a feature is NULL: it needs feature: true"
            )
        return self


class Read(Frozen):
    """One input: which table, and which of its rows a target date may see (the cut).

    `before`: strictly earlier dates, `within` the season or a number of years; with `ago`, each row
    carries `games_ago` per that column (1 = the latest game before `as_of`) and
    `days_since_previous` (days since the game before it, NULL for the season's first). `same_day`:
    rows of the date itself. `before_tip_off`: snapshots of the date's games taken before they
    began. `all`: undated reference rows.
    """

    table: str = Field(pattern=_NAME)
    rows: Rows
    within: str | None = None
    ago: str | None = None

    @model_validator(mode="after")
    def _cut_is_complete(self) -> Self:
        if self.rows == "before" and (
            self.within is None or not _WITHIN.match(self.within)
        ):
            raise ValueError("rows: before needs within: season, or within: <n> years")
        if self.rows != "before" and (self.within is not None or self.ago is not None):
            raise ValueError(
                f"within and ago belong to rows: before, not to rows: {self.rows}"
            )
        if self.ago is not None and self.within != "season":
            raise ValueError(
                "ago counts the games of a season: it needs within: season"
            )
        return self

    @property
    def years(self) -> int | None:
        """The years that a cut reaches back; None when it stays inside the season or the day."""
        if self.within is None or self.within == "season":
            return None
        match = _WITHIN.match(self.within)
        return int(match["years"]) if match and match["years"] else None


class Expected(Frozen):
    """The keys that a cell must hold: one of the relations derived from raw data, with its limit.

    `min_games`: games of the season before the date that a team or player must have.
    """

    from_: ExpectedFrom = Field(alias="from")
    min_games: int = Field(default=0, ge=0)

    @property
    def covered_only(self) -> bool:
        """Whether only games with a covered player box count (player tables)."""
        return self.from_ in ("box_scores", "player_history", "roster")

    @property
    def needs_own_games(self) -> bool:
        """Whether the cell describes the games of its own date, which must then be final."""
        return self.from_ in ("final_games", "box_scores")


class Invariant(Frozen):
    """A condition that every row must satisfy to be published; a NULL condition holds."""

    name: str = Field(pattern=_NAME)
    holds: str
    why: str = Field(min_length=3)


class Contract(Frozen):
    """table.yaml: everything about a table except its SQL and its thresholds.

    `feature_set`: the name of its set of features; `feature_version` is that and their number.
    """

    description: str = Field(min_length=3)
    phase: str
    grain: tuple[str, ...] = Field(min_length=1)
    date_column: str
    columns: tuple[Column, ...] = Field(min_length=2)
    reads: dict[str, Read] = Field(min_length=1)
    expected: Expected
    invariants: tuple[Invariant, ...] = ()
    feature_set: str | None = None

    @field_validator("reads", mode="before")
    @classmethod
    def _table_defaults_to_the_key(cls, reads: object) -> object:
        if not isinstance(reads, dict):
            return reads
        return {
            k: {"table": k, **v} if isinstance(v, dict) else v for k, v in reads.items()
        }

    @model_validator(mode="after")
    def _names_exist_once(self) -> Self:
        names = self.column_names
        if twice := sorted({n for n in names if names.count(n) > 1}):
            raise ValueError(f"columns named twice: {', '.join(twice)}")
        needed = {*self.grain, self.date_column, "season"}
        if absent := sorted(needed - set(names)):
            raise ValueError(
                f"grain, date_column and season must be columns: {', '.join(absent)} absent"
            )
        if clash := sorted(
            {"dates", "as_of", "games_ago", "days_since_previous"}
            & {*self.reads, *names}
        ):
            raise ValueError(f"names kept for the platform: {', '.join(clash)}")
        return self

    @model_validator(mode="after")
    def _features_have_a_set(self) -> Self:
        if bool(self.features) != bool(self.feature_set):
            raise ValueError(
                "feature_set goes with columns of feature: true, and they with it"
            )
        return self

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns that are features, in their order."""
        return tuple(column for column in self.columns if column.feature)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return _names(self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


class RawContract(Frozen):
    """processors/raw/<table>.yaml: a table that ingest writes. `optional` tables may be empty."""

    description: str
    grain: tuple[str, ...]
    date_column: str | None = None
    optional: bool = False
    columns: tuple[Column, ...]

    @property
    def moment(self) -> str | None:
        """The column that says when a snapshot was taken; None for what is no snapshot."""
        for column in self.columns:
            if column.name in self.grain and column.type == "TIMESTAMP":
                return column.name
        return None

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return _names(self.columns)


def _names(columns: tuple[Column, ...]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


class Phase(Frozen):
    """A group of tables behind one gate; `bootstrap_days` of every season are skipped by design."""

    name: str
    dataset: str
    description: str
    bootstrap_days: int = 0
