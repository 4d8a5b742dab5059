"""Trust policies: the reason of each conformance case, the forms of a policy, and malformed ones."""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from cognito_claims import InvalidResponseError
from cognito_claims.access import TRUST_RULES, Assessment, Verdict, evaluate_trust, parse_trust_policy
from cognito_claims.access.rules import NOT_EVALUATED, TAG_SESSION
from cognito_claims.conformance import load
from cognito_claims.conformance.cases import TrustVectors
from tests.json_values import anything
from tests.vector_adapter import VectorAdapter

[VECTORS] = [vectors for vectors in load() if isinstance(vectors, TrustVectors)]
CASES = {case.id.partition("/")[2]: case for case in VECTORS.cases}
POOL = "eu-west-1:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
OTHER_POOL = "eu-west-1:1b2c3d4e-5f6a-4b7c-8d8e-0f1a2b3c4d5e"
SERVICE = "cognito-identity.amazonaws.com"

FIRST_ALLOWS = "Statement[0] allows the identity pool sts:AssumeRoleWithWebIdentity"
SECOND_ALLOWS = "Statement[1] allows the identity pool sts:AssumeRoleWithWebIdentity"
OTHER_PRINCIPAL = "Statement[0]: the principal is not cognito-identity.amazonaws.com"
OTHER_ACTION = "Statement[0]: the action does not include sts:AssumeRoleWithWebIdentity"
REASONS = {
    "console-default": FIRST_ALLOWS,
    "single-statement": FIRST_ALLOWS,
    "old-version": FIRST_ALLOWS,
    "no-version": FIRST_ALLOWS,
    "sid": FIRST_ALLOWS,
    "no-statement": "no statement allows anything",
    "deny-only": "no statement allows anything",
    "principal-list": FIRST_ALLOWS,
    "other-provider": OTHER_PRINCIPAL,
    "service-principal": OTHER_PRINCIPAL,
    "oidc-provider-arn": OTHER_PRINCIPAL,
    "user-pools-principal": OTHER_PRINCIPAL,
    "misspelled-service": OTHER_PRINCIPAL,
    "account-principal": FIRST_ALLOWS,
    "everyone": "the principal is not cognito-identity.amazonaws.com exactly, but may include it",
    "every-account": "may include it",
    "every-provider": "may include it",
    "principal-in-capitals": "may include it",
    "unknown-principal-type": "a type of principal that is not evaluated",
    "not-principal": "has NotPrincipal, which is not evaluated",
    "govcloud": FIRST_ALLOWS,
    "govcloud-commercial-name": "Statement[0]: the principal is not cognito-identity-us-gov.amazonaws.com",
    "govcloud-commercial-key": "StringEquals on cognito-identity.amazonaws.com:aud is not evaluated",
    "china": FIRST_ALLOWS,
    "china-commercial-name": "the principal is not cognito-identity.cn-north-1.amazonaws.com.cn",
    "other-partition": "AWS documents no name of the identity pools service in this partition",
    "action-list": FIRST_ALLOWS,
    "assume-role": OTHER_ACTION,
    "with-saml": OTHER_ACTION,
    "action-in-lower-case": FIRST_ALLOWS,
    "action-in-upper-case": FIRST_ALLOWS,
    "action-prefix": FIRST_ALLOWS,
    "action-of-the-service": FIRST_ALLOWS,
    "every-action": FIRST_ALLOWS,
    "action-question-mark": FIRST_ALLOWS,
    "action-pattern-too-long": OTHER_ACTION,
    "not-action": "has NotAction, which is not evaluated",
    "resource": "has Resource, which is not evaluated",
    "unknown-member": "has a member that is not evaluated",
    "tags": FIRST_ALLOWS,
    "tags-in-own-statement": FIRST_ALLOWS,
    "tags-by-pattern": FIRST_ALLOWS,
    "tags-not-allowed": "but sts:TagSession: Statement[0]: the action does not include sts:TagSession",
    "tags-denied": "but sts:TagSession: Statement[1] denies the identity pool sts:TagSession",
    "tags-unused": FIRST_ALLOWS,
    "tags-perhaps-not-allowed": "but sts:TagSession: Statement[1]: ",
    "other-identity-pool": f"aud must be {OTHER_POOL}, which is not the ID of this identity pool",
    "several-identity-pools": FIRST_ALLOWS,
    "several-other-identity-pools": f"aud must be {OTHER_POOL} or {OTHER_POOL[:-1]}f",
    "aud-wildcard": "(StringEquals has no wildcards)",
    "aud-in-upper-case": "aud must be a different value, which is not the ID of this identity pool",
    "aud-string-like": "StringLike on cognito-identity.amazonaws.com:aud is not evaluated",
    "aud-if-exists": "StringEqualsIfExists on cognito-identity.amazonaws.com:aud is not evaluated",
    "aud-not-equals": "StringNotEquals on cognito-identity.amazonaws.com:aud is not evaluated",
    "aud-variable": "has no value, a variable or",
    "aud-key-in-capitals": FIRST_ALLOWS,
    "aud-without-service": "StringEquals on a key is not evaluated",
    "aud-only": FIRST_ALLOWS,
    "amr-only": FIRST_ALLOWS,
    "no-condition": FIRST_ALLOWS,
    "amr-only-of-guests": "amr must be unauthenticated, which is for guests",
    "guests": "Statement[0]: amr must be unauthenticated, which is for guests",
    "guests-too": FIRST_ALLOWS,
    "amr-pattern": FIRST_ALLOWS,
    "amr-prefix": FIRST_ALLOWS,
    "amr-any": FIRST_ALLOWS,
    "amr-of-a-provider": "names providers, which are not evaluated",
    "amr-of-the-user-pool": "names providers, which are not evaluated",
    "amr-provider-or-signed-in": FIRST_ALLOWS,
    "amr-guests-or-a-provider": "names providers, which are not evaluated",
    "amr-string-equals": "StringEquals on cognito-identity.amazonaws.com:amr is not evaluated",
    "amr-for-all-values": "ForAllValues:StringLike on cognito-identity.amazonaws.com:amr is not evaluated",
    "identity": FIRST_ALLOWS,
    "other-identity": "Statement[0]: sub must be the identity of a different user",
    "identity-not-known": "sub is limited to some identities: pass the ID of the user's identity",
    "identity-only": FIRST_ALLOWS,
    "identity-not-needed": SECOND_ALLOWS,
    "source-ip": "Statement[0]: aws:SourceIp never holds in the enhanced flow",
    "source-ip-in-lower-case": "Statement[0]: aws:SourceIp never holds in the enhanced flow",
    "not-source-ip": "NotIpAddress on aws:SourceIp is not evaluated",
    "other-key": "StringEquals on aws:PrincipalOrgID is not evaluated",
    "null-operator": "Null on cognito-identity.amazonaws.com:sub is not evaluated",
    "boolean-value": "a value that is no string",
    "other-key-does-not-matter": "aud must be",
    "with-lambda": SECOND_ALLOWS,
    "one-pool-each": SECOND_ALLOWS,
    "guests-in-own-statement": SECOND_ALLOWS,
    "unknown-beside-allow": SECOND_ALLOWS,
    "unknown-beside-miss": "Statement[0]: has NotAction, which is not evaluated",
    "nearest-miss": "Statement[2]: aud must be",
    "deny": "Statement[1] denies the identity pool sts:AssumeRoleWithWebIdentity",
    "deny-first": "Statement[0] denies the identity pool sts:AssumeRoleWithWebIdentity",
    "deny-other-pool": FIRST_ALLOWS,
    "deny-guests": FIRST_ALLOWS,
    "deny-other-action": FIRST_ALLOWS,
    "deny-everyone": "Statement[1], which denies: the principal is not",
    "deny-unless-org": "Statement[1], which denies: StringNotEquals on aws:PrincipalOrgID is not evaluated",
    "deny-unless-pool": "StringNotEquals on cognito-identity.amazonaws.com:aud is not evaluated",
    "deny-source-ip": FIRST_ALLOWS,
    "deny-unknown-without-allow": "aud must be",
    "deny-not-evaluated-pool": "Statement[1], which denies: has NotAction, which is not evaluated",
}
"""The reason, or a part of it, of each case."""


