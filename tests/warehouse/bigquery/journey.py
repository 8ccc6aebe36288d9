"""One journey through all that may be asked of a warehouse,
told so that two warehouses can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from planning.cells import CellBreach, Outcome
from planning.ledger import Entry, Record
from planning.overrides import Override
from planning.raw_load import LeftOut, LoadedFile, RawLoad, RefusedFile, reject_schema
from reports.waive import tell_waiver
from tests.raw_rows import World, raw_load
from tests.warehouse.planting import (
    BAD,
    CONTEXT,
    NEXT,
    PLAYER,
    PLAYER_CONTEXT,
    TEAM,
    batch,
)
from validation.checks import checks
from warehouse.protocol import Warehouse
from warehouse.statements import EXPECTED_RELATIONS

FREE_DAY = date(2023, 11, 27)
Told = tuple[str, Any]


def differences(
    here: Warehouse, there: Warehouse, world: World
) -> list[tuple[str, Any, Any]]:
    """The steps of the journey that one of two warehouses tells otherwise:
    step, what this one, what that."""
    told = zip(journey(here, world), journey(there, world), strict=True)
    return [
        (step, mine, yours)
        for (step, mine), (same, yours) in told
        if (step, mine) != (same, yours)
    ]


def journey(warehouse: Warehouse, world: World) -> Iterator[Told]:
    """What every step of it gives, times and fingerprints left out."""
    yield from _waivers(warehouse, world)
    yield from _raw_rows(warehouse, world)
    yield from _measurements(warehouse)
    yield from _breaches(warehouse)
    yield from _ledger(warehouse)
    yield from _verdicts(warehouse)


def _waivers(warehouse: Warehouse, world: World) -> Iterator[Told]:
    game = world["shots"][0]["game_id"]
    yield "waived", tell_waiver(warehouse.waive(game, "shots", "the source lost it"))
    yield "declared", _covers_shots(warehouse.schedule().to_pylist(), game)
    warehouse.load(raw_load({"schedule": world["schedule"]}))
    yield "held", [(tell_waiver(w), w.declared) for w in warehouse.waivers()]
    yield "observed again", warehouse.observe("look")
    yield "taken back", tell_waiver(warehouse.unwaive(game, "shots"))
    yield "none left", warehouse.waivers()
    games = sorted({row["game_id"] for row in world["shots"]})[:3]
    yield "a set", warehouse.waive_games(games, "shots", "the source lost all of these")
    yield "of the set", [tell_waiver(waiver) for waiver in warehouse.waivers()]
    yield (
        "the set taken back",
        (warehouse.unwaive_games(games, "shots"), warehouse.waivers()),
    )
    yield "lacking", warehouse.games_lacking("shots", world["schedule"][0]["season"])


def _covers_shots(rows: list[dict[str, Any]], game: str) -> list[bool]:
    return [row["covers_shots"] for row in rows if row["game_id"] == game]


def _raw_rows(warehouse: Warehouse, world: World) -> Iterator[Told]:
    moved = next(game for game in world["schedule"] if game["game_date"] == BAD)
    yield (
        "moved",
        warehouse.load(raw_load({"schedule": [{**moved, "game_date": FREE_DAY}]})),
    )
    yield "followed", warehouse.contents("player_box").keys() >= {FREE_DAY}
    yield "moved back", warehouse.load(raw_load({"schedule": [moved]}))
    unknown = [{**player, "birth_date": None} for player in world["players"][:3]]
    reject = ("box.csv", 3, "player_box", None, "minutes", "no number", "12:xx")
    rejects = pa.Table.from_pylist(
        [dict(zip(reject_schema().names, reject, strict=True))], reject_schema()
    )
    loaded = replace(
        raw_load({"players": unknown}), rejects=rejects, files=(_file("box.csv"),)
    )
    yield (
        "players",
        [
            warehouse.load(load)
            for load in (loaded, replace(loaded, rejects=_no_rejects()))
        ],
    )
    yield "left out", _left_out(warehouse, moved)
    some = [game["game_id"] for game in world["schedule"][:2]]
    for table in ("team_box", "player_box", "shots"):
        found = warehouse.rows_of_games(table, some).to_pylist()
        yield f"{table} of games", sorted(found, key=str)
    with_shots = world["shots"][-1]["game_id"]
    yield "shots removed", warehouse.remove_games([with_shots], table="shots")
    yield "covers no shots", _covers_shots(warehouse.schedule().to_pylist(), with_shots)
    yield "removed", warehouse.remove_games([world["schedule"][0]["game_id"]])
    yield "calendar", sorted(warehouse.game_days(), key=lambda day: day.game_date)
    yield "rows", warehouse.rows_held("players")


def _left_out(warehouse: Warehouse, game: dict[str, Any]) -> list[LeftOut]:
    """What is told of rejected rows and an unread folder, before and after they are loaded."""
    row = {"file": "live.csv", "raw_table": "schedule", "game_id": game["game_id"]}
    rejects = pa.Table.from_pylist([row | {"reason": "live"}], reject_schema())
    inside = RefusedFile("data/old", "a folder", "load it")
    told = [warehouse.left_out()]
    for load in (
        RawLoad({}, rejects, unread=(inside,), folder="data"),
        raw_load({"schedule": [game]}),
        RawLoad({}, folder="data"),
    ):
        warehouse.load(load)
        told.append(warehouse.left_out())
    return told


def _file(name: str) -> LoadedFile:
    return LoadedFile(name, "player_box", 4, 1)


def _no_rejects() -> pa.Table:
    return RawLoad({}).rejects


def _measurements(warehouse: Warehouse) -> Iterator[Told]:
    catalog, days = (
        warehouse.catalog,
        sorted(day.game_date for day in warehouse.game_days()),
    )
    for phase in catalog.phases:
        for check in checks(
            catalog, phase.name, [p.name for p in catalog.of_phase(phase.name)]
        ):
            for text in dict.fromkeys((check.counts, check.evidence)):
                rows = warehouse.check_rows(text, check.table, days, days[-5:])
                yield f"{check.table} {check.name}", sorted(map(_rounded, rows))
    for relation in EXPECTED_RELATIONS:
        held = warehouse.expected_contents(relation)
        yield relation, sorted((day, content.rows) for day, content in held.items())
    table = catalog.ordered()[0]
    yield "state", sorted(warehouse.cell_states(table).items())


def _rounded(row: dict[str, Any]) -> str:
    """Sums of floats depend on their order; those of decimals are spelled with more places here
    than there."""
    kinds = float, int, Decimal
    return str(
        {n: round(float(v), 6) if isinstance(v, kinds) else v for n, v in row.items()}
    )


def _breaches(warehouse: Warehouse) -> Iterator[Told]:
    """The warehouse's query of the context table must be one with faults on one date."""
    result = warehouse.materialize(batch(CONTEXT), "planted")
    yield (
        "quarantined",
        {day: _plain(broken) for day, broken in result.quarantined.items()},
    )
    yield "published", dict(result.rows)
    yield "evidence", _plain(warehouse.evidence(CONTEXT, BAD))
    yield "no evidence", warehouse.evidence(CONTEXT, NEXT)
    yield "amiss", warehouse.keys_amiss(CONTEXT, BAD)


