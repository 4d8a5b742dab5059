"""Edits of the groups of a pool."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cognito_claims._wire.base import to_wire_name
from cognito_claims._wire.parsing import parse_request
from cognito_claims.errors import InvalidRequestError, Problem
from cognito_claims.models import GroupType, UpdateGroupRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Changes to the groups of a pool, by group name."""

    precedences: Mapping[str, int | None] = field(default_factory=dict[str, int | None])
    """New precedences; `None` removes the precedence."""

    roles: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    """The ARNs of new roles; `None` removes the role."""

    dropped: frozenset[str] = frozenset()
    """The groups to delete."""

    def apply(self, groups: Iterable[GroupType]) -> tuple[GroupType, ...]:
        """Return the groups with the changes applied.

        Raises:
            ValueError: If a group does not exist, or is both changed and deleted.
            InvalidRequestError: If AWS would refuse a setting.
        """
        groups = tuple(groups)
        changed = self.precedences.keys() | self.roles.keys()
        known = {group.group_name for group in groups}
        if unknown := sorted((changed | self.dropped) - known):
            raise ValueError(f"no such group: {', '.join(map(repr, unknown))}")
        if both := sorted(changed & self.dropped):
            raise ValueError(f"both dropped and changed: {', '.join(map(repr, both))}")
        return tuple(self._edit(group) for group in groups if group.group_name not in self.dropped)

    def _edit(self, group: GroupType) -> GroupType:
        name = group.group_name
        settings = {
            "precedence": self.precedences.get(name, group.precedence),
            "role_arn": self.roles.get(name, group.role_arn),
        }
        members = {to_wire_name(setting): value for setting, value in settings.items()}
        try:
            # The request needs the ID of a pool, and any valid one will do.
            parse_request(UpdateGroupRequest, {"GroupName": name, "UserPoolId": "any_1", **members})
        except InvalidRequestError as error:
            problems = [Problem(path, f"{reason}, for {name!r}") for path, reason in error.problems]
            raise InvalidRequestError(error.operation, problems) from None
        return group.model_copy(update=settings)

    def __str__(self) -> str:
        """Return the changes as options of the command, quoted for a shell."""
        settings = [("--set-precedence", self.precedences), ("--set-role", self.roles)]
        options = [
            (option, f"{name}={'' if value is None else value}")
            for option, values in settings
            for name, value in values.items()
        ]
        options += [("--drop-group", name) for name in sorted(self.dropped)]
        return shlex.join(word for option in options for word in option)
