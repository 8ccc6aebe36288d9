"""Google's own analyzer of GoogleSQL (the zetasql wheel), told the tables that a stand-in has.

Compiling it takes a minute or two; what was compiled is kept in the system's temporary folder.
"""

from __future__ import annotations

import ctypes
import re
import tempfile
from pathlib import Path
from typing import Any

import wasmtime
import zetasql.core.wasm_client as wasm
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from zetasql.api import Analyzer, CatalogBuilder, TableBuilder, TypeFactory
from zetasql.core.exceptions import ServerError
from zetasql.types import (
    AnalyzerOptions,
    LanguageOptions,
    TypeKind,
    ZetaSQLBuiltinFunctionOptions,
)

from tests.bigquery_stand_in.server import StandIn
from tests.bigquery_stand_in.statement import Statement

KINDS = {
    "STRING": TypeKind.TYPE_STRING,
    "INTEGER": TypeKind.TYPE_INT64,
    "INT64": TypeKind.TYPE_INT64,
    "FLOAT": TypeKind.TYPE_DOUBLE,
    "FLOAT64": TypeKind.TYPE_DOUBLE,
    "BOOLEAN": TypeKind.TYPE_BOOL,
    "BOOL": TypeKind.TYPE_BOOL,
    "DATE": TypeKind.TYPE_DATE,
    "TIMESTAMP": TypeKind.TYPE_TIMESTAMP,
}


class GoogleSql:
    """The analyzer; refusals come back as its message."""

    def __init__(self, stand_in: StandIn, project: str) -> None:
        _make_quick()
        self.stand_in, self.project = stand_in, project
        self.language = LanguageOptions.maximum_features()

    def refusal(self, statement: Statement) -> str:
        """Why a statement is none; empty when it is well formed and well typed."""
        options = AnalyzerOptions(
            language_options=self.language, query_parameters=_declared(statement)
        )
        try:
            Analyzer(options, self._catalog(statement)).analyze_statement(statement.sql)
        except ServerError as error:
            return str(error)
        except DecodeError:
            # It was analyzed: what came of it is deeper than Python's protobuf reads, and not
            # needed.
            return ""
        return ""

    def _catalog(self, statement: Statement) -> Any:
        """The tables that a statement names: the catalog is handed over with each, byte by byte."""
        builder = CatalogBuilder(self.project)
        named = re.findall(rf"`{re.escape(self.project)}\.([^`]+)`", statement.sql)
        for name in dict.fromkeys(named):
            if info := self.stand_in.engine.tables.get(name):
                table = TableBuilder(f"{self.project}.{name}")
                for field in info.resource["schema"]["fields"]:
                    table = table.add_column(field["name"], KINDS[field["type"]])
                builder = builder.add_table(table.build())
        functions = ZetaSQLBuiltinFunctionOptions(language_options=self.language)
        return builder.with_builtin_functions(functions).build()


def _declared(statement: Statement) -> list[Any]:
    return [
        AnalyzerOptions.QueryParameter(name=name.lower(), type=_type(kind))
        for name, kind in statement.types
    ]


def _type(kind: str) -> Any:
    if kind.startswith("ARRAY<"):
        return TypeFactory.create_array_type(_type(kind[6:-1]))
    if kind.startswith("STRUCT<"):
        fields = (field.split(" ") for field in kind[7:-1].split(", "))
        return TypeFactory.create_struct_type(
            [(name, _type(of)) for name, of in fields]
        )
    return TypeFactory.create_simple_type(KINDS[kind])


def _address(client: Any) -> int:
    """Where the analyzer's memory begins in this process."""
    return ctypes.addressof(client.memory.data_ptr().contents)


def _make_quick() -> None:
    """Keep what was compiled, and move bytes at once:
    the wheel does neither and leaves no setting for it."""
    folder = Path(tempfile.gettempdir()) / "fullcourt-zetasql"
    folder.mkdir(exist_ok=True)
    settings = folder / "cache.toml"
    settings.write_text(f'[cache]\ndirectory = "{folder / "modules"}"\n')

    def config() -> wasmtime.Config:
        made = wasmtime.Config()
        made.cache = str(settings)
        return made

    def read(self: Any, start: int, size: int) -> bytes:
        return ctypes.string_at(_address(self) + start, size)

    def write(self: Any, start: int, data: bytes) -> None:
        ctypes.memmove(_address(self) + start, data, len(data))

    vars(wasm)["Config"] = config
    wasm.WasmClient.read_bytes, wasm.WasmClient.write_bytes = read, write
