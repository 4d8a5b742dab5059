"""`cognito-claims pool audit`, as it is typed."""

import json
from pathlib import Path

import pytest
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from typer.testing import CliRunner, Result

from cognito_claims import GroupType
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.pool import audit, build_audit_report, build_audit_sarif, render_audit_html
from tests.pool_data import POOL, group, write_faulty_pool, write_snapshot
from tests.samples import role
from tests.test_pool_audit import PROVIDER, by_token, identity_pool


def call(*arguments: object, stdin: str = "") -> Result:
    return CliRunner().invoke(app, ["pool", "audit", *map(str, arguments)], input=stdin)


class TestCommand:
    def test_prints_findings_and_fails(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        result = call(tmp_path / "s")
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        for text in (
            "no-preferred-role",
            "'billing' and 'support'",
            "1 user: cid",
            role("reader"),
            "9 users",
        ):
            assert text in result.stdout

    @pytest.mark.parametrize(
        ("fail_on", "groups", "code"),
        [
            ("error", [group("a", None, "x")], ExitCode.OK),
            ("warning", [group("a", None, "x")], ExitCode.NEGATIVE_RESULT),
            ("warning", [group("a", 1, "x")], ExitCode.OK),
            ("note", [group("a", 1, "x")], ExitCode.NEGATIVE_RESULT),
            ("note", [group("a", 1)], ExitCode.OK),
            ("never", [group(f"{POOL}_SAML", 1, "x")], ExitCode.OK),
        ],
    )
    def test_fails_by_severity(
        self, tmp_path: Path, fail_on: str, groups: list[GroupType], code: ExitCode
    ) -> None:
        write_snapshot(tmp_path / "s", groups, {})
        assert call(tmp_path / "s", "--fail-on", fail_on).exit_code == code

    def test_writes_files(self, tmp_path: Path) -> None:
        snapshot = write_faulty_pool(tmp_path / "s")
        html, sarif = tmp_path / "report.html", tmp_path / "report.sarif"
        result = call(tmp_path / "s", "--json", "--html", html, "--sarif", sarif, "--samples", 1)
        expected = audit(snapshot, samples=1)
        assert json.loads(result.stdout) == json.loads(build_audit_report(expected))
        assert html.read_text() == render_audit_html(expected, snapshot)
        assert sarif.read_text() == build_audit_sarif(expected)

    def test_looks_up_all_users_if_they_are_few(self, tmp_path: Path) -> None:
        snapshot = write_faulty_pool(tmp_path / "s")
        html = tmp_path / "report.html"
        call(tmp_path / "s", "--html", html, "--users")
        assert html.read_text() == render_audit_html(audit(snapshot), snapshot, all_users=True)
        refused = call(tmp_path / "s", "--users")
        assert (refused.exit_code, "--users requires --html" in refused.stderr) == (
            ExitCode.BAD_INPUT,
            True,
        )

    def test_refuses_to_look_up_all_users_if_they_are_many(self, tmp_path: Path) -> None:
        users = [f"u{number}" for number in range(10_001)]
        write_snapshot(tmp_path / "s", [group("staff", 1, "staff")], {"staff": users})
        refused = call(tmp_path / "s", "--html", tmp_path / "report.html", "--users")
        assert refused.exit_code == ExitCode.BAD_INPUT
        assert "at most 10,000 users, but 10,001 are in groups" in " ".join(refused.stderr.split())
        assert not (tmp_path / "report.html").exists()

    def test_reports_a_file_that_cannot_be_written(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        assert call(tmp_path / "s", "--html", tmp_path).exit_code == ExitCode.NOT_WRITTEN

    def test_takes_an_identity_pool(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        roles = tmp_path / "roles.json"
        roles.write_text(json.dumps(identity_pool(by_token("Deny"))))
        assert "identity-pool-denies" in call(tmp_path / "s", "--identity-pool", roles).stdout
        roles.write_text(json.dumps(identity_pool(by_token("Deny"), "one", "two")))
        refused = call(tmp_path / "s", "--identity-pool", roles)
        assert refused.exit_code == ExitCode.BAD_INPUT
        assert "--client-id, one of one, two" in refused.stderr
        chosen = call(tmp_path / "s", "--identity-pool", roles, "--client-id", "two")
        assert "identity-pool-denies" in chosen.stdout
        roles.write_text(json.dumps({"Roles": {"authenticated": role("authenticated")}}))
        assert "identity-pool-without-mapping" in call(tmp_path / "s", "--identity-pool", roles).stdout

    def test_refuses_a_client_without_an_identity_pool(self, tmp_path: Path) -> None:
        assert call(tmp_path, "--client-id", "x").exit_code == ExitCode.BAD_INPUT

    def test_refuses_an_identity_pool_that_is_none(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        roles = tmp_path / "roles.json"
        roles.write_text(json.dumps({"RoleMappings": {PROVIDER: {"Type": "token"}}}))
        refused = call(tmp_path / "s", "--identity-pool", roles)
        assert refused.exit_code == ExitCode.BAD_INPUT
        assert "Type" in refused.stderr

    def test_refuses_what_is_no_snapshot(self, tmp_path: Path) -> None:
        refused = call(tmp_path)
        assert refused.exit_code == ExitCode.BAD_INPUT
        assert "is not a snapshot" in refused.stderr

    def test_reports_that_nothing_was_found(self, tmp_path: Path) -> None:
        write_snapshot(tmp_path / "s", [], {})
        result = call(tmp_path / "s")
        assert result.exit_code == ExitCode.OK
        assert "0 groups: none" in result.stdout
        assert "no findings" in result.stdout

    def test_reports_findings_about_the_pool_itself(self, tmp_path: Path) -> None:
        write_snapshot(tmp_path / "s", [group(f"g{n:05}") for n in range(9_000)], {})
        assert "9,000 of 10,000 groups\n  Delete unused groups" in call(tmp_path / "s").stdout

    def test_cuts_long_lists(self, tmp_path: Path) -> None:
        groups = [group(f"g{n:02}", 1, f"role-{n:02}") for n in range(25)]
        write_snapshot(tmp_path / "s", groups, {one.group_name: ["ann"] for one in groups})
        output = call(tmp_path / "s").stdout
        assert "and 5 more roles" in output
        assert "g05 and 19 more" in output

    def test_prints_the_findings_of_a_check_together(self, tmp_path: Path) -> None:
        groups = [group(f"g{number}", number, f"r{number}") for number in range(7)]
        write_snapshot(tmp_path / "s", groups[:6], {})
        (tmp_path / "report.json").write_text(call(tmp_path / "s", "--json").stdout)
        output = call(tmp_path / "s").stdout
        assert output.count("note  empty-group") == 5
        assert output.count("Delete the group or remove its role") == 1
        assert "  groups: g4\n  and 1 more: see --json or --html\n  Delete the group" in output
        write_snapshot(tmp_path / "later", groups, {})
        known = call(tmp_path / "later", "--baseline", tmp_path / "report.json").stdout
        assert known.index("'g6' has") < known.index("'g0' has")
        assert known.count("(known)") == 4
        ignores = tmp_path / "ignore.toml"
        ignores.write_text('[[ignore]]\ncode = "empty-group"\nabout = "g1"\nreason = "x"')
        assert "more: see" not in call(tmp_path / "s", "--ignore", ignores).stdout

    def test_tells_known_and_ignored_findings_apart(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        report, ignores = tmp_path / "report.json", tmp_path / "ignore.toml"
        report.write_text(call(tmp_path / "s", "--json").stdout)
        result = call(tmp_path / "s", "--baseline", report, "--fail-on", "note")
        assert result.exit_code == ExitCode.OK
        assert "At precedence 10, users have roles, but none is preferred.  (known)" in result.stdout
        assert result.stdout.endswith("no new findings, 8 known from the baseline\n")
        ignores.write_text(
            """
            [[ignore]]
            code = "empty-group"
            reason = "For emergencies."
            [[ignore]]
            code = "many-groups"
            about = "none"
            reason = "Unused."
            [[ignore]]
            code = "outranked-role"
            reason = "Old."
            expires = 2020-01-31
            """
        )
        result = call(tmp_path / "s", "--ignore", ignores, "--baseline", report, "--fail-on", "note")
        assert result.exit_code == ExitCode.OK
        assert result.stdout.endswith(
            "ignore list: many-groups 'none' (Unused.) matches no finding\n\n"
            "ignore list: outranked-role (Old.) has expired\n\n"
            "no new findings, 7 known from the baseline, 1 ignored\n"
        )
        result = call(tmp_path / "s", "--ignore", ignores)
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert "empty-group" not in result.stdout
        assert result.stdout.endswith("3 errors, 4 warnings, 1 ignored\n")

    @pytest.mark.parametrize(
        ("option", "expected"),
        [("--baseline", "baseline: invalid JSON"), ("--ignore", "ignore list: is not TOML")],
    )
    def test_refuses_a_file_of_a_different_kind(self, tmp_path: Path, option: str, expected: str) -> None:
        write_faulty_pool(tmp_path / "s")
        (tmp_path / "file").write_text("<html>")
        refused = call(tmp_path / "s", option, tmp_path / "file")
        assert refused.exit_code == ExitCode.BAD_INPUT
        assert refused.stderr.startswith(f"error: {expected}")
        assert len(refused.stderr.splitlines()) == 1
        missing = call(tmp_path / "s", option, tmp_path / "none")
        assert missing.exit_code == ExitCode.BAD_INPUT
        assert missing.stderr.startswith(f"error: {option}: ")


class TestTheDescriptionOfThePool:
    TRIGGER = "arn:aws:lambda:eu-west-1:123456789012:function:claims"

    @pytest.mark.parametrize("query", [False, True])
    def test_is_read_from_a_file(self, tmp_path: Path, query: bool) -> None:
        write_faulty_pool(tmp_path / "s")
        pool = {"Id": POOL, "LambdaConfig": {"PreTokenGeneration": self.TRIGGER}}
        (tmp_path / "pool.json").write_text(json.dumps(pool if query else {"UserPool": pool}))
        result = call(tmp_path / "s", "--user-pool", tmp_path / "pool.json")
        assert "pre-token-generation-trigger" in result.stdout
        assert self.TRIGGER in result.stdout

    @pytest.mark.parametrize(
        ("description", "expected"),
        [
            ("[]", "error: --user-pool: DescribeUserPool: UserPool: is missing\n"),
            (
                '{"Id": "a"}',
                "error: --user-pool: DescribeUserPool: UserPool.Id: must be the ID of a user pool",
            ),
            ('{"Id": "eu-west-1_Other"}', f"error: user pool: Id: must be {POOL}, as in the snapshot"),
            ("", "error: --user-pool: not JSON"),
            (
                '{"Id": "a_b", "LambdaConfg": 1}',
                "error: --user-pool: DescribeUserPool: UserPool.LambdaConfg: is not a known",
            ),
        ],
    )
    def test_is_refused(self, tmp_path: Path, description: str, expected: str) -> None:
        write_faulty_pool(tmp_path / "s")
        (tmp_path / "pool.json").write_text(description)
        result = call(tmp_path / "s", "--user-pool", tmp_path / "pool.json")
        assert result.exit_code == ExitCode.BAD_INPUT
        assert result.stderr.startswith(expected)

    def test_is_read_from_the_service(
        self, tmp_path: Path, moto: CognitoIdentityProviderClient, moto_url: str
    ) -> None:
        pool_id = moto.create_user_pool(
            PoolName="people", LambdaConfig={"PreTokenGeneration": self.TRIGGER}
        )["UserPool"]["Id"]
        write_snapshot(tmp_path / "s", [], {}, user_pool_id=pool_id)
        result = call(tmp_path / "s", "--user-pool-id", pool_id, "--endpoint-url", moto_url)
        assert result.exit_code == ExitCode.OK, result.stderr
        assert self.TRIGGER in result.stdout
        refused = call(tmp_path / "s", "--user-pool-id", POOL, "--endpoint-url", moto_url)
        assert refused.exit_code == ExitCode.SERVICE
        assert "ResourceNotFoundException" in refused.stderr

    @pytest.mark.parametrize(
        "options",
        [("--user-pool", "file", "--user-pool-id", POOL), ("--region", "eu-west-1"), ("--profile", "x")],
    )
    def test_is_either_in_a_file_or_live(self, tmp_path: Path, options: tuple[str, ...]) -> None:
        result = call(tmp_path, *options)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "--user-pool-id" in result.stderr
