"""The different sets of groups that users are in.

A pool has far fewer sets than users, so each set is resolved only once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from secrets import randbits
from typing import TYPE_CHECKING, Any, NamedTuple

from cognito_claims.pool._columns import MEMBERSHIP_COLUMNS, InvalidTableError
from cognito_claims.pool.engines.duckdb import DuckDB
from cognito_claims.pool.manifest import FETCH_AGAIN, GROUPS, SnapshotError
from cognito_claims.pool.snapshot import read_table
from cognito_claims.resolver import Policy, Resolution, resolve

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.pool.engines.protocol import Engine

MAX_SAMPLES: int = 10_000
"""The maximum number of users that a finding or a change can name."""

SETS = """
select /*+ broadcast(ranks) */ username, sum(coalesce(weight, -1)) as set_id
from {memberships} as memberships left join {ranks} as ranks using (group_name)
group by username
"""
"""Each user's set of groups. A sum takes far less time and memory than a list for each user.

The sum is a decimal, since DuckDB writes other integers of this size to files as floating-point numbers.

Spark reads the hint, and sends the small table to the rows of the large one. To DuckDB, it is a comment.
"""

RANKS_OF_SETS = """
select /*+ broadcast(chosen, ranks) */ set_id, array_sort(array_agg(coalesce(rank, -1))) as ranks
from {chosen} as chosen join {memberships} as memberships using (username)
left join {ranks} as ranks using (group_name)
group by set_id
"""
"""The ranks of the groups of each set, from one user who is in them; -1 if no group has the name."""

COUNTED_SETS = """
select set_id, count(*) as users, min(username) as username, min(username, {samples}) as samples
from {sets} group by set_id
"""
SAMPLED_SETS = """
select set_id, ranks, users, samples
from {counted} left join {ranks} using (set_id) order by ranks
"""
"""The different sets, sorted, each with its number of users and the first by name. For DuckDB only."""

NAMED_MEMBERSHIPS = """
select * from {memberships} where username in (select username from {names})
"""

UNKNOWN_RANK = -1
UNKNOWN_GROUPS = f"has memberships in no group, or in one that {GROUPS} lacks; {FETCH_AGAIN}"
CHANGED = "changed while they were read; read them again, from a table that stays as it is"

_WEIGHT_BITS = 96
"""The sum of a billion weights still fits. The probability that any two of a million sets
have the same sum is 1 in 10**17."""


@dataclass(frozen=True, slots=True)
class UserSet:
    """The users who are in the same groups: their number, and the first of them by name."""

    resolution: Resolution
    users: int
    samples: tuple[str, ...] = field(repr=False)


@dataclass
class UserSample:
    """A number of users, and the first of them by name."""

    max_samples: int
    users: int = 0
    samples: list[str] = field(default_factory=list[str], repr=False)

    def add(self, users: int, samples: Sequence[str]) -> None:
        """Add users and their samples, which are sorted."""
        self.users += users
        # Sorting each time would be slow: once the samples are complete, few sets contain an earlier name.
        if len(self.samples) < self.max_samples or (self.samples and samples[0] < self.samples[-1]):
            self.samples = sorted([*self.samples, *samples])[: self.max_samples]


def check_samples(samples: int) -> str:
    """Return the number of samples for a statement, or raise `ValueError` if it is out of bounds."""
    if not 0 <= samples <= MAX_SAMPLES:
        raise ValueError(f"samples: must be from 0 to {MAX_SAMPLES:,}, got {samples:,}")
    return str(max(samples, 1))  # DuckDB requires 1 or more; `UserSample` drops the sample


class RankedGroups:
    """The groups of a pool by rank, each with a random weight.

    The sum of the weights of a user's groups identifies the set of groups. The weights
    are random, so nobody can choose groups so that two sets have the same sum.
    """

    def __init__(self, groups: Sequence[GroupType | None], *, weights: Sequence[int] | None = None) -> None:
        self.groups: Sequence[GroupType | None] = groups
        self._weights: Sequence[int] = weights or [randbits(_WEIGHT_BITS) for _ in groups]

    def replace(self, groups: Sequence[GroupType | None]) -> RankedGroups:
        """Return other groups with the same ranks and weights; `None` is a deleted group."""
        return RankedGroups(groups, weights=self._weights)

    def list_rows(self) -> Iterator[tuple[str, int, int]]:
        """Return the name, rank and weight of each group."""
        weighted = enumerate(zip(self.groups, self._weights, strict=True))
        return ((one.group_name, rank, weight) for rank, (one, weight) in weighted if one is not None)

    def create_table(self, engine: Engine[Any]) -> Any:
        """Create the table of the names, ranks and weights."""
        return engine.create_table(self.list_rows(), "group_name text, rank int, weight decimal(38,0)")

    def select(self, set_id: Decimal, ranks: Sequence[int] | None) -> list[GroupType]:
        """Return the groups of a set, without unknown and deleted ones.

        Raises:
            InvalidTableError: If the memberships changed after the sums were computed.
        """
        weights = (-1 if rank == UNKNOWN_RANK else self._weights[rank] for rank in ranks or ())
        if sum(weights) != set_id:
            raise InvalidTableError("memberships", CHANGED)
        groups = (self.groups[rank] for rank in ranks or () if rank != UNKNOWN_RANK)
        return [group for group in groups if group is not None]


class Side(NamedTuple):
    """A table of memberships, and the table of the ranks of the groups."""

    memberships: Any
    ranks: Any


def query_sets(engine: Engine[Any], *sides: Side) -> Iterator[tuple[Any, ...]]:
    """Yield the queries of each user's set of groups, for a part of the users at a time.

    The queries of a part cover the same users on every side, so the sides can be
    joined part by part.
    """
    for part in engine.split("username", *(side.memberships for side in sides)):
        yield tuple(
            engine.query(SETS, memberships=memberships, ranks=side.ranks)
            for memberships, side in zip(part, sides, strict=True)
        )


def materialize_sets(engine: Engine[Any], side: Side) -> Any:
    """Compute each user's set of groups."""
    return engine.materialize(*(sets for (sets,) in query_sets(engine, side)))


