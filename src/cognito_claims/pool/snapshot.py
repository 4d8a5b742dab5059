"""A user pool as files: its groups and memberships.

A snapshot is a folder of three files: `groups.parquet` (`group_name`,
`user_pool_id`, `description`, `role_arn`, `precedence`, `last_modified_date`,
`creation_date`), `memberships.parquet` (`username`, `group_name`), and the
manifest `snapshot.json`. The manifest is written last: without it, or while
the folder `unfinished` exists, the snapshot is not finished.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, ValidationError

from cognito_claims._wire.base import EPOCH
from cognito_claims._wire.parsing import format_reason, parse_response
from cognito_claims._wire.scalars import NonNegativeInt
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.models import GroupType, ListGroupsResponse
from cognito_claims.pool._columns import describe_missing
from cognito_claims.pool.engines.duckdb import DuckDB, connect, quote_source, quote_target
from cognito_claims.pool.engines.protocol import hide_rows

MANIFEST = "snapshot.json"
GROUPS = "groups.parquet"
MEMBERSHIPS = "memberships.parquet"
GROUP_COLUMNS = (
    *("group_name", "user_pool_id", "description", "role_arn"),
    *("precedence", "last_modified_date", "creation_date"),
)
MEMBERSHIP_COLUMNS = ("username", "group_name")
UNFINISHED = "unfinished"
"""The folder inside a snapshot that holds the state of a fetch."""

UsernameMode = Literal["kept", "hashed", "discarded-key"]


class SnapshotError(CognitoClaimsError, ValueError):
    """A folder does not contain a finished, undamaged snapshot.

    Attributes:
        path: The folder, or the file in it.
        reason: The reason and the remedy, as a phrase.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path: Path = path
        self.reason: str = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class Membership(NamedTuple):
    """The membership of a user in a group."""

    username: str
    """The username, or its hash: see `Manifest.usernames`."""

    group_name: str
    """The name of the group."""

    def __repr__(self) -> str:
        """Leave out the username."""
        return f"Membership(group_name={self.group_name!r})"


class Change(BaseModel, frozen=True):
    """A change that a fetch noticed between its beginning and its end."""

    group_name: str
    """The name of the group."""

    what: Literal["created", "changed", "deleted", "shifted"]
    """`created`, `changed` or `deleted`; or `shifted` if the list of its users contained a user twice:
    users joined or left while it was read, and a user may be missing."""


class DataFile(BaseModel, frozen=True):
    """The size and digest of a finished file."""

    size: NonNegativeInt
    """The size in bytes."""

    sha256: str
    """The SHA-256 digest, in hexadecimal digits."""


class Manifest(BaseModel, frozen=True):
    """The manifest of a snapshot: `snapshot.json`."""

    version: Literal[1] = 1
    """The version of the format."""

    user_pool_id: str
    """The ID of the pool."""

    usernames: UsernameMode
    """How usernames are stored: `kept` as they are, `hashed` with the caller's key, or `discarded-key` if
    they are hashed with a key that was discarded."""

    key_id: str | None = None
    """Identifies the key that usernames are `hashed` with; `None` otherwise."""

    started_at: AwareDatetime
    """When the fetch began."""

    finished_at: AwareDatetime
    """When the last response arrived."""

    groups: NonNegativeInt
    """The number of groups."""

    memberships: NonNegativeInt
    """The number of memberships."""

    changes: tuple[Change, ...]
    """The changes that the fetch detected while it ran. A user who moved to a different group
    meanwhile may be in both groups, in one or in neither."""

    files: dict[str, DataFile]
    """The other files, by name."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A finished snapshot."""

    path: Path
    """The folder."""

    manifest: Manifest
    """The manifest."""

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Snapshot:
        """Open a snapshot and verify the sizes and digests of its files.

        Raises:
            SnapshotError: If the folder is not a snapshot, is not finished, or contains a changed file.
        """
        folder = Path(path)
        manifest = _read_manifest(folder)
        for name, file in manifest.files.items():
            _verify(folder / name, file)
        return cls(folder, manifest)

    @property
    def groups_file(self) -> Path:
        """The Parquet file of the groups."""
        return self.path / GROUPS

    @property
    def memberships_file(self) -> Path:
        """The Parquet file of the memberships."""
        return self.path / MEMBERSHIPS

    def read_groups(self) -> tuple[GroupType, ...]:
        """Return the groups, by name.

        Raises:
            SnapshotError: If the file lacks a column.
        """
        # DuckDB would need pytz to return dates with a time zone, but not to return integers.
        dates = "epoch_us(last_modified_date), epoch_us(creation_date)"
        select = (
            f"select group_name, user_pool_id, description, role_arn, precedence, {dates} from {{groups}}"
        )
        with closing(DuckDB(ordered=True)) as engine:
            table = read_table(engine, self.groups_file, GROUP_COLUMNS)
            rows = engine.fetch_rows(engine.query(select, groups=table))
            groups = [_to_wire(row) for row in rows]
        return parse_response(ListGroupsResponse, {"Groups": groups}).groups

    def read_memberships(self) -> Iterator[Membership]:
        """Yield the memberships, by group and username. Reads a few thousand at a time.

        Raises:
            SnapshotError: If the file lacks a column.
        """
        select = "select username, group_name from {memberships}"
        with closing(DuckDB(ordered=True)) as engine:
            memberships = read_table(engine, self.memberships_file, MEMBERSHIP_COLUMNS)
            table = engine.query(select, memberships=memberships)
            yield from map(Membership._make, engine.fetch_rows(table))


