"""The claims of ID tokens and access tokens, as models.

This module does not verify signatures. Verify and decode a token with a JWT library,
and pass the payload that it returns.

>>> payload = {
...     "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE",
...     "sub": "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
...     "aud": "1example23456789",
...     "token_use": "id",
...     "exp": 1700003600,
...     "iat": 1700000000,
...     "cognito:groups": ["staff"],
...     "custom:department": "legal",
... }
>>> token = IdTokenClaims.from_payload(payload)
>>> token.group_claims.groups
('staff',)
>>> token.custom_attributes
{'custom:department': 'legal'}

Compare a token with the user's current groups to find out whether it is stale:

>>> change = token.compare(GroupClaims(groups=("admins", "staff")))
>>> change.groups_added, bool(change)
(('admins',), True)

Source: Amazon Cognito Developer Guide, "Using the ID token" and "Using the
access token", and published tokens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer

from cognito_claims._wire.base import CamelCaseModel, WireModel, keep_name, to_claim_name
from cognito_claims._wire.json import as_object, deep_copy_json
from cognito_claims._wire.parsing import parse_claims
from cognito_claims._wire.scalars import (
    EmptyStringAsNone,
    EpochSeconds,
    NonEmptyStr,
    Omittable,
    StrictBool,
    StrictStr,
    TupleOf,
)
from cognito_claims.claims import ClaimsChange, GroupClaims
from cognito_claims.errors import InvalidClaimsError, Problem

if TYPE_CHECKING:
    from typing import Never, Self

__all__ = [
    "AccessTokenClaims",
    "ClaimsLike",
    "IdTokenClaims",
    "Identity",
    "Issuer",
    "build_issuer",
    "build_provider_name",
    "build_token_payload",
    "parse_issuer",
    "parse_token_payload",
]


ClaimsLike: TypeAlias = GroupClaims | Mapping[str, object] | BaseModel
"""A token's payload, or `GroupClaims`: the payload of an ID token without other claims."""

EventLike: TypeAlias = Mapping[str, object] | BaseModel
"""An event, or a part of one: a dictionary, or the class or model of it in aws-lambda-powertools."""


_SUFFIXES = {
    "cn": "amazonaws.com.cn",
    "eusc-de": "amazonaws.eu",
    "eu-isoe": "cloud.adc-e.uk",
    "us-iso": "c2s.ic.gov",
    "us-isob": "sc2s.sgov.gov",
    "us-isof": "csp.hci.ic.gov",
}
"""The domain of each partition whose domain is not `amazonaws.com`, by the start of its regions."""
AWS_DOMAINS = ("amazonaws.com", *_SUFFIXES.values())

