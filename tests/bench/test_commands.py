"""The benchmarks are commands: make and the documents type what exists, and help shows examples."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bench.__main__ import bench
from bench.batches import Sizes

ROOT = Path(__file__).resolve().parents[2]
TYPED = re.compile(r"python -m bench +([a-z]+[^\n`|]*)")
SHOWN = [name for name, command in bench.commands.items() if not command.hidden]


def option_names(command: click.Command) -> set[str]:
    """The options that a command has, as they are typed."""
    return {name for parameter in command.params for name in parameter.opts}


@pytest.mark.parametrize(
    "file", ["Makefile", "docs/benchmarks.md", "bench/__main__.py"]
)
def test_what_is_typed_of_the_benchmarks_exists(file: str) -> None:
    typed = [shlex.split(line) for line in TYPED.findall((ROOT / file).read_text())]
    assert typed
    for name, *words in typed:
        options = {word for word in words if word.startswith("--")}
        assert options <= option_names(bench.commands[name])


@pytest.mark.parametrize("name", SHOWN)
def test_the_help_of_a_benchmark_shows_how_to_call_it(name: str) -> None:
    shown = CliRunner().invoke(bench, [name, "--help"])
    assert shown.exit_code == 0
    assert f"python -m bench {name}" in shown.output
    assert all(
        line.lstrip().startswith(f"python -m bench {name}")
        for line in calls(shown.output)
    )


def calls(text: str) -> list[str]:
    """The lines of a help text that call a benchmark."""
    return [
        line
        for line in text.splitlines()
        if "python -m bench" in line and "Usage" not in line
    ]


def test_sizes_are_numbers_of_dates() -> None:
    assert Sizes().convert("1,7,30", None, None) == (1, 7, 30)
    for wrong in ("0", "1;7", "1,,7", "many"):
        with pytest.raises(click.BadParameter, match="write it as 1,7,30"):
            Sizes().convert(wrong, None, None)
