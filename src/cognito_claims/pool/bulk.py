"""Resolving every user of a pool.

An engine gathers each user's set of groups by one plain statement, which is the
same for DuckDB and for Spark. Few sets come out, since many users are in the
same groups: each goes through `resolve()` once, and the answers are joined to
the users again, by the engine. No user passes through Python.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Literal,
    NamedTuple,
    Self,
    TypeAlias,
    TypeVar,
    cast,
    overload,
)

from cognito_claims._wire import parse_response, wire_name
from cognito_claims.errors import CognitoClaimsError, InvalidMembershipError
from cognito_claims.models import GroupType, ListGroupsResponse
from cognito_claims.pool._engines import DuckDB, Engine, Spark, SparkFrame, SparkSession, is_of_spark
from cognito_claims.pool._limits import MOST_SAMPLES
from cognito_claims.resolver import DOCUMENTED, Policy, Resolution, resolve

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from cognito_claims.pool.snapshot import Snapshot

__all__ = ["BulkResolution", "InvalidTableError", "UnknownGroupsError", "resolve_memberships"]

SETS = """
select username, array_sort(array_agg(coalesce(rank, -1))) as ranks
from {memberships} left join {ranks} using (group_name)
group by username
"""
"""Each user's groups, as their places in the ranking of all; -1 is a name that no group has."""

DISTINCT_SETS = """
select ranks, count(*) as users, count(username) as named from {sets} group by ranks
"""

UNKNOWN_NAMES = """
select distinct group_name from {memberships} left join {ranks} using (group_name) where rank is null
"""

CLAIMS = """
select username, groups, roles, preferred_role, outcome, open_questions
from {sets} join {answers} using (ranks)
"""
SAMPLED_SETS = """
select ranks, count(*) as users, min(username, {samples}) as samples
from {sets} group by ranks order by ranks
"""
"""The sets with their users, and the first of these by name. DuckDB's own."""

_ANSWERS = {
    "ranks": "[int]",
    "groups": "[text]",
    "roles": "[text]",
    "preferred_role": "text",
    "outcome": "text",
    "open_questions": "[text]",
}
_UNKNOWN = -1

Groups: TypeAlias = (
    "str | os.PathLike[str] | DuckDBPyRelation | SparkFrame | Iterable[GroupType | Mapping[str, object]]"
)
FrameT = TypeVar("FrameT", bound=SparkFrame)
TableT_co = TypeVar("TableT_co", covariant=True)


class InvalidTableError(CognitoClaimsError, ValueError):
    """A table is not what it must be.

    Attributes:
        table: `memberships` or `groups`.
        reason: what is wrong.
    """

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(table, reason)
        self.table: str = table
        self.reason: str = reason

    def __str__(self) -> str:
        return f"{self.table}: {self.reason}"


class UnknownGroupsError(InvalidMembershipError):
    """Memberships name groups that are not among the groups: what they would change is not known.

    Attributes:
        group_names: the names, sorted; `None`, which is first, where a name is missing.
    """

    def __init__(self, group_names: Sequence[str | None]) -> None:
        super().__init__(tuple(group_names))
        self.group_names: tuple[str | None, ...] = tuple(group_names)

    def __str__(self) -> str:
        shown = [repr(name) if name is not None else "(null)" for name in self.group_names[:5]]
        more = ["..."] if len(self.group_names) > len(shown) else []
        names = ", ".join(shown + more)
        return (
            f'{len(self.group_names)} unknown: {names}; give those groups, or pass unknown_groups="ignore"'
        )


