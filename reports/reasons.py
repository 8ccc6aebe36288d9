"""Why a cell stands as it does, in words."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, assert_never

from core.counted import counted, noun_for, verb_for
from core.grouping import group
from core.remedy import Words
from planning.cells import CellState, Outcome
from planning.open_games import DatedGame
from planning.reasons import (
    AskedAgain,
    AttemptEnded,
    CalledOff,
    ChangedInput,
    CodeChanged,
    Damage,
    Detail,
    EndedAs,
    Fresh,
    GamesUnfinished,
    GapCause,
    HoldsRows,
    InBootstrap,
    InputsChanged,
    KeysChanged,
    KeysDiffer,
    NeverComputed,
    NoGames,
    NotCovered,
    OverdueGames,
    Reason,
    SeasonUnfinished,
    Skip,
    Span,
    TooEarly,
    WaitsFor,
    WithoutPlayerBox,
    WithoutTeamBox,
)
from planning.remedies import backfill_remedy
from planning.removals import Removal, Shrunk, Unexpected
from planning.roots import Root
from planning.standing import Standing, Unobserved
from planning.waived import WaivedGame
from reports.commands import spell

GAMES_NAMED = 3
CALLED_OFF_NAMED = 10
"""Games that rows go with: a sentence names up to so many, the report all."""


def tell_reason(reason: Reason | GapCause, root: Root | None = None) -> str:
    """Why a cell is to be computed, or is a gap, with what mends it.

    `root`: the cell upstream that it waits for; where no backfill completes that one, its cause is
    told in the place of a command that would not help.
    """
    if isinstance(reason, WaitsFor) and root is not None and not root.heals:
        return f"{tell_gap(reason)}; at the root: {tell_root(root)}"
    return spell(reason_words(reason))


def reason_words(reason: Reason | GapCause) -> Words:
    """The same in pieces, for an error."""
    if isinstance(reason, Reason):
        return (f"{reason.cause}: {tell_detail(reason.detail)}",)
    return _gap_words(reason)


def _gap_words(gap: GapCause) -> Words:
    what = tell_gap(gap)
    if repair := _repair(gap):
        return (what, "; ", *repair)
    return (what,)


def tell_cause(cause: Detail | GapCause) -> str:
    """What is behind a gap, without what mends it."""
    return tell_gap(cause) if isinstance(cause, GapCause) else tell_detail(cause)


def tell_gap(cause: GapCause) -> str:
    """What a gap lacks."""
    match cause:
        case OverdueGames(day=day, games=games):
            verb = verb_for(len(games), "is", "are")
            subject = f"{noun_for(len(games), 'game')} {tell_game_list(games)} of {day}"
            return (
                f"{subject} {verb} neither final nor called off, "
                "though later games are final"
            )
        case WithoutTeamBox():
            return _tell_team_box(cause)
        case WithoutPlayerBox(games=games):
            listed = tell_game_list(games)
            return f"player_box has fewer than 5 active players on a side of {listed}"
        case WaitsFor(table=table, span=span):
            others = span.dates - 1
            more = f" and {counted(others, 'more date')}" if others else ""
            return f"{table} {span.first}{more} not complete"
        case HoldsRows(outcome=outcome):
            return f"{outcome}, and holds rows all the same; the next backfill takes them away"
        case _:
            assert_never(cause)


def _tell_team_box(cause: WithoutTeamBox) -> str:
    """Which games have no row of their teams, and which have one of the two."""
    told: list[str] = []
    if empty := [game for game in cause.games if game not in cause.halves]:
        told.append(f"lacks {tell_game_list(empty)}")
    if cause.halves:
        each = verb_for(len(cause.halves), "", "each ")
        told.append(f"has 1 of the 2 rows {each}of {tell_game_list(cause.halves)}")
    return f"team_box {' and '.join(told)}"


def _repair(cause: GapCause) -> Words:
    """What mends a gap; nothing where the next backfill does."""
    match cause:
        case OverdueGames(games=games):
            it, is_ = ("it", "it is") if len(games) == 1 else ("them", "they are")
            return (f"load {it} again, or say that {is_} not played",)
        case WithoutTeamBox():
            return ("load its box score, then run the same command again",)
        case WithoutPlayerBox():
            return ("load it again",)
        case WaitsFor(table=table, span=span):
            return (backfill_remedy([table], [span.first, span.last], as_range=True),)
        case HoldsRows():
            return ()
        case _:
            assert_never(cause)


def tell_game_list(games: Sequence[str]) -> str:
    """Games by their ids, the first few of them."""
    first = ", ".join(games[:GAMES_NAMED])
    others = len(games) - GAMES_NAMED
    if others <= 0:
        return first
    return f"{first} and {others} more"


def tell_detail(detail: Detail) -> str:
    """What is behind the cause for which a cell is to be computed."""
    match detail:
        case NeverComputed():
            return "never computed"
        case AskedAgain():
            return "asked for"
        case KeysDiffer(state=state):
            return tell_keys(state)
        case KeysChanged(state=state):
            return f"its expected keys changed: {tell_keys(state)}"
        case EndedAs(outcome=outcome):
            return f"was {outcome}, and can be computed now"
        case AttemptEnded(error_class=error_class, message=message, attempt=attempt):
            raised = f"{error_class}: " if error_class else ""
            return f"{raised}{message} (attempt {attempt})"
        case CodeChanged(before=before, now=now):
            return f"code {before} became {now}"
        case InputsChanged(inputs=inputs):
            return (
                "; ".join(map(_tell_input, inputs)) or "the reach of its inputs moved"
            )
        case Damage():
            return tell_damage(detail)
        case _:
            assert_never(detail)


def _tell_input(changed: ChangedInput) -> str:
    if not changed.is_dated:
        return changed.name
    return (
        f"{changed.name} {tell_span(changed.span) if changed.span else 'of that day'}"
    )


def tell_span(span: Span) -> str:
    """Dates in a few words: `2025-01-05`, or `2025-01-05..2025-02-01 (12 dates)`."""
    if span.dates == 1:
        return str(span.first)
    ends = f"{span.first}..{span.last}"
    return f"{ends} ({counted(span.dates, 'date')})"


def tell_keys(state: CellState) -> str:
    """How a cell's keys differ from those expected of it."""
    expected = f"{state.missing} of {state.expected} expected keys missing"
    unexpected = f"{state.unexpected} unexpected"
    if not state.duplicates:
        return f"{expected}, {unexpected}"
    repeated = f"{state.duplicates} repeated"
    return f"{expected}, {unexpected}, {repeated}"


