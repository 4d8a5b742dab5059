"""A progress bar on stderr."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def show_progress(unit: str) -> Generator[Callable[..., None], None, None]:
    """Show a progress bar during the block, if stderr is a terminal.

    The function that it yields takes `completed`, `total` and `description`.
    """
    console = Console(stderr=True)
    with Progress(
        TextColumn(unit),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        speed_estimate_period=24 * 60 * 60,  # a step can take minutes, so all of them count
        disable=not console.is_terminal,
    ) as progress:
        yield partial(progress.update, progress.add_task("", total=None))
