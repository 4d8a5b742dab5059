"""The interface of an engine, and the parts of Spark's interface that this package uses."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeGuard, TypeVar, cast

from cognito_claims.errors import CognitoClaimsError

P = ParamSpec("P")
T = TypeVar("T")
TableT = TypeVar("TableT")
FrameT_co = TypeVar("FrameT_co", covariant=True)


class SparkFrame(Protocol):
    """The part of a Spark DataFrame that this package uses."""

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        ...

    @property
    def sparkSession(self) -> object:  # noqa: N802
        """The session that it belongs to."""
        ...


class SparkSession(Protocol[FrameT_co]):
    """The part of a Spark session that this package uses."""

    def table(self, tableName: str) -> FrameT_co:  # noqa: N803
        """Return a table of its catalog."""
        ...

    @property
    def catalog(self) -> object:
        """The catalog of its tables."""
        ...


class Engine(Protocol[TableT]):
    """Runs SQL statements over tables.

    A statement names its tables in braces, such as `{groups}`, and each engine
    inserts its own. So one plain statement runs on every engine.
    """

    name: str
    """The name of the engine in messages."""

    def read(self, source: Any) -> TableT:
        """Return a caller's table: a Parquet file, the name of a table, or a native table."""
        ...

    def list_types(self, table: TableT) -> dict[str, str]:
        """Return the type of each column of a table, in the engine's words."""
        ...

    def query(self, statement: str, **tables: TableT) -> TableT:
        """Return the result of a statement. It runs when the result is read."""
        ...

    def split(self, column: str, *tables: TableT) -> Iterable[tuple[TableT, ...]]:
        """Split tables into parts that fit in memory, the same number for each.

        All rows with the same value in the column are in the same part, in every table.
        """
        ...

    def materialize(self, *parts: TableT) -> TableT:
        """Compute the parts of a table one at a time, so that reading it does not compute it again."""
        ...

    def fetch_rows(self, table: TableT) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a small table."""
        ...

    def create_table(self, rows: Iterable[tuple[Any, ...]], columns: str) -> TableT:
        """Create a small table, with columns such as `name text, roles text[]`."""
        ...

    def to_native(self, table: TableT) -> object:
        """Return a table as an object of the engine's own library."""
        ...

    def write(self, table: TableT, path: Path) -> None:
        """Write a table as Parquet."""
        ...

    def close(self) -> None:
        """Release the tables that were computed."""
        ...


class EngineError(CognitoClaimsError, RuntimeError):
    """DuckDB or Spark failed, and its own error may quote a row, and so a username.

    Attributes:
        engine: `DuckDB` or `Spark`.
        kind: The name of the engine's error, such as `ConversionException`.
        line: The line of a CSV file that DuckDB could not read, from 1, or `None` if it is not about one.
    """

    def __init__(self, engine: str, kind: str, line: int | None = None) -> None:
        super().__init__(engine, kind, line)
        self.engine: str = engine
        self.kind: str = kind
        self.line: int | None = line

    def __str__(self) -> str:
        place = f" for line {self.line} of a CSV file" if self.line is not None else ""
        reason = f"{self.engine} raised {self.kind}{place}, which is left out because it may quote a row"
        return f"{reason}; read the table with {self.engine} to see it"


_WITHOUT_ROWS = {
    *("CatalogException", "HTTPException", "IOException", "InterruptException", "OutOfMemoryException"),
    *("AnalysisException", "ParseException"),
}
"""The errors of DuckDB and Spark that name tables, columns and files only."""


_CSV_LINE = re.compile(r"Invalid Input Error: CSV Error on Line: ([0-9]+)\n")  # the row follows


def hide_rows(function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function to raise `EngineError` instead of an engine's error that may quote a row."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            # DuckDB 1 raises Python's own error, which has the bytes, if text is not UTF-8.
            engine = "DuckDB" if isinstance(error, UnicodeDecodeError) else find_owner(error)
            kind = type(error).__name__
            if engine is None or kind in _WITHOUT_ROWS:
                raise
            line = _CSV_LINE.match(str(error))
        # Raised outside the handler: the engine's error must not become the context.
        raise EngineError(engine, kind, int(line[1]) if line is not None else None)

    return call


_QUOTED = re.compile(r"`[^`]*`")  # as Spark quotes the parts of a name


def parse_columns(columns: str) -> dict[str, str]:
    """Return the type of each column. The types are `int`, `decimal(38,0)`, `text` and `text[]`."""
    return dict(column.split() for column in re.split(r",\s", columns))


def find_owner(table: object) -> str | None:
    """Return the name of the engine that a native table, session or error belongs to."""
    library = type(table).__module__.lstrip("_").partition(".")[0]
    return {"duckdb": "DuckDB", "pyspark": "Spark", "py4j": "Spark"}.get(library)


def is_file_pattern(source: object) -> TypeGuard[str]:
    """Return whether a string names files.

    A table's name has no slash and no suffix `.parquet`, except between backticks: delta.`/data/members`.
    """
    if not isinstance(source, str):
        return False
    unquoted = _QUOTED.sub("", source)
    return "/" in unquoted or os.sep in unquoted or unquoted.endswith(".parquet")


def to_path(source: object) -> Path | None:
    """Return a path-like object as a `Path`, or `None` if it is not one."""
    if not isinstance(source, os.PathLike):
        return None
    return Path(os.fsdecode(cast("os.PathLike[str]", source)))
