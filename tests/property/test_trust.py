"""Properties of trust policies, one class for each sentence."""

from typing import Any

from hypothesis import given, strategies as st

from cognito_claims._wire.json import as_list, as_object
from cognito_claims.access import Assessment, Verdict, evaluate_trust
from cognito_claims.access.rules import NOT_EVALUATED

POOL = "eu-west-1:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
OTHER_POOL = "eu-west-1:1b2c3d4e-5f6a-4b7c-8d8e-0f1a2b3c4d5e"
SERVICE = "cognito-identity.amazonaws.com"
ASSUME = "sts:AssumeRoleWithWebIdentity"
Statement = dict[str, Any]


def evaluate(statements: list[Statement], **settings: Any) -> Assessment:
    arguments: dict[str, Any] = {"identity_pool_id": POOL, "principal_tags": False, **settings}
    return evaluate_trust({"Version": "2012-10-17", "Statement": statements}, **arguments)


def get_result(statements: list[Statement], **settings: Any) -> tuple[Verdict, object, object]:
    """Return what must not depend on the order of the statements."""
    answer = evaluate(statements, **settings)
    return answer.verdict, {*answer.rules}, {*answer.warnings}


def one_or_list(*values: str) -> st.SearchStrategy[str | list[str]]:
    return st.sampled_from(values) | st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


def build(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values.map(lambda value: {name: value})


principals: st.SearchStrategy[Any] = st.one_of(
    st.just({"Federated": SERVICE}),
    build("Federated", one_or_list(SERVICE, "accounts.google.com", "*", SERVICE.title())),
    st.sampled_from(["*", {"AWS": "*"}, {"Service": "lambda.amazonaws.com"}, {"Workload": "x"}]),
)
actions = st.just(ASSUME) | one_or_list(ASSUME, "sts:TagSession", "sts:AssumeRole", "sts:*", ASSUME.lower())


def build_some(members: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(dict[str, st.SearchStrategy[Any]](), optional=members)


conditions = build_some(
    {
        "StringEquals": build_some(
            {
                f"{SERVICE}:aud": one_or_list(POOL, OTHER_POOL),
                f"{SERVICE}:sub": one_or_list("eu-west-1:a", "eu-west-1:b"),
                "aws:PrincipalOrgID": st.just("o-example"),
            }
        ),
        "ForAnyValue:StringLike": build_some(
            {f"{SERVICE}:amr": one_or_list("authenticated", "unauthenticated", "*", "a.b")}
        ),
        "IpAddress": st.just({"aws:SourceIp": "203.0.113.0/24"}),
        "StringLike": st.just({f"{SERVICE}:aud": "eu-west-1:*"}),
    }
)


def statements(effect: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Statement]:
    members: dict[str, st.SearchStrategy[Any]] = {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]) if effect is None else effect,
        "Principal": principals,
        "Action": actions,
        "Condition": conditions,
    }
    return st.fixed_dictionaries(members)


policies = st.lists(statements(), max_size=4)
settings = build_some(
    {
        "principal_tags": st.sampled_from([True, None]),
        "identity_id": st.sampled_from(["eu-west-1:a", "eu-west-1:c"]),
        "flow": st.just("classic"),
    }
)


class TestOrder:
    """The order of statements, of values and of keys does not matter."""

    @given(policies.flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))), settings)
    def test_of_statements(
        self, both: tuple[list[Statement], list[Statement]], settings: dict[str, Any]
    ) -> None:
        assert get_result(both[0], **settings) == get_result(both[1], **settings)

    @given(policies, settings)
    def test_of_values_and_keys(self, policy: list[Statement], settings: dict[str, Any]) -> None:
        def turn(value: Any) -> Any:
            if (members := as_object(value)) is not None:
                return {key: turn(member) for key, member in reversed(members.items())}
            values = as_list(value)
            return value if values is None else values[::-1]

        assert evaluate([turn(one) for one in policy], **settings) == evaluate(policy, **settings)


