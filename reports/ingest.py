"""`ingest`: what was loaded, and what was left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from core.counted import counted, noun_for, verb_for
from core.remedy import INGEST_FILES, PLACEHOLDER, Remedy
from planning.waivers import COVERAGE_FLAGS
from reports.next_steps import Step
from reports.sections import Section, print_sections
from reports.terminal import grid, say_wrapped
from reports.verify import say
from validation.figures import PERCENT, figure

BOX_SCORES = ("team_box", "player_box")
"""The raw tables that the dates of a final game wait for."""


def changed_words(changed: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for each raw table whose rows of final games differ from those loaded before."""
    return [_changed_words(one) for one in changed]


def _changed_words(one: Mapping[str, Any]) -> str:
    rows, added = one["rows"], one["added"]
    differ = verb_for(rows, "differs", "differ")
    said = f"{differ} from those loaded before"
    if added == rows:
        said = f"{verb_for(rows, 'is', 'are')} new beside those loaded before"
    elif added:
        said += f", {added:,} of them new"
    return (
        f"{counted(rows, 'row')} of {one['table']} in "
        f"{counted(one['games'], 'final game')} {said} ({_games(one)}); "
        "the next backfill computes what follows from them"
    )


def removed_words(removed: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for each raw table of which rows that were loaded before are removed."""
    return [_removed_words(one) for one in removed]


def _removed_words(one: Mapping[str, Any]) -> str:
    whole = verb_for(one["games"], "the game", "the games")
    without = verb_for(one["rows"], "it", "them")
    return (
        f"{counted(one['rows'], 'row')} of {one['table']} in {counted(one['games'], 'game')}, "
        f"loaded before: these files have {whole} whole without {without} ({_games(one)}); "
        "the next backfill computes what follows from it"
    )


def kept_words(kept: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for each raw table of which rows stay that the files lack."""
    return [_kept_words(one) for one in kept]


def _kept_words(one: Mapping[str, Any]) -> str:
    stays, it = (
        verb_for(one["rows"], "stays", "stay"),
        verb_for(one["rows"], "it", "them"),
    )
    return (
        f"{counted(one['rows'], 'row')} of {one['table']} in {counted(one['games'], 'game')}, "
        f"loaded before, {stays}: without {it} the sides that these files have rows of are not "
        f"whole ({_games(one)})"
    )


def _games(one: Mapping[str, Any]) -> str:
    """The first of the games, and how many more there are."""
    more = one["games"] - len(one["named"])
    return ", ".join(one["named"]) + (f" and {more:,} more" if more else "")


def print_ingested(done: Mapping[str, Any]) -> None:
    """Rows written, files read and refused, rejects per reason with the repair."""
    if done["files"]:
        header = ("file", "raw table", "rows", "rejected", "note")
        keys = ("file", "raw_table", "rows", "rejected", "note")
        grid("files", header, map(itemgetter(*keys), done["files"]))
    grid("written", ("raw table", "rows"), done["rows"].items())
    for table, rows in done["rows"].items():
        if rows and done["filled"].get(table):
            say_wrapped(told_filled(table, rows, done["filled"][table]))
    if done["rejects"]:
        title = "rejected rows (kept in nba_backfill.rejects)"
        reject = ("reason", "rows", "repair")
        grid(title, reject, map(itemgetter(*reject), done["rejects"]))
    for sentence in changed_words(done["changed"]):
        say_wrapped(f"changed: {sentence}")
    for sentence in removed_words(done["removed"]):
        say_wrapped(f"removed: {sentence}")
    for sentence in kept_words(done["kept"]):
        say_wrapped(f"kept: {sentence}")
    for warning in done["warnings"]:
        say_wrapped(f"warning: {warning}")
    for unread in done["unread"]:
        say_wrapped(
            f"not read {unread['file']}: {unread['reason']}; {unread['repair']}"
        )
    for refused in done["refused"]:
        say_wrapped(
            f"refused {refused['file']}: {refused['reason']}; {refused['repair']}"
        )


def print_removed(
    removed: Mapping[str, int], game_ids: Sequence[str], table: str | None
) -> None:
    """The rows that were removed of each raw table, and what to run next."""
    told = [f"{counted(n, 'row')} of {name}" for name, n in removed.items() if n]
    say(", ".join(told))
    say()
    steps = tuple(map(str, steps_after_removal(game_ids, table)))
    print_sections([Section("what to run next", commands=steps)])


def steps_after_removal(game_ids: Sequence[str], table: str | None) -> list[Step]:
    """What helps after games were removed from a raw table, or from all of them.

    No backfill where the dates of a final game wait for its box score: it would only remove rows.
    """
    number = len(game_ids)
    it, plan = verb_for(number, "it", "them"), Remedy("plan")
    if table not in BOX_SCORES:
        return [
            Step(
                plan, f"what follows from {it}, and which rows a backfill would remove"
            ),
            Step(Remedy("backfill"), "computes what follows, without those rows"),
            Step(INGEST_FILES, "or load them again"),
        ]
    whole = noun_for(number, "the whole game")
    other = Step(Remedy("ingest remove", tuple(game_ids)), f"or take out {whole}")
    if table in COVERAGE_FLAGS:
        other = _waive_step(game_ids, table)
    return [
        Step(INGEST_FILES, f"load {noun_for(number, 'the box score')} again"),
        other,
        Step(plan, f"what waits for {it}, and which rows a backfill would remove"),
    ]


def _waive_step(game_ids: Sequence[str], table: str) -> Step:
    """Accept that games never get their rows: one by its id, several by a file of their ids."""
    is_one = len(game_ids) == 1
    which = (game_ids[0],) if is_one else ("--games", "FILE")
    it_is = "it is" if is_one else "those in FILE, an id a line, are"
    remedy = Remedy("waive", (*which, "--table", table, "--reason", PLACEHOLDER))
    return Step(remedy, f"or accept that {it_is} never published")


def told_filled(table: str, rows: int, filled: Mapping[str, int]) -> str:
    """How many of a table's rows have what its source may leave empty."""
    whole = f" of {counted(rows, 'row')}"
    shares: list[str] = []
    for column, count in filled.items():
        share = figure(100 * count / rows, unit=PERCENT)
        shares.append(f"{column} in {count:,}{'' if shares else whole} ({share})")
    return f"{table}: {', '.join(shares)}"
