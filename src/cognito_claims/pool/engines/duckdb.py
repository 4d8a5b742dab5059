"""DuckDB: an engine in memory, which loads no extensions from the network."""

# ruff: noqa: D102, the methods are documented in `Engine`

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from errno import EILSEQ
from glob import escape
from itertools import count
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from cognito_claims._files import replace_file
from cognito_claims.pool.engines.protocol import hide_rows, is_file_pattern, parse_columns, to_path

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation


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
            "temp_directory": _require_utf8(str(scratch)),
            "autoinstall_known_extensions": "false",  # from the network
            "autoload_known_extensions": "false",
            **settings,
        }
    )


PARQUET = "format parquet, compression zstd, compression_level 1"
"""The options of a file to keep. A higher level takes longer, and makes usernames no smaller."""

_BYTES_OF_A_VALUE = 190
"""As measured with usernames of 36 characters."""


class DuckDB:
    """DuckDB as an `Engine`. A table is the SQL expression that refers to it.

    Unless it is `ordered`, rows come in any order, which saves memory. Other
    settings are DuckDB's.
    """

    name = "DuckDB"
    max_memory = 3_050_000_000
    """The memory that the rows grouped at a time may take, in bytes. `make bench` measures it."""

    def __init__(
        self, session: DuckDBPyConnection | None = None, *, ordered: bool = False, **settings: str
    ) -> None:
        self._session = session
        self._numbers = count(1)
        with ExitStack() as stack:
            self._scratch = Path(stack.enter_context(TemporaryDirectory(prefix="cognito-claims-")))
            database = connect(self._scratch, preserve_insertion_order=str(ordered).lower(), **settings)
            self._database = stack.enter_context(closing(database))
            self._stack = stack.pop_all()

    @hide_rows
    def read(self, source: Any) -> str:
        """Return a caller's table. A relation is copied to a file."""
        if (path := to_path(source)) is not None:
            return _scan_parquet(quote_source(path))
        if is_file_pattern(source):
            return _scan_parquet(_quote(source))
        if isinstance(source, str):
            if self._session is None:
                raise TypeError(
                    f"table {source!r}: pass session= to read a table, or a Path to read a file"
                )
            source = self._session.table(source)
        # Two connections share no tables, and a view in the caller's would outlive this engine.
        copy = self._name_file(".parquet")
        source.write_parquet(str(copy))
        return _scan_parquet(quote_source(copy))

    @hide_rows
    def list_types(self, table: str) -> dict[str, str]:
        found = self._database.sql(f"from {table}")
        return dict(zip(found.columns, map(str, found.types), strict=True))

    def query(self, statement: str, **tables: str) -> str:
        return f"({statement.format(**tables)})"

    @hide_rows
    def split(self, column: str, *tables: str) -> list[tuple[str, ...]]:
        # Filtering by a hash reads the files once for each part, but is faster than writing the parts.
        parts = max(ceil(self._estimate_memory(column, tables) / self.max_memory), 1)
        if parts == 1:
            return [tables]
        hashed = f"select * from {{table}} where hash({column}) % {parts} = "
        return [
            tuple(self.query(f"{hashed}{part}", table=table) for table in tables) for part in range(parts)
        ]

    @hide_rows
    def materialize(self, *parts: str) -> str:
        if len(parts) == 1:
            name = f"table_{next(self._numbers)}"
            self._database.execute(f"create table {name} as from {parts[0]}")
            return name
        # In files, since DuckDB does not compress tables in memory.
        files = [self._name_file(".parquet") for _ in parts]
        for part, file in zip(parts, files, strict=True):
            self._database.execute(
                f"copy (from {part}) to {quote_target(file)} (format parquet, compression uncompressed)"
            )
        return _scan_parquet(f"[{', '.join(map(quote_source, files))}]")

    def fetch_rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        found = hide_rows(self._database.execute)(f"from {table}")
        fetch = hide_rows(found.fetchmany)
        while rows := fetch(1000):  # a row may contain 10,000 usernames
            yield from rows

    def create_table(self, rows: Iterable[tuple[Any, ...]], columns: str) -> str:
        # By way of a JSON file, since DuckDB's `executemany` is far slower.
        lines, types = self._name_file(".jsonl"), parse_columns(columns)
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(dict(zip(types, row, strict=True))) + "\n" for row in rows)
        options = f"hive_partitioning=false, format='newline_delimited', columns={types}"
        return self.materialize(f"read_json({quote_source(lines)}, {options})")

    def to_native(self, table: str) -> DuckDBPyRelation:
        return self._database.sql(f"from {table}")

    @hide_rows
    def write(self, table: str, path: Path) -> None:
        """Write a table as a Parquet file, which only its owner can read."""
        with replace_file(path) as partial:
            self._database.execute(f"copy (from {table}) to {quote_target(partial)} ({PARQUET})")

    def close(self) -> None:
        self._stack.close()

    def _estimate_memory(self, column: str, tables: Iterable[str]) -> int:
        """Return the bytes that a sum for each value of a column takes."""
        rows = self._sum("select count(*) from {table}", tables)
        if rows * _BYTES_OF_A_VALUE <= self.max_memory:  # even if every value differs
            return 0
        values = self._sum(f"select approx_count_distinct({column}) from {{table}}", tables)
        return values * _BYTES_OF_A_VALUE

    def _sum(self, statement: str, tables: Iterable[str]) -> int:
        counts = (row for table in tables for row in self.fetch_rows(self.query(statement, table=table)))
        return sum(cast("int", count) for (count,) in counts)

    def _name_file(self, suffix: str) -> Path:
        return self._scratch / f"{next(self._numbers)}{suffix}"


def quote_source(path: Path) -> str:
    """Quote the path of one file to read, with the special characters of glob patterns escaped."""
    # Absolute, since DuckDB expands a tilde at the start of a path.
    return _quote(escape(str(path.absolute())))


def quote_target(path: Path) -> str:
    """Quote the path of a file to write."""
    return _quote(str(path.absolute()))


def _quote(text: str) -> str:
    return "'" + _require_utf8(text).replace("'", "''") + "'"


def _scan_parquet(files: str) -> str:
    # A folder named `username=alice` must add no column, and some writers leave
    # strings unmarked, which DuckDB would read as bytes.
    return f"read_parquet({files}, hive_partitioning=false, binary_as_string=true)"


def _require_utf8(text: str) -> str:
    # The name of a file may be any bytes, which Python represents as lone surrogates.
    try:
        text.encode()
    except UnicodeEncodeError:
        raise OSError(EILSEQ, "DuckDB requires names in UTF-8", text) from None
    return text
