"""A JSON Schema validator whose patterns are those of ECMA 262, which Python's `re` does not support."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import jsonschema
import regex


def _check_pattern(
    _: object, pattern: str, value: object, __: object
) -> Iterator[jsonschema.ValidationError]:
    if isinstance(value, str) and not regex.search(pattern.replace("$", r"\Z"), value):
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


extend: Any = import_module("jsonschema.validators").extend


class Validator:
    """Validates values against one schema."""

    def __init__(self, schema: Mapping[str, object]) -> None:
        extended: Any = extend(jsonschema.Draft202012Validator, {"pattern": _check_pattern})
        self._validator: Any = extended(schema)

    def is_valid(self, value: object) -> bool:
        return bool(self._validator.is_valid(value))
