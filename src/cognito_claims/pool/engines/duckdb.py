"""The embedded engine: DuckDB in memory, which loads no extensions from the network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from errno import EEXIST
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from cognito_claims.pool.engines.protocol import as_path, is_file_pattern
from cognito_claims.pool.engines.sql import quote, quote_source, quote_target, require_utf8, scan_parquet

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

_TYPES = {"int": "INTEGER", "text": "VARCHAR", "[int]": "INTEGER[]", "[text]": "VARCHAR[]"}


def connect(scratch: Path, **settings: str) -> DuckDBPyConnection:
    """Open a database in memory that spills to files in `scratch`.

    Without a `memory_limit` among the settings, DuckDB uses up to four fifths
    of the memory of the machine or the container.

    Raises:
        ImportError: If the extra is missing.
        OSError: If the name of `scratch` is not valid UTF-8.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ImportError('whole pools need an extra: pip install "cognito-claims[pool]"') from error
    return duckdb.connect(
        config={
            "temp_directory": require_utf8(str(scratch)),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            **settings,
        }
    )


class DuckDB:
    """DuckDB as an `Engine`. A table is the SQL expression that refers to it."""

    name = "DuckDB"

    def __init__(self, scratch: Path, session: DuckDBPyConnection | None = None) -> None:
        self._scratch = scratch
        self._session = session
        self._database = connect(scratch, preserve_insertion_order="false")
        self._numbers = count(1)

    def read(self, source: Any) -> str:
        """Return a caller's table. A table of the caller's connection is copied to a file."""
        if (path := as_path(source)) is not None:
            return scan_parquet(quote_source(path))
        if is_file_pattern(source):
            return scan_parquet(quote(source))
        if isinstance(source, str):
            if self._session is None:
                raise TypeError(
                    f"table {source!r}: pass session= to read a table, or a Path to read a file"
                )
            source = self._session.table(source)
        # Two connections share no tables, and a view in the caller's would stay behind.
        copy = self._file(".parquet")
        source.write_parquet(str(copy))
        return scan_parquet(quote_source(copy))

    def columns(self, table: str) -> list[str]:
        """Return the names of a table's columns."""
        return self._database.sql(f"from {table}").columns

    def sql(self, statement: str, **tables: str) -> str:
        """Return the result of a statement, as a subquery."""
        return f"({statement.format(**tables)})"

    def materialize(self, table: str) -> str:
        """Store a table in the database."""
        name = f"table_{next(self._numbers)}"
        self._database.execute(f"create table {name} as from {table}")
        return name

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table."""
        found = self._database.execute(f"from {table}")
        while rows := found.fetchmany(1000):
            yield from rows

    def create_table(self, rows: Iterable[tuple[Any, ...]], columns: Mapping[str, str]) -> str:
        """Create a table by way of a JSON file: far faster than `executemany`."""
        lines = self._file(".jsonl")
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows)
        types = ", ".join(f"{name}: '{_TYPES[type_]}'" for name, type_ in columns.items())
        options = f"hive_partitioning=false, format='newline_delimited', columns={{{types}}}"
        return self.materialize(f"read_json({quote_source(lines)}, {options})")

    def to_native(self, table: str) -> DuckDBPyRelation:
        """Return a table as a DuckDB relation."""
        return self._database.sql(f"from {table}")

    def write(self, table: str, path: Path) -> None:
        """Write a table as a Parquet file, which appears only once it is complete. A link stays a link."""
        path = path.resolve()
        if path.exists() and not path.is_file():
            raise OSError(EEXIST, "exists and is not a regular file", str(path))
        partial = path.with_name(f"{path.name}.{token_hex(4)}.partial")
        try:
            self._copy(table, partial)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _copy(self, table: str, path: Path) -> None:
        self._database.execute(
            f"copy (from {table}) to {quote_target(path)} (format parquet, compression zstd)"
        )

    def _file(self, suffix: str) -> Path:
        return self._scratch / f"{next(self._numbers)}{suffix}"
