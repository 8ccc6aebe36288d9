"""Rows of an injury report from the words of its pages; pure.

The table has seven columns, whose names stand on the first page at least. Date, time, matchup and
team are printed once, on the first row that they hold for. A reason that is too long for its cell
is broken over lines, which stand around the line of the player's name; a page may end within it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from sources.injuries.pages import Page, UnreadableReport, Word

LEAGUE = ZoneInfo("America/New_York")
DAY, TIME, MATCHUP, TEAM = "Game Date", "Game Time", "Matchup", "Team"
PLAYER, STATUS, REASON = "Player Name", "Current Status", "Reason"
COLUMNS = (DAY, TIME, MATCHUP, TEAM, PLAYER, STATUS, REASON)
PRINTED_ONCE = (DAY, MATCHUP, TEAM)
NOT_YET = "NOT YET SUBMITTED"
STATUSES = ("Out", "Doubtful", "Questionable", "Probable", "Available")

SAME_LINE = 2.0
"""Points between the middles of words that stand on one line, at most."""
INDENT = 2.0
"""Points by which a word may begin left of its column's name."""
MOST_CUT = 4
"""Lines of a row that may stand on the next page, at most."""
_TITLE = re.compile(r"InjuryReport:(\d\d/\d\d/\d\d)(\d\d:\d\d[AP]M)")
_PAGE = re.compile(r"Page\d+of\d+")
_MATCHUP = re.compile(r"([A-Z]{3})@([A-Z]{3})")


@dataclass(frozen=True)
class Listed:
    """A row of a report: a player's status for a game, or, where `player` is empty, that the team
    has not yet submitted its own."""

    day: date
    away: str
    home: str
    team: str
    player: str
    status: str
    reason: str

    @property
    def matchup(self) -> str:
        """The game as the report writes it."""
        return f"{self.away}@{self.home}"


@dataclass(frozen=True)
class Report:
    """A report: the moment in its title, and its rows."""

    reported_at: datetime
    rows: tuple[Listed, ...]

    @property
    def days(self) -> list[date]:
        """The dates of the games that it speaks of."""
        return sorted({row.day for row in self.rows})


Cells = dict[str, list[str]]
"""Column -> the pieces of its text, from top to bottom."""


@dataclass
class _Line:
    """What stands at one height of a page."""

    middle: float
    cells: Cells

    @property
    def is_a_row(self) -> bool:
        """Whether a row of the table has its middle here."""
        return bool(self.cells[STATUS]) or _squeezed(self.cells[REASON]) == _squeezed(
            [NOT_YET]
        )


@dataclass
class _Row:
    """A row with the lines that belong to it, from top to bottom."""

    lines: list[_Line]

    def text(self, column: str) -> str:
        """The text of a cell."""
        pieces = [piece for line in self.lines for piece in line.cells[column]]
        return " ".join(pieces)


def read_report(pages: Sequence[Page]) -> Report:
    """The report of these pages; UnreadableReport where title, header or a row is not one's."""
    reported_at = _reported_at(pages)
    rows: list[_Row] = []
    lefts: Mapping[str, float] = {}
    for page in pages:
        lines = _text_lines(page)
        lefts = next(filter(None, map(_header, lines)), lefts)
        if not lefts:
            raise UnreadableReport(f"has no header of {', '.join(COLUMNS)}")
        _add_page(rows, [_line(words, lefts) for words in _table_lines(lines)])
    return Report(reported_at, tuple(_listed(rows)))


def _reported_at(pages: Iterable[Page]) -> datetime:
    for page in pages:
        found = _TITLE.search(_squeezed(word.text for word in page))
        if found:
            return _moment("".join(found.groups()))
    raise UnreadableReport("has no title with the moment of an injury report")


def _moment(said: str) -> datetime:
    naive = datetime.strptime(said, "%m/%d/%y%I:%M%p")
    return naive.replace(tzinfo=LEAGUE)


def _text_lines(page: Page) -> list[list[Word]]:
    """The words of a page by lines, from top to bottom and from left to right."""
    lines: list[list[Word]] = []
    for word in sorted(page, key=lambda word: word.middle):
        if lines and word.middle - lines[-1][0].middle <= SAME_LINE:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.left) for line in lines]


def _header(words: Sequence[Word]) -> dict[str, float]:
    """Column -> its left edge, where the line is the table's header; else nothing."""
    lefts: dict[str, float] = {}
    rest = list(words)
    for column in COLUMNS:
        if not rest:
            return {}
        lefts[column] = rest[0].left
        text = ""
        while rest and text != _squeezed([column]):
            text += rest.pop(0).text.replace(" ", "")
        if text != _squeezed([column]):
            return {}
    return {} if rest else lefts


