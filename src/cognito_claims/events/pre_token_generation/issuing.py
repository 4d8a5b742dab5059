"""The tokens that Cognito issues after a pre token generation trigger."""

from dataclasses import dataclass, field
from typing import Any

from cognito_claims._wire.json import as_object, deep_copy_json
from cognito_claims.claims import GroupClaims
from cognito_claims.events._event import EventLike
from cognito_claims.events.pre_token_generation.models import (
    CONTAINERS,
    AccessTokenGeneration,
    ClaimsAndScopeOverrideDetails,
    ClaimsOverrideDetails,
    IdTokenGeneration,
)
from cognito_claims.events.pre_token_generation.parsing import parse_response, require_event, require_object
from cognito_claims.events.pre_token_generation.reserved_claims import may_add, may_suppress
from cognito_claims.tokens import parse_token_payload


@dataclass(frozen=True, slots=True)
class TokenPair:
    """The payloads of a user's two tokens, or some of their claims."""

    id_token: dict[str, Any] = field(repr=False)
    """The ID token's claims by name."""

    access_token: dict[str, Any] = field(repr=False)
    """The access token's claims by name."""

    @property
    def group_claims(self) -> GroupClaims:
        """The group claims of the ID token."""
        return parse_token_payload(self.id_token)


def apply_override(claims: GroupClaims | TokenPair, response: EventLike) -> TokenPair:
    """Return the claims that Cognito issues for the answer of a trigger.

    Reserved claims are left unchanged, as by Cognito.

    Rules: all of `TRIGGER_RULES`.

    Args:
        claims: The claims without the trigger: of a user's groups, or of both tokens.
        response: The event that the trigger returned, or its `response`.

    Raises:
        InvalidClaimsError: If the response is malformed, which Cognito would refuse.
        TypeError: If `claims` is neither `GroupClaims` nor a `TokenPair`.
    """
    members = require_event(response, "must be an object: the trigger must return the event")
    is_event = "response" in members or "request" in members
    event: dict[str, object] = members if is_event else {"response": members}
    answer = parse_response({**event, "response": _replace_null_groups(event.get("response"))})
    tokens = _to_token_pair(claims)
    id_token = deep_copy_json(tokens.id_token, "ID token")
    access_token = deep_copy_json(tokens.access_token, "access token")
    v1 = answer.claims_override_details
    v2 = answer.claims_and_scope_override_details or ClaimsAndScopeOverrideDetails()
    if (override := (v1 or v2).group_override_details) is not None:
        # In version 1 too, the groups are those of both tokens.
        groups = override.group_claims
        id_token = _remove_groups(id_token) | dict(groups.id_token())
        access_token = _remove_groups(access_token) | dict(groups.access_token())
    id_token = _change_claims(id_token, v1 or v2.id_token_generation, is_id_token=True)
    access_token = _change_claims(access_token, v2.access_token_generation, is_id_token=False)
    return TokenPair(id_token, _change_scopes(access_token, v2.access_token_generation))


def _to_token_pair(claims: object) -> TokenPair:
    match claims:
        case TokenPair():
            return claims
        case GroupClaims():
            return TokenPair(dict(claims.id_token()), dict(claims.access_token()))
        case _:
            raise TypeError(f"expected GroupClaims or TokenPair, got {type(claims).__name__}")


def _replace_null_groups(response: object) -> object:
    """Replace null by an empty object in `groupOverrideDetails`, which has the same effect."""
    members = as_object(response)
    if members is None:
        return response
    for container in CONTAINERS.values():
        details = as_object(members.get(container)) or {}
        if "groupOverrideDetails" in details:
            path = f"response.{container}.groupOverrideDetails"
            groups = require_object(details["groupOverrideDetails"], path)
            details["groupOverrideDetails"] = {
                name: value for name, value in groups.items() if value is not None
            }
            members[container] = details
    return members


def _change_claims(
    token: dict[str, Any],
    changes: ClaimsOverrideDetails | IdTokenGeneration | AccessTokenGeneration | None,
    *,
    is_id_token: bool,
) -> dict[str, Any]:
    if changes is None:
        return token
    added = (changes.claims_to_add_or_override or {}).items()
    token = token | {name: value for name, value in added if may_add(name, to_id_token=is_id_token)}
    suppressed = {
        name for name in changes.claims_to_suppress if may_suppress(name, in_id_token=is_id_token)
    }
    if "cognito:groups" in suppressed:  # the roles are suppressed with the groups
        token = _remove_groups(token)
    return {name: value for name, value in token.items() if name not in suppressed}


def _remove_groups(token: dict[str, Any]) -> dict[str, Any]:
    names = ("cognito:groups", "cognito:roles", "cognito:preferred_role")
    return {name: value for name, value in token.items() if name not in names}


def _change_scopes(token: dict[str, Any], changes: AccessTokenGeneration | None) -> dict[str, Any]:
    if changes is None or not (changes.scopes_to_add or changes.scopes_to_suppress):
        return token
    scopes = dict.fromkeys([*str(token.get("scope", "")).split(), *changes.scopes_to_add])
    kept = [scope for scope in scopes if scope not in changes.scopes_to_suppress]
    others = {name: value for name, value in token.items() if name != "scope"}
    return {**others, "scope": " ".join(kept)} if kept else others
