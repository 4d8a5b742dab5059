"""Validation of outside data. pydantic's errors become this library's errors."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from cognito_claims._wire.base import WireModel
from cognito_claims._wire.json import as_object
from cognito_claims.errors import InvalidClaimsError, InvalidRequestError, InvalidResponseError, Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_M = TypeVar("_M", bound=WireModel)
_MAX_STEPS = 20
_REASONS = {
    "extra_forbidden": "is not a known key",
    "missing": "is missing",
    "model_type": "must be an object",
    "tuple_type": "must be a list",
}
_SHOWN = frozenset(
    {"CreationDate", "GroupName", "LastModifiedDate", "Limit", "MaxItems"}
    | {"PageSize", "Precedence", "RoleArn", "UserPoolId"}
)
"""The fields whose values an error may quote. Everything else may hold a username or a token."""


def parse_response(model: type[_M], value: object) -> _M:
    """Validate the response of an operation.

    Raises:
        InvalidResponseError: With every problem and its location.
    """
    return _parse(model, value, InvalidResponseError, get_operation_name(model))


def parse_request(model: type[_M], value: object) -> _M:
    """Validate the arguments of an operation.

    Raises:
        InvalidRequestError: With every problem and its location.
    """
    return _parse(model, value, InvalidRequestError, get_operation_name(model))


def parse_claims(model: type[_M], value: object, source: str) -> _M:
    """Validate the content of a token or an event.

    Raises:
        InvalidClaimsError: With every problem and its location.
    """
    if isinstance(value, str | bytes):
        raise InvalidClaimsError(
            source, [Problem("", "must be an object, got a string: verify and decode a token first")]
        )
    members = as_object(value)
    return _parse(model, value if members is None else members, InvalidClaimsError, source, by_name=False)


def get_operation_name(model: type[WireModel]) -> str:
    """Return the operation of a request or a response; AWS names the shapes after it."""
    return re.sub(r"^_|(Request(Paginate)?|Response)$", "", model.__name__)


def _parse(
    model: type[_M],
    value: object,
    invalid: type[InvalidRequestError | InvalidResponseError | InvalidClaimsError],
    subject: str,
    *,
    by_name: bool = True,  # a token or an event has AWS's names only
) -> _M:
    try:
        return model.model_validate(value, by_alias=True, by_name=by_name)
    except ValidationError as error:
        # In a request, a username may be in the wrong place.
        shows_strings = invalid is InvalidResponseError
        problems = [_to_problem(details, shows_strings) for details in error.errors(include_url=False)]
    # Raised outside the handler: pydantic's error holds the input, secrets
    # included, and must not become the context of ours.
    raise invalid(subject, problems)


def _to_problem(details: ErrorDetails, shows_strings: bool) -> Problem:
    location = details["loc"]
    steps = [*map(_format_step, location)]
    path = "".join(steps if len(steps) <= _MAX_STEPS else [*steps[:_MAX_STEPS], "..."])
    reason = _REASONS.get(details["type"], details["msg"].removeprefix("Input "))
    reason = re.sub(r"\bshould\b", "must", reason, count=1)
    if details["type"] not in ("missing", "extra_forbidden", "null_groups"):
        reason += f", got {_show(details['input'], location, shows_strings)}"
    return Problem(path.removeprefix("."), reason[0].lower() + reason[1:])


def _format_step(part: int | str) -> str:
    # A key that is not an identifier is quoted: it comes from outside and may hold anything.
    return f".{part}" if isinstance(part, str) and part.isidentifier() else f"[{part!r}]"


def _show(value: object, location: tuple[int | str, ...], shows_strings: bool) -> str:
    if isinstance(value, int) and value.bit_length() > 64:
        return "a number of more than 64 bits"
    if value is None:
        return "None"
    if location and location[-1] in _SHOWN and isinstance(value, int | float | datetime):
        return repr(value)
    if location and location[-1] == "token_use" and value in ("id", "access"):
        return repr(value)
    if location and location[-1] in _SHOWN and isinstance(value, str) and shows_strings:
        return f"{value!r:.300}"
    return f"a value of type {type(value).__name__}"
