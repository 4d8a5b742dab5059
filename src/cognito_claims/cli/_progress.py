"""The progress of a long command, on stderr."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import monotonic

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

SECONDS_BETWEEN_LINES = 30


@contextmanager
def show_progress(
    unit: str, clock: Callable[[], float] = monotonic
) -> Generator[Callable[..., None], None, None]:
    """Show the progress of the block: a bar if stderr is a terminal, or else a line every 30 seconds.

    The function that it yields takes `completed`, `total` and `description`.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(unit, clock, printed_at=clock())
        return
    with Progress(
        TextColumn(unit),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        speed_estimate_period=24 * 60 * 60,  # a step can take minutes, so all of them count
    ) as progress:
        yield partial(progress.update, progress.add_task("", total=None))


@dataclass
class _Lines:
    """Prints a line if none was printed for 30 seconds."""

    unit: str
    clock: Callable[[], float]
    printed_at: float

    def __call__(self, *, completed: int, total: int, description: str = "") -> None:
        if (now := self.clock()) >= self.printed_at + SECONDS_BETWEEN_LINES:
            self.printed_at = now
            details = f", {description}" if description else ""
            typer.echo(f"{completed:,} of {total:,} {self.unit}{details}", err=True)
