"""What the rest of fullcourt may ask of a warehouse, and the values that travel.

One Protocol, two implementations. Rows of tables never travel through here except for sources, for
what people take out, and for tests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from core.dates import same_day
from planning.batches import Batch
from planning.calendar import GameDay
from planning.cells import CellBreach, CellState, Outcome, cell_state
from planning.cost import Cost
from planning.eta import Finished
from planning.ledger import Content, Entry, Record
from planning.overrides import Override
from planning.predictions import Predicted
from planning.raw_load import LeftOut, RawLoad
from planning.run_history import RunRecord, TableWork
from planning.waivers import Waiver
from processors.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Told:
    """What a publication says of a cell: what is on record of it now, and how it stands; None where
    it neither has nor should have rows."""

    record: Record
    state: CellState | None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch: rows published per date, the breaches of each date held back, and
    what is known of its cells now, where the engine tells."""

    rows: Mapping[date, int] = field(default_factory=dict)
    quarantined: Mapping[date, tuple[CellBreach, ...]] = field(default_factory=dict)
    told: Mapping[date, Told] = field(default_factory=dict)


class Warehouse(Protocol):
    """A database that holds raw and computed tables;
    every method is safe to call from several threads."""

    url: str
    catalog: Catalog
    dates_per_batch: int
    """Dates that one statement computes where nobody says how many."""
    joins_seasons: bool
    """Whether one statement may compute dates of several seasons: where what lies between them may
    be read for nothing."""
    is_read_only: bool
    """Whether reading met that this account may not write: the keys that dates should hold are then
    those that a run derived last."""

    def ensure_tables(self) -> None:
        """Make tables and add nullable columns by contract;
        SchemaError, and no change, for the rest."""

    def require_tables(self) -> None:
        """Raise SchemaError or AccessDeniedError unless every table is there by contract;
        make and change nothing."""

    def rows_held(self, table: str) -> int:
        """Rows of a table, whatever its columns; 0 when it is not there."""

    def drop(self, table: str) -> None:
        """Take a table away, if it is there; `ensure_tables` makes it anew."""

    def revision(self, table: str) -> object:
        """Another value after every write of this process to the table, or to raw data."""

    def table_revision(self, table: str) -> object:
        """Another value after every write of this process to the table itself."""

    def written_since(self, table: str, revision: object) -> frozenset[date] | None:
        """The dates of a table that this process wrote since a revision of either kind; None where
        that is not told by date: the table went, or raw data changed on which it hangs."""

    def told_since(
        self, table: str, revision: object
    ) -> Mapping[date | None, Told] | None:
        """What is known of the dates of a table that this process published since a revision of
        either kind, as their rows were audited in place and put on record; None where that is not
        known of each."""

    def commits(self) -> object | None:
        """Another value after every commit that may have changed a table and is not told by
        `revision`; None where nothing tells of such."""

    def load(self, raw: RawLoad, run_id: str = "ingest") -> dict[str, int]:
        """Write raw rows, replacing by (raw table, game), and observe them;
        rows written per table."""

    def remove_games(
        self,
        game_ids: Sequence[str],
        run_id: str = "ingest remove",
        table: str | None = None,
    ) -> dict[str, int]:
        """Delete games from every raw table, and their waivers,
        or from one table; rows deleted per table."""

    def observe(self, run_id: str, tables: Collection[str] = ()) -> int:
        """Put on record what changed in raw tables since they were last observed; cells that did.

        `tables`: where the others are known to be on record.
        """

    def waive(self, game_id: str, raw_table: str, reason: str) -> Waiver:
        """Let a raw table no longer cover a game;
        ConfigError or SourceError when that cannot be."""

    def unwaive(self, game_id: str, raw_table: str) -> Waiver:
        """Take a waiver back: the game counts as its source declares it;
        SourceError when there is none."""

    def waive_games(self, game_ids: Sequence[str], raw_table: str, reason: str) -> int:
        """Let a raw table no longer cover a set of games, for one reason; how many were waived.

        All of them or none: SourceError when one is unknown, or when nothing is left to waive.
        """

    def unwaive_games(self, game_ids: Sequence[str], raw_table: str) -> int:
        """Take the waivers of a set of games back; how many there were."""

    def games_lacking(self, raw_table: str, season: int) -> list[str]:
        """The final eligible games of a season of which a raw table holds no row."""

    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers in force, by game and raw table."""

    def schedule(self) -> Any:
        """The raw schedule as a pyarrow Table, for sources that load against it.

        Its coverage is what sources declare, waivers aside: a source that saw them would declare
        them.
        """

    def games_of(self, raw_table: str) -> frozenset[str]:
        """The ids of the games that have rows in a raw table."""

    def rows_of_games(
        self, raw_table: str, game_ids: Collection[str], columns: Sequence[str] = ()
    ) -> Any:
        """The rows of these games in a raw table, as a pyarrow Table; with `columns`, those
        alone."""

    def table_rows(
        self, table: str, dates: Sequence[date] | None, columns: Sequence[str] = ()
    ) -> Any:
        """The rows of a raw or computed table as a pyarrow Table, typed by its contract.

        On these dates; all rows for None, and of a table without dates. With `columns`, those
        alone. Ordered by date, keys, then every column, so that equal rows come in equal order.
        """

    def left_out(self) -> LeftOut:
        """Rows that ingest rejected in the last reading of each file, but for games that were
        loaded since; and what the last ingest of each folder refused, or did not read."""

    def team_games(self) -> dict[int, dict[str, int]]:
        """Season -> team -> its final regular games on the schedule."""

    def uncovered_games(self) -> dict[str, dict[date, int]]:
        """Raw table -> date -> its final games that the raw table does not cover, waived ones
        aside; shots of games with box scores of players are the gate's to name."""

    def game_days(self) -> list[GameDay]:
        """One entry per date of the schedule with eligible games."""

    def cell_states(
        self, table: str, dates: Collection[date] | None = None
    ) -> dict[date, CellState]:
        """How every cell of a table that has rows or should have rows stands;
        with `dates`, those alone."""

    def contents(
        self, table: str, dates: Collection[date] | None = None
    ) -> dict[date | None, Content]:
        """Rows and hash of every cell of a raw or computed table;
        under None for one without dates. With `dates`, those of a computed table alone."""

    def expected_contents(self, relation: str) -> dict[date | None, Content]:
        """Rows and hash per date of a relation of expected keys, as derived from raw data."""

    def records(
        self, *tables: str, dates: Collection[date] | None = None
    ) -> dict[str, dict[date | None, Record]]:
        """Table -> date -> the last entries of every cell of it
        that the ledger knows; raw tables as well. With `dates`, those alone."""

    def entries(self, table: str, day: date | None) -> list[Entry]:
        """Every entry of a cell, the earliest first."""

    def batch_history(self, limit: int) -> list[Finished]:
        """The batches of computed tables that were published last,
        the latest first, of at most `limit`.

        From the ledger's entries done: those of one table, run and start are one batch. Its rows
        are their sum, its end the latest of theirs.
        """

    def work_history(self, runs: int) -> list[TableWork]:
        """What each of the latest runs did to each computed table, the latest run first."""

    def now(self) -> datetime:
        """The warehouse's clock: UTC, later at every call and than anything on record when it was
        first read, whatever the system's."""

    def record_run(self, record: RunRecord) -> None:
        """Keep what is known of a run as it begins to compute, or as it ends; the last record of a
        run holds."""

    def run_records(self) -> list[RunRecord]:
        """The last record of each run, the latest run first; none in a warehouse that lacks their
        table."""

    def price(self, billed_bytes: int) -> float | None:
        """Dollars of so many bytes billed, on demand; None where nothing is billed."""

    def materialize(self, batch: Batch, run_id: str) -> BatchResult:
        """Stage, audit and publish a batch, and put its cells on record in the same transaction.

        Dates that break their contract are quarantined: their rows go.
        """

    def cost(self, batches: Iterable[Batch], cleared: Iterable[str]) -> Cost | None:
        """What these batches, and the clearing of cells of these tables,
        would take where reading is billed.

        Asks without computing anything. None where nothing is billed. A lower bound where a table
        that is read holds nothing yet.
        """

    def dollars_spent(self, run_id: str) -> float:
        """Dollars that the batches of a run were billed so far; 0 where nothing is billed."""

    def fail(self, batch: Batch, run_id: str, error: BaseException) -> None:
        """Put on record that the cells of a batch could not be computed;
        changes nothing but the ledger."""

    def clear(self, table: str, cells: Mapping[date, Outcome], run_id: str) -> int:
        """Remove the rows of cells that should hold none,
        and put their outcome on record; rows removed."""

    def bound_query(self, batch: Batch) -> tuple[str, dict[str, Any]]:
        """The statement that computes a batch, as the engine is given it, and its parameters."""

    def check_rows(
        self, sql: str, table: str, dates: Sequence[date], due: Sequence[date]
    ) -> list[dict[str, Any]]:
        """The rows of a check's query (see validation/checks.py) on these dates of a table; `due`
        are those on which its expected keys are due."""

    def evidence(self, table: str, day: date) -> tuple[CellBreach, ...]:
        """What was kept of a cell when it was last quarantined;
        empty when it was published since."""

    def keys_amiss(self, table: str, day: date) -> dict[str, tuple[str, ...]]:
        """Some of the keys of a cell that its table lacks, should not hold or repeats, by check."""

    def record_verdict(self, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict of a gate."""

    def verdicts(self, phase: str, limit: int = 20) -> list[dict[str, Any]]:
        """The phase's latest verdicts as they were kept, newest first."""

    def judged(self, phase: str) -> list[dict[str, Any]]:
        """What each of the phase's verdicts judged and decided, newest first: its stage, decision,
        tables, first and last date, and spans."""

    def accepted_verdicts(
        self, phase: str, first: date, last: date, limit: int = 20, offset: int = 0
    ) -> list[dict[str, Any]]:
        """The verdicts that opened the phase's gate over some
        date from first to last, newest first."""

    def record_override(self, decided: Override) -> None:
        """Keep a person's decision to go on after a NO-GO."""

    def overrides(self) -> tuple[Override, ...]:
        """The overrides of which no GO has covered what they let pass, the earliest first."""

    def record_predictions(self, rows: Sequence[Predicted]) -> None:
        """Write the predictions of one date and model in place of those there are."""

    def predictions(self, days: Sequence[date] = ()) -> list[Predicted]:
        """The predictions in force on these dates, on all for none; by date, model and player."""

    def refusals(self) -> dict[str, str]:
        """Resource (`project P`, `dataset P.D`) -> what
        of a run's work the account may not do there.

        Asks without doing. Empty where all is allowed, and on DuckDB.
        """

    def close(self) -> None:
        """Let go of the warehouse; on DuckDB, of the file's lock."""


def cell_states(rows: Iterable[Mapping[str, Any]]) -> dict[date, CellState]:
    """Date -> state, from the rows of `statements.state`."""
    numbers = ("expected", "present", "missing", "unexpected")
    return {
        same_day(row["as_of"]): cell_state(*(int(row[n]) for n in numbers))
        for row in rows
    }


def game_day(row: Mapping[str, Any]) -> GameDay:
    """A date of the calendar, from a row of the derived `game_days`,
    whose lists are spelled as one text."""
    lists = (
        "called_off_games",
        "open_games",
        "overdue_games",
        "games_without_team_box",
        "games_with_one_team_row",
        "games_without_player_box",
    )
    return GameDay(
        **{**row, **{column: tuple((row[column] or "").split()) for column in lists}}
    )
