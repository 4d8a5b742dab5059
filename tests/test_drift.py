"""The models beside what AWS says of itself today: botocore's service model and boto3-stubs."""

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Annotated, Any, Literal, NotRequired, get_args, get_origin, get_type_hints

import pytest
import regex
from botocore.loaders import Loader
from mypy_boto3_cognito_idp import type_defs
from pydantic import Field, TypeAdapter

from cognito_claims import _wire, models
from cognito_claims._wire import WireModel
from cognito_claims.client import _operations

COMMON = {
    "InternalErrorException",
    "InvalidParameterException",
    "NotAuthorizedException",
    "OperationNotEnabledException",
    "ResourceNotFoundException",
    "TooManyRequestsException",
}
ERRORS = {
    "AdminListGroupsForUser": COMMON | {"UserNotFoundException"},
    "GetGroup": COMMON,
    "CreateGroup": COMMON | {"GroupExistsException", "LimitExceededException"},
    "UpdateGroup": COMMON,
    "ListGroups": COMMON,
    "ListUsersInGroup": COMMON,
}
LISTED = {"AdminListGroupsForUser": "Groups", "ListGroups": "Groups", "ListUsersInGroup": "Users"}

NAME = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"
ATTRIBUTE_NAME = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+"
ARN = r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?"
PATTERNS: dict[str, Any] = {
    NAME: _wire.GroupName,  # and Username
    ATTRIBUTE_NAME: _wire.AttributeName,
    r"[\w-]+_[0-9a-zA-Z]+": _wire.UserPoolId,
    ARN: _wire.RoleArn,
    r"[\S]+": _wire.PageToken,
}
AWS_PATTERN = {TypeAdapter(scalar).json_schema()["pattern"]: aws for aws, scalar in PATTERNS.items()}
AWS_KEYWORD = {"minLength": "min", "minimum": "min", "maxLength": "max", "maximum": "max"}

STATUSES = "UNCONFIRMED, CONFIRMED, ARCHIVED, COMPROMISED, UNKNOWN, RESET_REQUIRED, FORCE_CHANGE_PASSWORD"
DELIBERATE = {
    "it names the group or the user, without which there is none": [
        f"{member}: {who} makes it optional, the model required"
        for member in ("GroupType.GroupName", "UserType.Username")
        for who in ("AWS", "boto3-stubs")
    ],
    "without it, this is another call's answer": [
        f"{call}Response.{LISTED.get(call, 'Group')}: AWS makes it optional, the model required"
        for call in ERRORS
    ],
    "emulators write a text that is not set as an empty one": [
        "GroupType.Description: AWS asks for 0 characters, the model 1",
        "GroupType.Description: AWS reads an empty text as text, the model absent",
        "GroupType.RoleArn: AWS reads an empty text as text, the model absent",
        *(
            f"{call}Response.NextToken: AWS reads an empty text as text, the model absent"
            for call in LISTED
        ),
    ],
    "AWS says it in prose alone: 2^31-1": [
        f"{shape}.Precedence: AWS allows any, the model 2147483647"
        for shape in ("GroupType", "CreateGroupRequest", "UpdateGroupRequest")
    ],
    "a value that AWS adds is not refused": [
        "MFAOptionType.DeliveryMedium: AWS names the values SMS, EMAIL, the model any",
        f"UserType.UserStatus: AWS names the values {STATUSES}, EXTERNAL_PROVIDER, the model any",
    ],
    "boto3 adds it; the service does not send it": [
        f"{call}Response.ResponseMetadata: {said}"
        for call in ERRORS
        for said in ("AWS does not have it", "boto3-stubs makes it required, the model optional")
    ],
    "it says how a response travelled, and may be left out with the rest of that": [
        f"ResponseMetadata.{member}: boto3-stubs makes it required, the model optional"
        for member in ("HTTPHeaders", "HTTPStatusCode", "RequestId", "RetryAttempts")
    ],
    "botocore sets it where it gives up": [
        "ResponseMetadata.MaxAttemptsReached: boto3-stubs does not have it",
    ],
}
"""Where the models differ on purpose, by the reason."""

SINCE = {
    (1, 42, 59): [
        f"{member}: AWS has the pattern {NAME}, the model {ATTRIBUTE_NAME}"
        for member in ("AttributeType.Name", "MFAOptionType.AttributeName")
    ],
    (1, 43, 19): [f"{call}.OperationNotEnabledException: AWS does not have it" for call in ERRORS],
}
"""What AWS changed since the oldest botocore allowed: how those before the version differ."""

