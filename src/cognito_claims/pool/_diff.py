"""Compare a pool with a later snapshot of it, or with edits of its groups."""

from __future__ import annotations

import os
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from cognito_claims._wire.base import to_wire_name
from cognito_claims._wire.parsing import parse_request
from cognito_claims.errors import InvalidRequestError, Problem
from cognito_claims.models import GroupType, UpdateGroupRequest
from cognito_claims.pool._user_sets import UserSample, check_samples, query_sets, select_groups
from cognito_claims.pool.engines.duckdb import DuckDB
from cognito_claims.pool.snapshot import MEMBERSHIP_COLUMNS, Snapshot, SnapshotError, read_table
from cognito_claims.resolver import Policy, Resolution, rendering, resolve
from cognito_claims.resolver.outcomes import AmbiguityCause, find_ambiguity_cause

if TYPE_CHECKING:
    from cognito_claims.pool.snapshot import Manifest

SAME_MEMBERSHIPS = """
select username, ranks as before, ranks as after from {sets}
"""
OTHER_MEMBERSHIPS = """
select username, coalesce(one.ranks, cast([] as integer[])) as before,
    coalesce(other.ranks, cast([] as integer[])) as after
from {before} as one full join {after} as other using (username)
"""
"""A user who is in no group on one side has an empty set there."""

PAIRS_OF_SETS = """
select before, after, count(*) as users, min(username, {samples}) as samples
from {pairs} group by before, after order by before, after
"""
CHANGED_USERS = """
select username, preferred_before, preferred_after, roles_gained, roles_lost
from {pairs} join {answers} using (before, after) order by username
"""
_ANSWERS = """
before int[], after int[], preferred_before text, preferred_after text,
roles_gained text[], roles_lost text[]
"""

_MAX_CACHED_SETS = 50_000

Kind: TypeAlias = Literal["gains", "loses", "changes"]


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
class Diff:
    """The users who gain, lose or change a role."""

    before: Manifest
    """The manifest of the snapshot before."""

    after: Manifest | Edits
    """The manifest of the snapshot after, or the edits."""

    users: int
    """The number of users who are in at least one group, before or after."""

    affected_users: int
    """The number of users whose preferred role or roles differ."""

    transitions: tuple[Transition, ...]
    """The changes of preferred roles, by the number of users affected."""

    roles: tuple[RoleChange, ...]
    """The changes of `cognito:roles`, by ARN."""


def diff(
    before: Snapshot,
    after: Snapshot | Edits,
    *,
    policy: Policy = Policy.DOCUMENTED,
    samples: int = 10,
    users_out: str | os.PathLike[str] | None = None,
) -> Diff:
    """Find the users whose roles differ between two snapshots, or because of edits.

    Args:
        before: The snapshot of a pool.
        after: Edits of its groups, or a later snapshot.
        policy: How to resolve behavior that AWS does not specify.
        samples: The number of users to name with each change, 0 to 10,000.
        users_out: The Parquet file to write, with a row for each affected user: `username`,
            `preferred_before`, `preferred_after`, `roles_gained`, `roles_lost`.

    Raises:
        SnapshotError: If users cannot be matched between the two snapshots, or a file lacks a column.
        EngineError: If DuckDB raises an error that may quote a row.
        ValueError: If an edited group does not exist, or `samples` is out of bounds.
        InvalidRequestError: If AWS would refuse a setting.
        ImportError: If the extra `pool` is missing.
    """
    max_samples = check_samples(samples)
    with closing(DuckDB()) as engine:
        groups_after: _Groups
        members, ranking = _read_side(engine, before)
        if isinstance(after, Snapshot):
            _require_comparable(before, after)
            members_after, groups_after = _read_side(engine, after)
            parts = query_sets(engine, (members, ranking), (members_after, groups_after))
            queries = [engine.query(OTHER_MEMBERSHIPS, before=one, after=other) for one, other in parts]
        else:
            edited = {group.group_name: group for group in after.apply(ranking)}
            groups_after = [edited.get(group.group_name) for group in ranking]
            parts = query_sets(engine, (members, ranking))
            queries = [engine.query(SAME_MEMBERSHIPS, sets=sets) for (sets,) in parts]
        pairs = engine.materialize(*queries)
        seen = _DiffAccumulator(ranking, groups_after, policy, samples)
        rows = engine.fetch_rows(engine.query(PAIRS_OF_SETS, pairs=pairs, samples=max_samples))
        answers = engine.create_table(seen.add_pairs(rows), _ANSWERS)
        if users_out is not None:
            engine.write(engine.query(CHANGED_USERS, pairs=pairs, answers=answers), Path(users_out))
    return seen.build_diff(before.manifest, after.manifest if isinstance(after, Snapshot) else after)


