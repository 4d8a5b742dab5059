"""The snapshots that commands read: shared options, and protection from being overwritten."""

import os
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from cognito_claims import pool
from cognito_claims.cli._exit import ExitCode, exit_on_error, fail
from cognito_claims.cli._options import declare_output_file

SnapshotPath: TypeAlias = Annotated[
    Path, typer.Argument(help="The folder that `cognito-claims pool fetch` wrote.", metavar="SNAPSHOT")
]
Samples: TypeAlias = Annotated[
    int,
    typer.Option(
        help=f"The maximum number of users to name, from 0 to {pool.MAX_SAMPLES}.",
        metavar="NUMBER",
        min=0,
        max=pool.MAX_SAMPLES,
    ),
]
Html: TypeAlias = Annotated[
    Path | None, declare_output_file("Write a report to FILE as self-contained HTML.")
]


def open_snapshot(path: Path, name: str = "SNAPSHOT") -> pool.Snapshot:
    """Open the snapshot of an argument, or fail."""
    if not os.path.isdir(path):  # noqa: PTH112, `Path.is_dir` raises an error for a name that is too long
        fail(
            ExitCode.BAD_INPUT,
            [f"{name}: is not a snapshot: pass a folder that cognito-claims pool fetch wrote"],
        )
    with exit_on_error():
        return pool.Snapshot.open(path)


def refuse_overwrite(snapshot: Path, *outputs: Path | None) -> None:
    """Refuse to overwrite a file of a snapshot, or to write two outputs to one file."""
    paths = [output.resolve() for output in outputs if output is not None]
    for path in paths:
        if path.parent == snapshot.resolve():
            raise typer.BadParameter(f"{path}: is in the snapshot, which must not change")
    if len({*paths}) < len(paths):
        raise typer.BadParameter("two options point to the same file")
