"""CSV files of tables."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path
from typing import TypeGuard

from cognito_claims.pool._columns import InvalidTableError
from cognito_claims.pool.engines.duckdb import quote_source


def is_file(source: object) -> TypeGuard[str | os.PathLike[str]]:
    """Return whether a source is the path of a file."""
    return isinstance(source, (str, os.PathLike))


def is_csv(source: object) -> TypeGuard[str | os.PathLike[str]]:
    """Return whether a source is the path of a file that is not Parquet."""
    if not is_file(source):
        return False
    with to_file(source).open("rb") as file:
        return file.read(4) != b"PAR1"


def to_file(source: str | os.PathLike[str]) -> Path:
    """Return the path of a file as a `Path`."""
    return Path(os.fsdecode(source))


def scan_csv(path: Path, columns: list[str]) -> str:
    """Return the SQL expression of a file, whose values are all strings."""
    types = ", ".join(f"'{column.replace(chr(39), chr(39) * 2)}': 'VARCHAR'" for column in columns)
    # Without detection, which would read names as numbers, and may take another line for the header.
    options = "auto_detect=false, header=true, delim=',', quote='\"', escape='\"', hive_partitioning=false"
    return f"read_csv({quote_source(path)}, {options}, columns={{{types}}})"


def read_header(name: str, path: Path) -> list[str]:
    """Return the names of the columns, which are different.

    Raises:
        InvalidTableError: If the first line is not a header of fields that commas separate.
    """
    header: list[str] | None = None
    # An error of the codec or of `csv` would hold a row, so no exception is raised inside the handler.
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), None)
    except (UnicodeDecodeError, csv.Error):
        pass
    if header is None:
        raise InvalidTableError(name, "must be a Parquet file, or a CSV file in UTF-8 with a header")
    if not any(column.strip() for column in header) or re.fullmatch("sep=.?", header[0]):
        raise InvalidTableError(name, "the first line must be the header: remove what is before it")
    if len(header) == 1 and re.search("[;\t|]", header[0]):
        raise InvalidTableError(name, "the columns must be separated by commas")
    columns = [column or f"column {number}" for number, column in enumerate(header)]
    if len({column.lower() for column in columns}) < len(columns):
        raise InvalidTableError(name, "has two columns with the same name")
    return columns


def describe_malformed(line: int, columns: int) -> str:
    """Return the reason for a line that DuckDB cannot read, without its content."""
    fields = "1 field" if columns == 1 else f"{columns} fields separated by commas"
    return f"line {line} is malformed: it must have {fields}, closed quotes, UTF-8 text and up to 2 MB"
