"""The output of commands: results on stdout, and files."""

import json
import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cognito_claims._files import replace_file
from cognito_claims.cli._exit import ExitCode, escape_unprintable, fail


class Output:
    """A report as text, styled if stdout is a terminal. Lines that may be copied are never wrapped."""

    def __init__(self) -> None:
        terminal = sys.stdout.encoding if sys.stdout is not None and sys.stdout.isatty() else None
        self.can_draw: bool = terminal is not None and terminal.lower().startswith("utf")
        """Whether the report is read by a person, on a terminal that shows lines and signs."""
        # Console(record=True) would export colors even if NO_COLOR is set.
        self._buffer = StringIO()
        self._console = Console(file=self._buffer, force_terminal=bool(terminal) or None, highlight=False)
        if not self._console.is_terminal:
            self._console.width = 10_000  # a file or a pipe has no width that tables must fit

    def print_line(self, *lines: str, style: str = "") -> None:
        """Add lines. Rich's markup has no effect in them, and they cannot move the cursor."""
        for line in lines:
            self._console.print(Text(escape_unprintable(line), style), soft_wrap=True)

    def print_section(self, title: str, lines: Sequence[str]) -> None:
        """Add a title after an empty line, and indented lines."""
        self.print_line("")
        self.print_line(title, style="bold")
        self.print_line(*(f"  {line}" for line in lines))

    def print_table(
        self,
        titles: Iterable[str],
        rows: Iterable[Iterable[Text]],
        *,
        right: Collection[str] = (),
        fold: Collection[str] = (),
    ) -> None:
        """Add a table without borders, and an empty line. Only the columns to fold wrap long values."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for title in titles:
            justify: Literal["left", "right"] = "right" if title in right else "left"
            folds = title in fold
            overflow: Literal["fold", "ellipsis"] = "fold" if folds else "ellipsis"
            table.add_column(title, justify=justify, overflow=overflow, no_wrap=not folds)
        for row in rows:
            table.add_row(*row)
        self._console.print(table)
        self.print_line("")

    def print_box(self, title: str, content: Text, width: int, style: str) -> None:
        """Add a text in a box with a title."""
        from rich.panel import Panel  # most commands draw no box

        panel = Panel(content, title=title, title_align="left", border_style=style, width=width)
        self._console.print(panel)

    @property
    def width(self) -> int:
        """The number of columns of the terminal."""
        return self._console.width

    @property
    def text(self) -> str:
        """The report, without trailing spaces."""
        return "\n".join(line.rstrip(" ") for line in self._buffer.getvalue().split("\n")).rstrip("\n")


def format_sample(names: Sequence[str], count: int) -> str:
    """Return names, and how many of the total are not listed."""
    more = [f"{count - len(names):,} more"] if count > len(names) > 0 else []
    return " and ".join([", ".join(names) or "(use --samples to name some)", *more])


def write_result(result: str | Mapping[str, object]) -> None:
    """Write the result to stdout, a mapping as JSON, or fail."""
    text = result if isinstance(result, str) else json.dumps(result, indent=2)
    try:
        typer.echo(_escape_unencodable(sys.stdout.encoding, text) if sys.stdout else text)
    except OSError as error:
        with suppress(OSError):  # the interpreter flushes stdout when it exits, which would fail again
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        closed = isinstance(error, BrokenPipeError)  # the reader has enough, as in `| head`
        fail(ExitCode.NOT_WRITTEN, [] if closed else [f"the result could not be written: {error}"])


def refuse_overwrite(outputs: Iterable[Path | None], inputs: Iterable[str | Path | None]) -> None:
    """Refuse to overwrite an input, or to write two outputs to one file."""
    paths = [output.resolve() for output in outputs if output is not None]
    read = {Path(file).resolve() for file in inputs if file is not None}
    for path in paths:
        if path in read:
            raise typer.BadParameter(f"{path}: is an input, which must not change")
    if len({*paths}) < len(paths):
        raise typer.BadParameter("two options point to the same file")


def write_file(path: Path, text: str, *, private: bool = True) -> None:
    """Write a file, which only its owner can read if it is private, or fail and leave the old one."""
    try:
        with replace_file(path, private=private) as partial:
            partial.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(ExitCode.NOT_WRITTEN, [f"{path}: {error.strerror}"])


def _escape_unencodable(encoding: str, text: str) -> str:
    def escape(character: str) -> str:
        try:
            character.encode(encoding)
        except UnicodeEncodeError:
            return json.dumps(character)[1:-1]
        return character

    try:
        text.encode(encoding)
    except UnicodeEncodeError:  # as JSON escapes them, so that JSON stays JSON
        return "".join(map(escape, text))
    return text
