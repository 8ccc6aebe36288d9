"""What is taken out, what is not fresh of it, and what people are told to run."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.errors import ConfigError
from core.remedy import plain
from planning.cells import Outcome
from planning.export import (
    UNOBSERVED,
    CellOut,
    NotFresh,
    raw_table_out,
    require_tables_known,
)
from planning.ledger import Content, Entry, Record
from planning.reasons import Cause, CodeChanged, Reason, WithoutTeamBox
from processors.discovery import load
from reports.export import not_fresh_words

DAY = date(2024, 1, 3)
NEXT = DAY + timedelta(days=1)
CODE = Reason(Cause.STALE, CodeChanged("a", "b"))


def sentence(cells: list[NotFresh]) -> str:
    return plain(not_fresh_words(cells))


def record(content: Content) -> Record:
    entry = Entry("player_box", DAY, Outcome.DONE, content)
    return Record(entry, entry)


def test_a_raw_table_is_taken_out_as_it_is_and_what_changed_since_is_not_fresh() -> (
    None
):
    seen, now = Content(2, "a:2:1"), Content(3, "a:3:9")
    out = raw_table_out(
        "player_box",
        {DAY: record(seen), NEXT: record(seen)},
        {DAY: seen, NEXT: now},
        None,
    )
    assert out.cells == (CellOut(DAY, 2, "a:2:1"), CellOut(NEXT, 3, "a:3:9"))
    assert [(cell.day, cell.stands) for cell in out.not_fresh] == [(NEXT, UNOBSERVED)]
    assert (out.rows, out.days) == (5, (DAY, NEXT))


def test_only_the_dates_asked_for_are_taken_out_and_rows_without_dates_always() -> None:
    seen = Content(2, "a:2:1")
    out = raw_table_out(
        "player_box", {DAY: record(seen)}, {DAY: seen, NEXT: seen}, {DAY}
    )
    assert [cell.day for cell in out.cells] == [DAY]
    assert out.not_fresh == ()
    undated = raw_table_out("players", {None: record(seen)}, {None: seen}, {DAY})
    assert [cell.day for cell in undated.cells] == [None]


def test_a_raw_cell_that_vanished_is_not_fresh() -> None:
    out = raw_table_out("player_box", {DAY: record(Content(2, "a:2:1"))}, {}, None)
    assert out.cells == ()
    assert [cell.day for cell in out.not_fresh] == [DAY]


def test_an_unknown_table_or_one_named_twice_is_refused() -> None:
    catalog = load()
    require_tables_known(catalog, ["ml_feature_store", "player_box"])
    with pytest.raises(
        ConfigError, match="no table named player_cache; the tables are: "
    ):
        require_tables_known(catalog, ["player_cache"])
    with pytest.raises(ConfigError, match="named twice: shots"):
        require_tables_known(catalog, ["shots", "players", "shots"])


def test_the_sentence_says_how_many_which_and_what_to_run() -> None:
    due = [
        NotFresh("ml_feature_store", DAY + timedelta(days=n), Cause.STALE, CODE)
        for n in range(5)
    ]
    said = sentence(due)
    assert said.startswith(
        "5 cells are not fresh: ml_feature_store 2024-01-03 is stale (code a became b); "
    )
    assert "; and 2 more; to make them fresh: " in said
    command = "fullcourt backfill --table ml_feature_store --start 2024-01-03 --end 2024-01-07"
    assert f"{command}; --as-is" in said


def test_the_sentence_names_the_remedy_of_each_kind() -> None:
    gap = NotFresh(
        "ml_feature_store",
        DAY,
        Outcome.UPSTREAM_MISSING,
        WithoutTeamBox(("0022300001",)),
    )
    raw = NotFresh("player_box", DAY, UNOBSERVED, None)
    undated = NotFresh("players", None, UNOBSERVED, None)
    assert "backfill" not in sentence([gap])
    assert "fullcourt report names what the gaps wait for" in sentence([gap])
    assert "fullcourt plan puts raw changes on record" in sentence([raw, gap])
    assert "players (no date) is unobserved" in sentence([undated])
    assert "report" not in sentence([raw])
