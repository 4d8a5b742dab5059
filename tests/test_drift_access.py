"""The models of identity pools and IAM roles compared with botocore's service models."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
import regex
from botocore.loaders import Loader
from hypothesis import given, strategies as st
from pydantic import Field, TypeAdapter

from cognito_claims._wire.base import WireModel
from cognito_claims.access import GetRoleResponse, Role, parse_roles
from cognito_claims.identity_pool import (
    CognitoIdentityProvider,
    DescribeIdentityPoolResponse,
    GetPrincipalTagAttributeMapResponse,
)
from tests.samples import role
from tests.test_drift import (
    Facts,
    _compare,
    _describe_member,
    _describe_models,
    _describe_value,
    _get_shape_type,
)

MODELS: dict[type[WireModel], tuple[str, str]] = {
    CognitoIdentityProvider: ("cognito-identity", "CognitoIdentityProvider"),
    DescribeIdentityPoolResponse: ("cognito-identity", "IdentityPool"),
    GetPrincipalTagAttributeMapResponse: ("cognito-identity", "GetPrincipalTagAttributeMapResponse"),
    GetRoleResponse: ("iam", "GetRoleResponse"),
    Role: ("iam", "Role"),
}
"""The service and the shape of each model."""

PARTIAL_MODELS = (DescribeIdentityPoolResponse, Role)
"""The models that leave out the members that do not matter for roles."""

PATTERNS = {
    r"^[A-Za-z0-9_-]+:[0-9a-f-]+$": r"[\w-]+:[0-9a-f-]+",
    r"^[A-Za-z0-9_.:/-]+$": r"[\w._:/-]+",
    r"^[A-Za-z0-9_]+$": r"[\w_]+",
    r"^[A-Za-z0-9_+=,.@-]+$": r"[\w+=,.@-]+",
}
"""AWS's pattern for each of ours."""

ERRORS = {
    "DescribeIdentityPool": {"NotAuthorizedException", "ResourceNotFoundException"},
    "GetPrincipalTagAttributeMap": {"NotAuthorizedException", "ResourceNotFoundException"},
    "GetRole": {"NoSuchEntityException"},
}
"""The errors that the command expects."""

DOCUMENT = r"[\u0009\u000A\u000D\u0020-\u00FF]+"
DELIBERATE = [
    # It is decoded by boto3 and the AWS CLI, so that the pattern is one of the wire only.
    f"Role.AssumeRolePolicyDocument: AWS has the pattern {DOCUMENT}, the model any",
]


def load(service: str) -> dict[str, Any]:
    model: Any = Loader().load_service_model(service, "service-2")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return {**model}


def describe_shapes(model: type[WireModel], aws: dict[str, Any]) -> Facts:
    shapes: dict[str, Any] = aws["shapes"]
    structure = shapes[MODELS[model][1]]
    modeled = {field.alias for field in model.model_fields.values()}
    return {
        f"{model.__name__}.{member}": _describe_member(kind, member in structure.get("required", ()))
        | _describe_value(kind, shapes[reference["shape"]], "a value")
        for member, reference in structure["members"].items()
        if member in modeled or model not in PARTIAL_MODELS
        for kind in [_get_shape_type(shapes, reference["shape"])]
    }


def describe_model(model: type[WireModel]) -> Facts:
    facts = _describe_models([model])
    for fact in facts.values():
        pattern = fact["has the pattern {}"]
        fact["has the pattern {}"] = PATTERNS.get(str(pattern), pattern)
        if fact["has the type {}"] == "map":
            fact["allows {}"] = 50  # in JSON Schema, `maxProperties`
    return facts


def find_drift(model: type[WireModel], aws: dict[str, Any]) -> Iterator[str]:
    for line in _compare("AWS", describe_shapes(model, aws), describe_model(model)):
        if line not in DELIBERATE:
            yield line


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_models_agree_with_aws(model: type[WireModel]) -> None:
    assert [*find_drift(model, load(MODELS[model][0]))] == []


