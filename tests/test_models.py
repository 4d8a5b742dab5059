import json
import os
import time
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from importlib import import_module
from types import MappingProxyType
from typing import Any

import pytest
from botocore.session import get_session
from dateutil.tz import tzlocal
from hypothesis import given, strategies as st
from pydantic import TypeAdapter, ValidationError

from cognito_claims import InvalidResponseError, models, user_pool
from cognito_claims._wire.base import WireModel
from cognito_claims.models import (
    AdminListGroupsForUserRequest,
    AdminListGroupsForUserResponse,
    AttributeType,
    CreateGroupRequest,
    CreateGroupResponse,
    GetGroupRequest,
    GetGroupResponse,
    GroupType,
    ListGroupsRequest,
    ListGroupsResponse,
    ListUsersInGroupRequest,
    ListUsersInGroupResponse,
    MFAOptionType,
    PaginatorConfig,
    ResponseMetadata,
    UpdateGroupRequest,
    UpdateGroupResponse,
    UserType,
)
from cognito_claims.user_pool import (
    DescribeUserPoolRequest,
    DescribeUserPoolResponse,
    IssuerConfigurationType,
    LambdaConfigType,
    PreTokenGenerationVersionConfigType,
    UserPoolType,
    parse_user_pool,
)
from tests.samples import POOL, groups, role

Draft202012Validator: Any = import_module("jsonschema").Draft202012Validator  # its types are partial

ALL_MODELS: list[type[WireModel]] = [
    *(getattr(models, name) for name in models.__all__),
    *(getattr(user_pool, name) for name in user_pool.__all__ if name != "parse_user_pool"),
]
NOT_AS_THE_SHAPE = (
    PaginatorConfig,
    ResponseMetadata,
    IssuerConfigurationType,
    LambdaConfigType,
    UserPoolType,
)
"""The models that are boto3's own, newer than the oldest botocore, or without some of the members."""


NAME_OK = ["a", "x" * 128, "a,b", "[a]", "<script>", "tête", "猫", "🦊", "e\u0301", "٣"]
NAME_BAD = [
    "",
    "x" * 129,
    "a b",
    "a\n",
    "\ta",
    "a\u00a0b",
    "a\u200bb",
    "a\x00",
    "\ud800",
    5,
    None,
    b"a",
    True,
]
POOL_OK = ["a_b", "us-east-1_EXAMPLE", "_".join(["x" * 27, "y" * 27]), "a_b_c"]
POOL_BAD = ["", "a", "_b", "a_", "a_b-", "x" * 28 + "_" + "y" * 27, "a b_c", "é_a", "a_b\n", 5, b"a_b"]
ARN_OK = [
    "arn:aws:iam::1:roleX",  # 20 characters
    "arn:aws:iam::1:role/a",
    role("a/b+c=d,e.f@g-h_i"),
    "arn:aws-us-gov:iam::123456789012:role/x",
    "arn:aws:a:b:1:c:d:eeeee",
    role("x" * (2048 - len(role("")))),
]
ARN_BAD = [
    "arn:aws:iam::1:role",  # 19 characters
    role("x" * (2049 - len(role("")))),
    "arn:aws:iam:::role/admin",
    "arn:aws:iam::account:role/admin",
    "arn:aws:a:b:1:c:d:e:ff",
    " " + role("admin"),
    role("admin") + "\n",
    role("é"),
    123456789012345678901,
    b"arn:aws:iam::1:role/a",
]
PRECEDENCE_OK = [0, 1, 2**31 - 1]
PRECEDENCE_BAD = [-1, 2**31, 10**400, 10**5000, True, False, "5", 1.0, 1.5]
STRING_OK = ["x", "x" * 2048, "two words\n", " "]
STRING_BAD = ["x" * 2049, 5, b"x"]
LIMIT_OK = [0, 1, 60]
LIMIT_BAD = [-1, 61, True, "5", 1.0]
TOKEN_OK = ["x", "x" * 131072, "a+/="]
TOKEN_BAD = ["x" * 131073, "a b", "a\n", 5]
DATE_OK = [
    0,
    1,
    1.5e9,
    1700000000.123,
    "2023-11-14T22:13:20Z",
    "2023-11-14T22:13:20.123000+01:00",
    "2023-11-14 22:13:20+00:00",
    "2023-11-14t22:13:20z",
]


