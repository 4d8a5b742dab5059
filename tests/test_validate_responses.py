"""The check that is hooked into botocore's own events, over real HTTP."""

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


def answer(call: str, *, good: bool) -> tuple[dict[str, object], str]:
    group = GOOD if good else BAD
    if call == "list_users_in_group":
        return {"Users": [{"Username": "u" if good else ""}]}, "Users[0].Username"
    if call.endswith("_group"):
        return {"Group": group}, "Group.Precedence"
    return {"Groups": [group]}, "Groups[0].Precedence"


def ask(client: Client, call: str) -> dict[str, object]:
    result: dict[str, Any] = getattr(client, call)(**CALLS[call])
    del result["ResponseMetadata"]["HTTPHeaders"]  # the time
    return result


@pytest.mark.parametrize("call", CALLS)
class TestEveryCall:
    def test_a_good_response_comes_through_unchanged(
        self, scripted: ScriptedServer, client: Client, call: str
    ) -> None:
        body, _ = answer(call, good=True)
        scripted.queue_response(body, body)
        unchecked = ask(client, call)
        validate_responses(client)
        assert ask(client, call) == unchecked

    def test_a_bad_response_is_refused_where_it_arrives(
        self, scripted: ScriptedServer, client: Client, call: str
    ) -> None:
        body, place = answer(call, good=False)
        scripted.queue_response(body)
        validate_responses(client)
        with pytest.raises(InvalidResponseError) as caught:
            ask(client, call)
        assert caught.value.operation == call.title().replace("_", "").replace("Foruser", "ForUser")
        assert [problem.path for problem in caught.value.problems] == [place]

    def test_it_can_be_taken_off_again(self, scripted: ScriptedServer, client: Client, call: str) -> None:
        body, _ = answer(call, good=False)
        scripted.queue_response(body, body)
        with validate_responses(client), pytest.raises(InvalidResponseError):
            ask(client, call)
        ask(client, call)


def test_a_check_put_on_twice_is_taken_off_twice(scripted: ScriptedServer, client: Client) -> None:
    body, _ = answer("get_group", good=False)
    scripted.queue_response(body, body)
    first, second = validate_responses(client), validate_responses(client)
    first.remove()
    first.remove()
    with pytest.raises(InvalidResponseError):
        ask(client, "get_group")
    second.remove()
    ask(client, "get_group")


def test_a_paginator_of_boto3_is_checked_too(scripted: ScriptedServer, client: Client) -> None:
    scripted.queue_response({"Groups": [GOOD], "NextToken": "x"}, {"Groups": [BAD]})
    validate_responses(client)
    pages = iter(client.get_paginator("list_groups").paginate(UserPoolId=POOL))
    next(pages)
    with pytest.raises(InvalidResponseError):
        next(pages)


def test_an_error_of_the_service_stays_boto3s(scripted: ScriptedServer, client: Client) -> None:
    scripted.queue_error("ResourceNotFoundException")
    validate_responses(client)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        ask(client, "get_group")


def test_another_client_is_left_alone(scripted: ScriptedServer, client: Client, connect: Connect) -> None:
    body, _ = answer("get_group", good=False)
    scripted.queue_response(body)
    validate_responses(connect(scripted.url))
    ask(client, "get_group")


def test_a_client_of_another_service_is_refused() -> None:
    identity: Any = getattr(boto3, "client")("cognito-identity", region_name="eu-west-1")  # noqa: B009
    with pytest.raises(TypeError, match="cognito-identity"):
        validate_responses(identity)


def test_a_stubbed_client_is_checked_too(client: Client) -> None:
    validate_responses(client)
    with Stubber(client) as stubber, pytest.raises(InvalidResponseError):
        stubber.add_response("get_group", {"Group": {"GroupName": "a b"}})
        client.get_group(GroupName="a", UserPoolId=POOL)
