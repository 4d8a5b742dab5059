"""Asking again for longer than boto3 does.

boto3's standard retries spend a quota, which a service that throttles one call in three uses up
after a few thousand calls: from then on, boto3 gives up at once. A fetch takes hours; it waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container
    from threading import Event

MOST_ATTEMPTS = 15
"""Attempts at a call: the waits between them are two minutes in all, four at the most."""

LONGEST_WAIT = 20.0
"""Seconds, at the most, between two attempts: as boto3 waits."""


@dataclass(eq=False)
class Patience:
    """A handler of botocore's event `needs-retry`, for some calls.

    It has one repeated that was throttled, failed on the service's side or got no answer: but
    not before the service has answered something, since then it is the address that is wrong.
    """

    calls: Container[str]
    stopped: Event
    _answered: bool = field(default=False, init=False)

    def __call__(
        self, *, operation: Any, attempts: int, response: tuple[Any, Any] | None, **_: object
    ) -> float | None:
        """Give the seconds to wait before the next attempt; botocore takes `None` for "no more"."""
        if operation.name not in self.calls:
            return None
        if response is not None and not _passes(*response):
            self._answered = True
            return None
        if not self._answered or self.stopped.is_set() or attempts >= MOST_ATTEMPTS:
            return None
        return random() * min(2.0**attempts, LONGEST_WAIT)  # noqa: S311, keeps threads apart


def _passes(answer: Any, parsed: Any) -> bool:
    """Tell an answer that may be another one a moment later."""
    code: object = parsed.get("Error", {}).get("Code")
    return code == "TooManyRequestsException" or int(answer.status_code) >= 500
