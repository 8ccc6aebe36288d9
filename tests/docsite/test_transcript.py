"""A how-to's commands are found, run in order, and shown with what they printed."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from docsite.transcript import renewed, steps

PAGE = """# A page

```console
$ sh -c 'echo one; echo two; echo three'  # last 2 lines
old
$ sh -c 'echo no; exit 3'  # exit 3
```

```sh
untouched
```
"""


def test_the_commands_of_a_page_say_how_they_end() -> None:
    first, second = steps(PAGE)
    assert first.words == ["sh", "-c", "echo one; echo two; echo three"]
    assert (first.exit_code, first.last) == (0, 2)
    assert (second.exit_code, second.last) == (3, None)


def test_what_is_shown_is_what_was_printed(tmp_path: Path) -> None:
    assert renewed(PAGE, tmp_path) == (
        "# A page\n\n```console\n"
        "$ sh -c 'echo one; echo two; echo three'  # last 2 lines\n…\ntwo\nthree\n"
        "$ sh -c 'echo no; exit 3'  # exit 3\nno\n"
        "```\n\n```sh\nuntouched\n```\n"
    )


def test_a_command_that_ends_otherwise_is_told(tmp_path: Path) -> None:
    page = "```console\n$ sh -c 'echo broken'  # exit 3\n```\n"
    with pytest.raises(click.ClickException, match="exit 0, not 3\nbroken"):
        renewed(page, tmp_path)
