"""What an audit finds and what it does not, and its reports."""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from itertools import combinations, count
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings

from cognito_claims import GroupType, InvalidClaimsError, InvalidResponseError, Policy
from cognito_claims.identity_pool import choose_role
from cognito_claims.pool import (
    CHECKS,
    Audit,
    AuditInputError,
    Change,
    Finding,
    GroupUse,
    Ignore,
    RoleUse,
    Severity,
    Snapshot,
    SnapshotError,
    UnknownGroupsError,
    audit,
    build_audit_report,
    build_audit_sarif,
    render_audit_html,
    resolve_memberships,
)
from cognito_claims.pool._user_sets import UNKNOWN_GROUPS
from tests.pool_data import (
    POOL,
    count_decisions,
    group,
    replace_table,
    write_faulty_pool,
    write_snapshot,
)
from tests.samples import role
from tests.test_pool_resolve import pools, resolve_one_by_one

PROVIDER = f"cognito-idp.eu-west-1.amazonaws.com/{POOL}:client"


def identity_pool(mapping: dict[str, Any], *clients: str) -> dict[str, Any]:
    start = PROVIDER.removesuffix("client")
    return {
        "IdentityPoolId": "eu-west-1:00000000-0000-0000-0000-000000000000",
        "Roles": {"authenticated": role("authenticated")},
        "RoleMappings": {start + client: mapping for client in clients or ("client",)},
    }


def by_token(ambiguous: str) -> dict[str, Any]:
    return {"Type": "Token", "AmbiguousRoleResolution": ambiguous}


def by_rule(claim: str, match_type: str, value: str) -> dict[str, Any]:
    rule = {"Claim": claim, "MatchType": match_type, "Value": value, "RoleARN": role("by-rule")}
    return {
        "Type": "Rules",
        "AmbiguousRoleResolution": "Deny",
        "RulesConfiguration": {"Rules": [rule]},
    }


@pytest.fixture
def found(tmp_path: Path) -> Any:
    """Return a function that audits a pool and returns the findings of one code."""
    numbers = count()

    def found(
        code: str,
        groups: list[GroupType],
        members: dict[str, list[str]],
        manifest: dict[str, Any] | None = None,
        **options: Any,
    ) -> list[Finding]:
        folder = tmp_path / f"snapshot-{next(numbers)}"
        snapshot = write_snapshot(folder, groups, members, **manifest or {})
        return [one for one in audit(snapshot, **options).findings if one.check.code == code]

    return found


OTHER_ROLE = "arn:aws:iam::999999999999:role/other"
TRIGGER = "arn:aws:lambda:eu-west-1:123456789012:function:claims"


