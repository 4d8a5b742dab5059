"""Ctrl-C while modules are imported."""

import os
from collections.abc import Generator
from contextlib import contextmanager
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


def _exit(*_: object) -> Never:
    os.write(2, b"error: interrupted\n")
    os._exit(130)  # ExitCode.INTERRUPTED, whose module may be the one that is being imported
