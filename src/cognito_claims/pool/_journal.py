"""The state of an unfinished fetch: a SQLite database in the folder of the snapshot.

Each page is one transaction: its users, and the token of the next page. If the
process ends, in any way, no page that was received is lost. If the machine does,
the last pages may be lost, together with their tokens.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from errno import EIO
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from cognito_claims.models import GroupType
from cognito_claims.pool.snapshot import Change, Membership, SnapshotError, make_durable

_LAYOUT = """
create table if not exists settings (name text primary key, value text not null) without rowid;
create table if not exists groups (
    number integer primary key,
    name text not null unique,
    group_json text not null,  -- the group as it was last listed
    state text not null check (state in ('open', 'read', 'deleted')),
    resume_token text  -- the next page; null for the first
);
create table if not exists memberships (
    number integer not null,
    username text not null,
    primary key (number, username)
) without rowid;
create table if not exists changes (
    number integer not null, what text not null, primary key (number, what)
) without rowid;
"""


@dataclass(frozen=True, slots=True)
class UnreadGroup:
    """A group whose users have not all been read."""

    number: int
    name: str
    resume_token: str | None


class Journal:
    """The pages that were read, and the next page of each group. Shared by threads, not by processes."""

    def __init__(self, folder: Path) -> None:
        """Open the journal in a folder, or create it.

        Raises:
            SnapshotError: If a different process uses it, or the file is damaged.
            OSError: If SQLite cannot open or write it.
        """
        self._lock = Lock()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder.absolute() / "journal.sqlite"
        try:
            database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        except sqlite3.DatabaseError as error:
            raise _translate_error(error, folder) from None
        try:
            database.execute("pragma locking_mode = exclusive")
            database.execute("pragma journal_mode = wal")
            database.execute("pragma synchronous = normal")  # consistent always; durable at checkpoints
            database.executescript(_LAYOUT)
        except sqlite3.DatabaseError as error:
            database.close()
            raise _translate_error(error, folder) from None
        self._folder = folder
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._database.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise _translate_error(error, self._folder) from None

    def settings(self) -> dict[str, str]:
        """Return the settings of the fetch. Empty if the groups were never listed."""
        return dict(self._database.execute("select name, value from settings"))

    def begin(self, groups: Iterable[GroupType], settings: Mapping[str, str]) -> None:
        """Record the groups at the beginning, and the settings of the fetch."""
        with self._lock, self._database:
            self._database.execute("begin")
            self._database.executemany("insert into settings values (?, ?)", settings.items())
            for group in {group.group_name: group for group in groups}.values():
                self._insert(group)
        # Durable before any table is written: tables in the folder then belong to this fetch.
        self._database.execute("pragma wal_checkpoint(truncate)")
        make_durable(self._folder)
        make_durable(self._folder.parent)

    def update_groups(self, groups: Iterable[GroupType]) -> bool:
        """Record the groups as they are now, and return whether some must be read.

        A group that was deleted and created again under its name is a new group:
        its `creation_date` differs.
        """
        listed = {group.group_name: group for group in groups}
        with self._lock, self._database:
            self._database.execute("begin")
            before = self._database.execute("select number, name, group_json, state from groups").fetchall()
            known = {name for _, name, _, state in before if state != "deleted"}
            recreated = [
                self._update_group(number, listed.get(name), group_json, state)
                for number, name, group_json, state in before
            ]
            for name in listed.keys() - {name for _, name, _, _ in before}:
                self._record_change(self._insert(listed[name]), "created")
            self._database.executemany(
                "update groups set group_json = ? where name = ?",
                [(group.model_dump_json(), name) for name, group in listed.items()],
            )
        return any(recreated) or listed.keys() != known

    def _update_group(self, number: int, listed: GroupType | None, group_json: str, state: str) -> bool:
        """Record what became of a group, and return whether it was deleted and created again."""
        if listed is None:
            if state != "deleted":
                self._delete(number)
            return False
        if state == "deleted":
            self._create_again(number)
            return False
        before = GroupType.model_validate_json(group_json)
        if before.creation_date != listed.creation_date:
            self._delete(number)
            self._create_again(number)
            return True
        if before != listed:
            self._record_change(number, "changed")
        return False

    def unread(self) -> list[UnreadGroup]:
        """Return the groups that are not read completely."""
        rows = self._database.execute(
            "select number, name, resume_token from groups where state = 'open' order by number"
        )
        return [UnreadGroup(*row) for row in rows]

    def add(self, number: int, usernames: Iterable[str], resume_token: str | None) -> int:
        """Record a page of a group's users and the token of the next page; with no token the group is read.

        Returns:
            The number of users that no earlier page contained.
        """
        users = [(number, username) for username in usernames]
        with self._lock, self._database:
            self._database.execute("begin")
            before = self._database.total_changes
            self._database.executemany("insert or ignore into memberships values (?, ?)", users)
            added = self._database.total_changes - before
            if added < len(users):
                self._record_change(number, "shifted")
            self._database.execute(
                "update groups set resume_token = ?, state = ? where number = ?",
                (resume_token, "read" if resume_token is None else "open", number),
            )
        return added

    def restart(self, number: int) -> int:
        """Discard the pages of a group, and return the number of memberships discarded."""
        with self._lock, self._database:
            self._database.execute("begin")
            return self._reopen(number)

    def delete(self, number: int) -> int:
        """Record that a group was deleted, and return the number of memberships discarded."""
        with self._lock, self._database:
            self._database.execute("begin")
            return self._delete(number)

    def counts(self) -> tuple[int, int, int]:
        """Count the groups that were read, all groups, and the memberships."""
        [(read, groups)] = self._database.execute(
            "select coalesce(sum(state = 'read'), 0), count(*) from groups where state != 'deleted'"
        )
        [(memberships,)] = self._database.execute("select count(*) from memberships")
        return read, groups, memberships

    def groups(self) -> Iterator[GroupType]:
        """Return the groups that were not deleted, by name."""
        rows = self._database.execute(
            "select group_json from groups where state != 'deleted' order by name"
        )
        return (GroupType.model_validate_json(group_json) for (group_json,) in rows)

    def memberships(self) -> Iterator[Membership]:
        """Return the memberships, by group and username."""
        rows = self._database.execute(
            "select username, name from groups cross join memberships using (number)"
            " order by name, username"
        )
        return map(Membership._make, rows)

    def changes(self) -> tuple[Change, ...]:
        """Return what changed during the fetch, by group."""
        rows = self._database.execute(
            "select name, what from changes join groups using (number) order by name, what"
        )
        return tuple(Change(group_name=name, what=what) for name, what in rows)

    def _insert(self, group: GroupType) -> int:
        added = self._database.execute(
            "insert into groups (name, group_json, state) values (?, ?, 'open')",
            (group.group_name, group.model_dump_json()),
        )
        return added.lastrowid or 0

    def _record_change(self, number: int, what: str) -> None:
        self._database.execute("insert or ignore into changes values (?, ?)", (number, what))

    def _create_again(self, number: int) -> None:
        self._reopen(number)
        self._record_change(number, "created")

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


def _translate_error(error: sqlite3.DatabaseError, folder: Path) -> Exception:
    """Return the error to raise, with the remedy if there is one."""
    match error.sqlite_errorname:
        case "SQLITE_BUSY":
            return SnapshotError(
                folder, "a different fetch is using this folder: wait until it ends, or stop it"
            )
        case "SQLITE_NOTADB" | "SQLITE_CORRUPT":
            return SnapshotError(folder, "is damaged: remove the folder and fetch the pool again")
        case _:
            return OSError(EIO, str(error), str(folder))
