"""Everyone resolved, by DuckDB and by Spark: the same as by `resolve()`, user by user."""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings, strategies as st

from cognito_claims import (
    ConflictingGroupsError,
    GroupType,
    InvalidResponseError,
    MixedUserPoolsError,
    Policy,
    resolve,
)
from cognito_claims.pool import (
    BulkResolution,
    Edits,
    InvalidTableError,
    SnapshotError,
    UnknownGroupsError,
    audit,
    diff,
    resolve_memberships,
)
from tests.pool_data import count_decisions, replace_table, write_faulty_pool
from tests.samples import POOL, memberships, policies, role

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Row = tuple[Any, ...]
Answers = dict[str, list[Any]]

GROUPS = [
    GroupType(group_name="admins", precedence=0, role_arn=role("admin"), user_pool_id=POOL),
    GroupType(group_name="staff", precedence=10, role_arn=role("staff"), user_pool_id=POOL),
    GroupType(group_name="guests", precedence=10, role_arn=role("guest"), user_pool_id=POOL),
    GroupType(group_name="club", user_pool_id=POOL),
]
MEMBERS = [("ann", "admins"), ("ann", "staff"), ("bob", "staff"), ("bob", "guests"), ("cid", "club")]
EXPECTED: Answers = {
    "ann": [["admins", "staff"], [role("admin"), role("staff")], role("admin"), "preferred", []],
    "bob": [["guests", "staff"], [role("guest"), role("staff")], None, "ambiguous", []],
    "cid": [["club"], [], None, "no-role", []],
}


def parquet(folder: Path, name: str, rows: Iterable[Row], **columns: str) -> Path:
    """Write rows as Parquet."""
    lines, path = folder / f"{name}.jsonl", folder / f"{name}.parquet"
    lines.write_text("".join(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows))
    duckdb.execute(
        f"copy (from read_json('{lines}', format='newline_delimited', columns={columns})) to '{path}'"
    )
    return path


def membership_file(folder: Path, rows: Iterable[Row] = MEMBERS) -> Path:
    return parquet(folder, "memberships", rows, username="VARCHAR", group_name="VARCHAR")


def group_file(folder: Path, groups: Iterable[GroupType] = GROUPS) -> Path:
    rows = [(group.group_name, group.user_pool_id, group.role_arn, group.precedence) for group in groups]
    columns = {
        "group_name": "VARCHAR",
        "user_pool_id": "VARCHAR",
        "role_arn": "VARCHAR",
        "precedence": "INT",
    }
    return parquet(folder, "groups", rows, **columns)


def read_answers(result: BulkResolution[Any]) -> Answers:
    table = result.table
    rows = [tuple(row) for row in (table.collect() if hasattr(table, "collect") else table.fetchall())]
    assert len(rows) == result.users
    return {username: claims for username, *claims in rows}


def resolve_one_by_one(groups: list[GroupType], rows: list[tuple[str, str]], policy: Policy) -> Answers:
    by_name = {group.group_name: group for group in groups}
    answers: Answers = {}
    for username in {username for username, _ in rows}:
        mine = [by_name[name] for user, name in rows if user == username and name in by_name]
        resolution = resolve(mine, policy=policy)
        answers[username] = [
            [group.group_name for group in resolution.ranking],
            list(resolution.roles),
            resolution.preferred_role,
            resolution.outcome.name,
            [question.id for question in resolution.open_questions],
        ]
    return answers


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[GroupType], list[tuple[str, str]], list[str]]:
    """Draw the groups of a pool, memberships that may come twice, and the names that no group has."""
    groups = draw(memberships)
    unknown = draw(st.lists(st.sampled_from(["gone", "unbekannt", "żółć"]), unique=True))
    unknown = [name for name in unknown if name not in {group.group_name for group in groups}]
    names = [group.group_name for group in groups] + unknown
    users = st.sampled_from(["ann", "bob", "cid", "d'Arcy", 'e"', "żółw", "NULL", ""])
    rows = draw(st.lists(st.tuples(users, st.sampled_from(names)), max_size=60)) if names else []
    return groups, rows, sorted({name for _, name in rows} & {*unknown})


