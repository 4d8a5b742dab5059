"""A snapshot written from tables of one's own: the same from every kind of table."""

import csv
import errno
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings, strategies as st

from cognito_claims import (
    ConflictingGroupsError,
    GroupType,
    InvalidRequestError,
    MixedUserPoolsError,
)
from cognito_claims.models import MAX_GROUPS_PER_POOL
from cognito_claims.pool import (
    EngineError,
    InvalidTableError,
    Membership,
    Snapshot,
    SnapshotError,
    UnknownGroupsError,
    audit,
    fetch,
)
from cognito_claims.pool.manifest import UNFINISHED
from tests.conftest import Connect
from tests.pool_data import GROUPS, MEMBERS, POOL, group, write_faulty_pool
from tests.pool_server import POOL as SERVED_POOL, PoolServer
from tests.samples import role
from tests.test_pool_secrets import TOKEN, USERNAME, find_secrets

AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=2)))
FULL = GroupType(
    group_name="05",
    user_pool_id=POOL,
    description='"Five", it\'s said',
    role_arn=role("five"),
    precedence=7,
    last_modified_date=AT,
    creation_date=AT,
)
BARE = group("with,comma")
PAIRS = [("007", "05"), ("NULL", "05"), ('a"b', "with,comma"), ("007", "with,comma"), ("it's", "05")]

Kind = Callable[[Path, list[str], list[tuple[Any, ...]]], Any]


def write_csv(folder: Path, columns: list[str], rows: Iterable[tuple[Any, ...]], encoding: str) -> Path:
    path = folder / f"{columns[0]}.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def to_csv(folder: Path, columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    return str(write_csv(folder, columns, rows, "utf-8"))


def to_csv_of_excel(folder: Path, columns: list[str], rows: list[tuple[Any, ...]]) -> Path:
    return write_csv(folder, columns, rows, "utf-8-sig")


def to_relation(folder: Path, columns: list[str], rows: list[tuple[Any, ...]]) -> Any:
    lines = folder / f"{columns[0]}.jsonl"
    lines.write_text(
        "".join(json.dumps(dict(zip(columns, row, strict=True)), default=str) + "\n" for row in rows)
    )
    types = {
        column: "BIGINT"
        if column.lower() == "precedence"
        else "TIMESTAMPTZ"
        if "date" in column.lower()
        else "VARCHAR"
        for column in columns
    }
    return duckdb.read_json(str(lines), format="newline_delimited", columns=types)


def to_parquet(folder: Path, columns: list[str], rows: list[tuple[Any, ...]]) -> Path:
    path = folder / f"{columns[0]}.parquet"
    to_relation(folder, columns, rows).write_parquet(str(path))
    return path


KINDS: list[Kind] = [to_csv, to_csv_of_excel, to_relation, to_parquet]


def write(folder: Path, groups: Any = GROUPS, memberships: Any = (), **options: Any) -> Snapshot:
    return Snapshot.write(folder / "s", groups=groups, memberships=memberships, **options)