# The region is the host's and not the ID's: a replica keeps the ID of the first region.
_ISSUER = re.compile(
    r"https://(?P<updated>issuer-)?cognito-idp\.(?P<region>[a-z0-9-]+)\.(?P<suffix>[a-z0-9.-]+)"
    r"/(?P<user_pool_id>[A-Za-z0-9_-]+_[0-9A-Za-z]+)"
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """The user pool that an `iss` claim names.

    AWS has two issuers for a user pool: the original one, and the updated one,
    which multi-Region replication requires:

    >>> parse_issuer("https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE")
    Issuer(user_pool_id='eu-west-1_EXAMPLE', region='eu-west-1', is_updated=True)

    Source: Amazon Cognito Developer Guide, "Multi-Region replication", and the
    `IssuerConfiguration` of the API Reference.
    """

    user_pool_id: str
    """The ID of the user pool."""

    region: str
    """The region that issued the token. A replica keeps the pool's ID, which names the first region."""

    is_updated: bool = False
    """Whether the host is `issuer-cognito-idp` and not `cognito-idp`."""

    @property
    def url(self) -> str:
        """The `iss` claim."""
        prefix = "issuer-" if self.is_updated else ""
        return f"https://{prefix}{self._location}"

    def build_provider_name(self, client_id: str) -> str:
        """Return the provider name of the user pool and an app client in an identity pool.

        AWS documents the name with the host `cognito-idp` only.
        """
        return f"{self._location}:{client_id}"

    @property
    def _location(self) -> str:
        return f"cognito-idp.{self.region}.{_get_suffix(self.region)}/{self.user_pool_id}"


def _get_suffix(region: str) -> str:
    return _SUFFIXES.get(re.sub("-[a-z]+-[0-9]+$", "", region), "amazonaws.com")


def parse_issuer(issuer: object) -> Issuer | None:
    """Parse an `iss` claim. Returns `None` if it is not one of AWS's, in any partition."""
    match = _ISSUER.fullmatch(issuer) if isinstance(issuer, str) else None
    if match is None or match["suffix"] != _get_suffix(match["region"]):
        return None
    return Issuer(match["user_pool_id"], match["region"], match["updated"] is not None)


def build_issuer(user_pool_id: str, *, region: str | None = None, updated: bool = False) -> str:
    """Return the `iss` claim of a user pool's tokens, for the partition of the region.

    >>> build_issuer("eu-west-1_EXAMPLE")
    'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE'
    >>> build_issuer("cn-north-1_EXAMPLE", updated=True)
    'https://issuer-cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_EXAMPLE'

    Args:
        user_pool_id: The ID of the user pool.
        region: The region that issues the tokens. By default, the one in the ID.
        updated: Whether to use the updated issuer.
    """
    return Issuer(user_pool_id, region or user_pool_id.partition("_")[0], updated).url


def build_provider_name(issuer: str, client_id: str) -> str:
    """Return the provider name of a user pool, by its issuer, and an app client in an identity pool.

    >>> build_provider_name(build_issuer("eu-west-1_EXAMPLE", updated=True), "1example23456789")
    'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE:1example23456789'
    """
    parsed = parse_issuer(issuer)
    if parsed is not None:
        return parsed.build_provider_name(client_id)
    return f"{issuer.removeprefix('https://')}:{client_id}"  # an emulator's


def _parse_boolean(value: object) -> object:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _parse_digits(value: object) -> object:
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


def _to_token_text(value: bool | int) -> str:
    return str(value).lower()


_DIGITS = re.compile("[0-9]{1,18}")


class Identity(CamelCaseModel, frozen=True):
    """A user's account at an identity provider, from a token's `identities` or a trigger's event."""

    user_id: NonEmptyStr = Field(repr=False)
    """The user's ID at the provider."""

    provider_name: NonEmptyStr
    """The provider's name in the user pool."""

    provider_type: Omittable[StrictStr] = None
    """`SAML`, `OIDC`, `Google`, `Facebook`, `LoginWithAmazon`, `SignInWithApple`."""

    issuer: StrictStr | None = None
    """The provider's entity ID if it is a SAML provider, or `None`."""

    primary: Omittable[
        Annotated[StrictBool, BeforeValidator(_parse_boolean), PlainSerializer(_to_token_text)]
    ] = None
    """Whether it is the user's first account: a string (`"true"`) in a token, a boolean in an event."""

    date_created: Omittable[
        Annotated[int, Field(strict=True), BeforeValidator(_parse_digits), PlainSerializer(_to_token_text)]
    ] = None
    """When it was linked, in milliseconds since 1970: a string in a token, a number in an event."""


PreferredRole: TypeAlias = Annotated[NonEmptyStr, EmptyStringAsNone("a valid string")]
"""The claim `cognito:preferred_role`. An empty string is absent: some verifiers require a string."""


class ClaimsModel(
    WireModel,
    frozen=True,
    alias_generator=to_claim_name,
    field_title_generator=keep_name,
    validate_by_name=False,  # a trigger may add a claim named `cognito_groups`
):
    """Claims by their names in a token, such as `cognito:groups`."""


class _GroupsClaim(ClaimsModel, frozen=True):
    cognito_groups: Omittable[TupleOf[NonEmptyStr]] = None
    """The names of the user's groups, in no particular order. `None` if there are none."""


class PayloadGroupClaims(_GroupsClaim, frozen=True):
    """The claims of a payload about groups and roles, in arrays. Other claims are left out."""

    cognito_roles: Omittable[TupleOf[NonEmptyStr]] = None
    """The ARNs of the groups' roles, in no particular order. `None` if no group has one."""

    cognito_preferred_role: Omittable[PreferredRole] = None
    """The ARN of the preferred role. `None` if there is none. An empty string is read as absent."""

    @property
    def group_claims(self) -> GroupClaims:
        """The claims about groups and roles."""
        return GroupClaims(self.cognito_groups or (), self.cognito_roles or (), self.cognito_preferred_role)


class _TokenClaims(_GroupsClaim, frozen=True, extra="allow"):
    iss: NonEmptyStr
    """The issuer, which names the user pool; `parse_issuer` reads it."""

    sub: NonEmptyStr = Field(repr=False)
    """The user's ID, or the client ID of a machine."""

    exp: EpochSeconds
    """When the token expires, in seconds since 1970."""

    iat: EpochSeconds
    """When the token was issued, in seconds since 1970."""

    auth_time: Omittable[EpochSeconds] = None
    """When the user signed in, in seconds since 1970."""

    jti: Omittable[StrictStr] = None
    """The ID of the token."""

    origin_jti: Omittable[StrictStr] = None
    """The ID of the sign-in that the token originates from."""

    _source: ClassVar[str]

    if TYPE_CHECKING:

        def __init__(self, use_from_payload: Never, /) -> None: ...

    @classmethod
    def from_payload(cls, payload: Mapping[str, object]) -> Self:
        """Validate the payload of a token that is already verified and decoded.

        Raises:
            InvalidClaimsError: If a guaranteed claim is missing, a claim has the wrong type, the
                token is of the other kind, or it is not decoded.
        """
        return parse_claims(cls, payload, cls._source)

    @property
    def user_pool_id(self) -> str | None:
        """The ID of the user pool, from `iss`. `None` if the issuer is not one of AWS's."""
        return None if (issuer := parse_issuer(self.iss)) is None else issuer.user_pool_id

    @property
    def region(self) -> str | None:
        """The region that issued the token, from `iss`. `None` if the issuer is not one of AWS's."""
        return None if (issuer := parse_issuer(self.iss)) is None else issuer.region

    @property
    def custom_attributes(self) -> dict[str, str]:
        """The user's `custom:` attributes by full name.

        Cognito writes them as strings. A value of any other type comes from a trigger, and is
        found in `model_extra` only.
        """
        others = (self.model_extra or {}).items()
        return {
            name: value for name, value in others if name.startswith("custom:") and isinstance(value, str)
        }

    @property
    def developer_attributes(self) -> dict[str, object]:
        """The user's `dev:` attributes by full name."""
        others = (self.model_extra or {}).items()
        return {name: value for name, value in others if name.startswith("dev:")}

    def __repr_args__(self) -> Iterable[tuple[str | None, object]]:
        # A claim that is not modeled may hold personal data.
        shown = [name for name, field in type(self).model_fields.items() if field.repr]
        return [(name, getattr(self, name)) for name in shown]


class IdTokenClaims(_TokenClaims, PayloadGroupClaims, frozen=True):
    """The claims of an ID token.

    Only `iss`, `sub`, `aud`, `exp`, `iat` and `token_use` are guaranteed. Which
    other claims are present depends on the pool, the app client and the triggers.
    Claims that are not modeled are kept in `model_extra`.
    """

    aud: NonEmptyStr
    """The ID of the app client."""

    token_use: Literal["id"]
    """`id`."""

    cognito_username: Omittable[StrictStr] = Field(default=None, repr=False)
    """The username."""

    identities: Omittable[TupleOf[Identity]] = None
    """The user's accounts at external identity providers."""

    email: Omittable[StrictStr] = Field(default=None, repr=False)
    """The user's email address."""

    email_verified: Omittable[Annotated[StrictBool, BeforeValidator(_parse_boolean)]] = None
    """Whether the email address is verified."""

    _source: ClassVar[str] = "ID token"

    def compare(self, current: GroupClaims) -> ClaimsChange:
        """Return what changed since the token was issued. The result is truthy if the token is stale."""
        return self.group_claims.compare(current)


class AccessTokenClaims(_TokenClaims, frozen=True):
    """The claims of an access token, of a user or of a machine (client credentials).

    The token of a machine has no username, no groups, no `device_key` and no
    `origin_jti`, and its `sub` is the client ID. Claims that are not modeled
    are kept in `model_extra`.
    """

    client_id: NonEmptyStr
    """The ID of the app client."""

    device_key: Omittable[StrictStr] = Field(default=None, repr=False)
    """The device that the user signed in on, if the pool remembers devices."""

    token_use: Literal["access"]
    """`access`."""

    username: Omittable[StrictStr] = Field(default=None, repr=False)
    """The username."""

    scope: Omittable[StrictStr] = None
    """The scopes, separated by spaces."""

    _source: ClassVar[str] = "access token"

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes as a tuple."""
        return tuple((self.scope or "").split())

    @property
    def is_machine(self) -> bool:
        """Whether the token was issued for client credentials (M2M) and not for a user."""
        # No claim marks such a token. A user's `sub` is a UUID, which no client ID is.
        return self.username is None and self.sub == self.client_id

    @property
    def group_claims(self) -> GroupClaims:
        """The token's claims about groups. An access token has no roles."""
        return GroupClaims(groups=self.cognito_groups or ())

    def compare(self, current: GroupClaims) -> ClaimsChange:
        """Return which groups changed since the token was issued. Roles are left out."""
        return self.group_claims.compare(current, groups_only=True)


def parse_token_payload(payload: Mapping[str, object] | BaseModel) -> GroupClaims:
    """Parse the group claims of a token's payload, of an ID token or an access token.

    Use `IdTokenClaims` or `AccessTokenClaims` to validate all claims.

    Args:
        payload: The payload of a token that is already verified and decoded.

    Raises:
        InvalidClaimsError: If a group claim has the wrong type, or the payload is not an object.
    """
    return parse_claims(PayloadGroupClaims, payload, "token payload").group_claims


def build_token_payload(claims: ClaimsLike) -> dict[str, Any]:
    """Build the payload of a token, or the part that `GroupClaims` determine.

    Raises:
        InvalidClaimsError: If the claims are not an object.
    """
    if isinstance(claims, GroupClaims):
        return dict(claims.id_token())
    members = as_object(claims)
    if members is None:
        raise InvalidClaimsError("token payload", [Problem("", "must be an object")])
    return deep_copy_json(members, "token payload")


def format_claim(value: object) -> str:
    """Return a claim's value as a string: a string unchanged, everything else as JSON.

    Raises:
        InvalidClaimsError: If the value cannot be written as JSON.
    """
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        reason = f"a claim of type {type(value).__name__} cannot be written as JSON"
    raise InvalidClaimsError("claims", [Problem("", reason)])
