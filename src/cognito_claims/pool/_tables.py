"""Tables of groups and memberships that other programs wrote."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from itertools import groupby
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from cognito_claims._counts import format_count
from cognito_claims._wire.base import to_wire_name
from cognito_claims._wire.parsing import parse_request, parse_response
from cognito_claims._wire.scalars import MAX_NAME_LENGTH
from cognito_claims.errors import (
    InvalidMembershipError,
    InvalidResponseError,
    MixedUserPoolsError,
    Problem,
)
from cognito_claims.models import MAX_GROUPS_PER_POOL, GroupType, ListGroupsRequest, ListGroupsResponse
from cognito_claims.pool._columns import (
    GROUP_COLUMNS,
    MEMBERSHIP_COLUMNS,
    InvalidTableError,
    describe_misspelled,
    find_columns,
)
from cognito_claims.pool._csv import describe_malformed, is_csv, is_file, read_header, scan_csv, to_file
from cognito_claims.pool.engines.duckdb import DuckDB
from cognito_claims.pool.engines.protocol import Engine, EngineError, SparkFrame, find_owner
from cognito_claims.resolver import resolve

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

STRING_MEMBERSHIPS = """
select cast(username as string) as username, group_name from {memberships}
"""
UNKNOWN_NAMES = """
select /*+ broadcast(names) */ distinct group_name
from {memberships} as memberships left join {names} as names using (group_name) where known is null
"""
KNOWN_NAME = """
select group_name from {memberships} as memberships join {names} as names using (group_name) limit 1
"""
INVALID_USERNAMES = r"""
select bool_or(username is null), bool_or(
    length(username) not between 1 and {max_length} or regexp_matches(username, '[\p{{Z}}\p{{C}}]')
), count(group_name) from {memberships}
"""
"""It reads both columns, since DuckDB 1 locates a malformed value only if it reads all before it."""

SORTED_MEMBERSHIPS = """
select username, group_name from {memberships} order by group_name, username
"""

_DECIDING_FIELDS: dict[str, str] = dict.fromkeys(
    ("group_name", "user_pool_id", "role_arn", "precedence"), "{}"
)
# DuckDB would need pytz to return dates with a time zone, and writes the offset of a whole hour as "+01".
_DATE = r"regexp_replace(cast({} as varchar), '([+-][0-9][0-9])$', '\1:00')"
_FIELDS = {field: _DATE if kind.startswith("TIMESTAMP") else "{}" for field, kind in GROUP_COLUMNS.items()}
_NAIVE_TYPES = {"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}
# As DuckDB and Spark write them; Spark reads strings that are not marked as such as binary.
_NAME_TYPE = re.compile(
    r"varchar|string|binary|uuid|enum\(.*|u?(tiny|small|big|huge)?int(eger)?", re.IGNORECASE | re.DOTALL
)
_MAX_SHOWN = 5

Memberships: TypeAlias = "str | os.PathLike[str] | DuckDBPyRelation | Iterable[tuple[str, str]]"
PoolGroups: TypeAlias = (
    "str | os.PathLike[str] | DuckDBPyRelation | Iterable[GroupType | Mapping[str, object]]"
)
Groups: TypeAlias = "PoolGroups | SparkFrame"


class UnknownGroupsError(InvalidMembershipError):
    """Memberships name groups that were not passed, so their effect is unknown.

    Attributes:
        group_names: The names, sorted; `None`, which comes first, for a missing name. Empty if not even
            one name is that of a group, since these may be usernames.
    """

    def __init__(self, group_names: Sequence[str | None], remedy: str) -> None:
        super().__init__(tuple(group_names), remedy)
        self.group_names: tuple[str | None, ...] = tuple(group_names)
        self._remedy = remedy

    def __str__(self) -> str:
        if not self.group_names:
            return "memberships: no group_name is the name of a group: are the columns swapped?"
        count = len(self.group_names)
        shown = [repr(name) if name is not None else "(null)" for name in self.group_names[:_MAX_SHOWN]]
        more = f" and {count - _MAX_SHOWN:,} more" if count > _MAX_SHOWN else ""
        groups = format_count(count, "unknown group")
        return f"memberships.group_name: {groups}: {', '.join(shown)}{more}; {self._remedy}"


class PoolTables(NamedTuple):
    """The tables of a pool, checked."""

    user_pool_id: str
    """The ID of the pool."""

    groups: tuple[GroupType, ...]
    """The groups, by name, each with the ID of the pool."""

    memberships: Iterator[tuple[str, str]]
    """Usernames with the names of groups, by group and username, each once."""


@contextmanager
def open_tables(
    groups: PoolGroups, memberships: Memberships, user_pool_id: str | None
) -> Generator[PoolTables]:
    """Check the tables of a pool, and yield them.

    Raises:
        InvalidTableError: If a table lacks a column or has a misspelled one, a username or a row is
            invalid, a file is damaged, there are too many groups, or the ID of the pool is missing.
        UnknownGroupsError: If memberships name groups that are not in `groups`.
        InvalidResponseError: If a group that is not in a table does not fit its model.
        InvalidRequestError: If the ID of the pool is invalid.
        MixedUserPoolsError: If the groups belong to more than one user pool.
        ConflictingGroupsError: If two groups with the same name differ.
        EngineError: If DuckDB raises an error that may quote a row.
    """
    with closing(_open_engine(ordered=False)) as engine:
        found = _read_pool_groups(groups)
        pool_id = _find_pool_id(found, user_pool_id)
        located = (group.model_copy(update={"user_pool_id": pool_id}) for group in found)
        by_name = tuple(sorted(resolve(located).ranking, key=lambda group: group.group_name))
        with _locate_damage("memberships", memberships):
            table = _read_pool_memberships(engine, memberships)
            _check_memberships(engine, table, by_name)
        rows = engine.fetch_rows(engine.query(SORTED_MEMBERSHIPS, memberships=table))
        yield PoolTables(pool_id, by_name, (pair for pair, _ in groupby(rows)))


def _open_engine(*, ordered: bool) -> DuckDB:
    # Each thread needs memory, and sorting spills what exceeds the limit.
    return DuckDB(ordered=ordered, memory_limit="512MB", threads="2")


def _read_pool_groups(groups: PoolGroups) -> tuple[GroupType, ...]:
    if not is_table(groups):
        found = resolve(cast("Iterable[GroupType]", groups)).ranking
        _require_few_groups(len(found))
        return found
    # In order, so that errors have the numbers of the rows.
    with closing(_open_engine(ordered=True)) as engine, _locate_damage("groups", groups):
        table, types = _read_source(engine, "groups", groups)
        [(count,)] = engine.fetch_rows(engine.query("select count(*) from {groups}", groups=table))
        _require_few_groups(count)
        rows = _fetch_groups(engine, table, types, _FIELDS)
    first = 1
    if is_csv(groups):
        first = 2  # after the header
        for row in rows:
            row["Precedence"] = _parse_digits(row.get("Precedence"))
    try:
        return parse_response(ListGroupsResponse, {"Groups": rows}).groups
    except InvalidResponseError as error:
        reasons = [_describe_row(problem, first) for problem in error.problems]
    raise InvalidTableError("groups", "\n".join(reasons))


def _describe_row(problem: Problem, first: int) -> str:
    index, _, field = problem.path.removeprefix("Groups[").partition("].")
    return f"row {int(index) + first}: {field}: {problem.reason}"


def _require_few_groups(count: int) -> None:
    if count > MAX_GROUPS_PER_POOL:
        reason = f"has {count:,} rows, and a user pool has at most {MAX_GROUPS_PER_POOL:,} groups"
        raise InvalidTableError("groups", reason)


def _parse_digits(value: object) -> object:
    return int(value) if isinstance(value, str) and re.fullmatch("-?[0-9]{1,18}", value) else value


def _find_pool_id(groups: Iterable[GroupType], user_pool_id: str | None) -> str:
    """Return the ID of the pool, which is the argument, that of the groups, or both."""
    ids = {group.user_pool_id for group in groups if group.user_pool_id is not None}
    if user_pool_id is not None:
        ids.add(parse_request(ListGroupsRequest, {"UserPoolId": user_pool_id}).user_pool_id)
    if not ids:
        raise InvalidTableError("groups", "has no user_pool_id; pass the ID of the user pool")
    if len(ids) > 1:
        raise MixedUserPoolsError(sorted(ids))
    return ids.pop()


def _read_pool_memberships(engine: DuckDB, memberships: Memberships) -> str:
    if not is_table(memberships):
        return engine.create_table(_iterate_pairs(memberships), "username text, group_name text")
    table = _select_memberships(engine, *_read_source(engine, "memberships", memberships))
    return engine.query(STRING_MEMBERSHIPS, memberships=table)


def _iterate_pairs(rows: object) -> Iterator[tuple[str, str]]:
    for row in cast("Iterable[object]", rows):
        match row:
            case (str() as username, str() as group_name):
                yield username, group_name
            case _:
                raise InvalidTableError(
                    "memberships", "each must be a pair of strings: username, group_name"
                )


def _check_memberships(engine: DuckDB, memberships: str, groups: Iterable[GroupType]) -> None:
    checks = engine.query(INVALID_USERNAMES, memberships=memberships, max_length=str(MAX_NAME_LENGTH))
    [(missing, invalid, _)] = engine.fetch_rows(checks)
    if missing:
        raise InvalidTableError("memberships", "username is null in at least one row")
    if invalid:
        expected = f"1 to {MAX_NAME_LENGTH} characters without white space or control characters"
        raise InvalidTableError("memberships", f"username must be {expected} in every row")
    refuse_unknown_names(engine, memberships, groups, remedy="pass all groups of the pool")


def _read_source(engine: DuckDB, name: str, source: object) -> tuple[str, Mapping[str, str]]:
    """Return a relation or a file, and the types of its columns. A file is CSV if it is not Parquet."""
    if isinstance(source, str):
        source = Path(source)  # without a session, no string is the name of a table
    if not is_csv(source):
        return read_table(engine, name, source, remedy="pass a file")
    path = to_file(source)
    columns = read_header(name, path)
    return scan_csv(path, columns), dict.fromkeys(columns, "VARCHAR")


@contextmanager
def _locate_damage(name: str, source: object) -> Generator[None]:
    """Raise `InvalidTableError` if DuckDB cannot read a file, with the line if it is CSV."""
    try:
        yield
    except EngineError as error:
        if not is_file(source):
            raise
        reason = "is damaged"
        if error.line is not None:
            reason = describe_malformed(error.line, len(read_header(name, to_file(source))))
        raise InvalidTableError(name, reason) from None


def read_groups(engine: Engine[Any], groups: Groups) -> tuple[GroupType, ...]:
    """Return the groups of a caller, with the fields that decide.

    Raises:
        InvalidTableError: If a column is misspelled, or the table is not the engine's.
        InvalidResponseError: If a group does not fit its model.
    """
    if not is_table(groups):
        return resolve(cast("Iterable[GroupType]", groups)).ranking
    table, types = read_table(engine, "groups", groups, remedy="pass the groups themselves")
    rows = _fetch_groups(engine, table, types, _DECIDING_FIELDS)
    return parse_response(ListGroupsResponse, {"Groups": rows}).groups


def _fetch_groups(
    engine: Engine[Any], table: Any, types: Mapping[str, str], expressions: Mapping[str, str]
) -> list[dict[str, object]]:
    """Return the groups of a table in AWS's shape, with the fields that have an expression."""
    if (renames := describe_misspelled(types)) is not None:
        raise InvalidTableError("groups", renames)
    found = find_columns("groups", types, expressions, required=["group_name"])
    for field, column in found.items():
        if field.endswith("_date") and types[column] in _NAIVE_TYPES:
            raise InvalidTableError("groups", f"{column}: must have a time zone, such as UTC: add it")
    selected = ", ".join(expressions[field].format(column) for field, column in found.items())
    rows = engine.fetch_rows(engine.query(f"select {selected} from {{groups}}", groups=table))
    names = [to_wire_name(field) for field in found]
    groups = [dict[str, object](zip(names, row, strict=True)) for row in rows]
    for group in groups:
        group["Precedence"] = _convert_whole(group.get("Precedence"))
    return groups


