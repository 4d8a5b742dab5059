"""The group calls of the Amazon Cognito user pools API, as models.

Every model accepts AWS's names and its own, and all four forms of AWS data:
boto3 dictionaries, raw JSON, AWS CLI output, and the output of emulators, which
write an unset string as `""`. They parse to equal models:

>>> boto3 = GroupType.model_validate({"GroupName": "admins", "Precedence": 0})
>>> wire = GroupType.model_validate_json('{"GroupName": "admins", "Precedence": 0, "RoleArn": ""}')
>>> boto3 == wire == GroupType(group_name="admins", precedence=0)
True

`model_dump(by_alias=True)` returns what boto3 returns, and
`model_dump_json(by_alias=True)` what the AWS CLI prints:

>>> wire.model_dump(by_alias=True)
{'GroupName': 'admins', 'Precedence': 0}

Unknown keys of a response are ignored, since AWS adds members over time. Unknown
keys of a request are an error.

Source: the `cognito-idp` service model of 2016-04-18, as botocore ships it.
"""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, cast

from pydantic import Field, SerializationInfo, SerializerFunctionWrapHandler, model_serializer
from typing_extensions import TypeAliasType  # a dependency of pydantic

from cognito_claims._wire.base import WireModel
from cognito_claims._wire.scalars import (
    AttributeName,
    AttributeValue,
    AwsDatetime,
    Description,
    GroupName,
    Limit,
    NextToken,
    NonNegativeInt,
    Omittable,
    PageToken,
    Precedence,
    RoleArn,
    StrictBool,
    StrictStr,
    TupleOf,
    Username,
    UserPoolId,
)
from cognito_claims.group import GroupType

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

__all__ = [
    "AdminListGroupsForUserRequest",
    "AdminListGroupsForUserResponse",
    "AttributeType",
    "CreateGroupRequest",
    "CreateGroupResponse",
    "GetGroupRequest",
    "GetGroupResponse",
    "GroupType",
    "ListGroupsRequest",
    "ListGroupsResponse",
    "ListUsersInGroupRequest",
    "ListUsersInGroupResponse",
    "MFAOptionType",
    "PaginatorConfig",
    "ResponseMetadata",
    "UpdateGroupRequest",
    "UpdateGroupResponse",
    "UserType",
]

# Source of the limits: Amazon Cognito Developer Guide, "Quotas in Amazon Cognito".

MAX_GROUPS_PER_USER = 100
"""The number of groups that a user can be in. The quota is not adjustable."""

MAX_GROUPS_PER_POOL = 10_000
"""The number of groups that a user pool can have. The quota is not adjustable."""

LIST_USERS_IN_GROUP_RATE = 30
"""Calls per second of ListUsersInGroup and ListUsers together, in an account and region; not adjustable."""

LIST_GROUPS_RATE = 5
"""Calls per second of ListGroups, for one user pool."""


class AttributeType(WireModel, frozen=True):
    """An attribute of a user. Its value is kept out of the `repr`."""

    name: AttributeName
    """1 to 32 characters, such as `email` or `custom:department`."""

    value: Omittable[AttributeValue] = Field(default=None, repr=False)
    """Up to 2048 characters."""


class MFAOptionType(WireModel, frozen=True):
    """A delivery method for a second factor. AWS no longer uses it, but still returns it."""

    delivery_medium: Omittable[StrictStr] = None
    """`SMS` or `EMAIL`; a value that AWS adds later is accepted."""

    attribute_name: Omittable[AttributeName] = None
    """1 to 32 characters; AWS returns `phone_number`."""


class UserType(WireModel, frozen=True):
    """A user of a user pool. The name and the attributes are kept out of the `repr`."""

    username: Username = Field(repr=False)
    """1 to 128 characters without white space."""

    attributes: Omittable[TupleOf[AttributeType]] = Field(default=None, repr=False)
    """The user's attributes, in the order of the response."""

    user_create_date: Omittable[AwsDatetime] = None
    """When the user was created; an aware datetime."""

    user_last_modified_date: Omittable[AwsDatetime] = None
    """When the user was last changed; an aware datetime."""

    enabled: Omittable[StrictBool] = None
    """Whether the user can sign in."""

    user_status: Omittable[StrictStr] = None
    """`CONFIRMED`, `FORCE_CHANGE_PASSWORD` and so on; a value that AWS adds later is accepted."""

    mfa_options: Omittable[TupleOf[MFAOptionType]] = None
    """How the user receives a second factor."""

    @property
    def attribute_dict(self) -> dict[str, str]:
        """The values of the user's attributes by name. An attribute without a value is left out."""
        return {one.name: one.value for one in self.attributes or () if one.value is not None}

    def attribute(self, name: str) -> str | None:
        """Return the value of an attribute, such as `email` or `custom:department`, or `None`."""
        return self.attribute_dict.get(name)


class ResponseMetadata(WireModel, frozen=True):
    """The metadata that boto3 adds to a response."""

    request_id: Omittable[StrictStr] = None
    """AWS's ID of the request."""

    host_id: Omittable[StrictStr] = None
    """AWS's ID of the host that responded; rarely present."""

    http_status_code: Omittable[NonNegativeInt] = None
    """The HTTP status, such as 200."""

    http_headers: Omittable[dict[str, str]] = Field(default=None, repr=False)
    """The HTTP headers of the response, with lower-case names. A dictionary, so this model has no hash."""

    retry_attempts: Omittable[NonNegativeInt] = None
    """How many times boto3 retried; 0 if the first attempt succeeded."""

    max_attempts_reached: Omittable[StrictBool] = None
    """Whether boto3 used its maximum number of attempts; absent if not."""


