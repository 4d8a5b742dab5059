"""The events of API Gateway, whose authorizers write every claim as a string.

The authorizer of an HTTP API writes an array in brackets. That of a REST API joins
it with commas, which group names may contain: a string that can be split in several
ways is an `AmbiguousClaimsError`. serverless-offline writes the claims of the decoded
token: an array is read as it is.

>>> event = build_rest_api_event(GroupClaims(groups=("admins", "staff")))
>>> event["requestContext"]["authorizer"]["claims"]
{'cognito:groups': 'admins,staff'}
>>> parse_rest_api_event(event, known_groups=["admins", "staff", "guests"]).groups
('admins', 'staff')

Rules: `rest-commas`, `rest-ambiguous`, `unknown-names`, `http-brackets`, `decoded-arrays`,
`updated-issuer-refused`.
"""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from typing import Annotated, Any, TypeAlias

from pydantic import GetCoreSchemaHandler
from pydantic_core.core_schema import CoreSchema, custom_error_schema

from cognito_claims._wire.base import EPOCH, CamelCaseModel
from cognito_claims._wire.json import as_list, as_object, get_path, validate_names
from cognito_claims._wire.parsing import parse_claims
from cognito_claims._wire.scalars import (
    ARN_PATTERN,
    MAX_NAME_LENGTH,
    NonEmptyStr,
    Omittable,
    StrictStr,
    TupleOf,
)
from cognito_claims.claims import GroupClaims
from cognito_claims.errors import AmbiguousClaimsError, InvalidClaimsError, Problem
from cognito_claims.tokens import (
    ClaimsLike,
    ClaimsModel,
    EventLike,
    PreferredRole,
    build_token_payload,
    format_claim,
    parse_issuer,
)

_REST = "REST API event"
_HTTP = "HTTP API event"
_CLAIMS = "requestContext.authorizer.claims"


class _StringOrList:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Otherwise, a union reports a problem for each of its types.
        message = "must be a string, or a list of strings that are not empty"
        return custom_error_schema(handler(source), "string_or_list", custom_error_message=message)


_Names: TypeAlias = str | tuple[str, ...]


class _Claims(ClaimsModel, frozen=True):
    cognito_preferred_role: Omittable[PreferredRole] = None
    cognito_groups: Omittable[Annotated[StrictStr | TupleOf[NonEmptyStr], _StringOrList]] = None
    cognito_roles: Omittable[Annotated[StrictStr | TupleOf[NonEmptyStr], _StringOrList]] = None


class _Authorizer(CamelCaseModel, frozen=True):
    claims: _Claims


class _Context(CamelCaseModel, frozen=True):
    authorizer: _Authorizer


class _Event(CamelCaseModel, frozen=True):
    request_context: _Context


class _JwtAuthorizer(CamelCaseModel, frozen=True):
    jwt: _Authorizer


class _JwtContext(CamelCaseModel, frozen=True):
    authorizer: _JwtAuthorizer


class _JwtEvent(CamelCaseModel, frozen=True):
    request_context: _JwtContext


def parse_rest_api_event(
    event: EventLike, *, known_groups: Iterable[str] | None = None, comma_free: bool = False
) -> GroupClaims:
    """Parse the group claims in the event of a REST API with a Cognito authorizer.

    The gateway joins names with commas, and a group name may contain a comma: `a,b`
    is two groups or one. Pass the names of the pool's groups, or declare that
    none of them contains a comma. An array, as serverless-offline writes it, is
    never ambiguous.

    Args:
        event: The Lambda event, with the claims in `requestContext.authorizer.claims`.
        known_groups: The names of all groups of the pool. They are used only if the string
            can be split in several ways.
        comma_free: Whether no group of the pool has a comma in its name.

    Raises:
        AmbiguousClaimsError: If the names can be split in several ways, and `known_groups` does
            not decide.
        InvalidClaimsError: If there are no claims, or a group claim has the wrong type.
        TypeError: If both `known_groups` and `comma_free` are passed, or `known_groups` is not a
            list of names.
    """
    known = None if known_groups is None else frozenset(validate_names(known_groups))
    if comma_free and known is not None:
        raise TypeError("pass known_groups or comma_free, not both")
    claims = parse_claims(_Event, event, _REST).request_context.authorizer.claims
    if get_path(event, "version") == "1.0" and is_bracketed(claims.cognito_groups):
        reason = "must not be 1.0, the version of an HTTP API's event: use parse_http_api_event"
        raise InvalidClaimsError(_REST, [Problem("version", reason)])
    return GroupClaims(
        _split_groups(claims.cognito_groups or "", known, comma_free=comma_free),
        _split_roles(claims.cognito_roles or ""),
        claims.cognito_preferred_role,
    )


