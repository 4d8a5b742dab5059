"""A user pool as files: its groups, and who is in them.

A snapshot is a folder of three files: `groups.parquet` (`group_name`,
`user_pool_id`, `description`, `role_arn`, `precedence`, `last_modified_date`,
`creation_date`), `memberships.parquet` (`username`, `group_name`), and
`snapshot.json`, which says what they are. That one is written last: where it
is missing, the snapshot is not finished, nor where a folder `unfinished` is left.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from cognito_claims._wire import parse_response
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.models import GroupType, ListGroupsResponse
from cognito_claims.pool._duckdb import connect, parquet, to_read, to_write
from cognito_claims.pool._usernames import Form  # noqa: TC001, pydantic reads annotations

__all__ = ["Change", "DataFile", "Manifest", "Membership", "Snapshot", "SnapshotError"]

MANIFEST = "snapshot.json"
GROUPS = "groups.parquet"
MEMBERSHIPS = "memberships.parquet"
UNFINISHED = "unfinished"
"""The folder in a snapshot's in which a fetch keeps what it has so far."""

Size = Annotated[int, Field(strict=True, ge=0)]


class SnapshotError(CognitoClaimsError, ValueError):
    """A folder holds no snapshot, or none that can be trusted.

    Attributes:
        path: the folder, or the file in it.
        reason: what is wrong, and what to do.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path: Path = path
        self.reason: str = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class Membership(NamedTuple):
    """A user in a group."""

    username: str
    """The username, or what stands in its place (see `Manifest.usernames`)."""

    group_name: str
    """The group's name."""


class Change(BaseModel, frozen=True):
    """What was different when a fetch came to its end."""

    group_name: str
    """The group's name."""

    what: Literal["created", "changed", "deleted", "shifted"]
    """`created`, `changed` or `deleted` since its beginning; `shifted`: users came twice in its list, so
    somebody joined or left while it was read, and somebody may have been passed over."""


class DataFile(BaseModel, frozen=True):
    """What a file was when it was finished."""

    size: Size
    """Bytes."""

    sha256: str
    """The SHA-256 of its bytes, in hexadecimal digits."""


class Manifest(BaseModel, frozen=True):
    """What a snapshot holds: `snapshot.json`."""

    version: Literal[1] = 1
    """The version of the format."""

    user_pool_id: str
    """The pool."""

    usernames: Form
    """As they are, hashed with a key of the user's, or hashed with one that nobody has any more."""

    key_id: str | None = None
    """Tells two keys apart, where usernames are hashed with one."""

    started_at: AwareDatetime
    """When the first call was made."""

    finished_at: AwareDatetime
    """When the last answer was there."""

    groups: Size
    """The number of groups."""

    memberships: Size
    """The number of memberships."""

    changes: tuple[Change, ...]
    """What changed in between, as far as it shows: a user who moves from one group to another is found in
    both, in one or in neither, and nothing tells."""

    files: dict[str, DataFile]
    """The other files, by their names."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A finished snapshot."""

    path: Path
    """The folder."""

    manifest: Manifest
    """What it holds."""

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Snapshot:
        """Open a snapshot, and make sure that it is whole.

        Raises:
            SnapshotError: there is none, it is not finished, or a file is not what it was.
        """
        folder = Path(path)
        manifest = _manifest_of(folder)
        for name, file in manifest.files.items():
            _check(folder / name, file)
        return cls(folder, manifest)

    @property
    def groups_file(self) -> Path:
        """The Parquet file of the groups."""
        return self.path / GROUPS

    @property
    def memberships_file(self) -> Path:
        """The Parquet file of the memberships."""
        return self.path / MEMBERSHIPS

    def groups(self) -> tuple[GroupType, ...]:
        """Read the groups, by name."""
        dates = ", ".join(f"epoch_us({name})" for name in ("last_modified_date", "creation_date"))
        select = f"select group_name, user_pool_id, description, role_arn, precedence, {dates}"
        with TemporaryDirectory() as scratch, closing(connect(Path(scratch))) as database:
            rows = database.execute(f"{select} from {parquet(to_read(self.groups_file))}").fetchall()
        return parse_response(ListGroupsResponse, {"Groups": [_group(row) for row in rows]}).groups

    def memberships(self) -> Iterator[Membership]:
        """Read the memberships, by group and username, a few thousand at a time."""
        source = parquet(to_read(self.memberships_file))
        with TemporaryDirectory() as scratch, closing(connect(Path(scratch))) as database:
            found = database.execute(f"select username, group_name from {source}")
            while rows := found.fetchmany(10_000):
                yield from map(Membership._make, rows)


