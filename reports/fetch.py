"""`fetch`: what was asked and stored, what failed and why, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.counted import counted
from reports.terminal import console, grid

MOST_NAMED = 10


def print_fetched(done: Mapping[str, Any], season: int) -> None:
    """Calls, rows, failures and games that are pending, each with its next step."""
    if done["rows"]:
        grid("received", ("endpoint", "rows"), done["rows"].items())
    say = console().print
    say(
        f"{counted(done['asked'], 'call')} asked, {done['stored']:,} answers stored, "
        f"{done['held']:,} there "
        f"already; in {done['folder']}"
    )
    for note in done["notes"][:MOST_NAMED]:
        say(f"note: {note}")
    if len(done["notes"]) > MOST_NAMED:
        say(f"note: and {len(done['notes']) - MOST_NAMED:,} more")
    for sentence in what_is_missing(done, season):
        say(sentence)


def what_is_missing(done: Mapping[str, Any], season: int) -> list[str]:
    """A sentence for each call that failed, for the games that are pending, and for what helps;
    one alone where nobody was reached at all."""
    if _is_unreached(done):
        return [_unreached(done)]
    sentences = [
        f"failed {failed['call']}: {failed['reason']}{_where_to_look(done, failed)}"
        for failed in done["failed"]
    ]
    if any(failed["endpoint"] == SCHEDULE for failed in done["failed"]):
        sentences.append(
            "without a schedule the logs alone say which games there are: games to come, tip-off "
            "and floor are not known, and a game that is lacking goes unnoticed"
        )
    if done["pending"]:
        games = ", ".join(done["pending"][:MOST_NAMED])
        sentences.append(
            f"pending: {counted(len(done['pending']), 'final game')} that the source "
            "does not have yet "
            f"({games}); run the same command again in half an hour"
        )
    if done["stopped"]:
        sentences.append(stopped(done["source"], done["stopped"], season))
    elif done["failed"]:
        sentences.append("run the same command again; it resumes")
    return sentences


def _is_unreached(done: Mapping[str, Any]) -> bool:
    """Whether a run was left because no call found anybody: a network that is not there, most
    often."""
    stop, failed = done["stopped"], done["failed"]
    if stop.get("why") != "paused" or done["stored"] or not failed:
        return False
    met_nobody = stop["reason"].endswith(failed[-1]["reason"])
    return met_nobody and not any(each["status"] for each in failed)


def _unreached(done: Mapping[str, Any]) -> str:
    site = SITES.get(done["source"], done["source"])
    return (
        f"{site} was not reached, nothing new is here: {done['failed'][-1]['reason']}; see whether "
        "this machine has a network, and whether HTTPS_PROXY names its proxy, then run the same "
        "command again"
    )


def _where_to_look(done: Mapping[str, Any], failed: Mapping[str, Any]) -> str:
    """Where a person sees which files there are, once a name is not found."""
    if failed["status"] == 404 and done["source"] == "sportsdataverse":
        return f"; which files there are: {RELEASES}"
    return ""


SCHEDULE = "scheduleleaguev2"
"""The endpoint of stats.nba.com that tells which games there are."""
RELEASES = "https://github.com/sportsdataverse/sportsdataverse-data/releases"


def stopped(source: str, why: Mapping[str, Any], season: int) -> str:
    """Why a run ended early, and what helps."""
    site = SITES.get(source, source)
    if why["why"] == "paused":
        return (
            f"{site} has stopped answering: {why['reason']}. What was received is kept; run the "
            f"same command again in {why['minutes']} minutes, it resumes"
        )
    if why["why"] == "credits":
        return f"stopped before the next call: {why['reason']}"
    if source == "nba":
        return (
            f"{site} does not answer: {counted(why['hangs'], 'call')} "
            f"{why['reason']}. It leaves calls from "
            "clouds and VPNs hanging and pauses an address that asked too much. Run this from a "
            f"home line, wait an hour, or: fullcourt fetch sportsdataverse --season {season}"
        )
    if not why["hangs"]:
        return (
            f"{site} has none of the first reports, or refuses this address: {why['reason']}; look "
            "at official.nba.com whether there are reports of these dates"
        )
    return (
        f"{site} does not answer: {counted(why['hangs'], 'call')} {why['reason']}; run it "
        "again later"
    )


SITES = {
    "nba": "stats.nba.com",
    "sportsdataverse": "the release page of sportsdataverse",
    "odds": "the-odds-api.com",
    "injuries": "the site of the injury reports",
}
"""Source -> whom it asks."""


def print_forecast(told: Mapping[str, Any]) -> None:
    """What a run would ask."""
    cost = f"{counted(told['calls'], 'call')}{_credits_text(told['credits'])}"
    minutes = f"{told['minutes']:g} minutes"
    console().print(f"at most {cost}, about {minutes}; nothing was asked")


def _credits_text(credits: int) -> str:
    return f", {counted(credits, 'credit')}" if credits else ""
