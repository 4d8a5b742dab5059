"""Text for people: coloured at a terminal, and never cut where nobody looks."""

import sys
from collections.abc import Sequence
from io import StringIO

from rich.console import Console, RenderableType
from rich.text import Text

from cognito_claims.cli._exit import printable


def some_of(names: Sequence[str], count: int) -> str:
    """Tell names, and how many more there are."""
    more = [f"{count - len(names):,} more"] if count > len(names) > 0 else []
    return " and ".join([", ".join(names) or "(--samples names some)", *more])


class Paper:
    """Collects what a command has to say."""

    def __init__(self) -> None:
        self._text = StringIO()
        at_terminal = sys.stdout is not None and sys.stdout.isatty()
        self._console = Console(file=self._text, force_terminal=at_terminal or None, highlight=False)
        if not self._console.is_terminal:
            self._console.width = 10_000

    def say(self, *lines: str, style: str = "") -> None:
        """Add lines. What a token says may be anything: it is never markup, and moves no cursor."""
        for line in lines:
            self._console.print(Text(printable(line), style), soft_wrap=True)  # to be copied whole

    def show(self, what: RenderableType) -> None:
        """Add a table or the like."""
        self._console.print(what)

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(line.rstrip(" ") for line in self._text.getvalue().split("\n")).rstrip("\n")
