"""`cognito-claims role`: show which IAM role an identity pool assigns."""

from typing import Annotated

import typer
from pydantic import JsonValue

from cognito_claims.access.result import list_alternatives, report_alternatives
from cognito_claims.cli import _options as options
from cognito_claims.cli._exit import ExitCode, fail
from cognito_claims.cli._input import read_identity_pool, read_input
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
    file: options.IdToken = None,
    identity_pool: options.IdentityPool = None,
    identity_pool_id: Annotated[
        str | None,
        options.declare_live_option(
            "The identity pool, to call the service instead of reading a file.", "ID"
        ),
    ] = None,
    user_pool_id: options.UserPoolId = None,
    username: options.Username = None,
    client_id: Annotated[
        str | None,
        options.declare_live_option(
            "The app client that the user signs in to; required without a token.", "ID"
        ),
    ] = None,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
    policy: options.PolicySettings = None,
    custom_role_arn: Annotated[
        str | None, options.declare_identity_pool_option("The `CustomRoleArn` of the request.", "ARN")
    ] = None,
    provider: Annotated[
        str | None,
        options.declare_identity_pool_option(
            "The name of the provider, if it differs from the token's.", "NAME"
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Show which IAM role an identity pool assigns to an ID token or a user, with the reason.

    No signature is verified. Exits with 0 if there is a role; with 1 if the request is denied; with 2 for
    invalid input; with 3 if the service refused the request or could not be reached; with 4 if the
    result could not be written.
    """
    service = Service(profile, region, endpoint_url)
    if (identity_pool is None) == (identity_pool_id is None):
        raise typer.BadParameter("pass --identity-pool, or --identity-pool-id to call the service")
    user = {"--user-pool-id": user_pool_id, "--username": username, "--client-id": client_id}
    has_user = any(value is not None for value in user.values())
    if service.is_configured and identity_pool is not None and not has_user:
        reason = "--profile, --region and --endpoint-url are not used if everything is read from files"
        raise typer.BadParameter(reason)
    claims: IdTokenLike
    if not has_user:
        if policy is not None:
            raise typer.BadParameter("--policy applies to a user's groups, not to a token")
        # The claims of a gateway's event are incomplete or strings, which a role mapping would not match.
        sources = (ClaimsSource.JWT, ClaimsSource.APPSYNC)
        claims = parse_input(read_input(file), sources=sources).payload
    elif file is None:
        pool_id, _, app_client = options.require_options(user)
        provider = provider or build_provider_name(build_issuer(pool_id), app_client)
        claims = service.resolve_user(user_pool_id, username, options.build_policy(policy))
    else:
        raise typer.BadParameter("pass FILE or the options about a user, not both")
    roles: GetIdentityPoolRolesResponse | dict[str, object]
    if identity_pool is not None:
        roles = read_identity_pool(identity_pool)
    else:
        roles = service.get_identity_pool_roles(str(identity_pool_id))
    try:
        choice = choose_role(claims, roles, custom_role_arn=custom_role_arn, provider=provider)
    except CognitoClaimsError as error:
        # The message names the argument of `choose_role`.
        fail(ExitCode.BAD_INPUT, str(error).replace("provider=", "--provider").splitlines())
    write_result(_build_report(choice) if as_json else _render_text(choice))
    if isinstance(choice, AccessDenied):
        raise typer.Exit(ExitCode.NEGATIVE_RESULT)


def _build_report(choice: AssumedRole | AccessDenied) -> dict[str, JsonValue]:
    return {
        "version": 1,
        "outcome": "assumed" if isinstance(choice, AssumedRole) else "denied",
        "role_arn": choice.role_arn,
        "reason": choice.reason,
        "rules": [rule.id for rule in choice.rules],
        "alternatives": report_alternatives(choice.alternatives),
    }


def _render_text(choice: AssumedRole | AccessDenied) -> str:
    output = Output()
    output.print_line("Denied" if choice.role_arn is None else f"Assumed: {choice.role_arn}", style="bold")
    output.print_line(f"  {choice.reason}")
    output.print_line(*(f"  {rule.id} ({rule.basis}): {rule.sentence}" for rule in choice.rules))
    if isinstance(choice, AccessDenied) and choice.message is not None:
        output.print_line("", "Message of the service:", f"  {choice.message}")
    if choice.alternatives:
        output.print_section("Open questions", [*list_alternatives(choice.alternatives)])
    return output.text
