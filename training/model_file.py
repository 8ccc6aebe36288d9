"""A model as a file that holds no pickle: skops, with nothing in it that tells the process apart.

skops names the parts of a file after addresses in memory and stamps them with the time; here they
are numbered, and the same model is the same bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from core.errors import ConfigError
from training.libraries import MODELS, require_libraries
from training.linear import LinearMedian
from training.points_model import PointsModel

SCHEMA = "schema.json"
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time that every part of the file has: the earliest that a zip can say."""
TREE = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"
TRUSTED = (
    "builtins.dict",
    "builtins.list",
    "builtins.str",
    "builtins.tuple",
    "numpy.ndarray",
    "numpy.float64",
    "numpy.int64",
    "numpy.uint64",
    "numpy.random._generator.Generator",
    "sklearn._loss._loss.CyAbsoluteError",
    "sklearn._loss._loss.CyHalfSquaredError",
    "sklearn._loss._loss.CyPinballLoss",
    "sklearn._loss.link.IdentityLink",
    "sklearn._loss.link.Interval",
    "sklearn._loss.loss.AbsoluteError",
    "sklearn._loss.loss.HalfSquaredError",
    "sklearn._loss.loss.PinballLoss",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor",
    TREE,
)
"""The types that a file of ours holds; one with any other is not read."""


def to_bytes(model: PointsModel) -> bytes:
    """The model as a file."""
    require_libraries(MODELS)
    import skops.io

    return _numbered(skops.io.dumps(_state(model)))


def _state(model: PointsModel) -> dict[str, Any]:
    """What a file holds of a model."""
    return {
        "names": list(model.names),
        "version": model.version,
        "default": model.default,
        "linear": model.linear.parts(),
        "trees": model.trees,
        "shifts": model.shifts,
    }


def from_bytes(data: bytes, named: str) -> PointsModel:
    """The model that a file holds; ConfigError, which calls it `named`, where it holds types that
    are not of a model."""
    require_libraries(MODELS)
    import skops.io

    if foreign := sorted(_types(data, named).difference(TRUSTED)):
        raise ConfigError(
            f"{named} holds {', '.join(foreign)}, which no model of fullcourt has; it is not read; "
            "fit the model again"
        )
    state = skops.io.loads(data, trusted=[TREE])
    return PointsModel(
        names=tuple(state["names"]),
        version=state["version"],
        default=state["default"],
        linear=LinearMedian(**state["linear"]),
        trees=state["trees"],
        shifts=state["shifts"],
    )


def _types(data: bytes, named: str) -> set[str]:
    """Every type that a file names."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as held:
            schema = json.loads(held.read(SCHEMA))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ConfigError(
            f"{named} is no model file: {error}; fit the model again"
        ) from error
    types = set()
    for node in _nodes(schema):
        if node.get("__loader__") == "TypeNode":
            continue
        if "__class__" in node:
            types.add(f"{node.get('__module__')}.{node['__class__']}")
    return types


def _nodes(of: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in a parsed JSON text."""
    if isinstance(of, dict):
        yield of
    for part in _parts(of):
        yield from _nodes(part)


def _parts(of: Any) -> Iterable[Any]:
    """What a parsed JSON value holds directly; nothing of a text or a number."""
    if isinstance(of, dict):
        return of.values()
    return of if isinstance(of, list) else ()


def _numbered(data: bytes) -> bytes:
    """The file with its parts numbered in the order of the schema, and without times."""
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        schema = json.loads(held.read(SCHEMA))
        parts = {name: held.read(name) for name in held.namelist() if name != SCHEMA}
    names: dict[bytes, str] = {}
    files: dict[str, bytes] = {}
    for number, node in enumerate(_nodes(schema), 1):
        if "__id__" in node:
            # One each: which equal values are one object differs between processes.
            node["__id__"] = number
        if isinstance(node.get("file"), str):
            content = parts[node["file"]]
            ending = node["file"].rpartition(".")[2]
            node["file"] = names.setdefault(content, f"{len(names) + 1}.{ending}")
            files[node["file"]] = content
    files[SCHEMA] = json.dumps(schema, separators=(",", ":")).encode()
    return _zipped(files)


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(_entry(name), content)
    return buffer.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """A file's entry in the archive, the same at any time and on any system."""
    entry = zipfile.ZipInfo(name, EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    return entry
