"""Signed tokens in the form of a user pool's, for tests of code that verifies and reads tokens.

>>> tokens = TokenFactory()
>>> token = tokens.id_token(["admins", "staff"], username="alice")
>>> token.count(".")
2

Groups are resolved, so the token has the role claims that Cognito would add:

>>> import jwt
>>> token = tokens.id_token([
...     {"GroupName": "staff", "Precedence": 10, "RoleArn": "arn:aws:iam::123456789012:role/staff"},
...     {"GroupName": "admins", "Precedence": 0, "RoleArn": "arn:aws:iam::123456789012:role/admin"},
... ])
>>> with tokens.serve() as served:
...     key = jwt.PyJWKClient(served.jwks_url).get_signing_key_from_jwt(token)
>>> payload = jwt.decode(token, key, algorithms=["RS256"], audience=tokens.client_id, issuer=tokens.issuer)
>>> payload["cognito:preferred_role"]
'arn:aws:iam::123456789012:role/admin'

Source: Amazon Cognito Developer Guide, "Using the ID token", "Using the access
token", "Verifying JSON web tokens", and published tokens.
"""

import base64
import hashlib
import json
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeAlias, cast
from uuid import NAMESPACE_URL, uuid4, uuid5

try:
    import jwt
    from cryptography.hazmat.primitives.asymmetric import rsa
except ImportError as _error:
    raise ImportError('signing tokens needs an extra: pip install "cognito-claims[testing]"') from _error

from cognito_claims._wire.json import validate_names
from cognito_claims.claims import GroupClaims
from cognito_claims.models import GroupType
from cognito_claims.resolver import Resolution, resolve
from cognito_claims.tokens import build_issuer

GroupsLike: TypeAlias = Resolution | GroupClaims | Iterable[str | GroupType | Mapping[str, object]]
"""The groups of a user: a `Resolution`, `GroupClaims`, names of groups without roles, or groups and
boto3 dictionaries, which are resolved."""

_RS256 = jwt.get_algorithm_by_name("RS256")
_HOUR = timedelta(hours=1)
_UPDATED = "updated"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SigningKey:
    """An RSA key of 2048 bits, the size that user pools use."""

    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    """The private key."""

    def jwk(self) -> dict[str, str]:
        """Return the public key as a JSON Web Key with the members that a user pool publishes."""
        jwk: dict[str, Any] = _RS256.to_jwk(self.private.public_key(), as_dict=True)
        n, e = str(jwk["n"]), str(jwk["e"])
        # The key IDs of user pools are 32 bytes in base64. A hash of the key makes ours stable.
        kid = base64.b64encode(hashlib.sha256(n.encode()).digest()).decode()
        return {"alg": "RS256", "e": e, "kid": kid, "kty": "RSA", "n": n, "use": "sig"}

    def sign(self, payload: Mapping[str, object]) -> str:
        """Return a token with this payload, signed with RS256."""
        # PyJWT adds a `typ` by default, which the header of a user pool's token does not have.
        header: dict[str, Any] = {"kid": self.jwk()["kid"], "typ": None}
        return jwt.encode(dict(payload), self.private, algorithm="RS256", headers=header)