def test_a_change_is_one_line() -> None:
    aws = load("iam")
    aws["shapes"]["roleNameType"] |= {"max": 128}
    assert [*find_drift(Role, aws)] == ["Role.RoleName: AWS allows 128 characters, the model 64"]
    aws = load("cognito-identity")
    aws["shapes"]["CognitoIdentityProvider"]["members"]["Color"] = {"shape": "ARNString"}
    assert [*find_drift(CognitoIdentityProvider, aws)] == [
        "CognitoIdentityProvider.Color: AWS added it (string)"
    ]


@pytest.mark.parametrize("call", ERRORS)
def test_the_service_has_the_errors_that_the_command_expects(call: str) -> None:
    aws = load("iam" if call == "GetRole" else "cognito-identity")
    assert ERRORS[call] <= {error["shape"] for error in aws["operations"][call]["errors"]}


def test_the_limit_of_a_map_is_awss() -> None:
    schema = GetPrincipalTagAttributeMapResponse.model_json_schema()["properties"]["PrincipalTags"]
    [tags] = [form for form in schema["anyOf"] if form["type"] == "object"]
    shapes = load("cognito-identity")["shapes"]
    assert tags["maxProperties"] == shapes["PrincipalTags"]["max"]
    assert tags["propertyNames"] == {"minLength": 1, "maxLength": shapes["PrincipalTagID"]["max"]}
    assert tags["additionalProperties"]["maxLength"] == shapes["PrincipalTagValue"]["max"]


@pytest.mark.parametrize("ours", PATTERNS)
@given(text=st.text(st.sampled_from("azAZ09_-+=,.@:/ \n\u00e9"), max_size=6))
def test_our_patterns_match_the_same_strings(ours: str, text: str) -> None:
    matches = TypeAdapter(Annotated[str, Field(pattern=ours)]).validator.isinstance_python(text)
    assert matches == bool(regex.compile(PATTERNS[ours], regex.ASCII).fullmatch(text))


RESPONSES: dict[type[WireModel], dict[str, Any]] = {
    DescribeIdentityPoolResponse: {
        "IdentityPoolId": "eu-west-1:0a1b",
        "AllowUnauthenticatedIdentities": False,
        "AllowClassicFlow": True,
        "CognitoIdentityProviders": [
            {"ProviderName": "a/b", "ClientId": "c", "ServerSideTokenCheck": True}
        ],
    },
    GetPrincipalTagAttributeMapResponse: {
        "IdentityPoolId": "eu-west-1:0a1b",
        "IdentityProviderName": "a/b",
        "UseDefaults": False,
        "PrincipalTags": {"team": "custom:team"},
    },
    GetRoleResponse: {
        "Role": {
            "Arn": role("staff"),
            "RoleName": "staff",
            "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow"}]},
            "MaxSessionDuration": 3600,
        }
    },
}


class TestResponses:
    @pytest.mark.parametrize("model", RESPONSES, ids=lambda model: model.__name__)
    def test_keep_what_the_models_have_and_leave_out_what_aws_adds(self, model: type[WireModel]) -> None:
        response = RESPONSES[model]
        parsed = model.model_validate({**response, "Color": {"Red": 255}, "ResponseMetadata": {}})
        assert parsed == model.model_validate_json(json.dumps(response))
        assert parsed.model_dump(mode="json", by_alias=True) == response
        assert model(**{name: getattr(parsed, name) for name in model.model_fields}) == parsed

    def test_roles_are_read_in_every_form(self) -> None:
        response = RESPONSES[GetRoleResponse]
        parsed = GetRoleResponse.model_validate(response)
        listed = {"Roles": [response["Role"]], "IsTruncated": False}
        for form in (parsed, parsed.role, response, response["Role"], listed, [response["Role"]]):
            assert parse_roles(form) == (parsed.role,)

    @pytest.mark.parametrize(
        ("tags", "expected"),
        [
            ({}, False),
            ({"UseDefaults": False, "PrincipalTags": {}}, False),
            ({"UseDefaults": True}, True),
            ({"PrincipalTags": {"team": "custom:team"}}, True),
        ],
    )
    def test_tags_are_mapped_by_default_or_by_name(self, tags: dict[str, object], expected: bool) -> None:
        assert GetPrincipalTagAttributeMapResponse.model_validate(tags).has_tags == expected
