"""The public strategies: their values are valid, varied, shrink well, and are found by type."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from importlib import import_module
from itertools import pairwise
from operator import eq
from runpy import run_path
from typing import Any, get_type_hints

import pytest
from hypothesis import Phase, find, given, seed, settings, strategies as st
from hypothesis.errors import InvalidArgument
from pydantic import TypeAdapter
from typing_extensions import is_typeddict

from cognito_claims import (
    AdminListGroupsForUserResponse,
    Ambiguous,
    GroupType,
    NoRole,
    Policy,
    Preferred,
    Resolution,
    _registry,
    access,
    claims,
    identity_pool,
    models,
    resolve,
    resolver,
    rules,
    tokens,
    user_pool,
)
from cognito_claims._wire.scalars import (
    AwsDatetime,
    GroupName,
    PageToken,
    Precedence,
    RoleArn,
    Username,
    UserPoolId,
)
from cognito_claims.client import PaginatorConfigDict
from cognito_claims.events import pre_token_generation
from cognito_claims.resolver import outcomes
from cognito_claims.resolver.decision import is_federated_auto_group
from cognito_claims.rules import OPEN_QUESTIONS, RULES
from cognito_claims.testing import strategies
from cognito_claims.testing.strategies import memberships, pages, policies, scalars
from cognito_claims.testing.strategies.by_type import get_strategy
from tests.samples import ALL_POLICIES, role

ONE = st.shared(memberships(), key="one membership")


class TestEveryValueIsValid:
    @pytest.mark.parametrize(
        ("strategy", "scalar"),
        [
            (strategies.dates(), AwsDatetime),
            (strategies.group_names(), GroupName),
            (strategies.page_tokens(), PageToken),
            (strategies.precedences(), Precedence),
            (strategies.role_arns(), RoleArn),
            (strategies.user_pool_ids(), UserPoolId),
            (strategies.usernames(), Username),
        ],
    )
    @given(data=st.data())
    def test_of_a_scalar(
        self, strategy: st.SearchStrategy[object], scalar: Any, data: st.DataObject
    ) -> None:
        value = data.draw(strategy)
        assert TypeAdapter(scalar).validate_python(value) == value

    # tests/test_models.py does the same for every model.
    @given(memberships(), policies())
    def test_of_a_membership(self, groups: list[GroupType], policy: Policy) -> None:
        for group in groups:
            assert GroupType.model_validate(group.model_dump(by_alias=True)) == group
        assert len({group.user_pool_id for group in groups}) <= 1
        assert len(resolve(groups, policy=policy).claims.groups) == len(groups)

    @given(pages(memberships(min_size=100)))
    @settings(max_examples=5)
    def test_of_the_largest_membership(self, pages: list[AdminListGroupsForUserResponse]) -> None:
        assert len(resolve(group for page in pages for group in page.groups).ranking) == 100
        assert max(len(page.groups) for page in pages) <= 60

    @pytest.mark.parametrize("sizes", [{"min_size": -1}, {"min_size": 5, "max_size": 4}, {"max_size": -1}])
    def test_a_membership_of_an_impossible_size_is_refused_at_once(self, sizes: dict[str, int]) -> None:
        with pytest.raises(InvalidArgument, match="min_size"):
            memberships(**sizes)  # type: ignore[arg-type]

    @given(
        memberships(
            user_pool_id=st.just("eu-west-1_X"),
            role_arn=st.just(role("x")),
            precedence=st.just(7),
            min_size=1,
        )
    )
    def test_of_a_membership_with_arguments(self, groups: list[GroupType]) -> None:
        assert {group.user_pool_id for group in groups} == {"eu-west-1_X"}
        assert {group.role_arn for group in groups} <= {None, role("x")}
        assert {group.precedence for group in groups} <= {None, 7}

    @given(strategies.groups(group_name=st.just("a"), role_arn=st.none(), precedence=st.integers(5, 6)))
    def test_of_a_group_with_arguments(self, group: GroupType) -> None:
        assert (group.group_name, group.role_arn) == ("a", None)
        assert group.precedence in (5, 6)

    @given(ONE, pages(ONE))
    def test_of_pages(self, groups: list[GroupType], pages: list[AdminListGroupsForUserResponse]) -> None:
        assert [group for page in pages for group in page.groups] == groups
        *more, last = [page.next_token for page in pages]
        assert last is None
        assert None not in more
        assert len(set(more)) == len(more)

    @given(strategies.resolutions(st.just([GroupType(group_name="a")]), st.just(Policy(roleless="blocks"))))
    def test_of_a_resolution_with_arguments(self, resolution: Resolution) -> None:
        assert resolution == resolve([GroupType(group_name="a")], policy=Policy(roleless="blocks"))


def has_updated_issuer(token: tokens.IdTokenClaims | tokens.AccessTokenClaims) -> bool:
    issuer = tokens.parse_issuer(token.iss)
    assert issuer is not None
    return issuer.is_updated


VARIED: list[tuple[st.SearchStrategy[Any], Callable[[Any], object]]] = [
    (strategies.group_names(), lambda name: not name.isascii()),
    (strategies.group_names(), lambda name: "," in name),
    (strategies.usernames(), lambda name: "@" in name),
    (strategies.role_arns(), lambda arn: arn.startswith("arn:aws-cn:") and arn.count("/") == 3),
    (strategies.precedences(), lambda precedence: precedence > 2**30),
    (strategies.dates(), lambda date: date.microsecond and date.utcoffset()),
    (strategies.groups(), lambda group: group.description and not group.role_arn),
    (memberships(), lambda groups: len({group.last_modified_date for group in groups}) > 1),
    (strategies.users(), lambda user: user.attributes),
    (strategies.users(), lambda user: user.user_status == "A_NEW_ONE"),
    (strategies.id_token_claims(), has_updated_issuer),
    (strategies.id_token_claims(), lambda token: not has_updated_issuer(token)),
    (strategies.access_token_claims(), has_updated_issuer),
    (strategies.access_token_claims(), lambda token: not has_updated_issuer(token)),
    (strategies.paginator_configs(), lambda config: config.max_items and config.max_items > 200),
    (strategies.paginator_configs(), lambda config: config.page_size and config.starting_token),
    (st.from_type(GroupType), lambda group: group.role_arn is None),
    (st.from_type(GroupType), lambda group: group.role_arn is not None),
]


@pytest.mark.usefixtures("fixed_examples")
class TestWhatMattersIsFrequent:
    @pytest.fixture(scope="class")
    @staticmethod
    def seen() -> Counter[str]:
        """Return how many of 500 memberships have each property."""
        seen: Counter[str] = Counter()

        @seed(0)
        @settings(max_examples=500, database=None)
        @given(memberships())
        def draw(groups: list[GroupType]) -> None:
            resolution = resolve(groups)
            seen.update(str(rule) for rule in resolution.rules)
            seen.update(question.id for question in resolution.open_questions)
            seen[type(resolution.outcome).__name__] += 1
            federated = [group for group in groups if is_federated_auto_group(group)]
            facts = {
                "tie": len(resolution.decided_by) > 1,
                "tie of three": len(resolution.decided_by) > 2,
                "null": any(group.precedence is None for group in groups),
                "number": any(group.precedence is not None for group in groups),
                "without a role": any(group.role_arn is None for group in groups),
                "with a role": any(group.role_arn is not None for group in groups),
                "bare federated group": any(group.role_arn is None for group in federated),
                "federated group with a role": any(group.role_arn is not None for group in federated),
            }
            seen.update(fact for fact, holds in facts.items() if holds)

        draw()
        return seen

    @pytest.mark.parametrize("rule", RULES, ids=str)
    def test_each_rule_is_reached_within_500_examples(self, seen: Counter[str], rule: rules.Rule) -> None:
        assert seen[str(rule)] > 0

    @pytest.mark.parametrize("what", ["tie", "null", "number", "without a role", "with a role"])
    def test_one_membership_in_ten_has_what_claims_differ_by(self, seen: Counter[str], what: str) -> None:
        assert seen[what] >= 50

    @pytest.mark.parametrize(
        "what",
        [
            *(question.id for question in OPEN_QUESTIONS),
            *("Ambiguous", "NoRole", "Preferred"),
            *("bare federated group", "federated group with a role", "tie of three"),
        ],
    )
    def test_one_in_a_hundred_has_a_rare_case(self, seen: Counter[str], what: str) -> None:
        assert seen[what] >= 5

    @pytest.mark.parametrize(("strategy", "holds"), VARIED)
    def test_values_are_varied(
        self, strategy: st.SearchStrategy[Any], holds: Callable[[Any], object]
    ) -> None:
        unshrunk = settings(phases=[Phase.generate], max_examples=5_000)
        assert holds(find(strategy, lambda value: bool(holds(value)), settings=unshrunk))

    def test_every_policy_is_drawn(self) -> None:
        for policy in ALL_POLICIES:
            assert find(policies(), partial(eq, policy)) == policy

    @pytest.mark.slow
    def test_a_page_is_empty_before_the_end(self) -> None:
        found = find(
            pages(), lambda pages: any(not one.groups and two.groups for one, two in pairwise(pages))
        )
        assert [len(page.groups) for page in found] == [0, 1]


@pytest.mark.slow
@pytest.mark.usefixtures("fixed_examples")
class TestShrinking:
    """A failing test reports the smallest membership that shows the fault."""

    def test_a_tie_is_two_groups_with_nothing_but_their_roles(self) -> None:
        one, other = find(memberships(), lambda groups: isinstance(resolve(groups).outcome, Ambiguous))
        for group in (one, other):
            assert len(group.group_name) == 1
            assert group == GroupType(
                group_name=group.group_name, user_pool_id="us-east-1_EXAMPLE", role_arn=group.role_arn
            )

    def test_a_naive_sort_is_refuted_by_two_groups(self) -> None:
        def by_hand(groups: list[GroupType]) -> str | None:  # 0 and none confused
            ranked = sorted((group for group in groups if group.role_arn), key=lambda g: g.precedence or 0)
            return ranked[0].role_arn if ranked else None

        found = find(memberships(), lambda groups: by_hand(groups) != resolve(groups).preferred_role)
        assert len(found) == 2

    def test_a_group_is_one_letter(self) -> None:
        assert find(strategies.groups(), lambda _: True) == GroupType(group_name="a")

    def test_a_federated_group_that_decides_is_the_only_group(self) -> None:
        [group] = find(
            memberships(),
            lambda groups: any(group.role_arn and is_federated_auto_group(group) for group in groups),
        )
        assert group.precedence is None


def find_loaded(code: str, *modules: str, **environment: str) -> list[str]:
    """Run code in a separate Python, and return which of the modules it loaded."""
    code += f"\nimport sys; print(*[name for name in {modules!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    return done.stdout.split()


@pytest.mark.usefixtures("fixed_examples")
class TestFromType:
    HEAVY = (
        "pydantic",
        "cognito_claims.models",
        "cognito_claims.rules",
        "cognito_claims.testing.strategies",
    )

    def test_hypothesis_loads_nothing_heavy(self) -> None:
        code = """
