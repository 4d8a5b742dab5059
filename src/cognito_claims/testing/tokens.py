"""Signed tokens, as a user pool issues them, for tests of what verifies and reads them.

>>> tokens = TokenFactory()
>>> token = tokens.id_token(["admins", "staff"], username="alice")
>>> token.count(".")
2

Groups themselves are resolved, so that a token says of roles what Cognito would:

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
token", "Verifying JSON web tokens", and tokens that people published.
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

from cognito_claims._wire import validate_group_names
from cognito_claims.claims import GroupClaims
from cognito_claims.models import GroupType
from cognito_claims.resolver import Resolution, resolve

__all__ = ["GroupsLike", "ServedKeys", "SigningKey", "TokenFactory"]

GroupsLike: TypeAlias = Resolution | GroupClaims | Iterable[str | GroupType | Mapping[str, object]]
"""What says which groups a user is in: groups, which are resolved; their names alone, which have no roles;
or what was resolved already."""

_RS256 = jwt.get_algorithm_by_name("RS256")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SigningKey:
    """An RSA key of 2048 bits, as user pools sign with. It is never shown."""

    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    """The key itself."""

    def jwk(self) -> dict[str, str]:
        """Give the public key as a user pool publishes it."""
        of_key: dict[str, Any] = _RS256.to_jwk(self.private.public_key(), as_dict=True)
        n, e = str(of_key["n"]), str(of_key["e"])
        kid = base64.b64encode(hashlib.sha256(n.encode()).digest()).decode()
        return {"alg": "RS256", "e": e, "kid": kid, "kty": "RSA", "n": n, "use": "sig"}

    def sign(self, payload: Mapping[str, object]) -> str:
        """Sign a payload: RS256, and a header without `typ`, as user pools have it."""
        header: dict[str, Any] = {"kid": self.jwk()["kid"], "typ": None}
        return jwt.encode(dict(payload), self.private, algorithm="RS256", headers=header)


@dataclass(frozen=True, kw_only=True)
class TokenFactory:
    """A user pool and an app client that issue tokens, with a key of their own.

    Another factory has another key: what it signs for the same pool is forged.

    A `claims` argument adds claims by name or replaces some; one that is `None` is
    left out. With it a test makes the tokens that have to be refused.

    Raises:
        ValueError: the id of a user pool does not begin with its region.
    """

    user_pool_id: str = "eu-west-1_EXAMPLE"
    """The user pool: its region, an underscore and a name."""

    client_id: str = "1example23456789"
    """The app client."""

    issuer: str = ""
    """Who issues the tokens; by default, the user pool's real address."""

    key: SigningKey = field(default_factory=SigningKey, repr=False, compare=False)
    """What signs the tokens; by default, a new key."""

    def __post_init__(self) -> None:
        region, mark, name = self.user_pool_id.partition("_")
        if not (region and mark and name):
            raise ValueError(f"user_pool_id: a region, an underscore and a name, not {self.user_pool_id!r}")
        if not self.issuer:
            domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
            address = f"https://cognito-idp.{region}.{domain}/{self.user_pool_id}"
            object.__setattr__(self, "issuer", address)

    def id_token(
        self,
        groups: GroupsLike = (),
        *,
        username: str = "alice",
        expires_in: timedelta = _HOUR,
        issued_at: datetime | None = None,
        claims: Mapping[str, object] | None = None,
    ) -> str:
        """Sign an ID token of a user who is in these groups.

        Args:
            groups: the user's groups.
            username: the username. The `sub` is made of it, and always the same.
            expires_in: how long the token holds from when it is issued; less than 0 is in the past.
            issued_at: an aware time; by default, now.
            claims: claims to add, to replace, or to leave out.

        Raises:
            InvalidResponseError: a group is none.
            InvalidMembershipError: the groups cannot be one user's.
            TypeError: the groups are one text, or the time is naive.
        """
        payload = {
            "sub": self._sub(username),
            **_claims_of(groups).id_token(),
            "iss": self.issuer,
            "cognito:username": username,
            "origin_jti": str(uuid4()),
            "aud": self.client_id,
            "event_id": str(uuid4()),
            "token_use": "id",
            **_times(issued_at, expires_in),
            "jti": str(uuid4()),
        }
        return self._signed(payload, claims)

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
        """Sign an access token of a user who is in these groups; it has no roles.

        Args:
            groups: the user's groups.
            username: the username. The `sub` is made of it, and always the same.
            scopes: the token's scopes.
            expires_in: how long the token holds from when it is issued; less than 0 is in the past.
            issued_at: an aware time; by default, now.
            claims: claims to add, to replace, or to leave out.

        Raises:
            InvalidResponseError: a group is none.
            InvalidMembershipError: the groups cannot be one user's.
            TypeError: the groups or the scopes are one text, or the time is naive.
        """
        payload = {
            "sub": self._sub(username),
            **_claims_of(groups).access_token(),
            "iss": self.issuer,
            "client_id": self.client_id,
            "origin_jti": str(uuid4()),
            "event_id": str(uuid4()),
            "token_use": "access",
            "scope": " ".join(validate_group_names(scopes)),
            **_times(issued_at, expires_in),
            "jti": str(uuid4()),
            "username": username,
        }
        return self._signed(payload, claims)

    def machine_token(
        self,
        *,
        scopes: Iterable[str],
        expires_in: timedelta = _HOUR,
        issued_at: datetime | None = None,
        claims: Mapping[str, object] | None = None,
    ) -> str:
        """Sign an access token for client credentials (M2M): it has no user and no groups.

        Args:
            scopes: the scopes of a resource server, such as `orders/read`.
            expires_in: how long the token holds from when it is issued.
            issued_at: an aware time; by default, now.
            claims: claims to add, to replace, or to leave out.

        Raises:
            TypeError: the scopes are one text, or the time is naive.
        """
        payload = {
            "sub": self.client_id,
            "token_use": "access",
            "scope": " ".join(validate_group_names(scopes)),
            **_times(issued_at, expires_in),
            "iss": self.issuer,
            "version": 2,
            "jti": str(uuid4()),
            "client_id": self.client_id,
        }
        return self._signed(payload, claims)

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Give the public keys, as the user pool publishes them at `/.well-known/jwks.json`."""
        return {"keys": [self.key.jwk()]}

    @contextmanager
    def serve(self) -> "Generator[ServedKeys, None, None]":
        """Publish the keys on loopback, where the user pool would."""
        with _listening(f"/{self.user_pool_id}", self.jwks()) as issuer:
            yield ServedKeys(f"{issuer}{_WELL_KNOWN}", replace(self, issuer=issuer))

    def _sub(self, username: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self.user_pool_id}/{username}"))

    def _signed(self, payload: Mapping[str, object], claims: Mapping[str, object] | None) -> str:
        given = {**payload, **(claims or {})}
        return self.key.sign({name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True, slots=True)
class ServedKeys:
    """Keys that are published on loopback."""

    jwks_url: str
    """Where they are, for a verifier that is told."""

    tokens: TokenFactory
    """A factory with the same keys whose issuer is on loopback too, for a verifier that asks the issuer."""


def _claims_of(groups: GroupsLike) -> GroupClaims:
    if isinstance(groups, GroupClaims):
        return groups
    if isinstance(groups, Resolution):
        return groups.claims
    if isinstance(groups, str):
        raise TypeError("groups: expected a list of them, got one text")
    given = tuple(groups)
    if all(isinstance(group, str) for group in given):
        return GroupClaims(tuple(validate_group_names(given)))
    return resolve(cast("tuple[GroupType, ...]", given)).claims


def _times(issued_at: datetime | None, expires_in: timedelta) -> dict[str, int]:
    issued = issued_at or datetime.now(UTC)
    if issued.tzinfo is None:
        raise TypeError("issued_at: expected an aware time, got a naive one")
    seconds = int(issued.timestamp())
    return {"auth_time": seconds, "exp": seconds + int(expires_in.total_seconds()), "iat": seconds}


_WELL_KNOWN = "/.well-known/jwks.json"


@contextmanager
def _listening(path: str, keys: object) -> Generator[str, None, None]:
    text = json.dumps(keys).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != f"{path}{_WELL_KNOWN}":
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002, its own
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{path}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