class WithoutOffset(tzinfo):
    """A time zone that knows no offset, so that its times are naive."""

    def utcoffset(self, _: datetime | None) -> timedelta | None:
        return None

    def dst(self, _: datetime | None) -> timedelta | None:
        return None

    def tzname(self, _: datetime | None) -> str | None:
        return None


DATE_BAD: list[object] = [
    datetime(2023, 1, 1, tzinfo=WithoutOffset()),
    b"2023-11-14T22:13:20Z",
    "1700000000",
    "1700000000.5",
    "2023-11-14T22:13:20",
    "2023-11-14",
    "yesterday",
    "",
    True,
    1.7e12,  # milliseconds, which would be a year far in the future
    float("nan"),
    float("inf"),
    datetime(2023, 11, 14),  # noqa: DTZ001
    datetime(2023, 11, 14).date(),  # noqa: DTZ001
    [],
]

GROUP: dict[str, object] = {"GroupName": "a"}
USER: dict[str, object] = {"Username": "u"}
TRIGGER: dict[str, object] = {"LambdaVersion": "V2_0", "LambdaArn": "arn:aws:lambda:a:1:function:x"}
CREATE: dict[str, object] = {"GroupName": "a", "UserPoolId": POOL}
LIST: dict[str, object] = {"Username": "u", "UserPoolId": POOL}
IN_GROUP: dict[str, object] = {"GroupName": "a", "UserPoolId": POOL}

