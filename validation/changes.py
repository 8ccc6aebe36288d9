"""How thresholds differ from those of an earlier verdict,
and which differences let more through. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.model import Frozen
from validation.thresholds import Threshold


class Change(Frozen):
    """One threshold that was added, taken away or moved; before or after is empty."""

    table: str
    before: str
    after: str
    severity: str
    relaxes: bool

    def __str__(self) -> str:
        told = f"{self.before or 'no limit'} became {self.after or 'no limit'}"
        return f"{self.table}: {told} ({self.severity})"


Keyed = dict[tuple[str, str, str, str], Threshold]


def changes(
    before: Mapping[str, tuple[Threshold, ...]],
    after: Mapping[str, tuple[Threshold, ...]],
) -> tuple[Change, ...]:
    """What differs on the tables that both judge."""
    return tuple(
        c
        for table in after
        if table in before
        for c in _of(table, before[table], after[table])
    )


def _of(
    table: str, before: tuple[Threshold, ...], after: tuple[Threshold, ...]
) -> Iterator[Change]:
    old, new = _by_key(before), _by_key(after)
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        if was is None or now is None or _limits(was) != _limits(now):
            yield Change(
                table=table,
                before=str(was or ""),
                after=str(now or ""),
                severity=key[-1],
                relaxes=_relaxes(was, now),
            )


def _by_key(thresholds: tuple[Threshold, ...]) -> Keyed:
    return {threshold.key: threshold for threshold in thresholds}


def _limits(threshold: Threshold) -> tuple[object, ...]:
    return threshold.stated, threshold.of_ceiling, threshold.reference


def _relaxes(before: Threshold | None, after: Threshold | None) -> bool:
    """Whether something passes now that did not; a limit that is gone lets everything through.

    Between shares of the ceiling, or of counts, the lower demand is the weaker one; where one was
    replaced by the other nobody can say in general, and it counts as relaxed.
    """
    if before is None:
        return False
    if after is None:
        return True
    if (before.stated is None) != (after.stated is None):
        return True
    sign = 1 if before.sign == ">=" else -1
    weaker = [sign * ((after.stated or 0) - (before.stated or 0)) < 0]
    weaker.append((after.of_ceiling or 1) < (before.of_ceiling or 1))
    weaker.append(_per(after) < _per(before))
    return any(weaker)


def _per(threshold: Threshold) -> float:
    return 1 / threshold.reference.of if threshold.reference else 0
