"""The graph of tables as a picture: waves are columns, and a line runs from a table to each that
reads it. Pure geometry, in pixels; the template draws it and the style colours it.

A line that passes a column has a place in it as a table has, so that it runs beside the tables and
not behind them. All lines of one table that pass a column share that place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

WIDTH, HEIGHT = 112.0, 36.0
"""Of a table's box."""
BETWEEN_COLUMNS, BETWEEN_ROWS, OF_A_LINE = 26.0, 12.0, 9.0
MOST_SPREAD = 26.0
"""Between neighbours of a column that has room to spare, more than elsewhere."""
HEAD, EDGE = 34.0, 8.0
"""Above the columns, for their names; and around everything."""
SWEEPS = 8
LONGEST_WORD = 17
"""Letters of a name that have room in a box."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the picture: what stands above it, the group that colours it, its tables."""

    title: str
    group: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A table in the picture; `x` and `y` are its upper left corner, `lines` its name, broken."""

    table: str
    group: str
    x: float
    y: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line from a table to one that reads it, as the path of an SVG."""

    source: str
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a column; `x` is its left edge."""

    title: str
    group: str
    x: float


@dataclass(frozen=True)
class Picture:
    """The whole of it."""

    width: float
    height: float
    headings: tuple[Heading, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    box_width: float = WIDTH
    box_height: float = HEIGHT


Place = tuple[str, bool]
"""A table, and whether it is only a line of that table that passes here."""


def draw_graph(
    columns: Sequence[Column], reads: Mapping[str, Sequence[str]]
) -> Picture:
    """The picture of tables in columns; `reads`: table -> the tables that it reads, all of them in
    earlier columns."""
    places = _places(columns, reads)
    _sort(places, reads)
    centres = _centres(places)
    boxes: list[Box] = []
    headings: list[Heading] = []
    for number, column in enumerate(columns):
        headings.append(Heading(column.title, column.group, _left(number)))
        for table in column.tables:
            y = centres[number][table, False] - HEIGHT / 2
            box = Box(table, column.group, _left(number), y, broken(table))
            boxes.append(box)
    lines = _lines(columns, reads, centres)
    tallest = max(y for column in centres for y in column.values())
    return Picture(
        width=_left(len(columns)) - BETWEEN_COLUMNS + EDGE,
        height=tallest + HEIGHT / 2 + EDGE,
        headings=tuple(headings),
        boxes=tuple(boxes),
        lines=tuple(lines),
    )


def broken(name: str) -> tuple[str, ...]:
    """A name in two lines, broken behind an underscore, where it has no room in one."""
    words = name.split("_")
    if len(name) <= LONGEST_WORD or len(words) == 1:
        return (name,)
    cuts = range(1, len(words))

    def longest(cut: int) -> int:
        return max(len("_".join(words[:cut])) + 1, len("_".join(words[cut:])))

    cut = min(cuts, key=longest)
    return ("_".join(words[:cut]) + "_", "_".join(words[cut:]))


def _left(column: int) -> float:
    return EDGE + column * (WIDTH + BETWEEN_COLUMNS)


def _column_of(columns: Sequence[Column]) -> dict[str, int]:
    return {
        table: number
        for number, column in enumerate(columns)
        for table in column.tables
    }


def _places(
    columns: Sequence[Column], reads: Mapping[str, Sequence[str]]
) -> list[list[Place]]:
    """The tables of each column, and the lines that pass it."""
    column_of = _column_of(columns)
    furthest = dict(column_of)
    for target, sources in reads.items():
        for source in sources:
            furthest[source] = max(furthest[source], column_of[target])
    places: list[list[Place]] = []
    for number, column in enumerate(columns):
        tables = [(table, False) for table in column.tables]
        passing = [
            (table, True)
            for table, begins in column_of.items()
            if begins < number < furthest[table]
        ]
        places.append([*tables, *passing])
    return places


def _sort(places: list[list[Place]], reads: Mapping[str, Sequence[str]]) -> None:
    """Order every column by what its places are joined to, back and forth, so that few lines
    cross."""
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        numbers = range(1, len(places)) if forward else range(len(places) - 2, -1, -1)
        for number in numbers:
            beside = places[number - 1 if forward else number + 1]
            at = {place: rank / len(beside) for rank, place in enumerate(beside)}
            own = {place: rank for rank, place in enumerate(places[number])}
            size = len(own)

            def wanted(
                place: Place,
                at: Mapping[Place, float] = at,
                own: Mapping[Place, int] = own,
                forward: bool = forward,
                size: int = size,
            ) -> float:
                joined = [at[o] for o in at if _is_joined(place, o, reads, forward)]
                return fmean(joined) if joined else own[place] / size

            places[number].sort(key=wanted)


def _is_joined(
    place: Place, other: Place, reads: Mapping[str, Sequence[str]], forward: bool
) -> bool:
    """Whether a line joins two places of neighbouring columns; `other` is the earlier when going
    forward."""
    earlier, later = (other, place) if forward else (place, other)
    if later[1]:
        return earlier[0] == later[0]
    return earlier[0] in reads.get(later[0], ())


def _centres(places: Sequence[Sequence[Place]]) -> list[dict[Place, float]]:
    """Where the middle of each place is; columns stand centred beside each other,
    those with room to spare more loosely."""
    heights = [sum(map(_height, column)) for column in places]
    tallest = max(heights)
    found: list[dict[Place, float]] = []
    for column, height in zip(places, heights, strict=True):
        spread = min((tallest - height) / len(column), MOST_SPREAD)
        y = HEAD + (tallest - height - spread * len(column) + spread) / 2
        centres: dict[Place, float] = {}
        for place in column:
            centres[place] = y + _height(place) / 2
            y += _height(place) + spread
        found.append(centres)
    return found


def _height(place: Place) -> float:
    """What a place takes, with the room around it."""
    return OF_A_LINE if place[1] else HEIGHT + BETWEEN_ROWS


def _lines(
    columns: Sequence[Column],
    reads: Mapping[str, Sequence[str]],
    centres: Sequence[Mapping[Place, float]],
) -> list[Line]:
    column_of = _column_of(columns)
    lines: list[Line] = []
    for target, sources in reads.items():
        for source in dict.fromkeys(sources):
            first, last = column_of[source], column_of[target]
            heights = [centres[first][source, False]]
            for number in range(first + 1, last):
                heights.append(centres[number][source, True])
            heights.append(centres[last][target, False])
            lines.append(Line(source, target, _path(first, heights)))
    return lines


def _path(first: int, heights: Sequence[float]) -> str:
    """A path from the right side of a box to the left side of another, through the columns
    between."""
    x = _left(first) + WIDTH
    steps = [f"M{x:.0f} {heights[0]:.1f}"]
    for before, y in zip(heights, heights[1:], strict=False):
        bend = x + BETWEEN_COLUMNS / 2
        x += BETWEEN_COLUMNS
        steps.append(f"C{bend:.0f} {before:.1f} {bend:.0f} {y:.1f} {x:.0f} {y:.1f}")
        x += WIDTH
        steps.append(f"H{x:.0f}")
    # The last step across a column would run over the table itself.
    return "".join(steps[:-1])
