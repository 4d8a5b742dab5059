"""No username or token reaches an error, the chain of an error, or a `repr`.

Each function of `LEAKS` plants the secrets where a file, a table or a response
has unexpected content, and raises the error that a caller gets.
"""

import json
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import duckdb
import pytest
from botocore.exceptions import EndpointConnectionError
from pydantic import BaseModel, ValidationError

from cognito_claims import GroupType, InvalidResponseError
from cognito_claims.conformance.cases import get_resource, parse_vectors
from cognito_claims.conformance.endpoint import Endpoint, EndpointError
from cognito_claims.conformance.runner import run, select
from cognito_claims.pool import (
    AuditInputError,
    Edits,
    EngineError,
    InvalidTableError,
    Membership,
    Snapshot,
    SnapshotError,
    audit,
    diff,
    parse_baseline,
    parse_ignores,
    resolve_memberships,
)
from cognito_claims.pool._fetch.journal import Journal, Settings, UnreadGroup
from cognito_claims.pool._user_sets import UserSample, iterate_user_sets
from cognito_claims.pool.engines.protocol import hide_rows
from cognito_claims.pool.manifest import MANIFEST, UNFINISHED
from cognito_claims.pool.snapshot import write_tables
from cognito_claims.resolver import Policy
from tests.conftest import Connect
from tests.fake_cognito import FakeCognito
from tests.pool_data import GROUPS, group, replace_table, write_faulty_pool, write_snapshot
from tests.samples import role

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

USERNAME = "zqxj.wvk@example.com"
TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ6cXhqIn0.c2lnbmVk"
SECRETS = ("zqxj", "wvk", "eyJ")


