"""A feature is its expression in query.sql and its column in table.yaml; the rest is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.errors import ConfigError
from processors.catalog import Processor
from processors.conditions import conditions
from processors.discovery import load

SQL = """\
-- Two features of each team.
WITH
features AS (
  SELECT
    as_of,
    team,
    season,
    AVG(IF(games_ago <= 5, CAST(pace AS NUMERIC), NULL)) AS pace_last_5,
    CAST(NULL AS FLOAT64) AS mood
  FROM earlier
  GROUP BY
    as_of,
    team,
    season
)

SELECT
  as_of AS game_date,
  team,
  season,
  ALL_FEATURES() AS all_features
FROM features
"""
COLUMN = "  - {name: pace_last_5, type: FLOAT64, description: mean pace}\n"
FEATURES = """\
  - {name: pace_last_5, type: FLOAT64, nullable: true, feature: true, description: mean pace}
  - {name: mood, type: FLOAT64, nullable: true, feature: true, status: absent, description: mood}
feature_set: v1
"""


@dataclass
class Edit:
    """The files of the small tree's table of features."""

    root: Path

    @property
    def processor(self) -> Processor:
        """The table as the files have it now."""
        return load.__wrapped__(self.root)["form"]

    def __call__(self, file: str, old: str, new: str) -> None:
        path = self.root / "context" / "form" / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))


@pytest.fixture
def edit(root: Path) -> Edit:
    """The small tree, in which the second table has two features."""
    (root / "context/form/query.sql").write_text(SQL)
    edit = Edit(root)
    edit("table.yaml", COLUMN, FEATURES)
    return edit


def test_features_imply_version_statuses_score_and_invariant(edit: Edit) -> None:
    processor = edit.processor
    names = [column.name for column in processor.contract.columns]
    assert names[3:] == [
        "feature_version",
        "pace_last_5",
        "mood",
        "pace_last_5_status",
        "mood_status",
        "feature_quality_score",
    ]
    assert processor.tree.named_selects == names
    selected = {e.alias: e.sql("bigquery") for e in processor.tree.selects}
    assert selected["feature_version"] == "'v1_2' AS feature_version"
    assert selected["pace_last_5_status"].startswith(
        "IF(pace_last_5 IS NULL, 'insufficient_history', 'ok')"
    )
    assert selected["mood_status"].startswith("IF(mood IS NULL, 'absent', 'ok')")
    assert selected["feature_quality_score"] == (
        "100 * (IF(pace_last_5 IS NULL, 0, 1) + IF(mood IS NULL, 0, 1)) / 2 "
        "AS feature_quality_score"
    )
    assert conditions(processor.contract)["invariant.a_null_says_why"] == (
        "NOT ((pace_last_5 IS NULL) = (pace_last_5_status != 'ok') "
        "AND (mood IS NULL) = (mood_status != 'ok'))"
    )


def test_a_feature_more_is_an_expression_and_a_column(edit: Edit) -> None:
    """It was written in nine places of five files."""
    mood = "    CAST(NULL AS FLOAT64) AS mood\n"
    edit("query.sql", mood, mood.rstrip() + ",\n    MAX(pace) AS best_pace\n")
    column = "  - {name: best_pace, type: FLOAT64, feature: true, description: highest pace}\n"
    edit("table.yaml", "feature_set:", column + "feature_set:")
    contract = edit.processor.contract
    assert contract.column("feature_version").values == ("v1_3",)
    assert contract.column("best_pace_status").values == (
        "ok",
        "insufficient_history",
        "upstream_missing",
        "absent",
    )
    assert "(best_pace IS NULL)" in contract.invariants[0].holds
    assert "IF(best_pace IS NULL, 0, 1)) / 3" in edit.processor.tree.sql("bigquery")


def test_a_status_may_be_a_column_of_the_query(edit: Edit) -> None:
    mood = "    CAST(NULL AS FLOAT64) AS mood\n"
    edit("query.sql", mood, mood.rstrip() + ",\n    'absent' AS mood_reason\n")
    edit("table.yaml", "status: absent", "status: mood_reason")
    assert "IF(mood IS NULL, mood_reason, 'ok')" in edit.processor.sql


def test_the_query_keeps_its_lines(edit: Edit) -> None:
    """Otherwise a finding names a line that nobody wrote."""
    assert len(edit.processor.sql.splitlines()) == len(SQL.splitlines())


Fault = Callable[[Edit], None]
FAULTS: dict[str, tuple[Fault, str]] = {
    "a feature that the query does not compute": (
        lambda edit: edit("query.sql", "AS mood", "AS temper"),
        "query.sql:21: form does not fit its inputs: ",
    ),
    "a status that the query does not have": (
        lambda edit: edit("table.yaml", "status: absent", "status: unknown"),
        "query.sql:21: form does not fit its inputs: ",
    ),
    "a query that does not take its features": (
        lambda edit: edit("query.sql", ",\n  ALL_FEATURES() AS all_features", ""),
        "query.sql:1: form does not select pace_last_5, which table.yaml promises",
    ),
    "features without the name of their set": (
        lambda edit: edit("table.yaml", "feature_set: v1", ""),
        "feature_set goes with columns of feature: true",
    ),
    "a status of what is no feature": (
        lambda edit: edit(
            "table.yaml", "feature: true, status: absent", "status: absent"
        ),
        "status says why a feature is NULL: it needs feature: true",
    ),
    "a status written by hand": (
        lambda edit: edit(
            "table.yaml",
            "feature_set:",
            "  - {name: mood_status, type: STRING, description: written by hand}\nfeature_set:",
        ),
        "columns named twice: mood_status",
    ),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_features_that_do_not_fit_are_refused(edit: Edit, fault: str) -> None:
    plant, said = FAULTS[fault]
    plant(edit)
    with pytest.raises(ConfigError) as refused:
        _ = edit.processor
    message = str(refused.value).replace(f"{edit.root}/context/form/", "")
    assert said in message
    assert message.startswith(("query.sql", "table.yaml"))


def test_the_feature_store_has_its_33_features() -> None:
    contract = load()["ml_feature_store"].contract
    assert (len(contract.features), contract.column("feature_version").values) == (
        33,
        ("v1_33",),
    )
