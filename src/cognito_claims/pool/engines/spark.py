"""Spark: an engine in a session of the caller."""

# ruff: noqa: D102, the methods are documented in `Engine`

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from cognito_claims.pool.engines.protocol import hide_rows, is_file_pattern, parse_columns, to_path

if TYPE_CHECKING:
    from pathlib import Path

_TYPES = {"int": "int", "decimal(38,0)": "decimal(38,0)", "text": "string", "text[]": "array<string>"}
_GLOB = re.compile(r"[\\*?\[\]{}]")  # the special characters in the paths that Spark reads


class Spark:
    """A Spark session as an `Engine`, classic or Connect. A table is the name of a temporary view.

    Only the JVM works: neither the executors nor the driver need Python packages.
    """

    name = "Spark"
    max_text = 8_000_000
    """The number of characters from which the rows of a small table go into another statement.

    Spark Connect accepts messages of up to 128 MB.
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        self._prefix = f"cognito_claims_{token_hex(8)}"
        self._views: list[str] = []

    @hide_rows
    def read(self, source: Any) -> str:
        if (path := to_path(source)) is not None:
            frame = self._session.read.parquet(_GLOB.sub(r"\\\g<0>", str(path)))
        elif is_file_pattern(source):
            frame = self._session.read.parquet(source)
        else:
            frame = self._session.table(source) if isinstance(source, str) else source
        # Dropping a view also drops what a caller has cached of the same plan: make it another plan.
        return self._create_view(frame.filter("true"))

    @hide_rows
    def list_types(self, table: str) -> dict[str, str]:
        return dict(self.to_native(table).dtypes)

    @hide_rows
    def query(self, statement: str, **tables: str) -> str:
        # Not `sql(statement, **frames)`, which drops its views at once, and so what `materialize` caches.
        return self._create_view(self._session.sql(statement.format(**tables)))

    def split(self, column: str, *tables: str) -> list[tuple[str, ...]]:  # noqa: ARG002
        return [tables]  # Spark itself splits a table by what a statement groups by

    @hide_rows
    def materialize(self, *parts: str) -> str:
        (table,) = parts
        self._session.catalog.cacheTable(table)
        return table

    @hide_rows
    def fetch_rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        return map(tuple, self.to_native(table).collect())

    @hide_rows
    def create_table(self, rows: Iterable[tuple[Any, ...]], columns: str) -> str:
        # `createDataFrame` would need Python on the executors, or PyArrow here.
        types = parse_columns(columns)
        fields = ", ".join(f"{name}: {_TYPES[type_]}" for name, type_ in types.items())
        statement = f"select inline(from_json(:rows, 'array<struct<{fields}>>'))"
        parts = [
            self._create_view(self._session.sql(statement, args={"rows": text}))
            for text in self._encode_rows(types, rows)
        ]
        return self.query(" union all ".join(f"select * from {part}" for part in parts))

    def to_native(self, table: str) -> Any:
        return self._session.table(table)

    @hide_rows
    def write(self, table: str, path: Path) -> None:
        """Write a table as Parquet, which is a new folder in Spark."""
        self.to_native(table).write.parquet(os.fspath(path))

    def close(self) -> None:
        """Drop the views, and with them what Spark cached."""
        for view in self._views:
            self._session.catalog.dropTempView(view)

    def _create_view(self, frame: Any) -> str:
        view = f"{self._prefix}_{len(self._views)}"
        frame.createTempView(view)
        self._views.append(view)
        return view

    def _encode_rows(self, names: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
        """Yield the rows as JSON arrays, at least one."""
        texts: list[str] = []
        size = 0
        for row in rows:
            texts.append(json.dumps(dict(zip(names, row, strict=True))))
            size += len(texts[-1])
            if size >= self.max_text:
                yield f"[{', '.join(texts)}]"
                texts.clear()
                size = 0
        yield f"[{', '.join(texts)}]"
