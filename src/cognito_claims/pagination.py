"""Typed, validated pages over a boto3 client.

The paging is boto3's own: each paginator asks the client that it is handed for
boto3's, and validates every page before it hands it on. boto3 is not imported
here; what is needed of a client is said by a protocol.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, Protocol, TypedDict, TypeVar

from pydantic import Field

from cognito_claims._wire import (
    GroupName,
    Maybe,
    Username,
    UserPoolId,
    operation_of,
    read_request,
    read_response,
)
from cognito_claims.errors import PaginationError
from cognito_claims.models import (
    AdminListGroupsForUserResponse,
    GroupType,
    ListGroupsResponse,
    ListUsersInGroupResponse,
    PageResponse,
    PaginatorConfig,
    ServiceRequest,
    UserType,
)

__all__ = [
    "AdminListGroupsForUserClient",
    "AdminListGroupsForUserPaginator",
    "GroupPages",
    "ListGroupsClient",
    "ListGroupsPaginator",
    "ListUsersInGroupClient",
    "ListUsersInGroupPaginator",
    "Pages",
    "UserPages",
]


class _BotoConfig(TypedDict, total=False):
    MaxItems: int
    PageSize: int
    StartingToken: str


class _BotoPages(Protocol):
    @property
    def resume_token(self) -> object: ...
    def __iter__(self) -> Iterator[Mapping[str, object]]: ...


_PageT = TypeVar("_PageT", bound=PageResponse)
_GroupPageT = TypeVar("_GroupPageT", bound=AdminListGroupsForUserResponse | ListGroupsResponse)
_ItemT = TypeVar("_ItemT")


@dataclass(frozen=True, slots=True, repr=False)
class _Step(Generic[_PageT]):
    """A page as it was read, and the places to resume from around it."""

    boto_page: Mapping[str, object]
    page: _PageT
    token: str | None  # the page token that asked for it
    skipped: int  # items that boto3 left out at its start, to resume within it
    after: str | None

    def position(self, count: int) -> str | None:
        """Give the token that resumes after `count` items of this page."""
        return _encode(self.token, self.skipped + count)


# boto3's resume token: base64 of {"NextToken": the page's token} and, within a
# page, the number of items to leave out.
def _encode(token: str | None, skip: int = 0) -> str | None:
    if token is None and skip == 0:
        return None
    position = {"NextToken": token} | ({"boto_truncate_amount": skip} if skip else {})
    return base64.b64encode(json.dumps(position).encode()).decode()


def _decode(resume_token: str | None) -> tuple[str | None, int]:
    if resume_token is None:
        return None, 0
    try:
        position = json.loads(base64.b64decode(resume_token))
        return position.get("NextToken"), position.get("boto_truncate_amount", 0)
    except ValueError:
        return _decode_other(resume_token)


def _decode_other(resume_token: str) -> tuple[str | None, int]:
    # boto3's form of before 2016, token___n, or the service's own token.
    token, _, skip = resume_token.partition("___")
    try:
        skipped = int(skip)
    except ValueError:
        token, skipped = resume_token, 0
    return (None if token == "None" else token), skipped  # noqa: S105


class Pages(Generic[_PageT, _ItemT]):
    """The pages of one call. Each iteration starts afresh and asks for a page when it is wanted.

    Read it by one iteration at a time: they share the `resume_token`.

    Raises, as pages are read:
        InvalidResponseError: a page does not fit its model; it is not handed out.
        PaginationError: the service repeated a page token.
        Exception: whatever boto3 raises, untouched. For JSON of quite another
            shape than expected that may be an `AttributeError` of its parser.
    """

    _member: ClassVar[str]

    def __init__(
        self, model: type[_PageT], start: Callable[[], _BotoPages], config: PaginatorConfig | None
    ) -> None:
        self._model = model
        self._start = start
        self._config = config or PaginatorConfig()
        self._resume_token: str | None = None

    @property
    def resume_token(self) -> str | None:
        """The `StartingToken` that goes on where the last iteration stopped.

        `None` before the first iteration, and after one that reached the end of
        the list. Where `MaxItems` cut the list short, it is boto3's own. Where
        an iteration was left or failed, it stands right after the last page or
        item that was handed out: nothing is lost and nothing comes twice. After
        a `PaginationError` it stands where the call started.
        """
        return self._resume_token

    def __iter__(self) -> Iterator[_PageT]:
        for step in self._steps():
            yield step.page

    def build_full_result(self) -> _PageT:
        """Read every page and join them to one.

        Its `next_token` is the `resume_token`, if `MaxItems` cut the list short.
        Should a page fail, the `resume_token` stands where the call started.
        """
        try:
            items = tuple(self._items())
        except BaseException:
            self._resume_token = self._config.starting_token
            raise
        # Not validated again: the items are, and a resume token outgrows a page token.
        members: dict[str, Any] = {self._member: items, "next_token": self._resume_token}
        return self._model.model_construct(**members)

    def search(self, expression: str) -> Iterator[object]:
        """Apply a JMESPath expression to each page, in AWS's names, as boto3 does.

        A list found in a page is handed out item by item. The `resume_token`
        stands before a page until all that was found in it is handed out.

        Raises:
            ImportError: jmespath is missing; it comes with boto3.
        """
        try:
            import jmespath
        except ImportError as error:
            raise ImportError(
                'search() needs jmespath, which comes with boto3: pip install "cognito-claims[aws]"'
            ) from error
        compiled = jmespath.compile(expression)
        for step in self._steps():
            self._resume_token = step.position(0)
            found = compiled.search(step.boto_page)
            if isinstance(found, list):
                yield from found
            else:
                yield found
            self._resume_token = step.after

    def _items(self) -> Iterator[_ItemT]:
        for step in self._steps():
            items: tuple[_ItemT, ...] = getattr(step.page, self._member)
            for count, item in enumerate(items, start=1):
                self._resume_token = step.after if count == len(items) else step.position(count)
                yield item

    def _steps(self) -> Iterator[_Step[_PageT]]:
        self._resume_token = self._config.starting_token
        token, skipped = _decode(self._config.starting_token)
        seen = {token}
        handed_out = 0
        boto_pages = self._start()
        for boto_page in boto_pages:
            page = read_response(self._model, boto_page)
            cut = boto_pages.resume_token
            after = cut if isinstance(cut, str) else _encode(page.next_token)
            self._resume_token = after
            yield _Step(boto_page, page, token, skipped, after)
            token, skipped = page.next_token, 0
            handed_out += len(getattr(page, self._member))
            # boto3 sees a repeated token only if the repetition is immediate.
            if token is not None and token in seen and handed_out != self._config.max_items:
                self._resume_token = self._config.starting_token
                raise PaginationError(operation_of(self._model))
            seen.add(token)


class GroupPages(Pages[_GroupPageT, GroupType]):
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


class _RequestPaginate(ServiceRequest, frozen=True):
    pagination_config: Maybe[PaginatorConfig] = None

    def boto_arguments(self) -> dict[str, Any]:
        return self.model_dump(by_alias=True)


class _AdminListGroupsForUserRequestPaginate(_RequestPaginate, frozen=True):
    username: Username = Field(repr=False)
    user_pool_id: UserPoolId


class _ListGroupsRequestPaginate(_RequestPaginate, frozen=True):
    user_pool_id: UserPoolId


class _ListUsersInGroupRequestPaginate(_RequestPaginate, frozen=True):
    user_pool_id: UserPoolId
    group_name: GroupName


class _AdminListGroupsForUserBotoPaginator(Protocol):
    def paginate(
        self, *, Username: str, UserPoolId: str, PaginationConfig: _BotoConfig = ...
    ) -> _BotoPages: ...


class _ListGroupsBotoPaginator(Protocol):
    def paginate(self, *, UserPoolId: str, PaginationConfig: _BotoConfig = ...) -> _BotoPages: ...


class _ListUsersInGroupBotoPaginator(Protocol):
    def paginate(
        self, *, UserPoolId: str, GroupName: str, PaginationConfig: _BotoConfig = ...
    ) -> _BotoPages: ...


class AdminListGroupsForUserClient(Protocol):
    """What is needed of a boto3 `cognito-idp` client to list a user's groups."""

    def get_paginator(
        self, operation_name: Literal["admin_list_groups_for_user"]
    ) -> _AdminListGroupsForUserBotoPaginator:
        """Give boto3's paginator of an operation."""
        ...


