"""A user pool as files: its groups and memberships.

A snapshot is a folder of three files: `groups.parquet` (`group_name`,
`user_pool_id`, `description`, `role_arn`, `precedence`, `last_modified_date`,
`creation_date`), `memberships.parquet` (`username`, `group_name`), and the
manifest `snapshot.json`, which is written last. While a fetch is not finished,
its state is in the folder `unfinished`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from cognito_claims._files import (
    create_private_file,
    create_private_folder,
    make_durable,
    open_regular_file,
)
from cognito_claims._wire.base import EPOCH
from cognito_claims._wire.parsing import parse_response
from cognito_claims.errors import InvalidResponseError
from cognito_claims.models import GroupType, ListGroupsResponse
from cognito_claims.pool._columns import GROUP_COLUMNS, MEMBERSHIP_COLUMNS, describe_missing
from cognito_claims.pool._tables import Memberships, PoolGroups, PoolTables, open_tables
from cognito_claims.pool.engines.duckdb import PARQUET, DuckDB, connect, quote_source, quote_target
from cognito_claims.pool.engines.protocol import hide_rows
from cognito_claims.pool.manifest import (
    FETCH_AGAIN,
    GROUPS,
    MEMBERSHIPS,
    UNFINISHED,
    DataFile,
    Manifest,
    SnapshotError,
    describe_file,
    publish,
    read_manifest,
    verify_file,
    write_manifest,
)


class Membership(NamedTuple):
    """The membership of a user in a group."""

    username: str
    """The username, or its hash: see `Manifest.usernames`."""

    group_name: str
    """The name of the group."""

    def __repr__(self) -> str:
        """Leave out the username."""
        return f"Membership(group_name={self.group_name!r})"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A finished snapshot."""

    path: Path
    """The folder."""

    manifest: Manifest
    """The manifest."""

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Snapshot:
        """Open a snapshot and verify its files: their sizes, digests, columns and numbers of rows.

        Raises:
            SnapshotError: If the folder is not a snapshot, is not finished, or contains a changed file.
            ImportError: If the extra `pool` is missing.
        """
        folder = Path(path)
        manifest = read_manifest(folder)
        for name, file in manifest.files.items():
            verify_file(folder, name, file)
        with closing(DuckDB()) as engine:
            _verify_table(engine, folder / GROUPS, GROUP_COLUMNS, manifest.groups, required=["group_name"])
            _verify_table(
                engine,
                folder / MEMBERSHIPS,
                MEMBERSHIP_COLUMNS,
                manifest.memberships,
                required=MEMBERSHIP_COLUMNS,
            )
        return cls(folder, manifest)

    @classmethod
    def write(
        cls,
        folder: str | os.PathLike[str],
        *,
        groups: PoolGroups,
        memberships: Memberships,
        user_pool_id: str | None = None,
    ) -> Snapshot:
        """Write a snapshot of tables that you have, and open it.

        A file is Parquet, or CSV in UTF-8 with a header; its columns have the names of a snapshot or
        AWS's. Of `groups`, only `group_name` is required. Duplicates count once. Memory does not grow
        with the tables, unless `memberships` is an iterable.

        Args:
            folder: The folder to write, which must be empty, or not exist yet.
            groups: All groups of the pool, 10,000 at most: `GroupType` or boto3 dictionaries, a file,
                or a DuckDB relation.
            memberships: The columns `username` and `group_name`: a file, a DuckDB relation, or pairs.
            user_pool_id: The ID of the pool, if the groups do not contain it.

        Raises:
            SnapshotError: If the folder exists and is not empty.
            InvalidTableError: If a column is missing or misspelled, a username or a pair is invalid, there
                are too many groups, or the ID of the pool is missing.
            UnknownGroupsError: If memberships name groups that are not in `groups`.
            InvalidResponseError: If a group does not fit its model.
            InvalidRequestError: If the ID of the pool is invalid.
            MixedUserPoolsError: If the groups belong to more than one user pool.
            ConflictingGroupsError: If two groups with the same name differ.
            EngineError: If DuckDB raises an error that may quote a row.
            ImportError: If the extra `pool` is missing.
            OSError: If a file cannot be read or written.
        """
        target = Path(folder)
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise SnapshotError(target, "already exists and is not empty; choose another folder")
        with open_tables(groups, memberships, user_pool_id) as tables:
            create_private_folder(target)
            _write_snapshot(target, tables)
        return cls.open(target)

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
            SnapshotError: If a group does not fit its model.
        """
        # DuckDB would need pytz to return dates with a time zone, but not to return integers.
        dates = "epoch_us(last_modified_date), epoch_us(creation_date)"
        select = (
            f"select group_name, user_pool_id, description, role_arn, precedence, {dates} from {{groups}}"
        )
        with closing(DuckDB(ordered=True)) as engine:
            table = read_table(engine, self.groups_file, GROUP_COLUMNS)
            rows = list(engine.fetch_rows(engine.query(select, groups=table)))
        try:
            groups = parse_response(ListGroupsResponse, {"Groups": [*map(_to_wire, rows)]}).groups
            if {group.user_pool_id for group in groups} <= {None, self.manifest.user_pool_id}:
                return groups
            reason = "has groups of another user pool than the manifest"
        except InvalidResponseError as error:
            reason = str(error.problems[0])
        except OverflowError:
            reason = "a date is out of bounds"
        raise SnapshotError(self.groups_file, f"{reason}; {FETCH_AGAIN}")

    def read_memberships(self) -> Iterator[Membership]:
        """Yield the memberships, by group and username. Reads a few thousand at a time."""
        select = "select username, group_name from {memberships}"
        with closing(DuckDB(ordered=True)) as engine:
            memberships = read_table(engine, self.memberships_file, MEMBERSHIP_COLUMNS)
            table = engine.query(select, memberships=memberships)
            yield from map(Membership._make, engine.fetch_rows(table))


def _write_snapshot(folder: Path, tables: PoolTables) -> None:
    create_private_folder(scratch := folder / UNFINISHED)
    started_at = datetime.now(UTC)
    numbers = count()
    # `zip` stops before it takes a number too many, so that the next number is the count.
    memberships = (Membership._make(row) for row, _ in zip(tables.memberships, numbers, strict=False))
    try:
        files = write_tables(scratch, tables.groups, memberships)
        manifest = Manifest(
            user_pool_id=tables.user_pool_id,
            usernames="kept",
            started_at=started_at,
            finished_at=datetime.now(UTC),
            groups=len(tables.groups),
            memberships=next(numbers),
            changes=(),
            files=files,
        )
        write_manifest(scratch, manifest)
        publish(scratch, folder)
    finally:
        shutil.rmtree(scratch)  # after a failure, the folder is empty again


def _to_wire(row: tuple[Any, ...]) -> Mapping[str, object]:
    *members, modified, created = row
    names = ("GroupName", "UserPoolId", "Description", "RoleArn", "Precedence")
    dates = {"LastModifiedDate": modified, "CreationDate": created}
    aware = {name: EPOCH + timedelta(microseconds=at) for name, at in dates.items() if at is not None}
    return dict(zip(names, members, strict=True)) | aware


def read_table(engine: DuckDB, path: Path, columns: Mapping[str, str]) -> str:
    """Return a table of a snapshot, which a different program may have written.

    Raises:
        SnapshotError: If it lacks one of the columns, or has one of another type.
    """
    table = engine.read(path)
    found = engine.list_types(table)
    if missing := [column for column in columns if column not in found]:
        raise SnapshotError(path, describe_missing(missing, found, columns))
    for column, expected in columns.items():
        if found[column] != expected:
            raise SnapshotError(path, f"{column}: must be of type {expected}; {FETCH_AGAIN}")
    return table


def _verify_table(
    engine: DuckDB, path: Path, columns: Mapping[str, str], expected: int, required: Iterable[str]
) -> None:
    """Verify a table whose digest is right, since anybody can write a manifest with the right digest."""
    try:
        damage = _find_damage(engine, path, columns, expected, required)
    except Exception as error:
        # A RuntimeError, if a name is not UTF-8, or an IOException, though the file has just been read.
        is_damage = isinstance(error, RuntimeError) or type(error).__name__ == "IOException"
        if not is_damage or str(error) == "Query interrupted":
            raise
        damage = "is damaged"
    if damage is not None:
        raise SnapshotError(path, f"{damage}; {FETCH_AGAIN}")


def _find_damage(
    engine: DuckDB, path: Path, columns: Mapping[str, str], expected: int, required: Iterable[str]
) -> str | None:
    table = read_table(engine, path, columns)
    [(rows,)] = engine.fetch_rows(engine.query("select count(*) from {table}", table=table))
    if rows != expected:  # before they are read, since a small file can have very many
        return f"has {rows:,} rows, expected {expected:,}"
    # The hashes make DuckDB read the values, which finds damage that a count of them would not.
    counts = ", ".join(
        f"count(nullif({column}, ''))" if column in required else f"count({column})" for column in columns
    )
    hashes = ", ".join(f"bit_xor(hash({column}))" for column in columns)
    [values] = engine.fetch_rows(engine.query(f"select {counts}, {hashes} from {{table}}", table=table))
    found = dict(zip(columns, values, strict=False))
    missing = [column for column in required if found[column] < rows]
    return f"{missing[0]} is null or empty in at least one row" if missing else None


@hide_rows
def write_tables(
    folder: Path, groups: Iterable[GroupType], memberships: Iterable[Membership]
) -> dict[str, DataFile]:
    """Write both tables, their rows in the given order, and return their sizes and digests."""
    group_lines, membership_lines = folder / "groups.jsonl", folder / "memberships.tsv"
    with create_private_file(group_lines) as file:
        file.writelines(group.model_dump_json().encode() + b"\n" for group in groups)
    with create_private_file(membership_lines) as file:
        # AWS allows no white space in either name, so no field needs quotes.
        file.writelines(f"{username}\t{group_name}\n".encode() for username, group_name in memberships)
    sources = {
        GROUPS: _GROUP_LINES.format(quote_source(group_lines)),
        MEMBERSHIPS: _MEMBERSHIP_LINES.format(quote_source(membership_lines)),
    }
    files: dict[str, DataFile] = {}
    # One thread, since DuckDB needs memory for each.
    with closing(connect(folder, memory_limit="256MB", threads="1")) as database:
        database.execute("set timezone = 'UTC'")
        for name, source in sources.items():
            database.execute(f"copy (from {source}) to {quote_target(folder / name)} ({PARQUET})")
            (folder / name).chmod(0o600)
            make_durable(folder / name)
            with open_regular_file(folder / name) as table:
                files[name] = describe_file(table)
    group_lines.unlink()
    membership_lines.unlink()
    return files


_GROUP_LINES = """read_json({}, hive_partitioning=false, format='newline_delimited', columns={{
    group_name: 'VARCHAR', user_pool_id: 'VARCHAR', description: 'VARCHAR', role_arn: 'VARCHAR',
    precedence: 'INTEGER', last_modified_date: 'TIMESTAMPTZ', creation_date: 'TIMESTAMPTZ'}})"""
_MEMBERSHIP_LINES = """read_csv({}, hive_partitioning=false, delim='\\t', quote='', escape='', header=false,
    nullstr='', auto_detect=false, columns={{username: 'VARCHAR', group_name: 'VARCHAR'}})"""
