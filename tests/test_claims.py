"""Group claims, and the difference between those of a token and the current ones."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from cognito_claims import ClaimsChange, GroupClaims, resolve
from cognito_claims.testing.strategies import group_claims
from tests.samples import role


class TestGroupClaims:
    def test_each_token_has_its_claims(self) -> None:
        claims = GroupClaims(groups=("a",), roles=(role("x"),), preferred_role=role("x"))
        assert claims.id_token() == {
            "cognito:groups": ["a"],
            "cognito:roles": [role("x")],
            "cognito:preferred_role": role("x"),
        }
        assert claims.access_token() == {"cognito:groups": ["a"]}

    @pytest.mark.parametrize("arguments", [{"groups": "staff"}, {"roles": "staff"}])
    def test_a_string_instead_of_a_tuple_is_rejected(self, arguments: dict[str, Any]) -> None:
        with pytest.raises(TypeError, match="expected a tuple of strings"):
            GroupClaims(**arguments)

    def test_empty_claims_are_absent(self) -> None:
        assert GroupClaims().id_token() == {}
        assert GroupClaims().access_token() == {}

    def test_changes_to_the_returned_claims_do_not_affect_the_value(self) -> None:
        claims = GroupClaims(groups=("a",))
        claims.id_token()["cognito:groups"].append("b")
        assert claims.id_token() == {"cognito:groups": ["a"]}


class TestCompare:
    def test_returns_every_change(self) -> None:
        token = GroupClaims(("staff", "beta"), (role("staff"), role("beta")), role("staff"))
        current = GroupClaims(("admins", "staff"), (role("admin"), role("staff")), role("admin"))
        assert token.compare(current) == ClaimsChange(
            groups_added=("admins",),
            groups_removed=("beta",),
            roles_gained=(role("admin"),),
            roles_lost=(role("beta"),),
            preferred_role_before=role("staff"),
            preferred_role_after=role("admin"),
        )

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (GroupClaims(("a",)), GroupClaims()),
            (GroupClaims(), GroupClaims(("a",))),
            (GroupClaims(("a",), (role("x"),)), GroupClaims(("a",))),
            (GroupClaims(("a",)), GroupClaims(("a",), (role("x"),))),
            (GroupClaims(("a",), (role("x"),), role("x")), GroupClaims(("a",), (role("x"),))),
        ],
    )
    def test_a_single_difference_is_a_change(self, before: GroupClaims, after: GroupClaims) -> None:
        assert before.compare(after)
        assert after.compare(before)

    def test_a_preferred_role_may_appear_or_disappear(self) -> None:
        before, after = GroupClaims(preferred_role=role("x")), GroupClaims()
        assert before.compare(after).preferred_role_changed
        assert not before.compare(before).preferred_role_changed

    def test_values_other_than_group_claims_are_rejected(self) -> None:
        with pytest.raises(TypeError, match=r"got Resolution: use the \.claims of a Resolution"):
            GroupClaims().compare(resolve([]))  # type: ignore[arg-type]

    @given(group_claims(), st.randoms())
    def test_order_does_not_matter(self, claims: GroupClaims, random: Any) -> None:
        groups, roles = list(claims.groups), list(claims.roles)
        random.shuffle(groups)
        random.shuffle(roles)
        shuffled = GroupClaims(tuple(groups), tuple(roles), claims.preferred_role)
        assert not claims.compare(shuffled)
        assert not shuffled.compare(claims)

    @given(group_claims(), group_claims())
    def test_the_reverse_comparison_swaps_additions_and_removals(
        self, before: GroupClaims, after: GroupClaims
    ) -> None:
        change, reverse = before.compare(after), after.compare(before)
        assert (change.groups_added, change.groups_removed) == (
            reverse.groups_removed,
            reverse.groups_added,
        )
        assert (change.roles_gained, change.roles_lost) == (reverse.roles_lost, reverse.roles_gained)
        assert (set(before.groups) | set(change.groups_added)) - set(change.groups_removed) == set(
            after.groups
        )
        assert bool(change) == bool(reverse)
