"""What a type checker sees of tokens and issuers."""

from typing import Any, assert_type

from cognito_claims import GroupClaims
from cognito_claims.tokens import (
    ClaimsLike,
    IdTokenClaims,
    build_issuer,
    build_provider_name,
    build_token_payload,
)


def issuers() -> None:
    assert_type(build_issuer("eu-west-1_EXAMPLE"), str)
    assert_type(build_provider_name("https://example.com/pool", "client"), str)


def everything_that_stands_for_claims(token: IdTokenClaims) -> None:
    claims: list[ClaimsLike] = [GroupClaims(), token, {"cognito:groups": ["staff"]}]
    assert_type([build_token_payload(one) for one in claims], list[dict[str, Any]])
