"""How a command ends."""

from collections.abc import Iterable
from enum import IntEnum
from typing import NoReturn

import typer


class ExitCode(IntEnum):
    """The exit codes of every subcommand."""

    OK = 0
    """The result is on stdout."""

    STRICT = 1
    """With `--strict`: the result is on stdout, and it is not certain."""

    BAD_INPUT = 2
    """The input or the command line does not fit; every fault and its place is on stderr."""

    SERVICE = 3
    """The service could not be reached, or refused."""

    NOT_WRITTEN = 4
    """The result could not be written."""


def stop(code: ExitCode, faults: Iterable[object]) -> NoReturn:
    """End with the faults on stderr, one a line."""
    for fault in faults:
        typer.echo(f"error: {fault}", err=True)
    raise typer.Exit(code)
