"""What a fetch has so far, safe at any moment: a SQLite database in the snapshot's folder.

Each page is one transaction: its users, and the token that goes on after it.
The process may end in any way and loses no page that was answered; if the
machine does, the last pages may be gone, and their tokens with them.
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
    said text not null,  -- the group as it was last listed, in JSON
    state text not null check (state in ('open', 'read', 'deleted')),
    resume_token text  -- goes on after the pages that are here; null: from the start
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
class Unread:
    """A group whose list of users has not been read to its end."""

    number: int
    name: str
    resume_token: str | None


class Journal:
    """The pages that were read, and where to go on. Threads may share it; processes may not."""

    def __init__(self, folder: Path) -> None:
        """Open the journal in a folder, or begin one.

        Raises:
            SnapshotError: another process has it, or the file is none of ours.
            OSError: SQLite could not open or write it.
        """
        self._lock = Lock()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder.absolute() / "journal.sqlite"
        try:
            database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        except sqlite3.DatabaseError as error:
            raise _told(error, folder) from None
        try:
            database.execute("pragma locking_mode = exclusive")
            database.execute("pragma journal_mode = wal")
            database.execute("pragma synchronous = normal")  # consistent always; durable at checkpoints
            database.executescript(_LAYOUT)
        except sqlite3.DatabaseError as error:
            database.close()
            raise _told(error, folder) from None
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
            raise _told(error, self._folder) from None

    def settings(self) -> dict[str, str]:
        """Give what the fetch began with; nothing, if the pool's groups were never listed."""
        return dict(self._database.execute("select name, value from settings"))

    def begin(self, groups: Iterable[GroupType], settings: Mapping[str, str]) -> None:
        """Note the pool's groups as they are at the beginning, and what the fetch is to keep to."""
        with self._lock, self._database:
            self._database.execute("begin")
            self._database.executemany("insert into settings values (?, ?)", settings.items())
            for group in {group.group_name: group for group in groups}.values():
                self._note(group)
        # On the disk before any table is, so that tables in the folder are known for this fetch's.
        self._database.execute("pragma wal_checkpoint(truncate)")
        make_durable(self._folder)
        make_durable(self._folder.parent)

    def list_again(self, groups: Iterable[GroupType]) -> bool:
        """Note the pool's groups as they are now, and tell whether they are other ones.

        A group that is made anew under its name is another one: nobody is in it yet.
        """
        anew = False
        now = {group.group_name: group for group in groups}
        with self._lock, self._database:
            self._database.execute("begin")
            before = self._database.execute("select number, name, said, state from groups").fetchall()
            for number, name, said, state in before:
                if name not in now and state != "deleted":
                    self._delete(number)
                elif name in now and state == "deleted":
                    self._reopen(number)
                    self._change(number, "created")
                elif name in now and (then := GroupType.model_validate_json(said)) != now[name]:
                    if then.creation_date == now[name].creation_date:
                        self._change(number, "changed")
                    else:
                        anew = True
                        self._delete(number)
                        self._reopen(number)
                        self._change(number, "created")
            for name in now.keys() - {name for _, name, _, _ in before}:
                self._change(self._note(now[name]), "created")
            for group in now.values():
                self._database.execute(
                    "update groups set said = ? where name = ?", (group.model_dump_json(), group.group_name)
                )
        return anew or now.keys() != {name for _, name, _, state in before if state != "deleted"}

    def unread(self) -> list[Unread]:
        """Give the groups that are still to be read."""
        rows = self._database.execute(
            "select number, name, resume_token from groups where state = 'open' order by number"
        )
        return [Unread(*row) for row in rows]

    def add(self, number: int, usernames: Iterable[str], resume_token: str | None) -> int:
        """Note a page of a group's users, and where to go on; with no token the group is read.

        Returns:
            how many users were new to the group.
        """
        users = [(number, username) for username in usernames]
        with self._lock, self._database:
            self._database.execute("begin")
            before = self._database.total_changes
            self._database.executemany("insert or ignore into memberships values (?, ?)", users)
            added = self._database.total_changes - before
            if added < len(users):
                self._change(number, "shifted")
            self._database.execute(
                "update groups set resume_token = ?, state = ? where number = ?",
                (resume_token, "read" if resume_token is None else "open", number),
            )
        return added

    def restart(self, number: int) -> int:
        """Forget what was read of a group, and tell how many memberships that were."""
        with self._lock, self._database:
            self._database.execute("begin")
            return self._reopen(number)

    def delete(self, number: int) -> int:
        """Note that a group is no longer there, and tell how many memberships went with it."""
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
        """Give the groups that are there, by name."""
        rows = self._database.execute("select said from groups where state != 'deleted' order by name")
        return (GroupType.model_validate_json(said) for (said,) in rows)

    def memberships(self) -> Iterator[Membership]:
        """Give the memberships, by group and username."""
        rows = self._database.execute(
            "select username, name from groups cross join memberships using (number)"
            " order by name, username"
        )
        return map(Membership._make, rows)

    def changes(self) -> tuple[Change, ...]:
        """Give what changed, by group."""
        rows = self._database.execute(
            "select name, what from changes join groups using (number) order by name, what"
        )
        return tuple(Change(group_name=name, what=what) for name, what in rows)

    def _note(self, group: GroupType) -> int:
        added = self._database.execute(
            "insert into groups (name, said, state) values (?, ?, 'open')",
            (group.group_name, group.model_dump_json()),
        )
        return added.lastrowid or 0

    def _change(self, number: int, what: str) -> None:
        self._database.execute("insert or ignore into changes values (?, ?)", (number, what))

    def _delete(self, number: int) -> int:
        self._change(number, "deleted")
        return self._forget(number, "deleted")

    def _reopen(self, number: int) -> int:
        self._database.execute("delete from changes where number = ? and what = 'shifted'", (number,))
        return self._forget(number, "open")

    def _forget(self, number: int, state: str) -> int:
        self._database.execute(
            "update groups set state = ?, resume_token = null where number = ?", (state, number)
        )
        return self._database.execute("delete from memberships where number = ?", (number,)).rowcount


def _told(error: sqlite3.DatabaseError, folder: Path) -> Exception:
    """Tell in words what can be helped."""
    match error.sqlite_errorname:
        case "SQLITE_BUSY":
            return SnapshotError(folder, "another fetch is at work here: wait for it, or end it")
        case "SQLITE_NOTADB" | "SQLITE_CORRUPT":
            return SnapshotError(folder, "is damaged: remove the folder, and fetch the pool anew")
        case _:
            return OSError(EIO, str(error), str(folder))
