"""Retry calls for longer than boto3 does.

boto3's standard mode spends a retry quota. A service that throttles one call in
three uses it up after a few thousand calls, and from then on boto3 gives up at
once. A fetch takes hours, so it waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container
    from threading import Event

MAX_ATTEMPTS = 15
"""Attempts at a call. The waits between them take two minutes on average, and four at most."""

MAX_WAIT = 20.0
"""The longest wait between two attempts, in seconds; the same as boto3's."""


@dataclass(eq=False)
class RetryHandler:
    """A handler of botocore's event `needs-retry` for the named calls.

    Retries a call that was throttled, failed on the server or got no response.
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


def _is_transient(http_response: Any, parsed: Any) -> bool:
    """Return whether a response is an error that may pass."""
    code: object = parsed.get("Error", {}).get("Code")
    return code == "TooManyRequestsException" or int(http_response.status_code) >= 500