OF_BOTO3: list[type[WireModel]] = [
    models.PaginatorConfig,
    models.ResponseMetadata,
    *(getattr(_operations, f"{call}RequestPaginate") for call in LISTED),
]
OF_SERVICE: list[type[WireModel]] = [
    model
    for model in map(vars(models).get, models.__all__)
    if isinstance(model, type) and issubclass(model, WireModel) and model not in OF_BOTO3
]

Facts = dict[str, dict[str, object]]
"""What is said of each member, by its path: the sentence, and the value in it."""


def _said_of_member(kind: str, needed: bool) -> dict[str, object]:
    return {"says {}": kind, "makes it {}": "required" if needed else "optional"}


def _said_of_value(kind: str, shape: Mapping[str, Any], empty: str) -> dict[str, object]:
    unit = " characters" if kind == "string" else ""
    return {
        f"asks for {{}}{unit}": shape.get("min", 0 if unit else None),
        f"allows {{}}{unit}": shape.get("max"),
        "has the pattern {}": shape.get("pattern"),
        "names the values {}": ", ".join(shape.get("enum", ())) or None,
        "reads an empty text as {}": empty,
    }


def _name(model: type[WireModel]) -> str:
    return model.__name__.removeprefix("_")


def _of_models(of: Iterable[type[WireModel]]) -> Facts:
    return {
        f"{_name(model)}.{member}": _of_schema(schema, member in described.get("required", ()))
        for model in of
        for described in [model.model_json_schema()]
        for member, schema in described["properties"].items()
    }


def _of_schema(schema: dict[str, Any], needed: bool) -> dict[str, object]:
    forms: list[dict[str, Any]] = schema.get("anyOf", [schema])
    kind = _schema_kind(forms[0])
    shape = {AWS_KEYWORD.get(key, key): AWS_PATTERN.get(str(said), said) for key, said in forms[0].items()}
    empty = "absent" if any(form.get("const") == "" for form in forms) else "text"
    return _said_of_member(kind, needed) | _said_of_value(kind, shape, empty)


def _schema_kind(form: dict[str, Any]) -> str:
    match form:
        case {"$ref": str(reference)}:
            return reference.rpartition("/")[2]
        case {"type": "array", "items": items}:
            return f"list of {_schema_kind(items)}"
        case {"format": "date-time"}:
            return "timestamp"
        case _:
            return str(form["type"]).replace("object", "map")


def _of_shapes(shapes: dict[str, Any]) -> Facts:
    return {
        f"{name}.{member}": _said_of_member(kind, member in structure.get("required", ()))
        | _said_of_value(kind, shapes[reference["shape"]], "text")
        for name in map(_name, OF_SERVICE)
        for structure in [shapes.get(name, {"members": {}})]
        for member, reference in structure["members"].items()
        for kind in [_shape_kind(shapes, reference["shape"])]
    }


def _shape_kind(shapes: dict[str, Any], name: str) -> str:
    shape: dict[str, Any] = shapes[name]
    if shape["type"] == "list":
        return f"list of {_shape_kind(shapes, shape['member']['shape'])}"
    return name if shape["type"] == "structure" else str(shape["type"])


def _of_stubs() -> Facts:
    return {
        f"{_name(model)}.{key}": _said_of_member(_hint_kind(hint), get_origin(hint) is not NotRequired)
        for model in (*OF_SERVICE, *OF_BOTO3)
        for key, hint in get_type_hints(_stub(model), include_extras=True).items()
    }


def _stub(model: type[WireModel]) -> Any:
    name, call = _name(model), _wire.operation_name(model)
    names = (name, f"{name}Request", f"{call}Request{call}Paginate")  # the latter two in old stubs
    found = (getattr(type_defs, f"{name}TypeDef", None) for name in names)
    return next((stub for stub in found if stub), object)


def _hint_kind(hint: Any) -> str:
    origin = get_origin(hint)
    if origin is NotRequired:
        return _hint_kind(get_args(hint)[0])
    if origin is list:
        return f"list of {_hint_kind(get_args(hint)[0])}"
    kinds: dict[Any, str] = {str: "string", int: "integer", bool: "boolean", datetime: "timestamp"}
    kinds |= {Literal: "string", dict: "map"}
    return kinds.get(origin or hint) or str(hint.__name__).removesuffix("TypeDef")


