"""Users whose roles change: by edits, and between two snapshots."""

import json
from dataclasses import replace
from itertools import combinations, count
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings, strategies as st
from typer.testing import CliRunner, Result

from cognito_claims import GroupType, InvalidRequestError, Policy
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.pool import (
    Diff,
    Edits,
    RoleChange,
    Snapshot,
    SnapshotError,
    Transition,
    build_diff_report,
    diff,
    render_diff_html,
)
from tests.pool_data import count_decisions, group, write_faulty_pool, write_snapshot
from tests.samples import role
from tests.test_pool_resolve import Answers, pools, resolve_one_by_one

GROUPS = [
    group("admins", 0, "admin"),
    group("billing", 10, "billing"),
    group("support", 10, "support"),
    group("x=y", 20),
]
MEMBERS = {
    "admins": ["ann"],
    "billing": ["ann", "bob", "cid"],
    "support": ["bob", "dora"],
    "x=y": ["eve", "cid"],
}


def summarize(result: Diff) -> set[tuple[str, str | None, str | None, int, tuple[str, ...]]]:
    return {(one.kind, one.before, one.after, one.users, one.samples) for one in result.transitions}


class TestEdits:
    def of(self, folder: Path, **edits: Any) -> Diff:
        return diff(write_snapshot(folder / "s", GROUPS, MEMBERS), Edits(**edits))

    def test_that_change_nothing(self, tmp_path: Path) -> None:
        result = self.of(tmp_path)
        assert (result.users, result.affected_users, result.transitions, result.roles) == (5, 0, (), ())

    def test_of_a_precedence_settle_a_tie(self, tmp_path: Path) -> None:
        result = self.of(tmp_path, precedences={"billing": 5})
        assert summarize(result) == {("gains", None, role("billing"), 1, ("bob",))}
        assert (result.affected_users, result.roles) == (1, ())

    def test_of_a_precedence_make_a_tie(self, tmp_path: Path) -> None:
        result = self.of(tmp_path, precedences={"billing": 0})
        assert summarize(result) == {
            ("loses", role("admin"), None, 1, ("ann",)),
            ("gains", None, role("billing"), 1, ("bob",)),
        }
        [lost] = [one for one in result.transitions if one.kind == "loses"]
        assert "No preferred role" in lost.reason

    def test_take_a_precedence_away(self, tmp_path: Path) -> None:
        result = self.of(tmp_path, precedences={"admins": None})
        assert summarize(result) == {("changes", role("admin"), role("billing"), 1, ("ann",))}

    def test_of_a_role(self, tmp_path: Path) -> None:
        result = self.of(tmp_path, roles={"support": role("billing")})
        assert summarize(result) == {
            ("gains", None, role("billing"), 1, ("bob",)),
            ("changes", role("support"), role("billing"), 1, ("dora",)),
        }
        assert result.roles == (
            RoleChange(role("billing"), 1, 0, ("dora",), ()),
            RoleChange(role("support"), 0, 2, (), ("bob", "dora")),
        )

    def test_of_a_role_that_nobody_prefers_affect_users_too(self, tmp_path: Path) -> None:
        result = self.of(tmp_path, roles={"x=y": role("y")})
        assert summarize(result) == {("gains", None, role("y"), 1, ("eve",))}
        assert result.affected_users == 2
        assert result.roles == (RoleChange(role("y"), 2, 0, ("cid", "eve"), ()),)

    def test_take_a_role_away(self, tmp_path: Path) -> None:
        result = self.of(tmp_path, roles={"support": None})
        assert summarize(result) == {
            ("gains", None, role("billing"), 1, ("bob",)),
            ("loses", role("support"), None, 1, ("dora",)),
        }

    def test_drop_a_group(self, tmp_path: Path) -> None:
        result = self.of(tmp_path, dropped=frozenset({"billing"}))
        assert summarize(result) == {
            ("gains", None, role("support"), 1, ("bob",)),
            ("loses", role("billing"), None, 1, ("cid",)),
        }
        assert result.users == 5

    def test_under_a_different_policy(self, tmp_path: Path) -> None:
        snapshot = write_snapshot(tmp_path, GROUPS, MEMBERS)
        edits = Edits(precedences={"support": None})
        abstaining = diff(snapshot, edits, policy=Policy(null_precedence="abstains"))
        assert ("loses", role("support"), None, 1, ("dora",)) in summarize(abstaining)
        assert ("loses", role("support"), None, 1, ("dora",)) not in summarize(diff(snapshot, edits))

    def test_name_as_many_users_as_are_wanted(self, tmp_path: Path) -> None:
        snapshot = write_snapshot(tmp_path, [group("a", 1, "x")], {"a": [f"u{n}" for n in range(5)]})
        for samples in (0, 2, 9):
            [one] = diff(snapshot, Edits(dropped=frozenset({"a"})), samples=samples).transitions
            assert (one.users, len(one.samples)) == (5, min(samples, 5))
            roles = diff(snapshot, Edits(roles={"a": role("y")}), samples=samples).roles
            names = tuple(f"u{n}" for n in range(min(samples, 5)))
            assert roles == (RoleChange(role("x"), 0, 5, (), names), RoleChange(role("y"), 5, 0, names, ()))

    @pytest.mark.parametrize(
        ("edits", "error", "message"),
        [
            ({"precedences": {"none": 1}}, ValueError, "no such group: 'none'"),
            ({"dropped": frozenset({"none", "nil"})}, ValueError, "'nil', 'none'"),
            (
                {"roles": {"admins": None}, "dropped": frozenset({"admins"})},
                ValueError,
                "both dropped and changed",
            ),
            ({"precedences": {"admins": -1}}, InvalidRequestError, "Precedence"),
            ({"roles": {"admins": "arn:aws:iam::1:user"}}, InvalidRequestError, "RoleArn"),
        ],
    )
    def test_that_aws_would_not_take(
        self, tmp_path: Path, edits: dict[str, Any], error: type[Exception], message: str
    ) -> None:
        with pytest.raises(error, match=message):
            self.of(tmp_path, **edits)

    def test_are_written_as_options(self) -> None:
        edits = Edits(
            precedences={"a": 1, "b": None},
            roles={"c": role("c"), "d": None},
            dropped=frozenset({"$f", "e"}),
        )
        assert str(edits) == (
            f"--set-precedence a=1 --set-precedence b= --set-role c={role('c')} --set-role d= "
            "--drop-group '$f' --drop-group e"
        )


