"""Fetch a user pool with ListGroups, then ListUsersInGroup for each group.

This takes one call for 60 memberships. AdminListGroupsForUser would take at
least one call for each user.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections import deque
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, overload

from cognito_claims.client import ClientWithEvents, ListGroupsPaginator, ListUsersInGroupPaginator
from cognito_claims.client.rate_limiter import RateLimiter
from cognito_claims.errors import PaginationError
from cognito_claims.models import LIST_GROUPS_RATE
from cognito_claims.pool._journal import Journal, UnreadGroup
from cognito_claims.pool._limits import DEFAULT_RATE
from cognito_claims.pool._retry_handler import RetryHandler
from cognito_claims.pool._usernames import Usernames, choose_username_mode
from cognito_claims.pool.engines import connect
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


class FetchClient(ClientWithEvents, Protocol):
    """The part of a boto3 `cognito-idp` client that a fetch uses."""

    @overload
    def get_paginator(
        self, operation_name: Literal["list_groups"]
    ) -> ListGroupsBotoPaginator[BotoPageIterator]: ...
    @overload
    def get_paginator(
        self, operation_name: Literal["list_users_in_group"]
    ) -> ListUsersInGroupBotoPaginator[BotoPageIterator]: ...


class Progress(NamedTuple):
    """The progress of a fetch."""

    groups_read: int
    """The number of groups whose users have all been read."""

    groups: int
    """The number of groups in all."""

    memberships: int
    """The number of memberships that have been read."""


@dataclass(frozen=True)
class Throttle:
    """How calls are kept apart."""

    list_groups_rate: float = 0.8 * LIST_GROUPS_RATE
    """Calls of ListGroups a second: the rest of AWS's limit is left to other programs."""

    limiter: Callable[[float, Callable[[float], object]], RateLimiter] = RateLimiter


def fetch(
    client: FetchClient,
    *,
    user_pool_id: str,
    out: str | os.PathLike[str],
    key: bytes | None = None,
    usernames: bool = True,
    rate: float = DEFAULT_RATE,
    concurrency: int = 8,
    on_progress: Callable[[Progress], object] = lambda _: None,
    _throttle: Throttle = Throttle(),
) -> Snapshot:
    """Fetch a pool's groups and memberships into a folder.

    A fetch may end at any moment, in any way: call it again with the same
    arguments to resume it. When interrupted, it waits for the responses to calls
    that are under way. If the service throttles, fails or does not respond, boto3
    retries as the client is configured; after that, a call is retried for about
    two minutes more. A finished snapshot is opened without any call. Memory is
    bounded: a few pages, and 256 MB for DuckDB to write the tables.

    Args:
        client: A boto3 `cognito-idp` client that is allowed to call ListGroups and
            ListUsersInGroup. Until this function returns, the rate applies to all its calls of
            these two.
        user_pool_id: The ID of the pool.
        out: The folder, which is created if necessary.
        key: Hash the usernames with this key, 16 bytes or more: HMAC-SHA-256, of which the first
            16 bytes are stored as hexadecimal digits. One key hashes a username alike in every snapshot.
        usernames: `False` hashes the usernames with a key that is discarded when the snapshot is finished.
        rate: The most calls of ListUsersInGroup a second, retries included.
        concurrency: The number of groups to read at a time. A boto3 client has 10 connections
            by default.
        on_progress: Called after each page by the thread that read it, one at a time.

    Raises:
        SnapshotError: If the folder contains a different fetch, or is damaged.
        InvalidRequestError: If the ID of the pool is invalid; nothing was sent.
        InvalidResponseError: If a page does not fit its model.
        PaginationError: If the service repeats a page token; the next call reads that group again.
        ValueError: If the key is too short or contradicts `usernames`, or a number is not positive.
        ImportError: If the extra `pool` is missing.
        OSError: If a file cannot be written.
        Exception: If boto3 raises one.
    """
    naming = choose_username_mode(key, usernames=usernames)
    if rate <= 0 or concurrency < 1:
        raise ValueError("rate and concurrency: must be more than 0")
    folder = Path(out)
    options = {"user_pool_id": user_pool_id, "usernames": naming.mode, "key_id": naming.key_id or ""}
    if not is_finished(folder):
        connect(folder).close()  # fail now if the extra is missing, not after hours
        _refuse_foreign_tables(folder)
        with Journal(folder / UNFINISHED) as journal:
            if not (folder / MANIFEST).exists():  # a process may have ended between manifest and clean-up
                settings = _load_settings(journal, folder, options)
                if naming.mode == "discarded-key":
                    naming = Usernames("discarded-key", settings["throwaway_key"].encode())
                with _throttle_client(client, rate, _throttle) as stopped:
                    work = _Fetch(client, user_pool_id, journal, naming, concurrency, on_progress, stopped)
                    work.run(settings)
                _finish(journal, folder, settings, naming)
        shutil.rmtree(folder / UNFINISHED)
    snapshot = Snapshot.open(folder)
    _require_same_options(folder, snapshot.manifest.model_dump(include={*options}), options)
    return snapshot


def _load_settings(journal: Journal, folder: Path, options: Mapping[str, str]) -> Mapping[str, str]:
    """Return the settings of the fetch to resume, or of a new one."""
    if settings := journal.settings():
        _require_same_options(folder, settings, options)
        return settings
    started_at = datetime.now(UTC).isoformat()
    return {**options, "throwaway_key": secrets.token_hex(32), "started_at": started_at}