def _of_calls(parts_of: Callable[[str], Mapping[str, str]]) -> Facts:
    return {f"{call}.{part}": {"says {}": said} for call in ERRORS for part, said in parts_of(call).items()}


def _our_parts(call: str) -> dict[str, str]:
    keys = {"input_token": "NextToken", "output_token": "NextToken", "limit_key": "Limit"}
    paginator = {**keys, "result_key": LISTED[call]} if call in LISTED else {}
    return dict.fromkeys(ERRORS[call], "error") | paginator


def _aws_parts(aws: dict[str, Any], call: str) -> dict[str, str]:
    errors = (error["shape"] for error in aws["operations"].get(call, {}).get("errors", ()))
    return {**dict.fromkeys(errors, "error"), **aws["pagination"].get(call, {})}


def _differences(who: str, theirs: Facts, ours: Facts) -> Iterator[str]:
    for path in sorted({*theirs, *ours}):
        if path not in ours:
            yield f"{path}: {who} added it ({theirs[path]['says {}']})"
        elif path not in theirs:
            yield f"{path}: {who} does not have it"
        else:
            yield from (f"{path}: {who} {said}" for said in _contradictions(theirs[path], ours[path]))


def _contradictions(theirs: dict[str, object], ours: dict[str, object]) -> Iterator[str]:
    for sentence, value in theirs.items():
        if ours[sentence] != value:
            said, in_model = ("any" if v is None else v for v in (value, ours[sentence]))
            yield f"{sentence.format(said)}, the model {in_model}"
            if sentence == "says {}":
                return  # nothing else can be compared


def _drift(aws: dict[str, Any]) -> list[str]:
    theirs = _of_shapes(aws["shapes"]) | _of_calls(partial(_aws_parts, aws))
    found = [
        *_differences("AWS", theirs, _of_models(OF_SERVICE) | _of_calls(_our_parts)),
        *_differences("boto3-stubs", _of_stubs(), _of_models([*OF_SERVICE, *OF_BOTO3])),
    ]
    installed = tuple(map(int, version("botocore").split(".")))
    before = [lines for first, lines in SINCE.items() if installed < first]
    known = [line for lines in (*DELIBERATE.values(), *before) for line in lines]
    return [
        *(line for line in found if line not in known),
        *(f"{line}: no longer so" for line in known if line not in found),
    ]


@pytest.fixture
def aws() -> dict[str, Any]:
    """What botocore has of the service, in a copy of one's own."""
    load = Loader().load_service_model
    return {**load("cognito-idp", "service-2"), **load("cognito-idp", "paginators-1")}


def test_the_models_are_what_aws_says(aws: dict[str, Any]) -> None:
    drift = _drift(aws)
    assert drift == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("GroupType.Description: AWS allows 4096 characters, the model 2048", {"max": 4096}),
        ("GroupType.RoleArn: AWS asks for 10 characters, the model 20", {"min": 10}),
        ("ListGroupsRequest.Limit: AWS allows 100, the model 60", {"max": 100}),
        (f"GetGroupRequest.GroupName: AWS has the pattern [a-z]+, the model {NAME}", {"pattern": "[a-z]+"}),
        ("GroupType.UserPoolId: AWS names the values a, b, the model any", {"enum": ["a", "b"]}),
        ("UserType.Enabled: AWS says string, the model boolean", {"type": "string", "max": 5}),
    ],
)
def test_another_value_is_told_in_one_line(aws: dict[str, Any], line: str, said: dict[str, object]) -> None:
    name, member = line.partition(":")[0].split(".")
    reference = aws["shapes"][name]["members"][member]
    aws["shapes"]["Another"] = aws["shapes"][reference["shape"]] | said
    reference["shape"] = "Another"
    assert _drift(aws) == [line]


