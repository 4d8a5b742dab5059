"""What a user writes who has no stubs. Read by type checkers, never run."""

from typing import Any, assert_never, assert_type

import aiobotocore.session  # type: ignore[import-untyped]
import boto3  # type: ignore[import-untyped]
import botocore.session  # type: ignore[import-untyped]
from hypothesis import strategies as st

from cognito_claims import (
    AdminListGroupsForUserPaginator,
    AdminListGroupsForUserResponse,
    Ambiguous,
    GroupClaims,
    GroupPageIterator,
    GroupType,
    ListGroupsPaginator,
    ListGroupsResponse,
    ListUsersInGroupPaginator,
    NoRole,
    Policy,
    Preferred,
    Resolution,
    UserPageIterator,
    resolve,
    resolve_user,
    validate_responses,
)
from cognito_claims.client import ResponseValidation, aio
from cognito_claims.events import override_groups, parse_rest_api_event
from cognito_claims.identity_pool import AccessDenied, AssumedRole, choose_role

POOL = "eu-west-1_EXAMPLE"


def connect() -> Any:
    return boto3.client("cognito-idp")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def roles() -> None:
    client = connect()
    resolution = resolve_user(client, user_pool_id=POOL, username="alice")
    assert_type(resolution, Resolution)
    assert_type(resolution.preferred_role, str | None)
    assert_type(resolution.ranking, tuple[GroupType, ...])
    assert_type(resolution.claims.groups, tuple[str, ...])
    match outcome := resolution.outcome:
        case Preferred(role_arn, decided_by):
            assert_type(role_arn, str)
            assert_type(decided_by, tuple[GroupType, ...])
        case Ambiguous() | NoRole():
            pass
        case _:
            assert_never(outcome)
    assert_type(resolve([{"GroupName": "admins"}], policy=Policy(roleless="blocks")), Resolution)

    resolve(["admins"])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    resolution.role  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # pyrefly: ignore[missing-attribute]


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    return override_groups(event, resolve([{"GroupName": "staff"}]))


def claims(event: dict[str, Any]) -> None:
    assert_type(parse_rest_api_event(event, known_groups=["staff"]), GroupClaims)
    assert_type(choose_role(parse_rest_api_event(event, comma_free=True), None), AssumedRole | AccessDenied)


def pages() -> None:
    client = connect()
    pages = AdminListGroupsForUserPaginator(client).paginate(
        Username="alice", UserPoolId=POOL, PaginationConfig={"PageSize": 60}
    )
    assert_type(pages, GroupPageIterator[AdminListGroupsForUserResponse])
    for page in pages:
        assert_type(page, AdminListGroupsForUserResponse)
        assert_type(page.groups[0].precedence, int | None)
    assert_type(
        ListGroupsPaginator(client).paginate(UserPoolId=POOL), GroupPageIterator[ListGroupsResponse]
    )
    users = ListUsersInGroupPaginator(client).paginate(UserPoolId=POOL, GroupName="admins")
    assert_type(users, UserPageIterator)
    assert_type(validate_responses(client), ResponseValidation)

    AdminListGroupsForUserPaginator(client).paginate(Username="alice")  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]


def botocores_own_client() -> None:
    client = botocore.session.get_session().create_client("cognito-idp")  # pyright: ignore[reportUnknownMemberType]
    assert_type(resolve_user(client, user_pool_id=POOL, username="alice"), Resolution)
    assert_type(validate_responses(client), ResponseValidation)
    AdminListGroupsForUserPaginator(client)
    ListGroupsPaginator(client)
    ListUsersInGroupPaginator(client)


async def roles_async() -> None:
    session = aiobotocore.session.get_session()  # pyright: ignore[reportUnknownMemberType]
    async with session.create_client("cognito-idp") as client:  # pyright: ignore[reportUnknownMemberType]
        assert_type(await aio.resolve_user(client, user_pool_id=POOL, username="alice"), Resolution)
        pages = aio.AdminListGroupsForUserPaginator(client).paginate(Username="alice", UserPoolId=POOL)
        assert_type(pages, aio.GroupPageIterator[AdminListGroupsForUserResponse])
        async for page in pages:
            assert_type(page, AdminListGroupsForUserResponse)
        assert_type(
            aio.ListGroupsPaginator(client).paginate(UserPoolId=POOL),
            aio.GroupPageIterator[ListGroupsResponse],
        )
        users = aio.ListUsersInGroupPaginator(client).paginate(UserPoolId=POOL, GroupName="admins")
        assert_type(users, aio.UserPageIterator)
        assert_type(validate_responses(client), ResponseValidation)


def drawn() -> None:
    assert_type(st.from_type(GroupType), st.SearchStrategy[GroupType])
