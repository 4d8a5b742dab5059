"""Pages of a real boto3 client over real HTTP, compared with those of boto3's own paginators."""

import base64
import sys
from contextlib import suppress
from itertools import islice, product
from typing import Any, ClassVar, Literal, TypeAlias, Unpack

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from botocore.paginate import PageIterator, Paginator, TokenDecoder, TokenEncoder
from botocore.session import get_session
from hypothesis import given, strategies as st
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from mypy_boto3_cognito_idp.type_defs import PaginatorConfigTypeDef

from cognito_claims import (
    AdminListGroupsForUserPaginator,
    AdminListGroupsForUserResponse,
    InvalidRequestError,
    InvalidResponseError,
    ListGroupsPaginator,
    ListGroupsResponse,
    ListUsersInGroupPaginator,
    PaginationError,
    PaginatorConfig,
    Policy,
    resolve_user,
)
from cognito_claims.client import GroupPageIterator, PaginatorConfigDict, UserPageIterator
from tests.conftest import Connect
from tests.samples import POOL, role
from tests.scripted_server import ScriptedServer

Client = CognitoIdentityProviderClient


def wire_groups(*names: str) -> list[dict[str, object]]:
    return [{"GroupName": name, "UserPoolId": POOL} for name in names]


def list_groups(
    client: Client, **config: Unpack[PaginatorConfigDict]
) -> GroupPageIterator[AdminListGroupsForUserResponse]:
    return AdminListGroupsForUserPaginator(client).paginate(
        Username="alice", UserPoolId=POOL, PaginationConfig=config
    )


@pytest.mark.parametrize(
    "paginator", [AdminListGroupsForUserPaginator, ListGroupsPaginator, ListUsersInGroupPaginator]
)
def test_a_client_of_a_different_service_is_rejected(paginator: Any) -> None:
    identity: Any = getattr(boto3, "client")("cognito-identity", region_name="eu-west-1")  # noqa: B009
    with pytest.raises(TypeError, match="expected a cognito-idp client, got a client of cognito-identity"):
        paginator(identity)


@pytest.fixture(scope="module")
def pools(moto: Client) -> dict[int, str]:
    """A pool on moto's server for each number of groups, with a user `alice` in all of them."""
    pools: dict[int, str] = {}
    for size in (0, 1, 59, 60, 61, 250):
        pool = moto.create_user_pool(PoolName=f"of-{size}")["UserPool"]["Id"]
        moto.admin_create_user(UserPoolId=pool, Username="alice")
        for n in range(size):
            name = f"group-{n:03}"
            moto.create_group(UserPoolId=pool, GroupName=name, Precedence=n % 7, RoleArn=role(f"r{n % 3}"))
            moto.admin_add_user_to_group(UserPoolId=pool, Username="alice", GroupName=name)
        pools[size] = pool
    return pools