class ListGroupsClient(Protocol):
    """What is needed of a boto3 `cognito-idp` client to list a pool's groups."""

    def get_paginator(self, operation_name: Literal["list_groups"]) -> _ListGroupsBotoPaginator:
        """Give boto3's paginator of an operation."""
        ...


class ListUsersInGroupClient(Protocol):
    """What is needed of a boto3 `cognito-idp` client to list a group's users."""

    def get_paginator(
        self, operation_name: Literal["list_users_in_group"]
    ) -> _ListUsersInGroupBotoPaginator:
        """Give boto3's paginator of an operation."""
        ...


class AdminListGroupsForUserPaginator:
    """boto3's paginator `admin_list_groups_for_user`, with typed and validated pages."""

    def __init__(self, client: AdminListGroupsForUserClient) -> None:
        self._paginator = client.get_paginator("admin_list_groups_for_user")

    def paginate(
        self,
        *,
        Username: str,
        UserPoolId: str,
        PaginationConfig: PaginatorConfig | Mapping[str, object] | None = None,
    ) -> GroupPages[AdminListGroupsForUserResponse]:
        """Give the pages of a user's groups; the first is asked for when it is wanted.

        Args:
            Username: 1 to 128 characters, the username or an alias of it.
            UserPoolId: the user's pool.
            PaginationConfig: `MaxItems` (0 or more), `PageSize` (0 to 60) and
                `StartingToken`, each of which may be absent or `None`.

        Raises:
            InvalidRequestError: an argument does not fit; nothing was sent.
        """
        request = read_request(
            _AdminListGroupsForUserRequestPaginate,
            {"Username": Username, "UserPoolId": UserPoolId, "PaginationConfig": PaginationConfig},
        )
        return GroupPages(
            AdminListGroupsForUserResponse,
            lambda: self._paginator.paginate(**request.boto_arguments()),
            request.pagination_config,
        )


