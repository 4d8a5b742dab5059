"""A small Cognito over HTTP that issues the claims of this library, or of a broken version of it."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.loopback import LoopbackServer
from tests.vector_adapter import VectorAdapter


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
        super().__init__()
        self.adapter = adapter or VectorAdapter()
        self.pools: dict[str, FakePool] = {}
        self.calls: list[str] = []
        self.authorization = ""
        self.instead: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
        self._numbers = count(1)

    def post(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        self.authorization = headers["Authorization"]
        operation = headers["X-Amz-Target"].partition(".")[2]
        try:
            status, response = 200, self.respond(operation, json.loads(body))
        except RefusedError as error:
            status, response = error.status, {"__type": error.error, "message": "refused"}
        return status, json.dumps(response).encode()

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
                group = {**body, "CreationDate": NOW, "LastModifiedDate": NOW}
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
                groups = [
                    self.adapter.list_group(group) for group in self.groups_of(pool, body["Username"])
                ]
                return self.adapter.list_page(groups, body.get("Limit", 60), int(body.get("NextToken", 0)))
            case "AdminInitiateAuth":
                groups = self.groups_of(pool, body["AuthParameters"]["USERNAME"])
                issued = self.adapter.issue_tokens(groups)
                tokens = {"IdToken": issued.id_token, "AccessToken": issued.access_token}
                encoded = {name: encode_unsigned(claims) for name, claims in tokens.items()}
                return {"AuthenticationResult": encoded}
            case "DeleteUserPool":
                del self.pools[body["UserPoolId"]]
                return {}
            case _:
                raise RefusedError(501, "NotImplemented")

    def groups_of(self, pool: FakePool, username: str) -> list[dict[str, Any]]:
        return [pool.groups[name] for name in pool.memberships[username]]


def encode_unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, {"sub": "fake", **claims})]
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