SIDES = ("before", "after")
HASHED = {"usernames": "hashed", "key_id": "a"}


class TestALaterSnapshot:
    def test_has_others_in_the_groups(self, tmp_path: Path) -> None:
        before = write_snapshot(tmp_path / "before", GROUPS, MEMBERS)
        members = {"admins": ["ann", "dora"], "billing": ["bob"], "support": ["new"], "a-new-one": ["eve"]}
        later = [one for one in GROUPS if one.group_name != "x=y"] + [group("a-new-one", 3)]
        result = diff(before, write_snapshot(tmp_path / "after", later, members))
        assert summarize(result) == {
            ("gains", None, role("billing"), 1, ("bob",)),
            ("loses", role("billing"), None, 1, ("cid",)),
            ("changes", role("support"), role("admin"), 1, ("dora",)),
            ("gains", None, role("support"), 1, ("new",)),
        }
        assert (result.users, result.affected_users) == (6, 5)

    def test_is_the_same(self, tmp_path: Path) -> None:
        before = write_faulty_pool(tmp_path / "before")
        assert diff(before, write_faulty_pool(tmp_path / "after")).affected_users == 0

    @pytest.mark.parametrize(
        ("one", "other", "message"),
        [
            ({}, {"user_pool_id": "eu-west-1_Other"}, "must be a snapshot of"),
            ({}, {"usernames": "hashed", "key_id": "a"}, "with the same key"),
            (
                {"usernames": "hashed", "key_id": "a"},
                {"usernames": "hashed", "key_id": "b"},
                "with the same key",
            ),
            ({"usernames": "discarded-key"}, {"usernames": "discarded-key"}, "was discarded"),
        ],
    )
    def test_of_users_who_cannot_be_found_is_refused(
        self, tmp_path: Path, one: dict[str, Any], other: dict[str, Any], message: str
    ) -> None:
        snapshots = (
            write_faulty_pool(tmp_path / name, **manifest) for name, manifest in (("a", one), ("b", other))
        )
        with pytest.raises(SnapshotError, match=message):
            diff(*snapshots)


