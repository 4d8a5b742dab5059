"""`cognito-claims access`, from files and from the service."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from cognito_claims.access import build_access_report, draw_access
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from tests.aws_proxy import AwsProxy
from tests.conftest import Client
from tests.samples import POOL
from tests.test_access import (
    ADMIN,
    ALL_ROLES,
    CLASSIC,
    DESCRIPTION,
    GROUPS,
    OTHER_ID,
    POOL_ID,
    SIGNED_IN,
    STAFF,
    TOKEN,
    USER_POOL,
    build_pool,
    build_role,
    evaluate,
    trust,
)

DOCUMENTED = json.loads(
    (Path(__file__).parents[1] / "docs" / "reference" / "json.md")
    .read_text()
    .partition("## `cognito-claims access`")[2]
    .split("```json\n")[1]
    .split("```")[0]
)


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["access", *arguments])


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the AWS CLI prints, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    contents: dict[str, object] = {
        "groups": {"Groups": GROUPS},
        "pool": build_pool(),
        "description": DESCRIPTION,
        "tags": {"IdentityPoolId": POOL_ID, "UseDefaults": False, "PrincipalTags": {}},
        "admin": ALL_ROLES[0],
        "roles": {"Roles": [one["Role"] for one in ALL_ROLES[1:]]},
        "user-pool": {"UserPool": {"Id": POOL}},
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    return tmp_path


GIVEN = ["--groups", "groups.json", "--identity-pool", "pool.json"]
ROLES = ["--roles", "admin.json", "--roles", "roles.json"]
ALL = [
    *(*GIVEN, *ROLES, "--description", "description.json"),
    *("--principal-tags", "tags.json", "--user-pool", "user-pool.json"),
]


@pytest.mark.usefixtures("files")
class TestFiles:
    def test_the_answer_is_that_of_the_library(self) -> None:
        result = run(*ALL)
        assert (result.exit_code, result.stderr) == (ExitCode.OK, "")
        assert result.stdout == f"{evaluate().explain()}\n"
        assert json.loads(run(*ALL, "--json").stdout) == build_access_report(evaluate())

    def test_the_json_is_as_documented(self) -> None:
        report = json.loads(run(*ALL, "--json").stdout)
        assert {**report, "rules": report["rules"][:1]} == DOCUMENTED

    def test_what_is_missing_is_unknown(self) -> None:
        result = run(*GIVEN)
        assert result.exit_code == ExitCode.OK
        assert "the trust policy of the role was not passed" in result.stdout
        assert "the description of the identity pool was not passed" in result.stdout
        without_tags = run(*GIVEN, *ROLES)
        assert "pass the principal tags of the identity pool" in without_tags.stdout
        report = json.loads(run(*GIVEN, *ROLES, "--no-principal-tags", "--json").stdout)
        assert report["role"]["trust"]["verdict"] == "yes"

    def test_a_role_that_cannot_be_assumed_is_a_negative_result(self, files: Path) -> None:
        (files / "admin.json").write_text(json.dumps(build_role(ADMIN, trust(OTHER_ID))))
        result = run(*ALL)
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert "Check assigned IAM roles for this pool" in result.stdout

    def test_a_refusal_is_a_negative_result(self, files: Path) -> None:
        tie = [{**group, "Precedence": 1} for group in GROUPS]
        (files / "groups.json").write_text(json.dumps(tie))
        result = run(*ALL)
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert result.stdout.startswith("Denied\n")
        assert json.loads(run(*ALL, "--json").stdout)["outcome"] == "denied"

    def test_a_policy_answers_what_is_open(self, files: Path) -> None:
        (files / "groups.json").write_text(
            json.dumps([{"GroupName": "staff", "UserPoolId": POOL, "RoleArn": STAFF}])
        )
        documented, observed = run(*ALL), run(*ALL, "--policy", "observed")
        assert documented.stdout.startswith(f"Handed out: {STAFF}\n")
        assert observed.stdout.startswith("Denied\n")
        for result in (documented, observed):
            assert result.exit_code == ExitCode.OK
            [line] = [one for one in result.stdout.splitlines() if "the user gets credentials" in one]
            assert "unknown: it depends on" in line
            assert "it depends on null-precedence" in line

    def test_a_diagram_is_written_to_a_file(self, files: Path) -> None:
        result = run(*ALL, "--svg", "access.svg")
        assert result.stdout == f"{evaluate().explain()}\n"
        assert (files / "access.svg").read_text() == draw_access(evaluate(), standalone=True)
        assert run(*ALL, "--svg", ".").exit_code == ExitCode.NOT_WRITTEN

    @pytest.mark.parametrize(
        "file", ["groups", "pool", "description", "tags", "admin", "roles", "user-pool"]
    )
    def test_a_diagram_does_not_replace_an_input(self, files: Path, file: str) -> None:
        before = (files / f"{file}.json").read_bytes()
        result = run(*ALL, "--svg", f"./{file}.json")
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert "is an input, which must not change" in result.stderr
        assert (files / f"{file}.json").read_bytes() == before

    @pytest.mark.parametrize("account", ["zoe@example.org", "1" * 11, "\u0661" * 12, ""])
    def test_an_account_must_have_12_digits(self, account: str) -> None:
        result = run(*ALL, "--account-id", account)
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert result.stderr == "error: --account-id: must be 12 digits\n"

    def test_the_account_and_the_identity_are_options(self, files: Path) -> None:
        assert run(*ALL, "--account-id", "9" * 12).exit_code == ExitCode.NEGATIVE_RESULT
        condition = {"StringEquals": {"cognito-identity.amazonaws.com:sub": "eu-west-1:me"}}
        (files / "admin.json").write_text(json.dumps(build_role(ADMIN, trust(Condition=condition))))
        assert run(*ALL, "--identity-id", "eu-west-1:you").exit_code == ExitCode.NEGATIVE_RESULT

    def test_the_user_pool_is_that_of_the_groups_or_of_its_description(self, files: Path) -> None:
        (files / "groups.json").write_text(json.dumps({"Groups": []}))
        refused = run(*GIVEN)
        assert (refused.exit_code, refused.stdout) == (ExitCode.BAD_INPUT, "")
        assert refused.stderr == "error: the groups do not name their user pool: pass --user-pool\n"
        assert run(*ALL).exit_code == ExitCode.NEGATIVE_RESULT
        (files / "pool.json").write_text(json.dumps(build_pool(None)))
        assert run(*GIVEN).stdout.startswith(f"Handed out: {SIGNED_IN}")

    def test_errors_of_the_groups_name_the_option(self, files: Path) -> None:
        (files / "groups.json").write_text(json.dumps({"Groups": GROUPS, "NextToken": "more"}))
        assert run(*GIVEN).stderr.startswith("error: --groups: NextToken: the list is incomplete")

    def test_the_app_client_must_be_known(self, files: Path) -> None:
        other = {"ProviderName": USER_POOL, "ClientId": "2example"}
        providers = [*DESCRIPTION["CognitoIdentityProviders"], other]
        description = {**DESCRIPTION, "CognitoIdentityProviders": providers}
        (files / "description.json").write_text(json.dumps(description))
        refused = run(*ALL)
        assert refused.exit_code == ExitCode.BAD_INPUT
        assert "--client-id, one of 1example23456789, 2example" in refused.stderr
        assert run(*ALL, "--client-id", "1example23456789").stdout.startswith(f"Handed out: {ADMIN}")
        assert run(*ALL, "--client-id", "2example").stdout.startswith(f"Handed out: {SIGNED_IN}")

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ([], "pass --groups and --identity-pool, or the options to call the service"),
            (["--groups", "groups.json"], "pass --groups and --identity-pool"),
            ([*GIVEN, "--region", "eu-west-1"], "pass files or the options to call the service, not both"),
            (["--username", "x", "--no-principal-tags"], "pass files or the options to call the service"),
            ([*ALL, "--no-principal-tags"], "pass --principal-tags or --no-principal-tags, not both"),
            (
                ["--username", "x"],
                "to call the service, also pass --user-pool-id and --identity-pool-id",
            ),
            ([*GIVEN, "--roles", "groups.json"], "GetRole: Role: is missing"),
            ([*GIVEN, "--description", "admin.json"], "DescribeIdentityPool: IdentityPoolId: is missing"),
            ([*GIVEN, "--principal-tags", "none.json"], "--principal-tags: No such file or directory"),
            ([*GIVEN, "--user-pool", "admin.json"], "DescribeUserPool: UserPool: is missing"),
            (["--groups", "groups.json", "--identity-pool", "admin.json"], "Role: is not a known key"),
        ],
    )
    def test_invalid_input_is_refused(self, arguments: list[str], error: str) -> None:
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert error in result.stderr
        assert isinstance(result.exception, SystemExit)

    def test_a_rule_on_another_claim_leaves_the_answer_unknown(self, files: Path) -> None:
        row = {"Claim": "email", "MatchType": "Equals", "Value": "a", "RoleARN": ADMIN}
        mapping = {**TOKEN, "Type": "Rules", "RulesConfiguration": {"Rules": [row]}}
        (files / "pool.json").write_text(json.dumps(build_pool(mapping)))
        result = run(*ALL)
        assert (result.exit_code, result.stderr) == (ExitCode.OK, "")
        assert result.stdout.startswith("Unknown\n  the rules use email, which does not come from groups\n")
        assert f"Other roles\n  {ADMIN}\n    custom-role: a rule about email" in result.stdout

    def test_errors_name_the_option_and_the_file(self, files: Path) -> None:
        (files / "bad.json").write_text("{nope")
        place = "not JSON: "
        for option in ("--description", "--principal-tags", "--user-pool", "--roles"):
            assert run(*GIVEN, option, "bad.json").stderr.startswith(f"error: {option}: {place}")
        assert run("--groups", "groups.json", "--identity-pool", "bad.json").stderr.startswith(
            f"error: --identity-pool: {place}"
        )
        second = run(*GIVEN, "--roles", "admin.json", "--roles", "bad.json")
        assert second.stderr.startswith(f"error: --roles (file 2): {place}")
        wrong = run(*GIVEN, "--roles", "admin.json", "--roles", "groups.json")
        assert wrong.stderr == "error: --roles (file 2): GetRole: Role: is missing\n"

    def test_a_malformed_policy_is_refused_with_the_place(self, files: Path) -> None:
        (files / "admin.json").write_text(json.dumps(build_role(ADMIN, {"Statement": [{}]})))
        result = run(*ALL)
        assert result.exit_code == ExitCode.BAD_INPUT
        place = "GetRole: roles[0].AssumeRolePolicyDocument.Statement[0].Effect"
        assert f"{place}: is missing (in {ADMIN})" in result.stderr


@pytest.mark.slow
class TestService:
    """moto implements all calls, except those for the roles and the tags of an identity pool."""

    @pytest.fixture
    def pool_id(self, moto_url: str, alices_pool: str) -> str:
        user_pool = f"cognito-idp.eu-west-1.amazonaws.com/{alices_pool}"
        created = self.connect("cognito-identity", moto_url).create_identity_pool(
            IdentityPoolName="alice",
            AllowUnauthenticatedIdentities=False,
            CognitoIdentityProviders=[{"ProviderName": user_pool, "ClientId": "1example23456789"}],
        )
        return str(created["IdentityPoolId"])

    @pytest.fixture
    def proxy(self, moto_url: str, alices_pool: str, pool_id: str) -> Iterator[AwsProxy]:
        iam = self.connect("iam", moto_url)
        for name in ("admin", "staff"):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust(pool_id)))
        provider = f"cognito-idp.eu-west-1.amazonaws.com/{alices_pool}:1example23456789"
        with AwsProxy(moto_url) as proxy:
            proxy.respond(
                "GetIdentityPoolRoles",
                {
                    "IdentityPoolId": pool_id,
                    "Roles": {"authenticated": SIGNED_IN},
                    "RoleMappings": {provider: TOKEN},
                },
            )
            proxy.refuse("GetPrincipalTagAttributeMap", "ResourceNotFoundException")
            yield proxy
        for name in ("admin", "staff"):
            iam.delete_role(RoleName=name)

    def connect(self, service: str, url: str) -> Any:
        session: Any = boto3.Session(region_name="eu-west-1")
        return session.client(service, endpoint_url=url)

    def call(self, proxy: AwsProxy, pool: str, pool_id: str, *more: str) -> Result:
        return run(
            *("--user-pool-id", pool, "--username", "alice", "--identity-pool-id", pool_id),
            *("--region", "eu-west-1", "--endpoint-url", proxy.url, *more),
        )

    def test_only_reads(self, proxy: AwsProxy, alices_pool: str, pool_id: str) -> None:
        result = self.call(proxy, alices_pool, pool_id, "--json")
        assert (result.exit_code, result.stderr) == (ExitCode.OK, "")
        report = json.loads(result.stdout)
        assert report["role"]["role_arn"] == ADMIN
        assert report["verdict"] == "yes"
        assert [(one["role_arn"], one["trust"]["verdict"]) for one in report["other_roles"]] == [
            (STAFF, "yes")
        ]
        settings = {name: report[name]["verdict"] for name in ("provider", "classic_flow", "trigger")}
        assert settings == {"provider": "yes", "classic_flow": "no", "trigger": "no"}
        assert proxy.calls == [
            "AdminListGroupsForUser",
            "GetIdentityPoolRoles",
            "DescribeIdentityPool",
            "GetPrincipalTagAttributeMap",
            "DescribeUserPool",
            "GetRole",
            "GetRole",
        ]

    def test_principal_tags_are_those_of_the_user_pool(
        self, proxy: AwsProxy, alices_pool: str, pool_id: str
    ) -> None:
        proxy.respond("GetPrincipalTagAttributeMap", {"IdentityPoolId": pool_id, "UseDefaults": True})
        result = self.call(proxy, alices_pool, pool_id)
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert "sts:TagSession" in result.stdout

    def test_a_trigger_is_named(
        self, proxy: AwsProxy, moto: Client, alices_pool: str, pool_id: str
    ) -> None:
        trigger = "arn:aws:lambda:eu-west-1:123456789012:function:claims"
        moto.update_user_pool(UserPoolId=alices_pool, LambdaConfig={"PreTokenGeneration": trigger})
        result = self.call(proxy, alices_pool, pool_id)
        moto.update_user_pool(UserPoolId=alices_pool, LambdaConfig={})
        assert f"yes: the user pool has the trigger {trigger}" in result.stdout

    @pytest.mark.parametrize("code", ["AccessDenied", "NoSuchEntity"])
    def test_a_role_that_is_refused_is_unknown(
        self, proxy: AwsProxy, alices_pool: str, pool_id: str, code: str
    ) -> None:
        proxy.refuse("GetRole", code)
        result = self.call(proxy, alices_pool, pool_id)
        assert result.exit_code == ExitCode.OK
        assert result.stderr == f"note: GetRole of {ADMIN}: {code}\nnote: GetRole of {STAFF}: {code}\n"
        assert (
            result.stdout.count("can be assumed: unknown: the trust policy of the role was not passed") == 2
        )

    def test_a_role_without_a_name_is_unknown(self, proxy: AwsProxy, moto: Client, pool_id: str) -> None:
        nameless = "arn:aws:iam::123456789012:role/"
        pool = moto.create_user_pool(PoolName="nameless")["UserPool"]["Id"]
        moto.admin_create_user(UserPoolId=pool, Username="alice")
        moto.create_group(UserPoolId=pool, GroupName="admins", Precedence=0, RoleArn=nameless)
        moto.admin_add_user_to_group(UserPoolId=pool, Username="alice", GroupName="admins")
        provider = f"cognito-idp.eu-west-1.amazonaws.com/{pool}:1example23456789"
        proxy.respond(
            "GetIdentityPoolRoles", {"IdentityPoolId": pool_id, "RoleMappings": {provider: TOKEN}}
        )
        result = self.call(proxy, pool, pool_id)
        assert f"note: GetRole of {nameless}: it ends in no name of a role" in result.stderr
        assert "can be assumed: unknown: the trust policy of the role was not passed" in result.stdout

    def test_tags_that_are_refused_are_unknown(
        self, proxy: AwsProxy, alices_pool: str, pool_id: str
    ) -> None:
        proxy.refuse("GetPrincipalTagAttributeMap", "AccessDeniedException")
        result = self.call(proxy, alices_pool, pool_id)
        assert result.exit_code == ExitCode.OK
        assert "it is not known whether the identity pool needs it" in result.stdout

    @pytest.mark.parametrize(
        "operation", ["GetRole", "GetPrincipalTagAttributeMap", "DescribeIdentityPool"]
    )
    def test_any_other_failure_is_one_of_the_service(
        self, proxy: AwsProxy, alices_pool: str, pool_id: str, operation: str
    ) -> None:
        proxy.refuse(operation, "InvalidParameterException")
        result = self.call(proxy, alices_pool, pool_id)
        assert (result.exit_code, result.stdout) == (ExitCode.SERVICE, "")
        assert "(InvalidParameterException)" in result.stderr
        assert "alice" not in result.stderr.replace(alices_pool, "")

    def test_a_response_that_does_not_fit_is_refused_with_the_place(
        self, proxy: AwsProxy, alices_pool: str, pool_id: str
    ) -> None:
        proxy.respond("DescribeIdentityPool", {"IdentityPoolId": pool_id})
        result = self.call(proxy, alices_pool, pool_id)
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert result.stderr == (
            "error: DescribeIdentityPool: AllowUnauthenticatedIdentities: is missing\n"
        )

    def test_a_role_of_a_different_account_is_not_mistaken(
        self, proxy: AwsProxy, moto: Client, pool_id: str
    ) -> None:
        """GetRole takes a name, and finds a role of this name in the account of the credentials."""
        foreign = "arn:aws:iam::999999999999:role/admin"
        pool = moto.create_user_pool(PoolName="foreign")["UserPool"]["Id"]
        moto.admin_create_user(UserPoolId=pool, Username="alice")
        moto.create_group(UserPoolId=pool, GroupName="admins", Precedence=0, RoleArn=foreign)
        moto.admin_add_user_to_group(UserPoolId=pool, Username="alice", GroupName="admins")
        provider = f"cognito-idp.eu-west-1.amazonaws.com/{pool}:1example23456789"
        proxy.respond(
            "GetIdentityPoolRoles", {"IdentityPoolId": pool_id, "RoleMappings": {provider: TOKEN}}
        )
        result = self.call(proxy, pool, pool_id, "--json")
        assert result.stderr == f"note: GetRole of {foreign}: there is only {ADMIN}\n"
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert json.loads(result.stdout)["role"]["trust"]["rules"] == ["same-account"]

    def test_the_classic_flow_offers_the_roles_of_the_groups(
        self, proxy: AwsProxy, alices_pool: str, pool_id: str
    ) -> None:
        proxy.respond("GetIdentityPoolRoles", build_pool(None, IdentityPoolId=pool_id))
        proxy.respond("DescribeIdentityPool", {**CLASSIC, "IdentityPoolId": pool_id})
        result = self.call(proxy, alices_pool, pool_id, "--client-id", "1example23456789", "--json")
        found = {
            (one["role_arn"], one["trust"]["verdict"]) for one in json.loads(result.stdout)["other_roles"]
        }
        assert found == {(ADMIN, "yes"), (STAFF, "yes"), (SIGNED_IN, "unknown")}
        assert f"note: GetRole of {SIGNED_IN}: NoSuchEntity" in result.stderr