class TestFindings:
    """Each problem is found where it exists, and not where it nearly exists."""

    def test_users_without_a_preferred_role(self, found: Any) -> None:
        groups = [group("a", 1, "x"), group("b", 1, "y"), group("c", 2, "z")]
        [tie] = found("no-preferred-role", groups, {"a": ["ann", "bob"], "b": ["bob", "cid"], "c": ["bob"]})
        assert (tie.groups, tie.users, tie.samples) == (("a", "b"), 1, ("bob",))
        assert "'a' and 'b'" in tie.reason
        assert tie.check.severity is Severity.ERROR

    def test_ties_at_one_precedence_are_one_finding(self, found: Any) -> None:
        names = "abcdefgh"
        groups = [group(name, None, name) for name in names] + [group("y", 1, "y"), group("z", 1, "z")]
        members: dict[str, list[str]] = {"y": ["yz"], "z": ["yz"]}
        for pair in combinations(names, 2):
            for name in pair:
                members.setdefault(name, []).append("".join(pair))
        for name in "gh":
            members[name].append("gh again")
        [nulls, ones] = found("no-preferred-role", groups, members)
        assert (nulls.about, nulls.users, nulls.groups) == ("precedence=none", 29, (*names,))
        assert "In 28 combinations, the groups are: 'g' and 'h' (2); 'a' and 'b' (1); " in nulls.reason
        assert nulls.reason.count(";") == 5
        assert nulls.title == "In groups without a precedence, users have roles, but none is preferred."
        assert ones.title == "At precedence 1, users have roles, but none is preferred."
        assert (ones.about, ones.users, ones.samples) == ("precedence=1", 1, ("yz",))

    def test_users_without_one_by_the_policy_are_separate_findings(self, found: Any) -> None:
        groups = [group("a", 1), group("b", 2, "x"), group("c", 2, "y"), group("d", None, "z")]
        members = {"a": ["ann"], "b": ["ann", "bob"], "c": ["ann", "bob"], "d": ["cid"]}
        policy = Policy(null_precedence="abstains", roleless="blocks")
        findings = found("no-preferred-role", groups, members, policy=policy)
        assert {one.about: one.samples for one in findings} == {
            "roleless=blocks": ("ann",),
            "null_precedence=abstains": ("cid",),
            "precedence=2": ("bob",),
        }

    def test_none_where_the_tied_name_one_role(self, found: Any) -> None:
        groups = [group("a", 1, "x"), group("b", 1, "x")]
        assert not found("no-preferred-role", groups, {"a": ["ann"], "b": ["ann"]})

    def test_users_without_a_preferred_role_by_the_policy(self, found: Any) -> None:
        policy = Policy(null_precedence="abstains")
        [one] = found("no-preferred-role", [group("a", None, "x")], {"a": ["ann"]}, policy=policy)
        assert (one.groups, one.users) == (("a",), 1)
        assert "abstains" in one.reason

    def test_a_role_that_abstains_is_not_outranked(self, found: Any) -> None:
        policy = Policy(null_precedence="abstains")
        assert not found("outranked-role", [group("a", None, "x")], {"a": ["ann"]}, policy=policy)

    def test_open_questions(self, found: Any) -> None:
        groups = [group("a", None, "x"), group("b", 1), group("c", 2, "y"), group("d", 3, "z")]
        members = {"a": ["ann"], "b": ["bob"], "c": ["bob", "cid"], "d": ["bob"]}
        by_question = {one.about: one for one in found("open-question", groups, members)}
        assert by_question["null-precedence"].samples == ("ann",)
        assert by_question["null-precedence"].groups == ("a",)
        assert by_question["roleless-at-best"].samples == ("bob",)
        assert by_question["roleless-at-best"].groups == ("b",)

    def test_groups_of_one_precedence(self, found: Any) -> None:
        groups = [
            group("a", 1, "x"),
            group("b", 1, "y"),
            group("c", 1),
            group("d", 0, "x"),
            group("e", 3, "x"),
        ]
        members = {"a": ["ann", "bob"], "b": ["bob"], "d": ["bob", "cid"], "e": ["cid"]}
        [one] = found("equal-precedence", groups, members)
        assert (one.groups, one.samples) == (("a", "b"), ("bob",))
        assert one.title == "Groups at precedence 1 have different roles."

    def test_a_tie_is_one_finding(self, found: Any) -> None:
        groups = [*(group(name, 1, name) for name in "abc"), *(group(name, 2, name) for name in "de")]
        members = {"a": ["ann"], "b": ["ann"], "d": ["dan"], "e": ["eve"]}
        assert [one.about for one in found("no-preferred-role", groups, members)] == ["precedence=1"]
        assert [one.about for one in found("equal-precedence", groups, members)] == ["precedence=2"]

    def test_groups_without_a_precedence(self, found: Any) -> None:
        """They are not a second finding about their precedence."""
        groups = [group("a", None, "x"), group("b", None, "y")]
        assert len(found("role-without-precedence", groups, {})) == 2
        assert not found("equal-precedence", groups, {})
        assert not found("equal-precedence", groups, {"a": ["ann"], "b": ["ann"]})

    def test_none_where_they_name_one_role(self, found: Any) -> None:
        assert not found("equal-precedence", [group("a", 1, "x"), group("b", 1, "x"), group("c", 1)], {})

    def test_a_role_without_precedence(self, found: Any) -> None:
        groups = [group("a", None, "x"), group("b"), group("c", 0, "y")]
        [one] = found("role-without-precedence", groups, {"a": ["ann"], "b": ["bob"], "c": ["cid"]})
        assert (one.groups, one.users) == (("a",), 1)

    def test_a_role_that_is_always_outranked(self, found: Any) -> None:
        groups = [group("a", 1, "x"), group("b", 2, "y"), group("c", 3, "z"), group("d", 4, "z")]
        members = {"a": ["ann", "bob"], "b": ["ann", "bob"], "c": ["bob", "cid"], "d": ["ann"]}
        [one] = found("outranked-role", groups, members)
        assert (one.groups, one.users) == (("b",), 2)
        assert role("y") in one.title

    def test_none_where_it_ties_or_has_no_members(self, found: Any) -> None:
        groups = [group("a", 1, "x"), group("b", 1, "y"), group("c", 3, "z")]
        assert not found("outranked-role", groups, {"a": ["ann"], "b": ["ann"]})

    def test_an_empty_group(self, found: Any) -> None:
        groups = [group("a", 1, "x"), group("b", 2), group("c", 3, "z")]
        [one] = found("empty-group", groups, {"c": ["ann"]})
        assert one.groups == ("a",)

    def test_a_federated_group_with_a_role(self, found: Any) -> None:
        groups = [
            group(f"{POOL}_Google", 5, "x"),
            group(f"{POOL}_SAML", None, "x"),
            group(f"{POOL}_Okta"),
            group(f"{POOL}_", 6, "x"),
            group("eu-west-1_Other_Google", 7, "x"),
        ]
        findings = found("federated-group-with-role", groups, {f"{POOL}_Google": ["ann"]})
        assert [one.groups for one in findings] == [(f"{POOL}_Google",), (f"{POOL}_SAML",)]
        assert [one.users for one in findings] == [1, 0]
        assert {one.check.severity for one in findings} == {Severity.ERROR}

    def test_a_group_without_a_role_that_ranks_first(self, found: Any) -> None:
        groups = [group("a", 1), group("b", 0), group("c", 5, "x"), group("d", 7), group("e")]
        members = {"a": ["ann"], "c": ["ann", "cid"], "d": ["dan"], "e": ["eve"]}
        [one] = found("roleless-group-first", groups, members)  # `b` is empty
        assert (one.about, one.groups, one.users) == ("a", ("a",), 1)
        assert one.title == "'a' has no role, but ranks before every group with a role."

    def test_none_where_a_role_depends_on_it_which_is_an_open_question(self, found: Any) -> None:
        groups = [group("a", 1), group("b", 2, "x"), group("c", 3, "y")]
        members = {name: ["ann"] for name in "abc"}
        assert not found("roleless-group-first", groups, members)
        assert [one.groups for one in found("open-question", groups, members)] == [("a",)]

    @pytest.mark.parametrize("precedence", [1, None])
    def test_none_where_it_ties_or_no_group_has_a_role(self, found: Any, precedence: int | None) -> None:
        members = {"a": ["ann"]}
        assert not found(
            "roleless-group-first", [group("a", precedence), group("b", precedence, "x")], members
        )
        assert not found("roleless-group-first", [group("a", precedence)], members)

    @pytest.mark.parametrize(
        ("members", "total", "expected"), [(9, 10, ["all"]), (8, 10, []), (9, 9, []), (90, 100, ["all"])]
    )
    def test_a_role_of_nearly_everyone(
        self, found: Any, members: int, total: int, expected: list[str]
    ) -> None:
        users = [f"u{number:03}" for number in range(total)]
        groups = [group("all", 2, "x"), group("some", 1, "y"), group("none")]
        findings = found(
            "role-of-nearly-everyone",
            groups,
            {"all": users[:members], "some": users[members:], "none": users},
        )
        assert [one.about for one in findings] == expected
        assert all(f"holds {members:,} of {total:,} users" in one.title for one in findings)

    def test_a_role_of_another_account(self, found: Any) -> None:
        other = GroupType(group_name="c", user_pool_id=POOL, precedence=3, role_arn=OTHER_ROLE)
        groups = [group("a", 1, "x"), group("b", 2, "y"), other]
        members = {"a": ["ann"], "c": ["ann", "cid"]}
        [one] = found("role-of-another-account", groups, members)
        assert (one.about, one.groups, one.samples) == ("999999999999", ("c",), ("ann", "cid"))
        assert one.title == "Groups have roles of account 999999999999."
        assert one.reason == "2 of 3 roles are of account 123456789012"
        user_pool = {"Id": POOL, "Arn": f"arn:aws:cognito-idp:eu-west-1:999999999999:userpool/{POOL}"}
        [one] = found("role-of-another-account", groups, members, user_pool=user_pool)
        assert (one.about, one.groups) == ("123456789012", ("a", "b"))
        assert one.reason == "the user pool is of account 999999999999"
        assert not found("role-of-another-account", groups[:2], members | {"c": []})

    def test_a_group_that_was_created_again_during_the_fetch(self, found: Any) -> None:
        whats = [("a", "created"), ("a", "deleted"), ("a", "shifted"), ("b", "created"), ("c", "deleted")]
        whats += [("gone", "created"), ("gone", "deleted")]
        manifest = {"changes": tuple(Change(group_name=name, what=what) for name, what in whats)}  # type: ignore[arg-type]
        groups = [group("a"), group("b"), group("c")]
        [one] = found("recreated-group", groups, {"a": ["ann"]}, manifest)
        assert (one.about, one.samples) == ("a", ("ann",))
        assert one.reason == "it was deleted and created during the fetch"
        [one] = found("changed-during-fetch", groups, {}, manifest)
        assert one.reason == "2 created, 2 deleted, 1 shifted"

    @pytest.mark.parametrize("config", [{"PreTokenGeneration": TRIGGER}, {}, None])
    def test_a_pre_token_generation_trigger(self, found: Any, config: object) -> None:
        user_pool = {"UserPool": {"Id": POOL, "LambdaConfig": config}}
        findings = found("pre-token-generation-trigger", [], {}, user_pool=user_pool)
        assert [one.reason for one in findings] == [f"its function is {TRIGGER}"] * bool(config)
        assert all("this audit cannot see what it does" in one.title for one in findings)

    def test_refuses_the_description_of_a_different_pool(self, found: Any) -> None:
        with pytest.raises(AuditInputError, match=f"^user pool: Id: must be {POOL}") as caught:
            found("", [], {}, user_pool={"Id": "eu-west-1_Other"})
        assert (caught.value.source, caught.value.problems[0].path) == ("user pool", "Id")

    def test_long_lists_end_in_a_count(self, found: Any) -> None:
        groups = [group(f"g{number:02}", 1, f"r{number:02}") for number in range(30)]
        [one] = found("equal-precedence", groups, {})
        assert one.reason.endswith("'g04' and 25 more")
        members: dict[str, list[str]] = {one.group_name: [] for one in groups}
        for number, (first, second) in enumerate(combinations(list(members)[:5], 2)):
            members[first].append(f"u{number}")
            members[second].append(f"u{number}")
        [one] = found("no-preferred-role", groups, members)
        assert one.reason.endswith("; and 5 more.")

    @pytest.mark.parametrize(("count", "users"), [(89, 0), (90, 1), (100, 1)])
    def test_users_with_many_groups(self, found: Any, count: int, users: int) -> None:
        groups = [group(f"g{n}", n) for n in range(count)]
        findings = found(
            "many-groups", groups, {one.group_name: ["ann"] for one in groups} | {"g1": ["ann", "bob"]}
        )
        assert [(one.users, one.reason) for one in findings] == [
            (1, f"up to {count} of 100 groups")
        ] * users

    @pytest.mark.parametrize(("count", "found_ones"), [(8_999, 0), (9_000, 1)])
    def test_a_pool_that_is_nearly_full(self, found: Any, count: int, found_ones: int) -> None:
        assert len(found("pool-nearly-full", [group(f"g{n:05}") for n in range(count)], {})) == found_ones

    def test_a_pool_that_changed_during_the_fetch(self, found: Any) -> None:
        changes = (Change(group_name="b", what="deleted"), Change(group_name="a", what="shifted"))
        [one] = found("changed-during-fetch", [group("a")], {}, {"changes": changes})
        assert (one.groups, one.reason) == (("a", "b"), "1 deleted, 1 shifted")

    def test_nothing_in_a_pool_that_is_well_kept(self, tmp_path: Path) -> None:
        groups = [group("admins", 0, "admin"), group("staff", 10, "staff")]
        result = audit(write_snapshot(tmp_path / "s", groups, {"admins": ["ann"], "staff": ["ann", "bob"]}))
        assert result.findings == ()
        assert result.worst is None


