"""Each rule as properties, in a class whose docstring is the rule's sentence."""

import re

import pytest
from hypothesis import assume, given, strategies as st

from cognito_claims import GroupType, NoRole, Policy, Preferred, resolve
from cognito_claims.rules import RULES, Rule
from tests import oracle
from tests.samples import (
    MAX_PRECEDENCE,
    POOL,
    ROLES,
    memberships,
    policies,
    role,
    role_arns,
)


def with_precedence(group: GroupType, precedence: int | None) -> GroupType:
    return group.model_copy(update={"precedence": precedence})


def with_role(group: GroupType, role_arn: str | None) -> GroupType:
    return group.model_copy(update={"role_arn": role_arn})


def new_group(precedence: int | None, role_arn: str | None) -> GroupType:
    return GroupType(group_name="!new", user_pool_id=POOL, precedence=precedence, role_arn=role_arn)


class TestNoRole:
    """If no group has a role, neither role claim is set."""

    @given(memberships, policies)
    def test_the_outcome_is_no_role_if_and_only_if_no_group_has_one(
        self, groups: list[GroupType], policy: Policy
    ) -> None:
        resolution = resolve(groups, policy=policy)
        no_roles = all(group.role_arn is None for group in groups)
        assert isinstance(resolution.outcome, NoRole) == no_roles
        assert ("cognito:roles" in resolution.claims.id_token()) == (not no_roles)
        if no_roles:
            assert "cognito:preferred_role" not in resolution.claims.id_token()


class TestLowestWins:
    """The role of the group with the lowest precedence is preferred. 0 is the lowest."""

    @given(memberships, st.data())
    def test_lowering_the_precedence_of_a_winner_changes_nothing(
        self, groups: list[GroupType], data: st.DataObject
    ) -> None:
        before = resolve(groups)
        assume(before.preferred_role is not None)
        winner = data.draw(st.sampled_from(before.decided_by))
        highest = MAX_PRECEDENCE if winner.precedence is None else winner.precedence
        lower = with_precedence(winner, data.draw(st.integers(0, highest)))
        after = resolve([lower if group is winner else group for group in groups])
        assert after.preferred_role == before.preferred_role

    @given(memberships, st.integers(0, 2**30))
    def test_shifting_all_precedences_changes_nothing(self, groups: list[GroupType], shift: int) -> None:
        groups = [group for group in groups if (group.precedence or 0) + shift <= MAX_PRECEDENCE]
        shifted = [
            with_precedence(group, None if group.precedence is None else group.precedence + shift)
            for group in groups
        ]
        before, after = resolve(groups), resolve(shifted)
        assert after.claims == before.claims
        assert after.rules == before.rules

    @given(memberships, role_arns)
    def test_a_group_that_ranks_lower_never_changes_the_preferred_role(
        self, groups: list[GroupType], role_arn: str | None
    ) -> None:
        before = resolve(groups)
        assume(before.decided_by and before.decided_by[0].precedence not in (None, MAX_PRECEDENCE))
        for precedence in ((before.decided_by[0].precedence or 0) + 1, None):
            after = resolve([*groups, new_group(precedence, role_arn)])
            assert after.preferred_role == before.preferred_role

    @given(memberships)
    def test_the_only_group_with_precedence_zero_wins(self, groups: list[GroupType]) -> None:
        others = [with_precedence(group, 1) if group.precedence == 0 else group for group in groups]
        assert resolve([*others, new_group(0, role("top"))]).preferred_role == role("top")


class TestNullRanksLast:
    """A group without a precedence ranks after every group that has one."""

    @given(memberships, role_arns)
    def test_a_group_without_a_precedence_never_overrides_one_that_has_one(
        self, groups: list[GroupType], role_arn: str | None
    ) -> None:
        before = resolve(groups)
        assume(before.decided_by and before.decided_by[0].precedence is not None)
        assert resolve([*groups, new_group(None, role_arn)]).preferred_role == before.preferred_role

    @given(memberships)
    def test_groups_without_a_precedence_come_last_in_the_ranking(self, groups: list[GroupType]) -> None:
        nulls = [group.precedence is None for group in resolve(groups).ranking]
        assert nulls == sorted(nulls)


