"""What the sites do wrong, each switchable per call: how an answer is spoiled."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CAP = 102_400


@dataclass(frozen=True)
class Reply:
    """What goes over the wire: `length` where the header promises more than is sent, `hang` where
    nothing is."""

    body: bytes
    status: int = 200
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    hang: bool = False


Spoil = Callable[[Any], Any]


def _html(status: int, words: str) -> Reply:
    body = f"<html><head><title>{words}</title></head><body>{words}</body></html>"
    return Reply(body.encode(), status, "text/html")


REPLIES: dict[str, Reply] = {
    "hang": Reply(b"", hang=True),
    "forbidden": _html(403, "Access Denied"),
    "too_many": Reply(b"", 429, headers={"Retry-After": "7"}),
    "broken": Reply(
        b"System.Net.WebException: The operation has timed out", 500, "text/plain"
    ),
    "html": _html(200, "Checking your browser"),
    "empty": Reply(b""),
    "braces": Reply(b"{}"),
    "message": Reply(b'{"Message":"An error has occurred."}'),
}
"""Faults that leave nothing of the answer."""


def stale_season(answer: Any) -> Any:
    """The season before, said to be that."""
    text = json.dumps(answer)
    if "leagueSchedule" in answer:
        return json.loads(text.replace("2023-24", "2022-23"))
    if "boxScoreTraditional" in answer:
        answer["boxScoreTraditional"]["gameId"] = "0022200001"
        return answer
    return json.loads(text.replace("2023-24", "2022-23"))


def row_cap(answer: Any) -> Any:
    """As many rows as the site gives at most."""
    for found in answer.get("resultSets", ()):
        rows = found["rowSet"]
        if rows:
            found["rowSet"] = (rows * (CAP // len(rows) + 1))[:CAP]
    return answer


def made_only(answer: Any) -> Any:
    """Shots without the misses."""
    for found in answer.get("resultSets", ()):
        if "SHOT_MADE_FLAG" in found["headers"]:
            place = found["headers"].index("SHOT_MADE_FLAG")
            found["rowSet"] = [row for row in found["rowSet"] if row[place] == 1]
    return answer


def column_gone(answer: Any) -> Any:
    """A column withdrawn that is needed."""
    for found in answer.get("resultSets", ()):
        gone = next(name for name in NEEDED if name in found["headers"])
        place = found["headers"].index(gone)
        found["headers"].remove(gone)
        found["rowSet"] = [row[:place] + row[place + 1 :] for row in found["rowSet"]]
    return answer


NEEDED = ("TOV", "LOC_X", "BIRTH_DATE")
"""A column of each kind of answer."""


def other_order(answer: Any) -> Any:
    """The columns in another order."""
    for found in answer.get("resultSets", ()):
        found["headers"] = found["headers"][::-1]
        found["rowSet"] = [row[::-1] for row in found["rowSet"]]
    return answer


def game_missing(answer: Any) -> Any:
    """The last game left out."""
    for found in answer.get("resultSets", ()):
        if "GAME_ID" in found["headers"] and found["rowSet"]:
            place = found["headers"].index("GAME_ID")
            last = max(row[place] for row in found["rowSet"])
            found["rowSet"] = [row for row in found["rowSet"] if row[place] != last]
    return answer


def corrected(answer: Any) -> Any:
    """An assist more in the first row: a correction after the game, and no fault."""
    for found in answer.get("resultSets", ()):
        if "AST" in found["headers"] and found["rowSet"]:
            found["rowSet"][0][found["headers"].index("AST")] += 1
    return answer


def number_ids(answer: Any) -> Any:
    """Ids of games as numbers, without their zeros."""
    for found in answer.get("resultSets", ()):
        if "GAME_ID" in found["headers"]:
            place = found["headers"].index("GAME_ID")
            for row in found["rowSet"]:
                row[place] = int(row[place])
    return answer


SPOILERS: dict[str, Spoil] = {
    "stale_season": stale_season,
    "row_cap": row_cap,
    "made_only": made_only,
    "column_gone": column_gone,
    "other_order": other_order,
    "game_missing": game_missing,
    "corrected": corrected,
    "number_ids": number_ids,
}
"""Faults that change what an answer says."""

OF_THE_WIRE = ("cut", "cookies")
FAULTS = (*REPLIES, *SPOILERS, *OF_THE_WIRE)
ANOTHER_TRUTH = ("other_order", "corrected")
"""What is no fault: other bytes, which are to be believed."""
SPOILING = tuple(fault for fault in FAULTS if fault not in ANOTHER_TRUTH)


def reply(answer: Any, fault: str = "") -> Reply:
    """What the stand-in sends of an answer, spoiled or not."""
    if fault in REPLIES:
        return REPLIES[fault]
    spoiled = SPOILERS[fault](copy.deepcopy(answer)) if fault in SPOILERS else answer
    body = json.dumps(spoiled, separators=(",", ":")).encode()
    if fault == "cut":
        return Reply(body[: len(body) // 2], length=len(body))
    cookies = (
        {"Set-Cookie": "tracker=planted-cookie; Path=/"} if fault == "cookies" else {}
    )
    return Reply(body, headers=cookies)
