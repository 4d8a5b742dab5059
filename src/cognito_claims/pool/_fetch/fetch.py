"""Fetch a user pool with ListGroups, then ListUsersInGroup for each group.

ListUsersInGroup returns up to 60 memberships a call. AdminListGroupsForUser would
take at least one call for each user.
"""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Literal, Protocol, overload

from cognito_claims._files import create_private_folder, identify
from cognito_claims._wire.scalars import MAX_PAGE_SIZE
from cognito_claims.client import ClientWithEvents, ListGroupsPaginator, ListUsersInGroupPaginator
from cognito_claims.pool._fetch.journal import Journal, Progress, Settings, UnreadGroup
from cognito_claims.pool._fetch.pages import Pages, iterate_pages
from cognito_claims.pool._fetch.throttle import DEFAULT_RATE, Throttle, throttle_client
from cognito_claims.pool._fetch.usernames import ThrowawayKey, Usernames
from cognito_claims.pool.engines.duckdb import connect
from cognito_claims.pool.manifest import (
    MANIFEST,
    UNFINISHED,
    Manifest,
    SnapshotError,
    publish,
    read_manifest,
    write_manifest,
)
from cognito_claims.pool.snapshot import Snapshot, write_tables

if TYPE_CHECKING:
    from cognito_claims.client import BotoPageIterator
    from cognito_claims.client.protocols import ListGroupsBotoPaginator, ListUsersInGroupBotoPaginator
    from cognito_claims.models import GroupType, ListGroupsResponse, ListUsersInGroupResponse

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
    refresh: bool = False,
    on_progress: Callable[[Progress], object] = lambda _: None,
) -> Snapshot:
    """Fetch a pool's groups and memberships into a folder.

    To resume an interrupted fetch, call this function again with the same
    arguments. On an interrupt, it waits for the responses to calls in progress. If
    the service throttles, fails or does not respond, boto3 retries as the client
    is configured; after that, a call is retried for about two minutes more. If the
    snapshot is finished, it is opened without a call, unless `refresh` is true.
    Memory is bounded: a few pages, and 256 MB for DuckDB to write the tables.

    Only the owner of the folder can read it, whatever the umask is.

    Args:
        client: A boto3 `cognito-idp` client with permission to call ListGroups and
            ListUsersInGroup. Until this function returns, the rate limits apply to all of the
            client's calls of these operations.
        user_pool_id: The ID of the pool.
        out: The folder, which is created if necessary. It must be the user's own and must not be a link.
        key: Hash the usernames with this key, 16 bytes or more: HMAC-SHA-256, of which the first
            16 bytes are stored as hexadecimal digits. The same key produces the same hash of a
            username in every snapshot.
        usernames: `False` hashes the usernames with a random key, which is discarded when the snapshot
            is finished. Until then, it is kept in `$XDG_STATE_HOME/cognito-claims`, or else
            `~/.local/state/cognito-claims`.
        rate: The maximum number of ListUsersInGroup calls per second, retries included.
        concurrency: The number of groups to read at a time. A boto3 client has 10 connections
            by default.
        refresh: Fetch the pool again if the snapshot is finished. It is replaced once the new one is
            complete.
        on_progress: Called after each page by the thread that read it, one at a time.

    Raises:
        SnapshotError: If the folder contains a different fetch, or is damaged.
        InvalidRequestError: If the ID of the pool is invalid; nothing was sent.
        InvalidResponseError: If a page does not fit its model.
        PaginationError: If the service keeps repeating a page token; the next fetch reads that group again.
        ValueError: If the key is too short or contradicts `usernames`, or a number is not positive.
        ImportError: If the extra `pool` is missing.
        OSError: If a file cannot be written.
        Exception: Any exception that boto3 raises, unchanged.
    """
    if rate <= 0 or concurrency < 1:
        raise ValueError("rate and concurrency: must be greater than 0")
    storage = Usernames.choose(key, usernames=usernames)
    return fetch_pool(
        client, user_pool_id, Path(out), storage, Throttle(rate), concurrency, on_progress, refresh=refresh
    )


