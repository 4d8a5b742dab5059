"""`cognito-claims pool fetch`: fetch a pool's groups and memberships into files."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, Never

import typer

from cognito_claims import pool
from cognito_claims._signals import handle_signals
from cognito_claims.cli import _options as options
from cognito_claims.cli._exit import ExitCode, fail
from cognito_claims.cli._input import read_input
from cognito_claims.cli._output import Output, format_count, write_result
from cognito_claims.cli._progress import show_progress
from cognito_claims.cli._service import Service
from cognito_claims.models import LIST_USERS_IN_GROUP_RATE

_MAX_CONCURRENCY = 100


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

    def run(client: Any) -> pool.Snapshot:
        with ExitStack() as stack, handle_signals(partial(_interrupt, stack)):
            update = stack.enter_context(show_progress("groups"))
            return pool.fetch(
                client,
                user_pool_id=user_pool_id,
                out=out,
                key=key,
                usernames=not no_usernames,
                rate=rate,
                concurrency=concurrency,
                on_progress=partial(_report, update, []),
            )

    # A connection for each thread: botocore's default pool of 10 would discard and reopen the others.
    retries = {"total_max_attempts": 10, "mode": "standard"}
    config = {"retries": retries, "max_pool_connections": concurrency}
    snapshot = Service(profile, region, endpoint_url).call("cognito-idp", run, user_pool_id, config=config)
    write_result(snapshot.manifest.model_dump_json(indent=2) if as_json else _render_text(snapshot))


def _interrupt(stack: ExitStack, *_: object) -> Never:
    """Exit without waiting: what was read is saved, and a call in progress may take a minute."""
    stack.close()
    fail(ExitCode.INTERRUPTED, ["interrupted: run the same command again to resume"], immediately=True)


def _report(update: Callable[..., None], first: list[tuple[float, int]], now: pool.Progress) -> None:
    first[:] = first or [(monotonic(), now.memberships)]
    began, before = first[0]  # a resumed fetch starts with the memberships that it has
    per_second = (now.memberships - before) / max(monotonic() - began, 0.1)
    description = f"{format_count(now.memberships, 'membership')}, {per_second:,.0f} per second"
    update(completed=now.groups_read, total=now.groups, description=description)


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
