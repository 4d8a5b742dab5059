"""How a command ends: its exit codes, and the one way out for results and for faults."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from enum import IntEnum
from typing import NoReturn

import typer


class ExitCode(IntEnum):
    """The exit codes of every subcommand."""

    OK = 0
    """The result is on stdout."""

    STRICT = 1
    """With `--strict`: the result is on stdout, and it is not certain."""

    DIFFERS = 1
    """Of `compare`: the token is stale; what changed is on stdout."""

    DENIED = 1
    """Of `role`: there is no role; the reason is on stdout."""

    BAD_INPUT = 2
    """The input or the command line does not fit; every fault and its place is on stderr."""

    SERVICE = 3
    """The service could not be reached, or refused."""

    NOT_WRITTEN = 4
    """The result could not be written."""


def stop(code: ExitCode, faults: Iterable[object]) -> NoReturn:
    """End with the faults on stderr, one a line; a service's words may hold anything."""
    for fault in faults:
        text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(fault))
        typer.echo(f"error: {text}", err=True)
    raise typer.Exit(code)


def write(text: str) -> None:
    """Write the result to stdout, all of it, or stop."""
    try:
        typer.echo(_shown_by(sys.stdout.encoding, text) if sys.stdout else text)
    except OSError as error:
        with suppress(OSError):  # or the interpreter tries once more at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        closed = isinstance(error, BrokenPipeError)  # the reader has seen enough
        stop(ExitCode.NOT_WRITTEN, [] if closed else [f"the result could not be written: {error}"])


def _shown_by(encoding: str, text: str) -> str:
    """Give the code of each character that an encoding lacks."""
    return text.encode(encoding, "backslashreplace").decode(encoding)
