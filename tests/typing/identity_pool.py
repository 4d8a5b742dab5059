"""What a type checker sees of identity pools."""

from typing import assert_type

from cognito_claims import GroupClaims, Resolution
from cognito_claims.identity_pool import (
    IDENTITY_POOL_QUESTIONS,
    IDENTITY_POOL_RULES,
    AccessDenied,
    AssumedRole,
    GetIdentityPoolRolesResponse,
    IdTokenLike,
    RoleMapping,
    choose_role,
    parse_identity_pool_roles,
)
from cognito_claims.rules import OpenQuestion, Rule


def everything_that_stands_for_an_id_token(resolution: Resolution) -> None:
    claims: list[IdTokenLike] = [GroupClaims(), resolution, {"cognito:groups": ["staff"]}]
    assert_type([choose_role(one, None) for one in claims], list[AssumedRole | AccessDenied])


def mappings(value: object) -> None:
    assert_type(parse_identity_pool_roles(value), RoleMapping | GetIdentityPoolRolesResponse | None)
    assert_type(IDENTITY_POOL_RULES, tuple[Rule, ...])
    assert_type(IDENTITY_POOL_QUESTIONS, tuple[OpenQuestion, ...])