class TestTheSnapshot:
    def test_has_the_bytes_of_a_fetched_one(self, tmp_path: Path, connect: Connect) -> None:
        with PoolServer() as server:
            server.add("admins", ["ann", "bob"], precedence=0)
            server.add("Staff", ["cid", "ann", "żółw"], precedence=10)
            fetched = fetch(connect(server.url), user_pool_id=SERVED_POOL, out=tmp_path / "f", rate=1000.0)
        pairs = [*fetched.read_memberships()][::-1]
        snapshot = write(tmp_path, reversed(fetched.read_groups()), [*pairs, *pairs])
        assert snapshot.manifest.files == fetched.manifest.files

    def test_is_audited_as_a_fetched_one(self, tmp_path: Path) -> None:
        pairs = [(user, name) for name, users in MEMBERS.items() for user in users]
        snapshot = write(tmp_path, GROUPS, pairs)
        manifest = snapshot.manifest
        assert (manifest.groups, manifest.memberships) == (len(GROUPS), len(pairs))
        assert (manifest.user_pool_id, manifest.usernames, manifest.changes) == (POOL, "kept", ())
        assert manifest.started_at <= manifest.finished_at
        assert manifest.finished_at.utcoffset() == timedelta()
        assert audit(snapshot).findings == audit(write_faulty_pool(tmp_path / "f")).findings

    @pytest.mark.parametrize("naming", ["ours", "theirs"])
    @pytest.mark.parametrize("kind", KINDS)
    def test_is_the_same_from_every_kind_of_table(self, tmp_path: Path, kind: Kind, naming: str) -> None:
        members = [one.model_dump(by_alias=naming == "theirs") for one in (FULL, BARE)]
        rows = [tuple(one.get(key) for key in members[0]) for one in members]
        groups = kind(tmp_path, [*members[0]], rows)
        columns = ["Username", "GroupName"] if naming == "theirs" else ["USERNAME", "group_name"]
        memberships = kind(tmp_path, columns, PAIRS)
        snapshot = write(tmp_path, groups, memberships)
        assert snapshot.read_groups() == (FULL, BARE)
        assert [*snapshot.read_memberships()] == sorted(PAIRS, key=lambda pair: pair[::-1])

    def test_takes_groups_as_boto3_returns_them(self, tmp_path: Path) -> None:
        snapshot = write(tmp_path, [one.model_dump(by_alias=True) for one in (FULL, BARE)])
        assert snapshot.read_groups() == (FULL, BARE)

    def test_takes_pairs_of_any_kind_once(self, tmp_path: Path) -> None:
        pairs: Iterator[Any] = iter([["ann", "admins"], Membership("bob", "admins"), ("ann", "admins")])
        assert [*write(tmp_path, GROUPS, pairs).read_memberships()] == [
            ("ann", "admins"),
            ("bob", "admins"),
        ]

    def test_reads_numbers_as_they_are_written(self, tmp_path: Path) -> None:
        table = duckdb.sql("select 7 as username, 5 as group_name")
        assert [*write(tmp_path, [group("5")], table).read_memberships()] == [("7", "5")]

    def test_is_in_a_folder_of_its_owner_alone(self, tmp_path: Path) -> None:
        snapshot = Snapshot.write(tmp_path / "new" / "s", groups=GROUPS, memberships=[])
        assert snapshot.path.stat().st_mode & 0o777 == 0o700
        assert {path.name for path in snapshot.path.iterdir()} == {
            "groups.parquet",
            "memberships.parquet",
            "snapshot.json",
        }

    def test_of_an_empty_pool(self, tmp_path: Path) -> None:
        snapshot = write(tmp_path, [], user_pool_id=POOL)
        assert (snapshot.read_groups(), [*snapshot.read_memberships()]) == ((), [])

    @pytest.mark.slow
    @settings(max_examples=20)
    @given(
        pairs=st.lists(
            st.tuples(
                st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=128),
                st.sampled_from(["a", "ż", "'", '"', ",", "05"]),
            )
        )
    )
    def test_has_every_membership_once(
        self, tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
    ) -> None:
        folder = tmp_path_factory.mktemp("pool")
        groups = [group(name) for name in ["a", "ż", "'", '"', ",", "05"]]
        table = write_csv(folder, ["username", "group_name"], pairs, "utf-8")
        expected = sorted({*pairs}, key=lambda pair: pair[::-1])
        sources: list[list[tuple[str, str]] | Path] = [pairs, table]
        for number, memberships in enumerate(sources):
            snapshot = Snapshot.write(folder / str(number), groups=groups, memberships=memberships)
            assert [*snapshot.read_memberships()] == expected
            assert snapshot.manifest.memberships == len(expected)


