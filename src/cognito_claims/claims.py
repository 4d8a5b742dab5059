"""The claims that Cognito puts into tokens for a user's groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NotRequired, TypedDict

from cognito_claims._hypothesis import drawn

__all__ = ["AccessTokenGroupClaims", "GroupClaims", "IdTokenGroupClaims"]

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


drawn(AccessTokenGroupClaims, GroupClaims, IdTokenGroupClaims)