class TestTieSameRole:
    """If all groups tied at the best precedence name the same role, that role is preferred."""

    @given(memberships)
    def test_a_second_group_equal_to_a_deciding_one_changes_nothing(self, groups: list[GroupType]) -> None:
        before = resolve(groups)
        assume(before.preferred_role is not None)
        duplicate = before.decided_by[0].model_copy(update={"group_name": "!duplicate"})
        after = resolve([*groups, duplicate])
        assert after.preferred_role == before.preferred_role
        assert "tie-same-role" in map(str, after.rules)


class TestTieDifferingRoles:
    """If groups tied at the best precedence name different roles, no role is preferred, and the next
    precedence is not consulted."""

    @given(memberships, policies)
    def test_two_groups_tied_with_different_roles_never_yield_the_claim(
        self, groups: list[GroupType], policy: Policy
    ) -> None:
        tie = [
            new_group(0, role("one")),
            new_group(0, role("other")).model_copy(update={"group_name": "!other"}),
        ]
        resolution = resolve([*groups, *tie], policy=policy)
        assert resolution.preferred_role is None
        assert "tie-differing-roles" in map(str, resolution.rules)


class TestOnlyRole:
    """If all of a user's groups together name one role, that role is preferred."""

    @given(memberships, st.sampled_from(["ignored", "blocks"]))
    def test_the_only_role_is_preferred_for_any_precedences(
        self, groups: list[GroupType], roleless: str
    ) -> None:
        same = [group if group.role_arn is None else with_role(group, ROLES[0]) for group in groups]
        assume(any(group.role_arn for group in same))
        policy = Policy(roleless="blocks" if roleless == "blocks" else "ignored")
        resolution = resolve(same, policy=policy)
        assert resolution.preferred_role == ROLES[0]
        assert "only-role" in map(str, resolution.rules)


class TestNullTies:
    """Groups without a precedence tie, as groups with the same precedence do."""

    @given(memberships, st.integers(0, MAX_PRECEDENCE))
    def test_no_precedences_resolve_like_equal_precedences(
        self, groups: list[GroupType], precedence: int
    ) -> None:
        nulls = resolve([with_precedence(group, None) for group in groups])
        equals = resolve([with_precedence(group, precedence) for group in groups])
        assert nulls.claims == equals.claims


class TestRolelessIgnored:
    """A group without a role does not compete, even with the lowest precedence."""

    @given(memberships, st.one_of(st.none(), st.integers(0, MAX_PRECEDENCE)))
    def test_a_group_without_a_role_never_changes_the_preferred_role(
        self, groups: list[GroupType], precedence: int | None
    ) -> None:
        after = resolve([*groups, new_group(precedence, None)])
        assert after.preferred_role == resolve(groups).preferred_role


class TestFederatedAutoGroup:
    """The group <poolId>_<IdP> that a federated sign-in creates, without a role or a precedence,
    does not compete."""

    @given(memberships, policies)
    def test_it_changes_no_role_claim_under_any_policy(
        self, groups: list[GroupType], policy: Policy
    ) -> None:
        bare = GroupType(group_name=f"{POOL}_Okta", user_pool_id=POOL)
        assume(all(group.group_name != bare.group_name for group in groups))
        before, after = resolve(groups, policy=policy), resolve([*groups, bare], policy=policy)
        assert (after.roles, after.preferred_role) == (before.roles, before.preferred_role)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_each_rule_has_a_class_with_its_sentence(rule: Rule) -> None:
    name = "Test" + rule.id.title().replace("-", "")
    assert re.sub(r"\s+", " ", globals()[name].__doc__) == rule.sentence


