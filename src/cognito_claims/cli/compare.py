"""`cognito-claims compare`: is a token stale?"""

import json
from typing import Annotated

import typer
from pydantic import JsonValue

from cognito_claims import resolver
from cognito_claims.claims import ClaimsChange
from cognito_claims.cli._exit import ExitCode, stop, write
from cognito_claims.cli._input import groups_from_text, read_token
from cognito_claims.cli._options import (
    CommaFreeOption,
    EndpointUrlOption,
    JsonOption,
    KnownGroupOption,
    PolicyOption,
    ProfileOption,
    RegionOption,
    TokenArgument,
    UsernameOption,
    UserPoolIdOption,
    policy_of,
)
from cognito_claims.cli._paper import Paper
from cognito_claims.cli._service import Service, groups_from_service
from cognito_claims.cli._token import token_from_text
from cognito_claims.errors import InvalidMembershipError
from cognito_claims.events import ClaimsSource
from cognito_claims.resolver import Alternative


def compare(
    file: TokenArgument = None,
    groups_file: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            "--groups",
            help="The user's groups now, as `aws cognito-idp admin-list-groups-for-user` prints them.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    user_pool_id: UserPoolIdOption = None,
    username: UsernameOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    endpoint_url: EndpointUrlOption = None,
    policy: PolicyOption = None,
    groups_only: Annotated[
        bool, typer.Option("--groups-only", help="Leave roles out, as for an access token.")
    ] = False,
    known_group: KnownGroupOption = None,
    comma_free: CommaFreeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare a token or an event with the groups that the user is in now.

    Of an access token, the groups alone. Verifies no signature. Exits with 0 if nothing changed; with 1
    if something did; with 2 for bad input; with 3 if the service refused or could not be reached; with 4
    if it could not write.
    """
    token = token_from_text(read_token(file), known_group, comma_free=comma_free)
    service = Service(profile, region, endpoint_url)
    if user_pool_id is not None and username is not None and groups_file is None:
        groups = groups_from_service(service, user_pool_id=user_pool_id, username=username)
    elif groups_file is None or service.is_named or user_pool_id is not None or username is not None:
        raise typer.BadParameter("give --groups, or --user-pool-id and --username to ask the service")
    else:
        groups = groups_from_text(groups_file.read())
    try:
        now = resolver.resolve(groups, policy=policy_of(policy))
    except InvalidMembershipError as error:
        stop(ExitCode.BAD_INPUT, [error])
    if (
        token.token_use is None
        and token.carrier is not ClaimsSource.PRE_TOKEN_GENERATION
        and not groups_only
    ):
        typer.echo("note: nothing says that this is an ID token's; if it is not: --groups-only", err=True)
    change = token.claims.compare(now.claims, groups_only=groups_only or token.is_access_token)
    # What hangs on an open question is in doubt only where the preferred role differs.
    doubts = now.alternatives if change.preferred_role_changed else ()
    write(json.dumps(_report(change, doubts), indent=2) if as_json else _text(change, doubts))
    if change:
        raise typer.Exit(ExitCode.NO)


def _report(change: ClaimsChange, doubts: tuple[Alternative, ...]) -> dict[str, JsonValue]:
    """Give the JSON form, as docs/cli.md describes it: keys may be added, and none changes."""
    return {
        "version": 1,
        "stale": bool(change),
        "groups_added": list(change.groups_added),
        "groups_removed": list(change.groups_removed),
        "roles_gained": list(change.roles_gained),
        "roles_lost": list(change.roles_lost),
        "preferred_role": {"token": change.preferred_role_before, "now": change.preferred_role_after},
        "alternatives": [
            {
                "open_questions": [question.id for question in other.questions],
                "preferred_role": other.role_arn,
            }
            for other in doubts
        ],
    }


def _text(change: ClaimsChange, doubts: tuple[Alternative, ...]) -> str:
    paper = Paper()
    verdict = "The token is stale." if change else "The token says what is true now."
    paper.say(verdict, style="bold")
    for title, values in (
        ("Groups added", change.groups_added),
        ("Groups removed", change.groups_removed),
        ("Roles gained", change.roles_gained),
        ("Roles lost", change.roles_lost),
    ):
        if values:
            paper.say("", f"{title}:", *(f"  {value}" for value in values))
    if change.preferred_role_changed:
        before, after = (
            role or "none" for role in (change.preferred_role_before, change.preferred_role_after)
        )
        paper.say("", "Preferred role:", f"  in the token: {before}", f"  now:          {after}")
    for other in doubts:
        asked = ", ".join(question.id for question in other.questions)
        paper.say(f"  now, with the other answer to {asked}: {other.role_arn or 'none'}")
    return paper.text
