"""Ratios of two times that are measured side by side: the sides run alternately, and the minimum counts."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from timeit import Timer

WINDOW = 0.0004
MIN_ROUNDS = 15


@dataclass(frozen=True)
class Ratio:
    """A ratio, and its target if it has one."""

    what: str
    against: str
    ratio: float
    target: float | None

    @property
    def met(self) -> bool | None:
        """Whether the ratio is at most its target."""
        return None if self.target is None else self.ratio <= self.target


def measure_fastest(*sides: Callable[[], object], budget: float = 1.0) -> list[float]:
    """Return the seconds of one call of each side.

    The time is CPU time of the thread, in windows of less than a millisecond
    where the call allows it, since another process then rarely runs within one.
    Each side gets about `budget` seconds.
    """
    # Wall-clock windows of 5 to 100 ms gave ratios that were three times wrong on a busy machine.
    timers = [Timer(side, timer=time.thread_time) for side in sides]
    numbers = [_fit_window(timer) for timer in timers]
    best = [float("inf")] * len(sides)
    rounds, end = 0, time.thread_time() + budget * len(sides)
    while rounds < MIN_ROUNDS or time.thread_time() < end:
        for index, (timer, number) in enumerate(zip(timers, numbers, strict=True)):
            best[index] = min(best[index], timer.timeit(number) / number)
        rounds += 1
    return best


def _fit_window(timer: Timer) -> int:
    timer.timeit(1)  # the first call may build a validator
    number = 1
    while timer.timeit(number * 2) < WINDOW:
        number *= 2
    return number
