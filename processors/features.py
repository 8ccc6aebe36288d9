"""What a table's features imply: a version, a status for each, an invariant, a quality score.

A column of table.yaml with `feature: true` is a feature. The contract and the query are completed
from these columns when the catalog loads, so that a feature is its expression in query.sql and its
column in table.yaml, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from processors.contract import STATUSES, Column, Contract, Invariant

MACRO = "ALL_FEATURES() AS all_features"
"""What a query selects in place of the columns that follow from its features."""
VERSION, QUALITY = "feature_version", "feature_quality_score"
OK = "ok"
"""The status of a feature that is known."""


def status_of(feature: Column) -> str:
    """The name of the column that says why a feature is NULL."""
    return f"{feature.name}_status"


def version(contract: Contract) -> str:
    """The value of `feature_version`: which set of features it is, and how many."""
    return f"{contract.feature_set}_{len(contract.features)}"


def with_implied_columns(contract: Contract) -> Contract:
    """The contract with the columns and the invariant that its features imply.

    The version stands before the first feature; the statuses and the quality score stand last. A
    ValidationError says which of these columns table.yaml has already.
    """
    if not contract.features:
        return contract
    first = contract.columns.index(contract.features[0])
    before, after = contract.columns[:first], contract.columns[first:]
    statuses = list(map(_status_column, contract.features))
    columns = (
        *before,
        _version_column(contract),
        *after,
        *statuses,
        _quality_column(contract),
    )
    invariants = (*contract.invariants, _a_null_says_why(contract.features))
    return Contract.model_validate(
        {**dict(contract), "columns": columns, "invariants": invariants}
    )


def with_feature_columns(sql: str, contract: Contract) -> str:
    """The query with the macro replaced by what the features imply, on one line.

    Findings in the query keep the line on which a person reads it.
    """
    features = contract.features
    if not features:
        return sql
    selected = [
        f"'{version(contract)}' AS {VERSION}",
        *(feature.name for feature in features),
        *(f"{_status(feature)} AS {status_of(feature)}" for feature in features),
        f"{_quality(features)} AS {QUALITY}",
    ]
    return sql.replace(MACRO, ", ".join(selected))


def _status(feature: Column) -> str:
    reason = f"'{feature.status}'" if feature.status in STATUSES else feature.status
    return f"IF({feature.name} IS NULL, {reason}, '{OK}')"


def _quality(features: Sequence[Column]) -> str:
    known = " + ".join(f"IF({feature.name} IS NULL, 0, 1)" for feature in features)
    return f"100 * ({known}) / {len(features)}"


def _version_column(contract: Contract) -> Column:
    return Column(
        name=VERSION,
        type="STRING",
        values=(version(contract),),
        description="which set of features this is",
    )


def _status_column(feature: Column) -> Column:
    return Column(
        name=status_of(feature),
        type="STRING",
        values=(OK, *STATUSES),
        description=f"ok exactly when {feature.name} is not NULL, otherwise why it is",
    )


def _quality_column(contract: Contract) -> Column:
    return Column(
        name=QUALITY,
        type="FLOAT64",
        unit="percent",
        range=(0, 100),
        description=f"100 x features with status ok / {len(contract.features)}",
    )


def _a_null_says_why(features: Sequence[Column]) -> Invariant:
    agreeing = [f"({f.name} IS NULL) = ({status_of(f)} != '{OK}')" for f in features]
    return Invariant(
        name="a_null_says_why",
        holds=" AND ".join(agreeing),
        why="a NULL never travels without its reason",
    )
