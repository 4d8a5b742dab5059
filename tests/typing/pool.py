from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal, assert_type

import duckdb
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from pyspark.sql import DataFrame, SparkSession
from types_aiobotocore_cognito_idp import CognitoIdentityProviderClient as AioClient

from cognito_claims import GroupType, Policy, Problem, UserPoolType
from cognito_claims.pool import (
    CHECKS,
    DEFAULT_RATE,
    MAX_SAMPLES,
    MIN_KEY_LENGTH,
    Audit,
    AuditInputError,
    Baseline,
    BaselineFinding,
    BulkResolution,
    Change,
    Check,
    Diff,
    Edits,
    EngineError,
    Finding,
    GroupChange,
    GroupUse,
    Ignore,
    InvalidTableError,
    Manifest,
    Membership,
    Progress,
    RoleChange,
    RoleUse,
    SettingChange,
    Severity,
    Snapshot,
    SnapshotError,
    Transition,
    UnknownGroupsError,
    audit,
    build_audit_report,
    build_audit_sarif,
    build_diff_report,
    diff,
    fetch,
    parse_baseline,
    parse_ignores,
    render_audit_html,
    render_diff_html,
    resolve_memberships,
)


def fetch_pool(client: CognitoIdentityProviderClient, aio_client: AioClient) -> Snapshot:
    def report(progress: Progress) -> None:
        assert_type(progress.memberships, int)

    snapshot = fetch(client, user_pool_id="eu-west-1_EXAMPLE", out=Path("snapshot"), on_progress=report)
    fetch(
        client,
        user_pool_id="eu-west-1_EXAMPLE",
        out="snapshot",
        key=b"sixteen bytes...",
        rate=assert_type(DEFAULT_RATE, float),
    )
    fetch(aio_client, user_pool_id="eu-west-1_EXAMPLE", out="s")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    fetch(client, user_pool_id="eu-west-1_EXAMPLE", out="s", key="text")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    return assert_type(snapshot, Snapshot)


def read_snapshot(path: str) -> None:
    try:
        snapshot = Snapshot.open(path)
    except SnapshotError as error:
        assert_type(error.path, Path)
        assert_type(error.reason, str)
        return
    assert_type(snapshot.read_groups(), tuple[GroupType, ...])
    for membership in snapshot.read_memberships():
        assert_type(membership, Membership)
        assert_type(membership.group_name, str)
    assert_type(snapshot.manifest, Manifest)
    assert_type(snapshot.manifest.changes, tuple[Change, ...])
    snapshot.path = Path("other")  # type: ignore[misc]  # ty: ignore[invalid-assignment]  # pyrefly: ignore[read-only]


def write_snapshot(groups: list[GroupType], relation: duckdb.DuckDBPyRelation, frame: DataFrame) -> None:
    assert_type(Snapshot.write("s", groups=groups, memberships=[("ann", "admins")]), Snapshot)
    Snapshot.write(Path("s"), groups=[{"GroupName": "admins"}], memberships=Path("m"), user_pool_id="x_1")
    Snapshot.write("s", groups="groups.csv", memberships=relation)
    Snapshot.write("s", groups=relation, memberships=iter([Membership("ann", "admins")]))
    Snapshot.write("s", groups=groups, memberships=frame)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    Snapshot.write("s", groups=groups, memberships=["ann"])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]