def list_chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, and every error that it refers to, whether a traceback shows it or not."""
    if error is not None:
        yield error
        yield from list_chain(error.__cause__)
        yield from list_chain(error.__context__)


def list_texts(error: BaseException) -> Iterator[str]:
    yield from traceback.format_exception(error)
    for one in list_chain(error):
        yield from map(str, (one, repr(one), repr(one.args), vars(one), getattr(one, "__notes__", "")))
        if isinstance(one, ValidationError):
            yield str(one.errors())


def find_secrets(error: BaseException) -> list[str]:
    return [text for text in list_texts(error) for secret in SECRETS if secret in text]


def resolve_relation_of_groups(folder: Path, statement: str) -> None:
    groups: Any = duckdb.sql(statement)
    resolve_memberships(write_faulty_pool(folder).memberships_file, groups)


def resolve_relation(statement: str) -> None:
    with duckdb.connect() as connection:
        resolve_memberships(connection.sql(statement), GROUPS)


def resolve_csv(folder: Path, text: str, columns: str) -> None:
    (folder / "memberships.csv").write_text(text)
    options = f"auto_detect=false, delim=',', columns={{{columns}}}"
    resolve_relation(f"from read_csv('{folder / 'memberships.csv'}', {options})")


def resolve_csv_without_a_header(folder: Path) -> None:
    (folder / "memberships.csv").write_text(f"{USERNAME},admins\n")
    resolve_relation(f"from read_csv('{folder / 'memberships.csv'}', header=true)")


def open_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    manifest = write_faulty_pool(folder).path / MANIFEST
    members = json.loads(manifest.read_bytes())
    change(members)
    manifest.write_text(json.dumps(members))
    Snapshot.open(folder)


def open_a_text_as_a_manifest(folder: Path) -> None:
    (folder / MANIFEST).write_text(f'{{"user_pool_id": "{USERNAME}"')
    Snapshot.open(folder)


def change_journal(folder: Path, statement: str, *values: object) -> None:
    with Journal.open(folder) as journal:
        settings = Settings(
            user_pool_id=USERNAME,
            usernames="kept",
            key_id=None,
            throwaway_key_id=None,
            started_at=datetime.now(UTC),
        )
        journal.begin([GroupType(group_name="admins")], settings)
        journal.add_page(1, ["ann"], None)
    with closing(sqlite3.connect(folder / "journal.sqlite", isolation_level=None)) as database:
        database.execute(statement, values)


def read_a_damaged_username(folder: Path) -> None:
    change_journal(folder, "update memberships set username = cast(? as text)", USERNAME.encode() + b"\xff")
    with Journal.open(folder) as journal:
        list(journal.iterate_memberships())


def read_a_damaged_setting(folder: Path) -> None:
    change_journal(folder, "update settings set json = cast(? as text)", USERNAME.encode() + b"\xff")
    with Journal.open(folder) as journal:
        journal.read_settings()


def read_a_damaged_group(folder: Path) -> None:
    change_journal(folder, "update groups set group_json = ?", json.dumps({"GroupName": [USERNAME]}))
    with Journal.open(folder) as journal:
        list(journal.iterate_groups())


def update_a_damaged_group(folder: Path) -> None:
    change_journal(folder, "update groups set group_json = ?", USERNAME)
    with Journal.open(folder) as journal:
        journal.update_groups([GroupType(group_name="admins")])


def write_a_username_with_a_tab(folder: Path) -> None:
    write_tables(folder, [], [Membership(f"{USERNAME}\t", "admins")])


def audit_without_a_username(folder: Path) -> None:
    table = f"select 'admins' as group_name, 1 as \"{USERNAME}\""
    audit(replace_table(write_faulty_pool(folder), "memberships.parquet", table))


def audit_an_unknown_group(folder: Path) -> None:
    table = f"select '{USERNAME}' as username, '{USERNAME}' as group_name"
    audit(replace_table(write_faulty_pool(folder), "memberships.parquet", table))


UNFIT_BASELINE = json.dumps(
    {
        "version": USERNAME,
        "snapshot": USERNAME,
        "groups": [{"group_name": [USERNAME], "creation_date": USERNAME}],
        "findings": [{"code": 1, USERNAME: USERNAME}],
    }
)


def audit_with_another_baseline(folder: Path) -> None:
    report: dict[str, object] = {"version": 1, "snapshot": {"user_pool_id": USERNAME}}
    report |= {"groups": [], "findings": []}
    audit(write_faulty_pool(folder), baseline=parse_baseline(json.dumps(report)))


def audit_with_another_pool(folder: Path) -> None:
    audit(write_faulty_pool(folder), user_pool={"Id": USERNAME, "Arn": USERNAME})


def diff_without_a_username(folder: Path) -> None:
    table = f"select 'admins' as group_name, 1 as \"{USERNAME}\""
    snapshot = replace_table(write_faulty_pool(folder), "memberships.parquet", table)
    diff(snapshot, Edits(dropped=frozenset(["admins"])))


def parse_changed_vectors(change: Callable[[dict[str, Any]], object]) -> None:
    file = json.loads(get_resource("preferred-role").read_bytes())
    change(file)
    parse_vectors(json.dumps(file))


LEAKS: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "manifest: no JSON": (open_a_text_as_a_manifest, SnapshotError),
    "manifest: a value": (
        lambda at: open_manifest(at, lambda file: file.update(groups=USERNAME)),
        SnapshotError,
    ),
    "manifest: a key": (
        lambda at: open_manifest(at, lambda file: file["files"].update({USERNAME: TOKEN})),
        SnapshotError,
    ),
    "manifest: a mode": (
        lambda at: open_manifest(at, lambda file: file.update(usernames=USERNAME)),
        SnapshotError,
    ),
    "journal: a username": (read_a_damaged_username, SnapshotError),
    "journal: a setting": (read_a_damaged_setting, SnapshotError),
    "journal: a group": (read_a_damaged_group, SnapshotError),
    "journal: a group that is listed again": (update_a_damaged_group, SnapshotError),
    "tables: a username with a tab": (write_a_username_with_a_tab, EngineError),
    "snapshot: a column, audit": (audit_without_a_username, SnapshotError),
    "snapshot: an unknown group": (audit_an_unknown_group, SnapshotError),
    "baseline: no JSON": (lambda _: parse_baseline(USERNAME), AuditInputError),
    "baseline: values": (lambda _: parse_baseline(UNFIT_BASELINE), AuditInputError),
    "baseline: of a different pool": (audit_with_another_baseline, AuditInputError),
    "ignore list: no TOML": (lambda _: parse_ignores(f"'{USERNAME}' 1"), AuditInputError),
    "ignore list: a key twice": (lambda _: parse_ignores(f"'{USERNAME}' = 1\n" * 2), AuditInputError),
    "ignore list: a key": (lambda _: parse_ignores(f"'{USERNAME}' = 1"), AuditInputError),
    "ignore list: a code": (
        lambda _: parse_ignores(f"ignore = [{{code = '{USERNAME}', reason = '{TOKEN}'}}]"),
        AuditInputError,
    ),
    "user pool: an ID": (audit_with_another_pool, InvalidResponseError),
    "snapshot: a column, diff": (diff_without_a_username, SnapshotError),
    "relation: a cast": (
        lambda _: resolve_relation(
            f"select name::int as username, 'admins' as group_name from (values ('{USERNAME}')) as t(name)"
        ),
        EngineError,
    ),
    "relation of groups: a cast": (
        lambda at: resolve_relation_of_groups(
            at, f"select n::int as precedence, 'a' as group_name from (values ('{USERNAME}')) as t(n)"
        ),
        EngineError,
    ),
    "CSV: a line": (
        lambda at: resolve_csv(
            at, f"ann,admins\n{USERNAME},{TOKEN},admins\n", "username: 'VARCHAR', group_name: 'VARCHAR'"
        ),
        EngineError,
    ),
    "CSV: no header": (resolve_csv_without_a_header, InvalidTableError),
    "CSV of groups: no header": (
        lambda at: resolve_relation_of_groups(at, f'select 1 as "{USERNAME}", 2 as "{TOKEN}"'),
        InvalidTableError,
    ),
    "groups: a value": (
        lambda at: resolve_memberships(
            write_faulty_pool(at).memberships_file,
            [{"GroupName": "a", "RoleArn": USERNAME, "Precedence": TOKEN}],
        ),
        ValueError,
    ),
    "vectors: no JSON": (lambda _: parse_vectors(f'{{"subject": {USERNAME}'), ValueError),
    "vectors: a subject": (
        lambda _: parse_changed_vectors(lambda file: file.update(subject=USERNAME)),
        ValueError,
    ),
    "vectors: a key": (
        lambda _: parse_changed_vectors(lambda file: file["cases"][0].update({USERNAME: TOKEN})),
        ValueError,
    ),
    "vectors: a value": (
        lambda _: parse_changed_vectors(lambda file: file["cases"][0].update(id=USERNAME, rules=[TOKEN])),
        ValueError,
    ),
    "vectors: a group": (
        lambda _: parse_changed_vectors(
            lambda file: file["cases"][0]["input"].update(
                Groups=[{"GroupName": [USERNAME], "RoleArn": TOKEN}]
            )
        ),
        ValueError,
    ),
}


@pytest.mark.parametrize("name", LEAKS)
def test_an_error_holds_no_secret(name: str, tmp_path: Path) -> None:
    leak, expected = LEAKS[name]
    with pytest.raises(expected) as caught:
        leak(tmp_path)
    assert find_secrets(caught.value) == []


def test_an_error_of_spark_holds_no_secret(spark: "SparkSession", tmp_path: Path) -> None:
    table = spark.sql(f"select '{USERNAME}' as name, 'admins' as group_name").repartition(2)
    casts = table.selectExpr("cast(name as int) as username", "group_name")
    with pytest.raises(EngineError, match=r"^Spark raised ") as caught:
        resolve_memberships(casts, GROUPS)
    assert find_secrets(caught.value) == []
    with pytest.raises(Exception, match="nowhere"):  # Spark's own error, which names the file
        resolve_memberships(tmp_path / "nowhere.parquet", GROUPS, session=spark)


@pytest.mark.parametrize("response", [[], {"User": USERNAME}, {"User": {"Username": [USERNAME]}}, TOKEN])
def test_an_error_of_an_endpoint_holds_no_secret(
    response: Any, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeCognito() as fake:
        client = connect(fake.url)
        signed_in = Mock(return_value={"AuthenticationResult": response})
        monkeypatch.setattr(client, "admin_initiate_auth", signed_in)
        with pytest.raises(Exception, match="sign-in") as caught:
            run(Endpoint(client), select(["preferred-role/zero-is-best"]))
        assert find_secrets(caught.value) == []

        def refuse(**arguments: object) -> None:
            raise RuntimeError(USERNAME, TOKEN, arguments)

        monkeypatch.setattr(client, "admin_initiate_auth", refuse)
        with pytest.raises(Exception, match="RuntimeError") as caught:
            run(Endpoint(client), select(["preferred-role/zero-is-best"]))
        assert find_secrets(caught.value) == []


def test_an_error_of_a_lost_connection_stands_alone(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeCognito() as fake:
        client = connect(fake.url)
        # After the sign-in with which a run begins.
        lost = EndpointConnectionError(endpoint_url=fake.url, error=OSError(TOKEN))
        sign_in = client.admin_initiate_auth

        def lose_connection(**arguments: Any) -> Any:
            monkeypatch.setattr(client, "admin_initiate_auth", Mock(side_effect=lost))
            return sign_in(**arguments)

        monkeypatch.setattr(client, "admin_initiate_auth", lose_connection)
        with pytest.raises(EndpointError, match="Could not connect") as caught:
            run(Endpoint(client), select(["preferred-role/zero-is-best"]))
    assert find_secrets(lost)
    assert [*list_chain(caught.value)] == [caught.value]


class TestTheSearchForSecrets:
    class Model(BaseModel):
        number: int

    def test_finds_one_in_a_message(self) -> None:
        assert find_secrets(ValueError(USERNAME))

    def test_finds_one_in_an_attribute(self) -> None:
        error = ValueError()
        error.response = {"token": TOKEN}  # type: ignore[attr-defined]  # ty: ignore[unresolved-attribute]  # pyrefly: ignore[missing-attribute]
        assert find_secrets(error)

    def test_finds_one_in_a_context_that_a_traceback_leaves_out(self) -> None:
        with pytest.raises(ValueError, match="hidden") as caught:
            self.fail_with_a_context()
        assert find_secrets(caught.value)

    def fail_with_a_context(self) -> None:
        try:
            self.Model.model_validate({"number": USERNAME})
        except ValidationError:
            raise ValueError("hidden") from None


class TestAnEnginesError:
    def test_names_the_engine_and_its_error(self) -> None:
        with pytest.raises(EngineError, match="DuckDB raised ConversionException") as caught:
            resolve_relation("select n::int as username, 'a' as group_name from (values ('x')) as t(n)")
        assert (caught.value.engine, caught.value.kind) == ("DuckDB", "ConversionException")

    def test_passes_if_it_names_only_files(self, tmp_path: Path) -> None:
        with pytest.raises(duckdb.IOException, match="nowhere"):
            resolve_memberships(tmp_path / "nowhere.parquet", GROUPS)

    def test_of_another_library_passes(self) -> None:
        @hide_rows
        def fail() -> None:
            raise KeyError(USERNAME)

        with pytest.raises(KeyError):
            fail()


def list_values(folder: Path) -> Iterator[object]:
    """Yield values that name users."""
    groups = [
        group("admins", 0, "admin"),
        group("a", 1, "one"),
        group("b", 1, "two"),
        group("c", None, "c"),
    ]
    names = [USERNAME, f"{USERNAME}.2"]
    members = {name: names[: 1 + (name == "a")] for name in ("a", "b", "c")}
    snapshot = write_snapshot(folder, groups, members)
    yield snapshot
    yield from (memberships := list(snapshot.read_memberships()))
    assert {membership.username for membership in memberships} == {*names}
    audited = audit(snapshot)
    assert any(USERNAME in finding.samples for finding in audited.findings)
    yield from (audited, *audited.findings)
    edits = Edits(precedences={"b": 0, "a": None}, roles={"a": role("new")}, dropped=frozenset("c"))
    difference = diff(snapshot, edits)
    assert any(USERNAME in transition.samples for transition in difference.transitions)
    assert any(USERNAME in change.lost_samples for change in difference.roles)
    assert any(USERNAME in change.gained_samples for change in difference.roles)
    yield from (difference, *difference.transitions, *difference.roles)
    ranking = snapshot.read_groups()
    sets = iterate_user_sets(snapshot.memberships_file, ranking, policy=Policy(), samples=5)
    for users in sets:
        assert users.samples
        yield users
    sample = UserSample(5)
    sample.add(1, [USERNAME])
    yield sample
    yield UnreadGroup(1, "admins", TOKEN)


def test_a_repr_holds_no_secret(tmp_path: Path) -> None:
    folder = tmp_path / "snapshot"
    for value in list_values(folder):
        shown = f"{value!r} {value}"
        assert not [secret for secret in SECRETS if secret in shown], type(value)


def test_the_repr_of_a_membership_names_the_group() -> None:
    assert repr(Membership(USERNAME, "admins")) == "Membership(group_name='admins')"


def test_a_key_of_a_journal_is_created(tmp_path: Path) -> None:
    """The journal that the other tests damage is otherwise valid."""
    change_journal(tmp_path / UNFINISHED, "select 1")
    with Journal.open(tmp_path / UNFINISHED) as journal:
        assert list(journal.iterate_memberships()) == [Membership("ann", "admins")]
