"""The libraries of models: an extra, whose absence is a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from importlib.util import find_spec

from core.errors import ConfigError

EXTRA = "fullcourt[train]"
MODELS = {"sklearn": "scikit-learn", "skops": "skops", "threadpoolctl": "threadpoolctl"}
"""Module -> package, of what fits models and keeps them."""
PICTURES = {"altair": "altair", "vl_convert": "vl-convert-python"}
"""Module -> package, of what draws the report's pictures."""
TOLD_APART = ("numpy", "scikit-learn", "scipy", "skops")
"""What a saved model must be read with in the very version that it was made with."""


def require_libraries(modules: dict[str, str]) -> None:
    """Raise ConfigError naming the packages of these modules that are not installed."""
    if missing := missing_packages(modules):
        raise ConfigError(
            f"{', '.join(missing)} not installed: the extra {EXTRA} has it; make setup "
            "installs every extra"
        )


def missing_packages(modules: dict[str, str]) -> list[str]:
    """The packages of these modules that are not installed."""
    return [package for module, package in modules.items() if not find_spec(module)]


def versions(packages: Sequence[str] = TOLD_APART) -> dict[str, str]:
    """Package -> installed version."""
    return {package: metadata.version(package) for package in packages}
