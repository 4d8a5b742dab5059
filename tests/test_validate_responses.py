"""`validate_responses` on real boto3 clients over real HTTP."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from cognito_claims import InvalidResponseError, validate_responses
from tests.conftest import Connect
from tests.samples import POOL
from tests.scripted_server import ScriptedServer

Client = CognitoIdentityProviderClient

GOOD = {"GroupName": "a", "Description": "", "Precedence": 0, "CreationDate": 1.5, "New": 1}
BAD = {"GroupName": "a", "Precedence": -1}
CALLS: dict[str, dict[str, str]] = {
    "admin_list_groups_for_user": {"Username": "alice", "UserPoolId": POOL},
    "list_groups": {"UserPoolId": POOL},
    "get_group": {"GroupName": "a", "UserPoolId": POOL},
    "create_group": {"GroupName": "a", "UserPoolId": POOL},
    "update_group": {"GroupName": "a", "UserPoolId": POOL},
    "list_users_in_group": {"GroupName": "a", "UserPoolId": POOL},
}


def build_response(call: str, *, good: bool) -> tuple[dict[str, object], str]:
    group = GOOD if good else BAD
    if call == "list_users_in_group":
        return {"Users": [{"Username": "u" if good else ""}]}, "Users[0].Username"
    if call.endswith("_group"):
        return {"Group": group}, "Group.Precedence"
    return {"Groups": [group]}, "Groups[0].Precedence"


def call_operation(client: Client, call: str) -> dict[str, object]:
    result: dict[str, Any] = getattr(client, call)(**CALLS[call])
    del result["ResponseMetadata"]["HTTPHeaders"]  # they hold the date
    return result


@pytest.mark.parametrize("call", CALLS)
class TestEveryCall:
    def test_a_valid_response_is_returned_unchanged(
        self, scripted: ScriptedServer, client: Client, call: str
    ) -> None:
        body, _ = build_response(call, good=True)
        scripted.queue_response(body, body)
        expected = call_operation(client, call)
        validate_responses(client)
        assert call_operation(client, call) == expected

    def test_an_invalid_response_raises_an_error_with_its_path(
        self, scripted: ScriptedServer, client: Client, call: str
    ) -> None:
        body, path = build_response(call, good=False)
        scripted.queue_response(body)
        validate_responses(client)
        with pytest.raises(InvalidResponseError) as caught:
            call_operation(client, call)
        assert caught.value.operation == call.title().replace("_", "").replace("Foruser", "ForUser")
        assert [problem.path for problem in caught.value.problems] == [path]

    def test_the_validation_ends_with_its_context(
        self, scripted: ScriptedServer, client: Client, call: str
    ) -> None:
        body, _ = build_response(call, good=False)
        scripted.queue_response(body, body)
        with validate_responses(client), pytest.raises(InvalidResponseError):
            call_operation(client, call)
        call_operation(client, call)


def test_a_client_is_validated_until_every_validation_is_removed(
    scripted: ScriptedServer, client: Client
) -> None:
    body, _ = build_response("get_group", good=False)
    scripted.queue_response(body, body)
    first, second = validate_responses(client), validate_responses(client)
    first.remove()
    first.remove()
    with pytest.raises(InvalidResponseError):
        call_operation(client, "get_group")
    second.remove()
    call_operation(client, "get_group")


def test_the_pages_of_boto3s_paginators_are_validated(scripted: ScriptedServer, client: Client) -> None:
    scripted.queue_response({"Groups": [GOOD], "NextToken": "x"}, {"Groups": [BAD]})
    validate_responses(client)
    pages = iter(client.get_paginator("list_groups").paginate(UserPoolId=POOL))
    next(pages)
    with pytest.raises(InvalidResponseError):
        next(pages)


def test_errors_of_the_service_remain_boto3s_exceptions(scripted: ScriptedServer, client: Client) -> None:
    scripted.queue_error("ResourceNotFoundException")
    validate_responses(client)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        call_operation(client, "get_group")


def test_other_clients_are_not_validated(
    scripted: ScriptedServer, client: Client, connect: Connect
) -> None:
    body, _ = build_response("get_group", good=False)
    scripted.queue_response(body)
    validate_responses(connect(scripted.url))
    call_operation(client, "get_group")


def test_clients_of_other_services_are_rejected() -> None:
    identity: Any = getattr(boto3, "client")("cognito-identity", region_name="eu-west-1")  # noqa: B009
    with pytest.raises(TypeError, match="cognito-identity"):
        validate_responses(identity)


def test_stubbed_clients_are_validated(client: Client) -> None:
    validate_responses(client)
    with Stubber(client) as stubber, pytest.raises(InvalidResponseError):
        stubber.add_response("get_group", {"Group": {"GroupName": "a b"}})
        client.get_group(GroupName="a", UserPoolId=POOL)