def check(
    groups: list[GroupType], rows: list[tuple[str, str]], unknown: list[str], policy: Policy, session: Any
) -> None:
    """Compare the engine's answers with `resolve()`."""
    with TemporaryDirectory() as folder:
        table = membership_file(Path(folder), rows)
        if unknown:
            with pytest.raises(UnknownGroupsError) as refused:
                resolve_memberships(table, groups, policy=policy, session=session)
            is_any_known = any(name not in unknown for _, name in rows)
            assert list(refused.value.group_names) == (unknown if is_any_known else [])
        with resolve_memberships(
            table, groups, policy=policy, unknown_groups="ignore", session=session
        ) as result:
            expected = resolve_one_by_one(groups, rows, policy)
            assert read_answers(result) == expected
            assert result.outcomes == Counter(outcome for *_, outcome, _ in expected.values())
            questions_of = Counter(
                question for *_, questions in expected.values() for question in questions
            )
            assert result.open_questions == questions_of
            assert result.sets <= result.users == len(expected)


class TestEveryEngineAnswersAsResolveDoes:
    @pytest.mark.slow
    @given(pool=pools(), policy=policies)
    def test_duckdb(
        self, pool: tuple[list[GroupType], list[tuple[str, str]], list[str]], policy: Policy
    ) -> None:
        check(*pool, policy, None)

    @pytest.mark.parametrize("_", [None])  # a function-scoped fixture would not do
    def test_spark(self, spark: "SparkSession", _: None) -> None:
        @settings(max_examples=6)
        @given(pool=pools(), policy=policies)
        def test(pool: tuple[list[GroupType], list[tuple[str, str]], list[str]], policy: Policy) -> None:
            check(*pool, policy, spark)

        test()


