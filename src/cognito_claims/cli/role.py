"""`cognito-claims role`: which IAM role an identity pool hands out, and why."""

import json
from typing import Annotated

import typer
from pydantic import JsonValue

from cognito_claims import resolver
from cognito_claims.cli._exit import ExitCode, stop, write
from cognito_claims.cli._input import identity_pool_from_text, read_token
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
    policy_of,
)
from cognito_claims.cli._paper import Paper
from cognito_claims.cli._service import (
    Service,
    groups_from_service,
    identity_pool_from_service,
    provider_of,
)
from cognito_claims.cli._token import token_from_text
from cognito_claims.errors import CognitoClaimsError, InvalidMembershipError
from cognito_claims.events import ClaimsSource
from cognito_claims.identity_pool import (
    AccessDenied,
    AssumedRole,
    GetIdentityPoolRolesResponse,
    IdTokenLike,
    choose_role,
)


def role(
    file: IdTokenArgument = None,
    identity_pool: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            help="Its roles, as `aws cognito-identity get-identity-pool-roles` prints them.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    identity_pool_id: Annotated[
        str | None, typer.Option(help="The identity pool to ask, instead of a file.", rich_help_panel=LIVE)
    ] = None,
    user_pool_id: UserPoolIdOption = None,
    username: UsernameOption = None,
    client_id: Annotated[
        str | None,
        typer.Option(
            help="The app client that the user signs in by, where no token says it.", rich_help_panel=LIVE
        ),
    ] = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    endpoint_url: EndpointUrlOption = None,
    policy: PolicyOption = None,
    custom_role_arn: Annotated[str | None, typer.Option(help="The CustomRoleArn of the request.")] = None,
    provider: Annotated[
        str | None, typer.Option(help="The provider's name, if it is not that of the token.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell which IAM role an identity pool hands out for an ID token, or for a user, and why.

    Verifies no signature. Exits with 0 if there is a role; with 1 if the request is denied; with 2 for bad
    input; with 3 if the service refused or could not be reached; with 4 if it could not write.
    """
    service = Service(profile, region, endpoint_url)
    if (identity_pool is None) == (identity_pool_id is None):
        raise typer.BadParameter("give --identity-pool, or --identity-pool-id to ask the service")
    of_user = (user_pool_id, username, client_id)
    if service.is_named and identity_pool is not None and of_user == (None, None, None):
        raise typer.BadParameter("all comes from files: --profile, --region and --endpoint-url have no use")
    claims: IdTokenLike
    if user_pool_id is not None and username is not None and client_id is not None and file is None:
        provider = provider or provider_of(user_pool_id, client_id)
        groups = groups_from_service(service, user_pool_id=user_pool_id, username=username)
        try:
            claims = resolver.resolve(groups, policy=policy_of(policy))
        except InvalidMembershipError as error:
            stop(ExitCode.BAD_INPUT, [error])
    elif of_user != (None, None, None):
        raise typer.BadParameter("for a user, give --user-pool-id, --username and --client-id, and no file")
    elif policy is not None:
        raise typer.BadParameter("--policy is for a user, not for a token")
    else:
        claims = token_from_text(
            read_token(file), carriers=(ClaimsSource.JWT, ClaimsSource.APPSYNC)
        ).payload
    roles: GetIdentityPoolRolesResponse | dict[str, object]
    if identity_pool_id is not None:
        roles = identity_pool_from_service(service, identity_pool_id=identity_pool_id)
    else:
        roles = identity_pool_from_text(identity_pool.read() if identity_pool else b"")
    try:
        choice = choose_role(claims, roles, custom_role_arn=custom_role_arn, provider=provider)
    except CognitoClaimsError as error:
        stop(ExitCode.BAD_INPUT, str(error).replace("provider=", "--provider").splitlines())
    write(json.dumps(_report(choice), indent=2) if as_json else _text(choice))
    if isinstance(choice, AccessDenied):
        raise typer.Exit(ExitCode.NO)


def _report(choice: AssumedRole | AccessDenied) -> dict[str, JsonValue]:
    """Give the JSON form, as docs/cli.md describes it: keys may be added, and none changes."""
    return {
        "version": 1,
        "outcome": "assumed" if isinstance(choice, AssumedRole) else "denied",
        "role_arn": choice.role_arn,
        "why": choice.reason,
        "rules": [rule.id for rule in choice.rules],
        "alternatives": [
            {"open_questions": [question.id for question in other.questions], "role_arn": other.role_arn}
            for other in choice.alternatives
        ],
    }


def _text(choice: AssumedRole | AccessDenied) -> str:
    paper = Paper()
    paper.say(
        "AccessDenied" if choice.role_arn is None else f"AssumedRole: {choice.role_arn}", style="bold"
    )
    paper.say(f"  {choice.reason}")
    paper.say(*(f"  {rule.id} ({rule.basis}): {rule.sentence}" for rule in choice.rules))
    if isinstance(choice, AccessDenied) and choice.message is not None:
        paper.say("", "The service says:", f"  {choice.message}")
    if choice.alternatives:
        paper.say("")
        paper.say("Open questions", style="bold")
        for other in choice.alternatives:
            paper.say(*(f"  {one.id}: {one.question} {one.evidence}" for one in other.questions))
            paper.say(f"  with the other answer: {other.role_arn or 'denied'}")
    return paper.text
