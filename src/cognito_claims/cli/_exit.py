"""How a command ends: its exit codes, and the one way out for results and for faults."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from enum import IntEnum
from types import FrameType
from typing import NoReturn

import typer


class ExitCode(IntEnum):
    """The exit codes of every subcommand."""

    OK = 0
    """The result is on stdout."""

    NO = 1
    """The result is on stdout, and it is no: not certain, under `--strict`; stale; denied."""

    BAD_INPUT = 2
    """The input or the command line does not fit; every fault and its place is on stderr."""

    SERVICE = 3
    """The service could not be reached, or refused."""

    NOT_WRITTEN = 4
    """The result could not be written."""

    INTERRUPTED = 130
    """Interrupted from outside."""


def stop(code: ExitCode, faults: Iterable[object]) -> NoReturn:
    """End with the faults on stderr, one a line; a service's words may hold anything."""
    _tell(faults)
    raise typer.Exit(code)


def stop_at_once(code: ExitCode, faults: Iterable[object]) -> NoReturn:
    """End as `stop` does, and wait for no other thread."""
    _tell(faults)
    os._exit(code)


def _tell(faults: Iterable[object]) -> None:
    for fault in faults:
        typer.echo(f"error: {printable(str(fault))}", err=True)


@contextmanager
def handling(
    number: signal.Signals, handler: Callable[[int, FrameType | None], object]
) -> Generator[None, None, None]:
    """Have a signal handled, for a while, unless it is ignored; outside of the main thread nobody can."""
    before = signal.getsignal(number)
    if before is signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def printable(text: str) -> str:
    """Give the code of each character that would move the cursor, or do worse."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


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
    """Give the code of each character that an encoding lacks, as JSON writes it."""

    def shown(character: str) -> str:
        try:
            character.encode(encoding)
        except UnicodeEncodeError:
            return json.dumps(character)[1:-1]
        return character

    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(map(shown, text))
    return text
