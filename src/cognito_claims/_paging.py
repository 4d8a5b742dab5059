"""What pages have in common, whichever kind of client they come from.

Nothing here waits for a service: `pagination` and `aio` fetch boto's pages,
each in its way, and have them read, counted and resumed from here.
"""

import base64
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar

from pydantic import Field
from typing_extensions import ReadOnly, TypedDict  # comes with pydantic, which needs it for itself

from cognito_claims._hypothesis import drawn
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
    ListGroupsResponse,
    ListUsersInGroupResponse,
    PageResponse,
    PaginatorConfig,
    ServiceRequest,
)

PageT = TypeVar("PageT", bound=PageResponse)
GroupPageT = TypeVar("GroupPageT", bound=AdminListGroupsForUserResponse | ListGroupsResponse)
ItemT = TypeVar("ItemT")
BotoPagesT = TypeVar("BotoPagesT")
BotoPaginatorT = TypeVar("BotoPaginatorT")
BotoPagesT_co = TypeVar("BotoPagesT_co", covariant=True)
PagesT = TypeVar("PagesT")


class Expression(Protocol):
    """A compiled JMESPath expression."""

    def search(self, value: object) -> object:
        """Apply it to a value."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Step(Generic[PageT]):
    """A page as it was read, and the places to resume from around it."""

    boto_page: Mapping[str, object]
    page: PageT
    token: str | None  # the page token that asked for it
    skipped: int  # items that boto left out at its start, to resume within it
    after: str | None

    def position(self, count: int) -> str | None:
        """Give the token that resumes after `count` items of this page."""
        return encode(self.token, self.skipped + count)


# boto's resume token: base64 of {"NextToken": the page's token} and, within a
# page, the number of items to leave out.
def encode(token: str | None, skip: int = 0) -> str | None:
    """Write a resume token, as boto does; `None` for the start of the list."""
    if token is None and skip == 0:
        return None
    position = {"NextToken": token} | ({"boto_truncate_amount": skip} if skip else {})
    return base64.b64encode(json.dumps(position).encode()).decode()


def decode(resume_token: str | None) -> tuple[str | None, int]:
    """Read a resume token: the page token, and the number of items to leave out."""
    if resume_token is None:
        return None, 0
    try:
        position = json.loads(base64.b64decode(resume_token))
        return position.get("NextToken"), position.get("boto_truncate_amount", 0)
    except ValueError:
        return _decode_other(resume_token)


def _decode_other(resume_token: str) -> tuple[str | None, int]:
    # boto's form of before 2016, token___n, or the service's own token.
    token, _, skip = resume_token.partition("___")
    try:
        skipped = int(skip)
    except ValueError:
        token, skipped = resume_token, 0
    return (None if token == "None" else token), skipped  # noqa: S105


class PagesOfOneCall(Generic[BotoPagesT, PageT, ItemT]):
    """The pages of one call, but for fetching them."""

    _member: ClassVar[str]

    def __init__(
        self, model: type[PageT], start: Callable[[], BotoPagesT], config: PaginatorConfig | None
    ) -> None:
        self._model = model
        self._start = start
        self._config = config or PaginatorConfig()
        self._resume_token: str | None = None

    @property
    def resume_token(self) -> str | None:
        """The `StartingToken` that goes on where the last iteration stopped.

        `None` before the first iteration, and after one that reached the end of
        the list. Where `MaxItems` cut the list short, it is boto's own. Where
        an iteration was left or failed, it stands right after the last page or
        item that was handed out: nothing is lost and nothing comes twice. After
        a `PaginationError` it stands where the call started.
        """
        return self._resume_token

    def _begin(self) -> "_Reading[PageT]":
        self._resume_token = self._config.starting_token
        return _Reading(self._model, self._member, self._config)

    def _read(
        self, reading: "_Reading[PageT]", boto_page: Mapping[str, object], cut: object
    ) -> Step[PageT]:
        step = reading.read(boto_page, cut)
        self._resume_token = step.after
        return step

    def _go_on(self, reading: "_Reading[PageT]") -> None:
        if reading.goes_in_circles():
            self._resume_token = self._config.starting_token
            raise PaginationError(operation_of(self._model))

    def _items_of(self, step: Step[PageT]) -> Iterator[ItemT]:
        items: tuple[ItemT, ...] = getattr(step.page, self._member)
        for count, item in enumerate(items, start=1):
            self._resume_token = step.after if count == len(items) else step.position(count)
            yield item

    def _found_in(self, step: Step[PageT], expression: Expression) -> Iterator[object]:
        self._resume_token = step.position(0)
        found = expression.search(step.boto_page)
        if isinstance(found, list):
            yield from found
        else:
            yield found
        self._resume_token = step.after

    @contextmanager
    def _whole_or_from_the_start(self) -> Generator[None]:
        try:
            yield
        except BaseException:
            self._resume_token = self._config.starting_token
            raise

    def _joined(self, items: Iterable[ItemT]) -> PageT:
        # Not validated again: the items are, and a resume token outgrows a page token.
        members: dict[str, Any] = {self._member: tuple(items), "next_token": self._resume_token}
        return self._model.model_construct(**members)


class _Reading(Generic[PageT]):
    """One iteration over the pages of a call: how far it got."""

    def __init__(self, model: type[PageT], member: str, config: PaginatorConfig) -> None:
        self._model = model
        self._member = member
        self._max_items = config.max_items
        self._token, self._skipped = decode(config.starting_token)
        self._seen = {self._token}
        self._handed_out = 0

    def read(self, boto_page: Mapping[str, object], cut: object) -> Step[PageT]:
        """Validate a page; `cut` is boto's resume token if it stops after this page."""
        page = read_response(self._model, boto_page)
        after = cut if isinstance(cut, str) else encode(page.next_token)
        step = Step(boto_page, page, self._token, self._skipped, after)
        self._token, self._skipped = page.next_token, 0
        self._handed_out += len(getattr(page, self._member))
        return step

    def goes_in_circles(self) -> bool:
        """Tell whether the next page is one that was there before."""
        # boto sees a repeated token only if the repetition is immediate.
        token = self._token
        repeated = token is not None and token in self._seen and self._handed_out != self._max_items
        self._seen.add(token)
        return repeated


