"""Spark, in a session of the caller."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cognito_claims.pool.engines.protocol import as_path, find_owner, is_file_pattern

if TYPE_CHECKING:
    from pathlib import Path

_TYPES = {"int": "int", "text": "string", "[int]": "array<int>", "[text]": "array<string>"}
_GLOB = re.compile(r"[\\*?\[\]{}]")
"""The special characters of the paths that Spark reads."""


def is_spark(value: object) -> bool:
    """Return whether a value is a DataFrame or a session of Spark, classic or Connect."""
    return find_owner(value) == "Spark"


class Spark:
    """A Spark session as an `Engine`. A table is a DataFrame."""

    name = "Spark"

    def __init__(self, session: Any) -> None:
        self._session = session
        self._persisted: list[Any] = []

    def read(self, source: Any) -> Any:
        """Return a caller's table as a DataFrame."""
        if (path := as_path(source)) is not None:
            return self._session.read.parquet(_GLOB.sub(r"\\\g<0>", str(path)))
        if is_file_pattern(source):
            return self._session.read.parquet(source)
        return self._session.table(source) if isinstance(source, str) else source

    def columns(self, table: Any) -> list[str]:
        """Return the names of a DataFrame's columns."""
        return list(table.columns)

    def sql(self, statement: str, **tables: Any) -> Any:
        """Return the result of a statement as a DataFrame."""
        return self._session.sql(statement, **tables)

    def materialize(self, table: Any) -> Any:
        """Persist a DataFrame until `close()`."""
        self._persisted.append(table.persist())
        return self._persisted[-1]

    def rows(self, table: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a DataFrame."""
        return map(tuple, table.collect())

    def create_table(self, rows: Iterable[tuple[Any, ...]], columns: Mapping[str, str]) -> Any:
        """Create a DataFrame. Its types are declared: Spark would infer none from no rows."""
        types = ", ".join(f"{name} {_TYPES[type_]}" for name, type_ in columns.items())
        return self._session.createDataFrame(list(rows), types)

    def to_native(self, table: Any) -> Any:
        """Return the DataFrame."""
        return table

    def write(self, table: Any, path: Path) -> None:
        """Write a DataFrame as Parquet: a new folder, as is usual for Spark."""
        table.write.parquet(os.fspath(path))

    def close(self) -> None:
        """Release the persisted DataFrames."""
        for table in self._persisted:
            table.unpersist()
