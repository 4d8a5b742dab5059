"""Faults that a service shows beside its claims: in pools, lists and open questions."""

from typing import Any

import pytest

from cognito_claims.cli._exit import ExitCode
from cognito_claims.conformance import load
from cognito_claims.conformance.endpoint import BYSTANDERS, EndpointError, is_refusal
from cognito_claims.conformance.rules import SERVICE_RULES_BY_SUBJECT
from cognito_claims.conformance.runner import get_groups, group_by_pool, select, select_cases
from cognito_claims.conformance.scorecard import Verdict
from tests.conform.commands import TIE, WINNER, RunCases, build_refusal, call
from tests.fake_cognito import FakeCognito, RefusedError, encode_unsigned
from tests.loopback import HungUpError

LISTED = "listing/role-and-precedence"


class TestPools:
    def test_every_case_is_in_one_pool(self) -> None:
        cases = select_cases(select())
        shared = [one for batch in group_by_pool(cases) for one in batch]
        assert sorted(case.id for _, case in shared) == sorted(case.id for _, case in cases)

    def test_no_pool_needs_a_group_twice(self) -> None:
        for batch in group_by_pool(select_cases(select())):
            groups = {group for _, case in batch for group in get_groups(case)}
            assert len({group.group_name for group in groups}) == len(groups)

    def test_pools_are_shared(self, run_cases: RunCases, fake: FakeCognito) -> None:
        run_cases("paging")
        assert fake.calls.count("CreateUserPool") == 2  # one of them for the control
        created = max(len(get_groups(case)) for _, case in select_cases(select(["paging"])))
        assert fake.calls.count("CreateGroup") == created + 2

    def test_a_pool_has_one_app_client_if_anybody_signs_in(
        self, run_cases: RunCases, fake: FakeCognito
    ) -> None:
        run_cases(LISTED)
        assert fake.calls.count("CreateUserPoolClient") == 0
        run_cases(WINNER, TIE)
        assert fake.calls.count("AdminInitiateAuth") == 4  # two of them for the control
        assert fake.calls.count("CreateUserPoolClient") == fake.calls.count("CreateUserPool") - 2

    def test_no_case_has_the_bystanders_group_or_role(self) -> None:
        for _, case in select_cases(select()):
            for group in get_groups(case):
                assert group.group_name != BYSTANDERS.group_name
                assert group.role_arn != BYSTANDERS.role_arn

    def test_a_quota_below_the_documented_one_is_a_refusal(
        self, run_cases: RunCases, fake: FakeCognito
    ) -> None:
        def add_user(body: dict[str, Any]) -> dict[str, Any]:
            if fake.calls.count("AdminAddUserToGroup") > 50:
                raise RefusedError(400, "LimitExceededException")
            return fake.respond_correctly("AdminAddUserToGroup", body)

        fake.instead["AdminAddUserToGroup"] = add_user
        [result] = run_cases("paging/as-many-as-may-be").results
        assert (result.verdict, result.broken) == (Verdict.ERROR, ("request-accepted",))
        assert "LimitExceededException" in str(result.error)

    def test_a_conflict_of_similar_names_alone_is_accepted(
        self, run_cases: RunCases, fake: FakeCognito
    ) -> None:
        def create_group(group: dict[str, Any]) -> dict[str, Any]:
            if group["GroupName"] == "admins":
                raise RefusedError(400, "GroupExistsException")
            return group

        fake.create_group = create_group  # type: ignore[method-assign]
        fake.groups_of = lambda pool, username: [  # type: ignore[method-assign]
            group for group in pool.groups.values() if username and group["GroupName"] == "Admins"
        ]
        similar, alone = run_cases("listing/case-of-names", "listing/precedence-zero").results
        assert (alone.case, alone.verdict) == ("listing/case-of-names", Verdict.PASS)
        assert alone.differs_on == ("name-case",)
        assert (similar.verdict, similar.broken) == (Verdict.ERROR, ("request-accepted",))

    def test_a_pool_that_cannot_be_created_is_an_error_of_its_cases(
        self, run_cases: RunCases, fake: FakeCognito
    ) -> None:
        def create_user_pool(body: dict[str, Any]) -> dict[str, Any]:
            if fake.calls.count("CreateUserPool") == 3:
                raise RefusedError(400, "LimitExceededException")
            return fake.respond_correctly("CreateUserPool", body)

        fake.instead["CreateUserPool"] = create_user_pool
        first, second = run_cases(WINNER, "preferred-role/lower-number-wins").results
        assert (first.verdict, second.verdict) == (Verdict.PASS, Verdict.ERROR)
        assert "CreateUserPool" in str(second.error)
        assert second.broken == ()

    def test_an_endpoint_may_refuse_roles_that_do_not_exist(
        self, run_cases: RunCases, fake: FakeCognito
    ) -> None:
        def create_group(group: dict[str, Any]) -> dict[str, Any]:
            if "RoleArn" in group:
                raise RefusedError(400, "InvalidParameterException")
            return group

        fake.create_group = create_group  # type: ignore[method-assign]
        without, with_role = run_cases("listing/precedence-zero", LISTED).results
        assert (without.verdict, with_role.verdict) == (Verdict.PASS, Verdict.ERROR)

    @pytest.mark.parametrize("code", ["InvalidParameterException", "InternalErrorException"])
    def test_an_endpoint_may_refuse_the_group_of_the_bystander(
        self, run_cases: RunCases, fake: FakeCognito, code: str
    ) -> None:
        def create_group(group: dict[str, Any]) -> dict[str, Any]:
            if group["GroupName"] == BYSTANDERS.group_name:
                raise RefusedError(400, code)
            return group

        fake.create_group = create_group  # type: ignore[method-assign]
        if code == "InvalidParameterException":
            [result] = run_cases(LISTED).results
            assert result.verdict is Verdict.PASS
        else:
            with pytest.raises(EndpointError, match=code):
                run_cases(LISTED)


