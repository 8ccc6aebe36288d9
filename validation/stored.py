"""Stored verdicts, read tolerantly: one that another version wrote never closes a gate. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from validation.verdict import Verdict


def read_verdicts(
    records: Iterable[Mapping[str, Any]],
) -> tuple[list[Verdict], list[str]]:
    """The verdicts that can be read, and a sentence for each that cannot.

    Keys that this version does not know are left out: what it does know is enough to decide by.
    """
    verdicts, unreadable = [], []
    for record in records:
        try:
            verdicts.append(Verdict.model_validate(record, extra="ignore"))
        except ValidationError as error:
            unreadable.append(_sentence(record, error))
    return verdicts, unreadable


def _sentence(record: Mapping[str, Any], error: ValidationError) -> str:
    made = record.get("made")
    name = (
        made.get("verdict_id", "without an id")
        if isinstance(made, Mapping)
        else "without an id"
    )
    fault = error.errors()[0]
    key = ".".join(str(part) for part in fault["loc"]) or "(whole record)"
    return f"verdict {name} on record cannot be read and is no baseline: {key}: {fault['msg']}"
