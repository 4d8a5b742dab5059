"""What can go wrong, as one tree.

```
CognitoClaimsError
├── InvalidRequestError     (also ValueError)   a call's arguments do not fit; nothing was sent
├── InvalidResponseError    (also ValueError)   a service response does not fit its model
├── InvalidMembershipError  (also ValueError)   these groups cannot be one user's
│   ├── MixedUserPoolsError
│   └── ConflictingGroupsError
├── InvalidClaimsError      (also ValueError)   a token, event or context holds no well-formed claims
│   └── AmbiguousClaimsError                    it can be read in more than one way
└── PaginationError         (also RuntimeError) the service repeated a page token
```

`cognito_claims.conformance` and `cognito_claims.testing` have one each of their
own, `EndpointError` and `UnknownMotoError`, derived from the same base.

The attributes are public, the wording of the messages is not. No message holds
a token or a username. boto3's own exceptions pass through untouched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = [
    "AmbiguousClaimsError",
    "CognitoClaimsError",
    "ConflictingGroupsError",
    "InvalidClaimsError",
    "InvalidMembershipError",
    "InvalidRequestError",
    "InvalidResponseError",
    "MixedUserPoolsError",
    "PaginationError",
    "Problem",
]


class Problem(NamedTuple):
    """One fault of a value, and where it is."""

    path: str
    """The place in AWS's names, such as `Groups[3].Precedence`; empty for the value as a whole."""

    reason: str
    """What is wrong there. Shows the value only where it is no secret."""

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


class CognitoClaimsError(Exception):
    """The base of every error that this library raises."""


class _ProblemsError(CognitoClaimsError, ValueError):
    def __init__(self, subject: str, problems: Sequence[Problem]) -> None:
        super().__init__(subject, tuple(problems))
        self.problems: tuple[Problem, ...] = tuple(problems)
        self._subject = subject

    def __str__(self) -> str:
        return "\n".join(f"{self._subject}: {problem}" for problem in self.problems)


class _CallError(_ProblemsError):
    def __init__(self, operation: str, problems: Sequence[Problem]) -> None:
        super().__init__(operation, problems)
        self.operation: str = operation


class InvalidRequestError(_CallError):
    """The arguments of a call do not fit the operation; nothing was sent.

    Attributes:
        operation: AWS's name of the call, such as `AdminListGroupsForUser`.
        problems: every fault, each with its place.
    """


class InvalidResponseError(_CallError):
    """A response of the service does not fit the operation's model.

    Attributes:
        operation: AWS's name of the call, such as `AdminListGroupsForUser`.
        problems: every fault, each with its place.
    """


class InvalidMembershipError(CognitoClaimsError, ValueError):
    """These groups cannot all be groups of one user."""


class MixedUserPoolsError(InvalidMembershipError):
    """The groups belong to more than one user pool.

    Attributes:
        user_pool_ids: the ids found, two or more, sorted.
    """

    def __init__(self, user_pool_ids: Sequence[str]) -> None:
        super().__init__(tuple(user_pool_ids))
        self.user_pool_ids: tuple[str, ...] = tuple(user_pool_ids)

    def __str__(self) -> str:
        pools = ", ".join(map(repr, self.user_pool_ids))
        return f"groups of {len(self.user_pool_ids)} user pools: {pools}; resolve each pool by itself"


class ConflictingGroupsError(InvalidMembershipError):
    """Groups of one name differ, and their dates do not say which is the latest.

    Attributes:
        group_names: the names in conflict, one or more, sorted.
    """

    def __init__(self, group_names: Sequence[str]) -> None:
        super().__init__(tuple(group_names))
        self.group_names: tuple[str, ...] = tuple(group_names)

    def __str__(self) -> str:
        names = ", ".join(map(repr, self.group_names))
        return f"differing groups of one name: {names}; list the user's groups again"


class InvalidClaimsError(_ProblemsError):
    """A token, event or gateway context does not hold well-formed claims.

    Attributes:
        source: what was read, such as `ID token` or `REST API event`.
        problems: every fault, each with its place.
    """

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        super().__init__(source, problems)
        self.source: str = source


class AmbiguousClaimsError(InvalidClaimsError):
    """Claims arrived in a rendering that can be read in more than one way, and nothing settles it."""


class PaginationError(CognitoClaimsError, RuntimeError):
    """The service answered a page token that it had answered before.

    To go on would be to read the same pages for ever. The pages handed out
    until then are sound, but they are not the whole list.

    Attributes:
        operation: AWS's name of the call, such as `AdminListGroupsForUser`.
    """

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation

    def __str__(self) -> str:
        return f"{self.operation}: the service repeated a page token; the list is not complete, ask again"
