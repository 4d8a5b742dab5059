"""`cognito-claims decode`: what a token or an event says of groups and roles."""

import json
import time
from collections.abc import Iterator

from pydantic import JsonValue

from cognito_claims._wire import as_object, get_path
from cognito_claims.cli._exit import write
from cognito_claims.cli._input import read_token
from cognito_claims.cli._options import CommaFreeOption, JsonOption, KnownGroupOption, TokenArgument
from cognito_claims.cli._paper import Paper
from cognito_claims.cli._token import Given, token_from_text
from cognito_claims.errors import InvalidClaimsError
from cognito_claims.events import ClaimsSource, parse_trigger_event
from cognito_claims.tokens import AccessTokenClaims, IdTokenClaims

_NOT_VERIFIED = "No signature was verified: this is what it says, not that it is true."
_NAMES = {
    ClaimsSource.APPSYNC: "An event of an AppSync resolver",
    ClaimsSource.REST_API: "An event of a REST API",
    ClaimsSource.HTTP_API: "An event of an HTTP API",
    ClaimsSource.PRE_TOKEN_GENERATION: "An event of a pre token generation trigger",
}
_TOKENS = {"id": "An ID token", "access": "An access token"}


def decode(
    file: TokenArgument = None,
    known_group: KnownGroupOption = None,
    comma_free: CommaFreeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what a token or an event holds of groups and roles, and what is odd about it.

    Verifies no signature. Never prints the token, the username or other claims.

    Exits with 0; with 2 for bad input; with 4 if it could not write.
    """
    token = token_from_text(read_token(file), known_group, comma_free=comma_free)
    odd = list(_oddities(token))
    write(json.dumps(_report(token, odd), indent=2) if as_json else _text(token, odd))


def _report(token: Given, odd: list[str]) -> dict[str, JsonValue]:
    """Give the JSON form, as docs/cli.md describes it: keys may be added, and none changes."""
    return {
        "version": 1,
        "carrier": token.carrier.value,
        "token_use": token.token_use,
        "verified": False,
        "claims": {
            "groups": list(token.claims.groups),
            "roles": list(token.claims.roles),
            "preferred_role": token.claims.preferred_role,
        },
        "odd": list(odd),
    }


def _text(token: Given, odd: list[str]) -> str:
    paper = Paper()
    paper.say(f"{_name(token)}. {_NOT_VERIFIED}", style="bold")
    preferred = token.claims.preferred_role
    for title, values in (
        ("Groups", token.claims.groups),
        ("Roles", token.claims.roles),
        ("Preferred role", () if preferred is None else (preferred,)),
        ("Odd", odd),
    ):
        if values or title != "Odd":
            paper.say("")
            paper.say(title, style="bold")
            paper.say(*(f"  {value}" for value in values or ["none"]))
    return paper.text


def _name(token: Given) -> str:
    if token.carrier is ClaimsSource.JWT:
        return _TOKENS.get(token.token_use or "", "A token of an unknown kind")
    return _NAMES[token.carrier]


def _oddities(token: Given) -> Iterator[str]:
    """Say what a token of Cognito's does not have, or what may surprise."""
    claims = token.claims
    if token.carrier is ClaimsSource.JWT:
        yield from _oddities_of_payload(token.payload)
    elif token.carrier is ClaimsSource.PRE_TOKEN_GENERATION:
        yield from _oddities_of_trigger(token.value)
    if token.payload.get("cognito:groups") == []:
        yield "cognito:groups is empty: Cognito leaves it out where there are no groups"
    if len(set(claims.groups)) < len(claims.groups) or len(set(claims.roles)) < len(claims.roles):
        yield "a group or a role comes twice: Cognito names each once"
    if claims.preferred_role is not None and claims.preferred_role not in claims.roles:
        yield "the preferred role is none of the roles: only a trigger does that"
    if claims.roles and not claims.groups:
        yield "there are roles and no groups: only a trigger does that"
    if token.is_access_token and (claims.roles or claims.preferred_role is not None):
        yield "an access token has no roles: Cognito writes them into ID tokens alone"
    elif len(claims.roles) == 1 and claims.preferred_role is None:
        yield "one role and none is preferred: see the open question null-precedence"


def _oddities_of_payload(payload: dict[str, object]) -> Iterator[str]:
    token: IdTokenClaims | AccessTokenClaims
    try:
        match payload.get("token_use"):
            case "id":
                token = IdTokenClaims.from_payload(payload)
            case "access":
                token = AccessTokenClaims.from_payload(payload)
            case _:
                yield "token_use is neither id nor access: is this a token of Cognito's?"
                return
    except InvalidClaimsError as error:
        yield from map(str, error.problems)
        return
    if token.exp < time.time():
        yield f"it has expired: exp is {token.exp}"
    if not token.iss.startswith("https://cognito-idp."):
        yield "iss is no user pool of AWS's"
    if isinstance(token, AccessTokenClaims) and token.is_machine and token.group_claims.groups:
        yield "a machine's token has groups: only a trigger does that"


def _oddities_of_trigger(event: dict[str, object]) -> Iterator[str]:
    try:
        parse_trigger_event(event)
    except InvalidClaimsError as error:
        yield from map(str, error.problems)
    for container in ("claimsOverrideDetails", "claimsAndScopeOverrideDetails"):
        override = as_object(get_path(event, "response", container, "groupOverrideDetails"))
        if override is not None and not override.get("groupsToOverride"):
            yield f"{container}.groupOverrideDetails names no groups, which removes every group"
