"""Every function that takes a client accepts each kind of client, without a cast."""

from typing import Any, assert_type

from mypy_boto3_cognito_idp import CognitoIdentityProviderClient as Boto3StubsClient
from types_aiobotocore_cognito_idp import CognitoIdentityProviderClient as AioClient
from types_aiobotocore_cognito_idp.type_defs import GroupTypeTypeDef as AioGroup
from types_boto3_cognito_idp import CognitoIdentityProviderClient as TypesBoto3Client
from types_boto3_cognito_idp.type_defs import GroupTypeTypeDef as TypesBoto3Group

from cognito_claims import (
    AdminListGroupsForUserPaginator,
    AdminListGroupsForUserResponse,
    GroupPageIterator,
    ListGroupsPaginator,
    ListGroupsResponse,
    ListUsersInGroupPaginator,
    Resolution,
    UserPageIterator,
    resolve,
    resolve_user,
    validate_responses,
)
from cognito_claims.client import (
    AdminListGroupsForUserClient,
    ListGroupsClient,
    ListUsersInGroupClient,
    ResponseValidation,
    aio,
)

POOL = "eu-west-1_EXAMPLE"


def boto3_stubs(client: Boto3StubsClient) -> None:
    assert_type(resolve_user(client, user_pool_id=POOL, username="alice"), Resolution)
    assert_type(validate_responses(client), ResponseValidation)
    AdminListGroupsForUserPaginator(client)
    ListGroupsPaginator(client)
    ListUsersInGroupPaginator(client)
    response = client.admin_list_groups_for_user(Username="alice", UserPoolId=POOL)
    assert_type(resolve(response["Groups"]), Resolution)
    for page in client.get_paginator("list_groups").paginate(UserPoolId=POOL):
        assert_type(resolve(page["Groups"]), Resolution)

    resolve(response)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    aio.AdminListGroupsForUserPaginator(client)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    aio.ListGroupsPaginator(client)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    aio.ListUsersInGroupPaginator(client)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]


def types_boto3(client: TypesBoto3Client, groups: list[TypesBoto3Group]) -> None:
    assert_type(resolve(groups), Resolution)
    assert_type(resolve_user(client, user_pool_id=POOL, username="alice"), Resolution)
    assert_type(validate_responses(client), ResponseValidation)
    AdminListGroupsForUserPaginator(client)
    ListGroupsPaginator(client)
    ListUsersInGroupPaginator(client)


async def types_aiobotocore(client: AioClient, groups: list[AioGroup]) -> None:
    assert_type(resolve(groups), Resolution)
    assert_type(await aio.resolve_user(client, user_pool_id=POOL, username="alice"), Resolution)
    assert_type(validate_responses(client), ResponseValidation)
    aio.AdminListGroupsForUserPaginator(client)
    aio.ListGroupsPaginator(client)
    aio.ListUsersInGroupPaginator(client)
    response = await client.admin_list_groups_for_user(Username="alice", UserPoolId=POOL)
    assert_type(resolve(response["Groups"]), Resolution)

    resolve_user(client, user_pool_id=POOL, username="alice")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    AdminListGroupsForUserPaginator(client)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    ListGroupsPaginator(client)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    ListUsersInGroupPaginator(client)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    await aio.resolve_user(client, POOL, "alice")  # type: ignore[call-arg]  # ty: ignore[missing-argument, too-many-positional-arguments]  # pyrefly: ignore[unexpected-positional-argument]


async def without_stubs(client: Any) -> None:
    assert_type(resolve_user(client, user_pool_id=POOL, username="alice"), Resolution)
    assert_type(await aio.resolve_user(client, user_pool_id=POOL, username="alice"), Resolution)
    assert_type(validate_responses(client), ResponseValidation)
    pages = AdminListGroupsForUserPaginator(client).paginate(Username="alice", UserPoolId=POOL)
    assert_type(pages, GroupPageIterator[AdminListGroupsForUserResponse])
    assert_type(
        ListGroupsPaginator(client).paginate(UserPoolId=POOL), GroupPageIterator[ListGroupsResponse]
    )
    users = ListUsersInGroupPaginator(client).paginate(UserPoolId=POOL, GroupName="admins")
    assert_type(users, UserPageIterator)
    assert_type(resolve(client.admin_list_groups_for_user()["Groups"]), Resolution)


def by_protocol(
    users_groups: AdminListGroupsForUserClient,
    pools_groups: ListGroupsClient,
    groups_users: ListUsersInGroupClient,
) -> None:
    assert_type(resolve_user(users_groups, user_pool_id=POOL, username="alice"), Resolution)
    ListGroupsPaginator(pools_groups)
    ListUsersInGroupPaginator(groups_users)

    resolve_user(pools_groups, user_pool_id=POOL, username="alice")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    resolve_user(5, user_pool_id=POOL, username="alice")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    resolve_user(users_groups, POOL, "alice")  # type: ignore[call-arg]  # ty: ignore[missing-argument, too-many-positional-arguments]  # pyrefly: ignore[unexpected-positional-argument]


def by_protocol_of_aio(
    users_groups: aio.AdminListGroupsForUserClient,
    pools_groups: aio.ListGroupsClient,
    groups_users: aio.ListUsersInGroupClient,
    untyped: aio.UntypedClient,
) -> None:
    aio.AdminListGroupsForUserPaginator(users_groups)
    aio.ListGroupsPaginator(pools_groups)
    aio.ListUsersInGroupPaginator(groups_users)
    aio.AdminListGroupsForUserPaginator(untyped)
    aio.ListGroupsPaginator(untyped)
    aio.ListUsersInGroupPaginator(untyped)

    aio.AdminListGroupsForUserPaginator(pools_groups)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    aio.resolve_user(5, user_pool_id=POOL, username="alice")  # type: ignore[arg-type, unused-coroutine]  # ty: ignore[invalid-argument-type, unused-awaitable]  # pyrefly: ignore[bad-argument-type, unused-coroutine]
