"""The progress of a long command, on stderr."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_SECONDS_BETWEEN_LINES = 30.0


@contextmanager
def show_progress(
    unit: str, wait: Callable[[float], bool] | None = None, step: int | None = None
) -> Generator[Callable[..., None], None, None]:
    """Show the progress of the block: a bar if stderr is a terminal, or else a line every 30 seconds.

    The function that it yields takes `completed`, `total` and `description`. `wait`
    waits this many seconds between two lines, or returns true once the block has ended.
    With a step, there is also a line whenever so many more are completed.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        with _print_lines(unit, wait, step) as update:
            yield update
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


@contextmanager
def _print_lines(
    unit: str, wait: Callable[[float], bool] | None, step: int | None
) -> Generator[Callable[..., None], None, None]:
    ended = Event()
    wait = wait or ended.wait
    line = "waiting for the first response"

    def update(*, completed: int, total: int, description: str = "") -> None:
        nonlocal line
        line = f"{completed:,} of {total:,} {unit}{', ' if description else ''}{description}"
        if step is not None and completed % step == 0:
            typer.echo(line, err=True)

    def print_lines() -> None:
        while not wait(_SECONDS_BETWEEN_LINES):
            typer.echo(line, err=True)

    thread = Thread(target=print_lines, daemon=True)
    thread.start()
    try:
        yield update
    finally:
        ended.set()
        thread.join()
