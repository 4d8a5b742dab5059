"""Fetch a user pool with ListGroups, then ListUsersInGroup for each group.

ListUsersInGroup returns up to 60 memberships a call. AdminListGroupsForUser would
take at least one call for each user.
"""

from __future__ import annotations

import hmac
import os
import secrets
import shutil
from collections import deque
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Literal, Protocol, overload

from cognito_claims._wire.scalars import MAX_PAGE_SIZE
from cognito_claims.client import ClientWithEvents, ListGroupsPaginator, ListUsersInGroupPaginator
from cognito_claims.errors import PaginationError
from cognito_claims.pool._journal import Journal, Progress, UnreadGroup
from cognito_claims.pool._throttle import DEFAULT_RATE, Throttle, throttle_client
from cognito_claims.pool.engines.duckdb import connect
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
    from cognito_claims.pool.snapshot import UsernameMode

MIN_KEY_LENGTH: int = 16
"""The minimum length of a key that hashes usernames, in bytes."""

_MAX_ROUNDS = 10


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
) -> Snapshot:
    """Fetch a pool's groups and memberships into a folder.

    To resume an interrupted fetch, call this function again with the same
    arguments. On an interrupt, it waits for the responses to calls in progress. If
    the service throttles, fails or does not respond, boto3 retries as the client
    is configured; after that, a call is retried for about two minutes more. If the
    snapshot is finished, it is opened without a call. Memory is bounded: a few
    pages, and 256 MB for DuckDB to write the tables.

    Args:
        client: A boto3 `cognito-idp` client with permission to call ListGroups and
            ListUsersInGroup. Until this function returns, the rate limits apply to all of the
            client's calls of these operations.
        user_pool_id: The ID of the pool.
        out: The folder, which is created if necessary.
        key: Hash the usernames with this key, 16 bytes or more: HMAC-SHA-256, of which the first
            16 bytes are stored as hexadecimal digits. The same key produces the same hash of a
            username in every snapshot.
        usernames: `False` hashes the usernames with a key that is discarded when the snapshot is finished.
        rate: The maximum number of ListUsersInGroup calls per second, retries included.
        concurrency: The number of groups to read at a time. A boto3 client has 10 connections
            by default.
        on_progress: Called after each page by the thread that read it, one at a time.

    Raises:
        SnapshotError: If the folder contains a different fetch, or is damaged.
        InvalidRequestError: If the ID of the pool is invalid; nothing was sent.
        InvalidResponseError: If a page does not fit its model.
        PaginationError: If the service repeats a page token; the next fetch reads that group again.
        ValueError: If the key is too short or contradicts `usernames`, or a number is not positive.
        ImportError: If the extra `pool` is missing.
        OSError: If a file cannot be written.
        Exception: Any exception that boto3 raises, unchanged.
    """
    if rate <= 0 or concurrency < 1:
        raise ValueError("rate and concurrency: must be greater than 0")
    storage = Usernames.choose(key, usernames=usernames)
    return fetch_pool(client, user_pool_id, Path(out), storage, Throttle(rate), concurrency, on_progress)


@dataclass(frozen=True, slots=True)
class Usernames:
    """How a snapshot stores usernames, with the key if it hashes them."""

    mode: UsernameMode
    key: bytes | None = field(default=None, repr=False)

    @classmethod
    def choose(cls, key: bytes | None, *, usernames: bool) -> Usernames:
        """Return the mode for the arguments of a fetch. A key to discard is generated later."""
        if key is None:
            return cls("kept" if usernames else "discarded-key")
        if not usernames or len(key) < MIN_KEY_LENGTH:
            raise ValueError(f"key: must be {MIN_KEY_LENGTH} bytes or more, and requires usernames=True")
        return cls("hashed", key)

    @property
    def key_id(self) -> str | None:
        """An ID that differs between the caller's keys and does not reveal them; `None` in other modes."""
        # No username contains a space, so this is never the hash of one.
        return self._hash("a key of cognito-claims")[:16] if self.mode == "hashed" else None

    def transform(self, username: str) -> str:
        """Return the username as the snapshot stores it."""
        return username if self.key is None else self._hash(username)

    def _hash(self, text: str) -> str:
        # 128 bits are enough to keep a billion usernames apart.
        return hmac.digest(self.key or b"", text.encode(), "sha256")[:16].hex()


def fetch_pool(
    client: FetchClient,
    user_pool_id: str,
    folder: Path,
    usernames: Usernames,
    throttle: Throttle,
    concurrency: int,
    on_progress: Callable[[Progress], object],
) -> Snapshot:
    """Fetch a pool as `fetch` does, at any rate."""
    options = {"user_pool_id": user_pool_id, "usernames": usernames.mode, "key_id": usernames.key_id or ""}
    if not is_finished(folder):
        connect(folder).close()  # fail now if the extra is missing, not after hours
        _refuse_foreign_tables(folder)
        with Journal.open(folder / UNFINISHED) as journal:
            if not (folder / MANIFEST).exists():  # else a fetch ended before it removed its journal
                settings = _load_settings(journal, folder, options)
                if usernames.mode == "discarded-key":
                    usernames = Usernames("discarded-key", settings["throwaway_key"].encode())
                with throttle_client(client, throttle) as stopped:
                    work = _Fetch(
                        client, user_pool_id, journal, usernames, concurrency, on_progress, stopped
                    )
                    work.run(settings)
                _finish(journal, folder, settings, usernames)
        shutil.rmtree(folder / UNFINISHED)
    snapshot = Snapshot.open(folder)
    _require_same_options(folder, snapshot.manifest.model_dump(include={*options}), options)
    return snapshot