class TestMembershipsInUnknownGroups:
    """As in an audit, they are refused: they may be in a group that grants a role."""

    @pytest.mark.parametrize("side", ["before", "after"])
    def test_are_refused_in_both_snapshots(self, tmp_path: Path, side: str) -> None:
        members = {name: {**MEMBERS, "gone": ["ann"]} if name == side else MEMBERS for name in SIDES}
        snapshots = [write_snapshot(tmp_path / name, GROUPS, members[name]) for name in SIDES]
        with pytest.raises(SnapshotError, match="memberships in no group") as refused:
            diff(*snapshots)
        assert refused.value.path == tmp_path / side / "memberships.parquet"

    def test_are_refused_with_edits(self, tmp_path: Path) -> None:
        snapshot = write_snapshot(tmp_path, GROUPS, {**MEMBERS, "gone": ["ann"]})
        with pytest.raises(SnapshotError, match="memberships in no group"):
            diff(snapshot, Edits())


class TestPairsOfSets:
    """Many pairs, of which several have the same transition, and share a set before or after."""

    @pytest.fixture
    def snapshots(self, tmp_path: Path) -> list[Snapshot]:
        groups = [
            *(group(name, 1, name) for name in "abc"),
            group("d", 0),
            group("e", None, "e"),
            group("f"),
        ]
        sets = [set(names) for size in (1, 2) for names in combinations("abcde", size)]
        pairs = [
            (f"user-{n}-{m}", one, other) for n, one in enumerate(sets) for m, other in enumerate(sets)
        ]
        return [
            write_snapshot(
                tmp_path / str(side),
                groups,
                {name: [p[0] for p in pairs if name in p[side]] for name in "abcde"},
            )
            for side in (1, 2)
        ]

    @pytest.mark.parametrize("policy", [Policy(), Policy(null_precedence="abstains", roleless="blocks")])
    def test_are_grouped_by_what_decided_and_not_by_wording(
        self, snapshots: list[Snapshot], monkeypatch: pytest.MonkeyPatch, policy: Policy
    ) -> None:
        before = diff(*snapshots, policy=policy)
        numbers = count()

        def reword_headline(_: object) -> str:
            return f"{next(numbers)}."

        monkeypatch.setattr("cognito_claims.resolver.rendering.headline", reword_headline)
        after = diff(*snapshots, policy=policy)
        assert [replace(one, reason="") for one in after.transitions] == [
            replace(one, reason="") for one in before.transitions
        ]
        assert after.transitions != before.transitions

    def test_are_decided_once(self, snapshots: list[Snapshot], monkeypatch: pytest.MonkeyPatch) -> None:
        counts = count_decisions(monkeypatch)
        assert diff(*snapshots).affected_users
        assert {*counts.values()} == {1}


def answers(groups: list[GroupType], rows: list[tuple[str, str]]) -> Answers:
    return resolve_one_by_one(groups, rows, Policy())