import sys, importlib.metadata
importlib.metadata.entry_points = lambda **_: ()
import hypothesis
alone = set(sys.modules)
import cognito_claims.testing.hypothesis
cognito_claims.testing.hypothesis.register()
print(*sorted(set(sys.modules) - alone))
"""
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        assert done.stdout.split() == [
            "cognito_claims",
            "cognito_claims._lazy",
            "cognito_claims._registry",
            "cognito_claims.testing",
            "cognito_claims.testing.hypothesis",
        ]
        assert find_loaded("import hypothesis", "cognito_claims._registry", *self.HEAVY) == [
            "cognito_claims._registry"
        ]

    def test_the_types_load_neither_hypothesis_nor_strategies(self) -> None:
        code = (
            "import cognito_claims.resolver.outcomes, inspect; inspect.signature(cognito_claims.GroupType)"
        )
        assert find_loaded(code, "hypothesis", "cognito_claims.testing.strategies") == []

    USE = """
Group = cognito_claims.GroupType
typed = find(st.from_type(Group), lambda group: group.precedence and group.precedence > 3)
assert typed == Group(group_name="a", precedence=4)
resolution = find(st.from_type(cognito_claims.Resolution), lambda resolution: resolution.preferred_role)
assert resolution == cognito_claims.resolve(resolution.ranking, policy=resolution.policy)
"""

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "imports",
        [
            "import cognito_claims\nfrom hypothesis import find, strategies as st",
            "from hypothesis import find, strategies as st\nimport cognito_claims",
            "import cognito_claims.resolver\nfrom hypothesis import find, strategies as st",
            "from hypothesis import find, strategies as st\nimport cognito_claims.resolver",
        ],
        ids=["ours first", "Hypothesis first", "our modules first", "Hypothesis before our modules"],
    )
    def test_the_order_of_imports_does_not_matter(self, imports: str) -> None:
        strategies = "cognito_claims.testing.strategies"
        # With CI set, Hypothesis draws the same examples in each run.
        assert find_loaded(imports + self.USE, strategies, CI="true") == [strategies]

    def test_a_subclass_is_built_from_its_own_fields(self) -> None:
        class Member(GroupType, frozen=True):
            value: int
            since: int = 5

        member = find(st.from_type(Member), lambda member: member.since > 6)
        assert member == Member(group_name="a", value=0, since=7)
        assert get_type_hints(Member)["value"] is int

    @pytest.mark.parametrize(
        "type_",
        [
            *(getattr(models, name) for name in models.__all__),
            *(user_pool.DescribeUserPoolRequest, user_pool.DescribeUserPoolResponse),
            *(user_pool.IssuerConfigurationType, user_pool.LambdaConfigType, user_pool.UserPoolType),
            user_pool.PreTokenGenerationVersionConfigType,
            *(tokens.AccessTokenClaims, tokens.IdTokenClaims, tokens.Identity),
            *(claims.AccessTokenGroupClaims, claims.GroupClaims, claims.IdTokenGroupClaims),
            pre_token_generation.GroupConfiguration,
            *(access.GetRoleResponse, access.Role),
            *(identity_pool.CognitoIdentityProvider, identity_pool.DescribeIdentityPoolResponse),
            identity_pool.GetPrincipalTagAttributeMapResponse,
            *(identity_pool.GetIdentityPoolRolesResponse, identity_pool.MappingRule),
            *(identity_pool.RoleMapping, identity_pool.RulesConfiguration),
            PaginatorConfigDict,
            *(
                Ambiguous,
                NoRole,
                Preferred,
                outcomes.Alternative,
                outcomes.GroupStatus,
                outcomes.RankedGroup,
            ),
            *(resolver.Policy, resolver.Resolution),
            *(
                pre_token_generation.PreTokenGenerationV1Event,
                pre_token_generation.PreTokenGenerationV2Event,
            ),
            pre_token_generation.PreTokenGenerationV3Event,
        ],
    )
    @given(data=st.data())
    @settings(max_examples=20)
    def test_every_type_has_values(self, type_: type[object], data: st.DataObject) -> None:
        value = data.draw(st.from_type(type_))
        assert isinstance(value, dict if is_typeddict(type_) else type_)

    @given(st.from_type(PaginatorConfigDict))
    def test_a_config_is_one_that_a_paginator_takes(self, config: PaginatorConfigDict) -> None:
        assert models.PaginatorConfig.model_validate(config).model_dump(by_alias=True) == dict(config)

    @given(st.from_type(claims.GroupClaims), st.from_type(claims.IdTokenGroupClaims))
    def test_claims_are_consistent(
        self, claims: claims.GroupClaims, token: claims.IdTokenGroupClaims
    ) -> None:
        assert claims.preferred_role in (None, *claims.roles)
        assert token.get("cognito:preferred_role") in (None, *token.get("cognito:roles", []))
        assert [] not in token.values()

    @given(st.from_type(Preferred))
    def test_a_preferred_role_is_that_of_all_groups_that_decide(self, outcome: Preferred) -> None:
        assert {group.role_arn for group in outcome.decided_by} == {outcome.role_arn}

    @pytest.mark.slow
    @given(st.lists(st.from_type(Preferred) | st.from_type(Ambiguous) | st.from_type(NoRole), min_size=5))
    def test_many_outcomes_can_be_drawn(self, outcomes: list[outcomes.Outcome]) -> None:
        assert {type(outcome) for outcome in outcomes} <= {Ambiguous, NoRole, Preferred}

    @given(st.from_type(outcomes.RankedGroup), st.from_type(outcomes.Alternative))
    def test_ranked_groups_and_alternatives_are_those_of_a_user(
        self, ranked: outcomes.RankedGroup, alternative: outcomes.Alternative
    ) -> None:
        assert ranked.rank > 0
        assert alternative.question in OPEN_QUESTIONS
        assert alternative.policy != Policy()

    @given(st.from_type(Ambiguous))
    def test_no_role_is_that_of_all_groups_that_decide_nothing(self, outcome: Ambiguous) -> None:
        roles = {group.role_arn for group in outcome.decided_by}
        assert None in roles or len(roles) != 1


def test_a_subscriber_gets_every_type_published_before_and_after() -> None:
    registry = run_path(str(_registry.__file__))  # empty, unlike the one that the models publish to
    received: list[type] = []
    registry["publish"](int)
    registry["subscribe"](received.append)
    registry["publish"](str, bytes)
    assert received == [int, str, bytes]


@pytest.mark.parametrize("type_", [*outcomes.Outcome.__args__, outcomes.Alternative, outcomes.RankedGroup])
def test_annotations_can_be_read_at_run_time(type_: type[object]) -> None:
    assert set(get_type_hints(type_)) >= {field.name for field in fields(type_)}  # type: ignore[arg-type]


def test_a_character_that_pydantic_does_not_know_yet_is_left_out() -> None:
    assert scalars.is_group_name("a")
    assert not scalars.is_group_name("\N{NO-BREAK SPACE}")


def test_without_hypothesis_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, strategies.__name__)
    with pytest.raises(ImportError, match=r"cognito-claims\[testing\]"):
        import_module(strategies.__name__)


def test_a_type_of_another_library_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="expected a type of cognito_claims, got int"):
        get_strategy(int)
