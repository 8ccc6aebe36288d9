"""Rehearse the tests of a real project on a stand-in:
`python -m tests.live [ARGUMENTS OF pytest]`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.bigquery_stand_in.server import StandIn
from tests.live.project import EMULATOR, PROJECT


def main() -> int:
    """The exit code of pytest; 1 as well when the stand-in itself broke."""
    with StandIn() as stand_in:
        environ = {**os.environ, EMULATOR: stand_in.url, PROJECT: "stand-in-project"}
        command = [
            sys.executable,
            "-m",
            "pytest",
            str(Path(__file__).parent),
            *sys.argv[1:],
        ]
        code = subprocess.run(command, env=environ).returncode
        print("".join(stand_in.broken), end="")
    return code or int(bool(stand_in.broken))


if __name__ == "__main__":
    sys.exit(main())