def compile_expression(expression: str) -> Expression:
    """Compile a JMESPath expression.

    Raises:
        ImportError: jmespath is missing.
    """
    try:
        import jmespath
    except ImportError as error:
        raise ImportError(
            "search() needs jmespath, which comes with boto3 and aiobotocore: "
            'pip install "cognito-claims[aws]"'
        ) from error
    return jmespath.compile(expression)


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


class PaginatorConfigDict(TypedDict, total=False):
    """The same as `PaginatorConfig`, in the form that boto3 takes. boto3-stubs' own is one of these.

    For type checkers. A pydantic model of your own is better off with a `PaginatorConfig`.
    """

    MaxItems: ReadOnly[int | None]
    """Items to return in all, 0 or more."""

    PageSize: ReadOnly[int | None]
    """Items to ask the service for at a time, 0 to 60."""

    StartingToken: ReadOnly[str | None]
    """A `resume_token`, or the `NextToken` of an earlier `build_full_result()`."""


class BotoConfig(TypedDict, total=False):
    """boto's `PaginationConfig`."""

    MaxItems: int
    PageSize: int
    StartingToken: str


class AdminListGroupsForUserBotoPaginator(Protocol[BotoPagesT_co]):
    """boto's paginator of a user's groups."""

    def paginate(
        self, *, Username: str, UserPoolId: str, PaginationConfig: BotoConfig = ...
    ) -> BotoPagesT_co:
        """Give its pages."""
        ...


