"""The tools: what a user writes for the three tables, and the commands that he types."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from bench.peers.league import DATES, TABLES, Range, query_between
from bench.peers.truth import STAMP

HERE = Path(__file__).parent
DATABASE = "warehouse.duckdb"


@dataclass(frozen=True)
class Tool:
    """One of the tools that are put side by side.

    `environment` names the folder with its locked versions; None is this project's environment.
    `setting` is a way to set it up, empty for the default, and `why` says what that is. `write`
    makes the project in a folder; `whole` is the command for a range, `repair` the one that a user
    types after the input of a date was corrected, `resume` the one after a run that failed, where
    that is another than `whole`. `status` is a command that says as JSON how every cell stands,
    where there is one. `telling` is a pattern of what the tool says at
    the end of a run; empty, it is the last line. `needs_server`: a Prefect server, started before.
    """

    name: str
    environment: str | None
    packages: tuple[str, ...]
    why: str
    write: Callable[[Tool, Path, Range], None]
    whole: Callable[[Path, Range], list[str]]
    repair: Callable[[Path, Range, date], list[str]]
    resume: Callable[[Path, Range], list[str]] | None = None
    status: Callable[[Path], list[str]] | None = None
    setting: str = ""
    telling: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)
    repair_environ: Mapping[str, str] = field(default_factory=dict)
    needs_server: bool = False

    @property
    def requirements(self) -> Path | None:
        """The file with the locked versions of its environment."""
        if self.environment is None:
            return None
        return HERE / self.environment / "requirements.lock"

    def versions(self) -> dict[str, str]:
        """The locked version of each package that the tool is."""
        lock = self.requirements or HERE.parents[1] / "requirements.lock"
        found = dict(re.findall(r"^([\w.-]+)==([^ ;\\]+)", lock.read_text(), re.M))
        return {name: found[name] for name in self.packages}


def fill(template: str, values: Mapping[str, str]) -> str:
    """A template with its %%NAMES%% replaced; KeyError for one without a value."""
    return re.sub(r"%%([A-Z]+)%%", lambda match: values[match[1]], template)


def stamped(text: str) -> str:
    """A bound text with one more column: when its rows were computed."""
    head, separator, rest = text.partition("\nFROM (\n")
    if not separator:
        raise ValueError(f"not a bound text: {text[:200]}")
    return f"{head},\n  now() AS {STAMP}{separator}{rest}"


def write_files(
    tool: Tool, folder: Path, span: Range, templates: Mapping[str, str]
) -> None:
    """Write the files of a project from templates beside this module: template -> file."""
    for template, name in templates.items():
        text = (HERE / str(tool.environment) / template).read_text()
        write_file(folder / name, fill(text, values_of(tool, span)))


def values_of(tool: Tool, span: Range) -> dict[str, str]:
    """What the templates' names stand for."""
    return {
        "START": str(span.start),
        "END": str(span.end),
        "AFTER": str(span.end + timedelta(days=1)),
        "SETTING": tool.setting,
    }


def write_file(path: Path, text: str) -> None:
    """Write a file of a project, and its folder where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def write_queries(
    folder: Path, span: Range, first: str, last: str, template: str = "%%QUERY%%\n"
) -> None:
    """Write a file per table with its bound text between two days, SQL expressions."""
    for table in TABLES:
        text = query_between(table, first, last, span.season, span.season_start)
        values = {"TABLE": table, "DAY": DATES[table], "QUERY": stamped(text)}
        write_file(folder / f"{table}.sql", fill(template, values))


def program(tool: str, name: str) -> str:
    """A program of a tool's environment."""
    return str(environment_of(tool) / "bin" / name)


def environment_of(tool: str) -> Path:
    """The folder of a tool's environment, named after its locked versions."""
    lock = (HERE / tool / "requirements.lock").read_bytes()
    return kept_folder() / f"{tool}-{zlib.crc32(lock):08x}"


def kept_folder() -> Path:
    """Where environments are kept: FULLCOURT_PEERS, by default `.peers` beside the code."""
    return Path(os.environ.get("FULLCOURT_PEERS", HERE.parents[1] / ".peers"))


def write_sqlmesh(tool: Tool, folder: Path, span: Range) -> None:
    """An incremental model per table."""
    write_files(tool, folder, span, {"config.yaml.in": "config.yaml"})
    template = (HERE / "sqlmesh" / "model.sql.in").read_text()
    for name, value in values_of(tool, span).items():
        template = template.replace(f"%%{name}%%", value)
    write_queries(folder / "models", span, "@start_date", "@end_date", template)


def run_sqlmesh(folder: Path, span: Range) -> list[str]:
    """Plan and apply."""
    return [program("sqlmesh", "sqlmesh"), "plan", "--auto-apply", "--no-prompts"]


def repair_sqlmesh(folder: Path, span: Range, day: date) -> list[str]:
    """Restate the models that read the corrected tables, from the date to the end."""
    models = TABLES[:2]
    chosen = [
        word for table in models for word in ("--restate-model", f"peers.{table}")
    ]
    between = ["--start", str(day), "--end", str(span.end)]
    return [*run_sqlmesh(folder, span), *chosen, *between]


