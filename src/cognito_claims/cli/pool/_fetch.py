"""What `cognito-claims pool fetch` does: the service asked, with a bar for whoever looks on."""

import signal
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Never

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cognito_claims.cli._exit import ExitCode, handling, stop_at_once
from cognito_claims.cli._paper import Paper
from cognito_claims.cli._service import Service
from cognito_claims.cli.pool._snapshot import told
from cognito_claims.pool import Snapshot, _fetch


def fetched(
    service: Service,
    *,
    user_pool_id: str,
    out: Path,
    key: bytes | None,
    usernames: bool,
    rate: float,
    concurrency: int,
) -> Snapshot:
    """Fetch a pool, or stop with what went wrong."""
    retries = {"total_max_attempts": 10, "mode": "standard"}

    def fetch(client: _fetch.FetchClient) -> Snapshot:
        with (
            told(),
            ExitStack() as shown,
            handling(signal.SIGINT, partial(_end, shown)),
            handling(signal.SIGTERM, partial(_end, shown)),
        ):
            on_progress = shown.enter_context(_progress())
            return _fetch.fetch(
                client,
                user_pool_id=user_pool_id,
                out=out,
                key=key,
                usernames=usernames,
                rate=rate,
                concurrency=concurrency,
                on_progress=on_progress,
            )

    config = {"retries": retries, "max_pool_connections": concurrency}
    return service.ask("cognito-idp", fetch, config=config)


def _end(shown: ExitStack, *_: object) -> Never:
    """End now: what was read is safe, and a call that is under way may take a minute."""
    shown.close()
    stop_at_once(ExitCode.INTERRUPTED, ["interrupted: run the same command again, and it goes on"])


_A_DAY = 24 * 60 * 60.0


@contextmanager
def _progress() -> Generator[Callable[[_fetch.Progress], object], None, None]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (
        TextColumn("groups"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    # The time left is told by the groups that were read, which may take minutes each.
    with Progress(*columns, console=console, transient=True, speed_estimate_period=_A_DAY) as progress:
        task = progress.add_task("", total=None)
        first: list[tuple[float, int]] = []

        def advance(now: _fetch.Progress) -> None:
            first[:] = first or [(progress.get_time(), now.memberships)]
            began, before = first[0]
            a_second = (now.memberships - before) / max(progress.get_time() - began, 0.1)
            said = f"{now.memberships:,} memberships, {a_second:,.0f} a second"
            progress.update(task, completed=now.groups_read, total=now.groups, description=said)

        yield advance


def as_text(snapshot: Snapshot) -> str:
    """Tell what a snapshot holds."""
    manifest = snapshot.manifest
    paper = Paper()
    paper.say(f"{snapshot.path}: {manifest.user_pool_id}, {manifest.finished_at:%Y-%m-%d %H:%M} UTC")
    paper.say(f"  {manifest.groups:,} groups, {manifest.memberships:,} memberships")
    paper.say(f"  usernames {manifest.usernames}")
    paper.say(*(f"  {change.group_name}: {change.what} meanwhile" for change in manifest.changes))
    return paper.text
