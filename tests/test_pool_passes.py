"""Pools that do not fit in memory: the users of a pass at a time, with the results of a single pass."""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cognito_claims.pool import (
    Edits,
    InvalidTableError,
    Snapshot,
    UnknownGroupsError,
    audit,
    diff,
    resolve_memberships,
)
from cognito_claims.pool._user_sets import RankedGroups, Side, query_sets
from cognito_claims.pool.engines.duckdb import DuckDB
from tests.pool_data import GROUPS, write_snapshot

pytestmark = pytest.mark.slow

USERS = 50
NAMES = [group.group_name for group in GROUPS]
PASSES = pytest.mark.parametrize("max_memory", [100, 1_000, 6_000, 100_000])
Bound = Callable[[int], None]
Change = Callable[[Path, str], None]


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> Bound:
    """Set the memory that DuckDB may take to group rows."""
    return lambda max_memory: monkeypatch.setattr(DuckDB, "max_memory", max_memory)


def snapshot(folder: Path, shift: int = 0) -> Snapshot:
    """Write a pool of 50 users in one to four groups; a shift moves each of them, some in and some out."""
    members: dict[str, list[str]] = {name: [] for name in NAMES}
    for user in range(shift, USERS):
        for group in range(user % 4 + 1):
            members[NAMES[(user * (shift + 3) + group) % len(NAMES)]].append(f"user {user:02}")
    return write_snapshot(folder, GROUPS, members)


class TestTheResultOfSeveralPasses:
    """It is that of one pass."""

    @PASSES
    def test_of_resolving(self, tmp_path: Path, bound: Bound, max_memory: int) -> None:
        def resolve() -> tuple[list[Any], list[Any]]:
            with resolve_memberships(pool.memberships_file, pool.path / "groups.parquet") as result:
                result.write_parquet(tmp_path / "claims.parquet")
                counts = [result.users, result.sets, result.outcomes, result.open_questions]
                return sorted(result.table.fetchall()), counts

        pool = snapshot(tmp_path / "pool")
        expected = resolve()
        bound(max_memory)
        assert resolve() == expected
        assert len(expected[0]) == USERS
        rows = duckdb.execute(f"from '{tmp_path}/claims.parquet' order by username").fetchall()
        assert rows == expected[0]

    @PASSES
    @pytest.mark.parametrize("samples", [0, 2, 100])
    def test_of_an_audit(self, tmp_path: Path, bound: Bound, max_memory: int, samples: int) -> None:
        pool = snapshot(tmp_path / "pool")
        expected = audit(pool, samples=samples)
        bound(max_memory)
        assert audit(pool, samples=samples) == expected
        assert expected.users == USERS
        assert any(finding.samples for finding in expected.findings) == bool(samples)

    @PASSES
    @pytest.mark.parametrize("samples", [0, 2, 100])
    @pytest.mark.parametrize("edited", [False, True])
    def test_of_a_diff(
        self, tmp_path: Path, bound: Bound, max_memory: int, samples: int, edited: bool
    ) -> None:
        def compare() -> Any:
            out = tmp_path / "changed.parquet"
            found = diff(pool, after, samples=samples, users_out=out)
            return found, duckdb.execute(f"from '{out}'").fetchall()

        pool = snapshot(tmp_path / "pool")
        edits = Edits(precedences={"billing": 0}, dropped=frozenset(["admins"]))
        after = edits if edited else snapshot(tmp_path / "after", shift=5)
        expected = compare()
        bound(max_memory)
        assert compare() == expected
        assert 0 < expected[0].affected_users == len(expected[1]) <= expected[0].users == USERS

    @PASSES
    def test_of_a_relation(self, tmp_path: Path, bound: Bound, max_memory: int) -> None:
        bound(max_memory)
        with duckdb.connect() as connection:
            relation = connection.from_parquet(str(snapshot(tmp_path / "pool").memberships_file))
            with resolve_memberships(relation, GROUPS) as result:
                assert len(result.table.fetchall()) == result.users == USERS

    @PASSES
    @pytest.mark.parametrize(
        ("row", "error"),
        [("null, 'beta'", InvalidTableError), ("'user 01', null", UnknownGroupsError)],
    )
    def test_of_a_missing_value_is_an_error(
        self, tmp_path: Path, bound: Bound, max_memory: int, row: str, error: type[Exception]
    ) -> None:
        bound(max_memory)
        source = snapshot(tmp_path / "pool").memberships_file
        duckdb.execute(f"copy (from '{source}' union all select {row}) to '{tmp_path / 'members.parquet'}'")
        with pytest.raises(error):
            resolve_memberships(tmp_path / "members.parquet", GROUPS)


