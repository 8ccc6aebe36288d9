"""The page's overview and gates: a NO-GO that was overridden, what is in force, a run without an
end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from planning.coverage import Coverage
from planning.eta import Counted, Outturn
from planning.overrides import Override
from planning.run_history import RunRecord
from planning.selection import Selection
from planning.uncovered import Uncovered
from planning.waivers import Waiver
from reports.notices import Notices
from reports.page.features import (
    Binning,
    FeatureFacts,
    FeatureSeason,
    FeaturesFacts,
    Profile,
)
from reports.page.frame import PageFacts, page_html
from reports.page.gates import GatesFacts, PastVerdict, PhaseGate, gates_section
from reports.page.nulls import MonthOfTable
from reports.page.overview import (
    Headline,
    OverviewFacts,
    headline,
    overview_section,
)
from reports.page.raw import RawFacts
from reports.page.runs import RunFacts
from reports.report import Report
from tests.validation.small_case import case, rate
from validation.measurement import Measurement, Part
from validation.thresholds import Threshold
from validation.verdict import Case, Made, Stage, Verdict, judge

AT = datetime(2025, 1, 2, 3, 4, tzinfo=UTC)
REASON = "the board deck is due on Monday"
RAW = RawFacts({2024: 10}, {"shots": {2024: 500}})
WAIVER = Waiver("0022300001", "shots", "never published", True, AT)


def closed(verdict_id: str, stage: Stage = "gate") -> Verdict:
    """A NO-GO on the first phase: 9 of 10 cells are done, 95 % are wanted."""
    limit = Threshold(
        measurement="cells_done_pct",
        at_least=95,
        severity="block",
        why="a limit of a test",
    )
    part = Part(season=2024, month="2024-11", kept=9, of=10)
    measured = Measurement(
        table="scores", name="cells_done_pct", kind="share", parts=(part,)
    )
    made = Made(
        verdict_id=verdict_id,
        run_id="run",
        decided_at=AT,
        code_version="abc",
        selection={},
        first_date=None,
        last_date=None,
        first_season=None,
        stage=stage,
    )
    return judge(
        Case(
            phase="team",
            made=made,
            tables=("scores",),
            measurements=(measured,),
            thresholds={"scores": (limit,)},
        )
    )


def override(verdict_id: str) -> Override:
    """A decision to go on after a verdict on the first phase."""
    return Override(
        verdict_id=verdict_id, phase="team", reason=REASON, decided_at=AT, by="analyst"
    )


def report(verdict: Verdict, *overrides: Override, waivers: int = 0) -> Report:
    """A report on nothing but decisions."""
    return Report(
        selection=Selection(),
        made_at=AT,
        code_version="abc",
        verdicts={"team": verdict},
        coverage=(),
        overrides=overrides,
        waivers=(WAIVER,) * waivers,
    )


def shown(facts: OverviewFacts) -> Any:
    """What the template is handed."""
    return overview_section(facts).shown


def figures(facts: OverviewFacts) -> dict[str, str]:
    """Figure -> its value and its context."""
    return {
        each.name: f"{each.value}: {each.context}" for each in shown(facts)["figures"]
    }


def test_games_that_a_raw_table_has_no_rows_of_are_told_by_mark_and_words() -> None:
    """The mark was green where most tables skipped every date of a season."""
    verdict = judge(case(rate(100)))
    done = Coverage("scores", "team", 2024, done=10, rows=10, gaps=0)
    whole = replace(report(verdict), coverage=[done])
    assert headline(whole) == Headline("go", "Done: 10 of 10 cells; every gate is open")
    boxes = Notices(uncovered=[Uncovered("player_box", 41, (2024,))])
    lacking = headline(replace(whole, notices=boxes))
    assert lacking.mark == "warn"
    assert lacking.words.endswith("; 41 final games without player_box")


def test_a_no_go_that_was_overridden_says_so_with_when_by_whom_and_why() -> None:
    facts = OverviewFacts(report(closed("v-1"), override("v-1")))
    (card,) = shown(facts)["phases"]
    words = "NO-GO, let pass once by an override"
    assert (card["decision"], card["mark"]) == (words, "no-go")
    assert card["override"].startswith(f"2025-01-02 by analyst: {REASON}; ")
    assert "the next backfill stops here again" in card["override"]
    html = page_html(PageFacts("duckdb:x", AT, "abc", overview=facts))
    assert f"2025-01-02 by analyst: {REASON}" in html


def test_an_override_of_an_earlier_verdict_overrides_none_that_follows() -> None:
    (card,) = shown(OverviewFacts(report(closed("v-2"), override("v-1"))))["phases"]
    assert (card["decision"], card["override"]) == ("NO-GO", "")


def test_what_people_let_pass_is_counted_and_leads_to_the_gates() -> None:
    facts = OverviewFacts(report(closed("v-1"), override("v-1"), waivers=2))
    assert figures(facts)["Let pass"].startswith("3: 2 waivers and 1 override in force")
    html = page_html(PageFacts("duckdb:x", AT, "abc", overview=facts))
    assert 'their reasons <a href="#gates">under gates</a>' in html
    assert "Let pass" not in figures(OverviewFacts(report(closed("v-1"))))


def test_the_latest_run_without_an_end_stands_in_the_overview() -> None:
    planned = Outturn(None, 0.0, Counted(188, 500), Counted(0, 0))
    record = RunRecord("19d3df77-0", "all tables", None, planned, began_at=AT)
    facts = OverviewFacts(
        report(closed("v-1")), latest=RunFacts("19d3df77-0", (), record)
    )
    told = figures(facts)["Last run"]
    assert told.startswith("no end: run 19d3df77, began 2025-01-02 03:04 UTC: no end")
    assert "188 of at most 188 planned cells left" in told
    ended = RunRecord("r", "all tables", AT + timedelta(1), planned, AT, "Completed")
    done = OverviewFacts(report(closed("v-1")), latest=RunFacts("r", (), ended))
    assert "Last run" not in figures(done)


@pytest.mark.parametrize(
    ("table", "command"),
    [
        ("shots", "fullcourt ingest nba-stats DIR"),
        ("game_lines", "fullcourt fetch odds --season 2024"),
        ("injuries", "fullcourt fetch injuries --season 2024"),
    ],
)
def test_raw_data_that_a_season_lacks_is_the_first_thing_to_do(
    table: str, command: str
) -> None:
    raw = RawFacts({2023: 10, 2024: 10}, {table: {2023: 50}})
    facts = OverviewFacts(report(closed("v-1")), raw=raw)
    told = f"{table} has no rows in 2024-25, and has some in other seasons."
    assert listed(facts)[0] == (told, [command])
    html = page_html(PageFacts("duckdb:x", AT, "abc", overview=facts))
    assert '<td class="number lack">none: 0</td>' in html


LIMITS = (
    Threshold(
        measurement="cells_done_pct",
        at_least=100,
        severity="warn",
        why="a limit of a test",
    ),
    Threshold(
        measurement="shots_pct", at_least=90, severity="block", why="a limit of a test"
    ),
    Threshold(
        measurement="shots_pct", at_least=99, severity="warn", why="a limit of a test"
    ),
    Threshold(
        measurement="starters_pct",
        at_least=99,
        severity="warn",
        why="a limit of a test",
    ),
)


def judged(**kept: int) -> Verdict:
    """A verdict on two tables of which so many parts in a hundred of each measurement are kept."""
    tables = ("scores", "sides")
    measurements = [
        Measurement(
            table=table,
            name=name,
            kind="share",
            parts=(Part(season=2024, month="2024-11", kept=number, of=100),),
            evidence=("0022400009", "0022400010"),
        )
        for name, number in kept.items()
        for table in tables
    ]
    return judge(
        Case(
            phase="team",
            made=closed("v-1").made,
            tables=tables,
            measurements=tuple(measurements),
            thresholds=dict.fromkeys(tables, LIMITS),
        )
    )


def test_a_card_tells_each_limit_once_with_its_month_and_the_command_that_shows_it() -> (
    None
):
    verdict = judged(cells_done_pct=97, shots_pct=80, starters_pct=95)
    (card,) = shown(OverviewFacts(report(verdict)))["phases"]
    shots, starters = card["broken"]
    assert shots.words == (
        "block: scores: shots_pct is 80 %, >= 90 % wanted; season 2024-25: 20 of 100 amiss "
        "(most in 2024-11)"
    )
    assert (shots.keys, shots.also) == ("0022400009, 0022400010", "sides")
    assert shots.step.command == "fullcourt gate team --check shots_pct"
    assert starters.words.startswith("warn: scores: starters_pct is 95")
    # What only counts the gaps is told by the gaps.
    assert (card["more"], card["of_gaps"]) == (0, 1)
    html = page_html(
        PageFacts("duckdb:x", AT, "abc", overview=OverviewFacts(report(verdict)))
    )
    assert 'data-copy="fullcourt gate team --check starters_pct"' in html
    assert "1 check warns of the gaps below: 2 limits, one for each table" in html


def listed(
    facts: OverviewFacts, features: FeaturesFacts | None = None
) -> list[tuple[str, list[str]]]:
    """What is to be done, each with its commands."""
    found = overview_section(facts, features).shown["todos"]
    return [(each.what, [step.command for step in each.steps]) for each in found]


def test_a_column_that_a_month_lacks_is_loaded_before_anything_else_is_done() -> None:
    months = [
        MonthOfTable("player_box", 2024, f"2024-{month}", 1000, {"plus_minus": nulls})
        for month, nulls in (("10", 0), ("11", 850), ("12", 0))
    ]
    facts = OverviewFacts(report(closed("v-1")), nulls=months)
    assert listed(facts)[0] == (
        "player_box: plus_minus is NULL in 850 of 1,000 rows (85 %) of 2024-11, season "
        "2024-25; 0 % in its other months",
        ["fullcourt ingest nba-stats DIR"],
    )
    not_counted = replace(facts, nulls=None)
    assert "were not counted" in page_html(
        PageFacts("duckdb:x", AT, "abc", overview=replace(not_counted, raw=RAW))
    )


def notices(facts: OverviewFacts, features: FeaturesFacts | None = None) -> Any:
    """Notice -> what it says, and its commands."""
    found = overview_section(facts, features).shown["notices"]
    return {
        each.title: (list(each.lines), [step.command for step in each.steps])
        for each in found
    }


def test_a_waived_game_is_named_with_what_takes_the_waiver_back() -> None:
    lines, commands = notices(OverviewFacts(report(closed("v-1"), waivers=1)))["Waived"]
    assert lines == ["game 0022300001 has no shots: never published"]
    assert commands == ["fullcourt waive 0022300001 --table shots --remove"]
    lines, _ = notices(OverviewFacts(report(closed("v-1"), waivers=5)))["Waived"]
    assert (len(lines), lines[-1]) == (4, "and 2 more")


def test_a_run_of_an_earlier_version_without_an_end_is_offered_no_guess() -> None:
    record = RunRecord("19d3df77-0", "scores, 2024-11", None, None, began_at=AT)
    facts = OverviewFacts(
        report(closed("v-1")), latest=RunFacts("19d3df77-0", (), record)
    )
    (line, commands), *_ = [one for one in listed(facts) if "19d3df77" in one[0]]
    assert line.startswith("run 19d3df77 (scores, 2024-11): no end on record")
    assert "its options were not kept" in line
    assert commands == []


def test_a_killed_run_is_repeated_as_it_was_asked() -> None:
    """A plain backfill after a killed --rerun finds every cell fresh, and computes nothing."""
    asked = Selection(tables=("scores",), start=AT.date(), only=True, rerun=True)
    record = RunRecord("19d3df77-0", str(asked), None, None, began_at=AT, asked=asked)
    facts = OverviewFacts(
        report(closed("v-1")), latest=RunFacts("19d3df77-0", (), record)
    )
    (_line, commands), *_ = [one for one in listed(facts) if "19d3df77" in one[0]]
    assert commands == [
        "fullcourt backfill --start 2025-01-02 --table scores --only --rerun"
    ]


def test_features_without_a_value_are_told_with_what_asks_a_source() -> None:
    def season(year: int, known: int) -> FeatureSeason:
        return FeatureSeason(year, 10, Profile(known=known))

    empty = FeatureFacts(
        "injury_risk",
        "",
        "",
        "injury_reports",
        Binning(),
        (season(2023, 0), season(2024, 0)),
    )
    features = FeaturesFacts("ml_feature_store", (empty,))
    assert listed(OverviewFacts(report(closed("v-1"))), features)[-2] == (
        "Without any value in any season: injury_risk.",
        ["fullcourt fetch injuries --season 2024"],
    )


def test_overrides_say_whether_a_sample_or_the_gate_was_overruled() -> None:
    sample, gate = closed("v-1", "sample"), closed("v-2")
    history = [
        PastVerdict(
            each.made.verdict_id, AT, each.made.stage, "NO-GO", 1, None, None, "a", "r"
        )
        for each in (gate, sample)
    ]
    overrides = [override("v-1"), override("v-2"), override("v-0")]
    phase = PhaseGate("team", gate, (), history)
    of_others = override("v-3").model_copy(update={"phase": "player"})
    facts = GatesFacts([phase], overrides=[*overrides, of_others])
    shown_of = gates_section(facts).shown
    (own,) = [each["overrides"] for each in shown_of["phases"]]
    # Each stands with its phase, and once.
    assert [each.partition(":")[0] for each in shown_of["overrides"]] == ["player"]
    assert [each.partition(":")[0] for each in own] == [
        "sample team",
        "gate team",
        "team",
    ]
