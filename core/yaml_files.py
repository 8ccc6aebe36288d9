"""YAML files as checked values: unknown keys, repeated keys and wrong types are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from core.errors import ConfigError
from core.model import Frozen

Model = TypeVar("Model", bound=Frozen)
# The safe loader; libyaml's where PyYAML was built with it, ten times faster.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_model(model: type[Model], path: Path) -> Model:
    """A model read from a YAML file; ConfigError with file and key where it does not fit."""
    parsed: Model = validate_yaml(TypeAdapter(model), path)
    return parsed


def validate_yaml(adapter: TypeAdapter[Any], path: Path) -> Any:
    """The content of a YAML file as the type asked for; ConfigError says which key does not fit."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        raise ConfigError(f"{path}: missing; every table's folder needs it") from None
    return _validate(adapter, text, path)


def parse_model(
    model: type[Model], text: str, path: Path, context: Any = None
) -> Model:
    """A model from the YAML part of another file; ConfigError with file and key.

    `text` has the lines of the file, so that an error names the right one; `context` is what the
    model's validators are given.
    """
    parsed: Model = _validate(TypeAdapter(model), text, path, context)
    return parsed


def _validate(
    adapter: TypeAdapter[Any], text: str, path: Path, context: Any = None
) -> Any:
    try:
        return adapter.validate_python(_parse_yaml(text, path), context=context)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {error}") from error
    except ValidationError as error:
        raise ConfigError(_explanation(path, error)) from error


def _parse_yaml(text: str, path: Path) -> Any:
    """The content of a YAML text; ConfigError where a mapping has one key twice."""
    loader = _LOADER(text)
    try:
        document = loader.get_single_node()
        if document is None:
            return None
        if repeated := next(_repeated_keys(document), None):
            raise ConfigError(
                f"{path}:{repeated.start_mark.line + 1}: the key {repeated.value} is there twice "
                "in one mapping, and the second would win in silence; keep one"
            )
        return loader.construct_document(document)
    finally:
        loader.dispose()


def _repeated_keys(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Every key that its mapping has already."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key
                seen.add(key.value)
            yield from _repeated_keys(value)


def _explanation(path: Path, error: ValidationError) -> str:
    lines = []
    for fault in error.errors():
        key = ".".join(map(str, fault["loc"])) or "(whole file)"
        unknown = (
            " (unknown key: remove it or mend its spelling)"
            if fault["type"] == "extra_forbidden"
            else ""
        )
        lines.append(f"{path}: {key}: {fault['msg']}{unknown}")
    return "\n".join(lines)
