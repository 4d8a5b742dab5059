r"""How values cross the wire: one frozen base model, and the scalars that AWS constrains.

Lengths, patterns and bounds are those of the `cognito-idp` service model
(2016-04-18), anchored: AWS means the whole text. Classes that AWS writes as
`\w` are spelled out in ASCII, which is what they match there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from inspect import Parameter, Signature, get_annotations, signature
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, cast

from pydantic import BaseModel, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core.core_schema import (
    CoreSchema,
    chain_schema,
    datetime_schema,
    float_schema,
    json_or_python_schema,
    literal_schema,
    no_info_after_validator_function,
    plain_serializer_function_ser_schema,
    str_schema,
    union_schema,
    wrap_serializer_function_ser_schema,
)

from cognito_claims._hypothesis import DrawnAs
from cognito_claims.errors import InvalidClaimsError, InvalidRequestError, InvalidResponseError, Problem

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SerializerFunctionWrapHandler
    from pydantic.fields import FieldInfo
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import ErrorDetails

_INITIALISMS = {"http": "HTTP", "mfa": "MFA"}


def wire_name(field: str) -> str:
    """Give AWS's name of a field: `role_arn` is `RoleArn` there."""
    return "".join(_INITIALISMS.get(word, word.title()) for word in field.split("_"))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def since_epoch(date: datetime) -> timedelta:
    """Give the instant that a date names: exact, and the same whatever its zone."""
    return date - _EPOCH


def _title(field: str, _: object) -> str:
    return wire_name(field)


class _SignatureByName:
    """The arguments of a model by our names, as type checkers see them.

    pydantic's own has AWS's names, and only once the validator is built.
    """

    def __get__(self, instance: object, owner: type[BaseModel]) -> Signature:
        if owner.__init__ is not BaseModel.__init__:  # a subclass may have one of its own
            _, *parameters = signature(owner.__init__).parameters.values()
            return Signature(parameters)
        return Signature([_parameter(owner, name, field) for name, field in owner.model_fields.items()])


def _parameter(owner: type[BaseModel], name: str, field: FieldInfo) -> Parameter:
    default = Parameter.empty if field.is_required() else field.get_default()
    hint: Any = field.rebuild_annotation()
    home = next(model for model in owner.__mro__ if name in get_annotations(model))
    if home.__module__.partition(".")[0] == __package__:  # a subclass may have fields of its own
        annotated: Any = Annotated
        hint = annotated[hint, DrawnAs(name, or_none=default is None)]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=hint)


_BY_NAME = _SignatureByName()


class WireModel(
    BaseModel,
    frozen=True,
    alias_generator=wire_name,
    field_title_generator=_title,
    validate_by_alias=True,
    validate_by_name=True,
    hide_input_in_errors=True,
    val_temporal_unit="seconds",
    defer_build=True,
):
    """A value in AWS's shape: frozen, read by AWS's names or ours, unknown keys left out.

    A model's validator is built when it is first used, so that importing many
    models costs a program little that uses a few.

    Two values are equal if their models and facts are. Dates are compared as
    instants: in the hour that a local clock repeats, Python calls a time of
    that zone unequal to the same time in UTC (PEP 495).
    """

    __signature__: ClassVar[Any] = _BY_NAME

    _apart: ClassVar[frozenset[str]] = frozenset()
    """The fields that take no part in equality."""

    @classmethod
    def __pydantic_on_complete__(cls) -> None:
        cls.__signature__ = _BY_NAME  # which pydantic has just replaced

    def _facts(self) -> tuple[object, ...]:
        values = (getattr(self, name) for name in type(self).model_fields if name not in self._apart)
        return tuple(since_epoch(value) if isinstance(value, datetime) else value for value in values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WireModel):
            return NotImplemented
        return (
            type(self) is type(other)
            and self._facts() == other._facts()
            and self.model_extra == other.model_extra
        )

    def __hash__(self) -> int:
        return hash((type(self), self._facts()))


def own_name(name: str, _: object) -> str:
    """Title a field by its own name."""
    return name


class EventModel(WireModel, frozen=True, alias_generator=to_camel, field_title_generator=own_name):
    """A value in the shape of a Lambda event: as `WireModel`, with names such as `userPoolId`."""


def _is_absent(value: object) -> bool:
    return value is None


_T = TypeVar("_T")
Maybe = Annotated[_T | None, Field(exclude_if=_is_absent)]
"""A member that may be absent: `None` here, no key on the wire."""


def _dump_as_list(value: object, dump: SerializerFunctionWrapHandler) -> list[object]:
    return list(dump(value))


class _AsList:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        to_list = wrap_serializer_function_ser_schema(_dump_as_list, schema=schema)
        return cast("CoreSchema", {**schema, "serialization": to_list})


