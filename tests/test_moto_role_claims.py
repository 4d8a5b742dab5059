"""Role claims in moto's tokens: in this process, in moto's server, and only inside the context."""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from runpy import run_path
from typing import Any

import jwt
import moto as moto_package
import pytest
from hypothesis import HealthCheck, given, settings
from moto import mock_aws
from moto.cognitoidp.models import CognitoIdpUserPool

from cognito_claims import GroupType, InvalidResponseError, Policy, resolve
from cognito_claims.conformance.endpoint import Endpoint
from cognito_claims.conformance.runner import run, select
from cognito_claims.conformance.scorecard import Verdict
from cognito_claims.testing import UnknownMotoError, moto as testing_moto, moto_role_claims
from cognito_claims.testing.strategies import memberships
from tests.conftest import Client, Connect
from tests.samples import role

ADMIN, STAFF = role("admin"), role("staff")
PASSWORD = "P4ss-word"
WINNER = [GroupType(group_name="staff", precedence=5, role_arn=STAFF), GroupType(group_name="beta")]
TIE = [*WINNER, GroupType(group_name="admins", precedence=5, role_arn=ADMIN)]
LONE = [GroupType(group_name="staff", role_arn=STAFF)]


class User:
    """A user of moto, in a separate pool."""

    def __init__(self, client: Any, groups: list[GroupType], **of_pool: object) -> None:
        self.client = client
        self.pool: str = client.create_user_pool(PoolName="test", **of_pool)["UserPool"]["Id"]
        app = client.create_user_pool_client(UserPoolId=self.pool, ClientName="test")
        self.client_id: str = app["UserPoolClient"]["ClientId"]
        of_user = {"UserPoolId": self.pool, "Username": "alice"}
        client.admin_create_user(**of_user)
        client.admin_set_user_password(**of_user, Password=PASSWORD, Permanent=True)
        for group in groups:
            settings = group.model_dump(by_alias=True, include={"group_name", "precedence", "role_arn"})
            client.create_group(UserPoolId=self.pool, **settings)
            client.admin_add_user_to_group(**of_user, GroupName=group.group_name)

    def sign_in(self) -> dict[str, Any]:
        response: dict[str, Any] = self.client.admin_initiate_auth(
            UserPoolId=self.pool,
            ClientId=self.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
        )["AuthenticationResult"]
        return response

    def claims(self) -> "Both":
        """Sign in, and return the group claims of the ID token and of the access token."""
        return group_claims(self.sign_in())


Both = tuple[dict[str, Any], dict[str, Any]]


def group_claims(tokens: dict[str, Any]) -> Both:
    id_token, access_token = (
        jwt.decode(tokens[name], options={"verify_signature": False}) for name in ("IdToken", "AccessToken")
    )
    return in_order(id_token), in_order(access_token)


def expected(groups: list[GroupType], policy: Policy | None = None) -> Both:
    claims = resolve(groups, policy=policy or Policy()).claims
    return in_order({**claims.id_token()}), in_order({**claims.access_token()})


def in_order(claims: dict[str, Any]) -> dict[str, Any]:
    """Return the group claims with their arrays sorted."""
    arrays = {
        name: sorted(map(str, claims[name]))
        for name in ("cognito:groups", "cognito:roles")
        if name in claims
    }
    role = {name: claims[name] for name in ("cognito:preferred_role",) if name in claims}
    return arrays | role


@pytest.fixture
def mocked(connect: Connect) -> Iterator[Any]:
    """A client of moto in this process, which shares its data with moto's server."""
    mock = mock_aws()
    mock.start(reset=False)
    yield connect("https://cognito-idp.eu-west-1.amazonaws.com")
    mock.stop(remove_data=False)


