"""The local server's password is its owner's alone, and stays the same."""

from __future__ import annotations

import stat
from pathlib import Path

from fullcourt.access import (
    ensure_password,
    password_file,
    read_password,
    server_guards,
)
from fullcourt.client import client_environment
from fullcourt.server import ServerHandle


def test_the_password_is_made_once_and_only_its_owner_can_read_it(
    tmp_path: Path,
) -> None:
    made = ensure_password(tmp_path / "home")
    kept = password_file(tmp_path / "home")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert (
        ensure_password(tmp_path / "home") == read_password(tmp_path / "home") == made
    )
    assert ensure_password(tmp_path / "other") != made


def test_a_password_that_others_could_read_is_none_any_more(tmp_path: Path) -> None:
    read_by_others = ensure_password(tmp_path)
    password_file(tmp_path).chmod(0o644)
    assert read_password(tmp_path) is None
    assert ensure_password(tmp_path) != read_by_others
    assert stat.S_IMODE(password_file(tmp_path).stat().st_mode) == 0o600


def test_a_server_answers_its_own_pages_alone() -> None:
    guards = server_guards(4321, "someone:secret")
    allowed = guards["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"].split(",")
    assert allowed == ["http://127.0.0.1:4321", "http://localhost:4321"]
    assert guards["PREFECT_UI_API_URL"] == "http://127.0.0.1:4321/api"
    assert guards["PREFECT_SERVER_API_AUTH_STRING"] == "someone:secret"


def test_our_own_client_is_handed_the_password_of_the_local_server_alone(
    tmp_path: Path,
) -> None:
    password = ensure_password(tmp_path)
    local = client_environment(
        ServerHandle("http://127.0.0.1:4200/api", pid=1, home=tmp_path)
    )
    assert local["PREFECT_API_AUTH_STRING"] == password
    elsewhere = client_environment(ServerHandle("https://prefect.example/api"))
    assert "PREFECT_API_AUTH_STRING" not in elsewhere
