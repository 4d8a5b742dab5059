"""examples/verified_service.py over real HTTP, with signed tokens: who is admitted, and who is not."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
import uvicorn

from cognito_claims.testing import ServedKeys, TokenFactory
from examples.verified_service import BILLING, Verifier, make_app
from tests.samples import role

Get = Callable[[str, str | None], tuple[int, Any]]


@pytest.fixture(scope="module")
def get(cognito_tokens: TokenFactory, cognito_served_keys: ServedKeys) -> Iterator[Get]:
    """Asks the service on loopback for a path, with a token or without."""
    verifier = Verifier(
        jwks_url=cognito_served_keys.jwks_url,
        issuer=cognito_tokens.issuer,
        client_id=cognito_tokens.client_id,
    )
    config = uvicorn.Config(make_app(verifier), port=0, log_level="critical", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    listening.listen()  # who connects before the server is up waits
    port = listening.getsockname()[1]
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()

    def get(path: str, token: str | None) -> tuple[int, Any]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    yield get
    server.should_exit = True
    thread.join()


def group(name: str, precedence: int | None, arn: str | None = None) -> dict[str, object]:
    given = {"GroupName": name, "Precedence": precedence, "RoleArn": arn}
    return {key: value for key, value in given.items() if value is not None}


class TestByGroup:
    def test_members_are_admitted(self, get: Get, cognito_tokens: TokenFactory) -> None:
        token = cognito_tokens.id_token(["staff", "admins"])
        assert get("/orders", token) == (200, {"groups": ["admins", "staff"]})

    @pytest.mark.parametrize("groups", [[], ["admins"], ["nonstaff"], ["staff,night"]])
    def test_nobody_else_is(self, groups: list[str], get: Get, cognito_tokens: TokenFactory) -> None:
        assert get("/orders", cognito_tokens.id_token(groups))[0] == 403


class TestByRole:
    def test_whose_preferred_role_it_is_is_admitted(self, get: Get, cognito_tokens: TokenFactory) -> None:
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
        ids=["no groups", "no role", "outranked", "a tie"],
    )
    def test_nobody_else_is(
        self, groups: list[dict[str, object]], get: Get, cognito_tokens: TokenFactory
    ) -> None:
        assert get("/invoices", cognito_tokens.id_token(groups))[0] == 403


STAFF = ["staff"]


class TestNoValidToken:
    """A member of staff is refused if the token is not one that the service can trust."""

    @pytest.fixture
    def refused(self, get: Get) -> Callable[[str | None], None]:
        def refused(token: str | None) -> None:
            status, answer = get("/orders", token)
            assert status == 401
            assert str(token) not in json.dumps(answer)

        return refused

    def test_none(self, refused: Any) -> None:
        refused(None)

    def test_expired(self, refused: Any, cognito_tokens: TokenFactory) -> None:
        refused(cognito_tokens.id_token(STAFF, expires_in=timedelta(seconds=-1)))

    def test_forged(self, refused: Any) -> None:
        refused(TokenFactory().id_token(STAFF))

    def test_forged_under_the_pools_key_id(self, refused: Any, cognito_tokens: TokenFactory) -> None:
        header, body, _ = cognito_tokens.id_token(STAFF).split(".")
        _, _, signature = TokenFactory().id_token(STAFF).split(".")
        refused(f"{header}.{body}.{signature}")

    def test_of_another_app_client(self, refused: Any, cognito_tokens: TokenFactory) -> None:
        refused(cognito_tokens.id_token(STAFF, claims={"aud": "2example34567890"}))

    def test_of_another_pool(self, refused: Any, cognito_tokens: TokenFactory) -> None:
        other = TokenFactory(user_pool_id="eu-west-1_OTHER", key=cognito_tokens.key)
        refused(other.id_token(STAFF))

    def test_an_access_token(self, refused: Any, cognito_tokens: TokenFactory) -> None:
        refused(cognito_tokens.access_token(STAFF))
        refused(cognito_tokens.access_token(STAFF, claims={"aud": cognito_tokens.client_id}))

    def test_a_machines(self, refused: Any, cognito_tokens: TokenFactory) -> None:
        refused(cognito_tokens.machine_token(scopes=["orders/read"]))

    def test_with_groups_of_a_wrong_type(self, refused: Any, cognito_tokens: TokenFactory) -> None:
        refused(cognito_tokens.id_token(claims={"cognito:groups": "staff"}))

    def test_no_token_at_all(self, refused: Any) -> None:
        refused("not-a-token")