class TestTheIdOfThePool:
    def test_is_that_of_the_groups_or_passed(self, tmp_path: Path) -> None:
        mixed = [{"GroupName": "a"}, {"GroupName": "b", "UserPoolId": POOL}]
        for number, (groups, pool_id) in enumerate([(mixed, None), (mixed[:1], POOL), (mixed, POOL)]):
            folder = tmp_path / str(number)
            snapshot = Snapshot.write(folder, groups=groups, memberships=[], user_pool_id=pool_id)
            assert snapshot.manifest.user_pool_id == POOL
            assert {one.user_pool_id for one in snapshot.read_groups()} == {POOL}

    @pytest.mark.parametrize(
        ("groups", "options", "error"),
        [
            ([{"GroupName": "a"}], {}, InvalidTableError),
            ([{"GroupName": "a"}], {"user_pool_id": "none"}, InvalidRequestError),
            (GROUPS, {"user_pool_id": "eu-west-1_Other"}, MixedUserPoolsError),
        ],
    )
    def test_is_required_once(
        self, tmp_path: Path, groups: Any, options: dict[str, str], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            write(tmp_path, groups, **options)
        assert not (tmp_path / "s").exists()

    @pytest.mark.parametrize("kind", KINDS)
    def test_is_the_same_for_all_groups(self, tmp_path: Path, kind: Kind) -> None:
        rows = [("a", POOL), ("b", "eu-west-1_Other")]
        with pytest.raises(MixedUserPoolsError):
            write(tmp_path, kind(tmp_path, ["group_name", "user_pool_id"], rows))


class TestRefuses:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        ("columns", "message"),
        [
            (["group_name", "Precedense"], "rename Precedense to Precedence"),
            (["GroupName", "RoleARN"], "rename RoleARN to RoleArn"),
            (["groupName", "Color"], "rename groupName to GroupName"),
            (["label", "precedence"], "no column group_name; it has precedence, 1 unknown"),
        ],
    )
    def test_columns_of_groups(self, tmp_path: Path, kind: Kind, columns: list[str], message: str) -> None:
        with pytest.raises(InvalidTableError, match=f"^groups: .*{message}") as refused:
            write(tmp_path, kind(tmp_path, columns, [("a", None)]), user_pool_id=POOL)
        assert refused.value.table == "groups"

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        ("columns", "message"),
        [
            (["Username", "groupName"], "rename groupName to group_name"),
            (["user", "group_name"], "no column username; it has group_name, 1 unknown"),
        ],
    )
    def test_columns_of_memberships(
        self, tmp_path: Path, kind: Kind, columns: list[str], message: str
    ) -> None:
        with pytest.raises(InvalidTableError, match=f"^memberships: .*{message}"):
            write(tmp_path, memberships=kind(tmp_path, columns, [("a", "admins")]))

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("username", [None, "", " ", "a\tb", "a\nb", "a\u200b", "x" * 129])
    def test_usernames(self, tmp_path: Path, kind: Kind, username: str | None) -> None:
        table = kind(tmp_path, ["username", "group_name"], [("ann", "admins"), (username, "admins")])
        with pytest.raises(InvalidTableError, match=r"^memberships: username "):
            write(tmp_path, memberships=table)
        assert not (tmp_path / "s").exists()

    @pytest.mark.parametrize("row", [("ann", None), (7, "admins"), "aa", ("ann",), None, {"a": 1}])
    def test_rows_that_are_no_pairs(self, tmp_path: Path, row: Any) -> None:
        with pytest.raises(InvalidTableError, match="pair of strings"):
            write(tmp_path, memberships=[("ann", "admins"), row])

    @pytest.mark.parametrize("kind", KINDS)
    def test_unknown_groups(self, tmp_path: Path, kind: Kind) -> None:
        rows = [("ann", "admins"), ("ann", None), *(("ann", f"x{number}") for number in range(6))]
        with pytest.raises(
            UnknownGroupsError, match=r"and 2 more; pass all groups of the pool$"
        ) as refused:
            write(tmp_path, memberships=kind(tmp_path, ["username", "group_name"], rows))
        assert refused.value.group_names == (None, *(f"x{number}" for number in range(6)))

    @pytest.mark.parametrize("value", ["1.5", "high", "-1", "2147483648", "٣", "1_0"])
    def test_precedences(self, tmp_path: Path, value: str) -> None:
        table = to_csv(tmp_path, ["group_name", "precedence"], [("a", "1"), ("b", value)])
        with pytest.raises(InvalidTableError, match=r"^groups: row 3: Precedence: must be "):
            write(tmp_path, table, user_pool_id=POOL)

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_row_that_is_no_group(self, tmp_path: Path, kind: Kind) -> None:
        rows = [("a", "no ARN"), *((f"group-{number}", None) for number in range(5000)), (None, None)]
        table = kind(tmp_path, ["group_name", "role_arn"], rows)
        first = 2 if kind in (to_csv, to_csv_of_excel) else 1
        with pytest.raises(InvalidTableError) as refused:
            write(tmp_path, table, user_pool_id=POOL)
        assert [line.rpartition(":")[0] for line in str(refused.value).splitlines()] == [
            f"groups: row {first}: RoleArn",
            f"groups: row {first + 5001}: GroupName",
        ]

    def test_a_precedence_of_parquet_that_is_a_text(self, tmp_path: Path) -> None:
        table = duckdb.sql("select 'a' as group_name, '1' as precedence")
        with pytest.raises(InvalidTableError, match=r"^groups: row 1: Precedence: must be "):
            write(tmp_path, table, user_pool_id=POOL)

    @pytest.mark.parametrize("type_", ["timestamp", "timestamp_ns", "timestamp_s", "date"])
    def test_dates_without_a_time_zone(self, tmp_path: Path, type_: str) -> None:
        table = duckdb.sql(f"select 'a' as group_name, '2026-01-01'::{type_} as \"CreationDate\"")
        with pytest.raises(InvalidTableError, match=r"^groups: CreationDate: must have a time zone"):
            write(tmp_path, table, user_pool_id=POOL)

    def test_dates_of_csv_without_an_offset(self, tmp_path: Path) -> None:
        table = to_csv(tmp_path, ["group_name", "creation_date"], [("a", "2026-01-01T12:00:00")])
        with pytest.raises(InvalidTableError, match=r"^groups: row 2: CreationDate: .* with an offset"):
            write(tmp_path, table, user_pool_id=POOL)

    @pytest.mark.parametrize("kind", KINDS)
    def test_swapped_columns(self, tmp_path: Path, kind: Kind) -> None:
        table = kind(tmp_path, ["username", "group_name"], [("admins", USERNAME), ("admins", "bob")])
        with pytest.raises(
            UnknownGroupsError, match=r"^memberships: .* are the columns swapped"
        ) as refused:
            write(tmp_path, memberships=table)
        assert find_secrets(refused.value) == []

    @pytest.mark.parametrize("column", ["1.5", "5::double", "['a']", "true", "{'a': 1}"])
    def test_types_of_names(self, tmp_path: Path, column: str) -> None:
        table = duckdb.sql(f"select {column} as username, 'admins' as group_name")
        with pytest.raises(InvalidTableError, match=r"^memberships: username: must be strings, integers"):
            write(tmp_path, memberships=table)

    def test_two_groups_of_one_name(self, tmp_path: Path) -> None:
        table = to_csv(tmp_path, ["group_name", "precedence"], [("a", 1), ("a", 2)])
        with pytest.raises(ConflictingGroupsError):
            write(tmp_path, table, user_pool_id=POOL)

    def test_more_groups_than_a_pool_has(self, tmp_path: Path) -> None:
        count = MAX_GROUPS_PER_POOL + 1
        table = duckdb.sql(f"select 'group-' || i as group_name from range({count}) t(i)")
        with pytest.raises(InvalidTableError, match="has 10,001 rows"):
            write(tmp_path, table, user_pool_id=POOL)
        with pytest.raises(InvalidTableError, match="has 10,001 rows"):
            write(tmp_path, (group(f"group-{number}") for number in range(count)))

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "CSV file in UTF-8"),
            (b"username,group_name\xff\n", "CSV file in UTF-8"),
            (b"\x00\x01,\r\x00", "CSV file in UTF-8|has no column"),
            (b'"' + b"x" * 200_000, "CSV file in UTF-8"),
            (b"username,group_name,Username\n", "two columns with the same name"),
            (b"username;group_name\n", "must be separated by commas"),
            (b"username\tgroup_name\n", "must be separated by commas"),
            (b"\nusername,group_name\n", "the first line must be the header"),
            (b" ,\nusername,group_name\n", "the first line must be the header"),
            (b"sep=,\nusername,group_name\n", "the first line must be the header"),
            (b"sep=;\nusername;group_name\n", "the first line must be the header"),
            (b"username,group_name,GroupName\n", "has group_name and GroupName: keep only one group_name"),
        ],
    )
    def test_files_that_are_no_tables(self, tmp_path: Path, content: bytes, message: str) -> None:
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(InvalidTableError, match=f"^memberships: .*({message})"):
            write(tmp_path, memberships=tmp_path / "file")

    def test_a_file_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            write(tmp_path, memberships=tmp_path / "none.csv")

    def test_tables_of_spark(self, tmp_path: Path) -> None:
        frame: Any = type("DataFrame", (), {"__module__": "pyspark.sql"})()
        with pytest.raises(InvalidTableError, match="expected a table of DuckDB, got one of Spark"):
            write(tmp_path, memberships=frame)

    def test_a_folder_that_is_not_empty(self, tmp_path: Path) -> None:
        (tmp_path / "s").mkdir()
        (tmp_path / "s" / "file").touch()
        for folder in (tmp_path / "s", tmp_path / "s" / "file"):
            with pytest.raises(SnapshotError, match="not empty"):
                Snapshot.write(folder, groups=GROUPS, memberships=[])


