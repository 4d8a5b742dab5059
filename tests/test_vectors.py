"""The conformance vectors: sound in themselves, and decided by the rules that they name."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from cognito_claims import resolve
from cognito_claims.client import PAGING_RULES
from cognito_claims.conformance import load
from cognito_claims.conformance.cases import SUBJECTS, read, resource
from cognito_claims.conformance.endpoint import Endpoint
from cognito_claims.conformance.runner import run, select
from cognito_claims.conformance.scorecard import Verdict
from cognito_claims.conformance.shapes import TokensAnswer
from cognito_claims.events import EVENT_RULES, TRIGGER_RULES
from cognito_claims.events.rules import ALB_WITHOUT
from cognito_claims.identity_pool import IDENTITY_POOL_RULES
from cognito_claims.rules import CLAIM_RULES, RULES, Basis
from tests import vector_adapter
from tests.broken_rules import BREAKS
from tests.conftest import Connect
from tests.fake_cognito import FakeCognito
from tests.json_schema import Validator
from tests.samples import ALL_POLICIES
from tools import vectors as written

VECTORS = load()
CASES: dict[str, tuple[str, Any]] = {
    case.id: (vectors.subject, case) for vectors in VECTORS for case in vectors.cases
}
OF_A_SERVICE = ("listing", "paging")
"""Subjects that a service alone can answer: the runner asks the fake one."""

ALL_RULES = (*RULES, *CLAIM_RULES, *PAGING_RULES, *EVENT_RULES, *TRIGGER_RULES, *IDENTITY_POOL_RULES)


def wrong_in_process(connect: Connect) -> Iterator[str]:
    """Give the ids of the cases that this library answers otherwise than it should."""
    for subject, case in CASES.values():
        if subject not in OF_A_SERVICE and not is_right(subject, case, connect):
            yield case.id


def is_right(subject: str, case: Any, connect: Connect) -> bool:
    try:
        answer = vector_adapter.answer(subject, case.input, connect)
    except Exception:  # noqa: BLE001, a broken reader may fail in any way
        return False
    return bool(case.expected[0].same_as(answer))


def wrong_over_http(connect: Connect) -> Iterator[str]:
    """Give the ids of the cases of listing and paging that the fake service does not pass."""
    with FakeCognito() as fake:
        card = run(Endpoint(connect(fake.url)), select(OF_A_SERVICE))
    return (result.case for result in card.results if result.verdict is not Verdict.PASS)


def test_this_library_is_right(connect: Connect) -> None:
    assert [*wrong_in_process(connect), *wrong_over_http(connect)] == []


@pytest.mark.slow
@pytest.mark.parametrize("rule", [rule for rule in ALL_RULES if rule is not ALB_WITHOUT], ids=str)
def test_who_breaks_a_rule_fails_the_cases_that_name_it_and_no_others(
    rule: Any, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    BREAKS[rule.id](monkeypatch)
    wrong = {*wrong_in_process(connect)}
    if rule in PAGING_RULES:  # no other touches the fake service
        wrong |= {*wrong_over_http(connect)}
    assert wrong == {case.id for _, case in CASES.values() if rule.id in case.rules}


@pytest.mark.parametrize("rule", [rule.id for rule in ALL_RULES if rule is not ALB_WITHOUT])
def test_each_rule_decides_a_case_and_seems_to_apply_in_another(rule: str) -> None:
    assert any(rule in case.rules for _, case in CASES.values())
    assert any(rule in case.near_misses for _, case in CASES.values())


def test_each_case_is_decided_by_a_rule_and_no_rule_is_both() -> None:
    for _, case in CASES.values():
        assert case.rules, case.id
        assert not set(case.rules) & set(case.near_misses), case.id


def test_there_are_enough_of_them_and_ids_are_unique() -> None:
    ids = Counter(case.id for vectors in VECTORS for case in vectors.cases)
    assert len(ids) >= 150
    assert set(ids.values()) == {1}
    assert all(case.startswith(f"{subject}/") for case, (subject, _) in CASES.items())


def test_no_case_is_another_with_other_names() -> None:
    shapes = Counter(shape(subject, case.input) for subject, case in CASES.values())
    assert [again for again, count in shapes.items() if count > 1] == []


def shape(subject: str, given: Any) -> str:
    """Write an input with the names of groups and roles numbered as they come."""
    members = given.model_dump(mode="json", by_alias=True)
    if subject not in ("preferred-role", "roles-claim", "access-token"):
        return f"{subject} {json.dumps(members)}"  # where names are what it is about
    numbers: dict[str, str] = {}
    groups = [
        {name: numbers.setdefault(f"{value}", f"#{len(numbers)}") if name != "Precedence" else value}
        for group in members["Groups"]
        for name, value in group.items()
    ]
    return f"{subject} {groups}"


class TestPreferredRole:
    def of_subject(self) -> Iterable[Any]:
        return (case for subject, case in CASES.values() if subject == "preferred-role")

    def test_the_rules_are_those_that_the_resolver_names(self) -> None:
        for case in self.of_subject():
            assert [rule.id for rule in resolve(case.input.groups).rules] == [*case.rules], case.id

    def test_every_answer_that_is_allowed_is_listed_with_the_questions_it_settles(self) -> None:
        for case in self.of_subject():
            resolution = resolve(case.input.groups)
            others = [
                (*(question.id for question in other.questions), other.role_arn)
                for other in resolution.alternatives
            ]
            listed = [
                (*answer.otherwise, answer.id_token.get("cognito:preferred_role"))
                for answer in case.expected[1:]
            ]
            assert listed == others, case.id

    def test_every_policy_gives_an_answer_that_is_allowed(self) -> None:
        for case in self.of_subject():
            for policy in ALL_POLICIES:
                role = resolve(case.input.groups, policy=policy).preferred_role
                claims: dict[str, Any] = {} if role is None else {"cognito:preferred_role": role}
                assert case.matching(TokensAnswer(id_token=claims)) is not None, (case.id, policy)

    def test_an_answer_otherwise_is_decided_by_what_its_policy_says(self) -> None:
        for case in self.of_subject():
            for answer, other in zip(
                case.expected[1:], resolve(case.input.groups).alternatives, strict=True
            ):
                decided_by = resolve(case.input.groups, policy=other.policy).decided_by
                assert [group.group_name for group in decided_by] == [*answer.decided_by], case.id


def test_cases_on_unspecified_ground_have_more_than_one_answer() -> None:
    unspecified = {rule.id for rule in ALL_RULES if rule.basis is Basis.UNSPECIFIED}
    for vectors in VECTORS:
        open_here = unspecified | {question.id for question in vectors.questions}
        for case in vectors.cases:
            first, *others = case.expected
            assert first.otherwise == (), case.id
            for answer in others:
                assert answer.otherwise, case.id
                assert set(answer.otherwise) <= open_here, case.id
                assert not first.same_as(answer), case.id
    for rule in unspecified:
        assert any(len(case.expected) > 1 for _, case in CASES.values() if rule in case.rules), rule


@pytest.mark.parametrize("path", written.written(), ids=lambda path: path.name)
def test_each_file_is_in_its_canonical_form(path: Any) -> None:
    assert path.read_text(encoding="utf-8") == written.written()[path], "run: python -m tools.vectors"


class TestSchema:
    SCHEMA: ClassVar[dict[str, Any]] = json.loads(
        (written.VECTORS / "schema.json").read_text(encoding="utf-8")
    )

    @pytest.mark.parametrize("subject", SUBJECTS)
    def test_describes_each_file(self, subject: str) -> None:
        file = json.loads(resource(subject).read_bytes())
        assert Validator(self.SCHEMA).is_valid(file)

    @pytest.mark.parametrize(
        "fault",
        [
            {"rules": ["Lowest Wins"]},
            {"expected": None},
            {"expected": [{"id_tokens": None}]},
            {"description": "two\nlines"},
            {"id": "no-subject"},
            {"input": {"groups": []}},
            {"input": {"Groups": [{"GroupName": "a", "Precedence": -1}]}},
            {"note": "a key that nobody knows"},
        ],
        ids=str,
    )
    def test_refuses_what_the_models_refuse(self, fault: dict[str, Any]) -> None:
        file = json.loads(resource("preferred-role").read_bytes())
        file["cases"] = [{**file["cases"][0], **fault}]
        assert not Validator(self.SCHEMA).is_valid(file)
        with pytest.raises(ValidationError):
            read(json.dumps(file))


class TestAnswers:
    def test_arrays_are_sets(self) -> None:
        one = TokensAnswer(id_token={"cognito:groups": ["a", "b"]})
        assert one.same_as(TokensAnswer(id_token={"cognito:groups": ["b", "a", "a"]}))
        assert not one.same_as(TokensAnswer(id_token={"cognito:groups": ["a"]}))

    @pytest.mark.parametrize("other", ["a", "a,b", "[a b]", None, {"a": "b"}, [["a", "b"]], [1]])
    def test_nothing_else_is_an_array(self, other: Any) -> None:
        one = TokensAnswer(id_token={"cognito:groups": ["a", "b"]})
        assert not one.same_as(TokensAnswer(id_token={"cognito:groups": other}))

    def test_absent_is_neither_empty_nor_null(self) -> None:
        absent = TokensAnswer(id_token={})
        assert not absent.same_as(TokensAnswer(id_token={"cognito:groups": []}))
        assert not absent.same_as(TokensAnswer(id_token={"cognito:preferred_role": None}))

    def test_true_is_not_one(self) -> None:
        assert not TokensAnswer(id_token={"a": True}).same_as(TokensAnswer(id_token={"a": 1}))

    def test_what_an_answer_leaves_open_is_not_compared(self) -> None:
        [case] = [case for _, case in CASES.values() if case.id == "preferred-role/zero-is-best"]
        assert case.matching(TokensAnswer(id_token=case.expected[0].id_token)) is case.expected[0]
        assert case.matching(TokensAnswer(id_token={}, decided_by=("admins",))) is None
