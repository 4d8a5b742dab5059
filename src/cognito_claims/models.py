"""The group calls of the Amazon Cognito user pools API, as models.

Every model reads AWS's names and its own, and all four shapes in which AWS
data arrives: boto3's dictionary, the wire's JSON, what the AWS CLI prints, and
what emulators write (an unset text as `""`). They are read to equal values:

>>> boto3 = GroupType.model_validate({"GroupName": "admins", "Precedence": 0})
>>> wire = GroupType.model_validate_json('{"GroupName": "admins", "Precedence": 0, "RoleArn": ""}')
>>> boto3 == wire == GroupType(group_name="admins", precedence=0)
True

`model_dump(by_alias=True)` gives back what boto3 would, and
`model_dump_json(by_alias=True)` what the AWS CLI prints:

>>> wire.model_dump(by_alias=True)
{'GroupName': 'admins', 'Precedence': 0}

A response may hold keys that are not modelled here (AWS adds some from time to
time): they are left out. A request may not.

Source: the `cognito-idp` service model of 2016-04-18, as botocore ships it.
"""

from typing import TYPE_CHECKING, Annotated, ClassVar, cast

from pydantic import Field, SerializationInfo, SerializerFunctionWrapHandler, model_serializer

from cognito_claims._hypothesis import drawn
from cognito_claims._wire import (
    AttributeName,
    AttributeValue,
    Count,
    Description,
    Flag,
    GroupName,
    Instant,
    Limit,
    Listed,
    Maybe,
    NextToken,
    OrEmpty,
    PageToken,
    Precedence,
    RoleArn,
    Text,
    Username,
    UserPoolId,
    WireModel,
)

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


class GroupType(WireModel, frozen=True):
    """A group of a user pool.

    A group without a name is refused; everything else may be absent.
    """

    group_name: GroupName
    """1 to 128 characters: letters, marks, symbols, numbers, punctuation; no white space."""

    user_pool_id: Maybe[UserPoolId] = None
    """The pool that the group belongs to: 1 to 55 characters, such as `us-east-1_EXAMPLE`."""

    description: Maybe[
        Annotated[Description, Field(min_length=1), OrEmpty("text of at most 2048 characters")]
    ] = None
    """Up to 2048 characters. Empty is read as absent."""

    role_arn: Maybe[Annotated[RoleArn, OrEmpty("an ARN of 20 to 2048 characters")]] = None
    """The ARN of the group's IAM role, 20 to 2048 characters. Empty is read as absent."""

    precedence: Maybe[Precedence] = None
    """0 to 2147483647, the lowest is the best. `None` ranks after every number; it is not 0."""

    last_modified_date: Maybe[Instant] = None
    """When the group was last changed; with a time zone."""

    creation_date: Maybe[Instant] = None
    """When the group was made; with a time zone."""


class AttributeType(WireModel, frozen=True):
    """An attribute of a user. Its value is kept out of the `repr`."""

    name: AttributeName
    """1 to 32 characters, such as `email` or `custom:department`."""

    value: Maybe[AttributeValue] = Field(default=None, repr=False)
    """Up to 2048 characters."""


class MFAOptionType(WireModel, frozen=True):
    """A way of sending a second factor. AWS no longer uses it, and still answers it."""

    delivery_medium: Maybe[Text] = None
    """`SMS` or `EMAIL`; a value that AWS may add later is not refused."""

    attribute_name: Maybe[AttributeName] = None
    """1 to 32 characters; AWS answers `phone_number`."""


class UserType(WireModel, frozen=True):
    """A user of a user pool. The name and the attributes are kept out of the `repr`."""

    username: Username = Field(repr=False)
    """1 to 128 characters without white space."""

    attributes: Maybe[Listed[AttributeType]] = Field(default=None, repr=False)
    """The user's attributes, in the order in which they came."""

    user_create_date: Maybe[Instant] = None
    """When the user was made; with a time zone."""

    user_last_modified_date: Maybe[Instant] = None
    """When the user was last changed; with a time zone."""

    enabled: Maybe[Flag] = None
    """Whether the user can sign in."""

    user_status: Maybe[Text] = None
    """`CONFIRMED`, `FORCE_CHANGE_PASSWORD` and so on; a value that AWS may add later is not refused."""

    mfa_options: Maybe[Listed[MFAOptionType]] = None
    """How the user gets a second factor."""


class ResponseMetadata(WireModel, frozen=True):
    """How a response travelled, as boto3 tells it."""

    request_id: Maybe[Text] = None
    """AWS's id of the request."""

    host_id: Maybe[Text] = None
    """AWS's id of the host that answered; rarely there."""

    http_status_code: Maybe[Count] = None
    """The HTTP status, such as 200."""

    http_headers: Maybe[dict[str, str]] = Field(default=None, repr=False)
    """The HTTP headers of the response, names in lower case. A dictionary, so this model has no hash."""

    retry_attempts: Maybe[Count] = None
    """How many times boto3 tried again; 0 if the first attempt was answered."""

    max_attempts_reached: Maybe[Flag] = None
    """Whether boto3 would not have tried again; there only if so."""


