"""The models compared with botocore's service model and boto3-stubs.

Each source is reduced to the same `Facts`: for every member, a statement such as
"allows {} characters" and the value in it. A statement whose values differ is a
line of drift, unless `DELIBERATE` lists it with the reason.
"""

import json
import re
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

from cognito_claims import models, user_pool
from cognito_claims._wire import scalars
from cognito_claims._wire.base import WireModel
from cognito_claims._wire.parsing import get_operation_name
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
    "DescribeUserPool": COMMON | {"UserPoolTaggingException"},
}
LIST_MEMBERS = {"AdminListGroupsForUser": "Groups", "ListGroups": "Groups", "ListUsersInGroup": "Users"}
RESULT_MEMBERS = {
    **dict.fromkeys(ERRORS, "Group"),
    **LIST_MEMBERS,
    "DescribeUserPool": "UserPool",
}

NAME = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"
ATTRIBUTE_NAME = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+"
ARN = r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?"
PATTERNS: dict[str, Any] = {
    NAME: scalars.GroupName,  # and Username
    ATTRIBUTE_NAME: scalars.AttributeName,
    r"[\w-]+_[0-9a-zA-Z]+": scalars.UserPoolId,
    ARN: scalars.RoleArn,
    r"[\S]+": scalars.PageToken,
}
AWS_PATTERN = {TypeAdapter(scalar).json_schema()["pattern"]: aws for aws, scalar in PATTERNS.items()}
AWS_KEYWORD = {"minLength": "min", "minimum": "min", "maxLength": "max", "maximum": "max"}

STATUSES = "UNCONFIRMED, CONFIRMED, ARCHIVED, COMPROMISED, UNKNOWN, RESET_REQUIRED, FORCE_CHANGE_PASSWORD"
INSTALLED = tuple(map(int, version("botocore").split(".")))
LAMBDA_VERSION = "PreTokenGenerationVersionConfigType.LambdaVersion"
LAMBDA_VERSIONS = "V1_0, V2_0, V3_0" if INSTALLED >= (1, 37, 5) else "V1_0, V2_0"
NEW_ENUMS = (
    ["IssuerConfigurationType.Type: AWS lists the values ORIGINAL, UPDATED, the model any"]
    if INSTALLED >= (1, 43, 19)
    else []
)
DELIBERATE = {
    "a group, a user or a user pool without a name cannot be used": [
        f"{member}: {who} makes it optional, the model required"
        for member in ("GroupType.GroupName", "UserType.Username", "UserPoolType.Id")
        for who in ("AWS", "boto3-stubs")
    ],
    "a response without it belongs to a different operation": [
        f"{call}Response.{RESULT_MEMBERS[call]}: AWS makes it optional, the model required"
        for call in ERRORS
    ],
    "emulators send an absent string as an empty one": [
        "GroupType.Description: AWS requires 0 characters, the model 1",
        "GroupType.Description: AWS reads an empty string as a value, the model absent",
        "GroupType.RoleArn: AWS reads an empty string as a value, the model absent",
        *(
            f"{call}Response.NextToken: AWS reads an empty string as a value, the model absent"
            for call in LIST_MEMBERS
        ),
    ],
    "AWS documents it in prose only: 2^31-1": [
        f"{shape}.Precedence: AWS allows any, the model 2147483647"
        for shape in ("GroupType", "CreateGroupRequest", "UpdateGroupRequest")
    ],
    "values that AWS adds later are accepted": [
        "MFAOptionType.DeliveryMedium: AWS lists the values SMS, EMAIL, the model any",
        f"UserType.UserStatus: AWS lists the values {STATUSES}, EXTERNAL_PROVIDER, the model any",
        f"{LAMBDA_VERSION}: AWS lists the values {LAMBDA_VERSIONS}, the model any",
        *NEW_ENUMS,
    ],
    "it describes the HTTP exchange and may be absent": [
        f"ResponseMetadata.{member}: boto3-stubs makes it required, the model optional"
        for member in ("HTTPHeaders", "HTTPStatusCode", "RequestId", "RetryAttempts")
    ],
    "botocore sets it after the last retry": [
        "ResponseMetadata.MaxAttemptsReached: boto3-stubs does not have it",
    ],
}
"""Intended differences of the models, by reason."""

