"""Groups that differ, and the users who gain or lose them: by edits, and between two snapshots."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings, strategies as st
from typer.testing import CliRunner

from cognito_claims import GroupType, resolve
from cognito_claims.cli._app import app
from cognito_claims.pool import (
    Diff,
    Edits,
    GroupChange,
    SettingChange,
    Snapshot,
    build_diff_report,
    diff,
    render_diff_html,
)
from tests.pool_data import group, write_snapshot
from tests.samples import role

GROUPS = [group("admins", 0, "admin"), group("beta"), group("staff", 10, "staff")]
MEMBERS = {"admins": ["ann"], "beta": ["ann", "bob"], "staff": ["bob", "cid"]}


def at(second: int) -> datetime:
    return datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)


def change(one: GroupType, **settings: object) -> GroupType:
    return one.model_copy(update=settings)


def compare(
    folder: Path, groups: list[GroupType], members: Mapping[str, list[str]] = MEMBERS, samples: int = 10
) -> Diff:
    before = write_snapshot(folder / "before", GROUPS, MEMBERS)
    return diff(before, write_snapshot(folder / "after", groups, members), samples=samples)


class TestMembers:
    def test_gain_and_lose_groups(self, tmp_path: Path) -> None:
        result = compare(tmp_path, GROUPS, {**MEMBERS, "beta": ["bob", "cid", "new"], "staff": ["cid"]})
        assert result.groups == (
            GroupChange("beta", "kept", (), 2, 1, ("cid", "new"), ("ann",)),
            GroupChange("staff", "kept", (), 0, 1, (), ("bob",)),
        )

    def test_with_the_same_roles_are_counted_apart(self, tmp_path: Path) -> None:
        result = compare(tmp_path, GROUPS, {**MEMBERS, "beta": [], "staff": ["cid"]})
        assert (result.users, result.affected_users, result.regrouped_users) == (3, 1, 2)
        assert [one.users for one in result.transitions] == [1]

    def test_with_other_roles_keep_their_groups(self, tmp_path: Path) -> None:
        result = compare(tmp_path, [*GROUPS[1:], change(GROUPS[0], role_arn=role("other"))])
        assert (result.affected_users, result.regrouped_users) == (1, 0)

    @pytest.mark.parametrize("samples", [0, 1, 5])
    def test_are_named_as_far_as_is_wanted(self, tmp_path: Path, samples: int) -> None:
        result = compare(tmp_path, GROUPS, {**MEMBERS, "beta": ["cid", "dora", "eve"]}, samples)
        gained, lost = ("cid", "dora", "eve")[:samples], ("ann", "bob")[:samples]
        assert result.groups == (GroupChange("beta", "kept", (), 3, 2, gained, lost),)

    def test_of_a_dropped_group_lose_it(self, tmp_path: Path) -> None:
        snapshot = write_snapshot(tmp_path / "s", GROUPS, MEMBERS)
        out = tmp_path / "users.parquet"
        result = diff(snapshot, Edits(dropped=frozenset({"beta"})), users_out=out)
        assert result.groups == (GroupChange("beta", "deleted", (), 0, 2, (), ("ann", "bob")),)
        assert (result.affected_users, result.regrouped_users, result.roles) == (0, 2, ())
        columns = "username, roles_gained, roles_lost, groups_gained, groups_lost"
        assert duckdb.execute(f"select {columns} from '{out}'").fetchall() == [
            ("ann", [], [], [], ["beta"]),
            ("bob", [], [], [], ["beta"]),
        ]


class TestGroups:
    def test_are_changed_in_their_settings(self, tmp_path: Path) -> None:
        beta = change(GROUPS[1], precedence=0, description="for all")
        staff = change(GROUPS[2], precedence=None, role_arn=role("other"), last_modified_date=at(0))
        assert compare(tmp_path, [GROUPS[0], beta, staff]).groups == (
            GroupChange(
                "beta",
                "kept",
                (SettingChange("precedence", None, 0), SettingChange("description", None, "for all")),
                *(0, 0, (), ()),
            ),
            GroupChange(
                "staff",
                "kept",
                (
                    SettingChange("precedence", 10, None),
                    SettingChange("role_arn", role("staff"), role("other")),
                ),
                *(0, 0, (), ()),
            ),
        )

    def test_are_changed_by_edits(self, tmp_path: Path) -> None:
        snapshot = write_snapshot(tmp_path, GROUPS, MEMBERS)
        edits = Edits(precedences={"beta": 5, "admins": 0}, roles={"staff": None})
        assert [(one.group_name, one.kind, one.settings) for one in diff(snapshot, edits).groups] == [
            ("beta", "kept", (SettingChange("precedence", None, 5),)),
            ("staff", "kept", (SettingChange("role_arn", role("staff"), None),)),
        ]

    def test_are_created_and_deleted(self, tmp_path: Path) -> None:
        groups = [*GROUPS[1:], group("new", 5, "new"), group("empty")]
        result = compare(
            tmp_path, groups, {"beta": ["ann", "bob"], "staff": ["bob", "cid"], "new": ["ann"]}
        )
        assert result.groups == (
            GroupChange(
                "admins",
                "deleted",
                (SettingChange("precedence", 0, None), SettingChange("role_arn", role("admin"), None)),
                *(0, 1, (), ("ann",)),
            ),
            GroupChange("empty", "created", (), 0, 0, (), ()),
            GroupChange(
                "new",
                "created",
                (SettingChange("precedence", None, 5), SettingChange("role_arn", None, role("new"))),
                *(1, 0, ("ann",), ()),
            ),
        )

    @pytest.mark.parametrize(
        ("before", "after", "kind"),
        [(0, 1, "recreated"), (1, 0, "recreated"), (0, 0, None), (None, 0, None), (0, None, None)],
    )
    def test_are_created_again(
        self, tmp_path: Path, before: int | None, after: int | None, kind: str | None
    ) -> None:
        """Its creation date shows it, if both snapshots have one; its members may be the same."""
        one, other = (
            write_snapshot(
                tmp_path / name,
                [change(GROUPS[2], creation_date=None if second is None else at(second))],
                {"staff": ["bob"]},
            )
            for name, second in (("before", before), ("after", after))
        )
        expected = () if kind is None else (GroupChange("staff", "recreated", (), 0, 0, (), ()),)
        assert diff(one, other).groups == expected

    def test_are_not_listed_if_nothing_differs(self, tmp_path: Path) -> None:
        assert compare(tmp_path, GROUPS).groups == ()


Memberships = set[tuple[str, str]]
Side = tuple[list[GroupType], Memberships]
NAMES = ["a", "b", "c", "żółć"]


@st.composite
def sides(draw: st.DrawFn) -> Side:
    groups = [
        GroupType(
            group_name=name,
            precedence=draw(st.none() | st.integers(0, 2)),
            role_arn=draw(st.none() | st.sampled_from([role("x"), role("y")])),
            creation_date=draw(st.none() | st.integers(0, 1).map(at)),
        )
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True))
    ]
    names = [one.group_name for one in groups]
    users = st.sampled_from(["ann", "bob", "cid", "dora", "Eve", "żółw"])
    rows = st.sets(st.tuples(users, st.sampled_from(names))) if names else st.just(set[tuple[str, str]]())
    return groups, draw(rows)


def write(folder: Path, side: Side) -> Snapshot:
    groups, rows = side
    members = {one.group_name: [user for user, name in rows if name == one.group_name] for one in groups}
    return write_snapshot(folder, groups, members)


def list_roles(groups: list[GroupType], rows: Memberships, user: str) -> tuple[str | None, set[str]]:
    resolution = resolve([one for one in groups if (user, one.group_name) in rows])
    return resolution.preferred_role, {*resolution.roles}


class TestAgreesWithAPlainLoop:
    """Who gains, loses or keeps a group is the difference of two sets of memberships."""

    def check(self, result: Diff, users_out: Path, before: Side, after: Side) -> None:
        (groups, rows), (groups_after, rows_after) = before, after
        changes = {one.group_name: one for one in result.groups}
        for name in NAMES:
            gained = sorted(user for user, group_name in rows_after - rows if group_name == name)
            lost = sorted(user for user, group_name in rows - rows_after if group_name == name)
            one = changes.get(name)
            found = ((), ()) if one is None else (one.gained_samples, one.lost_samples)
            assert found == (tuple(gained), tuple(lost))
            assert one is None or (one.gained_by, one.lost_by) == (len(gained), len(lost))
        users = {user for user, _ in rows | rows_after}
        regrouped = {user for user, _ in rows ^ rows_after}
        affected = {
            user
            for user in users
            if list_roles(groups, rows, user) != list_roles(groups_after, rows_after, user)
        }
        counts = (result.users, result.affected_users, result.regrouped_users)
        assert counts == (len(users), len(affected), len(regrouped))
        columns = "username, groups_gained, groups_lost"
        written = duckdb.execute(f"select {columns} from '{users_out}'").fetchall()
        assert {user: ({*gained}, {*lost}) for user, gained, lost in written} == {
            user: (
                {name for one, name in rows_after - rows if one == user},
                {name for one, name in rows - rows_after if one == user},
            )
            for user in affected | regrouped
        }
        assert len(written) == len(affected | regrouped)

    @pytest.mark.slow
    @settings(max_examples=25)
    @given(before=sides(), after=sides())
    def test_over_two_snapshots(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        before: Side,
        after: Side,
    ) -> None:
        folder = tmp_path_factory.mktemp("pool")
        snapshots = write(folder / "before", before), write(folder / "after", after)
        result = diff(*snapshots, users_out=folder / "users.parquet")
        self.check(result, folder / "users.parquet", before, after)
        by_name = [{one.group_name: one for one in groups} for groups, _ in (before, after)]
        for one in result.groups:
            sides = [groups.get(one.group_name) for groups in by_name]
            assert (sides[0] is None) == (one.kind == "created")
            assert (sides[1] is None) == (one.kind == "deleted")

    @settings(max_examples=15)
    @given(before=sides(), dropped=st.sets(st.sampled_from(NAMES)))
    def test_over_dropped_groups(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        before: Side,
        dropped: set[str],
    ) -> None:
        folder = tmp_path_factory.mktemp("pool")
        groups, rows = before
        edits = Edits(dropped=frozenset(dropped & {one.group_name for one in groups}))
        result = diff(write(folder / "s", before), edits, users_out=folder / "users.parquet")
        after = {(user, name) for user, name in rows if name not in dropped}
        self.check(result, folder / "users.parquet", before, ([*edits.apply(groups)], after))
        assert {one.group_name for one in result.groups} == edits.dropped


class TestReports:
    @pytest.fixture
    def snapshots(self, tmp_path: Path) -> tuple[Snapshot, Snapshot]:
        """One group of each kind."""
        later = [
            change(GROUPS[0], creation_date=at(1)),
            change(GROUPS[2], description="<b>all</b>\x1b[2J"),
            group("<i>", 1),
        ]
        before = [change(GROUPS[0], creation_date=at(0)), *GROUPS[1:]]
        return (
            write_snapshot(tmp_path / "before", before, MEMBERS),
            write_snapshot(tmp_path / "after", later, {**MEMBERS, "beta": [], "<i>": ["<u>"]}),
        )

    def test_json(self, snapshots: tuple[Snapshot, Snapshot]) -> None:
        report = json.loads(build_diff_report(diff(*snapshots)))
        assert (report["users"], report["affected_users"], report["regrouped_users"]) == (4, 0, 3)
        kinds = ["created", "recreated", "deleted", "kept"]
        assert [one["kind"] for one in report["groups"]] == kinds
        assert report["groups"][0] == {
            "group_name": "<i>",
            "kind": "created",
            "settings": [{"setting": "precedence", "before": None, "after": 1}],
            "gained_by": 1,
            "lost_by": 0,
            "gained_samples": ["<u>"],
            "lost_samples": [],
        }

    def test_html(self, snapshots: tuple[Snapshot, Snapshot]) -> None:
        html = render_diff_html(diff(*snapshots, samples=1))
        for shown in ("deleted and created again", "&lt;b&gt;all", "&lt;i&gt;", "&lt;u&gt;", "1 of 2"):
            assert shown in html
        for name in ("<i>", "<u>", "<b>all"):
            assert name not in html
        assert "No groups change." in render_diff_html(diff(snapshots[0], snapshots[0]))

    def test_text(self, snapshots: tuple[Snapshot, Snapshot]) -> None:
        paths = [str(one.path) for one in snapshots]
        shown = CliRunner().invoke(app, ["pool", "diff", *paths, "--samples", "1"]).stdout
        assert shown.splitlines() == [
            "Roles differ for 0 of 4 users",
            "Groups differ for 3 of 4 users",
            "",
            "In cognito:groups",
            "  <i>: created",
            "    precedence: none -> 1",
            "    gained by 1: <u>",
            "  admins: deleted and created again",
            "  beta: deleted",
            "    lost by 2: ann and 1 more",
            "  staff",
            "    description: none -> <b>all</b>\\x1b[2J",
        ]