class TestCsv:
    def test_has_columns_without_a_name(self, tmp_path: Path) -> None:
        table = to_csv(tmp_path, ["username", "", "group_name", "it's"], [("ann", "", "admins", "")])
        assert [*write(tmp_path, GROUPS, table).read_memberships()] == [("ann", "admins")]

    def test_begins_with_the_header(self, tmp_path: Path) -> None:
        """A sniffer would skip the header, since it has fewer columns than the rows."""
        table = to_csv(tmp_path, ["username", "group_name"], [("ann", "admins", "more")])
        with pytest.raises(InvalidTableError, match="line 2 is malformed"):
            write(tmp_path, GROUPS, table)

    @pytest.mark.parametrize(
        "line",
        [
            b"zqxj",
            b"zqxj,admins,more",
            b'"zqxj,admins',
            b"zqxj" * 600_000 + b",admins",
            b"zqxj\xff,admins",
            b"zqxj,admins\xff",
        ],
    )
    @pytest.mark.parametrize("before", [1, 20_000])
    def test_names_a_malformed_line(self, tmp_path: Path, line: bytes, before: int) -> None:
        rows = b"".join(b"user-%d,admins\n" % number for number in range(before))
        (tmp_path / "m.csv").write_bytes(b"username,group_name\n" + rows + line + b"\nann,admins\n")
        with pytest.raises(InvalidTableError) as refused:
            write(tmp_path, memberships=tmp_path / "m.csv")
        if before > 1 or line.isascii():  # otherwise, the header cannot be read either
            place = (
                f"memberships: line {before + 2} is malformed: it must have 2 fields separated by commas"
            )
            assert str(refused.value).startswith(place)
        assert find_secrets(refused.value) == []

    def test_names_a_malformed_line_of_groups(self, tmp_path: Path) -> None:
        table = to_csv(tmp_path, ["group_name"], [("a",), ("b", USERNAME)])
        with pytest.raises(
            InvalidTableError, match=r"^groups: line 3 .* 1 field, closed quotes"
        ) as refused:
            write(tmp_path, table, user_pool_id=POOL)
        assert find_secrets(refused.value) == []


