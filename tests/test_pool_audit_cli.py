"""`cognito-claims pool audit`, as it is typed."""

import json
from pathlib import Path

import pytest
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
        assert html.read_text() == render_audit_html(expected)
        assert sarif.read_text() == build_audit_sarif(expected)

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
        assert "identity-pool-falls-back" in call(tmp_path / "s", "--identity-pool", roles).stdout

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
