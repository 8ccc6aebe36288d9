"""Gaps told by cause: what lies behind them, what helps, and how many cells wait for it.

One function for each form: a sentence for a log or an error, lines for a terminal, the commands,
plain data. Each is given the same values, so that every place says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from core.counted import counted, noun_for, verb_for
from core.remedy import INGEST_FILES, PLACEHOLDER, Remedy, Words
from planning.causes import BehindGate, SharedCause
from planning.cells import Outcome
from planning.reasons import (
    AttemptEnded,
    Cause,
    HoldsRows,
    NeverComputed,
    OverdueGames,
    Reason,
    WaitsFor,
    WithoutPlayerBox,
    WithoutTeamBox,
)
from planning.remedies import backfill_remedy
from planning.selection import Selection
from planning.waivers import SCHEDULE
from reports.commands import command_line, spell
from reports.next_steps import Step, command_on
from reports.reasons import tell_detail, tell_game_list, tell_gap
from reports.terminal import counts_text, say_wrapped

TABLES_NAMED = 3
"""Tables that a sentence names; more are counted."""
CAUSES_TOLD = 10
"""Causes that a terminal shows; more are counted."""
GAMES_REMOVED = 5
"""Games that a command to take them out names."""
_NO_ROWS_DUE = {
    Outcome.NO_GAMES: "the schedule has no eligible game there",
    Outcome.NOT_COVERED: "player data covers no game there",
    Outcome.CALLED_OFF: "every game there is called off",
    Outcome.BOOTSTRAP: "the season has just begun there",
    Outcome.INSUFFICIENT_HISTORY: "nobody has the games for a row there",
}


def tell_cause_of_gaps(cause: SharedCause) -> str:
    """A cause in one sentence: what is wrong and where, what to do, how much waits for it."""
    return spell(cause_words(cause))


def cause_words(cause: SharedCause) -> Words:
    """The same in pieces, for an error."""
    what, waits = tell_what(cause), _tell_waiting(cause)
    do = _tell_repair(cause)
    colon = ";" if isinstance(cause.because, OverdueGames) else ":"
    told = f"{what}{colon} {do}" if do else what
    if cause.held_by and not isinstance(cause.because, BehindGate):
        told += f"; the gate of {cause.held_by}, before it, is closed"
    return (f"{told}; {waits}" if waits else told,)


def tell_what(cause: SharedCause) -> str:
    """What is wrong, and where."""
    match cause.because:
        case OverdueGames():
            return _tell_open(cause)
        case WithoutTeamBox():
            return _tell_lacking(cause, "team")
        case WithoutPlayerBox():
            return _tell_lacking(cause, "player")
        case Reason() as reason:
            return _tell_due(cause, reason)
        case BehindGate(phase=phase):
            verb = verb_for(cause.all_cells, "waits", "wait")
            subject = f"{counted(cause.all_cells, 'cell')} of later phases"
            return f"{subject} {verb} for the gate of {phase}, which is closed"
        case HoldsRows(outcome=outcome):
            return _tell_outcome(cause, outcome)
        case Outcome() as outcome:
            return _tell_outcome(cause, outcome)
        case WaitsFor() as gap:
            return f"{_subject(cause)}: {tell_gap(gap)}"
        case _:
            assert_never(cause.because)


def _tell_open(cause: SharedCause) -> str:
    verb = verb_for(len(cause.games), "is", "are")
    said = f"{verb} neither final nor called off, though later games are final"
    listed = tell_game_list(cause.games)
    return f"{_count_games(cause)} {said}: {listed} ({_range(cause)})"


def _tell_lacking(cause: SharedCause, whose: str) -> str:
    verb = verb_for(len(cause.games), "has", "have")
    listed = tell_game_list(cause.games)
    return f"{_games_of(cause)} {verb} no complete {whose} box score ({listed})"


def _tell_due(cause: SharedCause, reason: Reason) -> str:
    detail = tell_detail(reason.detail)
    if isinstance(reason.detail, NeverComputed):
        verb = verb_for(cause.cells, "was", "were")
        return f"{_subject(cause)} {verb} never computed"
    verb = verb_for(cause.cells, "is ", "are ")
    if reason.cause is Cause.FAILED:
        verb = ""
    if isinstance(reason.detail, AttemptEnded) and cause.span.dates > 1:
        detail = f"first on {cause.span.first}: {detail}"
    return f"{_subject(cause)} {verb}{reason.cause}: {detail}"


def _tell_outcome(cause: SharedCause, outcome: Outcome) -> str:
    verb = verb_for(cause.cells, "is", "are")
    if outcome is Outcome.NOT_FINAL:
        return f"{_subject(cause)} {verb} not final"
    told = _NO_ROWS_DUE.get(outcome, f"{verb} {outcome}")
    holds = verb_for(cause.cells, "holds rows", "hold rows")
    return f"{_subject(cause)} {holds}, though {told}"


def _games_of(cause: SharedCause) -> str:
    """`2 games of 2023-11-21`."""
    return f"{_count_games(cause)} {_dates(cause)}"


def _count_games(cause: SharedCause) -> str:
    return counted(len(cause.games), "game")


def _subject(cause: SharedCause) -> str:
    """`12 cells of player_game_summary, 2023-11-21 to 2023-12-03`."""
    tables = ", ".join(cause.tables)
    if len(cause.tables) > TABLES_NAMED:
        tables = counted(len(cause.tables), "table")
    if not cause.cells:
        dates = _dates(cause).removesuffix(",")
        return f"{tables} {dates}, which nobody asked for,"
    return f"{counted(cause.cells, 'cell')} of {tables} ({_range(cause)})"


def _dates(cause: SharedCause) -> str:
    if cause.span.dates == 1:
        return f"of {cause.span.first}"
    return f"of {counted(cause.span.dates, 'date')}, {_range(cause)},"


def _range(cause: SharedCause) -> str:
    span = cause.span
    return str(span.first) if span.dates == 1 else f"{span.first} to {span.last}"


def _tell_repair(cause: SharedCause) -> str:
    """What to do, in a few words."""
    it, is_ = ("it", "it is") if len(cause.games) == 1 else ("them", "they are")
    match cause.because:
        case OverdueGames():
            return f"load {it} again, or say that {is_} not played"
        case WithoutTeamBox() | WithoutPlayerBox():
            return f"load {it}"
        case _:
            return ""


def _tell_waiting(cause: SharedCause) -> str:
    """How many cells wait for the cause; empty where none does."""
    waiting = cause.cells_waiting
    later = "later "
    if isinstance(cause.because, BehindGate):
        return ""
    if isinstance(cause.because, OverdueGames):
        # No cell is its own gap: those of the date itself wait for the game as well.
        waiting, later = cause.all_cells, ""
    if not waiting:
        return ""
    verb = verb_for(waiting, "waits", "wait")
    return f"{counted(waiting, f'{later}cell')} {verb} for that"


def cause_steps(cause: SharedCause, selection: Selection) -> list[Step]:
    """The commands that help, the first of them first; no backfill where raw data lacks."""
    match cause.because:
        case OverdueGames():
            return [_load_step(cause), _waive_step(cause, SCHEDULE)]
        case WithoutPlayerBox():
            return [_load_step(cause), _waive_step(cause, "player_box")]
        case WithoutTeamBox():
            return [_load_step(cause), remove_step(cause.games)]
        case Reason(cause=Cause.QUARANTINED | Cause.FAILED):
            cell = Remedy("why", (cause.tables[0], str(cause.span.first)))
            return [Step(cell, "what broke, by its keys")]
        case BehindGate(phase=phase):
            return [Step(command_on(selection, "gate", phase), "what closed it")]
        case Reason() if cause.held_by:
            gate = command_on(selection, "gate", cause.held_by)
            return [*_alone_steps(cause), Step(gate, "what closed the gate before")]
        case Reason() | HoldsRows() | Outcome():
            return [_compute_step(cause, selection)]
        case WaitsFor():
            return []
        case _:
            assert_never(cause.because)


def _load_step(cause: SharedCause) -> Step:
    what = "the result" if isinstance(cause.because, OverdueGames) else "the box score"
    return Step(INGEST_FILES, f"load {noun_for(len(cause.games), what)}")


def remove_step(games: Sequence[str]) -> Step:
    """Take out final games that lack their team box scores; the first of many are named."""
    first = tuple(games[:GAMES_REMOVED])
    remedy = Remedy("ingest remove", first, goes_on=len(games) > len(first))
    return Step(remedy, f"or take {verb_for(len(games), 'it', 'them')} out")


def _waive_step(cause: SharedCause, table: str) -> Step:
    """Accept that the games never get their data: one by its id, several by a file of their ids.

    Never by their season: that would accept games of which nobody looked at one.
    """
    several = len(cause.games) > 1
    which = ("--games", "FILE") if several else (cause.games[0],)
    remedy = Remedy("waive", (*which, "--table", table, "--reason", PLACEHOLDER))
    never = "not played" if table == SCHEDULE else "never published"
    if several:
        return Step(remedy, f"or accept that those in FILE, an id a line, are {never}")
    return Step(remedy, f"or accept that it is {never}")


def _alone_steps(cause: SharedCause) -> Iterator[Step]:
    """Compute cells behind a closed gate by themselves: a backfill of all tables stops there.

    None of what is built on that phase: its gate is judged on the way, and stops that as well.
    """
    tables = [table for table in cause.tables if table not in cause.stuck]
    if not tables:
        return
    days = (cause.span.first, cause.span.last)
    what = "computes {} alone: gates of what {} built on are judged, no others"
    alone = what.format(*("it", "it is") if cause.cells == 1 else ("them", "they are"))
    yield Step(backfill_remedy(tables, days), alone)


def _compute_step(cause: SharedCause, selection: Selection) -> Step:
    """The narrowest command that computes what is due, and what waits for it."""
    whole = bool(cause.waiting) or len(cause.tables) > TABLES_NAMED or not cause.cells
    if whole:
        wanted = selection.model_copy(update={"only": False})
        return Step(command_on(wanted, "backfill"), "computes them and what waits")
    days = (cause.span.first, cause.span.last)
    return Step(backfill_remedy(cause.tables, days), "computes them")


def tell_gaps(causes: Sequence[SharedCause]) -> Iterator[str]:
    """The gaps in lines for a log: how many, then each cause; nothing without one."""
    if causes:
        yield tell_number(causes)
    for cause in causes:
        yield f"  {tell_cause_of_gaps(cause)}"


def tell_number(causes: Sequence[SharedCause]) -> str:
    """How many gaps there are, of how many causes: `78 gaps, 1 cause`."""
    gaps = sum(cause.all_cells for cause in causes)
    return f"{counted(gaps, 'gap')}, {counted(len(causes), 'cause')}"


def print_causes(causes: Sequence[SharedCause], selection: Selection) -> None:
    """Each cause with the commands that help, and the cells beneath; nothing without one."""
    if not causes:
        return
    for line in _lines(causes[:CAUSES_TOLD], selection):
        say_wrapped(line)
    if len(causes) > CAUSES_TOLD:
        others = len(causes) - CAUSES_TOLD
        say_wrapped(f"  and {others} more; {command_line('report')} lists them")
    say_wrapped("")


def _lines(causes: Sequence[SharedCause], selection: Selection) -> Iterator[str]:
    for cause in causes:
        yield f"  {tell_cause_of_gaps(cause)}"
        for step in cause_steps(cause, selection):
            yield f"    {step}"
        if cause.waiting and not isinstance(cause.because, BehindGate):
            yield f"    waiting: {counts_text(cause.waiting)}"


def cause_json(cause: SharedCause, selection: Selection) -> dict[str, Any]:
    """A cause as plain data, dates as ISO 8601 writes them."""
    return {
        "cause": tell_what(cause),
        "said": tell_cause_of_gaps(cause),
        "tables": list(cause.tables),
        "first": str(cause.span.first),
        "last": str(cause.span.last),
        "dates": cause.span.dates,
        "games": list(cause.games),
        "cells": cause.cells,
        "waiting": dict(cause.waiting),
        "commands": [step.command for step in cause_steps(cause, selection)],
    }
