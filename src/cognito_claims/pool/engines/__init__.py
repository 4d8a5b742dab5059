"""SQL engines: the embedded DuckDB, or a Spark session of the caller.

A statement names its tables in braces, and each engine inserts its own tables
there, so one plain statement runs on both.
"""

from cognito_claims.pool.engines.duckdb import DuckDB, connect
from cognito_claims.pool.engines.protocol import Engine, SparkFrame, SparkSession, find_owner
from cognito_claims.pool.engines.spark import Spark, is_spark

__all__ = [
    "DuckDB",
    "Engine",
    "Spark",
    "SparkFrame",
    "SparkSession",
    "connect",
    "find_owner",
    "is_spark",
]