class PaginatorConfig(WireModel, frozen=True, extra="forbid"):
    """How a boto3 paginator pages. A key that boto3 would silently ignore is refused."""

    max_items: Maybe[Count] = None
    """Items to return in all, 0 or more; the result then holds a token to resume from."""

    page_size: Maybe[Limit] = None
    """Items to ask the service for at a time, 0 to 60."""

    starting_token: Maybe[Annotated[Text, Field(min_length=1)]] = Field(default=None, repr=False)
    """A `resume_token`, or the `NextToken` of an earlier `build_full_result()`."""


class ServiceRequest(WireModel, frozen=True, extra="forbid"):
    """The arguments of a call."""


def _without_metadata(members: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in members.items() if k not in ("ResponseMetadata", "response_metadata")}


class ServiceResponse(WireModel, frozen=True):
    """The answer to a call.

    `response_metadata` says how it travelled and not what it holds: it takes
    no part in equality, and JSON is without it, as from the AWS CLI.
    """

    response_metadata: Maybe[ResponseMetadata] = Field(default=None, repr=False)
    """There if the response came through boto3."""

    _apart: ClassVar[frozenset[str]] = frozenset({"response_metadata"})

    @model_serializer(mode="wrap")
    def _leave_metadata_out_of_json(
        self, handler: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, object]:
        members: dict[str, object] = handler(self)
        return _without_metadata(members) if info.mode_is_json() else members

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> "JsonSchemaValue":
        # Without the serializer, of which pydantic knows no more than that it gives an object.
        json_schema = handler(cast("CoreSchema", {k: v for k, v in schema.items() if k != "serialization"}))
        if handler.mode == "serialization":
            described = handler.resolve_ref_schema(json_schema)
            described["properties"] = _without_metadata(described["properties"])
        return json_schema


class PageRequest(ServiceRequest, frozen=True):
    """The arguments of a call that answers a page at a time."""

    limit: Maybe[Limit] = None
    """How many items to answer at the most, 0 to 60."""

    next_token: Maybe[PageToken] = Field(default=None, repr=False)
    """The token of the page before, 1 to 131072 characters."""


class PageResponse(ServiceResponse, frozen=True):
    """A page of a list.

    It may be short or even empty before the list ends: only a missing
    `next_token` ends it.
    """

    next_token: Maybe[NextToken] = Field(default=None, repr=False)
    """Asks for the next page, 1 to 131072 characters; absent on the last. Empty is read as absent."""


class AdminListGroupsForUserRequest(PageRequest, frozen=True):
    """Ask for a page of the groups that a user is in."""

    username: Username = Field(repr=False)
    """1 to 128 characters: the username, or one of the user's aliases."""

    user_pool_id: UserPoolId
    """The user's pool: 1 to 55 characters, such as `us-east-1_EXAMPLE`."""


class AdminListGroupsForUserResponse(PageResponse, frozen=True):
    """A page of the groups that a user is in, in no particular order."""

    groups: Listed[GroupType]
    """Up to 60 groups a page. Required, since AWS always sends the list: without it this is another call's
    answer, or none at all (botocore reads a body that is no JSON as an empty response)."""


class GroupRequest(ServiceRequest, frozen=True):
    """The arguments of a call about one group."""

    group_name: GroupName
    """The group's name, one of a kind in its pool: 1 to 128 characters without white space."""

    user_pool_id: UserPoolId
    """The group's pool: 1 to 55 characters, such as `us-east-1_EXAMPLE`."""


class GroupSettingsRequest(GroupRequest, frozen=True):
    """The arguments of a call that makes or changes a group."""

    description: Maybe[Description] = None
    """Up to 2048 characters."""

    role_arn: Maybe[RoleArn] = None
    """The ARN of the IAM role that members may get, 20 to 2048 characters."""

    precedence: Maybe[Precedence] = None
    """0 to 2147483647, the lowest is the best. A group without one ranks last."""


class GroupResponse(ServiceResponse, frozen=True):
    """The answer to a call about one group."""

    group: GroupType
    """The group."""


class GetGroupRequest(GroupRequest, frozen=True):
    """Ask for one group."""


class GetGroupResponse(GroupResponse, frozen=True):
    """The group asked for."""


class CreateGroupRequest(GroupSettingsRequest, frozen=True):
    """Make a group."""


class CreateGroupResponse(GroupResponse, frozen=True):
    """The group that was made."""


class UpdateGroupRequest(GroupSettingsRequest, frozen=True):
    """Change a group."""


class UpdateGroupResponse(GroupResponse, frozen=True):
    """The group as it is after the change."""


class ListGroupsRequest(PageRequest, frozen=True):
    """Ask for a page of a pool's groups."""

    user_pool_id: UserPoolId
    """The pool: 1 to 55 characters, such as `us-east-1_EXAMPLE`."""


class ListGroupsResponse(PageResponse, frozen=True):
    """A page of a pool's groups."""

    groups: Listed[GroupType]
    """Up to 60 groups a page."""


class ListUsersInGroupRequest(PageRequest, frozen=True):
    """Ask for a page of a group's users."""

    user_pool_id: UserPoolId
    """The group's pool: 1 to 55 characters, such as `us-east-1_EXAMPLE`."""

    group_name: GroupName
    """The group's name: 1 to 128 characters without white space."""


class ListUsersInGroupResponse(PageResponse, frozen=True):
    """A page of a group's users."""

    users: Listed[UserType]
    """Up to 60 users a page."""


drawn(GroupType, UserType)
