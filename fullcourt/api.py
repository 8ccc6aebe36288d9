"""What a Python program may ask of a warehouse: how it stands, and its rows. It changes no row.

Each call reads and lets go: a file is open, and closed to writers, no longer than the call takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from core.address import BigQueryAddress
from core.errors import ConfigError
from core.model import explain_refusal
from core.settings import load_settings
from planning.coverage import Coverage, coverage_of
from planning.export import NotFresh
from planning.labels import KeptOut
from planning.selection import Selection
from planning.why import Explanation, RawExplanation
from processors.contract import Column
from processors.discovery import load
from runs.rows import read_rows
from runs.survey import scope_of, survey
from runs.training_set import TrainingData, read_training_set
from runs.verdicts import find_verdicts, last_verdict
from runs.why import explain
from training.limits import PHASE as TRAINING
from training.splits import Splits
from validation.verdict import Verdict
from warehouse.connections import open_read_only
from warehouse.protocol import Warehouse as Opened

Day = date | str
"""A date, or one as `2025-02-24`."""


@contextmanager
def open(address: str | None = None) -> Iterator[Warehouse]:
    """A warehouse to read, for the length of a `with` block.

    `address`: `duckdb:PATH` or `bigquery:PROJECT[.PREFIX][@LOCATION]`; without one, what
    FULLCOURT_WAREHOUSE says, or the file in the home. A file stays free for others between the
    calls; while another process writes to it, a call raises LockedWarehouseError, which names the
    process. Raises ConfigError where no warehouse is at the address, and SchemaError where its
    tables are not those of this version.
    """
    settings = load_settings(warehouse=address)
    with ExitStack() as held:
        warehouse = Warehouse(str(settings.warehouse))
        # Fails here, not at the first call; a client of BigQuery's locks nothing and is kept.
        held.enter_context(open_read_only(warehouse.address))
        if not isinstance(settings.warehouse, BigQueryAddress):
            held.close()
        try:
            yield warehouse
        finally:
            warehouse._is_open = False


class Warehouse:
    """A warehouse inside its `with` block; made by `fullcourt.open`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._is_open = True

    def __repr__(self) -> str:
        return f"<fullcourt.Warehouse {self.address}>"

    @contextmanager
    def _reading(self) -> Iterator[Opened]:
        if not self._is_open:
            raise ConfigError(
                f"{self.address} is closed; read it inside the with block"
            )
        with open_read_only(self.address) as warehouse:
            yield warehouse

    @property
    def tables(self) -> tuple[str, ...]:
        """The computed tables in the order of computing, then the raw ones."""
        catalog = load()
        return (*catalog.ordered(), *catalog.raw)

    def status(
        self,
        start: Day | None = None,
        end: Day | None = None,
        *,
        tables: Sequence[str] = (),
        phases: Sequence[str] = (),
    ) -> list[Coverage]:
        """Cells done, gaps with their reasons and skips, per table and season, as
        `fullcourt status` counts them; both dates included, everything by default."""
        named = tuple(map(load().bare_name, tables))
        asked = {"tables": named, "phases": tuple(phases)}
        selection = _selection(start=_day(start), end=_day(end), **asked)
        with self._reading() as warehouse:
            # What was read before may be old: another process writes where nothing is locked.
            survey(warehouse, anew=True)
            return coverage_of(scope_of(warehouse, selection))

    def why(
        self, table: str, day: Day, *, with_query: bool = False
    ) -> Explanation | RawExplanation:
        """How a cell came to be, from what, and why it is fresh or not; `with_query`, the statement
        that computes it as well."""
        with self._reading() as warehouse:
            name = load().bare_name(table)
            return explain(warehouse, name, _date(day), with_query)

    def verdict(self, phase: str) -> Verdict | None:
        """The verdict in force on what the tables of a phase hold, or on all of them as `train`:
        the last that closes the gate of any date, else the last; None where nobody asked for one.
        """
        if phase == TRAINING:
            with self._reading() as warehouse:
                return last_verdict(warehouse, phase)
        name = load().phase(phase).name
        with self._reading() as warehouse:
            survey(warehouse, anew=True)
            scope = scope_of(warehouse, Selection(phases=(name,)))
            return find_verdicts(warehouse, scope).verdicts[name]

    def table(self, name: str) -> Table:
        """A computed or raw table; ConfigError for a name that is not there."""
        name = load().bare_name(name)
        if name not in self.tables:
            raise ConfigError(
                f"no table named {name}; the tables are: {', '.join(self.tables)}"
            )
        return Table(self, name)

    def training_set(
        self,
        start: Day | None = None,
        end: Day | None = None,
        *,
        validation_from: Day,
        test_from: Day,
        embargo_days: int = 1,
        as_is: bool = False,
    ) -> TrainingSet:
        """The feature store's rows with the points that were scored, split by date.

        Rows before `validation_from` train, rows before `test_from` validate, the others test; the
        `embargo_days` before either are left out. Only rows whose player played as expected.
        Raises NotFreshError where features or labels are not fresh, unless `as_is`.
        """
        splits = Splits(_date(validation_from), _date(test_from), embargo_days)
        selection = _selection(start=_day(start), end=_day(end))
        with self._reading() as warehouse:
            return TrainingSet(read_training_set(warehouse, selection, splits, as_is))


