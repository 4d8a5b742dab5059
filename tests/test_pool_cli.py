"""`cognito-claims pool fetch` and `pool resolve`, as they are typed."""

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any, cast

import duckdb
import pytest
import typer
from botocore.exceptions import ReadTimeoutError
from typer.testing import CliRunner, Result

from cognito_claims import pool
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.cli._output import write_result
from cognito_claims.cli._progress import show_progress
from cognito_claims.pool import Snapshot
from cognito_claims.pool.engines.duckdb import DuckDB
from tests.fake_cognito import RefusedError
from tests.pool_data import group, write_faulty_pool, write_snapshot
from tests.pool_server import POOL, WITHOUT_SLEEP, PoolServer

pytestmark = pytest.mark.slow

COMMAND = str(Path(sys.executable).with_name("cognito-claims"))


@pytest.fixture
def server() -> Iterator[PoolServer]:
    with PoolServer(page_size=2) as server:
        server.add("admins", ["ann", "bob", "cid"], precedence=0)
        server.add("staff", ["ann", "dora", "eve", "fay", "gus"], precedence=10)
        yield server


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["pool", *map(str, arguments)])


def arguments(server: PoolServer, out: Path) -> list[str]:
    given = ["fetch", "--user-pool-id", POOL, "--out", str(out), "--endpoint-url", server.url]
    return [*given, "--rate", "1000"]


