"""The endpoint under test, and a user pool on it.

A pool is deleted when its cases end, also after an error or Ctrl-C. While a
pool is being created or deleted, signals are deferred: otherwise its ID could
be lost.
"""

import json
import secrets
import signal
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final
from unicodedata import normalize

from cognito_claims._signals import handle_signals
from cognito_claims._wire.json import as_object, decode_base64url_json, get_path
from cognito_claims.client import (
    AdminListGroupsForUserPaginator,
    ClientWithEvents,
    GroupPageIterator,
    PaginatorConfigDict,
)
from cognito_claims.client._operations import SERVICE_ID
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.events import TokenPair
from cognito_claims.models import AdminListGroupsForUserResponse, GroupType

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
"""Every operation that the runner calls."""

EXAMPLE_POOL = "eu-west-1_EXAMPLE"
EXAMPLE_ACCOUNT = "123456789012"

BYSTANDERS: Final = GroupType(
    group_name="bystanders", precedence=0, role_arn=f"arn:aws:iam::{EXAMPLE_ACCOUNT}:role/bystander"
)
"""A group of every pool that outranks others, in which no user of a case is."""

_CONFLICT: Final = "GroupExistsException"
_REFUSALS: Final = (
    _CONFLICT,
    "InvalidParameterException",
    "ResourceNotFoundException",
    "UserNotFoundException",
)
_OPERATIONS_WITHIN_QUOTAS: Final = ("CreateGroup", "AdminAddUserToGroup")
"""The cases do not reach the quotas of groups. That of user pools depends on the account."""
_BYSTANDER = "bystander@example.com"  # cognito-local accepts email addresses only
_LIST_RESPONSE = f"before-parse.{SERVICE_ID}.AdminListGroupsForUser"


class EndpointError(CognitoClaimsError, RuntimeError):
    """The endpoint cannot be reached, or lacks an operation that every case needs."""


class UnreadableTokenError(ValueError):
    """The result of a sign-in is not a pair of tokens. The message does not quote it."""