class TestWhatTheMembershipsMayBe:
    def test_a_file(self, tmp_path: Path) -> None:
        for path in (membership_file(tmp_path), str(membership_file(tmp_path))):
            with resolve_memberships(path, GROUPS) as result:
                assert read_answers(result) == EXPECTED

    def test_a_file_that_spark_would_take_for_a_pattern(
        self, spark: "SparkSession", tmp_path: Path
    ) -> None:
        odd = tmp_path / "a[b]{c,d}*?.parquet"
        membership_file(tmp_path).rename(odd)
        for files in (odd, f"{tmp_path}/*.parquet"):
            with resolve_memberships(files, GROUPS, session=spark) as result:
                assert read_answers(result) == EXPECTED

    def test_but_not_a_file_whose_name_is_no_utf_8(self) -> None:
        with pytest.raises(OSError, match="UTF-8"):
            resolve_memberships(Path("\udcff.parquet"), GROUPS)

    def test_several_files(self, tmp_path: Path) -> None:
        for name, rows in (("a", MEMBERS[:2]), ("b", MEMBERS[2:])):
            (tmp_path / name).mkdir()
            membership_file(tmp_path / name, rows)
        with resolve_memberships(f"{tmp_path}/*/memberships.parquet", GROUPS) as result:
            assert read_answers(result) == EXPECTED

    def test_a_file_with_an_odd_name(self, tmp_path: Path) -> None:
        path = tmp_path / "it's [a]*?.parquet"
        membership_file(tmp_path).replace(path)
        membership_file(tmp_path, [("other", "club")]).replace(tmp_path / "it's axx.parquet")
        with resolve_memberships(path, GROUPS) as result:
            assert read_answers(result) == EXPECTED

    def test_a_relation(self, tmp_path: Path) -> None:
        with duckdb.connect() as connection:
            relation = connection.sql(
                f"select group_name, username, 1 as rank from '{membership_file(tmp_path)}'"
            )
            assert relation is not None
            with resolve_memberships(relation, GROUPS) as result:
                assert read_answers(result).keys() == EXPECTED.keys()
            assert connection.execute("show tables").fetchall() == []

    def test_a_table_of_a_connection(self, tmp_path: Path) -> None:
        with duckdb.connect() as connection:
            connection.execute(f"create table members as from '{membership_file(tmp_path)}'")
            connection.execute(f"create table groups as from '{group_file(tmp_path)}'")
            with resolve_memberships("members", "groups", session=connection) as result:
                assert read_answers(result).keys() == EXPECTED.keys()

    def test_a_file_whose_texts_are_not_marked_as_such(self, spark: "SparkSession", tmp_path: Path) -> None:
        path = tmp_path / "members.parquet"
        duckdb.execute(f"copy (select 'ann' as username, encode('é') as group_name) to '{path}'")
        for session in (None, spark):
            with resolve_memberships(path, [{"GroupName": "é"}], session=session) as result:
                assert result.users == 1

    def test_but_not_of_a_different_engine(self, spark: "SparkSession", tmp_path: Path) -> None:
        """Spark would put the rows into its statement, and that into its error."""
        table: Any = duckdb.from_parquet(str(membership_file(tmp_path)))
        with pytest.raises(
            InvalidTableError, match="memberships: expected a table of Spark, got one of DuckDB"
        ):
            resolve_memberships(table, GROUPS, session=spark)

    def test_but_not_rows(self) -> None:
        rows: Any = MEMBERS
        with pytest.raises(InvalidTableError, match="a table of DuckDB, got list"):
            resolve_memberships(rows, GROUPS)

    def test_numbers_are_names_as_they_are_written(self) -> None:
        with duckdb.connect() as connection:
            connection.execute("create table members as select 1 as username, 5 as group_name")
            for names in (["05", "x"], ["x"]):
                groups = [{"GroupName": name} for name in names]
                with pytest.raises(UnknownGroupsError):
                    resolve_memberships("members", groups, session=connection)
            with resolve_memberships("members", [{"GroupName": "5"}], session=connection) as result:
                assert [claims[0] for claims in read_answers(result).values()] == [["5"]]

    @pytest.mark.slow
    @pytest.mark.parametrize("on_spark", [False, True])
    def test_swapped_columns_are_recognized(
        self, tmp_path: Path, request: pytest.FixtureRequest, *, on_spark: bool
    ) -> None:
        session = request.getfixturevalue("spark") if on_spark else None
        table = membership_file(tmp_path, [(name, username) for username, name in MEMBERS])
        with pytest.raises(UnknownGroupsError, match="are the columns swapped") as refused:
            resolve_memberships(table, GROUPS, session=session)
        assert refused.value.group_names == ()
        assert "ann" not in repr(refused.value)

    def test_but_not_fractions_or_lists(self, spark: "SparkSession") -> None:
        for columns, shown in (
            (
                "cast(5 as double) as username, 'club' as group_name",
                "^memberships: username: .*(?i:double)$",
            ),
            ("array('ann') as username, 'club' as group_name", "^memberships: username: .*got array$"),
            ("'ann' as username, true as group_name", "^memberships: group_name: .*(?i:boolean)$"),
            ("struct(1 as secret) as username, 'club' as group_name", "got struct$"),
        ):
            with pytest.raises(InvalidTableError, match=shown):
                resolve_memberships(spark.sql(f"select {columns}"), GROUPS)
        for column, shown in (
            ("5.0::double", "DOUBLE"),
            ("['ann']", r"VARCHAR\[\]"),
            ("{'secret': 1}", "STRUCT"),
        ):
            relation: Any = duckdb.sql(f"select {column} as username, 'club' as group_name")
            with pytest.raises(InvalidTableError, match=f"username: must be strings.*, got {shown}$"):
                resolve_memberships(relation, GROUPS)

    def test_but_not_with_both_names_of_a_column(self, tmp_path: Path) -> None:
        columns = {"username": "VARCHAR", "group_name": "VARCHAR", "GroupName": "VARCHAR"}
        table = parquet(tmp_path, "both", [("ann", "club", "staff")], **columns)
        with pytest.raises(
            InvalidTableError, match=r"^memberships: has group_name and GroupName: keep only"
        ):
            resolve_memberships(table, GROUPS)

    def test_a_file_in_the_names_of_aws(self, tmp_path: Path) -> None:
        table = parquet(tmp_path, "theirs", MEMBERS, Username="VARCHAR", GroupName="VARCHAR")
        with resolve_memberships(table, GROUPS) as result:
            assert read_answers(result) == EXPECTED

    def test_a_table_of_no_session(self) -> None:
        with pytest.raises(TypeError, match="session="):
            resolve_memberships("members", GROUPS)

    def test_a_dataframe(self, spark: "SparkSession", tmp_path: Path) -> None:
        frame = spark.read.parquet(str(membership_file(tmp_path))).withColumnRenamed("username", "USERNAME")
        groups = spark.read.parquet(str(group_file(tmp_path)))
        with resolve_memberships(frame, groups) as result:
            assert read_answers(result).keys() == EXPECTED.keys()
            assert result.table.columns[0].lower() == "username"
        assert spark.catalog.listTables() == []

    def test_a_table_of_spark(self, spark: "SparkSession", tmp_path: Path) -> None:
        spark.read.parquet(str(membership_file(tmp_path))).createTempView("members")
        spark.read.parquet(str(group_file(tmp_path))).createTempView("the_groups")
        with resolve_memberships("members", "the_groups", session=spark) as result:
            assert read_answers(result).keys() == EXPECTED.keys()
        spark.catalog.dropTempView("members")
        spark.catalog.dropTempView("the_groups")

    def test_in_a_folder_that_looks_like_a_column(self, tmp_path: Path) -> None:
        folder = tmp_path / "username=evil" / "group_name=club"
        folder.mkdir(parents=True)
        path = membership_file(tmp_path).replace(folder / "memberships.parquet")
        for source in (path, str(path)):
            with resolve_memberships(source, GROUPS) as result:
                assert read_answers(result) == EXPECTED

    def test_but_not_with_a_misspelled_option(self, tmp_path: Path) -> None:
        options: Any = {"unknown_groups": "ignored"}
        with pytest.raises(ValueError, match="'ignored'"):
            resolve_memberships(membership_file(tmp_path), GROUPS, **options)

    @pytest.mark.parametrize(
        "columns", [{"username": "VARCHAR"}, {"username": "VARCHAR", "groupname": "VARCHAR"}]
    )
    def test_but_not_without_a_column(self, tmp_path: Path, columns: dict[str, str]) -> None:
        table = parquet(tmp_path, "memberships", [], **columns)
        with pytest.raises(InvalidTableError, match="no column group_name; it has username") as refused:
            resolve_memberships(table, GROUPS)
        assert refused.value.table == "memberships"

    def test_but_not_with_a_user_without_a_name(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidTableError, match="username is null"):
            resolve_memberships(membership_file(tmp_path, [*MEMBERS, (None, "staff")]), GROUPS)

    def test_but_not_with_a_group_without_a_name(self, tmp_path: Path) -> None:
        table = membership_file(tmp_path, [*MEMBERS, ("bob", None), *(("bob", f"x{n}") for n in range(6))])
        with pytest.raises(
            UnknownGroupsError,
            match=r"^memberships\.group_name: 7 unknown groups: \(null\), 'x0', .* and 2 more;",
        ) as refused:
            resolve_memberships(table, GROUPS)
        assert refused.value.group_names == (None, "x0", "x1", "x2", "x3", "x4", "x5")


