"""What a command writes: its result to stdout, and files."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import StringIO
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cognito_claims.cli._exit import ExitCode, escape_unprintable, fail


class Output:
    """Text for people: styled at a terminal, and never cut off elsewhere."""

    def __init__(self) -> None:
        at_terminal = sys.stdout is not None and sys.stdout.isatty()
        # Console(record=True) would export colours even if NO_COLOR is set.
        self._buffer = StringIO()
        self._console = Console(file=self._buffer, force_terminal=at_terminal or None, highlight=False)
        if not self._console.is_terminal:
            self._console.width = 10_000

    def print_line(self, *lines: str, style: str = "") -> None:
        """Add lines. They are neither read as markup nor able to move the cursor."""
        for line in lines:
            self._console.print(Text(escape_unprintable(line), style), soft_wrap=True)  # to be copied whole

    def print_section(self, title: str, lines: Sequence[str]) -> None:
        """Add a title after an empty line, and indented lines."""
        self.print_line("")
        self.print_line(title, style="bold")
        self.print_line(*(f"  {line}" for line in lines))

    def print_table(self, table: Table) -> None:
        """Add a table."""
        self._console.print(table)

    @property
    def text(self) -> str:
        """The whole text."""
        return "\n".join(line.rstrip(" ") for line in self._buffer.getvalue().split("\n")).rstrip("\n")


def build_table() -> Table:
    """Return an empty table without borders."""
    return Table(box=None, pad_edge=False, header_style="bold")


def format_sample(names: Sequence[str], count: int) -> str:
    """Return names, and the number of those that are not among them."""
    more = [f"{count - len(names):,} more"] if count > len(names) > 0 else []
    return " and ".join([", ".join(names) or "(use --samples to name some)", *more])


def write_result(result: str | Mapping[str, object]) -> None:
    """Write the whole result to stdout, a mapping as JSON, or fail."""
    text = result if isinstance(result, str) else json.dumps(result, indent=2)
    try:
        typer.echo(_escape_unencodable(sys.stdout.encoding, text) if sys.stdout else text)
    except OSError as error:
        with suppress(OSError):  # the interpreter would try to write once more when it exits
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        closed = isinstance(error, BrokenPipeError)  # as `| head` does on purpose
        fail(ExitCode.NOT_WRITTEN, [] if closed else [f"the result could not be written: {error}"])


def write_file(path: Path, text: str) -> None:
    """Write a file, or fail."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(ExitCode.NOT_WRITTEN, [f"{path}: {error.strerror}"])


def _escape_unencodable(encoding: str, text: str) -> str:
    """Escape the characters that an encoding lacks, as JSON does."""

    def escape(character: str) -> str:
        try:
            character.encode(encoding)
        except UnicodeEncodeError:
            return json.dumps(character)[1:-1]
        return character

    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(map(escape, text))
    return text
