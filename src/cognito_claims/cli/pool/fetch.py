"""`cognito-claims pool fetch`: fetch a pool's groups and memberships into files."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Never

import typer

from cognito_claims import pool
from cognito_claims._signals import handle_signals
from cognito_claims.cli._exit import ExitCode, exit_on_error, fail_immediately
from cognito_claims.cli._options import EndpointUrlOption, JsonOption, ProfileOption, RegionOption
from cognito_claims.cli._output import Output, write_result
from cognito_claims.cli._progress import ProgressBar, show_progress
from cognito_claims.cli._service import Service
from cognito_claims.pool import DEFAULT_RATE, MIN_KEY_LENGTH


def fetch(
    user_pool_id: Annotated[str, typer.Option(help="The ID of the user pool.", show_default=False)],
    out: Annotated[
        Path,
        typer.Option(
            help="The folder to write. An interrupted fetch is resumed from it.", show_default=False
        ),
    ],
    pseudonymize: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            help="Hash the usernames with the key in this file, 16 bytes or more.",
            metavar="KEYFILE",
            show_default=False,
        ),
    ] = None,
    no_usernames: Annotated[
        bool, typer.Option("--no-usernames", help="Hash the usernames with a random key that is discarded.")
    ] = False,
    rate: Annotated[
        float,
        typer.Option(
            help="The maximum number of ListUsersInGroup calls per second; AWS allows 30, shared with "
            "ListUsers.",
            min=0.1,
        ),
    ] = DEFAULT_RATE,
    concurrency: Annotated[
        int, typer.Option(help="The number of groups to read at a time.", min=1, max=100)
    ] = 8,
    profile: ProfileOption = None,
    region: RegionOption = None,
    endpoint_url: EndpointUrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch a pool's groups and their members.

    The command can be interrupted at any time; run it again to resume. Exits with 0 if the snapshot is
    complete; with 2 for invalid input; with 3 if the service refused or could not be reached; with 4 if a
    file could not be written; with 130 if interrupted.
    """
    key = pseudonymize.read() if pseudonymize is not None else None
    if key is not None and (no_usernames or len(key) < MIN_KEY_LENGTH):
        raise typer.BadParameter(
            "--pseudonymize: must be a key of 16 bytes or more, without --no-usernames"
        )
    start = partial(
        pool.fetch,
        user_pool_id=user_pool_id,
        out=out,
        key=key,
        usernames=not no_usernames,
        rate=rate,
        concurrency=concurrency,
    )

    def run(client: Any) -> pool.Snapshot:
        with exit_on_error(), ExitStack() as stack, handle_signals(partial(_interrupt, stack)):
            bar = stack.enter_context(show_progress("groups"))
            return start(client, on_progress=partial(_update, bar, []))

    retries = {"total_max_attempts": 10, "mode": "standard"}
    config = {"retries": retries, "max_pool_connections": concurrency}
    snapshot = Service(profile, region, endpoint_url).call("cognito-idp", run, config=config)
    write_result(snapshot.manifest.model_dump_json(indent=2) if as_json else _render_text(snapshot))


def _interrupt(stack: ExitStack, *_: object) -> Never:
    """Exit without waiting: what was read is saved, and a call in progress may take a minute."""
    stack.close()
    fail_immediately(ExitCode.INTERRUPTED, ["interrupted: run the same command again to resume"])


def _update(bar: ProgressBar, first: list[tuple[float, int]], now: pool.Progress) -> None:
    first[:] = first or [(bar.seconds, now.memberships)]
    began, before = first[0]  # a resumed fetch starts with the memberships that it has
    per_second = (now.memberships - before) / max(bar.seconds - began, 0.1)
    bar.update(
        now.groups_read, now.groups, f"{now.memberships:,} memberships, {per_second:,.0f} per second"
    )


def _render_text(snapshot: pool.Snapshot) -> str:
    manifest = snapshot.manifest
    output = Output()
    output.print_line(
        f"{snapshot.path}: {manifest.user_pool_id}, {manifest.finished_at:%Y-%m-%d %H:%M} UTC",
        f"  {manifest.groups:,} groups, {manifest.memberships:,} memberships",
        f"  usernames {manifest.usernames}",
        *(f"  {change.group_name}: {change.what} during the fetch" for change in manifest.changes),
    )
    return output.text
