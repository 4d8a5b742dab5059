"""`cognito-claims pool fetch`: fetch a pool's groups and memberships into files."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, Never

import typer

from cognito_claims import pool
from cognito_claims._counts import format_count
from cognito_claims._signals import handle_signals
from cognito_claims.cli import _options as options
from cognito_claims.cli._input import read_input
from cognito_claims.cli._interrupt import exit_interrupted
from cognito_claims.cli._output import Output, write_result
from cognito_claims.cli._progress import show_progress
from cognito_claims.cli._service import Service
from cognito_claims.models import LIST_USERS_IN_GROUP_RATE

_MAX_CONCURRENCY = 100
_RESUME = "run the same command again to resume"


def fetch(
    user_pool_id: Annotated[str, options.declare_option("The ID of the user pool.", "ID")],
    out: Annotated[
        Path,
        typer.Option(
            help="The folder to write. An interrupted fetch is resumed from it.", metavar="FOLDER"
        ),
    ],
    pseudonymize: Annotated[
        str | None,
        typer.Option(
            help=f"Hash the usernames with the key in this file, {pool.MIN_KEY_LENGTH} bytes or more.",
            metavar="KEYFILE",
        ),
    ] = None,
    no_usernames: Annotated[
        bool, typer.Option("--no-usernames", help="Hash the usernames with a random key that is discarded.")
    ] = False,
    rate: Annotated[
        float,
        typer.Option(
            help=f"The maximum number of ListUsersInGroup calls per second, {options.MIN_RATE} or more; "
            f"AWS allows {LIST_USERS_IN_GROUP_RATE}, shared with ListUsers.",
            metavar="NUMBER",
            min=options.MIN_RATE,
        ),
    ] = pool.DEFAULT_RATE,
    concurrency: Annotated[
        int,
        typer.Option(
            help=f"The number of groups to read at a time, from 1 to {_MAX_CONCURRENCY}.",
            metavar="NUMBER",
            min=1,
            max=_MAX_CONCURRENCY,
        ),
    ] = 8,
    refresh: Annotated[
        bool,
        typer.Option(
            "--refresh",
            help="Fetch the pool again if the snapshot is finished. The old one stays until then.",
        ),
    ] = False,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
    as_json: options.Json = False,
) -> None:
    """Fetch a pool's groups and their members.

    The command can be interrupted at any time; run it again to resume. Exits with 0 if the snapshot is
    complete; with 2 for invalid input; with 3 if the service refused the request or could not be
    reached; with 4 if a file could not be written; with 130 if interrupted.
    """
    key = read_input(pseudonymize, "--pseudonymize") if pseudonymize is not None else None
    if key is not None and (no_usernames or len(key) < pool.MIN_KEY_LENGTH):
        expected = f"a key of {pool.MIN_KEY_LENGTH} bytes or more, without --no-usernames"
        raise typer.BadParameter(f"--pseudonymize: must be {expected}")

    report = _Report()

    def run(client: Any) -> pool.Snapshot:
        with ExitStack() as stack, handle_signals(partial(_interrupt, stack)):
            report.update = stack.enter_context(show_progress("groups"))
            return pool.fetch(
                client,
                user_pool_id=user_pool_id,
                out=out,
                key=key,
                usernames=not no_usernames,
                rate=rate,
                concurrency=concurrency,
                refresh=refresh,
                on_progress=report,
            )

    # A connection for each thread: botocore's default pool of 10 would discard and reopen the others.
    retries = {"total_max_attempts": 10, "mode": "standard"}
    config = {"retries": retries, "max_pool_connections": concurrency}
    service = Service(profile, region, endpoint_url)
    snapshot = service.call("cognito-idp", run, user_pool_id, config=config, hint=_RESUME)
    manifest = snapshot.manifest
    if report.first is None:
        finished = f"{manifest.finished_at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{out}: finished at {finished}; nothing fetched, use --refresh", err=True)
    write_result(manifest.model_dump_json(indent=2) if as_json else _render_text(snapshot))


def _interrupt(stack: ExitStack, *_: object) -> Never:
    """Exit without waiting: what was read is saved, and a call in progress may take a minute."""
    with suppress(Exception):  # such as a closed pipe, or a stream whose use it has interrupted
        stack.close()
    exit_interrupted(f"interrupted: {_RESUME}")


@dataclass
class _Report:
    """Shows the progress of a fetch, and the groups that an earlier run has completed."""

    update: Callable[..., None] = field(init=False)
    first: tuple[float, int] | None = None
    """The time and the memberships at the first call; `None` if nothing was fetched."""

    def __call__(self, now: pool.Progress) -> None:
        if self.first is None:
            self.first = monotonic(), now.memberships
            if now.memberships or now.groups_read:
                complete = f"{now.groups_read:,} of {format_count(now.groups, 'group')} are complete"
                typer.echo(f"resuming: {complete}", err=True)
        began, before = self.first  # a resumed fetch starts with the memberships that it has
        per_second = (now.memberships - before) / max(monotonic() - began, 0.1)
        description = f"{format_count(now.memberships, 'membership')}, {per_second:,.0f} per second"
        self.update(completed=now.groups_read, total=now.groups, description=description)


def _render_text(snapshot: pool.Snapshot) -> str:
    manifest = snapshot.manifest
    output = Output()
    output.print_line(
        f"{snapshot.path}: {manifest.user_pool_id}, {manifest.finished_at:%Y-%m-%d %H:%M} UTC",
        f"  {format_count(manifest.groups, 'group')}, {format_count(manifest.memberships, 'membership')}",
        f"  usernames {manifest.usernames}",
        *(f"  {change.group_name}: {change.what} during the fetch" for change in manifest.changes),
    )
    return output.text
