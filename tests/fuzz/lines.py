"""Random command lines over every command and option of the program,
and what has to hold of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import click

from fullcourt.cli.app import cli
from tests.fuzz.ends import End, Worker, as_typed, environ_of, run_program, working
from tests.fuzz.places import Lab, contents
from tests.fuzz.values import ODD_NUMBERS, ODD_TEXTS, WAREHOUSES, drawn, path

THROUGH_THE_PROGRAM = 0.08
"""Share of the command lines that run in processes of their own, with a real standard output."""
ONE_WEEK = ("--start", "2023-10-24", "--end", "2023-10-30")


@dataclass(frozen=True)
class Failure:
    """An input that did not end as it must: what it was, what is wrong, and how to see it again."""

    what: str
    faults: tuple[str, ...]
    again: str

    def __str__(self) -> str:
        listed = "".join(f"\n    {fault}" for fault in self.faults)
        return f"{self.what}{listed}\n    again: {self.again}"


def leaves(
    group: click.Group = cli, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command, with the words that call it."""
    context = click.Context(group)
    for name in sorted(group.list_commands(context)):
        command = group.get_command(context, name)
        assert command
        if isinstance(command, click.Group):
            yield from leaves(command, (*words, name))
        else:
            yield (*words, name), command


def line(
    random: Random, home: Path, words: tuple[str, ...], command: click.Command
) -> list[str]:
    """A random command line of a command."""
    arguments = [*_before(random, home), *words]
    if words == ("ingest", "demo"):
        # The whole league takes a minute; what is drawn behind wins.
        arguments += ONE_WEEK
    for param in random.sample(command.params, len(command.params)):
        arguments += _given(random, param)
    if words == ("demo",):
        arguments += ["--seed", random.choice([*filter(_is_no_seed, ODD_NUMBERS)])]
    if random.random() < 0.08:
        arguments.insert(random.randint(0, len(arguments)), random.choice(ODD_TEXTS))
        if words[-1] == "demo":
            # A word put in may be taken for a value, and what was held to a week is not any more.
            arguments.append("--no-such-option")
    return arguments


def _is_no_seed(text: str) -> bool:
    """Whether the demo refuses the seed, and so does not make its league."""
    try:
        return int(text) < 0
    except ValueError:
        return True


def _before(random: Random, home: Path) -> list[str]:
    """Home and warehouse: mostly the lab's, else any place."""
    if random.random() < 0.75:
        return ["--home", str(home)]
    if random.random() < 0.4:
        return ["--home", path(random)]
    kinds = [f"duckdb:{name}" for name in WAREHOUSES]
    kinds += [
        f"duckdb:{path(random)}",
        path(random),
        "bigquery:some-project",
        "bigquery:",
        "duckdb:",
        "x:y",
    ]
    return ["--home", str(home), "--warehouse", random.choice(kinds)]


def _given(random: Random, param: click.Parameter) -> list[str]:
    if isinstance(param, click.Argument):
        # Behind `--` anything is an argument, also what begins with a dash.
        return [] if random.random() < 0.1 else [drawn(random, param)]
    assert isinstance(param, click.Option)
    if random.random() > 0.25:
        return []
    times = random.randint(1, 3) if param.multiple else 1
    if param.is_flag:
        return [param.opts[0]]
    return [
        word for _ in range(times) for word in (param.opts[0], drawn(random, param))
    ]


def run_lines(
    folder: Path,
    seed: int,
    number: int,
    only: int | None = None,
    tell: Callable[[object], object] = repr,
) -> tuple[Counter[str], list[Failure]]:
    """Run so many command lines of a seed; how often each end was seen, and what went wrong.

    `only`: the one line of that place alone. `tell` is handed each failure when it is found.
    """
    lab = Lab(folder)
    environ = environ_of(lab.home)
    counts: Counter[str] = Counter()
    failures = []
    commands = list(leaves())
    with working(environ, folder) as worker:
        lab.build(Random(seed), worker)
        before = contents(lab.warehouse)
        for place in range(number) if only is None else (only,):
            random = Random(f"{seed} {place}")
            words, command = commands[place % len(commands)]
            arguments = line(random, lab.home, words, command)
            through = random.random() < THROUGH_THE_PROGRAM or words == ("doctor",)
            end = (
                run_program(arguments, environ, folder)
                if through
                else worker.run(arguments)
            )
            counts[f"exit {end.code}"] += 1
            if faults := (*end.faults(), *_changed(lab, end, before)):
                again = f"python -m tests.fuzz --seed {seed} --line {place}"
                failures.append(Failure(as_typed(arguments), faults, again))
                tell(failures[-1])
    return counts, failures


def _changed(lab: Lab, end: End, before: dict[str, tuple[int, int]]) -> Sequence[str]:
    """Whether the warehouse holds something else after a command line that was refused."""
    if not lab.is_touched():
        return ()
    after = contents(lab.warehouse) if end.code == 2 else before
    lab.restore()
    return [
        f"exit 2, and {name} has changed"
        for name in before
        if after.get(name) != before[name]
    ]


__all__ = ["Failure", "Worker", "leaves", "line", "run_lines"]
