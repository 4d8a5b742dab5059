"""The runner against a correct endpoint, against one that breaks a rule, and against other servers."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.cli.conform import summarize_answers
from cognito_claims.client.rate_limiter import RateLimiter
from cognito_claims.conformance import load
from cognito_claims.conformance.endpoint import CALLS, EXAMPLE_ACCOUNT, Endpoint
from cognito_claims.conformance.runner import CONTROL, run, select
from cognito_claims.conformance.scorecard import ObservedAnswer, Scorecard, Verdict
from tests.broken_rules import BREAKS
from tests.conftest import Connect
from tests.fake_cognito import FakeCognito, RefusedError, encode_unsigned
from tests.scripted_server import ScriptedServer
from tests.vector_adapter import VectorAdapter

COMMAND = str(Path(sys.executable).with_name("cognito-claims"))
WINNER = "preferred-role/zero-is-best"
TIE = "preferred-role/tie-differing-roles"
RunCases = Callable[..., Scorecard]


@pytest.fixture
def fake() -> Iterator[FakeCognito]:
    with FakeCognito() as fake:
        yield fake
    assert fake.pools == {}, "every pool must be removed again"


@pytest.fixture
def run_cases(fake: FakeCognito, connect: Connect) -> RunCases:
    def run_cases(*wanted: str, account_id: str = EXAMPLE_ACCOUNT) -> Scorecard:
        endpoint = fake.adapter.create_endpoint(connect(fake.url), account_id)
        return run(endpoint, select(wanted))

    return run_cases


def call(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, ["conform", *arguments], input=stdin)


class TestACorrectEndpoint:
    @pytest.mark.slow
    def test_passes_every_case(self, run_cases: RunCases) -> None:
        card = run_cases()
        assert card.passed
        assert [*dict.fromkeys(result.case for result in card.results)][: len(select())] == [*select()]
        assert card.counts[Verdict.PASS] == len(card.results)
        assert all(score.counts[Verdict.PASS] for score in card.rules)

    def test_is_called_with_the_documented_operations_only(
        self, run_cases: RunCases, fake: FakeCognito
    ) -> None:
        run_cases(WINNER, "paging/one-group")
        assert set(fake.calls) == set(CALLS)

    @pytest.mark.slow  # every case
    def test_may_be_in_a_different_account(self, run_cases: RunCases, fake: FakeCognito) -> None:
        accounts: set[str] = set()

        def create_group(body: dict[str, Any]) -> dict[str, Any]:
            accounts.update([body["RoleArn"].split(":")[4]] if "RoleArn" in body else [])
            return fake.respond_correctly("CreateGroup", body)

        fake.instead["CreateGroup"] = create_group
        assert run_cases("preferred-role", "listing", account_id="210987654321").passed
        assert accounts == {"210987654321", "111122223333"}  # the second is part of some cases

    def test_has_its_own_pool_in_the_name_of_a_federated_group(
        self, run_cases: RunCases, fake: FakeCognito
    ) -> None:
        names: list[str] = []

        def create_group(body: dict[str, Any]) -> dict[str, Any]:
            names.append(body["GroupName"].removeprefix(body["UserPoolId"]))
            return fake.respond_correctly("CreateGroup", body)

        fake.instead["CreateGroup"] = create_group
        [result] = run_cases("groups-claim/federated-group").results
        assert names[-2:] == ["_Google", "staff"]
        assert result.verdict is Verdict.PASS
        assert "eu-west-1_EXAMPLE_Google" in str(result.got)


def rules_of_endpoints() -> dict[str, set[str]]:
    """The rules that an endpoint can show, with the cases that each decides."""
    cases = {case.id: case for vectors in load() for case in vectors.cases}
    rules: dict[str, set[str]] = {}
    for chosen in select():
        for rule in cases[chosen].rules:
            rules.setdefault(rule, set()).add(chosen)
    return rules


INVISIBLE = {
    "federated-auto-group": "it changes which groups decide, and no token shows them",
    "role-case": "AWS is silent, so the other answer passes too",
    "role-once": "AWS is silent, so the other answer passes too",
    "roleless-ignored": "AWS is silent, so the other answer passes too",
}


@pytest.mark.slow
@pytest.mark.parametrize("rule", sorted(rules_of_endpoints().keys() - INVISIBLE.keys()))
def test_an_endpoint_that_breaks_a_rule_is_caught(
    rule: str, run_cases: RunCases, fake: FakeCognito
) -> None:
    fake.adapter = BREAKS[rule]()
    card = run_cases(rule)
    [score] = [score for score in card.rules if score.rule == rule]
    assert score.counts[Verdict.PASS] < len(card.results)
    caught = [result for result in card.results if result.verdict is not Verdict.PASS]
    assert caught
    assert not card.passed
    for result in caught:
        assert rule in result.rules
        assert rule in result.broken or result.verdict is Verdict.ERROR
        assert result.expected
        assert (result.got is None) == (result.verdict is Verdict.ERROR)


@pytest.mark.parametrize(
    ("rule", "one_for_all", "page_size"), [("limit-bounds", False, 100), ("each-group-once", True, 2)]
)
def test_a_failure_that_shows_its_rule_spares_the_others(
    rule: str,
    one_for_all: bool,
    page_size: int,
    run_cases: RunCases,
    fake: FakeCognito,
) -> None:
    class Broken(VectorAdapter):
        def list_page(self, groups: list[Any], limit: int, start: int) -> dict[str, Any]:  # noqa: ARG002
            listed = [groups[0]] * len(groups) if one_for_all else groups
            return super().list_page(listed, page_size, start)

    fake.adapter = Broken()
    card = run_cases("paging/last-page-not-full")
    assert card.counts[Verdict.FAIL] == 1
    assert [score.rule for score in card.rules if score.counts[Verdict.FAIL]] == [rule]


def test_the_other_answer_to_an_open_question_passes_and_is_reported(
    run_cases: RunCases, fake: FakeCognito
) -> None:
    fake.adapter = BREAKS["roleless-ignored"]()
    card = run_cases("roleless-ignored")
    assert card.passed
    assert {
        observed.case for observed in card.observed_answers if observed.differs_on == ("roleless-at-best",)
    } == {
        case.id
        for vectors in load()
        for case in vectors.cases
        if any(answer.differs_on == ("roleless-at-best",) for answer in case.expected)
    }


def test_an_endpoint_without_the_claims_passes_nothing_by_leaving_them_out(
    run_cases: RunCases, fake: FakeCognito
) -> None:
    token = encode_unsigned({})
    fake.instead["AdminInitiateAuth"] = lambda _: {
        "AuthenticationResult": {"IdToken": token, "AccessToken": token}
    }
    wanted = (WINNER, TIE, "groups-claim/no-groups", "access-token/tie", "listing/nothing-set")
    card = run_cases(*wanted)
    assert [result.verdict for result in card.results] == [*["not-emitted"] * 4, "pass"]
    assert not card.passed
    result = call("--endpoint-url", fake.url, "--select", TIE, "--select", WINNER)
    assert result.exit_code == ExitCode.NEGATIVE_RESULT
    assert "not-emitted: the endpoint never adds the claim to a token" in result.stdout
    assert "FAIL" not in result.stdout


def build_refusal(status: int = 400) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise RefusedError(status, "InvalidParameterException")

    return refuse


class TestAnEndpointThatRefuses:
    def test_a_call_of_one_case_has_an_error_in_that_case_alone(
        self, run_cases: RunCases, fake: FakeCognito
    ) -> None:
        def create_group(body: dict[str, Any]) -> dict[str, Any]:
            if "," in body["GroupName"]:
                raise RefusedError(400, "InvalidParameterException")
            return fake.respond_correctly("CreateGroup", body)

        fake.instead["CreateGroup"] = create_group
        with_comma, without = run_cases(
            "groups-claim/comma-in-a-name", "groups-claim/one-character"
        ).results
        assert (with_comma.verdict, without.verdict) == (Verdict.ERROR, Verdict.PASS)
        assert "CreateGroup" in str(with_comma.error)

    @pytest.mark.slow  # a run for each operation
    @pytest.mark.parametrize("operation", sorted({*CALLS} - {"DeleteUserPool", "AdminListGroupsForUser"}))
    @pytest.mark.parametrize("status", [400, 501])
    def test_a_call_that_every_case_needs_ends_the_run_with_one_sentence(
        self, operation: str, status: int, fake: FakeCognito
    ) -> None:
        fake.instead[operation] = build_refusal(status)
        result = call("--endpoint-url", fake.url, "--select", WINNER)
        assert result.exit_code == ExitCode.SERVICE
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        assert result.stderr.startswith(f"error: {fake.url}: ")
        assert operation in result.stderr

    def test_a_sign_in_can_still_list(self, fake: FakeCognito) -> None:
        fake.instead["AdminInitiateAuth"] = build_refusal(501)
        assert call("--endpoint-url", fake.url, "--select", "listing").exit_code == ExitCode.OK

    def test_to_remove_a_pool_is_reported_with_the_pool(self, fake: FakeCognito) -> None:
        fake.instead["DeleteUserPool"] = build_refusal(500)
        result = call("--endpoint-url", fake.url, "--select", WINNER, "--json")
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        report = json.loads(result.stdout)
        assert report["passed"]
        assert report["not_removed"] == [*fake.pools]
        for pool in fake.pools:
            assert f"could not remove the user pool {pool}" in result.stderr
        fake.pools.clear()


@pytest.mark.parametrize(
    "token",
    [None, "", "secret", "secret.secret.secret", "a.e30", f"{encode_unsigned({})}..", "a.WzFd.c", 7],
    ids=str,
)
def test_an_invalid_token_is_an_error_that_does_not_quote_it(
    token: Any, run_cases: RunCases, fake: FakeCognito
) -> None:
    def initiate_auth(body: dict[str, Any]) -> dict[str, Any]:
        if fake.calls.count("AdminInitiateAuth") == 1:  # of the control
            return fake.respond_correctly("AdminInitiateAuth", body)
        return {"AuthenticationResult": {"IdToken": token, "AccessToken": token}}

    fake.instead["AdminInitiateAuth"] = initiate_auth
    [result] = run_cases(WINNER).results
    assert result.verdict is Verdict.ERROR
    assert "decoded" in str(result.error) or "could not be read" in str(result.error)
    assert "secret" not in str(result)


class TestAServerThatIsNotAnEndpoint:
    def test_refuses_the_connection(self) -> None:
        with ScriptedServer() as server:
            url = server.url
        result = call("--endpoint-url", url)
        assert (result.exit_code, result.stdout) == (ExitCode.SERVICE, "")
        assert result.stderr.splitlines() == [
            f'error: {url}: Could not connect to the endpoint URL: "{url}/"'
        ]

    @pytest.mark.parametrize(
        "response",
        [b"<html>", b"[]", b'"text"', {}, {"UserPool": None}, {"UserPool": {"Id": None}}],
        ids=str,
    )
    def test_returns_something_else(self, response: object, scripted: ScriptedServer) -> None:
        scripted.queue_response(response)
        result = call("--endpoint-url", scripted.url)
        assert (result.exit_code, result.stdout) == (ExitCode.SERVICE, "")
        assert len(result.stderr.splitlines()) == 1

    def test_stops_during_the_run(self) -> None:
        with FakeCognito() as fake:

            def delete_user_pool(_: object) -> dict[str, Any]:
                fake.stop_listening()
                return {}

            fake.instead["DeleteUserPool"] = delete_user_pool
            result = call("--endpoint-url", fake.url, "--select", WINNER)
        assert (result.exit_code, result.stdout) == (ExitCode.SERVICE, "")


class TestInterrupted:
    """An interrupted run deletes the user pools that it created, at any point."""

    @pytest.mark.slow
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    @pytest.mark.parametrize("operation", CALLS)
    @pytest.mark.parametrize("times", [1, 2])
    def test_nothing_is_left(
        self, operation: str, number: signal.Signals, times: int, fake: FakeCognito
    ) -> None:
        run: subprocess.Popen[str]

        def interrupt(body: dict[str, Any]) -> dict[str, Any]:
            del fake.instead[operation]
            for _ in range(times):
                run.send_signal(number)
            return fake.respond_correctly(operation, body)

        fake.instead[operation] = interrupt
        arguments = ["--endpoint-url", fake.url, "--select", WINNER, "--select", "paging/one-group"]
        with subprocess.Popen(
            [COMMAND, "conform", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as run:
            stdout, stderr = run.communicate()
        assert run.returncode == ExitCode.INTERRUPTED
        assert stdout == ""
        assert stderr == "error: interrupted; every user pool was removed\n"
        assert fake.pools == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("operation", ["CreateUserPool", "CreateGroup", "DeleteUserPool"])
def test_signal_handlers_are_restored(operation: str, number: signal.Signals, fake: FakeCognito) -> None:
    def interrupt(body: dict[str, Any]) -> dict[str, Any]:
        os.kill(os.getpid(), number)
        return fake.respond_correctly(operation, body)

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    fake.instead[operation] = interrupt
    result = call("--endpoint-url", fake.url, "--select", WINNER)
    assert result.exit_code == ExitCode.INTERRUPTED
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


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
        assert lines[-1] == "1 pass, 1 fail, 0 not-emitted, 1 error"

    def test_json(self, broken: str) -> None:
        result = call("--endpoint-url", broken, *self.WANTED, "--json")
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        report = json.loads(result.stdout)
        assert (report["version"], report["vectors"], report["endpoint"]) == (1, 1, broken)
        assert not report["passed"]
        assert report["counts"] == {"pass": 1, "fail": 1, "not-emitted": 0, "error": 1}
        tie = {"rule": "tie-differing-roles", "basis": "documented"}
        assert {**tie, "pass": 0, "fail": 1, "not-emitted": 0, "error": 0} in report["rules"]
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
        assert lines[0].startswith("18 cases.")
        assert "0 to 100 groups; 329 in all" in lines
        assert [line for line in lines if line.startswith("cognito-idp:")] == [
            f"cognito-idp:{call}" for call in CALLS
        ]
        assert "arn:aws:iam::123456789012:role/staff" in lines

    def test_uses_the_credentials_of_the_environment_or_placeholders(
        self, fake: FakeCognito, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        assert call("--endpoint-url", fake.url, "--select", WINNER).exit_code == ExitCode.OK
        assert "Credential=conform/" in fake.authorization
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
        result = call("--aws", "--yes", "--rate", "1000", *self.WANTED, "--json")
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
def test_only_cases_with_a_single_open_question_answer_it(differs: list[bool], expected: str) -> None:
    answers = [
        ObservedAnswer(f"case/{number}", ("question",), ("question",) if one else (), {})
        for number, one in enumerate(differs)
    ]
    with_two = ObservedAnswer("case/two", ("question", "other"), ("question",), {})
    assert summarize_answers([*answers, with_two], "question") == expected


def test_other_threads_do_not_change_signal_handlers(connect: Connect) -> None:
    with FakeCognito() as fake, ThreadPoolExecutor(1) as thread:
        before = signal.getsignal(signal.SIGTERM)
        card = thread.submit(run, Endpoint(connect(fake.url)), select([WINNER])).result()
        assert card.passed
        command = ["--endpoint-url", fake.url, "--select", WINNER]
        assert thread.submit(call, *command).result().exit_code == ExitCode.OK
        assert signal.getsignal(signal.SIGTERM) is before