class TestWithAnIdentityPool:
    @pytest.fixture
    def chosen(self, found: Any) -> Any:
        groups = [group("a", 1, "x"), group("b", 1, "y"), group("nonb", 3, "z")]
        return partial(found, groups=groups, members={"a": ["ann", "bob"], "b": ["bob"], "nonb": ["cid"]})

    def test_users_are_denied(self, chosen: Any) -> None:
        roles = identity_pool(by_token("Deny"))
        [one] = chosen("identity-pool-denies", identity_pool=roles, provider=PROVIDER)
        assert one.samples == ("bob",)
        assert "Deny" in one.reason

    def test_users_get_the_authenticated_role(self, chosen: Any) -> None:
        roles = identity_pool(by_token("AuthenticatedRole"))
        [one] = chosen("identity-pool-falls-back", identity_pool=roles, provider=PROVIDER)
        assert one.samples == ("bob",)

    def test_an_identity_pool_is_read_though_nobody_is_in_a_group(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidResponseError):
            audit(write_snapshot(tmp_path, [], {}), identity_pool={"Type": "token"})

    def test_users_without_a_role_are_a_separate_finding(self, tmp_path: Path) -> None:
        groups = [group("a", 1, "a"), group("b", 1, "b"), group("c", 1)]
        snapshot = write_snapshot(tmp_path, groups, {"a": ["ann"], "b": ["ann"], "c": ["cid"]})
        roles = identity_pool(by_token("AuthenticatedRole"))
        result = audit(snapshot, identity_pool=roles, provider=PROVIDER)
        found = [one for one in result.findings if one.check.code == "identity-pool-falls-back"]
        assert {one.samples: one.reason.startswith("they have no role: ") for one in found} == {
            ("ann",): False,
            ("cid",): True,
        }

    @pytest.mark.parametrize(
        ("roles", "provider"),
        [
            ({"Roles": {"authenticated": role("authenticated")}}, None),
            ({"IdentityPoolId": "eu-west-1:0"}, None),
            (identity_pool(by_token("Deny")), f"{PROVIDER}-2"),
        ],
    )
    def test_a_pool_without_a_mapping_is_one_finding(
        self, found: Any, roles: dict[str, Any], provider: str | None
    ) -> None:
        groups = [group("a", 1, "x"), group("b", 2, "y"), group("c", 3)]
        members = {"a": ["ann", "bob"], "b": ["bob"], "c": ["cid"]}
        options = {"identity_pool": roles, "provider": provider}
        [one] = found("identity-pool-without-mapping", groups, members, **options)
        assert (one.groups, one.users, one.samples) == (("a", "b"), 2, ("ann", "bob"))
        assert one.check.severity is Severity.ERROR
        assert one.reason.endswith("; 2 groups have a role: 'a' and 'b'")
        assert ("a different app client" in one.reason) == (provider is not None)
        assert not found("identity-pool-falls-back", groups, members, **options)
        denied = found("identity-pool-denies", groups, members, **options)
        assert [(two.about, two.samples) for two in denied] == [("no-mapping, no-role", ("cid",))] * (
            "Roles" not in roles
        )

    def test_a_pool_without_a_mapping_is_none_where_no_group_has_a_role(self, found: Any) -> None:
        roles = {"Roles": {"authenticated": role("authenticated")}}
        arguments = [group("a", 1)], {"a": ["ann"]}
        assert not found("identity-pool-without-mapping", *arguments, identity_pool=roles)
        assert not found("identity-pool-falls-back", *arguments, identity_pool=roles)

    def test_a_provider_is_required_though_nobody_is_in_a_group(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidClaimsError, match="provider="):
            audit(write_snapshot(tmp_path, [], {}), identity_pool=identity_pool(by_token("Deny")))

    def test_lists_the_groups_that_are_the_cause(self, found: Any) -> None:
        groups = [group("a", 1, "x"), group("b", 1, "y"), group("c", 2, "z"), group("d", 3)]
        members = {name: ["ann"] for name in "abcd"} | {"d": ["ann", "dan"]}
        options = {"identity_pool": identity_pool(by_token("Deny")), "provider": PROVIDER}
        findings = found("identity-pool-denies", groups, members, **options)
        assert {one.title: one.groups for one in findings} == {
            "The identity pool denies credentials to users who have roles.": ("a", "b"),
            "The identity pool denies credentials to users without a role.": ("d",),
        }

    def test_lists_the_groups_that_raise_a_question(self, found: Any) -> None:
        groups = [group("a", None, "x"), group("b"), group("c", 1), group("d", 2, "y"), group("e", 3, "z")]
        members = {"a": ["ann"], "b": ["ann"], "c": ["cid"], "d": ["cid"], "e": ["cid"]}
        options: dict[str, Any] = {"identity_pool": identity_pool(by_token("Deny")), "provider": PROVIDER}
        findings = found("identity-pool-open-question", groups, members, **options)
        assert {one.about: one.groups for one in findings} == {
            "null-precedence": ("a",),
            "roleless-at-best": ("c",),
        }
        options["policy"] = Policy(null_precedence="abstains")
        findings = found("identity-pool-open-question", groups, members, **options)
        assert {one.about: one.groups for one in findings} == {
            "lone-role": ("a",),
            "null-precedence": ("a",),
            "roleless-at-best": ("c",),
        }

    @pytest.mark.parametrize(
        ("issuer", "keys", "users"),
        [
            ("UPDATED", ("",), [3]),
            ("UPDATED", ("", "issuer-"), []),
            ("UPDATED", (), []),
            ("ORIGINAL", ("",), []),
        ],
    )
    def test_the_updated_issuer_is_an_open_question(
        self, chosen: Any, issuer: str, keys: tuple[str, ...], users: list[int]
    ) -> None:
        roles = {
            **identity_pool(by_token("Deny")),
            "RoleMappings": {key + PROVIDER: by_token("Deny") for key in keys},
        }
        user_pool = {"Id": POOL, "IssuerConfiguration": {"Type": issuer}}
        options = {"identity_pool": roles, "provider": PROVIDER, "user_pool": user_pool}
        findings = chosen("identity-pool-open-question", **options)
        assert [one.users for one in findings if one.about == "updated-issuer"] == users

    def test_a_rule_depends_on_an_open_question(self, chosen: Any) -> None:
        mapping = by_rule("cognito:groups", "Contains", "b")
        [one] = chosen("identity-pool-open-question", identity_pool=mapping)
        assert (one.about, one.samples, one.groups) == ("contains-element", ("cid",), ("nonb",))
        assert "contains-element" in one.title

    def test_rules_use_several_claims(self, chosen: Any) -> None:
        mapping = by_rule("custom:team", "Equals", "b")
        rules = mapping["RulesConfiguration"]["Rules"]
        rules.append({**rules[0], "Claim": "email"})
        [one] = chosen("identity-pool-needs-claims", identity_pool=mapping)
        assert one.reason == "the rules use custom:team, email"

    def test_a_rule_uses_a_claim_that_groups_lack(self, chosen: Any) -> None:
        mapping = by_rule("custom:team", "Equals", "b")
        [one] = chosen("identity-pool-needs-claims", identity_pool=mapping)
        assert one.users == 3
        assert "custom:team" in one.reason

    def test_an_identity_pool_that_is_none(self, chosen: Any) -> None:
        with pytest.raises(InvalidResponseError):
            chosen("", identity_pool={"Type": "token"})

    def test_a_provider_that_is_not_known(self, chosen: Any) -> None:
        with pytest.raises(InvalidClaimsError, match="provider="):
            chosen("", identity_pool=identity_pool(by_token("Deny")))