class TestAgainstMoto:
    @pytest.mark.parametrize("size", [0, 1, 59, 60, 61, 250])
    @pytest.mark.parametrize("page_size", [1, 2, 60, None])
    def test_pages_equal_boto3s(
        self, moto: Client, pools: dict[int, str], size: int, page_size: int | None
    ) -> None:
        config: PaginatorConfigTypeDef = {"PageSize": page_size} if page_size else {}
        arguments = {"Username": "alice", "UserPoolId": pools[size]}
        theirs = moto.get_paginator("admin_list_groups_for_user").paginate(
            **arguments, PaginationConfig=config
        )
        ours = AdminListGroupsForUserPaginator(moto).paginate(**arguments, PaginationConfig=config)
        their_pages = list(theirs)
        pages = list(ours)
        for page, their_page in zip(pages, their_pages, strict=True):
            dumped = page.model_dump(by_alias=True)
            assert set(dumped.pop("ResponseMetadata")) == set(their_page["ResponseMetadata"])
            their_groups = [
                {key: value for key, value in group.items() if value != ""}
                for group in their_page["Groups"]
            ]
            rest = {key: value for key, value in their_page.items() if key != "ResponseMetadata"}
            assert dumped == {**rest, "Groups": their_groups}
        assert sum(len(page.groups) for page in pages) == size
        assert ours.resume_token is None

    @pytest.mark.parametrize("page_size", [1, 2, 60])
    @pytest.mark.parametrize("max_items", [0, 1, 59, 60, 61, 100])
    def test_a_list_truncated_by_max_items_can_be_resumed(
        self, moto: Client, pools: dict[int, str], page_size: int, max_items: int
    ) -> None:
        if page_size == 1 and max_items < 60:
            max_items = max_items % 5  # fewer requests, same coverage
        arguments = {"Username": "alice", "UserPoolId": pools[61]}
        config: PaginatorConfigTypeDef = {"MaxItems": max_items, "PageSize": page_size}
        first = AdminListGroupsForUserPaginator(moto).paginate(**arguments, PaginationConfig=config)
        start = first.build_full_result()
        assert len(start.groups) == min(max_items, 61)
        if max_items >= 61:
            assert start.next_token is None
            return
        rest = AdminListGroupsForUserPaginator(moto).paginate(
            **arguments, PaginationConfig={"StartingToken": start.next_token}
        )
        names = [group.group_name for group in (*start.groups, *rest.groups())]
        assert sorted(names) == [f"group-{n:03}" for n in range(61)]

    def test_all_groups_of_a_user_are_resolved(self, moto: Client, pools: dict[int, str]) -> None:
        resolution = resolve_user(moto, user_pool_id=pools[250], username="alice")
        assert len(resolution.ranking) == 250
        assert set(resolution.roles) == {role("r0"), role("r1"), role("r2")}
        assert resolution.preferred_role is None

    def test_a_policy_is_applied(self, moto: Client, pools: dict[int, str]) -> None:
        policy = Policy(null_precedence="abstains")
        assert resolve_user(moto, user_pool_id=pools[1], username="alice", policy=policy).policy == policy

    def test_an_unknown_user_raises_boto3s_exception(self, moto: Client, pools: dict[int, str]) -> None:
        with pytest.raises(moto.exceptions.UserNotFoundException):
            resolve_user(moto, user_pool_id=pools[0], username="nobody")

    def test_the_groups_of_a_pool_and_the_users_of_a_group_are_listed(
        self, moto: Client, pools: dict[int, str]
    ) -> None:
        pages = ListGroupsPaginator(moto).paginate(
            UserPoolId=pools[61], PaginationConfig=PaginatorConfig(page_size=50)
        )
        assert len(list(pages.groups())) == 61
        users = ListUsersInGroupPaginator(moto).paginate(UserPoolId=pools[61], GroupName="group-007")
        [user] = users.users()
        assert user.username == "alice"
        assert [page.users for page in users] == [(user,)]


# boto3's own paginators over a list in memory: fast enough to try every combination.
_SERVICE = get_session().get_service_model("cognito-idp")
_PAGING = get_session().get_paginator_model("cognito-idp")
BotoPageIterator: TypeAlias = "PageIterator[dict[str, object]]"
Operation = Literal["admin_list_groups_for_user", "list_groups", "list_users_in_group"]
OPERATIONS: dict[Operation, tuple[str, str, dict[str, str]]] = {
    "admin_list_groups_for_user": (
        "AdminListGroupsForUser",
        "Groups",
        {"Username": "alice", "UserPoolId": POOL},
    ),
    "list_groups": ("ListGroups", "Groups", {"UserPoolId": POOL}),
    "list_users_in_group": ("ListUsersInGroup", "Users", {"UserPoolId": POOL, "GroupName": "admins"}),
}


