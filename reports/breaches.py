"""The limits that a verdict found broken, in a few lines: one for each check of a table, its
columns together, the worst of them named.

The gravest limit alone is told of each measurement, what closes a gate before what only warns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from core.counted import counted
from core.grouping import group
from planning.selection import Selection
from reports.commands import command_line
from reports.next_steps import command_on
from reports.seasons import season_name
from training.limits import PHASE
from validation.figures import figure, figure_and_limit, unit_of
from validation.measurement import Measurement, Part
from validation.regression import Past
from validation.thresholds import Severity
from validation.verdict import Breach, Verdict

LINES = 5
"""Checks that are told where all have no room."""
COLUMNS = 3
"""Columns of a check that are named."""
KEYS = 3
"""Keys that a line names."""
GAME_ID = re.compile(r"00\d{8}\b")
"""What the key of something of a game begins with."""
COMPUTED_CHECKS = frozenset({"orphans", "mirrored_ratings"})
"""Checks on what was computed alone: no game that is loaded again mends what breaks them."""
SHOT_CHECKS = frozenset(
    {
        "assists_of_shots_known_pct",
        "games_without_misses",
        "games_without_shots",
        "shots_complete_pct",
        "zones_not_attempts",
    }
)
"""Checks that lack of shots, or shots of another game, break."""
COUNTED = ("share", "lacking", "faults", "worst_month")
"""Kinds of measurements whose parts count what is as it should be."""


@dataclass(frozen=True)
class BrokenCheck:
    """What a verdict found broken by one check of a table: of each column the gravest limit, the
    column farthest from its limit first."""

    verdict: Verdict
    breaches: Sequence[Breach]

    @property
    def severity(self) -> Severity:
        """What it does to the gate."""
        return self.breaches[0].threshold.severity

    @property
    def name(self) -> str:
        """The check that broke."""
        return self.breaches[0].threshold.measurement

    @property
    def keys(self) -> Sequence[str]:
        """The first keys that break it."""
        return self.breaches[0].evidence

    @property
    def measured(self) -> Sequence[Measurement]:
        """The measurements that break it."""
        found = (_measurement(self.verdict, breach) for breach in self.breaches)
        return [measurement for measurement in found if measurement is not None]


def broken_checks(verdict: Verdict) -> list[BrokenCheck]:
    """The checks that broke, those that close the gate first, else in the order of the tables."""
    gravest: dict[tuple[str, str, str], Breach] = {}
    for breach in sorted(verdict.breaches, key=_is_warning):
        threshold = breach.threshold
        key = breach.table, threshold.measurement, _column(verdict, breach)
        gravest.setdefault(key, breach)
    checks = group(gravest.values(), _check_of)
    return [
        BrokenCheck(verdict, sorted(of_check, key=_distance))
        for of_check in checks.values()
    ]


def breach_lines(
    verdict: Verdict, most: int | None = None, with_severity: bool = False
) -> Iterator[str]:
    """A line for each check that broke; after `most` of them how many more there are, and the
    command that lists all.

    Of a verdict that closes a gate, a check that only warns is marked in any case: it is not what
    has to be mended first.
    """
    checks = broken_checks(verdict)
    for check in checks[:most]:
        is_marked = with_severity or (verdict.blocking and check.severity == "warn")
        severity = f"{check.severity}: " if is_marked else ""
        yield f"{severity}{tell_check(check)}{_keys_text(check)}"
    if most is not None:
        yield from tell_others(verdict, checks[most:])


def tell_others(verdict: Verdict, others: Sequence[BrokenCheck]) -> Iterator[str]:
    """How many checks are not told, and the command that lists them; nothing without one."""
    if others:
        more = counted(len(others), "more check")
        yield f"and {more}; {_command_for_all(verdict)} lists them"


def _command_for_all(verdict: Verdict) -> str:
    """The command that shows everything that a verdict found."""
    if verdict.phase == PHASE:
        return command_line(PHASE, "check")
    selection = Selection.model_validate(verdict.made.selection)
    return command_line(command_on(selection, "gate", verdict.phase))


def closing_checks(verdict: Verdict) -> list[BrokenCheck]:
    """The checks that close the gate."""
    return [each for each in broken_checks(verdict) if each.severity == "block"]


def games_behind(check: BrokenCheck) -> list[str]:
    """The games whose raw data break a check, by its keys; keys of dates name none."""
    games: dict[str, None] = {}
    if check.name in COMPUTED_CHECKS:
        return []
    for breach in check.breaches:
        for key in breach.evidence:
            if found := GAME_ID.match(key):
                games[found[0]] = None
    return list(games)


def closing_lines(verdict: Verdict) -> list[str]:
    """A line for each check that closes the gate."""
    return [
        f"{tell_check(check)}{_keys_text(check)}" for check in closing_checks(verdict)
    ]


def tell_check(check: BrokenCheck) -> str:
    """A check that broke: of which table and columns, what was measured, what was wanted."""
    first, *others = check.breaches
    name = first.threshold.measurement
    if first.value is None:
        return str(first)
    found = _measurement(check.verdict, first)
    if found is None:
        return _tell_fall(check.verdict, first)
    unit = unit_of(found)
    value, limit = figure_and_limit(first.value, first.limit or 0, unit)
    wanted = f"{first.threshold.sign} {limit} wanted"
    if not others:
        return f"{first.table}: {_tell_column(found)}{name} is {value}, {wanted}"
    things = "seasons" if found.item.isdigit() else "columns"
    columns = len(check.breaches)
    worst = ", ".join(_worst_columns(check, unit))
    more = f" and {columns - COLUMNS} more" if columns > COLUMNS else ""
    return f"{first.table}: {name} of {columns} {things} is {worst}{more}; {wanted}"


def _worst_columns(check: BrokenCheck, unit: str) -> Iterator[str]:
    """The columns farthest from their limits, each with its value."""
    for breach in check.breaches[:COLUMNS]:
        value = figure(breach.value or 0, (breach.limit or 0,), unit)
        yield f"{_column(check.verdict, breach)} {value}"


def tell_where(check: BrokenCheck) -> str:
    """The seasons of which something is amiss, each with how much and its worst month, of the
    column that broke most."""
    measured = check.measured
    return ", ".join(_seasons_amiss(measured[0])) if measured else ""


def _is_warning(breach: Breach) -> bool:
    return breach.threshold.severity != "block"


def _check_of(breach: Breach) -> tuple[str, str, str]:
    threshold = breach.threshold
    return breach.table, threshold.measurement, threshold.severity


def _distance(breach: Breach) -> float:
    """How far a value is from its limit, the farthest first; what was not measured before all."""
    if breach.value is None:
        return float("-inf")
    return -abs(breach.value - (breach.limit or 0))


def _column(verdict: Verdict, breach: Breach) -> str:
    found = _measurement(verdict, breach)
    return found.item if found else breach.threshold.item


def _tell_column(found: Measurement) -> str:
    return f"column {found.item}: " if found.item and not found.item.isdigit() else ""


def _keys_text(check: BrokenCheck) -> str:
    """The first keys in brackets; those of several columns are no list of one thing."""
    if not check.keys or len(check.breaches) > 1:
        return ""
    more = ", …" if len(check.keys) > KEYS else ""
    return f" ({', '.join(check.keys[:KEYS])}{more})"


def _tell_fall(verdict: Verdict, breach: Breach) -> str:
    """A rate that fell below what an accepted verdict measured over the same months."""
    past = _past(verdict, breach)
    if past is None:
        return str(breach)
    now, limit = figure_and_limit(past.now, breach.limit or 0, " %")
    then = figure(past.then, (past.now,), " %")
    months = "month" if past.months == 1 else counted(past.months, "month")
    return (
        f"{past.table}: {past.what} fell from {then} to {now} over the same {months}, "
        f"{breach.threshold.sign} {limit} wanted"
    )


def _past(verdict: Verdict, breach: Breach) -> Past | None:
    threshold = breach.threshold
    wanted = breach.table, threshold.measurement, threshold.item
    for past in verdict.past:
        if (past.table, past.name, past.item) == wanted:
            return past
    return None


def _measurement(verdict: Verdict, breach: Breach) -> Measurement | None:
    for measurement in verdict.measurements:
        if (measurement.table, measurement.what) == (breach.table, breach.what):
            return measurement
    return None


def _seasons_amiss(found: Measurement) -> Iterator[str]:
    amiss = [part for part in found.parts if part.kept != part.of]
    for season, parts in group(amiss, attrgetter("season")).items():
        if found.kind not in COUNTED:
            yield f"season {season_name(season)}"
            continue
        missing = sum(map(_amiss, parts))
        of = sum(part.of for part in found.parts if part.season == season)
        worst = max(parts, key=_amiss)
        month = f" (most in {worst.month})" if worst.month else ""
        named = season_name(season)
        yield f"season {named}: {missing:,.0f} of {of:,.0f} amiss{month}"


def _amiss(part: Part) -> float:
    return part.of - part.kept
