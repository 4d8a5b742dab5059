"""The models of the pre token generation trigger's events and responses, in versions 1 to 3.

Source: Amazon Cognito Developer Guide, "Pre token generation Lambda trigger".
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, JsonValue, TypeAdapter, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from cognito_claims._wire.base import CamelCaseModel
from cognito_claims._wire.json import as_object, get_path
from cognito_claims._wire.scalars import EmptyStringAsNone, NonEmptyStr, Omittable, StrictStr, TupleOf
from cognito_claims.claims import GroupClaims
from cognito_claims.errors import InvalidClaimsError, Problem
from cognito_claims.tokens import Identity

SOURCE = "pre token generation event"
CONTAINERS = {
    "1": "claimsOverrideDetails",
    "2": "claimsAndScopeOverrideDetails",
    "3": "claimsAndScopeOverrideDetails",
}
"""The member of the response that has the override, by the version of the event."""

TRIGGER_SOURCES = ("TokenGeneration_", "PreTokenGen")
TriggerSource = Annotated[StrictStr, Field(pattern=f"^({'|'.join(TRIGGER_SOURCES)})")]
"""A string such as `TokenGeneration_Authentication`; AWS's sample event has `PreTokenGen`."""


def _null_as_empty(value: object) -> object:
    return () if value is None else value


StringList = Annotated[TupleOf[NonEmptyStr], BeforeValidator(_null_as_empty)]


class GroupConfiguration(CamelCaseModel, frozen=True):
    """A user's groups and roles in a pre token generation event."""

    groups_to_override: StringList = ()
    """The names of the groups. Null is read as empty."""

    iam_roles_to_override: StringList = ()
    """The ARNs of the groups' roles. Null is read as empty."""

    preferred_role: Omittable[
        Annotated[NonEmptyStr, EmptyStringAsNone("a string or null (AWS's sample has a list)")]
    ] = None
    """The ARN of the preferred role, or `None`. An empty string is read as absent."""

    @property
    def group_claims(self) -> GroupClaims:
        """The claims that this adds to a token."""
        return GroupClaims(self.groups_to_override, self.iam_roles_to_override, self.preferred_role)


class GroupsRequest(CamelCaseModel, frozen=True):
    """The part of the request that has the groups."""

    group_configuration: Omittable[GroupConfiguration] = None
    """The user's groups and roles: empty, or absent, if there are none."""


class GroupsEvent(CamelCaseModel, frozen=True):
    """The part of the event that has the groups, the same in every version."""

    trigger_source: Omittable[TriggerSource] = None
    """Why Cognito generates tokens, such as `TokenGeneration_Authentication`."""

    request: GroupsRequest

    @property
    def group_claims(self) -> GroupClaims:
        """The group claims that the tokens get without an override."""
        return (self.request.group_configuration or GroupConfiguration()).group_claims


class CallerContext(CamelCaseModel, frozen=True):
    """The client that requested the tokens."""

    aws_sdk_version: Omittable[StrictStr] = None
    """The version of the SDK; often `aws-sdk-unknown-unknown`."""

    client_id: Omittable[StrictStr] = None
    """The ID of the app client."""


class PreTokenGenerationRequest(GroupsRequest, frozen=True):
    """The input of a pre token generation trigger."""

    user_attributes: Omittable[dict[str, StrictStr]] = Field(default=None, repr=False)
    """The user's attributes by name, as strings. As it is a dictionary, this model has no hash."""

    scopes: Omittable[TupleOf[NonEmptyStr]] = None
    """The scopes of the access token, since version 2."""

    client_metadata: Omittable[dict[str, StrictStr]] = Field(default=None, repr=False)
    """The `ClientMetadata` that the app sent."""

    @property
    def identities(self) -> tuple[Identity, ...]:
        """The user's accounts at identity providers, which are a JSON string in the attributes.

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
    """All groups and roles of the tokens: a missing key counts as empty."""


class _OverrideDetails(CamelCaseModel, frozen=True):
    group_override_details: Omittable[GroupOverrideDetails] = None
    """The groups. `None` is a missing key, which changes nothing; null, which removes all, is refused."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_null(cls, members: object) -> object:
        # For Cognito, null and a missing key are opposites. A Python `None` that becomes
        # JSON null would remove every group.
        for path in (("groupOverrideDetails",), ("groupOverrideDetails", "groupsToOverride")):
            parent = as_object(get_path(members, *path[:-1])) or {}
            if path[-1] in parent and parent[path[-1]] is None:
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

    claims_to_suppress: StringList = ()
    """The names of the claims to leave out."""


