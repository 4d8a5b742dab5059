"""Spark as its users run it: plans without needless exchanges, Spark Connect, a cluster without Python."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from cognito_claims.pool import UnknownGroupsError, resolve_memberships
from cognito_claims.pool._resolve import COUNTED_SETS
from cognito_claims.pool._user_sets import RankedGroups, Side, materialize_sets
from cognito_claims.pool.engines.spark import Spark
from tests.spark import NO_PYTHON, cluster, connect_server
from tests.test_pool_resolve import EXPECTED, GROUPS, MEMBERS, group_file, membership_file, read_answers

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def count_nodes(frame: Any) -> dict[str, int]:
    """Count the nodes of a plan that move rows or join, the plans of cached tables included."""
    plan = frame._jdf.queryExecution().executedPlan().toString()
    kinds = ("BroadcastExchange", "BroadcastHashJoin", "Exchange", "InMemoryRelation", "SortMergeJoin")
    found = re.findall(r"(?:\+- |:- |^)(?:\*\(\d+\) )?(\w+)", plan, re.MULTILINE)
    return {kind: found.count(kind) for kind in kinds if kind in found}


class TestThePlan:
    """Rows are moved once, to gather a user's groups. The small tables are sent to the rows."""

    @pytest.fixture
    def spark(self, spark: "SparkSession") -> Iterator["SparkSession"]:
        # Only the hints may lead to broadcast joins, and the plan must not change while it runs.
        settings = {"spark.sql.adaptive.enabled": "false", "spark.sql.autoBroadcastJoinThreshold": "-1"}
        for name, value in settings.items():
            spark.conf.set(name, value)
        yield spark
        for name in settings:
            spark.conf.unset(name)

    def test_of_the_result_moves_rows_once(self, spark: "SparkSession", tmp_path: Path) -> None:
        with resolve_memberships(membership_file(tmp_path), GROUPS, session=spark) as result:
            assert count_nodes(result.table) == {
                "Exchange": 1,  # by user
                "BroadcastExchange": 2,  # the ranks, and the answers
                "BroadcastHashJoin": 2,
                "InMemoryRelation": 1,  # the sets are not computed again
            }

    def test_of_the_different_sets_moves_rows_once_more(
        self, spark: "SparkSession", tmp_path: Path
    ) -> None:
        engine = Spark(spark)
        ranks = RankedGroups(GROUPS).create_table(engine)
        sets = materialize_sets(engine, Side(engine.read(membership_file(tmp_path)), ranks))
        counted = engine.query(COUNTED_SETS, sets=sets)
        assert count_nodes(engine.to_native(counted)) == {
            "Exchange": 2,  # by user, then the partial counts by set
            "BroadcastExchange": 1,
            "BroadcastHashJoin": 1,
            "InMemoryRelation": 1,
        }
        engine.close()


class TestAFrameThatTheCallerCached:
    def test_stays_cached(self, spark: "SparkSession", tmp_path: Path) -> None:
        frame = spark.read.parquet(str(membership_file(tmp_path))).cache()
        with resolve_memberships(frame, GROUPS) as result:
            assert read_answers(result) == EXPECTED
            assert "InMemoryRelation" in count_nodes(result.table)
        assert "InMemoryRelation" in count_nodes(frame.select("username"))
        frame.unpersist()

    def test_leaves_nothing_of_ours_in_the_cache(self, spark: "SparkSession", tmp_path: Path) -> None:
        with resolve_memberships(membership_file(tmp_path), GROUPS, session=spark) as result:
            table = result.table
        assert spark.catalog.listTables() == []
        assert "InMemoryRelation" not in count_nodes(table.select("username"))