class TestEveryResolution:
    @given(memberships, policies)
    def test_agrees_with_the_oracle(self, groups: list[GroupType], policy: Policy) -> None:
        assert resolve(groups, policy=policy).preferred_role == oracle.find_preferred_role(groups, policy)

    @given(
        memberships.flatmap(lambda groups: st.tuples(st.just(groups), st.permutations(groups))), policies
    )
    def test_does_not_depend_on_the_order_of_the_groups(
        self, orders: tuple[list[GroupType], list[GroupType]], policy: Policy
    ) -> None:
        groups, permutation = orders
        assert resolve(groups, policy=policy) == resolve(permutation, policy=policy)

    @given(memberships, st.data())
    def test_counts_a_repeated_group_once(self, groups: list[GroupType], data: st.DataObject) -> None:
        repeated = data.draw(st.lists(st.sampled_from(groups))) if groups else []
        assert resolve([*groups, *repeated]) == resolve(groups)

    @given(memberships, policies)
    def test_prefers_one_of_the_roles(self, groups: list[GroupType], policy: Policy) -> None:
        resolution = resolve(groups, policy=policy)
        assert resolution.preferred_role is None or resolution.preferred_role in resolution.roles

    @given(memberships, policies)
    def test_has_exactly_the_distinct_roles_and_all_groups(
        self, groups: list[GroupType], policy: Policy
    ) -> None:
        claims = resolve(groups, policy=policy).claims
        assert sorted(claims.roles) == sorted({group.role_arn for group in groups} - {None})  # type: ignore[type-var]
        assert sorted(claims.groups) == sorted(group.group_name for group in groups)

    @given(memberships, policies)
    def test_access_token_claims_are_a_subset_of_id_token_claims(
        self, groups: list[GroupType], policy: Policy
    ) -> None:
        claims = resolve(groups, policy=policy).claims
        assert claims.access_token().items() <= claims.id_token().items()

    @given(memberships, policies)
    def test_a_question_is_open_if_and_only_if_its_other_answer_changes_the_role(
        self, groups: list[GroupType], policy: Policy
    ) -> None:
        resolution = resolve(groups, policy=policy)
        assert [question.id for question in resolution.open_questions] == oracle.find_open_questions(
            groups, policy
        )
        for alternative in resolution.alternatives:
            resolved = resolve(groups, policy=alternative.policy)
            assert resolved.preferred_role == alternative.role_arn
            assert alternative.role_arn != resolution.preferred_role

    @given(memberships, policies)
    def test_a_question_is_raised_by_groups_that_lack_a_precedence_or_a_role(
        self, groups: list[GroupType], policy: Policy
    ) -> None:
        for alternative in resolve(groups, policy=policy).alternatives:
            assert alternative.raised_by
            for group in alternative.raised_by:
                assert group.precedence is None or group.role_arn is None
                assert group in groups

    @given(memberships, policies)
    def test_is_decided_by_groups_that_name_the_preferred_role(
        self, groups: list[GroupType], policy: Policy
    ) -> None:
        resolution = resolve(groups, policy=policy)
        if isinstance(resolution.outcome, Preferred):
            assert resolution.decided_by
            assert {group.role_arn for group in resolution.decided_by} == {resolution.preferred_role}

    @given(memberships, policies)
    def test_names_a_rule_unless_the_policy_is_the_reason(
        self, groups: list[GroupType], policy: Policy
    ) -> None:
        resolution = resolve(groups, policy=policy)
        if resolution.preferred_role is not None or not resolution.roles or policy.is_documented:
            assert resolution.rules

    @given(memberships, policies)
    def test_explains_each_group_in_one_line(self, groups: list[GroupType], policy: Policy) -> None:
        resolution = resolve(groups, policy=policy)
        _, _, *lines = resolution.explain().splitlines()
        for line, ranked in zip(lines[1:], resolution.ranked_groups, strict=False):
            assert line.split()[:2] == [f"{ranked.rank}.", ranked.group.group_name]
            assert ranked.status in line
