# pyright: reportUnnecessaryTypeIgnoreComment=true
from collections.abc import Iterator
from typing import assert_never, assert_type

from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from cognito_claims import (
    AdminListGroupsForUserPaginator,
    AdminListGroupsForUserResponse,
    Alternative,
    Ambiguous,
    GroupClaims,
    GroupType,
    ListGroupsPaginator,
    ListGroupsResponse,
    ListUsersInGroupPaginator,
    ListUsersInGroupResponse,
    NoRole,
    OpenQuestion,
    PaginatorConfig,
    Policy,
    Preferred,
    Resolution,
    Rule,
    Standing,
    UserType,
    resolve,
    resolve_user,
    validate_responses,
)
from cognito_claims.claims import AccessTokenGroupClaims, IdTokenGroupClaims
from cognito_claims.pagination import GroupPages, UserPages
from cognito_claims.validation import ResponseValidation


def resolving(client: CognitoIdentityProviderClient) -> None:
    response = client.admin_list_groups_for_user(Username="alice", UserPoolId="eu-west-1_EXAMPLE")
    assert_type(resolve(response["Groups"]), Resolution)
    assert_type(resolve([{"GroupName": "a"}]), Resolution)
    assert_type(resolve({GroupType(group_name="b")}), Resolution)
    assert_type(resolve([], policy=Policy(null_precedence="abstains", roleless="blocks")), Resolution)
    assert_type(resolve_user(client, user_pool_id="eu-west-1_EXAMPLE", username="alice"), Resolution)

    resolve(["admins"])  # type: ignore[list-item]
    resolve([], Policy())  # type: ignore[call-arg]
    Policy(null_precedence="wins")  # type: ignore[arg-type]


def reading(resolution: Resolution) -> None:
    assert_type(resolution.outcome, Preferred | Ambiguous | NoRole)
    assert_type(resolution.preferred_role, str | None)
    assert_type(resolution.ranking, tuple[GroupType, ...])
    assert_type(resolution.roles, tuple[str, ...])
    assert_type(resolution.decided_by, tuple[GroupType, ...])
    assert_type(resolution.rules, tuple[Rule, ...])
    assert_type(resolution.open_questions, tuple[OpenQuestion, ...])
    assert_type(resolution.alternatives, tuple[Alternative, ...])
    assert_type(resolution.standings, tuple[Standing, ...])
    assert_type(resolution.claims, GroupClaims)
    assert_type(resolution.claims.id_token(), IdTokenGroupClaims)
    assert_type(resolution.claims.access_token(), AccessTokenGroupClaims)
    assert_type(resolution.explain(), str)

    resolution.preferred_role = None  # type: ignore[misc]


def matching(resolution: Resolution) -> str:
    match outcome := resolution.outcome:
        case Preferred(role_arn, decided_by, rules):
            assert_type(decided_by, tuple[GroupType, ...])
            assert_type(rules, tuple[Rule, ...])
            return role_arn
        case Ambiguous(decided_by):
            assert_type(decided_by, tuple[GroupType, ...])
            return "ambiguous"
        case NoRole():
            return "none"
        case _:
            assert_never(outcome)


def paging(client: CognitoIdentityProviderClient) -> None:
    pages = AdminListGroupsForUserPaginator(client).paginate(
        Username="alice",
        UserPoolId="eu-west-1_EXAMPLE",
        PaginationConfig={"MaxItems": 100, "PageSize": 60, "StartingToken": None},
    )
    assert_type(pages, GroupPages[AdminListGroupsForUserResponse])
    for page in pages:
        assert_type(page, AdminListGroupsForUserResponse)
        assert_type(page.groups[0].precedence, int | None)
        assert_type(page.next_token, str | None)
    assert_type(pages.groups(), Iterator[GroupType])
    assert_type(pages.build_full_result(), AdminListGroupsForUserResponse)
    assert_type(pages.resume_token, str | None)
    assert_type(pages.search("Groups[].GroupName"), Iterator[object])

    all_groups = ListGroupsPaginator(client).paginate(
        UserPoolId="eu-west-1_EXAMPLE", PaginationConfig=PaginatorConfig(page_size=60)
    )
    assert_type(all_groups, GroupPages[ListGroupsResponse])
    users = ListUsersInGroupPaginator(client).paginate(UserPoolId="eu-west-1_EXAMPLE", GroupName="admins")
    assert_type(users, UserPages)
    assert_type(users.users(), Iterator[UserType])
    assert_type(users.build_full_result(), ListUsersInGroupResponse)

    AdminListGroupsForUserPaginator(client).paginate("alice")  # type: ignore[call-arg]
    AdminListGroupsForUserPaginator(5)  # type: ignore[arg-type]


def checking(client: CognitoIdentityProviderClient) -> None:
    assert_type(validate_responses(client), ResponseValidation)
    with validate_responses(client) as validation:
        assert_type(validation.remove(), None)


def modelling(group: GroupType) -> None:
    assert_type(group.group_name, str)
    assert_type(group.role_arn, str | None)
    GroupType()  # type: ignore[call-arg]
    GroupType(group_name="a", precedence="1")  # type: ignore[arg-type]
    group.precedence = 5  # type: ignore[misc]