def evaluate(policy: Any, **settings: Any) -> Assessment:
    arguments: dict[str, Any] = {"identity_pool_id": POOL, "principal_tags": False, **settings}
    return evaluate_trust(policy, **arguments)


def get_policy(case: str) -> Any:
    return CASES[case].input.policy


def test_there_are_60_cases_and_a_reason_for_each() -> None:
    assert len(CASES) >= 60
    assert REASONS.keys() == CASES.keys()


@pytest.mark.parametrize("case", REASONS)
def test_the_reason_names_the_statement_or_the_missing_fact(case: str) -> None:
    answer = VectorAdapter().evaluate_trust(CASES[case].input)
    assert REASONS[case] in answer.reason
    [expected, *_] = CASES[case].expected
    assert (answer.verdict, tuple(rule.id for rule in answer.warnings)) == (
        expected.verdict,
        expected.warnings,
    )
    assert answer.rules
    assert {*answer.rules, *answer.warnings} <= {*TRUST_RULES}
    assert (answer.statement is None) == ("Statement[" not in answer.reason)


@pytest.mark.parametrize("case", CASES)
def test_the_form_of_a_policy_does_not_matter(case: str) -> None:
    policy = get_policy(case)
    settings: dict[str, Any] = {"identity_pool_id": CASES[case].input.identity_pool_id}
    expected = evaluate(policy, **settings)
    text = json.dumps(policy)
    for form in (text, quote(text), quote(text, safe=""), f"\n{text}\n", parse_trust_policy(policy)):
        assert evaluate(form, **settings) == expected


