"""Fetching a user pool: ListGroups, then ListUsersInGroup for each group.

That is one call for 60 memberships, where asking for each user's groups would
take one for every user.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections import deque
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, overload

from cognito_claims.client import ClientWithEvents, ListGroupsPaginator, ListUsersInGroupPaginator
from cognito_claims.client.rate_limiter import RateLimiter
from cognito_claims.errors import PaginationError
from cognito_claims.pool import _limits
from cognito_claims.pool._duckdb import connect
from cognito_claims.pool._journal import Journal, Unread
from cognito_claims.pool._patience import Patience
from cognito_claims.pool._usernames import Usernames, usernames_as
from cognito_claims.pool.snapshot import (
    GROUPS,
    MANIFEST,
    MEMBERSHIPS,
    UNFINISHED,
    Manifest,
    Snapshot,
    SnapshotError,
    is_finished,
    write_manifest,
    write_tables,
)

if TYPE_CHECKING:
    from cognito_claims.client import BotoPageIterator
    from cognito_claims.client.protocols import ListGroupsBotoPaginator, ListUsersInGroupBotoPaginator
    from cognito_claims.models import GroupType

__all__ = ["FetchClient", "Progress", "fetch"]


class FetchClient(ClientWithEvents, Protocol):
    """What is needed of a boto3 `cognito-idp` client to fetch a pool."""

    @overload
    def get_paginator(
        self, operation_name: Literal["list_groups"]
    ) -> ListGroupsBotoPaginator[BotoPageIterator]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_users_in_group"]
    ) -> ListUsersInGroupBotoPaginator[BotoPageIterator]: ...


class Progress(NamedTuple):
    """How far a fetch is."""

    groups_read: int
    """Groups whose users have all been read."""

    groups: int
    """Groups in all."""

    memberships: int
    """Memberships read."""


def fetch(
    client: FetchClient,
    *,
    user_pool_id: str,
    out: str | os.PathLike[str],
    key: bytes | None = None,
    usernames: bool = True,
    rate: float = _limits.LIST_USERS_IN_GROUP_RATE,
    concurrency: int = 8,
    on_progress: Callable[[Progress], object] = lambda _: None,
) -> Snapshot:
    """Fetch a pool's groups and who is in them, into a folder.

    It may end in any way, at any moment: called again with the same arguments, it
    goes on where it was. When it is interrupted, it waits for the answers to the
    calls that it has made. Where the service throttles, fails or does not answer, boto3
    tries again as the client is set up to; after that, a call is repeated for two
    minutes more. A snapshot that is finished is opened, and nothing is
    fetched. Memory is bounded: a few pages, and 256 MB for DuckDB to write the tables.

    Args:
        client: a boto3 `cognito-idp` client that may call ListGroups and ListUsersInGroup. Until this
            returns, all its calls of these two keep to the rate.
        user_pool_id: the pool.
        out: the folder; it is made if it is not there.
        key: hash the usernames with this key, 16 bytes or more: HMAC-SHA-256, the first 16 bytes as
            hexadecimal digits. The same key gives a user the same name in every snapshot.
        usernames: `False` hashes them with a key that is thrown away when the snapshot is finished.
        rate: calls of ListUsersInGroup a second, at most, repeated ones included.
        concurrency: groups that are read at a time; a client has 10 connections if nothing else is said.
        on_progress: called after each page, by the thread that read it, one at a time.

    Raises:
        SnapshotError: the folder holds another fetch, or what it holds is damaged.
        InvalidRequestError: the pool's id does not fit; nothing was sent.
        InvalidResponseError: a page does not fit its model.
        PaginationError: the service repeated a page token; the next call reads that group anew.
        ValueError: the key is too short, there are two ways of hashing, or a number is not positive.
        ImportError: the extra `pool` is missing.
        OSError: something could not be written.
        Exception: whatever boto3 raises.
    """
    naming = usernames_as(key, usernames=usernames)
    if rate <= 0 or concurrency < 1:
        raise ValueError("rate and concurrency: must be more than 0")
    folder = Path(out)
    asked = {"user_pool_id": user_pool_id, "usernames": naming.form, "key_id": naming.key_id or ""}
    if not is_finished(folder):
        connect(folder).close()  # the extra is missed now, and not after hours
        _refuse_others(folder)
        with Journal(folder / UNFINISHED) as journal:
            if not (folder / MANIFEST).exists():  # another process may have come to the end of it
                settings = _settings(journal, folder, asked)
                if naming.form == "left-out":
                    naming = Usernames("left-out", settings["throwaway_key"].encode())
                with _paced(client, rate) as stopped:
                    work = _Fetch(client, user_pool_id, journal, naming, concurrency, on_progress, stopped)
                    work.run(settings)
                _finish(journal, folder, settings, naming)
        shutil.rmtree(folder / UNFINISHED)
    snapshot = Snapshot.open(folder)
    _refuse_another(folder, snapshot.manifest.model_dump(include={*asked}), asked)
    return snapshot


def _settings(journal: Journal, folder: Path, asked: Mapping[str, str]) -> Mapping[str, str]:
    """Give what the fetch is to keep to: what it began with, if it is the one that is asked for."""
    if settings := journal.settings():
        _refuse_another(folder, settings, asked)
        return settings
    started_at = datetime.now(UTC).isoformat()
    return {**asked, "throwaway_key": secrets.token_hex(32), "started_at": started_at}


def _refuse_others(folder: Path) -> None:
    """Refuse a folder in which no fetch has begun, and tables are."""
    if (folder / UNFINISHED).exists() or (folder / MANIFEST).exists():
        return
    for name in (GROUPS, MEMBERSHIPS):
        if (folder / name).exists():
            raise SnapshotError(folder / name, "is there already, and of no fetch: give another folder")


def _refuse_another(folder: Path, kept: Mapping[str, str | None], asked: Mapping[str, str]) -> None:
    for name, value in asked.items():
        there = kept[name] or ""
        if there != value:
            reason = f"has another {name} ({there or 'none'}, not {value or 'none'}): give another folder"
            raise SnapshotError(folder, reason)


class _StoppedError(Exception):
    """A call was about to be sent when the fetch came to its end."""


@contextmanager
def _paced(client: ClientWithEvents, rate: float) -> Generator[Event, None, None]:
    """Keep the client's calls apart, and ask again; once the event is set, nothing is sent."""
    stopped = Event()

    def turns(a_second: float) -> Callable[..., None]:
        pace = RateLimiter(1 / a_second, stopped.wait)

        def turn(**_: object) -> None:
            pace()
            if stopped.is_set():
                raise _StoppedError

        return turn

    rates = {"ListGroups": min(rate, _limits.LIST_GROUPS_RATE), "ListUsersInGroup": rate}
    handlers: dict[str, Callable[..., Any]] = {
        f"before-send.cognito-identity-provider.{call}": turns(a_second) for call, a_second in rates.items()
    }
    # Not by call: botocore would ask it before its own.
    handlers["needs-retry.cognito-identity-provider"] = Patience(rates.keys(), stopped)
    for event, handler in handlers.items():
        client.meta.events.register(event, handler)
    try:
        yield stopped
    finally:
        for event, handler in handlers.items():
            client.meta.events.unregister(event, handler)