def _convert_whole(value: object) -> object:
    """Return a whole number as an integer, and NaN as null: pandas stores integers with nulls as floats."""
    if not isinstance(value, (float, Decimal)):
        return value
    if isnan(value):
        return None
    return int(value) if value % 1 == 0 else value


def read_memberships(engine: Engine[Any], memberships: object) -> Any:
    """Return the two columns of the memberships of a caller.

    Raises:
        InvalidTableError: If it lacks one of them or has one of another type, or is not a table of the
            engine.
    """
    if not is_table(memberships):
        got = type(memberships).__name__
        reason = f"must be a Parquet file, the name of a table, or a table of {engine.name}, got {got}"
        raise InvalidTableError("memberships", reason)
    return _select_memberships(
        engine, *read_table(engine, "memberships", memberships, remedy="pass a file")
    )


def _select_memberships(engine: Engine[Any], table: Any, types: Mapping[str, str]) -> Any:
    found = find_columns(
        "memberships", types, MEMBERSHIP_COLUMNS, required=MEMBERSHIP_COLUMNS, ignore_case=True
    )
    for column in found.values():
        if _NAME_TYPE.fullmatch(types[column]) is None:
            got = re.split("[(<]", types[column])[0]  # the rest may be names of fields
            reason = f"{column}: must be strings, integers, UUIDs or enums, got {got}"
            raise InvalidTableError("memberships", reason)
    username, group_name = (found[field] for field in MEMBERSHIP_COLUMNS)
    # Without the cast, a column of numbers would join by value: 5 with the group '05'.
    selected = f"{username} as username, cast({group_name} as string) as group_name"
    return engine.query(f"select {selected} from {{memberships}}", memberships=table)


