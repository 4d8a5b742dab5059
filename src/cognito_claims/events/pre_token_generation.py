"""The pre token generation trigger: models and parsers of its events, and a builder for tests.

Source: Amazon Cognito Developer Guide, "Pre token generation Lambda trigger".

Rules: `trigger-configuration`.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, JsonValue, TypeAdapter, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from cognito_claims._wire.base import CamelCaseModel
from cognito_claims._wire.json import as_object, get_path
from cognito_claims._wire.parsing import parse_claims, parse_written_claims
from cognito_claims._wire.scalars import EmptyStringAsNone, NonEmptyStr, Omittable, StrictStr, TupleOf
from cognito_claims.claims import GroupClaims
from cognito_claims.errors import InvalidClaimsError, Problem
from cognito_claims.tokens import ClaimsLike, EventLike, Identity, parse_token_payload

SOURCE = "pre token generation event"
CONTAINERS = {
    "1": "claimsOverrideDetails",
    "2": "claimsAndScopeOverrideDetails",
    "3": "claimsAndScopeOverrideDetails",
}
"""The member of the response that contains the override, by the version of the event."""

# The guide lists sources such as `TokenGeneration_Authentication`; its sample event has `PreTokenGen`.
TRIGGER_SOURCES = ("TokenGeneration_", "PreTokenGen")
_TriggerSource = Annotated[StrictStr, Field(pattern=f"^({'|'.join(TRIGGER_SOURCES)})")]


def _replace_null_with_empty(value: object) -> object:
    return () if value is None else value


_StringList = Annotated[TupleOf[NonEmptyStr], BeforeValidator(_replace_null_with_empty)]


class GroupConfiguration(CamelCaseModel, frozen=True):
    """A user's groups and roles in a pre token generation event."""

    groups_to_override: _StringList = ()
    """The names of the groups. Null is read as empty."""

    iam_roles_to_override: _StringList = ()
    """The ARNs of the groups' roles. Null is read as empty."""

    preferred_role: Omittable[
        Annotated[NonEmptyStr, EmptyStringAsNone("a string or null (AWS's sample has a list)")]
    ] = None
    """The ARN of the preferred role, or `None`. An empty string is read as absent."""

    @property
    def group_claims(self) -> GroupClaims:
        """The claims that the configuration adds to a token."""
        return GroupClaims(self.groups_to_override, self.iam_roles_to_override, self.preferred_role)


class _GroupsRequest(CamelCaseModel, frozen=True):
    group_configuration: Omittable[GroupConfiguration] = None
    """The user's groups and roles: empty, or absent, if there are none."""


class _GroupsEvent(CamelCaseModel, frozen=True):
    trigger_source: Omittable[_TriggerSource] = None
    """Why Cognito generates tokens, such as `TokenGeneration_Authentication`."""

    request: _GroupsRequest

    @property
    def group_claims(self) -> GroupClaims:
        """The group claims of the tokens before any override."""
        return (self.request.group_configuration or GroupConfiguration()).group_claims


class CallerContext(CamelCaseModel, frozen=True):
    """The client that requested the tokens."""

    aws_sdk_version: Omittable[StrictStr] = None
    """The version of the SDK; often `aws-sdk-unknown-unknown`."""

    client_id: Omittable[StrictStr] = None
    """The ID of the app client."""


class PreTokenGenerationRequest(_GroupsRequest, frozen=True):
    """The input of a pre token generation trigger."""

    user_attributes: Omittable[dict[str, StrictStr]] = Field(default=None, repr=False)
    """The user's attributes by name, as strings. As it is a dictionary, this model has no hash."""

    scopes: Omittable[TupleOf[NonEmptyStr]] = None
    """The scopes of the access token, since version 2."""

    client_metadata: Omittable[dict[str, StrictStr]] = Field(default=None, repr=False)
    """The `ClientMetadata` that the app sent."""

    @property
    def identities(self) -> tuple[Identity, ...]:
        """The user's accounts at identity providers, from the JSON string in the user's attributes.

        Raises:
            InvalidClaimsError: If the attribute is not a list of identities in JSON.
        """
        text = (self.user_attributes or {}).get("identities", "[]")
        try:
            return _IDENTITIES.validate_json(text, by_alias=True, by_name=False)
        except ValidationError:
            reason = "must be a list of identities in JSON"
        # Raised outside the handler: pydantic's error holds the identities.
        raise InvalidClaimsError(SOURCE, [Problem("request.userAttributes.identities", reason)])


