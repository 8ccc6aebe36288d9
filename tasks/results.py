"""What Prefect keeps of a task and reads back is JSON: a result file must never be able to run code.

A result file names its own format, and Prefect goes by that name when it reads one. So it is not enough to
write JSON: in a process that runs our tasks, a file that says it is a pickle is not read.
"""

from __future__ import annotations

import warnings
from typing import Any

from prefect.serializers import JSONSerializer, PickleSerializer

from fullcourt.errors import ConfigError

JSON: JSONSerializer[Any] = JSONSerializer()

with warnings.catch_warnings():
    # Prefect says that its own reader of pickles is replaced; that is what is meant.
    warnings.filterwarnings("ignore", message="Type 'RefusedPickle'")

    class RefusedPickle(PickleSerializer[Any]):
        """In the place of Prefect's reader of pickles."""

        def loads(self, blob: bytes) -> Any:
            """Never."""
            raise ConfigError(
                "a result file says that it is a pickle, which could run code; only JSON is read: "
                "find out who wrote into the folder or bucket of results, and delete the file"
            )
