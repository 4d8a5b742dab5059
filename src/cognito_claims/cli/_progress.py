"""A progress bar on stderr."""

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_DAY = 24 * 60 * 60.0


class ProgressBar:
    """A progress bar; nothing is shown if stderr is not a terminal."""

    def __init__(self, progress: Progress, unit: str) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None, unit=unit)

    @property
    def seconds(self) -> float:
        """The time, for rates."""
        return self._progress.get_time()

    def update(self, completed: int, total: int, description: str) -> None:
        """Show how much is completed."""
        self._progress.update(self._task, completed=completed, total=total, description=description)


@contextmanager
def show_progress(unit: str) -> Generator[ProgressBar, None, None]:
    """Show a progress bar during the block."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.fields[unit]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    # A step can take minutes: estimate the time left from all of them.
    progress = Progress(
        *columns,
        console=console,
        transient=True,
        speed_estimate_period=_DAY,
        disable=not console.is_terminal,
    )
    with progress:
        yield ProgressBar(progress, unit)
