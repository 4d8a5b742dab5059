"""Access to JSON values that may have any shape."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import TypeVar, cast

from pydantic import BaseModel

from cognito_claims.errors import InvalidClaimsError, Problem

_V = TypeVar("_V")
_LISTS: tuple[type, ...] = (list, tuple)
_NOT_LISTS_OF_NAMES: tuple[type, ...] = (str, Mapping, BaseModel)


def as_object(value: object) -> dict[str, object] | None:
    """Return a mapping's items, or a model's fields by their names on the wire; `None` for all else."""
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True)
    return dict(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else None


def as_list(value: object) -> list[object] | None:
    """Return the items of a list or a tuple; `None` for all else."""
    return list(cast("Iterable[object]", value)) if isinstance(value, _LISTS) else None


def get_path(value: object, *path: str) -> object:
    """Return the value at the end of a path of keys, or `None` if a key is missing."""
    for name in path:
        members = as_object(value)
        if members is None:
            return None
        value = members.get(name)
    return value


def decode_base64url_json(text: str) -> object:
    """Decode JSON in base64url, such as the payload of a token.

    Raises:
        ValueError: If it is not base64url, or not JSON.
        RecursionError: If it is nested too deeply.
    """
    # Tokens have no padding, except those of load balancers; Python ignores excess padding.
    return cast("object", json.loads(urlsafe_b64decode(f"{text}==")))


def deep_copy_json(value: _V, source: str) -> _V:
    """Copy a JSON value and all that it contains.

    Raises:
        InvalidClaimsError: If the value is nested too deeply.
    """
    try:
        return deepcopy(value)
    except RecursionError:
        problem = Problem("", "is nested too deeply")
    raise InvalidClaimsError(source, [problem])


def validate_names(names: object) -> list[str]:
    """Return the items of an iterable of names.

    Raises:
        TypeError: If it is a string, a mapping or not iterable, or contains anything but
            non-empty strings.
    """
    kind = type(names).__name__
    if isinstance(names, _NOT_LISTS_OF_NAMES) or not isinstance(names, Iterable):
        raise TypeError(f"expected a list of names, got {kind}")
    items: list[object] = list(cast("Iterable[object]", names))
    strings = [name for name in items if isinstance(name, str) and name]
    if len(strings) < len(items):
        [wrong, *_] = [name for name in items if not (isinstance(name, str) and name)]
        kind = "an empty string" if wrong == "" else type(wrong).__name__
        raise TypeError(f"expected a list of names, but it contains {kind}")
    return strings
