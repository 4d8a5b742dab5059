"""DuckDB as it is used here: in memory, and asking nobody for extensions."""

from __future__ import annotations

from errno import EILSEQ
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def connect(scratch: Path, **settings: str) -> DuckDBPyConnection:
    """Open a database in memory that puts what does not fit into `scratch`.

    What fits is DuckDB's to say: four fifths of the machine's or the container's memory, unless
    there is a `memory_limit` among the settings.

    Raises:
        ImportError: the extra is missing.
        OSError: the name of `scratch` is no UTF-8.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ImportError('whole pools need an extra: pip install "cognito-claims[pool]"') from error
    return duckdb.connect(
        config={
            "temp_directory": _checked(str(scratch)),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            **settings,
        }
    )


def quoted(text: str) -> str:
    """Write a text of SQL.

    Raises:
        OSError: it is no UTF-8, as the name of a file may be.
    """
    return "'" + _checked(text).replace("'", "''") + "'"


def _checked(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise OSError(EILSEQ, "DuckDB takes names in UTF-8 alone", text) from None
    return text


def to_read(path: Path) -> str:
    """Write the path of one file to read, whatever stars and brackets are in its name."""
    return quoted(escape(str(path.absolute())))  # at its start, DuckDB would give a tilde a meaning


def to_write(path: Path) -> str:
    """Write the path of a file to write."""
    return quoted(str(path.absolute()))


def parquet(files: str) -> str:
    """Read Parquet: texts that are not marked as such, and nothing out of folders like `username=alice`."""
    return f"read_parquet({files}, hive_partitioning=false, binary_as_string=true)"
