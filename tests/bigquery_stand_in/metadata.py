"""Datasets and tables of the stand-in: made, read, changed,
listed and dropped as the API has it."""

from __future__ import annotations

from typing import Any

from tests.bigquery_stand_in.engine import Engine, TableInfo
from tests.bigquery_stand_in.refusals import Refusal
from tests.bigquery_stand_in.values import TO_DUCKDB

Body = dict[str, Any]


class Metadata:
    """What the API says of datasets and tables; rows are the engine's."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.datasets: dict[str, Body] = {}

    def create_dataset(self, body: Body) -> Body:
        """Make a dataset; duplicate when there is one."""
        name = body["datasetReference"]["datasetId"]
        if name in self.datasets:
            raise Refusal("duplicate", f"Already Exists: Dataset {name}")
        with self.engine.lock:
            self.engine.connection.execute(f'CREATE SCHEMA "{name}"')
        self.datasets[name] = {"location": "US", **body}
        return self.datasets[name]

    def get_dataset(self, name: str) -> Body:
        """A dataset, or notFound."""
        if name not in self.datasets:
            raise Refusal("notFound", f"Not found: Dataset {name}")
        return self.datasets[name]

    def delete_dataset(self, name: str, contents: bool) -> Body:
        """Drop a dataset, with its tables where `contents` says so; notFound, or resourceInUse."""
        self.get_dataset(name)
        held = [path for path in self.engine.tables if path.startswith(f"{name}.")]
        if held and not contents:
            raise Refusal("resourceInUse", f"Dataset {name} is still in use")
        with self.engine.lock:
            self.engine.connection.execute(f'DROP SCHEMA "{name}" CASCADE')
        for path in held:
            del self.engine.tables[path]
        del self.datasets[name]
        return {}

    def create_table(self, dataset: str, body: Body) -> Body:
        """Make a table by its schema; duplicate when there is one."""
        self.get_dataset(dataset)
        table = body["tableReference"]["tableId"]
        if f"{dataset}.{table}" in self.engine.tables:
            raise Refusal("duplicate", f"Already Exists: Table {dataset}.{table}")
        columns = ", ".join(_definition(field) for field in body["schema"]["fields"])
        with self.engine.lock:
            self.engine.connection.execute(
                f'CREATE TABLE "{dataset}"."{table}" ({columns})'
            )
        self.engine.tables[f"{dataset}.{table}"] = TableInfo(dict(body))
        return self.get_table(dataset, table)

    def get_table(self, dataset: str, table: str) -> Body:
        """A table with its number of rows and bytes, or notFound."""
        info = self._info(dataset, table)
        with self.engine.lock:
            found = self.engine.connection.execute(
                f'SELECT COUNT(*) FROM "{dataset}"."{table}"'
            ).fetchall()
        reference = {"projectId": "any", "datasetId": dataset, "tableId": table}
        size = {
            "numRows": str(found[0][0]),
            "numBytes": str(found[0][0] * info.row_bytes),
        }
        return {"tableReference": reference, "type": "TABLE", **info.resource, **size}

    def patch_table(self, dataset: str, table: str, body: Body) -> Body:
        """Add nullable columns, relax others; whatever else a schema may not do is refused."""
        info = self._info(dataset, table)
        known = {field["name"]: field for field in info.resource["schema"]["fields"]}
        for column in body.get("schema", {}).get("fields", []):
            before = known.pop(column["name"], None)
            if before is None and column.get("mode") == "REQUIRED":
                raise Refusal("invalid", f"Cannot add required column {column['name']}")
            if before is not None and before["type"] != column["type"]:
                raise Refusal("invalid", f"Field {column['name']} has changed type")
            with self.engine.lock:
                if before is None:
                    definition = _definition(column)
                    self.engine.connection.execute(
                        f'ALTER TABLE "{dataset}"."{table}" ADD COLUMN {definition}'
                    )
                elif (
                    before.get("mode") == "REQUIRED"
                    and column.get("mode") != "REQUIRED"
                ):
                    self.engine.connection.execute(
                        f'ALTER TABLE "{dataset}"."{table}" ALTER COLUMN "{column["name"]}" DROP '
                        "NOT NULL"
                    )
        if known and "schema" in body:
            raise Refusal(
                "invalid", f"Provided Schema does not match: missing {', '.join(known)}"
            )
        info.resource |= body
        return self.get_table(dataset, table)

    def delete_table(self, dataset: str, table: str) -> Body:
        """Drop a table, or notFound."""
        self._info(dataset, table)
        with self.engine.lock:
            self.engine.connection.execute(f'DROP TABLE "{dataset}"."{table}"')
        del self.engine.tables[f"{dataset}.{table}"]
        return {}

    def _info(self, dataset: str, table: str) -> TableInfo:
        if f"{dataset}.{table}" not in self.engine.tables:
            raise Refusal("notFound", f"Not found: Table {dataset}.{table}")
        return self.engine.tables[f"{dataset}.{table}"]


def _definition(field: Body) -> str:
    needed = " NOT NULL" if field.get("mode") == "REQUIRED" else ""
    return f'"{field["name"]}" {TO_DUCKDB[field["type"]]}{needed}'