class TestOverlappingNames:
    """A rule with `Contains` may match a part of a group's name."""

    NAMES = ("admins", "nonadmins", "admins-eu", "min", "other", "x")
    MEMBERS = MappingProxyType(
        {"admins": ["ann", "bob"], "nonadmins": ["ann", "cid"], "admins-eu": ["ann"], "x": ["eve"]}
    )

    def find(
        self, found: Any, *mappings: dict[str, Any]
    ) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        roles = {
            **identity_pool({}),
            "RoleMappings": dict(zip([PROVIDER, "other"], mappings, strict=False)),
        }
        options = {"identity_pool": roles, "provider": PROVIDER} if mappings else {}
        findings = found("overlapping-names", [*map(group, self.NAMES)], self.MEMBERS, **options)
        return {one.about: (one.groups, one.samples) for one in findings}

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("admins", (("admins", "admins-eu", "nonadmins"), ("ann", "cid"))),
            ("min", (("admins", "admins-eu", "min", "nonadmins"), ("ann", "bob", "cid"))),
            ("nonadmins", None),  # the only group, and it is equal
            ("othe", None),  # the only group
            ("none", None),
        ],
    )
    def test_are_found_for_the_value_of_a_rule(
        self, found: Any, value: str, expected: tuple[object, object] | None
    ) -> None:
        mapping = by_rule("cognito:groups", "Contains", value)
        assert self.find(found, mapping) == ({} if expected is None else {value: expected})

    def test_are_one_finding_for_each_value(self, found: Any) -> None:
        mapping = by_rule("cognito:groups", "Contains", "admins")
        rules = mapping["RulesConfiguration"]["Rules"]
        rules += [rules[0], {**rules[0], "Value": "min"}]
        assert self.find(found, mapping).keys() == {"admins", "min"}

    def test_are_none_without_such_a_rule(self, found: Any) -> None:
        assert self.find(found) == {}
        assert self.find(found, by_token("Deny")) == {}
        assert (
            self.find(
                found,
                by_token("Deny")
                | {
                    "RulesConfiguration": by_rule("cognito:groups", "Contains", "min")["RulesConfiguration"]
                },
            )
            == {}
        )
        assert self.find(found, by_rule("cognito:groups", "StartsWith", "admins")) == {}
        assert self.find(found, by_rule("email", "Contains", "admins")) == {}
        assert self.find(found, by_token("Deny"), by_rule("cognito:groups", "Contains", "min")) == {}

    def test_a_mapping_by_itself_counts(self, found: Any) -> None:
        mapping = by_rule("cognito:groups", "Contains", "min")
        assert found("overlapping-names", [*map(group, self.NAMES)], {}, identity_pool=mapping)