SINCE = {
    (1, 42, 59): [
        f"{member}: AWS has the pattern {NAME}, the model {ATTRIBUTE_NAME}"
        for member in ("AttributeType.Name", "MFAOptionType.AttributeName")
    ],
    (1, 43, 19): [
        *(f"{call}.OperationNotEnabledException: AWS does not have it" for call in ERRORS),
        *(
            f"{member}: {who} does not have it"
            for member in ("IssuerConfigurationType.Type", "UserPoolType.IssuerConfiguration")
            for who in ("AWS", "boto3-stubs")
        ),
    ],
}
"""Differences of the botocore releases before each version, from the oldest that is supported."""

PARTIAL_MODELS = {"LambdaConfigType", "UserPoolType"}
"""The models that leave out the members that do not matter for groups and tokens."""

BOTO3_MODELS: list[type[WireModel]] = [
    models.PaginatorConfig,
    models.ResponseMetadata,
    *(getattr(_operations, f"{call}RequestPaginate") for call in LIST_MEMBERS),
]
SERVICE_MODELS: list[type[WireModel]] = [
    model
    for module in (models, user_pool)
    for model in map(vars(module).get, module.__all__)
    if isinstance(model, type) and issubclass(model, WireModel) and model not in BOTO3_MODELS
]

Facts = dict[str, dict[str, object]]
"""For each member, by its path: statements, and the value in each."""


def _describe_member(kind: str, required: bool) -> dict[str, object]:
    return {"has the type {}": kind, "makes it {}": "required" if required else "optional"}


def _describe_value(kind: str, shape: Mapping[str, Any], empty: str) -> dict[str, object]:
    unit = " characters" if kind == "string" else ""
    return {
        f"requires {{}}{unit}": shape.get("min", 0 if unit else None),
        f"allows {{}}{unit}": shape.get("max"),
        "has the pattern {}": shape.get("pattern"),
        "lists the values {}": ", ".join(shape.get("enum", ())) or None,
        "reads an empty string as {}": empty,
    }


def _get_name(model: type[WireModel]) -> str:
    return model.__name__.removeprefix("_")


def _describe_models(models: Iterable[type[WireModel]]) -> Facts:
    return {
        f"{_get_name(model)}.{member}": _describe_schema(schema, member in model_schema.get("required", ()))
        for model in models
        for model_schema in [model.model_json_schema()]
        for member, schema in model_schema["properties"].items()
    }


def _describe_schema(schema: dict[str, Any], required: bool) -> dict[str, object]:
    forms: list[dict[str, Any]] = schema.get("anyOf", [schema])
    kind = _get_schema_type(forms[0])
    shape = {
        AWS_KEYWORD.get(key, key): AWS_PATTERN.get(str(value), value) for key, value in forms[0].items()
    }
    empty = "absent" if any(form.get("const") == "" for form in forms) else "a value"
    return _describe_member(kind, required) | _describe_value(kind, shape, empty)


def _get_schema_type(form: dict[str, Any]) -> str:
    match form:
        case {"$ref": str(reference)}:
            return reference.rpartition("/")[2]
        case {"type": "array", "items": items}:
            return f"list of {_get_schema_type(items)}"
        case {"format": "date-time"}:
            return "timestamp"
        case _:
            return str(form["type"]).replace("object", "map")


def _describe_shapes(aws: dict[str, Any]) -> Facts:
    shapes: dict[str, Any] = aws["shapes"]
    return {
        f"{name}.{member}": _describe_member(kind, member in structure.get("required", ()))
        | _describe_value(kind, shapes[reference["shape"]], "a value")
        for name in map(_get_name, SERVICE_MODELS)
        for structure in [shapes.get(_find_shape(aws, name), {"members": {}})]
        for member, reference in structure["members"].items()
        if _is_modeled(name, member)
        for kind in [_get_shape_type(shapes, reference["shape"])]
    }


def _is_modeled(name: str, member: str) -> bool:
    if name not in PARTIAL_MODELS:
        return True
    model: type[WireModel] = getattr(user_pool, name)
    return member in {field.alias for field in model.model_fields.values()}


