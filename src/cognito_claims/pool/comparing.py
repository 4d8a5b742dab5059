"""What would change: a pool before and after, by other settings of its groups or by another snapshot."""

from __future__ import annotations

import os
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cognito_claims._wire import parse_request, wire_name
from cognito_claims.errors import InvalidRequestError, Problem
from cognito_claims.models import GroupType, UpdateGroupRequest
from cognito_claims.pool._engines import DuckDB
from cognito_claims.pool.bulk import Tally, groups_at, sampled, sets_of
from cognito_claims.pool.snapshot import Snapshot, SnapshotError
from cognito_claims.resolver import DOCUMENTED, Policy, resolve
from cognito_claims.resolver.rendering import headline

if TYPE_CHECKING:
    from cognito_claims.pool.snapshot import Manifest

__all__ = ["Diff", "Edits", "Kind", "RoleChange", "Transition", "diff"]

SAME_MEMBERSHIPS = """
select username, ranks as before, ranks as after from {sets}
"""
OTHER_MEMBERSHIPS = """
select username, coalesce(one.ranks, cast([] as integer[])) as before,
    coalesce(other.ranks, cast([] as integer[])) as after
from {before} as one full join {after} as other using (username)
"""
PAIRS_OF_SETS = """
select before, after, count(*) as users, min(username, {samples}) as samples
from {pairs} group by before, after order by before, after
"""
CHANGED_USERS = """
select username, preferred_before, preferred_after, roles_gained, roles_lost
from {pairs} join {answers} using (before, after) order by username
"""
_ANSWERS = {
    "before": "[int]",
    "after": "[int]",
    "preferred_before": "text",
    "preferred_after": "text",
    "roles_gained": "[text]",
    "roles_lost": "[text]",
}

