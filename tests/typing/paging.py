from collections.abc import AsyncIterator, Iterator, Mapping
from types import TracebackType
from typing import assert_type

from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from mypy_boto3_cognito_idp.type_defs import PaginatorConfigTypeDef
from types_aiobotocore_cognito_idp import CognitoIdentityProviderClient as AioClient

from cognito_claims import (
    AdminListGroupsForUserPaginator,
    AdminListGroupsForUserResponse,
    GroupPageIterator,
    GroupType,
    ListGroupsPaginator,
    ListGroupsResponse,
    ListUsersInGroupPaginator,
    ListUsersInGroupResponse,
    PaginatorConfig,
    UserPageIterator,
    UserType,
    validate_responses,
)
from cognito_claims.client import PaginatorConfigDict, ResponseValidation, aio, paginators, validation


def paging(
    client: CognitoIdentityProviderClient, config: PaginatorConfigTypeDef, ours: PaginatorConfigDict
) -> None:
    paginator = AdminListGroupsForUserPaginator(client)
    pages = paginator.paginate(
        Username="alice",
        UserPoolId="eu-west-1_EXAMPLE",
        PaginationConfig={"MaxItems": 100, "PageSize": 60, "StartingToken": None},
    )
    assert_type(pages, GroupPageIterator[AdminListGroupsForUserResponse])
    for page in pages:
        assert_type(page, AdminListGroupsForUserResponse)
        assert_type(page.groups[0].precedence, int | None)
        assert_type(page.next_token, str | None)
    assert_type(pages.groups(), Iterator[GroupType])
    assert_type(pages.build_full_result(), AdminListGroupsForUserResponse)
    assert_type(pages.resume_token, str | None)
    assert_type(pages.search("Groups[].GroupName"), Iterator[object])

    paginator.paginate(Username="alice", UserPoolId="eu-west-1_EXAMPLE", PaginationConfig=config)
    paginator.paginate(Username="alice", UserPoolId="eu-west-1_EXAMPLE", PaginationConfig=ours)
    paginator.paginate("alice")  # type: ignore[call-arg]  # ty: ignore[missing-argument, too-many-positional-arguments]  # pyrefly: ignore[missing-argument, unexpected-positional-argument]
    paginator.paginate(Username="alice")  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]
    paginator.paginate(Username=None, UserPoolId="eu-west-1_EXAMPLE")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    PaginatorConfig(page_sise=5)  # type: ignore[call-arg]  # ty: ignore[unknown-argument]  # pyrefly: ignore[unexpected-keyword]
    misspelled: PaginatorConfigDict = {"PageSise": 5}  # type: ignore[typeddict-unknown-key]  # ty: ignore[unknown-typed-dict-constructor-key]  # pyrefly: ignore[bad-typed-dict-key]
    wrong: PaginatorConfigDict = {"PageSize": "5"}  # type: ignore[typeddict-item]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-assignment]
    print(misspelled, wrong)


def other_lists(client: CognitoIdentityProviderClient) -> None:
    all_groups = ListGroupsPaginator(client).paginate(
        UserPoolId="eu-west-1_EXAMPLE", PaginationConfig=PaginatorConfig(page_size=60)
    )
    assert_type(all_groups, GroupPageIterator[ListGroupsResponse])
    assert_type(all_groups.groups(), Iterator[GroupType])
    assert_type(all_groups.build_full_result(), ListGroupsResponse)
    users = ListUsersInGroupPaginator(client).paginate(UserPoolId="eu-west-1_EXAMPLE", GroupName="admins")
    assert_type(users, UserPageIterator)
    assert_type(users.users(), Iterator[UserType])
    assert_type(users.build_full_result(), ListUsersInGroupResponse)

    ListGroupsPaginator(client).paginate(GroupName="a")  # type: ignore[call-arg]  # ty: ignore[missing-argument, unknown-argument]  # pyrefly: ignore[missing-argument, unexpected-keyword]
    all_groups.users()  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # pyrefly: ignore[missing-attribute]
    users.groups()  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # pyrefly: ignore[missing-attribute]


async def paging_async(
    client: AioClient, config: PaginatorConfigTypeDef, ours: PaginatorConfigDict
) -> None:
    paginator = aio.AdminListGroupsForUserPaginator(client)
    pages = paginator.paginate(Username="alice", UserPoolId="eu-west-1_EXAMPLE", PaginationConfig=config)
    paginator.paginate(Username="alice", UserPoolId="eu-west-1_EXAMPLE", PaginationConfig=ours)
    assert_type(pages, aio.GroupPageIterator[AdminListGroupsForUserResponse])
    async for page in pages:
        assert_type(page, AdminListGroupsForUserResponse)
    assert_type(pages.groups(), AsyncIterator[GroupType])
    assert_type(await pages.build_full_result(), AdminListGroupsForUserResponse)
    assert_type(pages.resume_token, str | None)
    assert_type(pages.search("Groups[].GroupName"), AsyncIterator[object])
    async for found in pages.search("Groups[].GroupName"):
        assert_type(found, object)

    aio_pages = aio.ListGroupsPaginator(client).paginate(UserPoolId="eu-west-1_EXAMPLE")
    assert_type(aio_pages, aio.GroupPageIterator[ListGroupsResponse])
    assert_type(await aio_pages.build_full_result(), ListGroupsResponse)
    users = aio.ListUsersInGroupPaginator(client).paginate(
        UserPoolId="eu-west-1_EXAMPLE", GroupName="admins"
    )
    assert_type(users, aio.UserPageIterator)
    assert_type(users.users(), AsyncIterator[UserType])
    assert_type(await users.build_full_result(), ListUsersInGroupResponse)

    list(pages)  # type: ignore[call-overload]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    paginator.paginate(Username="alice")  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]


def any_pages(
    pages: paginators.PageIterator[AdminListGroupsForUserResponse, GroupType],
    aio_pages: aio.PageIterator[AdminListGroupsForUserResponse, GroupType],
    boto_pages: paginators.BotoPageIterator,
    aio_boto_pages: aio.BotoPageIterator,
) -> None:
    assert_type(iter(pages), Iterator[AdminListGroupsForUserResponse])
    assert_type(aiter(aio_pages), AsyncIterator[AdminListGroupsForUserResponse])
    assert_type(boto_pages.resume_token, object)
    assert_type(aiter(aio_boto_pages), AsyncIterator[Mapping[str, object]])


def checking(
    client: CognitoIdentityProviderClient,
    protocol: validation.ClientWithEvents,
    error: Exception,
    traceback: TracebackType,
) -> None:
    assert_type(validate_responses(client), ResponseValidation)
    assert_type(validate_responses(protocol), ResponseValidation)
    with validate_responses(client) as check:
        assert_type(check, ResponseValidation)
        assert_type(check.remove(), None)
    assert_type(check.__exit__(type(error), error, traceback), None)

    validate_responses(client.meta)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