class TestWhatTheGroupsMayBe:
    def resolve(self, folder: Path, groups: Any) -> Answers:
        with resolve_memberships(membership_file(folder), groups) as result:
            return read_answers(result)

    def test_groups_and_dictionaries(self, tmp_path: Path) -> None:
        dictionaries = [group.model_dump(by_alias=True) for group in GROUPS]
        assert self.resolve(tmp_path, iter(GROUPS)) == self.resolve(tmp_path, dictionaries)

    def test_a_file_in_either_names(self, tmp_path: Path) -> None:
        ours = group_file(tmp_path)
        theirs = tmp_path / "theirs.parquet"
        duckdb.execute(
            f'copy (select 1 as more, group_name as "GroupName", role_arn as "RoleArn", '
            f"precedence::bigint as \"Precedence\" from '{ours}') to '{theirs}'"
        )
        assert self.resolve(tmp_path, ours) == EXPECTED
        assert self.resolve(tmp_path, theirs) == EXPECTED
        assert self.resolve(tmp_path, duckdb.read_parquet(str(theirs))) == EXPECTED

    @pytest.mark.parametrize("type_", ["DOUBLE", "DECIMAL(9, 1)"])
    def test_precedences_that_are_whole_floats(self, tmp_path: Path, type_: str) -> None:
        columns = {"group_name": "VARCHAR", "role_arn": "VARCHAR", "precedence": type_}
        rows = [(group.group_name, group.role_arn, group.precedence) for group in GROUPS]
        assert self.resolve(tmp_path, parquet(tmp_path, "groups", rows, **columns)) == EXPECTED

    def test_a_precedence_that_is_not_a_number_is_null(self, tmp_path: Path) -> None:
        columns = "'nan'::double as precedence"
        relation = duckdb.sql(f"select * replace ({columns}) from '{group_file(tmp_path)}'")
        nulls = [group.model_copy(update={"precedence": None}) for group in GROUPS]
        assert self.resolve(tmp_path, relation) == self.resolve(tmp_path, nulls)

    def test_but_not_with_both_names_of_a_column(self, tmp_path: Path) -> None:
        table = parquet(tmp_path, "groups", [], group_name="VARCHAR", role_arn="VARCHAR", RoleArn="VARCHAR")
        with pytest.raises(InvalidTableError, match=r"^groups: has role_arn and RoleArn: keep only one"):
            self.resolve(tmp_path, table)

    def test_but_not_without_a_name(self, tmp_path: Path) -> None:
        table = parquet(tmp_path, "groups", [], precedence="INT")
        with pytest.raises(InvalidTableError, match="no column group_name; it has precedence"):
            self.resolve(tmp_path, table)

    def test_but_not_with_a_precedence_that_is_none(self, tmp_path: Path) -> None:
        table = parquet(tmp_path, "groups", [("a", 1.5)], group_name="VARCHAR", precedence="DOUBLE")
        with pytest.raises(InvalidResponseError, match=r"Groups\[0\]\.Precedence"):
            self.resolve(tmp_path, table)

    def test_but_not_with_a_column_of_no_group(self, tmp_path: Path) -> None:
        table = parquet(tmp_path, "groups", [], label="VARCHAR", role_arn="VARCHAR")
        with pytest.raises(InvalidTableError, match=r"no column group_name; it has role_arn, 1 unknown$"):
            self.resolve(tmp_path, table)

    def test_but_not_of_a_different_engine(self, spark: "SparkSession", tmp_path: Path) -> None:
        with pytest.raises(InvalidTableError, match="groups: expected a table of DuckDB, got one of Spark"):
            resolve_memberships(membership_file(tmp_path), spark.read.parquet(str(group_file(tmp_path))))
        with pytest.raises(InvalidTableError, match="groups: expected a table of Spark, got one of DuckDB"):
            resolve_memberships(
                membership_file(tmp_path), duckdb.from_parquet(str(group_file(tmp_path))), session=spark
            )

    def test_but_not_of_two_pools(self, tmp_path: Path) -> None:
        other = GroupType(group_name="other", user_pool_id="eu-west-1_Other")
        with pytest.raises(MixedUserPoolsError):
            self.resolve(tmp_path, [*GROUPS, other])

    def test_but_not_two_of_one_name(self, tmp_path: Path) -> None:
        with pytest.raises(ConflictingGroupsError):
            self.resolve(tmp_path, group_file(tmp_path, [*GROUPS, GroupType(group_name="staff")]))