class TestPrincipalTags:
    def test_are_not_needed_if_the_action_is_allowed_anyway(self) -> None:
        assert evaluate(get_policy("tags"), principal_tags=None).verdict is Verdict.YES

    def test_that_are_not_known_are_a_missing_fact(self) -> None:
        answer = evaluate(get_policy("console-default"), principal_tags=None)
        assert (answer.verdict, answer.rules) == (Verdict.UNKNOWN, (TAG_SESSION,))
        assert "it is not known whether the identity pool needs it" in answer.reason

    @pytest.mark.parametrize("tags", [None, True])
    def test_do_not_matter_if_the_role_is_not_trusted(self, tags: bool | None) -> None:
        answer = evaluate(get_policy("other-identity-pool"), principal_tags=tags)
        assert answer == evaluate(get_policy("other-identity-pool"))

    @pytest.mark.parametrize(("tags", "verdict"), [(None, Verdict.UNKNOWN), (True, Verdict.NO)])
    def test_decide_if_the_permission_that_they_need_is_missing(
        self, tags: bool | None, verdict: Verdict
    ) -> None:
        assert evaluate(get_policy("not-principal")).verdict is Verdict.UNKNOWN
        assert evaluate(get_policy("not-principal"), principal_tags=tags).verdict is verdict

    def test_do_not_change_the_reason_of_what_is_unknown(self) -> None:
        policy = get_policy("every-provider")
        [statement] = policy["Statement"]
        both = {"Statement": [{**statement, "Action": "sts:*"}]}
        for tags in (None, True):
            answer = evaluate(both, principal_tags=tags)
            assert (answer.verdict, answer.rules) == (Verdict.UNKNOWN, (NOT_EVALUATED,))


class TestClassicFlow:
    def test_the_address_is_that_of_the_user(self) -> None:
        policy = get_policy("source-ip")
        assert evaluate(policy).verdict is Verdict.NO
        answer = evaluate(policy, flow="classic")
        assert answer.verdict is Verdict.UNKNOWN
        assert "IpAddress on aws:SourceIp is not evaluated" in answer.reason


def change(**members: Any) -> dict[str, Any]:
    """Return the policy of the console with other members of its statement; `None` removes one."""
    [statement] = get_policy("console-default")["Statement"]
    changed = {**statement, **members}
    return {"Statement": [{name: value for name, value in changed.items() if value is not None}]}