@dataclass(frozen=True, kw_only=True)
class TokenFactory:
    """A user pool and an app client that issue tokens signed with their own key.

    Each factory has its own key by default: to forge tokens, create a second
    factory for the same pool. The methods share these arguments:

    - `username` determines the `sub`, which is the same in all tokens of a user.
    - `expires_in` is the lifetime. If it is negative, the token has expired.
    - `issued_at` is an aware datetime, by default now.
    - `claims` adds or replaces claims by name, and removes those whose value is
      `None`. Use it for tokens that your code must refuse.

    Raises:
        ValueError: If the ID of the user pool does not begin with its region.
    """

    user_pool_id: str = "eu-west-1_EXAMPLE"
    """The ID of the user pool: its region, an underscore and a name."""

    client_id: str = "1example23456789"
    """The ID of the app client."""

    issuer: str = ""
    """The `iss` claim of the tokens. By default, the user pool's original issuer. Pass `updated` for
    its updated issuer, whose host is `issuer-cognito-idp`."""

    key: SigningKey = field(default_factory=SigningKey, repr=False, compare=False)
    """The key that signs the tokens. By default, a new one."""

    def __post_init__(self) -> None:
        region, separator, name = self.user_pool_id.partition("_")
        if not (region and separator and name):
            reason = "must be a region, an underscore and a name"
            raise ValueError(f"user_pool_id: {reason}, got {self.user_pool_id!r}")
        if self.issuer in ("", _UPDATED):
            issuer = build_issuer(self.user_pool_id, updated=self.issuer == _UPDATED)
            object.__setattr__(self, "issuer", issuer)

    def id_token(
        self,
        groups: GroupsLike = (),
        *,
        username: str = "alice",
        expires_in: timedelta = _HOUR,
        issued_at: datetime | None = None,
        claims: Mapping[str, object] | None = None,
    ) -> str:
        """Return the ID token of a user who is in these groups.

        Raises:
            InvalidResponseError: If a dictionary is not a valid group.
            InvalidMembershipError: If the groups cannot be one user's.
            TypeError: If `groups` is a string, or `issued_at` is naive.
        """
        payload = {
            "sub": self._build_sub(username),
            **_to_group_claims(groups).id_token(),
            "iss": self.issuer,
            "cognito:username": username,
            "origin_jti": str(uuid4()),
            "aud": self.client_id,
            "event_id": str(uuid4()),
            "token_use": "id",
            **_build_times(issued_at, expires_in),
            "jti": str(uuid4()),
        }
        return self._sign(payload, claims)

    def access_token(
        self,
        groups: GroupsLike = (),
        *,
        username: str = "alice",
        scopes: Iterable[str] = ("aws.cognito.signin.user.admin",),
        expires_in: timedelta = _HOUR,
        issued_at: datetime | None = None,
        claims: Mapping[str, object] | None = None,
    ) -> str:
        """Return the access token of a user who is in these groups. It has no roles.

        Raises:
            InvalidResponseError: If a dictionary is not a valid group.
            InvalidMembershipError: If the groups cannot be one user's.
            TypeError: If `groups` or `scopes` is a string, or `issued_at` is naive.
        """
        payload = {
            "sub": self._build_sub(username),
            **_to_group_claims(groups).access_token(),
            "iss": self.issuer,
            "client_id": self.client_id,
            "origin_jti": str(uuid4()),
            "event_id": str(uuid4()),
            "token_use": "access",
            "scope": " ".join(validate_names(scopes)),
            **_build_times(issued_at, expires_in),
            "jti": str(uuid4()),
            "username": username,
        }
        return self._sign(payload, claims)

    def machine_token(
        self,
        *,
        scopes: Iterable[str],
        expires_in: timedelta = _HOUR,
        issued_at: datetime | None = None,
        claims: Mapping[str, object] | None = None,
    ) -> str:
        """Return an access token for client credentials (M2M). It has no user and no groups.

        The scopes are those of a resource server, such as `orders/read`.

        Raises:
            TypeError: If `scopes` is a string, or `issued_at` is naive.
        """
        payload = {
            "sub": self.client_id,
            "token_use": "access",
            "scope": " ".join(validate_names(scopes)),
            **_build_times(issued_at, expires_in),
            "iss": self.issuer,
            "version": 2,
            "jti": str(uuid4()),
            "client_id": self.client_id,
        }
        return self._sign(payload, claims)

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Return the keys that the user pool would publish at `/.well-known/jwks.json`."""
        return {"keys": [self.key.jwk()]}

    @contextmanager
    def serve(self) -> "Generator[ServedKeys, None, None]":
        """Publish the keys on loopback, at the path that the user pool uses."""
        path = f"/{self.user_pool_id}/.well-known/jwks.json"
        with _serve(path, json.dumps(self.jwks()).encode()) as base_url:
            tokens = replace(self, issuer=f"{base_url}/{self.user_pool_id}")
            yield ServedKeys(f"{base_url}{path}", tokens)

    def _build_sub(self, username: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self.user_pool_id}/{username}"))

    def _sign(self, payload: Mapping[str, object], claims: Mapping[str, object] | None) -> str:
        changed = {**payload, **(claims or {})}
        return self.key.sign({name: value for name, value in changed.items() if value is not None})


@dataclass(frozen=True, slots=True)
class ServedKeys:
    """Keys that are published on loopback."""

    jwks_url: str
    """The URL of the keys, for a verifier that takes one."""

    tokens: TokenFactory
    """A factory with the same keys and an issuer on loopback, for a verifier that loads the keys from
    the issuer."""


def _to_group_claims(groups: GroupsLike) -> GroupClaims:
    if isinstance(groups, GroupClaims):
        return groups
    if isinstance(groups, Resolution):
        return groups.claims
    if isinstance(groups, str):
        raise TypeError("groups: expected an iterable of groups or names, got str")
    items = tuple(groups)
    if all(isinstance(group, str) for group in items):
        return GroupClaims(tuple(validate_names(items)))
    return resolve(cast("tuple[GroupType, ...]", items)).claims


def _build_times(issued_at: datetime | None, expires_in: timedelta) -> dict[str, int]:
    issued = issued_at or datetime.now(UTC)
    if issued.tzinfo is None:
        raise TypeError("issued_at: must be an aware datetime, got a naive one")
    seconds = int(issued.timestamp())
    return {"auth_time": seconds, "exp": seconds + int(expires_in.total_seconds()), "iat": seconds}


@contextmanager
def _serve(path: str, body: bytes) -> Generator[str, None, None]:
    """Serve a JSON document on loopback, and yield the base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != path:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the name in the base class
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
