"""Snapshots of small pools, in the format of a fetch."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cognito_claims import GroupType, Policy
from cognito_claims.pool import Edits, Manifest, Membership, Snapshot
from cognito_claims.pool.manifest import UNFINISHED, publish, write_manifest
from cognito_claims.pool.snapshot import write_tables
from cognito_claims.resolver import Decision
from tests.samples import role

POOL = "eu-west-1_EXAMPLE"
AT = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)


def group(name: str, precedence: int | None = None, role_name: str | None = None) -> GroupType:
    arn = None if role_name is None else role(role_name)
    return GroupType(group_name=name, user_pool_id=POOL, precedence=precedence, role_arn=arn)


def write_snapshot(
    folder: Path, groups: Iterable[GroupType], members: Mapping[str, Iterable[str]], **manifest: Any
) -> Snapshot:
    """Write a snapshot of groups, and of the usernames in them by the groups' names."""
    (scratch := folder / UNFINISHED).mkdir(parents=True)
    groups = sorted(groups, key=lambda one: one.group_name)
    memberships = sorted(Membership(user, name) for name, users in members.items() for user in users)
    contents: dict[str, Any] = {
        "user_pool_id": POOL,
        "usernames": "kept",
        "started_at": AT,
        "finished_at": AT,
        "groups": len(groups),
        "memberships": len(memberships),
        "changes": (),
        "files": write_tables(scratch, groups, memberships),
    }
    write_manifest(scratch, Manifest(**contents | manifest))
    publish(scratch, folder)
    scratch.rmdir()
    return Snapshot.open(folder)


GROUPS = (
    group("admins", 0, "admin"),
    group("beta", 5),
    group("billing", 10, "billing"),
    group("support", 10, "support"),
    group("nonadmins", 20, "reader"),
    group("readers", 20, "reader"),
    group("archive", 30, "archive"),
    group("interns", 40, "intern"),
    group("<script>alert(1)</script>", None, "auditor"),
    group(f"{POOL}_Google", None, "federated"),
)
MEMBERS = {
    "admins": ["ann"],
    "beta": ["bob", "eve"],
    "billing": ["cid", "dora"],
    "support": ["cid", "eve"],
    "nonadmins": ["ann", "bob"],
    "readers": ["fay", "gus"],
    "interns": ["fay"],
    "<script>alert(1)</script>": ["hal", "<b>ian</b>"],
    f"{POOL}_Google": ["hal", "gus"],
}
"""The members of a pool with many problems."""

EDITS = Edits(
    precedences={"billing": 9, "readers": 5}, roles={"interns": None}, dropped=frozenset({"beta"})
)
"""Edits of this pool, which change preferred roles, other roles and groups."""


def write_faulty_pool(folder: Path, **manifest: Any) -> Snapshot:
    return write_snapshot(folder, GROUPS, MEMBERS, **manifest)


def replace_table(snapshot: Snapshot, name: str, statement: str) -> Snapshot:
    """Write a file of an open snapshot again, from a query."""
    (partial := snapshot.path / "partial").unlink(missing_ok=True)
    duckdb.execute(f"copy ({statement}) to '{partial}' (format parquet)")
    partial.replace(snapshot.path / name)
    return snapshot


def count_decisions(patch: pytest.MonkeyPatch) -> Counter[tuple[tuple[int, ...], Policy]]:
    """Count how often a set of groups is decided under a policy from now on."""
    counts: Counter[tuple[tuple[int, ...], Policy]] = Counter()
    alive: list[object] = []  # or the same id could be that of a different group later
    decide = Decision.from_ranking.__func__  # type: ignore[attr-defined]

    def from_ranking(cls: type[Decision], ranking: tuple[GroupType, ...], policy: Policy) -> Decision:
        alive.append(ranking)
        counts[tuple(map(id, ranking)), policy] += 1
        decision: Decision = decide(cls, ranking, policy)
        return decision

    patch.setattr(Decision, "from_ranking", classmethod(from_ranking))
    return counts
