"""The claims that Cognito puts into tokens: a user's groups and roles, and all the rest.

Verifying a token's signature is not done here: other libraries do that well, and
docs/claims.md shows it. What they give back, the token's payload, is read here:

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

Is the token stale?

>>> change = token.compare(GroupClaims(groups=("admins", "staff")))
>>> change.groups_added, bool(change)
(('admins',), True)

Source: Amazon Cognito Developer Guide, "Using the ID token", "Using the access
token", and tokens that people published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NotRequired, TypedDict

from pydantic import BeforeValidator, Field, PlainSerializer
from pydantic_core.core_schema import CoreSchema, float_schema, int_schema, union_schema

from cognito_claims._hypothesis import drawn
from cognito_claims._wire import (
    EventModel,
    Flag,
    Listed,
    Maybe,
    NonEmpty,
    Text,
    WireModel,
    own_name,
    read_claims,
)

if TYPE_CHECKING:
    from typing import Never, Self

    from pydantic import GetCoreSchemaHandler

__all__ = [
    "AccessTokenClaims",
    "AccessTokenGroupClaims",
    "ClaimsChange",
    "GroupClaims",
    "IdTokenClaims",
    "IdTokenGroupClaims",
    "Identity",
]

IdTokenGroupClaims = TypedDict(
    "IdTokenGroupClaims",
    {
        "cognito:groups": NotRequired[list[str]],
        "cognito:roles": NotRequired[list[str]],
        "cognito:preferred_role": NotRequired[str],
    },
)
"""The group claims of an ID token. A claim with nothing to say is absent."""

AccessTokenGroupClaims = TypedDict(
    "AccessTokenGroupClaims",
    {"cognito:groups": NotRequired[list[str]]},
)
"""The group claims of an access token. A claim with nothing to say is absent."""


@dataclass(frozen=True, slots=True)
class GroupClaims:
    """What a user's groups put into the user's tokens.

    AWS promises no order of groups or roles: compare them as sets, and never
    pair them by index. The order here is this library's own.

    >>> claims = GroupClaims(groups=("admins", "staff"), roles=())
    >>> claims.id_token()
    {'cognito:groups': ['admins', 'staff']}
    """

    groups: tuple[str, ...] = ()
    """The groups' names: by precedence, those without one last, then by name."""

    roles: tuple[str, ...] = ()
    """The ARNs of the groups' roles, each once, in the order of their best groups."""

    preferred_role: str | None = None
    """The ARN of the preferred role, or `None` if there is none."""

    def __post_init__(self) -> None:
        for name in ("groups", "roles"):
            given: object = getattr(self, name)
            if isinstance(given, str):  # or `in` would look for a part of it
                raise TypeError(f"{name}: expected a tuple of names, got one text")

    def id_token(self) -> IdTokenGroupClaims:
        """Give the claims of the ID token."""
        claims: IdTokenGroupClaims = {}
        if self.groups:
            claims["cognito:groups"] = list(self.groups)
        if self.roles:
            claims["cognito:roles"] = list(self.roles)
        if self.preferred_role is not None:
            claims["cognito:preferred_role"] = self.preferred_role
        return claims

    def access_token(self) -> AccessTokenGroupClaims:
        """Give the claims of the access token: the groups alone."""
        return {"cognito:groups": list(self.groups)} if self.groups else {}

    def compare(self, other: GroupClaims, *, groups_only: bool = False) -> ClaimsChange:
        """Say what is different in `other`, order left aside: what a token says, against what is true now.

        Args:
            other: what is true now.
            groups_only: whether these come from an access token, which has no roles to compare.

        Raises:
            TypeError: the other is no `GroupClaims`.
        """
        _require_claims(other)
        roles, others = ((), ()) if groups_only else (self.roles, other.roles)
        return ClaimsChange(
            groups_added=_without(other.groups, self.groups),
            groups_removed=_without(self.groups, other.groups),
            roles_gained=_without(others, roles),
            roles_lost=_without(roles, others),
            preferred_role_before=None if groups_only else self.preferred_role,
            preferred_role_after=None if groups_only else other.preferred_role,
        )