def fetch_pool(
    client: FetchClient,
    user_pool_id: str,
    folder: Path,
    usernames: Usernames,
    throttle: Throttle,
    concurrency: int,
    on_progress: Callable[[Progress], object],
    *,
    refresh: bool = False,
) -> Snapshot:
    """Fetch a pool as `fetch` does, at any rate."""
    settings = Settings(
        user_pool_id=user_pool_id,
        usernames=usernames.mode,
        key_id=usernames.key_id,
        throwaway_key_id=usernames.throwaway_key_id,
        started_at=datetime.now(UTC),
    )
    unfinished = folder / UNFINISHED
    if (manifest := _read_finished(folder, settings, refresh=refresh)) is not None:
        if unfinished.exists():
            _remove_if_finished(unfinished, manifest)
        if not refresh and not unfinished.exists():
            return Snapshot.open(folder)
    _refuse_foreign_files(folder)
    create_private_folder(folder)
    connect(folder).close()  # fail now if the extra is missing, not after hours
    is_begun = True
    try:
        with Journal.open(unfinished) as journal:
            identities = identify(folder), identify(unfinished)
            if (stored := journal.read_settings()) is not None:
                _require_same_options(folder, stored, settings)
                settings = stored
                usernames = _resume_usernames(folder, usernames, settings)
            try:
                with throttle_client(client, throttle) as stopped:
                    _Fetch(client, settings, journal, usernames, concurrency, on_progress, stopped).run()
            finally:
                is_begun = journal.read_settings() is not None
            if (identify(folder), identify(unfinished)) != identities:
                raise SnapshotError(folder, "was replaced by another folder during the fetch")
            _finish(journal, folder, settings)
    finally:
        if not is_begun:
            shutil.rmtree(unfinished)
    _clean_up(unfinished, settings)
    return Snapshot.open(folder)


def _read_finished(folder: Path, settings: Settings, *, refresh: bool) -> Manifest | None:
    """Return the manifest of a finished snapshot, or `None` if there is none to keep."""
    try:
        manifest = read_manifest(folder)
    except SnapshotError:
        if refresh or not (folder / MANIFEST).exists():
            return None
        raise
    _require_same_options(folder, manifest, settings)
    return manifest


def _remove_if_finished(unfinished: Path, manifest: Manifest) -> None:
    """Remove the state of a fetch that ended after it had written the manifest."""
    with Journal.open(unfinished) as journal:
        settings = journal.read_settings()
    if settings is None or settings.started_at == manifest.started_at:
        _clean_up(unfinished, settings)


def _clean_up(unfinished: Path, settings: Settings | None) -> None:
    if settings is not None and settings.throwaway_key_id is not None:
        ThrowawayKey(settings.throwaway_key_id).discard()
    shutil.rmtree(unfinished)


def _resume_usernames(folder: Path, usernames: Usernames, settings: Settings) -> Usernames:
    """Return the usernames of the fetch to resume, with the key that it will discard."""
    if settings.throwaway_key_id is None:
        return usernames
    stored = ThrowawayKey(settings.throwaway_key_id)
    if (key := stored.read()) is None:
        reason = f"cannot be resumed: the key of its usernames is missing or damaged: {stored.path}"
        raise SnapshotError(folder, f"{reason}; remove the folder and fetch the pool again")
    return Usernames(usernames.mode, key)


def _refuse_foreign_files(folder: Path) -> None:
    """Refuse a folder with files that no fetch has written."""
    is_ours = (folder / UNFINISHED).exists() or (folder / MANIFEST).exists()
    if not is_ours and folder.exists() and any(folder.iterdir()):
        raise SnapshotError(folder, "is not empty, and no fetch wrote it; choose a different folder")


def _require_same_options(folder: Path, stored: Settings | Manifest, settings: Settings) -> None:
    for name in ("user_pool_id", "usernames", "key_id"):
        found, expected = getattr(stored, name), getattr(settings, name)
        if found != expected:
            reason = f"has {name} {found or 'none'}, expected {expected or 'none'}"
            raise SnapshotError(folder, f"{reason}; choose a different folder")


