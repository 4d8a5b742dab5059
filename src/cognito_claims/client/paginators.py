"""boto3's paginators with typed, validated pages, and `resolve_user`.

boto3 does the paging: each paginator uses the one of the client that it
receives, and validates every page. boto3 is not imported here.
"""

from collections.abc import AsyncIterable, Iterator, Mapping
from typing import Generic, Protocol, TypeAlias

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


class BotoPageIterator(Protocol):
    """boto3's pages."""

    @property
    def resume_token(self) -> object:
        """boto3's own resume token, if `MaxItems` truncated the list."""
        ...

    def __iter__(self) -> Iterator[Mapping[str, object]]: ...

    # Never called. Type checkers need it to distinguish boto3's pages from aiobotocore's,
    # which are a subclass.
    def build_full_result(self) -> Mapping[str, object]:
        """Read every page."""
        ...


class PageIterator(BasePageIterator[BotoPageIterator, PageT, ItemT], Generic[PageT, ItemT]):
    """The pages of one call. Each iteration starts over, and requests a page when it is needed.

    Use one iteration at a time, since iterations share the `resume_token`.

    Iterating raises:
        InvalidResponseError: If a page does not fit its model. It is not returned.
        PaginationError: If the service repeats a page token.
        TypeError: If the client is an aiobotocore client.
        Exception: Any exception that boto3 raises, unchanged. If a response is JSON of an
            unexpected shape, that may be an `AttributeError` of its parser.
    """

    def __iter__(self) -> Iterator[PageT]:
        for state in self._iterate_states():
            yield state.page

    def build_full_result(self) -> PageT:
        """Read every page and return all items as one page.

        Its `next_token` is the `resume_token` if `MaxItems` truncated the list.
        If a page fails, the `resume_token` is the position where the call started.
        """
        with self._rewind_on_error():
            items = list(self._iterate_all_items())
        return self._build_full_result(items)

    def search(self, expression: str) -> Iterator[object]:
        """Apply a JMESPath expression to each page, in AWS's names, as boto3 does.

        A list found in a page is returned item by item. The `resume_token` stays
        before a page until everything found in it is returned.

        Raises:
            ImportError: If jmespath, which boto3 installs, is missing.
        """
        compiled = compile_expression(expression)
        for state in self._iterate_states():
            yield from self._iterate_matches(state, compiled)

    def _iterate_all_items(self) -> Iterator[ItemT]:
        for state in self._iterate_states():
            yield from self._iterate_items(state)

    def _iterate_states(self) -> Iterator[PageState[PageT]]:
        cursor = self._open_cursor()
        boto_pages = self._start()
        if isinstance(boto_pages, AsyncIterable):
            raise TypeError(
                "expected a boto3 client, got an aiobotocore client: use cognito_claims.client.aio"
            )
        for boto_page in boto_pages:
            yield self._read_page(cursor, boto_page, boto_pages.resume_token)
            self._check_repeated_token(cursor)


class GroupPageIterator(PageIterator[GroupPageT, GroupType], Generic[GroupPageT]):
    """Pages of groups."""

    def groups(self) -> Iterator[GroupType]:
        """Iterate over the groups of all pages."""
        return self._iterate_all_items()


class UserPageIterator(PageIterator[ListUsersInGroupResponse, UserType]):
    """Pages of users."""

    def users(self) -> Iterator[UserType]:
        """Iterate over the users of all pages."""
        return self._iterate_all_items()


AdminListGroupsForUserClient: TypeAlias = protocols.AdminListGroupsForUserClient[BotoPageIterator]
"""A boto3 `cognito-idp` client that can list a user's groups."""

ListGroupsClient: TypeAlias = protocols.ListGroupsClient[BotoPageIterator]
"""A boto3 `cognito-idp` client that can list a pool's groups."""

ListUsersInGroupClient: TypeAlias = protocols.ListUsersInGroupClient[BotoPageIterator]
"""A boto3 `cognito-idp` client that can list a group's users."""


class AdminListGroupsForUserPaginator(
    operations.BaseAdminListGroupsForUserPaginator[GroupPageIterator[AdminListGroupsForUserResponse]]
):
    """boto3's paginator `admin_list_groups_for_user` with typed, validated pages."""

    def __init__(self, client: AdminListGroupsForUserClient) -> None:
        super().__init__(client, operations.ADMIN_LIST_GROUPS_FOR_USER, GroupPageIterator)


class ListGroupsPaginator(operations.BaseListGroupsPaginator[GroupPageIterator[ListGroupsResponse]]):
    """boto3's paginator `list_groups` with typed, validated pages."""

    def __init__(self, client: ListGroupsClient) -> None:
        super().__init__(client, operations.LIST_GROUPS, GroupPageIterator)


class ListUsersInGroupPaginator(operations.BaseListUsersInGroupPaginator[UserPageIterator]):
    """boto3's paginator `list_users_in_group` with typed, validated pages."""

    def __init__(self, client: ListUsersInGroupClient) -> None:
        super().__init__(client, operations.LIST_USERS_IN_GROUP, UserPageIterator)


def resolve_user(
    client: AdminListGroupsForUserClient,
    *,
    user_pool_id: str,
    username: str,
    policy: Policy = Policy.DOCUMENTED,
) -> Resolution:
    """List all groups of a user and resolve them.

    Args:
        client: A boto3 `cognito-idp` client that may call AdminListGroupsForUser.
        user_pool_id: The ID of the user's pool.
        username: The username or an alias of it.
        policy: How to answer the questions that AWS leaves open.

    Raises:
        InvalidRequestError: If an argument is invalid. Nothing is sent.
        InvalidResponseError: If a page does not fit its model.
        PaginationError: If the service repeats a page token.
        ConflictingGroupsError: If a group was changed between two pages that both
            contain it, and its dates do not show which is the latest. Call again.
        TypeError: If the client is an aiobotocore client.
        Exception: Any exception that boto3 raises, such as `UserNotFoundException`.
    """
    pages = AdminListGroupsForUserPaginator(client).paginate(Username=username, UserPoolId=user_pool_id)
    return resolve(pages.groups(), policy=policy)
