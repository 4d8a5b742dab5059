"""Snapshots that commands read, and must not overwrite."""

from pathlib import Path

import typer

from cognito_claims.cli._exit import exit_on_error
from cognito_claims.pool import Snapshot


def open_snapshot(path: Path) -> Snapshot:
    """Open a snapshot, or fail."""
    with exit_on_error():
        return Snapshot.open(path)


def refuse_overwrite(snapshot: Path, *outputs: Path | None) -> None:
    """Refuse to overwrite a file of a snapshot, or to write two outputs to one file."""
    paths = [output.resolve() for output in outputs if output is not None]
    for path in paths:
        if path.parent == snapshot.resolve():
            raise typer.BadParameter(f"{path}: is in the snapshot, which must not change")
    if len({*paths}) < len(paths):
        raise typer.BadParameter("two options point to the same file")
