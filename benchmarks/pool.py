"""Measure time and memory for whole pools: each side in its own process, in turn, the best of several runs.

As a script, this runs one side, and prints its seconds and its peak of memory.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from botocore.config import Config

from cognito_claims import GroupType, Policy, resolve
from cognito_claims.pool import Snapshot, audit, resolve_memberships
from cognito_claims.pool._fetch.fetch import fetch_pool
from cognito_claims.pool._fetch.throttle import Throttle
from cognito_claims.pool._fetch.usernames import Usernames
from cognito_claims.pool._resolve import CLAIMS, COUNTED_SETS, DISTINCT_SETS, SetResolver
from cognito_claims.pool._user_sets import RANKS_OF_SETS, SETS, RankedGroups
from cognito_claims.pool.engines.duckdb import PARQUET, DuckDB, connect

BUILD = Path(__file__).parents[1] / "build"
POOL = "eu-west-1_AbCdEfGhI"
SETS_OF_GROUPS = 4_000
NO_RATE = 1e9


def groups() -> list[GroupType]:
    """Return a thousand groups: four in five with a role, nine in ten with a precedence."""
    chance = random.Random(1)
    return [
        GroupType(
            group_name=f"group-{number:04}",
            user_pool_id=POOL,
            role_arn=f"arn:aws:iam::123456789012:role/role-{number % 300}"
            if chance.random() < 0.8
            else None,
            precedence=chance.randrange(200) if chance.random() < 0.9 else None,
        )
        for number in range(1_000)
    ]


def memberships(users: int) -> Path:
    """Write the memberships of this many users, 3.2 each, sorted by group; reuse the file if it exists."""
    path = BUILD / f"memberships-{users}.parquet"
    if path.exists():
        return path
    BUILD.mkdir(exist_ok=True)
    chance = random.Random(2)
    with TemporaryDirectory(dir=BUILD) as scratch, closing(connect(Path(scratch))) as database:
        lines = Path(scratch, "sets.jsonl")
        with lines.open("w") as file:
            for number in range(SETS_OF_GROUPS):
                size = chance.choice((1, 2, 2, 3, 3, 3, 4, 4, 5, 5))
                for group in chance.sample(range(1_000), size):
                    file.write(json.dumps({"number": number, "group_name": f"group-{group:04}"}) + "\n")
        users_of = f"select i, md5(i::varchar)::uuid::varchar as username from range({users}) numbers(i)"
        joined = f"({users_of}) join '{lines}' sets on sets.number = i % {SETS_OF_GROUPS}"
        database.execute(
            f"copy (select username, group_name from {joined} order by group_name, username)"
            f" to '{path}.partial' (format parquet)"
        )
        Path(f"{path}.partial").replace(path)
    return path


def count_memberships(source: Path) -> int:
    with closing(DuckDB()) as engine:
        return sum(count for (count,) in engine.fetch_rows(f"(select count(*) from '{source}')"))


NAMES: dict[str, Callable[[], list[str]]] = {
    "short": lambda: [f"group-{number:04}" for number in range(10_000)],
    "one-prefix": lambda: [f"{'p' * 106}{number:04}" for number in range(10_000)],
    "substrings": lambda: [
        "".join(map(chr, range(0x4E00 + start, 0x4E00 + end)))  # 128 different letters
        for end in range(1, 129)
        for start in range(end)
    ],
}


def named_pool(names: str) -> Path:
    """Write a snapshot whose groups have these names and one member each; reuse it if it exists."""
    path = BUILD / f"pool-{names}"
    if path.exists():
        return path
    found = [GroupType(group_name=name, user_pool_id=POOL) for name in NAMES[names]()]
    members = [(f"user-{number}", group.group_name) for number, group in enumerate(found)]
    shutil.rmtree(partial := BUILD / f"pool-{names}.partial", ignore_errors=True)
    Snapshot.write(partial, groups=found, memberships=members)
    return partial.rename(path)


def audit_pool(snapshot: str, _: Path) -> None:
    audit(Snapshot.open(snapshot))


@contextmanager
def grouping() -> Generator[Any, None, None]:
    """Open DuckDB with the settings of `resolve_memberships`."""
    with (
        TemporaryDirectory() as scratch,
        closing(connect(Path(scratch), preserve_insertion_order="false")) as it,
    ):
        yield it


def floor(source: Path, out: Path) -> None:
    """Only group by user."""
    with grouping() as database:
        counted = f"select username, count(*) from '{source}' group by username"
        database.execute(f"copy ({counted}) to '{out}' ({PARQUET})")


def ours(source: Path, out: Path) -> None:
    with resolve_memberships(source, groups()) as result:
        result.write_parquet(out)


def naive(source: Path, out: Path) -> None:
    """Loop over the users in Python, and write the results."""
    by_name = {group.group_name: group for group in groups()}

    def decided(username: str, names: list[str]) -> str:
        ranked = sorted(
            (by_name[name] for name in names),
            key=lambda group: float("inf") if group.precedence is None else group.precedence,
        )
        with_role = [group for group in ranked if group.role_arn is not None]
        best = {group.role_arn for group in with_role if group.precedence == with_role[0].precedence}
        row = {
            "username": username,
            "groups": [group.group_name for group in ranked],
            "roles": sorted({group.role_arn for group in with_role if group.role_arn is not None}),
            "preferred_role": best.pop() if len(best) == 1 else None,
        }
        return json.dumps(row) + "\n"

    with grouping() as database, out.with_suffix(".jsonl").open("w") as lines:
        listed = f"select username, array_agg(group_name) from '{source}' group by username"
        found = database.execute(listed)
        while rows := found.fetchmany(100_000):
            lines.writelines(decided(username, names) for username, names in rows)
        lines.flush()
        database.execute(f"copy (from read_json('{lines.name}')) to '{out}' ({PARQUET})")


def client(url: str) -> Any:
    settings = Config(retries={"total_max_attempts": 1, "mode": "standard"}, max_pool_connections=8)
    return boto3.client(  # pyright: ignore[reportUnknownMemberType]
        "cognito-idp",
        region_name="eu-west-1",
        endpoint_url=url,
        aws_access_key_id="bench",
        aws_secret_access_key="bench",
        config=settings,
    )


def fetch_ours(url: str, out: Path) -> None:
    throttle = Throttle(NO_RATE, list_groups_rate=NO_RATE)
    fetch_pool(client(url), pool_id(), out, Usernames("kept"), throttle, threads(), lambda _: None)


def call_boto3(url: str, _: Path) -> None:
    """Make the same calls with boto3 alone, and store nothing."""
    idp = client(url)
    pool = pool_id()

    def read(name: str) -> None:
        for _page in idp.get_paginator("list_users_in_group").paginate(UserPoolId=pool, GroupName=name):
            pass

    def names() -> list[str]:
        pages = idp.get_paginator("list_groups").paginate(UserPoolId=pool)
        return [group["GroupName"] for page in pages for group in page["Groups"]]

    with ThreadPoolExecutor(threads()) as executor:
        list(executor.map(read, names()))
    names()


def threads() -> int:
    return int(os.environ.get("BENCH_THREADS", "8"))


def pool_id() -> str:
    return os.environ.get("BENCH_POOL", POOL)


class _Stub(BaseHTTPRequestHandler):
    """Responds at once, with memberships in ten groups that differ only in their number."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or the client waits 40 ms for the rest of a response
    of_a_group = 0

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = self.users(request) if "GroupName" in request else self.groups()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def groups(self) -> bytes:
        return json.dumps(
            {"Groups": [{"GroupName": f"group-{n}", "UserPoolId": POOL} for n in range(10)]}
        ).encode()

    def users(self, request: dict[str, str]) -> bytes:
        start = int(request.get("NextToken", 0))
        end = min(start + 60, self.of_a_group)
        users = ",".join(
            f'{{"Username":"0a1b2c3d-4e5f-4a6b-8c7d-{number:012}","Enabled":true,"UserStatus":"CONFIRMED",'
            f'"UserCreateDate":1.7E9,"UserLastModifiedDate":1.7E9}}'
            for number in range(start, end)
        )
        more = f',"NextToken":"{end}"' if end < self.of_a_group else ""
        return f'{{"Users":[{users}]{more}}}'.encode()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def serve(memberships: int) -> None:
    """Run the stub until stdin ends."""
    _Stub.of_a_group = memberships // 10
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()