class BulkResolution(Generic[TableT_co]):
    """Every user of some memberships, resolved.

    Holds files, or what Spark keeps, until `close()` or the end of a `with` block.
    """

    def __init__(self, engine: Engine[Any], claims: Any, answers: _Answers, held: ExitStack) -> None:
        self._engine = engine
        self._claims = claims
        self._held = held
        self.users: int = answers.users
        """The number of users."""
        self.sets: int = answers.sets
        """The sets of groups that went through `resolve()`; if memberships come twice, more than differ."""
        self.outcomes: Mapping[str, int] = dict(answers.outcomes)
        """The users of each outcome: `preferred`, `ambiguous`, `no-role`."""
        self.open_questions: Mapping[str, int] = dict(answers.open_questions)
        """The users of each open question that their preferred role hangs on, by its id."""

    @property
    def table(self) -> TableT_co:
        """A row for each user.

        Its columns are `username`, `groups`, `roles`, `preferred_role`, `outcome` and `open_questions`. A
        relation of DuckDB or a DataFrame of Spark, which is computed when it is read: hold this
        result until then. `groups` is in the order of `Resolution.ranking`, which is this library's own.
        """
        return cast("TableT_co", self._engine.hand_over(self._claims))

    def write_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write the table as Parquet: DuckDB a file, in place of one that is there; Spark a new folder."""
        self._engine.write(self._claims, Path(path))

    def close(self) -> None:
        """Let go of everything. The table cannot be read any more."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


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
    policy: Policy = DOCUMENTED,
    unknown_groups: Literal["refuse", "ignore"] = "refuse",
    session: object = None,
) -> BulkResolution[Any]:
    """Resolve every user who is in some group, by one set of rules: `resolve()`.

    Args:
        memberships: a table with the columns `username` and `group_name`, a row for each membership, in any
            order: a Parquet file, a DuckDB relation (it is copied), a Spark DataFrame, or the name of a
            table of the session. A text with a slash or the suffix `.parquet` is a file, or several by `*`.
        groups: all groups of the pool. Such a table, with the columns `group_name`, `role_arn`,
            `precedence` (whole numbers, of a type of whole numbers) and `user_pool_id` in AWS's names or in
            these, of which the first alone has to be there; or groups as `resolve()` takes them. The
            pool's id tells a group that a federated sign-in made, and groups of two pools.
        policy: how to answer what AWS leaves open.
        unknown_groups: what to do about memberships in groups that are not among the groups.
        session: a Spark session, for Spark to do the work; or the DuckDB connection that knows a table.

    Raises:
        InvalidTableError: a column is missing, or a username; a table is none, or not the engine's.
        UnknownGroupsError: memberships name groups that are not among the groups.
        InvalidResponseError: a group does not fit its model.
        MixedUserPoolsError: the groups belong to more than one user pool.
        ConflictingGroupsError: differing groups of one name.
        ValueError: `unknown_groups` is neither.
        TypeError: `memberships` names a table, and there is no session.
        ImportError: the extra `pool` is missing.
        Exception: whatever the engine raises.
    """
    if unknown_groups not in ("refuse", "ignore"):
        raise ValueError(f"unknown_groups: 'refuse' or 'ignore', not {unknown_groups!r}")
    with ExitStack() as held:
        scratch = held.enter_context(TemporaryDirectory(prefix="cognito-claims-"))
        engine = held.enter_context(closing(engine_for(memberships, session, Path(scratch))))
        ranking = resolve(read_groups(engine, groups)).ranking
        members = read_memberships(engine, memberships)
        sets = engine.keep(sets_of(engine, members, ranking))
        answers = _Answers(engine.rows(engine.sql(DISTINCT_SETS, sets=sets)), ranking, policy)
        answered = engine.make(answers, _ANSWERS)
        if answers.unknown and unknown_groups == "refuse":
            raise UnknownGroupsError(_unknown_names(engine, members, ranking))
        claims = engine.sql(CLAIMS, sets=sets, answers=answered)
        return BulkResolution(engine, claims, answers, held.pop_all())


class _Answers(Iterable[tuple[Any, ...]]):
    """The rows of all sets, resolved one by one, and what was counted on the way."""

    def __init__(
        self, rows: Iterator[tuple[Any, ...]], ranking: Sequence[GroupType], policy: Policy
    ) -> None:
        self._rows: Iterator[tuple[Any, ...]] = rows
        self._ranking: Sequence[GroupType] = ranking
        self._policy: Policy = policy
        self.users: int = 0
        self.sets: int = 0
        self.outcomes: Counter[str] = Counter()
        self.open_questions: Counter[str] = Counter()
        self.unknown: bool = False

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for ranks, users, named in self._rows:
            if named < users:
                raise InvalidTableError("memberships", "username is null in some row")
            resolution = resolve(groups_at(self._ranking, ranks), policy=self._policy)
            outcome = resolution.outcome.name
            questions = [question.id for question in resolution.open_questions]
            self.users += users
            self.sets += 1
            self.outcomes[outcome] += users
            self.open_questions.update(dict.fromkeys(questions, users))
            self.unknown = self.unknown or ranks[0] == _UNKNOWN
            claims = resolution.claims
            yield ranks, claims.groups, claims.roles, claims.preferred_role, outcome, questions


class UserSet(NamedTuple):
    """The users who are in the same groups."""

    resolution: Resolution
    """What they get."""

    users: int
    """How many there are."""

    samples: tuple[str, ...]
    """Some of them: the first by name."""


def user_sets(snapshot: Snapshot, *, policy: Policy, samples: int) -> Iterator[UserSet]:
    """Give the different sets of groups of a snapshot's users, in an order of their own."""
    with (
        TemporaryDirectory(prefix="cognito-claims-") as scratch,
        closing(DuckDB(Path(scratch))) as engine,
    ):
        ranking = resolve(snapshot.groups()).ranking
        members = engine.read(snapshot.memberships_file)
        sets = engine.sql(SAMPLED_SETS, sets=sets_of(engine, members, ranking), samples=sampled(samples))
        for ranks, users, names in engine.rows(sets):
            yield UserSet(resolve(groups_at(ranking, ranks), policy=policy), users, tuple(names))


