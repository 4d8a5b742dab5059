"""The models as request and response bodies of FastAPI, over real HTTP, where warnings are errors."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from fastapi import FastAPI

from cognito_claims import GroupClaims, GroupType, ListGroupsResponse
from tests.asgi import serve
from tests.samples import role

Call = Callable[[str, object], Any]


@pytest.fixture(scope="module")
def call() -> Iterator[Call]:
    app = FastAPI()

    @app.post("/group")
    def echo_group(group: GroupType) -> GroupType:
        return group

    @app.post("/groups")
    def list_groups(groups: list[GroupType]) -> ListGroupsResponse:
        return ListGroupsResponse(groups=tuple(groups))

    @app.post("/response")
    def echo_response(response: ListGroupsResponse) -> ListGroupsResponse:
        return response

    @app.post("/claims")
    def echo_claims(claims: GroupClaims) -> GroupClaims:
        return claims

    def call(path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url + path, data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    with serve(app) as url:
        yield call


def test_a_group_is_a_body(call: Call) -> None:
    group = {"GroupName": "a", "Precedence": 0, "RoleArn": role("a")}
    assert call("/group", {**group, "Description": ""}) == group
    assert call("/group", {"GroupName": "a b"}) == 422
    assert call("/groups", [group, {"GroupName": "b"}]) == {"Groups": [group, {"GroupName": "b"}]}


def test_a_response_is_a_body_without_metadata(call: Call) -> None:
    response = {"Groups": [{"GroupName": "a"}], "ResponseMetadata": {"HTTPStatusCode": 200}}
    assert call("/response", response) == {"Groups": [{"GroupName": "a"}]}


def test_group_claims_are_a_body(call: Call) -> None:
    assert call("/claims", {"groups": ["a"]}) == {"groups": ["a"], "roles": [], "preferred_role": None}


def test_open_api_describes_the_bodies(call: Call) -> None:
    schemas = call("/openapi.json", None)["components"]["schemas"]
    assert [name for name in schemas if "Metadata" in name] == []
    assert schemas["GroupType-Output"]["properties"]["Precedence"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 2**31 - 1,
        "title": "Precedence",
    }
    validator: Any = import_module("jsonschema").Draft202012Validator
    body = {**schemas["ListGroupsResponse-Output"], "components": {"schemas": schemas}}
    assert validator(body).is_valid({"Groups": [{"GroupName": "a"}]})
    assert not validator(body).is_valid({"Groups": [{"GroupName": "a b"}]})
