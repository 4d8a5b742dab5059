"""What an audit finds about the trust policies of roles, in Python and as it is typed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import boto3
import pytest
from typer.testing import CliRunner, Result

from cognito_claims import GroupType, InvalidResponseError
from cognito_claims.access import evaluate_trust
from cognito_claims.access.result import NOT_TRUSTED
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.pool import AuditInputError, Finding, audit
from tests.aws_proxy import AwsProxy
from tests.pool_data import group, write_snapshot
from tests.samples import role
from tests.test_access import (
    ADMIN,
    ALL_ROLES,
    CLASSIC,
    DESCRIPTION,
    OTHER_ID,
    POOL_ID,
    PROVIDER,
    SIGNED_IN,
    STAFF,
    TOKEN,
    build_pool,
    build_role,
    trust,
)

GROUPS = [group("admins", 0, "admin"), group("staff", 5, "staff"), group("crew", 6, "staff")]
MEMBERS = {"admins": ["ann"], "staff": ["ann", "bob"], "crew": ["cid"]}
AMR = {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}
AUD = {"StringEquals": {"cognito-identity.amazonaws.com:aud": POOL_ID}}
EVERYONE: dict[str, Any] = {"Principal": "*"}
"""A principal that is not evaluated."""


class Auditor:
    """Audits a pool again and again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    def audit(
        self, roles: Any = ALL_ROLES, groups: list[GroupType] | None = None, **options: Any
    ) -> dict[str, list[Finding]]:
        """Return the findings by code."""
        self._number += 1
        snapshot = write_snapshot(self._folder / str(self._number), groups or GROUPS, MEMBERS)
        given: dict[str, Any] = {
            "identity_pool": build_pool(),
            "provider": PROVIDER,
            "description": DESCRIPTION,
            "principal_tags": False,
        }
        found: dict[str, list[Finding]] = {}
        for one in audit(snapshot, roles=roles, **given | options).findings:
            found.setdefault(one.check.code, []).append(one)
        return found


@pytest.fixture
def auditor(tmp_path: Path) -> Auditor:
    return Auditor(tmp_path)


