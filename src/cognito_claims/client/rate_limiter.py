"""Keeping a client's calls apart."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock


@dataclass
class RateLimiter:
    """Keeps calls, repeated ones included, this many seconds apart.

    Threads may share it. botocore's event `before-send` takes it as a handler.
    """

    seconds: float
    wait: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _next: float = field(default=float("-inf"), init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __call__(self, **_: object) -> None:
        """Wait for the turn of the next call. botocore takes `None` for "send it"."""
        with self._lock:
            now = self.clock()
            turn = max(self._next, now)
            self._next = turn + self.seconds
        self.wait(turn - now)
