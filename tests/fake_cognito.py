"""A small Cognito over HTTP that issues the claims of this library, or of a broken version of it."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from tests.loopback import LoopbackServer
from tests.vector_adapter import JsonObject, VectorAdapter

NOW = 1764504000.123


@dataclass
class FakePool:
    groups: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    memberships: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


class RefusedError(Exception):
    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class FakeCognito(LoopbackServer):
    """Implements the operations that the runner calls. `instead` replaces some, by their names."""

    def __init__(self, adapter: VectorAdapter | None = None) -> None:
        self.adapter = adapter or VectorAdapter()
        self.pools: dict[str, FakePool] = {}
        self.calls: list[str] = []
        self.default_limit = 60
        self.authorization = ""
        self.instead: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
        self.replace_body: dict[str, bytes] = {}
        self._numbers = count(1)

    def post(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        self.authorization = headers["Authorization"]
        operation = headers["X-Amz-Target"].partition(".")[2]
        try:
            status, response = 200, self.respond(operation, json.loads(body))
        except RefusedError as error:
            status, response = error.status, {"__type": error.error, "message": "refused"}
        return status, self.replace_body.get(operation, json.dumps(response).encode())

    def respond(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(operation)
        if operation in self.instead:
            return self.instead[operation](body)
        return self.respond_correctly(operation, body)

    def respond_correctly(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        if operation == "CreateUserPool":
            pool_id = f"eu-west-1_Fake{next(self._numbers)}"
            self.pools[pool_id] = FakePool()
            return {"UserPool": {"Id": pool_id}}
        pool = self.pools[body["UserPoolId"]]
        match operation:
            case "CreateUserPoolClient":
                return {"UserPoolClient": {"ClientId": "fake"}}
            case "CreateGroup":
                group = self.create_group({**body, "CreationDate": NOW, "LastModifiedDate": NOW})
                pool.groups[body["GroupName"]] = group
                return {"Group": group}
            case "AdminCreateUser":
                pool.memberships[body["Username"]] = []
                return {"User": {"Username": body["Username"]}}
            case "AdminSetUserPassword":
                return {}
            case "AdminAddUserToGroup":
                pool.memberships[body["Username"]].append(body["GroupName"])
                return {}
            case "AdminListGroupsForUser":
                listed = self.list_groups(pool, body["Username"])
                page = partial(self.list_page, [self.list_group(group) for group in listed])
                return page(body.get("Limit", self.default_limit), body.get("NextToken"))
            case "AdminInitiateAuth":
                groups = self.groups_of(pool, body["AuthParameters"]["USERNAME"])
                tokens = self.issue_tokens(groups, [*pool.groups.values()])
                names = ("IdToken", "AccessToken")
                encoded = {
                    name: encode_unsigned(claims) for name, claims in zip(names, tokens, strict=True)
                }
                return {"AuthenticationResult": encoded}
            case "DeleteUserPool":
                del self.pools[body["UserPoolId"]]
                return {}
            case _:
                raise RefusedError(501, "NotImplemented")

    # A bug replaces one of these methods.

    def create_group(self, group: JsonObject) -> JsonObject:
        """Return the group as it is stored."""
        return group

    def groups_of(self, pool: FakePool, username: str) -> list[JsonObject]:
        return [pool.groups[name] for name in pool.memberships[username]]

    def issue_tokens(
        self,
        groups: list[JsonObject],
        pool: list[JsonObject],  # noqa: ARG002
    ) -> tuple[JsonObject, JsonObject]:
        """Return the claims of the ID token and of the access token."""
        issued = self.adapter.issue_tokens(groups)
        return issued.id_token, issued.access_token

    def list_groups(self, pool: FakePool, username: str) -> list[JsonObject]:
        return self.groups_of(pool, username)

    def list_group(self, group: JsonObject) -> JsonObject:
        return self.adapter.list_group(group)

    def list_page(self, groups: list[JsonObject], limit: int, token: str | None) -> JsonObject:
        return self.adapter.list_page(groups, limit, int(token or 0))


def encode_unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, {"sub": "fake", **claims})]
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