@pytest.fixture
def exit_by_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise an exception in place of `os._exit`, which would end the tests."""

    def end(code: int) -> None:
        raise typer.Exit(code)

    monkeypatch.setattr("os._exit", end)


class TestFetch:
    def test_summarizes_the_snapshot(self, server: PoolServer, tmp_path: Path) -> None:
        result = call(*arguments(server, tmp_path))
        assert result.exit_code == ExitCode.OK, result.stderr
        assert f"{POOL}, 20" in result.stdout
        assert "2 groups, 8 memberships" in result.stdout
        assert "usernames kept" in result.stdout
        assert Snapshot.open(tmp_path).manifest.memberships == 8

    def test_uses_the_region_of_the_pool_if_none_is_configured(
        self, server: PoolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        result = call(*arguments(server, tmp_path))
        assert result.exit_code == ExitCode.OK, result.stderr

    def test_prints_the_manifest_as_json(self, server: PoolServer, tmp_path: Path) -> None:
        printed = json.loads(call(*arguments(server, tmp_path), "--json").stdout)
        assert printed == json.loads((tmp_path / "snapshot.json").read_bytes())

    def test_prints_the_changes(self, server: PoolServer, tmp_path: Path) -> None:
        def intercept(operation: str, _: dict[str, Any]) -> None:
            if operation == "ListUsersInGroup" and "new" not in server.groups:
                server.add("new", [])

        server.intercept = intercept
        assert "new: created during the fetch" in call(*arguments(server, tmp_path)).stdout

    def test_hashes_usernames(self, server: PoolServer, tmp_path: Path) -> None:
        key = tmp_path / "key"
        key.write_bytes(b"sixteen bytes and more")
        result = call(*arguments(server, tmp_path / "a"), "--pseudonymize", key)
        assert "usernames hashed" in result.stdout
        result = call(*arguments(server, tmp_path / "b"), "--no-usernames")
        assert "usernames discarded-key" in result.stdout
        for out in ("a", "b"):
            assert "ann" not in {one.username for one in Snapshot.open(tmp_path / out).read_memberships()}

    @pytest.mark.parametrize(
        ("key", "more"), [(b"short", []), (b"sixteen bytes and more", ["--no-usernames"])]
    )
    def test_refuses_a_key(self, server: PoolServer, tmp_path: Path, key: bytes, more: list[str]) -> None:
        (tmp_path / "key").write_bytes(key)
        result = call(*arguments(server, tmp_path / "s"), "--pseudonymize", tmp_path / "key", *more)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "--pseudonymize" in result.stderr
        assert key.decode() not in result.stderr

    @pytest.mark.slow
    def test_comes_to_its_end_where_two_thirds_of_its_calls_are_throttled(
        self, server: PoolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """boto3's own retries are used up after some hundred pages."""
        monkeypatch.setattr("botocore.endpoint.time", WITHOUT_SLEEP)
        for number in range(8):
            server.add(f"group-{number}", [f"user-{member:04}" for member in range(150)])
        throttled: Counter[tuple[object, object]] = Counter()

        def intercept(_: str, body: dict[str, Any]) -> None:
            page = body.get("GroupName"), body.get("NextToken")
            throttled[page] += 1
            if throttled[page] % 3:
                raise RefusedError(400, "TooManyRequestsException")

        server.intercept = intercept
        result = call(*arguments(server, tmp_path), "--rate", "10000")
        assert result.exit_code == ExitCode.OK, result.stderr
        assert Snapshot.open(tmp_path).manifest.memberships == 8 + 8 * 150

    def test_reports_a_refused_call(self, server: PoolServer, tmp_path: Path) -> None:
        def intercept(operation: str, _: dict[str, Any]) -> None:
            if operation == "ListUsersInGroup":
                raise RefusedError(400, "NotAuthorizedException")

        server.intercept = intercept
        result = call(*arguments(server, tmp_path))
        assert result.exit_code == ExitCode.SERVICE
        assert "NotAuthorizedException" in result.stderr

    def test_reports_that_the_service_does_not_respond(
        self, server: PoolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def late(*_: object, **__: object) -> None:
            raise ReadTimeoutError(endpoint_url=server.url)

        monkeypatch.setattr(pool, "fetch", late)
        result = call(*arguments(server, tmp_path))
        assert result.exit_code == ExitCode.SERVICE
        assert "Read timeout" in result.stderr

    def test_reports_a_repeated_page_token(self, server: PoolServer, tmp_path: Path) -> None:
        server.page = lambda member, items, start: {member: items[:2], "NextToken": "first|0"}  # type: ignore[method-assign]  # noqa: ARG005
        result = call(*arguments(server, tmp_path))
        assert result.exit_code == ExitCode.SERVICE
        assert "repeated a page token" in result.stderr

    def test_reports_an_invalid_response(self, server: PoolServer, tmp_path: Path) -> None:
        server.groups["staff"]["RoleArn"] = "none"
        result = call(*arguments(server, tmp_path))
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "Groups[1].RoleArn" in result.stderr

    def test_refuses_the_snapshot_of_a_different_pool(self, server: PoolServer, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        result = call(*arguments(server, tmp_path / "s"))
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "has user_pool_id" in result.stderr

    def test_reports_what_cannot_be_written(self, server: PoolServer, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        result = call(*arguments(server, tmp_path / "file"))
        assert result.exit_code == ExitCode.NOT_WRITTEN
        assert "file" in result.stderr
        (tmp_path / "s" / "unfinished" / "journal.sqlite").mkdir(parents=True)
        result = call(*arguments(server, tmp_path / "s"))
        assert result.exit_code == ExitCode.NOT_WRITTEN
        assert "is not a regular file" in result.stderr

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, a file's name is a text")
    def test_reports_a_name_that_is_not_utf8(self, server: PoolServer, tmp_path: Path) -> None:
        result = call(*arguments(server, tmp_path / "bad\udcff"))
        assert result.exit_code == ExitCode.NOT_WRITTEN
        assert "UTF-8" in result.stderr

    def test_names_the_missing_extra(
        self, server: PoolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module, extra in (("duckdb", "pool"), ("boto3", "aws")):
            monkeypatch.setitem(sys.modules, module, None)
            result = call(*arguments(server, tmp_path))
            assert result.exit_code == ExitCode.BAD_INPUT
            assert f"cognito-claims[{extra}]" in result.stderr

    @pytest.mark.slow
    def test_of_a_finished_snapshot_says_so(self, server: PoolServer, tmp_path: Path) -> None:
        first = call(*arguments(server, tmp_path))
        assert first.stderr == ""
        server.add("new", ["ian"])
        again = call(*arguments(server, tmp_path))
        assert again.exit_code == ExitCode.OK
        assert again.stdout == first.stdout
        finished = f"{Snapshot.open(tmp_path).manifest.finished_at:%Y-%m-%d %H:%M} UTC"
        assert again.stderr == f"{tmp_path}: finished at {finished}; nothing fetched, use --refresh\n"
        refreshed = call(*arguments(server, tmp_path), "--refresh")
        assert refreshed.stderr == ""
        assert "3 groups, 9 memberships" in refreshed.stdout

    def test_says_how_much_is_complete_when_it_resumes(self, server: PoolServer, tmp_path: Path) -> None:
        def intercept(_: str, body: dict[str, Any]) -> None:
            if body.get("GroupName") == "staff":
                raise RefusedError(400, "NotAuthorizedException")

        server.intercept = intercept
        assert call(*arguments(server, tmp_path), "--concurrency", 1).exit_code == ExitCode.SERVICE
        server.intercept = lambda _, __: None
        assert call(*arguments(server, tmp_path)).stderr == "resuming: 1 of 2 groups are complete\n"

    def test_says_that_the_same_command_goes_on(
        self, server: PoolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("botocore.endpoint.time", WITHOUT_SLEEP)  # between attempts

        def refuse(_: str, __: dict[str, Any]) -> None:
            raise RefusedError(400, "NotAuthorizedException")

        def cut_off(body: bytes) -> bytes:
            return body[:-1]

        def repeat_token(member: str, items: list[Any], _: int) -> dict[str, Any]:
            return {member: items[:1], "NextToken": "first|0"}

        for fault, value in (("intercept", refuse), ("corrupt", cut_off), ("page", repeat_token)):
            before = getattr(server, fault)
            setattr(server, fault, value)
            result = call(*arguments(server, tmp_path))
            setattr(server, fault, before)
            assert result.exit_code == ExitCode.SERVICE
            [line] = result.stderr.splitlines()
            assert line.endswith("; then run the same command again to resume")
        server.stop_listening()
        result = call(*arguments(server, tmp_path))
        assert result.exit_code == ExitCode.SERVICE
        assert result.stderr.endswith("; then run the same command again to resume\n")

    def test_goes_on_after_it_was_interrupted(self, server: PoolServer, tmp_path: Path) -> None:
        running: list[subprocess.Popen[bytes]] = []

        def intercept(_: str, __: dict[str, Any]) -> None:
            if server.calls["ListUsersInGroup"] == 3:
                running[0].send_signal(signal.SIGINT)

        server.intercept = intercept
        command = [COMMAND, "pool", *arguments(server, tmp_path), "--rate", "20", "--concurrency", "1"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            running.append(process)
            _, printed = process.communicate(timeout=60)
        assert process.returncode == ExitCode.INTERRUPTED
        assert printed == b"error: interrupted: run the same command again to resume\n"
        asked = server.calls["ListUsersInGroup"]
        server.intercept = lambda _, __: None
        assert call(*arguments(server, tmp_path)).exit_code == ExitCode.OK
        assert server.calls["ListUsersInGroup"] <= 2 + 3 + 1
        assert asked <= 4
        assert Snapshot.open(tmp_path).manifest.memberships == 8

    @pytest.mark.slow
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_waits_for_no_answer_when_it_is_interrupted(
        self, server: PoolServer, tmp_path: Path, number: signal.Signals
    ) -> None:
        running: list[subprocess.Popen[bytes]] = []
        ended = threading.Event()

        def intercept(operation: str, _: dict[str, Any]) -> None:
            if operation == "ListUsersInGroup":
                running[0].send_signal(number)
                assert ended.wait(60), "it waited"

        server.intercept = intercept
        with subprocess.Popen(
            [COMMAND, "pool", *arguments(server, tmp_path)], stderr=subprocess.PIPE
        ) as it:
            running.append(it)
            it.communicate()
        ended.set()
        assert it.returncode == ExitCode.INTERRUPTED

    def test_is_not_interrupted_where_that_is_ignored(
        self, server: PoolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As it is for what a shell has put into the background."""
        fetch = pool.fetch

        def interrupted(*arguments: Any, **options: Any) -> Snapshot:
            os.kill(os.getpid(), signal.SIGINT)
            return fetch(*arguments, **options)

        monkeypatch.setattr(pool, "fetch", interrupted)
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            assert call(*arguments(server, tmp_path)).exit_code == ExitCode.OK
        finally:
            signal.signal(signal.SIGINT, before)

    @pytest.mark.usefixtures("exit_by_exception")
    def test_exits_when_it_is_interrupted_while_it_prints(
        self,
        server: PoolServer,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        """By a second Ctrl-C, for example. Python refuses to print to a stream that is in use."""
        signals = [signal.SIGTERM]

        class Interrupted(io.RawIOBase):
            def writable(self) -> bool:
                return True

            def write(self, data: Any) -> int:
                if signals:  # the first time: what remains is written when the stream is closed
                    os.kill(os.getpid(), signals.pop())
                return len(data)

        def print_something(*_: object, **__: object) -> None:
            with monkeypatch.context() as patch:
                raw = io.BufferedWriter(Interrupted())
                patch.setattr("sys.stderr", io.TextIOWrapper(raw, write_through=True))
                typer.echo("resuming", err=True)

        monkeypatch.setattr(pool, "fetch", print_something)
        result = call(*arguments(server, tmp_path))
        assert result.exit_code == ExitCode.INTERRUPTED
        assert capfd.readouterr().err == "error: interrupted: run the same command again to resume\n"

    @pytest.mark.usefixtures("exit_by_exception")
    def test_leaves_the_terminal_as_it_was_when_it_is_interrupted(
        self, server: PoolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted(*_: object, **__: object) -> None:
            os.kill(os.getpid(), signal.SIGINT)

        def write(_: int, text: bytes) -> None:
            typer.echo(text, err=True)  # to what the call captures, in order

        before = signal.getsignal(signal.SIGINT)
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setattr(pool, "fetch", interrupted)
        monkeypatch.setattr("os.write", write)
        result = call(*arguments(server, tmp_path))
        assert result.exit_code == ExitCode.INTERRUPTED
        shown, _, printed = result.stderr.rpartition("error: ")
        assert "interrupted" in printed
        assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l"), "the cursor is shown again"
        assert signal.getsignal(signal.SIGINT) == before

    def test_shows_progress_where_colours_are_forced(
        self, server: PoolServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        result = call(*arguments(server, tmp_path))
        assert result.exit_code == ExitCode.OK
        assert "2/2" in result.stderr

    @pytest.mark.slow
    def test_shows_progress_at_a_terminal(self, server: PoolServer, tmp_path: Path) -> None:
        ours, its = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
        command = [COMMAND, "pool", *arguments(server, tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=its, env=environment) as process:
            os.close(its)
            shown = b""
            while chunk := read(ours):
                shown += chunk
        os.close(ours)
        assert process.returncode == ExitCode.OK
        assert b"groups" in shown
        assert b"2/2" in shown
        assert b"8 memberships" in shown


def test_progress_without_a_terminal_is_a_line_every_30_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    has_ended: Queue[bool] = Queue()
    waited: list[float] = []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        has_ended.task_done()
        return has_ended.get()

    def let_time_pass() -> None:
        has_ended.put(False)
        has_ended.join()  # the next line is due

    has_ended.unfinished_tasks += 1
    with show_progress("groups", wait) as update:
        let_time_pass()
        update(completed=1, total=1000)
        let_time_pass()
        update(completed=1000, total=1000, description="7 memberships")
        let_time_pass()
        has_ended.put(True)
    lines = ["waiting for the first response", "1 of 1,000 groups", "1,000 of 1,000 groups, 7 memberships"]
    assert capsys.readouterr().err.splitlines() == lines
    assert waited == [30.0] * 4


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side has closed it
        return b""


class TestResolve:
    def test_writes_who_gets_what(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        out = tmp_path / "claims.parquet"
        result = call("resolve", tmp_path / "s", "--out", out)
        assert result.exit_code == ExitCode.OK, result.stderr
        assert "9 users in 9 different sets of groups" in result.stdout
        assert "ambiguous: 2" in result.stdout
        assert "open question null-precedence" in result.stdout
        assert duckdb.execute(f"select count(*) from '{out}'").fetchall() == [(9,)]

    def test_counts_as_json(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        result = call(
            "resolve",
            tmp_path / "s",
            "--out",
            tmp_path / "c",
            "--json",
            "--policy",
            "null_precedence=abstains",
        )
        printed = json.loads(result.stdout)
        assert (printed["version"], printed["users"], printed["sets"]) == (1, 9, 9)
        assert sum(printed["outcomes"].values()) == 9
        assert "null-precedence" in printed["open_questions"]

    def test_refuses_what_is_cut_off(self, tmp_path: Path) -> None:
        snapshot = write_faulty_pool(tmp_path / "s")
        os.truncate(snapshot.memberships_file, 100)
        result = call("resolve", tmp_path / "s", "--out", tmp_path / "c.parquet")
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "memberships.parquet: is truncated: it has 100 of" in result.stderr
        assert not (tmp_path / "c.parquet").exists()

    def test_reports_what_cannot_be_written(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        result = call("resolve", tmp_path / "s", "--out", tmp_path / "none" / "c.parquet")
        assert result.exit_code == ExitCode.NOT_WRITTEN
        assert "none" in result.stderr

    def test_reports_that_duckdb_has_no_more_memory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate\nhint")

        write_faulty_pool(tmp_path / "s")
        monkeypatch.setattr(pool, "resolve_memberships", fail)
        result = call("resolve", tmp_path / "s")
        assert result.exit_code == ExitCode.NOT_WRITTEN
        assert result.stderr == "error: Out of Memory Error: failed to allocate\n"

    def test_a_fault_of_ours_is_not_hidden(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write_faulty_pool(tmp_path / "s")
        monkeypatch.setattr("cognito_claims.pool._resolve.materialize_sets", None)
        result = call("resolve", tmp_path / "s", "--out", tmp_path / "c.parquet")
        assert isinstance(result.exception, TypeError)


@pytest.mark.parametrize(
    "arguments",
    [
        ("resolve", "SNAPSHOT", "--out", "SNAPSHOT/memberships.parquet"),
        ("audit", "SNAPSHOT", "--html", "SNAPSHOT/groups.parquet"),
        ("audit", "SNAPSHOT", "--sarif", "SNAPSHOT/snapshot.json"),
        ("diff", "SNAPSHOT", "--drop-group", "beta", "--users", "SNAPSHOT/../s/memberships.parquet"),
        ("diff", "SNAPSHOT", "SNAPSHOT", "--html", "SNAPSHOT/groups.parquet"),
    ],
)
def test_a_snapshot_is_not_written_over(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    snapshot = write_faulty_pool(tmp_path / "s")
    result = call(*(one.replace("SNAPSHOT", str(tmp_path / "s")) for one in arguments))
    assert result.exit_code == ExitCode.BAD_INPUT
    assert "in the snapshot" in " ".join(result.stderr.split())
    assert Snapshot.open(tmp_path / "s") == snapshot


@pytest.mark.parametrize("error", [KeyboardInterrupt, partial(RuntimeError, "Query interrupted")])
@pytest.mark.parametrize(
    "arguments", [("audit",), ("resolve", "--out", "out.parquet"), ("diff", "--drop-group", "beta")]
)
def test_ends_as_interrupted_and_not_as_if_there_were_findings(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    error: Callable[[], BaseException],
) -> None:
    """While a query runs, DuckDB makes an error of its own of Ctrl-C."""

    def interrupted(*_: object) -> None:
        raise error()

    write_faulty_pool(tmp_path / "s")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(DuckDB, "fetch_rows", interrupted)
    result = call(arguments[0], tmp_path / "s", *arguments[1:])
    assert (result.exit_code, result.stdout) == (ExitCode.INTERRUPTED, "")
    assert result.stderr == "error: interrupted\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "--html", "report.html", "--sarif", "report.sarif"),
        ("diff", "--drop-group", "beta", "--html", "report.html"),
    ],
)
def test_files_are_there_where_nobody_reads_the_rest(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    write_faulty_pool(tmp_path / "s")
    reading, writing = os.pipe()
    os.close(reading)
    command = [COMMAND, "pool", arguments[0], str(tmp_path / "s"), *arguments[1:]]
    done = subprocess.run(command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (ExitCode.NOT_WRITTEN, b"")
    assert all((tmp_path / name).exists() for name in arguments if name.startswith("report"))


def keys_of(printed: dict[str, Any]) -> set[str]:
    """Give the keys as docs/reference/json.md writes them."""
    keys: set[str] = set()
    for key, value in printed.items():
        members = cast("list[dict[str, Any]]", value if isinstance(value, list) else [])
        inner = {f"{key}[].{name}" for member in members for name in member}
        keys |= inner or {key}
    return keys


def test_json_is_as_documented(server: PoolServer, tmp_path: Path) -> None:
    def intercept(operation: str, _: dict[str, Any]) -> None:
        if operation == "ListUsersInGroup" and "new" not in server.groups:
            server.add("new", [])

    server.intercept = intercept
    write_faulty_pool(tmp_path / "s")
    commands = {
        "fetch": call(*arguments(server, tmp_path / "new"), "--json"),
        "resolve": call("resolve", tmp_path / "s", "--out", tmp_path / "out", "--json"),
        "audit": call("audit", tmp_path / "s", "--json", "--fail-on", "never"),
        "diff": call("diff", tmp_path / "s", "--drop-group", "readers", "--json"),
    }
    text = (Path(__file__).parents[1] / "docs" / "reference" / "json.md").read_text()
    for command, result in commands.items():
        _, _, after = text.partition(f"## `cognito-claims pool {command}`")
        rows = re.findall(r"^\| (.+?) \| ", after.partition("## `cognito-claims pool")[0], re.MULTILINE)
        documented = {key for row in rows for key in re.findall("`(.+?)`", row)}
        assert keys_of(json.loads(result.stdout)) == documented


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_is_json_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    write_snapshot(tmp_path / "s", [group("\U0001f680żé\\", 1, "role")], {"\U0001f680żé\\": ["ann"]})
    done = subprocess.run(
        [COMMAND, "pool", "audit", str(tmp_path / "s"), "--json"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    printed = json.loads(done.stdout.decode(encoding))
    assert [one["group_name"] for one in printed["groups"]] == ["\U0001f680żé\\"]


def test_characters_that_stdout_cannot_encode_are_escaped_as_in_json(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="latin-1", write_through=True))
    write_result('["\U0001f680é"]')
    assert shown.getvalue().decode("latin-1").rstrip() == r'["\ud83d\ude80é"]'


@pytest.mark.parametrize("arguments", [("audit",), ("diff", "--drop-group", "beta")])
def test_a_report_names_the_missing_extra(
    tmp_path: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_faulty_pool(tmp_path / "s")
    for module in ("jinja2", "duckdb"):
        monkeypatch.setitem(sys.modules, module, None)
        result = call(arguments[0], tmp_path / "s", *arguments[1:], "--html", tmp_path / "report.html")
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "cognito-claims[pool]" in result.stderr
