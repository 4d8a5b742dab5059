"""Signed tokens: their shape, and which libraries accept and refuse them."""

import base64
import json
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from importlib import import_module, reload
from runpy import run_path
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from joserfc import jwt as jose
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from cognito_claims import (
    ConflictingGroupsError,
    GroupClaims,
    InvalidResponseError,
    Resolution,
    resolve,
)
from cognito_claims.testing import ServedKeys, TokenFactory, tokens as testing_tokens
from cognito_claims.testing.strategies import resolutions
from cognito_claims.tokens import AccessTokenClaims, IdTokenClaims
from tests.events import event
from tests.samples import role

# Libraries that verify Cognito's tokens. They have no type hints.
cognitojwt: Any = import_module("cognitojwt")
fastapi_cognito: Any = import_module("fastapi_cognito.cognito_jwt.decode")
pycognito: Any = import_module("pycognito")

GROUPS: list[dict[str, object]] = [
    {"GroupName": "staff", "Precedence": 10, "RoleArn": role("staff")},
    {"GroupName": "admins", "Precedence": 0, "RoleArn": role("admin")},
    {"GroupName": "beta"},
]
CLAIMS = resolve(GROUPS).claims
FORGED = TokenFactory()
"""A factory for the same user pool, with a different key."""


def part(token: str, number: int) -> dict[str, Any]:
    text = token.split(".")[number]
    members: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return members


def payload(token: str) -> dict[str, Any]:
    return part(token, 1)


class TestShape:
    def test_an_id_token_has_the_claims_of_a_real_one(self, cognito_tokens: TokenFactory) -> None:
        real = event("id_token")
        of_attributes = {"email", "email_verified", "custom:department", "custom:cost-centre"}
        ours = payload(cognito_tokens.id_token(GROUPS))
        assert ours.keys() == real.keys() - of_attributes
        assert {name: type(value) for name, value in ours.items()} == {
            name: type(value) for name, value in real.items() if name in ours
        }

    def test_an_access_token_has_the_claims_of_a_real_one(self, cognito_tokens: TokenFactory) -> None:
        real = event("access_token")
        ours = payload(cognito_tokens.access_token(GROUPS))
        assert ours.keys() == real.keys() - {"version"}  # of the hosted pages
        assert ours["scope"] == "aws.cognito.signin.user.admin"

    def test_a_machine_token_has_the_claims_of_a_real_one(self, cognito_tokens: TokenFactory) -> None:
        real = event("access_token_of_a_machine")
        ours = payload(cognito_tokens.machine_token(scopes=["orders/read", "orders/write"]))
        assert ours.keys() == real.keys()
        assert ours["scope"] == real["scope"]
        assert AccessTokenClaims.from_payload(ours).is_machine

    def test_the_header_is_that_of_a_real_token(self, cognito_tokens: TokenFactory) -> None:
        header = part(cognito_tokens.id_token(), 0)
        [key] = cognito_tokens.jwks()["keys"]
        assert header == {"alg": "RS256", "kid": key["kid"]}
        assert key.keys() == {"alg", "e", "kid", "kty", "n", "use"}
        assert (key["alg"], key["kty"], key["use"], key["e"]) == ("RS256", "RSA", "sig", "AQAB")
        assert len(base64.b64decode(key["kid"])) == 32

    @pytest.mark.parametrize(
        ("pool", "issuer"),
        [
            ("us-east-1_Abc", "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc"),
            ("cn-north-1_Abc", "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Abc"),
        ],
    )
    def test_the_issuer_is_that_of_the_pool(self, pool: str, issuer: str) -> None:
        tokens = TokenFactory(user_pool_id=pool)
        assert tokens.issuer == payload(tokens.id_token())["iss"] == issuer

    @pytest.mark.parametrize(
        ("pool", "issuer"),
        [
            ("us-east-1_Abc", "https://issuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc"),
            ("cn-north-1_Abc", "https://issuer-cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Abc"),
        ],
    )
    def test_the_updated_issuer_is_in_every_token(self, pool: str, issuer: str) -> None:
        tokens = TokenFactory(user_pool_id=pool, issuer="updated")
        signed = (tokens.id_token(), tokens.access_token(), tokens.machine_token(scopes=["a/b"]))
        assert {payload(token)["iss"] for token in signed} == {tokens.issuer} == {issuer}
        assert IdTokenClaims.from_payload(payload(signed[0])).user_pool_id == pool

    def test_any_other_issuer_is_the_claim_itself(self) -> None:
        tokens = TokenFactory(issuer="https://example.com")
        assert payload(tokens.id_token())["iss"] == "https://example.com"

    @pytest.mark.parametrize("pool", ["", "eu-west-1", "_Abc", "eu-west-1_"])
    def test_a_pool_without_a_region_is_refused(self, pool: str) -> None:
        with pytest.raises(ValueError, match="user_pool_id"):
            TokenFactory(user_pool_id=pool)

    def test_a_user_has_one_sub_in_a_pool(self, cognito_tokens: TokenFactory) -> None:
        subs = {
            payload(token)["sub"]
            for token in (
                cognito_tokens.id_token(),
                cognito_tokens.access_token(GROUPS),
                FORGED.id_token(username="alice"),
            )
        }
        assert len(subs) == 1
        assert payload(cognito_tokens.id_token(username="bob"))["sub"] not in subs
        assert payload(TokenFactory(user_pool_id="eu-west-1_Other").id_token())["sub"] not in subs

    def test_no_two_tokens_are_the_same(self, cognito_tokens: TokenFactory) -> None:
        one, other = (payload(cognito_tokens.id_token()) for _ in range(2))
        assert one["jti"] != other["jti"]

    def test_times_are_in_seconds(self, cognito_tokens: TokenFactory) -> None:
        issued = datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC)
        for token in (
            cognito_tokens.id_token(issued_at=issued, expires_in=timedelta(minutes=5)),
            cognito_tokens.access_token(issued_at=issued, expires_in=timedelta(minutes=5)),
            cognito_tokens.machine_token(scopes=["a/b"], issued_at=issued, expires_in=timedelta(minutes=5)),
        ):
            claims = payload(token)
            assert claims["iat"] == claims["auth_time"] == 1767323045
            assert claims["exp"] == 1767323045 + 300

    def test_a_naive_time_is_refused(self, cognito_tokens: TokenFactory) -> None:
        with pytest.raises(TypeError, match="issued_at"):
            cognito_tokens.id_token(issued_at=datetime(2026, 1, 2))  # noqa: DTZ001

    def test_claims_are_added_replaced_and_removed(self, cognito_tokens: TokenFactory) -> None:
        claims = {"custom:department": "legal", "aud": "another", "auth_time": None}
        ours = payload(cognito_tokens.id_token(GROUPS, claims=claims))
        assert (ours["custom:department"], ours["aud"]) == ("legal", "another")
        assert "auth_time" not in ours
        assert "scope" not in payload(cognito_tokens.access_token(claims={"scope": None}))
        assert payload(cognito_tokens.machine_token(scopes=["a/b"], claims={"sub": "c"}))["sub"] == "c"

    def test_nothing_shows_the_key(self, cognito_tokens: TokenFactory) -> None:
        numbers = cognito_tokens.key.private.private_numbers()
        for text in (repr(cognito_tokens), repr(cognito_tokens.key), str(cognito_tokens)):
            assert "key" not in text.lower() or "SigningKey object" in text
            assert str(numbers.d) not in text