def resolve_pool(groups: list[GroupType], frame: DataFrame, spark: SparkSession) -> None:
    with resolve_memberships("members.parquet", groups) as result:
        assert_type(result, BulkResolution[duckdb.DuckDBPyRelation])
        assert_type(result.table, duckdb.DuckDBPyRelation)
        assert_type(result.users, int)
        result.write_parquet("claims.parquet")
    connection = duckdb.connect()
    assert_type(resolve_memberships("members", "groups", session=connection).table, duckdb.DuckDBPyRelation)
    assert_type(
        resolve_memberships(connection.table("members"), [{"GroupName": "admins"}]).table,
        duckdb.DuckDBPyRelation,
    )
    assert_type(resolve_memberships(frame, groups, policy=Policy(roleless="blocks")).table, DataFrame)
    assert_type(resolve_memberships("members", frame, session=spark).table, DataFrame)
    try:
        resolve_memberships(Path("members"), groups, unknown_groups="ignore")
    except UnknownGroupsError as error:
        assert_type(error.group_names, tuple[str | None, ...])
    except InvalidTableError as error:
        assert_type(error.table, str)
    except EngineError as error:
        assert_type((error.engine, error.kind), tuple[str, str])
    resolve_memberships(1, groups)  # type: ignore[call-overload]  # ty: ignore[no-matching-overload]  # pyrefly: ignore[no-matching-overload]
    resolve_memberships("members", groups, unknown_groups="drop")  # type: ignore[call-overload]  # ty: ignore[no-matching-overload]  # pyrefly: ignore[no-matching-overload]


def audit_pool(snapshot: Snapshot) -> str:
    result = audit(snapshot, identity_pool={"Type": "Token"}, samples=assert_type(MAX_SAMPLES, int))
    assert_type(result, Audit)
    assert_type(result.worst, Severity | None)
    assert_type(CHECKS[0], Check)
    for finding in result.findings:
        assert_type(finding, Finding)
        assert_type(finding.samples, tuple[str, ...])
        assert_type((finding.title, finding.reason), tuple[str, str])
        assert_type((finding.known, finding.ignored), tuple[bool | None, str | None])
        assert_type(finding.baseline_users, int | None)
        assert_type(finding.counts, bool)
    assert_type(result.unused_ignores, tuple[Ignore, ...])
    assert_type(result.expired_ignores, tuple[Ignore, ...])
    for group in result.groups:
        assert_type(group, GroupUse)
    for role in result.roles:
        assert_type(role, RoleUse)
    assert_type(MIN_KEY_LENGTH, int)
    assert_type(render_audit_html(result), str)
    assert_type(render_audit_html(result, snapshot, all_users=True), str)
    assert_type(result.account_id, str | None)
    assert_type(build_audit_sarif(result), str)
    return build_audit_report(result)


def audit_pool_again(snapshot: Snapshot, report: bytes, ignores: str, pool: UserPoolType) -> Audit | None:
    try:
        baseline = assert_type(parse_baseline(report), Baseline)
        assert_type(baseline.findings, Mapping[tuple[str, str], BaselineFinding])
        entries = assert_type(parse_ignores(ignores), tuple[Ignore, ...])
    except AuditInputError as error:
        assert_type(error.source, str)
        assert_type(error.problems, tuple[Problem, ...])
        return None
    own = Ignore(code="empty-group", about="ops", reason="For emergencies.", expires=date(2027, 1, 31))
    Ignore(code="empty-group")  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]
    audit(snapshot, baseline=report)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    audit(snapshot, user_pool={"UserPool": {"Id": "eu-west-1_EXAMPLE"}})
    audit(snapshot, identity_pool={"Type": "Token"}, roles=[{"Role": {}}], principal_tags=False)
    audit(snapshot, roles=["arn"])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    return audit(
        snapshot, user_pool=pool, baseline=baseline, ignores=[*entries, own], today=date(2026, 11, 24)
    )


def compare_pools(before: Snapshot, after: Snapshot) -> str:
    result = diff(before, Edits(precedences={"admins": 5, "staff": None}, dropped=frozenset({"beta"})))
    assert_type(result, Diff)
    assert_type(result.transitions, tuple[Transition, ...])
    assert_type(result.roles, tuple[RoleChange, ...])
    assert_type(result.regrouped_users, int)
    for group in result.groups:
        assert_type(group, GroupChange)
        assert_type(group.kind, Literal["created", "deleted", "recreated", "kept"])
        assert_type(group.settings, tuple[SettingChange, ...])
        assert_type(group.settings[0].before, str | int | None)
    Edits(precedences={"admins": "5"})  # type: ignore[dict-item]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-assignment]
    assert_type(render_diff_html(diff(before, after)), str)
    return build_diff_report(result)
