"""What must hold of labelled rows and their splits before anything is fitted. Pure.

Rows are a pyarrow Table with `game_date`, `player_id`, `season`, `label_game_id`, `expected_game`
(the game that the features are of) and `split`; empty splits are dates inside an embargo.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow.compute as pc

from core.counted import counted
from training.limits import limit_on
from training.splits import LEFT_OUT, TEST, TRAIN, VALIDATION
from validation.measurement import EVIDENCE, Kind, Measurement, Part, measurement_of

TABLE = "ml_feature_store"
ORDER = (TRAIN, VALIDATION, TEST)
Month = tuple[int, str]
"""A season and a month of it, `2024-11`."""


def measurement(
    name: str,
    kind: Kind,
    parts: Iterable[Part],
    evidence: Iterable[str] = (),
    **more: Any,
) -> Measurement:
    """A measurement of the feature store, with as much evidence as a verdict keeps."""
    kept = tuple(evidence)[:EVIDENCE]
    return Measurement(
        table=TABLE, name=name, kind=kind, parts=tuple(parts), evidence=kept, **more
    )


def measure_set(rows: Any, games: Mapping[Month, int]) -> Iterator[Measurement]:
    """Every measurement of the rows; `games`: season and month -> final games that are covered."""
    yield labelled_rows(rows, games)
    yield smallest_split(rows, sum(games.values()))
    yield duplicate_keys(rows)
    yield rows_of_another_game(rows)
    yield days_between_splits(rows)
    yield games_in_two_splits(rows)


def labelled_rows(rows: Any, games: Mapping[Month, int]) -> Measurement:
    """Rows with a label, of the games of the range."""
    counted = _rows_and_games(Counter(_months(rows)), games)
    found = measurement_of(TABLE, "labelled_rows", "amount", counted)
    return _prorated(found)


def _rows_and_games(
    rows: Mapping[Month, int], games: Mapping[Month, int]
) -> dict[Month, tuple[int, int]]:
    months = sorted({*rows, *games})
    return {month: (rows.get(month, 0), games.get(month, 0)) for month in months}


def smallest_split(rows: Any, games: int) -> Measurement:
    """Rows of the split that has the fewest; the evidence gives rows and dates of each."""
    counts = Counter(rows["split"].to_pylist())
    smallest = min(counts.get(split, 0) for split in ORDER)
    part = Part(season=_last_season(rows), kept=smallest, of=games)
    spans = _spans(rows)
    told = [f"{split} {_told(split, spans, counts)}" for split in ORDER]
    return _prorated(measurement("smallest_split_rows", "amount", [part], told))


def duplicate_keys(rows: Any) -> Measurement:
    """Rows beyond the first of their date and player."""
    keys = zip(
        rows["game_date"].to_pylist(), rows["player_id"].to_pylist(), strict=True
    )
    counts = Counter(keys)
    twice = [f"{day} {player}" for (day, player), n in counts.items() if n > 1]
    part = Part(
        season=_last_season(rows),
        kept=len(counts),
        of=rows.num_rows,
    )
    return measurement("duplicate_keys", "faults", [part], twice)


def rows_of_another_game(rows: Any) -> Measurement:
    """Rows whose label is of another game than their features."""
    names = ("game_date", "player_id", "label_game_id", "expected_game")
    wrong = rows.filter(pc.not_equal(rows["label_game_id"], rows["expected_game"]))
    told = [
        f"{row['game_date']} {row['player_id']}: {row['label_game_id']} is not "
        f"{row['expected_game']}"
        for row in wrong.select(names).slice(0, EVIDENCE).to_pylist()
    ]
    kept = rows.num_rows - wrong.num_rows
    part = Part(
        season=_last_season(rows),
        kept=kept,
        of=rows.num_rows,
    )
    return measurement("rows_of_another_game", "faults", [part], told)


def days_between_splits(rows: Any) -> Measurement:
    """Days left out between the last date of a split and the first of the next, the fewest of
    both; negative where their dates overlap."""
    spans = _spans(rows)
    parts: list[Part] = []
    told: list[str] = []
    for before, after in zip(ORDER, ORDER[1:], strict=False):
        if before not in spans or after not in spans:
            continue
        last, first = spans[before][1], spans[after][0]
        between = (first - last).days - 1
        parts.append(Part(season=first.year, kept=between, of=1))
        told.append(f"{before} ends {last}, {after} begins {first}")
    note = "" if parts else "no two splits have rows"
    return measurement(
        "days_between_splits",
        "fewest",
        parts,
        told,
        note=note,
    )


def games_in_two_splits(rows: Any) -> Measurement:
    """Games of which rows are in more than one split, an embargo among them."""
    splits: dict[str, set[str]] = {}
    pairs = zip(
        rows["label_game_id"].to_pylist(), rows["split"].to_pylist(), strict=True
    )
    for game, split in pairs:
        splits.setdefault(game, set()).add(split)
    shared = {game: names for game, names in splits.items() if len(names) > 1}
    told = [
        f"{game}: {', '.join(name or 'embargo' for name in sorted(shared[game]))}"
        for game in sorted(shared)
    ]
    kept = len(splits) - len(shared)
    part = Part(season=_last_season(rows), kept=kept, of=len(splits))
    return measurement("games_in_two_splits", "faults", [part], told)


def _prorated(found: Measurement) -> Measurement:
    """Pro-rated below the games that the limit was stated for, and never above the stated rows."""
    reference = limit_on(found.name).reference
    assert reference is not None, (
        "a limit on rows says for how many games it was stated"
    )
    base = max(reference.of, int(found.of))
    return found.model_copy(update={"reference_base": base})


def _spans(rows: Any) -> dict[str, tuple[date, date]]:
    """Split -> its first and its last date."""
    days: dict[str, set[date]] = {}
    pairs = zip(rows["split"].to_pylist(), rows["game_date"].to_pylist(), strict=True)
    for split, day in pairs:
        days.setdefault(split, set()).add(day)
    days.pop(LEFT_OUT, None)
    return {split: (min(dates), max(dates)) for split, dates in days.items()}


def _told(
    split: str, spans: Mapping[str, tuple[date, date]], counts: Mapping[str, int]
) -> str:
    if split not in spans:
        return "without rows"
    first, last = spans[split]
    return f"{first}..{last} {counted(counts[split], 'row')}"


def _months(rows: Any) -> list[Month]:
    days: Sequence[date] = rows["game_date"].to_pylist()
    seasons: Sequence[int] = rows["season"].to_pylist()
    return [(season, f"{day:%Y-%m}") for season, day in zip(seasons, days, strict=True)]


def _last_season(rows: Any) -> int:
    return int(pc.max(rows["season"]).as_py() or 0)