class TestTheNameOfATable:
    @pytest.mark.parametrize("use", ["memberships", "groups"])
    def test_may_be_a_path_in_backticks(self, spark: "SparkSession", tmp_path: Path, use: str) -> None:
        tables = {"memberships": membership_file(tmp_path), "groups": group_file(tmp_path)}
        named: dict[str, Any] = {**tables, use: f"parquet.`{tables[use]}`"}
        with resolve_memberships(**named, session=spark) as result:
            assert read_answers(result) == EXPECTED

    @pytest.mark.parametrize("name", ["delta.`/data/members`", "main.`sales/eu`.members", "`a.parquet`"])
    def test_with_backticks_needs_a_session(self, name: str) -> None:
        with pytest.raises(TypeError, match="session="):
            resolve_memberships(name, GROUPS)

    def test_is_not_a_path_that_has_backticks(self, tmp_path: Path) -> None:
        path = tmp_path / "it`s `odd`.parquet"
        membership_file(tmp_path).rename(path)
        with resolve_memberships(str(path), GROUPS) as result:
            assert read_answers(result) == EXPECTED


class TestASmallTable:
    COLUMNS = "name text, set_id decimal(38,0), names text[], rank int"
    ROWS: tuple[tuple[Any, ...], ...] = (
        ('it\'s \\ "{x}" :rows żółć\n', 2**96 - 1, ["a", ""], 5),
        (None, -1, [], None),
        ("", None, ["\0"], 2**31 - 1),
    )

    @pytest.mark.parametrize("max_text", [1, 10_000])
    def test_holds_any_text(
        self, spark: "SparkSession", max_text: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Spark, "max_text", max_text)
        engine = Spark(spark)
        found = engine.fetch_rows(engine.create_table(self.ROWS, self.COLUMNS))
        assert sorted(found, key=repr) == sorted(self.ROWS, key=repr)
        engine.close()

    def test_may_be_empty(self, spark: "SparkSession") -> None:
        engine = Spark(spark)
        table = engine.create_table([], self.COLUMNS)
        assert list(engine.fetch_rows(table)) == []
        assert [*engine.list_types(table)] == ["name", "set_id", "names", "rank"]
        engine.close()


@pytest.mark.slow
class TestSparkConnect:
    """A client without a JVM, and a server in a process of its own."""

    @pytest.fixture(scope="class")
    @staticmethod
    def connected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
        with connect_server(tmp_path_factory.mktemp("connect")) as url:
            from pyspark.sql.connect.session import SparkSession

            session: Any = SparkSession.builder.remote(
                url
            ).create()  # beside the classic one of other tests
            yield session
            session.stop()

    def test_resolves_files_and_tables(self, connected: Any, tmp_path: Path) -> None:
        with resolve_memberships(membership_file(tmp_path), GROUPS, session=connected) as result:
            assert read_answers(result) == EXPECTED
            result.write_parquet(tmp_path / "claims")
        rows = duckdb.execute(f"from '{tmp_path}/claims/*.parquet'").fetchall()
        assert {name: claims for name, *claims in rows} == EXPECTED
        assert connected.catalog.listTables() == []

    def test_resolves_dataframes(self, connected: Any, tmp_path: Path) -> None:
        frame = connected.createDataFrame(
            [list(row) for row in MEMBERS], "username string, group_name string"
        )
        groups = connected.read.parquet(str(group_file(tmp_path)))
        with resolve_memberships(frame, groups) as result:
            assert read_answers(result) == EXPECTED

    def test_names_unknown_groups(self, connected: Any, tmp_path: Path) -> None:
        with pytest.raises(UnknownGroupsError, match="1 unknown group: 'club'"):
            resolve_memberships(membership_file(tmp_path), GROUPS[:3], session=connected)


@pytest.mark.slow
class TestAClusterOfTwoWorkers:
    def test_needs_no_python(self, tmp_path: Path) -> None:
        """Executors need nothing but Spark: no package of ours, and no Python at all."""
        membership_file(tmp_path)
        groups = json.dumps([group.model_dump(by_alias=True, mode="json") for group in GROUPS])
        with cluster(tmp_path) as url:
            driver = Path(__file__).with_name("cluster_driver.py")
            done = subprocess.run(
                [sys.executable, driver, url, tmp_path, groups],
                cwd=Path(__file__).parents[1],
                env={**os.environ, "PYTHONPATH": os.curdir, "PYSPARK_PYTHON": NO_PYTHON},
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 0, done.stderr
        printed = json.loads(done.stdout)
        assert {name: claims for name, *claims in printed["rows"]} == EXPECTED
        assert (printed["executors"], printed["python"]) == (2, False)
