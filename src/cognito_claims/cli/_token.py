"""The token, payload or event that a command reads."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import typer

from cognito_claims._wire.json import as_object, decode_base64url_json, get_path
from cognito_claims.claims import GroupClaims
from cognito_claims.cli._exit import ExitCode, fail
from cognito_claims.cli._input import parse_json
from cognito_claims.errors import InvalidClaimsError
from cognito_claims.events import ClaimsSource, detect_source, parse_event


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
    def issuer(self) -> str | None:
        """The claim `iss`."""
        issuer = self.payload.get("iss")
        return issuer if isinstance(issuer, str) else None

    @property
    def issued_at(self) -> int | None:
        """The claim `iat`, in seconds since 1970."""
        return _parse_date(self.payload.get("iat"))

    @property
    def expires_at(self) -> int | None:
        """The claim `exp`, in seconds since 1970."""
        return _parse_date(self.payload.get("exp"))

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
    ("identity", "claims"),  # AppSync
    ("claims",),  # AppSync, if a resolver passes the identity alone
    ("requestContext", "authorizer", "jwt", "claims"),  # an HTTP API
    ("requestContext", "authorizer", "claims"),  # a REST API
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
            reason = "events omit claims or convert them to strings: pass the ID token or its payload"
            fail(ExitCode.BAD_INPUT, [f"{source} {reason}"])
        claims = parse_event(source, members, known_groups=known_groups, comma_free=comma_free)
        return ParsedInput(source, members, claims)
    except InvalidClaimsError as error:
        # The message names the arguments of `parse_event`.
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
    try:
        return decode_base64url_json(token["payload"])
    except (ValueError, RecursionError):
        reason = "the token's payload must be JSON in base64url: check that the token is complete"
        fail(ExitCode.BAD_INPUT, [reason])


def _parse_date(value: object) -> int | None:
    """Return a date as tokens, HTTP APIs and REST APIs write it, in seconds since 1970."""
    if isinstance(value, str):
        value = _parse_date_string(value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return int(value) if 0 <= value < _YEAR_10000 else None


def _parse_date_string(text: str) -> float | None:
    if _EPOCH.fullmatch(text):
        return int(text)
    if (found := _REST_DATE.fullmatch(text)) is None:
        return None
    month, day, hour, minute, second, year = found.groups()
    try:
        # Not `strptime`, which expects the names of months in the language of the locale.
        date = datetime(int(year), _MONTHS.index(month) + 1, int(day), tzinfo=UTC)
        return date.replace(hour=int(hour), minute=int(minute), second=int(second)).timestamp()
    except ValueError:
        return None


_EPOCH = re.compile("[0-9]{1,12}")
_REST_DATE = re.compile(r"\w{3} (\w{3}) (\d\d) (\d\d):(\d\d):(\d\d) UTC (\d{4})", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEAR_10000 = 253402300800  # `datetime` ends there
_TOKEN = re.compile(
    r"""["']?(?:Authorization:\s*)?(?:Bearer\s+)?
    (?:eyJ[\w=-]*(?:\.[\w=-]*)?|[\w=-]+\.(?P<payload>[\w=-]+)\.[\w=-]*)["']?""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""A token as people copy it: with the name of the header, in quotes, or incomplete."""