def _read_side(engine: DuckDB, snapshot: Snapshot) -> tuple[str, tuple[GroupType, ...]]:
    """Return the memberships of a snapshot, and the ranking of its groups."""
    ranking = resolve(snapshot.read_groups()).ranking
    return read_table(engine, snapshot.memberships_file, MEMBERSHIP_COLUMNS), ranking


def _require_comparable(before: Snapshot, after: Snapshot) -> None:
    one, other = before.manifest, after.manifest
    if one.user_pool_id != other.user_pool_id:
        reason = f"must be a snapshot of {one.user_pool_id}, got one of {other.user_pool_id}"
    elif "discarded-key" in (one.usernames, other.usernames):
        reason = "users cannot be matched: the key that hashed their names was discarded"
    elif (one.usernames, one.key_id) != (other.usernames, other.key_id):
        reason = (
            "users cannot be matched: keep the usernames in both snapshots, or hash them with the same key"
        )
    else:
        return
    raise SnapshotError(after.path, reason)


_Groups: TypeAlias = Sequence[GroupType | None]
"""The groups by rank; `None` for a deleted group."""


class _TransitionKey(NamedTuple):
    """The properties that the users of a transition share."""

    before: str | None
    after: str | None
    outcome: str
    """The name of the outcome after."""
    cause: AmbiguityCause | None

    @property
    def sort_key(self) -> tuple[str, ...]:
        return self.before or "", self.after or "", self.outcome, self.cause or ""

    @property
    def kind(self) -> Kind:
        if self.before is None:
            return "gains"
        return "loses" if self.after is None else "changes"


def _resolve_ranks(groups: _Groups, policy: Policy, *ranks: int) -> Resolution:
    return resolve(select_groups(groups, ranks), policy=policy)


class _DiffAccumulator:
    """Collects the changes between pairs of sets, before and after."""

    def __init__(self, before: _Groups, after: _Groups, policy: Policy, samples: int) -> None:
        def accumulate() -> UserSample:
            return UserSample(samples)

        # A set before may be paired with several sets after, and vice versa.
        cache = lru_cache(maxsize=_MAX_CACHED_SETS)
        self._resolve_before = cache(partial(_resolve_ranks, before, policy))
        self._resolve_after = cache(partial(_resolve_ranks, after, policy))
        self._users = 0
        self._affected_users = 0
        self._transitions: defaultdict[_TransitionKey, UserSample] = defaultdict(accumulate)
        self._examples: dict[_TransitionKey, Resolution] = {}
        self._gained: defaultdict[str, UserSample] = defaultdict(accumulate)
        self._lost: defaultdict[str, UserSample] = defaultdict(accumulate)

    def add_pairs(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Add pairs of sets, and yield those whose roles differ."""
        for ranks_before, ranks_after, users, samples in rows:
            before, after = self._resolve_before(*ranks_before), self._resolve_after(*ranks_after)
            gained = [role for role in after.roles if role not in before.roles]
            lost = [role for role in before.roles if role not in after.roles]
            self._users += users
            for role in gained:
                self._gained[role].add(users, samples)
            for role in lost:
                self._lost[role].add(users, samples)
            if before.preferred_role != after.preferred_role:
                self._add_transition(before, after).add(users, samples)
            elif not gained and not lost:
                continue
            self._affected_users += users
            yield ranks_before, ranks_after, before.preferred_role, after.preferred_role, gained, lost

    def _add_transition(self, before: Resolution, after: Resolution) -> UserSample:
        key = _TransitionKey(
            before.preferred_role, after.preferred_role, after.outcome.name, find_ambiguity_cause(after)
        )
        self._examples.setdefault(key, after)
        return self._transitions[key]

    def build_diff(self, before: Manifest, after: Manifest | Edits) -> Diff:
        """Return the diff of the pairs that were added."""
        transitions = sorted(self._transitions.items(), key=lambda one: (-one[1].users, one[0].sort_key))
        return Diff(
            before=before,
            after=after,
            users=self._users,
            affected_users=self._affected_users,
            transitions=tuple(
                Transition(key.kind, key.before, key.after, reason, users.users, tuple(users.samples))
                for key, users in transitions
                for reason in [rendering.headline(self._examples[key])]
            ),
            roles=tuple(
                RoleChange(role, gained.users, lost.users, tuple(gained.samples), tuple(lost.samples))
                for role in sorted(self._gained.keys() | self._lost.keys())
                for gained, lost in [(self._gained[role], self._lost[role])]
            ),
        )
