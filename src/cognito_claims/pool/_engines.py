"""What runs the statements: DuckDB, or the user's own Spark.

A statement names its tables in braces, and each engine puts its own names there.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from errno import EEXIST
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard, TypeVar, cast

from cognito_claims.pool._duckdb import connect, parquet, quoted, to_read, to_write

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

TableT = TypeVar("TableT")
FrameT_co = TypeVar("FrameT_co", covariant=True)


class SparkFrame(Protocol):
    """A Spark DataFrame, as far as it matters."""

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        ...

    @property
    def sparkSession(self) -> object:  # noqa: N802
        """The session that it belongs to."""
        ...


class SparkSession(Protocol[FrameT_co]):
    """A Spark session, as far as it matters."""

    def table(self, tableName: str) -> FrameT_co:  # noqa: N803
        """Give a table of its catalog."""
        ...

    @property
    def catalog(self) -> object:
        """What it knows the tables by."""
        ...


def is_of_spark(value: object) -> bool:
    """Tell a DataFrame or a session of Spark, classic or Connect."""
    return type(value).__module__.partition(".")[0] == "pyspark"


class Engine(Protocol[TableT]):
    """Runs statements over tables."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def read(self, source: Any) -> TableT:
        """Make a table of what the user has: a Parquet file, the name of a table, or a table."""
        ...

    def columns(self, table: TableT) -> list[str]:
        """Give the names of a table's columns."""
        ...

    def sql(self, statement: str, **tables: TableT) -> TableT:
        """Give what a statement makes of tables; it runs when that is wanted."""
        ...

    def keep(self, table: TableT) -> TableT:
        """Have a table computed once."""
        ...

    def rows(self, table: TableT) -> Iterator[tuple[Any, ...]]:
        """Hand out a small table row by row."""
        ...

    def make(self, rows: Iterable[tuple[Any, ...]], columns: Mapping[str, str]) -> TableT:
        """Make a small table; its columns' types are `int` and `text`, alone or in brackets."""
        ...

    def hand_over(self, table: TableT) -> object:
        """Give a table as the engine's users know it."""
        ...

    def write(self, table: TableT, path: Path) -> None:
        """Write a table as Parquet."""
        ...

    def close(self) -> None:
        """Let go of what was computed."""
        ...


