"""`cognito-claims conform`: its formats, its options, and its runs against AWS."""

import json
import os
import pty
import subprocess
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.cli.conform import summarize_answers
from cognito_claims.client.rate_limiter import RateLimiter
from cognito_claims.conformance import load
from cognito_claims.conformance.endpoint import BYSTANDERS, CALLS
from cognito_claims.conformance.runner import CONTROL, select
from cognito_claims.conformance.scorecard import ObservedAnswer
from tests.broken_rules import BREAKS
from tests.conform.commands import COMMAND, TIE, WINNER, call
from tests.fake_cognito import FakeCognito, RefusedError, encode_unsigned


class TestReports:
    @pytest.fixture
    def broken(self, fake: FakeCognito) -> str:
        """The URL of an endpoint that prefers the first role of a tie, and refuses commas."""
        fake.adapter = BREAKS["tie-differing-roles"]()

        def create_group(body: dict[str, Any]) -> dict[str, Any]:
            if "," in body["GroupName"]:
                raise RefusedError(400, "InvalidParameterException")
            return fake.respond_correctly("CreateGroup", body)

        fake.instead["CreateGroup"] = create_group
        return fake.url

    WANTED = ("--select", WINNER, "--select", TIE, "--select", "groups-claim/comma-in-a-name")

    def test_text(self, broken: str) -> None:
        result = call("--endpoint-url", broken, *self.WANTED)
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert result.stderr == ""
        lines = result.stdout.splitlines()
        assert lines[0] == f"FAIL  {TIE}"
        assert "  rules: tie-differing-roles" in lines
        assert '  expected: {"id_token": {}, "decided_by": ["admins", "staff"]}' in lines
        assert (
            '  got:      {"id_token": {"cognito:preferred_role": "arn:aws:iam::123456789012:role/admin"}, '
            '"access_token": {}}' in lines
        )
        assert "ERROR  groups-claim/comma-in-a-name" in lines
        assert any(
            line.split() == ["tie-differing-roles", "documented", "0", "1", "0", "0"] for line in lines
        )
        assert any(line.split() == ["lowest-wins", "documented", "1", "0", "0", "0"] for line in lines)
        assert lines[-2] == "1 pass, 1 fail, 0 not-emitted, 1 error"
        broken_rules = "tie-differing-roles, request-accepted"
        assert lines[-1] == f"broken, the most likely cause first: {broken_rules}"

    def test_json(self, broken: str) -> None:
        result = call("--endpoint-url", broken, *self.WANTED, "--format", "json")
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        report = json.loads(result.stdout)
        assert (report["version"], report["vectors"], report["endpoint"]) == (1, 1, broken)
        assert not report["passed"]
        assert report["counts"] == {"pass": 1, "fail": 1, "not-emitted": 0, "error": 1}
        assert report["release"] == load()[0].release
        tie = {"rule": "tie-differing-roles", "basis": "documented"}
        assert {**tie, "pass": 0, "fail": 1, "not-emitted": 0, "error": 0} in report["rules"]
        assert report["blamed"] == ["tie-differing-roles", "request-accepted"]
        assert [case["verdict"] for case in report["cases"]] == ["pass", "fail", "error"]
        assert report["cases"][1]["expected"] == [{"id_token": {}, "decided_by": ["admins", "staff"]}]

    def test_junit(self, broken: str, tmp_path: Path) -> None:
        file = tmp_path / "junit.xml"
        call("--endpoint-url", broken, *self.WANTED, "--junit", str(file))
        suites = ET.parse(file).getroot()
        assert suites.attrib == {"tests": "3", "failures": "1", "errors": "1"}
        assert [suite.attrib["name"] for suite in suites] == ["preferred-role", "groups-claim"]
        found = {
            test.attrib["name"]: [(child.tag, child.text) for child in test]
            for test in suites.iter("testcase")
        }
        assert found[WINNER] == []
        [(tag, text)] = found[TIE]
        assert tag == "failure"
        assert "expected" in str(text)
        assert "role/admin" in str(text)
        [(tag, _)] = found["groups-claim/comma-in-a-name"]
        assert tag == "error"

    def test_junit_on_stdout(self, broken: str, tmp_path: Path) -> None:
        file = tmp_path / "junit.xml"
        arguments = ("--endpoint-url", broken, *self.WANTED, "--junit", str(file), "--format", "junit")
        assert call(*arguments).stdout == file.read_text()

    def test_markdown(self, broken: str) -> None:
        lines = call("--endpoint-url", broken, *self.WANTED, "--format", "markdown").stdout.splitlines()
        assert lines[0] == "## Amazon Cognito group claims: 1 pass, 1 fail, 1 error"
        assert "| `tie-differing-roles` | documented | 0 | 1 | 0 | 0 |" in lines
        reason = "the best groups name different roles, but a role is preferred"
        assert f"| `{TIE}` | fail | `tie-differing-roles` | {reason} |" in lines
        assert lines[-1].startswith("| `groups-claim/comma-in-a-name` | error | `request-accepted` | ")

    def test_markdown_without_failures(self, fake: FakeCognito) -> None:
        arguments = ("--endpoint-url", fake.url, "--select", WINNER, "--format", "markdown")
        assert "| case |" not in call(*arguments).stdout

    def test_evidence(self, fake: FakeCognito, tmp_path: Path) -> None:
        broken = type("Broken", (BREAKS["roleless-ignored"], BREAKS["no-groups"]), {})
        fake.adapter = broken()
        file = tmp_path / "evidence.json"
        wanted = ("--select", "no-groups", "--select", "only-role", "--select", "roleless-ignored")
        call("--endpoint-url", fake.url, *wanted, "--evidence", str(file))
        evidence = json.loads(file.read_text())
        assert date.fromisoformat(evidence["date"]) > date(2026, 1, 1)
        assert evidence["service"] == fake.url
        assert evidence["region"] == "eu-west-1"
        assert evidence["questions"] == {"null-precedence": "by default", "roleless-at-best": "differently"}
        [lone] = [
            case
            for case in evidence["cases"]
            if case["case"] == "preferred-role/only-role-without-precedence"
        ]
        assert lone["open"] == ["null-precedence"]
        assert lone["differs_on"] == []
        assert lone["got"]["id_token"] == {"cognito:preferred_role": "arn:aws:iam::123456789012:role/staff"}
        assert [case["case"] for case in evidence["contradicted"]] == ["groups-claim/no-groups"]
        assert "eu-west-1_Fake" not in file.read_text()

    def test_a_wrong_answer_answers_no_question(self, fake: FakeCognito, tmp_path: Path) -> None:
        token = encode_unsigned({"cognito:preferred_role": "arn:aws:iam::123456789012:role/another"})
        fake.instead["AdminInitiateAuth"] = lambda _: {
            "AuthenticationResult": {"IdToken": token, "AccessToken": token}
        }
        file = tmp_path / "evidence.json"
        lone = "preferred-role/only-role-without-precedence"
        call("--endpoint-url", fake.url, "--select", lone, "--evidence", str(file))
        evidence = json.loads(file.read_text())
        assert (evidence["questions"], evidence["cases"]) == ({}, [])
        assert [case["case"] for case in evidence["contradicted"]] == [lone]

    def test_what_is_not_emitted_fails_in_junit(self, fake: FakeCognito, tmp_path: Path) -> None:
        fake.instead["AdminInitiateAuth"] = lambda _: {
            "AuthenticationResult": {"IdToken": encode_unsigned({}), "AccessToken": encode_unsigned({})}
        }
        file = tmp_path / "junit.xml"
        call("--endpoint-url", fake.url, "--select", WINNER, "--junit", str(file))
        suites = ET.parse(file).getroot()
        assert suites.attrib == {"tests": "1", "failures": "1", "errors": "0"}
        assert [failure.attrib["type"] for failure in suites.iter("failure")] == ["not-emitted"]

    def test_a_file_that_cannot_be_written_is_reported_after_the_result(
        self, fake: FakeCognito, tmp_path: Path
    ) -> None:
        file = tmp_path / "no such folder" / "junit.xml"
        result = call("--endpoint-url", fake.url, "--select", WINNER, "--junit", str(file))
        assert result.exit_code == ExitCode.NOT_WRITTEN
        assert "1 pass" in result.stdout
        assert f"{file}: No such file or directory" in result.stderr


