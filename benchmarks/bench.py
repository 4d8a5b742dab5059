"""Speed as ratios: both sides run alternately in one process, and the minimum of many repeats counts.

Prints a table and writes `build/bench.json`. Targets come from prototypes. A ratio
above its target is marked, but is not an error.
"""

import json
import logging
import platform
import random
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from timeit import repeat
from typing import Any

import orjson
import pydantic
from botocore.parsers import create_parser
from botocore.session import get_session
from moto.server import ThreadedMotoServer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import pool
from cognito_claims import AdminListGroupsForUserResponse, GroupType, resolve

OUT = Path(__file__).parents[1] / "build" / "bench.json"
ROUNDS = 15
OTHER_MODELS = "aws_resource_validator.pydantic_models.cognito_idp.cognito_idp_classes"


@dataclass(frozen=True)
class Ratio:
    what: str
    against: str
    ratio: float
    target: float | None

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.ratio <= self.target


def fastest(*sides: Callable[[], object], number: int, rounds: int = ROUNDS) -> list[float]:
    """Return the best time of one call of each side; the sides run alternately."""
    best = [float("inf")] * len(sides)
    for _ in range(rounds):
        for index, side in enumerate(sides):
            best[index] = min(
                best[index], *(seconds / number for seconds in repeat(side, number=number, repeat=2))
            )
    return best


def wire_page() -> bytes:
    """Return a page of 60 groups in the wire format."""
    groups = [
        {
            "GroupName": f"group-{n:04}",
            "UserPoolId": "eu-west-1_AbCdEfGhI",
            "Description": f"People of team {n}, who may read and write what the team owns",
            "RoleArn": f"arn:aws:iam::123456789012:role/team/role-{n % 17}",
            "Precedence": n % 12,
            "LastModifiedDate": 1700500000.512 + n,
            "CreationDate": 1700000000.123 + n,
        }
        for n in range(60)
    ]
    return json.dumps({"Groups": groups, "NextToken": "x" * 320}, separators=(",", ":")).encode()


def pages() -> Iterator[Ratio]:
    wire = wire_page()
    shape = get_session().get_service_model("cognito-idp").shape_for("AdminListGroupsForUserResponse")
    parser = create_parser("json")

    def botocore() -> Any:
        return parser.parse({"body": wire, "headers": {}, "status_code": 200}, shape)

    from_boto3 = botocore()
    from_boto3["ResponseMetadata"] |= {"RequestId": "x", "RetryAttempts": 0}
    theirs = import_module(OTHER_MODELS).AdminListGroupsForUserResponseTypeDef
    model, parse, other, from_wire, loads, fast_loads = fastest(
        lambda: AdminListGroupsForUserResponse.model_validate(from_boto3),
        botocore,
        lambda: theirs.model_validate(from_boto3),
        lambda: AdminListGroupsForUserResponse.model_validate_json(wire),
        lambda: json.loads(wire),
        lambda: orjson.loads(wire),
        number=50,
    )
    page = "page of 60 groups"
    yield Ratio(
        f"{page}, boto3's dictionary to model", "botocore's parse of the same bytes", model / parse, 0.08
    )
    yield Ratio(
        f"{page}, boto3's dictionary to model",
        "aws-resource-validator's model of it",
        model / other,
        0.80,
    )
    yield Ratio(f"{page}, wire bytes to model", "json.loads", from_wire / loads, 1.1)
    yield Ratio(f"{page}, wire bytes to model", "orjson.loads", from_wire / fast_loads, 3.5)


def resolve_by_hand(groups: list[GroupType]) -> dict[str, object]:
    """Resolve groups as most users would: sort, and prefer the role that the first groups agree on."""
    ranked = sorted(
        groups,
        key=lambda group: (
            group.precedence if group.precedence is not None else float("inf"),
            group.group_name,
        ),
    )
    with_role = [group for group in ranked if group.role_arn is not None]
    preferred = None
    if with_role:
        best = {group.role_arn for group in with_role if group.precedence == with_role[0].precedence}
        preferred = best.pop() if len(best) == 1 else None
    return {
        "cognito:groups": [group.group_name for group in ranked],
        "cognito:roles": sorted({group.role_arn for group in with_role if group.role_arn is not None}),
        "cognito:preferred_role": preferred,
    }


def membership(size: int) -> list[GroupType]:
    chance = random.Random(size)
    groups = [
        GroupType(
            group_name=f"group-{n:05}",
            user_pool_id="eu-west-1_AbCdEfGhI",
            role_arn=f"arn:aws:iam::123456789012:role/{chance.randrange(size)}"
            if chance.random() < 0.8
            else None,
            precedence=chance.randrange(size * 2) if chance.random() < 0.8 else None,
        )
        for n in range(size)
    ]
    chance.shuffle(groups)
    return groups


