"""Fetching a pool over real HTTP, by a real boto3 client, from correct and from faulty servers."""

import json
import multiprocessing
import os
import random
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from cognito_claims import (
    InvalidRequestError,
    InvalidResponseError,
    PaginationError,
)
from cognito_claims.client.rate_limiter import RateLimiter
from cognito_claims.models import LIST_GROUPS_RATE, LIST_USERS_IN_GROUP_RATE
from cognito_claims.pool import DEFAULT_RATE, Membership, Progress, Snapshot, SnapshotError, fetch
from cognito_claims.pool._fetch.fetch import fetch_pool
from cognito_claims.pool._fetch.journal import Journal, Settings
from cognito_claims.pool._fetch.pages import MAX_RESTARTS
from cognito_claims.pool._fetch.throttle import MAX_ATTEMPTS, StoppedError, Throttle, throttle_client
from cognito_claims.pool._fetch.usernames import Usernames
from cognito_claims.pool.manifest import GROUPS, MANIFEST, MEMBERSHIPS, UNFINISHED
from tests.conftest import Client, Connect
from tests.fake_cognito import RefusedError
from tests.loopback import HungUpError
from tests.pool_server import POOL, WITHOUT_SLEEP, PoolServer

FAST = 10_000.0
UNLIMITED = Throttle(FAST, list_groups_rate=FAST)
KEY = b"sixteen bytes and more"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time", WITHOUT_SLEEP)  # between attempts


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the keys that fetches will discard."""
    state = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    return state / "cognito-claims"


@pytest.fixture
def server() -> Iterator[PoolServer]:
    with PoolServer(page_size=3) as server:
        for number in range(12):
            name = f"group-{number:02}"
            members = [f"user-{member:03}" for member in range(number * 2)]
            server.add(name, members[::-1], precedence=number if number % 3 else None)
        server.add('odd",\\group', ["'\"\\", "żółć,;|", "null", "NULL"])
        yield server


def list_expected_memberships(server: PoolServer) -> list[Membership]:
    return sorted(
        (Membership(user, name) for name, users in server.members.items() for user in users),
        key=lambda membership: (membership.group_name, membership.username),
    )


def take(
    client: Client,
    out: Path,
    *,
    user_pool_id: str = POOL,
    key: bytes | None = None,
    usernames: bool = True,
    throttle: Throttle = UNLIMITED,
    concurrency: int = 8,
    refresh: bool = False,
    on_progress: Callable[[Progress], object] = lambda _: None,
) -> Snapshot:
    """Fetch as `fetch` does, without waiting between the calls."""
    mode = Usernames.choose(key, usernames=usernames)
    return fetch_pool(client, user_pool_id, out, mode, throttle, concurrency, on_progress, refresh=refresh)


def read_digests(snapshot: Snapshot) -> dict[str, str]:
    return {name: file.sha256 for name, file in snapshot.manifest.files.items()}


class TestAFetch:
    def test_has_every_group_and_every_membership(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        snapshot = take(connect(server.url), tmp_path / "snapshot")
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)
        by_name = {group.group_name: group for group in snapshot.read_groups()}
        assert by_name.keys() == server.groups.keys()
        for name, group in by_name.items():
            expected_group = {**server.groups[name]}
            assert group.precedence == expected_group.get("Precedence")
            assert group.role_arn == expected_group["RoleArn"]
            assert group.description == expected_group["Description"]
            assert group.user_pool_id == POOL
            assert group.last_modified_date is not None
            assert group.last_modified_date.timestamp() == expected_group["LastModifiedDate"]

    def test_is_the_same_when_it_is_opened_again(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        snapshot = take(connect(server.url), tmp_path)
        assert Snapshot.open(tmp_path) == snapshot
        assert Snapshot.open(str(tmp_path)).manifest.memberships == len(list_expected_memberships(server))
        assert {path.name for path in tmp_path.iterdir()} == {GROUPS, MEMBERSHIPS, MANIFEST}

    def test_takes_a_call_for_each_page_and_lists_the_groups_twice(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        take(connect(server.url), tmp_path)
        pages = sum(max(1, -(-len(users) // 3)) for users in server.members.values())
        assert server.calls == {"ListUsersInGroup": pages, "ListGroups": 2 * 5}

    def test_does_not_depend_on_the_order_of_the_service(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        first = take(connect(server.url), tmp_path / "first")
        server.groups = dict(reversed(server.groups.items()))
        server.members = {name: users[::-1] for name, users in server.members.items()}
        assert read_digests(take(connect(server.url), tmp_path / "second")) == read_digests(first)

    @pytest.mark.parametrize(
        "name", ["it's [a]*?%", "~", "file:", "username=x/group_name=y/precedence=9/s"]
    )
    def test_is_written_into_a_folder_with_an_odd_name(
        self,
        server: PoolServer,
        connect: Connect,
        tmp_path: Path,
        name: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        snapshot = take(connect(server.url), Path(name))
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)
        assert len(snapshot.read_groups()) == len(server.groups)

    def test_of_a_pool_without_groups_is_empty(self, connect: Connect, tmp_path: Path) -> None:
        with PoolServer() as server:
            snapshot = take(connect(server.url), tmp_path)
        assert snapshot.read_groups() == ()
        assert list(snapshot.read_memberships()) == []

    def test_reports_its_progress(self, server: PoolServer, connect: Connect, tmp_path: Path) -> None:
        reports: list[Progress] = []
        take(connect(server.url), tmp_path, on_progress=reports.append)
        assert reports[0] == Progress(0, 13, 0)
        assert reports[-1] == Progress(13, 13, len(list_expected_memberships(server)))
        assert all(after.memberships >= before.memberships for before, after in pairwise(reports))

    def test_of_a_finished_snapshot_makes_no_call(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        first = take(connect(server.url), tmp_path)
        (tmp_path / UNFINISHED).mkdir()  # as when the process ended just before it was removed
        server.calls.clear()
        assert take(connect(server.url), tmp_path) == first
        assert not server.calls
        assert not (tmp_path / UNFINISHED).exists()

    def test_reads_moto(self, moto: Client, alices_pool: str, tmp_path: Path) -> None:
        snapshot = fetch(moto, user_pool_id=alices_pool, out=tmp_path, rate=FAST)
        expected = {Membership("alice", "staff"), Membership("alice", "admins")}
        assert {*snapshot.read_memberships()} == expected
        assert [group.precedence for group in snapshot.read_groups()] == [0, 10]

    def test_keeps_to_its_limits_and_leaves_the_client_as_it_was(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        slept: dict[float, list[float]] = {}

        def pace(seconds: float, _: object) -> RateLimiter:
            waits = slept.setdefault(seconds, [])
            return RateLimiter(seconds, waits.append, lambda: sum(waits))

        client = connect(server.url)
        take(client, tmp_path, throttle=Throttle(8, limiter=pace))
        client.list_groups(UserPoolId=POOL)
        client.list_users_in_group(UserPoolId=POOL, GroupName="group-01")
        assert slept.keys() == {1 / 8, 1 / 4}
        for seconds, call in ((1 / 8, "ListUsersInGroup"), (1 / 4, "ListGroups")):
            assert slept[seconds] == [0.0, *[pytest.approx(seconds)] * (server.calls[call] - 2)]

    def test_sends_nothing_any_more_once_it_has_ended(self, server: PoolServer, connect: Connect) -> None:
        client = connect(server.url)
        with throttle_client(client, Throttle(FAST)) as stopped:
            stopped.set()
            with pytest.raises(StoppedError):
                client.list_users_in_group(UserPoolId=POOL, GroupName="group-01")
        assert not server.calls


class TestUsernames:
    def test_can_be_hashed_with_a_key(self, server: PoolServer, connect: Connect, tmp_path: Path) -> None:
        first, second, other = (
            take(connect(server.url), tmp_path / name, key=key)
            for name, key in (("first", KEY), ("second", KEY), ("other", KEY[::-1]))
        )
        assert first.manifest.usernames == "hashed"
        assert read_digests(first) == read_digests(second) != read_digests(other)
        names = {membership.username for membership in first.read_memberships()}
        assert len(names) == len({user for users in server.members.values() for user in users})
        assert all(len(name) == 32 and int(name, 16) for name in names)

    def test_can_be_hashed_with_a_discarded_key(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        first, second = (take(connect(server.url), tmp_path / name, usernames=False) for name in "ab")
        assert first.manifest.usernames == "discarded-key"
        assert first.manifest.memberships == len(list_expected_memberships(server))
        names = [{one.username for one in each.read_memberships()} for each in (first, second)]
        assert not names[0] & names[1]

    @pytest.mark.parametrize("options", [{"key": KEY}, {"usernames": False}])
    def test_are_not_on_the_disk_then(
        self, server: PoolServer, connect: Connect, tmp_path: Path, options: dict[str, Any]
    ) -> None:
        server.add("last", ["a-name-that-is-found"] * 4)
        refuse_after(server, 45)
        with pytest.raises(ClientError):
            take(connect(server.url), tmp_path, concurrency=1, **options)
        assert not any(b"user-0" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        server.intercept = lambda _, __: None
        snapshot = take(connect(server.url), tmp_path, **options)
        assert not any(b"user-0" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert not any(KEY in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        users = {user for users in server.members.values() for user in users}
        assert len({membership.username for membership in snapshot.read_memberships()}) == len(users)


def refuse_after(
    server: PoolServer, calls: int, error: str = "NotAuthorizedException", status: int = 400
) -> None:
    """Let the server refuse every call after this many calls from now on."""
    left = [calls]

    def intercept(_: str, __: dict[str, Any]) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise RefusedError(status, error)

    server.intercept = intercept


class TestResuming:
    @pytest.mark.parametrize("calls", [0, 3, 5, 6, 20, 40, 55, 60])
    def test_requests_only_what_is_missing(
        self, server: PoolServer, connect: Connect, tmp_path: Path, calls: int
    ) -> None:
        whole = take(connect(server.url), tmp_path / "whole")
        server.calls.clear()
        refuse_after(server, calls)
        with pytest.raises(ClientError):
            take(connect(server.url), tmp_path / "parts", concurrency=1)
        with pytest.raises(SnapshotError, match="is not finished" if calls > 4 else "is not a snapshot"):
            Snapshot.open(tmp_path / "parts")
        server.intercept = lambda _, __: None
        parts = take(connect(server.url), tmp_path / "parts")
        assert read_digests(parts) == read_digests(whole)
        assert parts.manifest.changes == ()
        pages = sum(max(1, -(-len(users) // 3)) for users in server.members.values())
        assert server.calls["ListUsersInGroup"] <= pages + 1

    def test_restarts_a_group_whose_token_has_expired(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        whole = take(connect(server.url), tmp_path / "whole")
        refuse_after(server, 30)
        with pytest.raises(ClientError):
            take(connect(server.url), tmp_path / "parts", concurrency=2)
        server.expire_tokens()
        server.intercept = lambda _, __: None
        reports: list[Progress] = []
        parts = take(connect(server.url), tmp_path / "parts", on_progress=reports.append)
        assert read_digests(parts) == read_digests(whole)
        assert reports[-1].memberships == whole.manifest.memberships

    @pytest.mark.parametrize(
        ("options", "what"),
        [
            ({"key": KEY}, "has usernames"),
            ({"usernames": False}, "has usernames"),
            ({"user_pool_id": "eu-west-1_Other"}, "user_pool_id"),
        ],
    )
    @pytest.mark.parametrize("finished", [True, False])
    def test_refuses_to_resume_with_different_options(
        self,
        server: PoolServer,
        connect: Connect,
        tmp_path: Path,
        options: dict[str, Any],
        what: str,
        finished: bool,
    ) -> None:
        if not finished:
            refuse_after(server, 10)
        begin(connect(server.url), tmp_path)
        with pytest.raises(SnapshotError, match=what):
            take(connect(server.url), tmp_path, **options)

    def test_refuses_a_different_key(self, server: PoolServer, connect: Connect, tmp_path: Path) -> None:
        refuse_after(server, 10)
        begin(connect(server.url), tmp_path, key=KEY)
        with pytest.raises(SnapshotError, match="has key_id") as refused:
            take(connect(server.url), tmp_path, key=KEY + b"!")
        assert "sixteen" not in repr(refused.value)

    def test_is_not_bound_by_a_beginning_that_failed(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        with pytest.raises(ClientError, match="ResourceNotFound"):
            take(connect(server.url), tmp_path, user_pool_id="eu-west-1_Typo", key=KEY)
        assert take(connect(server.url), tmp_path).manifest.user_pool_id == POOL

    def test_writes_over_nothing(self, server: PoolServer, connect: Connect, tmp_path: Path) -> None:
        (tmp_path / GROUPS).write_text("somebody's")
        with pytest.raises(SnapshotError, match="is not empty, and no fetch wrote it"):
            take(connect(server.url), tmp_path)
        assert (tmp_path / GROUPS).read_text() == "somebody's"
        assert [path.name for path in tmp_path.iterdir()] == [GROUPS]
        assert not server.calls

    @pytest.mark.parametrize("refresh", [False, True])
    @pytest.mark.parametrize("interrupted", ["pathlib.Path.unlink", "shutil.rmtree"])
    def test_makes_no_call_where_only_the_cleanup_is_left(
        self,
        server: PoolServer,
        connect: Connect,
        tmp_path: Path,
        keys: Path,
        monkeypatch: pytest.MonkeyPatch,
        interrupted: str,
        refresh: bool,
    ) -> None:
        def interrupt(*_: object, **__: object) -> None:
            if (tmp_path / MANIFEST).exists():
                raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(interrupted, interrupt)
            with pytest.raises(KeyboardInterrupt):
                take(connect(server.url), tmp_path, usernames=False)
        assert len(list(keys.iterdir())) == (interrupted == "pathlib.Path.unlink")
        first = Snapshot.open(tmp_path)
        server.calls.clear()
        snapshot = take(connect(server.url), tmp_path, usernames=False, refresh=refresh)
        assert snapshot.manifest.memberships == len(list_expected_memberships(server))
        assert {path.name for path in tmp_path.iterdir()} == {GROUPS, MEMBERSHIPS, MANIFEST}
        assert not list(keys.iterdir())
        assert bool(server.calls) == refresh == (snapshot.manifest != first.manifest)

    def test_refuses_a_journal_that_is_damaged_further_on(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        refuse_after(server, 50)
        begin(connect(server.url), tmp_path)
        journal = tmp_path / UNFINISHED / "journal.sqlite"
        pages = journal.read_bytes()
        journal.write_bytes(pages[:4096] + b"x" * (len(pages) - 4096))
        with pytest.raises(SnapshotError, match="damaged"):
            take(connect(server.url), tmp_path)

    def test_loses_nothing_in_a_wrong_region(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        whole = take(connect(server.url), tmp_path / "whole")
        refuse_after(server, 40)
        with pytest.raises(ClientError, match="NotAuthorized"):
            take(connect(server.url), tmp_path / "parts", concurrency=1)
        refuse_after(server, 0, "ResourceNotFoundException")
        with pytest.raises(ClientError, match="ResourceNotFound"):
            take(connect(server.url), tmp_path / "parts")
        server.intercept = lambda _, __: None
        server.calls.clear()
        parts = take(connect(server.url), tmp_path / "parts")
        assert read_digests(parts) == read_digests(whole)
        assert parts.manifest.changes == ()
        assert server.calls["ListUsersInGroup"] < 40

    def test_what_it_began_with_outlives_the_machine(self, tmp_path: Path) -> None:
        """Tables on the disk are recognized as those of this fetch: SQLite may lose only its log."""
        settings = Settings(
            throwaway_key_id=None,
            user_pool_id=POOL,
            usernames="kept",
            key_id=None,
            started_at=datetime.now(UTC),
        )
        with Journal.open(tmp_path / UNFINISHED) as journal:
            journal.begin([], settings)
            there = (tmp_path / UNFINISHED / "journal.sqlite").read_bytes()
        (tmp_path / "after").mkdir()
        (tmp_path / "after" / "journal.sqlite").write_bytes(there)
        with Journal.open(tmp_path / "after") as journal:
            assert journal.read_settings() == settings

    def test_refuses_a_folder_that_is_in_use(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        with (
            Journal.open(tmp_path / UNFINISHED),
            pytest.raises(SnapshotError, match="in use by a running fetch"),
        ):
            take(connect(server.url), tmp_path)

    def test_refuses_a_file_that_is_not_a_journal(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        (tmp_path / UNFINISHED).mkdir()
        (tmp_path / UNFINISHED / "journal.sqlite").write_bytes(b"x" * 5000)
        with pytest.raises(SnapshotError, match="damaged"):
            take(connect(server.url), tmp_path)

    def test_refuses_the_journal_of_a_different_program(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        (tmp_path / UNFINISHED).mkdir()
        database = sqlite3.connect(tmp_path / UNFINISHED / "journal.sqlite")
        database.executescript("create table other (x); create index groups on other (x)")
        database.close()
        with pytest.raises(SnapshotError, match="damaged"):
            take(connect(server.url), tmp_path)

    def test_reports_where_it_cannot_write(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(OSError, match="file"):
            take(connect(server.url), tmp_path / "file")
        (tmp_path / "s" / UNFINISHED / "journal.sqlite-wal").mkdir(parents=True)
        with pytest.raises(OSError, match=r"disk I/O error|unable to open database file"):
            take(connect(server.url), tmp_path / "s")


def begin(client: Client, out: Path, **options: Any) -> None:
    try:
        take(client, out, **options)
    except ClientError:
        assert not (out / MANIFEST).exists()


@pytest.mark.slow
class TestRefreshing:
    def test_replaces_a_finished_snapshot(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        first = take(connect(server.url), tmp_path)
        server.add("new", ["newcomer"])
        assert take(connect(server.url), tmp_path) == first
        second = take(connect(server.url), tmp_path, refresh=True)
        assert list(second.read_memberships()) == list_expected_memberships(server)
        assert second.manifest.started_at > first.manifest.started_at
        assert {path.name for path in tmp_path.iterdir()} == {GROUPS, MEMBERSHIPS, MANIFEST}

    def test_is_a_first_fetch_if_there_is_no_snapshot(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        snapshot = take(connect(server.url), tmp_path, refresh=True)
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)

    @pytest.mark.parametrize("refresh", [False, True])
    @pytest.mark.parametrize("calls", [0, 5, 20])
    def test_keeps_the_old_snapshot_until_the_new_one_is_finished(
        self, server: PoolServer, connect: Connect, tmp_path: Path, calls: int, refresh: bool
    ) -> None:
        first = take(connect(server.url), tmp_path)
        server.add("new", ["newcomer"])
        refuse_after(server, calls)
        with pytest.raises(ClientError):
            take(connect(server.url), tmp_path, refresh=True)
        assert Snapshot.open(tmp_path) == first
        server.intercept = lambda _, __: None
        second = take(connect(server.url), tmp_path, refresh=refresh)
        if calls or refresh:
            assert list(second.read_memberships()) == list_expected_memberships(server)
        else:
            assert second == first, "nothing was listed that could be resumed"

    @pytest.mark.parametrize("name", [MEMBERSHIPS, MANIFEST])
    def test_that_ends_between_two_files_is_resumed(
        self,
        server: PoolServer,
        connect: Connect,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
    ) -> None:
        take(connect(server.url), tmp_path)
        server.add("new", ["newcomer"])
        replace = Path.replace

        def interrupt(path: Path, target: Path) -> Path:
            if path.name == name:
                raise KeyboardInterrupt
            return replace(path, target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", interrupt)
            with pytest.raises(KeyboardInterrupt):
                take(connect(server.url), tmp_path, refresh=True)
        with pytest.raises(SnapshotError, match="is not finished"):
            Snapshot.open(tmp_path)
        server.calls.clear()
        snapshot = take(connect(server.url), tmp_path)
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)
        assert server.calls.keys() == {"ListGroups"}

    def test_keeps_the_old_snapshot_if_the_disk_is_full_at_the_end(
        self, server: PoolServer, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = take(connect(server.url), tmp_path)
        server.add("new", ["newcomer"])

        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr("cognito_claims.pool._fetch.fetch.write_manifest", fail)
            with pytest.raises(OSError, match="No space"):
                take(connect(server.url), tmp_path, refresh=True)
        assert Snapshot.open(tmp_path) == first
        assert len(take(connect(server.url), tmp_path).read_groups()) == len(server.groups)

    def test_replaces_a_damaged_snapshot(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        take(connect(server.url), tmp_path)
        for name in (MEMBERSHIPS, MANIFEST):
            os.truncate(tmp_path / name, 50)
            with pytest.raises(SnapshotError, match="fetch the pool again with --refresh"):
                take(connect(server.url), tmp_path)
            snapshot = take(connect(server.url), tmp_path, refresh=True)
            assert list(snapshot.read_memberships()) == list_expected_memberships(server)

    def test_refuses_other_options(self, server: PoolServer, connect: Connect, tmp_path: Path) -> None:
        take(connect(server.url), tmp_path)
        with pytest.raises(SnapshotError, match="has usernames kept, expected discarded-key"):
            take(connect(server.url), tmp_path, usernames=False, refresh=True)

    def test_hashes_with_a_new_key(
        self, server: PoolServer, connect: Connect, tmp_path: Path, keys: Path
    ) -> None:
        first = read_digests(take(connect(server.url), tmp_path, usernames=False))
        second = read_digests(take(connect(server.url), tmp_path, usernames=False, refresh=True))
        assert first[MEMBERSHIPS] != second[MEMBERSHIPS]
        assert not list(keys.iterdir())


@pytest.mark.slow
class TestAServer:
    @pytest.mark.parametrize("attempts", [1, 10])
    def test_that_throttles_hangs_up_and_fails(
        self, server: PoolServer, connect: Connect, tmp_path: Path, attempts: int
    ) -> None:
        whole = take(connect(server.url), tmp_path / "whole")
        chance = random.Random(7)
        tries: Counter[tuple[object, object]] = Counter()

        def intercept(_: str, body: dict[str, Any]) -> None:
            page = body.get("GroupName"), body.get("NextToken")
            tries[page] += 1
            first_of_all = tries.total() == 1
            match chance.randrange(12) if not first_of_all and tries[page] % 10 else None:
                case 0 | 1 | 2 | 3:
                    raise RefusedError(400, "TooManyRequestsException")
                case 4:
                    raise HungUpError
                case 5:
                    raise RefusedError(500, "InternalErrorException")
                case _:
                    pass

        server.intercept = intercept
        snapshot = take(connect(server.url, attempts), tmp_path / "snapshot")
        assert read_digests(snapshot) == read_digests(whole)

    @pytest.mark.parametrize(
        ("error", "status"), [("TooManyRequestsException", 400), ("InternalErrorException", 500)]
    )
    def test_that_never_recovers_is_reported_and_nothing_is_lost(
        self, server: PoolServer, connect: Connect, tmp_path: Path, error: str, status: int
    ) -> None:
        refuse_after(server, 12, error, status)
        with pytest.raises(ClientError, match=error):
            take(connect(server.url), tmp_path, concurrency=1)
        assert server.calls.total() == 12 + MAX_ATTEMPTS
        with Journal.open(tmp_path / UNFINISHED) as journal:
            read, groups, memberships = journal.read_progress()
        assert read > 0
        assert groups == 13
        assert memberships > 0

    def test_that_never_responded_is_reported_at_once(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        def hang_up(_: str, __: dict[str, Any]) -> None:
            raise HungUpError

        server.intercept = hang_up
        with pytest.raises(ConnectionClosedError):
            take(connect(server.url), tmp_path)
        assert server.calls.total() == 1

    def test_gets_other_calls_without_these_retries(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        client = connect(server.url)
        calls: list[int] = []

        def ask(_: object) -> None:
            before = server.calls.total()
            with pytest.raises(ClientError):
                client.get_group(UserPoolId=POOL, GroupName="group-01")
            calls.append(server.calls.total() - before)

        def intercept(operation: str, _: dict[str, Any]) -> None:
            if operation == "GetGroup":
                raise RefusedError(400, "TooManyRequestsException")

        server.intercept = intercept
        take(client, tmp_path, concurrency=1, on_progress=ask)
        assert {*calls} == {1}

    def test_may_list_a_group_for_ever_and_not_find_it(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        def intercept(_: str, body: dict[str, Any]) -> None:
            if body.get("GroupName") == "group-05":
                raise RefusedError(400, "ResourceNotFoundException")

        server.intercept = intercept
        snapshot = take(connect(server.url), tmp_path)
        assert {change.what for change in snapshot.manifest.changes} == {"created", "deleted"}
        del server.members["group-05"]
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)

    def test_may_leave_out_which_pool_a_group_is_of(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        for group in server.groups.values():
            del group["UserPoolId"]
        snapshot = take(connect(server.url), tmp_path)
        assert {group.user_pool_id for group in snapshot.read_groups()} == {POOL}

    def test_that_is_gone_is_reported(self, connect: Connect, tmp_path: Path) -> None:
        with pytest.raises(EndpointConnectionError):
            take(connect("http://127.0.0.1:1"), tmp_path)

    def test_that_has_no_such_pool_is_reported(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            fetch(connect(server.url), user_pool_id="eu-west-1_Other", out=tmp_path)

    @pytest.mark.parametrize("circle", [1, 2])
    def test_that_repeats_a_token_is_reported_and_the_group_read_again(
        self, server: PoolServer, connect: Connect, tmp_path: Path, circle: int
    ) -> None:
        whole = take(connect(server.url), tmp_path / "whole")
        page = server.page

        def repeat_tokens(member: str, items: list[Any], start: int) -> dict[str, Any]:
            answer = page(member, items, start)
            if member == "Users" and start == 3 * circle and len(items) > 3 * circle + 3:
                answer["NextToken"] = "first|3"
            return answer

        server.page = repeat_tokens  # type: ignore[method-assign]
        with pytest.raises(PaginationError):
            take(connect(server.url), tmp_path / "parts", concurrency=1)
        server.page = page  # type: ignore[method-assign]
        parts = take(connect(server.url), tmp_path / "parts")
        assert read_digests(parts) == read_digests(whole)
        assert parts.manifest.changes == ()

    def test_may_repeat_one_token_in_twenty(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        server.page_size = 1
        whole = take(connect(server.url), tmp_path / "whole")
        page, chance = server.page, random.Random(5)
        repeated: list[int] = []

        def repeat_tokens(member: str, items: list[Any], start: int) -> dict[str, Any]:
            if start and chance.random() < 0.05:
                repeated.append(start)
                return {**page(member, items, start), "NextToken": f"first|{start}"}
            return page(member, items, start)

        server.page = repeat_tokens  # type: ignore[method-assign]
        snapshot = take(connect(server.url), tmp_path / "parts")
        assert read_digests(snapshot) == read_digests(whole)
        assert snapshot.manifest.changes == ()
        assert len(repeated) > 5

    def test_may_let_page_tokens_expire_again_and_again(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        whole = take(connect(server.url), tmp_path / "whole")
        # Each list of a group longer than a page, and both lists of the groups, restart three times.
        expired: Counter[object] = Counter()

        def intercept(_: str, body: dict[str, Any]) -> None:
            name = body.get("GroupName")
            if str(body.get("NextToken")).endswith("|6") and expired[name] < 3:
                expired[name] += 1
                server.expire_tokens()

        server.intercept = intercept
        snapshot = take(connect(server.url), tmp_path / "parts", concurrency=1)
        assert read_digests(snapshot) == read_digests(whole)
        assert snapshot.manifest.changes == ()
        assert expired[None] == expired["group-11"] == 3

    @pytest.mark.parametrize("operation", ["ListGroups", "ListUsersInGroup"])
    def test_that_lets_every_page_token_expire_is_reported(
        self, server: PoolServer, connect: Connect, tmp_path: Path, operation: str
    ) -> None:
        refused: list[str] = []

        def intercept(name: str, body: dict[str, Any]) -> None:
            if name == operation and "NextToken" in body:
                refused.append(name)
                raise RefusedError(400, "InvalidParameterException")

        server.intercept = intercept
        with pytest.raises(ClientError, match="InvalidParameterException"):
            take(connect(server.url), tmp_path, concurrency=1)
        assert len(refused) == 1 + MAX_RESTARTS

    def test_that_refuses_a_first_page_is_reported_at_once(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        refuse_after(server, 5, "InvalidParameterException")
        with pytest.raises(ClientError, match="InvalidParameterException"):
            take(connect(server.url), tmp_path, concurrency=1)
        assert server.calls.total() == 6

    @pytest.mark.parametrize(
        "content",
        [b"", b"<html>", b'{"Users": [{"User', b"null", b"[]", '{"Users": [{"Username": "ż'.encode()[:-1]],
    )
    def test_may_answer_one_call_in_three_without_json(
        self, server: PoolServer, connect: Connect, tmp_path: Path, content: bytes
    ) -> None:
        whole = take(connect(server.url), tmp_path / "whole")
        server.calls.clear()
        server.corrupt = lambda body: body if server.calls.total() % 3 else content
        snapshot = take(connect(server.url), tmp_path / "parts", concurrency=1)
        assert read_digests(snapshot) == read_digests(whole)

    def test_that_cuts_off_every_response_is_reported(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        server.corrupt = lambda body: body[:-1]
        reason = r"\(UnreadableResponse\).* ListGroups .*: the response is cut off, or is not JSON"
        with pytest.raises(ClientError, match=reason):
            take(connect(server.url), tmp_path)
        assert server.calls.total() == 1, "the endpoint is probably wrong"
        server.calls.clear()
        server.corrupt = lambda body: body[:-1] if server.calls.total() > 20 else body
        with pytest.raises(ClientError, match=r"\(UnreadableResponse\).* ListUsersInGroup "):
            take(connect(server.url), tmp_path, concurrency=1)
        assert server.calls.total() == 20 + MAX_ATTEMPTS
        server.corrupt = lambda body: body
        assert take(connect(server.url), tmp_path).manifest.groups == len(server.groups)

    def test_may_cut_off_its_first_response(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        server.corrupt = lambda body: body[:-1] if server.calls.total() == 1 else body
        snapshot = take(connect(server.url, attempts=3), tmp_path)
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)

    def test_that_leaves_out_the_list_is_reported(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        server.corrupt = lambda _: b"{}"
        with pytest.raises(InvalidResponseError, match="Groups"):
            take(connect(server.url), tmp_path)

    def test_that_responds_with_nonsense_is_reported(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        server.members["group-03"] = ["a name with blanks"]
        with pytest.raises(InvalidResponseError, match=r"Users\[0\]\.Username") as refused:
            take(connect(server.url), tmp_path / "users")
        assert "blanks" not in str(refused.value)
        server.groups["group-03"]["Precedence"] = "3"
        with pytest.raises(InvalidResponseError, match="Precedence"):
            take(connect(server.url), tmp_path / "groups")

    def test_may_pass_over_a_group_once(self, server: PoolServer, connect: Connect, tmp_path: Path) -> None:
        page = server.page

        def omit_group(member: str, items: list[Any], start: int) -> dict[str, Any]:
            once = member == "Groups" and 5 < server.calls["ListGroups"] <= 10
            kept = [one for one in items if one["GroupName"] != "group-05"] if once else items
            return page(member, kept, start)

        server.page = omit_group  # type: ignore[method-assign]
        assert list(take(connect(server.url), tmp_path).read_memberships()) == list_expected_memberships(
            server
        )

    def test_may_list_a_group_twice(self, server: PoolServer, connect: Connect, tmp_path: Path) -> None:
        page = server.page

        def return_user_twice(member: str, items: list[Any], start: int) -> dict[str, Any]:
            return page(member, [*items[:4], *items[3:]] if member == "Groups" else items, start)

        server.page = return_user_twice  # type: ignore[method-assign]
        snapshot = take(connect(server.url), tmp_path)
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)
        assert snapshot.manifest.changes == ()

    def test_may_return_short_and_empty_pages(self, connect: Connect, tmp_path: Path) -> None:
        with PoolServer(page_size=2) as server:
            server.add("group", ["a", "b", "c"])
            page = server.page

            def return_sparse_pages(member: str, items: list[Any], start: int) -> dict[str, Any]:
                if member == "Users" and start == 2 and len(items) == 3:
                    return {member: [], "NextToken": "first|1000002"}
                return page(member, items, start % 1_000_000)

            server.page = return_sparse_pages  # type: ignore[method-assign]
            assert list(
                take(connect(server.url), tmp_path).read_memberships()
            ) == list_expected_memberships(server)


class TestAPoolThatChangesDuringTheFetch:
    """What changed is recorded where it shows, and nothing crashes."""

    def change_once(self, server: PoolServer, group: str, change: Callable[[], object]) -> None:
        """Make a change when the second page of a group is requested."""
        done: list[bool] = []

        def intercept(_: str, body: dict[str, Any]) -> None:
            if body.get("GroupName") == group and "NextToken" in body and not done:
                done.append(True)
                change()

        server.intercept = intercept

    def changes(self, snapshot: Snapshot) -> set[tuple[str, str]]:
        return {(change.group_name, change.what) for change in snapshot.manifest.changes}

    def test_a_group_is_deleted_while_it_is_read(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        self.change_once(server, "group-05", lambda: server.remove("group-05"))
        reports: list[Progress] = []
        snapshot = take(connect(server.url), tmp_path, on_progress=reports.append)
        assert self.changes(snapshot) == {("group-05", "deleted")}
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)
        assert reports[-1].memberships == len(list_expected_memberships(server))
        assert snapshot.manifest.groups == 12

    def test_a_group_is_deleted_after_it_was_read(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        self.change_once(server, "group-11", lambda: server.remove("group-02"))
        snapshot = take(connect(server.url), tmp_path, concurrency=1)
        assert self.changes(snapshot) == {("group-02", "deleted")}
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)

    def test_a_group_is_created_and_one_changed(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        def change() -> None:
            server.add("new", ["user-001"])
            server.groups["group-01"]["Precedence"] = 77

        self.change_once(server, "group-11", change)
        snapshot = take(connect(server.url), tmp_path)
        assert self.changes(snapshot) == {("new", "created"), ("group-01", "changed")}
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)
        assert {group.group_name: group.precedence for group in snapshot.read_groups()}["group-01"] == 77

    def test_a_group_is_deleted_and_made_again(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        removed = server.members["group-05"]
        self.change_once(server, "group-05", lambda: server.remove("group-05"))
        listed: list[str] = []
        intercept = server.intercept

        def again(operation: str, body: dict[str, Any]) -> None:
            listed.append(operation)
            if (
                operation == "ListGroups"
                and "ListUsersInGroup" in listed
                and "group-05" not in server.groups
            ):
                server.add("group-05", removed)
            intercept(operation, body)

        server.intercept = again
        snapshot = take(connect(server.url), tmp_path)
        assert self.changes(snapshot) == {("group-05", "deleted"), ("group-05", "created")}
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)

    def test_a_different_group_is_created_under_a_name(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        def change() -> None:
            server.add("group-02", ["newcomer"])
            server.groups["group-02"]["CreationDate"] += 0.001

        self.change_once(server, "group-11", change)
        reports: list[Progress] = []
        snapshot = take(connect(server.url), tmp_path, concurrency=1, on_progress=reports.append)
        assert self.changes(snapshot) == {("group-02", "deleted"), ("group-02", "created")}
        assert list(snapshot.read_memberships()) == list_expected_memberships(server)
        assert reports[-1].memberships == len(list_expected_memberships(server))

    def test_a_user_joins_and_moves_the_pages(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        self.change_once(server, "group-08", lambda: server.members["group-08"].insert(0, "newcomer"))
        snapshot = take(connect(server.url), tmp_path)
        assert self.changes(snapshot) == {("group-08", "shifted")}
        assert {*list_expected_memberships(server)} - {*snapshot.read_memberships()} == {
            Membership("newcomer", "group-08")
        }

    def test_a_user_moves_between_groups(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        def change() -> None:
            server.members["group-03"].remove("user-001")
            server.members["group-11"].append("user-001-moved")

        self.change_once(server, "group-11", change)
        snapshot = take(connect(server.url), tmp_path, concurrency=1)
        found = {*snapshot.read_memberships()}
        assert Membership("user-001", "group-03") in found, "it was there when the group was read"
        assert Membership("user-001-moved", "group-11") in found


class TestADamagedSnapshot:
    @pytest.fixture
    def folder(self, server: PoolServer, connect: Connect, tmp_path: Path) -> Path:
        take(connect(server.url), tmp_path)
        return tmp_path

    @pytest.mark.parametrize("name", [GROUPS, MEMBERSHIPS])
    def test_a_file_is_truncated(self, folder: Path, name: str) -> None:
        size = (folder / name).stat().st_size
        os.truncate(folder / name, size // 2)
        with pytest.raises(
            SnapshotError, match=f"truncated: it has {size // 2} of {size} bytes"
        ) as refused:
            Snapshot.open(folder)
        assert refused.value.path == folder / name

    @pytest.mark.parametrize("name", [GROUPS, MEMBERSHIPS])
    def test_a_byte_differs(self, folder: Path, name: str) -> None:
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)
        with pytest.raises(SnapshotError, match="has changed since the fetch"):
            Snapshot.open(folder)

    @pytest.mark.parametrize("name", [GROUPS, MEMBERSHIPS])
    def test_a_file_is_missing(self, folder: Path, name: str) -> None:
        (folder / name).unlink()
        with pytest.raises(SnapshotError, match=name):
            Snapshot.open(folder)

    def test_there_is_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(SnapshotError, match="is not a snapshot"):
            Snapshot.open(tmp_path / "nothing")

    def test_the_manifest_is_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / MANIFEST).mkdir()
        with pytest.raises(SnapshotError, match="cannot be read"):
            Snapshot.open(tmp_path)

    @pytest.mark.parametrize(
        "change",
        [{"version": 2}, {"groups": "many"}, {"files": {}}, {"finished_at": "2026-01-01T00:00:00"}],
    )
    def test_the_manifest_is_invalid(self, folder: Path, change: dict[str, Any]) -> None:
        manifest = json.loads((folder / MANIFEST).read_bytes()) | change
        (folder / MANIFEST).write_text(json.dumps(manifest))
        with pytest.raises(SnapshotError, match=next(iter(change))):
            Snapshot.open(folder)

    def test_the_manifest_is_truncated(self, folder: Path) -> None:
        os.truncate(folder / MANIFEST, 50)
        with pytest.raises(SnapshotError, match="JSON"):
            Snapshot.open(folder)


@pytest.mark.parametrize(
    "options",
    [
        {"key": b"short"},
        {"key": KEY, "usernames": False},
        {"rate": 0.0},
        {"rate": -1.0},
        {"concurrency": 0},
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    client: Client, tmp_path: Path, options: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="|".join(options)):
        fetch(client, user_pool_id=POOL, out=tmp_path / "never", **options)
    assert not (tmp_path / "never").exists()


def test_a_pool_id_that_does_not_fit_is_refused(client: Client, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="UserPoolId"):
        fetch(client, user_pool_id="none", out=tmp_path)


def test_a_missing_extra_is_reported_before_any_call(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(ImportError, match=r"cognito-claims\[pool\]"):
        take(client, tmp_path)


def test_the_default_rates_leave_some_for_other_programs() -> None:
    assert Throttle().list_users_in_group_rate == DEFAULT_RATE < LIST_USERS_IN_GROUP_RATE
    assert Throttle().list_groups_rate < LIST_GROUPS_RATE


def fetch_elsewhere(url: str, out: Path) -> None:
    client: Client = boto3.client(  # pyright: ignore[reportUnknownMemberType]
        "cognito-idp",
        region_name="eu-west-1",
        endpoint_url=url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    take(client, out)


@pytest.mark.slow
def test_kill_it_at_50_random_moments(connect: Connect, tmp_path: Path) -> None:
    """Nothing is lost or duplicated, and an unfinished fetch is never accepted as a snapshot."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["boto3", "duckdb", "tests.test_pool_fetch"])
    seed = os.environ.get("COGNITO_CLAIMS_SEED", str(random.randrange(2**32)))
    print(f"To repeat the same moments: COGNITO_CLAIMS_SEED={seed}")  # pytest shows it on failure
    chance = random.Random(seed)
    kills = finished = 0
    with PoolServer(page_size=5) as server:
        for number in range(30):
            members = [f"user-{member:03}" for member in range(chance.randrange(100))]
            server.add(f"group-{number:02}", chance.sample(members, len(members)))
        whole = take(connect(server.url), tmp_path / "whole")
        calls = sum(server.calls.values())
        out = tmp_path / "0"
        while kills < 50:
            # Within a call, or, as often as that, so long after it as a few calls take.
            fatal, seconds = chance.randrange(1, calls // 5), chance.choice([0.0, chance.random() / 20])
            reached = threading.Event()
            left = [fatal]

            def intercept(
                _: str, __: dict[str, Any], left: list[int] = left, reached: threading.Event = reached
            ) -> None:
                left[0] -= 1
                if left[0] == 0:
                    reached.set()

            server.intercept = intercept
            process = processes.Process(target=fetch_elsewhere, args=(server.url, out))
            process.start()
            while not reached.wait(0.05) and process.is_alive():
                pass
            process.join(seconds)
            process.kill()
            process.join()
            kills += process.exitcode != 0
            try:
                assert read_digests(Snapshot.open(out)) == read_digests(whole)
            except SnapshotError:
                assert not (out / MANIFEST).exists()
                continue
            finished += 1
            out = tmp_path / str(finished)
        server.intercept = lambda _, __: None
        last = take(connect(server.url), out)
        assert read_digests(last) == read_digests(whole)
        assert last.manifest.changes == ()
        assert list(last.read_memberships()) == list_expected_memberships(server)


def test_any_reader_of_parquet_reads_it(server: PoolServer, connect: Connect, tmp_path: Path) -> None:
    take(connect(server.url), tmp_path)
    columns = duckdb.execute(f"describe from '{tmp_path / GROUPS}'").fetchall()
    assert [(name, kind) for name, kind, *_ in columns] == [
        ("group_name", "VARCHAR"),
        ("user_pool_id", "VARCHAR"),
        ("description", "VARCHAR"),
        ("role_arn", "VARCHAR"),
        ("precedence", "INTEGER"),
        ("last_modified_date", "TIMESTAMP WITH TIME ZONE"),
        ("creation_date", "TIMESTAMP WITH TIME ZONE"),
    ]
    columns = duckdb.execute(f"describe from '{tmp_path / MEMBERSHIPS}'").fetchall()
    assert [(name, kind) for name, kind, *_ in columns] == [
        ("username", "VARCHAR"),
        ("group_name", "VARCHAR"),
    ]
