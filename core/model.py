"""The base of every value that is read from a file, a record or a form."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Base of every piece of configuration: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
