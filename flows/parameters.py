"""What a person fills in to start a run: the types of the flows' parameters,
as a form shows and checks them.

The server checks a form by its JSON schema before anything starts. It goes by patterns and enums
and not by formats, so a date carries a pattern as well. What only the warehouse can tell is for the
flow to refuse.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from planning.samples import MOST
from planning.selection import Selection
from processors.discovery import load

ADDRESS = r"^(duckdb:/.+|bigquery:[a-z][^\s/]+)$"
"""A path is absolute: a worker runs where it likes."""
DAY = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"

PHASES = tuple(phase.name for phase in load().phases)
TABLES = load().ordered()


def selection_form() -> dict[str, Any]:
    """The JSON schema of a selection, with the names and dates that it accepts."""
    form = Selection.model_json_schema()
    fields: dict[str, dict[str, Any]] = form["properties"]
    fields["phases"]["items"]["enum"] = list(PHASES)
    fields["tables"]["items"]["enum"] = list(TABLES)
    for day in (
        fields["start"]["anyOf"][0],
        fields["end"]["anyOf"][0],
        fields["dates"]["items"],
    ):
        day["pattern"] = DAY
    return form


Address = Annotated[str, WithJsonSchema({"type": "string", "pattern": ADDRESS})]
Day = Annotated[
    date, WithJsonSchema({"type": "string", "format": "date", "pattern": DAY})
]
Phase = Annotated[str, WithJsonSchema({"type": "string", "enum": list(PHASES)})]
Table = Annotated[str, WithJsonSchema({"type": "string", "enum": list(TABLES)})]
Count = Annotated[int, Field(ge=1)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
SampleDates = Annotated[int, Field(ge=1, le=MOST)]
"""What a person may ask for: a phase goes without its sample only after one that was overruled."""
SampleSize = Annotated[int, Field(ge=0, le=MOST)]
Asked = Annotated[Selection, WithJsonSchema(selection_form())]