class TestWithoutSignIn:
    @pytest.mark.parametrize("missing", ["AdminInitiateAuth", "CreateUserPoolClient"])
    def test_listing_and_paging_are_scored(
        self, run_cases: RunCases, fake: FakeCognito, missing: str
    ) -> None:
        fake.instead[missing] = build_refusal(501)
        card = run_cases(WINNER, LISTED, "paging/one-group")
        assert [result.verdict for result in card.results] == [Verdict.ERROR, Verdict.PASS, Verdict.PASS]
        assert missing in str(card.results[0].error)

    def test_the_error_is_printed_once(self, fake: FakeCognito) -> None:
        fake.instead["AdminInitiateAuth"] = build_refusal(501)
        result = call("--endpoint-url", fake.url, "--select", WINNER, "--select", TIE, "--select", LISTED)
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert result.stdout.count("AdminInitiateAuth") == 1
        assert "The same error ended 1 more case." in result.stdout


class TestLists:
    @pytest.mark.parametrize(
        ("response", "rule"),
        [
            ({"Groups": ["staff"]}, "documented-members"),
            ({"Groups": [{"Name": "staff"}]}, "documented-members"),
            ([], "documented-members"),
        ],
        ids=str,
    )
    def test_a_response_of_a_different_form(
        self, response: Any, rule: str, run_cases: RunCases, fake: FakeCognito
    ) -> None:
        fake.instead["AdminListGroupsForUser"] = lambda _: response
        for case in (LISTED, "paging/one-group"):
            [result] = run_cases(case).results
            assert result.verdict is Verdict.FAIL
            assert result.broken[0] == rule

    def test_a_precedence_that_is_no_number(self, run_cases: RunCases, fake: FakeCognito) -> None:
        fake.list_group = lambda group: {**group, "Precedence": "high"}  # type: ignore[method-assign]
        [result] = run_cases(LISTED).results
        assert result.verdict is Verdict.FAIL
        assert result.broken[0] == "documented-types"
        assert "high" in str(result.got)

    def test_a_refused_request(self, run_cases: RunCases, fake: FakeCognito) -> None:
        fake.instead["AdminListGroupsForUser"] = build_refusal()
        for case in (LISTED, "paging/one-group"):
            [result] = run_cases(case).results
            assert (result.verdict, result.broken) == (Verdict.ERROR, ("request-accepted",))

    def test_a_request_without_a_response(self, run_cases: RunCases, fake: FakeCognito) -> None:
        def hang_up(_: object) -> dict[str, Any]:
            raise HungUpError

        fake.instead["AdminListGroupsForUser"] = hang_up
        for case in (LISTED, "paging/one-group"):
            [result] = run_cases(case).results
            assert (result.verdict, result.broken) == (Verdict.ERROR, ())

    def test_a_body_that_is_no_json(self, run_cases: RunCases, fake: FakeCognito) -> None:
        fake.replace_body["AdminListGroupsForUser"] = b"<html>"
        [result] = run_cases(LISTED).results
        assert result.broken[0] == "documented-members"


def test_a_wrong_claim_is_blamed_on_what_is_stored(run_cases: RunCases, fake: FakeCognito) -> None:
    fake.create_group = lambda group: {**group, "Precedence": 7}  # type: ignore[method-assign]
    [result] = run_cases(WINNER).results
    assert result.broken[0] == "listed-as-created"


class TestOpenQuestions:
    def test_a_question_that_no_case_answers_shows_nothing(
        self, run_cases: RunCases, fake: FakeCognito
    ) -> None:
        token = encode_unsigned({})
        fake.instead["AdminInitiateAuth"] = lambda _: {
            "AuthenticationResult": {"IdToken": token, "AccessToken": token}
        }
        card = run_cases("only-role", "roleless-ignored")
        [*_, last] = card.results
        assert last.subject == "consistency"
        assert last.verdict is Verdict.NOT_EMITTED

    def test_a_question_without_a_correct_answer_is_an_error(
        self, run_cases: RunCases, fake: FakeCognito
    ) -> None:
        token = encode_unsigned({"cognito:preferred_role": "arn:aws:iam::123456789012:role/another"})
        fake.instead["AdminInitiateAuth"] = lambda _: {
            "AuthenticationResult": {"IdToken": token, "AccessToken": token}
        }
        card = run_cases("only-role", "roleless-ignored")
        [*_, last] = card.results
        assert last.subject == "consistency"
        assert (last.verdict, last.broken) == (Verdict.ERROR, ())
        assert "no case" in str(last.error)
        assert "not-emitted" not in card.to_junit()

    def test_one_case_alone_is_consistent(self, run_cases: RunCases) -> None:
        card = run_cases("preferred-role/only-role-without-precedence")
        assert len(card.results) == 1


def test_every_subject_of_an_endpoint_has_rules_of_its_responses() -> None:
    subjects = {case.partition("/")[0] for case in select()}
    assert {*SERVICE_RULES_BY_SUBJECT} == {*subjects, "consistency"}


def test_the_rules_of_responses_decide_no_case() -> None:
    ids = {rule.id for rules in SERVICE_RULES_BY_SUBJECT.values() for rule in rules}
    assert not ids & {
        rule for one in load() for case in one.cases for rule in (*case.rules, *case.near_misses)
    }


def test_only_an_invalid_request_is_a_refusal() -> None:
    assert not is_refusal(ValueError())