def replace_role(*roles: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all roles, of which some are replaced."""
    by_arn = {one["Role"]["Arn"]: one for one in (*ALL_ROLES, *roles)}
    return [*by_arn.values()]


CODES = {
    "user-pool-not-accepted",
    "role-not-assumable",
    "role-trusts-any-identity-pool",
    "role-trusts-guests",
    "classic-flow-without-mapping",
    "access-not-evaluated",
}


class TestARoleThatCannotBeAssumed:
    def test_is_found_with_the_condition_and_the_error_of_aws(self, auditor: Auditor) -> None:
        [found] = auditor.audit(replace_role(build_role(STAFF, trust(OTHER_ID))))["role-not-assumable"]
        assert (found.about, found.groups) == (STAFF, ("crew", "staff"))
        assert found.title == f"The identity pool cannot assume {STAFF}."
        assert f"aud must be {OTHER_ID}, which is not the ID of this identity pool" in found.reason
        assert (
            "Invalid identity pool configuration. Check assigned IAM roles for this pool." in found.reason
        )
        assert found.reason.endswith(NOT_TRUSTED)

    def test_counts_the_users_to_whom_it_is_assigned(self, auditor: Auditor) -> None:
        [staff] = auditor.audit(replace_role(build_role(STAFF, trust(OTHER_ID))))["role-not-assumable"]
        assert (staff.users, staff.samples) == (2, ("bob", "cid"))  # ann is assigned that of the admins

    def test_may_be_assigned_to_nobody(self, auditor: Auditor) -> None:
        [found] = auditor.audit(replace_role(build_role(SIGNED_IN, trust(OTHER_ID))))["role-not-assumable"]
        assert (found.about, found.groups, found.users) == (SIGNED_IN, (), 0)

    def test_may_be_that_of_a_rule(self, auditor: Auditor) -> None:
        legal = role("legal")
        row = {"Claim": "cognito:groups", "MatchType": "Equals", "Value": "crew", "RoleARN": legal}
        mapping = {**TOKEN, "Type": "Rules", "RulesConfiguration": {"Rules": [row]}}
        roles = [*ALL_ROLES, build_role(legal, trust(OTHER_ID))]
        [found] = auditor.audit(roles, identity_pool=build_pool(mapping))["role-not-assumable"]
        assert (found.about, found.samples) == (legal, ("cid",))

    def test_counts_nobody_whose_role_depends_on_other_claims(self, auditor: Auditor) -> None:
        row = {"Claim": "email", "MatchType": "Equals", "Value": "a", "RoleARN": ADMIN}
        mapping = {**TOKEN, "Type": "Rules", "RulesConfiguration": {"Rules": [row]}}
        roles = replace_role(build_role(ADMIN, trust(OTHER_ID)))
        found = auditor.audit(roles, identity_pool=build_pool(mapping))
        assert found["role-not-assumable"][0].users == 0
        assert found["identity-pool-needs-claims"]

    def test_may_belong_to_a_different_account(self, auditor: Auditor) -> None:
        found = auditor.audit(account_id="9" * 12)["role-not-assumable"]
        assert {one.about for one in found} == {ADMIN, STAFF, SIGNED_IN}
        assert not any(NOT_TRUSTED in one.reason for one in found)

    def test_of_a_different_account_may_trust_others(self, auditor: Auditor) -> None:
        roles = replace_role(build_role(ADMIN, trust(Condition=AMR)))
        found = auditor.audit(roles, account_id="9" * 12)
        [one] = found["role-trusts-any-identity-pool"]
        assert (one.about, one.groups) == (ADMIN, ("admins",))

    def test_is_not_found_where_the_trust_is_complete(self, auditor: Auditor) -> None:
        assert not CODES & auditor.audit().keys()

    def test_may_lack_what_principal_tags_require(self, auditor: Auditor) -> None:
        found = auditor.audit(principal_tags=True)["role-not-assumable"]
        assert all("sts:TagSession" in one.reason for one in found)


class TestAUserPoolThatIsNotAccepted:
    NOBODY: ClassVar[dict[str, Any]] = {**DESCRIPTION, "CognitoIdentityProviders": []}

    @pytest.mark.parametrize("roles", [ALL_ROLES, None])
    def test_is_one_finding_about_all_users(self, auditor: Auditor, roles: Any) -> None:
        [found] = auditor.audit(roles, description=self.NOBODY)["user-pool-not-accepted"]
        assert found.reason == "it accepts no user pool"
        assert (found.users, found.samples) == (3, ("ann", "bob", "cid"))

    def test_may_be_accepted_with_a_different_app_client(self, auditor: Auditor) -> None:
        found = auditor.audit(provider=f"{PROVIDER}x")
        assert found["user-pool-not-accepted"][0].reason == f"it accepts only {PROVIDER}"

    def test_is_not_found_where_it_is_accepted_or_unknown(self, auditor: Auditor) -> None:
        for description in (DESCRIPTION, None):
            assert "user-pool-not-accepted" not in auditor.audit(description=description)

    def test_is_that_of_the_snapshot_without_a_provider(self, auditor: Auditor) -> None:
        pool = build_pool(None)
        for description, is_found in ((DESCRIPTION, False), (self.NOBODY, True)):
            found = auditor.audit(identity_pool=pool, provider=None, description=description)
            assert ("user-pool-not-accepted" in found) is is_found


class TestARoleThatTrustsOthers:
    def test_may_trust_every_identity_pool(self, auditor: Auditor) -> None:
        found = auditor.audit(replace_role(build_role(ADMIN, trust(Condition=AMR))))
        [one] = found["role-trusts-any-identity-pool"]
        assert (one.about, one.groups) == (ADMIN, ("admins",))
        assert not {"role-not-assumable", "role-trusts-guests"} & found.keys()

    @pytest.mark.parametrize(
        ("description", "expected"),
        [
            (DESCRIPTION, "the identity pool does not allow guests"),
            ({**DESCRIPTION, "AllowUnauthenticatedIdentities": True}, "the identity pool allows guests"),
            (None, "the description of the identity pool, which was not passed"),
        ],
    )
    def test_may_trust_guests(self, auditor: Auditor, description: Any, expected: str) -> None:
        found = auditor.audit(
            replace_role(build_role(SIGNED_IN, trust(Condition=AUD))), description=description
        )
        [one] = found["role-trusts-guests"]
        assert (one.about, one.groups) == (SIGNED_IN, ())
        assert expected in one.reason
        assert not {"role-not-assumable", "role-trusts-any-identity-pool"} & found.keys()


class TestTheClassicFlow:
    @pytest.mark.parametrize("roles", [ALL_ROLES, None])
    def test_is_found_without_a_mapping(self, auditor: Auditor, roles: Any) -> None:
        found = auditor.audit(roles, identity_pool=build_pool(None), description=CLASSIC)
        [one] = found["classic-flow-without-mapping"]
        assert one.groups == ("admins", "crew", "staff")
        trusting, unknown = (3, 0) if roles else (0, 3)
        assert f"of 3 known roles, {trusting} trust it and {unknown} are not evaluated" in one.reason
        assert "access-not-evaluated" not in found

    def test_lists_the_groups_whose_roles_trust_it(self, auditor: Auditor) -> None:
        roles = replace_role(build_role(ADMIN, trust(OTHER_ID)))
        [one] = auditor.audit(roles, identity_pool=build_pool(None), description=CLASSIC)[
            "classic-flow-without-mapping"
        ]
        assert one.groups == ("crew", "staff")

    @pytest.mark.parametrize(
        ("mapping", "description"), [(TOKEN, CLASSIC), (None, DESCRIPTION), (None, None)]
    )
    def test_is_not_found_where_it_is_refused_or_unknown(
        self, auditor: Auditor, mapping: Any, description: Any
    ) -> None:
        found = auditor.audit(identity_pool=build_pool(mapping), description=description)
        assert "classic-flow-without-mapping" not in found

    def test_is_found_even_if_no_known_role_trusts_it(self, auditor: Auditor) -> None:
        roles = [build_role(arn, trust(OTHER_ID)) for arn in (ADMIN, STAFF, SIGNED_IN)]
        [one] = auditor.audit(roles, identity_pool=build_pool(None), description=CLASSIC)[
            "classic-flow-without-mapping"
        ]
        assert one.reason.endswith("of 3 known roles, 0 trust it and 0 are not evaluated")
        assert one.groups == ()

    def test_includes_roles_of_no_group(self, auditor: Auditor) -> None:
        groups = [group("admins", 0), group("staff"), group("crew")]
        emergency = role("break-glass")
        pool: dict[str, Any] = {**build_pool(None), "Roles": {}}
        [one] = auditor.audit([build_role(emergency)], groups, identity_pool=pool, description=CLASSIC)[
            "classic-flow-without-mapping"
        ]
        assert one.reason.endswith(f"1 trust it and 0 are not evaluated: {emergency!r}")
        assert one.groups == ()


class TestWhatIsNotEvaluated:
    def test_is_one_note_with_counts(self, auditor: Auditor) -> None:
        found = auditor.audit([build_role(ADMIN, trust(**EVERYONE))])
        [note] = found.pop("access-not-evaluated")
        assert note.reason.startswith(f"3 of 3 roles, {ADMIN!r}, {STAFF!r} and {SIGNED_IN!r}: ")
        assert "the trust policy of the role was not passed (2); Statement[0]: the principal" in note.reason
        assert note.groups == ("admins", "crew", "staff")
        assert not CODES & found.keys()

    def test_names_what_principal_tags_would_decide(self, auditor: Auditor) -> None:
        [note] = auditor.audit(principal_tags=None)["access-not-evaluated"]
        assert note.reason.endswith("pass the principal tags of the identity pool (3)")

    def test_includes_the_classic_flow(self, auditor: Auditor) -> None:
        [note] = auditor.audit(identity_pool=build_pool(None), description=None)["access-not-evaluated"]
        assert note.reason == "the classic flow: the description of the identity pool was not passed"
        assert note.groups == ()

    def test_lists_the_most_frequent_reasons(self, auditor: Auditor) -> None:
        keys = [f"aws:{'k' * length}" for length in range(1, 8)]
        conditions: list[Any] = [{"StringEquals": {key: "x"}} for key in keys]
        roles = [
            build_role(role(key[4:]), trust(Condition=one))
            for key, one in zip(keys, conditions, strict=True)
        ]
        groups = [group(key[4:], place, key[4:]) for place, key in enumerate(keys)]
        groups += [group(name) for name in MEMBERS]
        [note] = auditor.audit(roles, groups)["access-not-evaluated"]
        assert note.reason.endswith("; 3 more reasons")
        assert note.reason.startswith("8 of 8 roles, ")

    def test_needs_no_roles_if_only_the_classic_flow_is_asked_for(self, auditor: Auditor) -> None:
        assert not CODES & auditor.audit(None).keys()


class TestInput:
    @pytest.mark.parametrize("identity_pool", [None, TOKEN])
    @pytest.mark.parametrize("options", [{"roles": ALL_ROLES}, {"description": DESCRIPTION}])
    def test_requires_the_response_about_the_identity_pool(
        self, tmp_path: Path, identity_pool: Any, options: Any
    ) -> None:
        snapshot = write_snapshot(tmp_path / "s", GROUPS, MEMBERS)
        with pytest.raises(AuditInputError, match="identity pool: pass the response of") as caught:
            audit(snapshot, identity_pool=identity_pool, **options)
        assert caught.value.source == "identity pool"

    def test_requires_responses_of_one_identity_pool(self, auditor: Auditor) -> None:
        with pytest.raises(InvalidResponseError, match="DescribeIdentityPool: IdentityPoolId: must be"):
            auditor.audit(description={**DESCRIPTION, "IdentityPoolId": OTHER_ID})

    def test_requires_the_principal_tags_of_the_user_pool(self, auditor: Auditor) -> None:
        tags = {"IdentityProviderName": "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_OTHER"}
        with pytest.raises(InvalidResponseError, match="IdentityProviderName: must be cognito-idp"):
            auditor.audit(principal_tags=tags)

    def test_a_malformed_policy_is_refused_with_the_place(self, auditor: Auditor) -> None:
        with pytest.raises(InvalidResponseError, match=r"roles\[0\].*Statement\[0\]\.Effect"):
            auditor.audit([build_role(ADMIN, {"Statement": [{}]})])

    def test_a_role_is_evaluated_once_however_many_groups_have_it(
        self, auditor: Auditor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls: list[object] = []

        def count(policy: Any, **arguments: Any) -> Any:
            calls.append(policy)
            return evaluate_trust(policy, **arguments)

        monkeypatch.setattr("cognito_claims.access.facts.evaluate_trust", count)
        auditor.audit()
        assert len(calls) == len(ALL_ROLES)


def call(*arguments: object) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["pool", "audit", *map(str, arguments)])


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a snapshot and what the AWS CLI prints, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    write_snapshot(tmp_path / "snapshot", GROUPS, MEMBERS)
    admin = build_role(ADMIN, trust(OTHER_ID))
    contents: dict[str, object] = {
        "pool": build_pool(),
        "description": DESCRIPTION,
        "tags": {"IdentityPoolId": POOL_ID, "UseDefaults": False, "PrincipalTags": {}},
        "admin": admin,
        "roles": {"Roles": [one["Role"] for one in ALL_ROLES[1:]]},
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    return tmp_path


GIVEN = ["snapshot", "--identity-pool", "pool.json", "--description", "description.json"]
ROLES = ["--iam", "admin.json", "--iam", "roles.json"]


@pytest.mark.usefixtures("files")
class TestFiles:
    def test_are_what_the_aws_cli_prints(self) -> None:
        result = call(*GIVEN, *ROLES, "--principal-tags", "tags.json")
        assert (result.exit_code, result.stderr) == (ExitCode.NEGATIVE_RESULT, "")
        assert f"error  role-not-assumable  The identity pool cannot assume {ADMIN}." in result.stdout
        assert "Check assigned IAM roles for this pool." in result.stdout
        assert "access-not-evaluated" not in result.stdout

    def test_principal_tags_may_be_ruled_out(self) -> None:
        assert "principal tags" in call(*GIVEN, *ROLES).stdout
        assert "principal tags" not in call(*GIVEN, *ROLES, "--no-principal-tags").stdout

    def test_findings_are_in_json_and_sarif(self, files: Path) -> None:
        result = call(*GIVEN, *ROLES, "--no-principal-tags", "--json", "--sarif", "out.sarif")
        [finding] = [one for one in json.loads(result.stdout)["findings"] if one["severity"] == "error"]
        assert (finding["code"], finding["about"]) == ("role-not-assumable", ADMIN)
        sarif = json.loads((files / "out.sarif").read_text())
        ids = [one["ruleId"] for one in sarif["runs"][0]["results"]]
        assert "role-not-assumable" in ids

    def test_the_app_client_must_be_known(self, files: Path) -> None:
        [first] = DESCRIPTION["CognitoIdentityProviders"]
        both = [first, {**first, "ClientId": "2example"}]
        (files / "description.json").write_text(
            json.dumps({**DESCRIPTION, "CognitoIdentityProviders": both})
        )
        refused = call(*GIVEN)
        assert refused.exit_code == ExitCode.BAD_INPUT
        assert "pass --client-id, one of 1example23456789, 2example" in refused.stderr

    def test_the_account_is_an_option(self) -> None:
        result = call(*GIVEN, *ROLES, "--no-principal-tags", "--account-id", "9" * 12)
        assert result.stdout.count("error  role-not-assumable") == 3

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            (["--iam", "admin.json"], "--iam requires --identity-pool, or --identity-pool-id to call"),
            (["--iam", "live"], "--iam requires --identity-pool, or --identity-pool-id to call"),
            (["--account-id", "9" * 12], "--account-id requires --identity-pool"),
            (["--description", "description.json"], "--description requires --identity-pool"),
            (["--principal-tags", "tags.json"], "--principal-tags requires --identity-pool"),
            (["--identity-pool-id", POOL_ID, "--no-principal-tags"], "--no-principal-tags requires"),
            ([*GIVEN[1:], "--identity-pool-id", POOL_ID], "only one of --identity-pool and"),
            ([*GIVEN[1:], "--iam", "live", "--iam", "admin.json"], "--iam: pass files or live, not both"),
            ([*GIVEN[1:], "--iam", "tags.json"], "GetRole: Role: is missing"),
            ([*GIVEN[1:], "--iam", "none.json"], "--iam: No such file or directory"),
            (
                [*GIVEN[1:], "--principal-tags", "tags.json", "--no-principal-tags"],
                "pass --principal-tags or --no-principal-tags, not both",
            ),
            (
                [*GIVEN[1:], "--region", "eu-west-1"],
                "require --user-pool-id, --identity-pool-id or --iam live",
            ),
            ([*GIVEN[1:], *ROLES, "--html", "admin.json"], "is an input, which must not change"),
        ],
    )
    def test_what_is_missing_is_named(self, arguments: list[str], error: str) -> None:
        result = call("snapshot", *arguments)
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert error in result.stderr


def connect(service: str, url: str) -> Any:
    session: Any = boto3.Session(region_name="eu-west-1")
    return session.client(service, endpoint_url=url)


@pytest.mark.slow
class TestService:
    """moto implements GetRole and DescribeIdentityPool."""

    @pytest.fixture
    def iam(self, moto_url: str) -> Iterator[Any]:
        iam = connect("iam", moto_url)
        iam.create_role(RoleName="admin", AssumeRolePolicyDocument=json.dumps(trust(OTHER_ID)))
        iam.create_role(RoleName="staff", AssumeRolePolicyDocument=json.dumps(trust()))
        yield iam
        for name in ("admin", "staff"):
            iam.delete_role(RoleName=name)

    @pytest.mark.usefixtures("files", "iam")
    def test_get_role_is_called_for_each_role_once(self, moto_url: str) -> None:
        with AwsProxy(moto_url) as proxy:
            result = call(
                *(*GIVEN, "--no-principal-tags", "--iam", "live", "--region", "eu-west-1"),
                *("--endpoint-url", proxy.url, "--json"),
            )
        assert proxy.calls == ["GetRole"] * 3
        assert result.stderr == f"note: GetRole of {SIGNED_IN}: NoSuchEntity\n"
        found = {one["code"]: one for one in json.loads(result.stdout)["findings"]}
        assert found["role-not-assumable"]["about"] == ADMIN
        assert found["role-not-assumable"]["samples"] == ["ann"]
        assert found["access-not-evaluated"]["reason"].startswith(f"1 of 3 roles, {SIGNED_IN!r}: ")

    @pytest.mark.usefixtures("files", "iam")
    def test_all_about_the_identity_pool_may_come_from_the_service(self, moto_url: str) -> None:
        created = connect("cognito-identity", moto_url).create_identity_pool(
            IdentityPoolName="people", AllowUnauthenticatedIdentities=True, AllowClassicFlow=True
        )
        pool_id = str(created["IdentityPoolId"])
        with AwsProxy(moto_url) as proxy:
            proxy.respond("GetIdentityPoolRoles", {"IdentityPoolId": pool_id})
            proxy.refuse("GetPrincipalTagAttributeMap", "ResourceNotFoundException")
            result = call(
                *("snapshot", "--identity-pool-id", pool_id, "--iam", "live"),
                *("--endpoint-url", proxy.url, "--json"),
            )
        assert proxy.calls == [
            "GetIdentityPoolRoles",
            "DescribeIdentityPool",
            "GetPrincipalTagAttributeMap",
            "GetRole",
            "GetRole",
        ]
        found = [
            one["about"]
            for one in json.loads(result.stdout)["findings"]
            if one["code"] == "role-not-assumable"
        ]
        assert found == [ADMIN, STAFF]

    @pytest.mark.usefixtures("files")
    @pytest.mark.parametrize("code", ["AccessDenied", "NoSuchEntity"])
    def test_roles_that_are_refused_are_one_note(self, moto_url: str, code: str) -> None:
        with AwsProxy(moto_url) as proxy:
            proxy.refuse("GetRole", code)
            result = call(*GIVEN, "--iam", "live", "--endpoint-url", proxy.url, "--region", "eu-west-1")
        assert result.exit_code == ExitCode.OK
        assert result.stderr.count("note: GetRole of ") == 3
        assert result.stdout.count("access-not-evaluated") == 1
        assert "the trust policy of the role was not passed (3)" in result.stdout

    @pytest.mark.usefixtures("files")
    def test_any_other_failure_is_one_of_the_service(self, moto_url: str) -> None:
        with AwsProxy(moto_url) as proxy:
            proxy.refuse("GetRole", "InvalidInput")
            result = call(*GIVEN, "--iam", "live", "--endpoint-url", proxy.url, "--region", "eu-west-1")
        assert (result.exit_code, result.stdout) == (ExitCode.SERVICE, "")
