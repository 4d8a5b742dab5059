"""Compare a pool with a later snapshot of it, or with edits of its groups."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cognito_claims.pool._changes import (
    Diff,
    GroupChange,
    RoleChange,
    Transition,
    compare_settings,
    find_group_kind,
)
from cognito_claims.pool._columns import MEMBERSHIP_COLUMNS
from cognito_claims.pool._user_sets import (
    RankedGroups,
    Side,
    UserSample,
    check_samples,
    query_ranks,
    query_sets,
    require_known_groups,
)
from cognito_claims.pool.engines.duckdb import DuckDB
from cognito_claims.pool.manifest import SnapshotError
from cognito_claims.pool.snapshot import Snapshot, read_table
from cognito_claims.resolver import Policy, Resolution, rendering, resolve
from cognito_claims.resolver.outcomes import AmbiguityCause, find_ambiguity_cause

if TYPE_CHECKING:
    from cognito_claims.pool._changes import Kind
    from cognito_claims.pool._edits import Edits
    from cognito_claims.pool.manifest import Manifest

SAME_MEMBERSHIPS = """
select username, set_id as before, set_id as after from {sets}
"""
OTHER_MEMBERSHIPS = """
select username, coalesce(one.set_id, 0) as before, coalesce(other.set_id, 0) as after
from {before} as one full join {after} as other using (username)
"""
"""A user who is in no group on one side has the sum 0 there."""

CHOSEN_USERS = """
select {column} as set_id, min(username) as username from {pairs} group by {column}
"""
COUNTED_PAIRS = """
select before, after, count(*) as users, min(username, {samples}) as samples
from {pairs} group by before, after
"""
PAIRS_OF_SETS = """
select before, after, one.ranks as ranks_before, other.ranks as ranks_after, users, samples
from {counted} left join {before} as one on one.set_id = before
left join {after} as other on other.set_id = after order by ranks_before, ranks_after
"""
CHANGED_USERS = """
select username, preferred_before, preferred_after, roles_gained, roles_lost, groups_gained, groups_lost
from {pairs} join {answers} using (before, after) order by username
"""
_ANSWERS = """
before decimal(38,0), after decimal(38,0), preferred_before text, preferred_after text,
roles_gained text[], roles_lost text[], groups_gained text[], groups_lost text[]
"""

_MAX_CACHED_SETS = 50_000


def diff(
    before: Snapshot,
    after: Snapshot | Edits,
    *,
    policy: Policy = Policy.DOCUMENTED,
    samples: int = 10,
    users_out: str | os.PathLike[str] | None = None,
) -> Diff:
    """Find the users whose roles or groups differ between two snapshots, or because of edits.

    Args:
        before: The snapshot of a pool.
        after: Edits of its groups, or a later snapshot.
        policy: How to resolve behavior that AWS does not specify.
        samples: The number of users to name with each change, 0 to 10,000.
        users_out: The Parquet file to write, with a row for each user whose roles or groups differ:
            `username`, `preferred_before`, `preferred_after`, `roles_gained`, `roles_lost`,
            `groups_gained`, `groups_lost`.

    Raises:
        SnapshotError: If users cannot be matched between the two snapshots, or a file lacks a column or has
            memberships in unknown groups.
        InvalidTableError: If the memberships change while they are read.
        EngineError: If DuckDB raises an error that may quote a row.
        ValueError: If an edited group does not exist, or `samples` is out of bounds.
        InvalidRequestError: If AWS would refuse a setting.
        ImportError: If the extra `pool` is missing.
    """
    max_samples = check_samples(samples)
    with closing(DuckDB()) as engine:
        side, groups = _read_side(engine, before)
        if isinstance(after, Snapshot):
            _require_comparable(before, after)
            side_after, groups_after = _read_side(engine, after)
            parts = query_sets(engine, side, side_after)
            queries = [engine.query(OTHER_MEMBERSHIPS, before=one, after=other) for one, other in parts]
        else:
            side_after, groups_after = side, _edit_groups(groups, after)
            queries = [engine.query(SAME_MEMBERSHIPS, sets=sets) for (sets,) in query_sets(engine, side)]
        pairs = engine.materialize(*queries)
        ranks = _materialize_ranks(engine, side, pairs, "before")
        ranks_after = (
            ranks if side_after is side else _materialize_ranks(engine, side_after, pairs, "after")
        )
        counted = engine.query(COUNTED_PAIRS, pairs=pairs, samples=max_samples)
        rows = engine.fetch_rows(
            engine.query(PAIRS_OF_SETS, counted=counted, before=ranks, after=ranks_after)
        )
        seen = _DiffAccumulator(groups, groups_after, policy, samples)
        answers = engine.create_table(seen.add_pairs(rows), _ANSWERS)
        if users_out is not None:
            engine.write(engine.query(CHANGED_USERS, pairs=pairs, answers=answers), Path(users_out))
    return seen.build_diff(before.manifest, after.manifest if isinstance(after, Snapshot) else after)


class _Groups(NamedTuple):
    """The groups of a side by rank, and the file of its memberships."""

    ranked: RankedGroups
    memberships: Path


def _read_side(engine: DuckDB, snapshot: Snapshot) -> tuple[Side, _Groups]:
    ranked = RankedGroups(resolve(snapshot.read_groups()).ranking)
    memberships = read_table(engine, snapshot.memberships_file, MEMBERSHIP_COLUMNS)
    return Side(memberships, ranked.create_table(engine)), _Groups(ranked, snapshot.memberships_file)


def _edit_groups(groups: _Groups, edits: Edits) -> _Groups:
    before = [group for group in groups.ranked.groups if group is not None]
    edited = {group.group_name: group for group in edits.apply(before)}
    return groups._replace(ranked=groups.ranked.replace([edited.get(one.group_name) for one in before]))


def _materialize_ranks(engine: DuckDB, side: Side, pairs: str, column: str) -> str:
    chosen = engine.query(CHOSEN_USERS, pairs=pairs, column=column)
    return engine.materialize(query_ranks(engine, side, chosen))


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


class _Claims(NamedTuple):
    """The resolution of a set, and its claims as the keys of dictionaries, which are ordered sets."""

    resolution: Resolution
    groups: dict[str, None]
    roles: dict[str, None]


def _resolve_set(groups: _Groups, policy: Policy, set_id: Decimal, *ranks: int) -> _Claims:
    found = groups.ranked.select(set_id, ranks)
    require_known_groups(groups.memberships, ranks)
    resolution = resolve(found, policy=policy)
    claims = resolution.claims
    return _Claims(resolution, dict.fromkeys(claims.groups), dict.fromkeys(claims.roles))


class _Movements:
    """The users who gain or lose each value of a claim."""

    def __init__(self, samples: int) -> None:
        self.gained: defaultdict[str, UserSample] = defaultdict(partial(UserSample, samples))
        self.lost: defaultdict[str, UserSample] = defaultdict(partial(UserSample, samples))

    def add(
        self, before: Collection[str], after: Collection[str], users: int, samples: Sequence[str]
    ) -> tuple[list[str], list[str]]:
        """Add users with their values before and after, and return those that they gain and lose."""
        gained = [value for value in after if value not in before]
        lost = [value for value in before if value not in after]
        for value in gained:
            self.gained[value].add(users, samples)
        for value in lost:
            self.lost[value].add(users, samples)
        return gained, lost

    def count(self, value: str) -> tuple[int, int, tuple[str, ...], tuple[str, ...]]:
        """Return how many users gain and lose a value, and samples of both."""
        gained, lost = self.gained[value], self.lost[value]
        return gained.users, lost.users, tuple(gained.samples), tuple(lost.samples)


class _DiffAccumulator:
    """Collects the changes between pairs of sets, before and after."""

    def __init__(self, before: _Groups, after: _Groups, policy: Policy, samples: int) -> None:
        self._before = {group.group_name: group for group in before.ranked.groups if group is not None}
        self._after = {group.group_name: group for group in after.ranked.groups if group is not None}
        # A set before may be paired with several sets after, and vice versa.
        cache = lru_cache(maxsize=_MAX_CACHED_SETS)
        self._resolve_before = cache(partial(_resolve_set, before, policy))
        self._resolve_after = cache(partial(_resolve_set, after, policy))
        self._policy = policy
        self._users = 0
        self._affected_users = 0
        self._regrouped_users = 0
        self._transitions: defaultdict[_TransitionKey, UserSample] = defaultdict(
            partial(UserSample, samples)
        )
        self._examples: dict[_TransitionKey, Resolution] = {}
        self._roles = _Movements(samples)
        self._groups = _Movements(samples)

    def add_pairs(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Add pairs of sets, and yield those whose roles or groups differ."""
        for set_before, set_after, ranks_before, ranks_after, users, samples in rows:
            before = self._resolve_before(set_before, *(ranks_before or ()))
            after = self._resolve_after(set_after, *(ranks_after or ()))
            roles = self._roles.add(before.roles, after.roles, users, samples)
            groups = self._groups.add(before.groups, after.groups, users, samples)
            preferred = before.resolution.preferred_role, after.resolution.preferred_role
            self._users += users
            if preferred[0] != preferred[1]:
                self._add_transition(*preferred, after.resolution).add(users, samples)
            if preferred[0] != preferred[1] or any(roles):
                self._affected_users += users
            elif not any(groups):
                continue
            if any(groups):
                self._regrouped_users += users
            yield int(set_before), int(set_after), *preferred, *roles, *groups

    def _add_transition(self, before: str | None, role: str | None, after: Resolution) -> UserSample:
        key = _TransitionKey(before, role, after.outcome.name, find_ambiguity_cause(after))
        self._examples.setdefault(key, after)
        return self._transitions[key]

    def build_diff(self, before: Manifest, after: Manifest | Edits) -> Diff:
        """Return the diff of the pairs that were added."""
        transitions = sorted(self._transitions.items(), key=lambda one: (-one[1].users, one[0].sort_key))
        return Diff(
            before=before,
            after=after,
            policy=self._policy,
            users=self._users,
            affected_users=self._affected_users,
            regrouped_users=self._regrouped_users,
            transitions=tuple(
                Transition(key.kind, key.before, key.after, reason, users.users, tuple(users.samples))
                for key, users in transitions
                for reason in [rendering.headline(self._examples[key])]
            ),
            roles=tuple(
                RoleChange(role, *self._roles.count(role))
                for role in sorted(self._roles.gained.keys() | self._roles.lost.keys())
            ),
            groups=tuple(self._build_group_changes()),
        )

    def _build_group_changes(self) -> Iterator[GroupChange]:
        for name in sorted(self._before.keys() | self._after.keys()):
            before, after = self._before.get(name), self._after.get(name)
            kind, settings = find_group_kind(before, after), compare_settings(before, after)
            counts = self._groups.count(name)
            if kind != "kept" or settings or any(counts):
                yield GroupChange(name, kind, settings, *counts)