class TestParquet:
    @pytest.mark.parametrize("part", [4, 200, -9])
    def test_may_be_truncated(self, tmp_path: Path, part: int) -> None:
        groups = to_parquet(tmp_path, ["group_name"], [(one.group_name,) for one in GROUPS])
        memberships = to_parquet(tmp_path, ["username", "group_name"], PAIRS)
        for table in (groups, memberships):
            table.write_bytes(table.read_bytes()[:part])
        with pytest.raises(InvalidTableError, match=r"^memberships: is damaged$"):
            write(tmp_path, GROUPS, memberships)
        with pytest.raises(InvalidTableError, match=r"^groups: is damaged$"):
            write(tmp_path, groups, user_pool_id=POOL)

    def test_may_hold_what_is_no_text(self, tmp_path: Path) -> None:
        path = tmp_path / "m.parquet"
        duckdb.execute(f"copy (select 'zqxj\\xFF'::blob as username, 'admins' as group_name) to '{path}'")
        with pytest.raises(InvalidTableError, match=r"^memberships: is damaged$") as refused:
            write(tmp_path, memberships=path)
        assert find_secrets(refused.value) == []

    @pytest.mark.parametrize("column", ["7::tinyint", "7::ubigint", "uuid()", "'a'::enum('a', 'b')"])
    def test_may_have_names_of_these_types(self, tmp_path: Path, column: str) -> None:
        table = duckdb.sql(f"select {column} as username, 'admins' as group_name")
        assert write(tmp_path, memberships=table).manifest.memberships == 1

    def test_may_have_whole_floats_as_precedences(self, tmp_path: Path) -> None:
        path = tmp_path / "g.parquet"
        rows = "('a', 1::double), ('b', 'nan'), ('c', null)"
        duckdb.execute(f"copy (from (values {rows}) t(group_name, precedence)) to '{path}'")
        groups = write(tmp_path, path, user_pool_id=POOL).read_groups()
        assert [group.precedence for group in groups] == [1, None, None]

    @pytest.mark.parametrize("value", ["1.5", "inf", "-1.0", "1e300"])
    def test_but_not_other_floats(self, tmp_path: Path, value: str) -> None:
        table = duckdb.sql(f"select 'a' as group_name, '{value}'::double as precedence")
        with pytest.raises(InvalidTableError, match="row 1: Precedence"):
            write(tmp_path, table, user_pool_id=POOL)


