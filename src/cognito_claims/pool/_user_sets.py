"""The different sets of groups that users are in.

A pool has far fewer sets than users, so each set is resolved only once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cognito_claims.pool._columns import MEMBERSHIP_COLUMNS
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
select /*+ broadcast(ranks) */ username, array_sort(array_agg(coalesce(rank, -1))) as ranks
from {memberships} as memberships left join {ranks} as ranks using (group_name)
group by username
"""
"""Each user's groups, as their ranks among all groups; -1 if no group has the name.

Spark reads the hint, and sends the small table to the rows of the large one. To DuckDB, it is a comment.
"""

SAMPLED_SETS = """
select ranks, count(*) as users, min(username, {samples}) as samples
from {sets} group by ranks order by ranks
"""
"""The different sets, sorted, each with its number of users and the first by name. For DuckDB only."""

NAMED_MEMBERSHIPS = """
select * from {memberships} where username in (select username from {names})
"""

UNKNOWN_RANK = -1
UNKNOWN_GROUPS = f"has memberships in no group, or in one that {GROUPS} lacks; {FETCH_AGAIN}"


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


def create_ranks(engine: Engine[Any], ranking: Sequence[GroupType]) -> Any:
    """Create the table of each group's rank."""
    rows = ((group.group_name, rank) for rank, group in enumerate(ranking))
    return engine.create_table(rows, "group_name text, rank int")


def query_sets(engine: Engine[Any], *sides: tuple[Any, Sequence[GroupType]]) -> Iterator[tuple[Any, ...]]:
    """Yield the queries of each user's set of groups, for a part of the users at a time.

    A side has memberships and the ranking of its groups. The queries of a part cover
    the same users on every side, so the sides can be joined part by part.
    """
    ranks = [create_ranks(engine, ranking) for _, ranking in sides]
    for part in engine.split("username", *(memberships for memberships, _ in sides)):
        yield tuple(
            engine.query(SETS, memberships=memberships, ranks=side_ranks)
            for memberships, side_ranks in zip(part, ranks, strict=True)
        )


def materialize_sets(engine: Engine[Any], memberships: Any, ranking: Sequence[GroupType]) -> Any:
    """Compute each user's set of groups."""
    return engine.materialize(*(sets for (sets,) in query_sets(engine, (memberships, ranking))))


def select_groups(ranking: Sequence[GroupType | None], ranks: Iterable[int]) -> list[GroupType]:
    """Return the groups of these ranks, without unknown and deleted ones."""
    groups = (ranking[rank] for rank in ranks if rank != UNKNOWN_RANK)
    return [group for group in groups if group is not None]


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
    """
    max_samples = check_samples(samples)
    with closing(DuckDB()) as engine:
        members = read_table(engine, memberships, MEMBERSHIP_COLUMNS)
        if only is not None:
            names = engine.create_table(((name,) for name in only), "username text")
            members = engine.query(NAMED_MEMBERSHIPS, memberships=members, names=names)
        sets = materialize_sets(engine, members, ranking)
        sampled = engine.query(SAMPLED_SETS, sets=sets, samples=max_samples)
        for ranks, users, names in engine.fetch_rows(sampled):
            require_known_groups(memberships, ranks)
            yield UserSet(resolve(select_groups(ranking, ranks), policy=policy), users, tuple(names))
