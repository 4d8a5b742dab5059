"""The runner against a correct endpoint, against one that breaks a rule, and against other servers."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cognito_claims.cli._exit import ExitCode
from cognito_claims.conformance import load
from cognito_claims.conformance.endpoint import CALLS, Endpoint
from cognito_claims.conformance.rules import CONSISTENCY
from cognito_claims.conformance.runner import run, select
from cognito_claims.conformance.scorecard import Verdict
from tests.broken_rules import BREAKS
from tests.conform.commands import TIE, WINNER, RunCases, build_refusal, call
from tests.conftest import Connect
from tests.fake_cognito import FakeCognito, RefusedError, encode_unsigned
from tests.scripted_server import ScriptedServer
from tests.vector_adapter import VectorAdapter


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
    "federated-auto-group": "BREAKS changes which groups decide, and no token shows them",
    "name-case": "AWS is silent, so the other answer passes too",
    "name-nfc": "AWS is silent, so the other answer passes too",
    "name-nfkc": "AWS is silent, so the other answer passes too",
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
    # Beside the cases, answers to an open question may differ.
    cases = [result for result in card.results if result.subject != CONSISTENCY]
    caught = [result for result in cases if result.verdict is not Verdict.PASS]
    assert caught
    assert not card.passed
    for result in caught:
        assert rule in result.rules
        assert rule in result.broken or result.verdict is Verdict.ERROR
        assert result.expected
        assert (result.got is None) == (result.verdict is Verdict.ERROR)


@pytest.mark.parametrize(
    ("rule", "one_twice", "page_size"), [("limit-bounds", False, 100), ("each-group-once", True, 2)]
)
def test_a_failure_that_shows_its_rule_spares_the_others(
    rule: str,
    one_twice: bool,
    page_size: int,
    run_cases: RunCases,
    fake: FakeCognito,
) -> None:
    class Broken(VectorAdapter):
        def list_page(self, groups: list[Any], limit: int, start: int) -> dict[str, Any]:  # noqa: ARG002
            listed = [*groups[:2], groups[1]] if one_twice else groups
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
    [accepted] = [score for score in card.rules if score.rule == "request-accepted"]
    assert accepted.counts[Verdict.PASS] == sum(accepted.counts.values())
    assert not card.passed
    result = call("--endpoint-url", fake.url, "--select", TIE, "--select", WINNER)
    assert result.exit_code == ExitCode.NEGATIVE_RESULT
    assert "not-emitted: the endpoint never adds the claim to a token" in result.stdout
    assert "FAIL" not in result.stdout


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
        result = call("--endpoint-url", fake.url, "--select", WINNER, "--format", "json")
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
        if fake.calls.count("AdminInitiateAuth") <= 2:  # of the control
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


def test_other_threads_do_not_change_signal_handlers(connect: Connect) -> None:
    with FakeCognito() as fake, ThreadPoolExecutor(1) as thread:
        before = signal.getsignal(signal.SIGTERM)
        card = thread.submit(run, Endpoint(connect(fake.url)), select([WINNER])).result()
        assert card.passed
        command = ["--endpoint-url", fake.url, "--select", WINNER]
        assert thread.submit(call, *command).result().exit_code == ExitCode.OK
        assert signal.getsignal(signal.SIGTERM) is before
