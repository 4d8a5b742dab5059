"""Quote strings and paths as literals of DuckDB's SQL."""

from __future__ import annotations

from errno import EILSEQ
from glob import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def quote(text: str) -> str:
    """Quote a string as a SQL literal.

    Raises:
        OSError: If it is not valid UTF-8, as the name of a file may be.
    """
    return "'" + require_utf8(text).replace("'", "''") + "'"


def quote_source(path: Path) -> str:
    """Quote the path of one file to read, escaping the characters of glob patterns."""
    # Absolute, since DuckDB expands a tilde at the start of a path.
    return quote(escape(str(path.absolute())))


def quote_target(path: Path) -> str:
    """Quote the path of a file to write."""
    return quote(str(path.absolute()))


def scan_parquet(files: str) -> str:
    """Return the expression that reads Parquet files, given as a SQL literal."""
    # A folder named `username=alice` must add no column, and some writers leave
    # strings unmarked, which DuckDB would read as bytes.
    return f"read_parquet({files}, hive_partitioning=false, binary_as_string=true)"


def require_utf8(text: str) -> str:
    """Return the text, or raise `OSError` if it is not valid UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise OSError(EILSEQ, "DuckDB requires names in UTF-8", text) from None
    return text