def _find_shape(aws: dict[str, Any], model: str) -> str:
    """Return the shape of a request or response as its operation names it."""
    for call in ERRORS:
        for direction, name in (("input", f"{call}Request"), ("output", f"{call}Response")):
            if model == name:
                return str(aws["operations"].get(call, {}).get(direction, {}).get("shape"))
    return model


def _get_shape_type(shapes: dict[str, Any], name: str) -> str:
    shape: dict[str, Any] = shapes[name]
    if shape["type"] == "list":
        return f"list of {_get_shape_type(shapes, shape['member']['shape'])}"
    return name if shape["type"] == "structure" else str(shape["type"])


def _describe_stubs() -> Facts:
    return {
        f"{_get_name(model)}.{key}": _describe_member(
            _get_hint_type(hint), get_origin(hint) is not NotRequired
        )
        for model in (*SERVICE_MODELS, *BOTO3_MODELS)
        for key, hint in get_type_hints(_find_stub(model), include_extras=True).items()
        if key != "ResponseMetadata"  # no JSON has it
        and _is_modeled(_get_name(model), key)
    }


def _find_stub(model: type[WireModel]) -> Any:
    name, call = _get_name(model), get_operation_name(model)
    names = (name, f"{name}Request", f"{call}Request{call}Paginate")  # old stubs use the last two
    stubs = (getattr(type_defs, f"{name}TypeDef", None) for name in names)
    return next((stub for stub in stubs if stub), object)


def _get_hint_type(hint: Any) -> str:
    origin = get_origin(hint)
    if origin is NotRequired:
        return _get_hint_type(get_args(hint)[0])
    if origin is list:
        return f"list of {_get_hint_type(get_args(hint)[0])}"
    kinds: dict[Any, str] = {str: "string", int: "integer", bool: "boolean", datetime: "timestamp"}
    kinds |= {Literal: "string", dict: "map"}
    return kinds.get(origin or hint) or str(hint.__name__).removesuffix("TypeDef")


def _describe_operations(get_parts: Callable[[str], Mapping[str, str]]) -> Facts:
    return {
        f"{call}.{part}": {"has the type {}": value}
        for call in ERRORS
        for part, value in get_parts(call).items()
    }


def _get_our_parts(call: str) -> dict[str, str]:
    keys = {"input_token": "NextToken", "output_token": "NextToken", "limit_key": "Limit"}
    paginator = {**keys, "result_key": LIST_MEMBERS[call]} if call in LIST_MEMBERS else {}
    shapes = {"input": f"{call}Request", "output": f"{call}Response"}
    return dict.fromkeys(ERRORS[call], "error") | paginator | shapes


def _get_aws_parts(aws: dict[str, Any], call: str) -> dict[str, str]:
    operation: dict[str, Any] = aws["operations"].get(call, {})
    errors = (error["shape"] for error in operation.get("errors", ()))
    shapes = {part: operation[part]["shape"] for part in ("input", "output") if part in operation}
    return {**dict.fromkeys(errors, "error"), **aws["pagination"].get(call, {}), **shapes}


def _compare(who: str, theirs: Facts, ours: Facts) -> Iterator[str]:
    renamed = _find_renamed(theirs, ours)
    for path in sorted({*theirs, *ours} - {*renamed.values()}):
        if path in renamed:
            yield f"{path}: {who} renamed it {renamed[path].rpartition('.')[2]}"
        elif path not in ours:
            yield f"{path}: {who} added it ({theirs[path]['has the type {}']})"
        elif path not in theirs:
            yield f"{path}: {who} does not have it"
        else:
            yield from (
                f"{path}: {who} {difference}" for difference in _compare_member(theirs[path], ours[path])
            )


def _find_renamed(theirs: Facts, ours: Facts) -> dict[str, str]:
    """Return the new path of each of our members that has one missing and one new like it in its shape."""
    found: dict[str, str] = {}
    for path in ours.keys() - theirs.keys():
        shape = path.partition(".")[0]
        new = [one for one in theirs.keys() - ours.keys() if one.partition(".")[0] == shape]
        alike = [one for one in new if not [*_compare_member(theirs[one], ours[path])]]
        if len(new) == len(alike) == 1 and "error" not in ours[path].values():
            found[path] = alike[0]
    return found