class TestGroups:
    @pytest.mark.parametrize(
        "groups",
        [GROUPS, resolve(GROUPS), CLAIMS, resolve(GROUPS).ranking, iter(GROUPS)],
        ids=["dictionaries", "resolution", "claims", "groups", "iterator"],
    )
    def test_are_accepted_in_any_form(self, groups: Any, cognito_tokens: TokenFactory) -> None:
        ours = payload(cognito_tokens.id_token(groups))
        assert {
            name: value for name, value in ours.items() if name in CLAIMS.id_token()
        } == CLAIMS.id_token()

    def test_by_name_have_no_roles(self, cognito_tokens: TokenFactory) -> None:
        claims = IdTokenClaims.from_payload(payload(cognito_tokens.id_token(["staff", "admins"])))
        assert claims.group_claims == GroupClaims(("staff", "admins"))

    def test_without_groups_the_claims_are_absent(self, cognito_tokens: TokenFactory) -> None:
        for token in (cognito_tokens.id_token(), cognito_tokens.access_token([])):
            assert not [name for name in payload(token) if name.startswith("cognito:g")]

    @given(resolutions())
    @settings(max_examples=25)
    def test_round_trip(self, resolution: Resolution) -> None:
        of_id = IdTokenClaims.from_payload(payload(FORGED.id_token(resolution)))
        assert of_id.group_claims == resolution.claims
        of_access = AccessTokenClaims.from_payload(payload(FORGED.access_token(resolution)))
        assert of_access.group_claims == GroupClaims(resolution.claims.groups)
        assert "cognito:roles" not in (of_access.model_extra or {})

    def test_invalid_groups_are_refused(self, cognito_tokens: TokenFactory) -> None:
        with pytest.raises(TypeError, match="got str"):
            cognito_tokens.id_token("admins")
        with pytest.raises(InvalidResponseError, match=r"Groups\[0\]\.Precedence"):
            cognito_tokens.id_token([{"GroupName": "admins", "Precedence": -1}])
        with pytest.raises(ConflictingGroupsError):
            cognito_tokens.access_token([{"GroupName": "a"}, {"GroupName": "a", "Precedence": 1}])
        with pytest.raises(TypeError, match="names"):
            cognito_tokens.access_token(scopes="openid")
        with pytest.raises(TypeError, match="empty"):
            cognito_tokens.id_token([""])


