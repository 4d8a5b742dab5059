"""Signal handlers that are set for a block and restored after it."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def handle_signals(handler: Callable[[int, FrameType | None], object]) -> Generator[None, None, None]:
    """Handle SIGINT and SIGTERM in the block. A signal that is ignored stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread can set handlers
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    handled = {number: old for number, old in before.items() if old is not signal.SIG_IGN}
    try:
        for number in handled:
            signal.signal(number, handler)
        yield
    finally:
        for number, old in handled.items():
            signal.signal(number, old)