def _require_claims(other: object) -> None:
    if not isinstance(other, GroupClaims):
        kind = type(other).__name__
        raise TypeError(f"expected GroupClaims, got {kind}: a Resolution has them as .claims")


def _without(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(some).difference(others)))


@dataclass(frozen=True, slots=True)
class ClaimsChange:
    """How some claims differ from others. True if they do."""

    groups_added: tuple[str, ...]
    """The groups that are new, by name."""

    groups_removed: tuple[str, ...]
    """The groups that are gone, by name."""

    roles_gained: tuple[str, ...]
    """The ARNs that are new, sorted."""

    roles_lost: tuple[str, ...]
    """The ARNs that are gone, sorted."""

    preferred_role_before: str | None
    """The ARN of the preferred role in the first, or `None`."""

    preferred_role_after: str | None
    """The ARN of the preferred role in the other, or `None`."""

    @property
    def preferred_role_changed(self) -> bool:
        """Whether the preferred role is another, or one of them has none."""
        return self.preferred_role_before != self.preferred_role_after

    def __bool__(self) -> bool:
        return self.preferred_role_changed or any(
            (self.groups_added, self.groups_removed, self.roles_gained, self.roles_lost)
        )


def claim_name(field: str) -> str:
    """Give the name of a claim in a token: `cognito_groups` is `cognito:groups` there."""
    return field.replace("cognito_", "cognito:", 1)


class _Seconds:
    """Reads a number, whole or not: a boolean or a text is none."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return union_schema(
            [int_schema(strict=True), float_schema(strict=True, allow_inf_nan=False)],
            mode="left_to_right",
            custom_error_type="seconds",
            custom_error_message="should be a number of seconds since 1970",
        )


Seconds = Annotated[int | float, _Seconds]


def _yes_or_no(value: object) -> object:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


def _as_in_a_token(value: bool | int) -> str:
    return str(value).lower()


_DIGITS = re.compile("[0-9]{1,18}")


class Identity(EventModel, frozen=True):
    """A user's account at an external provider: in a token's `identities`, or in a trigger's event."""

    user_id: NonEmpty = Field(repr=False)
    """The user's id at the provider."""

    provider_name: NonEmpty
    """The provider's name in the user pool."""

    provider_type: Maybe[Text] = None
    """`SAML`, `OIDC`, `Google`, `Facebook`, `LoginWithAmazon`, `SignInWithApple`."""

    issuer: Text | None = None
    """The provider's entity id; null but for SAML."""

    primary: Maybe[Annotated[Flag, BeforeValidator(_yes_or_no), PlainSerializer(_as_in_a_token)]] = None
    """Whether it is the user's first: text in a token (`"true"`), a boolean in an event."""

    date_created: Maybe[
        Annotated[int, Field(strict=True), BeforeValidator(_number), PlainSerializer(_as_in_a_token)]
    ] = None
    """When it was linked, in milliseconds since 1970: text in a token, a number in an event."""


class _TokenClaims(
    WireModel,
    frozen=True,
    extra="allow",
    alias_generator=claim_name,
    field_title_generator=own_name,
    validate_by_name=False,  # or a claim `cognito_groups`, which a trigger may add, would count
):
    iss: NonEmpty
    """The user pool: `https://cognito-idp.<region>.amazonaws.com/<poolId>`."""

    sub: NonEmpty = Field(repr=False)
    """The user's id, or a machine's client id."""

    exp: Seconds
    """When the token expires, in seconds since 1970."""

    iat: Seconds
    """When the token was issued, in seconds since 1970."""

    auth_time: Maybe[Seconds] = None
    """When the user signed in, in seconds since 1970."""

    jti: Maybe[Text] = None
    """The token's own id."""

    origin_jti: Maybe[Text] = None
    """The id of the sign-in that the token goes back to."""

    cognito_groups: Maybe[Listed[NonEmpty]] = None
    """The names of the user's groups, in no particular order. Absent if there are none."""

    _source: ClassVar[str]

    if TYPE_CHECKING:

        def __init__(self, use_from_payload: Never, /) -> None: ...

    @classmethod
    def from_payload(cls, payload: Mapping[str, object]) -> Self:
        """Read the payload of a token that is verified and decoded already.

        Raises:
            InvalidClaimsError: a claim that is guaranteed is missing, or one has a wrong type;
                or this is the other kind of token, or one that was not decoded.
        """
        return read_claims(cls, payload, cls._source)

    @property
    def custom_attributes(self) -> dict[str, str]:
        """The user's `custom:` attributes by their full names, which Cognito writes as text.

        What a trigger wrote under such a name in another type stands in `model_extra` alone.
        """
        others = (self.model_extra or {}).items()
        return {
            name: value for name, value in others if name.startswith("custom:") and isinstance(value, str)
        }

    @property
    def developer_attributes(self) -> dict[str, object]:
        """The user's `dev:` attributes by their full names."""
        others = (self.model_extra or {}).items()
        return {name: value for name, value in others if name.startswith("dev:")}

    def __repr_args__(self) -> Iterable[tuple[str | None, object]]:
        # What is not modelled may be anything, a person's name for one.
        shown = [name for name, field in type(self).model_fields.items() if field.repr]
        return [(name, getattr(self, name)) for name in shown]