# model, the other members of a valid value, member, values within the bounds, values outside them
BOUNDS: list[tuple[type[WireModel], dict[str, object], str, list[object], list[object]]] = [
    (GroupType, {}, "GroupName", [*NAME_OK], [*NAME_BAD]),
    (GroupType, GROUP, "UserPoolId", [*POOL_OK, None], [*POOL_BAD]),
    (GroupType, GROUP, "Description", [*STRING_OK, "", None], [*STRING_BAD]),
    (GroupType, GROUP, "RoleArn", [*ARN_OK, "", None], [*ARN_BAD]),
    (GroupType, GROUP, "Precedence", [*PRECEDENCE_OK, None], [*PRECEDENCE_BAD]),
    (GroupType, GROUP, "CreationDate", [*DATE_OK, None], [*DATE_BAD]),
    (GroupType, GROUP, "LastModifiedDate", [*DATE_OK, None], [*DATE_BAD]),
    (AdminListGroupsForUserRequest, {"UserPoolId": POOL}, "Username", [*NAME_OK], [*NAME_BAD]),
    (AdminListGroupsForUserRequest, {"Username": "u"}, "UserPoolId", [*POOL_OK], [*POOL_BAD, None]),
    (AdminListGroupsForUserRequest, LIST, "Limit", [*LIMIT_OK, None], [*LIMIT_BAD]),
    (AdminListGroupsForUserRequest, LIST, "NextToken", [*TOKEN_OK, None], [*TOKEN_BAD, ""]),
    (AdminListGroupsForUserResponse, {"Groups": []}, "NextToken", [*TOKEN_OK, "", None], [*TOKEN_BAD]),
    (AdminListGroupsForUserResponse, {}, "Groups", [[], [GROUP]], [None, "", 5, {}, [None], [{}]]),
    (GetGroupRequest, {"UserPoolId": POOL}, "GroupName", [*NAME_OK], [*NAME_BAD]),
    (GetGroupRequest, {"GroupName": "a"}, "UserPoolId", [*POOL_OK], [*POOL_BAD, None]),
    (GetGroupResponse, {}, "Group", [GROUP], [None, {}, [], "a"]),
    (CreateGroupRequest, {"UserPoolId": POOL}, "GroupName", [*NAME_OK], [*NAME_BAD]),
    (CreateGroupRequest, {"GroupName": "a"}, "UserPoolId", [*POOL_OK], [*POOL_BAD, None]),
    (CreateGroupRequest, CREATE, "Description", [*STRING_OK, "", None], [*STRING_BAD]),
    (CreateGroupRequest, CREATE, "RoleArn", [*ARN_OK, None], [*ARN_BAD, ""]),
    (CreateGroupRequest, CREATE, "Precedence", [*PRECEDENCE_OK, None], [*PRECEDENCE_BAD]),
    (CreateGroupResponse, {}, "Group", [GROUP], [None, {}, [], "a"]),
    (UpdateGroupRequest, {"UserPoolId": POOL}, "GroupName", [*NAME_OK], [*NAME_BAD]),
    (UpdateGroupRequest, {"GroupName": "a"}, "UserPoolId", [*POOL_OK], [*POOL_BAD, None]),
    (UpdateGroupRequest, CREATE, "Description", [*STRING_OK, "", None], [*STRING_BAD]),
    (UpdateGroupRequest, CREATE, "RoleArn", [*ARN_OK, None], [*ARN_BAD, ""]),
    (UpdateGroupRequest, CREATE, "Precedence", [*PRECEDENCE_OK, None], [*PRECEDENCE_BAD]),
    (UpdateGroupResponse, {}, "Group", [GROUP], [None, {}, [], "a"]),
    (ListGroupsRequest, {}, "UserPoolId", [*POOL_OK], [*POOL_BAD, None]),
    (ListGroupsRequest, {"UserPoolId": POOL}, "Limit", [*LIMIT_OK, None], [*LIMIT_BAD]),
    (ListGroupsRequest, {"UserPoolId": POOL}, "NextToken", [*TOKEN_OK, None], [*TOKEN_BAD, ""]),
    (ListGroupsResponse, {"Groups": []}, "NextToken", [*TOKEN_OK, "", None], [*TOKEN_BAD]),
    (ListGroupsResponse, {}, "Groups", [[], [GROUP]], [None, "", 5, {}, [None], [{}]]),
    (ListUsersInGroupRequest, {"UserPoolId": POOL}, "GroupName", [*NAME_OK], [*NAME_BAD]),
    (ListUsersInGroupRequest, {"GroupName": "a"}, "UserPoolId", [*POOL_OK], [*POOL_BAD, None]),
    (ListUsersInGroupRequest, IN_GROUP, "Limit", [*LIMIT_OK, None], [*LIMIT_BAD]),
    (ListUsersInGroupRequest, IN_GROUP, "NextToken", [*TOKEN_OK, None], [*TOKEN_BAD, ""]),
    (ListUsersInGroupResponse, {"Users": []}, "NextToken", [*TOKEN_OK, "", None], [*TOKEN_BAD]),
    (ListUsersInGroupResponse, {}, "Users", [[], [USER]], [None, "", 5, {}, [None], [{}]]),
    (UserType, {}, "Username", [*NAME_OK], [*NAME_BAD]),
    (UserType, USER, "Attributes", [[], [{"Name": "email"}], None], ["", {}, [{}]]),
    (UserType, USER, "UserCreateDate", [*DATE_OK, None], [*DATE_BAD]),
    (UserType, USER, "UserLastModifiedDate", [*DATE_OK, None], [*DATE_BAD]),
    (UserType, USER, "Enabled", [True, False, None], ["true", 1, 0]),
    (UserType, USER, "UserStatus", ["CONFIRMED", "A_NEW_ONE", None], [1, b"x"]),
    (UserType, USER, "MFAOptions", [[], [{"DeliveryMedium": "SMS"}], None], ["", {}, [5]]),
    (MFAOptionType, {}, "DeliveryMedium", ["SMS", None], [1]),
    (MFAOptionType, {}, "AttributeName", ["phone_number", None], ["", "x" * 33]),
    (AttributeType, {}, "Name", ["a", "x" * 32, "a b\t\n\r"], ["", "x" * 33, "a\u00a0", "\x0b", 5, None]),
    (AttributeType, {"Name": "a"}, "Value", ["", "x" * 2048, None], ["x" * 2049, 5]),
    (DescribeUserPoolRequest, {}, "UserPoolId", [*POOL_OK], [*POOL_BAD, None]),
    (DescribeUserPoolResponse, {}, "UserPool", [{"Id": POOL}], [None, {}, [], "a"]),
    (UserPoolType, {}, "Id", [*POOL_OK], [*POOL_BAD, None]),
    (UserPoolType, {"Id": POOL}, "Arn", [*ARN_OK, None], [*ARN_BAD, ""]),
    (UserPoolType, {"Id": POOL}, "LambdaConfig", [{}, {"PreSignUp": "x"}, None], [[], "x"]),
    (UserPoolType, {"Id": POOL}, "IssuerConfiguration", [{}, {"Type": "UPDATED"}, None], [[], "x"]),
    (IssuerConfigurationType, {}, "Type", ["ORIGINAL", "UPDATED", "A_NEW_ONE", None], [1, b"x"]),
    (LambdaConfigType, {}, "PreTokenGeneration", [*ARN_OK, None], [*ARN_BAD, ""]),
    (LambdaConfigType, {}, "PreTokenGenerationConfig", [TRIGGER, None], [{}, {"LambdaVersion": "V1_0"}]),
    (PreTokenGenerationVersionConfigType, TRIGGER, "LambdaVersion", ["V1_0", "V9_0"], [1, None]),
    (PreTokenGenerationVersionConfigType, TRIGGER, "LambdaArn", [*ARN_OK], [*ARN_BAD, "", None]),
    (PaginatorConfig, {}, "MaxItems", [0, 1, 10**6, None], [-1, True, "5", 1.0]),
    (PaginatorConfig, {}, "PageSize", [*LIMIT_OK, None], [*LIMIT_BAD]),
    (PaginatorConfig, {}, "StartingToken", ["x", "any text", None], ["", 5]),
    (ResponseMetadata, {}, "HTTPStatusCode", [200, 0, None], [-1, "200"]),
    (ResponseMetadata, {}, "RetryAttempts", [0, None], [-1]),
    (ResponseMetadata, {}, "HTTPHeaders", [{}, {"a": "b"}, None], [{"a": 1}, []]),
]
GOOD = [
    pytest.param(model, {**rest, member: value}, id=f"{model.__name__}.{member}={value!r:.30}")
    for model, rest, member, good, _ in BOUNDS
    for value in good
]
BAD = [
    pytest.param(model, {**rest, member: value}, member, id=f"{model.__name__}.{member} no.{number}")
    for model, rest, member, _, bad in BOUNDS
    for number, value in enumerate(bad)
]


