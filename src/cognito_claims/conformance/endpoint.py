"""What a case needs of an endpoint: a user pool of its own, a user, groups, and a sign-in.

A pool is removed again whatever happens, and with it all that is in it; Ctrl-C
waits until a pool that is being made or removed can be told.
"""

import base64
import json
import secrets
import signal
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from cognito_claims._signals import handle_signals
from cognito_claims._wire import as_object, get_path
from cognito_claims.client import AdminListGroupsForUserPaginator, GroupPageIterator
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.models import AdminListGroupsForUserResponse, GroupType

__all__ = ["CALLS", "CognitoClient", "Endpoint", "EndpointError", "Pool", "Tokens", "UnreadableTokenError"]

CALLS = (
    "CreateUserPool",
    "CreateUserPoolClient",
    "CreateGroup",
    "AdminCreateUser",
    "AdminSetUserPassword",
    "AdminAddUserToGroup",
    "AdminListGroupsForUser",
    "AdminInitiateAuth",
    "DeleteUserPool",
)
"""Every call that is made of an endpoint."""

EXAMPLE_POOL = "eu-west-1_EXAMPLE"
EXAMPLE_ACCOUNT = "123456789012"
_USERNAME = "alice@example.com"  # a name that every pool takes, cognito-local's too


class CognitoClient(Protocol):
    """A boto3 client of `cognito-idp`."""

    @property
    def meta(self) -> object:
        """boto3's own."""
        ...


class EndpointError(CognitoClaimsError, RuntimeError):
    """An endpoint cannot be reached, or cannot do what every case needs."""


class UnreadableTokenError(ValueError):
    """What a sign-in gave is no token. The message holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The payloads of the two tokens, as the vectors would have them."""

    id_token: dict[str, Any] = field(repr=False)
    """The ID token's."""

    access_token: dict[str, Any] = field(repr=False)
    """The access token's."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A user pool that is there for one case."""

    client: Any
    """A boto3 client of `cognito-idp`."""

    id: str
    """The pool's id."""

    client_id: str
    """The id of an app client that takes passwords."""

    account_id: str
    """The AWS account whose roles are given to groups."""

    def populate(self, groups: Iterable[GroupType]) -> str:
        """Make the groups and a user who is in all of them, and give the username."""
        made = self.client.admin_create_user(
            UserPoolId=self.id, Username=_USERNAME, MessageAction="SUPPRESS"
        )
        username = str(made["User"]["Username"])
        for group in groups:
            settings: dict[str, Any] = group.model_dump(by_alias=True, exclude={"user_pool_id"})
            settings = self._translated(settings, to_endpoint=True)
            self.client.create_group(UserPoolId=self.id, **settings)
            self.client.admin_add_user_to_group(
                UserPoolId=self.id, Username=username, GroupName=settings["GroupName"]
            )
        return username

    def sign_in(self, username: str) -> Tokens:
        """Sign the user in, and decode both tokens; that they are well signed is not asked.

        Raises:
            UnreadableTokenError: there are none, or they are no tokens.
        """
        password = f"aA1!{secrets.token_urlsafe(18)}"
        self.client.admin_set_user_password(
            UserPoolId=self.id, Username=username, Password=password, Permanent=True
        )
        answer: object = self.client.admin_initiate_auth(
            UserPoolId=self.id,
            ClientId=self.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
        id_token, access_token = (
            self._translated(_payload(get_path(answer, "AuthenticationResult", name)), to_endpoint=False)
            for name in ("IdToken", "AccessToken")
        )
        return Tokens(id_token, access_token)

    def list_groups(
        self,
        username: str,
        *,
        page_size: int,
        max_items: int | None = None,
        starting_token: str | None = None,
    ) -> GroupPageIterator[AdminListGroupsForUserResponse]:
        """List the user's groups by boto3's paginator."""
        return AdminListGroupsForUserPaginator(self.client).paginate(
            UserPoolId=self.id,
            Username=username,
            PaginationConfig={
                "PageSize": page_size,
                "MaxItems": max_items,
                "StartingToken": starting_token,
            },
        )

    def listed(self, group: GroupType) -> dict[str, Any]:
        """Give what a group that was listed says of itself, as the vectors would have it."""
        said = group.model_dump(
            by_alias=True, include={"group_name", "precedence", "role_arn", "description"}
        )
        return self._translated(said, to_endpoint=False)

    def _translated(self, members: dict[str, Any], *, to_endpoint: bool) -> dict[str, Any]:
        """Put this pool and this account in the place of those of the vectors, or back."""
        text = json.dumps(members)
        for example, real in ((EXAMPLE_POOL, self.id), (EXAMPLE_ACCOUNT, self.account_id)):
            text = text.replace(example, real) if to_endpoint else text.replace(real, example)
        translated: dict[str, Any] = json.loads(text)
        return translated


def _payload(token: object) -> dict[str, Any]:
    try:
        _, payload, _ = str(token).split(".")
        members: object = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        members = None
    if (claims := as_object(members)) is None:
        raise UnreadableTokenError("the sign-in gave no two tokens that can be decoded")
    return claims


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint that user pools can be made at."""

    client: CognitoClient
    """A boto3 client of it."""

    account_id: str = EXAMPLE_ACCOUNT
    """The AWS account whose roles are given to groups: at AWS, the caller's own."""

    not_removed: list[str] = field(default_factory=list[str])
    """The ids of the pools that could not be removed again."""

    @contextmanager
    def pool(self) -> Generator[Pool, None, None]:
        """Make a user pool with an app client, and remove it at the end."""
        client: Any = self.client
        made: list[str] = []
        try:
            with _defer_signals():
                name = f"cognito-claims-conform-{secrets.token_hex(8)}"
                made.append(client.create_user_pool(PoolName=name)["UserPool"]["Id"])
            app = client.create_user_pool_client(
                UserPoolId=made[0],
                ClientName="conform",
                ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            )
            yield Pool(client, made[0], app["UserPoolClient"]["ClientId"], self.account_id)
        finally:
            for pool_id in made:
                with _defer_signals():
                    self._remove(pool_id)

    def _remove(self, pool_id: str) -> None:
        client: Any = self.client
        try:
            client.delete_user_pool(UserPoolId=pool_id)
        except Exception:  # noqa: BLE001, whatever it was, the pool may still be there
            self.not_removed.append(pool_id)


@contextmanager
def _defer_signals() -> Generator[None, None, None]:
    """Deliver SIGINT and SIGTERM after the block instead of inside it."""
    arrived: list[int] = []
    with handle_signals(lambda number, _: arrived.append(number)):
        yield
    for number in arrived[:1]:
        signal.raise_signal(number)
