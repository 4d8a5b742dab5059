"""Protocols of a client and its paginators, and the configuration of a paginator.

The protocols declare boto3's exact keywords. Clients typed by boto3-stubs,
types-boto3 or types-aiobotocore match them, and so do clients without stubs.
"""

from typing import Literal, Protocol, TypeVar

from typing_extensions import ReadOnly, TypedDict  # a dependency of pydantic

from cognito_claims._registry import publish

BotoPagesT_co = TypeVar("BotoPagesT_co", covariant=True)


class PaginatorConfigDict(TypedDict, total=False):
    """The dictionary form of `PaginatorConfig`, compatible with the one of boto3-stubs.

    It is for type checkers. In a pydantic model, use `PaginatorConfig`.
    """

    MaxItems: ReadOnly[int | None]
    """The total number of items to return, 0 or more."""

    PageSize: ReadOnly[int | None]
    """The number of items in a page, 0 to 60."""

    StartingToken: ReadOnly[str | None]
    """A `resume_token`, or the `NextToken` of an earlier `build_full_result()`."""


class BotoConfig(TypedDict, total=False):
    """boto's `PaginationConfig`."""

    MaxItems: int
    PageSize: int
    StartingToken: str


class AdminListGroupsForUserBotoPaginator(Protocol[BotoPagesT_co]):
    """boto's paginator `admin_list_groups_for_user`."""

    def paginate(
        self, *, Username: str, UserPoolId: str, PaginationConfig: BotoConfig = ...
    ) -> BotoPagesT_co:
        """Return its pages."""
        ...


class ListGroupsBotoPaginator(Protocol[BotoPagesT_co]):
    """boto's paginator `list_groups`."""

    def paginate(self, *, UserPoolId: str, PaginationConfig: BotoConfig = ...) -> BotoPagesT_co:
        """Return its pages."""
        ...


class ListUsersInGroupBotoPaginator(Protocol[BotoPagesT_co]):
    """boto's paginator `list_users_in_group`."""

    def paginate(
        self, *, UserPoolId: str, GroupName: str, PaginationConfig: BotoConfig = ...
    ) -> BotoPagesT_co:
        """Return its pages."""
        ...


class AdminListGroupsForUserClient(Protocol[BotoPagesT_co]):
    """A `cognito-idp` client that can list a user's groups."""

    def get_paginator(
        self, operation_name: Literal["admin_list_groups_for_user"]
    ) -> AdminListGroupsForUserBotoPaginator[BotoPagesT_co]:
        """Return boto's paginator of the operation."""
        ...


class ListGroupsClient(Protocol[BotoPagesT_co]):
    """A `cognito-idp` client that can list a pool's groups."""

    def get_paginator(
        self, operation_name: Literal["list_groups"]
    ) -> ListGroupsBotoPaginator[BotoPagesT_co]:
        """Return boto's paginator of the operation."""
        ...


class ListUsersInGroupClient(Protocol[BotoPagesT_co]):
    """A `cognito-idp` client that can list a group's users."""

    def get_paginator(
        self, operation_name: Literal["list_users_in_group"]
    ) -> ListUsersInGroupBotoPaginator[BotoPagesT_co]:
        """Return boto's paginator of the operation."""
        ...


def require_cognito_client(client: object) -> None:
    """Raise if a client is known to be one of a different service.

    Raises:
        TypeError: If the client is not a `cognito-idp` client.
    """
    service: object = client
    for name in ("meta", "service_model", "service_name"):
        service = getattr(service, name, None)
    if isinstance(service, str) and service != "cognito-idp":
        raise TypeError(f"expected a cognito-idp client, got a client of {service}")


publish(PaginatorConfigDict)
