"""Every command of the program as a page: what it does, its usage, its options."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping

import click

from docsite.markup import block, code, link, page, plain, rows_of, section
from fullcourt.cli.late import Sections

FOLDER = "commands"
UNWRAPPED = "\b\n"
"""How click marks a paragraph of a help text that keeps its lines."""
EXAMPLES = "Examples:"
PLAIN_WIDTH = 100


def command_pages(
    program: click.Group, sections: Sections, others: Mapping[str, click.Command]
) -> dict[str, str]:
    """Path -> text: the list of commands first, then a page for each with its subcommands.

    `others`: programs beside it, by the line that starts them; they share a page.
    """
    context = _context(program, "fullcourt", None)
    pages = {f"{FOLDER}/index.md": _index(program, sections, context)}
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        assert command is not None, name
        pages[f"{FOLDER}/{name}.md"] = _page(command, name, context)
    pages[f"{FOLDER}/set-up.md"] = _others(others)
    return pages


def _index(program: click.Group, sections: Sections, context: click.Context) -> str:
    listed: list[str] = []
    for title, entries in sections.items():
        rows = [(link(code(e.name), f"{e.name}.md"), e.short_help) for e in entries]
        listed.append(section(title, rows_of(("command", "does"), rows)))
    return page(
        "Commands",
        "Every command with its options, written from the program itself. "
        "[Operations](../operations.md) shows them in use, and lists the exit codes.",
        *listed,
        section("Programs beside it", link("Set-up of a server", "set-up.md")),
        section("Options of every command", *_described(program, context)),
    )


def _page(command: click.Command, name: str, parent: click.Context) -> str:
    context = _context(command, name, parent)
    return page(
        f"fullcourt {name}", *_described(command, context), *_inner(command, context)
    )


def _inner(command: click.Command, context: click.Context) -> Iterator[str]:
    """A section for each subcommand."""
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None, name
        below = _context(inner, name, context)
        yield section(f"{context.command_path} {name}", *_described(inner, below))


def _others(others: Mapping[str, click.Command]) -> str:
    parts: list[str] = []
    for line, command in others.items():
        context = _context(command, line, None)
        parts.append(section(line, *_described(command, context)))
    return page("Set-up of a server", *parts)


def _context(
    command: click.Command, name: str, parent: click.Context | None
) -> click.Context:
    return click.Context(
        command, parent, name, max_content_width=PLAIN_WIDTH, terminal_width=PLAIN_WIDTH
    )


def _described(command: click.Command, context: click.Context) -> Iterator[str]:
    """What a command does, how it is called, its options, its examples."""
    yield from _paragraphs(command.help or "")
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield block(usage)
    yield rows_of(("option", "does"), _options(command.get_params(context), context))
    yield _examples(command.get_help(context))


def _paragraphs(text: str) -> Iterator[str]:
    """A help text: paragraphs are joined, but for those that keep their lines."""
    for paragraph in inspect.cleandoc(text.partition("\f")[0]).split("\n\n"):
        if paragraph.startswith(UNWRAPPED):
            yield block(paragraph.removeprefix(UNWRAPPED))
        else:
            yield plain(" ".join(paragraph.split()))


def _options(
    parameters: Iterable[click.Parameter], context: click.Context
) -> Iterator[tuple[str, str]]:
    for parameter in parameters:
        record = parameter.get_help_record(context)
        if record:
            declared, does = record
            yield " ".join(map(code, declared.split())), does


def _examples(help_text: str) -> str:
    """What a help text shows under the head of its examples; nothing without any."""
    shown = help_text.partition(f"\n{EXAMPLES}\n")[2]
    return block(inspect.cleandoc(f"\n{shown}")) if shown else ""
