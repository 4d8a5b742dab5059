"""The three paginated operations: their arguments, their table, and the paginators' shared half."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from cognito_claims._wire.parsing import parse_request
from cognito_claims._wire.scalars import Omittable
from cognito_claims.client.protocols import PaginatorConfigDict, require_cognito_client
from cognito_claims.models import (
    AdminListGroupsForUserResponse,
    GroupRequest,
    ListGroupsResponse,
    ListUsersInGroupResponse,
    PageResponse,
    PaginatorConfig,
    ServiceRequest,
    UserPoolRequest,
    UserRequest,
)

SERVICE_ID: Final = "cognito-identity-provider"
"""The service's name in botocore's events. Its clients are named `cognito-idp`."""

BotoPagesT = TypeVar("BotoPagesT")
PageT = TypeVar("PageT", bound=PageResponse)
GroupPageT = TypeVar("GroupPageT", bound=AdminListGroupsForUserResponse | ListGroupsResponse)
PageIteratorT = TypeVar("PageIteratorT")


class RequestPaginate(ServiceRequest, frozen=True):
    """The arguments of a paginator."""

    pagination_config: Omittable[PaginatorConfig] = None
    """How to paginate."""


class AdminListGroupsForUserRequestPaginate(RequestPaginate, UserRequest, frozen=True):
    """The arguments of boto3's paginator `admin_list_groups_for_user`."""


class ListGroupsRequestPaginate(RequestPaginate, UserPoolRequest, frozen=True):
    """The arguments of boto3's paginator `list_groups`."""


class ListUsersInGroupRequestPaginate(RequestPaginate, GroupRequest, frozen=True):
    """The arguments of boto3's paginator `list_users_in_group`."""


@dataclass(frozen=True, slots=True)
class Operation(Generic[PageT]):
    """An operation that returns a list page by page."""

    name: str
    """boto's name of the operation."""

    request: type[RequestPaginate]
    """The model of the paginator's arguments."""

    response: type[PageT]
    """The model of a page."""

    member: str
    """The field of a page that holds the items."""


ADMIN_LIST_GROUPS_FOR_USER: Final = Operation(
    "admin_list_groups_for_user",
    AdminListGroupsForUserRequestPaginate,
    AdminListGroupsForUserResponse,
    "groups",
)
LIST_GROUPS: Final = Operation("list_groups", ListGroupsRequestPaginate, ListGroupsResponse, "groups")
LIST_USERS_IN_GROUP: Final = Operation(
    "list_users_in_group", ListUsersInGroupRequestPaginate, ListUsersInGroupResponse, "users"
)


class _Client(Protocol):
    def get_paginator(self, operation_name: Any) -> Any: ...


class BasePaginator(Generic[PageIteratorT]):
    """A paginator whose pages are validated. A subclass declares the arguments of `paginate`."""

    def __init__(
        self,
        client: _Client,
        operation: Operation[PageT],
        page_iterator: Callable[
            [Operation[PageT], Callable[[], Any], PaginatorConfig | None], PageIteratorT
        ],
    ) -> None:
        require_cognito_client(client)
        boto_paginate = client.get_paginator(operation.name).paginate

        def build_page_iterator(request: RequestPaginate) -> PageIteratorT:
            arguments = request.model_dump(by_alias=True)
            return page_iterator(operation, lambda: boto_paginate(**arguments), request.pagination_config)

        self._request = operation.request
        self._build_page_iterator = build_page_iterator

    def _paginate(self, **arguments: object) -> PageIteratorT:
        return self._build_page_iterator(parse_request(self._request, arguments))


class BaseAdminListGroupsForUserPaginator(BasePaginator[PageIteratorT]):
    """The arguments of the paginator `admin_list_groups_for_user`."""

    def paginate(
        self,
        *,
        Username: str,
        UserPoolId: str,
        PaginationConfig: PaginatorConfig | PaginatorConfigDict | None = None,
    ) -> PageIteratorT:
        """Return the pages of a user's groups. The first is requested when it is iterated over.

        Args:
            Username: The username or an alias of it, 1 to 128 characters.
            UserPoolId: The ID of the user's pool.
            PaginationConfig: `MaxItems`, `PageSize` and `StartingToken`, all optional.

        Raises:
            InvalidRequestError: If an argument is invalid. Nothing is sent.
        """
        return self._paginate(Username=Username, UserPoolId=UserPoolId, PaginationConfig=PaginationConfig)


class BaseListGroupsPaginator(BasePaginator[PageIteratorT]):
    """The arguments of the paginator `list_groups`."""

    def paginate(
        self,
        *,
        UserPoolId: str,
        PaginationConfig: PaginatorConfig | PaginatorConfigDict | None = None,
    ) -> PageIteratorT:
        """Return the pages of a pool's groups. The first is requested when it is iterated over.

        Args:
            UserPoolId: The ID of the user pool.
            PaginationConfig: `MaxItems`, `PageSize` and `StartingToken`, all optional.

        Raises:
            InvalidRequestError: If an argument is invalid. Nothing is sent.
        """
        return self._paginate(UserPoolId=UserPoolId, PaginationConfig=PaginationConfig)


class BaseListUsersInGroupPaginator(BasePaginator[PageIteratorT]):
    """The arguments of the paginator `list_users_in_group`."""

    def paginate(
        self,
        *,
        UserPoolId: str,
        GroupName: str,
        PaginationConfig: PaginatorConfig | PaginatorConfigDict | None = None,
    ) -> PageIteratorT:
        """Return the pages of a group's users. The first is requested when it is iterated over.

        Args:
            UserPoolId: The ID of the group's pool.
            GroupName: The name of the group.
            PaginationConfig: `MaxItems`, `PageSize` and `StartingToken`, all optional.

        Raises:
            InvalidRequestError: If an argument is invalid. Nothing is sent.
        """
        return self._paginate(UserPoolId=UserPoolId, GroupName=GroupName, PaginationConfig=PaginationConfig)
