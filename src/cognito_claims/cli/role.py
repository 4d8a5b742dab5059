"""`cognito-claims role`: which IAM role an identity pool hands out, and why."""

import json
from typing import Annotated

import typer
from pydantic import JsonValue

from cognito_claims import resolver
from cognito_claims.carriers import Carrier
from cognito_claims.cli._exit import ExitCode, stop, write
from cognito_claims.cli._input import identity_pool_from_text, read_file
from cognito_claims.cli._options import (
    LIVE,
    EndpointUrlOption,
    JsonOption,
    PolicyOption,
    ProfileOption,
    RegionOption,
    TokenArgument,
    UsernameOption,
    UserPoolIdOption,
    policy_of,
)
from cognito_claims.cli._paper import Paper
from cognito_claims.cli._service import Service, groups_from_service, identity_pool_from_service
from cognito_claims.cli._token import token_from_text
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.identity_pool import Assumed, Denied, choose_role


def role(
    file: TokenArgument = None,
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
    as_json: JsonOption = False,
) -> None:
    """Tell which IAM role an identity pool hands out for an ID token, or for a user, and why.

    Verifies no signature. Exits with 0 if there is a role; with 1 if the request is denied; with 2 for bad
    input; with 3 if the service refused or could not be reached; with 4 if it could not write.
    """
    service = Service(profile, region, endpoint_url)
    if (identity_pool is None) == (identity_pool_id is None):
        raise typer.BadParameter("give --identity-pool, or --identity-pool-id to ask the service")
    if user_pool_id is not None and username is not None and client_id is not None and file is None:
        claims = _claims_of_user(service, user_pool_id, username, client_id, policy_of(policy))
    elif any(option is not None for option in (user_pool_id, username, client_id)):
        raise typer.BadParameter("for a user, give --user-pool-id, --username and --client-id, and no file")
    else:
        token = token_from_text(read_file(file), None, comma_free=False)
        if token.carrier not in (Carrier.JWT, Carrier.APPSYNC):
            stop(
                ExitCode.BAD_INPUT, ["give the ID token or its payload: an event has not all of its claims"]
            )
        claims = token.payload
    if identity_pool is not None:
        roles = identity_pool_from_text(identity_pool.read())
    else:
        roles = identity_pool_from_service(service, identity_pool_id=identity_pool_id or "")
    try:
        choice = choose_role(claims, roles, custom_role_arn=custom_role_arn)
    except CognitoClaimsError as error:
        stop(ExitCode.BAD_INPUT, str(error).splitlines())
    write(json.dumps(_report(choice), indent=2) if as_json else _text(choice))
    if isinstance(choice, Denied):
        raise typer.Exit(ExitCode.DENIED)


def _claims_of_user(
    service: Service, user_pool_id: str, username: str, client_id: str, policy: resolver.Policy
) -> dict[str, object]:
    groups = groups_from_service(service, user_pool_id=user_pool_id, username=username)
    try:
        resolution = resolver.resolve(groups, policy=policy)
    except CognitoClaimsError as error:
        stop(ExitCode.BAD_INPUT, str(error).splitlines())
    region = user_pool_id.partition("_")[0]
    suffix = ".cn" if region.startswith("cn-") else ""
    issuer = f"https://cognito-idp.{region}.amazonaws.com{suffix}/{user_pool_id}"
    return {"iss": issuer, "aud": client_id, **resolution.claims.id_token()}


def _report(choice: Assumed | Denied) -> dict[str, JsonValue]:
    """Give the JSON form, as docs/cli.md describes it: keys may be added, and none changes."""
    return {
        "version": 1,
        "outcome": "assumed" if isinstance(choice, Assumed) else "denied",
        "role_arn": choice.role_arn if isinstance(choice, Assumed) else None,
        "why": choice.why,
        "rules": [rule.id for rule in choice.rules],
        "open_questions": [question.id for question in choice.open_questions],
        "alternatives": [
            {"open_question": other.question.id, "role_arn": other.role_arn}
            for other in choice.alternatives
        ],
    }


def _text(choice: Assumed | Denied) -> str:
    paper = Paper()
    if isinstance(choice, Assumed):
        paper.say(f"Assumed: {choice.role_arn}", style="bold")
    else:
        paper.say("Denied", style="bold")
    paper.say(f"  {choice.why}")
    paper.say(*(f"  {rule.id} ({rule.basis}): {rule.sentence}" for rule in choice.rules))
    if isinstance(choice, Denied):
        paper.say("", "The service says:", f"  {choice.message}")
    if choice.alternatives:
        paper.say("")
        paper.say("Open questions", style="bold")
        for other in choice.alternatives:
            question = other.question
            paper.say(f"  {question.id}: {question.question} {question.evidence}")
            paper.say(f"  with the other answer: {other.role_arn or 'denied'}")
    return paper.text
