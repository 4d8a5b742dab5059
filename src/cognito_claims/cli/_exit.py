"""The exit codes, and the exceptions that they report."""

import re
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, NoReturn

import typer

from cognito_claims.errors import CognitoClaimsError


class ExitCode(IntEnum):
    """The exit codes of every subcommand."""

    OK = 0
    """The result is on stdout."""

    NEGATIVE_RESULT = 1
    """The result is on stdout and is negative, such as uncertain under `--strict`, stale or denied."""

    BAD_INPUT = 2
    """The input or the command line is invalid. Every error and its location is on stderr."""

    SERVICE = 3
    """The service could not be reached, or refused the request."""

    NOT_WRITTEN = 4
    """The result could not be written."""

    INTERRUPTED = 130
    """The command was interrupted."""


# A header is a JSON object, which starts with "eyJ" in base64url.
_TOKEN = re.compile(r"eyJ[\w=-]{5,}\.[\w=-]+")
_PART_OF_TOKEN = re.compile(r"eyJ[\w=.-]*")


def contains_token(text: str) -> bool:
    """Return whether a text contains a token, or at least two of its parts."""
    return _TOKEN.search(text) is not None


def fail(code: ExitCode, errors: Iterable[object]) -> NoReturn:
    """Print errors to stderr, one per line, and exit."""
    print_errors(errors)
    raise typer.Exit(code)


def print_errors(errors: Iterable[object]) -> None:
    """Print errors to stderr, one per line. A token passed in place of a value is not shown."""
    for error in errors:
        typer.echo(f"error: {_PART_OF_TOKEN.sub('eyJ...', escape_unprintable(str(error)))}", err=True)


def describe_usage_error(error: Any) -> str:
    """Return Typer's error about the command line in the form of our own."""
    if hasattr(error, "param") and error.message:
        param = error.param
        if param is None:  # raised by a subcommand
            return str(error.message)
        name = param.metavar if param.param_type_name == "argument" else max(param.opts, key=len)
        return f"{name}: {_describe_refusal(error.message)}"
    if names := getattr(error, "possibilities", None):
        return f"no such option: {error.option_name}; did you mean {' or '.join(names)}?"
    # The values of extra arguments may be secrets.
    text = re.sub(r"^Got (unexpected extra argument)(.*?)( \(.*)?$", r"\1", error.format_message())
    return text[0].lower() + text[1:].rstrip(".")


def _describe_refusal(message: str) -> str:
    # Typer validates with pydantic, whose messages are about "Input" and values of Python.
    message = message.removeprefix("Value error, ").removeprefix("Input ").partition(", unable")[0]
    if " is not one of " in message:
        choices = message.rpartition(" is not one of ")[2].replace("'", "").rstrip(".")
        return f"must be one of {choices}"
    return re.sub("^should ", "must ", message).rstrip(".")


def escape_unprintable(text: str) -> str:
    """Replace the characters that could move the cursor with Python's escape sequences."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


@contextmanager
def exit_on_error() -> Generator[None, None, None]:
    """Print an exception of the library, DuckDB or the file system, and exit with its code."""
    try:
        yield
    except (KeyboardInterrupt, Exception) as error:
        if (classified := _classify(error)) is None:
            raise
        fail(*classified)


def _classify(error: BaseException) -> tuple[ExitCode, list[str]] | None:
    # While a query runs, DuckDB raises a RuntimeError of its own for Ctrl-C.
    if isinstance(error, KeyboardInterrupt) or str(error) == "Query interrupted":
        return ExitCode.INTERRUPTED, ["interrupted"]
    if isinstance(error, CognitoClaimsError | ImportError):
        return ExitCode.BAD_INPUT, str(error).splitlines()
    if isinstance(error, OSError) and error.strerror is not None:
        from tempfile import gettempdir

        # A full disk fails a write, whose error names no file.
        place = error.filename or f"a file, or a temporary file in {gettempdir()}"
        return ExitCode.NOT_WRITTEN, [f"{place}: {error.strerror}"]
    # By its name, because DuckDB may not be installed.
    if type(error).__module__.strip("_").partition(".")[0] == "duckdb":
        return ExitCode.NOT_WRITTEN, [str(error).partition("\n")[0]]
    return None


def is_expected(error: BaseException) -> bool:
    """Return whether `exit_on_error` would print an exception."""
    return _classify(error) is not None


def is_boto_error(error: BaseException) -> bool:
    """Return whether an exception is one of botocore's own, such as a refused request."""
    botocore = sys.modules.get("botocore.exceptions")  # the extra may be missing, and importing it is slow
    return botocore is not None and isinstance(error, (botocore.BotoCoreError, botocore.ClientError))