class InMemory:
    """A client with the given pages, or shorter ones if the request has a lower Limit."""

    def __init__(self, *pages: list[str], operation: Operation = "admin_list_groups_for_user") -> None:
        self.pages = pages or ([],)
        self.operation: Operation = operation
        self.requests: list[object] = []
        self.fail_at: int | None = None

    def get_paginator(self, operation_name: str) -> "Paginator[dict[str, object]]":
        assert operation_name == self.operation
        name, _, _ = OPERATIONS[self.operation]
        return Paginator(self._call, _PAGING.get_paginator(name), _SERVICE.operation_model(name))  # type: ignore[arg-type]

    def _call(self, **arguments: object) -> dict[str, object]:
        self.requests.append(arguments)
        number, start = map(int, str(arguments.get("NextToken", "0.0")).split("."))
        if number == self.fail_at:
            self.fail_at = None
            raise ConnectionError("connection lost")
        end = min(len(self.pages[number]), start + int(str(arguments.get("Limit") or 60)))
        following = (number, end) if end < len(self.pages[number]) else (number + 1, 0)
        more = {"NextToken": "{}.{}".format(*following)} if following[0] < len(self.pages) else {}
        names = self.pages[number][start:end]
        _, member, _ = OPERATIONS[self.operation]
        items = wire_groups(*names) if member == "Groups" else [{"Username": name} for name in names]
        return {member: items, **more}


def get_group_names(pages: GroupPageIterator[AdminListGroupsForUserResponse]) -> list[str]:
    return [group.group_name for group in pages.groups()]


def paginate(
    client: InMemory, **config: Unpack[PaginatorConfigDict]
) -> GroupPageIterator[AdminListGroupsForUserResponse]:
    return AdminListGroupsForUserPaginator(client).paginate(
        Username="alice", UserPoolId=POOL, PaginationConfig=config
    )


def paginate_operation(
    client: InMemory, config: PaginatorConfigDict
) -> (
    GroupPageIterator[AdminListGroupsForUserResponse]
    | GroupPageIterator[ListGroupsResponse]
    | UserPageIterator
):
    untyped: Any = client
    match client.operation:
        case "admin_list_groups_for_user":
            return paginate(client, **config)
        case "list_groups":
            return ListGroupsPaginator(untyped).paginate(UserPoolId=POOL, PaginationConfig=config)
        case "list_users_in_group":
            return ListUsersInGroupPaginator(untyped).paginate(
                UserPoolId=POOL, GroupName="admins", PaginationConfig=config
            )


def paginate_with_boto3(client: InMemory, **config: object) -> BotoPageIterator:
    _, _, arguments = OPERATIONS[client.operation]
    return client.get_paginator(client.operation).paginate(**arguments, PaginationConfig=config)


# Lists of 0 to 12 groups divided into 1 to 4 pages, some of them empty.
page_lists = st.lists(st.integers(0, 3), min_size=1, max_size=4).map(
    lambda sizes: [[f"g{page}{n}" for n in range(size)] for page, size in enumerate(sizes)]
)


