"""examples/verified_service.py over real HTTP, with signed tokens."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from cognito_claims.testing import ServedKeys, TokenFactory
from examples.verified_service import BILLING, Verifier, make_app
from tests.asgi import serve
from tests.samples import role

Get = Callable[[str, str | None], tuple[int, Any]]


@pytest.fixture(scope="module")
def get(cognito_tokens: TokenFactory, cognito_served_keys: ServedKeys) -> Iterator[Get]:
    """A function that requests a path of the service, with or without a token."""
    verifier = Verifier(
        jwks_url=cognito_served_keys.jwks_url,
        issuer=cognito_tokens.issuer,
        client_id=cognito_tokens.client_id,
    )

    def get(path: str, token: str | None) -> tuple[int, Any]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(url + path, headers=headers)
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    with serve(make_app(verifier)) as url:
        yield get


def group(name: str, precedence: int | None, arn: str | None = None) -> dict[str, object]:
    members = {"GroupName": name, "Precedence": precedence, "RoleArn": arn}
    return {key: value for key, value in members.items() if value is not None}


class TestOrders:
    def test_members_of_the_group_are_admitted(self, get: Get, cognito_tokens: TokenFactory) -> None:
        token = cognito_tokens.id_token(["staff", "admins"])
        assert get("/orders", token) == (200, {"groups": ["admins", "staff"]})

    @pytest.mark.parametrize("groups", [[], ["admins"], ["nonstaff"], ["staff,night"]])
    def test_other_users_are_rejected(
        self, groups: list[str], get: Get, cognito_tokens: TokenFactory
    ) -> None:
        assert get("/orders", cognito_tokens.id_token(groups))[0] == 403


class TestInvoices:
    def test_users_with_the_preferred_role_are_admitted(
        self, get: Get, cognito_tokens: TokenFactory
    ) -> None:
        groups = [group("billing", 1, BILLING), group("staff", 2, role("staff"))]
        assert get("/invoices", cognito_tokens.id_token(groups)) == (200, {"role": BILLING})

    @pytest.mark.parametrize(
        "groups",
        [
            [],
            [group("billing", 1)],
            [group("billing", 2, BILLING), group("staff", 1, role("staff"))],
            [group("billing", 1, BILLING), group("staff", 1, role("staff"))],
        ],
        ids=["no groups", "no role", "outranked", "tied"],
    )
    def test_other_users_are_rejected(
        self, groups: list[dict[str, object]], get: Get, cognito_tokens: TokenFactory
    ) -> None:
        assert get("/invoices", cognito_tokens.id_token(groups))[0] == 403


STAFF = ["staff"]


class TestInvalidToken:
    """Even a member of the group is rejected without a valid ID token."""

    @pytest.fixture
    def assert_rejected(self, get: Get) -> Callable[[str | None], None]:
        def assert_rejected(token: str | None) -> None:
            status, response = get("/orders", token)
            assert status == 401
            assert str(token) not in json.dumps(response)

        return assert_rejected

    def test_a_missing_token_is_rejected(self, assert_rejected: Any) -> None:
        assert_rejected(None)

    def test_an_expired_token_is_rejected(self, assert_rejected: Any, cognito_tokens: TokenFactory) -> None:
        assert_rejected(cognito_tokens.id_token(STAFF, expires_in=timedelta(seconds=-1)))

    def test_a_token_with_a_different_key_is_rejected(self, assert_rejected: Any) -> None:
        assert_rejected(TokenFactory().id_token(STAFF))

    def test_a_token_with_a_forged_signature_is_rejected(
        self, assert_rejected: Any, cognito_tokens: TokenFactory
    ) -> None:
        header, body, _ = cognito_tokens.id_token(STAFF).split(".")
        _, _, signature = TokenFactory().id_token(STAFF).split(".")
        assert_rejected(f"{header}.{body}.{signature}")

    def test_a_token_for_a_different_app_client_is_rejected(
        self, assert_rejected: Any, cognito_tokens: TokenFactory
    ) -> None:
        assert_rejected(cognito_tokens.id_token(STAFF, claims={"aud": "2example34567890"}))

    def test_a_token_of_a_different_user_pool_is_rejected(
        self, assert_rejected: Any, cognito_tokens: TokenFactory
    ) -> None:
        other = TokenFactory(user_pool_id="eu-west-1_OTHER", key=cognito_tokens.key)
        assert_rejected(other.id_token(STAFF))

    def test_access_tokens_are_rejected(self, assert_rejected: Any, cognito_tokens: TokenFactory) -> None:
        assert_rejected(cognito_tokens.access_token(STAFF))
        assert_rejected(cognito_tokens.access_token(STAFF, claims={"aud": cognito_tokens.client_id}))

    def test_machine_tokens_are_rejected(self, assert_rejected: Any, cognito_tokens: TokenFactory) -> None:
        assert_rejected(cognito_tokens.machine_token(scopes=["orders/read"]))

    def test_a_token_with_groups_of_the_wrong_type_is_rejected(
        self, assert_rejected: Any, cognito_tokens: TokenFactory
    ) -> None:
        assert_rejected(cognito_tokens.id_token(claims={"cognito:groups": "staff"}))

    def test_a_malformed_token_is_rejected(self, assert_rejected: Any) -> None:
        assert_rejected("not-a-token")