def tell_damage(damage: Damage) -> str:
    """How a cell's rows are not those on record."""
    if damage.outcome is None:
        return f"the ledger knows nothing of it, the table holds {counted(damage.held, 'row')}"
    if damage.outcome is not Outcome.DONE:
        return f"the ledger says {damage.outcome}, the table holds {counted(damage.held, 'row')}"
    if damage.recorded != damage.held:
        return f"the ledger says {counted(damage.recorded, 'row')}, the table holds {damage.held}"
    one = "its row is not the one that was published"
    several = "rows are not those that were published"
    return one if damage.held == 1 else f"its {damage.held:,} {several}"


def tell_skip(skip: Skip) -> str:
    """Why an outcome follows from the calendar, or what it means that a cell is done."""
    match skip:
        case Fresh():
            computed_from = "its code and inputs are those it was computed from"
            return f"fresh; {computed_from}, the table holds its rows"
        case NoGames():
            return "no cell: the schedule has no eligible game on this date"
        case CalledOff(games=games):
            return (
                f"no cell: all of the date's games are called off ({', '.join(games)})"
            )
        case NotCovered(games=games):
            return f"player data covers none of the date's {counted(games, 'game')}"
        case InBootstrap(days=days, began=began):
            return (
                f"one of the first {counted(days, 'day')} since the regular season began "
                f"on {began}"
            )
        case GamesUnfinished(final=final, games=games, still_open=ids):
            finished = f"{final} of the date's {counted(games, 'game')}"
            told = f"{finished} {verb_for(final, 'is', 'are')} final"
            named = f"{tell_game_list(ids)} {verb_for(len(ids), 'is', 'are')} open"
            return f"{told}, {named}" if ids else told
        case SeasonUnfinished(since=since):
            return f"the season's game of {since} is neither final nor called off"
        case TooEarly(min_games=0):
            return "no row is due: nobody has played in the season before the date"
        case TooEarly(min_games=games):
            return f"no row is due: it takes {counted(games, 'game')} of the season before the date"
        case _:
            assert_never(skip)


