"""aiobotocore's paginators with typed, validated pages, and `resolve_user`.

The names, arguments and pages are those of `cognito_claims`, used with `await`
and `async for`. aiobotocore does the paging and is not imported here.

```python
from aiobotocore.session import get_session
from cognito_claims.client.aio import resolve_user

async with get_session().create_client("cognito-idp") as client:
    resolution = await resolve_user(client, user_pool_id="eu-west-1_EXAMPLE", username="alice")
```
"""

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from typing import Any, Generic, Protocol, TypeAlias

from cognito_claims.client import _operations as operations, protocols
from cognito_claims.client._iteration import BasePageIterator, ItemT, PageState, compile_expression
from cognito_claims.client._operations import GroupPageT, PageT
from cognito_claims.models import (
    AdminListGroupsForUserResponse,
    GroupType,
    ListGroupsResponse,
    ListUsersInGroupResponse,
    UserType,
)
from cognito_claims.resolver import Policy, Resolution, resolve

__all__ = [
    "AdminListGroupsForUserClient",
    "AdminListGroupsForUserPaginator",
    "BotoPageIterator",
    "GroupPageIterator",
    "ListGroupsClient",
    "ListGroupsPaginator",
    "ListUsersInGroupClient",
    "ListUsersInGroupPaginator",
    "PageIterator",
    "UntypedClient",
    "UserPageIterator",
    "resolve_user",
]


BotoPageIterator: TypeAlias = AsyncIterable[Mapping[str, object]]
"""aiobotocore's pages, as its stubs declare them."""


class PageIterator(BasePageIterator[BotoPageIterator, PageT, ItemT], Generic[PageT, ItemT]):
    """The pages of one call. Each iteration starts over, and requests a page when it is needed.

    Use one iteration at a time, since iterations share the `resume_token`.

    Iterating raises:
        InvalidResponseError: If a page does not fit its model. It is not returned.
        PaginationError: If the service repeats a page token.
        TypeError: If the client is a boto3 client.
        Exception: Any exception that aiobotocore raises, unchanged.
    """

    async def __aiter__(self) -> AsyncIterator[PageT]:
        async for state in self._iterate_states():
            yield state.page

    async def build_full_result(self) -> PageT:
        """Read every page and return all items as one page.

        Its `next_token` is the `resume_token` if `MaxItems` truncated the list.
        If a page fails, the `resume_token` is the position where the call started.
        """
        with self._rewind_on_error():
            items = [item async for item in self._iterate_all_items()]
        return self._build_full_result(items)

    async def search(self, expression: str) -> AsyncIterator[object]:
        """Apply a JMESPath expression to each page, in AWS's names, as aiobotocore does.

        A list found in a page is returned item by item. The `resume_token` stays
        before a page until everything found in it is returned.

        Raises:
            ImportError: If jmespath, which aiobotocore installs, is missing.
        """
        compiled = compile_expression(expression)
        async for state in self._iterate_states():
            for match in self._iterate_matches(state, compiled):
                yield match

    async def _iterate_all_items(self) -> AsyncIterator[ItemT]:
        async for state in self._iterate_states():
            for item in self._iterate_items(state):
                yield item

    async def _iterate_states(self) -> AsyncIterator[PageState[PageT]]:
        cursor = self._open_cursor()
        boto_pages = self._start()
        if not hasattr(boto_pages, "__aiter__"):
            raise TypeError("expected an aiobotocore client, got a boto3 client: use cognito_claims")
        async for boto_page in boto_pages:
            boto_token: object = getattr(boto_pages, "resume_token", None)  # older stubs lack it
            yield self._read_page(cursor, boto_page, boto_token)
            self._check_repeated_token(cursor)


class GroupPageIterator(PageIterator[GroupPageT, GroupType], Generic[GroupPageT]):
    """Pages of groups."""

    def groups(self) -> AsyncIterator[GroupType]:
        """Iterate over the groups of all pages."""
        return self._iterate_all_items()


class UserPageIterator(PageIterator[ListUsersInGroupResponse, UserType]):
    """Pages of users."""

    def users(self) -> AsyncIterator[UserType]:
        """Iterate over the users of all pages."""
        return self._iterate_all_items()


AdminListGroupsForUserClient: TypeAlias = protocols.AdminListGroupsForUserClient[BotoPageIterator]
"""An aiobotocore `cognito-idp` client that can list a user's groups."""

ListGroupsClient: TypeAlias = protocols.ListGroupsClient[BotoPageIterator]
"""An aiobotocore `cognito-idp` client that can list a pool's groups."""

ListUsersInGroupClient: TypeAlias = protocols.ListUsersInGroupClient[BotoPageIterator]
"""An aiobotocore `cognito-idp` client that can list a group's users."""


class UntypedClient(Protocol):
    """An aiobotocore client without stubs.

    Type checkers that read aiobotocore's own code, as pyright does, infer boto3's
    paginators. Such a client differs from a boto3 client in that it is an
    asynchronous context manager. It is untyped, hence `Any`.
    """

    def get_paginator(self, operation_name: str) -> Any:
        """Return aiobotocore's paginator of an operation."""
        ...

    async def __aenter__(self) -> object: ...


class AdminListGroupsForUserPaginator(
    operations.BaseAdminListGroupsForUserPaginator[GroupPageIterator[AdminListGroupsForUserResponse]]
):
    """aiobotocore's paginator `admin_list_groups_for_user` with typed, validated pages."""

    def __init__(self, client: AdminListGroupsForUserClient | UntypedClient) -> None:
        super().__init__(client, operations.ADMIN_LIST_GROUPS_FOR_USER, GroupPageIterator)


class ListGroupsPaginator(operations.BaseListGroupsPaginator[GroupPageIterator[ListGroupsResponse]]):
    """aiobotocore's paginator `list_groups` with typed, validated pages."""

    def __init__(self, client: ListGroupsClient | UntypedClient) -> None:
        super().__init__(client, operations.LIST_GROUPS, GroupPageIterator)


class ListUsersInGroupPaginator(operations.BaseListUsersInGroupPaginator[UserPageIterator]):
    """aiobotocore's paginator `list_users_in_group` with typed, validated pages."""

    def __init__(self, client: ListUsersInGroupClient | UntypedClient) -> None:
        super().__init__(client, operations.LIST_USERS_IN_GROUP, UserPageIterator)


async def resolve_user(
    client: AdminListGroupsForUserClient | UntypedClient,
    *,
    user_pool_id: str,
    username: str,
    policy: Policy = Policy.DOCUMENTED,
) -> Resolution:
    """List all groups of a user and resolve them.

    Args:
        client: An aiobotocore `cognito-idp` client that may call AdminListGroupsForUser.
        user_pool_id: The ID of the user's pool.
        username: The username or an alias of it.
        policy: How to answer the questions that AWS leaves open.

    Raises:
        InvalidRequestError: If an argument is invalid. Nothing is sent.
        InvalidResponseError: If a page does not fit its model.
        PaginationError: If the service repeats a page token.
        ConflictingGroupsError: If a group was changed between two pages that both
            contain it, and its dates do not show which is the latest. Call again.
        TypeError: If the client is a boto3 client.
        Exception: Any exception that aiobotocore raises, such as `UserNotFoundException`.
    """
    pages = AdminListGroupsForUserPaginator(client).paginate(Username=username, UserPoolId=user_pool_id)
    return resolve([group async for group in pages.groups()], policy=policy)
