"""The base classes of the models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Unpack

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from cognito_claims._registry import publish

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INITIALISMS = {"http": "HTTP", "mfa": "MFA"}


def to_wire_name(field: str) -> str:
    """Return AWS's name of a field, such as `RoleArn` for `role_arn`."""
    return "".join(_INITIALISMS.get(word, word.title()) for word in field.split("_"))


def to_claim_name(field: str) -> str:
    """Return the name of a claim in a token, such as `cognito:groups` for `cognito_groups`."""
    return field.replace("cognito_", "cognito:", 1)


def keep_name(name: str, _: object) -> str:
    """Title a field by its Python name."""
    return name


def _to_aws_title(field: str, _: object) -> str:
    return to_wire_name(field)


def to_time_since_epoch(date: datetime) -> timedelta:
    """Return the exact time since 1970-01-01 UTC, regardless of the date's time zone."""
    return date - EPOCH


def _remove_null(member: JsonSchemaValue) -> JsonSchemaValue:
    del member["default"]  # null, too
    choices = [one for one in member.pop("anyOf") if one != {"type": "null"}]
    return {**member, **(choices[0] if len(choices) == 1 else {"anyOf": choices})}


class WireModel(
    BaseModel,
    frozen=True,
    alias_generator=to_wire_name,
    field_title_generator=_to_aws_title,
    validate_by_alias=True,
    validate_by_name=True,
    hide_input_in_errors=True,
    val_temporal_unit="seconds",
    defer_build=True,
):
    """A frozen value in AWS's shape. It accepts AWS's names and Python's, and drops unknown keys.

    pydantic builds the validator of a model at its first use, so that a
    program pays only for the models that it uses.

    Two values are equal if their types and fields are equal. Dates compare as
    points in time: in the hour that a local clock repeats, Python considers a
    time in that zone unequal to the same time in UTC (PEP 495).
    """

    def __init_subclass__(cls, **settings: Unpack[ConfigDict]) -> None:
        # pydantic reads this setting after this method, and then calls the next one. If the setting
        # remained, a `TypeAdapter` of the model would be deferred too, past the code in which FastAPI
        # handles pydantic's warnings.
        cls.model_config["defer_build"] = True

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        del cls.model_config["defer_build"]
        publish(cls)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        json_schema = handler(schema)
        if handler.mode == "validation":
            return json_schema
        # A member that may be absent is not serialized as null.
        properties = handler.resolve_ref_schema(json_schema).get("properties", {})
        absent = {
            key
            for name, field in cls.model_fields.items()
            if field.exclude_if
            for key in (name, field.alias)
        }
        for name in absent & properties.keys():
            properties[name] = _remove_null(properties[name])
        return json_schema

    _excluded_from_eq: ClassVar[frozenset[str]] = frozenset()

    def _eq_key(self) -> tuple[object, ...]:
        fields = type(self).model_fields
        values = (getattr(self, name) for name in fields if name not in self._excluded_from_eq)
        return tuple(
            to_time_since_epoch(value) if isinstance(value, datetime) else value for value in values
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WireModel):
            return NotImplemented
        return (
            type(self) is type(other)
            and self._eq_key() == other._eq_key()
            and self.model_extra == other.model_extra
        )

    def __hash__(self) -> int:
        return hash((type(self), self._eq_key()))


# As for each model, see above. Were this class built as it is made, its import would take 20 ms more, in
# which pydantic looks for plugins.
del WireModel.model_config["defer_build"]


class CamelCaseModel(WireModel, frozen=True, alias_generator=to_camel, field_title_generator=keep_name):
    """A value in the shape of a Lambda event: as `WireModel`, with names such as `userPoolId`."""
