"""The claims as gateways and events render them: read back, and rendered for tests.

One reader for each carrier; all give `GroupClaims`. What a carrier does not
have (an access token's roles) is empty. Nothing is ever guessed: what can be
read in more than one way is an `AmbiguousClaimsError`.

>>> event = {"requestContext": {"authorizer": {"jwt": {"claims": {"cognito:groups": "[admins staff]"}}}}}
>>> parse_http_api_event(event)
GroupClaims(groups=('admins', 'staff'), roles=(), preferred_role=None)

The renderers build the event that the real gateway would send, for a test of a
Lambda function:

>>> event = build_rest_api_event(GroupClaims(groups=("admins", "staff")))
>>> event["requestContext"]["authorizer"]["claims"]
{'cognito:groups': 'admins,staff'}
>>> parse_rest_api_event(event, known_groups=["admins", "staff", "guests"]).groups
('admins', 'staff')

Rules: every one of `cognito_claims.rules.EVENT_RULES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, BeforeValidator, Field

from cognito_claims._wire import (
    ARN_PATTERN,
    CamelCaseModel,
    EmptyStringAsNone,
    NonEmptyStr,
    Omittable,
    StrictStr,
    TupleOf,
    as_list,
    as_object,
    get_path,
    parse_claims,
    validate_group_names,
)
from cognito_claims.claims import GroupClaims
from cognito_claims.errors import AmbiguousClaimsError, InvalidClaimsError, Problem
from cognito_claims.tokens import (
    ClaimsLike,
    ClaimsModel,
    PayloadGroupClaims,
    build_token_payload,
    format_claim,
    parse_token_payload,
)

__all__ = [
    "ClaimsSource",
    "EventLike",
    "GroupConfiguration",
    "build_appsync_event",
    "build_http_api_event",
    "build_pre_token_generation_event",
    "build_rest_api_event",
    "detect_source",
    "parse_appsync_event",
    "parse_http_api_event",
    "parse_pre_token_generation_event",
    "parse_rest_api_event",
]

EventLike: TypeAlias = Mapping[str, object] | BaseModel
"""What Lambda hands over, or a part of it: a dictionary, or aws-lambda-powertools' class or model of it."""


class ClaimsSource(StrEnum):
    """How claims arrive."""

    JWT = "jwt"
    """The decoded payload of an ID token or an access token."""

    APPSYNC = "appsync"
    """The `identity` of an AppSync resolver's event."""

    REST_API = "rest-api"
    """The event of a REST API with a Cognito authorizer: `requestContext.authorizer.claims`."""

    HTTP_API = "http-api"
    """The event of an HTTP API with a JWT authorizer: `requestContext.authorizer.jwt.claims`."""

    PRE_TOKEN_GENERATION = "pre-token-generation"  # noqa: S105, no password
    """The event of a pre token generation trigger: `request.groupConfiguration`."""


class _Texts(ClaimsModel, frozen=True):
    cognito_preferred_role: Omittable[NonEmptyStr] = None
    cognito_groups: Omittable[StrictStr] = None
    cognito_roles: Omittable[StrictStr] = None


class _AppSyncIdentity(CamelCaseModel, frozen=True):
    claims: PayloadGroupClaims


class _AppSyncEvent(CamelCaseModel, frozen=True):
    identity: _AppSyncIdentity


class _Authorizer(CamelCaseModel, frozen=True):
    claims: _Texts


class _Context(CamelCaseModel, frozen=True):
    authorizer: _Authorizer


class _RestEvent(CamelCaseModel, frozen=True):
    request_context: _Context


class _JwtAuthorizer(CamelCaseModel, frozen=True):
    jwt: _Authorizer


class _JwtContext(CamelCaseModel, frozen=True):
    authorizer: _JwtAuthorizer


class _HttpEvent(CamelCaseModel, frozen=True):
    request_context: _JwtContext


def _or_empty_list(value: object) -> object:
    return () if value is None else value


StringList = Annotated[TupleOf[NonEmptyStr], BeforeValidator(_or_empty_list)]


class GroupConfiguration(CamelCaseModel, frozen=True):
    """A user's groups and roles in a pre token generation event."""

    groups_to_override: StringList = ()
    """The names of the groups. Null is read as empty."""

    iam_roles_to_override: StringList = ()
    """The ARNs of the groups' roles. Null is read as empty."""

    preferred_role: Omittable[
        Annotated[NonEmptyStr, EmptyStringAsNone("text or null (AWS's sample has a list)")]
    ] = None
    """The ARN of the preferred role, or `None`. Empty is read as absent."""

    @property
    def group_claims(self) -> GroupClaims:
        """The claims that these are in a token."""
        return GroupClaims(self.groups_to_override, self.iam_roles_to_override, self.preferred_role)


