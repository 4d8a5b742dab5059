"""`cognito-claims pool fetch`: a pool's groups and memberships, into files."""

from pathlib import Path
from typing import Annotated

import typer

from cognito_claims.cli._exit import write
from cognito_claims.cli._options import EndpointUrlOption, JsonOption, ProfileOption, RegionOption
from cognito_claims.cli._service import Service
from cognito_claims.pool import DEFAULT_RATE, MIN_KEY_LENGTH


def fetch(
    user_pool_id: Annotated[str, typer.Option(help="The pool.", show_default=False)],
    out: Annotated[
        Path,
        typer.Option(
            help="The folder to write. A fetch that was stopped goes on there.", show_default=False
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
        bool, typer.Option("--no-usernames", help="Hash the usernames with a key that is thrown away.")
    ] = False,
    rate: Annotated[
        float,
        typer.Option(
            help="Calls of ListUsersInGroup a second, at most; AWS allows 30 in all, with ListUsers.",
            min=0.1,
        ),
    ] = DEFAULT_RATE,
    concurrency: Annotated[int, typer.Option(help="Groups that are read at a time.", min=1, max=100)] = 8,
    profile: ProfileOption = None,
    region: RegionOption = None,
    endpoint_url: EndpointUrlOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch a pool's groups and who is in them.

    It may be stopped at any moment, and goes on when it is run again. Exits with 0 if the snapshot is
    finished; with 2 for bad input; with 3 if the service refused or could not be reached; with 4 if it
    could not write; with 130 if interrupted.
    """
    from cognito_claims.cli.pool import _fetch

    key = pseudonymize.read() if pseudonymize is not None else None
    if key is not None and (no_usernames or len(key) < MIN_KEY_LENGTH):
        raise typer.BadParameter("--pseudonymize: takes a key of 16 bytes or more, and no --no-usernames")
    service = Service(profile, region, endpoint_url)
    snapshot = _fetch.fetched(
        service,
        user_pool_id=user_pool_id,
        out=out,
        key=key,
        usernames=not no_usernames,
        rate=rate,
        concurrency=concurrency,
    )
    manifest = snapshot.manifest
    write(manifest.model_dump_json(indent=2) if as_json else _fetch.as_text(snapshot))