def _load_settings(journal: Journal, folder: Path, options: Mapping[str, str]) -> Mapping[str, str]:
    """Return the settings of the fetch to resume, or of a new one."""
    if settings := journal.read_settings():
        _require_same_options(folder, settings, options)
        return settings
    started_at = datetime.now(UTC).isoformat()
    return {**options, "throwaway_key": secrets.token_hex(32), "started_at": started_at}


def _refuse_foreign_tables(folder: Path) -> None:
    """Refuse to overwrite tables in a folder where no fetch has started."""
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


@dataclass(eq=False)
class _Fetch:
    """One run of a fetch, from the state of the journal to the end."""

    client: FetchClient
    user_pool_id: str
    journal: Journal
    usernames: Usernames
    concurrency: int
    on_progress: Callable[[Progress], object]
    stopped: Event
    progress: Progress = field(default=Progress(0, 0, 0), init=False)
    progress_lock: Lock = field(default_factory=Lock, init=False)

    def run(self, settings: Mapping[str, str]) -> None:
        """Read the unread groups, until two lists of the groups agree or after ten rounds."""
        # Before the journal records anything, so that a missing pool or a wrong region leaves no trace.
        groups = self._list_groups()
        if self.journal.read_settings():
            self.journal.update_groups(groups)
        else:
            self.journal.begin(groups, settings)
        self._read_groups()
        for _ in range(_MAX_ROUNDS):  # ListGroups may return a group that ListUsersInGroup never finds
            if not self.journal.update_groups(self._list_groups()):
                break
            self._read_groups()

    def _list_groups(self) -> list[GroupType]:
        pages = ListGroupsPaginator(self.client).paginate(
            UserPoolId=self.user_pool_id, PaginationConfig={"PageSize": MAX_PAGE_SIZE}
        )
        # AWS's model does not require the ID, without which federated groups are not recognized.
        update = {"user_pool_id": self.user_pool_id}
        return [
            group if group.user_pool_id is not None else group.model_copy(update=update)
            for group in pages.groups()
        ]

    def _read_groups(self) -> None:
        unread = deque(self.journal.list_unread_groups())
        self.progress = self.journal.read_progress()
        self.on_progress(self.progress)
        with ThreadPoolExecutor(self.concurrency) as threads:
            try:
                workers = [threads.submit(self._work, unread) for _ in range(self.concurrency)]
                for worker in as_completed(workers):
                    worker.result()
            finally:
                self.stopped.set()
        self.stopped.clear()

    def _work(self, unread: deque[UnreadGroup]) -> None:
        # One task for each thread, not for each group, so that a thread stops at its first error.
        while not self.stopped.is_set():
            try:
                group = unread.popleft()
            except IndexError:
                return
            self._read_group(group)

    def _read_group(self, group: UnreadGroup, *, retried: bool = False) -> None:
        """Read the users of a group, beginning at the page where the journal resumes."""
        try:
            for users, resume_token in self._iterate_pages(group):
                added = self.journal.add_page(
                    group.number, map(self.usernames.transform, users), resume_token
                )
                self._report(groups=resume_token is None, memberships=added)
                if self.stopped.is_set():
                    return
        except PaginationError:
            self._report(memberships=-self.journal.restart_group(group.number))
            raise
        except Exception as error:
            match getattr(error, "response", None):  # of a botocore `ClientError`
                case {"Error": {"Code": "ResourceNotFoundException"}}:
                    # Only the group is missing: if the whole pool was, the next ListGroups would fail.
                    self._report(groups=True, memberships=-self.journal.delete_group(group.number))
                case {"Error": {"Code": "InvalidParameterException"}} if not retried:  # page tokens expire
                    self._report(memberships=-self.journal.restart_group(group.number))
                    self._read_group(UnreadGroup(group.number, group.name, None), retried=True)
                case _:
                    raise

    def _iterate_pages(self, group: UnreadGroup) -> Generator[tuple[list[str], str | None], None, None]:
        pages = ListUsersInGroupPaginator(self.client).paginate(
            UserPoolId=self.user_pool_id,
            GroupName=group.name,
            PaginationConfig={"PageSize": MAX_PAGE_SIZE, "StartingToken": group.resume_token},
        )
        for page in pages:
            yield [user.username for user in page.users], pages.resume_token

    def _report(self, *, groups: bool = False, memberships: int) -> None:
        with self.progress_lock:
            read, all_groups, before = self.progress
            self.progress = Progress(read + groups, all_groups, before + memberships)
            self.on_progress(self.progress)


def _finish(journal: Journal, folder: Path, settings: Mapping[str, str], usernames: Usernames) -> None:
    now = datetime.now(UTC)
    _, groups, memberships = journal.read_progress()
    files = write_tables(
        folder, folder / UNFINISHED, journal.iterate_groups(), journal.iterate_memberships()
    )
    manifest = Manifest(
        user_pool_id=settings["user_pool_id"],
        usernames=usernames.mode,
        key_id=usernames.key_id,
        started_at=datetime.fromisoformat(settings["started_at"]),
        finished_at=now,
        groups=groups,
        memberships=memberships,
        changes=journal.list_changes(),
        files=files,
    )
    write_manifest(folder, manifest)
