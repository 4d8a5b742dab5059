"""`cognito-claims compare`: find out whether a token is stale."""

from typing import Annotated

import typer
from pydantic import JsonValue

from cognito_claims.claims import ClaimsChange
from cognito_claims.cli._exit import ExitCode
from cognito_claims.cli._input import read_token, resolve_groups
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
    build_policy,
)
from cognito_claims.cli._output import Output, write_result
from cognito_claims.cli._service import Service
from cognito_claims.cli._token import parse_input
from cognito_claims.events import ClaimsSource
from cognito_claims.resolver import Alternative


def compare(
    file: TokenArgument = None,
    groups_file: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            "--groups",
            help="The user's current groups: the output of `aws cognito-idp admin-list-groups-for-user`.",
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
        bool, typer.Option("--groups-only", help="Do not compare roles, as for an access token.")
    ] = False,
    known_group: KnownGroupOption = None,
    comma_free: CommaFreeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare a token or an event with the user's current groups.

    Of an access token, only the groups are compared. No signature is verified. Exits with 0 if nothing
    changed; with 1 if something did; with 2 for invalid input; with 3 if the service refused or could not
    be reached; with 4 if the result could not be written.
    """
    token = parse_input(read_token(file), known_group, comma_free=comma_free)
    service = Service(profile, region, endpoint_url)
    answers = build_policy(policy)
    if user_pool_id is not None and username is not None and groups_file is None:
        now = service.resolve_user(user_pool_id=user_pool_id, username=username, policy=answers)
    elif groups_file is None or service.is_configured or user_pool_id is not None or username is not None:
        raise typer.BadParameter("pass --groups, or --user-pool-id and --username to call the service")
    else:
        now = resolve_groups(groups_file.read(), answers)
    if (
        token.token_use is None
        and token.source is not ClaimsSource.PRE_TOKEN_GENERATION
        and not groups_only
    ):
        typer.echo(
            "note: the event may not be from an ID token; if it is not, pass --groups-only",
            err=True,
        )
    change = token.claims.compare(now.claims, groups_only=groups_only or token.is_access_token)
    # An open question matters only if the preferred role differs.
    alternatives = now.alternatives if change.preferred_role_changed else ()
    write_result(_build_report(change, alternatives) if as_json else _render_text(change, alternatives))
    if change:
        raise typer.Exit(ExitCode.NEGATIVE_RESULT)


def _build_report(change: ClaimsChange, alternatives: tuple[Alternative, ...]) -> dict[str, JsonValue]:
    """Return the JSON report that docs/cli.md describes. Keys may be added; none changes its meaning."""
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
            for other in alternatives
        ],
    }


def _render_text(change: ClaimsChange, alternatives: tuple[Alternative, ...]) -> str:
    output = Output()
    verdict = "The token is stale." if change else "The token is up to date."
    output.print_line(verdict, style="bold")
    for title, values in (
        ("Groups added", change.groups_added),
        ("Groups removed", change.groups_removed),
        ("Roles gained", change.roles_gained),
        ("Roles lost", change.roles_lost),
    ):
        if values:
            output.print_line("", f"{title}:", *(f"  {value}" for value in values))
    if change.preferred_role_changed:
        before, after = (
            role or "none" for role in (change.preferred_role_before, change.preferred_role_after)
        )
        output.print_line("", "Preferred role:", f"  in the token: {before}", f"  now:          {after}")
    for other in alternatives:
        asked = ", ".join(question.id for question in other.questions)
        output.print_line(f"  now, with the other answer to {asked}: {other.role_arn or 'none'}")
    return output.text