@pytest.fixture(params=["in process", "server"])
def client(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("mocked" if request.param == "in process" else "moto")


class TestTokens:
    @pytest.mark.parametrize("groups", [WINNER, TIE, LONE, WINNER[1:], []])
    def test_have_the_claims_that_resolve_computes(self, groups: list[GroupType], client: Any) -> None:
        user = User(client, groups)
        with moto_role_claims():
            assert user.claims() == expected(groups)

    def test_are_unchanged_before_and_after(self, client: Any) -> None:
        user = User(client, WINNER)
        plain = {"cognito:groups": ["beta", "staff"]}
        assert user.claims() == (plain, plain)
        with moto_role_claims():
            assert user.claims()[0]["cognito:preferred_role"] == STAFF
        assert user.claims() == (plain, plain)

    def test_that_are_refreshed_have_the_current_groups(self, client: Any) -> None:
        user = User(client, WINNER)
        with moto_role_claims():
            refresh = user.sign_in()["RefreshToken"]
            user.client.create_group(UserPoolId=user.pool, GroupName="admins", Precedence=0, RoleArn=ADMIN)
            user.client.admin_add_user_to_group(UserPoolId=user.pool, Username="alice", GroupName="admins")
            response = user.client.admin_initiate_auth(
                UserPoolId=user.pool,
                ClientId=user.client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": refresh},
            )
        id_token, access_token = group_claims(response["AuthenticationResult"])
        assert id_token["cognito:preferred_role"] == ADMIN
        assert access_token == {"cognito:groups": ["admins", "beta", "staff"]}

    def test_of_users_who_sign_in_by_themselves(self, client: Any) -> None:
        user = User(client, WINNER)
        with moto_role_claims():
            response = user.client.initiate_auth(
                ClientId=user.client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
            )
        assert group_claims(response["AuthenticationResult"]) == expected(WINNER)

    def test_after_a_challenge(self, client: Any) -> None:
        user = User(client, WINNER)
        user.client.admin_set_user_password(
            UserPoolId=user.pool, Username="alice", Password="Temp-0rary", Permanent=False
        )
        with moto_role_claims():
            challenge = user.client.admin_initiate_auth(
                UserPoolId=user.pool,
                ClientId=user.client_id,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": "alice", "PASSWORD": "Temp-0rary"},
            )
            response = user.client.respond_to_auth_challenge(
                ClientId=user.client_id,
                ChallengeName=challenge["ChallengeName"],
                Session=challenge["Session"],
                ChallengeResponses={"USERNAME": "alice", "NEW_PASSWORD": PASSWORD},
            )
        assert group_claims(response["AuthenticationResult"]) == expected(WINNER)

    @pytest.mark.parametrize("policy", [Policy(), Policy(null_precedence="abstains")])
    def test_follow_the_policy(self, policy: Policy, client: Any) -> None:
        with moto_role_claims(policy=policy):
            assert User(client, LONE).claims() == expected(LONE, policy)

    @pytest.mark.slow
    @given(groups=memberships(max_size=6))
    @settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_of_any_user(self, groups: list[GroupType], mocked: Any) -> None:
        with moto_role_claims():
            assert User(mocked, groups).claims() == expected(groups)

    @pytest.mark.slow
    def test_pass_the_conformance_vectors(self, mocked: Any) -> None:
        with moto_role_claims():
            card = run(Endpoint(mocked), select(["preferred-role", "roles-claim", "access-token"]))
        assert [result.case for result in card.results if result.verdict is not Verdict.PASS] == []


class TestContexts:
    def test_are_nested(self, mocked: Any) -> None:
        user = User(mocked, LONE)
        abstains = Policy(null_precedence="abstains")
        with moto_role_claims():
            with moto_role_claims(policy=abstains):
                with moto_role_claims():
                    assert user.claims() == expected(LONE)
                assert user.claims() == expected(LONE, abstains)
            assert user.claims() == expected(LONE)
        assert "cognito:roles" not in user.claims()[0]

    def test_may_end_in_any_order(self, mocked: Any) -> None:
        user = User(mocked, LONE)
        one, other = moto_role_claims(), moto_role_claims(policy=Policy(null_precedence="abstains"))
        one.__enter__()
        other.__enter__()
        one.__exit__(None, None, None)
        assert user.claims() == expected(LONE, Policy(null_precedence="abstains"))
        other.__exit__(None, None, None)
        assert "cognito:roles" not in user.claims()[0]

    def test_restore_moto_after_an_error(self) -> None:
        before = CognitoIdpUserPool.create_jwt
        with pytest.raises(ZeroDivisionError), moto_role_claims():
            assert CognitoIdpUserPool.create_jwt is not before
            raise ZeroDivisionError
        assert CognitoIdpUserPool.create_jwt is before

    def test_are_decorators(self, mocked: Any) -> None:
        user = User(mocked, WINNER)

        @moto_role_claims()
        def test_of_a_user() -> Both:
            return user.claims()

        assert test_of_a_user() == test_of_a_user() == expected(WINNER)
        assert "cognito:roles" not in user.claims()[0]

    def test_apply_to_every_thread(self, moto: Client) -> None:
        users = [User(moto, groups) for groups in (WINNER, TIE, LONE)]
        with moto_role_claims(), ThreadPoolExecutor(3) as threads:
            claims = [*threads.map(User.claims, users * 3)]
        assert claims == [expected(groups) for groups in (WINNER, TIE, LONE)] * 3


def test_a_pool_with_the_updated_issuer_gets_them_too(client: Any) -> None:
    # The oldest botocore that is allowed does not know the setting.
    known = client.meta.service_model.operation_model("CreateUserPool").input_shape.members
    settings = {"IssuerConfiguration": {"Type": "UPDATED"}}
    user = User(client, WINNER, **{name: settings[name] for name in settings.keys() & known})
    with moto_role_claims():
        assert user.claims() == expected(WINNER)


def test_an_invalid_group_of_moto_is_reported(mocked: Any) -> None:
    user = User(mocked, [])
    mocked.create_group(UserPoolId=user.pool, GroupName="staff", RoleArn="arn:aws:iam::1:role/not-long")
    mocked.admin_add_user_to_group(UserPoolId=user.pool, Username="alice", GroupName="staff")
    mocked.update_group(UserPoolId=user.pool, GroupName="staff", RoleArn="no role, but more than twenty")
    with moto_role_claims(), pytest.raises(InvalidResponseError, match=r"Groups\[0\]\.RoleArn"):
        user.sign_in()


class TestAnUnsupportedMoto:
    @pytest.mark.parametrize("version", ["4.2.14", "6.0.0", "50.1"])
    def test_is_refused_by_its_version(self, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(moto_package, "__version__", version)
        before = CognitoIdpUserPool.create_jwt
        with (
            pytest.raises(UnknownMotoError, match=rf"moto {version} is not supported") as caught,
            moto_role_claims(),
        ):
            pass
        assert caught.value.version == version
        assert CognitoIdpUserPool.create_jwt is before

    @pytest.mark.parametrize("seam", [None, CognitoIdpUserPool.create_id_token])
    def test_is_refused_if_its_tokens_come_from_elsewhere(
        self, seam: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(CognitoIdpUserPool, "create_jwt", seam)
        with pytest.raises(UnknownMotoError, match="create_jwt") as caught, moto_role_claims():
            pass
        assert caught.value.version == moto_package.__version__

    def test_is_noticed_if_it_has_role_claims_of_its_own(
        self, mocked: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        user = User(mocked, WINNER)
        original = CognitoIdpUserPool.get_user_extra_data_by_client_id

        def with_roles(self: Any, client_id: str, username: str) -> dict[str, Any]:
            return {**original(self, client_id, username), "cognito:roles": []}

        monkeypatch.setattr(CognitoIdpUserPool, "get_user_extra_data_by_client_id", with_roles)
        with moto_role_claims(), pytest.raises(UnknownMotoError, match="itself"):
            user.sign_in()

    def test_is_named_if_it_is_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "moto", None)
        with pytest.raises(ImportError, match=r"pip install .moto\[cognitoidp\]"):
            run_path(str(testing_moto.__file__))


@pytest.mark.slow
def test_its_server_adds_them_in_a_separate_process(connect: Connect) -> None:
    command = [sys.executable, "-W", "error", "-m", "cognito_claims.testing.moto", "-p", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        [url] = next(filter(None, (re.findall("http://127.0.0.1:[0-9]+", line) for line in server.stderr)))
        claims = User(connect(url), TIE).claims()
        server.terminate()
        server.stderr.read()
    assert claims == expected(TIE)


def test_its_server_gets_the_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    received: list[str] = []
    before = CognitoIdpUserPool.create_jwt

    def moto_server(argv: list[str]) -> None:
        received.extend(argv)
        assert CognitoIdpUserPool.create_jwt is not before

    monkeypatch.setattr("moto.server.main", moto_server)
    monkeypatch.setattr(sys, "argv", ["moto", "-p", "5000"])
    run_path(str(testing_moto.__file__), run_name="__main__")
    assert received == ["-p", "5000"]
    assert CognitoIdpUserPool.create_jwt is before