class TestCommandLine:
    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            ([], "--endpoint-url"),
            (["--endpoint-url", "http://127.0.0.1:1", "--aws"], "--endpoint-url"),
            (["--endpoint-url", "https://cognito-idp.eu-west-1.amazonaws.com"], "--aws"),
            (["--endpoint-url", "http://127.0.0.1:1", "--select", "no-such-rule"], "no-such-rule"),
            (["--endpoint-url", "http://127.0.0.1:1", "--select", "events"], "events"),
            (["--endpoint-url", "http://127.0.0.1:1", "--rate", "0"], "--rate"),
            (["--endpoint-url", "not a URL"], "not a URL"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, arguments: list[str], reason: str) -> None:
        result = call(*arguments)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert reason in result.stderr

    def test_selects_by_case_subject_or_rule(self) -> None:
        assert select([WINNER]) == (WINNER,)
        assert {case.partition("/")[0] for case in select(["roles-claim"])} == {"roles-claim"}
        of_rule = {case.id for one in load() for case in one.cases if "lowest-wins" in case.rules}
        assert {*select(["lowest-wins"])} == of_rule
        assert {*select([TIE, "lowest-wins"])} == of_rule | {TIE}
        assert CONTROL in select()

    def test_plan_lists_what_is_created_without_calls(self) -> None:
        result = call("--plan", "--select", "paging", "--select", WINNER)
        assert result.exit_code == ExitCode.OK
        lines = [line.strip() for line in result.stdout.splitlines()]
        assert lines[0].startswith("21 cases in 2 user pools, ")
        assert "0 to 100 groups for each user; cases share equal groups" in lines
        assert [line for line in lines if line.startswith("cognito-idp:")] == [
            f"cognito-idp:{call}" for call in CALLS
        ]
        assert "arn:aws:iam::123456789012:role/staff" in lines
        assert BYSTANDERS.role_arn in lines

    def test_uses_the_credentials_of_the_environment_or_placeholders(
        self, fake: FakeCognito, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        assert call("--endpoint-url", fake.url, "--select", WINNER).exit_code == ExitCode.OK
        assert "Credential=conform/" in fake.authorization
        assert "/eu-west-1/" in fake.authorization
        monkeypatch.setenv("AWS_REGION", "eu-west-2")  # which boto3 ignores
        assert call("--endpoint-url", fake.url, "--select", WINNER).exit_code == ExitCode.OK
        assert "/eu-west-1/" in fake.authorization
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-environment")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-environment")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
        assert call("--endpoint-url", fake.url, "--select", WINNER).exit_code == ExitCode.OK
        assert "Credential=of-the-environment/" in fake.authorization
        assert "/eu-north-1/" in fake.authorization
        given = call("--endpoint-url", fake.url, "--select", WINNER, "--region", "eu-west-3")
        assert given.exit_code == ExitCode.OK
        assert "/eu-west-3/" in fake.authorization

    def test_an_unknown_profile_is_reported(self) -> None:
        result = call("--endpoint-url", "http://127.0.0.1:1", "--profile", "nobody")
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "nobody" in result.stderr

    def test_keeps_to_a_rate(self, fake: FakeCognito, monkeypatch: pytest.MonkeyPatch) -> None:
        slept: list[float] = []
        slow = partial(RateLimiter, wait=slept.append, clock=lambda: sum(slept))
        monkeypatch.setattr("cognito_claims.cli.conform.RateLimiter", slow)
        assert call("--endpoint-url", fake.url, "--select", WINNER, "--rate", "4").exit_code == ExitCode.OK
        assert slept == [0.0, *[pytest.approx(0.25)] * (len(fake.calls) - 1)]

    def test_shows_progress_where_colours_are_forced(
        self, fake: FakeCognito, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        result = call("--endpoint-url", fake.url, "--select", "access-token")
        assert result.exit_code == ExitCode.OK
        assert "5/5" in result.stderr

    def test_prints_lines_of_progress_elsewhere(
        self, fake: FakeCognito, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cognito_claims.cli.conform._CASES_BETWEEN_LINES", 2)
        result = call("--endpoint-url", fake.url, "--select", "access-token")
        assert result.stderr.splitlines() == ["2 of 5 cases, access-token", "4 of 5 cases, access-token"]

    @pytest.mark.slow
    def test_shows_progress_at_a_terminal(self, fake: FakeCognito) -> None:
        shown = at_a_terminal("--endpoint-url", fake.url, "--select", "access-token")
        assert "5/5" in shown
        assert "access-token" in shown
        assert "5 pass, 0 fail" in shown


def at_a_terminal(*arguments: str, typed: str = "") -> str:
    """Run the command in a pseudo-terminal, and return what it displays."""
    ours, its = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200"}
    with subprocess.Popen(
        [COMMAND, "conform", *arguments], stdin=its, stdout=its, stderr=its, env=environment
    ) as run:
        os.close(its)
        os.write(ours, typed.encode())
        seen = b""
        with suppress(OSError):  # the other end is closed
            while chunk := os.read(ours, 4096):
                seen += chunk
    os.close(ours)
    return f"{seen.decode()}\nexit {run.returncode}"


class TestAtAws:
    """boto3's own setting directs calls for AWS to moto, whose account is that of the vectors."""

    WANTED = ("--select", "listing/role-and-precedence")

    @pytest.fixture(autouse=True)
    def _aws(self, moto_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    def test_yes_skips_the_confirmation(self) -> None:
        result = call("--aws", "--yes", "--rate", "1000", *self.WANTED, "--format", "json")
        assert result.exit_code == ExitCode.OK
        assert json.loads(result.stdout)["endpoint"] == "aws"

    def test_without_a_terminal_yes_is_required(self) -> None:
        result = call("--aws", *self.WANTED)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "--yes" in result.stderr
        assert "cognito-idp:CreateUserPool" in result.stderr

    @pytest.mark.slow
    def test_shows_the_plan_and_asks_for_confirmation(self) -> None:
        seen = at_a_terminal("--aws", "--rate", "1000", *self.WANTED, typed="y\n")
        assert "cognito-idp:CreateUserPool" in seen
        assert "Continue in account 123456789012, eu-west-1?" in seen
        assert "1 pass" in seen
        assert seen.endswith("exit 0")

    @pytest.mark.slow
    def test_goes_on_if_the_answer_is_yes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
        monkeypatch.setattr("cognito_claims.cli.conform.sys", terminal)
        result = CliRunner().invoke(app, ["conform", "--aws", "--rate", "1000", *self.WANTED], input="y\n")
        assert result.exit_code == ExitCode.OK

    def test_ends_if_the_answer_is_no(self, monkeypatch: pytest.MonkeyPatch) -> None:
        terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
        monkeypatch.setattr("cognito_claims.cli.conform.sys", terminal)
        result = CliRunner().invoke(app, ["conform", "--aws", *self.WANTED], input="n\n")
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert "1 pass" not in result.stdout
        assert result.stderr.endswith("error: aborted\n")

    @pytest.mark.slow
    def test_does_nothing_if_the_answer_is_no(self, moto: Any) -> None:
        before = moto.list_user_pools(MaxResults=60)["UserPools"]
        seen = at_a_terminal("--aws", *self.WANTED, typed="n\n")
        assert "1 pass" not in seen
        assert seen.endswith("exit 1")
        assert moto.list_user_pools(MaxResults=60)["UserPools"] == before

    def test_is_slow_by_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        slept: list[float] = []
        slow = partial(RateLimiter, wait=slept.append, clock=lambda: sum(slept))
        monkeypatch.setattr("cognito_claims.cli.conform.RateLimiter", slow)
        assert call("--aws", "--yes", *self.WANTED).exit_code == ExitCode.OK
        assert slept[1:] == [pytest.approx(0.2)] * (len(slept) - 1)
        assert len(slept) > 5


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ([False], "by default"),
        ([True], "differently"),
        ([True, False], "contradictory"),
        ([], "undecided"),
    ],
)
def test_cases_with_a_single_open_question_answer_it(differs: list[bool], expected: str) -> None:
    answers = [
        ObservedAnswer(f"case/{number}", ("question",), ("question",) if one else (), {})
        for number, one in enumerate(differs)
    ]
    with_two = ObservedAnswer("case/two", ("question", "other"), (), {})
    assert summarize_answers([*answers, with_two], "question") == expected


@pytest.mark.parametrize(("alone", "expected"), [(False, "contradictory"), (True, "differently")])
def test_an_answer_that_differs_on_several_questions_answers_each(alone: bool, expected: str) -> None:
    questions = ("one", "two")
    answers = [ObservedAnswer(f"case/{one}", (one,), (one,) if alone else (), {}) for one in questions]
    answers.append(ObservedAnswer("case/both", questions, questions, {}))
    assert [summarize_answers(answers, one) for one in questions] == [expected, expected]
