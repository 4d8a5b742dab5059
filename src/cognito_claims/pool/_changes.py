"""The changes between two states of a pool, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.pool._edits import Edits
    from cognito_claims.pool.manifest import Manifest
    from cognito_claims.resolver import Policy

Kind: TypeAlias = Literal["gains", "loses", "changes"]
GroupKind: TypeAlias = Literal["created", "deleted", "recreated", "kept"]
Setting: TypeAlias = Literal["precedence", "role_arn", "description"]


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of the preferred role, with the users it affects."""

    kind: Kind
    """Whether the users gain, lose or change their preferred role."""

    before: str | None
    """The ARN of the preferred role before, or `None`."""

    after: str | None
    """The ARN of the preferred role after, or `None`."""

    reason: str
    """The outcome after, as a sentence. The wording may change."""

    users: int
    """The number of users."""

    samples: tuple[str, ...] = field(repr=False)
    """The first of the users, by name."""


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A role that users gain or lose in `cognito:roles`."""

    role_arn: str
    """The ARN of the role."""

    gained_by: int
    """The number of users who have the role after but not before."""

    lost_by: int
    """The number of users who have the role before but not after."""

    gained_samples: tuple[str, ...] = field(repr=False)
    """The first of the users who gain the role, by name."""

    lost_samples: tuple[str, ...] = field(repr=False)
    """The first of the users who lose the role, by name."""


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting of a group that differs. A group that does not exist has no settings."""

    setting: Setting
    """`precedence`, `role_arn` or `description`."""

    before: str | int | None
    """The value before, or `None`."""

    after: str | int | None
    """The value after, or `None`."""


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A group that differs, or that users gain or lose in `cognito:groups`."""

    group_name: str
    """The name of the group."""

    kind: GroupKind
    """Whether the group was `created`, `deleted`, `recreated` (deleted and created again under the same
    name, which its creation date shows) or `kept`."""

    settings: tuple[SettingChange, ...]
    """The settings that differ."""

    gained_by: int
    """The number of users who are in the group after but not before."""

    lost_by: int
    """The number of users who are in the group before but not after."""

    gained_samples: tuple[str, ...] = field(repr=False)
    """The first of the users who gain the group, by name."""

    lost_samples: tuple[str, ...] = field(repr=False)
    """The first of the users who lose the group, by name."""


@dataclass(frozen=True, slots=True)
class Diff:
    """The users who gain, lose or change a role or a group, and the groups that differ."""

    before: Manifest
    """The manifest of the snapshot before."""

    after: Manifest | Edits
    """The manifest of the snapshot after, or the edits."""

    policy: Policy
    """The policy that was applied."""

    users: int
    """The number of users who are in at least one group, before or after."""

    affected_users: int
    """The number of users whose preferred role or roles differ, whether their groups do or not."""

    regrouped_users: int
    """The number of users whose groups differ, whether their roles do or not."""

    transitions: tuple[Transition, ...]
    """The changes of preferred roles, by the number of users affected."""

    roles: tuple[RoleChange, ...]
    """The changes of `cognito:roles`, by ARN."""

    groups: tuple[GroupChange, ...]
    """The changes of `cognito:groups` and of the groups themselves, by name."""


def find_group_kind(before: GroupType | None, after: GroupType | None) -> GroupKind:
    """Return what happened to a group, which exists on at least one side."""
    if before is None:
        return "created"
    if after is None:
        return "deleted"
    created = (before.creation_date, after.creation_date)
    return "recreated" if None not in created and created[0] != created[1] else "kept"


def compare_settings(before: GroupType | None, after: GroupType | None) -> tuple[SettingChange, ...]:
    """Return the settings of a group that differ."""
    settings: tuple[Setting, ...] = get_args(Setting)
    return tuple(
        SettingChange(setting, one, other)
        for setting in settings
        for one, other in [(getattr(before, setting, None), getattr(after, setting, None))]
        if one != other
    )