def write_dbt(tool: Tool, folder: Path, span: Range) -> None:
    """A microbatch model per table."""
    templates = {
        "dbt_project.yml.in": "dbt_project.yml",
        "profiles.yml.in": "profiles.yml",
        "macros.sql.in": "macros/days.sql",
    }
    write_files(tool, folder, span, templates)
    template = (HERE / "dbt" / "model.sql.in").read_text()
    models = folder / "models"
    write_queries(models, span, "{{ first_day() }}", "{{ last_day() }}", template)
    for path in models.glob("*.sql"):
        path.write_text(with_refs(path.read_text()))


def with_refs(text: str) -> str:
    """The text with the computed tables as dbt's references, which `render` keeps unfiltered."""
    names = "|".join(TABLES)
    return re.sub(rf"\bpeers\.({names})\b", r"{{ ref('\1').render() }}", text)


def run_dbt(folder: Path, span: Range) -> list[str]:
    """Run the batches of the range."""
    return repair_dbt(folder, span, span.start)


def repair_dbt(folder: Path, span: Range, day: date) -> list[str]:
    """Run the batches from a date to the end."""
    where = ["--project-dir", ".", "--profiles-dir", "."]
    after = span.end + timedelta(days=1)
    between = ["--event-time-start", str(day), "--event-time-end", str(after)]
    return [program("dbt", "dbt"), "run", *where, *between]


def resume_dbt(folder: Path, span: Range) -> list[str]:
    """Run the batches again that the last run could not."""
    where = ["--project-dir", ".", "--profiles-dir", "."]
    return [program("dbt", "dbt"), "retry", *where]


def write_dagster(tool: Tool, folder: Path, span: Range) -> None:
    """An asset per table, with a partition per day."""
    write_files(tool, folder, span, {"definitions.py.in": "definitions.py"})
    write_file(folder / "dagster.yaml", "telemetry:\n  enabled: false\n")
    write_queries(folder, span, "CAST($first AS DATE)", "(CAST($after AS DATE) - 1)")


def run_dagster(folder: Path, span: Range) -> list[str]:
    """Materialize all partitions in one run."""
    return repair_dagster(folder, span, span.start)


def repair_dagster(folder: Path, span: Range, day: date) -> list[str]:
    """Materialize the partitions from a date to the end in one run."""
    command = [program("dagster", "dagster"), "asset", "materialize"]
    what = ["-f", "definitions.py", "--select", "*"]
    return [*command, *what, "--partition-range", f"{day}...{span.end}"]


def write_prefect(tool: Tool, folder: Path, span: Range) -> None:
    """A flow with a task per table and date."""
    write_files(tool, folder, span, {"flow.py.in": "flow.py"})
    write_queries(folder, span, "CAST($day AS DATE)", "CAST($day AS DATE)")


def run_prefect(folder: Path, span: Range) -> list[str]:
    """Run the flow over the range."""
    return repair_prefect(folder, span, span.start)


def repair_prefect(folder: Path, span: Range, day: date) -> list[str]:
    """Run the flow from a date to the end."""
    return [program("prefect", "python"), "flow.py", str(day), str(span.end)]


QUIET_PREFECT = {"PREFECT_LOGGING_LEVEL": "WARNING"}
SQLMESH = Tool(
    name="SQLMesh",
    environment="sqlmesh",
    packages=("sqlmesh", "duckdb"),
    why="incremental by time range, the default: one batch; its DuckDB below 2 is overridden",
    write=write_sqlmesh,
    whole=run_sqlmesh,
    repair=repair_sqlmesh,
    environ={"SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "true"},
)
DBT = Tool(
    name="dbt",
    environment="dbt",
    packages=("dbt-core", "dbt-duckdb", "duckdb"),
    why="microbatch by month, quicker than by day; the dates are options of the command",
    write=write_dbt,
    whole=run_dbt,
    repair=repair_dbt,
    resume=resume_dbt,
    setting="month",
    telling=r"Done\. PASS.*$",
    environ={"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
)
DAGSTER = Tool(
    name="Dagster",
    environment="dagster",
    packages=("dagster", "duckdb"),
    why="daily partitions, single-run backfill, in one process: DuckDB has one writer",
    write=write_dagster,
    whole=run_dagster,
    repair=repair_dagster,
    telling=r"RUN_(?:SUCCESS|FAILURE) - .*$",
)
PREFECT = Tool(
    name="Prefect",
    environment="prefect",
    packages=("prefect", "duckdb"),
    why="a task per table and date, results kept and looked up by inputs; it logs warnings "
    "alone, which is quicker; server started before",
    write=write_prefect,
    whole=run_prefect,
    repair=repair_prefect,
    telling=r"^[\w.]*(?:Error|Exception): .*$",
    environ=QUIET_PREFECT,
    repair_environ={"PREFECT_TASKS_REFRESH_CACHE": "true"},
    needs_server=True,
)
