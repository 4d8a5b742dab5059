from datetime import datetime
from typing import assert_type

from mypy_boto3_cognito_idp.type_defs import GroupTypeTypeDef

from cognito_claims import (
    AdminListGroupsForUserRequest,
    AdminListGroupsForUserResponse,
    CreateGroupRequest,
    CreateGroupResponse,
    DescribeUserPoolRequest,
    DescribeUserPoolResponse,
    GetGroupRequest,
    GetGroupResponse,
    GroupType,
    ListGroupsRequest,
    ListGroupsResponse,
    ListUsersInGroupRequest,
    ListUsersInGroupResponse,
    PaginatorConfig,
    UpdateGroupRequest,
    UpdateGroupResponse,
    UserPoolType,
    UserType,
)
from cognito_claims.models import AttributeType, MFAOptionType, ResponseMetadata
from cognito_claims.user_pool import (
    IssuerConfigurationType,
    LambdaConfigType,
    PreTokenGenerationVersionConfigType,
    parse_user_pool,
)

POOL = "eu-west-1_EXAMPLE"


def groups(group: GroupType, other: object, typed_dict: GroupTypeTypeDef) -> None:
    assert_type(group.group_name, str)
    assert_type(group.user_pool_id, str | None)
    assert_type(group.description, str | None)
    assert_type(group.role_arn, str | None)
    assert_type(group.precedence, int | None)
    assert_type(group.last_modified_date, datetime | None)
    assert_type(group.creation_date, datetime | None)
    assert_type(GroupType.model_validate(other), GroupType)
    assert_type({group: 1}, dict[GroupType, int])

    # Checkers know the fields by their Python names. For AWS's names there is `model_validate`.
    GroupType(GroupName="a")  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]
    GroupType(**typed_dict)  # type: ignore[misc]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument, open-unpacking]
    assert_type(GroupType.model_validate(typed_dict), GroupType)
    GroupType()  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]
    GroupType("a")  # type: ignore[call-arg]  # ty: ignore[missing-argument, too-many-positional-arguments]  # pyrefly: ignore[unexpected-positional-argument]
    GroupType(group_name=5)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    # ty and pyrefly grant every model pydantic's lax mode; at run time this is refused as well.
    GroupType(group_name="a", precedence="1")  # type: ignore[arg-type]
    group.precedence = 5  # type: ignore[misc]  # ty: ignore[invalid-assignment]  # pyrefly: ignore[read-only]
    group.GroupName  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # pyrefly: ignore[missing-attribute]


def users(user: UserType) -> None:
    assert_type(user.username, str)
    assert_type(user.enabled, bool | None)
    assert_type(user.user_status, str | None)
    assert_type(user.user_create_date, datetime | None)
    assert_type(user.user_last_modified_date, datetime | None)
    assert_type(user.attributes, tuple[AttributeType, ...] | None)
    assert_type(user.mfa_options, tuple[MFAOptionType, ...] | None)
    assert_type(user.attribute("email"), str | None)
    assert_type(user.attribute_dict, dict[str, str])


def parts(attribute: AttributeType, mfa: MFAOptionType, metadata: ResponseMetadata) -> None:
    assert_type(attribute.name, str)
    assert_type(attribute.value, str | None)
    assert_type(mfa.delivery_medium, str | None)
    assert_type(mfa.attribute_name, str | None)
    assert_type(metadata.request_id, str | None)
    assert_type(metadata.host_id, str | None)
    assert_type(metadata.http_status_code, int | None)
    assert_type(metadata.http_headers, dict[str, str] | None)
    assert_type(metadata.retry_attempts, int | None)
    assert_type(metadata.max_attempts_reached, bool | None)


def user_pool(response: DescribeUserPoolResponse, other: object) -> None:
    pool = assert_type(response.user_pool, UserPoolType)
    assert_type(parse_user_pool(other), UserPoolType)
    assert_type(pool.id, str)
    assert_type(pool.arn, str | None)
    assert_type(pool.lambda_config, LambdaConfigType | None)
    assert_type(LambdaConfigType().pre_token_generation_config, PreTokenGenerationVersionConfigType | None)
    assert_type(pool.issuer_configuration, IssuerConfigurationType | None)
    assert_type(pool.account_id, str | None)
    assert_type(pool.pre_token_generation_trigger, str | None)
    assert_type(pool.has_updated_issuer, bool)
    assert_type(DescribeUserPoolRequest(user_pool_id=POOL).user_pool_id, str)
    UserPoolType(Id=POOL)  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]


def requests() -> None:
    assert_type(AdminListGroupsForUserRequest(username="alice", user_pool_id=POOL).limit, int | None)
    assert_type(ListGroupsRequest(user_pool_id=POOL, limit=60).next_token, str | None)
    assert_type(ListUsersInGroupRequest(user_pool_id=POOL, group_name="a").group_name, str)
    assert_type(GetGroupRequest(user_pool_id=POOL, group_name="a").user_pool_id, str)
    assert_type(CreateGroupRequest(user_pool_id=POOL, group_name="a").description, str | None)
    assert_type(UpdateGroupRequest(user_pool_id=POOL, group_name="a", precedence=0).role_arn, str | None)
    assert_type(PaginatorConfig(page_size=60).max_items, int | None)
    assert_type(PaginatorConfig().starting_token, str | None)

    GetGroupRequest(group_name="a")  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]
    ListGroupsRequest(user_pool_id=POOL, limit=None, page=1)  # type: ignore[call-arg]  # ty: ignore[unknown-argument]  # pyrefly: ignore[unexpected-keyword]


def responses(
    users_groups: AdminListGroupsForUserResponse,
    pools_groups: ListGroupsResponse,
    groups_users: ListUsersInGroupResponse,
    got: GetGroupResponse | CreateGroupResponse | UpdateGroupResponse,
) -> None:
    assert_type(users_groups.groups, tuple[GroupType, ...])
    assert_type(users_groups.next_token, str | None)
    assert_type(users_groups.response_metadata, ResponseMetadata | None)
    assert_type(pools_groups.groups, tuple[GroupType, ...])
    assert_type(groups_users.users, tuple[UserType, ...])
    assert_type(got.group, GroupType)

    users_groups.groups.append(got.group)  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # pyrefly: ignore[missing-attribute]
    users_groups["Groups"]  # type: ignore[index]  # ty: ignore[not-subscriptable]  # pyrefly: ignore[bad-index]
