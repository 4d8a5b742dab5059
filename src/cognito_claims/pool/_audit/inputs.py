"""The errors of what an audit reads besides a snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from cognito_claims._wire.near_misses import find_intended_name
from cognito_claims._wire.parsing import format_reason
from cognito_claims.errors import CognitoClaimsError, Problem
from cognito_claims.identity_pool import GetIdentityPoolRolesResponse

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_M = TypeVar("_M", bound=BaseModel)

_REASONS = {
    "extra_forbidden": "has an unknown key: expected [[ignore]] with code, about, reason and expires",
    "missing": "is missing",
    "model_type": "must be an object",
    "string_type": "must be a string",
    "tuple_type": "must be a list",
}


class AuditInputError(CognitoClaimsError, ValueError):
    """A baseline, an ignore list or the description of a pool cannot be used for an audit.

    Attributes:
        source: `baseline`, `ignore list`, `user pool` or `identity pool`.
        problems: Every problem with its location.
    """

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        super().__init__(source, tuple(problems))
        self.source: str = source
        self.problems: tuple[Problem, ...] = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(f"{self.source}: {problem}" for problem in self.problems)


def require_same_pool(source: str, path: str, user_pool_id: str, expected: str) -> None:
    """Raise `AuditInputError` if something is about a different user pool than the snapshot."""
    if user_pool_id != expected:
        reason = f"must be {expected}, as in the snapshot: pass the {source} of that pool"
        raise AuditInputError(source, [Problem(path, reason)])


def require_identity_pool_roles(value: object) -> GetIdentityPoolRolesResponse:
    """Return the roles of an identity pool, or raise `AuditInputError` if they are missing or a mapping."""
    if not isinstance(value, GetIdentityPoolRolesResponse):
        reason = (
            "pass the response of get_identity_pool_roles: its ID is the audience that trust policies name"
        )
        raise AuditInputError("identity pool", [Problem("", reason)])
    return value


def parse_audit_input(model: type[_M], value: str | bytes | Mapping[str, object], source: str) -> _M:
    """Validate JSON or a mapping.

    Raises:
        AuditInputError: With every problem and its location.
    """
    try:
        if isinstance(value, str | bytes):
            return model.model_validate_json(value)
        return model.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False)
    # Raised outside the handler, since pydantic's error holds the input.
    raise AuditInputError(source, [_to_problem(one, model, value) for one in details])


def _to_problem(details: ErrorDetails, model: type[BaseModel], value: object) -> Problem:
    location, kind = details["loc"], details["type"]
    reason = _REASONS.get(kind, format_reason(details["msg"]))
    if kind == "date_type":
        reason = f"must be a date{_find_surplus(details['input'])}, such as 2027-01-31"
    if kind == "json_invalid":  # only a baseline is JSON
        reason = f"{reason}: pass the output of cognito-claims pool audit --json"
    if kind == "extra_forbidden":
        # An unknown key may be anything, so an error quotes it only if it is nearly a known one.
        intended = find_intended_name(model, value, location, by_name=False)
        if intended is not None:
            return Problem(_format_location(location), f"is not a known key: use {intended}")
        location = location[:-1]
    return Problem(_format_location(location), reason)


def _find_surplus(value: object) -> str:
    """Return what a value of TOML has besides a date, as the end of a phrase."""
    if isinstance(value, datetime):
        return " without a time"
    return " without quotes" if isinstance(value, str) else ""


def _format_location(location: tuple[int | str, ...]) -> str:
    return "".join(_format_steps(location)).removeprefix(".")


def _format_steps(location: tuple[int | str, ...]) -> Iterator[str]:
    for step in location:
        yield f"[{step}]" if isinstance(step, int) else f".{step}"