CONTAINERS = {
    "1": "claimsOverrideDetails",
    "2": "claimsAndScopeOverrideDetails",
    "3": "claimsAndScopeOverrideDetails",
}
"""Where a pre token generation trigger's answer stands in the response, by the event's version."""

_TRIGGER_SOURCES = ("TokenGeneration_", "PreTokenGen")
TriggerSource = Annotated[StrictStr, Field(pattern=f"^({'|'.join(_TRIGGER_SOURCES)})")]
"""`TokenGeneration_Authentication` and the like; AWS's sample event has `PreTokenGen`."""


class _TriggerRequest(CamelCaseModel, frozen=True):
    group_configuration: Omittable[GroupConfiguration] = None


class _TriggerEvent(CamelCaseModel, frozen=True):
    trigger_source: Omittable[TriggerSource] = None
    request: _TriggerRequest


def parse_appsync_event(event: EventLike) -> GroupClaims:
    """Read the event of an AppSync resolver, or its `identity` alone.

    Raises:
        InvalidClaimsError: there is no identity with claims, or a group claim has a wrong type.
    """
    members = as_object(event)
    if members is not None and "identity" not in members:
        return parse_claims(_AppSyncIdentity, members, "AppSync identity").claims.group_claims
    return parse_claims(_AppSyncEvent, event, "AppSync event").identity.claims.group_claims


def parse_rest_api_event(
    event: EventLike, *, known_groups: Iterable[str] | None = None, comma_free: bool = False
) -> GroupClaims:
    """Read the event of a REST API with a Cognito authorizer.

    The gateway joins names by commas, and a name may hold one: `a,b` may be
    two groups or one. Say which groups the pool has, or that no name has a comma.

    Args:
        event: the Lambda event; the claims are in `requestContext.authorizer.claims`.
        known_groups: the names of all groups of the pool. Asked only where a comma leaves it open.
        comma_free: your word that no group of the pool has a comma in its name.

    Raises:
        AmbiguousClaimsError: the names can be split in several ways, and what is known does not decide.
        InvalidClaimsError: there are no claims, or a group claim has a wrong type.
        TypeError: both `known_groups` and `comma_free` are given, or the groups are no list of names.
    """
    known = None if known_groups is None else frozenset(validate_group_names(known_groups))
    if comma_free and known is not None:
        raise TypeError("pass known_groups or comma_free, not both")
    claims = parse_claims(_RestEvent, event, _REST).request_context.authorizer.claims
    if get_path(event, "version") == "1.0" and _is_bracketed(claims.cognito_groups):
        raise InvalidClaimsError(
            _REST, [Problem("version", "is 1.0, an HTTP API's: use parse_http_api_event")]
        )
    place = "requestContext.authorizer.claims"
    return GroupClaims(
        _groups_of_rest(claims.cognito_groups, f"{place}['cognito:groups']", known, comma_free),
        _roles_of_rest(claims.cognito_roles, f"{place}['cognito:roles']"),
        claims.cognito_preferred_role,
    )


def parse_http_api_event(event: EventLike) -> GroupClaims:
    """Read the event of an HTTP API with a JWT authorizer, in payload format 2.0 or 1.0.

    Names are told apart by blanks, which the name of a group never holds. What a
    trigger makes up may hold some, and reads as several names here.

    Raises:
        InvalidClaimsError: there are no claims, or a group claim has a wrong type.
    """
    source = "HTTP API event"
    if get_path(event, "version") == "1.0":
        claims = parse_claims(_RestEvent, event, source).request_context.authorizer.claims
        place = "requestContext.authorizer.claims"
    else:
        claims = parse_claims(_HttpEvent, event, source).request_context.authorizer.jwt.claims
        place = "requestContext.authorizer.jwt.claims"
    return GroupClaims(
        _bracketed(claims.cognito_groups, source, f"{place}['cognito:groups']"),
        _bracketed(claims.cognito_roles, source, f"{place}['cognito:roles']"),
        claims.cognito_preferred_role,
    )


def parse_pre_token_generation_event(event: EventLike) -> GroupClaims:
    """Read the event of a pre token generation trigger of any version: what the tokens would say.

    Raises:
        InvalidClaimsError: this is another trigger's event, or the group configuration does not fit.
    """
    request = parse_claims(_TriggerEvent, event, "pre token generation event").request
    return (request.group_configuration or GroupConfiguration()).group_claims