class _TokenGeneration(CamelCaseModel, frozen=True):
    claims_to_add_or_override: Omittable[dict[str, JsonValue]] = Field(default=None, repr=False)
    """The claims to add, by name. Values are any JSON."""

    claims_to_suppress: StringList = ()
    """The names of the claims to leave out."""


class IdTokenGeneration(_TokenGeneration, frozen=True):
    """Changes to the ID token."""


class AccessTokenGeneration(_TokenGeneration, frozen=True):
    """Changes to the access token."""

    scopes_to_add: StringList = ()
    """The scopes to add."""

    scopes_to_suppress: StringList = ()
    """The scopes to leave out."""


class ClaimsAndScopeOverrideDetails(_OverrideDetails, frozen=True):
    """The override of versions 2 and 3: changes to each token, and the groups of both."""

    id_token_generation: Omittable[IdTokenGeneration] = None
    """Changes to the ID token."""

    access_token_generation: Omittable[AccessTokenGeneration] = None
    """Changes to the access token."""


class PreTokenGenerationV1Response(CamelCaseModel, frozen=True):
    """The response of a trigger to an event of version 1."""

    claims_override_details: Omittable[ClaimsOverrideDetails] = None
    """The override. `None` changes nothing."""


class PreTokenGenerationV2Response(CamelCaseModel, frozen=True):
    """The response of a trigger to an event of version 2 or 3."""

    claims_and_scope_override_details: Omittable[ClaimsAndScopeOverrideDetails] = None
    """The override. `None` changes nothing."""


class AnyResponse(PreTokenGenerationV1Response, PreTokenGenerationV2Response, frozen=True, extra="forbid"):
    """The response to an event of any version. Other keys are refused: a typo would change nothing."""


class Answer(CamelCaseModel, frozen=True):
    """The part of a returned event that Cognito reads."""

    trigger_source: Omittable[TriggerSource] = None
    response: AnyResponse


class _Event(GroupsEvent, frozen=True):
    region: Omittable[StrictStr] = None
    """The AWS region."""

    user_pool_id: Omittable[StrictStr] = None
    """The ID of the user pool."""

    user_name: Omittable[StrictStr] = Field(default=None, repr=False)
    """The username. A machine has none."""

    caller_context: Omittable[CallerContext] = None
    """The client that requested the tokens."""

    request: PreTokenGenerationRequest
    """The input of the trigger."""


class PreTokenGenerationV1Event(_Event, frozen=True):
    """An event of version 1: the trigger can change the ID token, and the groups of both tokens."""

    version: Literal["1"]
    """`1`."""

    response: Omittable[PreTokenGenerationV1Response] = None
    """The response. Its only member is null when the event arrives."""


class PreTokenGenerationV2Event(_Event, frozen=True):
    """An event of version 2: the trigger can change both tokens of a user."""

    version: Literal["2"]
    """`2`."""

    response: Omittable[PreTokenGenerationV2Response] = None
    """The response. Its only member is null when the event arrives."""


class PreTokenGenerationV3Event(_Event, frozen=True):
    """An event of version 3: the trigger can change the tokens of a user or of a machine (M2M)."""

    version: Literal["3"]
    """`3`."""

    response: Omittable[PreTokenGenerationV2Response] = None
    """The response. Its only member is null when the event arrives."""


PreTokenGenerationEvent: TypeAlias = (
    PreTokenGenerationV1Event | PreTokenGenerationV2Event | PreTokenGenerationV3Event
)
