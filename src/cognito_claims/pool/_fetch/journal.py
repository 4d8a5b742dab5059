"""The state of an unfinished fetch: a SQLite database in the folder of the snapshot.

One transaction stores the users of a page and the token of the next page. If the
process ends, even by a crash, no stored page is lost. If the machine fails, the
last pages may be lost, each together with its token.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from errno import EIO
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, NamedTuple, Self

from pydantic import AwareDatetime, BaseModel, Field, ValidationError, model_validator

from cognito_claims._files import (
    create_private_file,
    create_private_folder,
    make_durable,
    open_regular_file,
)
from cognito_claims.client._iteration import decode_resume_token, encode_resume_token
from cognito_claims.models import GroupType
from cognito_claims.pool.manifest import Change, SnapshotError, UsernameMode
from cognito_claims.pool.snapshot import Membership

_LAYOUT = """
create table settings (json text not null check (typeof(json) = 'text'));
create table groups (
    number integer primary key,
    name text not null unique check (typeof(name) = 'text'),
    group_json text not null check (typeof(group_json) = 'text'),  -- the group as it was last listed
    state text not null check (state in ('open', 'read', 'deleted')),
    resume_token text check (typeof(resume_token) in ('text', 'null'))  -- the next page; null for the first
);
create table memberships (
    number integer not null check (typeof(number) = 'integer'),
    username text not null check (
        typeof(username) = 'text' and length(username) between 1 and 128
        and instr(username, char(0)) + instr(username, char(9)) + instr(username, char(10)) = 0
    ),
    primary key (number, username)
) without rowid;
create table changes (
    number integer not null,
    what text not null check (what in ('created', 'changed', 'deleted', 'shifted')),
    primary key (number, what)
) without rowid;
"""
"""With checks of the types, since SQLite stores any value in any column."""

_ORPHANS = "select 1 from memberships where number not in (select number from groups) limit 1"
_READ_LAYOUT = "select name, sql from sqlite_master where sql is not null order by name"

_DAMAGED = "is damaged: remove the folder and fetch the pool again"


class Settings(BaseModel, frozen=True):
    """The settings of a fetch, which it keeps when it is resumed."""

    user_pool_id: str
    usernames: UsernameMode
    key_id: str | None
    throwaway_key_id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None
    """Names the file of a key to discard, so it must not lead to another folder."""
    started_at: AwareDatetime

    @model_validator(mode="after")
    def _require_a_key_only_to_discard(self) -> Self:
        if (self.throwaway_key_id is not None) != (self.usernames == "discarded-key"):
            raise ValueError("throwaway_key_id: must be set if and only if the key is discarded")
        return self


class Progress(NamedTuple):
    """The progress of a fetch."""

    groups_read: int
    """The number of groups whose users have all been read."""

    groups: int
    """The total number of groups."""

    memberships: int
    """The number of memberships that have been read."""


@dataclass(frozen=True, slots=True)
class UnreadGroup:
    """A group whose users have not all been read."""

    number: int
    name: str
    resume_token: str | None = field(repr=False)


class Journal:
    """The pages that were read, and the next page of each group. Threads may share it."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        self._folder = folder
        self._database = database
        self._lock = Lock()

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Generator[Self, None, None]:
        """Open the journal in a folder, or create it.

        Raises:
            SnapshotError: If the journal is in use by a running fetch, or the file is damaged.
            OSError: If SQLite cannot open or write it.
        """
        create_private_folder(folder)
        path = folder.absolute() / "journal.sqlite"
        try:
            open_regular_file(path).close()
        except FileNotFoundError:
            create_private_file(path).close()
        try:
            # No timeout, since the other fetch may take hours. Threads are kept apart by the lock.
            database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            with closing(database):
                database.execute("pragma locking_mode = exclusive")  # a second fetch would mix in its pages
                database.execute("pragma journal_mode = wal")
                database.execute("pragma synchronous = normal")  # always consistent; durable at checkpoints
                journal = cls(folder, database)
                journal._open_layout()
                yield journal
        except sqlite3.DatabaseError as error:
            # Of a write, so it quotes no row. Errors of a read are translated by `_read`.
            raise _translate_error(error, folder) from None

    def _open_layout(self) -> None:
        """Create the tables, or verify that they and their rows are as this module writes them."""
        if not (found := list(self._read(_READ_LAYOUT))):
            self._database.executescript(f"begin; {_LAYOUT} commit")
            return
        with closing(sqlite3.connect(":memory:")) as expected:
            expected.executescript(_LAYOUT)
            is_expected = found == expected.execute(_READ_LAYOUT).fetchall()
        is_sound = is_expected and list(self._read("pragma quick_check(1)")) == [("ok",)]
        if not is_sound or list(self._read(_ORPHANS)):
            raise SnapshotError(self._folder, _DAMAGED)

    @contextmanager
    def _open_transaction(self) -> Generator[sqlite3.Connection, None, None]:
        with self._lock, self._database:
            self._database.execute("begin")
            yield self._database

    def _read(self, statement: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query."""
        try:
            # Not `yield from`, which closes the cursor of an abandoned query, perhaps after the database.
            for row in self._database.execute(statement):  # noqa: UP028
                yield row
        except sqlite3.DatabaseError as error:
            failure = _translate_error(error, self._folder)
        else:
            return
        # Raised outside the handler: an error of a damaged row quotes it, and must not become the context.
        raise failure

    def _parse_group(self, group_json: str) -> GroupType:
        try:
            return GroupType.model_validate_json(group_json)
        except ValidationError:
            failure = SnapshotError(self._folder, _DAMAGED)
        raise failure

    def read_settings(self) -> Settings | None:
        """Return the settings of the fetch, or `None` if the groups were never listed."""
        for (text,) in self._read("select json from settings"):
            try:
                return Settings.model_validate_json(text)
            except ValidationError:
                break
        else:
            if not list(self._read("select 1 from groups limit 1")):  # `begin` writes both or neither
                return None
        raise SnapshotError(self._folder, _DAMAGED)

    def begin(self, groups: Iterable[GroupType], settings: Settings) -> None:
        """Record the first list of the groups, and the settings of the fetch."""
        with self._open_transaction() as database:
            database.execute("insert into settings values (?)", [settings.model_dump_json()])
            for group in {group.group_name: group for group in groups}.values():
                self._insert(group)
        # Durable before any table is written: tables in the folder then belong to this fetch.
        self._database.execute("pragma wal_checkpoint(truncate)")
        make_durable(self._folder)
        make_durable(self._folder.parent)

    def update_groups(self, groups: Iterable[GroupType]) -> bool:
        """Record a later list of the groups, and return whether groups were created or deleted since.

        A group that was deleted and created again under its name is a new group:
        its `creation_date` differs.
        """
        listed = {group.group_name: group for group in groups}
        with self._open_transaction():
            rows = list(self._read("select number, name, group_json, state from groups"))
            changes = [
                self._update_group(number, listed.pop(name, None), group_json, state)
                for number, name, group_json, state in rows
            ]
            for group in listed.values():
                self._record_change(self._insert(group), "created")
        return any(changes) or bool(listed)

    def _update_group(self, number: int, listed: GroupType | None, group_json: str, state: str) -> bool:
        """Record how a group has changed, and return whether it was created or deleted."""
        exists = state != "deleted"
        if listed is None:
            if exists:
                self._delete(number)
            return exists
        before = self._parse_group(group_json)
        statement = "update groups set group_json = ? where number = ?"
        self._database.execute(statement, (listed.model_dump_json(), number))
        if exists and before.creation_date == listed.creation_date:
            if before != listed:
                self._record_change(number, "changed")
            return False
        if exists:
            self._delete(number)
        self._reopen(number)
        self._record_change(number, "created")
        return True

    def list_unread_groups(self) -> list[UnreadGroup]:
        """Return the groups whose users have not all been read."""
        rows = self._read(
            "select number, name, resume_token from groups where state = 'open' order by number"
        )
        groups = [UnreadGroup(*row) for row in rows]
        if not all(_is_position(group.resume_token) for group in groups):
            raise SnapshotError(self._folder, _DAMAGED)
        return groups

    def add_page(self, number: int, usernames: Iterable[str], resume_token: str | None) -> int:
        """Record a page of a group's users, and the token of the next page or `None` after the last.

        Returns:
            The number of users that no earlier page contained.
        """
        users = [(number, username) for username in usernames]
        with self._open_transaction() as database:
            before = database.total_changes
            database.executemany("insert or ignore into memberships values (?, ?)", users)
            added = database.total_changes - before
            if added < len(users):
                self._record_change(number, "shifted")
            database.execute(
                "update groups set resume_token = ?, state = ? where number = ?",
                (resume_token, "read" if resume_token is None else "open", number),
            )
        return added

    def restart_group(self, number: int) -> int:
        """Discard the pages of a group, and return the number of memberships discarded."""
        with self._open_transaction():
            return self._reopen(number)

    def delete_group(self, number: int) -> int:
        """Record that a group was deleted, and return the number of memberships discarded."""
        with self._open_transaction():
            return self._delete(number)

    def read_progress(self) -> Progress:
        """Count the groups that were read, all groups, and the memberships."""
        [(read, groups)] = self._read(
            "select coalesce(sum(state = 'read'), 0), count(*) from groups where state != 'deleted'"
        )
        [(memberships,)] = self._read("select count(*) from memberships")
        return Progress(read, groups, memberships)

    def iterate_groups(self) -> Iterator[GroupType]:
        """Return the groups that were not deleted, by name."""
        rows = self._read("select group_json from groups where state != 'deleted' order by name")
        return (self._parse_group(group_json) for (group_json,) in rows)

    def iterate_memberships(self) -> Iterator[Membership]:
        """Return the memberships, by group and username."""
        # SQLite does not reorder a cross join: it reads both tables by their indexes, and need not sort.
        rows = self._read(
            "select username, name from groups cross join memberships using (number)"
            " order by name, username"
        )
        return map(Membership._make, rows)

    def list_changes(self) -> tuple[Change, ...]:
        """Return the changes during the fetch, by group."""
        rows = self._read("select name, what from changes join groups using (number) order by name, what")
        return tuple(Change(group_name=name, what=what) for name, what in rows)

    def _insert(self, group: GroupType) -> int:
        added = self._database.execute(
            "insert into groups (name, group_json, state) values (?, ?, 'open')",
            (group.group_name, group.model_dump_json()),
        )
        return added.lastrowid or 0

    def _record_change(self, number: int, what: str) -> None:
        self._database.execute("insert or ignore into changes values (?, ?)", (number, what))

    def _delete(self, number: int) -> int:
        self._record_change(number, "deleted")
        return self._reset(number, "deleted")

    def _reopen(self, number: int) -> int:
        self._database.execute("delete from changes where number = ? and what = 'shifted'", (number,))
        return self._reset(number, "open")

    def _reset(self, number: int, state: str) -> int:
        self._database.execute(
            "update groups set state = ?, resume_token = null where number = ?", (state, number)
        )
        return self._database.execute("delete from memberships where number = ?", (number,)).rowcount


def _is_position(resume_token: str | None) -> bool:
    """Return whether a fetch can have stored a token: boto's paginator breaks on others."""
    return encode_resume_token(*decode_resume_token(resume_token)) == resume_token


def _translate_error(error: sqlite3.DatabaseError, folder: Path) -> Exception:
    """Return the error to raise, with the remedy if there is one."""
    match getattr(error, "sqlite_errorname", None):
        case "SQLITE_BUSY":
            return SnapshotError(
                folder, "this folder is in use by a running fetch: wait until it finishes, or stop it"
            )
        case (
            None | "SQLITE_NOTADB" | "SQLITE_CORRUPT" | "SQLITE_ERROR"
        ):  # Python raises the first for text that is not UTF-8
            return SnapshotError(folder, _DAMAGED)
        case _:
            return OSError(EIO, str(error), str(folder))