class TestLikeBoto3:
    @given(
        page_lists,
        st.sampled_from(list(OPERATIONS)),
        st.one_of(st.none(), st.integers(0, 10)),
        st.one_of(st.none(), st.sampled_from([1, 2, 3, 60])),
        st.one_of(st.none(), st.integers(0, 10)),
    )
    def test_any_combination_of_max_items_page_size_and_starting_token_equals_boto3s(
        self,
        name_pages: list[list[str]],
        operation: Operation,
        max_items: int | None,
        page_size: int | None,
        first_max_items: int | None,
    ) -> None:
        def client() -> InMemory:
            return InMemory(*name_pages, operation=operation)

        token: Any = None
        if first_max_items is not None:
            token = (
                paginate_with_boto3(client(), MaxItems=first_max_items).build_full_result().get("NextToken")
            )
        config: PaginatorConfigDict = {"MaxItems": max_items, "PageSize": page_size, "StartingToken": token}
        ours, theirs = client(), client()
        our_pages, their_pages = paginate_operation(ours, config), paginate_with_boto3(theirs, **config)
        assert [page.model_dump(by_alias=True) for page in our_pages] == list(their_pages)
        assert ours.requests == theirs.requests
        their_token: object = their_pages.resume_token  # a string; the stubs declare a dict
        assert our_pages.resume_token == their_token

        their_result = paginate_with_boto3(client(), **config).build_full_result()
        assert our_pages.build_full_result().model_dump(by_alias=True) == their_result
        assert our_pages.resume_token == their_result.get("NextToken")

        _, member, _ = OPERATIONS[operation]
        for expression in (f"{member}[]", f"{member}[0]", f"length({member})", "Nothing"):
            results = list(our_pages.search(expression))
            assert results == list(paginate_with_boto3(client(), **config).search(expression))
            assert our_pages.resume_token == their_result.get("NextToken")

    @given(page_lists)
    def test_page_boundaries_do_not_matter(self, name_pages: list[list[str]]) -> None:
        names = [name for page in name_pages for name in page]
        split, whole = InMemory(*name_pages), InMemory(names)
        assert get_group_names(paginate(split)) == names
        assert resolve_user(split, user_pool_id=POOL, username="alice") == resolve_user(
            whole, user_pool_id=POOL, username="alice"
        )

    def test_each_iteration_starts_from_the_beginning(self) -> None:
        pages = paginate(InMemory(["a"], ["b"]))
        assert get_group_names(pages) == get_group_names(pages) == ["a", "b"]
        assert len(pages.build_full_result().groups) == 2

    @pytest.mark.parametrize(("token", "skip"), [*product([None, "x", "ü"], [0, 3])])
    def test_resume_tokens_are_read_and_written_like_boto3s(
        self, scripted: ScriptedServer, client: Client, token: str | None, skip: int
    ) -> None:
        position: dict[str, object] = {
            "NextToken": token,
            **({"boto_truncate_amount": skip} if skip else {}),
        }
        start = TokenEncoder().encode(position) if token or skip else None
        scripted.queue_response({"Groups": wire_groups(*"abcde")})
        pages = list_groups(client, StartingToken=start)
        assert next(pages.groups()).group_name == "abcde"[skip]
        assert scripted.requests[0].get("NextToken") == token
        rest = {"NextToken": token, "boto_truncate_amount": skip + 1}
        assert pages.resume_token == TokenEncoder().encode(rest)

    @pytest.mark.parametrize(
        ("token", "page_token", "skip"),
        [
            ("not base64!", "not base64!", 0),
            ("YQ==", "YQ==", 0),
            (base64.b64encode(b"{}").decode(), None, 0),
            ("x___3", "x", 3),
            ("None___3", None, 3),
            ("x___y", "x___y", 0),
            ("None", None, 0),
        ],
    )
    def test_other_tokens_are_read_like_boto3(
        self, scripted: ScriptedServer, client: Client, token: str, page_token: str | None, skip: int
    ) -> None:
        page = {"Groups": wire_groups(*"abcde")}
        scripted.queue_response(page, page, page)
        paginator = client.get_paginator("admin_list_groups_for_user")
        [boto3_page] = paginator.paginate(
            Username="alice", UserPoolId=POOL, PaginationConfig={"StartingToken": token}
        )
        names = [group["GroupName"] for group in boto3_page["Groups"]]
        assert get_group_names(list_groups(client, StartingToken=token)) == names == [*"abcde"[skip:]]
        pages = list_groups(client, StartingToken=token)
        next(pages.groups())
        rest = {"NextToken": page_token, "boto_truncate_amount": skip + 1}
        assert TokenDecoder().decode(str(pages.resume_token)) == rest
        assert [request.get("NextToken") for request in scripted.requests] == [page_token] * 3


