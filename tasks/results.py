"""What Prefect keeps of runs and reads back is JSON: a result file must never be able to run code.

A result file names its own format, and Prefect goes by that name when it reads one. So it is not
enough to write JSON: Prefect's own reader of it makes objects of whatever class a record names, and
calls the function that it names. In a process that runs our tasks every format is read by the
classes below.
"""

from __future__ import annotations

import builtins
import json
import warnings
from typing import Any

from prefect.serializers import JSONSerializer
from pydantic import ConfigDict, Field

from core import errors
from core.errors import ConfigError, FullcourtError

ERROR, MESSAGE = "__exc_type__", "message"
"""The keys of an error that a task raised, as Prefect spells them."""
REPAIR = "find out who wrote into the folder or bucket of results, and delete the file"

with warnings.catch_warnings():
    # Prefect says that its own readers are replaced; that is what is meant.
    warnings.filterwarnings("ignore", message="Type '(Plain|Refused)")

    class PlainJSON(JSONSerializer[Any]):
        """In the place of Prefect's JSON: plain data, and errors;
        what else a record names is ignored."""

        type: str = Field(default="json", frozen=True)
        model_config = ConfigDict(extra="ignore")

        def dumps(self, obj: Any) -> bytes:
            """The data as JSON; TypeError for what is neither plain data nor an error."""
            return json.dumps(obj, default=_plain_error).encode()

        def loads(self, blob: bytes) -> Any:
            """The data; ConfigError where it asks for an object of a class."""
            return json.loads(blob, object_hook=_plain)

    class RefusedPickle(JSONSerializer[Any]):
        """In the place of Prefect's reader of pickles."""

        type: str = Field(default="pickle", frozen=True)
        model_config = ConfigDict(extra="ignore")

        def loads(self, blob: bytes) -> Any:
            """Never."""
            raise ConfigError(
                f"a result file says that it is {self.type}, not JSON, and is not read: {REPAIR}"
            )

    class RefusedCompressed(RefusedPickle):
        """Compressed by a module that the record names, around any other format."""

        type: str = Field(default="compressed", frozen=True)

    class RefusedCompressedPickle(RefusedPickle):
        """The same around a pickle."""

        type: str = Field(default="compressed/pickle", frozen=True)

    class RefusedCompressedJSON(RefusedPickle):
        """The same around JSON; nothing of ours is large enough to be compressed."""

        type: str = Field(default="compressed/json", frozen=True)


JSON = PlainJSON()


def _plain_error(value: Any) -> dict[str, str]:
    if isinstance(value, BaseException):
        return {
            ERROR: f"{type(value).__module__}.{type(value).__qualname__}",
            MESSAGE: str(value),
        }
    raise TypeError(
        f"{type(value).__name__} is no plain data: results are kept as JSON"
    )


def _plain(found: dict[str, Any]) -> Any:
    if "__class__" in found:
        raise ConfigError(
            f"a result file asks for an object of {found['__class__']}, and is not read: {REPAIR}"
        )
    if ERROR in found:
        return _error(str(found[ERROR]), str(found.get(MESSAGE, "")))
    return found


def _error(named: str, message: str) -> Exception:
    """The error of that name, if it is Python's or ours and made
    of a message; else one that says both."""
    module, _, name = named.rpartition(".")
    kind = getattr(
        {"builtins": builtins, errors.__name__: errors}.get(module), name, None
    )
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            return kind(message)
        except TypeError:
            pass
    return FullcourtError(f"{name}: {message}")
