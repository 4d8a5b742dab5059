"""The events of AppSync resolvers, whose `identity` contains the token's claims unchanged.

Rules: `token-arrays`.
"""

from typing import Any

from cognito_claims._wire.base import CamelCaseModel
from cognito_claims._wire.json import as_object
from cognito_claims._wire.parsing import parse_claims
from cognito_claims.claims import GroupClaims
from cognito_claims.tokens import ClaimsLike, EventLike, PayloadGroupClaims, build_token_payload


class _Identity(CamelCaseModel, frozen=True):
    claims: PayloadGroupClaims


class _Event(CamelCaseModel, frozen=True):
    identity: _Identity


def parse_appsync_event(event: EventLike) -> GroupClaims:
    """Parse the group claims in the event of an AppSync resolver, or in its `identity` alone.

    Raises:
        InvalidClaimsError: If there is no identity with claims, or a group claim has the wrong type.
    """
    members = as_object(event)
    if members is not None and "identity" not in members:
        return parse_claims(_Identity, members, "AppSync identity").claims.group_claims
    return parse_claims(_Event, event, "AppSync event").identity.claims.group_claims


def build_appsync_event(claims: ClaimsLike) -> dict[str, Any]:
    """Build the event that AppSync sends to a direct Lambda resolver.

    Raises:
        InvalidClaimsError: If the claims are not an object.
    """
    payload = build_token_payload(claims)
    identity = {
        "claims": payload,
        "defaultAuthStrategy": "ALLOW",
        "groups": payload.get("cognito:groups"),
        "issuer": payload.get("iss"),
        "sourceIp": ["192.0.2.1"],
        "sub": payload.get("sub"),
        # The claim has this name in an ID token, and the other in an access token.
        "username": payload.get("cognito:username", payload.get("username")),
    }
    return {
        "arguments": {},
        "identity": identity,
        "source": None,
        "request": {"headers": {}, "domainName": None},
        "prev": None,
        "info": {
            "selectionSetList": ["id"],
            "selectionSetGraphQL": "{\n  id\n}",
            "fieldName": "example",
            "parentTypeName": "Query",
            "variables": {},
        },
        "stash": {},
    }