Listed = Annotated[tuple[_T, ...], _AsList]
"""A list: a tuple here, so that it cannot change, and a list again for boto3."""

_ANY_TEXT = r"^[^\p{Z}\p{C}]+$"  # the same scalar values as AWS's [\p{L}\p{M}\p{S}\p{N}\p{P}]+
_ARN_PART = r"[A-Za-z0-9_+=/,.@-]"
ARN = rf"^arn:{_ARN_PART}+:{_ARN_PART}+:{_ARN_PART}*:[0-9]+:{_ARN_PART}+(:{_ARN_PART}+)?(:{_ARN_PART}+)?$"

GroupName = Annotated[str, Field(strict=True, min_length=1, max_length=128, pattern=_ANY_TEXT)]
Username = Annotated[str, Field(strict=True, min_length=1, max_length=128, pattern=_ANY_TEXT)]
UserPoolId = Annotated[
    str, Field(strict=True, min_length=1, max_length=55, pattern=r"^[A-Za-z0-9_-]+_[0-9A-Za-z]+$")
]
Description = Annotated[str, Field(strict=True, max_length=2048)]
RoleArn = Annotated[str, Field(strict=True, min_length=20, max_length=2048, pattern=ARN)]
Precedence = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
Limit = Annotated[int, Field(strict=True, ge=0, le=60)]
PageToken = Annotated[str, Field(strict=True, min_length=1, max_length=131072, pattern=r"^\S+$")]
AttributeName = Annotated[
    str, Field(strict=True, min_length=1, max_length=32, pattern=r"^(?:[\t\n\r ]|[^\p{Z}\p{C}])+$")
]
AttributeValue = Annotated[str, Field(strict=True, max_length=2048)]
Text = Annotated[str, Field(strict=True)]
NonEmpty = Annotated[str, Field(strict=True, min_length=1)]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0)]


