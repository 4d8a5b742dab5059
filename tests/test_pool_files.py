"""The files of a pool: private, never redirected, and refused in one sentence if they are damaged."""

import hashlib
import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner, Result

from cognito_claims._files import create_private_folder, replace_file
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.pool import Snapshot, SnapshotError, fetch
from cognito_claims.pool._fetch.fetch import fetch_pool
from cognito_claims.pool._fetch.journal import Journal
from cognito_claims.pool._fetch.throttle import Throttle
from cognito_claims.pool._fetch.usernames import ThrowawayKey, Usernames
from cognito_claims.pool.manifest import GROUPS, MANIFEST, MEMBERSHIPS, UNFINISHED
from tests.conftest import Client, Connect
from tests.fake_cognito import RefusedError
from tests.pool_data import write_faulty_pool
from tests.pool_server import POOL, PoolServer

pytestmark = pytest.mark.slow

COMMAND = str(Path(sys.executable).with_name("cognito-claims"))


@pytest.fixture
def server() -> Iterator[PoolServer]:
    with PoolServer(page_size=2) as server:
        server.add("admins", ["ann", "bob", "cid"], precedence=0)
        server.add("staff", ["ann", "dora", "eve", "fay", "gus"], precedence=10)
        yield server


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the keys that fetches will discard."""
    state = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    return state / "cognito-claims"


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def take(client: Client, out: Path, *, usernames: bool = True) -> Snapshot:
    mode = Usernames.choose(None, usernames=usernames)
    throttle = Throttle(10_000.0, list_groups_rate=10_000.0)
    return fetch_pool(client, POOL, out, mode, throttle, 1, lambda _: None)


def stop_at(server: PoolServer, calls: int) -> None:
    """Let the server refuse each call after this many."""

    def intercept(_: str, __: dict[str, Any]) -> None:
        if server.calls.total() > calls:
            raise RefusedError(400, "NotAuthorizedException")

    server.intercept = intercept


def take_a_part(server: PoolServer, client: Client, out: Path, *, usernames: bool = True) -> None:
    stop_at(server, 4)
    with pytest.raises(ClientError):
        take(client, out, usernames=usernames)
    server.intercept = lambda _, __: None


def list_modes(folder: Path) -> dict[str, int]:
    found = [folder, *folder.rglob("*")]
    return {path.name: stat.S_IMODE(path.lstat().st_mode) for path in found}


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["pool", *map(str, arguments)])


@pytest.mark.usefixtures("open_umask")
class TestPrivateFiles:
    def test_a_snapshot(self, server: PoolServer, connect: Connect, tmp_path: Path) -> None:
        take(connect(server.url), tmp_path / "s")
        files = dict.fromkeys([GROUPS, MEMBERSHIPS, MANIFEST], 0o600)
        assert list_modes(tmp_path / "s") == {"s": 0o700, **files}

    def test_an_unfinished_snapshot(self, server: PoolServer, connect: Connect, tmp_path: Path) -> None:
        seen: dict[str, int] = {}

        def look(_: str, __: dict[str, Any]) -> None:
            seen.update(list_modes(tmp_path / "s"))

        server.intercept = look
        take(connect(server.url), tmp_path / "s")
        names = ("journal.sqlite", "journal.sqlite-wal")
        assert seen == {"s": 0o700, UNFINISHED: 0o700, **dict.fromkeys(names, 0o600)}

    def test_the_folders_above_that_did_not_exist(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        take(connect(server.url), tmp_path / "a" / "b" / "s")
        assert {name: mode for name, mode in list_modes(tmp_path / "a").items() if len(name) == 1} == {
            "a": 0o700,
            "b": 0o700,
            "s": 0o700,
        }

    def test_a_folder_that_was_open_to_others(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        (tmp_path / "s").mkdir(mode=0o777)
        take(connect(server.url), tmp_path / "s")
        assert list_modes(tmp_path / "s")["s"] == 0o700

    @pytest.mark.parametrize(
        "arguments",
        [
            ("resolve", "s", "--out"),
            ("audit", "s", "--fail-on", "never", "--html"),
            ("audit", "s", "--fail-on", "never", "--sarif"),
            ("diff", "s", "--drop-group", "beta", "--html"),
            ("diff", "s", "--drop-group", "beta", "--users"),
        ],
        ids=" ".join,
    )
    def test_a_result(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        write_faulty_pool(tmp_path / "s")
        out = tmp_path / "result"
        out.write_text("old")
        out.chmod(0o666)
        result = call(*arguments, out)
        assert result.exit_code == ExitCode.OK, result.stderr
        assert list_modes(out) == {"result": 0o600}
        assert out.read_bytes() != b"old"
        assert {path.name for path in tmp_path.iterdir()} == {"s", "result"}

    def test_a_file_that_others_may_read(self, tmp_path: Path) -> None:
        with replace_file(tmp_path / "file", private=False) as partial:
            partial.touch()
        assert list_modes(tmp_path / "file") == {"file": 0o666}


class TestAFetchRefuses:
    def refuse(self, server: PoolServer, client: Client, out: Path, reason: str) -> None:
        with pytest.raises(OSError, match=reason):
            take(client, out)
        assert not server.calls

    def test_a_folder_of_another_user(
        self, server: PoolServer, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
        self.refuse(server, connect(server.url), tmp_path, "belongs to another user")

    def test_a_link_to_a_folder(self, server: PoolServer, connect: Connect, tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        (tmp_path / "here").symlink_to(tmp_path / "there")
        self.refuse(server, connect(server.url), tmp_path / "here", "is a link")
        assert not list((tmp_path / "there").iterdir())

    def test_a_folder_of_other_files_and_leaves_it_as_it_was(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        (tmp_path / "notes").touch()
        tmp_path.chmod(0o755)
        with pytest.raises(SnapshotError, match="is not empty, and no fetch wrote it"):
            take(connect(server.url), tmp_path)
        assert list_modes(tmp_path)[tmp_path.name] == 0o755

    def test_a_folder_that_takes_the_place_of_its_own(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        def replace_folder(_: str, body: dict[str, Any]) -> None:
            if body.get("GroupName") == "staff" and not (tmp_path / "old").exists():
                (tmp_path / "s").rename(tmp_path / "old")
                (tmp_path / "s" / UNFINISHED).mkdir(parents=True)

        server.intercept = replace_folder
        with pytest.raises(SnapshotError, match="was replaced by another folder"):
            take(connect(server.url), tmp_path / "s")
        assert not list((tmp_path / "s" / UNFINISHED).iterdir())

    @pytest.mark.parametrize(
        "name", ["memberships.tsv", "groups.jsonl", MEMBERSHIPS, MANIFEST, "journal.sqlite"]
    )
    def test_a_link_in_the_folder_of_its_state(
        self, server: PoolServer, connect: Connect, tmp_path: Path, name: str
    ) -> None:
        target = tmp_path / "target"
        target.write_text("untouched")
        (tmp_path / "s" / UNFINISHED).mkdir(parents=True)
        (tmp_path / "s" / UNFINISHED / name).symlink_to(target)
        self.refuse(server, connect(server.url), tmp_path / "s", "is a link")
        assert target.read_text() == "untouched"


class TestAResultIsNotWritten:
    def test_through_a_link(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        (tmp_path / "target").write_text("untouched")
        (tmp_path / "link").symlink_to(tmp_path / "target")
        for arguments in (("audit", "--html"), ("resolve", "--out")):
            result = call(arguments[0], tmp_path / "s", arguments[1], tmp_path / "link")
            assert result.exit_code == ExitCode.NOT_WRITTEN
            assert "link: is a link" in result.stderr
        assert (tmp_path / "target").read_text() == "untouched"

    def test_to_a_device(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        result = call("audit", tmp_path / "s", "--html", "/dev/null")
        assert result.exit_code == ExitCode.NOT_WRITTEN
        assert "not a regular file" in result.stderr

    def test_to_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        result = call("audit", tmp_path / "s", "--html", tmp_path / "nowhere" / "report.html")
        assert result.exit_code == ExitCode.NOT_WRITTEN
        assert result.stderr.startswith(f"error: {tmp_path}/nowhere/report.html: No such file")

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "arguments",
        [
            "resolve s --out",
            "audit s --html",
            "audit s --sarif",
            "diff s --drop-group admins --html",
            "diff s --drop-group admins --users",
        ],
    )
    def test_in_part(self, tmp_path: Path, arguments: str) -> None:
        """No file may become larger than a kilobyte, as on a disk that is full."""
        write_faulty_pool(tmp_path / "s")
        out = tmp_path / "result"
        out.write_text("old")
        script = f"ulimit -f 1 && exec {COMMAND} pool {arguments} {out}"
        done = subprocess.run(
            ["bash", "-c", script],
            check=False,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            # Python would cut off the bytecode of the modules that it compiles, too.
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert done.returncode == ExitCode.NOT_WRITTEN, done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert out.read_text() == "old"
        assert {path.name for path in tmp_path.iterdir()} == {"s", "result"}


def truncate(path: Path) -> None:
    os.truncate(path, 0)


class TestAThrowawayKey:
    def test_is_never_in_the_folder_and_outlives_a_kill(
        self, server: PoolServer, connect: Connect, tmp_path: Path, keys: Path
    ) -> None:
        take_a_part(server, connect(server.url), tmp_path, usernames=False)
        [key] = keys.iterdir()
        assert list_modes(keys) == {"cognito-claims": 0o700, key.name: 0o600}
        secret = key.read_bytes()
        for path in tmp_path.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert secret not in content
            assert secret.hex().encode() not in content
        snapshot = take(connect(server.url), tmp_path, usernames=False)
        assert len({one.username for one in snapshot.read_memberships()}) == 7
        assert not list(keys.iterdir())

    @pytest.mark.parametrize("damage", [Path.unlink, truncate])
    def test_that_is_lost_or_damaged_ends_the_fetch(
        self,
        server: PoolServer,
        connect: Connect,
        tmp_path: Path,
        keys: Path,
        damage: Callable[[Path], object],
    ) -> None:
        take_a_part(server, connect(server.url), tmp_path, usernames=False)
        [key] = keys.iterdir()
        damage(key)
        with pytest.raises(SnapshotError, match=f"cannot be resumed: .*{key.name}"):
            take(connect(server.url), tmp_path, usernames=False)

    def test_of_a_pool_that_does_not_exist_is_not_written(
        self, server: PoolServer, connect: Connect, tmp_path: Path, keys: Path
    ) -> None:
        with pytest.raises(ClientError):
            fetch(connect(server.url), user_pool_id="eu-west-1_Other", out=tmp_path, usernames=False)
        assert not keys.exists()

    @pytest.mark.parametrize("state", ["", "relative"])
    def test_is_kept_at_home_by_default(self, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", state)
        assert ThrowawayKey("one").path == Path.home() / ".local" / "state" / "cognito-claims" / "one.key"

    def test_has_no_place_without_a_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_: type[Path]) -> Path:
            raise RuntimeError

        monkeypatch.delenv("XDG_STATE_HOME")
        monkeypatch.setattr(Path, "home", classmethod(fail))
        with pytest.raises(OSError, match="set it to a folder: 'XDG_STATE_HOME'"):
            ThrowawayKey("one")


def forge(folder: Path, name: str, content: bytes, **manifest: object) -> None:
    """Replace a file of a snapshot, with a manifest that has the right digest."""
    (folder / name).write_bytes(content)
    members = json.loads((folder / MANIFEST).read_bytes()) | manifest
    members["files"][name] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (folder / MANIFEST).write_text(json.dumps(members))


def write_parquet(tmp_path: Path, statement: str) -> bytes:
    duckdb.execute("set timezone = 'UTC'")
    duckdb.execute(f"copy ({statement}) to '{tmp_path}/forged.parquet' (format parquet)")
    return (tmp_path / "forged.parquet").read_bytes()


ANN = "'ann' as username, 'admins' as group_name"
ADMINS = (
    "'admins' as group_name, null::text as user_pool_id, null::text as description, null::text as role_arn,"
    " 1::int as precedence, null::timestamptz as last_modified_date, null::timestamptz as creation_date"
)

FORGED: dict[str, tuple[str, str, str]] = {
    "a username is null": (
        MEMBERSHIPS,
        "select null::text as username, 'admins' as group_name",
        "username is null",
    ),
    "a name of a group is null": (
        MEMBERSHIPS,
        "select 'ann' as username, null::text as group_name",
        "group_name is null",
    ),
    "the usernames are numbers": (
        MEMBERSHIPS,
        "select 1 as username, 'admins' as group_name",
        "username: must be of type VARCHAR",
    ),
    "a column is missing": (MEMBERSHIPS, "select 'ann' as username", "has no column group_name"),
    "more rows than the manifest says": (
        MEMBERSHIPS,
        f"select {ANN} from range(20000000)",
        "has 20,000,000 rows, expected 1",
    ),
    "fewer rows": (MEMBERSHIPS, f"select {ANN} limit 0", "has 0 rows, expected 1"),
    "the precedence is a text": (
        GROUPS,
        f"select * replace ('1' as precedence) from (select {ADMINS})",
        "precedence: must be of type INTEGER",
    ),
    "a group without a name": (
        GROUPS,
        f"select * replace (null::text as group_name) from (select {ADMINS})",
        "group_name is null",
    ),
    "a role that is none": (
        GROUPS,
        f"select * replace ('admin' as role_arn) from (select {ADMINS})",
        r"Groups\[0\].RoleArn",
    ),
    "a negative precedence": (
        GROUPS,
        f"select * replace (-1 as precedence) from (select {ADMINS})",
        r"Groups\[0\].Precedence",
    ),
    "a date that never comes": (
        GROUPS,
        f"select * replace ('294000-01-01'::timestamptz as creation_date) from (select {ADMINS})",
        "a date is out of bounds",
    ),
    "an empty username": (
        MEMBERSHIPS,
        "select '' as username, 'admins' as group_name",
        "username is null or empty",
    ),
    "a group of another pool": (
        GROUPS,
        f"select * replace ('eu-west-1_Other' as user_pool_id) from (select {ADMINS})",
        "has groups of another user pool",
    ),
    "many groups": (GROUPS, f"select {ADMINS} from range(20000000)", "has 20,000,000 rows, expected 1"),
}


def check_refusals(folder: Path, reason: str) -> None:
    """Check that every command refuses a snapshot in one sentence."""
    out = folder.with_name("out.parquet")
    for arguments in (("audit",), ("resolve", "--out", out), ("diff", "--drop-group", "admins")):
        result = call(arguments[0], folder, *arguments[1:])
        assert result.exit_code == ExitCode.BAD_INPUT
        assert result.stdout == ""
        [line] = result.stderr.splitlines()
        assert line.startswith(f"error: {folder}")
        assert pytest.RaisesExc(SnapshotError, match=reason).matches(SnapshotError(folder, line))


class TestAForgedSnapshot:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = write_faulty_pool(tmp_path / "s").path
        forge(folder, GROUPS, write_parquet(tmp_path, f"select {ADMINS}"), groups=1)
        forge(folder, MEMBERSHIPS, write_parquet(tmp_path, f"select {ANN}"), memberships=1)
        return folder

    def test_is_read_if_it_is_right(self, folder: Path) -> None:
        snapshot = Snapshot.open(folder)
        assert [group.group_name for group in snapshot.read_groups()] == ["admins"]
        assert [tuple(one) for one in snapshot.read_memberships()] == [("ann", "admins")]

    @pytest.mark.parametrize("name", FORGED)
    def test_is_refused(self, folder: Path, tmp_path: Path, name: str) -> None:
        file, statement, reason = FORGED[name]
        forge(folder, file, write_parquet(tmp_path, statement))
        check_refusals(folder, reason)

    @pytest.mark.parametrize(
        "change",
        [{"user_pool_id": ""}, {"user_pool_id": "x\x1b[31m"}, {"usernames": "hashed"}, {"key_id": "0123"}],
    )
    def test_is_refused_if_the_manifest_contradicts_itself(
        self, folder: Path, change: dict[str, object]
    ) -> None:
        manifest = json.loads((folder / MANIFEST).read_bytes()) | change
        (folder / MANIFEST).write_text(json.dumps(manifest))
        check_refusals(folder, "user_pool_id: |key_id must be set")

    def test_is_refused_if_there_are_more_groups_than_aws_allows(
        self, folder: Path, tmp_path: Path
    ) -> None:
        content = write_parquet(tmp_path, f"select {ADMINS} from range(10001)")
        forge(folder, GROUPS, content, groups=10_001)
        check_refusals(folder, "groups: ")

    @pytest.mark.parametrize("name", [GROUPS, MEMBERSHIPS])
    def test_is_refused_if_it_is_no_parquet(self, folder: Path, name: str) -> None:
        forge(folder, name, b"no parquet")
        check_refusals(folder, f"{name}: is damaged")

    def test_is_refused_wherever_a_byte_differs(self, folder: Path) -> None:
        content = (folder / MEMBERSHIPS).read_bytes()
        for at in range(0, len(content), 7):
            damaged = bytearray(content)
            damaged[at] ^= 0xFF
            forge(folder, MEMBERSHIPS, bytes(damaged))
            result = call("audit", folder)
            assert result.exit_code in (ExitCode.OK, ExitCode.BAD_INPUT), (at, result.exception)
            assert len(result.stderr.splitlines()) <= 1

    def test_is_refused_if_the_name_of_a_column_is_not_utf8(self, folder: Path) -> None:
        content = (folder / MEMBERSHIPS).read_bytes()
        forge(folder, MEMBERSHIPS, content.replace(b"username", b"\xff\xfesernam"))
        check_refusals(folder, "is damaged")

    def test_is_refused_if_a_file_has_no_end(self, folder: Path) -> None:
        (folder / MEMBERSHIPS).unlink()
        (folder / MEMBERSHIPS).symlink_to("/dev/zero")
        check_refusals(folder, "cannot be read")
        (folder / MANIFEST).unlink()
        os.mkfifo(folder / MANIFEST)
        check_refusals(folder, "is not a regular file")

    def test_is_refused_if_the_manifest_is_too_large(self, folder: Path) -> None:
        with (folder / MANIFEST).open("ab") as file:
            file.write(b" " * (16 * 2**20) + b"{")
        check_refusals(folder, MANIFEST)

    def test_is_reported_if_duckdb_fails_for_another_reason(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError("Query interrupted")

        monkeypatch.setattr("cognito_claims.pool.engines.duckdb.DuckDB.fetch_rows", fail)
        with pytest.raises(RuntimeError, match="interrupted"):
            Snapshot.open(folder)


JOURNALS: dict[str, str] = {
    "a setting is missing": 'update settings set json = \'{"user_pool_id": "eu-west-1_Fake"}\'',
    "the settings are no JSON": "update settings set json = 'none'",
    "there are no settings": "delete from settings",
    "a table is missing": "drop table changes",
    "a table is another": "drop table changes; create table changes (number, what)",
    "a table is added": "create table other (x)",
    "a group is no JSON": "update groups set group_json = '{'",
    "a key in another folder": (
        "update settings set json = json_set(json, '$.usernames', 'discarded-key',"
        " '$.throwaway_key_id', '../../victim')"
    ),
    "a key that it does not discard": (
        "update settings set json = json_set(json, '$.throwaway_key_id', '"
        "0123456789abcdef0123456789abcdef')"
    ),
    "a membership without a group": "insert into memberships values (99, 'ann')",
    "a username is null": (
        "pragma writable_schema = on;"
        " update sqlite_master set sql = replace(sql, 'username text not null', 'username text')"
    ),
}


class TestAForgedJournal:
    @pytest.mark.parametrize("name", JOURNALS)
    def test_is_refused(self, server: PoolServer, connect: Connect, tmp_path: Path, name: str) -> None:
        take_a_part(server, connect(server.url), tmp_path)
        with closing(sqlite3.connect(tmp_path / UNFINISHED / "journal.sqlite")) as database:
            database.executescript(JOURNALS[name])
            database.commit()
        given = ["--user-pool-id", POOL, "--out", tmp_path, "--endpoint-url", server.url, "--rate", 1000]
        result = call("fetch", *given)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert result.stderr == (
            f"error: {tmp_path}/{UNFINISHED}: is damaged: remove the folder and fetch the pool again\n"
        )

    @pytest.mark.parametrize(
        "statement",
        [
            "update memberships set username = cast(username as blob)",
            "update memberships set username = '' where username = 'ann'",
            "update memberships set username = 'a' || char(9) || 'b' where username = 'ann'",
            "update groups set name = 1",
            "update groups set group_json = null",
        ],
    )
    def test_is_refused_if_a_value_is_of_another_type(
        self, server: PoolServer, connect: Connect, tmp_path: Path, statement: str
    ) -> None:
        take_a_part(server, connect(server.url), tmp_path)
        with closing(sqlite3.connect(tmp_path / UNFINISHED / "journal.sqlite")) as database:
            database.execute("pragma ignore_check_constraints = on")
            try:
                database.execute(statement)
            except sqlite3.IntegrityError:
                return  # SQLite itself refuses it
            database.commit()
        with pytest.raises(SnapshotError, match="damaged"):
            take(connect(server.url), tmp_path)

    @pytest.mark.parametrize("token", ["nonsense", "WzFd", "bnVsbA==", "eyJOZXh0VG9rZW4iOiA1fQ=="])
    def test_is_refused_if_a_token_is_nonsense(
        self, server: PoolServer, connect: Connect, tmp_path: Path, token: str
    ) -> None:
        take_a_part(server, connect(server.url), tmp_path)
        with closing(sqlite3.connect(tmp_path / UNFINISHED / "journal.sqlite")) as database:
            database.execute("update groups set resume_token = ?, state = 'open'", [token])
            database.commit()
        with pytest.raises(SnapshotError, match="damaged"):
            take(connect(server.url), tmp_path)

    def test_is_refused_if_it_is_a_pipe(self, server: PoolServer, connect: Connect, tmp_path: Path) -> None:
        (tmp_path / UNFINISHED).mkdir()
        os.mkfifo(tmp_path / UNFINISHED / "journal.sqlite")
        with pytest.raises(OSError, match="is not a regular file"):
            take(connect(server.url), tmp_path)

    def test_is_a_journal_of_ours_otherwise(
        self, server: PoolServer, connect: Connect, tmp_path: Path
    ) -> None:
        take_a_part(server, connect(server.url), tmp_path)
        with Journal.open(tmp_path / UNFINISHED) as journal:
            assert journal.read_progress().groups == 2


def test_a_private_folder_may_exist(tmp_path: Path) -> None:
    create_private_folder(tmp_path / "a" / "b")
    (tmp_path / "a" / "b" / "file").touch()
    create_private_folder(tmp_path / "a" / "b")
    assert list_modes(tmp_path / "a" / "b")["b"] == 0o700


def test_an_error_within_the_block_is_that_error(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        with replace_file(path):
            raise OSError(5, "fault", "elsewhere")

    with pytest.raises(OSError, match="elsewhere"):
        fail(tmp_path / "file")
    assert not list(tmp_path.iterdir())