class TestInterrupted:
    """An interrupted iteration resumes at `resume_token`, without losing or repeating a group."""

    @given(
        page_lists,
        st.lists(st.tuples(st.integers(1, 4), st.one_of(st.none(), st.integers(0, 4)))),
        st.sampled_from(["groups", "pages"]),
        st.sampled_from([None, "0.0", "0.0___0"]),
    )
    def test_an_iteration_can_be_resumed_at_any_point(
        self,
        name_pages: list[list[str]],
        interruptions: list[tuple[int, int | None]],
        unit: str,
        token: str | None,
    ) -> None:
        client = InMemory(*name_pages)
        names: list[str] = []
        for stop_after, fail_at in interruptions:
            client.fail_at = fail_at
            pages = paginate(client, StartingToken=token)
            with suppress(ConnectionError):
                if unit == "groups":
                    for group in islice(pages.groups(), stop_after):
                        names.append(group.group_name)  # noqa: PERF401, it may raise an error midway
                else:
                    for page in islice(pages, stop_after):
                        names += [group.group_name for group in page.groups]
            token = pages.resume_token
            if token is None:
                break
        client.fail_at = None
        if token is not None or not names:
            names += get_group_names(paginate(client, StartingToken=token))
        assert names == [name for page in name_pages for name in page]

    def test_a_search_resumes_at_the_start_of_its_page(self) -> None:
        client = InMemory(["a", "b"], ["c", "d"])
        pages = paginate(client)
        assert list(islice(pages.search("Groups[].GroupName"), 3)) == ["a", "b", "c"]
        assert get_group_names(paginate(client, StartingToken=pages.resume_token)) == ["c", "d"]

    def test_build_full_result_resumes_at_its_starting_token(self) -> None:
        client = InMemory(["a"], ["b"], ["c"])
        pages = paginate(client, MaxItems=1)
        token = pages.build_full_result().next_token
        client.fail_at = 2
        rest = paginate(client, StartingToken=token)
        with pytest.raises(ConnectionError):
            rest.build_full_result()
        assert rest.resume_token == token

    def test_the_resume_token_is_none_before_the_first_page(self) -> None:
        assert paginate(InMemory(["a"])).resume_token is None


class TestRepeatedToken:
    @pytest.mark.parametrize(
        "tokens", [["x", "x"], ["x", "y", "x"], ["x", "y", "y"]], ids=["immediately", "in a cycle", "later"]
    )
    def test_it_is_an_error_after_the_last_page(
        self, scripted: ScriptedServer, client: Client, tokens: list[str]
    ) -> None:
        for number, token in enumerate(tokens):
            scripted.queue_response({"Groups": wire_groups(f"g{number}"), "NextToken": token})
        pages = list_groups(client)
        names: list[str] = []
        with pytest.raises(PaginationError, match="AdminListGroupsForUser") as caught:
            for group in pages.groups():
                names.append(group.group_name)  # noqa: PERF401, it raises an error midway
        assert names == [f"g{number}" for number in range(len(tokens))]
        assert caught.value.operation == "AdminListGroupsForUser"
        assert len(scripted.requests) == len(tokens), "no request is sent twice"
        assert pages.resume_token is None, "it restarts from the beginning"

    def test_it_is_no_error_if_max_items_ends_the_list(
        self, scripted: ScriptedServer, client: Client
    ) -> None:
        scripted.queue_response(*[{"Groups": wire_groups(name), "NextToken": "x"} for name in "ab"])
        pages = list_groups(client, MaxItems=2)
        assert get_group_names(pages) == ["a", "b"]
        assert TokenDecoder().decode(str(pages.resume_token)) == {"NextToken": "x"}

    def test_the_starting_token_counts(self, scripted: ScriptedServer, client: Client) -> None:
        scripted.queue_response({"Groups": wire_groups("a"), "NextToken": "x"})
        pages = list_groups(client, StartingToken=TokenEncoder().encode({"NextToken": "x"}))
        with pytest.raises(PaginationError):
            get_group_names(pages)


