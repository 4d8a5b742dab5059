"""Resolve memberships on a cluster of Spark, and print the result as JSON."""

import json
import sys
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from cognito_claims.pool import BulkResolution, resolve_memberships
from tests.spark import list_settings


def can_run_python(spark: Any) -> bool:
    """Return whether the executors can run a function of Python."""
    try:
        return bool(spark.sparkContext.parallelize([1]).map(str).collect())
    except Exception as error:
        if "/nonexistent/python" not in str(error):
            raise
        return False


def main(url: str, folder: str, groups: str) -> None:
    settings: dict[str, bool | float | int | str | None] = {
        **list_settings(Path(folder)),
        "spark.executor.memory": "512m",
        "spark.log.level": "ERROR",
        "spark.task.maxFailures": "1",
        # Do not start before both executors have registered.
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        "spark.scheduler.maxRegisteredResourcesWaitingTime": "100s",
    }
    spark: Any = SparkSession.builder.master(url).config(map=settings).getOrCreate()
    tracker: Any = spark.sparkContext._jsc.sc().statusTracker()
    result: BulkResolution[Any]
    with resolve_memberships(f"{folder}/memberships.parquet", json.loads(groups), session=spark) as result:
        rows = [list(row) for row in result.table.collect()]
        executors = len(tracker.getExecutorInfos()) - 1  # the driver is listed too
    print(json.dumps({"rows": rows, "executors": executors, "python": can_run_python(spark)}))
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
