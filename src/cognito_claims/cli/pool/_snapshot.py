"""The pools that commands read: a snapshot, or files of groups and memberships."""

import json
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, TypeAlias

import typer

from cognito_claims import pool
from cognito_claims.cli._exit import ExitCode, exit_on_error, fail
from cognito_claims.cli._input import parse_groups
from cognito_claims.cli._options import declare_option, declare_output_file
from cognito_claims.cli._output import refuse_overwrite
from cognito_claims.errors import InvalidRequestError
from cognito_claims.models import GroupType

declare_table = partial(declare_option, panel="Read tables")

SnapshotPath: TypeAlias = Annotated[
    Path | None,
    typer.Argument(help="The folder that `cognito-claims pool fetch` wrote.", metavar="SNAPSHOT"),
]
GroupsFile: TypeAlias = Annotated[
    str | None,
    declare_table(
        "All groups of the pool, instead of SNAPSHOT: Parquet, CSV, or the output of "
        "`aws cognito-idp list-groups`.",
        "FILE",
    ),
]
MembershipsFile: TypeAlias = Annotated[
    str | None,
    declare_table("The memberships: Parquet or CSV with the columns `username` and `group_name`.", "FILE"),
]
PoolId: TypeAlias = Annotated[
    str | None, declare_table("The ID of the user pool, if the groups do not contain it.", "ID")
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


@dataclass(frozen=True)
class Source:
    """The arguments and options that name a pool: its snapshot, or its tables."""

    snapshot: Path | None
    groups: str | None
    memberships: str | None
    pool_id: str | None
    argument: str = "SNAPSHOT"
    prefix: str = "--"

    def __post_init__(self) -> None:
        """Require exactly one of both, or fail."""
        tables = [file for file in (self.groups, self.memberships) if file is not None]
        if len(tables) != (2 if self.snapshot is None else 0):
            options = f"{self.prefix}groups and {self.prefix}memberships"
            raise typer.BadParameter(f"pass either {self.argument}, or both {options}")

    def refuse_overwrite(self, *outputs: Path | None, inputs: Iterable[str | None] = ()) -> None:
        """Refuse to overwrite one of the tables or other inputs, or to write two outputs to one file."""
        for path in (output.resolve() for output in outputs if output is not None):
            if self.snapshot is not None and path.parent == self.snapshot.resolve():
                raise typer.BadParameter(f"{path}: is in the snapshot, which must not change")
        refuse_overwrite(outputs, (self.groups, self.memberships, *inputs))

    @contextmanager
    def open(self) -> Generator[pool.Snapshot, None, None]:
        """Open the snapshot, or one that is written of the tables and removed at the end, or fail.

        An error about the temporary one names the options.
        """
        if self.snapshot is not None:
            yield self._open_snapshot(self.snapshot)
            return
        with exit_on_error():
            scratch = TemporaryDirectory(prefix="cognito-claims-")
        with scratch as folder:
            written = self._write_snapshot(Path(folder, "snapshot"))
            try:
                yield written
            except pool.SnapshotError as error:
                if not error.path.is_relative_to(written.path):
                    raise
                options = f"{self.prefix}groups and {self.prefix}memberships"
                fail(ExitCode.BAD_INPUT, [f"{options}: {error.reason}"])

    def _open_snapshot(self, path: Path) -> pool.Snapshot:
        if not os.path.isdir(path):  # noqa: PTH112, `Path.is_dir` raises an error for a name that is too long
            error = (
                f"{self.argument}: is not a snapshot: pass a folder that cognito-claims pool fetch wrote"
            )
            fail(ExitCode.BAD_INPUT, [error])
        with exit_on_error():
            opened = pool.Snapshot.open(path)
        expected = opened.manifest.user_pool_id
        if self.pool_id not in (None, expected):
            fail(ExitCode.BAD_INPUT, [f"--pool-id: must be {expected}, the ID in {self.argument}"])
        return opened

    def _write_snapshot(self, folder: Path) -> pool.Snapshot:
        memberships = _find_file(str(self.memberships), f"{self.prefix}memberships")
        option = f"{self.prefix}groups"
        groups = _read_groups(_find_file(str(self.groups), option), option)
        with exit_on_error():
            try:
                return pool.Snapshot.write(
                    folder, groups=groups, memberships=memberships, user_pool_id=self.pool_id
                )
            except pool.InvalidTableError as error:
                remedy = " (--pool-id)" if error.reason.startswith("has no user_pool_id") else ""
                errors = [f"{self.prefix}{line}{remedy}" for line in str(error).splitlines()]
            except pool.UnknownGroupsError as error:
                errors = [f"{self.prefix}{error}"]
            except InvalidRequestError as error:
                errors = [f"--pool-id: {problem.reason}" for problem in error.problems]
        return fail(ExitCode.BAD_INPUT, errors)


def _find_file(path: str, name: str) -> Path:
    """Return a file that can be read, or fail without quoting the path, which may be a token."""
    file, reason = Path(path), "is not a file"
    try:
        if file.is_file():  # a pipe could be read only once
            file.open("rb").close()
            return file
    except OSError as error:
        reason = error.strerror or reason
    return fail(ExitCode.BAD_INPUT, [f"{name}: {reason}: pass a file"])


def _read_groups(path: Path, option: str) -> Path | tuple[GroupType, ...]:
    """Return the groups of a JSON file, or the path of any other file. Errors name the option."""
    with path.open("rb") as file:
        start = file.read(64)
    text = start.decode(json.detect_encoding(start), "ignore").lstrip("\ufeff \t\r\n")
    return parse_groups(path.read_bytes(), option) if text.startswith(("{", "[")) else path