def _to_wire(row: tuple[Any, ...]) -> Mapping[str, object]:
    *members, modified, created = row
    names = ("GroupName", "UserPoolId", "Description", "RoleArn", "Precedence")
    dates = {"LastModifiedDate": modified, "CreationDate": created}
    aware = {name: EPOCH + timedelta(microseconds=at) for name, at in dates.items() if at is not None}
    return dict(zip(names, members, strict=True)) | aware


def read_table(engine: DuckDB, path: Path, columns: Collection[str]) -> str:
    """Return a table of a snapshot, which a different program may have written.

    Raises:
        SnapshotError: If it lacks one of the columns.
    """
    table = engine.read(path)
    found = engine.list_columns(table)
    if missing := [column for column in columns if column not in found]:
        raise SnapshotError(path, describe_missing(missing, found, columns))
    return table


def is_finished(folder: Path) -> bool:
    """Return whether a snapshot is finished, which also means that a key to discard no longer exists."""
    return (folder / MANIFEST).exists() and not (folder / UNFINISHED).exists()


def _read_manifest(folder: Path) -> Manifest:
    if (folder / UNFINISHED).exists():
        raise SnapshotError(folder, "is not finished; run the same fetch again to resume it")
    try:
        text = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        raise SnapshotError(folder, f"is not a snapshot: it has no {MANIFEST}") from None
    except OSError as error:
        raise SnapshotError(folder / MANIFEST, f"cannot be read: {error.strerror}") from None
    manifest = _parse_manifest(text)
    if isinstance(manifest, str):
        raise SnapshotError(folder / MANIFEST, f"{manifest}; fetch the pool again")
    if manifest.files.keys() != {GROUPS, MEMBERSHIPS}:
        raise SnapshotError(folder / MANIFEST, f"files: must be {GROUPS} and {MEMBERSHIPS}")
    return manifest


def _parse_manifest(text: bytes) -> Manifest | str:
    """Return the manifest, or what is wrong with it.

    It is not raised, since pydantic's error holds the text and would become the context.
    """
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        [first, *_] = error.errors(include_url=False, include_input=False)
    # After the field, the location may contain a key of the file.
    place = "".join(f"{field}: " for field in first["loc"][:1])
    return f"{place}{format_reason(first['msg'])}"


def _verify(path: Path, expected: DataFile) -> None:
    try:
        size = path.stat().st_size
        if size < expected.size:
            reason = f"is truncated: it has {size} of {expected.size} bytes"
            raise SnapshotError(path, f"{reason}; copy it or fetch the pool again")
        if describe_file(path) != expected:
            raise SnapshotError(path, "has changed since the fetch; fetch the pool again")
    except OSError as error:
        raise SnapshotError(path, f"cannot be read: {error.strerror}; fetch the pool again") from None


def describe_file(path: Path) -> DataFile:
    """Return the size and digest of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return DataFile(size=file.tell(), sha256=digest.hexdigest())


@hide_rows
def write_tables(
    folder: Path, scratch: Path, groups: Iterable[GroupType], memberships: Iterable[Membership]
) -> dict[str, DataFile]:
    """Write both tables, their rows in the given order, and return their sizes and digests."""
    group_lines, membership_lines = scratch / "groups.jsonl", scratch / "memberships.tsv"
    with group_lines.open("w", encoding="utf-8") as file:
        file.writelines(group.model_dump_json() + "\n" for group in groups)
    with membership_lines.open("w", encoding="utf-8", newline="\n") as file:
        # AWS allows no white space in either name, so no field needs quotes.
        file.writelines(f"{username}\t{group_name}\n" for username, group_name in memberships)
    sources = {
        GROUPS: _GROUP_LINES.format(quote_source(group_lines)),
        MEMBERSHIPS: _MEMBERSHIP_LINES.format(quote_source(membership_lines)),
    }
    # One thread, since DuckDB needs memory for each.
    with closing(connect(scratch, memory_limit="256MB", threads="1")) as database:
        database.execute("set timezone = 'UTC'")
        for name, source in sources.items():
            partial = scratch / name
            database.execute(
                f"copy (from {source}) to {quote_target(partial)} (format parquet, compression zstd)"
            )
            make_durable(partial)
            partial.replace(folder / name)  # atomic, so that no reader finds a part of a table
    group_lines.unlink()
    membership_lines.unlink()
    return {name: describe_file(folder / name) for name in (GROUPS, MEMBERSHIPS)}


_GROUP_LINES = """read_json({}, hive_partitioning=false, format='newline_delimited', columns={{
    group_name: 'VARCHAR', user_pool_id: 'VARCHAR', description: 'VARCHAR', role_arn: 'VARCHAR',
    precedence: 'INTEGER', last_modified_date: 'TIMESTAMPTZ', creation_date: 'TIMESTAMPTZ'}})"""
_MEMBERSHIP_LINES = """read_csv({}, hive_partitioning=false, delim='\\t', quote='', escape='', header=false,
    nullstr='', auto_detect=false, columns={{username: 'VARCHAR', group_name: 'VARCHAR'}})"""


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, which finishes the snapshot."""
    partial = folder / UNFINISHED / MANIFEST
    partial.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    make_durable(partial)
    partial.replace(folder / MANIFEST)
    make_durable(folder)


def make_durable(path: Path) -> None:
    """Wait until a file, or the list of the files in a folder, is on the disk."""
    if path.is_dir():
        with suppress(PermissionError):  # Windows cannot open a folder
            _sync(os.open(path, os.O_RDONLY))
    else:
        _sync(os.open(path, os.O_RDWR))


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