def is_table(table: object) -> bool:
    """Return whether a value is a file, the name of a table, or a table of an engine."""
    return is_file(table) or find_owner(table) is not None


def read_table(
    engine: Engine[Any], name: str, source: object, *, remedy: str
) -> tuple[Any, Mapping[str, str]]:
    """Return a caller's table, and the types of its columns.

    Raises:
        InvalidTableError: If it is a table of a different engine.
    """
    owner = find_owner(source)
    if owner not in (engine.name, None):
        reason = f"expected a table of {engine.name}, got one of {owner}: {remedy}"
        raise InvalidTableError(name, reason)
    table = engine.read(source)
    return table, engine.list_types(table)


def refuse_unknown_names(
    engine: Engine[Any], memberships: Any, groups: Iterable[GroupType], *, remedy: str
) -> None:
    """Raise `UnknownGroupsError` if memberships have names that no group has."""
    names = engine.create_table(((group.group_name, 1) for group in groups), "group_name text, known int")
    rows = engine.fetch_rows(engine.query(UNKNOWN_NAMES, memberships=memberships, names=names))
    unknown = sorted((name for (name,) in rows), key=lambda name: name or "")
    if unknown:
        known = engine.fetch_rows(engine.query(KNOWN_NAME, memberships=memberships, names=names))
        # If none is known, they are probably usernames.
        raise UnknownGroupsError(unknown if any(known) else (), remedy)
