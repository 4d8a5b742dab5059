"""The sources of claims: detect the source of a payload or an event, and parse it.

>>> event = {"requestContext": {"authorizer": {"jwt": {"claims": {"cognito:groups": "[admins staff]"}}}}}
>>> detect_source(event)
<ClaimsSource.HTTP_API: 'http-api'>
>>> parse_event(detect_source(event), event).groups
('admins', 'staff')
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import assert_never

from cognito_claims._wire.json import as_object, get_path
from cognito_claims.claims import GroupClaims
from cognito_claims.errors import InvalidClaimsError, Problem
from cognito_claims.events.api_gateway import is_bracketed, parse_http_api_event, parse_rest_api_event
from cognito_claims.events.appsync import parse_appsync_event
from cognito_claims.events.pre_token_generation import TRIGGER_SOURCES, parse_pre_token_generation_event
from cognito_claims.tokens import EventLike, parse_token_payload


class ClaimsSource(StrEnum):
    """Where claims come from."""

    JWT = "jwt"
    """The decoded payload of an ID token or an access token."""

    APPSYNC = "appsync"
    """The event of an AppSync resolver: `identity.claims`."""

    REST_API = "rest-api"
    """The event of a REST API with a Cognito authorizer: `requestContext.authorizer.claims`."""

    HTTP_API = "http-api"
    """The event of an HTTP API with a JWT authorizer: `requestContext.authorizer.jwt.claims`."""

    PRE_TOKEN_GENERATION = "pre-token-generation"  # noqa: S105, no password
    """The event of a pre token generation trigger: `request.groupConfiguration`."""


def detect_source(value: EventLike) -> ClaimsSource:
    """Return whether the value is the payload of a token, or which event it is.

    Raises:
        InvalidClaimsError: If the value is neither a token payload nor a supported event.
    """
    members = as_object(value) or {}
    authorizer = get_path(members, "requestContext", "authorizer")
    # The payload first, since a trigger may add a claim of any name to it.
    if "token_use" in members or "cognito:groups" in members or {"iss", "sub"} <= members.keys():
        return ClaimsSource.JWT
    if _is_pre_token_generation(members):
        return ClaimsSource.PRE_TOKEN_GENERATION
    if get_path(authorizer, "jwt", "claims") is not None:
        return ClaimsSource.HTTP_API
    if get_path(authorizer, "claims") is not None:
        # The version alone does not decide: `sam local` adds one to the events of a REST API.
        groups = get_path(authorizer, "claims", "cognito:groups")
        is_http = members.get("version") == "1.0" and (groups is None or is_bracketed(groups))
        return ClaimsSource.HTTP_API if is_http else ClaimsSource.REST_API
    if get_path(members, "identity", "claims") is not None or {"claims", "sourceIp"} <= members.keys():
        return ClaimsSource.APPSYNC
    reason = f"must be a token payload or an event with claims ({', '.join(ClaimsSource)})"
    raise InvalidClaimsError("claims", [Problem("", reason)])


def _is_pre_token_generation(members: dict[str, object]) -> bool:
    source = members.get("triggerSource")
    if isinstance(source, str) and "request" in members:
        return source.startswith(TRIGGER_SOURCES)
    # aws-lambda-powertools' model of version 2 drops the trigger source.
    return get_path(members, "request", "groupConfiguration") is not None


def parse_event(
    source: ClaimsSource,
    event: EventLike,
    *,
    known_groups: Iterable[str] | None = None,
    comma_free: bool = False,
) -> GroupClaims:
    """Parse the group claims of a token payload or an event, by its source.

    Args:
        source: Where the claims come from, as `detect_source` returns it.
        event: The payload or the event.
        known_groups: As for `parse_rest_api_event`; not used for other sources.
        comma_free: As for `parse_rest_api_event`; not used for other sources.

    Raises:
        AmbiguousClaimsError: If a REST API joined names that can be split in several ways.
        InvalidClaimsError: If there are no claims, or a group claim has the wrong type.
        TypeError: If both `known_groups` and `comma_free` are passed for a REST API,
            `known_groups` is not a list of names, or `source` is not a `ClaimsSource`.
    """
    if source not in tuple(ClaimsSource):  # `assert_never` would quote an event that is passed first
        raise TypeError(f"source: expected a ClaimsSource, got {type(source).__name__}")
    match source:
        case ClaimsSource.JWT:
            return parse_token_payload(event)
        case ClaimsSource.APPSYNC:
            return parse_appsync_event(event)
        case ClaimsSource.REST_API:
            return parse_rest_api_event(event, known_groups=known_groups, comma_free=comma_free)
        case ClaimsSource.HTTP_API:
            return parse_http_api_event(event)
        case ClaimsSource.PRE_TOKEN_GENERATION:
            return parse_pre_token_generation_event(event)
        case _:
            assert_never(source)
