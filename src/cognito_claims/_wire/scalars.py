r"""The field types of the models, with the constraints that AWS puts on them.

Lengths, patterns and bounds are those of the `cognito-idp` service model
(2016-04-18). Its patterns are anchored here, since AWS matches the whole
string, and `\w` is written out in ASCII, which is what it matches there.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeVar, cast

from pydantic import Field
from pydantic_core.core_schema import (
    CoreSchema,
    chain_schema,
    custom_error_schema,
    datetime_schema,
    float_schema,
    int_schema,
    is_instance_schema,
    json_or_python_schema,
    literal_schema,
    no_info_after_validator_function,
    plain_serializer_function_ser_schema,
    str_schema,
    union_schema,
    wrap_serializer_function_ser_schema,
)

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SerializerFunctionWrapHandler
    from pydantic.fields import FieldInfo
    from pydantic.json_schema import JsonSchemaValue

_T = TypeVar("_T")

MAX_NAME_LENGTH = 128
MAX_PRECEDENCE = 2**31 - 1
MAX_PAGE_SIZE = 60


def is_absent(value: object) -> bool:
    """Return whether a member is absent: it is then left out of what a model serializes to."""
    return value is None


Omittable = Annotated[_T | None, Field(exclude_if=is_absent)]
"""A member that may be absent on the wire, which is `None` here."""


def _dump_as_list(value: object, dump: SerializerFunctionWrapHandler) -> list[object]:
    return list(dump(value))


class _DumpAsList:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        to_list = wrap_serializer_function_ser_schema(_dump_as_list, schema=schema)
        return cast("CoreSchema", {**schema, "serialization": to_list})


TupleOf = Annotated[tuple[_T, ...], _DumpAsList]
"""A list on the wire and for boto3, a tuple here, so that it cannot change."""

_ARN_PART = r"[A-Za-z0-9_+=/,.@-]"
ARN_PATTERN = (
    rf"^arn:{_ARN_PART}+:{_ARN_PART}+:{_ARN_PART}*:[0-9]+:{_ARN_PART}+(:{_ARN_PART}+)?(:{_ARN_PART}+)?$"
)
_POOL_ID_PATTERN = r"^[A-Za-z0-9_-]+_[0-9A-Za-z]+$"
_NAME_PATTERN = r"^[^\p{Z}\p{C}]+$"  # matches the same strings as AWS's [\p{L}\p{M}\p{S}\p{N}\p{P}]+
_ATTRIBUTE_PATTERN = r"^(?:[\t\n\r ]|[^\p{Z}\p{C}])+$"
_TOKEN_PATTERN = r"^\S+$"  # noqa: S105, no password

# JSON Schema validators have no \p: these are the characters of \p{C} that are assigned.
_INVISIBLE = (
    r"\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\ufff9-\ufffb"
)
_PORTABLE = {
    _NAME_PATTERN: rf"^[^\s{_INVISIBLE}]+$",
    _ATTRIBUTE_PATTERN: rf"^(?:[\t\n\r ]|[^\s{_INVISIBLE}])+$",
    _TOKEN_PATTERN: r"^[^\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$",
}

PATTERN_REASONS = {
    ARN_PATTERN: "must be an ARN",
    _POOL_ID_PATTERN: "must be the ID of a user pool, such as us-east-1_EXAMPLE",
    _NAME_PATTERN: "must not contain white space or control characters",
    _ATTRIBUTE_PATTERN: "must not contain control characters",
    _TOKEN_PATTERN: "must not contain white space",
}
"""The reason that an error gives for a string that does not match the pattern."""


def _match(pattern: str, min_length: int, max_length: int) -> FieldInfo:
    # In Python, $ also matches before a line break at the end.
    portable = _PORTABLE.get(pattern, pattern).removesuffix("$") + r"(?!\n)$"
    field: FieldInfo = Field(
        strict=True,
        min_length=min_length,
        max_length=max_length,
        pattern=pattern,
        json_schema_extra={"pattern": portable},
    )
    return field


GroupName = Annotated[str, _match(_NAME_PATTERN, 1, MAX_NAME_LENGTH)]
Username = Annotated[str, _match(_NAME_PATTERN, 1, MAX_NAME_LENGTH)]
UserPoolId = Annotated[str, _match(_POOL_ID_PATTERN, 1, 55)]
Description = Annotated[str, Field(strict=True, max_length=2048)]
RoleArn = Annotated[str, _match(ARN_PATTERN, 20, 2048)]
Precedence = Annotated[int, Field(strict=True, ge=0, le=MAX_PRECEDENCE)]
Limit = Annotated[int, Field(strict=True, ge=0, le=MAX_PAGE_SIZE)]
PageToken = Annotated[str, _match(_TOKEN_PATTERN, 1, 131072)]
AttributeName = Annotated[str, _match(_ATTRIBUTE_PATTERN, 1, 32)]
ClaimName = Annotated[str, _match(_NAME_PATTERN, 1, 64)]
AttributeValue = Annotated[str, Field(strict=True, max_length=2048)]
StrictStr = Annotated[str, Field(strict=True)]
NonEmptyStr = Annotated[str, Field(strict=True, min_length=1)]
StrictBool = Annotated[bool, Field(strict=True)]
NonNegativeInt = Annotated[int, Field(strict=True, ge=0)]


class EmptyStringAsNone:
    """Read `""` as absent, since emulators write an unset string that way."""

    def __init__(self, expected: str) -> None:
        self.expected = expected

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        # The string itself is tried first, so that only an empty one costs a call.
        empty = no_info_after_validator_function(lambda _: None, literal_schema([""]))
        return union_schema(
            [handler(source), empty],
            mode="left_to_right",
            custom_error_type="string_or_empty",
            custom_error_message=f"must be {self.expected}, or empty",
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        json_schema = handler(schema)
        return json_schema if handler.mode == "validation" else json_schema["anyOf"][0]


NextToken = Annotated[
    PageToken, EmptyStringAsNone("a token of up to 131072 characters without white space")
]
"""The page token of a response. An empty one ends the list, as for boto3."""


def _require_offset(value: datetime) -> datetime:
    zone = value.tzinfo
    if type(zone) not in _ZONES_WITH_OFFSET:
        if zone is None or zone.utcoffset(value) is None:
            raise ValueError("no offset")
        if type(zone).__module__ in ("datetime", "dateutil.tz.tz", "zoneinfo"):
            _ZONES_WITH_OFFSET.add(type(zone))
    return value


# boto3's time zones are dateutil's, which always have an offset but compute it in Python:
# asking for the offset of every date would double the time to validate a page.
_ZONES_WITH_OFFSET: set[type] = set()


class _AwsDatetime:
    """Read the three forms of a date: boto3's, the wire's and the AWS CLI's."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        # pydantic's own datetime also reads "1700000000", a number given as a string. For Python, each
        # form has a schema. For JSON, a string without a colon matches a schema of its own, and then
        # is no datetime: this takes half the time, since a float is parsed once.
        aware = no_info_after_validator_function(_require_offset, datetime_schema(strict=True))
        seconds = chain_schema([float_schema(strict=True), datetime_schema()])
        iso_string = chain_schema(
            [
                str_schema(strict=True, pattern=r"^\d{4}-\d{2}-\d{2}"),
                datetime_schema(tz_constraint="aware"),
            ]
        )
        no_date = str_schema(pattern="^[^:]*$")
        from_json = union_schema([no_date, datetime_schema(tz_constraint="aware")], mode="left_to_right")
        either = json_or_python_schema(
            json_schema=chain_schema([from_json, is_instance_schema(datetime)]),
            python_schema=union_schema([aware, seconds, iso_string], mode="left_to_right"),
        )
        return custom_error_schema(
            either,
            "aws_datetime",
            custom_error_message="must be an aware datetime, seconds since 1970, "
            "or an ISO 8601 string with an offset",
            serialization=plain_serializer_function_ser_schema(datetime.isoformat, when_used="json"),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        string: JsonSchemaValue = {"type": "string", "format": "date-time"}
        return {"anyOf": [string, {"type": "number"}]} if handler.mode == "validation" else string


AwsDatetime = Annotated[datetime, _AwsDatetime]


class _EpochSeconds:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return union_schema(
            [int_schema(strict=True), float_schema(strict=True, allow_inf_nan=False)],
            mode="left_to_right",
            custom_error_type="epoch_seconds",
            custom_error_message="must be a number of seconds since 1970",
        )


EpochSeconds = Annotated[int | float, _EpochSeconds]
"""Seconds since 1970, an integer or a fraction, never a boolean or a string."""
