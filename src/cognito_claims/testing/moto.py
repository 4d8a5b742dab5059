"""The role claims for moto's tokens, which moto leaves out.

>>> with moto_role_claims():
...     pass  # sign in to moto: the ID token has the role claims that resolve() computes

The context applies to all of moto in this process, including
`ThreadedMotoServer`. For a separate process, run `python -m
cognito_claims.testing.moto`, which takes the arguments of `moto_server` and
adds the role claims to its tokens.

The patched method is `CognitoIdpUserPool.create_jwt`, which builds the tokens of
every kind of sign-in. Its parameters are checked before it is patched, and a
moto that adds role claims itself is an error.
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
    raise ImportError('moto_role_claims needs moto: pip install "moto[cognitoidp]"') from _error

from cognito_claims.errors import CognitoClaimsError
from cognito_claims.resolver import Policy, resolve


class UnknownMotoError(CognitoClaimsError, RuntimeError):
    """The installed version of moto is not supported, or issues tokens in an unknown way.

    Attributes:
        version: The version of moto.
    """

    def __init__(self, version: str, reason: str) -> None:
        super().__init__(version, reason)
        self.version: str = version

    def __str__(self) -> str:
        return "moto {} {}".format(*self.args)


_PARAMETERS = ["self", "client_id", "username", "token_use", "expires_in", "extra_data"]
# One patch serves all active contexts, of all threads. The last one to close restores moto.
_open: list[Policy] = []
_original: list[Any] = []
_lock = Lock()


@contextmanager
def moto_role_claims(*, policy: Policy = Policy.DOCUMENTED) -> Generator[None, None, None]:
    """Add `cognito:roles` and `cognito:preferred_role` to the ID tokens of moto.

    The claims are those that `resolve()` computes from the user's groups.
    Tokens issued before do not change. Contexts can be nested: the innermost
    policy applies. The context manager is also a decorator.

    Args:
        policy: The answers to what AWS leaves open. By default, the documented ones.

    Raises:
        UnknownMotoError: If moto is not version 5, or does not issue tokens with `create_jwt`.
    """
    pool: Any = CognitoIdpUserPool
    with _lock:
        _check_moto(pool)
        if not _open:
            _original.append(pool.create_jwt)
            pool.create_jwt = _add_roles(pool.create_jwt)
        _open.append(policy)
    try:
        yield
    finally:
        with _lock:
            # Contexts of several threads may close in any order: remove the innermost of this policy.
            del _open[len(_open) - 1 - _open[::-1].index(policy)]
            if not _open:
                pool.create_jwt = _original.pop()


def _check_moto(pool: Any) -> None:
    if moto.__version__.partition(".")[0] != "5":
        remedy = "install moto 5, or a newer cognito-claims"
        raise UnknownMotoError(moto.__version__, f"is not supported: {remedy}")
    create_jwt = getattr(pool, "create_jwt", None)
    if create_jwt is None or [*signature(create_jwt).parameters] != _PARAMETERS:
        remedy = "install an earlier moto 5, or a newer cognito-claims"
        reason = "has no CognitoIdpUserPool.create_jwt with the expected parameters"
        raise UnknownMotoError(moto.__version__, f"{reason}: {remedy}")


def _add_roles(create_jwt: Callable[..., Any]) -> Callable[..., Any]:
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
            claims = claims | _compute_role_claims(self, claims)
        return create_jwt(self, client_id, username, token_use, expires_in, claims)

    return with_roles


def _compute_role_claims(pool: Any, claims: dict[str, Any]) -> dict[str, Any]:
    if {"cognito:roles", "cognito:preferred_role"} & claims.keys():
        reason = "adds role claims to its tokens itself: remove moto_role_claims"
        raise UnknownMotoError(moto.__version__, reason)
    # Not `group.to_json()`: its dates are naive, which the models refuse.
    groups = [
        {
            "GroupName": group.group_name,
            "UserPoolId": group.user_pool_id,
            "RoleArn": group.role_arn,
            "Precedence": group.precedence,
        }
        for group in map(pool.groups.get, claims.get("cognito:groups", []))
    ]
    return {**resolve(groups, policy=_open[-1]).claims.id_token()}


def main() -> None:
    """Run moto's server with role claims in its tokens."""
    from moto.server import main as moto_server

    with moto_role_claims():
        moto_server(sys.argv[1:])


if __name__ == "__main__":
    main()