def detect_source(value: EventLike) -> ClaimsSource:
    """Tell what this is: a token's payload, or which event.

    Raises:
        InvalidClaimsError: none of them.
    """
    members = as_object(value) or {}
    authorizer = ("requestContext", "authorizer")
    # A token first, since a trigger may add a claim of any name to it.
    if "token_use" in members or "cognito:groups" in members or {"iss", "sub"} <= members.keys():
        return ClaimsSource.JWT
    if _is_pre_token_generation(members):
        return ClaimsSource.PRE_TOKEN_GENERATION
    if get_path(members, *authorizer, "jwt", "claims") is not None:
        return ClaimsSource.HTTP_API
    if get_path(members, *authorizer, "claims") is not None:
        # sam local writes a version into a REST API's events too.
        groups = get_path(members, *authorizer, "claims", "cognito:groups")
        is_http = members.get("version") == "1.0" and (groups is None or _is_bracketed(groups))
        return ClaimsSource.HTTP_API if is_http else ClaimsSource.REST_API
    if get_path(members, "identity", "claims") is not None or {"claims", "sourceIp"} <= members.keys():
        return ClaimsSource.APPSYNC
    reason = "is no token's payload and no event with claims: " + ", ".join(ClaimsSource)
    raise InvalidClaimsError("claims", [Problem("", reason)])


def _is_pre_token_generation(members: dict[str, object]) -> bool:
    source = members.get("triggerSource")
    if isinstance(source, str) and "request" in members:
        return source.startswith(_TRIGGER_SOURCES)
    return get_path(members, "request", "groupConfiguration") is not None


_REST = "REST API event"
_LONGEST_NAME = 128
_is_name = re.compile(rf"\S{{1,{_LONGEST_NAME}}}").fullmatch
_is_arn = re.compile(ARN_PATTERN).fullmatch


def _groups_of_rest(
    text: str | None, path: str, known: Collection[str] | None, comma_free: bool
) -> tuple[str, ...]:
    if text is None or text == "":
        return ()
    if comma_free and all(map(_is_name, names := text.split(","))):
        return tuple(names)
    found: list[tuple[str, ...]] = [] if comma_free else _readings(text, _is_name)
    if not found:
        reason = "must be names with commas between, without white space"
        raise InvalidClaimsError(_REST, [Problem(path, reason)])
    remedy = "pass known_groups, or comma_free=True if no group of the pool has a comma"
    if len(found) > 1 and known is not None:
        found = _readings(text, known.__contains__)
        remedy = f"known_groups allow {'several' if found else 'none; name all groups of the pool'}"
    if len(found) != 1:
        reason = f"can be read in more than one way, since a name may hold a comma: {remedy}"
        raise AmbiguousClaimsError(_REST, [Problem(path, reason)])
    return found[0]


def _roles_of_rest(text: str | None, path: str) -> tuple[str, ...]:
    # No role's ARN holds `,arn:`, as there is no colon after the account but that before `role`.
    if text is None or text == "":
        return ()
    roles = tuple(_BEFORE_ARN.split(text))
    if not all(map(_is_arn, roles)) and "," in text:  # without one, what a trigger made up is one role
        raise InvalidClaimsError(_REST, [Problem(path, "must be ARNs of roles with commas between")])
    return roles


_BEFORE_ARN = re.compile(",(?=arn:)")


def _readings(text: str, fits: Callable[[str], object]) -> list[tuple[str, ...]]:
    """Give the ways to split a text at commas so that each name fits; two of them if there are more."""
    pieces = text.split(",")
    ways: list[list[_Chain | None]] = [*([] for _ in pieces), [None]]
    for start in reversed(range(len(pieces))):
        name = ""
        for end in range(start + 1, len(ways)):
            name += pieces[end - 1]
            if len(name) > _LONGEST_NAME or len(ways[start]) > 1:
                break
            if ways[end] and fits(name):
                ways[start] += [_Chain(name, rest) for rest in ways[end]]
            name += ","
    return [tuple(chain.names()) for chain in ways[0][:2] if chain is not None]


class _Chain(NamedTuple):
    """A list of names that shares its tail with others."""

    name: str
    rest: _Chain | None

    def names(self) -> Iterator[str]:
        chain: _Chain | None = self
        while chain is not None:
            yield chain.name
            chain = chain.rest


