"""Settings come from options, environment and defaults,
in this order, and bad ones say what is accepted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.address import BigQueryAddress, DuckDBAddress, parse_address
from core.errors import ConfigError
from core.settings import BESIDE_MB, DuckDBSettings, load_settings


def test_without_any_setting_everything_is_in_the_folder_fullcourt_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(environ={})
    assert settings.home == tmp_path / ".fullcourt"
    assert settings.warehouse == DuckDBAddress(
        path=tmp_path / ".fullcourt" / "warehouse.duckdb"
    )


def test_the_warehouse_is_in_the_home_unless_it_is_named(tmp_path: Path) -> None:
    """Whoever tries something with a home of its own must not write into the usual warehouse."""
    settings = load_settings(environ={"FULLCOURT_HOME": str(tmp_path / "trial")})
    assert settings.warehouse == DuckDBAddress(
        path=tmp_path / "trial" / "warehouse.duckdb"
    )


def test_an_option_goes_before_the_environment(tmp_path: Path) -> None:
    environ = {
        "FULLCOURT_WAREHOUSE": "bigquery:some-project",
        "FULLCOURT_HOME": "/elsewhere",
    }
    settings = load_settings(
        warehouse="duckdb:/data/w.duckdb", home=tmp_path, environ=environ
    )
    assert str(settings.warehouse) == "duckdb:/data/w.duckdb"
    assert settings.home == tmp_path


def test_a_relative_path_is_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_address("duckdb:data/../w.duckdb") == DuckDBAddress(
        path=tmp_path / "w.duckdb"
    )


@pytest.mark.parametrize(
    ("text", "project", "prefix", "location"),
    [
        ("bigquery:some-project", "some-project", "", None),
        ("bigquery:some-project.dev_", "some-project", "dev_", None),
        ("bigquery:some-project@EU", "some-project", "", "EU"),
        (
            "bigquery:some-project.dev_@us-central1",
            "some-project",
            "dev_",
            "us-central1",
        ),
        (
            "bigquery:example.com:some-project.dev_",
            "example.com:some-project",
            "dev_",
            None,
        ),
    ],
)
def test_a_bigquery_warehouse_is_a_project_with_a_prefix_and_a_location(
    text: str, project: str, prefix: str, location: str | None
) -> None:
    warehouse = parse_address(text)
    assert warehouse == BigQueryAddress(
        project=project, prefix=prefix, location=location
    )
    assert str(warehouse) == text


@pytest.mark.parametrize(
    "text",
    [
        "warehouse.duckdb",
        "duckdb:",
        "duckdb::memory:",
        "postgres:host",
        "bigquery:",
        "bigquery:Some Project",
        "bigquery:some-project.a.b",
        "bigquery:some-project@",
        "bigquery:some-project.dev-1",
    ],
)
def test_a_bad_warehouse_names_the_variable_and_the_forms_accepted(text: str) -> None:
    with pytest.raises(
        ConfigError, match=r"FULLCOURT_WAREHOUSE: .*duckdb:PATH or bigquery:PROJECT"
    ):
        load_settings(environ={"FULLCOURT_WAREHOUSE": text})


def test_a_folder_is_no_warehouse_and_a_file_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="FULLCOURT_WAREHOUSE: .* is a folder"):
        load_settings(environ={"FULLCOURT_WAREHOUSE": f"duckdb:{tmp_path}"})
    with pytest.raises(ConfigError, match="FULLCOURT_HOME: .* is a file"):
        load_settings(environ={"FULLCOURT_HOME": str(tmp_path / "file")})


def test_settings_are_frozen_and_refuse_unknown_keys() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(load_settings(environ={}), "home", Path("/"))  # noqa: B010 - as an attribute, mypy refuses it
    with pytest.raises(ValidationError, match="extra"):
        DuckDBAddress.model_validate({"path": "w.duckdb", "threads": 2})


def test_duckdb_may_use_what_the_environment_says(tmp_path: Path) -> None:
    environ = {"FULLCOURT_DUCKDB_MEMORY": "1.5GB", "FULLCOURT_DUCKDB_THREADS": "3"}
    settings = load_settings(home=tmp_path, environ=environ)
    assert (settings.duckdb.memory, settings.duckdb.threads) == ("1.5GB", 3)
    assert settings.duckdb.memory_limit(900) == "1.5GB"
    assert settings.duckdb.reading_limit(900) == "1.5GB"


def test_what_duckdb_may_keep_grows_with_its_threads(tmp_path: Path) -> None:
    environ = {"FULLCOURT_DUCKDB_THREADS": "8"}
    eight = load_settings(home=tmp_path, environ=environ)
    assert eight.duckdb.memory_limit() == "650MB"
    assert eight.duckdb.reading_limit() == "550MB"
    usual = load_settings(home=tmp_path, environ={}).duckdb
    assert (usual.memory, usual.threads) == (None, None)
    assert usual.memory_limit() == f"{250 + 50 * (os.cpu_count() or 1)}MB"


@pytest.mark.parametrize(
    ("beside_mb", "computing", "reading"),
    [
        (0, "350MB", "250MB"),
        (BESIDE_MB, "350MB", "250MB"),
        (BESIDE_MB + 60.4, "290MB", "190MB"),
        (2_000, "250MB", "150MB"),
    ],
)
def test_duckdb_gets_less_where_the_process_holds_much_beside_it(
    beside_mb: float, computing: str, reading: str
) -> None:
    """The cells of thirty seasons took what came on top of four."""
    two = DuckDBSettings(threads=2)
    assert two.memory_limit(beside_mb) == computing
    assert two.reading_limit(beside_mb) == reading


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FULLCOURT_DUCKDB_MEMORY", "900"),
        ("FULLCOURT_DUCKDB_MEMORY", "0GB"),
        ("FULLCOURT_DUCKDB_MEMORY", "80%"),
        ("FULLCOURT_DUCKDB_MEMORY", "1GB'; DROP TABLE x"),
        ("FULLCOURT_DUCKDB_THREADS", "0"),
        ("FULLCOURT_DUCKDB_THREADS", "many"),
        ("FULLCOURT_DUCKDB_THREADS", "9999"),
    ],
)
def test_an_amount_that_duckdb_cannot_use_is_refused_with_an_example(
    variable: str, value: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=f"{variable}.*(900MB or 4GB|such as 4)"):
        load_settings(home=tmp_path, environ={variable: value})


@pytest.mark.parametrize("spelled", ["us", "US", "Us"])
def test_a_location_is_one_place_however_it_is_spelled(spelled: str) -> None:
    here = parse_address(f"bigquery:some-project@{spelled}")
    assert here == parse_address("bigquery:some-project@US")
    assert (
        str(parse_address("bigquery:some-project@Europe-West1"))
        == "bigquery:some-project@europe-west1"
    )