class EndlessListError(ValueError):
    """A list has more pages than its groups explain."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A user pool for cases that do not need groups with the same name but different settings."""

    client: Any
    """A boto3 client of `cognito-idp`."""

    id: str
    """The pool's ID."""

    account_id: str
    """The AWS account in the ARNs of the groups' roles."""

    groups: dict[str, GroupType] = field(default_factory=dict[str, GroupType])
    """The groups that exist, by name, with the IDs of the vectors."""

    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _client_ids: list[str] = field(default_factory=list[str])

    def add_bystander(self) -> None:
        """Create a group that outranks others, with a user who is its only member."""
        username = self._create_user(_BYSTANDER)
        # The endpoint may require that the role exists, or refuse the precedence 0.
        without_role = BYSTANDERS.model_copy(update={"role_arn": None})
        for group in (BYSTANDERS, without_role, without_role.model_copy(update={"precedence": None})):
            try:
                self._add_to_group(username, group)
            except Exception as error:
                if not is_refusal(error):
                    raise
            else:
                return

    def populate(self, groups: Iterable[GroupType]) -> str:
        """Create a user who is in all of the groups, and those groups that do not exist yet.

        Returns:
            The username.
        """
        username = self._create_user(f"user-{next(self._numbers)}@example.com")
        for group in groups:
            self._add_to_group(username, group)
        return username

    def _create_user(self, email: str) -> str:
        created = self.client.admin_create_user(
            UserPoolId=self.id, Username=email, MessageAction="SUPPRESS"
        )
        return str(created["User"]["Username"])

    def _add_to_group(self, username: str, group: GroupType) -> None:
        members: object = group.model_dump(by_alias=True, exclude={"user_pool_id"})
        settings = self._replace_ids(members, to_endpoint=True)
        if group.group_name not in self.groups:
            self._create_group(group, settings)
        self.client.admin_add_user_to_group(
            UserPoolId=self.id, Username=username, GroupName=settings["GroupName"]
        )

    def _create_group(self, group: GroupType, settings: dict[str, object]) -> None:
        try:
            self.client.create_group(UserPoolId=self.id, **settings)
        except Exception as error:
            # AWS is silent on which names are equal, so the group may exist under a similar one.
            similar = fold_name(group.group_name) in map(fold_name, self.groups)
            if not similar or _describe(error)[0] != _CONFLICT:
                raise
        else:
            self.groups[group.group_name] = group

    def sign_in(self, username: str) -> TokenPair:
        """Sign in and decode both tokens, without verifying their signatures.

        Raises:
            UnreadableTokenError: If a token is missing or cannot be decoded.
        """
        # The prefix has every kind of character that the default password policy requires.
        password = f"aA1!{secrets.token_urlsafe(18)}"
        self.client.admin_set_user_password(
            UserPoolId=self.id, Username=username, Password=password, Permanent=True
        )
        response: object = self.client.admin_initiate_auth(
            UserPoolId=self.id,
            ClientId=self._get_client_id(),
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
        tokens = (get_path(response, "AuthenticationResult", name) for name in ("IdToken", "AccessToken"))
        return TokenPair(*(self._replace_ids(_decode_payload(one), to_endpoint=False) for one in tokens))

    def _get_client_id(self) -> str:
        """Return the ID of an app client that allows sign-in by password, which is created once."""
        if not self._client_ids:
            app = self.client.create_user_pool_client(
                UserPoolId=self.id,
                ClientName="conform",
                ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            )
            self._client_ids.append(app["UserPoolClient"]["ClientId"])
        return self._client_ids[0]

    def list_groups(
        self, username: str, config: PaginatorConfigDict
    ) -> GroupPageIterator[AdminListGroupsForUserResponse]:
        """List the user's groups with boto3's paginator."""
        paginator = AdminListGroupsForUserPaginator(self.client)
        return paginator.paginate(UserPoolId=self.id, Username=username, PaginationConfig=config)

    @contextmanager
    def record_pages(self, most: int) -> Generator[list[object], None, None]:
        """Record the body of each response of AdminListGroupsForUser as JSON, with the IDs of the vectors.

        boto3 hides what it can convert or does not know. A body that is not JSON is `None`.

        Raises:
            EndlessListError: If there are more than `most` pages.
        """
        pages: list[object] = []

        def record(response_dict: dict[str, Any], **_: object) -> None:
            if response_dict["status_code"] == 200:
                pages.append(self._read_body(response_dict["body"]))
            if len(pages) > most:
                raise EndlessListError("the list does not end")

        events = self.client.meta.events
        events.register(_LIST_RESPONSE, record)
        try:
            yield pages
        finally:
            events.unregister(_LIST_RESPONSE, record)

    def _read_body(self, body: bytes) -> object:
        try:
            return self._replace_ids(json.loads(body), to_endpoint=False)
        except (ValueError, RecursionError):
            return None

    def _replace_ids(self, members: Any, *, to_endpoint: bool) -> Any:
        """Replace the pool and the account of the vectors by the real ones, or the reverse."""
        # In the text, since the IDs are parts of group names and ARNs.
        text = json.dumps(members)
        for example, real in ((EXAMPLE_POOL, self.id), (EXAMPLE_ACCOUNT, self.account_id)):
            text = text.replace(example, real) if to_endpoint else text.replace(real, example)
        return json.loads(text)


def fold_name(name: str) -> str:
    """Return the form in which names are equal that an endpoint may consider equal."""
    return normalize("NFKC", name).casefold()


def _decode_payload(token: object) -> dict[str, Any]:
    try:
        _, payload, _ = str(token).split(".")
        members = decode_base64url_json(payload)
    except (ValueError, RecursionError):
        members = None
    if (claims := as_object(members)) is None:
        raise UnreadableTokenError("the sign-in did not return two tokens that can be decoded")
    return claims


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint that can create user pools."""

    client: ClientWithEvents
    """A boto3 client of `cognito-idp` for the endpoint."""

    account_id: str = EXAMPLE_ACCOUNT
    """The AWS account in the ARNs of the groups' roles. On AWS, the caller's own."""

    not_removed: list[str] = field(default_factory=list[str])
    """The IDs of the user pools that could not be removed."""

    @contextmanager
    def create_pool(self) -> Generator[Pool, None, None]:
        """Create a user pool with a bystander, and delete it at the end."""
        client: Any = self.client
        pool_id = ""
        try:
            with _defer_signals():
                name = f"cognito-claims-conform-{secrets.token_hex(8)}"
                pool_id = client.create_user_pool(PoolName=name)["UserPool"]["Id"]
            pool = Pool(client, pool_id, self.account_id)
            pool.add_bystander()
            yield pool
        finally:
            if pool_id:
                self._delete(pool_id)

    def _delete(self, pool_id: str) -> None:
        client: Any = self.client
        with _defer_signals():
            try:
                client.delete_user_pool(UserPoolId=pool_id)
            except Exception:  # noqa: BLE001, after any error, the pool may still exist
                self.not_removed.append(pool_id)


@contextmanager
def _defer_signals() -> Generator[None, None, None]:
    """Deliver SIGINT and SIGTERM after the block instead of inside it."""
    arrived: list[int] = []
    with handle_signals(lambda number, _: arrived.append(number)):
        yield
    for number in arrived[:1]:
        signal.raise_signal(number)


def describe_in_one_line(error: Exception) -> str:
    """Return the message of an error, unless it may quote a response, and so a token."""
    from botocore.exceptions import BotoCoreError, ClientError

    lines = str(error).splitlines() or [""]
    known = isinstance(error, BotoCoreError | ClientError | CognitoClaimsError | UnreadableTokenError)
    return lines[0] if known else f"the response could not be read ({type(error).__name__})"


def is_connection_error(error: Exception) -> bool:
    """Return whether the endpoint cannot be reached."""
    from botocore.exceptions import ConnectionError as NotConnectedError

    return isinstance(error, NotConnectedError)


def is_refusal(error: Exception) -> bool:
    """Return whether the endpoint refused a request as invalid, or for a quota below the documented one."""
    code, operation = _describe(error)
    return code in _REFUSALS or (
        code == "LimitExceededException" and operation in _OPERATIONS_WITHIN_QUOTAS
    )


def _describe(error: Exception) -> tuple[str | None, str | None]:
    """Return the code and the operation of an error response, or `None` for any other error."""
    from botocore.exceptions import ClientError

    if not isinstance(error, ClientError):
        return None, None
    response: Any = error.response
    return response["Error"].get("Code"), error.operation_name
