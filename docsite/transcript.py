"""How-tos with what their commands print: runs the commands of a page and renews what is shown.

A block ```console shows a command behind `$ ` and what it printed below. A comment behind the
command says how it ends and how much of its output is shown: `# exit 3`, `# last 12 lines`, both
with a comma between; 0 and all of them where there is none.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
PROMPT = "$ "
CUT = "…"
COLUMNS = "100"
SECONDS = 1800


@dataclass(frozen=True)
class Step:
    """A command as it stands on a page; `last`: how many lines of its output are shown."""

    line: str
    exit_code: int
    last: int | None

    @property
    def words(self) -> list[str]:
        """The command without its comment."""
        return shlex.split(self.line, comments=True)


def steps(text: str) -> list[Step]:
    """The commands of a page, from top to bottom."""
    found: list[Step] = []
    for block in BLOCK.findall(text):
        for line in block.splitlines():
            if line.startswith(PROMPT):
                found.append(_step(line.removeprefix(PROMPT)))
    return found


def _step(line: str) -> Step:
    comment = line.partition("  # ")[2]
    ends = re.search(r"exit (\d+)", comment)
    last = re.search(r"last (\d+) lines", comment)
    return Step(line, int(ends[1]) if ends else 0, int(last[1]) if last else None)


def renewed(text: str, folder: Path) -> str:
    """The page with what its commands print in a folder; they run there, from top to bottom."""

    def run_block(found: re.Match[str]) -> str:
        lines = found[0].splitlines()
        commands = [line for line in lines if line.startswith(PROMPT)]
        shown: list[str] = []
        for command in commands:
            shown += _shown(_step(command.removeprefix(PROMPT)), folder)
        return "\n".join(shown) + "\n"

    return BLOCK.sub(run_block, text)


def _shown(step: Step, folder: Path) -> Iterator[str]:
    """A command and the lines that it printed; ClickException where it ends otherwise."""
    done = subprocess.run(
        step.words,
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    if done.returncode != step.exit_code:
        raise click.ClickException(
            f"{step.line}: exit {done.returncode}, not {step.exit_code}\n{done.stdout}"
        )
    lines = [line.rstrip() for line in done.stdout.strip().splitlines()]
    yield PROMPT + step.line
    if step.last is not None and len(lines) > step.last:
        yield CUT
        lines = lines[-step.last :]
    yield from lines


def _environment() -> dict[str, str]:
    """This environment with our commands first on the path, and none of our settings."""
    ours = ("PREFECT_", "FULLCOURT_")
    environ: dict[str, str] = {}
    for name, value in os.environ.items():
        if not name.startswith(ours):
            environ[name] = value
    scripts = str(Path(sys.executable).parent)
    path = os.pathsep.join([scripts, environ.get("PATH", "")])
    return {**environ, "PATH": path, "COLUMNS": COLUMNS, "DO_NOT_TRACK": "1"}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("page", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Where the commands run, with what they need [an empty folder].",
)
def main(page: Path, folder: Path | None) -> None:
    """Run the commands of a how-to, and write what they print into the page.

    \b
    python -m docsite.transcript docs/first-no-go.md
    python -m docsite.transcript docs/first-season.md --folder FOLDER
    """
    with tempfile.TemporaryDirectory() as empty:
        place = folder or Path(empty)
        try:
            text = renewed(page.read_text(), place)
        finally:
            stop = ["fullcourt", "server", "stop"]
            subprocess.run(stop, cwd=place, env=_environment(), capture_output=True)
    page.write_text(text)


if __name__ == "__main__":
    main(prog_name="python -m docsite.transcript")