class IdTokenClaims(_TokenClaims, frozen=True):
    """The claims of an ID token.

    Only `iss`, `sub`, `aud`, `exp`, `iat` and `token_use` are guaranteed: which
    others there are depends on the pool, the app client and its triggers.
    Claims that are not modelled are kept in `model_extra`, by their names.
    """

    aud: NonEmpty
    """The id of the app client."""

    token_use: Literal["id"]
    """`id`."""

    cognito_username: Maybe[Text] = Field(default=None, repr=False)
    """The username."""

    cognito_roles: Maybe[Listed[NonEmpty]] = None
    """The ARNs of the groups' roles, in no particular order. Absent if no group has one."""

    cognito_preferred_role: Maybe[NonEmpty] = None
    """The ARN of the preferred role. Absent if there is none."""

    identities: Maybe[Listed[Identity]] = None
    """The user's accounts at external providers."""

    email: Maybe[Text] = Field(default=None, repr=False)
    """The user's e-mail address."""

    email_verified: Maybe[Annotated[Flag, BeforeValidator(_yes_or_no)]] = None
    """Whether the user has shown that the address is theirs."""

    _source: ClassVar[str] = "ID token"

    @property
    def group_claims(self) -> GroupClaims:
        """What the token says of groups and roles."""
        return GroupClaims(self.cognito_groups or (), self.cognito_roles or (), self.cognito_preferred_role)

    def compare(self, now: GroupClaims) -> ClaimsChange:
        """Say what changed since the token was issued: `bool()` of it tells whether the token is stale."""
        return self.group_claims.compare(now)


class AccessTokenClaims(_TokenClaims, frozen=True):
    """The claims of an access token: a user's, or a machine's by client credentials.

    A machine's has no username, groups, `device_key` and `origin_jti`, and its
    `sub` is its client id. Claims that are not modelled are kept in
    `model_extra`, by their names.
    """

    client_id: NonEmpty
    """The id of the app client."""

    device_key: Maybe[Text] = Field(default=None, repr=False)
    """The device that the user signed in on, if the pool remembers devices."""

    token_use: Literal["access"]
    """`access`."""

    username: Maybe[Text] = Field(default=None, repr=False)
    """The username."""

    scope: Maybe[Text] = None
    """The scopes, with blanks between them."""

    _source: ClassVar[str] = "access token"

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes one by one."""
        return tuple((self.scope or "").split())

    @property
    def is_machine(self) -> bool:
        """Whether the token was issued for client credentials (M2M), and not for a user."""
        return self.username is None and self.sub == self.client_id

    @property
    def group_claims(self) -> GroupClaims:
        """What the token says of groups. An access token has no roles."""
        return GroupClaims(groups=self.cognito_groups or ())

    def compare(self, now: GroupClaims) -> ClaimsChange:
        """Say which groups changed since the token was issued; of roles it says nothing."""
        return self.group_claims.compare(now, groups_only=True)


drawn(AccessTokenClaims, AccessTokenGroupClaims, GroupClaims, Identity, IdTokenClaims, IdTokenGroupClaims)
