"""Parse the events and responses of the pre token generation trigger, and build events for tests.

Rules: `trigger-configuration`.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

from cognito_claims._wire.json import as_object
from cognito_claims._wire.parsing import parse_claims
from cognito_claims.claims import GroupClaims
from cognito_claims.errors import InvalidClaimsError, Problem
from cognito_claims.events._event import EventLike
from cognito_claims.events.pre_token_generation.models import (
    CONTAINERS,
    SOURCE,
    Answer,
    AnyResponse,
    GroupsEvent,
    PreTokenGenerationEvent,
    PreTokenGenerationV1Event,
    PreTokenGenerationV2Event,
    PreTokenGenerationV3Event,
)
from cognito_claims.tokens import ClaimsLike, parse_token_payload

_EVENTS: dict[str, type[PreTokenGenerationEvent]] = {
    "1": PreTokenGenerationV1Event,
    "2": PreTokenGenerationV2Event,
    "3": PreTokenGenerationV3Event,
}


def parse_pre_token_generation_event(event: EventLike) -> GroupClaims:
    """Parse the group claims that the tokens get without an override, from an event of any version.

    Raises:
        InvalidClaimsError: If it is the event of a different trigger, or the group configuration
            is malformed.
    """
    return parse_claims(GroupsEvent, event, SOURCE).group_claims


def parse_trigger_event(event: EventLike) -> PreTokenGenerationEvent:
    """Parse the whole event of a pre token generation trigger.

    Args:
        event: The event that Lambda passes, or aws-lambda-powertools' class or model of it.

    Raises:
        InvalidClaimsError: If it does not fit the event of its version.
    """
    members = require_event(event)
    parsed = parse_claims(_EVENTS[get_version(members)], members, SOURCE)
    parse_response(members)
    return parsed


def require_event(event: object, requirement: str = "must be an object") -> dict[str, object]:
    """Return the members of an event, or raise an `InvalidClaimsError`."""
    members = as_object(event)
    if members is None:
        raise InvalidClaimsError(SOURCE, [Problem("", f"{requirement}, got {type(event).__name__}")])
    return members


def require_object(value: object, path: str) -> dict[str, object]:
    """Return the members of an object, none of null, or raise an `InvalidClaimsError`."""
    members: dict[str, object] | None = {} if value is None else as_object(value)
    if members is None:
        raise InvalidClaimsError(SOURCE, [Problem(path, "must be an object or null")])
    return members


def get_version(members: dict[str, object]) -> str:
    """Return the version of an event, or raise an `InvalidClaimsError`."""
    version = members.get("version")
    if not (isinstance(version, str) and version in _EVENTS):
        raise InvalidClaimsError(SOURCE, [Problem("version", "must be the string 1, 2 or 3")])
    return version


def parse_response(members: dict[str, object]) -> AnyResponse:
    """Parse the response in an event, which must fit the version if the event has one.

    Raises:
        InvalidClaimsError: If the response is malformed, of a different version, or not JSON.
    """
    response = members.get("response")
    # A null member has no effect: the container of the other version, or one that AWS may add.
    present = {
        name: value for name, value in require_object(response, "response").items() if value is not None
    }
    answer = {"triggerSource": members.get("triggerSource"), "response": present}
    parsed = parse_claims(Answer, answer, SOURCE).response
    expected = CONTAINERS[get_version(members)] if "version" in members else next(iter(present), "")
    problems = [
        Problem(f"response.{container}", f"must not be in this version: use {expected}")
        for container in present
        if container != expected
    ]
    if not _is_json(response):
        problems.append(Problem("response", "must be JSON, without numbers that are not finite"))
    if problems:
        raise InvalidClaimsError(SOURCE, problems)
    return parsed


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def build_pre_token_generation_event(
    claims: ClaimsLike,
    *,
    version: Literal["1", "2", "3"] = "1",
    user_attributes: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Build the event that Cognito sends to a pre token generation trigger at a sign-in.

    Args:
        claims: The user's groups and roles. Other claims of a payload are not used.
        version: The version of the event.
        user_attributes: Attributes to add to, or to replace, those of an example user.

    Raises:
        InvalidClaimsError: If a group claim has the wrong type.
        ValueError: If the version does not exist.
    """
    if version not in CONTAINERS:
        raise ValueError(f"version: expected '1', '2' or '3', got {version!r}")
    groups = claims if isinstance(claims, GroupClaims) else parse_token_payload(claims)
    request: dict[str, Any] = {
        "userAttributes": {
            "sub": "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
            "cognito:user_status": "CONFIRMED",
            "email_verified": "true",
            "email": "alice@example.com",
            **(user_attributes or {}),
        },
        # Published events have two empty lists and null for a user without groups.
        "groupConfiguration": {
            "groupsToOverride": list(groups.groups),
            "iamRolesToOverride": list(groups.roles),
            "preferredRole": groups.preferred_role,
        },
    }
    if version != "1":
        request["scopes"] = ["aws.cognito.signin.user.admin"]
    return {
        "version": version,
        "triggerSource": "TokenGeneration_Authentication",
        "region": "eu-west-1",
        "userPoolId": "eu-west-1_EXAMPLE",
        "userName": "alice",
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "1example23456789"},
        "request": request,
        "response": {CONTAINERS[version]: None},
    }
