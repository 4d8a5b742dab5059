"""moto's tokens with the role claims, which moto leaves out.

>>> with moto_role_claims():
...     pass  # sign in at moto: the ID token has what resolve() says of the user's groups

docs/testing.md has an example from the user pool to the token.

It holds for every moto in this process, its `ThreadedMotoServer` too. In a process
of its own, moto's server has it by `python -m cognito_claims.testing.moto`, which
takes the arguments of `moto_server`.

The seam is `CognitoIdpUserPool.create_jwt`: every token of moto's comes out of it,
whichever way the user signs in. Its form is looked at before it is touched,
and a moto that issues role claims by itself is told from one that does not.
"""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from inspect import signature
from threading import Lock
from typing import Any

try:
    import moto
    from moto.cognitoidp.models import CognitoIdpUserPool
except ImportError as _error:
    raise ImportError('moto is missing: pip install "moto[cognitoidp]"') from _error

from cognito_claims.errors import CognitoClaimsError
from cognito_claims.resolver import Policy, resolve

__all__ = ["UnknownMotoError", "moto_role_claims"]


class UnknownMotoError(CognitoClaimsError, RuntimeError):
    """This moto issues tokens in another way than those that are known.

    Attributes:
        version: its version.
    """

    def __init__(self, version: str, reason: str) -> None:
        super().__init__(version, reason)
        self.version: str = version
        self._reason = reason

    def __str__(self) -> str:
        return f"moto {self.version} {self._reason}"


_PARAMETERS = ["self", "client_id", "username", "token_use", "expires_in", "extra_data"]
_open: list[Policy] = []
_original: list[Any] = []
_lock = Lock()


@contextmanager
def moto_role_claims(*, policy: Policy | None = None) -> Generator[None, None, None]:
    """Have moto put `cognito:roles` and `cognito:preferred_role` into ID tokens.

    They are what `resolve()` says of the user's groups. Tokens that were issued
    before stay as they are. One context in another counts by its own policy; it
    can be used as a decorator.

    Args:
        policy: how to answer what AWS leaves open; by default, as documented.

    Raises:
        UnknownMotoError: this moto is not one of version 5 that issues tokens by `create_jwt`.
    """
    pool: Any = CognitoIdpUserPool
    chosen = policy or Policy()
    with _lock:
        _require_known(pool)
        if not _open:
            _original.append(pool.create_jwt)
            pool.create_jwt = _with_roles(pool.create_jwt)
        _open.append(chosen)
    try:
        yield
    finally:
        with _lock:
            del _open[len(_open) - 1 - _open[::-1].index(chosen)]
            if not _open:
                pool.create_jwt = _original.pop()


def _require_known(pool: Any) -> None:
    if moto.__version__.partition(".")[0] != "5":
        remedy = "moto_role_claims knows versions 5: install one of these, or a newer cognito-claims"
        raise UnknownMotoError(moto.__version__, f"is not known; {remedy}")
    seam = getattr(pool, "create_jwt", None)
    if seam is None or [*signature(seam).parameters] != _PARAMETERS:
        remedy = "install an earlier moto of version 5, or a newer cognito-claims"
        raise UnknownMotoError(moto.__version__, f"has no CognitoIdpUserPool.create_jwt as known; {remedy}")


def _with_roles(create_jwt: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(create_jwt)
    def with_roles(
        self: Any,
        client_id: str,
        username: str,
        token_use: str,
        expires_in: int = 60 * 60,
        extra_data: dict[str, Any] | None = None,
    ) -> Any:
        claims = extra_data or {}
        if token_use == "id":  # noqa: S105, no password
            claims = claims | _role_claims(self, claims)
        return create_jwt(self, client_id, username, token_use, expires_in, claims)

    return with_roles


def _role_claims(pool: Any, claims: dict[str, Any]) -> dict[str, Any]:
    if {"cognito:roles", "cognito:preferred_role"} & claims.keys():
        reason = "puts role claims into tokens by itself: leave moto_role_claims out"
        raise UnknownMotoError(moto.__version__, reason)
    groups = [_group(pool.groups[name]) for name in claims.get("cognito:groups", [])]
    return {**resolve(groups, policy=_open[-1]).claims.id_token()}


def _group(group: Any) -> dict[str, object]:
    return {
        "GroupName": group.group_name,
        "UserPoolId": group.user_pool_id,
        "RoleArn": group.role_arn,
        "Precedence": group.precedence,
    }


def main() -> None:
    """Run moto's server, with the role claims in its tokens."""
    from moto.server import main as moto_server

    with moto_role_claims():
        moto_server(sys.argv[1:])


if __name__ == "__main__":
    main()
