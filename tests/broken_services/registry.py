"""Single bugs of a service, each with the rule that it breaks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fake_cognito import FakeCognito
from tests.vector_adapter import JsonObject

Groups = list[JsonObject]
Install = Callable[[FakeCognito], None]


@dataclass(frozen=True)
class Bug:
    """A bug. Its function replaces one part of a correct service."""

    name: str
    rules: tuple[str, ...]
    """The rules of which one must be blamed first."""
    subjects: tuple[str, ...]
    """The subjects whose cases can show it."""
    install: Install
    reason: str = ""
    """Why more than one rule may be blamed first."""


BUGS: dict[str, Bug] = {}
LEGAL: dict[str, Bug] = {}
"""What looks like a bug, and is allowed. In place of rules, it has the reason."""

CLAIMS = ("preferred-role", "roles-claim", "groups-claim", "access-token")
LISTS = ("listing", "paging")


def register(
    bugs: dict[str, Bug],
    rules: tuple[str, ...],
    name: str,
    subjects: tuple[str, ...],
    install: Install,
    *,
    reason: str = "",
) -> None:
    name = name.replace("_", "-")
    assert name not in bugs, name
    assert (reason != "") == (len(rules) > 1), f"{name}: give a reason for a second rule, and only then"
    bugs[name] = Bug(name, rules, subjects, install, reason)


def replaces(
    part: str, rule: str, *subjects: str, bugs: dict[str, Bug] = BUGS
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function that replaces a method of the service."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        def install(service: FakeCognito) -> None:
            setattr(service, part, function)

        register(bugs, (rule,), function.__name__, subjects, install)
        return function

    return decorate


def prefers(
    *rules: str, bugs: dict[str, Bug] = BUGS, reason: str = ""
) -> Callable[[Callable[[Groups], str | None]], Callable[[Groups], str | None]]:
    """Register a function that chooses the preferred role from the groups."""

    def decorate(function: Callable[[Groups], str | None]) -> Callable[[Groups], str | None]:
        def install(service: FakeCognito) -> None:
            right = service.issue_tokens

            def issue_tokens(groups: Groups, pool: Groups) -> tuple[JsonObject, JsonObject]:
                id_token, access_token = right(groups, pool)
                id_token.pop("cognito:preferred_role", None)
                role = function(groups)
                return id_token | ({} if role is None else {"cognito:preferred_role": role}), access_token

            service.issue_tokens = issue_tokens  # type: ignore[method-assign]

        register(bugs, rules, function.__name__, ("preferred-role",), install, reason=reason)
        return function

    return decorate


Change = Callable[[JsonObject, JsonObject, Groups, Groups], object]


def changes_tokens(
    rule: str, *subjects: str, bugs: dict[str, Bug] = BUGS, name: str = ""
) -> Callable[[Change], Change]:
    """Register a function that changes the ID token and the access token of a user in groups of a pool."""

    def decorate(function: Change) -> Change:
        def install(service: FakeCognito) -> None:
            right = service.issue_tokens

            def issue_tokens(groups: Groups, pool: Groups) -> tuple[JsonObject, JsonObject]:
                id_token, access_token = right(groups, pool)
                function(id_token, access_token, groups, pool)
                return id_token, access_token

            service.issue_tokens = issue_tokens  # type: ignore[method-assign]

        register(bugs, (rule,), name or function.__name__, subjects, install)
        return function

    return decorate


def changes_claim(
    rule: str, name: str, *, bugs: dict[str, Bug] = BUGS, where: tuple[int, ...] = (0, 1)
) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Register a function from a claim to a different one; `None` stands for an absent claim.

    The function returns `...` for a claim that becomes absent.
    """
    subjects = {"cognito:groups": "groups-claim", "cognito:roles": "roles-claim"}

    def decorate(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def change(id_token: JsonObject, access_token: JsonObject, _: Groups, __: Groups) -> None:
            for number in where:
                token = (id_token, access_token)[number]
                changed = function(token.pop(name, None))
                if changed is not ...:
                    token[name] = changed

        change.__name__ = function.__name__
        changes_tokens(rule, subjects.get(name, "preferred-role"), bugs=bugs)(change)
        return function

    return decorate
