"""The claims about groups and roles that Cognito puts into a user's tokens.

>>> claims = GroupClaims(groups=("admins", "staff"), roles=("arn:aws:iam::123456789012:role/admin",))
>>> claims.id_token()
{'cognito:groups': ['admins', 'staff'], 'cognito:roles': ['arn:aws:iam::123456789012:role/admin']}
>>> claims.access_token()
{'cognito:groups': ['admins', 'staff']}

Compare a token with the current groups to find out whether it is stale:

>>> change = GroupClaims(groups=("staff",)).compare(claims)
>>> change.groups_added, change.roles_gained, bool(change)
(('admins',), ('arn:aws:iam::123456789012:role/admin',), True)

Source: Amazon Cognito Developer Guide, "Using the ID token" and "Using the
access token".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NotRequired, TypedDict

from cognito_claims._registry import publish

__all__ = ["AccessTokenGroupClaims", "ClaimsChange", "GroupClaims", "IdTokenGroupClaims"]

IdTokenGroupClaims = TypedDict(
    "IdTokenGroupClaims",
    {
        "cognito:groups": NotRequired[list[str]],
        "cognito:roles": NotRequired[list[str]],
        "cognito:preferred_role": NotRequired[str],
    },
)
"""The group claims of an ID token. A claim without a value is absent."""

AccessTokenGroupClaims = TypedDict(
    "AccessTokenGroupClaims",
    {"cognito:groups": NotRequired[list[str]]},
)
"""The group claims of an access token. A claim without a value is absent."""

GROUP_CLAIM_NAMES = ("cognito:groups", "cognito:roles", "cognito:preferred_role")
_STRING: type = str


@dataclass(frozen=True)
class GroupClaims:
    """The claims that a user's groups add to the user's tokens.

    AWS does not specify the order of groups or roles: compare them as sets, and
    never pair them by index. The order here is this library's own.

    >>> claims = GroupClaims(groups=("admins", "staff"), roles=())
    >>> claims.id_token()
    {'cognito:groups': ['admins', 'staff']}

    Raises:
        TypeError: If `groups` or `roles` is a string.
    """

    groups: tuple[str, ...] = ()
    """The names of the groups: by precedence, groups without one last, then by name."""

    roles: tuple[str, ...] = ()
    """The ARNs of the groups' roles without duplicates, in the order of their first group."""

    preferred_role: str | None = None
    """The ARN of the preferred role, or `None` if there is none."""

    def __post_init__(self) -> None:
        if isinstance(self.groups, _STRING):  # `in` would search for a substring
            raise TypeError("groups: expected a tuple of strings, got a string")
        if isinstance(self.roles, _STRING):
            raise TypeError("roles: expected a tuple of strings, got a string")

    def id_token(self) -> IdTokenGroupClaims:
        """Return the claims of the ID token."""
        claims: IdTokenGroupClaims = {}
        if self.groups:  # the claim is absent, not [], if there are none
            claims["cognito:groups"] = list(self.groups)
        if self.roles:
            claims["cognito:roles"] = list(self.roles)
        if self.preferred_role is not None:
            claims["cognito:preferred_role"] = self.preferred_role
        return claims

    def access_token(self) -> AccessTokenGroupClaims:
        """Return the claims of the access token, which has groups but no roles."""
        return {"cognito:groups": list(self.groups)} if self.groups else {}

    def compare(self, other: GroupClaims, *, groups_only: bool = False) -> ClaimsChange:
        """Return what changes from these claims to `other`, regardless of order.

        Args:
            other: The current claims, where these come from a token.
            groups_only: Whether to leave roles out, as for an access token, which has none.

        Raises:
            TypeError: If `other` is not a `GroupClaims`.
        """
        _require_group_claims(other)
        before, after = ((), ()) if groups_only else (self.roles, other.roles)
        return ClaimsChange(
            groups_added=_difference(other.groups, self.groups),
            groups_removed=_difference(self.groups, other.groups),
            roles_gained=_difference(after, before),
            roles_lost=_difference(before, after),
            preferred_role_before=None if groups_only else self.preferred_role,
            preferred_role_after=None if groups_only else other.preferred_role,
        )


def _require_group_claims(value: object) -> None:
    if not isinstance(value, GroupClaims):
        kind = type(value).__name__
        raise TypeError(f"expected GroupClaims, got {kind}: use the .claims of a Resolution")


def _difference(values: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(values).difference(others)))


@dataclass(frozen=True, slots=True)
class ClaimsChange:
    """The difference between two `GroupClaims`. It is truthy if they differ."""

    groups_added: tuple[str, ...]
    """The names of the new groups, sorted."""

    groups_removed: tuple[str, ...]
    """The names of the removed groups, sorted."""

    roles_gained: tuple[str, ...]
    """The ARNs of the new roles, sorted."""

    roles_lost: tuple[str, ...]
    """The ARNs of the removed roles, sorted."""

    preferred_role_before: str | None
    """The ARN of the preferred role before the change, or `None`."""

    preferred_role_after: str | None
    """The ARN of the preferred role after the change, or `None`."""

    @property
    def preferred_role_changed(self) -> bool:
        """Whether the preferred role was added, removed or replaced."""
        return self.preferred_role_before != self.preferred_role_after

    def __bool__(self) -> bool:
        return self.preferred_role_changed or any(
            (self.groups_added, self.groups_removed, self.roles_gained, self.roles_lost)
        )


publish(AccessTokenGroupClaims, GroupClaims, IdTokenGroupClaims)
