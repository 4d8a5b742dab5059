"""The manifest of a snapshot, and the files that it describes."""

from __future__ import annotations

import hashlib
import os
from io import BufferedReader
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, ValidationError, model_validator

from cognito_claims._files import create_private_file, make_durable, open_regular_file
from cognito_claims._wire.parsing import format_reason
from cognito_claims._wire.scalars import NonNegativeInt, UserPoolId
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.models import MAX_GROUPS_PER_POOL

MANIFEST = "snapshot.json"
GROUPS = "groups.parquet"
MEMBERSHIPS = "memberships.parquet"
_MAX_MANIFEST_SIZE = 16 * 2**20
"""The maximum size in bytes: 10,000 groups of which each has changed in every way take less."""

UNFINISHED = "unfinished"
"""The folder inside a snapshot that holds the state of a fetch."""

FETCH_AGAIN = "fetch the pool again with --refresh"
_NOT_FINISHED = "is not finished; run the same fetch again to resume it"

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

    user_pool_id: UserPoolId
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

    groups: Annotated[int, Field(ge=0, le=MAX_GROUPS_PER_POOL)]
    """The number of groups, from 0 to 10,000."""

    memberships: NonNegativeInt
    """The number of memberships."""

    changes: tuple[Change, ...]
    """The changes that the fetch detected while it ran. A user who moved to a different group
    meanwhile may be in both groups, in one or in neither."""

    files: dict[str, DataFile]
    """The other files, by name."""

    @model_validator(mode="after")
    def _require_key_id_only_if_hashed(self) -> Self:
        if (self.key_id is not None) != (self.usernames == "hashed"):
            raise ValueError("key_id must be set if and only if usernames are hashed")
        return self


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest, without verifying the files.

    Raises:
        SnapshotError: If there is none, or it is invalid.
    """
    try:
        with open_regular_file(folder / MANIFEST) as file:
            text = file.read(_MAX_MANIFEST_SIZE + 1)
    except FileNotFoundError:
        if (folder / UNFINISHED).exists():
            raise SnapshotError(folder, _NOT_FINISHED) from None
        raise SnapshotError(folder, f"is not a snapshot: it has no {MANIFEST}") from None
    except OSError as error:
        raise SnapshotError(folder / MANIFEST, f"cannot be read: {error.strerror}") from None
    manifest = _parse_manifest(text) if len(text) <= _MAX_MANIFEST_SIZE else "is too large"
    if isinstance(manifest, str):
        raise SnapshotError(folder / MANIFEST, f"{manifest}; {FETCH_AGAIN}")
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


def verify_file(folder: Path, name: str, expected: DataFile) -> None:
    """Verify the size and digest of a file.

    Raises:
        SnapshotError: If they differ, or the file cannot be read.
    """
    path = folder / name
    try:
        with open_regular_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size == expected.size and describe_file(file) == expected:
                return
    except OSError as error:
        raise SnapshotError(path, f"cannot be read: {error.strerror}; {FETCH_AGAIN}") from None
    if (folder / UNFINISHED).exists():  # a fetch ended while it replaced the files of an earlier one
        raise SnapshotError(folder, _NOT_FINISHED)
    if size < expected.size:
        reason = f"is truncated: it has {size} of {expected.size} bytes"
        raise SnapshotError(path, f"{reason}; copy it or {FETCH_AGAIN}")
    raise SnapshotError(path, f"has changed since the fetch; {FETCH_AGAIN}")


def describe_file(file: BufferedReader) -> DataFile:
    """Return the size and digest of a file, which is at its start."""
    digest = hashlib.file_digest(file, "sha256")
    return DataFile(size=file.tell(), sha256=digest.hexdigest())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest."""
    with create_private_file(folder / MANIFEST) as file:
        file.write(manifest.model_dump_json(indent=2).encode() + b"\n")
    make_durable(folder / MANIFEST)


def publish(scratch: Path, folder: Path) -> None:
    """Move the finished files of a snapshot into its folder, the manifest last."""
    for name in (GROUPS, MEMBERSHIPS, MANIFEST):
        (scratch / name).replace(folder / name)
    make_durable(folder)
