"""Resolve every user of a pool.

The engine finds each user's set of groups with plain SQL, the same for DuckDB and
Spark. Many users share a set, so each different set is resolved
once, and the engine joins the results to the users. No Python code runs for each
user.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar, cast, overload

from cognito_claims.pool._columns import InvalidTableError
from cognito_claims.pool._tables import Groups, read_groups, read_memberships, refuse_unknown_names
from cognito_claims.pool._user_sets import UNKNOWN_RANK, RankedGroups, Side, materialize_sets, query_ranks
from cognito_claims.pool.engines.duckdb import DuckDB
from cognito_claims.pool.engines.protocol import Engine, SparkFrame, SparkSession, find_owner
from cognito_claims.pool.engines.spark import Spark
from cognito_claims.resolver import Policy, resolve

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation


COUNTED_SETS = """
select set_id, count(*) as users, count(username) as named, min(username) as username
from {sets} group by set_id
"""
"""The different sets. In SQL, `count(username)` leaves out nulls."""

DISTINCT_SETS = """
select set_id, ranks, users, named from {counted} left join {ranks} using (set_id)
"""

CLAIMS = """
select /*+ broadcast(answers) */ username, groups, roles, preferred_role, outcome, open_questions
from {sets} as sets join {answers} as answers using (set_id)
"""

_ANSWERS = """
set_id decimal(38,0), groups text[], roles text[], preferred_role text, outcome text, open_questions text[]
"""

FrameT = TypeVar("FrameT", bound=SparkFrame)
TableT_co = TypeVar("TableT_co", covariant=True)


class BulkResolution(Generic[TableT_co]):
    """The resolution of every user of a table of memberships.

    It keeps temporary files, or temporary views of Spark, until `close()` or the end
    of a `with` block.
    """

    def __init__(self, engine: Engine[Any], claims: Any, resolver: SetResolver) -> None:
        self._engine = engine
        self._claims = claims
        self.users: int = resolver.users
        """The number of users."""
        self.sets: int = resolver.sets
        """The number of sets of groups that were resolved. A set with a duplicate counts separately."""
        # Sorted, since the sets are read in an order that differs from run to run.
        self.outcomes: Mapping[str, int] = dict(sorted(resolver.outcomes.items()))
        """The number of users by outcome: `ambiguous`, `no-role`, `preferred`."""
        self.open_questions: Mapping[str, int] = dict(sorted(resolver.open_questions.items()))
        """The number of users whose preferred role depends on an open question, by its ID."""
        self._roles: Mapping[str, int] = dict(sorted(resolver.roles.items()))

    @property
    def table(self) -> TableT_co:
        """A row for each user, as a DuckDB relation or a Spark DataFrame.

        The columns are `username`, `groups`, `roles`, `preferred_role`, `outcome` and
        `open_questions`. `groups` is in the order of `Resolution.ranking`. The table
        is computed when it is read, so read it before you close this result.
        """
        return cast("TableT_co", self._engine.to_native(self._claims))

    def write_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write the table as Parquet: DuckDB writes or replaces a file, Spark creates a folder."""
        self._engine.write(self._claims, Path(path))

    def close(self) -> None:
        """Release the temporary files. The table can no longer be read."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _repr_html_(self) -> str:
        from cognito_claims.pool._notebook import render_html

        return render_html(self.users, self.sets, self.outcomes, self._roles, self.open_questions)


@overload
def resolve_memberships(
    memberships: str | os.PathLike[str] | DuckDBPyRelation,
    groups: Groups,
    *,
    policy: Policy = ...,
    unknown_groups: Literal["refuse", "ignore"] = ...,
    session: DuckDBPyConnection | None = ...,
) -> BulkResolution[DuckDBPyRelation]: ...
@overload
def resolve_memberships(
    memberships: str | os.PathLike[str],
    groups: Groups,
    *,
    policy: Policy = ...,
    unknown_groups: Literal["refuse", "ignore"] = ...,
    session: SparkSession[FrameT],
) -> BulkResolution[FrameT]: ...
@overload
def resolve_memberships(
    memberships: FrameT,
    groups: Groups,
    *,
    policy: Policy = ...,
    unknown_groups: Literal["refuse", "ignore"] = ...,
    session: object = ...,
) -> BulkResolution[FrameT]: ...
def resolve_memberships(
    memberships: object,
    groups: Groups,
    *,
    policy: Policy = Policy.DOCUMENTED,
    unknown_groups: Literal["refuse", "ignore"] = "refuse",
    session: object = None,
) -> BulkResolution[Any]:
    """Resolve every user who is in at least one group, as `resolve()` does.

    Args:
        memberships: A table with the columns `username` and `group_name`, one row for each
            membership, in any order: a Parquet file, a DuckDB relation (which is copied), a Spark
            DataFrame (which is read twice), or the name of a table of the session. A string with a
            slash or the suffix `.parquet` is the path of a file, or of several files if it contains
            `*`, unless these are between backticks.
        groups: All groups of the pool: `GroupType` or boto3 dictionaries, or a table as above with
            the columns `group_name`, `role_arn`, `precedence` (integers) and `user_pool_id`, or
            AWS's names for them. Only the name is required, but a misspelled name of a column is
            an error. Without the ID of the pool, groups of federated users and groups of different
            pools are not recognized.
        policy: How to resolve behavior that AWS does not specify.
        unknown_groups: Whether to refuse or ignore memberships in groups that are not in `groups`.
        session: The Spark session to use, classic or of Spark Connect, or the DuckDB connection that
            has the table.

    Raises:
        InvalidTableError: If a column or a username is missing, a column of the groups is misspelled,
            a table is not the engine's, or the memberships change while they are read.
        UnknownGroupsError: If memberships name groups that are not in `groups`.
        InvalidResponseError: If a group does not fit its model.
        MixedUserPoolsError: If the groups belong to more than one user pool.
        ConflictingGroupsError: If two groups with the same name differ.
        ValueError: If `unknown_groups` is neither of the two.
        TypeError: If `memberships` is the name of a table, but no session is passed.
        EngineError: If the engine raises an error that may quote a row.
        ImportError: If the extra `pool` is missing.
        Exception: If the engine raises any other.
    """
    if unknown_groups not in ("refuse", "ignore"):
        raise ValueError(f"unknown_groups: must be 'refuse' or 'ignore', got {unknown_groups!r}")
    with ExitStack() as stack:
        engine = stack.enter_context(closing(_choose_engine(memberships, session)))
        ranking = resolve(read_groups(engine, groups)).ranking
        ranked = RankedGroups(ranking)
        side = Side(read_memberships(engine, memberships), ranked.create_table(engine))
        sets = materialize_sets(engine, side)
        counted = engine.materialize(engine.query(COUNTED_SETS, sets=sets))
        ranks = query_ranks(engine, side, counted)
        distinct = engine.query(DISTINCT_SETS, counted=counted, ranks=ranks)
        resolver = SetResolver(engine.fetch_rows(distinct), ranked, policy)
        answers = engine.create_table(resolver, _ANSWERS)
        if resolver.found_unknown and unknown_groups == "refuse":
            remedy = 'pass all groups of the pool, or unknown_groups="ignore"'
            refuse_unknown_names(engine, side.memberships, ranking, remedy=remedy)
        claims = engine.query(CLAIMS, sets=sets, answers=answers)
        stack.pop_all()
        return BulkResolution(engine, claims, resolver)


class SetResolver(Iterable[tuple[Any, ...]]):
    """Resolve the different sets as they are read, and count their users."""

    def __init__(self, rows: Iterator[tuple[Any, ...]], ranked: RankedGroups, policy: Policy) -> None:
        self._rows: Iterator[tuple[Any, ...]] = rows
        self._ranked: RankedGroups = ranked
        self._policy: Policy = policy
        self.users: int = 0
        self.sets: int = 0
        self.outcomes: Counter[str] = Counter()
        self.roles: Counter[str] = Counter()
        self.open_questions: Counter[str] = Counter()
        self.found_unknown: bool = False

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for set_id, ranks, users, named in self._rows:
            if named < users:
                raise InvalidTableError("memberships", "username is null in at least one row")
            resolution = resolve(self._ranked.select(set_id, ranks), policy=self._policy)
            outcome = resolution.outcome.name
            questions = [question.id for question in resolution.open_questions]
            self.users += users
            self.sets += 1
            self.outcomes[outcome] += users
            self.open_questions.update(dict.fromkeys(questions, users))
            self.found_unknown = self.found_unknown or ranks[0] == UNKNOWN_RANK  # it sorts first
            claims = resolution.claims
            if claims.preferred_role is not None:
                self.roles[claims.preferred_role] += users
            yield int(set_id), claims.groups, claims.roles, claims.preferred_role, outcome, questions


def _choose_engine(memberships: object, session: object) -> Engine[Any]:
    if find_owner(session) == Spark.name:
        return Spark(session)
    if find_owner(memberships) == Spark.name:
        return Spark(cast("SparkFrame", memberships).sparkSession)
    return DuckDB(cast("DuckDBPyConnection | None", session))