@pytest.mark.parametrize(("model", "value"), GOOD)
def test_a_value_within_the_bounds_is_accepted(model: type[WireModel], value: dict[str, object]) -> None:
    instance = model.model_validate(value)
    assert model.model_validate(instance.model_dump(by_alias=True)) == instance
    assert model.model_validate(instance.model_dump()) == instance
    assert model.model_validate_json(instance.model_dump_json(by_alias=True)) == instance
    if model is not ResponseMetadata:  # its headers are a dictionary
        assert hash(instance) == hash(model.model_validate(value))


@pytest.mark.parametrize(("model", "value", "member"), BAD)
def test_a_value_outside_the_bounds_is_rejected_with_its_path(
    model: type[WireModel], value: dict[str, object], member: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(value)
    assert {error["loc"][0] for error in caught.value.errors(include_input=False)} == {member}


def _to_json(value: object) -> str | None:
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return None  # not representable in JSON
    return None if "\\ud800" in text else text


@pytest.mark.parametrize(("model", "value", "member"), BAD)
def test_a_value_outside_the_bounds_is_rejected_in_json_too(
    model: type[WireModel], value: dict[str, object], member: str
) -> None:
    if (text := _to_json(value)) is not None:
        with pytest.raises(ValidationError) as caught:
            model.model_validate_json(text)
        assert {error["loc"][0] for error in caught.value.errors(include_input=False)} == {member}


_NOT_IN_SCHEMA = ("Date",)  # validators do not check the format "date-time"


@pytest.mark.parametrize(("model", "value"), GOOD)
def test_the_json_schema_accepts_what_the_model_accepts(
    model: type[WireModel], value: dict[str, object]
) -> None:
    assert Draft202012Validator(model.model_json_schema()).is_valid(value)


@pytest.mark.parametrize(("model", "value", "member"), BAD)
def test_the_json_schema_rejects_what_the_model_rejects(
    model: type[WireModel], value: dict[str, object], member: str
) -> None:
    # JSON Schema treats 1.0 as an integer; the models do not.
    if _to_json(value) is None or member.endswith(_NOT_IN_SCHEMA) or value[member] == 1.0:
        return
    assert not Draft202012Validator(model.model_json_schema()).is_valid(value)


@pytest.mark.parametrize("model", ALL_MODELS)
@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_json_schema_is_valid_and_has_the_members_of_the_service_model(
    model: type[WireModel], mode: str
) -> None:
    schema = model.model_json_schema(mode="validation" if mode == "validation" else "serialization")
    Draft202012Validator.check_schema(schema)
    members = schema["properties"]
    assert all(members[name].get("title", name) == name for name in members)
    if model in NOT_AS_THE_SHAPE:
        return
    shape: Any = get_session().get_service_model("cognito-idp").shape_for(model.__name__)
    assert set(members) == set(shape.members)
    assert "ResponseMetadata" not in schema.get("$defs", {})
    assert set(schema.get("required", [])) >= set(shape.required_members)


def test_the_serialization_schema_describes_the_serialized_value() -> None:
    page = AdminListGroupsForUserResponse.model_validate(
        {"Groups": [{"GroupName": "a", "CreationDate": 1.5}], "NextToken": "x", "ResponseMetadata": {}}
    )
    schema = AdminListGroupsForUserResponse.model_json_schema(mode="serialization")
    serialized = json.loads(page.model_dump_json(by_alias=True))
    assert Draft202012Validator(schema).is_valid(serialized)
    assert schema["properties"]["Groups"]["items"] == {"$ref": "#/$defs/GroupType"}
    assert schema["$defs"]["GroupType"]["required"] == ["GroupName"]
    assert not Draft202012Validator(schema).is_valid({"Groups": [{"GroupName": "a", "Description": ""}]})


class TestSources:
    """boto3 dicts, raw JSON, AWS CLI output and emulator responses parse to equal models."""

    WIRE = (
        '{"GroupName":"a","UserPoolId":"eu-west-1_EXAMPLE","RoleArn":"arn:aws:iam::123456789012:role/x",'
        '"Precedence":0,"CreationDate":1.700000000123E9,"LastModifiedDate":1700000001}'
    )
    CLI = (
        '{"GroupName": "a", "UserPoolId": "eu-west-1_EXAMPLE",'
        ' "RoleArn": "arn:aws:iam::123456789012:role/x",'
        ' "Precedence": 0, "CreationDate": "2023-11-14T23:13:20.123000+01:00",'
        ' "LastModifiedDate": "2023-11-14T22:13:21+00:00"}'
    )
    EMULATOR = (
        '{"GroupName":"a","UserPoolId":"eu-west-1_EXAMPLE","RoleArn":"arn:aws:iam::123456789012:role/x",'
        '"Precedence":0,"CreationDate":1700000000.123,"LastModifiedDate":1700000001,"Description":""}'
    )
    BOTO3 = MappingProxyType(
        {
            "GroupName": "a",
            "UserPoolId": "eu-west-1_EXAMPLE",
            "RoleArn": "arn:aws:iam::123456789012:role/x",
            "Precedence": 0,
            "CreationDate": datetime(2023, 11, 14, 22, 13, 20, 123000, UTC).astimezone(tzlocal()),
            "LastModifiedDate": datetime(2023, 11, 14, 22, 13, 21, tzinfo=UTC).astimezone(tzlocal()),
        }
    )

    def test_one_group_from_all_sources_is_equal(self) -> None:
        groups = [
            GroupType.model_validate(self.BOTO3),
            GroupType.model_validate_json(self.WIRE),
            GroupType.model_validate(json.loads(self.WIRE)),
            GroupType.model_validate_json(self.CLI),
            GroupType.model_validate(json.loads(self.CLI)),
            GroupType.model_validate_json(self.EMULATOR),
            GroupType.model_validate(json.loads(self.EMULATOR)),
        ]
        assert set(groups) == {groups[0]}

    def test_model_dump_returns_boto3s_dict(self) -> None:
        assert GroupType.model_validate_json(self.EMULATOR).model_dump(by_alias=True) == self.BOTO3
        assert GroupType.model_validate(self.BOTO3).model_dump(by_alias=True) == self.BOTO3

    def test_model_dump_json_returns_the_json_of_the_aws_cli(self) -> None:
        printed = GroupType.model_validate_json(self.CLI).model_dump_json(by_alias=True)
        assert json.loads(printed) == json.loads(self.CLI)

    @given(groups)
    def test_every_group_survives_a_round_trip(self, group: GroupType) -> None:
        boto3 = group.model_dump(by_alias=True)
        wire = {
            key: value.timestamp() if isinstance(value, datetime) else value for key, value in boto3.items()
        }
        cli = group.model_dump_json(by_alias=True)
        assert (
            group
            == GroupType.model_validate(boto3)
            == GroupType.model_validate_json(json.dumps(wire))
            == GroupType.model_validate_json(cli)
            == GroupType.model_validate(group.model_dump())
        )
        assert None not in boto3.values()

    @given(st.lists(groups), st.one_of(st.none(), st.just("token")))
    def test_every_page_survives_a_round_trip(
        self, page_groups: list[GroupType], token: str | None
    ) -> None:
        boto3: dict[str, object] = {"Groups": [group.model_dump(by_alias=True) for group in page_groups]}
        boto3 |= {"NextToken": token} if token else {}
        boto3 |= {"ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {"a": "b"}}}
        page = AdminListGroupsForUserResponse.model_validate(boto3)
        assert page.model_dump(by_alias=True) == boto3
        printed = page.model_dump_json(by_alias=True)
        assert "ResponseMetadata" not in json.loads(printed)
        assert "response_metadata" not in json.loads(page.model_dump_json())
        parsed = AdminListGroupsForUserResponse.model_validate_json(printed)
        assert parsed == page
        assert hash(parsed) == hash(page)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the platform cannot change the local time zone")
def test_dates_are_equal_in_the_repeated_hour_of_the_local_clock() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        try:
            seconds = 1761438600  # 2025-10-26 02:30 the first time
            for timestamp in (seconds, seconds + 3600):
                utc = datetime.fromtimestamp(timestamp, UTC)
                local = datetime.fromtimestamp(timestamp, tzlocal())
                assert local != utc, "Python compares these as unequal (PEP 495)"
                in_utc, in_local = (GroupType(group_name="a", creation_date=date) for date in (utc, local))
                assert in_utc == in_local
                assert hash(in_utc) == hash(in_local)
                assert GroupType.model_validate_json(in_local.model_dump_json()) == in_utc
        finally:
            patch.undo()
            time.tzset()
    assert os.environ.get("TZ") != "Europe/Berlin"


def test_models_are_frozen() -> None:
    with pytest.raises(ValidationError):
        GroupType(group_name="a").precedence = 5  # type: ignore[misc]


def test_instances_of_different_models_are_unequal() -> None:
    group = GroupType(group_name="a")
    assert CreateGroupResponse(group=group) != UpdateGroupResponse(group=group)
    assert group != {"GroupName": "a"}
    assert group != GroupType(group_name="a", precedence=0)


def test_unknown_keys_are_ignored_in_responses_and_rejected_in_requests() -> None:
    assert GroupType.model_validate({"GroupName": "a", "Color": "blue"}) == GroupType(group_name="a")
    with pytest.raises(ValidationError):
        GetGroupRequest.model_validate({"GroupName": "a", "UserPoolId": POOL, "Color": "blue"})
    with pytest.raises(ValidationError):
        PaginatorConfig.model_validate({"MaxItem": 5})


def test_response_metadata_does_not_count_in_comparisons() -> None:
    response = GetGroupResponse.model_validate({"Group": GROUP, "ResponseMetadata": {"RetryAttempts": 0}})
    retried = GetGroupResponse.model_validate({"Group": GROUP, "ResponseMetadata": {"RetryAttempts": 1}})
    assert response == retried
    assert hash(response) == hash(retried)
    assert response.response_metadata != retried.response_metadata


@pytest.mark.parametrize(
    "value",
    [
        UserType.model_validate(
            {"Username": "secret", "Attributes": [{"Name": "email", "Value": "secret"}]}
        ),
        AttributeType(name="email", value="secret"),
        AdminListGroupsForUserRequest(username="secret", user_pool_id=POOL, next_token="secret"),
        AdminListGroupsForUserResponse(groups=(), next_token="secret"),
        PaginatorConfig(starting_token="secret"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_secrets_are_not_in_a_repr(value: WireModel) -> None:
    assert "secret" not in repr(value)
    assert "secret" not in str(value)


def test_secrets_are_not_in_pydantics_error() -> None:
    with pytest.raises(ValidationError) as caught:
        AdminListGroupsForUserRequest.model_validate({"Username": "secret name", "UserPoolId": POOL})
    assert "secret" not in str(caught.value)


def test_models_work_inside_other_pydantic_types() -> None:
    adapter = TypeAdapter(dict[str, tuple[GetGroupResponse, ...]])
    value = adapter.validate_python({"x": [{"Group": GROUP}]})
    assert adapter.dump_python(value, by_alias=True) == {"x": ({"Group": GROUP},)}
    assert adapter.json_schema()["$defs"]["GetGroupResponse"]["required"] == ["Group"]


@pytest.mark.parametrize("model", ALL_MODELS)
@given(data=st.data())
def test_every_instance_survives_a_round_trip_through_every_source(
    model: type[WireModel], data: st.DataObject
) -> None:
    value = data.draw(st.from_type(model))
    boto3 = value.model_dump(by_alias=True)
    in_json = {key: member for key, member in boto3.items() if key != "ResponseMetadata"}
    assert model.model_validate(boto3).model_dump(by_alias=True) == boto3
    for parsed in (
        model.model_validate_json(
            json.dumps(in_json, default=datetime.timestamp)
        ),  # dates as in the wire format
        model.model_validate_json(value.model_dump_json(by_alias=True)),
        model.model_validate_json(value.model_dump_json()),
        model.model_validate(boto3),
        model.model_validate(value.model_dump()),
        model(**value.model_dump()),
    ):
        assert parsed == value


@pytest.mark.parametrize("model", ALL_MODELS)
@pytest.mark.parametrize("by_alias", [True, False])
def test_the_json_schema_has_wire_names_or_field_names(model: type[WireModel], by_alias: bool) -> None:
    schema = model.model_json_schema(by_alias=by_alias, mode="serialization")
    names = {str(field.alias) if by_alias else name for name, field in model.model_fields.items()}
    assert set(schema["properties"]) == names - {"ResponseMetadata", "response_metadata"}


def test_attributes_of_a_user_are_read_by_name() -> None:
    attributes = [
        {"Name": "email", "Value": "a@example.com"},
        {"Name": "custom:x"},
        {"Name": "custom:y", "Value": ""},
    ]
    user = UserType.model_validate({"Username": "a", "Attributes": attributes})
    assert user.attribute_dict == {"email": "a@example.com", "custom:y": ""}
    assert [user.attribute(name) for name in ("email", "custom:x", "custom:y", "name")] == [
        "a@example.com",
        None,
        "",
        None,
    ]
    assert UserType(username="a").attribute_dict == {}


def test_subclasses_compare_by_their_fields_only() -> None:
    class CachingGroup(GroupType, frozen=True):
        @cached_property
        def length(self) -> int:
            return len(self.group_name)

    class OpenGroup(GroupType, frozen=True, extra="allow"):
        pass

    cached, fresh = CachingGroup(group_name="a"), CachingGroup(group_name="a")
    assert cached.length == 1
    assert hash(cached) == hash(fresh)
    assert cached == fresh
    assert OpenGroup.model_validate({"GroupName": "a", "x": 1}) != OpenGroup.model_validate(
        {"GroupName": "a", "x": 2}
    )
    assert OpenGroup.model_validate({"GroupName": "a", "x": 1}) == OpenGroup.model_validate(
        {"GroupName": "a", "x": 1}
    )


class TestAUserPool:
    TRIGGER = "arn:aws:lambda:eu-west-1:123456789012:function:one"
    VERSIONED = "arn:aws:lambda:eu-west-1:123456789012:function:two"

    def test_is_read_from_a_response_or_from_what_it_contains(self) -> None:
        pool = UserPoolType(id=POOL)
        response = {"UserPool": {"Id": POOL, "Name": "people", "Domain": "people"}}
        forms = (pool, DescribeUserPoolResponse(user_pool=pool), response, response["UserPool"])
        assert [parse_user_pool(form) for form in forms] == [pool] * 4

    def test_of_which_a_key_is_misspelled_is_refused(self) -> None:
        with pytest.raises(InvalidResponseError, match=r"UserPool\.LambdaConfg: .*use LambdaConfig"):
            parse_user_pool({"Id": POOL, "LambdaConfg": {}})

    @pytest.mark.parametrize("value", [None, [], "x", {"Groups": []}])
    def test_that_is_none_is_refused(self, value: object) -> None:
        with pytest.raises(InvalidResponseError, match="DescribeUserPool: UserPool: is missing"):
            parse_user_pool(value)

    def test_is_of_the_account_in_its_arn(self) -> None:
        assert UserPoolType(id=POOL).account_id is None
        arn = f"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{POOL}"
        assert UserPoolType(id=POOL, arn=arn).account_id == "123456789012"

    @pytest.mark.parametrize(
        ("triggers", "expected"),
        [
            (None, None),
            ({}, None),
            ({"PreTokenGeneration": TRIGGER}, TRIGGER),
            (
                {
                    "PreTokenGeneration": TRIGGER,
                    "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": VERSIONED},
                },
                VERSIONED,
            ),
        ],
    )
    def test_may_have_a_trigger(self, triggers: object, expected: str | None) -> None:
        pool = parse_user_pool({"Id": POOL, "LambdaConfig": triggers})
        assert pool.pre_token_generation_trigger == expected

    @pytest.mark.parametrize(
        ("issuer", "expected"),
        [(None, False), ({}, False), ({"Type": "ORIGINAL"}, False), ({"Type": "UPDATED"}, True)],
    )
    def test_may_have_the_updated_issuer(self, issuer: object, expected: bool) -> None:
        assert parse_user_pool({"Id": POOL, "IssuerConfiguration": issuer}).has_updated_issuer == expected