class TestOverHTTP:
    def test_an_empty_page_with_a_token_does_not_end_the_list(
        self, scripted: ScriptedServer, client: Client
    ) -> None:
        scripted.queue_response(
            {"Groups": [], "NextToken": "x"},
            {"Groups": [], "NextToken": "y"},
            {"Groups": wire_groups("a")},
        )
        assert get_group_names(list_groups(client)) == ["a"]
        assert [request.get("NextToken") for request in scripted.requests] == [None, "x", "y"]

    def test_an_empty_token_ends_the_list_as_in_boto3(
        self, scripted: ScriptedServer, client: Client
    ) -> None:
        scripted.queue_response({"Groups": wire_groups("a"), "NextToken": ""})
        assert get_group_names(list_groups(client)) == ["a"]

    @pytest.mark.parametrize("response", [[1], "x", None, {"Groups": "x"}, {"Groups": [5]}, b"\xff"])
    def test_a_response_that_boto3_cannot_parse_raises_boto3s_exception(
        self, scripted: ScriptedServer, client: Client, response: object
    ) -> None:
        scripted.queue_response({"Groups": wire_groups("a"), "NextToken": "x"}, response)
        pages = list_groups(client)
        with pytest.raises((AttributeError, ValueError)) as caught:
            get_group_names(pages)
        assert "botocore" in str(caught.traceback[-1].path)
        assert TokenDecoder().decode(str(pages.resume_token)) == {"NextToken": "x"}

    def test_the_longest_token_can_be_resumed(self, scripted: ScriptedServer, client: Client) -> None:
        token = "x" * 131072
        scripted.queue_response({"Groups": wire_groups("a", "b"), "NextToken": token})
        full = list_groups(client, MaxItems=2).build_full_result()
        assert TokenDecoder().decode(str(full.next_token)) == {"NextToken": token}

    def test_no_request_is_sent_before_the_iteration(
        self, scripted: ScriptedServer, client: Client
    ) -> None:
        list_groups(client)
        assert scripted.requests == []

    def test_boto3_retries_throttled_requests(self, scripted: ScriptedServer) -> None:
        scripted.queue_error("TooManyRequestsException")
        scripted.queue_response({"Groups": wire_groups("a")})
        client = boto3.client(  # pyright: ignore[reportUnknownMemberType]
            "cognito-idp",
            region_name="eu-west-1",
            endpoint_url=scripted.url,
            config=Config(retries={"total_max_attempts": 2, "mode": "standard"}),
        )
        [page] = list_groups(client)
        assert page.response_metadata is not None
        assert page.response_metadata.retry_attempts == 1

    def test_persistent_throttling_raises_boto3s_exception(
        self, scripted: ScriptedServer, client: Client
    ) -> None:
        scripted.queue_response({"Groups": wire_groups("a"), "NextToken": "x"})
        scripted.queue_error("TooManyRequestsException", "Rate exceeded")
        pages = list_groups(client)
        with pytest.raises(client.exceptions.TooManyRequestsException):
            get_group_names(pages)
        scripted.queue_response({"Groups": wire_groups("b")})
        assert get_group_names(list_groups(client, StartingToken=pages.resume_token)) == ["b"]
        assert scripted.requests[-1]["NextToken"] == "x"

    def test_an_unreachable_endpoint_raises_boto3s_exception(self, connect: Connect) -> None:
        with ScriptedServer() as server:
            client = connect(server.url)
        with pytest.raises(EndpointConnectionError):
            get_group_names(list_groups(client))

    def test_a_body_other_than_json_is_rejected_although_boto3_accepts_it(
        self, scripted: ScriptedServer, client: Client
    ) -> None:
        scripted.queue_response(b"<html>", b"<html>")
        response = client.admin_list_groups_for_user(Username="alice", UserPoolId=POOL)
        assert response.keys() == {"ResponseMetadata"}
        with pytest.raises(InvalidResponseError) as caught:
            get_group_names(list_groups(client))
        assert [problem.path for problem in caught.value.problems] == ["Groups"]

    INVALID_PAGES: ClassVar[dict[str, tuple[object, list[str]]]] = {
        "empty": ({}, ["Groups"]),
        "other operation": ({"Users": []}, ["Groups"]),
        "missing name": ({"Groups": [{}]}, ["Groups[0].GroupName"]),
        "several problems": (
            {"Groups": [{"GroupName": "a b", "Precedence": -1}, {"GroupName": "c", "RoleArn": "x"}]},
            ["Groups[0].GroupName", "Groups[0].Precedence", "Groups[1].RoleArn"],
        ),
        "invalid token": ({"Groups": wire_groups("a"), "NextToken": "a b"}, ["NextToken"]),
    }

    @pytest.mark.parametrize(("response", "paths"), INVALID_PAGES.values(), ids=INVALID_PAGES)
    def test_an_invalid_page_is_rejected_as_a_whole(
        self, scripted: ScriptedServer, client: Client, response: object, paths: list[str]
    ) -> None:
        scripted.queue_response({"Groups": wire_groups("good"), "NextToken": "x"}, response)
        pages = list_groups(client)
        names: list[str] = []
        with pytest.raises(InvalidResponseError) as caught:
            for group in pages.groups():
                names.append(group.group_name)  # noqa: PERF401, it raises an error midway
        assert names == ["good"]
        assert caught.value.operation == "AdminListGroupsForUser"
        assert [problem.path for problem in caught.value.problems] == paths
        assert TokenDecoder().decode(str(pages.resume_token)) == {"NextToken": "x"}

    def test_the_users_of_a_group_are_validated(self, scripted: ScriptedServer, client: Client) -> None:
        scripted.queue_response(
            {"Users": [{"Username": "a"}], "NextToken": "x"}, {"Users": [{"Username": ""}]}
        )
        pages = ListUsersInGroupPaginator(client).paginate(
            UserPoolId=POOL, GroupName="admins", PaginationConfig={"PageSize": 1}
        )
        with pytest.raises(InvalidResponseError) as caught:
            list(pages.users())
        assert caught.value.operation == "ListUsersInGroup"
        assert scripted.requests[1] == {
            "UserPoolId": POOL,
            "GroupName": "admins",
            "Limit": 1,
            "NextToken": "x",
        }


