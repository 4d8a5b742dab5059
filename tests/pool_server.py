"""A user pool over HTTP: it responds correctly, unless a test intercepts calls."""

import json
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.fake_cognito import RefusedError
from tests.loopback import LoopbackServer
from tests.samples import role

POOL = "eu-west-1_Fake"


def _do_not_sleep(_: float) -> None:
    pass


WITHOUT_SLEEP = SimpleNamespace(sleep=_do_not_sleep)
"""A `time` module for botocore, which sleeps between the attempts at a call."""


class PoolServer(LoopbackServer):
    """Answers ListGroups and ListUsersInGroup, a page at a time.

    `intercept` is called with the name and body of each call, before the response: it
    may change the pool, or raise the error that the client receives. `corrupt` changes
    the body of a successful response.
    """

    def __init__(self, page_size: int = 60) -> None:
        self.page_size = page_size
        self.groups: dict[str, dict[str, Any]] = {}
        self.members: dict[str, list[str]] = {}
        self.calls: Counter[str] = Counter()
        self.intercept: Callable[[str, dict[str, Any]], None] = lambda _, __: None
        self.corrupt: Callable[[bytes], bytes] = lambda body: body
        self.tokens_of = "first"

    def add(self, name: str, members: list[str], *, precedence: int | None = None) -> None:
        self.groups[name] = {
            "GroupName": name,
            "UserPoolId": POOL,
            "Description": f"People of\n{name}",
            "RoleArn": role(name.encode().hex()),
            "LastModifiedDate": 1700000000.25 + len(self.groups),
            "CreationDate": 1600000000,
        }
        if precedence is not None:
            self.groups[name]["Precedence"] = precedence
        self.members[name] = members

    def remove(self, name: str) -> None:
        del self.groups[name], self.members[name]

    def expire_tokens(self) -> None:
        self.tokens_of += "'"

    def post(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        operation = headers["X-Amz-Target"].partition(".")[2]
        try:
            status, answer = 200, self.answer(operation, json.loads(body))
        except RefusedError as error:
            status, answer = error.status, {"__type": error.error, "message": "refused"}
        content = json.dumps(answer).encode()
        return status, self.corrupt(content) if status == 200 else content

    def answer(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        self.calls[operation] += 1
        self.intercept(operation, body)
        gone = "GroupName" in body and body["GroupName"] not in self.groups
        if body["UserPoolId"] != POOL or gone:
            raise RefusedError(400, "ResourceNotFoundException")
        epoch, _, start = body.get("NextToken", f"{self.tokens_of}|0").partition("|")
        if epoch != self.tokens_of:
            raise RefusedError(400, "InvalidParameterException")
        if operation == "ListGroups":
            return self.page("Groups", list(self.groups.values()), int(start))
        users = [{"Username": name, "Enabled": True} for name in self.members[body["GroupName"]]]
        return self.page("Users", users, int(start))

    def page(self, member: str, items: list[Any], start: int) -> dict[str, Any]:
        end = start + self.page_size
        more = {"NextToken": f"{self.tokens_of}|{end}"} if end < len(items) else {}
        return {member: items[start:end], **more}
