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
from cognito_claims._wire import parse_request, parse_response
from cognito_claims.models import GetGroupRequest

ERRORS: list[tuple[CognitoClaimsError, type[Exception]]] = [
    (InvalidRequestError("GetGroup", [Problem("GroupName", "is empty")]), ValueError),
    (InvalidResponseError("GetGroup", [Problem("Group", "is missing"), Problem("", "is odd")]), ValueError),
    (InvalidMembershipError(), ValueError),
    (MixedUserPoolsError(["a_b", "a_c"]), ValueError),
    (ConflictingGroupsError(["a"]), ValueError),
    (InvalidClaimsError("ID token", [Problem("exp", "is missing")]), ValueError),
    (AmbiguousClaimsError("REST API event", [Problem("a", "is odd")]), ValueError),
    (PaginationError("ListGroups"), RuntimeError),
]


@pytest.mark.parametrize(("error", "builtin"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_is_caught_as_its_builtin_too_and_can_be_sent_on(
    error: CognitoClaimsError, builtin: type[Exception]
) -> None:
    assert isinstance(error, CognitoClaimsError)
    assert isinstance(error, builtin)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
    assert all(isinstance(fact, str | tuple) for fact in vars(error).values())


def test_a_message_has_a_line_for_each_problem_that_starts_with_the_place() -> None:
    error, _ = ERRORS[1]
    assert str(error).splitlines() == ["GetGroup: Group: is missing", "GetGroup: is odd"]


def test_the_tree_of_memberships() -> None:
    assert issubclass(MixedUserPoolsError, InvalidMembershipError)
    assert issubclass(ConflictingGroupsError, InvalidMembershipError)


def problems(value: object, model: type[UserType | AdminListGroupsForUserResponse]) -> list[str]:
    with pytest.raises(InvalidResponseError) as caught:
        parse_response(model, value)
    return [str(problem) for problem in caught.value.problems]


def test_a_value_that_is_no_secret_is_shown() -> None:
    page = {"Groups": [{"GroupName": "a", "Precedence": -1}, {"GroupName": "b c"}]}
    negative, blank = problems(page, AdminListGroupsForUserResponse)
    assert negative == "Groups[0].Precedence: must be greater than or equal to 0, got -1"
    assert blank.endswith("got 'b c'")


def test_a_long_value_is_cut_and_a_huge_number_is_not_printed() -> None:
    [long] = problems({"Groups": [{"GroupName": "x " * 10_000}]}, AdminListGroupsForUserResponse)
    assert len(long) < 500
    [huge] = problems(
        {"Groups": [{"GroupName": "a", "Precedence": 10**5000}]}, AdminListGroupsForUserResponse
    )
    assert huge.endswith("got a number of more than 64 bits")


def test_a_secret_is_not_shown() -> None:
    user = {"Username": "secret secret", "Attributes": [{"Name": "email", "Value": ["secret"]}]}
    assert problems(user, UserType) == [
        r"Username: string must match pattern '^[^\p{Z}\p{C}]+$', got a value of type str",
        "Attributes[0].Value: must be a valid string, got a value of type list",
    ]


def test_a_page_token_is_a_secret_too() -> None:
    page: dict[str, object] = {"Groups": [], "NextToken": "secret token"}
    [problem] = problems(page, AdminListGroupsForUserResponse)
    assert problem.startswith("NextToken: ")
    assert "secret" not in problem


def test_text_in_a_request_is_not_shown_wherever_it_stands() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parse_request(GetGroupRequest, {"GroupName": None, "UserPoolId": "secret@example.com"})
    swapped, blank = map(str, caught.value.problems)
    assert blank == "GroupName: must be a valid string, got None"
    assert swapped.endswith("got a value of type str")


def test_a_key_from_outside_is_quoted() -> None:
    page: dict[str, object] = {"Groups": [], "ResponseMetadata": {"HTTPHeaders": {"\x1b[31m\n": 5}}}
    [problem] = problems(page, AdminListGroupsForUserResponse)
    assert problem.startswith(r"ResponseMetadata.HTTPHeaders['\x1b[31m\n']: ")


def test_a_missing_member_is_said_to_be_missing() -> None:
    assert problems({}, AdminListGroupsForUserResponse) == ["Groups: is missing"]


def test_a_value_that_is_no_object_has_no_place() -> None:
    [problem] = problems("text", AdminListGroupsForUserResponse)
    assert problem == "must be an object, got a value of type str"
