"""Injury reports about the stand-in's league: who is named, with which status, as PDFs.

Who did not play a game was out; some of those who played were in doubt until the evening, and some
are named as available. A team whose game is on the day after has often not said anything yet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sources.names import TEAMS
from tests.stats_stand_in.faults import REPLIES, Reply
from tests.stats_stand_in.injury_pdf import Drawn, draw_report
from tests.stats_stand_in.league import Row, StandInLeague

LEAGUE = ZoneInfo("America/New_York")
FULL_NAMES = {team: name for name, team in TEAMS.items()} | {"LAC": "LA Clippers"}
EVENING = 18
"""The hour (US Eastern) from which a doubt of the day has been settled."""
REASONS = (
    "Injury/Illness - Left Knee; Soreness",
    "Injury/Illness - Right Ankle; Sprain with swelling, under treatment by the team's staff",
    "Rest",
    "Injury/Illness - Low Back; Spasms after the last game, a second opinion was asked for and a "
    "decision is expected before the game",
    "G League - Two-Way",
)
_HOURLY = re.compile(r"Injury-Report_(\d{4}-\d\d-\d\d_\d\d[AP]M)\.pdf")
_QUARTERLY = re.compile(r"Injury-Report_(\d{4}-\d\d-\d\d_\d\d_\d\d[AP]M)\.pdf")
FIRST_WITH_QUARTERS = date(2025, 12, 22)


@dataclass(frozen=True)
class Mention:
    """A player whom a report names for a game."""

    game_id: str
    team: str
    player_id: int
    name: str
    status: str
    reason: str


def moment_of(name: str) -> datetime | None:
    """When the report of a file came out, US Eastern; None where no report has that name."""
    if found := _HOURLY.fullmatch(name):
        hour = datetime.strptime(found[1], "%Y-%m-%d_%I%p").replace(tzinfo=LEAGUE)
        return (
            None if hour.date() >= FIRST_WITH_QUARTERS else hour + timedelta(minutes=30)
        )
    if found := _QUARTERLY.fullmatch(name):
        moment = datetime.strptime(found[1], "%Y-%m-%d_%I_%M%p").replace(tzinfo=LEAGUE)
        return moment if moment.date() >= FIRST_WITH_QUARTERS else None
    return None


def games_on(league: StandInLeague, day: date) -> list[Row]:
    """The games between teams of the league on a day, in the order of their tip-offs."""
    found = [
        game
        for game in league.tables["schedule"]
        if game["game_date"] == day
        and {game["home_team"], game["away_team"]} <= FULL_NAMES.keys()
        and game["tip_off"] is not None
    ]
    return sorted(found, key=lambda game: (game["tip_off"], game["game_id"]))


def has_submitted(game: Row, team: str, moment: datetime) -> bool:
    """Whether a team has said by then who is hurt: the day before, those at home alone."""
    return moment.date() == game["game_date"] or bool(team == game["home_team"])


def mentions(
    league: StandInLeague, game: Row, team: str, moment: datetime
) -> list[Mention]:
    """The players whom a report of that moment names for a team of a game."""
    if not has_submitted(game, team, moment):
        return []
    box = league.by_game["player_box"].get(game["game_id"], ())
    lines = [row for row in box if row["team"] == team]
    found = []
    for row in sorted(lines, key=lambda row: str(row["player_name"])):
        if status := _status(row, moment, game["game_date"]):
            reason = REASONS[row["player_id"] % len(REASONS)]
            found.append(
                Mention(
                    game["game_id"],
                    team,
                    row["player_id"],
                    row["player_name"],
                    status,
                    reason,
                )
            )
    return found


def _status(row: Row, moment: datetime, day: date) -> str:
    """What is said of a player: at first a doubt, and in the evening of the game what comes."""
    is_settled = moment.date() == day and moment.hour >= EVENING
    if row["status"] != "played":
        return (
            "Out" if is_settled else ("Doubtful", "Questionable")[row["player_id"] % 2]
        )
    if row["player_id"] % 4:
        return ""
    if row["player_id"] % 8:
        return "Probable"
    return "Available" if is_settled else "Questionable"


def drawn(league: StandInLeague, moment: datetime) -> list[Drawn]:
    """The rows of a report: the games of its day and of the next."""
    return [
        row
        for days in (0, 1)
        for game in games_on(league, moment.date() + timedelta(days=days))
        for team in (game["away_team"], game["home_team"])
        for row in _rows(league, game, team, moment)
    ]


def _rows(
    league: StandInLeague, game: Row, team: str, moment: datetime
) -> Iterator[Drawn]:
    tip_off = game["tip_off"].astimezone(LEAGUE)
    shared = (
        f"{game['game_date']:%m/%d/%Y}",
        f"{tip_off:%I:%M} (ET)",
        f"{game['away_team']}@{game['home_team']}",
        FULL_NAMES[team],
    )
    if not has_submitted(game, team, moment):
        yield Drawn((*shared, "", "", "NOT YET SUBMITTED"))
    for one in mentions(league, game, team, moment):
        yield Drawn((*shared, last_first(one.name), one.status, one.reason))


def last_first(name: str) -> str:
    """A name as reports have it: Luka Dončić is `Doncic, Luka`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    first, _, last = plain.partition(" ")
    return f"{last}, {first}"


@lru_cache(maxsize=64)
def report_of(league: StandInLeague, moment: datetime) -> bytes:
    """The PDF that came out at a moment."""
    return draw_report(moment, drawn(league, moment), splits_rows=True)


def injuries_reply(league: StandInLeague, name: str, fault: str) -> Reply:
    """The answer to a call for a file, spoiled or not; 403 for what is not there."""
    if fault in REPLIES:
        return REPLIES[fault]
    if fault == "not_found":
        return Reply(b"Not Found", 404, "text/plain")
    moment = moment_of(name)
    if moment is None or not games_on(league, moment.date()):
        return REPLIES["forbidden"]
    if fault == "stale_date":
        moment -= timedelta(days=1)
    body = report_of(league, moment)
    if fault == "cut":
        return Reply(body[: len(body) // 2], content_type=PDF, length=len(body))
    if fault == "short":
        return Reply(body[: len(body) // 2], content_type=PDF)
    return Reply(body, content_type=PDF)


PDF = "application/pdf"
FAULTS = (
    "hang",
    "too_many",
    "broken",
    "html",
    "empty",
    "braces",
    "cut",
    "short",
    "stale_date",
)
"""What is tried: `short` is a cut body whose header promises no more."""