def _compare_member(theirs: dict[str, object], ours: dict[str, object]) -> Iterator[str]:
    for statement, value in theirs.items():
        if ours[statement] != value:
            their_value, our_value = ("any" if v is None else v for v in (value, ours[statement]))
            yield f"{statement.format(their_value)}, the model {our_value}"
            if statement == "has the type {}":
                return  # values of different types are not comparable


def find_drift(aws: dict[str, Any]) -> list[str]:
    theirs = _describe_shapes(aws) | _describe_operations(partial(_get_aws_parts, aws))
    differences = [
        *_compare("AWS", theirs, _describe_models(SERVICE_MODELS) | _describe_operations(_get_our_parts)),
        *_compare("boto3-stubs", _describe_stubs(), _describe_models([*SERVICE_MODELS, *BOTO3_MODELS])),
    ]
    before = [lines for first, lines in SINCE.items() if first > INSTALLED]
    known = [line for lines in (*DELIBERATE.values(), *before) for line in lines]
    return [
        *(line for line in differences if line not in known),
        *(f"{line}: no longer differs" for line in known if line not in differences),
    ]


@pytest.fixture
def aws() -> dict[str, Any]:
    """A copy of botocore's service model and paginators, which a test may change."""
    load = Loader().load_service_model
    return {**load("cognito-idp", "service-2"), **load("cognito-idp", "paginators-1")}


def test_the_models_agree_with_aws(aws: dict[str, Any]) -> None:
    assert find_drift(aws) == []


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("GroupType.Description: AWS allows 4096 characters, the model 2048", {"max": 4096}),
        ("GroupType.RoleArn: AWS requires 10 characters, the model 20", {"min": 10}),
        ("ListGroupsRequest.Limit: AWS allows 100, the model 60", {"max": 100}),
        (f"GetGroupRequest.GroupName: AWS has the pattern [a-z]+, the model {NAME}", {"pattern": "[a-z]+"}),
        ("GroupType.UserPoolId: AWS lists the values a, b, the model any", {"enum": ["a", "b"]}),
        ("UserType.Enabled: AWS has the type string, the model boolean", {"type": "string", "max": 5}),
    ],
)
def test_a_changed_constraint_is_one_line(aws: dict[str, Any], line: str, facts: dict[str, object]) -> None:
    name, member = line.partition(":")[0].split(".")
    reference = aws["shapes"][name]["members"][member]
    aws["shapes"]["Changed"] = aws["shapes"][reference["shape"]] | facts
    reference["shape"] = "Changed"
    assert find_drift(aws) == [line]


def copy_shape(aws: dict[str, Any], name: str) -> str:
    aws["shapes"]["Copy"] = aws["shapes"][name]
    return "Copy"


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
        "GroupType.GroupName: AWS makes it optional, the model required: no longer differs",
        lambda aws: aws["shapes"]["GroupType"].update(required=["GroupName"]),
    ),
    (
        "GetGroup.UserNotFoundException: AWS added it (error)",
        lambda aws: aws["operations"]["GetGroup"]["errors"].append({"shape": "UserNotFoundException"}),
    ),
    (
        "GroupType.LastModifiedDate: AWS renamed it ModifiedDate",
        lambda aws: aws["shapes"]["GroupType"]["members"].update(
            ModifiedDate=aws["shapes"]["GroupType"]["members"].pop("LastModifiedDate")
        ),
    ),
    (
        "ListGroups.output: AWS has the type Copy, the model ListGroupsResponse",
        lambda aws: aws["operations"]["ListGroups"].update(
            output={"shape": copy_shape(aws, "ListGroupsResponse")}
        ),
    ),
    (
        "UserType.MFAOptions: AWS has the type list of Copy, the model list of MFAOptionType",
        lambda aws: aws["shapes"]["MFAOptionListType"]["member"].update(
            shape=copy_shape(aws, "MFAOptionType")
        ),
    ),
    (
        "ListGroups.limit_key: AWS has the type MaxResults, the model Limit",
        lambda aws: aws["pagination"]["ListGroups"].update(limit_key="MaxResults"),
    ),
]