def _table_lines(lines: Iterable[Sequence[Word]]) -> Iterator[Sequence[Word]]:
    """The lines of the table's body."""
    for words in lines:
        text = _squeezed(word.text for word in words)
        if not _PAGE.fullmatch(text) and not _is_heading(text, words):
            yield words


def _is_heading(text: str, words: Sequence[Word]) -> bool:
    return bool(_TITLE.search(text) or _header(words))


def _line(words: Sequence[Word], lefts: Mapping[str, float]) -> _Line:
    cells: Cells = {column: [] for column in COLUMNS}
    for word in words:
        begun = [c for c, left in lefts.items() if left <= word.left + INDENT]
        cells[begun[-1] if begun else DAY].append(word.text)
    return _Line(words[0].middle, cells)


def _add_page(rows: list[_Row], lines: Sequence[_Line]) -> None:
    """Add the rows of a page; what stands above its first one may end the page before's last."""
    places = [place for place, line in enumerate(lines) if line.is_a_row]
    spans = _centred(lines, places) or _from_the_top(lines, places)
    carried = spans[0].start if spans else len(lines)
    if carried and not rows:
        raise UnreadableReport("has text that belongs to no row")
    if carried:
        rows[-1].lines.extend(lines[:carried])
    rows.extend(_Row(list(lines[span.start : span.stop])) for span in spans)


def _centred(lines: Sequence[_Line], places: Sequence[int]) -> list[range]:
    """The lines of each row, where cells are centred; nothing where they are not.

    The last row of a page may have lines on the next one: as few as make the others fit.
    """
    for missing in range(MOST_CUT + 1):
        spans = _around(lines, places, missing)
        whole = places[:-1] if missing else places
        if _are_centred(lines, whole, spans) and _is_even(lines, spans[-1]):
            return spans
    return []


def _around(lines: Sequence[_Line], places: Sequence[int], missing: int) -> list[range]:
    """The lines of each row, told from the bottom upwards: as many above its middle as below."""
    spans: list[range] = []
    end = len(lines)
    below_page = missing
    for place in reversed(places):
        around = end - place - 1 + below_page
        start = place - around
        spans.append(range(start, end))
        end = start
        below_page = 0
    spans.reverse()
    return spans


def _are_centred(
    lines: Sequence[_Line], places: Sequence[int], spans: Sequence[range]
) -> bool:
    """Whether each of these rows has its middle in the middle of its lines."""
    if not spans or spans[0].start < 0:
        return False
    return all(
        span.start <= place < span.stop
        and abs(_middle(lines, span) - lines[place].middle) <= SAME_LINE
        for place, span in zip(
            places,
            spans,
            strict=False,
        )
    )


def _is_even(lines: Sequence[_Line], span: range) -> bool:
    """Whether the lines of a row's reason are equally far apart, and so of one cell."""
    heights = _heights_of_reason(lines[span.start : span.stop])
    steps = [below - above for above, below in pairwise(heights)]
    return not steps or max(steps) - min(steps) <= SAME_LINE


def _heights_of_reason(lines: Sequence[_Line]) -> list[float]:
    return [line.middle for line in lines if line.cells[REASON]]


def _middle(lines: Sequence[_Line], span: range) -> float:
    return (lines[span.start].middle + lines[span.stop - 1].middle) / 2


def _from_the_top(lines: Sequence[_Line], places: Sequence[int]) -> list[range]:
    """The lines of each row, where cells begin at its top."""
    return [range(place, end) for place, end in pairwise([*places, len(lines)])]


def _listed(rows: Iterable[_Row]) -> Iterator[Listed]:
    """The rows as values, what is printed once filled in."""
    known = dict.fromkeys(PRINTED_ONCE, "")
    for row in rows:
        for column in PRINTED_ONCE:
            known[column] = row.text(column) or known[column]
        matchup = _MATCHUP.fullmatch(_squeezed([known[MATCHUP]]))
        if not matchup or not known[TEAM]:
            raise UnreadableReport(f"has a row without its game: {row.text(PLAYER)!r}")
        is_not_yet = not row.text(STATUS)
        yield Listed(
            day=_day(known[DAY]),
            away=matchup[1],
            home=matchup[2],
            team=known[TEAM],
            player="" if is_not_yet else row.text(PLAYER),
            status=row.text(STATUS),
            reason="" if is_not_yet else row.text(REASON),
        )


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%m/%d/%Y").date()
    except ValueError as error:
        raise UnreadableReport(f"has {text!r} where a game's date should be") from error


def _squeezed(texts: Iterable[str]) -> str:
    """Text without its spaces: some reports set words closer than letters."""
    return "".join("".join(texts).split())
