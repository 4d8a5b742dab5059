"""The steps from a user to credentials, as boxes on a terminal."""

from collections.abc import Iterable

from rich.text import Text

from cognito_claims.access import Verdict
from cognito_claims.access.diagram import wrap
from cognito_claims.access.steps import Item, Step
from cognito_claims.cli._exit import escape_unprintable
from cognito_claims.cli._output import Output

_MAX_WIDTH = 80
_FRAME = 4  # the borders of a box and the spaces beside them
_SIGNS = {Verdict.YES: "✓", Verdict.NO: "✗", Verdict.UNKNOWN: "?"}
_STYLES = {Verdict.YES: "green", Verdict.NO: "red", Verdict.UNKNOWN: "yellow"}


def draw_steps(output: Output, steps: Iterable[Step]) -> None:
    """Add a box for each step, below each other, with arrows between them."""
    width = min(output.width, _MAX_WIDTH)
    for step in steps:
        if step.link:
            output.print_line(f"  ↓ {step.link}", style="dim")
        style = "dim" if step.verdict is None else _STYLES[step.verdict]
        lines = [line for item in step.items for line in _draw_item(item, width - _FRAME)]
        output.print_box(step.title, Text("\n").join(lines), width, style)


def _draw_item(item: Item, width: int) -> Iterable[Text]:
    start = Text(indent := "  ")
    if item.verdict is not None:
        start = Text(f"{_SIGNS[item.verdict]} ", style=f"bold {_STYLES[item.verdict]}")
    elif item.is_chosen:
        start = Text("▌ ", style="bold blue")
    if item.text:
        note = f"  {item.note}" if item.note else ""
        text = Text(escape_unprintable(item.text), style="bold" if start.style else "")
        yield start + text + Text(note, style="dim")
        start = Text(indent)
    for line in wrap(escape_unprintable(item.code), width - len(indent), mono=True):
        yield start + Text(line, style="cyan")
        start = Text(indent)
    for line in wrap(escape_unprintable(item.detail), width - len(indent), mono=True):
        yield Text(indent) + Text(line, style="dim")
