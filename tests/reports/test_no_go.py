"""After a NO-GO a person is told the column, the season and the command that helps first."""

from __future__ import annotations

from core.remedy import Remedy
from reports.breaches import breach_lines, broken_checks, closing_lines
from reports.next_steps import Step
from reports.no_go import no_go_section, tell_closing
from tests.validation.small_case import case, threshold
from validation.measurement import Measurement, Part
from validation.regression import Past
from validation.verdict import Verdict, judge

TABLE = "player_game_summary"
PARTS = (
    Part(season=2022, month="2023-01", kept=100, of=100),
    Part(season=2023, month="2023-11", kept=10, of=100),
    Part(season=2023, month="2023-12", kept=90, of=100),
)


def measured(name: str, kind: str, item: str, parts: tuple[Part, ...]) -> Measurement:
    facts = {"table": TABLE, "name": name, "kind": kind, "item": item}
    return Measurement.model_validate(facts | {"parts": parts})


def closed(kind: str = "share", item: str = "usage_rate", names: int = 1) -> Verdict:
    checks = [f"rate_{number}" for number in range(names)]
    found = [measured(name, kind, item, PARTS) for name in checks]
    return judge(case(*found, limits=tuple(map(threshold, checks))))


def of_columns(kept: int, columns: int) -> Verdict:
    """A verdict on a check that each of its columns breaks, every one by a row more."""
    found: list[Measurement] = []
    for number in range(columns):
        part = Part(season=2023, month="2023-11", kept=kept - number, of=100)
        found.append(measured("null_free_pct", "share", f"column_{number}", (part,)))
    return judge(case(*found, limits=(threshold("null_free_pct"),)))


def test_a_breach_names_its_column_its_season_and_the_worst_month() -> None:
    (check,) = broken_checks(closed())
    assert tell_closing(check).endswith(
        "; season 2023-24: 100 of 200 amiss (most in 2023-11)"
    )
    assert f"{TABLE}: column usage_rate: rate_0 is 66.67 %, " in tell_closing(check)


def test_a_mean_names_the_season_and_counts_nothing() -> None:
    (check,) = broken_checks(closed("mean"))
    assert tell_closing(check).endswith("; season 2023-24")


def test_the_command_that_helps_first_stands_with_the_breaches() -> None:
    step = Step(Remedy("ingest nba-stats", ("DIR",)), "load it")
    section = no_go_section(closed(names=5), [step, step])
    assert section.commands == ("fullcourt ingest nba-stats DIR  # load it",)
    assert section.lines[-1].startswith("and 2 more checks; fullcourt gate ")
    assert len(section.lines) == 4


def test_the_columns_of_one_check_are_one_line_with_the_worst_of_them() -> None:
    """Sixty columns that lack the same source are one thing to repair, not sixty."""
    (line,) = breach_lines(of_columns(kept=90, columns=60))
    assert line == (
        f"{TABLE}: null_free_pct of 60 columns is column_59 31 %, column_58 32 %, "
        "column_57 33 % and 57 more; >= 95 % wanted"
    )


def test_one_column_is_no_list() -> None:
    (line,) = breach_lines(of_columns(kept=90, columns=1))
    assert line == f"{TABLE}: column column_0: null_free_pct is 90 %, >= 95 % wanted"


def test_what_is_not_told_is_counted_with_the_command_that_lists_it() -> None:
    *_told, last = breach_lines(closed(names=4), most=3)
    assert last.startswith("and 1 more check; fullcourt gate ")
    assert len(list(breach_lines(closed(names=3), most=3))) == 3


def test_the_gravest_limit_alone_is_told_of_a_measurement() -> None:
    """A share below 95 is below 99 as well, which says nothing more."""
    limits = (
        threshold("rate_0", severity="warn", at_least=99),
        threshold("rate_0"),
    )
    verdict = judge(case(measured("rate_0", "share", "", PARTS), limits=limits))
    assert len(verdict.breaches) == 2
    assert list(breach_lines(verdict, with_severity=True)) == [
        f"block: {TABLE}: rate_0 is 66.67 %, >= 95 % wanted"
    ]


def test_under_a_no_go_what_only_warns_is_marked() -> None:
    """Whoever has a closed gate to open would mend what did not close it."""
    warning = threshold("rate_1", severity="warn", at_least=95)
    measurements = [measured(f"rate_{n}", "share", "", PARTS) for n in range(2)]
    closed_gate = judge(case(*measurements, limits=(threshold("rate_0"), warning)))
    assert list(breach_lines(closed_gate)) == [
        f"{TABLE}: rate_0 is 66.67 %, >= 95 % wanted",
        f"warn: {TABLE}: rate_1 is 66.67 %, >= 95 % wanted",
    ]
    (open_gate,) = breach_lines(judge(case(measurements[1], limits=(warning,))))
    assert open_gate == f"{TABLE}: rate_1 is 66.67 %, >= 95 % wanted"


def test_a_fall_says_from_what_to_what() -> None:
    """Of its own table: others have rates of the same name."""
    fell = Past(
        table=TABLE,
        name="rate_0",
        item="",
        verdict_id="an earlier one",
        months=1,
        then_kept=100,
        then_of=100,
        now_kept=89.9996,
        now_of=100,
    )
    kept = fell.model_copy(update={"table": "another", "now_kept": 99})
    verdict = judge(case(limits=()).model_copy(update={"past": (kept, fell)}))
    assert closing_lines(verdict) == [
        f"{TABLE}: rate_0 fell from 100 % to 89.9996 % over the same month, >= 90 % wanted"
    ]