Kind: TypeAlias = Literal["gains", "loses", "changes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Other settings for groups, by their names."""

    precedences: Mapping[str, int | None] = field(default_factory=dict[str, int | None])
    """Other precedences; `None` takes it away."""

    roles: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    """Other roles, by their ARNs; `None` takes it away."""

    dropped: frozenset[str] = frozenset()
    """Groups that are deleted."""

    def applied(self, groups: Iterable[GroupType]) -> tuple[GroupType, ...]:
        """Give the groups as they would be.

        Raises:
            ValueError: there is no such group, or a group that is deleted has other settings.
            InvalidRequestError: AWS would not take a setting.
        """
        groups = tuple(groups)
        changed = self.precedences.keys() | self.roles.keys()
        known = {group.group_name for group in groups}
        if unknown := sorted((changed | self.dropped) - known):
            raise ValueError(f"no such group: {', '.join(map(repr, unknown))}")
        if both := sorted(changed & self.dropped):
            raise ValueError(f"dropped, and changed too: {', '.join(map(repr, both))}")
        return tuple(self._edited(group) for group in groups if group.group_name not in self.dropped)

    def _edited(self, group: GroupType) -> GroupType:
        name = group.group_name
        settings = {
            "precedence": self.precedences.get(name, group.precedence),
            "role_arn": self.roles.get(name, group.role_arn),
        }
        said = {wire_name(setting): value for setting, value in settings.items()}
        try:
            parse_request(UpdateGroupRequest, {"GroupName": name, "UserPoolId": "any_1", **said})
        except InvalidRequestError as error:
            problems = [Problem(path, f"{reason}, for {name!r}") for path, reason in error.problems]
            raise InvalidRequestError(error.operation, problems) from None
        return group.model_copy(update=settings)

    def __str__(self) -> str:
        """Tell them as the options of the command, as a shell reads them."""
        settings = [("--set-precedence", self.precedences), ("--set-role", self.roles)]
        told = [
            (option, f"{name}={'' if value is None else value}")
            for option, values in settings
            for name, value in values.items()
        ]
        told += [("--drop-group", name) for name in sorted(self.dropped)]
        return shlex.join(word for option in told for word in option)


@dataclass(frozen=True, slots=True)
class Transition:
    """Users whose preferred role is another afterwards."""

    kind: Kind
    """`gains` one, `loses` it, or `changes` it."""

    before: str | None
    """The preferred role before."""

    after: str | None
    """The preferred role afterwards."""

    reason: str
    """Why it is that one, or none."""

    users: int
    """How many users there are."""

    samples: tuple[str, ...]
    """Some of them: the first by name."""


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A role that other users have among `cognito:roles` afterwards."""

    role_arn: str
    """The role's ARN."""

    gained_by: int
    """How many users have it afterwards only."""

    lost_by: int
    """How many users had it before only."""

    gained_samples: tuple[str, ...]
    """Some of those who gain it: the first by name."""

    lost_samples: tuple[str, ...]
    """Some of those who lose it: the first by name."""


@dataclass(frozen=True, slots=True)
class Diff:
    """Who gains, loses or changes which role."""

    before: Manifest
    """The snapshot before."""

    after: Manifest | Edits
    """The snapshot afterwards, or the other settings."""

    users: int
    """How many users are in some group, before or afterwards."""

    touched: int
    """How many of them have another preferred role afterwards, or other roles."""

    transitions: tuple[Transition, ...]
    """The changes of preferred roles, by how many users they touch."""

    roles: tuple[RoleChange, ...]
    """The changes of `cognito:roles`, by ARN."""


def diff(
    before: Snapshot,
    after: Snapshot | Edits,
    *,
    policy: Policy = DOCUMENTED,
    samples: int = 10,
    users_out: str | os.PathLike[str] | None = None,
) -> Diff:
    """Tell who would get other roles.

    Args:
        before: a pool.
        after: other settings for its groups, or a later snapshot.
        policy: how to answer what AWS leaves open.
        samples: how many users to name with a change of the preferred role or of roles, from 0 to 10,000.
        users_out: a Parquet file to write, with a row for each user who is touched: `username`,
            `preferred_before`, `preferred_after`, `roles_gained`, `roles_lost`.

    Raises:
        SnapshotError: the users of the two snapshots cannot be told to be the same.
        ValueError: edits name a group that is not there, or `samples` is out of bounds.
        InvalidRequestError: AWS would not take a setting.
        ImportError: the extra `pool` is missing.
    """
    with (
        TemporaryDirectory(prefix="cognito-claims-") as scratch,
        closing(DuckDB(Path(scratch))) as engine,
    ):
        places: _Places
        ranking, sets = _sets(engine, before)
        if isinstance(after, Snapshot):
            _comparable(before, after)
            places, others = _sets(engine, after)
            pairs = engine.sql(OTHER_MEMBERSHIPS, before=sets, after=others)
        else:
            edited = {group.group_name: group for group in after.applied(ranking)}
            places = [edited.get(group.group_name) for group in ranking]
            pairs = engine.sql(SAME_MEMBERSHIPS, sets=sets)
        pairs = engine.keep(pairs)
        seen = _Seen(ranking, places, policy, samples)
        rows = engine.rows(engine.sql(PAIRS_OF_SETS, pairs=pairs, samples=sampled(samples)))
        answers = engine.make(seen.changes(rows), _ANSWERS)
        if users_out is not None:
            engine.write(engine.sql(CHANGED_USERS, pairs=pairs, answers=answers), Path(users_out))
    return seen.diff(before.manifest, after.manifest if isinstance(after, Snapshot) else after)


def _sets(engine: DuckDB, snapshot: Snapshot) -> tuple[tuple[GroupType, ...], str]:
    ranking = resolve(snapshot.groups()).ranking
    return ranking, engine.keep(sets_of(engine, engine.read(snapshot.memberships_file), ranking))


def _comparable(before: Snapshot, after: Snapshot) -> None:
    one, other = before.manifest, after.manifest
    if one.user_pool_id != other.user_pool_id:
        reason = f"is of {other.user_pool_id}, and not of {one.user_pool_id}: compare snapshots of one pool"
    elif "left-out" in (one.usernames, other.usernames):
        reason = "usernames are left out, so nobody can be found in both snapshots"
    elif (one.usernames, one.key_id) != (other.usernames, other.key_id):
        reason = "usernames are written in another way: fetch both alike, and hash with the same key"
    else:
        return
    raise SnapshotError(after.path, reason)


_Places: TypeAlias = Sequence[GroupType | None]
"""The groups by their places in the ranking; `None` where one was dropped."""


class _Seen:
    """What the pairs of sets showed."""

    def __init__(self, before: _Places, after: _Places, policy: Policy, samples: int) -> None:
        self._before = before
        self._after = after
        self._policy = policy
        self._users = 0
        self._touched = 0
        self._transitions: defaultdict[tuple[str | None, str | None, str], Tally] = defaultdict(
            lambda: Tally(samples)
        )
        self._gained: defaultdict[str, Tally] = defaultdict(lambda: Tally(samples))
        self._lost: defaultdict[str, Tally] = defaultdict(lambda: Tally(samples))

    def changes(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Give the pairs that differ in their roles."""
        for ranks_before, ranks_after, users, samples in rows:
            before = resolve(groups_at(self._before, ranks_before), policy=self._policy)
            after = resolve(groups_at(self._after, ranks_after), policy=self._policy)
            gained, lost = (
                [role for role in one.roles if role not in other.roles]
                for one, other in ((after, before), (before, after))
            )
            self._users += users
            for role in gained:
                self._gained[role].add(users, samples)
            for role in lost:
                self._lost[role].add(users, samples)
            if before.preferred_role != after.preferred_role:
                key = before.preferred_role, after.preferred_role, headline(after)
                self._transitions[key].add(users, samples)
            elif not gained and not lost:
                continue
            self._touched += users
            yield ranks_before, ranks_after, before.preferred_role, after.preferred_role, gained, lost

    def diff(self, before: Manifest, after: Manifest | Edits) -> Diff:
        """Give all of it."""
        transitions = [
            Transition(_kind(one, other), one, other, why, changed.users, tuple(changed.samples))
            for (one, other, why), changed in self._transitions.items()
        ]
        transitions.sort(
            key=lambda change: (-change.users, change.before or "", change.after or "", change.reason)
        )
        return Diff(
            before=before,
            after=after,
            users=self._users,
            touched=self._touched,
            transitions=tuple(transitions),
            roles=tuple(
                RoleChange(role, gained.users, lost.users, tuple(gained.samples), tuple(lost.samples))
                for role in sorted(self._gained.keys() | self._lost.keys())
                for gained, lost in [(self._gained[role], self._lost[role])]
            ),
        )


def _kind(before: str | None, after: str | None) -> Kind:
    if before is None:
        return "gains"
    return "loses" if after is None else "changes"
