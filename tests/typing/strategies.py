from datetime import datetime
from typing import assert_type

from hypothesis import given, strategies as st
from hypothesis.strategies import SearchStrategy

from cognito_claims import (
    AdminListGroupsForUserResponse,
    GroupClaims,
    GroupType,
    PaginatorConfig,
    Policy,
    Resolution,
    UserType,
)
from cognito_claims.events import PreTokenGenerationEvent
from cognito_claims.identity_pool import GetIdentityPoolRolesResponse, RoleMapping
from cognito_claims.testing.strategies import (
    access_token_claims,
    dates,
    group_claims,
    group_names,
    groups,
    id_token_claims,
    identity_pool_roles,
    memberships,
    page_tokens,
    pages,
    paginator_configs,
    policies,
    precedences,
    resolutions,
    role_arns,
    role_mappings,
    trigger_events,
    user_pool_ids,
    usernames,
    users,
)
from cognito_claims.tokens import AccessTokenClaims, IdTokenClaims


def drawing() -> None:
    assert_type(access_token_claims(), SearchStrategy[AccessTokenClaims])
    assert_type(id_token_claims(group_claims()), SearchStrategy[IdTokenClaims])
    assert_type(identity_pool_roles(), SearchStrategy[GetIdentityPoolRolesResponse])
    assert_type(role_mappings(), SearchStrategy[RoleMapping])
    assert_type(trigger_events(), SearchStrategy[PreTokenGenerationEvent])
    assert_type(dates(), SearchStrategy[datetime])
    assert_type(group_claims(), SearchStrategy[GroupClaims])
    assert_type(group_names(), SearchStrategy[str])
    assert_type(groups(), SearchStrategy[GroupType])
    assert_type(groups(role_arn=st.none(), precedence=st.integers(0, 5)), SearchStrategy[GroupType])
    assert_type(memberships(), SearchStrategy[list[GroupType]])
    assert_type(memberships(user_pool_id=user_pool_ids(), max_size=3), SearchStrategy[list[GroupType]])
    assert_type(page_tokens(), SearchStrategy[str])
    assert_type(pages(), SearchStrategy[list[AdminListGroupsForUserResponse]])
    assert_type(pages(memberships(min_size=1)), SearchStrategy[list[AdminListGroupsForUserResponse]])
    assert_type(paginator_configs(), SearchStrategy[PaginatorConfig])
    assert_type(policies(), SearchStrategy[Policy])
    assert_type(precedences(), SearchStrategy[int])
    assert_type(resolutions(memberships(), policies()), SearchStrategy[Resolution])
    assert_type(role_arns(), SearchStrategy[str])
    assert_type(user_pool_ids(), SearchStrategy[str])
    assert_type(usernames(), SearchStrategy[str])
    assert_type(users(), SearchStrategy[UserType])
    assert_type(st.from_type(GroupType), SearchStrategy[GroupType])

    memberships(user_pool_ids())  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]  # pyrefly: ignore[bad-argument-count]
    memberships(role_arn="admin")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    pages(groups())  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]


@given(memberships(), policies())
def test_a_property(members: list[GroupType], policy: Policy) -> None:
    assert_type(members, list[GroupType])
    assert_type(policy, Policy)
