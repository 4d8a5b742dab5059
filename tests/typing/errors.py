from typing import assert_type

from cognito_claims import (
    CognitoClaimsError,
    ConflictingGroupsError,
    InvalidClaimsError,
    InvalidMembershipError,
    InvalidRequestError,
    InvalidResponseError,
    MixedUserPoolsError,
    PaginationError,
    Problem,
    resolve,
    resolve_user,
)
from cognito_claims.client import AdminListGroupsForUserClient, ResponseValidation


def catching(client: AdminListGroupsForUserClient) -> None:
    try:
        resolve_user(client, user_pool_id="eu-west-1_EXAMPLE", username="alice")
    except (InvalidRequestError, InvalidResponseError) as error:
        assert_type(error.operation, str)
        assert_type(error.problems, tuple[Problem, ...])
        for path, reason in error.problems:
            assert_type(path, str)
            assert_type(reason, str)
    except MixedUserPoolsError as error:
        assert_type(error.user_pool_ids, tuple[str, ...])
    except ConflictingGroupsError as error:
        assert_type(error.group_names, tuple[str, ...])
    except PaginationError as error:
        assert_type(error.operation, str)
    except CognitoClaimsError as error:
        assert_type(error, CognitoClaimsError)


def as_the_builtins_that_they_are(
    invalid: InvalidClaimsError | InvalidMembershipError | InvalidRequestError | InvalidResponseError,
    service: PaginationError,
    check: ResponseValidation,
) -> tuple[ValueError, RuntimeError]:
    with check:
        resolve([])
    return invalid, service