class ListGroupsPaginator:
    """boto3's paginator `list_groups`, with typed and validated pages."""

    def __init__(self, client: ListGroupsClient) -> None:
        self._paginator = client.get_paginator("list_groups")

    def paginate(
        self,
        *,
        UserPoolId: str,
        PaginationConfig: PaginatorConfig | Mapping[str, object] | None = None,
    ) -> GroupPages[ListGroupsResponse]:
        """Give the pages of a pool's groups; the first is asked for when it is wanted.

        Args:
            UserPoolId: the pool.
            PaginationConfig: `MaxItems` (0 or more), `PageSize` (0 to 60) and
                `StartingToken`, each of which may be absent or `None`.

        Raises:
            InvalidRequestError: an argument does not fit; nothing was sent.
        """
        request = read_request(
            _ListGroupsRequestPaginate,
            {"UserPoolId": UserPoolId, "PaginationConfig": PaginationConfig},
        )
        return GroupPages(
            ListGroupsResponse,
            lambda: self._paginator.paginate(**request.boto_arguments()),
            request.pagination_config,
        )


class ListUsersInGroupPaginator:
    """boto3's paginator `list_users_in_group`, with typed and validated pages."""

    def __init__(self, client: ListUsersInGroupClient) -> None:
        self._paginator = client.get_paginator("list_users_in_group")

    def paginate(
        self,
        *,
        UserPoolId: str,
        GroupName: str,
        PaginationConfig: PaginatorConfig | Mapping[str, object] | None = None,
    ) -> UserPages:
        """Give the pages of a group's users; the first is asked for when it is wanted.

        Args:
            UserPoolId: the group's pool.
            GroupName: the group.
            PaginationConfig: `MaxItems` (0 or more), `PageSize` (0 to 60) and
                `StartingToken`, each of which may be absent or `None`.

        Raises:
            InvalidRequestError: an argument does not fit; nothing was sent.
        """
        request = read_request(
            _ListUsersInGroupRequestPaginate,
            {"UserPoolId": UserPoolId, "GroupName": GroupName, "PaginationConfig": PaginationConfig},
        )
        return UserPages(
            ListUsersInGroupResponse,
            lambda: self._paginator.paginate(**request.boto_arguments()),
            request.pagination_config,
        )