class TestAgreesWithResolve:
    @pytest.mark.slow
    @settings(max_examples=25)
    @given(pool=pools(), data=st.data())
    def test_of_random_edits(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        pool: tuple[list[GroupType], list[tuple[str, str]], list[str]],
        data: st.DataObject,
    ) -> None:
        groups, rows, unknown = pool
        rows = sorted({(user or "x", name) for user, name in rows if name not in unknown})
        names = [one.group_name for one in groups]
        dropped = frozenset(data.draw(st.lists(st.sampled_from(names), max_size=2)) if names else [])
        others = [name for name in names if name not in dropped]
        some = st.none() | st.integers(0, 3)
        precedences = {name: data.draw(some) for name in others[:3]}
        members: dict[str, list[str]] = {}
        for user, name in rows:
            members.setdefault(name, []).append(user)
        folder = tmp_path_factory.mktemp("pool")
        edits = Edits(precedences=precedences, dropped=dropped)
        result = diff(
            write_snapshot(folder / "s", groups, members), edits, users_out=folder / "users.parquet"
        )

        before = answers(groups, rows)
        after = answers([*edits.apply(groups)], rows)
        expected = {
            user: (one[2], after[user][2])
            for user, one in before.items()
            if (one[2], {*one[1]}) != (after[user][2], {*after[user][1]})
        }
        path = folder / "users.parquet"
        rows_out = duckdb.execute(
            f"select username, preferred_before, preferred_after from '{path}' "
            "where preferred_before is distinct from preferred_after or len(roles_gained || roles_lost) > 0"
        ).fetchall()
        assert {user: (one, other) for user, one, other in rows_out} == expected
        assert result.affected_users == len(expected)
        assert sum(one.users for one in result.transitions) == sum(
            one != other for one, other in expected.values()
        )


class TestReports:
    def test_json(self, tmp_path: Path) -> None:
        snapshot = write_snapshot(tmp_path / "s", GROUPS, MEMBERS)
        report = json.loads(build_diff_report(diff(snapshot, Edits(precedences={"billing": 5}))))
        assert report["after"] == {"edits": "--set-precedence billing=5"}
        assert report["transitions"] == [
            {
                "kind": "gains",
                "before": None,
                "after": role("billing"),
                "reason": f"Preferred role: {role('billing')}",
                "users": 1,
                "samples": ["bob"],
            }
        ]
        report = json.loads(build_diff_report(diff(snapshot, snapshot)))
        assert report["after"]["snapshot"] == report["before"]["snapshot"]

    def test_html(self, tmp_path: Path) -> None:
        snapshot = write_faulty_pool(tmp_path / "s")
        html = render_diff_html(diff(snapshot, Edits(dropped=frozenset({"<script>alert(1)</script>"}))))
        assert "<script>alert" not in html
        assert "<b>ian" not in html
        assert "No preferred role changes." in render_diff_html(diff(snapshot, snapshot))


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["pool", "diff", *map(str, arguments)])


