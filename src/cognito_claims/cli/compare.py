"""`cognito-claims compare`: find out whether a token is stale."""

from typing import Annotated

import typer
from pydantic import JsonValue

from cognito_claims.claims import ClaimsChange
from cognito_claims.cli import _options as options
from cognito_claims.cli._exit import ExitCode
from cognito_claims.cli._input import read_input, resolve_groups
from cognito_claims.cli._output import Output, write_result
from cognito_claims.cli._service import Service
from cognito_claims.cli._token import parse_input
from cognito_claims.events import ClaimsSource
from cognito_claims.resolver import Alternative


def compare(
    file: options.Token = None,
    groups_file: Annotated[
        str | None,
        typer.Option(
            "--groups",
            help="The user's current groups: the output of `aws cognito-idp admin-list-groups-for-user`.",
            metavar="FILE",
        ),
    ] = None,
    user_pool_id: options.UserPoolId = None,
    username: options.Username = None,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
    policy: options.PolicySettings = None,
    groups_only: Annotated[
        bool, typer.Option("--groups-only", help="Do not compare roles, as for an access token.")
    ] = False,
    known_group: options.KnownGroups = None,
    comma_free: options.CommaFree = False,
    as_json: options.Json = False,
) -> None:
    """Compare a token or an event with the user's current groups.

    For an access token, only the groups are compared. No signature is verified. Exits with 0 if nothing
    changed; with 1 if something did; with 2 for invalid input; with 3 if the service refused or could not
    be reached; with 4 if the result could not be written.
    """
    token = parse_input(read_input(file), known_group, comma_free=comma_free)
    service = Service(profile, region, endpoint_url)
    answers = options.build_policy(policy)
    live = service.is_configured or user_pool_id is not None or username is not None
    if live == (groups_file is not None):
        raise typer.BadParameter("pass --groups, or --user-pool-id and --username to call the service")
    if groups_file is None:
        now = service.resolve_user(user_pool_id, username, answers)
    else:
        now = resolve_groups(read_input(groups_file, "--groups"), answers, "--groups")
    # A trigger event has no token yet, and its configuration lists the roles.
    shows_token_use = token.token_use is not None or token.source is ClaimsSource.PRE_TOKEN_GENERATION
    if not shows_token_use and not groups_only:
        note = "the event may not be from an ID token; if it is not, pass --groups-only"
        typer.echo(f"note: {note}", err=True)
    change = token.claims.compare(now.claims, groups_only=groups_only or token.is_access_token)
    # An open question matters only if the preferred role differs.
    alternatives = now.alternatives if change.preferred_role_changed else ()
    write_result(_build_report(change, alternatives) if as_json else _render_text(change, alternatives))
    if change:
        raise typer.Exit(ExitCode.NEGATIVE_RESULT)


def _build_report(change: ClaimsChange, alternatives: tuple[Alternative, ...]) -> dict[str, JsonValue]:
    return {
        "version": 1,
        "stale": bool(change),
        "groups_added": list(change.groups_added),
        "groups_removed": list(change.groups_removed),
        "roles_gained": list(change.roles_gained),
        "roles_lost": list(change.roles_lost),
        "preferred_role": {"token": change.preferred_role_before, "now": change.preferred_role_after},
        "alternatives": [
            {"open_question": other.question.id, "preferred_role": other.role_arn} for other in alternatives
        ],
    }


def _render_text(change: ClaimsChange, alternatives: tuple[Alternative, ...]) -> str:
    output = Output()
    output.print_line("The token is stale." if change else "The token is up to date.", style="bold")
    for title, values in (
        ("Groups added", change.groups_added),
        ("Groups removed", change.groups_removed),
        ("Roles gained", change.roles_gained),
        ("Roles lost", change.roles_lost),
    ):
        if values:
            output.print_line("", f"{title}:", *(f"  {value}" for value in values))
    if change.preferred_role_changed:
        output.print_line("", "Preferred role:")
        output.print_line(f"  in the token: {change.preferred_role_before or 'none'}")
        output.print_line(f"  now:          {change.preferred_role_after or 'none'}")
    for other in alternatives:
        role = other.role_arn or "none"
        output.print_line(f"  now, with the other answer to {other.question.id}: {role}")
    return output.text
