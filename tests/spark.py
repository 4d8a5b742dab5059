"""A real Spark in local mode. It requires Java 17; tests are skipped without it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MISSING = "PySpark needs Java 17 or newer: install it, or set JAVA_HOME"


def has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    if java is None:
        return False
    output = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', output)
    return found is not None and int(found[1]) >= 17


@contextmanager
def session(scratch: Path) -> Generator["SparkSession", None, None]:
    """Start Spark on loopback only."""
    if not has_java():
        if os.environ.get("COGNITO_CLAIMS_ALL_TESTS"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    from pyspark.sql import SparkSession

    settings: dict[str, bool | float | int | str | None] = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(scratch),
        "spark.log.level": "ERROR",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "PYSPARK_PYTHON", sys.executable
        )  # or its workers would run the first python3 on the path
        spark = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
        yield spark
        spark.stop()
