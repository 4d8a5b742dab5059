"""Speed as ratios of two times that are measured side by side, each with its target.

Prints a table and writes `build/bench.json`. A ratio above its target is marked,
but is not an error.
"""

import json
import logging
import platform
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pydantic
from moto.server import ThreadedMotoServer
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from benchmarks import core, pool, startup
from benchmarks.ratios import Ratio

OUT = Path(__file__).parents[1] / "build" / "bench.json"
CORE = (
    startup.measure_imports,
    startup.measure_cold_start,
    startup.measure_command,
    startup.measure_plugins,
    core.measure_pages,
    core.measure_dictionaries,
    core.measure_models,
    core.measure_explaining,
)


def whole_pools() -> Iterator[Ratio]:
    users = 10_000_000
    big = pool.memberships(users)
    (floor, _), (ours, megabytes) = pool.best(3, big, "floor", "ours")
    naive, _ = pool.measure("naive", big)
    whole = f"{users:,} users, {pool.count_memberships(big):,} memberships, 1,000 groups, DuckDB"
    yield Ratio(whole, "DuckDB grouping the same file by user", ours / floor, 2.2)
    yield Ratio("the same", "a Python loop with the naive resolver", ours / naive, 1 / 8)
    yield Ratio(f"the same, memory: {megabytes:,.0f} MB", "3 GB", megabytes / 3072, 1)
    yield from largest_pool()
    by_us, by_hand = pool.spark(1_000_000, repeats=6)
    yield Ratio("1,000,000 users, PySpark local", "the same SQL typed by hand", by_us / by_hand, 1.1)


def largest_pool() -> Iterator[Ratio]:
    small, large = 3_000_000, 31_000_000
    source = pool.memberships(large)
    [(seconds, _)] = pool.best(3, pool.memberships(small), "ours")
    # Once, since it takes most of a minute.
    longer, megabytes = pool.measure("ours", source)
    whole = f"{large:,} users, {pool.count_memberships(source):,} memberships, 1,000 groups, DuckDB"
    yield Ratio(whole, f"{small:,} users", longer / seconds, 12)
    yield Ratio(f"the same, memory: {megabytes:,.0f} MB", "3 GB", megabytes / 3072, 1)


def auditing() -> Iterator[Ratio]:
    kinds = {
        "one-prefix": "10,000 groups with names of 110 characters and one prefix",
        "substrings": "8,256 groups, the substrings of one name",
    }
    short = pool.named_pool("short")
    for kind, what in kinds.items():
        named = pool.named_pool(kind)
        sides = [pool.best(1, source, "audit")[0] for _ in range(3) for source in (short, named)]
        seconds, longer = (min(time for time, _ in sides[start::2]) for start in (0, 1))
        yield Ratio(f"audit of {what}", "10,000 short names", longer / seconds, 2)
        megabytes = max(peak for _, peak in sides[1::2])
        yield Ratio(f"the same, memory: {megabytes:,.0f} MB", "1 GB", megabytes / 1024, 1)


def fetching() -> Iterator[Ratio]:
    for threads, target in (("1", 1.05), ("8", None)):
        with pool.stub(30_000) as url:
            (ours, _), (boto3, _) = pool.best(3, url, "fetched", "asked", BENCH_THREADS=threads)
        answered = f"fetch of 30,000 memberships, {threads} at a time: {ours / 500 * 1000:.1f} ms a page"
        yield Ratio(answered, "the same calls by boto3 alone", ours / boto3, target)
    with moto_pool() as (url, user_pool_id):
        (ours, _), (boto3, _) = pool.best(3, url, "fetched", "asked", BENCH_POOL=user_pool_id)
    yield Ratio(
        "fetch of 3,000 memberships, moto's server", "the same calls by boto3 alone", ours / boto3, None
    )
    memory: dict[int, float] = {}
    for memberships in (10_000, 100_000, 1_000_000):
        with pool.stub(memberships) as url:
            _, memory[memberships] = pool.measure("fetched", url)
        what = f"fetch of {memberships:,} memberships, memory: {memory[memberships]:.0f} MB"
        yield Ratio(what, "that of 10,000", memory[memberships] / memory[10_000], None)


@contextmanager
def moto_pool() -> Generator[tuple[str, str], None, None]:
    """Start moto's server, and yield its URL and a pool of ten groups of 300 users."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    idp = pool.client(url)
    user_pool_id: str = idp.create_user_pool(PoolName="bench")["UserPool"]["Id"]
    for number in range(300):
        idp.admin_create_user(UserPoolId=user_pool_id, Username=f"user-{number}")
    for group in (f"group-{number}" for number in range(10)):
        idp.create_group(UserPoolId=user_pool_id, GroupName=group)
        for number in range(300):
            name = f"user-{number}"
            idp.admin_add_user_to_group(UserPoolId=user_pool_id, Username=name, GroupName=group)
    yield url, user_pool_id
    server.stop()


POOL = (fetching, auditing, whole_pools)
"""With DuckDB, Spark and servers."""


def main() -> None:
    console = Console(highlight=False)
    parts = {"core": CORE, "pool": POOL}
    measurements = [measure for part in sys.argv[1:] or parts for measure in parts[part]]
    ratios = [
        ratio
        for measure in track(measurements, "Measuring", console=console, transient=True)
        for ratio in measure()
    ]
    where = f"CPython {platform.python_version()}, pydantic {pydantic.VERSION}"
    table = Table(
        Column("What", overflow="fold"), "Against, in the same run", "Ratio", "Target", "Met", title=where
    )
    for ratio in ratios:
        target = "" if ratio.target is None else f"{ratio.target:.3g}"
        met = "" if ratio.met is None else "yes" if ratio.met else "no"
        style = "yellow" if ratio.met is False else ""
        table.add_row(ratio.what, ratio.against, f"{ratio.ratio:.3g}", target, met, style=style)
    console.print(table)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(
        json.dumps({"where": where, "ratios": [asdict(r) | {"met": r.met} for r in ratios]}, indent=2)
    )
    console.print(f"written to {OUT.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