class TestOneValue:
    """A string is the same as a list with this string only."""

    @given(policies, settings)
    def test_everywhere(self, policy: list[Statement], settings: dict[str, Any]) -> None:
        def wrap(value: Any) -> Any:
            if (members := as_object(value)) is not None:
                return {key: wrap(member) for key, member in members.items()}
            return [value] if isinstance(value, str) and value not in ("*", "Allow", "Deny") else value

        assert evaluate([wrap(one) for one in policy], **settings) == evaluate(policy, **settings)


class TestDeny:
    """A statement that denies never lets anybody in, and one that allows never keeps anybody out."""

    RANK = (Verdict.NO, Verdict.UNKNOWN, Verdict.YES)

    @given(policies, statements(st.just("Deny")), settings)
    def test_one_more_never_admits(
        self, policy: list[Statement], deny: Statement, settings: dict[str, Any]
    ) -> None:
        before, after = evaluate(policy, **settings), evaluate([*policy, deny], **settings)
        assert self.RANK.index(after.verdict) <= self.RANK.index(before.verdict)
        assert {*after.warnings} <= {*before.warnings}

    @given(policies, statements(st.just("Allow")), settings)
    def test_one_more_allow_never_refuses(
        self, policy: list[Statement], allow: Statement, settings: dict[str, Any]
    ) -> None:
        before, after = evaluate(policy, **settings), evaluate([*policy, allow], **settings)
        assert self.RANK.index(after.verdict) >= self.RANK.index(before.verdict)
        assert {*after.warnings} >= {*before.warnings}

    @given(policies)
    def test_without_conditions_refuses_everyone(self, policy: list[Statement]) -> None:
        deny = {"Effect": "Deny", "Principal": {"Federated": SERVICE}, "Action": "*"}
        answer = evaluate([*policy, deny])
        assert (answer.verdict, answer.warnings) == (Verdict.NO, ())


class TestNotEvaluated:
    """What is not evaluated makes a statement that would decide unknown, and nothing else."""

    OPERATORS = ("StringLike", "StringEqualsIfExists", "Null", "ArnLike", "stringequals", "Bool")

    @given(
        st.sampled_from(OPERATORS),
        st.sampled_from([f"{SERVICE}:aud", f"{SERVICE}:amr", "aws:SourceIp", "aws:PrincipalTag/a"]),
        st.text(max_size=5),
    )
    def test_an_operator(self, operator: str, key: str, value: str) -> None:
        self.check({"Condition": {operator: {key: value}}})

    @given(st.from_regex(r"[a-z]{2,5}:[A-Za-z]{1,9}", fullmatch=True), st.text(max_size=5))
    def test_a_key(self, key: str, value: str) -> None:
        self.check({"Condition": {"StringEquals": {key: value}}})

    @given(st.from_regex(r"[A-Z]{4,9}", fullmatch=True))
    def test_a_member(self, name: str) -> None:
        self.check({name: "x"})

    def check(self, members: dict[str, Any]) -> None:
        allow = {"Effect": "Allow", "Principal": {"Federated": SERVICE}, "Action": ASSUME}
        other = {**allow, "Principal": {"Federated": "accounts.google.com"}}
        answer = evaluate([{**allow, **members}])
        assert (answer.verdict, answer.rules) == (Verdict.UNKNOWN, (NOT_EVALUATED,))
        assert evaluate([allow, {**allow, **members}]).verdict is Verdict.YES
        assert evaluate([allow, {**allow, **members, "Effect": "Deny"}]).verdict is Verdict.UNKNOWN
        assert evaluate([{**other, **members}]).verdict is Verdict.NO


class TestActions:
    """Names of actions ignore case."""

    @given(st.lists(st.booleans(), min_size=len(ASSUME), max_size=len(ASSUME)))
    def test_of_any_letter(self, capitals: list[bool]) -> None:
        pairs = zip(ASSUME, capitals, strict=True)
        action = "".join(c.upper() if capital else c.lower() for c, capital in pairs)
        allow = {"Effect": "Allow", "Principal": {"Federated": SERVICE}, "Action": action}
        assert evaluate([allow]).verdict is Verdict.YES
        assert evaluate([{**allow, "Effect": "Deny"}, {**allow, "Action": "*"}]).verdict is Verdict.NO