@contextmanager
def stub(memberships: int) -> Generator[str, None, None]:
    command = [sys.executable, __file__, "serve", str(memberships)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("")


SIDES: dict[str, Callable[[Any, Path], None]] = {
    "audit": audit_pool,
    "floor": floor,
    "ours": ours,
    "naive": naive,
    "fetched": fetch_ours,
    "asked": call_boto3,
}


def measure(side: str, source: object, **environment: str) -> tuple[float, float]:
    """Return the seconds and megabytes of a side."""
    command = [sys.executable, __file__, side, str(source)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **environment}
    )
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def best(repeats: int, source: object, *sides: str, **environment: str) -> list[tuple[float, float]]:
    """Return the best time and the most memory of each side, measured in turn."""
    runs = [[measure(side, source, **environment) for side in sides] for _ in range(repeats)]
    return [
        (min(seconds for seconds, _ in side), max(megabytes for _, megabytes in side))
        for side in zip(*runs, strict=True)
    ]


def spark(users: int, repeats: int) -> tuple[float, float]:
    """Return the seconds of ours and of the same SQL written by hand, on Spark in local mode."""
    from pyspark.sql import SparkSession

    source = str(memberships(users))
    with TemporaryDirectory() as scratch:
        settings: dict[str, bool | float | int | str | None] = {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "4g",
            "spark.local.dir": scratch,
            "spark.log.level": "ERROR",
            "spark.sql.shuffle.partitions": "4",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        os.environ["PYSPARK_PYTHON"] = sys.executable
        session: Any = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
        ranked = RankedGroups(resolve(groups()).ranking)
        ranks = [(name, rank, Decimal(weight)) for name, rank, weight in ranked.list_rows()]
        columns = "groups array<string>, roles array<string>, preferred_role string, outcome string"

        def by_hand(out: Path) -> None:
            session.read.parquet(source).createOrReplaceTempView("memberships")
            table = session.createDataFrame(ranks, "group_name string, rank int, weight decimal(38,0)")
            table.createOrReplaceTempView("ranks")
            sets = session.sql(SETS.format(memberships="memberships", ranks="ranks")).persist()
            sets.createOrReplaceTempView("sets")
            counted = session.sql(COUNTED_SETS.format(sets="sets")).persist()
            counted.createOrReplaceTempView("counted")
            tables = {"chosen": "counted", "memberships": "memberships", "ranks": "ranks"}
            session.sql(RANKS_OF_SETS.format(**tables)).createOrReplaceTempView("ranks_of_sets")
            distinct = session.sql(DISTINCT_SETS.format(counted="counted", ranks="ranks_of_sets"))
            resolver = SetResolver(map(tuple, distinct.collect()), ranked, Policy.DOCUMENTED)
            answers = session.createDataFrame(
                [(Decimal(set_id), *answer) for set_id, *answer in resolver],
                f"set_id decimal(38,0), {columns}, open_questions array<string>",
            )
            answers.createOrReplaceTempView("answers")
            session.sql(CLAIMS.format(sets="sets", answers="answers")).write.parquet(str(out))
            sets.unpersist()
            counted.unpersist()

        def by_us(out: Path) -> None:
            with resolve_memberships(source, groups(), session=session) as result:
                result.write_parquet(out)

        times: dict[str, list[float]] = {"by_hand": [], "by_us": []}
        for number in range(repeats + 1):  # the first round warms the JVM
            for side in (by_hand, by_us):
                start = time.perf_counter()
                side(Path(scratch, f"{side.__name__}-{number}"))
                times[side.__name__].append(time.perf_counter() - start)
        session.stop()
    return min(times["by_us"][1:]), min(times["by_hand"][1:])


def main() -> None:
    side, source = sys.argv[1:]
    if side == "serve":
        serve(int(source))
        return
    with TemporaryDirectory() as scratch:
        start = time.perf_counter()
        SIDES[side](source, Path(scratch) / "out")
        seconds = time.perf_counter() - start
    status = Path("/proc/self/status").read_text()  # on Linux, getrusage starts with the parent's peak
    peak = int(status.partition("VmHWM:")[2].split()[0])
    print(json.dumps([seconds, peak / 1024]))


if __name__ == "__main__":
    main()
