"""A limit on the rate of a client's requests."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class RateLimiter:
    """Space requests, retries included, at least this many seconds apart.

    Threads may share it. Register it as a handler of botocore's event `before-send`.
    """

    seconds: float
    wait: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _next: float = field(default=float("-inf"), init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __call__(self, **_: object) -> None:
        """Wait until the next request may be sent. To botocore, `None` means "send it"."""
        with self._lock:
            now = self.clock()
            turn = max(self._next, now)
            self._next = turn + self.seconds
        self.wait(turn - now)
