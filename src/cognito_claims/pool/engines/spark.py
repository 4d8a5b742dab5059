"""Spark: an engine in a session of the caller."""

# ruff: noqa: D102, the methods are documented in `Engine`

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cognito_claims.pool.engines.protocol import hide_rows, is_file_pattern, parse_columns, to_path

if TYPE_CHECKING:
    from pathlib import Path

_TYPES = {"int": "int", "text": "string", "int[]": "array<int>", "text[]": "array<string>"}
_GLOB = re.compile(r"[\\*?\[\]{}]")  # the special characters in the paths that Spark reads


class Spark:
    """A Spark session as an `Engine`. A table is a DataFrame."""

    name = "Spark"

    def __init__(self, session: Any) -> None:
        self._session = session
        self._persisted: list[Any] = []

    @hide_rows
    def read(self, source: Any) -> Any:
        if (path := to_path(source)) is not None:
            return self._session.read.parquet(_GLOB.sub(r"\\\g<0>", str(path)))
        if is_file_pattern(source):
            return self._session.read.parquet(source)
        return self._session.table(source) if isinstance(source, str) else source

    @hide_rows
    def list_columns(self, table: Any) -> list[str]:
        return list(table.columns)

    @hide_rows
    def query(self, statement: str, **tables: Any) -> Any:
        return self._session.sql(statement, **tables)

    def split(self, column: str, *tables: Any) -> list[tuple[Any, ...]]:  # noqa: ARG002
        return [tables]  # Spark itself splits a table by what a statement groups by

    @hide_rows
    def materialize(self, *parts: Any) -> Any:
        (table,) = parts
        self._persisted.append(table.persist())
        return self._persisted[-1]

    @hide_rows
    def fetch_rows(self, table: Any) -> Iterator[tuple[Any, ...]]:
        return map(tuple, table.collect())

    @hide_rows
    def create_table(self, rows: Iterable[tuple[Any, ...]], columns: str) -> Any:
        # `createDataFrame` would need Python on the executors, or PyArrow here.
        types = parse_columns(columns)
        fields = ", ".join(f"{name}: {_TYPES[type_]}" for name, type_ in types.items())
        text = json.dumps([dict(zip(types, row, strict=True)) for row in rows])
        statement = f"select inline(from_json(:rows, 'array<struct<{fields}>>'))"
        return self._session.sql(statement, args={"rows": text})

    def to_native(self, table: Any) -> Any:
        return table

    @hide_rows
    def write(self, table: Any, path: Path) -> None:
        """Write a DataFrame as Parquet, which is a new folder in Spark."""
        table.write.parquet(os.fspath(path))

    def close(self) -> None:
        for table in self._persisted:
            table.unpersist()