class TestArguments:
    @pytest.mark.parametrize("operation", ["AdminListGroupsForUser", "ListGroups", "ListUsersInGroup"])
    def test_arguments_are_validated_before_a_request_is_sent(
        self,
        scripted: ScriptedServer,
        client: Client,
        operation: str,
    ) -> None:
        config: Any = {"PageSize": 61, "MaxItem": 1}
        with pytest.raises(InvalidRequestError) as caught:
            match operation:
                case "AdminListGroupsForUser":
                    AdminListGroupsForUserPaginator(client).paginate(
                        Username="", UserPoolId="no", PaginationConfig=config
                    )
                case "ListGroups":
                    ListGroupsPaginator(client).paginate(UserPoolId="no", PaginationConfig=config)
                case _:
                    ListUsersInGroupPaginator(client).paginate(
                        UserPoolId="no", GroupName="", PaginationConfig=config
                    )
        assert caught.value.operation == operation
        paths = {problem.path for problem in caught.value.problems}
        assert paths >= {"UserPoolId", "PaginationConfig.PageSize", "PaginationConfig.MaxItem"}
        assert scripted.requests == []

    @pytest.mark.parametrize(
        ("config", "path"),
        [
            ({"MaxItems": -1}, "PaginationConfig.MaxItems"),
            ({"MaxItems": "5"}, "PaginationConfig.MaxItems"),
            ({"PageSize": True}, "PaginationConfig.PageSize"),
            ({"StartingToken": 5}, "PaginationConfig.StartingToken"),
            (5, "PaginationConfig"),
        ],
    )
    def test_each_problem_has_a_path(self, client: Client, config: object, path: str) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            AdminListGroupsForUserPaginator(client).paginate(
                Username="alice",
                UserPoolId=POOL,
                PaginationConfig=config,  # type: ignore[arg-type]
            )
        assert [problem.path for problem in caught.value.problems] == [path]

    def test_the_error_contains_no_username(self, client: Client) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            AdminListGroupsForUserPaginator(client).paginate(
                Username="secret name",
                UserPoolId=POOL,
                PaginationConfig={"StartingToken": ["secret"]},  # type: ignore[arg-type]
            )
        assert "secret" not in f"{caught.value} {caught.value!r} {caught.value.problems}"
        assert caught.value.__context__ is None, "pydantic's error contains the value"

    def test_arguments_are_not_modified(self, scripted: ScriptedServer, client: Client) -> None:
        scripted.queue_response({"Groups": wire_groups("a"), "NextToken": "x"}, {"Groups": []})
        config: PaginatorConfigDict = {"MaxItems": None, "PageSize": 2, "StartingToken": None}
        get_group_names(list_groups(client, **config))
        assert dict(config) == {"MaxItems": None, "PageSize": 2, "StartingToken": None}


def test_a_search_without_jmespath_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jmespath", None)
    with pytest.raises(ImportError, match=r"cognito-claims\[aws\]"):
        list(paginate(InMemory(["a"])).search("Groups"))