def query_ranks(engine: Engine[Any], side: Side, chosen: Any) -> Any:
    """Query the ranks of the groups of sets. `chosen` has the sum of each set, and a user who is in it."""
    return engine.query(RANKS_OF_SETS, chosen=chosen, **side._asdict())


def require_known_groups(memberships: Path, ranks: Collection[int]) -> None:
    """Raise `SnapshotError` if a set has an unknown group."""
    if UNKNOWN_RANK in ranks:
        raise SnapshotError(memberships, UNKNOWN_GROUPS)


def iterate_user_sets(
    memberships: Path,
    ranking: Sequence[GroupType],
    *,
    policy: Policy,
    samples: int,
    only: Iterable[str] | None = None,
) -> Iterator[UserSet]:
    """Yield the different sets of groups in a file of memberships, resolved.

    `Snapshot.open` has checked that each membership has a username. If `only` is
    passed, the other users are left out.

    Raises:
        SnapshotError: If the file lacks a column, or has memberships in unknown groups.
        InvalidTableError: If it changes while it is read.
    """
    max_samples = check_samples(samples)
    ranked = RankedGroups(ranking)
    with closing(DuckDB()) as engine:
        members = read_table(engine, memberships, MEMBERSHIP_COLUMNS)
        if only is not None:
            names = engine.create_table(((name,) for name in only), "username text")
            members = engine.query(NAMED_MEMBERSHIPS, memberships=members, names=names)
        side = Side(members, ranked.create_table(engine))
        sets = materialize_sets(engine, side)
        counted = engine.materialize(engine.query(COUNTED_SETS, sets=sets, samples=max_samples))
        ranks = query_ranks(engine, side, counted)
        sampled = engine.query(SAMPLED_SETS, counted=counted, ranks=ranks)
        for set_id, found, users, sample in engine.fetch_rows(sampled):
            groups = ranked.select(set_id, found)
            require_known_groups(memberships, found)
            yield UserSet(resolve(groups, policy=policy), users, tuple(sample))
