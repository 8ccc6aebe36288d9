"""What `why` shows: how one cell stands, its attempts, its code and inputs, its query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from core.counted import counted, noun_for
from core.errors import CellError
from core.remedy import INGEST_FILES, Remedy
from planning.cells import EMPTY, CellBreach, Outcome
from planning.ledger import Entry
from planning.provenance import InputState
from planning.reasons import AttemptEnded, Reason, Span
from planning.standing import Standing
from planning.why import Explanation, RawExplanation, ThenAndNow
from processors.contract import Read
from reports.commands import command_line
from reports.next_steps import Step
from reports.reasons import (
    tell_damage,
    tell_game_list,
    tell_keys,
    tell_root,
    tell_span,
    tell_standing,
)
from reports.terminal import grid
from reports.verify import moment, print_unobserved, say


def print_explanation(found: Explanation) -> None:
    """A cell of a computed table."""
    season = f", season {found.season}" if found.season else ""
    say(f"{found.table} {found.day}{season} (times are UTC)")
    _standing(found.standing)
    _repair(found)
    _rows(found)
    print_unobserved(found.unobserved)
    say()
    if not found.attempts:
        say("the ledger has no entry of it")
    else:
        _attempts("attempts", found.attempts)
    _evidence(found.evidence)
    _inputs(found)
    if found.season:
        query = command_line("why", found.table, str(found.day), "--sql")
        say(f"the query as bound: {query}")


def print_raw_explanation(found: RawExplanation) -> None:
    """One date of a raw table."""
    say(f"{found.table} {found.day or '(has no dates)'}, raw data (times are UTC)")
    _standing(found.standing)
    _repair(found)
    say(f"  rows: {found.held.rows:,} held, {found.recorded.rows:,} on record")
    say()
    if found.observations:
        _attempts("observations: when it changed", found.observations)
    else:
        say("it was never observed")
    say(
        "read by "
        + ", ".join(f"{name} ({rows})" for name, rows in found.readers.items())
    )


def print_query(found: Explanation) -> None:
    """The statement that computes a cell, as the engine is given it;
    its parameters as a comment."""
    for name, value in found.parameters.items():
        say(f"-- ${name} = {_parameter_text(value)}")
    say(found.query or "")


def _parameter_text(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    listed = ", ".join(map(str, value))
    return f"[{listed}]"


def _standing(standing: Standing) -> None:
    stands = standing.outcome or (f"due, {standing.cause}" if standing.cause else "")
    because = tell_standing(standing)
    say(f"  {stands}: {because}" if stands else f"  {because}")
    if standing.root:
        say(f"  at the root: {tell_root(standing.root)}")
    if standing.damage:
        say(f"  damaged: {tell_damage(standing.damage)}")


def _repair(found: Explanation | RawExplanation) -> None:
    steps = repair_steps(found)
    if found.standing.breaks_again:
        say(f"  computed from the same it breaks again; to be mended: {_broken(found)}")
        for step in steps:
            say(f"  {step}")
        return
    for step in steps:
        say(f"  {step.command}")


def repair_steps(found: Explanation | RawExplanation) -> list[Step]:
    """The commands after which a cell is as it should be, in order: what broke its contract is
    mended before it is computed again."""
    standing = found.standing
    if standing.repair is None:
        return []
    if not standing.breaks_again:
        return [Step(standing.repair, "")]
    again = Step(standing.repair, "after that, not before: computes it again")
    if root := standing.root:
        look = Remedy("why", (root.table, str(root.day)))
        return [Step(look, "what broke there, by its keys"), again]
    games = _broken_games(found)
    rows = f"the rows of {tell_game_list(games)}" if games else "the rows behind it"
    return [Step(INGEST_FILES, f"load {rows} again, corrected"), again]


def _broken(found: Explanation | RawExplanation) -> str:
    """The checks that broke, and of which games or in which cell."""
    root = found.standing.root
    because = root.because if root else found.standing.because
    detail = because.detail if isinstance(because, Reason) else because
    checks = detail.checks if isinstance(detail, AttemptEnded) else ""
    what = checks or "what its contract asks"
    if root:
        return f"{what}, in {root.table} {root.day}"
    games = _broken_games(found)
    if not games:
        return what
    return f"{what}, in {noun_for(len(games), 'game')} {tell_game_list(games)}"


def _broken_games(found: Explanation | RawExplanation) -> list[str]:
    """The games of the keys that were kept in quarantine."""
    evidence = found.evidence if isinstance(found, Explanation) else ()
    return sorted({game for breach in evidence for game in breach.games})


def _rows(found: Explanation) -> None:
    expected = f", {found.state.expected:,} expected" if found.state != EMPTY else ""
    say(
        f"  rows: {found.held.rows:,} held, {found.recorded.rows:,} on record{expected}"
    )
    if not found.state.holds_what_is_expected:
        say(f"  keys: {tell_keys(found.state)}")


def _attempts(title: str, entries: Sequence[Entry]) -> None:
    header = ("#", "outcome", "rows", "expected", "finished", "run", "code version")
    grid(title, header, map(_attempt, entries))
    for entry in entries:
        if entry.error_class:
            error = f"{_error_name(entry)}: {entry.error_message}"
            say(f"attempt {entry.attempt}: {error}")


def _error_name(entry: Entry) -> str | None:
    """The class of the error; of a cell in quarantine, the one that says so."""
    if entry.outcome is Outcome.QUARANTINED:
        return CellError.__name__
    return entry.error_class


def _attempt(entry: Entry) -> tuple[Any, ...]:
    expected = "-" if entry.expected is None else entry.expected
    counts = (entry.outcome, entry.content.rows, expected)
    finished_at = moment(entry.finished_at)
    return str(entry.attempt), *counts, finished_at, entry.run_id, entry.code_version


def _evidence(evidence: Sequence[CellBreach]) -> None:
    for breach in evidence:
        of_game = f", game {breach.game}" if breach.game else ""
        say(f"kept in quarantine: {breach.check}: {breach.count:,}{of_game}")
        for key in breach.keys:
            say(f"  {key}")
    if evidence:
        say()


def _inputs(found: Explanation) -> None:
    if not found.inputs:
        return
    say(f"code    {_then_and_now(found.code)}")
    say(f"inputs  {_then_and_now(found.fingerprint)}")
    say()
    header = (
        "input",
        "dates",
        "cells",
        "from",
        "to",
        "fingerprint",
        "last changed",
        "changed since",
    )
    grid(
        "inputs: what the ledger knows inside the cuts",
        header,
        map(_input, found.inputs),
    )
    same = found.fingerprint.then == found.fingerprint.now
    if same and any(part.is_changed for part in found.inputs):
        say("what changed since is the same again: the fingerprint of the inputs holds")


def _input(part: InputState) -> tuple[str | int, ...]:
    name = part.name if part.name == part.table else f"{part.name}: {part.table}"
    changed = "yes" if part.is_changed else "-"
    if part.changed:
        changed = tell_span(Span.of(part.changed))
    at = moment(part.changed_at) if part.changed_at else "-"
    held = (str(part.first or "-"), str(part.last or "-"))
    fingerprint = part.fingerprint[:8] if part.cells else "-"
    return name, tell_cut(part.cut), part.cells, *held, fingerprint, at, changed


def tell_cut(read: Read) -> str:
    """Which dates a cut lets in."""
    if read.rows == "before":
        return (
            f"{counted(read.years, 'year')} before" if read.years else "season before"
        )
    return {
        "same_day": "that date",
        "before_tip_off": "that date, to tip-off",
        "all": "all, undated",
    }[read.rows]


def _then_and_now(pair: ThenAndNow) -> str:
    if pair.then is None:
        return f"{pair.now}, never computed" if pair.now else "none"
    return (
        f"{pair.then}, as then"
        if pair.then == pair.now
        else f"{pair.then} then, {pair.now} now"
    )


def explanation_json(found: Explanation | RawExplanation) -> dict[str, Any]:
    """An explanation as plain data, dates and times excepted;
    its day is under the name that every answer has for it."""
    standing = found.standing
    told = {
        "outcome": standing.outcome,
        "cause": standing.cause,
        "because": tell_standing(standing),
        "damage": tell_damage(standing.damage) if standing.damage else "",
        "root": tell_root(standing.root) if standing.root else "",
        "repair": command_line(standing.repair) if standing.repair else None,
        "steps": [step.to_json() for step in repair_steps(found)],
    }
    facts = {
        "date" if name == "day" else name: value
        for name, value in asdict(found).items()
    }
    if isinstance(found, Explanation):
        for part, inputs in zip(facts["inputs"], found.inputs, strict=True):
            part["cut"] = tell_cut(inputs.cut)
    return facts | {"standing": told}