def _group(row: tuple[object, ...]) -> dict[str, object]:
    *members, modified, created = row
    names = ("GroupName", "UserPoolId", "Description", "RoleArn", "Precedence")
    dates = {"LastModifiedDate": modified, "CreationDate": created}
    instants = {
        name: _EPOCH + timedelta(microseconds=at) for name, at in dates.items() if isinstance(at, int)
    }
    return dict(zip(names, members, strict=True)) | instants


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_finished(folder: Path) -> bool:
    """Tell whether a snapshot is finished, whole or not: nothing of the fetch is left, its key neither."""
    return (folder / MANIFEST).exists() and not (folder / UNFINISHED).exists()


def _manifest_of(folder: Path) -> Manifest:
    if (folder / UNFINISHED).exists():
        raise SnapshotError(folder, "is not finished: run the same fetch again, it goes on")
    try:
        text = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        raise SnapshotError(folder, f"is no snapshot: it has no {MANIFEST}") from None
    except OSError as error:
        raise SnapshotError(folder / MANIFEST, f"cannot be read: {error.strerror}") from None
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        [first, *_] = error.errors(include_url=False, include_input=False)
        place = "".join(f"{part}: " for part in first["loc"])
        raise SnapshotError(folder / MANIFEST, f"{place}{first['msg']}: fetch the pool anew") from None
    if manifest.files.keys() != {GROUPS, MEMBERSHIPS}:
        raise SnapshotError(folder / MANIFEST, f"files: must be {GROUPS} and {MEMBERSHIPS}")
    return manifest


def _check(path: Path, expected: DataFile) -> None:
    try:
        size = path.stat().st_size
        if size < expected.size:
            reason = f"is cut off: {size} bytes of {expected.size} are there"
            raise SnapshotError(path, f"{reason}; copy it again, or fetch the pool anew")
        if fingerprint(path) != expected:
            raise SnapshotError(path, "is not the file that was fetched: fetch the pool anew")
    except OSError as error:
        raise SnapshotError(path, f"cannot be read: {error.strerror}; fetch the pool anew") from None


def fingerprint(path: Path) -> DataFile:
    """Measure a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return DataFile(size=file.tell(), sha256=digest.hexdigest())


def write_tables(
    folder: Path, scratch: Path, groups: Iterable[GroupType], memberships: Iterable[Membership]
) -> dict[str, DataFile]:
    """Write both tables, in the order given, and make sure that they are on the disk."""
    group_lines, membership_lines = scratch / "groups.jsonl", scratch / "memberships.tsv"
    with group_lines.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(_columns(group)) + "\n" for group in groups)
    with membership_lines.open("w", encoding="utf-8", newline="\n") as file:
        # Neither name holds white space, so nothing is quoted.
        file.writelines(f"{username}\t{group_name}\n" for username, group_name in memberships)
    sources = {
        GROUPS: _GROUP_LINES.format(to_read(group_lines)),
        MEMBERSHIPS: _MEMBERSHIP_LINES.format(to_read(membership_lines)),
    }
    with closing(connect(scratch, memory_limit="256MB", threads="1")) as database:
        database.execute("set timezone = 'UTC'")
        for name, source in sources.items():
            partial = scratch / name
            database.execute(
                f"copy (from {source}) to {to_write(partial)} (format parquet, compression zstd)"
            )
            make_durable(partial)
            partial.replace(folder / name)
    group_lines.unlink()
    membership_lines.unlink()
    return {name: fingerprint(folder / name) for name in (GROUPS, MEMBERSHIPS)}


_GROUP_LINES = """read_json({}, hive_partitioning=false, format='newline_delimited', columns={{
    group_name: 'VARCHAR', user_pool_id: 'VARCHAR', description: 'VARCHAR', role_arn: 'VARCHAR',
    precedence: 'INTEGER', last_modified_date: 'TIMESTAMPTZ', creation_date: 'TIMESTAMPTZ'}})"""
_MEMBERSHIP_LINES = """read_csv({}, hive_partitioning=false, delim='\\t', quote='', escape='', header=false,
    nullstr='', auto_detect=false, columns={{username: 'VARCHAR', group_name: 'VARCHAR'}})"""


def _columns(group: GroupType) -> dict[str, str | int | None]:
    def iso(date: datetime | None) -> str | None:
        return None if date is None else date.isoformat()

    return {
        "group_name": group.group_name,
        "user_pool_id": group.user_pool_id,
        "description": group.description,
        "role_arn": group.role_arn,
        "precedence": group.precedence,
        "last_modified_date": iso(group.last_modified_date),
        "creation_date": iso(group.creation_date),
    }


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Finish a snapshot."""
    partial = folder / UNFINISHED / MANIFEST
    partial.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    make_durable(partial)
    partial.replace(folder / MANIFEST)
    make_durable(folder)


def make_durable(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk before going on."""
    if path.is_dir():
        with suppress(PermissionError):  # Windows opens no folder
            _sync(os.open(path, os.O_RDONLY))
    else:
        _sync(os.open(path, os.O_RDWR))


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
