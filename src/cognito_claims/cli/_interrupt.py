"""Ctrl-C where no exception may be raised."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Never

from cognito_claims._signals import handle_signals


@contextmanager
def exit_on_interrupt() -> Generator[None, None, None]:
    """Exit at once if the command is interrupted in the block.

    An exception could be raised anywhere in a module that is being imported, where it may be
    swallowed, or printed with a traceback.
    """
    with handle_signals(_exit):
        yield


def exit_interrupted(reason: str = "interrupted") -> Never:
    """Print an error and exit at once. A signal handler may call it anywhere.

    It does not print to `sys.stderr`, which refuses to be used by a handler that has
    interrupted a use of it.
    """
    with suppress(OSError):  # such as a closed pipe
        os.write(2, f"error: {reason}\n".encode())
    os._exit(130)  # ExitCode.INTERRUPTED, whose module may be the one that is being imported


def _exit(*_: object) -> Never:
    exit_interrupted()