class ListGroupsBotoPaginator(Protocol[BotoPagesT_co]):
    """boto's paginator of a pool's groups."""

    def paginate(self, *, UserPoolId: str, PaginationConfig: BotoConfig = ...) -> BotoPagesT_co:
        """Give its pages."""
        ...


class ListUsersInGroupBotoPaginator(Protocol[BotoPagesT_co]):
    """boto's paginator of a group's users."""

    def paginate(
        self, *, UserPoolId: str, GroupName: str, PaginationConfig: BotoConfig = ...
    ) -> BotoPagesT_co:
        """Give its pages."""
        ...


class AdminListGroupsForUserClient(Protocol[BotoPagesT_co]):
    """What is needed of a `cognito-idp` client to list a user's groups."""

    def get_paginator(
        self, operation_name: Literal["admin_list_groups_for_user"]
    ) -> AdminListGroupsForUserBotoPaginator[BotoPagesT_co]:
        """Give boto's paginator of an operation."""
        ...


class ListGroupsClient(Protocol[BotoPagesT_co]):
    """What is needed of a `cognito-idp` client to list a pool's groups."""

    def get_paginator(
        self, operation_name: Literal["list_groups"]
    ) -> ListGroupsBotoPaginator[BotoPagesT_co]:
        """Give boto's paginator of an operation."""
        ...


class ListUsersInGroupClient(Protocol[BotoPagesT_co]):
    """What is needed of a `cognito-idp` client to list a group's users."""

    def get_paginator(
        self, operation_name: Literal["list_users_in_group"]
    ) -> ListUsersInGroupBotoPaginator[BotoPagesT_co]:
        """Give boto's paginator of an operation."""
        ...


class _Call(Generic[BotoPaginatorT, PageT, BotoPagesT, PagesT]):
    def __init__(
        self,
        paginator: BotoPaginatorT,
        pages: Callable[[type[PageT], Callable[[], BotoPagesT], PaginatorConfig | None], PagesT],
    ) -> None:
        self._paginator = paginator
        self._pages = pages


class AdminListGroupsForUserCall(
    _Call[
        AdminListGroupsForUserBotoPaginator[BotoPagesT], AdminListGroupsForUserResponse, BotoPagesT, PagesT
    ]
):
    """The call AdminListGroupsForUser, but for fetching its pages."""

    def paginate(
        self,
        *,
        Username: str,
        UserPoolId: str,
        PaginationConfig: PaginatorConfig | PaginatorConfigDict | None = None,
    ) -> PagesT:
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
        return self._pages(
            AdminListGroupsForUserResponse,
            lambda: self._paginator.paginate(**request.boto_arguments()),
            request.pagination_config,
        )


class ListGroupsCall(_Call[ListGroupsBotoPaginator[BotoPagesT], ListGroupsResponse, BotoPagesT, PagesT]):
    """The call ListGroups, but for fetching its pages."""

    def paginate(
        self,
        *,
        UserPoolId: str,
        PaginationConfig: PaginatorConfig | PaginatorConfigDict | None = None,
    ) -> PagesT:
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
        return self._pages(
            ListGroupsResponse,
            lambda: self._paginator.paginate(**request.boto_arguments()),
            request.pagination_config,
        )


class ListUsersInGroupCall(
    _Call[ListUsersInGroupBotoPaginator[BotoPagesT], ListUsersInGroupResponse, BotoPagesT, PagesT]
):
    """The call ListUsersInGroup, but for fetching its pages."""

    def paginate(
        self,
        *,
        UserPoolId: str,
        GroupName: str,
        PaginationConfig: PaginatorConfig | PaginatorConfigDict | None = None,
    ) -> PagesT:
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
        return self._pages(
            ListUsersInGroupResponse,
            lambda: self._paginator.paginate(**request.boto_arguments()),
            request.pagination_config,
        )


drawn(PaginatorConfigDict)