def resolving() -> Iterator[Ratio]:
    times: dict[int, float] = {}
    for size, target in ((1, 1.0), (3, 1.0), (10, 0.65), (100, 0.55), (10_000, 0.55)):
        groups = membership(size)
        claims = resolve(groups).claims
        expected = resolve_by_hand(groups)
        if (list(claims.groups), claims.preferred_role) != (
            expected["cognito:groups"],
            expected["cognito:preferred_role"],
        ):
            raise AssertionError("the two sides compute different claims")
        number = max(1, 5_000 // size)
        ours, theirs = fastest(partial(resolve, groups), partial(resolve_by_hand, groups), number=number)
        times[size] = ours
        yield Ratio(
            f"resolve() of {size:,} groups", "the same by hand, without checks", ours / theirs, target
        )
    yield Ratio("resolve() of 10,000 groups", "resolve() of 100", times[10_000] / times[100], 260)


IMPORTS = {
    "nothing of it": "import cognito_claims",
    "face": "from cognito_claims import GroupType, resolve",
    "pydantic": "from pydantic import BaseModel",
    "one model": "from pydantic import BaseModel\nclass Model(BaseModel):\n    member: int",
    "boto3": "import boto3",
    "hypothesis": "import hypothesis",
    "hypothesis alone": """
import importlib.metadata as metadata
everyone = metadata.entry_points
metadata.entry_points = lambda **chosen: [one for one in everyone(**chosen) if one.name != "cognito-claims"]
import hypothesis
""",
}
IMPORTS["face, used"] = f"{IMPORTS['face']}\nresolve([{{'GroupName': 'admins'}}])"
IMPORTS["one model, used"] = f"{IMPORTS['one model']}\nModel.model_validate({{'member': 1}})"


def imports() -> Iterator[Ratio]:
    def measure(code: str) -> float:
        timed = f"import time\nstart = time.perf_counter()\n{code}\nprint(time.perf_counter() - start)"
        done = subprocess.run([sys.executable, "-c", timed], check=True, capture_output=True, text=True)
        return float(done.stdout)

    best = dict.fromkeys(IMPORTS, float("inf"))
    for _ in range(ROUNDS):
        for name, code in IMPORTS.items():
            best[name] = min(best[name], measure(code))
    yield Ratio(
        IMPORTS["nothing of it"], IMPORTS["pydantic"], best["nothing of it"] / best["pydantic"], 0.05
    )
    yield Ratio(
        IMPORTS["face"], "a module with one trivial pydantic model", best["face"] / best["one model"], 1.10
    )
    used = best["face, used"] / best["one model, used"]
    yield Ratio("the same, and a first resolve()", "that module, and a first validation", used, None)
    yield Ratio(IMPORTS["face"], IMPORTS["boto3"], best["face"] / best["boto3"], 0.80)
    plugged = best["hypothesis"] / best["hypothesis alone"]
    yield Ratio("import hypothesis", "the same without this package's entry point", plugged, None)


def whole_pools() -> Iterator[Ratio]:
    users = 10_000_000
    big = pool.memberships(users)
    (floor, _), (ours, megabytes) = pool.best(3, big, "floor", "ours")
    naive, _ = pool.measure("naive", big)
    whole = f"{users:,} users, 31,750,000 memberships, 1,000 groups, DuckDB"
    yield Ratio(whole, "DuckDB grouping the same file by user", ours / floor, 2.5)
    yield Ratio("the same", "a Python loop with the naive resolver", ours / naive, 1 / 8)
    yield Ratio(f"the same, memory: {megabytes:,.0f} MB", "3 GB", megabytes / 3072, 1)
    by_us, by_hand = pool.spark(1_000_000, repeats=6)
    yield Ratio("1,000,000 users, PySpark local", "the same SQL typed by hand", by_us / by_hand, 1.1)


def fetching() -> Iterator[Ratio]:
    with pool.stub(30_000) as url:
        (ours, _), (boto3, _) = pool.best(3, url, "fetched", "asked")
    answered = f"fetch of 30,000 memberships, answered at once: {ours / 500 * 1000:.1f} ms a page"
    yield Ratio(answered, "the same calls by boto3 alone", ours / boto3, None)
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


def main() -> None:
    console = Console(highlight=False)
    ratios = [
        ratio
        for group in track(
            (imports, pages, resolving, fetching, whole_pools), "Measuring", console=console, transient=True
        )
        for ratio in group()
    ]
    where = f"CPython {platform.python_version()}, pydantic {pydantic.VERSION}"
    table = Table(
        "What",
        "Against, in the same run",
        "Ratio",
        "At most",
        title=where,
        caption="At most: the target; a ratio above it is yellow.",
    )
    for ratio in ratios:
        target = "" if ratio.target is None else f"{ratio.target:g}"
        style = "yellow" if ratio.met is False else ""
        table.add_row(ratio.what, ratio.against, f"{ratio.ratio:.3g}", target, style=style)
    console.print(table)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(
        json.dumps({"where": where, "ratios": [asdict(r) | {"met": r.met} for r in ratios]}, indent=2)
    )
    console.print(f"written to {OUT.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