def parse_http_api_event(event: EventLike) -> GroupClaims:
    """Parse the group claims in the event of an HTTP API with a JWT authorizer.

    The payload format is 2.0 or 1.0. The gateway separates names with spaces, which
    a group name never contains. A name that a trigger sets may contain spaces, and
    is parsed as several names. An array, as serverless-offline writes it, is read
    as it is.

    Raises:
        InvalidClaimsError: If there are no claims, or a group claim has the wrong type.
    """
    if _has_format_1(event):
        claims, path = (
            parse_claims(_Event, event, _HTTP).request_context.authorizer.claims,
            _CLAIMS,
        )
    else:
        jwt = parse_claims(_JwtEvent, event, _HTTP).request_context.authorizer.jwt
        claims, path = jwt.claims, "requestContext.authorizer.jwt.claims"
    return GroupClaims(
        _parse_brackets(claims.cognito_groups, f"{path}['cognito:groups']"),
        _parse_brackets(claims.cognito_roles, f"{path}['cognito:roles']"),
        claims.cognito_preferred_role,
    )


def _has_format_1(event: EventLike) -> bool:
    version = get_path(event, "version")
    # serverless-offline writes no version, but a decoded token, with numbers: a gateway writes strings.
    claims = as_object(get_path(event, "requestContext", "authorizer", "claims")) or {}
    is_decoded = any(not isinstance(value, str) for value in claims.values())
    return version == "1.0" or (version is None and is_decoded)


_is_name = re.compile(rf"\S{{1,{MAX_NAME_LENGTH}}}").fullmatch
_is_comma_free_name = re.compile(rf"[^\s,]{{1,{MAX_NAME_LENGTH}}}").fullmatch
_is_arn = re.compile(ARN_PATTERN).fullmatch


def _split_groups(text: _Names, known: Collection[str] | None, *, comma_free: bool) -> tuple[str, ...]:
    path = f"{_CLAIMS}['cognito:groups']"
    if not isinstance(text, str):
        return text
    if not text:
        return ()
    ways, names = _split_at_commas(text, _is_comma_free_name if comma_free else _is_name)
    if not ways:
        reason = "must be names separated by commas, without white space"
        raise InvalidClaimsError(_REST, [Problem(path, reason)])
    remedy = "pass known_groups, or comma_free=True if no group of the pool has a comma"
    if ways > 1 and known is not None:
        ways, names = _split_at_commas(text, known.__contains__)
        remedy = "known_groups matches " + (
            "more than one reading" if ways else "no reading: pass the names of all groups in the pool"
        )
    if ways != 1:
        reason = f"can be read in more than one way, since a name may contain a comma: {remedy}"
        raise AmbiguousClaimsError(_REST, [Problem(path, reason)])
    return names


def _split_at_commas(text: str, is_name: Callable[[str], object]) -> tuple[int, tuple[str, ...]]:
    """Return the number of ways to split a string into names, up to 2, and one of the ways.

    Works backwards and stores the number of ways to split each suffix.
    """
    # To try every split would take exponential time, on a string that a user who signs up with
    # an identity provider may control. As names are short, this takes linear time.
    pieces = text.split(",")
    ways = [0] * len(pieces) + [1]
    first_end = [0] * len(pieces)
    for start in reversed(range(len(pieces))):
        name = ""
        for end in range(start + 1, len(ways)):
            name += pieces[end - 1]
            if len(name) > MAX_NAME_LENGTH or ways[start] > 1:
                break
            if ways[end] and is_name(name):
                ways[start] = min(2, ways[start] + ways[end])
                first_end[start] = end
            name += ","
    names: list[str] = []
    start = 0
    while ways[0] and start < len(pieces):
        names.append(",".join(pieces[start : first_end[start]]))
        start = first_end[start]
    return ways[0], tuple(names)


