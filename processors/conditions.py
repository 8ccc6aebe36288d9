"""The conditions under which a row breaks its contract, as SQL that holds on both warehouses."""

from __future__ import annotations

from processors.contract import Column, Contract


def conditions(contract: Contract) -> dict[str, str]:
    """Check name -> the condition under which a row breaks it."""
    found = {}
    for column in contract.columns:
        if not column.nullable:
            found[f"null.{column.name}"] = f"{column.name} IS NULL"
        if column.range:
            low, high = column.range
            found[f"range.{column.name}"] = (
                f"{column.name} < {_number(low)} OR {column.name} > {_number(high)}"
            )
        if column.values:
            found[f"values.{column.name}"] = (
                f"{column.name} NOT IN ({_strings(column)})"
            )
    for invariant in contract.invariants:
        found[f"invariant.{invariant.name}"] = f"NOT ({invariant.holds})"
    return found


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _strings(column: Column) -> str:
    literals: list[str] = []
    for value in column.values or ():
        escaped = value.replace("'", "''")
        literals.append(f"'{escaped}'")
    return ", ".join(literals)
