"""A token, its payload or an event, as a command is given it."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection
from dataclasses import dataclass
from typing import assert_never, cast

import typer

from cognito_claims._wire import as_object, get_path
from cognito_claims.claims import GroupClaims
from cognito_claims.cli._exit import ExitCode, stop
from cognito_claims.cli._input import document_from_text
from cognito_claims.errors import InvalidClaimsError
from cognito_claims.events import (
    ClaimsSource,
    detect_source,
    parse_appsync_event,
    parse_http_api_event,
    parse_pre_token_generation_event,
    parse_rest_api_event,
)
from cognito_claims.tokens import parse_token_payload


@dataclass(frozen=True)
class Given:
    """What a command was given: a token's payload or an event, which is one or the other."""

    carrier: ClaimsSource
    value: dict[str, object]
    claims: GroupClaims

    @property
    def token_use(self) -> str | None:
        """`id` or `access`, if the claims say so."""
        use = self.payload.get("token_use")
        return use if isinstance(use, str) and use in ("id", "access") else None

    @property
    def is_access_token(self) -> bool:
        """Whether the claims say that they are an access token's."""
        return self.token_use == "access"  # noqa: S105, no password

    @property
    def payload(self) -> dict[str, object]:
        """The token's claims as the carrier has them; none in a trigger's event."""
        if self.carrier is ClaimsSource.JWT:
            return self.value
        for path in _PATHS:
            if (claims := as_object(get_path(self.value, *path))) is not None:
                return claims
        return {}


_PATHS = (
    ("identity", "claims"),
    ("claims",),
    ("requestContext", "authorizer", "jwt", "claims"),
    ("requestContext", "authorizer", "claims"),
)


def token_from_text(
    text: bytes,
    known_groups: list[str] | None = None,
    *,
    comma_free: bool = False,
    carriers: Collection[ClaimsSource] = tuple(ClaimsSource),
) -> Given:
    """Read a token, its payload or an event, or stop with what is wrong, and nothing of a token in it."""
    if known_groups is not None and comma_free:
        raise typer.BadParameter("give --known-group or --comma-free, not both")
    if known_groups is not None and "" in known_groups:
        raise typer.BadParameter("--known-group: the name of a group is not empty")
    members = as_object(_document(text))
    if members is None:
        stop(ExitCode.BAD_INPUT, ["must be a token, its payload or an event, which is an object"])
    if "Groups" in members:
        stop(ExitCode.BAD_INPUT, ["is a list of groups: cognito-claims resolve reads it"])
    try:
        carrier = detect_source(members)
        if carrier not in carriers:
            fault = f"is the event of another kind, {carrier}, which lacks claims or has them as text alone"
            stop(ExitCode.BAD_INPUT, [f"{fault}: give the ID token or its payload"])
        return Given(carrier, members, _read(carrier, members, known_groups, comma_free=comma_free))
    except InvalidClaimsError as error:
        said = str(error).replace("known_groups", "--known-group")
        stop(ExitCode.BAD_INPUT, said.replace("comma_free=True", "--comma-free").splitlines())


def _document(text: bytes) -> object:
    try:
        plain = text.decode(json.detect_encoding(text)).removeprefix("\ufeff").strip()
    except UnicodeDecodeError:
        stop(ExitCode.BAD_INPUT, ["not text: a token or JSON is in UTF-8 or UTF-16"])
    if not plain:
        stop(ExitCode.BAD_INPUT, ["nothing to read: expected a token, its payload or an event"])
    token = _TOKEN.fullmatch(plain)
    if token is None:
        return document_from_text(plain.encode())
    if token["payload"] is None:
        stop(ExitCode.BAD_INPUT, ["the token is cut off: it has three parts with dots between"])
    return _payload(token["payload"])


def _read(
    carrier: ClaimsSource, value: dict[str, object], known_groups: list[str] | None, *, comma_free: bool
) -> GroupClaims:
    match carrier:
        case ClaimsSource.JWT:
            return parse_token_payload(value)
        case ClaimsSource.APPSYNC:
            return parse_appsync_event(value)
        case ClaimsSource.REST_API:
            return parse_rest_api_event(value, known_groups=known_groups, comma_free=comma_free)
        case ClaimsSource.HTTP_API:
            return parse_http_api_event(value)
        case ClaimsSource.PRE_TOKEN_GENERATION:
            return parse_pre_token_generation_event(value)
        case _:
            assert_never(carrier)


_TOKEN = re.compile(
    r"""["']?(?:Authorization:\s*)?(?:Bearer\s+)?
    (?:eyJ[\w=-]*(?:\.[\w=-]*)?|[\w=-]+\.(?P<payload>[\w=-]+)\.[\w=-]*)["']?""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""A token as it is copied: with the header's name, or in quotes; or what is left of one."""


def _payload(part: str) -> object:
    part = part.rstrip("=")
    try:
        return cast("object", json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))
    except (ValueError, RecursionError):
        stop(ExitCode.BAD_INPUT, ["the token's payload is not JSON in base64url: is the token whole?"])
