"""Real Sparks: local mode, a Connect server, a cluster. Without Java 17, their tests are skipped."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MISSING = "PySpark needs Java 17 or newer: install it, or set JAVA_HOME"
NO_PYTHON = "/nonexistent/python"


def has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    if java is None:
        return False
    output = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', output)
    return found is not None and int(found[1]) >= 17


def require_java() -> None:
    if not has_java():
        if os.environ.get("COGNITO_CLAIMS_ALL_TESTS"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)


def list_settings(scratch: Path) -> dict[str, str]:
    """Return settings that keep Spark on loopback, and its files in a folder."""
    return {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(scratch),
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }


@contextmanager
def session(scratch: Path) -> Generator["SparkSession", None, None]:
    """Start Spark in local mode."""
    require_java()
    from pyspark.sql import SparkSession

    settings: dict[str, bool | float | int | str | None] = {
        **list_settings(scratch),
        "spark.log.level": "ERROR",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "PYSPARK_PYTHON", sys.executable
        )  # or its workers would run the first python3 on the path
        spark = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
        yield spark
        spark.stop()


@contextmanager
def run_daemon(scratch: Path, command: str, *arguments: str, ready: str) -> Generator[str, None, None]:
    """Run a daemon of Spark until the end of the block, and yield what `ready` matches in its log."""
    require_java()
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "600m",
        "SPARK_DAEMON_JAVA_OPTS": "-Dspark.master.rest.enabled=false",
        "PYSPARK_PYTHON": NO_PYTHON,
    }
    with subprocess.Popen(
        [home / "bin" / command, *arguments],
        cwd=scratch,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        try:
            log: list[str] = []
            for line in process.stdout:
                log.append(line)
                if found := re.search(ready, line):
                    # Whoever writes to a full pipe waits.
                    threading.Thread(target=process.stdout.read, daemon=True).start()
                    yield found[1]
                    return
            pytest.fail(f"{command} ended:\n{''.join(log[-80:])}")
        finally:
            process.terminate()


@contextmanager
def connect_server(scratch: Path) -> Generator[str, None, None]:
    """Start a Spark Connect server in a process of its own, and yield its URL."""
    settings = list_settings(scratch) | {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": "0",
    }
    options = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    server = "org.apache.spark.sql.connect.service.SparkConnectServer"
    arguments = ("--master", "local[2]", "--class", server, *options, "spark-internal")
    ready = r"SparkConnectService' on port (\d+)"
    with run_daemon(scratch, "spark-submit", *arguments, ready=ready) as port:
        yield f"sc://127.0.0.1:{port}"


@contextmanager
def cluster(scratch: Path) -> Generator[str, None, None]:
    """Start a standalone cluster of two workers without Python, and yield its URL."""
    daemon = "org.apache.spark.deploy"
    address = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
    with ExitStack() as stack:
        url = stack.enter_context(
            run_daemon(
                scratch, "spark-class", f"{daemon}.master.Master", *address, ready=r"(spark://127\S+)"
            )
        )
        for number in range(2):
            resources = ("--cores", "1", "--memory", "600m", "--work-dir", str(scratch / f"work-{number}"))
            worker = (f"{daemon}.worker.Worker", *address, *resources, url)
            stack.enter_context(
                run_daemon(scratch, "spark-class", *worker, ready="(registered with master)")
            )
        yield url
