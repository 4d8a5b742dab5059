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
    datetime_schema,
    float_schema,
    int_schema,
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
    from pydantic.json_schema import JsonSchemaValue

_T = TypeVar("_T")

MAX_NAME_LENGTH = 128
MAX_PRECEDENCE = 2**31 - 1
MAX_PAGE_SIZE = 60


def _is_absent(value: object) -> bool:
    return value is None


Omittable = Annotated[_T | None, Field(exclude_if=_is_absent)]
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

_ANY_TEXT = r"^[^\p{Z}\p{C}]+$"  # matches the same strings as AWS's [\p{L}\p{M}\p{S}\p{N}\p{P}]+
_ARN_PART = r"[A-Za-z0-9_+=/,.@-]"
ARN_PATTERN = (
    rf"^arn:{_ARN_PART}+:{_ARN_PART}+:{_ARN_PART}*:[0-9]+:{_ARN_PART}+(:{_ARN_PART}+)?(:{_ARN_PART}+)?$"
)

GroupName = Annotated[str, Field(strict=True, min_length=1, max_length=MAX_NAME_LENGTH, pattern=_ANY_TEXT)]
Username = Annotated[str, Field(strict=True, min_length=1, max_length=MAX_NAME_LENGTH, pattern=_ANY_TEXT)]
UserPoolId = Annotated[
    str, Field(strict=True, min_length=1, max_length=55, pattern=r"^[A-Za-z0-9_-]+_[0-9A-Za-z]+$")
]
Description = Annotated[str, Field(strict=True, max_length=2048)]
RoleArn = Annotated[str, Field(strict=True, min_length=20, max_length=2048, pattern=ARN_PATTERN)]
Precedence = Annotated[int, Field(strict=True, ge=0, le=MAX_PRECEDENCE)]
Limit = Annotated[int, Field(strict=True, ge=0, le=MAX_PAGE_SIZE)]
PageToken = Annotated[str, Field(strict=True, min_length=1, max_length=131072, pattern=r"^\S+$")]
AttributeName = Annotated[
    str, Field(strict=True, min_length=1, max_length=32, pattern=r"^(?:[\t\n\r ]|[^\p{Z}\p{C}])+$")
]
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


def _require_time_zone(value: datetime) -> datetime:
    # Not `utcoffset()`: boto3's time zone computes it in Python, which would
    # double the time to validate a page.
    if value.tzinfo is None:
        raise ValueError("naive")
    return value


class _AwsDatetime:
    """Read the three forms of a date: boto3's, the wire's and the AWS CLI's."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        # One schema for each form: pydantic's own would also accept "1700000000",
        # a number given as a string.
        seconds = chain_schema([float_schema(strict=True), datetime_schema()])
        iso_string = chain_schema(
            [
                str_schema(strict=True, pattern=r"^\d{4}-\d{2}-\d{2}"),
                datetime_schema(tz_constraint="aware"),
            ]
        )
        aware = no_info_after_validator_function(_require_time_zone, datetime_schema(strict=True))

        def one_of(*forms: CoreSchema) -> CoreSchema:
            return union_schema(
                list(forms),
                mode="left_to_right",
                custom_error_type="aws_datetime",
                custom_error_message="must be an aware datetime, seconds since 1970, "
                "or an ISO 8601 string with an offset",
            )

        return json_or_python_schema(
            json_schema=one_of(seconds, iso_string),
            python_schema=one_of(aware, seconds, iso_string),
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