class PaginatorConfig(WireModel, frozen=True, extra="forbid"):
    """The configuration of a boto3 paginator. It must not contain keys that boto3 would silently ignore."""

    max_items: Omittable[NonNegativeInt] = None
    """The total number of items to return, 0 or more. A truncated result has a token to resume from."""

    page_size: Omittable[Limit] = None
    """The number of items to request at a time, 0 to 60."""

    starting_token: Omittable[Annotated[StrictStr, Field(min_length=1)]] = Field(default=None, repr=False)
    """A `resume_token`, or the `NextToken` of an earlier `build_full_result()`."""


class ServiceRequest(WireModel, frozen=True, extra="forbid"):
    """The arguments of a call. Unknown keys are an error."""


# The alias keeps FastAPI from listing this model among the schemas of an application.
_Metadata = TypeAliasType("_Metadata", ResponseMetadata)


def _remove_metadata(members: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in members.items() if k not in ("ResponseMetadata", "response_metadata")}


class ServiceResponse(WireModel, frozen=True):
    """The response to a call.

    `response_metadata` describes the transport: it is excluded from equality, and
    from JSON, as in the output of the AWS CLI.
    """

    response_metadata: Omittable[_Metadata] = Field(default=None, repr=False)
    """Present if the response comes from boto3."""

    _excluded_from_eq: ClassVar[frozenset[str]] = frozenset({"response_metadata"})

    @model_serializer(mode="wrap")
    def _leave_metadata_out_of_json(
        self, handler: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, object]:
        members: dict[str, object] = handler(self)
        return _remove_metadata(members) if info.mode_is_json() else members

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> "JsonSchemaValue":
        # Omit the serializer, which pydantic describes only as returning an object, and the
        # metadata, which is never in JSON.
        model = cast(
            "dict[str, Any]", {key: value for key, value in schema.items() if key != "serialization"}
        )
        fields = _remove_metadata(model["schema"]["fields"])
        model["schema"] = {**model["schema"], "fields": fields}
        return super().__get_pydantic_json_schema__(cast("CoreSchema", model), handler)


class UserPoolRequest(ServiceRequest, frozen=True):
    """The arguments of a call about a user pool."""

    user_pool_id: UserPoolId
    """The ID of the user pool: 1 to 55 characters, such as `us-east-1_EXAMPLE`."""


class GroupRequest(UserPoolRequest, frozen=True):
    """The arguments of a call about one group."""

    group_name: GroupName
    """The name of the group, unique in its pool: 1 to 128 characters without white space."""


class UserRequest(UserPoolRequest, frozen=True):
    """The arguments of a call about one user."""

    username: Username = Field(repr=False)
    """The username or one of the user's aliases: 1 to 128 characters without white space."""


class PageRequest(ServiceRequest, frozen=True):
    """The arguments of a call that returns a page at a time."""

    limit: Omittable[Limit] = None
    """The maximum number of items in the page, 0 to 60."""

    next_token: Omittable[PageToken] = Field(default=None, repr=False)
    """The `next_token` of the previous page, 1 to 131072 characters."""


class PageResponse(ServiceResponse, frozen=True):
    """A page of a list.

    It may be short or empty before the end of the list: only a missing
    `next_token` ends it.
    """

    next_token: Omittable[NextToken] = Field(default=None, repr=False)
    """The token of the next page, 1 to 131072 characters. Absent, or empty, on the last page."""


class AdminListGroupsForUserRequest(PageRequest, UserRequest, frozen=True):
    """Request a page of the groups that a user is in."""


class AdminListGroupsForUserResponse(PageResponse, frozen=True):
    """A page of the groups that a user is in, in no particular order."""

    groups: TupleOf[GroupType]
    """Up to 60 groups. Required, since AWS always sends the list: without it, this is the response to a
    different call, or a body that is not JSON, which botocore parses to an empty response."""


class GroupSettingsRequest(GroupRequest, frozen=True):
    """The arguments of a call that creates or changes a group."""

    description: Omittable[Description] = None
    """Up to 2048 characters."""

    role_arn: Omittable[RoleArn] = None
    """The ARN of the IAM role for members, 20 to 2048 characters."""

    precedence: Omittable[Precedence] = None
    """0 to 2147483647; the lowest wins. A group without one ranks last."""


class GroupResponse(ServiceResponse, frozen=True):
    """The response to a call about one group."""

    group: GroupType
    """The group."""


class GetGroupRequest(GroupRequest, frozen=True):
    """Request one group."""


class GetGroupResponse(GroupResponse, frozen=True):
    """The requested group."""


class CreateGroupRequest(GroupSettingsRequest, frozen=True):
    """Create a group."""


class CreateGroupResponse(GroupResponse, frozen=True):
    """The group that was created."""


class UpdateGroupRequest(GroupSettingsRequest, frozen=True):
    """Change a group."""


class UpdateGroupResponse(GroupResponse, frozen=True):
    """The group after the change."""


class ListGroupsRequest(PageRequest, UserPoolRequest, frozen=True):
    """Request a page of a pool's groups."""


class ListGroupsResponse(PageResponse, frozen=True):
    """A page of a pool's groups."""

    groups: TupleOf[GroupType]
    """Up to 60 groups."""


class ListUsersInGroupRequest(PageRequest, GroupRequest, frozen=True):
    """Request a page of a group's users."""


class ListUsersInGroupResponse(PageResponse, frozen=True):
    """A page of a group's users."""

    users: TupleOf[UserType]
    """Up to 60 users."""