def test_an_error_of_a_relation_is_not_about_a_file(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("username,group_name\nzqxj\n")
    options = "auto_detect=false, header=true, columns={username: 'text', group_name: 'text'}"
    table = duckdb.sql(f"from read_csv('{tmp_path}/m.csv', {options})")
    with pytest.raises(EngineError, match="line 2 of a CSV file") as refused:
        write(tmp_path, memberships=table)
    assert refused.value.line == 2
    assert find_secrets(refused.value) == []


def test_a_failure_leaves_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr("cognito_claims.pool.snapshot.describe_file", fail)
        write(tmp_path)
    assert [*(tmp_path / "s").iterdir()] == []
    assert write(tmp_path).manifest.memberships == 0
    assert not (tmp_path / "s" / UNFINISHED).exists()


LEAKS: dict[str, Callable[[Path], object]] = {
    "CSV: no header": lambda at: write(
        at, memberships=to_csv(at, [USERNAME, "admins"], [("ann", "admins")])
    ),
    "CSV: the same twice": lambda at: write(at, memberships=to_csv(at, [USERNAME, USERNAME], [])),
    "CSV: a row": lambda at: write(
        at, memberships=to_csv(at, ["username", "group_name"], [(USERNAME, "admins", TOKEN)])
    ),
    "CSV: a white space": lambda at: write(
        at, memberships=to_csv(at, ["username", "group_name"], [(f"{USERNAME} ", "admins")])
    ),
    "CSV: another encoding": lambda at: write(
        at, memberships=write_csv(at, ["username", f"{USERNAME}é"], [], "latin-1")
    ),
    "CSV: a row in another encoding": lambda at: write(
        at, memberships=write_csv(at, ["username", "group_name"], [(f"{USERNAME}é", "a")], "latin-1")
    ),
    "CSV of groups: no header": lambda at: write(at, to_csv(at, [USERNAME, TOKEN], [])),
    "CSV of groups: a precedence": lambda at: write(
        at, to_csv(at, ["group_name", "precedence"], [("a", USERNAME)]), user_pool_id=POOL
    ),
    "pairs: one": lambda at: write(at, memberships=[(USERNAME, 5)]),
    "pairs: a text": lambda at: write(at, memberships=[TOKEN]),
    "pairs: a surrogate": lambda at: write(at, memberships=[(f"{USERNAME}\udcff", "admins")]),
    "a pool": lambda at: write(at, user_pool_id=USERNAME),
}


@pytest.mark.parametrize("name", LEAKS)
def test_an_error_holds_no_secret(name: str, tmp_path: Path) -> None:
    with pytest.raises((ValueError, EngineError)) as caught:
        LEAKS[name](tmp_path)
    assert find_secrets(caught.value) == []
    assert not (tmp_path / "s").exists()


def test_utc_is_not_required(tmp_path: Path) -> None:
    one = GroupType(group_name="a", user_pool_id=POOL, creation_date=AT)
    [read] = write(tmp_path, [one]).read_groups()
    assert read.creation_date == AT.astimezone(UTC)