MISSPELT = {
    "Precedense": ("precedence", "Precedence"),
    "precedense": ("precedence", "precedence"),
    "RoleARN": ("role_arn", "RoleArn"),
    "role_Arn": ("role_arn", "RoleArn"),
    "groupName": ("group_name", "GroupName"),
    "UserPoolID": ("user_pool_id", "UserPoolId"),
    "Descripton": ("description", "Description"),
}
"""Misspelled columns, the field that each replaces, and the name that is meant."""
COLUMNS = ("group_name", "user_pool_id", "description", "role_arn", "precedence")


class TestAMisspelledColumnOfTheGroups:
    """A column that nearly has the name of another would silently be ignored: it is refused."""

    @pytest.fixture(params=["Parquet", "CSV", "relation"])
    def read(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[list[str]], Any]]:
        with duckdb.connect() as connection:

            def read(columns: list[str]) -> Any:
                row = connection.sql("select " + ", ".join(f'null as "{name}"' for name in columns))
                if request.param == "Parquet":
                    row.write_parquet(str(tmp_path / "table.parquet"))
                    return tmp_path / "table.parquet"
                if request.param == "CSV":
                    row.write_csv(str(tmp_path / "table.csv"))
                    return connection.read_csv(str(tmp_path / "table.csv"), header=True)
                return row

            yield read

    @pytest.mark.parametrize("misspelled", MISSPELT)
    def test_is_refused_with_the_name_that_is_meant(
        self, misspelled: str, read: Callable[[list[str]], Any], tmp_path: Path
    ) -> None:
        field, name = MISSPELT[misspelled]
        columns = [*(column for column in COLUMNS if column != field), misspelled]
        with pytest.raises(InvalidTableError, match=f"rename {misspelled} to {name}$") as refused:
            resolve_memberships(membership_file(tmp_path), read(columns))
        assert refused.value.table == "groups"

    def test_in_another_case_is_refused_beside_the_column_that_is_meant(self, tmp_path: Path) -> None:
        with duckdb.connect() as connection:
            groups = connection.sql("select 'admins' as group_name, null as role_arn, 'x' as RoleARN")
            with pytest.raises(InvalidTableError, match=r"groups: rename RoleARN to RoleArn$"):
                resolve_memberships(membership_file(tmp_path), groups)

    def test_of_a_dataframe_is_refused(self, spark: "SparkSession", tmp_path: Path) -> None:
        frame = spark.sql("select 'admins' as GroupName, 5 as Precedense, 'x' as RoleARN")
        with pytest.raises(
            InvalidTableError, match=r"rename Precedense to Precedence, RoleARN to RoleArn$"
        ):
            resolve_memberships(membership_file(tmp_path), frame, session=spark)

    def test_of_a_dictionary_is_refused(self, tmp_path: Path) -> None:
        groups = [{"GroupName": "admins", "Precedense": 5}]
        with pytest.raises(InvalidResponseError, match=r"Groups\[0\]\.Precedense.*use Precedence"):
            resolve_memberships(membership_file(tmp_path), groups)

    @pytest.mark.parametrize("use", [audit, partial(diff, after=Edits(dropped=frozenset(["admins"])))])
    @pytest.mark.parametrize(
        ("file", "select", "message"),
        [
            (
                "groups.parquet",
                "* rename (role_arn as RoleARN)",
                "no column role_arn; .* RoleARN to role_arn$",
            ),
            ("groups.parquet", "* exclude (precedence)", "no column precedence; it has [a-z_, ]+$"),
            (
                "memberships.parquet",
                "* rename (group_name as GroupName)",
                "rename GroupName to group_name$",
            ),
        ],
    )
    def test_of_a_snapshot_is_refused(
        self, use: Callable[..., object], file: str, select: str, message: str, tmp_path: Path
    ) -> None:
        snapshot = write_faulty_pool(tmp_path)
        replace_table(snapshot, file, f"select {select} from '{tmp_path / file}'")
        with pytest.raises(SnapshotError, match=message) as refused:
            use(snapshot)
        assert refused.value.path == tmp_path / file

    @pytest.mark.parametrize("column", ["RoleArnV2", "old_role_arn", "PrecedenceNew", "members", "Color"])
    def test_does_not_mean_any_other_column(self, column: str, tmp_path: Path) -> None:
        table: Any = duckdb.sql(f"select 'admins' as group_name, 'x' as \"{column}\"")
        with resolve_memberships(membership_file(tmp_path, [("ann", "admins")]), table) as result:
            assert result.users == 1

    def test_does_not_mean_a_name_that_is_there(self, tmp_path: Path) -> None:
        table: Any = duckdb.sql(
            f"select 'admins' as group_name, '{role('x')}' as \"RoleArn\", 1 as \"RoleAn\""
        )
        with resolve_memberships(membership_file(tmp_path, [("ann", "admins")]), table) as result:
            assert read_answers(result)["ann"][2] == role("x")

    def test_of_the_memberships_is_named_too(self, tmp_path: Path) -> None:
        table = parquet(tmp_path, "memberships", [], username="VARCHAR", groupName="VARCHAR")
        with pytest.raises(
            InvalidTableError, match=r"has no column group_name; .*; rename groupName to group_name"
        ):
            resolve_memberships(table, GROUPS)


