"""The token, payload or event that a command reads."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection
from dataclasses import dataclass
from typing import assert_never, cast

import typer

from cognito_claims._wire.json import as_object, get_path
from cognito_claims.claims import GroupClaims
from cognito_claims.cli._exit import ExitCode, fail
from cognito_claims.cli._input import parse_json
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
class ParsedInput:
    """A parsed token payload or event."""

    source: ClaimsSource
    value: dict[str, object]
    claims: GroupClaims

    @property
    def token_use(self) -> str | None:
        """The claim `token_use`, if it is `id` or `access`."""
        use = self.payload.get("token_use")
        return use if isinstance(use, str) and use in ("id", "access") else None

    @property
    def is_access_token(self) -> bool:
        """Whether `token_use` is `access`."""
        return self.token_use == "access"  # noqa: S105, no password

    @property
    def payload(self) -> dict[str, object]:
        """The claims of the token as the event represents them; empty for a trigger event."""
        if self.source is ClaimsSource.JWT:
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


def parse_input(
    text: bytes,
    known_groups: list[str] | None = None,
    *,
    comma_free: bool = False,
    sources: Collection[ClaimsSource] = tuple(ClaimsSource),
) -> ParsedInput:
    """Parse a token, its payload or an event, or fail without quoting any of it."""
    if known_groups is not None and comma_free:
        raise typer.BadParameter("pass --known-group or --comma-free, not both")
    if known_groups is not None and "" in known_groups:
        raise typer.BadParameter("--known-group: must not be empty")
    members = as_object(_decode(text))
    if members is None:
        fail(ExitCode.BAD_INPUT, ["must be a token, its payload or an event, as a JSON object"])
    if "Groups" in members:
        fail(ExitCode.BAD_INPUT, ["is a list of groups: use cognito-claims resolve"])
    try:
        source = detect_source(members)
        if source not in sources:
            error = (
                f"{source} events omit claims or convert them to strings: pass the ID token or its payload"
            )
            fail(ExitCode.BAD_INPUT, [error])
        claims = _parse_claims(source, members, known_groups, comma_free=comma_free)
        return ParsedInput(source, members, claims)
    except InvalidClaimsError as error:
        message = str(error).replace("known_groups", "--known-group")
        fail(ExitCode.BAD_INPUT, message.replace("comma_free=True", "--comma-free").splitlines())


def _decode(text: bytes) -> object:
    try:
        plain = text.decode(json.detect_encoding(text)).removeprefix("\ufeff").strip()
    except UnicodeDecodeError:
        fail(ExitCode.BAD_INPUT, ["must be a token or JSON, in UTF-8 or UTF-16"])
    if not plain:
        fail(ExitCode.BAD_INPUT, ["the input is empty: expected a token, its payload or an event"])
    token = _TOKEN.fullmatch(plain)
    if token is None:
        return parse_json(plain.encode())
    if token["payload"] is None:
        fail(ExitCode.BAD_INPUT, ["the token is incomplete: expected three parts separated by dots"])
    return _decode_payload(token["payload"])


def _parse_claims(
    source: ClaimsSource, value: dict[str, object], known_groups: list[str] | None, *, comma_free: bool
) -> GroupClaims:
    match source:
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
            assert_never(source)


_TOKEN = re.compile(
    r"""["']?(?:Authorization:\s*)?(?:Bearer\s+)?
    (?:eyJ[\w=-]*(?:\.[\w=-]*)?|[\w=-]+\.(?P<payload>[\w=-]+)\.[\w=-]*)["']?""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""A token as people copy it: with the name of the header, in quotes, or incomplete."""


def _decode_payload(part: str) -> object:
    part = part.rstrip("=")
    try:
        return cast("object", json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))
    except (ValueError, RecursionError):
        fail(
            ExitCode.BAD_INPUT,
            ["the token's payload must be JSON in base64url: check that the token is complete"],
        )