def test_a_removed_operation_is_one_line_per_part(aws: dict[str, Any]) -> None:
    del aws["operations"]["GetGroup"]
    drift = find_drift(aws)
    assert "GetGroup.ResourceNotFoundException: AWS does not have it" in drift
    assert all(line.startswith(("GetGroup.", "GetGroupRequest.", "GetGroupResponse.")) for line in drift)


def test_a_removed_stub_is_one_line_per_member(
    aws: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type_defs, "CreateGroupResponseTypeDef", None)
    assert find_drift(aws) == ["CreateGroupResponse.Group: boto3-stubs does not have it"]


@pytest.mark.parametrize(("line", "change"), CHANGES, ids=[line for line, _ in CHANGES])
def test_a_changed_member_is_one_line(
    aws: dict[str, Any], line: str, change: Callable[[dict[str, Any]], object]
) -> None:
    change(aws)
    assert find_drift(aws) == [line]


def test_a_new_key_of_the_stubs_is_one_line(aws: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    class GroupTypeTypeDef(type_defs.GroupTypeTypeDef):
        Color: NotRequired[str]

    monkeypatch.setattr(type_defs, "GroupTypeTypeDef", GroupTypeTypeDef)
    assert find_drift(aws) == ["GroupType.Color: boto3-stubs added it (string)"]


RESPONSE = {
    "Group": {"GroupName": "a"},
    "Groups": [{"GroupName": "a"}],
    "Users": [
        {"Username": "u", "Attributes": [{"Name": "email"}], "MFAOptions": [{"DeliveryMedium": "SMS"}]}
    ],
    "UserPool": {"Id": "eu-west-1_EXAMPLE", "IssuerConfiguration": {"Type": "UPDATED"}},
    "ResponseMetadata": {"HTTPStatusCode": 200},
}


@pytest.mark.parametrize("operation", ERRORS)
def test_a_new_member_does_not_break_a_response(operation: str) -> None:
    module = user_pool if operation == "DescribeUserPool" else models
    model: type[WireModel] = getattr(module, f"{operation}Response")
    extended = json.dumps(RESPONSE).replace("{", '{"Color": {"Red": 255}, ')
    known = {member: RESPONSE[member] for member in (RESULT_MEMBERS[operation], "ResponseMetadata")}
    assert model.model_validate(json.loads(extended)).model_dump(by_alias=True) == known
    assert model.model_validate_json(extended) == model.model_validate(known)


FRAMES = [
    *("{}", "a{}", "{}_a", "a_{}", "a_a{}", "arn:{}:a::1:a", "arn:a:{}::1:a", "arn:a:a:{}:1:a"),
    *(f"arn:a:a::{tail}" for tail in ("{}:a", "1{}:a", "1:{}", "1:a:{}", "1:a:a:{}", "1:a:a:a:{}")),
]
# Only characters of Unicode 3.2: the two engines disagree about recently assigned ones.
CHARACTERS = ["", *(c for c in map(chr, range(0x3100)) if unicodedata.ucd_3_2_0.category(c) != "Cn")]


@pytest.mark.parametrize("theirs", PATTERNS)
def test_our_patterns_match_the_same_strings_as_awss(theirs: str) -> None:
    scalar = PATTERNS[theirs]
    pattern = get_args(scalar)[1].metadata[-1].pattern
    matches_ours = TypeAdapter(Annotated[str, Field(pattern=pattern)]).validator.isinstance_python
    matches_schema = re.compile(TypeAdapter(scalar).json_schema()["pattern"]).search
    # AWS's \w is ASCII. Its \S may be, too; we read it as Unicode's, so a token contains no wide space.
    matches_aws = regex.compile(theirs, regex.ASCII if r"\w" in theirs else regex.UNICODE).fullmatch
    strings = [frame.format(character) for frame in FRAMES for character in CHARACTERS]
    assert [string for string in strings if matches_ours(string) != bool(matches_aws(string))] == []
    assert [string for string in strings if bool(matches_schema(string)) != bool(matches_aws(string))] == []