_MOST_ROUNDS = 10


class _Fetch:
    """One run of a fetch, from where the journal stands."""

    def __init__(
        self,
        client: FetchClient,
        user_pool_id: str,
        journal: Journal,
        naming: Usernames,
        concurrency: int,
        on_progress: Callable[[Progress], object],
        stopped: Event,
    ) -> None:
        self._groups = ListGroupsPaginator(client)
        self._users = ListUsersInGroupPaginator(client)
        self._user_pool_id = user_pool_id
        self._journal = journal
        self._naming = naming
        self._concurrency = concurrency
        self._on_progress = on_progress
        self._stopped = stopped
        self._progress = Progress(0, 0, 0)
        self._telling = Lock()

    def run(self, settings: Mapping[str, str]) -> None:
        """Read what is not read, until two lists of the groups are the same, or so for ten rounds."""
        groups = self._list_groups()  # which fails where it is the pool that is not there, or not from here
        if self._journal.settings():
            self._journal.list_again(groups)
        else:
            self._journal.begin(groups, settings)
        self._read_all()
        for _ in range(_MOST_ROUNDS):  # a group may be listed for ever and never be found
            if not self._journal.list_again(self._list_groups()):
                break
            self._read_all()

    def _list_groups(self) -> list[GroupType]:
        pages = self._groups.paginate(UserPoolId=self._user_pool_id, PaginationConfig={"PageSize": 60})
        of_the_pool = {"user_pool_id": self._user_pool_id}
        return [
            group if group.user_pool_id is not None else group.model_copy(update=of_the_pool)
            for group in pages.groups()
        ]

    def _read_all(self) -> None:
        todo = deque(self._journal.unread())
        self._progress = Progress(*self._journal.counts())
        self._on_progress(self._progress)
        with ThreadPoolExecutor(self._concurrency) as threads:
            try:
                work = [threads.submit(self._work, todo) for _ in range(self._concurrency)]
                for done in as_completed(work):
                    done.result()
            finally:
                todo.clear()
                self._stopped.set()
        self._stopped.clear()

    def _work(self, todo: deque[Unread]) -> None:
        while not self._stopped.is_set():
            try:
                group = todo.popleft()
            except IndexError:
                return
            self._read(group)

    def _read(self, group: Unread, *, again: bool = False) -> None:
        """Read the users of a group, on from where the journal stands."""
        try:
            for users, resume_token in self._pages(group):
                added = self._journal.add(group.number, map(self._naming.written, users), resume_token)
                self._tell(groups=resume_token is None, memberships=added)
                if self._stopped.is_set():
                    return
        except PaginationError:
            self._tell(memberships=-self._journal.restart(group.number))
            raise
        except Exception as error:
            match _code_of(error):
                case "ResourceNotFoundException":  # if it is the pool that is gone, the next list tells
                    self._tell(groups=True, memberships=-self._journal.delete(group.number))
                case "InvalidParameterException" if not again:  # page tokens do not live for ever
                    self._tell(memberships=-self._journal.restart(group.number))
                    self._read(Unread(group.number, group.name, None), again=True)
                case _:
                    raise

    def _pages(self, group: Unread) -> Generator[tuple[list[str], str | None], None, None]:
        pages = self._users.paginate(
            UserPoolId=self._user_pool_id,
            GroupName=group.name,
            PaginationConfig={"PageSize": 60, "StartingToken": group.resume_token},
        )
        for page in pages:
            yield [user.username for user in page.users], pages.resume_token

    def _tell(self, *, groups: bool = False, memberships: int) -> None:
        with self._telling:
            read, all_groups, before = self._progress
            self._progress = Progress(read + groups, all_groups, before + memberships)
            self._on_progress(self._progress)


def _code_of(error: Exception) -> str | None:
    """Give the service's code of an error, if boto3 raised it for one."""
    response = getattr(error, "response", None)
    match response:
        case {"Error": {"Code": str(code)}}:
            return code
        case _:
            return None


def _finish(journal: Journal, folder: Path, settings: Mapping[str, str], naming: Usernames) -> None:
    now = datetime.now(UTC)
    _, groups, memberships = journal.counts()
    files = write_tables(folder, folder / UNFINISHED, journal.groups(), journal.memberships())
    manifest = Manifest(
        user_pool_id=settings["user_pool_id"],
        usernames=naming.form,
        key_id=naming.key_id,
        started_at=datetime.fromisoformat(settings["started_at"]),
        finished_at=now,
        groups=groups,
        memberships=memberships,
        changes=journal.changes(),
        files=files,
    )
    write_manifest(folder, manifest)