class TestMembershipsThatChangeWhileTheyAreRead:
    """The sums of the weights are computed first, and then the groups of one user for each sum."""

    CHANGES = pytest.mark.parametrize(
        "rows",
        [
            "select username, 'beta' as group_name from '{source}'",
            "select username || '!' as username, group_name from '{source}'",
            "from '{source}' union all select 'user 00', 'beta'",
        ],
        ids=["other groups", "other users", "one more group"],
    )

    @pytest.fixture
    def change(self, monkeypatch: pytest.MonkeyPatch) -> Change:
        """Replace a file as soon as the sets are computed."""

        def change(source: Path, rows: str) -> None:
            def materialize(engine: DuckDB, *parts: str) -> str:
                table = compute(engine, *parts)
                if "sum(" in parts[0]:
                    other = source.with_name("other.parquet")
                    duckdb.execute(f"copy ({rows.format(source=source)}) to '{other}'")
                    other.replace(source)
                return table

            compute = DuckDB.materialize
            monkeypatch.setattr(DuckDB, "materialize", materialize)

        return change

    @CHANGES
    def test_are_an_error_of_resolving(self, tmp_path: Path, change: Change, rows: str) -> None:
        source = snapshot(tmp_path / "pool").memberships_file
        change(source, rows)
        with pytest.raises(InvalidTableError, match="changed while they were read"):
            resolve_memberships(source, GROUPS)

    @CHANGES
    def test_are_an_error_of_an_audit(self, tmp_path: Path, change: Change, rows: str) -> None:
        pool = snapshot(tmp_path / "pool")
        change(pool.memberships_file, rows)
        with pytest.raises(InvalidTableError, match="changed while they were read"):
            audit(pool)

    @CHANGES
    def test_are_an_error_of_a_diff(self, tmp_path: Path, change: Change, rows: str) -> None:
        pool = snapshot(tmp_path / "pool")
        change(pool.memberships_file, rows)
        with pytest.raises(InvalidTableError, match="changed while they were read"):
            diff(pool, Edits(dropped=frozenset(["admins"])))


class TestThePasses:
    def test_follow_from_the_number_of_users(self, tmp_path: Path, bound: Bound) -> None:
        pool = snapshot(tmp_path / "pool")
        assert pool.manifest.memberships == 123
        count = "select approx_count_distinct(username) from {table}"
        for share, of_one, of_two in ((5, 1, 1), (1.2, 1, 2), (0.8, 2, 3), (0.45, 3, 5)):
            with closing(DuckDB()) as engine:
                members = engine.read(pool.memberships_file)
                [(estimate,)] = engine.fetch_rows(engine.query(count, table=members))
                assert estimate == pytest.approx(USERS, rel=0.2)  # it differs between versions
                bound(round(estimate * 190 * share))
                assert len(engine.split("username", members)) == of_one
                assert len(engine.split("username", members, members)) == of_two

    @PASSES
    def test_never_split_a_user(self, tmp_path: Path, bound: Bound, max_memory: int) -> None:
        bound(max_memory)
        pools = [snapshot(tmp_path / "one"), snapshot(tmp_path / "other", shift=5)]
        passes: list[Counter[str]] = [Counter(), Counter()]
        with closing(DuckDB()) as engine:
            ranks = RankedGroups(GROUPS).create_table(engine)
            sides = [Side(engine.read(pool.memberships_file), ranks) for pool in pools]
            for part, queries in enumerate(query_sets(engine, *sides)):
                for side, query in enumerate(queries):
                    for user, _ in engine.fetch_rows(query):
                        assert user not in passes[side]
                        passes[side][user] = part
        assert [len(users) for users in passes] == [USERS, USERS - 5]
        # A user is in the same pass on both sides.
        assert passes[1].items() <= passes[0].items()

    def test_write_where_only_their_user_can_read(
        self, tmp_path: Path, bound: Bound, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(scratch))
        bound(7)
        with resolve_memberships(snapshot(tmp_path / "pool").memberships_file, GROUPS):
            [folder] = scratch.iterdir()
            assert folder.stat().st_mode & 0o777 == 0o700
            assert len(list(folder.glob("*.parquet"))) > 1
        assert not list(scratch.iterdir())
