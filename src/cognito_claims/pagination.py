"""Typed, validated pages over a boto3 client.

The paging is boto3's own: each paginator asks the client that it is handed for
boto3's, and validates every page before it hands it on. boto3 is not imported
here; what is needed of a client is said by a protocol. `cognito_claims.aio` has
the same for a client of aiobotocore.
"""

from collections.abc import AsyncIterable, Iterator, Mapping
from typing import Generic, Protocol, TypeAlias

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
    "UserPages",
]


class BotoPages(Protocol):
    """What is needed of boto3's pages."""

    @property
    def resume_token(self) -> object:
        """boto3's own, if `MaxItems` cut the list short."""
        ...

    def __iter__(self) -> Iterator[Mapping[str, object]]: ...

    # Not called: by it alone do type checkers tell them from aiobotocore's, which are derived from boto3's.
    def build_full_result(self) -> Mapping[str, object]:
        """Read every page."""
        ...


class Pages(PagesOfOneCall[BotoPages, PageT, ItemT], Generic[PageT, ItemT]):
    """The pages of one call. Each iteration starts afresh and asks for a page when it is wanted.

    Read it by one iteration at a time: they share the `resume_token`.

    Raises, as pages are read:
        InvalidResponseError: a page does not fit its model; it is not handed out.
        PaginationError: the service repeated a page token.
        TypeError: the client is one of aiobotocore.
        Exception: whatever boto3 raises, untouched. For JSON of quite another
            shape than expected that may be an `AttributeError` of its parser.
    """

    def __iter__(self) -> Iterator[PageT]:
        for step in self._steps():
            yield step.page

    def build_full_result(self) -> PageT:
        """Read every page and join them to one.

        Its `next_token` is the `resume_token`, if `MaxItems` cut the list short.
        Should a page fail, the `resume_token` stands where the call started.
        """
        with self._whole_or_from_the_start():
            items = list(self._items())
        return self._joined(items)

    def search(self, expression: str) -> Iterator[object]:
        """Apply a JMESPath expression to each page, in AWS's names, as boto3 does.

        A list found in a page is handed out item by item. The `resume_token`
        stands before a page until all that was found in it is handed out.

        Raises:
            ImportError: jmespath is missing; it comes with boto3.
        """
        compiled = compile_expression(expression)
        for step in self._steps():
            yield from self._found_in(step, compiled)

    def _items(self) -> Iterator[ItemT]:
        for step in self._steps():
            yield from self._items_of(step)

    def _steps(self) -> Iterator[Step[PageT]]:
        reading = self._begin()
        boto_pages = self._start()
        if isinstance(boto_pages, AsyncIterable):
            raise TypeError("expected a boto3 client, got one of aiobotocore: use cognito_claims.aio")
        for boto_page in boto_pages:
            yield self._read(reading, boto_page, boto_pages.resume_token)
            self._go_on(reading)


class GroupPages(Pages[GroupPageT, GroupType], Generic[GroupPageT]):
    """Pages of groups."""

    _member = "groups"

    def groups(self) -> Iterator[GroupType]:
        """Give the groups of all pages, one after another."""
        return self._items()


class UserPages(Pages[ListUsersInGroupResponse, UserType]):
    """Pages of users."""

    _member = "users"

    def users(self) -> Iterator[UserType]:
        """Give the users of all pages, one after another."""
        return self._items()


AdminListGroupsForUserClient: TypeAlias = _paging.AdminListGroupsForUserClient[BotoPages]
"""What is needed of a boto3 `cognito-idp` client to list a user's groups."""

ListGroupsClient: TypeAlias = _paging.ListGroupsClient[BotoPages]
"""What is needed of a boto3 `cognito-idp` client to list a pool's groups."""

ListUsersInGroupClient: TypeAlias = _paging.ListUsersInGroupClient[BotoPages]
"""What is needed of a boto3 `cognito-idp` client to list a group's users."""


class AdminListGroupsForUserPaginator(
    AdminListGroupsForUserCall[BotoPages, GroupPages[AdminListGroupsForUserResponse]]
):
    """boto3's paginator `admin_list_groups_for_user`, with typed and validated pages."""

    def __init__(self, client: AdminListGroupsForUserClient) -> None:
        super().__init__(client.get_paginator("admin_list_groups_for_user"), GroupPages)


class ListGroupsPaginator(ListGroupsCall[BotoPages, GroupPages[ListGroupsResponse]]):
    """boto3's paginator `list_groups`, with typed and validated pages."""

    def __init__(self, client: ListGroupsClient) -> None:
        super().__init__(client.get_paginator("list_groups"), GroupPages)


class ListUsersInGroupPaginator(ListUsersInGroupCall[BotoPages, UserPages]):
    """boto3's paginator `list_users_in_group`, with typed and validated pages."""

    def __init__(self, client: ListUsersInGroupClient) -> None:
        super().__init__(client.get_paginator("list_users_in_group"), UserPages)
