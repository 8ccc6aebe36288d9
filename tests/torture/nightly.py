"""Two nights by schedule on a real server and worker: a whole season's start, then a correction.

    python -m tests.torture.nightly

The deployment nightly/nba of prefect.yaml gets an active schedule; the stand-in answers for
stats.nba.com. The first night fetches, loads and rebuilds everything; for the second one the
stand-in corrects one box score, and what follows from it is computed again, and nothing else.
Prints the run tree of each night and the cells that it computed; AssertionError where one differs.
Prefect 3.8.8 begins no scheduled run on a server whose SQLAlchemy is 2.1; the wait for the first
night then ends with what the server said.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.deployments.site import Site, site
from tests.flows.test_nightly import CORRECTED, computed
from tests.stats_stand_in.league import END, demo_league
from tests.stats_stand_in.server import StandIn, stand_in

PASSWORD = "admin:planted-nightly"
EVERY_SECONDS = 120
"""Longer than it takes to see a run begin: what is scheduled after it goes with the schedule."""
OF_GAMES = (
    "team_offense_game_summary",
    "team_defense_game_summary",
    "player_game_summary",
)
FLOWS = {"fetch", "backfill", "phase", "gate"}


def main() -> None:
    """Set up, run two nights, compare."""
    with (
        tempfile.TemporaryDirectory(prefix="fullcourt-nights-") as folder,
        stand_in(demo_league()) as server,
    ):
        root = Path(folder)
        more = {"FULLCOURT_NBA_STATS_URL": server.url, "FULLCOURT_FETCH_PAUSE": "0"}
        with site(root / "site", root / "nba.duckdb", PASSWORD, more=more) as here:
            show_two_nights(here, server, root)


def show_two_nights(here: Site, server: StandIn, root: Path) -> None:
    """Run both nights by schedule; AssertionError unless the second does its part alone."""
    deploy(here)
    url, folder = f"duckdb:{here.warehouse}", str(root / "snapshots")
    sleep_through(here, folder, END)
    before = computed(url, set())
    print(f"first night: {told(before)}; {len(server.calls)} calls", flush=True)
    asked, server.fault = len(server.calls), correct
    sleep_through(here, folder, END + timedelta(days=1))
    after = computed(url, set(before))
    print(f"second night: {told(after)}; {len(server.calls) - asked} calls", flush=True)
    (cells,) = after.values()
    first_of_all = {cell for found in before.values() for cell in found}
    assert {cell for cell in cells if cell[0] in OF_GAMES} == {
        (table, CORRECTED) for table in OF_GAMES if (table, CORRECTED) in cells
    }
    assert ("player_game_summary", CORRECTED) in cells
    assert all(day >= CORRECTED for _, day in cells)
    assert len(cells) < len(first_of_all)
    assert len(server.calls) - asked <= 20


def correct(number: int, path: str, params: Mapping[str, str]) -> str:
    """The logs, with one assist more in one game."""
    return "corrected" if "PlayerOrTeam" in params else ""


def deploy(here: Site) -> None:
    """The commands of the guide."""
    made = here.python("-m", "deployments.setup")
    assert made.code == 0, made.text
    here.work()
    deployed = here.prefect("deploy", "--all")
    assert deployed.code == 0, deployed.text


def sleep_through(here: Site, folder: str, today: date) -> None:
    """Give the deployment a schedule, wait for the run that it starts, and take it away again."""
    deployment = here.asked("/deployments/name/nightly/nba")["id"]
    parameters = {"folder": folder, "source": "nba", "today": str(today)}
    interval = {
        "interval": EVERY_SECONDS,
        "anchor_date": datetime.now(UTC).isoformat(),
        "timezone": "UTC",
    }
    schedule = {
        "active": True,
        "slug": f"night-{today}",
        "schedule": interval,
        "max_scheduled_runs": 1,
        "parameters": parameters,
    }
    here.asked(f"/deployments/{deployment}/schedules", [schedule])
    run = begun(here, today)
    cleared = here.prefect("deployment", "schedule", "clear", "-y", "nightly/nba")
    assert cleared.code == 0, cleared.text
    assert here.ended(run["id"]) == "Completed", here.state(run["id"])
    assert run["auto_scheduled"], "the schedule started it, and nobody else"
    show_tree(here, run)


def begun(here: Site, today: date) -> dict[str, Any]:
    """The scheduled run of that day, once a worker runs it."""
    running = {
        "flow_runs": {"state": {"type": {"any_": ["RUNNING"]}}},
        "flows": OF_NIGHTS,
    }

    def found() -> dict[str, Any] | None:
        try:
            runs = here.asked("/flow_runs/filter", running)
        except TimeoutError:
            return None
        return next((r for r in runs if r["parameters"]["today"] == str(today)), None)

    run: dict[str, Any] = here.wait(found, f"the night of {today}")
    return run


OF_NIGHTS = {"name": {"any_": ["nightly"]}}


def show_tree(here: Site, run: Mapping[str, Any]) -> None:
    """Print the runs beneath a run; AssertionError unless all that a night needs is there."""
    names = {
        flow["id"]: flow["name"] for flow in here.asked("/flows/filter", {"limit": 200})
    }
    counts: Counter[str] = Counter()
    above = [run["id"]]
    while above:
        asked = {"flow_runs": {"parent_flow_run_id": {"any_": above}}}
        below = here.asked("/flow_runs/filter", asked)
        counts.update(names[found["flow_id"]] for found in below)
        assert {found["state_name"] for found in below} <= {"Completed"}, below
        above = [found["id"] for found in below]
    tree = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    print(f"{run['name']}: {tree}", flush=True)
    assert set(counts) >= FLOWS - {"phase", "gate"}, counts


def told(runs: Mapping[str, set[tuple[str, Any]]]) -> str:
    """How many cells were computed, by table."""
    counts = Counter(table for cells in runs.values() for table, _ in cells)
    tables = ", ".join(f"{count} {table}" for table, count in sorted(counts.items()))
    return f"{sum(counts.values())} cells computed: {tables}"


if __name__ == "__main__":
    main()
