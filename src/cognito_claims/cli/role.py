"""`cognito-claims role`: show which IAM role an identity pool assigns."""

from typing import Annotated

import typer
from pydantic import JsonValue

from cognito_claims.cli._exit import ExitCode, fail
from cognito_claims.cli._input import parse_identity_pool, read_token
from cognito_claims.cli._options import (
    LIVE,
    EndpointUrlOption,
    IdTokenArgument,
    JsonOption,
    PolicyOption,
    ProfileOption,
    RegionOption,
    UsernameOption,
    UserPoolIdOption,
    build_policy,
)
from cognito_claims.cli._output import Output, write_result
from cognito_claims.cli._service import Service
from cognito_claims.cli._token import parse_input
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.events import ClaimsSource
from cognito_claims.identity_pool import (
    AccessDenied,
    AssumedRole,
    GetIdentityPoolRolesResponse,
    IdTokenLike,
    choose_role,
)
from cognito_claims.tokens import build_issuer, build_provider_name


def role(
    file: IdTokenArgument = None,
    identity_pool: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            help="The output of `aws cognito-identity get-identity-pool-roles`.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    identity_pool_id: Annotated[
        str | None,
        typer.Option(
            help="The identity pool, to call the service instead of reading a file.", rich_help_panel=LIVE
        ),
    ] = None,
    user_pool_id: UserPoolIdOption = None,
    username: UsernameOption = None,
    client_id: Annotated[
        str | None,
        typer.Option(
            help="The app client that the user signs in to; required without a token.", rich_help_panel=LIVE
        ),
    ] = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    endpoint_url: EndpointUrlOption = None,
    policy: PolicyOption = None,
    custom_role_arn: Annotated[str | None, typer.Option(help="The `CustomRoleArn` of the request.")] = None,
    provider: Annotated[
        str | None, typer.Option(help="The name of the provider, if it differs from the token's.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show which IAM role an identity pool assigns to an ID token or a user, with the reason.

    No signature is verified. Exits with 0 if there is a role; with 1 if the request is denied; with 2 for
    invalid input; with 3 if the service refused or could not be reached; with 4 if the result could not be
    written.
    """
    service = Service(profile, region, endpoint_url)
    if (identity_pool is None) == (identity_pool_id is None):
        raise typer.BadParameter("pass --identity-pool, or --identity-pool-id to call the service")
    of_user = (user_pool_id, username, client_id)
    if service.is_configured and identity_pool is not None and of_user == (None, None, None):
        raise typer.BadParameter(
            "--profile, --region and --endpoint-url are not used if everything is read from files"
        )
    claims: IdTokenLike
    if user_pool_id is not None and username is not None and client_id is not None and file is None:
        provider = provider or build_provider_name(build_issuer(user_pool_id), client_id)
        claims = service.resolve_user(
            user_pool_id=user_pool_id, username=username, policy=build_policy(policy)
        )
    elif of_user != (None, None, None):
        raise typer.BadParameter("for a user, pass --user-pool-id, --username and --client-id, and no file")
    elif policy is not None:
        raise typer.BadParameter("--policy applies to a user's groups, not to a token")
    else:
        sources = (ClaimsSource.JWT, ClaimsSource.APPSYNC)
        claims = parse_input(read_token(file), sources=sources).payload
    roles: GetIdentityPoolRolesResponse | dict[str, object]
    if identity_pool_id is not None:
        roles = service.get_identity_pool_roles(identity_pool_id)
    else:
        roles = parse_identity_pool(identity_pool.read() if identity_pool else b"")
    try:
        choice = choose_role(claims, roles, custom_role_arn=custom_role_arn, provider=provider)
    except CognitoClaimsError as error:
        fail(ExitCode.BAD_INPUT, str(error).replace("provider=", "--provider").splitlines())
    write_result(_build_report(choice) if as_json else _render_text(choice))
    if isinstance(choice, AccessDenied):
        raise typer.Exit(ExitCode.NEGATIVE_RESULT)


def _build_report(choice: AssumedRole | AccessDenied) -> dict[str, JsonValue]:
    """Return the JSON report that docs/cli.md describes. Keys may be added; none changes its meaning."""
    return {
        "version": 1,
        "outcome": "assumed" if isinstance(choice, AssumedRole) else "denied",
        "role_arn": choice.role_arn,
        "reason": choice.reason,
        "rules": [rule.id for rule in choice.rules],
        "alternatives": [
            {"open_questions": [question.id for question in other.questions], "role_arn": other.role_arn}
            for other in choice.alternatives
        ],
    }


def _render_text(choice: AssumedRole | AccessDenied) -> str:
    output = Output()
    output.print_line("Denied" if choice.role_arn is None else f"Assumed: {choice.role_arn}", style="bold")
    output.print_line(f"  {choice.reason}")
    output.print_line(*(f"  {rule.id} ({rule.basis}): {rule.sentence}" for rule in choice.rules))
    if isinstance(choice, AccessDenied) and choice.message is not None:
        output.print_line("", "Message of the service:", f"  {choice.message}")
    if choice.alternatives:
        output.print_section("Open questions", [])
        for other in choice.alternatives:
            output.print_line(*(f"  {one.id}: {one.question} {one.evidence}" for one in other.questions))
            output.print_line(f"  with the other answer: {other.role_arn or 'denied'}")
    return output.text