_IDENTITIES: TypeAdapter[tuple[Identity, ...]] = TypeAdapter(tuple[Identity, ...])


class GroupOverrideDetails(GroupConfiguration, frozen=True):
    """The groups and roles that replace those of the tokens. A missing key counts as empty."""


class _OverrideDetails(CamelCaseModel, frozen=True):
    group_override_details: Omittable[GroupOverrideDetails] = None
    """The new groups. `None` means that the key is absent and nothing changes; null is an error."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_null(cls, members: object) -> object:
        # For Cognito, null and a missing key are opposites: a Python `None` that is written as
        # null would remove every group.
        for path in (("groupOverrideDetails",), ("groupOverrideDetails", "groupsToOverride")):
            parent = as_object(get_path(members, *path[:-1])) or {}
            if path[-1] in parent and parent[path[-1]] is None:
                # A `ValueError` would be located at the model, and not at the key.
                details = InitErrorDetails(type=_NULL_GROUPS, loc=path, input=None)
                raise ValidationError.from_exception_data(cls.__name__, [details])
        return members


_NULL_GROUPS = PydanticCustomError(
    "null_groups", "must not be null, which removes every group: omit the key, or use suppress_groups"
)


class ClaimsOverrideDetails(_OverrideDetails, frozen=True):
    """The override of version 1: changes to the ID token, and the groups of both tokens."""

    claims_to_add_or_override: Omittable[dict[str, StrictStr]] = Field(default=None, repr=False)
    """The claims to add, by name. Values are strings."""

    claims_to_suppress: _StringList = ()
    """The names of the claims to leave out."""


class _TokenGeneration(CamelCaseModel, frozen=True):
    claims_to_add_or_override: Omittable[dict[str, JsonValue]] = Field(default=None, repr=False)
    """The claims to add, by name. Values are any JSON."""

    claims_to_suppress: _StringList = ()
    """The names of the claims to leave out."""


class IdTokenGeneration(_TokenGeneration, frozen=True):
    """Changes to the ID token."""


class AccessTokenGeneration(_TokenGeneration, frozen=True):
    """Changes to the access token."""

    scopes_to_add: _StringList = ()
    """The scopes to add."""

    scopes_to_suppress: _StringList = ()
    """The scopes to leave out."""


class ClaimsAndScopeOverrideDetails(_OverrideDetails, frozen=True):
    """The override of versions 2 and 3: changes to each token, and the groups of both."""

    id_token_generation: Omittable[IdTokenGeneration] = None
    access_token_generation: Omittable[AccessTokenGeneration] = None


ClaimChanges: TypeAlias = ClaimsOverrideDetails | IdTokenGeneration | AccessTokenGeneration


class PreTokenGenerationV1Response(CamelCaseModel, frozen=True):
    """The response of a trigger to an event of version 1."""

    claims_override_details: Omittable[ClaimsOverrideDetails] = None
    """The override. `None` changes nothing."""


class PreTokenGenerationV2Response(CamelCaseModel, frozen=True):
    """The response of a trigger to an event of version 2 or 3."""

    claims_and_scope_override_details: Omittable[ClaimsAndScopeOverrideDetails] = None
    """The override. `None` changes nothing."""


class TriggerResponse(
    PreTokenGenerationV1Response, PreTokenGenerationV2Response, frozen=True, extra="forbid"
):
    """The response to an event of any version. Other keys are refused: a typo would change nothing."""


class _ReturnedEvent(CamelCaseModel, frozen=True):
    trigger_source: Omittable[_TriggerSource] = None
    response: TriggerResponse


class _Event(_GroupsEvent, frozen=True):
    region: Omittable[StrictStr] = None
    """The AWS region."""

    user_pool_id: Omittable[StrictStr] = None
    """The ID of the user pool."""

    user_name: Omittable[StrictStr] = Field(default=None, repr=False)
    """The username, or `None` in the event of a machine."""

    caller_context: Omittable[CallerContext] = None
    request: PreTokenGenerationRequest


class PreTokenGenerationV1Event(_Event, frozen=True):
    """An event of version 1: the trigger can change the ID token, and the groups of both tokens."""

    version: Literal["1"]
    response: Omittable[PreTokenGenerationV1Response] = None
    """The response. Its only member is null when the event arrives."""


class PreTokenGenerationV2Event(_Event, frozen=True):
    """An event of version 2: the trigger can change both tokens of a user."""

    version: Literal["2"]
    response: Omittable[PreTokenGenerationV2Response] = None


class PreTokenGenerationV3Event(_Event, frozen=True):
    """An event of version 3: the trigger can change the tokens of a user or of a machine (M2M)."""

    version: Literal["3"]
    response: Omittable[PreTokenGenerationV2Response] = None


PreTokenGenerationEvent: TypeAlias = (
    PreTokenGenerationV1Event | PreTokenGenerationV2Event | PreTokenGenerationV3Event
)
"""The event of a pre token generation trigger, of any version."""

_EVENTS: dict[str, type[PreTokenGenerationEvent]] = {
    "1": PreTokenGenerationV1Event,
    "2": PreTokenGenerationV2Event,
    "3": PreTokenGenerationV3Event,
}


def parse_pre_token_generation_event(event: EventLike) -> GroupClaims:
    """Parse the group claims of the tokens before any override, from an event of any version.

    Raises:
        InvalidClaimsError: If it is the event of a different trigger, or the group configuration
            is malformed.
    """
    return parse_claims(_GroupsEvent, event, SOURCE).group_claims


def parse_trigger_event(event: EventLike) -> PreTokenGenerationEvent:
    """Parse the whole event of a pre token generation trigger.

    Args:
        event: The event that Lambda passes, or aws-lambda-powertools' class or model of it.

    Raises:
        InvalidClaimsError: If it does not fit the event of its version.
    """
    members = require_event(event)
    parsed = parse_claims(_EVENTS[get_version(members)], members, SOURCE)
    parse_trigger_response(members)
    return parsed


def require_event(event: object, requirement: str = "must be an object") -> dict[str, object]:
    """Return the members of an event, or raise an `InvalidClaimsError`."""
    members = as_object(event)
    if members is None:
        raise InvalidClaimsError(SOURCE, [Problem("", f"{requirement}, got {type(event).__name__}")])
    return members


def require_object(value: object, path: str) -> dict[str, object]:
    """Return the members of an object, no members for null, or raise an `InvalidClaimsError`."""
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


def parse_trigger_response(members: dict[str, object]) -> TriggerResponse:
    """Parse the response in an event. If the event has a version, the response must fit it.

    Raises:
        InvalidClaimsError: If the response is malformed, has a misspelled key, is of a different
            version, or not JSON.
    """
    response = require_object(members.get("response"), "response")
    # A null member has no effect, whether it is of the other version or one that AWS may add.
    present = {name: value for name, value in response.items() if value is not None}
    returned = {"triggerSource": members.get("triggerSource"), "response": present}
    parsed = parse_written_claims(_ReturnedEvent, returned, SOURCE).response
    expected = CONTAINERS[get_version(members)] if "version" in members else next(iter(present), "")
    problems = [
        Problem(f"response.{container}", f"is not supported in this event version: use {expected}")
        for container in present
        if container != expected
    ]
    try:
        # Lambda writes the response as JSON. Python would also write NaN, which is not JSON.
        json.dumps(members.get("response"), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        problems.append(Problem("response", "must be JSON, without cycles or numbers that are not finite"))
    if problems:
        raise InvalidClaimsError(SOURCE, problems)
    return parsed


def _require_version(version: object) -> None:
    if not (isinstance(version, str) and version in CONTAINERS):
        # A long string may be a different argument, in the wrong place.
        is_short = isinstance(version, str) and len(version) < 4
        shown = repr(version) if is_short else type(version).__name__
        raise ValueError(f"version: expected '1', '2' or '3', got {shown}")


def build_pre_token_generation_event(
    claims: ClaimsLike,
    *,
    version: Literal["1", "2", "3"] = "1",
    user_attributes: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Build the event that Cognito sends to a pre token generation trigger when a user signs in.

    Args:
        claims: The user's groups and roles. Other claims of a payload are not used.
        version: The version of the event.
        user_attributes: Attributes to add to those of an example user, or to replace them.

    Raises:
        InvalidClaimsError: If a group claim has the wrong type.
        ValueError: If the version does not exist.
    """
    _require_version(version)
    groups = claims if isinstance(claims, GroupClaims) else parse_token_payload(claims)
    request: dict[str, Any] = {
        "userAttributes": {
            "sub": "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
            "cognito:user_status": "CONFIRMED",
            "email_verified": "true",
            "email": "alice@example.com",
            **(user_attributes or {}),
        },
        # For a user without groups, published events have two empty lists and null, not `{}`.
        "groupConfiguration": {
            "groupsToOverride": list(groups.groups),
            "iamRolesToOverride": list(groups.roles),
            "preferredRole": groups.preferred_role or None,
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