@dataclass(eq=False)
class _Fetch:
    """One run of a fetch, from the state of the journal to the end."""

    client: FetchClient
    settings: Settings
    journal: Journal
    usernames: Usernames
    concurrency: int
    on_progress: Callable[[Progress], object]
    stopped: Event
    progress: Progress = field(default=Progress(0, 0, 0), init=False)
    progress_lock: Lock = field(default_factory=Lock, init=False)

    def run(self) -> None:
        """Read the unread groups, until two lists of the groups agree or after ten rounds."""
        # Before the journal records anything, so that a missing pool or a wrong region leaves no trace.
        groups = self._list_groups()
        if self.journal.read_settings() is not None:
            self.journal.update_groups(groups)
        else:
            if self.settings.throwaway_key_id is not None:
                ThrowawayKey(self.settings.throwaway_key_id).write(self.usernames.key or b"")
            self.journal.begin(groups, self.settings)
        self._read_groups()
        for _ in range(_MAX_ROUNDS):  # ListGroups may return a group that ListUsersInGroup never finds
            if not self.journal.update_groups(self._list_groups()):
                break
            self._read_groups()

    def _list_groups(self) -> list[GroupType]:
        groups: list[GroupType] = []
        for page, _ in iterate_pages(self._paginate_groups, None, restart=groups.clear):
            groups += page.groups
        # AWS's model does not require the ID, without which federated groups are not recognized.
        update = {"user_pool_id": self.settings.user_pool_id}
        return [
            group if group.user_pool_id is not None else group.model_copy(update=update) for group in groups
        ]

    def _paginate_groups(self, resume_token: str | None) -> Pages[ListGroupsResponse]:
        return ListGroupsPaginator(self.client).paginate(
            UserPoolId=self.settings.user_pool_id,
            PaginationConfig={"PageSize": MAX_PAGE_SIZE, "StartingToken": resume_token},
        )

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

    def _read_group(self, group: UnreadGroup) -> None:
        """Read the users of a group, beginning at the page where the journal resumes."""

        def restart() -> None:
            self._report(memberships=-self.journal.restart_group(group.number))

        pages = iterate_pages(partial(self._paginate_users, group.name), group.resume_token, restart)
        try:
            for page, resume_token in pages:
                users = (self.usernames.transform(user.username) for user in page.users)
                added = self.journal.add_page(group.number, users, resume_token)
                self._report(groups=resume_token is None, memberships=added)
                if self.stopped.is_set():
                    return
        except Exception as error:
            match getattr(error, "response", None):  # of a botocore `ClientError`
                case {"Error": {"Code": "ResourceNotFoundException"}}:
                    # Only the group is missing: if the whole pool was, the next ListGroups would fail.
                    self._report(groups=True, memberships=-self.journal.delete_group(group.number))
                case _:
                    raise

    def _paginate_users(self, name: str, resume_token: str | None) -> Pages[ListUsersInGroupResponse]:
        return ListUsersInGroupPaginator(self.client).paginate(
            UserPoolId=self.settings.user_pool_id,
            GroupName=name,
            PaginationConfig={"PageSize": MAX_PAGE_SIZE, "StartingToken": resume_token},
        )

    def _report(self, *, groups: bool = False, memberships: int) -> None:
        with self.progress_lock:
            read, all_groups, before = self.progress
            self.progress = Progress(read + groups, all_groups, before + memberships)
            self.on_progress(self.progress)


def _finish(journal: Journal, folder: Path, settings: Settings) -> None:
    finished_at = datetime.now(UTC)
    _, groups, memberships = journal.read_progress()
    scratch = folder / UNFINISHED
    files = write_tables(scratch, journal.iterate_groups(), journal.iterate_memberships())
    manifest = Manifest(
        **settings.model_dump(exclude={"throwaway_key_id"}),
        finished_at=finished_at,
        groups=groups,
        memberships=memberships,
        changes=journal.list_changes(),
        files=files,
    )
    write_manifest(scratch, manifest)
    publish(scratch, folder)
