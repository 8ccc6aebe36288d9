"""`fullcourt doctor`: whether what a run needs is there;
every fault with its repair. Changes nothing."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Literal
from urllib.parse import urlsplit

import click

from core.address import BigQueryAddress, DuckDBAddress
from core.counted import counted
from core.errors import FullcourtError, LockedWarehouseError
from core.remedy import LOAD
from core.settings import Settings
from fullcourt import __version__, access, server
from fullcourt.cli.choose import as_json, echo_json
from fullcourt.cli.examples import examples
from fullcourt.client import client_settings
from reports.commands import command_line, spell
from reports.terminal import grid
from warehouse.connections import open_as_found

SHOWN = ("prefect", "duckdb", "google-cloud-bigquery", "sqlglot", "pydantic")
CLOUD_HOSTS = ("api.prefect.cloud", "app.prefect.cloud")
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Grade = Literal["ok", "note", "fault"]


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was looked at; `repair` says what to do about a fault."""

    about: str
    verdict: Grade
    said: str
    repair: str = ""


@examples(
    "fullcourt doctor",
    "fullcourt doctor --json",
)
@click.command()
@as_json
@click.pass_obj
def doctor(settings: Settings, to_json: bool) -> None:
    """Look at versions, the Prefect API, its automations,
    the warehouse and its roles; exit 2 on a fault."""
    findings = [*versions(), *api(settings), *warehouse(settings)]
    if to_json:
        echo_json(list(map(asdict, findings)))
    else:
        grid("doctor", ("about", "", "found"), map(_row, findings))
    if any(finding.verdict == "fault" for finding in findings):
        raise click.exceptions.Exit(2)


def _row(found: Diagnosis) -> tuple[str, ...]:
    repair = f"; {found.repair}" if found.repair else ""
    return found.about, found.verdict, f"{found.said}{repair}"


def versions() -> Iterator[Diagnosis]:
    """What runs here, and whether it is what the project was tested with."""
    installed = ", ".join(f"{name} {metadata.version(name)}" for name in SHOWN)
    yield Diagnosis(
        "versions",
        "ok",
        f"fullcourt {__version__}, Python {platform.python_version()}, {installed}",
    )
    for wanted in pins():
        name, _, version = wanted.partition("==")
        here = metadata.version(name)
        if here != version:
            repair = f"pip install --no-deps {wanted}"
            said = f"{name} {here} is not {version}"
            yield Diagnosis("versions", "fault", said, repair)


def pins() -> list[str]:
    """The requirements of this package that name one version;
    none where it runs from its sources."""
    try:
        required = metadata.requires("fullcourt") or []
    except metadata.PackageNotFoundError:
        return []
    return [need for need in required if "==" in need and ";" not in need]


def api(settings: Settings) -> Iterator[Diagnosis]:
    """The Prefect API that runs talk to: what kind, whether it answers,
    whether it is guarded and set up."""
    given = os.environ.get("PREFECT_API_URL")
    handle = (
        server.ServerHandle(given.rstrip("/"))
        if given
        else server.status(settings.home)
    )
    if handle is None:
        starter = command_line("backfill")
        yield Diagnosis(
            "Prefect API", "note", f"no server runs; `{starter}` starts a local one"
        )
        return
    kind = kind_of(handle)
    with client_settings(handle):
        from deployments.found import failure, findings

        if said := failure():
            repair = (
                "check PREFECT_API_URL and PREFECT_API_KEY or PREFECT_API_AUTH_STRING"
            )
            yield Diagnosis(
                "Prefect API", "fault", f"{kind} at {handle.url}: {said}", repair
            )
            return
        yield Diagnosis("Prefect API", "ok", f"{kind} at {handle.url} answers")
        yield from authentication(handle, kind)
        for about, there, said, repair in findings(str(settings.warehouse)):
            # The command line needs none of it: no deployment runs from its own server unless it
            # was set up.
            missing: Grade = "note" if handle.pid else "fault"
            yield Diagnosis(
                about, "ok" if there else missing, said, "" if there else repair
            )