class OrEmpty:
    """Reads `""` as absent: how emulators write a text that is not set.

    The text itself is tried first, so that only an empty one costs a call.
    """

    def __init__(self, expected: str) -> None:
        self.expected = expected

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        empty = no_info_after_validator_function(lambda _: None, literal_schema([""]))
        return union_schema(
            [handler(source), empty],
            mode="left_to_right",
            custom_error_type="text_or_empty",
            custom_error_message=f"should be {self.expected}, or empty",
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        json_schema = handler(schema)
        return json_schema if handler.mode == "validation" else json_schema["anyOf"][0]


NextToken = Annotated[PageToken, OrEmpty("a token of at most 131072 characters without white space")]
"""The token that a response carries. boto3 takes an empty one as none, and so do we."""


def _require_offset(value: datetime) -> datetime:
    # Asks for a time zone, not for its offset: boto3's zone computes that in
    # Python, which would double the time that a page takes.
    if value.tzinfo is None:
        raise ValueError("naive")
    return value


class _Instant:
    """Reads the three forms of a date: boto3's, the wire's, the AWS CLI's."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Each form by itself: pydantic's one reader of dates would also take
        # "1700000000", a number given as text.
        seconds = chain_schema([float_schema(strict=True), datetime_schema()])
        iso_text = chain_schema(
            [
                str_schema(strict=True, pattern=r"^\d{4}-\d{2}-\d{2}"),
                datetime_schema(tz_constraint="aware"),
            ]
        )
        aware = no_info_after_validator_function(_require_offset, datetime_schema(strict=True))

        def one_of(*forms: CoreSchema) -> CoreSchema:
            return union_schema(
                list(forms),
                mode="left_to_right",
                custom_error_type="instant",
                custom_error_message="should be an aware datetime, seconds since 1970, "
                "or ISO 8601 text with an offset",
            )

        return json_or_python_schema(
            json_schema=one_of(seconds, iso_text),
            python_schema=one_of(aware, seconds, iso_text),
            serialization=plain_serializer_function_ser_schema(datetime.isoformat, when_used="json"),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        text: JsonSchemaValue = {"type": "string", "format": "date-time"}
        return {"anyOf": [text, {"type": "number"}]} if handler.mode == "validation" else text


Instant = Annotated[datetime, _Instant]


_M = TypeVar("_M", bound=WireModel)
_V = TypeVar("_V")
_REASONS = {
    "extra_forbidden": "is not known",
    "missing": "is missing",
    "model_type": "should be an object",
    "tuple_type": "should be a list",
}
_SHOWN = frozenset(
    {"CreationDate", "GroupName", "LastModifiedDate", "Limit", "MaxItems"}
    | {"PageSize", "Precedence", "RoleArn", "UserPoolId"}
)


def read_response(model: type[_M], value: object) -> _M:
    """Validate what a call answered.

    Raises:
        InvalidResponseError: with every fault and its place.
    """
    return _read(model, value, InvalidResponseError, operation_of(model))


def read_request(model: type[_M], value: object) -> _M:
    """Validate what is to be sent.

    Raises:
        InvalidRequestError: with every fault and its place.
    """
    return _read(model, value, InvalidRequestError, operation_of(model))


def read_claims(model: type[_M], value: object, source: str) -> _M:
    """Validate what a token or an event holds.

    Raises:
        InvalidClaimsError: with every fault and its place.
    """
    if isinstance(value, str | bytes):
        raise InvalidClaimsError(
            source, [Problem("", "is text: decode it first, and verify it if it is a token")]
        )
    members = as_object(value)
    return _read(model, value if members is None else members, InvalidClaimsError, source, by_name=False)


def as_object(value: object) -> dict[str, object] | None:
    """Give a model's members by their names on the wire, or a mapping's items; `None` for all else."""
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True)
    return dict(cast("Mapping[str, object]", value)) if isinstance(value, Mapping) else None


def as_list(value: object) -> list[object] | None:
    """Give the elements of a list or a tuple, or `None` if it is neither."""
    return list(cast("Iterable[object]", value)) if isinstance(value, _LISTS) else None


_LISTS: tuple[type, ...] = (list, tuple)


def copied(value: _V, source: str) -> _V:
    """Copy a value of JSON with all that is in it.

    Raises:
        InvalidClaimsError: it is nested too deeply.
    """
    try:
        return deepcopy(value)
    except RecursionError:
        problem = Problem("", "is nested too deeply")
    raise InvalidClaimsError(source, [problem])


def names_of(names: object) -> list[str]:
    """Give the names in a list of names.

    Raises:
        TypeError: it is one text, a dictionary or no list at all, or holds something else than names.
    """
    kind = type(names).__name__
    if isinstance(names, _NOT_NAMES) or not isinstance(names, Iterable):
        raise TypeError(f"expected a list of names, got {kind}")
    given: list[object] = list(cast("Iterable[object]", names))
    texts = [name for name in given if isinstance(name, str) and name]
    if len(texts) < len(given):
        [wrong, *_] = [name for name in given if not (isinstance(name, str) and name)]
        kind = "an empty one" if wrong == "" else type(wrong).__name__
        raise TypeError(f"expected names, got {kind} among them")
    return texts


_NOT_NAMES: tuple[type, ...] = (str, Mapping, BaseModel)


def at(value: object, *path: str) -> object:
    """Give what is at the end of a path through objects; `None` if there is nothing."""
    for name in path:
        members = as_object(value)
        if members is None:
            return None
        value = members.get(name)
    return value


def _read(
    model: type[_M],
    value: object,
    invalid: type[InvalidRequestError | InvalidResponseError | InvalidClaimsError],
    subject: str,
    *,
    by_name: bool = True,  # from outside, AWS's names alone count
) -> _M:
    try:
        return model.model_validate(value, by_alias=True, by_name=by_name)
    except ValidationError as error:
        # In a request the caller may have put a username in another place.
        shows_text = invalid is InvalidResponseError
        problems = [_problem(details, shows_text) for details in error.errors(include_url=False)]
    # Out of the handler: pydantic's error holds the input, secrets with it,
    # and must not hang on ours as its context.
    raise invalid(subject, problems)


def operation_of(model: type[WireModel]) -> str:
    """Give the call that a request or response belongs to; AWS names its shapes by it."""
    return re.sub(r"^_|(Request(Paginate)?|Response)$", "", model.__name__)


def _problem(details: ErrorDetails, shows_text: bool) -> Problem:
    location = details["loc"]
    steps = [*map(_step_of_path, location)]
    path = "".join(steps if len(steps) <= _MOST_STEPS else [*steps[:_MOST_STEPS], "..."])
    reason = _REASONS.get(details["type"], details["msg"].removeprefix("Input "))
    if details["type"] not in ("missing", "extra_forbidden", "null_groups"):
        reason += f", got {_shown(details['input'], location, shows_text)}"
    return Problem(path.removeprefix("."), reason[0].lower() + reason[1:])


_MOST_STEPS = 20


def _step_of_path(part: int | str) -> str:
    # A key that is no plain name is quoted: it came from outside, and may hold anything.
    return f".{part}" if isinstance(part, str) and part.isidentifier() else f"[{part!r}]"


def _shown(value: object, location: tuple[int | str, ...], shows_text: bool) -> str:
    if isinstance(value, int) and value.bit_length() > 64:
        return "a number of more than 64 bits"
    if value is None:
        return "none"
    if location and location[-1] in _SHOWN and isinstance(value, int | float | datetime):
        return repr(value)
    if location and location[-1] == "token_use" and value in ("id", "access"):
        return repr(value)
    if location and location[-1] in _SHOWN and isinstance(value, str) and shows_text:
        return f"{value!r:.300}"
    return f"a value of type {type(value).__name__}"
