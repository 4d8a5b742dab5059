"""Limit the rate of a client's calls, and retry them for longer than boto3 does.

boto3's standard retry mode has a quota. If one call in three is throttled, the
quota runs out after a few thousand calls, and boto3 stops retrying. A fetch
takes hours, so it keeps retrying.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import random
from threading import Event
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from cognito_claims.client._operations import SERVICE_ID
from cognito_claims.client.rate_limiter import RateLimiter
from cognito_claims.models import LIST_GROUPS_RATE, LIST_USERS_IN_GROUP_RATE

if TYPE_CHECKING:
    from cognito_claims.client import ClientWithEvents

DEFAULT_RATE: float = LIST_USERS_IN_GROUP_RATE - 5.0
"""ListUsersInGroup calls per second. Of the 30 that AWS allows, this leaves 5 to other programs."""

MAX_ATTEMPTS = 15
"""Attempts at a call. The waits between them take two minutes on average, and at most four."""

MAX_WAIT = 20.0
"""The longest wait between two attempts, in seconds; the same as boto3's."""


@dataclass(frozen=True)
class Throttle:
    """The rates of a client's calls."""

    list_users_in_group_rate: float = DEFAULT_RATE
    """The maximum number of ListUsersInGroup calls per second."""

    list_groups_rate: float = LIST_GROUPS_RATE - 1.0
    """The maximum number of ListGroups calls per second, unless the other rate is lower."""

    limiter: Callable[[float, Callable[[float], object]], RateLimiter] = RateLimiter


_NOT_JSON = b'{"__type": "UnreadableResponse", "message": "the response is cut off, or is not JSON"}'


class StoppedError(Exception):
    """A call was about to be sent after the fetch had stopped."""


@contextmanager
def throttle_client(client: ClientWithEvents, throttle: Throttle) -> Generator[Event, None, None]:
    """Limit the rate of the client's calls and retry them. Yields an event that stops all of them."""
    stopped = Event()

    def limit(calls_per_second: float) -> Callable[..., None]:
        # Unlike `time.sleep`, `stopped.wait` ends at once when the fetch stops.
        limiter = throttle.limiter(1 / calls_per_second, stopped.wait)

        def before_send(**_: object) -> None:
            limiter()
            if stopped.is_set():
                raise StoppedError

        return before_send

    rate = throttle.list_users_in_group_rate
    rates = {"ListGroups": min(rate, throttle.list_groups_rate), "ListUsersInGroup": rate}
    handlers: dict[str, Callable[..., Any]] = {
        f"before-send.{SERVICE_ID}.{operation}": limit(calls_per_second)
        for operation, calls_per_second in rates.items()
    }
    handlers[f"before-parse.{SERVICE_ID}"] = fail_unless_json
    # botocore calls the handlers of an operation before its own retry handler, others after it.
    handlers |= {f"needs-retry.{SERVICE_ID}.{operation}": update_status for operation in rates}
    handlers[f"needs-retry.{SERVICE_ID}"] = RetryHandler(rates.keys(), stopped)
    for event, handler in handlers.items():
        client.meta.events.register(event, handler)
    try:
        yield stopped
    finally:
        for event, handler in handlers.items():
            client.meta.events.unregister(event, handler)


@dataclass(eq=False)
class RetryHandler:
    """A handler of botocore's event `needs-retry` for the named calls.

    Retries a call that was throttled, failed on the server, or got no response or no JSON.
    Before the first response of the service it retries nothing: the endpoint is
    probably wrong.
    """

    operations: Container[str]
    stopped: Event
    _responded: bool = field(default=False, init=False)

    def __call__(
        self, *, operation: Any, attempts: int, response: tuple[Any, Any] | None, **_: object
    ) -> float | None:
        """Return the seconds to wait before the next attempt, or `None` to leave it to botocore."""
        if operation.name not in self.operations:
            return None
        if response is not None and not _is_transient(*response):
            self._responded = True
            return None
        if not self._responded or self.stopped.is_set() or attempts >= MAX_ATTEMPTS:
            return None
        return random() * min(2.0**attempts, MAX_WAIT)  # noqa: S311, jitter that keeps threads apart


def fail_unless_json(*, response_dict: dict[str, Any], **_: object) -> None:
    """Handle botocore's event `before-parse`: a body that was cut off, or is not JSON, is a failure.

    botocore reads most of them as empty, and raises an exception that quotes the others.
    """
    if response_dict["status_code"] == 200 and not _is_json_object(response_dict["body"]):
        response_dict["status_code"] = 500
        response_dict["body"] = _NOT_JSON


def _is_json_object(body: bytes) -> bool:
    try:
        return isinstance(from_json(body), dict)
    except ValueError:
        return False


def update_status(*, response: tuple[Any, Any] | None, **_: object) -> None:
    """Handle botocore's event `needs-retry`: it retries by the status of HTTP, before what was parsed."""
    if response is not None:
        http_response, parsed = response
        http_response.status_code = parsed["ResponseMetadata"]["HTTPStatusCode"]


def _is_transient(http_response: Any, parsed: Any) -> bool:
    # Cognito throttles with status 400, so only the code distinguishes it from an invalid request.
    code: object = parsed.get("Error", {}).get("Code")
    return code == "TooManyRequestsException" or int(http_response.status_code) >= 500
