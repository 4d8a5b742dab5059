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
    if not console.is_terminal:  # Rich 14.0 prints an empty line even for a disabled bar
        yield _ignore
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


def _ignore(**_: object) -> None:
    pass