def tell_standing(standing: Standing) -> str:
    """Why a cell stands as it does."""
    because = _because(standing)
    if standing.holds_rows:
        return f"{because}; it holds rows all the same, by its table or by the ledger"
    return because


def _because(standing: Standing) -> str:
    because = standing.because
    if because is None:
        return "as last observed" if standing.held else "no rows, as last observed"
    if isinstance(because, Unobserved):
        rows = f"{counted(because.recorded, 'row')} then, {because.held} now"
        return f"raw data changed since it was last observed: {rows}"
    if isinstance(because, GapCause):
        return tell_gap(because) if standing.root else tell_reason(because)
    return tell_skip(because) if isinstance(because, Skip) else tell_detail(because)


def tell_root(root: Root) -> str:
    """The cell at the root of an upstream gap, and why it is not complete."""
    cell = f"{root.table} {root.day}"
    match root.because:
        case Reason() as reason:
            return f"{cell} is due, {tell_reason(reason)}"
        case Outcome() as outcome:
            return f"{cell} is {outcome}{', and holds rows' if outcome.is_skip else ''}"
        case gap:
            return f"{cell}: {tell_reason(gap)}"


def tell_shrunk(shrunk: Shrunk) -> str:
    """A table with its rows before and after."""
    return f"{shrunk.table} {shrunk.before:,} to {shrunk.after:,}"


def tell_removal(removal: Removal) -> str:
    """The rows of a table that go, and because of what."""
    rows = f"{removal.rows:,} of {counted(removal.held, 'row')} of {removal.table}"
    return f"{rows} ({_removal_dates(removal)}): {tell_removal_cause(removal)}"


def _removal_dates(removal: Removal) -> str:
    if removal.first == removal.last:
        return str(removal.first)
    return f"{removal.first} to {removal.last}"


def tell_removal_cause(removal: Removal) -> str:
    """Because of what rows go."""
    because = removal.because
    if removal.waived:
        return _tell_waived(removal)
    games = _called_off(removal)
    if isinstance(because, Unexpected):
        said = f"no longer expected: {tell_reason(because.reason)}"
        return f"called off: {', '.join(games)}" if games else said
    if isinstance(because, Root):
        return tell_root(because)
    if isinstance(because, GapCause):
        return tell_reason(because)
    skip = CalledOff(games) if isinstance(because, CalledOff) else because
    return f"{removal.outcome}: {tell_skip(skip)}"


def _called_off(removal: Removal) -> tuple[str, ...]:
    """The called-off games with which rows go; with their dates where these are several."""
    games = removal.called_off
    is_of_one_day = len({game.game_date for game in games}) == 1
    return _name_games(games, with_dates=not is_of_one_day)


def _tell_waived(removal: Removal) -> str:
    """The waived games with which rows go and why each is waived, with the date where the rows are
    of others too."""
    told: list[str] = []
    own = {removal.first, removal.last}
    for reason, games in group(removal.waived, attrgetter("reason")).items():
        with_dates = any({game.game_date} != own for game in games)
        named = ", ".join(_name_games(games, with_dates))
        told.append(f"{named} {verb_for(len(games), 'is', 'are')} waived: {reason}")
    return "; ".join(told)


def _name_games(
    games: Sequence[DatedGame | WaivedGame], with_dates: bool
) -> tuple[str, ...]:
    """The first of some games by their ids, and how many more there are."""
    named = [
        f"{game.game_id} of {game.game_date}" if with_dates else game.game_id
        for game in games[:CALLED_OFF_NAMED]
    ]
    if more := len(games) - len(named):
        named[-1] += f" and {more:,} more"
    return tuple(named)


def removal_json(removal: Removal) -> dict[str, Any]:
    """A removal as plain data, dates as ISO 8601 writes them."""
    return {
        "table": removal.table,
        "rows": removal.rows,
        "held": removal.held,
        "cells": removal.cells,
        "first": str(removal.first),
        "last": str(removal.last),
        "because": tell_removal_cause(removal),
    }