@dataclass(frozen=True)
class Table:
    """One table of a warehouse."""

    warehouse: Warehouse
    name: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, with types, units and descriptions."""
        return load().columns(self.name)

    def between(
        self,
        start: Day | None = None,
        end: Day | None = None,
        *,
        columns: Sequence[str] = (),
        as_is: bool = False,
    ) -> Rows:
        """The rows from start to end, both included, in the order of date and keys.

        `columns`: these alone. Raises NotFreshError where a cell is not fresh, unless `as_is`; then
        `not_fresh` of the rows lists them.
        """
        return self._rows(_selection(start=_day(start), end=_day(end)), columns, as_is)

    def on(
        self, day: Day, *more: Day, columns: Sequence[str] = (), as_is: bool = False
    ) -> Rows:
        """The rows of single dates, otherwise as `between`."""
        days = tuple(map(_date, (day, *more)))
        return self._rows(_selection(dates=days), columns, as_is)

    def _rows(self, selection: Selection, columns: Sequence[str], as_is: bool) -> Rows:
        known = [column.name for column in self.columns]
        if unknown := [name for name in columns if name not in known]:
            names = ", ".join(known)
            raise ConfigError(
                f"{self.name} has no column {', '.join(unknown)}; its columns: {names}"
            )
        asked = selection.model_copy(update={"tables": (self.name,)})
        with self.warehouse._reading() as warehouse:
            found, not_fresh = read_rows(warehouse, asked, columns, as_is)
        return Rows(found, not_fresh)


class Rows:
    """Rows as Arrow: whatever takes Arrow takes them as they are, such as `pyarrow.table(rows)`."""

    def __init__(self, arrow: Any, not_fresh: Sequence[NotFresh] = ()) -> None:
        self._arrow = arrow
        self.not_fresh = tuple(not_fresh)

    def __len__(self) -> int:
        return int(self._arrow.num_rows)

    def __repr__(self) -> str:
        return f"<fullcourt.Rows {len(self):,} x {self._arrow.num_columns}>"

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._arrow.__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> Any:
        """A `pyarrow.Table`; units and descriptions are in the metadata of its fields."""
        return self._arrow

    def to_pylist(self) -> list[dict[str, Any]]:
        """A dict per row."""
        found: list[dict[str, Any]] = self._arrow.to_pylist()
        return found

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame`; ConfigError where pandas is not installed."""
        try:
            return self._arrow.to_pandas()
        except ModuleNotFoundError as error:
            raise _not_installed(error) from error

    def to_polars(self) -> Any:
        """A `polars.DataFrame`; ConfigError where polars is not installed."""
        try:
            polars = import_module("polars")
        except ModuleNotFoundError as error:
            raise _not_installed(error) from error
        return polars.from_arrow(self._arrow)


class TrainingSet(Rows):
    """Features, labels and `split`, one row per date and player who played as expected."""

    def __init__(self, data: TrainingData) -> None:
        super().__init__(data.rows)
        self._data = data

    @property
    def features(self) -> tuple[str, ...]:
        """The columns to learn from."""
        return self._data.features

    @property
    def label(self) -> str:
        """The column to predict: points scored in the game."""
        return self._data.label

    @property
    def counts(self) -> Mapping[str, int]:
        """Rows per split: train, validation, test."""
        return self._data.counts

    @property
    def left_out(self) -> int:
        """Labelled rows on the days of an embargo, which are in no split."""
        return self._data.left_out

    @property
    def did_not_play(self) -> int:
        """Rows of the feature store without a label, because the player did not play."""
        return self._data.labels.did_not_play

    @property
    def kept_out(self) -> tuple[KeptOut, ...]:
        """Rows whose player played another game, or for another team, than expected."""
        return tuple(self._data.labels.kept_out)

    @property
    def manifest(self) -> dict[str, Any]:
        """What it is and from what, as `manifest.json` of an export says it."""
        return self._data.manifest

    def split(self, name: str) -> Rows:
        """The rows of one split; ConfigError for a name that is none."""
        if name not in self.counts:
            raise ConfigError(
                f"no split named {name}; the splits are: {', '.join(self.counts)}"
            )
        import pyarrow.compute as pc

        return Rows(self._arrow.filter(pc.equal(self._arrow["split"], name)))


def _selection(**asked: Any) -> Selection:
    """What is asked for; ConfigError where that is no range."""
    try:
        return Selection(**asked)
    except ValidationError as error:
        raise ConfigError(explain_refusal(error)) from error


def _day(day: Day | None) -> date | None:
    return None if day is None else _date(day)


def _date(day: Day) -> date:
    if isinstance(day, datetime):
        return day.date()
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise ConfigError(f"{day!r} is no date; write it as 2025-02-24") from error


def _not_installed(error: ModuleNotFoundError) -> ConfigError:
    return ConfigError(
        f"{error.name} is not installed here, and does not come with fullcourt: install it into "
        "this environment, or take to_arrow()"
    )