@dataclass
class Tally:
    """How many users there are, and the first of them by name."""

    most: int
    users: int = 0
    samples: list[str] = field(default_factory=list[str])

    def add(self, users: int, samples: Sequence[str]) -> None:
        """Count more users; the samples of both are sorted."""
        self.users += users
        if len(self.samples) < self.most or (self.samples and samples[0] < self.samples[-1]):
            self.samples = sorted([*self.samples, *samples])[: self.most]


def sampled(samples: int) -> str:
    """Write how many users a statement is to name.

    Raises:
        ValueError: that is less than none, or too many to be samples.
    """
    if not 0 <= samples <= MOST_SAMPLES:
        raise ValueError(f"samples: must be from 0 to {MOST_SAMPLES:,}, not {samples:,}")
    return str(max(samples, 1))  # DuckDB's least; it is cut off again


def engine_for(memberships: object, session: object, scratch: Path) -> Engine[Any]:
    """Give the engine that does the work."""
    if is_of_spark(session):
        return Spark(session)
    if is_of_spark(memberships):
        return Spark(cast("SparkFrame", memberships).sparkSession)
    return DuckDB(scratch, cast("DuckDBPyConnection | None", session))


def read_groups(engine: Engine[Any], groups: Groups) -> tuple[GroupType, ...]:
    """Give the groups of a table, or as they are."""
    if not _is_table(groups):
        return resolve(cast("Iterable[GroupType]", groups)).ranking
    if _owner(groups) not in (engine.name, None):
        reason = f"are a table of {_owner(groups)}, and {engine.name} does the work"
        raise InvalidTableError("groups", f"{reason}: hand over the groups themselves")
    table = engine.read(groups)
    fields = ("group_name", "user_pool_id", "role_arn", "precedence")
    names = {column.lower(): column for column in engine.columns(table)}
    found = {
        field: column
        for field in fields
        if (column := names.get(field) or names.get(wire_name(field).lower())) is not None
    }
    if "group_name" not in found:
        raise InvalidTableError("groups", f"has no column group_name; it has {', '.join(names.values())}")
    selected = engine.sql(f"select {', '.join(found.values())} from {{groups}}", groups=table)
    rows = [dict(zip(map(wire_name, found), row, strict=True)) for row in engine.rows(selected)]
    return parse_response(ListGroupsResponse, {"Groups": rows}).groups


def _is_table(groups: object) -> bool:
    return isinstance(groups, _NAMES) or _owner(groups) is not None


def _owner(table: object) -> str | None:
    """Give the engine whose table it is."""
    kind = type(table).__module__.lstrip("_").partition(".")[0]
    return {"duckdb": "DuckDB", "pyspark": "Spark"}.get(kind)


_NAMES: tuple[type, ...] = (str, os.PathLike)


def read_memberships(engine: Engine[Any], memberships: object) -> Any:
    """Give the memberships, without what else their table has."""
    if not _is_table(memberships):
        kind = type(memberships).__name__
        reason = f"must be a Parquet file, the name of a table, or a table of {engine.name}, not a {kind}"
        raise InvalidTableError("memberships", reason)
    if _owner(memberships) not in (engine.name, None):
        reason = f"are a table of {_owner(memberships)}, and {engine.name} does the work: hand over a file"
        raise InvalidTableError("memberships", reason)
    table = engine.read(memberships)
    columns = {column.lower(): column for column in engine.columns(table)}
    if missing := [name for name in ("username", "group_name") if name not in columns]:
        reason = f"has no column {' and no column '.join(missing)}; it has {', '.join(columns.values())}"
        raise InvalidTableError("memberships", reason)
    username, group_name = columns["username"], columns["group_name"]
    named = f"{username} as username, cast({group_name} as string) as group_name"
    return engine.sql(f"select {named} from {{memberships}}", memberships=table)


def sets_of(engine: Engine[Any], members: Any, ranking: Sequence[GroupType]) -> Any:
    """Give each user's groups, as their places in the ranking."""
    return engine.sql(SETS, memberships=members, ranks=_ranks(engine, ranking))


def _ranks(engine: Engine[Any], ranking: Sequence[GroupType]) -> Any:
    rows = ((group.group_name, rank) for rank, group in enumerate(ranking))
    return engine.make(rows, {"group_name": "text", "rank": "int"})


def groups_at(ranking: Sequence[GroupType | None], ranks: Iterable[int]) -> list[GroupType]:
    """Give the groups at these places, where there are some."""
    groups = (ranking[rank] for rank in ranks if rank != _UNKNOWN)
    return [group for group in groups if group is not None]


def _unknown_names(engine: Engine[Any], members: Any, ranking: Sequence[GroupType]) -> list[str | None]:
    found = engine.sql(UNKNOWN_NAMES, memberships=members, ranks=_ranks(engine, ranking))
    names: list[str | None] = [name for (name,) in engine.rows(found)]
    return sorted(names, key=lambda name: name or "")
