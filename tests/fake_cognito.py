"""A small Cognito over HTTP, with the claims of this library: right, until a test breaks it."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from cognito_claims import resolve
from tests.loopback import LoopbackServer


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
    """Answers what the runner asks; what is in `instead`, by the name of the call, answers in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.pools: dict[str, FakePool] = {}
        self.calls: list[str] = []
        self.authorization = ""
        self.instead: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {}
        self._numbers = count(1)

    def post(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        self.authorization = headers["Authorization"]
        operation = headers["X-Amz-Target"].partition(".")[2]
        try:
            status, answer = 200, self.answer(operation, json.loads(body))
        except RefusedError as error:
            status, answer = error.status, {"__type": error.error, "message": "refused"}
        return status, json.dumps(answer).encode()

    def answer(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        self.calls.append(operation)
        if operation in self.instead:
            return self.instead[operation](body)
        return self.right_answer(operation, body)

    def right_answer(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        if operation == "CreateUserPool":
            pool_id = f"eu-west-1_Fake{next(self._numbers)}"
            self.pools[pool_id] = FakePool()
            return {"UserPool": {"Id": pool_id}}
        pool = self.pools[body["UserPoolId"]]
        match operation:
            case "CreateUserPoolClient":
                return {"UserPoolClient": {"ClientId": "fake"}}
            case "CreateGroup":
                pool.groups[body["GroupName"]] = body
                return {"Group": body}
            case "AdminCreateUser":
                pool.memberships[body["Username"]] = []
                return {"User": {"Username": body["Username"]}}
            case "AdminSetUserPassword":
                return {}
            case "AdminAddUserToGroup":
                pool.memberships[body["Username"]].append(body["GroupName"])
                return {}
            case "AdminListGroupsForUser":
                groups = [self.listed(group) for group in self.groups_of(pool, body["Username"])]
                return self.page_of(groups, body.get("Limit", 60), int(body.get("NextToken", 0)))
            case "AdminInitiateAuth":
                claims = resolve(self.groups_of(pool, body["AuthParameters"]["USERNAME"])).claims
                tokens = {"IdToken": claims.id_token(), "AccessToken": claims.access_token()}
                return {"AuthenticationResult": {name: unsigned({**said}) for name, said in tokens.items()}}
            case "DeleteUserPool":
                del self.pools[body["UserPoolId"]]
                return {}
            case _:
                raise RefusedError(501, "NotImplemented")

    def groups_of(self, pool: FakePool, username: str) -> list[dict[str, Any]]:
        return [pool.groups[name] for name in pool.memberships[username]]

    def listed(self, group: dict[str, Any]) -> dict[str, Any]:
        return group

    def page_of(self, groups: list[dict[str, Any]], limit: int, start: int) -> dict[str, Any]:
        page: dict[str, Any] = {"Groups": groups[start : start + limit]}
        if start + limit < len(groups):
            page["NextToken"] = str(start + limit)
        return page


def unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, {"sub": "fake", **claims})]
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
