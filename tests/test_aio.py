"""Pages of a real aiobotocore client over real HTTP, compared with those of boto3."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.paginate import PageIterator
from mypy_boto3_cognito_idp.type_defs import AdminListGroupsForUserResponseTypeDef, PaginatorConfigTypeDef
from types_aiobotocore_cognito_idp import CognitoIdentityProviderClient as AioClient

import cognito_claims
from cognito_claims import (
    InvalidRequestError,
    InvalidResponseError,
    PaginationError,
    PaginatorConfig,
    Policy,
    validate_responses,
)
from cognito_claims.client import aio
from cognito_claims.client.aio import (
    AdminListGroupsForUserPaginator,
    ListGroupsPaginator,
    ListUsersInGroupPaginator,
)
from tests.conftest import Client
from tests.samples import POOL
from tests.scripted_server import ScriptedServer

AioConnect = Callable[[str], AbstractAsyncContextManager[AioClient]]


def connect(endpoint_url: str) -> AbstractAsyncContextManager[AioClient]:
    return get_session().create_client(  # pyright: ignore[reportUnknownMemberType]
        "cognito-idp",
        region_name="eu-west-1",
        endpoint_url=endpoint_url,
        config=AioConfig(retries={"total_max_attempts": 1, "mode": "standard"}),
    )


@pytest.fixture
async def aio_moto(moto_url: str) -> AsyncIterator[AioClient]:
    async with connect(moto_url) as client:
        yield client


@pytest.fixture
async def aio_client(scripted: ScriptedServer) -> AsyncIterator[AioClient]:
    async with connect(scripted.url) as client:
        yield client


def wire_groups(*names: str) -> list[dict[str, object]]:
    return [{"GroupName": name, "UserPoolId": POOL} for name in names]


def list_groups(
    client: AioClient, **config: object
) -> aio.GroupPageIterator[cognito_claims.AdminListGroupsForUserResponse]:
    return AdminListGroupsForUserPaginator(client).paginate(
        Username="alice", UserPoolId=POOL, PaginationConfig=PaginatorConfig.model_validate(config)
    )


async def get_group_names(
    pages: aio.GroupPageIterator[cognito_claims.AdminListGroupsForUserResponse],
) -> list[str]:
    return [group.group_name async for group in pages.groups()]


@pytest.fixture(scope="module")
def five_groups(moto: Client) -> str:
    """A pool on moto's server with a user `bob` in five groups."""
    pool = moto.create_user_pool(PoolName="bob's")["UserPool"]["Id"]
    moto.admin_create_user(UserPoolId=pool, Username="bob")
    for name in "abcde":
        moto.create_group(UserPoolId=pool, GroupName=name, Precedence=1)
        moto.admin_add_user_to_group(UserPoolId=pool, Username="bob", GroupName=name)
    return pool


CONFIGS: list[PaginatorConfigTypeDef] = [
    {},
    {"PageSize": 1},
    {"PageSize": 2},
    {"PageSize": 2, "MaxItems": 3},
    {"PageSize": 3, "MaxItems": 3},
    {"PageSize": 2, "MaxItems": 5},
    {"MaxItems": 0},
    {"MaxItems": 6, "PageSize": 60},
]


class TestAgainstMoto:
    @pytest.mark.parametrize("config", CONFIGS, ids=repr)
    async def test_pages_and_tokens_equal_boto3s(
        self, moto: Client, aio_moto: AioClient, five_groups: str, config: PaginatorConfigTypeDef
    ) -> None:
        arguments = {"Username": "bob", "UserPoolId": five_groups}
        ours = AdminListGroupsForUserPaginator(aio_moto).paginate(**arguments, PaginationConfig=config)

        def theirs() -> "PageIterator[AdminListGroupsForUserResponseTypeDef]":
            paginator = moto.get_paginator("admin_list_groups_for_user")
            return paginator.paginate(**arguments, PaginationConfig=config)

        pages = [[group["GroupName"] for group in page["Groups"]] for page in theirs()]
        names = [name for page in pages for name in page]
        token = theirs().build_full_result().get("NextToken")
        assert [[group.group_name for group in page.groups] async for page in ours] == pages
        assert ours.resume_token == token
        full = await ours.build_full_result()
        assert ([group.group_name for group in full.groups], full.next_token) == (names, token)
        assert await get_group_names(ours) == names
        for expression in ("Groups[].GroupName", "length(Groups)"):
            assert [result async for result in ours.search(expression)] == list(theirs().search(expression))

    async def test_a_list_truncated_by_max_items_can_be_resumed(
        self, aio_moto: AioClient, alices_pool: str
    ) -> None:
        paginator = AdminListGroupsForUserPaginator(aio_moto)
        first = await paginator.paginate(
            Username="alice", UserPoolId=alices_pool, PaginationConfig={"MaxItems": 1}
        ).build_full_result()
        rest = paginator.paginate(
            Username="alice", UserPoolId=alices_pool, PaginationConfig={"StartingToken": first.next_token}
        )
        names = [group.group_name for group in first.groups] + await get_group_names(rest)
        assert sorted(names) == ["admins", "staff"]

    async def test_the_groups_of_a_user_are_resolved(
        self, moto: Client, aio_moto: AioClient, alices_pool: str
    ) -> None:
        for policy in (Policy(), Policy(null_precedence="abstains")):
            resolution = await aio.resolve_user(
                aio_moto, user_pool_id=alices_pool, username="alice", policy=policy
            )
            assert resolution == cognito_claims.resolve_user(
                moto, user_pool_id=alices_pool, username="alice", policy=policy
            )
            assert resolution.policy == policy

    async def test_an_unknown_user_raises_aiobotocores_exception(
        self, aio_moto: AioClient, alices_pool: str
    ) -> None:
        with pytest.raises(aio_moto.exceptions.UserNotFoundException):
            await aio.resolve_user(aio_moto, user_pool_id=alices_pool, username="nobody")

    async def test_the_groups_of_a_pool_and_the_users_of_a_group_are_listed(
        self, aio_moto: AioClient, alices_pool: str
    ) -> None:
        groups = ListGroupsPaginator(aio_moto).paginate(
            UserPoolId=alices_pool, PaginationConfig={"PageSize": 1}
        )
        assert {group.group_name async for group in groups.groups()} == {"admins", "staff"}
        users = ListUsersInGroupPaginator(aio_moto).paginate(UserPoolId=alices_pool, GroupName="admins")
        assert [user.username async for user in users.users()] == ["alice"]
        assert [len(page.users) async for page in users] == [1]

    async def test_concurrent_calls_do_not_interfere(self, aio_moto: AioClient, alices_pool: str) -> None:
        resolutions = await asyncio.gather(
            *(aio.resolve_user(aio_moto, user_pool_id=alices_pool, username="alice") for _ in range(5))
        )
        assert len({resolution.claims for resolution in resolutions}) == 1

    async def test_validate_responses_accepts_valid_responses(
        self, aio_moto: AioClient, alices_pool: str
    ) -> None:
        with validate_responses(aio_moto):
            response = await aio_moto.get_group(UserPoolId=alices_pool, GroupName="admins")
        assert response["Group"]["GroupName"] == "admins"


