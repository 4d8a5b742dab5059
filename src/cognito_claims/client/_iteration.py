"""Page iteration shared by the boto3 and aiobotocore paginators. It performs no I/O itself."""

import base64
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from cognito_claims._wire.parsing import get_operation_name, parse_response
from cognito_claims.client._operations import BotoPagesT, Operation, PageT
from cognito_claims.errors import PaginationError
from cognito_claims.models import PaginatorConfig

ItemT = TypeVar("ItemT")


# A resume token in boto's form: base64 of {"NextToken": the page's token} and,
# to resume within a page, the number of items to skip.
def encode_resume_token(token: str | None, truncated: int = 0) -> str | None:
    """Return boto's resume token for a position, or `None` for the start of the list."""
    if token is None and truncated == 0:
        return None
    position = {"NextToken": token} | ({"boto_truncate_amount": truncated} if truncated else {})
    return base64.b64encode(json.dumps(position).encode()).decode()


def decode_resume_token(resume_token: str | None) -> tuple[str | None, int]:
    """Return the page token of a resume token, and the number of items to skip."""
    if resume_token is None:
        return None, 0
    start = {"NextToken": None, "boto_truncate_amount": 0}
    try:
        position: dict[str, object] = {**start, **json.loads(base64.b64decode(resume_token))}
    except (ValueError, TypeError):
        return _decode_legacy(resume_token)
    match position:
        case {"NextToken": str() | None as token, "boto_truncate_amount": int(truncated)}:
            return token, truncated
        case _:
            return _decode_legacy(resume_token)


def _decode_legacy(resume_token: str) -> tuple[str | None, int]:
    # boto's form before 2016, `token___n`, or a page token of the service.
    token, _, count = resume_token.partition("___")
    try:
        truncated = int(count)
    except ValueError:
        token, truncated = resume_token, 0
    return (None if token == "None" else token), truncated  # noqa: S105, no password


@dataclass(frozen=True, slots=True, repr=False)
class PageState(Generic[PageT]):
    """A validated page, and the positions to resume from around it."""

    boto_page: Mapping[str, object]
    page: PageT
    token: str | None
    """The page token that requested it."""
    truncated: int
    """The number of items that boto skipped at its start, to resume within it."""
    next_position: str | None

    def encode_position(self, count: int) -> str | None:
        """Return the resume token for the position after `count` items of this page."""
        return encode_resume_token(self.token, self.truncated + count)


class Expression(Protocol):
    """A compiled JMESPath expression."""

    def search(self, value: object) -> object:
        """Apply the expression to a value."""
        ...


def compile_expression(expression: str) -> Expression:
    """Compile a JMESPath expression.

    Raises:
        ImportError: If jmespath is not installed.
    """
    try:
        import jmespath
    except ImportError as error:
        raise ImportError(
            "search() requires jmespath, which boto3 and aiobotocore install: "
            'pip install "cognito-claims[aws]"'
        ) from error
    return jmespath.compile(expression)


class BasePageIterator(Generic[BotoPagesT, PageT, ItemT]):
    """The pages of one call. Subclasses fetch boto's pages and pass them through here."""

    def __init__(
        self,
        operation: Operation[PageT],
        start: Callable[[], BotoPagesT],
        config: PaginatorConfig | None,
    ) -> None:
        self._operation = operation
        self._start = start
        self._config = config or PaginatorConfig()
        self._resume_token: str | None = None

    @property
    def resume_token(self) -> str | None:
        """The `StartingToken` that resumes where the last iteration stopped.

        `None` before the first iteration, and after one that reached the end of
        the list. If `MaxItems` truncated the list, it is boto's own token. If an
        iteration was interrupted or failed, it is the position after the last
        page or item that was returned: nothing is lost and nothing is repeated.
        After a `PaginationError` it is the position where the call started.
        """
        return self._resume_token

    def _open_cursor(self) -> "Cursor[PageT]":
        self._rewind()
        return Cursor(self._operation, self._config)

    def _rewind(self) -> None:
        self._resume_token = self._config.starting_token

    def _read_page(
        self, cursor: "Cursor[PageT]", boto_page: Mapping[str, object], boto_token: object
    ) -> PageState[PageT]:
        state = cursor.read(boto_page, boto_token)
        self._resume_token = state.next_position
        return state

    def _check_repeated_token(self, cursor: "Cursor[PageT]") -> None:
        if cursor.is_token_repeated():
            self._rewind()
            raise PaginationError(get_operation_name(self._operation.response))

    def _iterate_items(self, state: PageState[PageT]) -> Iterator[ItemT]:
        items: tuple[ItemT, ...] = getattr(state.page, self._operation.member)
        for count, item in enumerate(items, start=1):
            last = count == len(items)
            self._resume_token = state.next_position if last else state.encode_position(count)
            yield item

    def _iterate_matches(self, state: PageState[PageT], expression: Expression) -> Iterator[object]:
        self._resume_token = state.encode_position(0)
        found = expression.search(state.boto_page)
        if isinstance(found, list):
            yield from found
        else:
            yield found
        self._resume_token = state.next_position

    @contextmanager
    def _rewind_on_error(self) -> Generator[None]:
        try:
            yield
        except BaseException:
            self._rewind()
            raise

    def _build_full_result(self, items: Iterable[ItemT]) -> PageT:
        # Not validated again: the items are, and a resume token may be longer than a page token.
        members: dict[str, Any] = {
            self._operation.member: tuple(items),
            "next_token": self._resume_token,
        }
        return self._operation.response.model_construct(**members)


class Cursor(Generic[PageT]):
    """The position of one iteration over the pages of a call."""

    def __init__(self, operation: Operation[PageT], config: PaginatorConfig) -> None:
        self._operation = operation
        self._max_items = config.max_items
        self._token, self._truncated = decode_resume_token(config.starting_token)
        self._seen = {self._token}
        self._returned = 0

    def read(self, boto_page: Mapping[str, object], boto_token: object) -> PageState[PageT]:
        """Validate a page; `boto_token` is boto's resume token if it truncates the list here."""
        page = parse_response(self._operation.response, boto_page)
        next_position = boto_token if isinstance(boto_token, str) else encode_resume_token(page.next_token)
        state = PageState(boto_page, page, self._token, self._truncated, next_position)
        self._token, self._truncated = page.next_token, 0
        self._returned += len(getattr(page, self._operation.member))
        return state

    def is_token_repeated(self) -> bool:
        """Return whether the next page has been read before."""
        # boto detects a repeated token only if the repetition is immediate.
        token = self._token
        repeated = token is not None and token in self._seen and self._returned != self._max_items
        self._seen.add(token)
        return repeated