class TestCommand:
    @pytest.fixture
    def snapshot(self, tmp_path: Path) -> Path:
        return write_snapshot(tmp_path / "s", GROUPS, MEMBERS).path

    def test_prints_the_users_of_each_change(self, snapshot: Path) -> None:
        result = call(
            snapshot,
            *(
                "--set-precedence",
                "admins=5",
                "--set-precedence",
                "x=y=7",
                "--set-role",
                f"x=y={role('y')}",
            ),
            *("--set-precedence", "billing=", "--set-role", "billing=", "--drop-group", "support"),
        )
        assert result.exit_code == ExitCode.OK, result.stderr
        assert "Roles differ for 5 of 5 users" in result.stdout
        assert f"1 user changes: {role('billing')} -> {role('y')}" in result.stdout
        assert "users: cid" in result.stdout
        assert f"  {role('support')}\n    lost by 2: bob, dora\n" in result.stdout

    def test_compares_two(self, snapshot: Path, tmp_path: Path) -> None:
        later = write_snapshot(tmp_path / "later", GROUPS, {"admins": ["bob"]}).path
        result = call(snapshot, later, "--json")
        assert json.loads(result.stdout)["affected_users"] == 4

    def test_reports_that_nothing_changes(self, snapshot: Path) -> None:
        lines = ["Roles differ for 0 of 5 users", "Groups differ for 0 of 5 users"]
        assert call(snapshot, snapshot).stdout.splitlines() == lines

    def test_writes_files(self, snapshot: Path, tmp_path: Path) -> None:
        html, users = tmp_path / "diff.html", tmp_path / "users.parquet"
        files = ("--html", html, "--users", users)
        result = call(snapshot, "--drop-group", "admins", *files, "--samples", 0)
        assert result.exit_code == ExitCode.OK
        assert "users: (use --samples to name some)" in result.stdout
        assert "drop-group admins" in html.read_text()
        assert duckdb.execute(f"select * from '{users}'").fetchall() == [
            ("ann", role("admin"), role("billing"), [], [role("admin")], [], ["admins"])
        ]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "--set-precedence"),
            (["later", "--drop-group", "admins"], "later snapshot"),
            (["--set-precedence", "admins=1", "--set-precedence", "admins=2"], "once for each group"),
            (["--set-role", "admins=", "--set-role", "admins="], "once for each group"),
            (["--set-precedence", "admins"], "NAME=NUMBER"),
            (["--set-precedence", "=5"], "NAME=NUMBER"),
            (["--set-precedence", "admins=high"], "a number"),
            (["--set-precedence", "admins=1_0"], "a number"),
            (["--set-precedence", "admins=٣"], "a number"),
            (["--set-precedence", "admins=-1"], "--set-precedence: must be"),
            (["--set-role", "admins"], "NAME=ARN"),
            (["--set-role", "admins=admin"], "NAME=ARN"),
            (["--set-role", "=arn:aws:iam::123456789012:role/x"], "NAME=ARN"),
            (["--set-role", "="], "NAME=ARN"),
            (["--set-role", "none="], "no such group: 'none'"),
            (["--set-precedence", "admins=-1"], "for 'admins'"),
            (["--drop-group", "none"], "no such group"),
            (["--drop-group", "admins", "--html", "one", "--users", "one"], "two options point"),
            (["nowhere"], "is not a snapshot"),
        ],
    )
    def test_refuses(self, snapshot: Path, arguments: list[str], message: str) -> None:
        result = call(snapshot, *arguments)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert message in result.stderr

    def test_reads_names_that_look_like_edits(self, tmp_path: Path) -> None:
        odd = f"x={role('a')}"
        groups = [group("x", 1, "x"), group(odd, 2, "odd")]
        only, both = (
            write_snapshot(tmp_path / str(len(some)), some, {one.group_name: ["ann"] for one in some}).path
            for some in (groups[1:], groups)
        )
        assert f"1 user loses: {role('odd')} -> none" in call(only, "--set-role", f"{odd}=").stdout
        assert f"{role('odd')} -> {role('b')}" in call(only, "--set-role", f"{odd}={role('b')}").stdout
        assert f"{role('x')} -> {role('a')}" in call(both, "--set-role", odd).stdout
        result = call(both, "--set-role", f"{odd}=")
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "may be" in result.stderr

    def test_reports_a_file_that_cannot_be_written(self, snapshot: Path, tmp_path: Path) -> None:
        result = call(snapshot, "--drop-group", "admins", "--users", tmp_path / "none" / "users.parquet")
        assert result.exit_code == ExitCode.NOT_WRITTEN


def test_transitions_are_values(tmp_path: Path) -> None:
    snapshot = write_snapshot(tmp_path, GROUPS, MEMBERS)
    one, other = (diff(snapshot, Edits(precedences={"billing": 5})).transitions for _ in range(2))
    assert one == other
    assert isinstance(one[0], Transition)