class TestErrors:
    async def test_an_invalid_page_is_rejected_and_can_be_requested_again(
        self, scripted: ScriptedServer, aio_client: AioClient
    ) -> None:
        scripted.queue_response(
            {"Groups": wire_groups("a"), "NextToken": "x"}, {"Groups": [{"Precedence": -1}]}
        )
        pages = list_groups(aio_client)
        names: list[str] = []
        with pytest.raises(InvalidResponseError) as caught:
            async for group in pages.groups():
                names.append(group.group_name)  # noqa: PERF401, it raises an error midway
        assert names == ["a"]
        assert {problem.path for problem in caught.value.problems} == {
            "Groups[0].GroupName",
            "Groups[0].Precedence",
        }
        scripted.queue_response({"Groups": wire_groups("b")})
        assert await get_group_names(list_groups(aio_client, StartingToken=pages.resume_token)) == ["b"]
        assert scripted.requests[-1]["NextToken"] == "x"

    async def test_a_failed_full_result_resumes_from_the_start(
        self, scripted: ScriptedServer, aio_client: AioClient
    ) -> None:
        scripted.queue_response(
            {"Groups": wire_groups("a"), "NextToken": "x"}, {"Groups": [{"Precedence": 0}]}
        )
        pages = list_groups(aio_client)
        with suppress(InvalidResponseError):
            await pages.build_full_result()
        assert pages.resume_token is None
        assert len(scripted.requests) == 2

    async def test_a_repeated_token_is_an_error(
        self, scripted: ScriptedServer, aio_client: AioClient
    ) -> None:
        scripted.queue_response(
            *({"Groups": wire_groups(name), "NextToken": token} for name, token in ("ax", "by", "cx"))
        )
        pages = list_groups(aio_client)
        with pytest.raises(PaginationError) as caught:
            await get_group_names(pages)
        assert caught.value.operation == "AdminListGroupsForUser"
        assert pages.resume_token is None

    async def test_an_interrupted_iteration_resumes_within_the_page(
        self, scripted: ScriptedServer, aio_client: AioClient
    ) -> None:
        scripted.queue_response({"Groups": wire_groups("a", "b", "c")})
        pages = list_groups(aio_client)
        async for group in pages.groups():
            if group.group_name == "b":
                break
        scripted.queue_response({"Groups": wire_groups("a", "b", "c")})
        assert await get_group_names(list_groups(aio_client, StartingToken=pages.resume_token)) == ["c"]

    async def test_arguments_are_validated_before_a_request_is_sent(
        self, scripted: ScriptedServer, aio_client: AioClient
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            await aio.resolve_user(aio_client, user_pool_id="no", username="secret name")
        assert {problem.path for problem in caught.value.problems} == {"Username", "UserPoolId"}
        assert "secret" not in str(caught.value)
        assert scripted.requests == []

    async def test_the_synchronous_functions_reject_an_aiobotocore_client(self, aio_client: Any) -> None:
        with pytest.raises(TypeError, match=r"cognito_claims\.client\.aio"):
            cognito_claims.resolve_user(aio_client, user_pool_id=POOL, username="alice")

    async def test_boto3_clients_are_rejected(self, client: Any) -> None:
        with pytest.raises(TypeError, match="boto3"):
            await aio.resolve_user(client, user_pool_id=POOL, username="alice")

    async def test_validate_responses_rejects_invalid_responses(
        self, scripted: ScriptedServer, aio_client: AioClient
    ) -> None:
        scripted.queue_response({"Group": {"GroupName": "a", "Precedence": -1}})
        validate_responses(aio_client)
        with pytest.raises(InvalidResponseError):
            await aio_client.get_group(UserPoolId=POOL, GroupName="a")

    async def test_a_search_without_jmespath_names_the_extra(
        self, aio_client: AioClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "jmespath", None)
        with pytest.raises(ImportError, match=r"cognito-claims\[aws\]"):
            await anext(list_groups(aio_client).search("Groups"))
