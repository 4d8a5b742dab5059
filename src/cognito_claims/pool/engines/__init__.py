"""SQL engines: the embedded DuckDB, or a Spark session of the caller."""