class DuckDB:
    """The embedded engine. A table is the text that stands for it in a statement."""

    name = "DuckDB"

    def __init__(self, scratch: Path, theirs: DuckDBPyConnection | None = None) -> None:
        self._scratch = scratch
        self._theirs = theirs
        self._database = connect(scratch, preserve_insertion_order="false")
        self._numbers = count(1)

    def read(self, source: Any) -> str:
        """Make a table of what the user has.

        Another connection's is copied, so that nothing is left behind there.
        """
        if (path := path_of(source)) is not None:
            return parquet(to_read(path))
        if names_files(source):
            return parquet(quoted(source))
        if isinstance(source, str):
            if self._theirs is None:
                raise TypeError(
                    f"the table {source!r}: of which session? Pass session=, or a Path for a file"
                )
            source = self._theirs.table(source)
        copy = self._file(".parquet")
        source.write_parquet(str(copy))
        return parquet(to_read(copy))

    def columns(self, table: str) -> list[str]:
        """Give the names of a table's columns."""
        return self._database.sql(f"from {table}").columns

    def sql(self, statement: str, **tables: str) -> str:
        """Give what a statement makes of tables."""
        return f"({statement.format(**tables)})"

    def keep(self, table: str) -> str:
        """Have a table computed once."""
        name = f"kept_{next(self._numbers)}"
        self._database.execute(f"create table {name} as from {table}")
        return name

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Hand out a table row by row."""
        found = self._database.execute(f"from {table}")
        while rows := found.fetchmany(1000):
            yield from rows

    def make(self, rows: Iterable[tuple[Any, ...]], columns: Mapping[str, str]) -> str:
        """Make a table."""
        lines = self._file(".jsonl")
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows)
        types = ", ".join(f"{name}: '{_DUCKDB[kind]}'" for name, kind in columns.items())
        options = f"hive_partitioning=false, format='newline_delimited', columns={{{types}}}"
        return self.keep(f"read_json({to_read(lines)}, {options})")

    def hand_over(self, table: str) -> DuckDBPyRelation:
        """Give a table as DuckDB's own."""
        return self._database.sql(f"from {table}")

    def write(self, table: str, path: Path) -> None:
        """Write a table as Parquet; the file is there once it is whole. A link stays one."""
        path = path.resolve()
        if path.exists() and not path.is_file():
            raise OSError(EEXIST, "is there, and no file that could be replaced", str(path))
        partial = path.with_name(f"{path.name}.{token_hex(4)}.partial")
        try:
            self._copy(table, partial)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of what was computed."""
        self._database.close()

    def _copy(self, table: str, path: Path) -> None:
        self._database.execute(
            f"copy (from {table}) to {to_write(path)} (format parquet, compression zstd)"
        )

    def _file(self, suffix: str) -> Path:
        return self._scratch / f"{next(self._numbers)}{suffix}"


_DUCKDB = {"int": "INTEGER", "text": "VARCHAR", "[int]": "INTEGER[]", "[text]": "VARCHAR[]"}
_SPARK = {"int": "int", "text": "string", "[int]": "array<int>", "[text]": "array<string>"}


class Spark:
    """The user's own session. A table is a DataFrame."""

    name = "Spark"

    def __init__(self, session: Any) -> None:
        self._session = session
        self._kept: list[Any] = []

    def read(self, source: Any) -> Any:
        """Make a DataFrame of what the user has."""
        if (path := path_of(source)) is not None:
            return self._session.read.parquet(_PATTERN.sub(r"\\\g<0>", str(path)))
        if names_files(source):
            return self._session.read.parquet(source)
        return self._session.table(source) if isinstance(source, str) else source

    def columns(self, table: Any) -> list[str]:
        """Give the names of a DataFrame's columns."""
        return list(table.columns)

    def sql(self, statement: str, **tables: Any) -> Any:
        """Give what a statement makes of DataFrames."""
        return self._session.sql(statement, **tables)

    def keep(self, table: Any) -> Any:
        """Have a DataFrame computed once."""
        self._kept.append(table.persist())
        return self._kept[-1]

    def rows(self, table: Any) -> Iterator[tuple[Any, ...]]:
        """Hand out a DataFrame row by row."""
        return map(tuple, table.collect())

    def make(self, rows: Iterable[tuple[Any, ...]], columns: Mapping[str, str]) -> Any:
        """Make a DataFrame. Its types are told, not guessed."""
        types = ", ".join(f"{name} {_SPARK[kind]}" for name, kind in columns.items())
        return self._session.createDataFrame(list(rows), types)

    def hand_over(self, table: Any) -> Any:
        """Give a DataFrame."""
        return table

    def write(self, table: Any, path: Path) -> None:
        """Write a DataFrame as Parquet: a folder, as Spark does."""
        table.write.parquet(os.fspath(path))

    def close(self) -> None:
        """Let go of what was computed."""
        for table in self._kept:
            table.unpersist()


_PATTERN = re.compile(r"[\\*?\[\]{}]")
"""What means something in the paths that Spark reads."""


def names_files(source: object) -> TypeGuard[str]:
    """Tell the name of files from a table's, which has no slash in it, and no suffix `parquet`."""
    return isinstance(source, str) and ("/" in source or os.sep in source or source.endswith(".parquet"))


def path_of(source: object) -> Path | None:
    """Give the path, if it is one."""
    if not isinstance(source, os.PathLike):
        return None
    return Path(os.fsdecode(cast("os.PathLike[str]", source)))
