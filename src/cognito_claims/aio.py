"""The paginators and `resolve_user` over an aiobotocore client.

The same names, the same arguments, the same pages as in `cognito_claims`, with
`await` and `async for`. aiobotocore does the paging and is not imported here.

```python
from aiobotocore.session import get_session
from cognito_claims.aio import resolve_user

async with get_session().create_client("cognito-idp") as client:
    resolution = await resolve_user(client, user_pool_id="eu-west-1_EXAMPLE", username="alice")
```
"""

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from typing import Any, Generic, Protocol, TypeAlias

from cognito_claims import _paging
from cognito_claims._paging import (
    AdminListGroupsForUserCall,
    GroupPageT,
    ItemT,
    ListGroupsCall,
    ListUsersInGroupCall,
    PagesOfOneCall,
    PageT,
    PaginatorConfigDict,
    Step,
    compile_expression,
)
from cognito_claims.models import (
    AdminListGroupsForUserResponse,
    GroupType,
    ListGroupsResponse,
    ListUsersInGroupResponse,
    UserType,
)
from cognito_claims.resolver import DOCUMENTED, Policy, Resolution, resolve

__all__ = [
    "AdminListGroupsForUserClient",
    "AdminListGroupsForUserPaginator",
    "BotoPages",
    "GroupPages",
    "ListGroupsClient",
    "ListGroupsPaginator",
    "ListUsersInGroupClient",
    "ListUsersInGroupPaginator",
    "Pages",
    "PaginatorConfigDict",
    "UntypedClient",
    "UserPages",
    "resolve_user",
]


BotoPages: TypeAlias = AsyncIterable[Mapping[str, object]]
"""What is needed of aiobotocore's pages, as its stubs have them."""


class Pages(PagesOfOneCall[BotoPages, PageT, ItemT], Generic[PageT, ItemT]):
    """The pages of one call. Each iteration starts afresh and asks for a page when it is wanted.

    Read it by one iteration at a time: they share the `resume_token`.

    Raises, as pages are read:
        InvalidResponseError: a page does not fit its model; it is not handed out.
        PaginationError: the service repeated a page token.
        TypeError: the client is one of boto3.
        Exception: whatever aiobotocore raises, untouched.
    """

    async def __aiter__(self) -> AsyncIterator[PageT]:
        async for step in self._steps():
            yield step.page

    async def build_full_result(self) -> PageT:
        """Read every page and join them to one.

        Its `next_token` is the `resume_token`, if `MaxItems` cut the list short.
        Should a page fail, the `resume_token` stands where the call started.
        """
        with self._whole_or_from_the_start():
            items = [item async for item in self._items()]
        return self._joined(items)

    async def search(self, expression: str) -> AsyncIterator[object]:
        """Apply a JMESPath expression to each page, in AWS's names, as aiobotocore does.

        A list found in a page is handed out item by item. The `resume_token`
        stands before a page until all that was found in it is handed out.

        Raises:
            ImportError: jmespath is missing; it comes with aiobotocore.
        """
        compiled = compile_expression(expression)
        async for step in self._steps():
            for found in self._found_in(step, compiled):
                yield found

    async def _items(self) -> AsyncIterator[ItemT]:
        async for step in self._steps():
            for item in self._items_of(step):
                yield item

    async def _steps(self) -> AsyncIterator[Step[PageT]]:
        reading = self._begin()
        boto_pages = self._start()
        if not hasattr(boto_pages, "__aiter__"):
            raise TypeError("expected an aiobotocore client, got one of boto3: use cognito_claims itself")
        async for boto_page in boto_pages:
            cut: object = getattr(boto_pages, "resume_token", None)  # older stubs do not know it
            yield self._read(reading, boto_page, cut)
            self._go_on(reading)


class GroupPages(Pages[GroupPageT, GroupType], Generic[GroupPageT]):
    """Pages of groups."""

    _member = "groups"

    def groups(self) -> AsyncIterator[GroupType]:
        """Give the groups of all pages, one after another."""
        return self._items()


class UserPages(Pages[ListUsersInGroupResponse, UserType]):
    """Pages of users."""

    _member = "users"

    def users(self) -> AsyncIterator[UserType]:
        """Give the users of all pages, one after another."""
        return self._items()


AdminListGroupsForUserClient: TypeAlias = _paging.AdminListGroupsForUserClient[BotoPages]
"""What is needed of an aiobotocore `cognito-idp` client to list a user's groups."""

ListGroupsClient: TypeAlias = _paging.ListGroupsClient[BotoPages]
"""What is needed of an aiobotocore `cognito-idp` client to list a pool's groups."""

ListUsersInGroupClient: TypeAlias = _paging.ListUsersInGroupClient[BotoPages]
"""What is needed of an aiobotocore `cognito-idp` client to list a group's users."""


class UntypedClient(Protocol):
    """A client of aiobotocore without stubs.

    Type checkers that read aiobotocore's own code take its paginators for
    boto3's (pyright does); what tells it from a boto3 client is that it is
    closed by `await`. Nothing of it is typed, and `Any` says so.
    """

    def get_paginator(self, operation_name: str) -> Any:
        """Give aiobotocore's paginator of an operation."""
        ...

    async def __aenter__(self) -> object: ...


class AdminListGroupsForUserPaginator(
    AdminListGroupsForUserCall[BotoPages, GroupPages[AdminListGroupsForUserResponse]]
):
    """aiobotocore's paginator `admin_list_groups_for_user`, with typed and validated pages."""

    def __init__(self, client: AdminListGroupsForUserClient | UntypedClient) -> None:
        super().__init__(client.get_paginator("admin_list_groups_for_user"), GroupPages)


class ListGroupsPaginator(ListGroupsCall[BotoPages, GroupPages[ListGroupsResponse]]):
    """aiobotocore's paginator `list_groups`, with typed and validated pages."""

    def __init__(self, client: ListGroupsClient | UntypedClient) -> None:
        super().__init__(client.get_paginator("list_groups"), GroupPages)


class ListUsersInGroupPaginator(ListUsersInGroupCall[BotoPages, UserPages]):
    """aiobotocore's paginator `list_users_in_group`, with typed and validated pages."""

    def __init__(self, client: ListUsersInGroupClient | UntypedClient) -> None:
        super().__init__(client.get_paginator("list_users_in_group"), UserPages)


async def resolve_user(
    client: AdminListGroupsForUserClient | UntypedClient,
    *,
    user_pool_id: str,
    username: str,
    policy: Policy = DOCUMENTED,
) -> Resolution:
    """Ask a user pool for all groups of a user, and resolve them.

    Args:
        client: an aiobotocore `cognito-idp` client that may call AdminListGroupsForUser.
        user_pool_id: the user's pool.
        username: the username, or an alias of it.
        policy: how to answer what AWS leaves open.

    Raises:
        InvalidRequestError: an argument does not fit; nothing was sent.
        InvalidResponseError: a page does not fit its model.
        PaginationError: the service repeated a page token.
        ConflictingGroupsError: a group was changed between two pages that both
            hold it, and its dates do not decide; ask again.
        TypeError: the client is one of boto3.
        Exception: whatever aiobotocore raises, such as `UserNotFoundException`.
    """
    pages = AdminListGroupsForUserPaginator(client).paginate(Username=username, UserPoolId=user_pool_id)
    return resolve([group async for group in pages.groups()], policy=policy)