def _is_bracketed(text: object) -> bool:
    return isinstance(text, str) and text.startswith("[") and text.endswith("]")


def _bracketed(text: str | None, source: str, path: str) -> tuple[str, ...]:
    if text is None or text == "[]":
        return ()
    names = text[1:-1].split(" ")
    if not (_is_bracketed(text) and all(map(_NO_BLANKS, names))):
        reason = "must be names in brackets with one blank between"
        raise InvalidClaimsError(source, [Problem(path, reason)])
    return tuple(names)


_NO_BLANKS = re.compile(r"\S+").fullmatch


def build_appsync_event(claims: ClaimsLike) -> dict[str, Any]:
    """Build the event of an AppSync resolver, as a direct Lambda resolver gets it."""
    payload = build_token_payload(claims)
    identity = {
        "claims": payload,
        "defaultAuthStrategy": "ALLOW",
        "groups": payload.get("cognito:groups"),
        "issuer": payload.get("iss"),
        "sourceIp": ["192.0.2.1"],
        "sub": payload.get("sub"),
        "username": payload.get("cognito:username", payload.get("username")),
    }
    return {
        "arguments": {},
        "identity": identity,
        "source": None,
        "request": {"headers": {}, "domainName": None},
        "prev": None,
        "info": {
            "selectionSetList": ["id"],
            "selectionSetGraphQL": "{\n  id\n}",
            "fieldName": "example",
            "parentTypeName": "Query",
            "variables": {},
        },
        "stash": {},
    }


def build_rest_api_event(claims: ClaimsLike, *, path: str = "/") -> dict[str, Any]:
    """Build the whole event of a REST API with a Cognito authorizer: a `GET` of the path."""
    texts = {name: _rest_text(name, value) for name, value in _set(build_token_payload(claims))}
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
            "authorizer": {"claims": texts},
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
    """Build the whole event of an HTTP API with a JWT authorizer, in format 2.0: a `GET` of the path."""
    texts = {name: _http_text(value) for name, value in _set(build_token_payload(claims))}
    return {
        "version": "2.0",
        "routeKey": f"GET {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "example.execute-api.eu-west-1.amazonaws.com"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "example",
            "authorizer": {"jwt": {"claims": texts, "scopes": None}},
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


def build_pre_token_generation_event(
    claims: ClaimsLike,
    *,
    version: Literal["1", "2", "3"] = "1",
    user_attributes: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Build the event of a pre token generation trigger at a sign-in.

    Args:
        claims: the user's groups and roles; other claims of a payload take no part.
        version: the version of the event.
        user_attributes: attributes to add to those of an invented user, or to put in their place.

    Raises:
        ValueError: there is no such version.
    """
    if version not in CONTAINERS:
        raise ValueError(f"version: '1', '2' or '3', not {version!r}")
    groups = claims if isinstance(claims, GroupClaims) else parse_token_payload(claims)
    request: dict[str, Any] = {
        "userAttributes": {
            "sub": "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
            "cognito:user_status": "CONFIRMED",
            "email_verified": "true",
            "email": "alice@example.com",
            **(user_attributes or {}),
        },
        "groupConfiguration": {
            "groupsToOverride": list(groups.groups),
            "iamRolesToOverride": list(groups.roles),
            "preferredRole": groups.preferred_role,
        },
    }
    if version != "1":
        request["scopes"] = ["aws.cognito.signin.user.admin"]
    return {
        "version": version,
        "triggerSource": "TokenGeneration_Authentication",
        "region": "eu-west-1",
        "userPoolId": "eu-west-1_EXAMPLE",
        "userName": "alice",
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "1example23456789"},
        "request": request,
        "response": {CONTAINERS[version]: None},
    }


def _set(payload: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in payload.items() if value is not None)


def _rest_text(name: str, value: object) -> str:
    is_date = name in ("exp", "iat") and not isinstance(value, bool)
    if is_date and isinstance(value, int | float) and 0 <= value < _YEAR_10000:
        date = _EPOCH + timedelta(seconds=int(value))
        # Not strftime: its names are those of the machine's locale.
        return f"{_DAYS[date.weekday()]} {_MONTHS[date.month - 1]} {date:%d %H:%M:%S UTC %Y}"
    elements = as_list(value)
    return format_claim(value) if elements is None else ",".join(map(format_claim, elements))


def _http_text(value: object) -> str:
    elements = as_list(value)
    return format_claim(value) if elements is None else f"[{' '.join(map(format_claim, elements))}]"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_10000 = 253402300800
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
