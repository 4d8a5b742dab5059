"""DuckDB as it is used here: in memory, bounded, and asking nobody for more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "2GB"
"""What it may take before it goes on in files."""


def connect(scratch: Path, *, memory: str = MEMORY, **settings: str | int | bool) -> DuckDBPyConnection:
    """Open a database in memory that puts what does not fit into `scratch`.

    Raises:
        ImportError: the extra is missing.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ImportError('whole pools need an extra: pip install "cognito-claims[pool]"') from error
    return duckdb.connect(
        config={
            "memory_limit": memory,
            "temp_directory": str(scratch),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            **settings,
        }
    )


def quoted(path: Path | str) -> str:
    """Write a path as a text of SQL."""
    return "'" + str(path).replace("'", "''") + "'"