EXPIRED = timedelta(seconds=-60)


class TestKeysOnLoopback:
    def test_are_where_the_pool_has_them(
        self, cognito_tokens: TokenFactory, cognito_served_keys: ServedKeys
    ) -> None:
        with urllib.request.urlopen(cognito_served_keys.jwks_url) as response:
            assert response.headers["Content-Type"] == "application/json"
            assert json.load(response) == cognito_tokens.jwks()
        issuer = cognito_served_keys.tokens.issuer
        assert cognito_served_keys.jwks_url == f"{issuer}/.well-known/jwks.json"
        assert issuer.endswith("/eu-west-1_EXAMPLE")
        assert cognito_served_keys.tokens.jwks() == cognito_tokens.jwks()
        assert payload(cognito_served_keys.tokens.id_token())["iss"] == issuer

    def test_of_the_updated_issuer_are_the_same(self, cognito_tokens: TokenFactory) -> None:
        tokens = TokenFactory(issuer="updated", key=cognito_tokens.key)
        with tokens.serve() as served:
            token = tokens.id_token(GROUPS)
            key = jwt.PyJWKClient(served.jwks_url).get_signing_key_from_jwt(token)
            decoded = jwt.decode(
                token, key, algorithms=["RS256"], audience=tokens.client_id, issuer=tokens.issuer
            )
            assert decoded == payload(token)
            assert payload(served.tokens.id_token())["iss"] == served.tokens.issuer
        assert served.tokens.issuer.startswith("http://127.0.0.1:")
        with pytest.raises(jwt.InvalidIssuerError):
            jwt.decode(
                token, key, algorithms=["RS256"], audience=tokens.client_id, issuer=cognito_tokens.issuer
            )

    def test_are_nowhere_else(self, cognito_served_keys: ServedKeys) -> None:
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(cognito_served_keys.tokens.issuer)
        assert caught.value.code == 404
        caught.value.close()

    def test_are_gone_afterwards(self, cognito_tokens: TokenFactory) -> None:
        with cognito_tokens.serve() as served:
            pass
        with pytest.raises(urllib.error.URLError, match="refused"):
            urllib.request.urlopen(served.jwks_url)

    def test_are_served_twice_at_once(self, cognito_tokens: TokenFactory) -> None:
        with cognito_tokens.serve() as one, FORGED.serve() as other:
            assert one.jwks_url != other.jwks_url
            for served, tokens in ((one, cognito_tokens), (other, FORGED)):
                with urllib.request.urlopen(served.jwks_url) as response:
                    assert json.load(response) == tokens.jwks()


class TestPyJWT:
    def verify(self, token: str, served: ServedKeys) -> dict[str, Any]:
        decoded: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWKClient(served.jwks_url).get_signing_key_from_jwt(token),
            algorithms=["RS256"],
            audience="1example23456789",
            issuer="https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE",
            options={"require": ["exp", "iss", "aud", "token_use"]},
        )
        return decoded

    def test_accepts_our_tokens(
        self, cognito_tokens: TokenFactory, cognito_served_keys: ServedKeys
    ) -> None:
        token = cognito_tokens.id_token(GROUPS)
        assert self.verify(token, cognito_served_keys) == payload(token)

    def test_refuses_other_tokens(
        self, cognito_tokens: TokenFactory, cognito_served_keys: ServedKeys
    ) -> None:
        for token in (
            cognito_tokens.id_token(expires_in=EXPIRED),
            cognito_tokens.id_token(claims={"aud": "another"}),
            cognito_tokens.id_token(claims={"iss": "https://example.com"}),
            cognito_tokens.access_token(),
            cognito_served_keys.tokens.id_token(),
            FORGED.id_token(),
        ):
            with pytest.raises(jwt.PyJWTError):
                self.verify(token, cognito_served_keys)


