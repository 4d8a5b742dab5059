"""`cognito-claims decode`: show the groups and roles in a token or an event."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import JsonValue

from cognito_claims._counts import format_count
from cognito_claims._wire.json import as_object, get_path
from cognito_claims.cli import _options as options
from cognito_claims.cli._input import read_input
from cognito_claims.cli._output import Output, write_result
from cognito_claims.cli._token import ParsedInput, parse_input
from cognito_claims.errors import InvalidClaimsError
from cognito_claims.events import ClaimsSource, parse_trigger_event
from cognito_claims.tokens import AccessTokenClaims, IdTokenClaims, parse_issuer

_NAMES = {
    ClaimsSource.APPSYNC: "An AppSync resolver event",
    ClaimsSource.REST_API: "A REST API event",
    ClaimsSource.HTTP_API: "An HTTP API event",
    ClaimsSource.PRE_TOKEN_GENERATION: "A pre token generation event",
}
_TOKENS = {"id": "An ID token", "access": "An access token"}


def decode(
    file: options.Token = None,
    known_group: options.KnownGroups = None,
    comma_free: options.CommaFree = False,
    as_json: options.Json = False,
) -> None:
    """Show the groups and roles in a token or an event, with warnings.

    Also shows the issuer, and when the token was issued and expires. No signature is verified. The token,
    the username and other claims are never printed.

    Exits with 0 if decoded; with 2 for invalid input; with 4 if the result could not be written.
    """
    token = parse_input(read_input(file), known_group, comma_free=comma_free)
    warnings = list(_find_warnings(token))
    now = int(time.time())
    write_result(_build_report(token, warnings, now) if as_json else _render_text(token, warnings, now))


def _build_report(token: ParsedInput, warnings: list[str], now: int) -> dict[str, JsonValue]:
    return {
        "version": 1,
        "source": token.source.value,
        "token_use": token.token_use,
        "verified": False,
        "iss": token.issuer,
        "iat": token.issued_at,
        "exp": token.expires_at,
        "expires_in": None if token.expires_at is None else token.expires_at - now,
        "claims": {
            "groups": list(token.claims.groups),
            "roles": list(token.claims.roles),
            "preferred_role": token.claims.preferred_role,
        },
        "warnings": list(warnings),
    }


def _render_text(token: ParsedInput, warnings: list[str], now: int) -> str:
    output = Output()
    title = f"{_describe_source(token)}. No signature was verified: the claims may be forged."
    output.print_line(title, style="bold")
    preferred = token.claims.preferred_role
    for title, values in (
        ("Groups", token.claims.groups),
        ("Roles", token.claims.roles),
        ("Preferred role", () if preferred is None else (preferred,)),
    ):
        output.print_section(title, values or ("none",))
    if lines := list(_describe_validity(token, now)):
        output.print_section("Validity", lines)
    if warnings:
        output.print_section("Warnings", warnings)
    return output.text


def _describe_validity(token: ParsedInput, now: int) -> Iterator[str]:
    if token.issuer is not None:
        yield f"iss: {token.issuer}"
    if token.issued_at is not None:
        yield f"iat: {_format_date(token.issued_at)}"
    if token.expires_at is not None:
        left = token.expires_at - now
        state = f"{_format_duration(left)} left" if left > 0 else f"expired {_format_duration(-left)} ago"
        yield f"exp: {_format_date(token.expires_at)}, {state}"


def _format_date(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _format_duration(seconds: int) -> str:
    """Return a duration in its largest unit.

    >>> _format_duration(59), _format_duration(3600), _format_duration(200000)
    ('59 seconds', '1 hour', '2 days')
    """
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return format_count(seconds // size, unit)
    return format_count(seconds, "second")


def _describe_source(token: ParsedInput) -> str:
    if token.source is ClaimsSource.JWT:
        return _TOKENS.get(token.token_use or "", "A token of unknown type")
    return _NAMES[token.source]


def _find_warnings(token: ParsedInput) -> Iterator[str]:
    claims = token.claims
    if token.source is ClaimsSource.JWT:
        yield from _find_token_warnings(token)
    elif token.source is ClaimsSource.PRE_TOKEN_GENERATION:
        yield from _find_trigger_warnings(token.value)
    if token.payload.get("cognito:groups") == []:
        yield "cognito:groups is empty: Cognito omits the claim if there are no groups"
    if len(set(claims.groups)) < len(claims.groups) or len(set(claims.roles)) < len(claims.roles):
        yield "a group or a role is repeated: Cognito lists each once"
    if claims.preferred_role is not None and claims.preferred_role not in claims.roles:
        yield "the preferred role is not one of the roles: only a trigger can cause this"
    if claims.roles and not claims.groups:
        yield "there are roles but no groups: only a trigger can cause this"
    if token.is_access_token and (claims.roles or claims.preferred_role is not None):
        yield "an access token contains roles: Cognito adds them to ID tokens only"
    elif len(claims.roles) == 1 and claims.preferred_role is None:
        yield "there is one role and no preferred role: see the open question null-precedence"


def _find_token_warnings(token: ParsedInput) -> Iterator[str]:
    if token.token_use is None:
        yield "token_use is neither id nor access: the token may not be from Cognito"
        return
    model = AccessTokenClaims if token.is_access_token else IdTokenClaims
    try:
        claims = model.from_payload(token.payload)
    except InvalidClaimsError as error:
        yield from map(str, error.problems)
        return
    if claims.exp < time.time():
        yield f"the token has expired: exp is {claims.exp}"
    if parse_issuer(claims.iss) is None:
        yield "iss is not an AWS user pool"
    if isinstance(claims, AccessTokenClaims) and claims.is_machine and claims.group_claims.groups:
        yield "a client credentials token contains groups: only a trigger can cause this"


def _find_trigger_warnings(event: dict[str, object]) -> Iterator[str]:
    try:
        parse_trigger_event(event)
    except InvalidClaimsError as error:
        yield from map(str, error.problems)
    # Developer Guide, "Pre token generation Lambda trigger": an empty override suppresses the groups.
    for container in ("claimsOverrideDetails", "claimsAndScopeOverrideDetails"):
        override = as_object(get_path(event, "response", container, "groupOverrideDetails"))
        if override is not None and not override.get("groupsToOverride"):
            yield f"{container}.groupOverrideDetails lists no groups, which removes every group"
