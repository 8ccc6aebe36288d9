"""What may be wrong around the command line before it begins:
shadowed packages, proxies, narrow encodings.

Imports nothing of the project, so that it can be asked before anything else is imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from importlib.util import find_spec
from pathlib import Path

PACKAGES = (
    "core",
    "demo",
    "deployments",
    "flows",
    "planning",
    "processors",
    "reports",
    "runs",
    "sources",
    "tasks",
    "training",
    "validation",
    "warehouse",
)
"""Our packages, under names that a user's own project may have as well."""
STANDARD_ERROR = 2
"""The largest number of a standard stream."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def shadowed_package() -> str:
    """The sentence on a module that Python would import in place of one of ours; else empty."""
    root = Path(__file__).resolve().parent.parent
    for name in PACKAGES:
        origin = _origin(name)
        if origin is None or origin.parent.parent != root:
            found = origin or "a folder without __init__.py"
            return (
                f"Python finds {found} in place of fullcourt's package {name}; take its folder "
                "out of PYTHONPATH, or run fullcourt from another folder"
            )
    return ""


def _origin(package: str) -> Path | None:
    """The file that Python imports a package from."""
    spec = find_spec(package)
    return Path(spec.origin).resolve() if spec and spec.origin else None


def spare_the_loopback(environ: MutableMapping[str, str] = os.environ) -> None:
    """Keep calls to this machine away from a proxy that the environment names."""
    if not any(name.lower().endswith("_proxy") for name in environ):
        return
    named = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    hosts = [host.strip() for host in named.split(",") if host.strip()]
    hosts += [host for host in LOOPBACK if host not in hosts]
    environ["NO_PROXY"] = environ["no_proxy"] = ",".join(hosts)


def replace_closed_streams() -> None:
    """Give standard streams that the caller closed the null device.

    The next file to be opened would have their number: a warehouse that is written to like a
    terminal.
    """
    _fill_standard_descriptors()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as Python


def _fill_standard_descriptors() -> None:
    """Open the null device for each standard stream whose number is free."""
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor <= STANDARD_ERROR:
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)


def replace_what_cannot_be_printed() -> None:
    """Print a question mark for a character that the output's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