def _plain(broken: tuple[CellBreach, ...]) -> list[tuple[str, int, tuple[str, ...]]]:
    return sorted((b.check, b.count, b.keys) for b in broken)


def _ledger(warehouse: Warehouse) -> Iterator[Told]:
    yield (
        "cleared",
        warehouse.clear(PLAYER_CONTEXT, {BAD: Outcome.UPSTREAM_MISSING}, "clearing"),
    )
    warehouse.fail(batch(PLAYER, NEXT), "failing", ValueError("what went wrong"))
    for table, day in (
        (CONTEXT, BAD),
        (PLAYER_CONTEXT, BAD),
        (PLAYER, NEXT),
        ("players", None),
    ):
        yield f"entries {table}", list(map(_told, warehouse.entries(table, day)))
    records = warehouse.records(PLAYER, CONTEXT)
    yield (
        "records",
        {t: sorted(map(_recorded, c.values()), key=str) for t, c in records.items()},
    )
    history = warehouse.batch_history(3)
    yield "history", [(f.table, f.rows, f.run_id) for f in history]
    warehouse.drop(TEAM)
    yield "dropped", warehouse.rows_held(TEAM)
    warehouse.ensure_tables()
    yield "made anew", warehouse.contents(TEAM)


def _told(entry: Entry) -> tuple[Any, ...]:
    told = (
        entry.day,
        entry.outcome,
        entry.content.rows,
        entry.expected,
        entry.run_id,
        entry.attempt,
    )
    return (*told, entry.error_class, sorted((entry.error_message or "").split("; ")))


def _recorded(record: Record) -> tuple[Any, ...]:
    return _told(record.last), record.held and _told(record.held), record.content.rows


def _verdicts(warehouse: Warehouse) -> Iterator[Told]:
    at = datetime(2024, 1, 1, 12, tzinfo=UTC)
    warehouse.record_verdict(_verdict("v1", "NO-GO", at))
    decided = Override(
        verdict_id="v1",
        phase="team",
        reason="looked at by hand",
        decided_at=at,
        by="me",
    )
    warehouse.record_override(decided)
    yield "overridden", warehouse.overrides()
    warehouse.record_verdict(_verdict("v2", "GO", at.replace(hour=13)))
    yield "verdicts", warehouse.verdicts("team", 2)
    yield "judged", warehouse.judged("team")
    for first, last in ((1, 2), (5, 9)):
        span = date(2024, 1, first), date(2024, 1, last)
        yield (
            "accepted",
            [
                v["made"]["verdict_id"]
                for v in warehouse.accepted_verdicts("team", *span)
            ],
        )
    yield "none in force", warehouse.overrides()


def _verdict(verdict_id: str, decision: str, at: datetime) -> dict[str, Any]:
    made = {
        "verdict_id": verdict_id,
        "decided_at": at.isoformat(),
        "run_id": "r",
        "stage": "gate",
    }
    made |= {"first_date": "2024-01-01", "last_date": "2024-01-04"}
    spans = {"scores": {"2024-01": ["2024-01-01", "2024-01-04"]}}
    judged = {"tables": ["scores"], "spans": spans, "measurements": []}
    return {"made": made, "phase": "team", "decision": decision, **judged}
