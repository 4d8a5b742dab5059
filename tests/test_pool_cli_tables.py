"""`pool resolve`, `pool audit` and `pool diff` of files of groups and memberships."""

import csv
import errno
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from cognito_claims import pool
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.pool import Snapshot
from tests.pool_data import GROUPS, MEMBERS, POOL, write_faulty_pool, write_snapshot
from tests.samples import role

pytestmark = pytest.mark.slow

PAIRS = [(user, name) for name, users in MEMBERS.items() for user in users]


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["pool", *map(str, arguments)])


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, which must be empty at the end."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.chdir(tmp_path)
    return scratch


def write_csv(path: Path, columns: list[str], rows: list[tuple[Any, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


@pytest.fixture
def memberships(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "m.csv", ["username", "group_name"], PAIRS)


@pytest.fixture(params=["JSON", "JSON of PowerShell", "list", "CSV", "Parquet"])
def groups(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    wire = [json.loads(one.model_dump_json(by_alias=True)) for one in GROUPS]
    path = tmp_path / "g"
    match request.param:
        case "JSON":
            path.write_text(json.dumps({"Groups": wire}, indent=4))
        case "JSON of PowerShell":
            path.write_text(json.dumps({"Groups": wire}), encoding="utf-16")
        case "list":
            path.write_text(f"\n  {json.dumps(wire)}")
        case "CSV":
            columns = ["GroupName", "UserPoolId", "Precedence", "RoleArn"]
            write_csv(path, columns, [tuple(one.get(name) for name in columns) for one in wire])
        case _:
            write_faulty_pool(tmp_path / "p").groups_file.rename(path)
    return path


@pytest.fixture
def csv_groups(tmp_path: Path) -> Path:
    rows = [(one.group_name, one.precedence, one.role_arn) for one in GROUPS]
    return write_csv(tmp_path / "g.csv", ["group_name", "precedence", "role_arn"], rows)


class TestTables:
    def test_are_read_as_the_snapshot_of_them(
        self, groups: Path, memberships: Path, tmp_path: Path, scratch: Path
    ) -> None:
        snapshot = write_faulty_pool(tmp_path / "s").path
        tables = ("--groups", groups, "--memberships", memberships)
        for arguments in (["resolve"], ["audit", "--fail-on", "never"], ["diff", "--drop-group", "beta"]):
            command, *options = arguments
            found, expected = (call(command, *source, *options) for source in (tables, [snapshot]))
            assert (found.exit_code, found.stderr) == (ExitCode.OK, "")
            # An audit begins with the time of the snapshot.
            assert found.stdout.splitlines()[1:] == expected.stdout.splitlines()[1:]
        assert [*scratch.iterdir()] == []

    def test_keep_names_that_look_like_numbers(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "g.csv", ["group_name", "role_arn"], [("05", role("five"))])
        write_csv(tmp_path / "m.csv", ["username", "group_name"], [("007", "05")])
        tables = ("--groups", "g.csv", "--memberships", "m.csv", "--pool-id", POOL)
        assert call("resolve", *tables, "--out", "out.parquet").exit_code == ExitCode.OK
        rows = duckdb.execute("select username, groups, preferred_role from 'out.parquet'").fetchall()
        assert rows == [("007", ["05"], role("five"))]

    def test_are_compared_with_later_ones(
        self, csv_groups: Path, memberships: Path, tmp_path: Path, scratch: Path
    ) -> None:
        write_csv(tmp_path / "later.csv", ["username", "group_name"], [*PAIRS, ("new", "admins")])
        before = ("--groups", csv_groups, "--memberships", memberships)
        after = ("--later-groups", csv_groups, "--later-memberships", "later.csv")
        result = call("diff", *before, *after, "--pool-id", POOL, "--json")
        assert result.exit_code == ExitCode.OK, result.stderr
        printed = json.loads(result.stdout)
        assert [one["gained_samples"] for one in printed["groups"]] == [["new"]]
        assert printed["regrouped_users"] == 1
        snapshot = write_faulty_pool(tmp_path / "s").path
        result = call("diff", snapshot, *after, "--pool-id", POOL)
        assert "Groups differ for 1 of 10 users" in result.stdout
        assert [*scratch.iterdir()] == []

    def test_are_written_to_a_private_folder(
        self, csv_groups: Path, memberships: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        modes: list[int] = []
        write = Snapshot.write

        def note(folder: Path, **options: Any) -> Snapshot:
            snapshot = write(folder, **options)
            modes.extend(one.stat().st_mode & 0o777 for one in (folder.parent, folder, *folder.iterdir()))
            return snapshot

        monkeypatch.setattr(Snapshot, "write", note)
        tables = ("--groups", csv_groups, "--memberships", memberships, "--pool-id", POOL)
        assert call("resolve", *tables).exit_code == ExitCode.OK
        assert modes == [0o700, 0o700, 0o600, 0o600, 0o600]

    def test_are_removed_if_the_command_fails(
        self, csv_groups: Path, memberships: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(pool, "audit", interrupt)
        tables = ("--groups", csv_groups, "--memberships", memberships, "--pool-id", POOL)
        assert call("audit", *tables).exit_code == ExitCode.INTERRUPTED
        assert [*scratch.iterdir()] == []

    def test_need_a_place_for_temporary_files(
        self, csv_groups: Path, memberships: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", "none")
        result = call("resolve", "--groups", csv_groups, "--memberships", memberships)
        assert result.exit_code == ExitCode.NOT_WRITTEN
        assert "none" in result.stderr


class TestErrors:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ("resolve", "pass either SNAPSHOT, or both --groups and --memberships"),
            ("resolve s --groups g.csv --memberships m.csv", "pass either SNAPSHOT"),
            ("audit --groups g.csv", "pass either SNAPSHOT"),
            ("audit s --memberships m.csv", "pass either SNAPSHOT"),
            ("diff s --later-groups g.csv", "pass either LATER, or both --later-groups and"),
            ("diff s s --later-groups g.csv --later-memberships m.csv", "pass either LATER"),
            (
                "diff s --later-groups g.csv --later-memberships m.csv --drop-group beta",
                "pass a later snapshot, or",
            ),
            ("resolve s --pool-id eu-west-1_Other", f"--pool-id: must be {POOL}, the ID in SNAPSHOT"),
            ("resolve --groups g.csv --memberships m.csv", "--groups: has no user_pool_id; .*--pool-id"),
            ("resolve --groups g.csv --memberships m.csv --pool-id x", r"^error: --pool-id: must "),
            ("resolve --groups rows.csv --memberships m.csv", "^error: --groups: row 2: Precedence: must "),
            (
                "diff s --later-groups g.csv --later-memberships line.csv",
                "^error: --later-groups: has no user_pool_id; .*--pool-id",
            ),
            (
                f"diff s --later-groups g.csv --later-memberships line.csv --pool-id {POOL}",
                "^error: --later-memberships: line 3 is malformed: it must have 2 fields",
            ),
            (
                f"resolve --groups g.csv --memberships swapped.csv --pool-id {POOL}",
                r"^error: --memberships: no group_name is the name of a group: are the columns swapped\?$",
            ),
            (
                f"diff hashed --later-groups g.csv --later-memberships m.csv --pool-id {POOL}",
                "^error: --later-groups and --later-memberships: users cannot be matched",
            ),
            (
                f"diff unknown --later-groups g.csv --later-memberships m.csv --pool-id {POOL}",
                "^error: unknown.memberships.parquet: has memberships in no group",
            ),
            ("diff s hashed", "^error: hashed: users cannot be matched"),
            ("diff s --set-precedence admins=-1", "^error: --set-precedence: must .*, for 'admins'$"),
            ("diff s --set-role admins=x", "^error: --set-role: 'admins=x' must be NAME=ARN"),
            ("diff s --set-role admins=arn:x", "^error: --set-role: must .*, for 'admins'$"),
            (
                "resolve unknown",
                "^error: unknown.memberships.parquet: has memberships in no group, or in one that",
            ),
            ("resolve --groups g.csv --memberships none.csv", "--memberships: is not a file: pass a file"),
            ("resolve --groups s --memberships m.csv", "--groups: is not a file: pass a file"),
            (
                "diff s --later-groups g.csv --later-memberships g.csv",
                "--later-groups: has no user_pool",
            ),
            (
                f"diff s --later-groups g.csv --later-memberships g.csv --pool-id {POOL}",
                "--later-memberships: has no column username",
            ),
            ("resolve --groups bad.json --memberships m.csv", r"Groups\[0\]\.Precedense.* use Precedence"),
            (
                "resolve --groups part.json --memberships m.csv",
                "--groups: NextToken: the list is incomplete",
            ),
            (
                f"resolve --groups few.json --memberships m.csv --pool-id {POOL}",
                r"^error: --memberships\.group_name: 8 unknown groups: .* and 3 more; pass all groups",
            ),
        ],
    )
    @pytest.mark.usefixtures("csv_groups", "memberships")
    def test_name_the_option_and_the_remedy(
        self, arguments: str, message: str, tmp_path: Path, scratch: Path
    ) -> None:
        write_faulty_pool(tmp_path / "s")
        (tmp_path / "bad.json").write_text('{"Groups": [{"GroupName": "a", "Precedense": 1}]}')
        (tmp_path / "part.json").write_text('{"Groups": [{"GroupName": "a"}], "NextToken": "more"}')
        (tmp_path / "few.json").write_text('{"Groups": [{"GroupName": "admins"}]}')
        (tmp_path / "rows.csv").write_text("group_name,precedence\na,high\n")
        (tmp_path / "line.csv").write_text("username,group_name\nann,admins\nbob\n")
        write_csv(tmp_path / "swapped.csv", ["group_name", "username"], PAIRS)
        write_faulty_pool(tmp_path / "hashed", usernames="hashed", key_id="one")
        write_snapshot(tmp_path / "unknown", GROUPS, {**MEMBERS, "nope": ["ann"]})
        result = call(*arguments.split())
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert result.stderr.startswith("error: ")
        [line] = result.stderr.splitlines()
        assert re.search(message, line), line
        assert [*scratch.iterdir()] == []

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
    def test_of_a_pipe_do_not_wait_for_it(self, tmp_path: Path, csv_groups: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        result = call("resolve", "--groups", csv_groups, "--memberships", "pipe")
        assert result.stderr == "error: --memberships: is not a file: pass a file\n"

    def test_of_a_file_that_cannot_be_read(
        self, csv_groups: Path, memberships: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied", "secret")

        monkeypatch.setattr(Path, "open", refuse)
        result = call("resolve", "--groups", csv_groups, "--memberships", memberships)
        assert result.stderr == "error: --memberships: Permission denied: pass a file\n"

    @pytest.mark.parametrize(
        "arguments",
        [
            "resolve --groups g.csv --memberships m.csv --out m.csv",
            "audit --groups g.csv --memberships m.csv --html g.csv",
            "diff --groups g.csv --memberships m.csv --drop-group beta --users scratch/../m.csv",
            "diff s --later-groups g.csv --later-memberships m.csv --html g.csv",
            "audit s --ignore g.csv --html g.csv",
            "audit s --baseline g.csv --sarif scratch/../g.csv",
            "audit s --identity-pool g.csv --html g.csv",
            "audit s --user-pool g.csv --sarif g.csv",
        ],
    )
    def test_of_an_output_that_is_an_input(
        self, arguments: str, tmp_path: Path, csv_groups: Path, memberships: Path
    ) -> None:
        write_faulty_pool(tmp_path / "s")
        before = csv_groups.read_bytes(), memberships.read_bytes()
        result = call(*arguments.split())
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "is an input, which must not change" in result.stderr
        assert (csv_groups.read_bytes(), memberships.read_bytes()) == before


def test_a_snapshot_with_unknown_groups_is_refused_in_the_same_words(tmp_path: Path) -> None:
    write_snapshot(tmp_path / "s", GROUPS, {**MEMBERS, "nope": ["ann"]})
    errors = {call(*arguments).stderr for arguments in (("resolve", "s"), ("audit", "s"))}
    assert len(errors) == 1


class TestResolveWithoutAFile:
    def test_counts_the_outcomes(self, tmp_path: Path) -> None:
        snapshot = write_faulty_pool(tmp_path / "s").path
        files = {*tmp_path.iterdir()}
        lines = call("resolve", snapshot).stdout.splitlines()
        assert lines[0] == "9 users in 9 different sets of groups"
        assert "  ambiguous: 2" in lines
        assert {*tmp_path.iterdir()} == files
        with_file = call("resolve", snapshot, "--out", "out.parquet").stdout.splitlines()
        assert with_file == [f"out.parquet: {lines[0]}", *lines[1:]]

    def test_counts_as_json(self, tmp_path: Path) -> None:
        snapshot = write_faulty_pool(tmp_path / "s").path
        shown = [call("resolve", snapshot, "--json", *more).stdout for more in ((), ("--out", "o.parquet"))]
        assert shown[0] == shown[1]
        assert json.loads(shown[0])["users"] == 9
