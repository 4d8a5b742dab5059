"""What a type checker sees of tokens and issuers."""

from typing import Any, assert_type

from cognito_claims import GroupClaims
from cognito_claims.tokens import (
    ClaimsLike,
    IdTokenClaims,
    Issuer,
    build_issuer,
    build_provider_name,
    build_token_payload,
    parse_issuer,
)


def issuers() -> None:
    assert_type(build_issuer("eu-west-1_EXAMPLE"), str)
    assert_type(build_issuer("eu-west-1_EXAMPLE", region="us-east-1", updated=True), str)
    assert_type(build_provider_name("https://example.com/pool", "client"), str)
    assert_type(parse_issuer("https://example.com/pool"), Issuer | None)


def user_pools(token: IdTokenClaims, issuer: Issuer) -> None:
    assert_type((token.user_pool_id, token.region), tuple[str | None, str | None])
    assert_type((issuer.user_pool_id, issuer.region, issuer.url), tuple[str, str, str])
    assert_type(issuer.is_updated, bool)
    assert_type(issuer.build_provider_name("client"), str)


def everything_that_stands_for_claims(token: IdTokenClaims) -> None:
    claims: list[ClaimsLike] = [GroupClaims(), token, {"cognito:groups": ["staff"]}]
    assert_type([build_token_payload(one) for one in claims], list[dict[str, Any]])
