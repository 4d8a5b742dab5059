"""`cognito-claims role`: which IAM role an identity pool hands out, and why."""

import json
from dataclasses import replace
from typing import Annotated, NamedTuple, TypeAlias

import typer
from pydantic import JsonValue

from cognito_claims import resolver
from cognito_claims.carriers import Carrier
from cognito_claims.claims import GroupClaims
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
from cognito_claims.cli._service import Service, groups_from_service, identity_pool_from_service
from cognito_claims.cli._token import token_from_text
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.identity_pool import Assumed, Denied, GetIdentityPoolRolesResponse, choose_role
from cognito_claims.rules import OpenQuestion


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
    claims: list[_Claims]
    if user_pool_id is not None and username is not None and client_id is not None and file is None:
        provider = provider or _provider(user_pool_id, client_id)
        claims = _claims_of_user(service, user_pool_id, username, policy_of(policy))
    elif of_user != (None, None, None):
        raise typer.BadParameter("for a user, give --user-pool-id, --username and --client-id, and no file")
    elif policy is not None:
        raise typer.BadParameter("--policy is for a user, not for a token")
    else:
        token = token_from_text(read_token(file), carriers=(Carrier.JWT, Carrier.APPSYNC))
        claims = [_Claims((), token.payload)]
    roles: GetIdentityPoolRolesResponse | dict[str, object]
    if identity_pool_id is not None:
        roles = identity_pool_from_service(service, identity_pool_id=identity_pool_id)
    else:
        roles = identity_pool_from_text(identity_pool.read() if identity_pool else b"")
    try:
        choices = [
            (asked, choose_role(some, roles, custom_role_arn=custom_role_arn, provider=provider))
            for asked, some in claims
        ]
    except CognitoClaimsError as error:
        stop(ExitCode.BAD_INPUT, str(error).replace("provider=", "--provider").splitlines())
    (_, choice), *others = choices
    doubts: list[_Doubt] = [((other.question,), other.role_arn) for other in choice.alternatives]
    doubts += [(asked, other.role_arn) for asked, other in others if other.role_arn != choice.role_arn]
    write(json.dumps(_report(choice, doubts), indent=2) if as_json else _text(choice, doubts))
    if isinstance(choice, Denied):
        raise typer.Exit(ExitCode.NO)


class _Claims(NamedTuple):
    """Claims, and the open questions that would have to be answered in the other way for them."""

    questions: tuple[OpenQuestion, ...]
    claims: GroupClaims | dict[str, object]


_Doubt: TypeAlias = tuple[tuple[OpenQuestion, ...], str | None]
"""Open questions, and the role under the other answers; `None` if that denies."""


def _provider(user_pool_id: str, client_id: str) -> str:
    region = user_pool_id.partition("_")[0]
    suffix = ".cn" if region.startswith("cn-") else ""
    return f"cognito-idp.{region}.amazonaws.com{suffix}/{user_pool_id}:{client_id}"


def _claims_of_user(
    service: Service, user_pool_id: str, username: str, policy: resolver.Policy
) -> list[_Claims]:
    groups = groups_from_service(service, user_pool_id=user_pool_id, username=username)
    try:
        resolution = resolver.resolve(groups, policy=policy)
    except CognitoClaimsError as error:
        stop(ExitCode.BAD_INPUT, str(error).splitlines())
    claims = resolution.claims
    others = [
        _Claims(other.questions, replace(claims, preferred_role=other.preferred_role))
        for other in resolution.alternatives
    ]
    return [_Claims((), claims), *others]


def _report(choice: Assumed | Denied, doubts: list[_Doubt]) -> dict[str, JsonValue]:
    """Give the JSON form, as docs/cli.md describes it: keys may be added, and none changes."""
    return {
        "version": 1,
        "outcome": "assumed" if isinstance(choice, Assumed) else "denied",
        "role_arn": choice.role_arn,
        "why": choice.why,
        "rules": [rule.id for rule in choice.rules],
        "alternatives": [
            {"open_questions": [question.id for question in asked], "role_arn": role_arn}
            for asked, role_arn in doubts
        ],
    }


def _text(choice: Assumed | Denied, doubts: list[_Doubt]) -> str:
    paper = Paper()
    paper.say("Denied" if choice.role_arn is None else f"Assumed: {choice.role_arn}", style="bold")
    paper.say(f"  {choice.why}")
    paper.say(*(f"  {rule.id} ({rule.basis}): {rule.sentence}" for rule in choice.rules))
    if isinstance(choice, Denied) and choice.message is not None:
        paper.say("", "The service says:", f"  {choice.message}")
    if doubts:
        paper.say("")
        paper.say("Open questions", style="bold")
        for asked, role_arn in doubts:
            paper.say(*(f"  {one.id}: {one.question} {one.evidence}" for one in asked))
            paper.say(f"  with the other answer: {role_arn or 'denied'}")
    return paper.text
