"""The deployment guide says what is true: its roles, its settings, its files and its commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.address import BigQueryAddress
from fullcourt.cli.menu import ENTRIES
from fullcourt.server import SERVER_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "deployment.md").read_text()


def test_the_roles_shown_are_those_that_the_doctor_lists() -> None:
    from deployments.roles import roles

    listed = roles(BigQueryAddress.model_construct(project="PROJECT"))
    rows = [f"| {r.account} | `{r.role}` | {r.resource} | {r.why} |" for r in listed]
    shown = GUIDE.partition("<!-- roles -->\n")[2].partition("\n<!-- /roles -->")[0]
    assert shown.splitlines()[2:] == rows


def test_the_settings_shown_are_those_of_our_own_server() -> None:
    blocks = "\n".join(GUIDE.split("```")[1::2])
    shown = dict(
        re.findall(
            r"^(PREFECT_SERVER_(?!API)\w+|DO_NOT_TRACK)=(\S+)$",
            blocks,
            flags=re.MULTILINE,
        )
    )
    assert shown == SERVER_SETTINGS


def test_every_file_shown_is_there() -> None:
    shown = set(re.findall(r"deployments/[\w./]+\.json|deployments/Dockerfile", GUIDE))
    assert {
        f"deployments/reruns/{path.name}"
        for path in (ROOT / "deployments/reruns").iterdir()
    } < shown
    assert [path for path in shown if not (ROOT / path).is_file()] == []


def test_every_command_of_ours_that_is_shown_exists() -> None:
    shown = set(
        re.findall(r"(?:^|`)fullcourt (?!\w+ is)([a-z]+)", GUIDE, flags=re.MULTILINE)
    )
    assert {"doctor", "server"} <= shown <= set(ENTRIES)


@pytest.mark.parametrize(
    "line", [line for line in GUIDE.splitlines() if "deployments.setup --" in line]
)
def test_every_option_of_the_set_up_that_is_shown_exists(line: str) -> None:
    from deployments.setup import main

    shown = CliRunner().invoke(main, ["--help"])
    assert shown.exit_code == 0
    options = set(re.findall(r"--[a-z-]+", shown.output))
    assert set(re.findall(r"--[a-z-]+", line)) <= options


def test_the_automations_shown_are_those_that_are_made() -> None:
    from uuid import uuid4

    from deployments.automations import notifications, zombies

    made = [automation.name for automation in (zombies(), *notifications(uuid4()))]
    assert re.findall(r"^\| (fullcourt: [^|]+) \|", GUIDE, flags=re.MULTILINE) == made
