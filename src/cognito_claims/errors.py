"""The errors of this library, as one tree.

```
CognitoClaimsError
├── InvalidRequestError     (also ValueError)   the arguments of a call are invalid; nothing was sent
├── InvalidResponseError    (also ValueError)   a service response does not fit its model
├── InvalidMembershipError  (also ValueError)   the groups cannot all belong to one user
│   ├── MixedUserPoolsError
│   └── ConflictingGroupsError
├── InvalidClaimsError      (also ValueError)   a token, event or gateway context has no well-formed claims
│   └── AmbiguousClaimsError                    it can be read in more than one way
└── PaginationError         (also RuntimeError) the service repeated a page token
```

Some packages derive errors of their own from the same base: `EndpointError` and
`InvalidVectorsError` in `cognito_claims.conformance`, `UnknownMotoError` in
`cognito_claims.testing`, and `SnapshotError`, `InvalidTableError` and `EngineError`
in `cognito_claims.pool`.

The attributes are public; the wording of the messages is not. No message
contains a token or a username. boto3's own exceptions pass through unchanged.
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
    """One problem of a value, and its location."""

    path: str
    """The location in AWS's names, such as `Groups[3].Precedence`; empty for the value as a whole."""

    reason: str
    """What is wrong. It quotes the value only if that cannot be a secret."""

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
    """The arguments of a call are invalid. Nothing was sent.

    Attributes:
        operation: The name of the operation, such as `AdminListGroupsForUser`.
        problems: Every problem with its location.
    """


class InvalidResponseError(_CallError):
    """A response does not fit the model of the operation.

    Attributes:
        operation: The name of the operation, such as `AdminListGroupsForUser`.
        problems: Every problem with its location.
    """


class InvalidMembershipError(CognitoClaimsError, ValueError):
    """The groups cannot all belong to one user."""


class MixedUserPoolsError(InvalidMembershipError):
    """The groups belong to more than one user pool.

    Attributes:
        user_pool_ids: The IDs of the user pools, two or more, sorted.
    """

    def __init__(self, user_pool_ids: Sequence[str]) -> None:
        super().__init__(tuple(user_pool_ids))
        self.user_pool_ids: tuple[str, ...] = tuple(user_pool_ids)

    def __str__(self) -> str:
        pools = ", ".join(map(repr, self.user_pool_ids))
        return f"groups of {len(self.user_pool_ids)} user pools: {pools}; resolve each user pool separately"


class ConflictingGroupsError(InvalidMembershipError):
    """Groups with the same name differ, and their dates do not show which is the latest.

    Attributes:
        group_names: The names in conflict, one or more, sorted.
    """

    def __init__(self, group_names: Sequence[str]) -> None:
        super().__init__(tuple(group_names))
        self.group_names: tuple[str, ...] = tuple(group_names)

    def __str__(self) -> str:
        names = ", ".join(map(repr, self.group_names))
        return f"groups with the same name differ: {names}; list the user's groups again"


class InvalidClaimsError(_ProblemsError):
    """A token, event or gateway context does not have well-formed claims.

    Attributes:
        source: The kind of input, such as `ID token` or `REST API event`.
        problems: Every problem with its location.
    """

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        super().__init__(source, problems)
        self.source: str = source


class AmbiguousClaimsError(InvalidClaimsError):
    """The claims can be read in more than one way."""


class PaginationError(CognitoClaimsError, RuntimeError):
    """The service returned a page token that it had already returned.

    Iteration stops, since it would read the same pages forever. The pages returned so
    far are valid, but the list is incomplete.

    Attributes:
        operation: The name of the operation, such as `AdminListGroupsForUser`.
    """

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation

    def __str__(self) -> str:
        return f"{self.operation}: the service repeated a page token; the list is incomplete, call again"