class TestTheResult:
    def test_is_written_by_the_engine(self, tmp_path: Path) -> None:
        out = tmp_path / "it's.parquet"
        out.write_text("what was there before")
        with resolve_memberships(membership_file(tmp_path), GROUPS) as result:
            result.write_parquet(out)
        quoted = str(out).replace("'", "''")
        rows = duckdb.execute(f"select * from '{quoted}' order by username").fetchall()
        assert {name: claims for name, *claims in rows} == EXPECTED
        kinds = {name: kind for name, kind, *_ in duckdb.execute(f"describe from '{quoted}'").fetchall()}
        assert kinds == {
            "username": "VARCHAR",
            "groups": "VARCHAR[]",
            "roles": "VARCHAR[]",
            "preferred_role": "VARCHAR",
            "outcome": "VARCHAR",
            "open_questions": "VARCHAR[]",
        }

    def test_is_written_by_spark(self, spark: "SparkSession", tmp_path: Path) -> None:
        with resolve_memberships(membership_file(tmp_path), GROUPS, session=spark) as result:
            result.write_parquet(tmp_path / "claims")
        rows = duckdb.execute(f"from '{tmp_path}/claims/*.parquet'").fetchall()
        assert {name: claims for name, *claims in rows} == EXPECTED

    def test_is_whole_or_not_there(self, tmp_path: Path) -> None:
        (tmp_path / "claims.parquet").mkdir()
        with (
            resolve_memberships(membership_file(tmp_path), GROUPS) as result,
            pytest.raises(FileExistsError),
        ):
            result.write_parquet(tmp_path / "claims.parquet")
        assert not list(tmp_path.glob("*.partial"))

    def test_replaces_nothing_but_files(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "link").symlink_to("target.parquet")
        with resolve_memberships(membership_file(tmp_path), GROUPS) as result:
            with pytest.raises(FileExistsError, match="not a regular file"):
                result.write_parquet(tmp_path / "pipe")
            with pytest.raises(OSError, match="is a link"):
                result.write_parquet(tmp_path / "link")
        assert (tmp_path / "pipe").is_fifo()
        assert (tmp_path / "link").is_symlink()
        assert not (tmp_path / "target.parquet").exists()

    def test_of_nobody_is_empty(self, tmp_path: Path) -> None:
        with resolve_memberships(membership_file(tmp_path, []), []) as result:
            assert read_answers(result) == {}
            assert (result.users, result.sets) == (0, 0)

    def test_counts_by_outcome(self, tmp_path: Path) -> None:
        with resolve_memberships(membership_file(tmp_path), GROUPS) as result:
            assert result.outcomes == {"preferred": 1, "ambiguous": 1, "no-role": 1}

    def test_shows_the_users_by_role_in_a_notebook(self, tmp_path: Path) -> None:
        groups: list[dict[str, object]] = [
            *(
                {"GroupName": f"{one:02}", "Precedence": one, "RoleArn": role(f"team/{one:02}")}
                for one in range(12)
            ),
            {"GroupName": "none", "RoleArn": role("team/none")},
        ]
        rows = [(f"alice-{one}", f"{one:02}") for one in range(12)]
        rows += [("bob", "00"), ("carol", "none"), ("carol", "00"), ("dora", "none")]
        with resolve_memberships(membership_file(tmp_path, rows), groups) as result:
            html = result._repr_html_()
        assert "<strong>15 users, 14 sets of groups</strong>" in html
        assert html.count("preferred</td>") == 10
        assert re.findall(r"team/<wbr>(\w+)</td><td [^>]+>(\d+)", html)[:3] == [
            ("00", "3"),
            ("01", "1"),
            ("02", "1"),
        ]
        assert "and 3 more roles: see the table" in html
        assert "null-precedence: 1 user<" in html
        assert not re.search("alice|bob|carol|dora", html)

    def test_shows_the_users_without_a_role_in_a_notebook(self, tmp_path: Path) -> None:
        with resolve_memberships(membership_file(tmp_path), GROUPS) as result:
            html = result._repr_html_()
        rows = re.findall(r"<tr>.*?</tr>", html)[1:]
        shown = [re.findall(r">([^<>]+)</(?:td|em)>", row) for row in rows]
        assert [(row[0], row[-1]) for row in shown] == [
            ("preferred", "1"),
            ("ambiguous", "1"),
            ("no-role", "1"),
        ]
        assert "Open questions" not in html

    def test_decides_a_set_once_for_each_policy(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counts = count_decisions(monkeypatch)
        with resolve_memberships(membership_file(tmp_path), GROUPS) as result:
            assert result.open_questions == {}
        sets = {ranking for ranking, _ in counts if len(ranking) < len(GROUPS)}
        assert len(sets) == result.sets
        assert {counts[key] for key in counts if key[0] in sets} == {1}

    def test_leaves_no_files_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
        (tmp_path / "scratch").mkdir()
        with resolve_memberships(membership_file(tmp_path), GROUPS):
            assert list((tmp_path / "scratch").iterdir())
        with pytest.raises(InvalidTableError):
            resolve_memberships(membership_file(tmp_path, [(None, "staff")]), GROUPS)
        assert not list((tmp_path / "scratch").iterdir())


def test_the_counts_are_sorted_since_the_order_of_sets_is_random(tmp_path: Path) -> None:
    snapshot = write_faulty_pool(tmp_path)
    with resolve_memberships(snapshot.memberships_file, snapshot.read_groups()) as result:
        assert [*result.outcomes] == ["ambiguous", "preferred"]
    assert [*audit(snapshot).outcomes] == ["ambiguous", "preferred"]