def count_calls(function: Callable[[], object]) -> int:
    """Return how many functions of Python and of C are called."""
    calls = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(before)
    return calls


class TestGrowth:
    """The work grows with the number of groups, whatever their names are."""

    def snapshots(self, folder: Path, names: list[str]) -> list[Snapshot]:
        sizes = (len(names), len(names) // 4)
        return [write_snapshot(folder / str(size), map(group, names[:size]), {}) for size in sizes]

    def test_does_not_depend_on_names_that_overlap(self, tmp_path: Path) -> None:
        text = "".join(map(chr, range(0x4E00, 0x4E00 + 64)))
        parts = [text[start:end] for start, end in combinations(range(40), 2)]
        short = [f"g{number:04}" for number in range(len(parts))]
        rule = by_rule("cognito:groups", "Contains", text[10:12])
        options: dict[str, Any] = {"identity_pool": rule}
        counts = [
            [
                count_calls(partial(audit, snapshot, **options))
                for snapshot in self.snapshots(tmp_path / str(number), names)
            ]
            for number, names in enumerate((parts, short))
        ]
        (many_parts, few_parts), (many, few) = counts
        assert many_parts < 1.2 * many
        assert many_parts < 4.2 * few_parts
        assert few < many


class TestSetsOfGroups:
    """Many sets, of which several have the same problem."""

    @pytest.fixture
    def snapshot(self, tmp_path: Path) -> Snapshot:
        groups = [
            *(group(name, 1, name) for name in "abc"),
            group("d", 0),
            group("e", None, "e"),
            group("f"),
        ]
        members: dict[str, list[str]] = {}
        for size in (1, 2, 3):
            for names in combinations("abcdef", size):
                for name in names:
                    members.setdefault(name, []).append("".join(names))
        return write_snapshot(tmp_path, groups, members)

    @pytest.mark.parametrize("policy", [Policy(), Policy(null_precedence="abstains", roleless="blocks")])
    @pytest.mark.parametrize("mapping", [by_token("Deny"), by_token("AuthenticatedRole")])
    def test_are_grouped_by_what_decided_and_not_by_wording(
        self, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, policy: Policy, mapping: dict[str, Any]
    ) -> None:
        options: dict[str, Any] = {"identity_pool": identity_pool(mapping), "provider": PROVIDER}
        before = audit(snapshot, policy=policy, **options)
        numbers = count()

        def reword_headline(_: object) -> str:
            return f"{next(numbers)}."

        def reword(*arguments: Any, **options: Any) -> Any:
            return replace(choose_role(*arguments, **options), reason=f"reason {next(numbers)}")

        monkeypatch.setattr("cognito_claims.resolver.rendering.headline", reword_headline)
        monkeypatch.setattr("cognito_claims.pool._audit.role_choices.choose_role", reword)
        after = audit(snapshot, policy=policy, **options)
        assert [replace(one, reason="") for one in after.findings] == [
            replace(one, reason="") for one in before.findings
        ]
        assert after.findings != before.findings
        assert len({(one.check.code, one.about) for one in before.findings}) == len(before.findings)

    def test_are_decided_once_for_each_policy(
        self, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counts = count_decisions(monkeypatch)
        result = audit(snapshot, identity_pool=identity_pool(by_token("Deny")), provider=PROVIDER)
        assert {one.check.code for one in result.findings} >= {"open-question", "identity-pool-denies"}
        assert len({policy for _, policy in counts}) == 3
        assert {*counts.values()} == {1}


class TestTheAudit:
    def test_counts_the_users_of_each_role(self, tmp_path: Path) -> None:
        result = audit(write_faulty_pool(tmp_path))
        assert (result.users, result.outcomes) == (9, {"preferred": 7, "ambiguous": 2})
        assert result.roles[0] == RoleUse(role("reader"), 3, 4)
        assert result.roles[-1] == RoleUse(role("intern"), 0, 1) or result.roles[-1].held_by == 0
        by_name = {use.group.group_name: use for use in result.groups}
        assert by_name["billing"] == GroupUse(group("billing", 10, "billing"), 2, 1, 1)
        assert [use.group.precedence for use in result.groups] == [0, 5, 10, 10, 20, 20, 30, 40, None, None]

    def test_finds_the_worst_first(self, tmp_path: Path) -> None:
        result = audit(write_faulty_pool(tmp_path))
        severities = [list(Severity).index(one.check.severity) for one in result.findings]
        assert severities == sorted(severities)
        assert result.worst is Severity.ERROR

    def test_names_as_many_users_as_are_wanted(self, tmp_path: Path) -> None:
        snapshot = write_snapshot(tmp_path, [group("a", None, "x")], {"a": [f"u{n}" for n in range(9)]})
        for samples in (0, 3, 20):
            [*_, last] = audit(snapshot, samples=samples).findings
            assert last.samples == tuple(f"u{n}" for n in range(min(9, samples)))
            assert last.users == 9

    def test_names_the_first_users_of_all_sets(self, tmp_path: Path) -> None:
        """The order of the sets does not decide which names are shown."""
        groups = [group("a", None, "x"), *(group(name, number) for number, name in enumerate("bcd"))]
        members = {
            "a": ["u1", "u2", "u3", "u4", "u5", "u6"],
            "b": ["u3", "u6"],
            "c": ["u2", "u5"],
            "d": ["u1"],
        }
        result = audit(write_snapshot(tmp_path, groups, members), samples=3)
        [one] = [one for one in result.findings if one.check.code == "role-without-precedence"]
        assert (one.users, one.samples) == (6, ("u1", "u2", "u3"))

    @pytest.mark.slow
    @settings(max_examples=25)
    @given(pool=pools())
    def test_counts_as_resolve_does(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        pool: tuple[list[GroupType], list[tuple[str, str]], Any],
    ) -> None:
        groups, rows, unknown = pool
        rows = [(user or "x", name) for user, name in rows if name not in unknown]
        members: dict[str, list[str]] = {}
        for user, name in set(rows):
            members.setdefault(name, []).append(user)
        result = audit(write_snapshot(tmp_path_factory.mktemp("pool") / "s", groups, members))
        expected = resolve_one_by_one(groups, rows, Policy())
        assert result.users == len(expected)
        preferred = [claims[2] for claims in expected.values()]
        held = [arn for claims in expected.values() for arn in claims[1]]
        for use in result.roles:
            assert use.preferred_by == preferred.count(use.role_arn)
            assert use.held_by == held.count(use.role_arn)
        without = sum(one.users for one in result.findings if one.check.code == "no-preferred-role")
        assert without == [claims[3] for claims in expected.values()].count("ambiguous")


class TestADamagedSnapshot:
    """An audit refuses what `resolve_memberships` refuses."""

    @pytest.mark.parametrize("row", ["'ann', 'none'", "'ann', null"])
    def test_is_refused(self, tmp_path: Path, row: str) -> None:
        snapshot = write_faulty_pool(tmp_path)
        table = f"from '{snapshot.memberships_file}' union all select {row}"
        replace_table(snapshot, "memberships.parquet", table)
        with pytest.raises(SnapshotError) as caught:
            audit(snapshot)
        assert caught.value.path == snapshot.memberships_file
        assert caught.value.reason == UNKNOWN_GROUPS
        with pytest.raises(UnknownGroupsError):
            resolve_memberships(snapshot.memberships_file, snapshot.groups_file)


class TestChecks:
    def test_have_unique_codes_and_complete_sentences(self) -> None:
        assert len({check.code for check in CHECKS}) == len(CHECKS)
        for check in CHECKS:
            assert check.title.endswith(".")
            assert check.remedy.endswith(".")

    def test_are_ordered_by_severity(self) -> None:
        places = [list(Severity).index(check.severity) for check in CHECKS]
        assert places == sorted(places)


class TestReports:
    def result(self, folder: Path) -> Audit:
        return audit(write_faulty_pool(folder))

    def test_json_has_all_of_it(self, tmp_path: Path) -> None:
        result = self.result(tmp_path)
        report = json.loads(build_audit_report(result))
        assert report["version"] == 1
        assert report["snapshot"]["user_pool_id"] == POOL
        assert [one["code"] for one in report["findings"]] == [one.check.code for one in result.findings]
        assert report["groups"][0] == {
            "group_name": "admins",
            "precedence": 0,
            "role_arn": role("admin"),
            "creation_date": None,
            "members": 1,
            "decides": 1,
            "ties": 0,
        }
        assert report["policy"] == {"null_precedence": "ranks-last", "roleless": "ignored"}

    def test_sarif_is_sarif_and_names_nobody(self, tmp_path: Path) -> None:
        result = self.result(tmp_path)
        text = build_audit_sarif(result)
        sarif: Any = import_module("sarif_pydantic")
        results: list[Any] = sarif.Sarif.model_validate_json(text).runs[0].results
        assert [one.rule_id for one in results] == [one.check.code for one in result.findings]
        assert len(
            {json.dumps(one["partialFingerprints"]) for one in json.loads(text)["runs"][0]["results"]}
        ) == len(result.findings)
        assert not re.search(r"\b(ann|fay|gus|ian)\b", text)

    def test_sarif_makes_no_links_and_no_placeholders_of_names(self, tmp_path: Path) -> None:
        name = "[here](https://example.com){0}"
        snapshot = write_snapshot(tmp_path, [group(name, 1, "a")], {})
        [result] = json.loads(build_audit_sarif(audit(snapshot)))["runs"][0]["results"]
        assert "[here\\](" in result["message"]["text"]
        assert "[here](" not in result["message"]["text"]
        assert "com){{0}}" in result["message"]["text"]
        assert result["partialFingerprints"] == {"finding/v1": f"empty-group/{name}"}

    @pytest.mark.parametrize("samples", [-1, 10_001])
    def test_samples_are_bounded(self, tmp_path: Path, samples: int) -> None:
        with pytest.raises(ValueError, match="samples: must be from 0 to 10,000"):
            audit(write_snapshot(tmp_path, [], {}), samples=samples)

    def test_html_escapes_what_others_named(self, tmp_path: Path) -> None:
        html = render_audit_html(self.result(tmp_path))
        assert "<script>alert" not in html
        assert "<b>ian" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html

    def test_html_of_an_empty_pool(self, tmp_path: Path) -> None:
        html = render_audit_html(audit(write_snapshot(tmp_path, [], {})))
        assert "No findings." in html

    def test_html_folds_many_findings_of_a_check(self, tmp_path: Path) -> None:
        groups = [group(f"g{number}", number, f"r{number}") for number in range(6)]
        few = render_audit_html(audit(write_snapshot(tmp_path / "1", groups[:5], {})))
        assert (few.count("data-check="), few.count("Delete the group")) == (0, 5)
        entry = Ignore(code="empty-group", about="g1", reason="x")
        result = audit(write_snapshot(tmp_path / "2", groups, {}), ignores=[entry])
        html = render_audit_html(result)
        assert html.count("data-check=") == html.count("Delete the group") == 1
        assert "<b>6 findings, 1 known or ignored</b>" in html
        assert html.count('data-code="empty-group"') == 6
        plain = render_audit_html(audit(write_snapshot(tmp_path / "3", groups, {})))
        assert "<b>6 findings</b>" in plain

    def test_html_shows_a_policy_that_is_not_documented(self, tmp_path: Path) -> None:
        html = render_audit_html(audit(write_faulty_pool(tmp_path), policy=Policy(roleless="blocks")))
        assert "roleless=" in html
        assert "blocks" in html

    def test_html_needs_the_extra(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        result = self.result(tmp_path)
        monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
        with pytest.raises(ImportError, match=r"cognito-claims\[pool\]"):
            render_audit_html(result)
