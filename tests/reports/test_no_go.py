"""After a NO-GO a person is told the column, the season and the command that helps first."""

from __future__ import annotations

from core.remedy import Remedy
from reports.next_steps import Step
from reports.no_go import no_go_section, tell_breach
from tests.validation.small_case import case, threshold
from validation.measurement import Measurement, Part
from validation.verdict import Verdict, judge

TABLE = "player_game_summary"
PARTS = (
    Part(season=2022, month="2023-01", kept=100, of=100),
    Part(season=2023, month="2023-11", kept=10, of=100),
    Part(season=2023, month="2023-12", kept=90, of=100),
)


def closed(kind: str = "share", item: str = "usage_rate", names: int = 1) -> Verdict:
    measured: list[Measurement] = []
    for number in range(names):
        facts = {"table": TABLE, "name": f"rate_{number}", "kind": kind, "item": item}
        measured.append(Measurement.model_validate(facts | {"parts": PARTS}))
    limits = tuple(threshold(f"rate_{number}") for number in range(names))
    return judge(case(*measured, limits=limits))


def test_a_breach_names_its_column_its_season_and_the_worst_month() -> None:
    verdict = closed()
    assert tell_breach(verdict, verdict.blocking[0]).endswith(
        "; season 2023-24: 100 of 200 amiss (most in 2023-11)"
    )
    assert f"{TABLE}: column usage_rate: rate_0 is 66.67, " in tell_breach(
        verdict, verdict.blocking[0]
    )


def test_a_mean_names_the_season_and_counts_nothing() -> None:
    verdict = closed("mean")
    assert tell_breach(verdict, verdict.blocking[0]).endswith("; season 2023-24")


def test_the_command_that_helps_first_stands_with_the_breaches() -> None:
    step = Step(Remedy("ingest nba-stats", ("DIR",)), "load it")
    section = no_go_section(closed(names=5), [step, step])
    assert section.commands == ("fullcourt ingest nba-stats DIR  # load it",)
    assert section.lines[-1] == "and 2 more"
    assert len(section.lines) == 4
