"""The pages of a list from a service that repeats page tokens, or lets them expire."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Protocol, TypeVar

from cognito_claims.errors import PaginationError

MAX_REPEATS = 15
"""How often a page is requested whose own token comes back as the next."""

MAX_RESTARTS = 10
"""How often a list is read from its beginning because its page tokens expired."""

PageT_co = TypeVar("PageT_co", covariant=True)


class Pages(Protocol[PageT_co]):
    """The pages of one call of a paginator."""

    @property
    def resume_token(self) -> str | None:
        """The position after the last page; `None` after the end of the list."""
        ...

    def __iter__(self) -> Iterator[PageT_co]: ...


def iterate_pages(
    paginate: Callable[[str | None], Pages[PageT_co]],
    resume_token: str | None,
    restart: Callable[[], object],
) -> Generator[tuple[PageT_co, str | None], None, None]:
    """Yield each page with the token that resumes after it, which is `None` for the last page.

    Args:
        paginate: Starts the list at a resume token, or at its beginning.
        resume_token: Where to start.
        restart: Called before the list is read from its beginning again: discards its pages.

    Raises:
        PaginationError: If the service keeps repeating a page token. The list restarts in the next run.
        Exception: If the paginator raises any other.
    """
    restarts = 0
    while True:
        try:
            for page, following in _request_again_if_repeated(paginate, resume_token):
                resume_token = following
                yield page, resume_token
        except PaginationError:
            restart()
            raise
        except Exception as error:
            if resume_token is None or restarts == MAX_RESTARTS or not _is_expired(error):
                raise
            restart()
            resume_token, restarts = None, restarts + 1
        else:
            return


def _request_again_if_repeated(
    paginate: Callable[[str | None], Pages[PageT_co]], resume_token: str | None
) -> Generator[tuple[PageT_co, str | None], None, None]:
    repeats = 0
    while True:
        pages = paginate(resume_token)
        for page in pages:
            if resume_token is not None and pages.resume_token == resume_token and repeats < MAX_REPEATS:
                repeats += 1
                break
            resume_token, repeats = pages.resume_token, 0
            yield page, resume_token
        else:
            return


def _is_expired(error: Exception) -> bool:
    match getattr(error, "response", None):  # of a botocore `ClientError`
        case {"Error": {"Code": "InvalidParameterException"}}:
            return True
        case _:
            return False