def _refuse_foreign_tables(folder: Path) -> None:
    """Refuse to write over tables in a folder where no fetch has begun."""
    if (folder / UNFINISHED).exists() or (folder / MANIFEST).exists():
        return
    for name in (GROUPS, MEMBERSHIPS):
        if (folder / name).exists():
            reason = "already exists and was not created by fetch; choose a different folder"
            raise SnapshotError(folder / name, reason)


def _require_same_options(
    folder: Path, stored: Mapping[str, str | None], options: Mapping[str, str]
) -> None:
    for name, value in options.items():
        found = stored[name] or ""
        if found != value:
            reason = f"has {name} {found or 'none'}, expected {value or 'none'}; choose a different folder"
            raise SnapshotError(folder, reason)


class _StoppedError(Exception):
    """A call was about to be sent after the fetch had stopped."""


@contextmanager
def _throttle_client(
    client: ClientWithEvents, rate: float, throttle: Throttle
) -> Generator[Event, None, None]:
    """Limit the rate of the client's calls and retry them. Once the event is set, nothing is sent."""
    stopped = Event()

    def limit(calls_per_second: float) -> Callable[..., None]:
        limiter = throttle.limiter(1 / calls_per_second, stopped.wait)

        def before_send(**_: object) -> None:
            limiter()
            if stopped.is_set():
                raise _StoppedError

        return before_send

    rates = {"ListGroups": min(rate, throttle.list_groups_rate), "ListUsersInGroup": rate}
    handlers: dict[str, Callable[..., Any]] = {
        f"before-send.cognito-identity-provider.{operation}": limit(calls_per_second)
        for operation, calls_per_second in rates.items()
    }
    # For the service, not for each operation: botocore would call it before its own retry handler.
    handlers["needs-retry.cognito-identity-provider"] = RetryHandler(rates.keys(), stopped)
    for event, handler in handlers.items():
        client.meta.events.register(event, handler)
    try:
        yield stopped
    finally:
        for event, handler in handlers.items():
            client.meta.events.unregister(event, handler)


_MAX_ROUNDS = 10


class _Fetch:
    """One run of a fetch, from the state of the journal to the end."""

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
        self._progress_lock = Lock()

    def run(self, settings: Mapping[str, str]) -> None:
        """Read the groups that are unread, until two lists of the groups agree, for ten rounds at most."""
        # First of all, so that a missing pool or a wrong region fails before the journal records anything.
        groups = self._list_groups()
        if self._journal.settings():
            self._journal.update_groups(groups)
        else:
            self._journal.begin(groups, settings)
        self._read_all()
        for _ in range(_MAX_ROUNDS):  # the service may list a group that ListUsersInGroup never finds
            if not self._journal.update_groups(self._list_groups()):
                break
            self._read_all()

    def _list_groups(self) -> list[GroupType]:
        pages = self._groups.paginate(UserPoolId=self._user_pool_id, PaginationConfig={"PageSize": 60})
        update = {"user_pool_id": self._user_pool_id}
        return [
            group if group.user_pool_id is not None else group.model_copy(update=update)
            for group in pages.groups()
        ]

    def _read_all(self) -> None:
        unread = deque(self._journal.unread())
        self._progress = Progress(*self._journal.counts())
        self._on_progress(self._progress)
        with ThreadPoolExecutor(self._concurrency) as threads:
            try:
                futures = [threads.submit(self._work, unread) for _ in range(self._concurrency)]
                for future in as_completed(futures):
                    future.result()
            finally:
                unread.clear()
                self._stopped.set()
        self._stopped.clear()

    def _work(self, unread: deque[UnreadGroup]) -> None:
        while not self._stopped.is_set():
            try:
                group = unread.popleft()
            except IndexError:
                return
            self._read(group)

    def _read(self, group: UnreadGroup, *, retried: bool = False) -> None:
        """Read the users of a group, from the page that the journal resumes with."""
        try:
            for users, resume_token in self._pages(group):
                added = self._journal.add(group.number, map(self._naming.transform, users), resume_token)
                self._report(groups=resume_token is None, memberships=added)
                if self._stopped.is_set():
                    return
        except PaginationError:
            self._report(memberships=-self._journal.restart(group.number))
            raise
        except Exception as error:
            match _get_error_code(error):
                case "ResourceNotFoundException":  # if the whole pool is gone, the next ListGroups fails
                    self._report(groups=True, memberships=-self._journal.delete(group.number))
                case "InvalidParameterException" if not retried:  # page tokens expire
                    self._report(memberships=-self._journal.restart(group.number))
                    self._read(UnreadGroup(group.number, group.name, None), retried=True)
                case _:
                    raise

    def _pages(self, group: UnreadGroup) -> Generator[tuple[list[str], str | None], None, None]:
        pages = self._users.paginate(
            UserPoolId=self._user_pool_id,
            GroupName=group.name,
            PaginationConfig={"PageSize": 60, "StartingToken": group.resume_token},
        )
        for page in pages:
            yield [user.username for user in page.users], pages.resume_token

    def _report(self, *, groups: bool = False, memberships: int) -> None:
        with self._progress_lock:
            read, all_groups, before = self._progress
            self._progress = Progress(read + groups, all_groups, before + memberships)
            self._on_progress(self._progress)


def _get_error_code(error: Exception) -> str | None:
    """Return the service's code of an error that boto3 raised, or `None`."""
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
        usernames=naming.mode,
        key_id=naming.key_id,
        started_at=datetime.fromisoformat(settings["started_at"]),
        finished_at=now,
        groups=groups,
        memberships=memberships,
        changes=journal.changes(),
        files=files,
    )
    write_manifest(folder, manifest)