def _split_roles(text: _Names) -> tuple[str, ...]:
    if not isinstance(text, str):
        return text
    # No role's ARN contains `,arn:`: the only colon after the account ID is the one before `role`.
    roles = tuple(re.split(",(?=arn:)", text)) if text else ()
    # A string without a comma is one role, even if it is no ARN: triggers can set any string.
    if not all(map(_is_arn, roles)) and "," in text:
        reason = "must be ARNs of roles separated by commas"
        raise InvalidClaimsError(_REST, [Problem(f"{_CLAIMS}['cognito:roles']", reason)])
    return roles


def is_bracketed(text: object) -> bool:
    """Return whether this is an array as an HTTP API writes it, such as `[admins staff]`."""
    return isinstance(text, str) and text.startswith("[") and text.endswith("]")


def _parse_brackets(text: _Names | None, path: str) -> tuple[str, ...]:
    if text is None or text == "[]":
        return ()
    if not isinstance(text, str):
        return text
    names = text[1:-1].split(" ")
    if not is_bracketed(text) or any(name.split() != [name] for name in names):
        reason = "must be names in brackets, separated by single spaces"
        raise InvalidClaimsError(_HTTP, [Problem(path, reason)])
    return tuple(names)


def build_rest_api_event(claims: ClaimsLike, *, path: str = "/") -> dict[str, Any]:
    """Build the event that a REST API with a Cognito authorizer sends for a `GET` request of the path.

    Rules: `rest-commas`, `updated-issuer-refused`.

    Raises:
        InvalidClaimsError: If the claims are not an object, cannot be written as JSON, or have the
            updated issuer, which the authorizer does not accept.
    """
    members = build_token_payload(claims)
    issuer = parse_issuer(members.get("iss"))
    if issuer is not None and issuer.is_updated:
        reason = "must be the original issuer: the authorizer of a REST API does not accept the updated one"
        raise InvalidClaimsError(_REST, [Problem("iss", reason)])
    payload = members.items()
    return {
        "resource": path,
        "path": path,
        "httpMethod": "GET",
        "headers": {"Host": "example.execute-api.eu-west-1.amazonaws.com"},
        "multiValueHeaders": {"Host": ["example.execute-api.eu-west-1.amazonaws.com"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "example",
            "authorizer": {
                "claims": {name: _format_rest(name, value) for name, value in payload if value is not None}
            },
            "httpMethod": "GET",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "example"},
            "path": f"/prod{path}",
            "protocol": "HTTP/1.1",
            "requestId": "00000000-0000-4000-8000-000000000000",
            "requestTime": "14/Nov/2023:22:13:20 +0000",
            "requestTimeEpoch": 1700000000000,
            "resourcePath": path,
            "stage": "prod",
        },
        "body": None,
        "isBase64Encoded": False,
    }


def build_http_api_event(claims: ClaimsLike, *, path: str = "/") -> dict[str, Any]:
    """Build the event that an HTTP API with a JWT authorizer sends for a `GET` request of the path.

    The payload format is 2.0.

    Raises:
        InvalidClaimsError: If the claims are not an object, or cannot be written as JSON.
    """
    payload = build_token_payload(claims).items()
    # Published events have no claims that are null in the token.
    strings = {name: _format_http(value) for name, value in payload if value is not None}
    return {
        "version": "2.0",
        "routeKey": f"GET {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "example.execute-api.eu-west-1.amazonaws.com"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "example",
            "authorizer": {"jwt": {"claims": strings, "scopes": None}},
            "domainName": "example.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "example",
            "http": {
                "method": "GET",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "example",
            },
            "requestId": "example",
            "routeKey": f"GET {path}",
            "stage": "$default",
            "time": "14/Nov/2023:22:13:20 +0000",
            "timeEpoch": 1700000000000,
        },
        "isBase64Encoded": False,
    }


_YEAR_10000 = 253402300800  # in seconds since 1970; `datetime` ends there


def _format_rest(name: str, value: object) -> str:
    is_date = name in ("exp", "iat") and not isinstance(value, bool)
    if is_date and isinstance(value, int | float) and 0 <= value < _YEAR_10000:
        # Published events have `Thu May 30 07:38:49 UTC 2024`. Unlike `%a` and `%b`, `ctime`
        # writes the English names in every locale.
        date = EPOCH + timedelta(seconds=int(value))
        return f"{date.ctime()[:7]} {date:%d %H:%M:%S UTC %Y}"
    items = as_list(value)
    return format_claim(value) if items is None else ",".join(map(format_claim, items))


def _format_http(value: object) -> str:
    items = as_list(value)
    return format_claim(value) if items is None else f"[{' '.join(map(format_claim, items))}]"
