"""The conformance vectors are consistent, and each case depends on the rules that it names."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar
from unicodedata import is_normalized

import pytest

from cognito_claims import Policy, resolve
from cognito_claims._wire.json import as_list, as_object, get_path
from cognito_claims.access import TRUST_RULES
from cognito_claims.client import PAGING_RULES
from cognito_claims.conformance import load
from cognito_claims.conformance.cases import SUBJECTS, InvalidVectorsError, get_resource, parse_vectors
from cognito_claims.conformance.endpoint import EXAMPLE_ACCOUNT
from cognito_claims.conformance.rules import CONSISTENCY
from cognito_claims.conformance.runner import run, select
from cognito_claims.conformance.scorecard import Verdict
from cognito_claims.conformance.shapes import Flag, OverrideAnswer, OverrideInput, TokensAnswer
from cognito_claims.events import EVENT_RULES, TRIGGER_RULES
from cognito_claims.identity_pool import IDENTITY_POOL_RULES
from cognito_claims.rules import (
    CLAIM_RULES,
    NAME_CASE,
    NULL_PRECEDENCE,
    OPEN_QUESTIONS,
    ROLE_CASE,
    ROLELESS_AT_BEST,
    RULES,
    Basis,
    Rule,
)
from tests.broken_rules import BREAKS
from tests.conftest import Connect
from tests.fake_cognito import FakeCognito
from tests.samples import ALL_POLICIES
from tests.vector_adapter import VectorAdapter
from tools.vectors import VECTORS as FOLDER, render_files

Draft202012Validator: Any = import_module("jsonschema").Draft202012Validator  # its types are partial

VECTORS = load()
CASES: dict[str, tuple[str, Any]] = {
    case.id: (vectors.subject, case) for vectors in VECTORS for case in vectors.cases
}
README = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
SERVICE_SUBJECTS = ("listing", "paging")
"""The subjects that only a service can answer. The runner tests them with a fake service."""

UNTESTABLE = ("alb-without", "updated-issuer-refused")
"""The rules that no vector can test: there is no event for them."""

ALL_RULES = (
    *RULES,
    *CLAIM_RULES,
    *PAGING_RULES,
    *EVENT_RULES,
    *TRIGGER_RULES,
    *IDENTITY_POOL_RULES,
    *TRUST_RULES,
)


def find_wrong_in_process(adapter: VectorAdapter, connect: Connect) -> Iterator[str]:
    """Yield the IDs of the cases that an adapter does not answer as this library does by default."""
    for subject, case in CASES.values():
        if subject not in SERVICE_SUBJECTS and not is_right(adapter, subject, case, connect):
            yield case.id


def is_right(adapter: VectorAdapter, subject: str, case: Any, connect: Connect) -> bool:
    try:
        answer = adapter.answer(subject, case.input, connect)
    except Exception:  # noqa: BLE001, a broken adapter may fail in any way
        return False
    return bool(case.expected[0].is_equivalent(answer))


def find_wrong_over_http(adapter: VectorAdapter, connect: Connect) -> Iterator[str]:
    """Yield the IDs of the cases of listing and paging that a service does not answer in that way."""
    with FakeCognito(adapter) as fake:
        endpoint = adapter.create_endpoint(connect(fake.url), EXAMPLE_ACCOUNT)
        card = run(endpoint, select(SERVICE_SUBJECTS))
    cases = (result for result in card.results if result.subject != CONSISTENCY)
    return (one.case for one in cases if one.verdict is not Verdict.PASS or one.differs_on)


def test_this_library_is_right(connect: Connect) -> None:
    right = VectorAdapter()
    assert [*find_wrong_in_process(right, connect), *find_wrong_over_http(right, connect)] == []


@pytest.mark.slow
@pytest.mark.parametrize("rule", [rule for rule in ALL_RULES if rule.id not in UNTESTABLE], ids=str)
def test_a_broken_rule_fails_the_cases_that_name_it_and_no_others(rule: Rule, connect: Connect) -> None:
    broken = BREAKS[rule.id]()
    wrong = {*find_wrong_in_process(broken, connect)}
    if any(rule.id in case.rules for subject, case in CASES.values() if subject in SERVICE_SUBJECTS):
        wrong |= {*find_wrong_over_http(broken, connect)}
    assert wrong == {case.id for _, case in CASES.values() if rule.id in case.rules}


@pytest.mark.parametrize("rule", [rule.id for rule in ALL_RULES if rule.id not in UNTESTABLE])
def test_each_rule_decides_a_case_and_is_a_near_miss_in_a_different_one(rule: str) -> None:
    assert any(rule in case.rules for _, case in CASES.values())
    assert any(rule in case.near_misses for _, case in CASES.values())


def test_each_rule_decides_several_cases() -> None:
    counts = Counter(rule for _, case in CASES.values() for rule in case.rules)
    # There is one way to be in no group.
    assert [rule for rule, count in counts.items() if count == 1] == ["no-groups"]


def test_each_case_is_decided_by_a_rule_and_no_rule_is_both() -> None:
    for _, case in CASES.values():
        assert case.rules, case.id
        assert not set(case.rules) & set(case.near_misses), case.id


def test_ids_are_unique() -> None:
    ids = Counter(case.id for vectors in VECTORS for case in vectors.cases)
    assert set(ids.values()) == {1}
    assert all(case.startswith(f"{subject}/") for case, (subject, _) in CASES.items())


def test_no_two_cases_differ_in_names_only() -> None:
    shapes = Counter(shape(subject, case.input) for subject, case in CASES.values())
    assert [again for again, count in shapes.items() if count > 1] == []


def shape(subject: str, given: Any) -> str:
    """Return an input as text, with the names of groups and roles replaced by numbers."""
    members = given.model_dump(mode="json", by_alias=True)
    if subject not in ("preferred-role", "roles-claim", "access-token"):
        return f"{subject} {json.dumps(members)}"  # here the names themselves matter
    numbers: dict[str, str] = {}
    groups = [
        {name: numbers.setdefault(f"{value}", f"#{len(numbers)}") if name != "Precedence" else value}
        for group in members["Groups"]
        for name, value in group.items()
    ]
    return f"{subject} {groups}"


class TestPreferredRole:
    OTHER_ANSWERS: ClassVar = {NULL_PRECEDENCE.id: "abstains", ROLELESS_AT_BEST.id: "blocks"}
    CASES: ClassVar[list[Any]] = [case for subject, case in CASES.values() if subject == "preferred-role"]

    def list_answers_of_policies(self, case: Any) -> list[Any]:
        """Return the answers that a policy can lead to. No policy ignores the case of names or roles."""
        return [answer for answer in case.expected if set(answer.differs_on) <= self.OTHER_ANSWERS.keys()]

    def test_the_rules_are_those_that_the_resolver_names(self) -> None:
        for case in self.CASES:
            named = [rule.id for rule in resolve(case.input.groups).rules]
            about_text = (ROLE_CASE.id, NAME_CASE.id)
            assert [rule for rule in case.rules if rule not in about_text] == named, case.id

    def test_each_alternative_is_listed_with_its_questions(self) -> None:
        for case in self.CASES:
            resolution = resolve(case.input.groups)
            others = [([other.question.id], other.role_arn) for other in resolution.alternatives]
            listed = [
                ([*answer.differs_on], answer.id_token.get("cognito:preferred_role"))
                for answer in self.list_answers_of_policies(case)[1:]
                if len(answer.differs_on) == 1  # two questions matter together, not by themselves
            ]
            assert listed == others, case.id

    def test_every_policy_results_in_an_expected_answer(self) -> None:
        for case in self.CASES:
            for policy in ALL_POLICIES:
                role = resolve(case.input.groups, policy=policy).preferred_role
                claims: dict[str, Any] = {} if role is None else {"cognito:preferred_role": role}
                assert case.find_match(TokensAnswer(id_token=claims)) is not None, (case.id, policy)

    def test_an_answer_results_if_exactly_its_questions_are_answered_differently(self) -> None:
        for case in self.CASES:
            for answer in self.list_answers_of_policies(case):
                differently: dict[str, Any] = {
                    str(question.setting): self.OTHER_ANSWERS[question.id]
                    for question in OPEN_QUESTIONS
                    if question.id in answer.differs_on
                }
                assert len(differently) == len(answer.differs_on), case.id
                role = resolve(case.input.groups, policy=Policy(**differently)).preferred_role
                assert role == answer.id_token.get("cognito:preferred_role"), case.id

    def test_an_answer_with_two_questions_results_from_neither_alone(self) -> None:
        pairs = [case for case in self.CASES if any(len(one.differs_on) > 1 for one in case.expected)]
        assert pairs
        for case in pairs:
            assert not resolve(case.input.groups).open_questions, case.id

    def test_the_groups_that_decide_an_alternative_are_those_of_its_policy(self) -> None:
        for case in self.CASES:
            answers = self.list_answers_of_policies(case)[1:]
            single = [answer for answer in answers if len(answer.differs_on) == 1]
            for answer, other in zip(single, resolve(case.input.groups).alternatives, strict=True):
                decided_by = resolve(case.input.groups, policy=other.policy).decided_by
                assert [group.group_name for group in decided_by] == [*answer.decided_by], case.id


def test_every_answer_names_the_groups_that_decide() -> None:
    for case in TestPreferredRole.CASES:
        for answer in case.expected:
            assert answer.decided_by is not None, case.id


def test_the_example_of_the_readme_is_a_case() -> None:
    example = json.loads(README.partition("```json\n")[2].partition("```")[0])
    file = json.loads(get_resource("preferred-role").read_bytes())
    assert example in file["cases"]


def test_a_case_that_aws_leaves_open_has_several_answers() -> None:
    unspecified = {rule.id for rule in ALL_RULES if rule.basis is Basis.UNSPECIFIED}
    for vectors in VECTORS:
        questions = {question.id for question in vectors.questions}
        for case in vectors.cases:
            open_here = questions | (unspecified & {*case.rules})
            first, *others = case.expected
            assert first.differs_on == (), case.id
            for answer in others:
                assert answer.differs_on, case.id
                assert set(answer.differs_on) <= open_here, case.id
                assert not first.is_equivalent(answer), case.id
    for rule in unspecified:
        assert any(len(case.expected) > 1 for _, case in CASES.values() if rule in case.rules), rule


def list_strings(value: object) -> Iterator[str]:
    """Yield every string in a JSON value, and the parts of those that are joined."""
    if isinstance(value, str):
        yield from (value, *re.split("[ ,]", value))
    for element in as_list(value) or (as_object(value) or {}).values():
        yield from list_strings(element)


def has_values_that_differ_in_case(case: Any) -> bool:
    answers = [answer.to_json() for answer in case.expected]
    values = {*list_strings([case.input.model_dump(mode="json", by_alias=True), answers])}
    return len({value.lower() for value in values}) < len(values)


def is_about_a_machine(case_input: Any) -> bool:
    """Return whether a token has the ID of its client as its subject, or an event is for such a token."""
    if isinstance(case_input, OverrideInput):
        token = case_input.access_token
        return "client_id" in token and not case_input.id_token and token.get("client_id") != "issued"
    event = case_input.event
    client = event.get("client_id")
    return event.get("triggerSource") == "TokenGeneration_ClientCredentials" or (
        client is not None and event.get("sub") == client
    )


class TestFlags:
    BASES: ClassVar = {rule.id: rule.basis.value for rule in ALL_RULES}

    def test_the_bases_are_those_of_the_rules_that_decide(self) -> None:
        bases = {*map(str, Basis)}
        for _, case in CASES.values():
            assert bases & {*case.flags} == {self.BASES[rule] for rule in case.rules}, case.id

    def test_a_case_is_open_if_it_has_several_answers(self) -> None:
        for _, case in CASES.values():
            assert (Flag.OPEN in case.flags) == (len(case.expected) > 1), case.id

    def test_names_that_normalization_changes_are_flagged(self) -> None:
        changed = [
            case
            for _, case in CASES.values()
            for form in ("NFC", "NFKC")
            if not is_normalized(form, case.input.model_dump_json())
        ]
        assert len(changed) > 5
        assert all(Flag.UNICODE in case.flags for case in changed)

    def test_values_that_differ_in_case_only_are_flagged(self) -> None:
        differing = [case for _, case in CASES.values() if has_values_that_differ_in_case(case)]
        assert len(differing) > 10
        assert [case.id for case in differing if Flag.LETTER_CASE not in case.flags] == []

    def test_names_with_delimiters_are_flagged(self) -> None:
        events = [case for subject, case in CASES.values() if subject == "events"]
        delimited = [
            case
            for case in events
            for name in as_list(get_path(case.expected[0].claims, "cognito:groups")) or ()
            if re.search(r"[][,\"' ]", str(name))
        ]
        assert len(delimited) > 10
        assert [case.id for case in delimited if Flag.DELIMITER not in case.flags] == []

    def test_forms_of_emulators_are_flagged(self) -> None:
        decoded = [case for _, case in CASES.values() if "decoded-arrays" in case.rules]
        assert [case.id for case in decoded if Flag.EMULATOR not in case.flags] == []

    def test_tokens_of_machines_are_flagged(self) -> None:
        machines = [
            case
            for subject, case in CASES.values()
            if subject in ("events", "trigger-overrides") and is_about_a_machine(case.input)
        ]
        assert len(machines) > 3
        assert machines == [case for _, case in CASES.values() if Flag.MACHINE in case.flags]

    @pytest.mark.parametrize("flag", Flag)
    def test_each_is_used_and_explained_once_in_the_readme_and_in_the_schema(self, flag: Flag) -> None:
        assert any(flag in case.flags for _, case in CASES.values())
        assert README.count(f"| `{flag}` | {flag.explanation} |") == 1
        explained = json.loads((FOLDER / "schema.json").read_text())["$defs"]["Flag"]["oneOf"]
        assert explained.count({"const": str(flag), "description": flag.explanation}) == 1

    def test_an_unknown_flag_is_refused(self) -> None:
        file = json.loads(get_resource("paging").read_bytes())
        file["cases"][0]["flags"] = ["documanted"]
        assert not Draft202012Validator(json.loads((FOLDER / "schema.json").read_text())).is_valid(file)
        with pytest.raises(InvalidVectorsError, match=r"^paging\.cases\[0\]\.flags\[0\]"):
            parse_vectors(json.dumps(file))


@pytest.mark.parametrize("path", render_files(), ids=lambda path: path.name)
def test_each_file_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == render_files()[path], "run: python -m tools.vectors"


class TestSchema:
    SCHEMA: ClassVar[dict[str, Any]] = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))

    @pytest.mark.parametrize("subject", SUBJECTS)
    def test_describes_each_file(self, subject: str) -> None:
        file = json.loads(get_resource(subject).read_bytes())
        assert Draft202012Validator(self.SCHEMA).is_valid(file)

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
            {"note": "an unknown key"},
        ],
        ids=str,
    )
    def test_refuses_what_the_models_refuse(self, fault: dict[str, Any]) -> None:
        file = json.loads(get_resource("preferred-role").read_bytes())
        file["cases"] = [{**file["cases"][0], **fault}]
        assert not Draft202012Validator(self.SCHEMA).is_valid(file)
        with pytest.raises(InvalidVectorsError, match=r"^preferred-role\.cases\[0\]") as refused:
            parse_vectors(json.dumps(file))
        assert all(problem.path.startswith("preferred-role.cases[0]") for problem in refused.value.problems)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('{"subject": "other"}', "^subject: must be one of preferred-role, "),
            ("{}", "subject"),
            ("{", "JSON"),
        ],
    )
    def test_refuses_a_file_of_no_subject(self, text: str, message: str) -> None:
        with pytest.raises(InvalidVectorsError, match=message):
            parse_vectors(text)


class TestAnswers:
    def test_the_order_of_arrays_does_not_matter(self) -> None:
        one = TokensAnswer(id_token={"cognito:groups": ["a", "b"]})
        assert one.is_equivalent(TokensAnswer(id_token={"cognito:groups": ["b", "a"]}))
        assert not one.is_equivalent(TokensAnswer(id_token={"cognito:groups": ["a"]}))

    def test_an_element_that_comes_twice_is_a_different_answer(self) -> None:
        one = TokensAnswer(id_token={"cognito:groups": ["a", "b"]})
        assert not one.is_equivalent(TokensAnswer(id_token={"cognito:groups": ["b", "a", "a"]}))
        twice = [case for _, case in CASES.values() if case.id == "roles-claim/one-role-twice"]
        [once, repeated] = twice[0].expected
        assert repeated.differs_on == ("role-once",)
        three_times = {"cognito:roles": once.id_token["cognito:roles"] * 3}
        assert twice[0].find_match(TokensAnswer(id_token=three_times)) is None

    def test_scopes_may_have_any_order(self) -> None:
        one = OverrideAnswer(id_token={"scope": "a b"}, access_token={"scope": "a b"})
        assert one.is_equivalent(OverrideAnswer(id_token={"scope": "a b"}, access_token={"scope": "b a"}))
        assert not one.is_equivalent(
            OverrideAnswer(id_token={"scope": "b a"}, access_token={"scope": "a b"})
        )
        assert not one.is_equivalent(OverrideAnswer(id_token={"scope": "a b"}, access_token={"scope": "a"}))
        assert not one.is_equivalent(OverrideAnswer(id_token={"scope": "a b"}, access_token={}))
        array = OverrideAnswer(id_token={"scope": "a b"}, access_token={"scope": ["a", "b"]})
        assert not one.is_equivalent(array)

    @pytest.mark.parametrize("other", ["a", "a,b", "[a b]", None, {"a": "b"}, [["a", "b"]], [1]])
    def test_nothing_else_is_an_array(self, other: Any) -> None:
        one = TokensAnswer(id_token={"cognito:groups": ["a", "b"]})
        assert not one.is_equivalent(TokensAnswer(id_token={"cognito:groups": other}))

    def test_absent_is_neither_empty_nor_null(self) -> None:
        absent = TokensAnswer(id_token={})
        assert not absent.is_equivalent(TokensAnswer(id_token={"cognito:groups": []}))
        assert not absent.is_equivalent(TokensAnswer(id_token={"cognito:preferred_role": None}))

    def test_true_is_not_one(self) -> None:
        assert not TokensAnswer(id_token={"a": True}).is_equivalent(TokensAnswer(id_token={"a": 1}))

    def test_members_that_one_answer_lacks_are_not_compared(self) -> None:
        [case] = [case for _, case in CASES.values() if case.id == "preferred-role/zero-is-best"]
        assert case.find_match(TokensAnswer(id_token=case.expected[0].id_token)) is case.expected[0]
        assert case.find_match(TokensAnswer(id_token={}, decided_by=("admins",))) is None
