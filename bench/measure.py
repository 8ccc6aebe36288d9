"""How the code reads, in numbers: density, size, line length, direction of imports, names.

A node is one of Python's syntax tree, contexts (load, store) left out; a body line is a line of a
function that holds code, its docstring left out.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import click

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 100
DENSEST = 60
"""Nodes that a simple statement may have."""
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
COMPOUND = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.Match,
)
IRREGULAR = {
    "bound", "built", "found", "given", "held", "kept", "known", "left", "made", "met", "said",
    "seen", "sent", "shown", "sought", "spent", "told", "taken", "thrown", "understood", "written",
}  # fmt: skip
"""Participles without -ed. Those that are the verb itself (read, put, set, split) name effects."""
ENDING_IN_ED = {"embed", "exceed", "feed", "heed", "need", "proceed", "seed", "speed"}
"""Verbs and nouns that only look like participles."""


@dataclass(frozen=True)
class Function:
    """A function: where it is, its name, its nodes and its body lines."""

    file: str
    name: str
    nodes: int
    lines: int


@dataclass(frozen=True)
class Statement:
    """A simple statement with more nodes than one should have."""

    file: str
    line: int
    nodes: int


@click.command("measure", short_help="Measure how the code reads.")
@click.argument(
    "folder",
    default=ROOT,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option("--json", "to_json", is_flag=True, help="Print JSON.")
@click.option(
    "--worst",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Name the N densest statements.",
)
def print_measures(folder: Path, to_json: bool, worst: int) -> None:
    """Measure how the code reads: density, size, line length, direction of imports, names.

    Counts the packages that are installed from FOLDER [this checkout], not tests and benchmarks.

    \b
    python -m bench measure
    python -m bench measure --worst 5
    python -m bench measure --json ../another-checkout
    """
    found = measure(folder)
    if to_json:
        click.echo(json.dumps(found, indent=2))
        return
    width = max(map(len, found))
    for name, number in found.items():
        click.echo(f"{name:<{width}}  {number}")
    for statement in densest(folder, worst):
        click.echo(f"{statement.nodes:5} nodes  {statement.file}:{statement.line}")


def measure(root: Path) -> dict[str, float]:
    """Each measure of the tree by its name."""
    functions = list(all_functions(root))
    nodes = [function.nodes for function in functions]
    densities = [
        function.nodes / function.lines for function in functions if function.lines
    ]
    sources = [path.read_text() for path in files(root)]
    lines = "".join(sources).splitlines()
    long_lines = sum(len(line) > WIDTH for line in lines)
    comprehensions = sum(count_comprehensions(source) for source in sources)
    named = sum(is_participle(function.name) for function in functions)
    return {
        "files": len(sources),
        "lines": len(lines),
        "nodes per body line, median": round(median(densities), 1),
        "nodes per function, median": median(nodes),
        "nodes per function, 90th percentile": round(quantiles(nodes, n=10)[-1]),
        "comprehensions per 1,000 lines": round(1000 * comprehensions / len(lines), 1),
        f"lines over {WIDTH} characters, %": round(100 * long_lines / len(lines), 2),
        "imports that run up": len(list(upward_imports(root))),
        f"statements with more than {DENSEST} nodes": len(list(dense_statements(root))),
        "functions": len(functions),
        "functions named by a participle": named,
    }


def count_comprehensions(source: str) -> int:
    """The comprehensions of a module."""
    tree = ast.parse(source)
    return sum(isinstance(node, COMPREHENSIONS) for node in ast.walk(tree))


def densest(root: Path, most: int) -> Sequence[Statement]:
    """The densest of the statements that hold too much, at most so many."""
    by_nodes = sorted(dense_statements(root), key=lambda statement: -statement.nodes)
    return by_nodes[:most]


def rules(root: Path) -> dict[str, list[str]]:
    """The packages and their layers, the highest first, as the project declares them."""
    declared = tomllib.loads((root / "pyproject.toml").read_text())["tool"][
        "importlinter"
    ]
    return {
        "packages": declared["root_packages"],
        "layers": declared["contracts"][0]["layers"],
    }


def files(root: Path) -> list[Path]:
    """The modules of every package that has a layer."""
    found: list[Path] = []
    for package in rules(ROOT)["packages"]:
        folder = root / package
        found += folder.rglob("*.py")
    return sorted(found)


def all_functions(root: Path) -> Iterator[Function]:
    """Every function and method."""
    for path in files(root):
        file = str(path.relative_to(root))
        for node in functions_of(ast.parse(path.read_text())):
            yield Function(file, node.name, count(node), body_lines(node))


def functions_of(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions and methods of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def count(tree: ast.AST) -> int:
    """The nodes of a tree, without the contexts of its names."""
    return sum(not isinstance(node, ast.expr_context) for node in ast.walk(tree))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of the statements of a function, its docstring left out."""
    has_docstring = ast.get_docstring(function) is not None
    lines = 0
    for statement in function.body[has_docstring:]:
        last = statement.end_lineno or statement.lineno
        lines += last - statement.lineno + 1
    return lines


def dense_statements(root: Path) -> Iterator[Statement]:
    """The simple statements of functions that hold too much for one look; a table of data, which
    stands outside of functions, is none."""
    for path in files(root):
        file = str(path.relative_to(root))
        nodes: dict[int, int] = {}
        for function in functions_of(ast.parse(path.read_text())):
            for statement in simple_statements(function):
                nodes[statement.lineno] = count(statement)
        for line, number in nodes.items():
            if number > DENSEST:
                yield Statement(file, line, number)


def simple_statements(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
) -> Iterator[ast.stmt]:
    """The statements of a function that hold no others."""
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and not isinstance(node, COMPOUND):
            yield node


def upward_imports(root: Path) -> Iterator[tuple[str, str]]:
    """Imports from a lower layer to a higher one: the module, and what it imports."""
    height: dict[str, int] = {}
    for number, layer in enumerate(reversed(rules(ROOT)["layers"])):
        height |= dict.fromkeys(layer.split(" | "), number)
    for path in files(root):
        package = path.relative_to(root).parts[0]
        for imported in imported_modules(ast.parse(path.read_text())):
            top = imported.split(".")[0]
            if top in height and height[top] > height[package]:
                yield str(path.relative_to(root)), imported


def imported_modules(tree: ast.AST) -> Iterator[str]:
    """The absolute name of every module that a tree imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def is_participle(name: str) -> bool:
    """Whether a function's name is, or begins with, a past participle."""
    first, *_ = name.strip("_").split("_")
    regular = re.fullmatch(r"[a-z]{2,}ed", first)
    return first in IRREGULAR or (regular is not None and first not in ENDING_IN_ED)


if __name__ == "__main__":
    print_measures(prog_name="python -m bench.measure")
