import pickle

import pytest

from cognito_claims import (
    AdminListGroupsForUserResponse,
    AmbiguousClaimsError,
    CognitoClaimsError,
    ConflictingGroupsError,
    InvalidClaimsError,
    InvalidMembershipError,
    InvalidRequestError,
    InvalidResponseError,
    MixedUserPoolsError,
    PaginationError,
    Problem,
    UserType,
)
from cognito_claims._wire.parsing import parse_request, parse_response
from cognito_claims.models import GetGroupRequest

ERRORS: list[tuple[CognitoClaimsError, type[Exception]]] = [
    (InvalidRequestError("GetGroup", [Problem("GroupName", "is empty")]), ValueError),
    (
        InvalidResponseError("GetGroup", [Problem("Group", "is missing"), Problem("", "is invalid")]),
        ValueError,
    ),
    (InvalidMembershipError(), ValueError),
    (MixedUserPoolsError(["a_b", "a_c"]), ValueError),
    (ConflictingGroupsError(["a"]), ValueError),
    (InvalidClaimsError("ID token", [Problem("exp", "is missing")]), ValueError),
    (AmbiguousClaimsError("REST API event", [Problem("a", "is invalid")]), ValueError),
    (PaginationError("ListGroups"), RuntimeError),
]


@pytest.mark.parametrize(("error", "builtin"), ERRORS, ids=lambda value: type(value).__name__)
def test_errors_derive_from_a_builtin_and_can_be_pickled(
    error: CognitoClaimsError, builtin: type[Exception]
) -> None:
    assert isinstance(error, CognitoClaimsError)
    assert isinstance(error, builtin)
    unpickled = pickle.loads(pickle.dumps(error))
    assert (type(unpickled), str(unpickled), vars(unpickled)) == (type(error), str(error), vars(error))
    assert all(isinstance(attribute, str | tuple) for attribute in vars(error).values())


def test_a_message_has_one_line_per_problem_with_the_path_first() -> None:
    error, _ = ERRORS[1]
    assert str(error).splitlines() == ["GetGroup: Group: is missing", "GetGroup: is invalid"]


def test_membership_errors_share_a_base_class() -> None:
    assert issubclass(MixedUserPoolsError, InvalidMembershipError)
    assert issubclass(ConflictingGroupsError, InvalidMembershipError)


def find_problems(value: object, model: type[UserType | AdminListGroupsForUserResponse]) -> list[str]:
    with pytest.raises(InvalidResponseError) as caught:
        parse_response(model, value)
    return [str(problem) for problem in caught.value.problems]


def test_values_that_have_the_form_of_their_field_are_quoted() -> None:
    page = {
        "Groups": [
            {"GroupName": "a", "Precedence": -1},
            {"GroupName": "a", "UserPoolId": "eu-west-1-X", "RoleArn": "arn:aws:iam::role/a b"},
        ]
    }
    assert find_problems(page, AdminListGroupsForUserResponse) == [
        "Groups[0].Precedence: must be greater than or equal to 0, got -1",
        "Groups[1].UserPoolId: must be the ID of a user pool, such as us-east-1_EXAMPLE, got 'eu-west-1-X'",
        "Groups[1].RoleArn: must be an ARN of 20 to 2048 characters, or empty, got a value of type str",
    ]


@pytest.mark.parametrize(
    "misplaced", ["eyJhbGciOiJSUzI1NiJ9", "alice@example.com", "alice b", "x " * 10_000]
)
@pytest.mark.parametrize("member", ["GroupName", "RoleArn", "UserPoolId", "Precedence", "CreationDate"])
def test_a_misplaced_value_is_not_quoted(member: str, misplaced: str) -> None:
    page = {"Groups": [{"GroupName": "a", member: f"{misplaced}\n"}]}
    [problem] = find_problems(page, AdminListGroupsForUserResponse)
    assert problem.startswith(f"Groups[0].{member}: ")
    assert misplaced not in problem


def test_huge_numbers_are_not_printed() -> None:
    [huge] = find_problems(
        {"Groups": [{"GroupName": "a", "Precedence": 10**5000}]}, AdminListGroupsForUserResponse
    )
    assert huge.endswith("got a number of more than 10 digits")


def test_secrets_are_not_quoted() -> None:
    user = {"Username": "secret secret", "Attributes": [{"Name": "email", "Value": ["secret"]}]}
    assert find_problems(user, UserType) == [
        "Username: must not contain white space or control characters, got a value of type str",
        "Attributes[0].Value: must be a valid string, got a value of type list",
    ]


def test_page_tokens_are_not_quoted() -> None:
    page: dict[str, object] = {"Groups": [], "NextToken": "secret token"}
    [problem] = find_problems(page, AdminListGroupsForUserResponse)
    assert problem.startswith("NextToken: ")
    assert "secret" not in problem


def test_strings_in_a_request_are_not_quoted_in_any_field() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parse_request(GetGroupRequest, {"GroupName": None, "UserPoolId": "secret@example.com"})
    pool_id, missing = map(str, caught.value.problems)
    assert missing == "GroupName: must be a valid string, got None"
    assert pool_id.endswith("got a value of type str")


@pytest.mark.parametrize("key", ["\x1b[31m\n", "alice@example.com", "alice", "eyJhbGciOiJSUzI1NiJ9"])
def test_keys_that_are_no_names_of_awss_are_not_quoted(key: str) -> None:
    page: dict[str, object] = {"Groups": [], "ResponseMetadata": {"HTTPHeaders": {key: 5}}}
    [problem] = find_problems(page, AdminListGroupsForUserResponse)
    assert problem.startswith("ResponseMetadata.HTTPHeaders[...]: ")
    with pytest.raises(InvalidRequestError) as caught:
        parse_request(GetGroupRequest, {"GroupName": "a", "UserPoolId": "eu-west-1_EXAMPLE", key: 1})
    assert str(caught.value) == "GetGroup: [...]: is not a known key"


def test_a_missing_field_is_reported() -> None:
    assert find_problems({}, AdminListGroupsForUserResponse) == ["Groups: is missing"]


def test_a_value_that_is_not_an_object_has_no_path() -> None:
    [problem] = find_problems("text", AdminListGroupsForUserResponse)
    assert problem == "must be an object, got a value of type str"