PLACE = "AssumeRolePolicyDocument"
MALFORMED: list[tuple[Any, str]] = [
    ("", f"{PLACE}: must be JSON, which may be URL-encoded"),
    ("%7B", f"{PLACE}: must be JSON, which may be URL-encoded"),
    ('{"Statement": [], "Statement": []}', f"{PLACE}: has a key twice in one object"),
    ("[" * 100_000, f"{PLACE}: is nested too deeply"),
    ("[]", f"{PLACE}: must be an object"),
    (5, f"{PLACE}: must be an object"),
    ({5: []}, f"{PLACE}: must be an object"),
    ({}, f"{PLACE}.Statement: is missing"),
    ({"Statment": []}, f"{PLACE}.Statment: is not a known key: use Statement"),
    ({"Version": "2012-10-18", "Statement": []}, f"{PLACE}.Version: must be 2012-10-17 or 2008-10-17"),
    ({"Statement": "x"}, f"{PLACE}.Statement: must be an object"),
    ({"Statement": ["x"]}, f"{PLACE}.Statement[0]: must be an object"),
    (change(Effect=None), f"{PLACE}.Statement[0].Effect: is missing"),
    (change(Effect="allow"), f"{PLACE}.Statement[0].Effect: must be Allow or Deny"),
    (change(effect="Allow"), f"{PLACE}.Statement[0].effect: is not a known key: use Effect"),
    (change(Effect=None, Efect="Allow"), f"{PLACE}.Statement[0].Efect: is not a known key: use Effect"),
    (change(Action=None), f"{PLACE}.Statement[0].Action: must have Action or NotAction, and not both"),
    (change(NotAction="a"), f"{PLACE}.Statement[0].Action: must have Action or NotAction, and not both"),
    (change(Action=[5]), f"{PLACE}.Statement[0].Action: must be a string or a list of strings"),
    (change(Action={}), f"{PLACE}.Statement[0].Action: must be a string or a list of strings"),
    (
        change(Principal=None),
        f"{PLACE}.Statement[0].Principal: must have Principal or NotPrincipal, and not both",
    ),
    (change(Principal=SERVICE), f"{PLACE}.Statement[0].Principal: must be an object"),
    (
        change(Principal={"Federatd": SERVICE}),
        f"{PLACE}.Statement[0].Principal.Federatd: is not a known key: use Federated",
    ),
    (
        change(Principal={"Federated": 5}),
        f"{PLACE}.Statement[0].Principal.Federated: must be a string or a list of strings",
    ),
    (
        change(Principal={"Workload": 5}),
        f"{PLACE}.Statement[0].Principal[...]: must be a string or a list of strings",
    ),
    (change(Condition=[]), f"{PLACE}.Statement[0].Condition: must be an object"),
    (change(Condition={"StringEquals": []}), f"{PLACE}.Statement[0].Condition[...]: must be an object"),
    (
        change(Condition={"StringEquals": {"a:b": None}}),
        f"{PLACE}.Statement[0].Condition[...][...]: must be a value or a list of values",
    ),
]


class TestMalformedPolicies:
    @pytest.mark.parametrize(("policy", "message"), MALFORMED, ids=[line for _, line in MALFORMED])
    def test_are_refused_with_the_place(self, policy: Any, message: str) -> None:
        with pytest.raises(InvalidResponseError) as refused:
            evaluate(policy)
        assert str(refused.value) == f"GetRole: {message}"
        assert refused.value.__context__ is None

    def test_are_reported_with_every_problem(self) -> None:
        with pytest.raises(InvalidResponseError) as refused:
            evaluate({"Version": 5, "Statement": [{}, {"Effect": "Allow"}]})
        assert [problem.path for problem in refused.value.problems] == [
            f"{PLACE}.Version",
            *(f"{PLACE}.Statement[0].{name}" for name in ("Effect", "Principal", "Action")),
            *(f"{PLACE}.Statement[1].{name}" for name in ("Principal", "Action")),
        ]

    @given(anything | st.text())
    def test_any_value_is_evaluated_or_refused(self, value: Any) -> None:
        for policy in (value, {"Statement": value}, change(Condition=value), change(Principal=value)):
            with suppress(InvalidResponseError):
                assert evaluate(policy).reason


def test_a_condition_without_values_is_not_evaluated() -> None:
    answer = evaluate(change(Condition={"StringEquals": {f"{SERVICE}:aud": []}}))
    assert (answer.verdict, answer.rules) == (Verdict.UNKNOWN, (NOT_EVALUATED,))


def test_a_name_that_may_be_a_secret_is_not_quoted() -> None:
    policy = change(Condition={"zoe@example.org": {"+15550167423": "x"}}, **{"Zoe Quirke": 1})
    reason = evaluate(policy).reason
    assert (
        reason == "Statement[0]: a condition on a key is not evaluated; has a member that is not evaluated"
    )


def test_a_pattern_of_many_wildcards_takes_no_time() -> None:
    assert evaluate(change(Action="*?" * 400 + "x")).verdict is Verdict.NO
    assert evaluate(change(Action="*" * 400)).verdict is Verdict.YES
    assert evaluate(change(Action="[s]ts:*")).verdict is Verdict.NO
