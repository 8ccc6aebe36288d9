"""What every test may ask for: the real data, a Prefect server;
and the report of faults that have a test."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest
from hypothesis import settings

from core.kept import VARIABLE
from planning.raw_load import RawLoad
from tests.faults import ids_explained, ids_in_names, report
from tests.once import RUN_FOLDER
from tests.prefect_server import harness

# How long an example takes is the machine's affair.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("FULLCOURT_SHARED") or ROOT.parent / "shared")
TESTS = "tests"
LOOPBACK = "127.0.0.1,localhost,::1"

_prefect_home = pytest.StashKey[tempfile.TemporaryDirectory[str]]()
_test_names = pytest.StashKey[set[str]]()
_exit_status = pytest.StashKey[int]()

_run_folder: tempfile.TemporaryDirectory[str] | None = None
if "PYTEST_XDIST_WORKER" not in os.environ:
    # Before any hook: the conftest.py of a folder loads the catalog when it is imported.
    _run_folder = tempfile.TemporaryDirectory(prefix="fullcourt-kept-")
    os.environ[RUN_FOLDER] = _run_folder.name
    os.environ[VARIABLE] = str(Path(_run_folder.name) / "texts")


def pytest_configure(config: pytest.Config) -> None:
    """No test talks to a developer's Prefect server, writes into its home, or to fullcourt's;
    texts are kept for this run alone."""
    # Imports leave hundreds of thousands of objects, and looking through them took an eighth of the
    # suite.
    gc.set_threshold(100_000, 50, 100)
    config.stash[_test_names] = set()
    config.stash[_prefect_home] = folder = tempfile.TemporaryDirectory(
        prefix="fullcourt-tests-"
    )
    authority = Path(folder.name) / "authority.pem"
    authority.write_text(_first_authority())
    for name in {"FULLCOURT_WAREHOUSE", "FULLCOURT_HOME", *_names_of_prefect()}:
        os.environ.pop(name, None)
    os.environ |= {
        "PREFECT_HOME": folder.name,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        # The server need not record what nobody reads: a test that looks at the log of a run asks
        # for it.
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        # Each task makes a client of its own, and each client reads all authorities: 28 ms of CPU,
        # though no test speaks to a server of Prefect's over TLS.
        "PREFECT_API_SSL_CERT_FILE": str(authority),
        # Every server of the tests is on this machine, whatever proxy a developer's shell names;
        # and a client looks twice through the whole environment for one before each request.
        "NO_PROXY": LOOPBACK,
        "no_proxy": LOOPBACK,
        "DO_NOT_TRACK": "1",
    }


def _first_authority() -> str:
    """One of the certificates that the bundle of a machine without its own has."""
    bundle = Path(certifi.where()).read_text()
    end = "-----END CERTIFICATE-----\n"
    first = bundle[bundle.index("-----BEGIN CERTIFICATE-----") :]
    return first.partition(end)[0] + end


def _names_of_prefect() -> set[str]:
    return {name for name in os.environ if name.startswith("PREFECT_")}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Folders whose files share something dear go to one process."""
    if config.getvalue("dist") != "loadfile":
        return None
    # Imported late: who runs tests in one process may lack what spreads them.
    from tests.units import by_unit

    return by_unit(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """In one of several processes, what takes long begins first."""
    if hasattr(config, "workerinput"):
        from tests.units import sort_by_unit

        sort_by_unit(items)


def pytest_collection_finish() -> None:
    """What the imports left stays: nobody looks through it again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember how the run ended; one of several processes hands over which tests it knows."""
    session.config.stash[_exit_status] = int(exitstatus)
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        names = session.config.stash[_test_names]
        output[TESTS] = sorted(names)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Remember the tests that a process knew."""
    node.config.stash[_test_names].update(
        getattr(node, "workeroutput", {}).get(TESTS, ())
    )


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Take away what the tests wrote for Prefect, and end where a flow has run.

    Prefect's daemon threads hold on to DuckDB's types while the interpreter shuts down; the
    extension would report each as a leak behind pytest's last line.
    """
    config.stash[_prefect_home].cleanup()
    if _run_folder is not None:
        _run_folder.cleanup()
    if "prefect.flow_engine" in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash.get(_exit_status, 0))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes that are no text by their parameter: they may hold a time, as gzip's header does,
    and processes that name a test differently run none."""
    if isinstance(val, bytes) and not val.decode("latin-1").isprintable():
        return argname
    return None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Remember every test, run or not: the report is of tests that exist."""
    item.config.stash[_test_names].add(item.name)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say, before the run's last line, which faults have a test among those collected."""
    names = config.stash[_test_names]
    terminalreporter.write_line(report(ids_explained(), ids_in_names(names)))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of specification and real data beside the project,
    or the one FULLCOURT_SHARED names."""
    if not SHARED.is_dir():
        pytest.skip(
            f"needs the folder of real data: {SHARED} is not there; set FULLCOURT_SHARED"
        )
    return SHARED


@pytest.fixture(scope="session")
def shared_data(shared: Path) -> Path:
    """Real seasons and golden tables."""
    if not (shared / "data").is_dir():
        pytest.skip(
            f"needs the real data: {shared / 'data'} is not there; set FULLCOURT_SHARED"
        )
    return shared / "data"


@pytest.fixture(scope="session")
def real_seasons(shared_data: Path) -> RawLoad:
    """Both real seasons as their files are read; look at them, and leave them as they are."""
    # Imported late: most runs of a few tests read no files of a source.
    from sources.nba_stats import read

    return read(shared_data / "nba")


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Prefect server and database for the tests of flows, gone with the run."""
    with harness(tmp_path_factory.mktemp("prefect")):
        yield


@pytest.fixture
def prefect_api(prefect_server: None) -> str:
    """The address of that server, for commands in processes of their own."""
    from prefect.settings import PREFECT_API_URL

    return str(PREFECT_API_URL.value())


@pytest.fixture
def nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No text that was made before is found: what a test plants in the code that makes them
    counts."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kept"))