CHANGES: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    (
        "GroupType.Color: AWS added it (string)",
        lambda aws: aws["shapes"]["GroupType"]["members"].update(Color={"shape": "ArnType"}),
    ),
    (
        "UserType.Enabled: AWS does not have it",
        lambda aws: aws["shapes"]["UserType"]["members"].pop("Enabled"),
    ),
    (
        "ListGroupsRequest.Limit: AWS makes it required, the model optional",
        lambda aws: aws["shapes"]["ListGroupsRequest"]["required"].append("Limit"),
    ),
    (
        "GroupType.GroupName: AWS makes it optional, the model required: no longer so",
        lambda aws: aws["shapes"]["GroupType"].update(required=["GroupName"]),
    ),
    (
        "GetGroup.UserNotFoundException: AWS added it (error)",
        lambda aws: aws["operations"]["GetGroup"]["errors"].append({"shape": "UserNotFoundException"}),
    ),
    (
        "ListGroups.limit_key: AWS says MaxResults, the model Limit",
        lambda aws: aws["pagination"]["ListGroups"].update(limit_key="MaxResults"),
    ),
]


def test_a_call_that_is_gone_is_told_by_its_parts(aws: dict[str, Any]) -> None:
    del aws["operations"]["GetGroup"]
    drift = _drift(aws)
    assert "GetGroup.ResourceNotFoundException: AWS does not have it" in drift
    assert all(line.startswith("GetGroup.") for line in drift)


def test_a_stub_that_is_gone_is_told_by_its_members(
    aws: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type_defs, "CreateGroupResponseTypeDef", None)
    assert _drift(aws)[:2] == [
        "CreateGroupResponse.Group: boto3-stubs does not have it",
        "CreateGroupResponse.ResponseMetadata: boto3-stubs does not have it",
    ]


@pytest.mark.parametrize(("line", "change"), CHANGES, ids=[line for line, _ in CHANGES])
def test_a_change_is_told_in_one_line(
    aws: dict[str, Any], line: str, change: Callable[[dict[str, Any]], object]
) -> None:
    change(aws)
    assert _drift(aws) == [line]


def test_a_new_key_of_the_stubs_is_told_in_one_line(
    aws: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class GroupTypeTypeDef(type_defs.GroupTypeTypeDef):
        Color: NotRequired[str]

    monkeypatch.setattr(type_defs, "GroupTypeTypeDef", GroupTypeTypeDef)
    assert _drift(aws) == ["GroupType.Color: boto3-stubs added it (string)"]


ANSWERED = {
    "Group": {"GroupName": "a"},
    "Groups": [{"GroupName": "a"}],
    "Users": [
        {"Username": "u", "Attributes": [{"Name": "email"}], "MFAOptions": [{"DeliveryMedium": "SMS"}]}
    ],
    "ResponseMetadata": {"HTTPStatusCode": 200},
}


@pytest.mark.parametrize("operation", ERRORS)
def test_a_new_member_breaks_no_response(operation: str) -> None:
    model: type[WireModel] = getattr(models, f"{operation}Response")
    with_more = json.dumps(ANSWERED).replace("{", '{"Color": {"Red": 255}, ')
    known = {member: ANSWERED[member] for member in (LISTED.get(operation, "Group"), "ResponseMetadata")}
    assert model.model_validate(json.loads(with_more)).model_dump(by_alias=True) == known
    assert model.model_validate_json(with_more) == model.model_validate(known)


FRAMES = [
    *("{}", "a{}", "{}_a", "a_{}", "a_a{}", "arn:{}:a::1:a", "arn:a:{}::1:a", "arn:a:a:{}:1:a"),
    *(f"arn:a:a::{tail}" for tail in ("{}:a", "1{}:a", "1:{}", "1:a:{}", "1:a:a:{}", "1:a:a:a:{}")),
]
# What Unicode has not assigned for long is a letter to one engine and nothing to another.
CHARACTERS = ["", *(c for c in map(chr, range(0x3100)) if unicodedata.ucd_3_2_0.category(c) != "Cn")]


@pytest.mark.parametrize(("ours", "theirs"), AWS_PATTERN.items())
def test_our_pattern_takes_the_texts_that_awss_does(ours: str, theirs: str) -> None:
    taken_by_us = TypeAdapter(Annotated[str, Field(pattern=ours)]).validator.isinstance_python
    # AWS's \w is ASCII. Its \S may be: we read it as Unicode's, and take no wide space in a token.
    taken_by_aws = regex.compile(theirs, regex.ASCII if r"\w" in theirs else regex.UNICODE).fullmatch
    texts = [frame.format(character) for frame in FRAMES for character in CHARACTERS]
    assert [text for text in texts if taken_by_us(text) != bool(taken_by_aws(text))] == []
