"""Validation of outside data. pydantic's errors become this library's errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from cognito_claims._wire.base import WireModel
from cognito_claims._wire.json import as_object
from cognito_claims._wire.near_misses import find_intended_name
from cognito_claims._wire.scalars import PATTERN_REASONS
from cognito_claims.errors import InvalidClaimsError, InvalidRequestError, InvalidResponseError, Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_M = TypeVar("_M", bound=WireModel)
_MAX_STEPS = 20
_REASONS = {
    "extra_forbidden": "is not a known key",
    "missing": "is missing",
    "model_type": "must be an object",
    "recursion_loop": "must not contain itself or be nested this deeply",
    "tuple_type": "must be a list",
}
_SHOWN_NUMBERS = {"CreationDate", "LastModifiedDate", "Limit", "MaxItems", "PageSize", "Precedence"}
# A string or a key may be a misplaced username or token. An error quotes only those that are short
# and look like a value of the field.
_SHOWN_STRINGS = {
    "RoleArn": re.compile(r"arn:(?!.*eyJ)[A-Za-z0-9_+=/,.:-]{0,150}"),
    "UserPoolId": re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9](?!.*eyJ)[ A-Za-z0-9_-]{0,40}"),
    "token_use": re.compile(r"id|access"),
}
_MAX_INDEX = 9_999_999  # a larger number is a key, such as a phone number
_SHOWN_KEY = re.compile(r"[A-Z][A-Za-z0-9]{1,39}")
_NAMED_MEMBERS = {"RoleMappings", "claimsToAddOrOverride", "userAttributes"}  # whose keys are not fields
_SHOWN_NAME = re.compile(r"(?!.*eyJ)[A-Za-z][A-Za-z0-9_:./-]{0,99}")


def parse_response(model: type[_M], value: object) -> _M:
    """Validate the response of an operation. Unknown keys are ignored, since AWS adds members.

    Raises:
        InvalidResponseError: With every problem and its location.
    """
    return _parse(model, value, InvalidResponseError, get_operation_name(model))


def parse_written_response(model: type[_M], value: object) -> _M:
    """Validate a response that a person may have written. A misspelled key is an error.

    Raises:
        InvalidResponseError: With every problem and its location.
    """
    return _parse_written(model, value, InvalidResponseError, get_operation_name(model))


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


def parse_written_claims(model: type[_M], value: object, source: str) -> _M:
    """Validate the content of an event that a person may have written. A misspelled key is an error.

    Raises:
        InvalidClaimsError: With every problem and its location.
    """
    return _parse_written(model, value, InvalidClaimsError, source, by_name=False)


@cache
def get_operation_name(model: type[WireModel]) -> str:
    """Return the operation of a request or a response; AWS names the shapes after it."""
    return re.sub(r"^_|(Request(Paginate)?|Response)$", "", model.__name__)


def _parse_written(
    model: type[_M],
    value: object,
    invalid: type[InvalidResponseError | InvalidClaimsError],
    subject: str,
    *,
    by_name: bool = True,
) -> _M:
    try:
        return model.model_validate(value, by_alias=True, by_name=by_name, extra="forbid")
    except ValidationError as error:
        problems = [
            _to_problem(details, model, value, by_name=by_name)
            for details in error.errors(include_url=False)
            if details["type"] != "extra_forbidden"
            or find_intended_name(model, value, details["loc"], by_name=by_name) is not None
        ]
    if problems:
        raise invalid(subject, problems)
    return _parse(model, value, invalid, subject, by_name=by_name)


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
        problems = [
            _to_problem(details, model, value, by_name=by_name)
            for details in error.errors(include_url=False)
        ]
    # Raised outside the handler: pydantic's error holds the input, secrets
    # included, and must not become the context of ours.
    raise invalid(subject, problems)


def _to_problem(details: ErrorDetails, model: type[WireModel], value: object, *, by_name: bool) -> Problem:
    location, kind = details["loc"], details["type"]
    intended = None
    if kind == "extra_forbidden":
        intended = find_intended_name(model, value, location, by_name=by_name)
    pairs = zip(("", *location), location, strict=False)
    steps = [_format_step(before, part, by_name=by_name) for before, part in pairs]
    if intended is not None:
        steps[-1] = f".{location[-1]}"  # nearly a known key, and so no secret
    path = "".join(steps if len(steps) <= _MAX_STEPS else [*steps[:_MAX_STEPS], "..."])
    reason = _REASONS.get(kind, format_reason(details["msg"]))
    if kind == "string_pattern_mismatch":
        reason = PATTERN_REASONS.get(details.get("ctx", {})["pattern"], reason)
    if intended is not None:
        reason += f": use {intended}"
    elif kind not in ("missing", "extra_forbidden", "null_groups"):
        reason += f", got {_show(details['input'], location)}"
    return Problem(path.removeprefix("."), reason)


def format_reason(message: str) -> str:
    """Return a message of pydantic as a reason, without its subject, such as "Input" or "String"."""
    if message.startswith(own := "Value error, "):
        return message.removeprefix(own)
    reason = re.sub(r"^\w+( \w+)? should\b", "must", message)
    return reason[0].lower() + reason[1:]


def format_name(name: str) -> str:
    """Quote the name of a claim, unless it does not have the form of one and may be a secret."""
    return repr(name) if _SHOWN_NAME.fullmatch(name) else "..."


def _format_step(before: int | str, part: int | str, *, by_name: bool) -> str:
    if isinstance(part, int):
        return f"[{part}]" if 0 <= part <= _MAX_INDEX else "[...]"
    shown = _SHOWN_NAME if before in _NAMED_MEMBERS else _SHOWN_KEY if by_name else None
    if (shown is None or shown.fullmatch(part) is None) and part not in _list_keys(WireModel):
        return "[...]"
    return f".{part}" if part.isidentifier() else f"[{part!r}]"


def _list_keys(model: type[WireModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield from (name, field.alias or name)
    for subclass in model.__subclasses__():
        yield from _list_keys(subclass)


def _show(value: object, location: tuple[int | str, ...]) -> str:
    field = str(location[-1]) if location else ""
    if isinstance(value, int | float) and abs(value) >= 10**10:  # perhaps a phone number
        return "a number of more than 10 digits"
    if value is None:
        return "None"
    if isinstance(value, int | float | datetime) and field in _SHOWN_NUMBERS:
        return repr(value)
    if isinstance(value, str) and field in _SHOWN_STRINGS and _SHOWN_STRINGS[field].fullmatch(value):
        return repr(value)
    return f"a value of type {type(value).__name__}"