def kind_of(handle: server.ServerHandle) -> str:
    """Prefect Cloud, a self-hosted server, or the local one of the command line."""
    if handle.pid:
        return "fullcourt's local server"
    return (
        "Prefect Cloud"
        if urlsplit(handle.url).hostname in CLOUD_HOSTS
        else "self-hosted server"
    )


def authentication(handle: server.ServerHandle, kind: str) -> Iterator[Diagnosis]:
    """Whether a password or key is needed to talk to the API, and whether it travels in the clear.

    The loopback is no shelter: any page that a browser on this machine shows can send requests
    there.
    """
    host = urlsplit(handle.url).hostname
    secret = "PREFECT_API_KEY" if kind == "Prefect Cloud" else "PREFECT_API_AUTH_STRING"
    repair = "set PREFECT_SERVER_API_AUTH_STRING on the server and PREFECT_API_AUTH_STRING here"
    if access.is_open(handle.url):
        if handle.home is not None:
            repair = f"{command_line('server start')} starts it anew, with a password"
        yield Diagnosis(
            "authentication",
            "fault",
            f"{host} asks for no password: whoever reaches it, and any page that a browser there "
            "shows, can run, read and change everything",
            repair,
        )
    elif os.environ.get(secret):
        safe = handle.url.startswith("https://") or host in LOOPBACK
        repair = (
            ""
            if safe
            else "put TLS before the server: the password travels in the clear"
        )
        yield Diagnosis(
            "authentication", "ok" if safe else "fault", f"{secret} is set", repair
        )
    elif host not in LOOPBACK:
        yield Diagnosis(
            "authentication", "fault", f"{host} is open to whoever reaches it", repair
        )
    if access.answers_any_origin(handle.url):
        yield Diagnosis(
            "other origins",
            "note",
            f"{host} lets the pages of any site read its answers",
            "set PREFECT_SERVER_CORS_ALLOWED_ORIGINS on the server to the address of its dashboard",
        )


def warehouse(settings: Settings) -> Iterator[Diagnosis]:
    """Whether the tables can be reached; on BigQuery also the roles that the accounts need."""
    url, at = str(settings.warehouse), settings.warehouse
    if isinstance(at, DuckDBAddress) and not at.path.exists():
        yield Diagnosis("warehouse", "note", f"{url}: no such file yet", load_games())
        return
    try:
        with open_as_found(url) as found:
            rows = found.rows_held("schedule")
    except LockedWarehouseError as error:
        yield Diagnosis("warehouse", "note", spell(error.words))
    except FullcourtError as error:
        yield Diagnosis("warehouse", "fault", spell(error.words))
    else:
        said = f"{url}: {counted(rows, 'game')} in the schedule"
        yield Diagnosis(
            "warehouse", "ok" if rows else "note", said, "" if rows else load_games()
        )
    if isinstance(at, DuckDBAddress):
        threads = settings.duckdb.threads or "one per core"
        yield Diagnosis(
            "DuckDB",
            "ok",
            f"memory {settings.duckdb.memory_limit()}, threads: {threads}",
        )
    if isinstance(at, BigQueryAddress):
        yield from roles_of(at)


def load_games() -> str:
    """The commands that load raw data."""
    return spell(("load games: ", *LOAD))


def roles_of(at: BigQueryAddress) -> Iterator[Diagnosis]:
    """The roles of docs/deployment.md, with this project's names;
    what runs do is tried with this account."""
    from deployments.roles import CHECKED, roles

    try:
        with open_as_found(str(at)) as found:
            refused = found.refusals()
    except FullcourtError as error:
        refused = dict.fromkeys((role.resource for role in roles(at)), str(error))
    for role in roles(at):
        said = f"{role.account}: {role.role} on {role.resource} ({role.why})"
        if (role.account, role.role) not in CHECKED:
            yield Diagnosis(
                "role", "note", f"{said}: not to be tried with this account"
            )
        elif why := refused.get(role.resource):
            yield Diagnosis(
                "role",
                "fault",
                f"{said}: {why}",
                f"grant {role.role} on {role.resource}",
            )
        else:
            yield Diagnosis("role", "ok", f"{said}: tried by dry runs")