class TestJoserfc:
    def verify(self, token: str, tokens: TokenFactory) -> dict[str, Any]:
        keys: Any = tokens.jwks()
        decoded = jose.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"])
        jose.JWTClaimsRegistry(
            exp={"essential": True},
            iss={"essential": True, "value": tokens.issuer},
            aud={"essential": True, "value": tokens.client_id},
        ).validate(decoded.claims)
        return decoded.claims

    def test_accepts_our_tokens(self, cognito_tokens: TokenFactory) -> None:
        token = cognito_tokens.id_token(GROUPS)
        assert self.verify(token, cognito_tokens) == payload(token)

    def test_refuses_other_tokens(self, cognito_tokens: TokenFactory) -> None:
        for token in (cognito_tokens.id_token(expires_in=EXPIRED), cognito_tokens.access_token()):
            with pytest.raises(JoseError):
                self.verify(token, cognito_tokens)
        with pytest.raises((JoseError, ValueError)):
            self.verify(FORGED.id_token(), cognito_tokens)


class TestCognitojwt:
    def verify(self, token: str, served: ServedKeys, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.setenv("AWS_COGNITO_JWKS_PATH", served.jwks_url)
        return cognitojwt.decode(token, "eu-west-1", "eu-west-1_EXAMPLE", app_client_id="1example23456789")

    def test_accepts_our_tokens(
        self,
        cognito_tokens: TokenFactory,
        cognito_served_keys: ServedKeys,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for token in (cognito_tokens.id_token(GROUPS), cognito_tokens.access_token(GROUPS)):
            assert self.verify(token, cognito_served_keys, monkeypatch) == payload(token)

    def test_refuses_other_tokens(
        self,
        cognito_tokens: TokenFactory,
        cognito_served_keys: ServedKeys,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for token in (
            cognito_tokens.id_token(expires_in=EXPIRED),
            cognito_tokens.access_token(claims={"client_id": "another"}),
            FORGED.id_token(),
        ):
            with pytest.raises(cognitojwt.CognitoJWTException):
                self.verify(token, cognito_served_keys, monkeypatch)


class TestFastapiCognito:
    @pytest.fixture(autouse=True)
    def forget_keys(self) -> None:
        reload(fastapi_cognito)  # its cache of keys belongs to one event loop

    async def verify(self, token: str, served: ServedKeys) -> Any:
        return await fastapi_cognito.decode_cognito_jwt(
            token, "eu-west-1", "eu-west-1_EXAMPLE", "1example23456789", jwks_url=served.jwks_url
        )

    async def test_accepts_our_tokens(
        self, cognito_tokens: TokenFactory, cognito_served_keys: ServedKeys
    ) -> None:
        for token in (cognito_tokens.id_token(GROUPS), cognito_tokens.access_token(GROUPS)):
            assert await self.verify(token, cognito_served_keys) == payload(token)

    async def test_refuses_other_tokens(
        self, cognito_tokens: TokenFactory, cognito_served_keys: ServedKeys
    ) -> None:
        for token in (
            cognito_tokens.id_token(expires_in=EXPIRED),
            cognito_tokens.id_token(claims={"aud": "another"}),
            FORGED.id_token(),
        ):
            with pytest.raises(fastapi_cognito.CognitoJWTException):
                await self.verify(token, cognito_served_keys)


class TestPycognito:
    @pytest.fixture
    def verifier(self, cognito_tokens: TokenFactory, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.setenv("COGNITO_JWKS", json.dumps(cognito_tokens.jwks()))
        return pycognito.Cognito("eu-west-1_EXAMPLE", "1example23456789", user_pool_region="eu-west-1")

    def test_accepts_our_tokens(self, verifier: Any, cognito_tokens: TokenFactory) -> None:
        id_token, access_token = cognito_tokens.id_token(GROUPS), cognito_tokens.access_token(GROUPS)
        assert verifier.verify_token(id_token, "id_token", "id") == payload(id_token)
        assert verifier.verify_token(access_token, "access_token", "access") == payload(access_token)

    def test_refuses_other_tokens(self, verifier: Any, cognito_tokens: TokenFactory) -> None:
        for token in (
            cognito_tokens.id_token(expires_in=EXPIRED),
            cognito_tokens.id_token(claims={"aud": "another"}),
            cognito_tokens.id_token(claims={"token_use": "access"}),
        ):
            with pytest.raises(pycognito.exceptions.TokenVerificationException):
                verifier.verify_token(token, "id_token", "id")
        with pytest.raises(IndexError):  # it finds no key of this ID
            verifier.verify_token(FORGED.id_token(), "id_token", "id")


def test_without_the_libraries_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(ImportError, match=r"cognito-claims\[testing\]"):
        run_path(str(testing_tokens.__file__))
