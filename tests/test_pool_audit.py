"""What an audit finds and what it does not, and its reports."""

import json
from dataclasses import replace
from functools import partial
from importlib import import_module
from itertools import combinations, count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from typer.testing import CliRunner, Result

from cognito_claims import GroupType, InvalidClaimsError, InvalidResponseError, Policy
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.identity_pool import choose_role
from cognito_claims.pool import (
    CHECKS,
    Audit,
    Change,
    Finding,
    GroupUse,
    RoleUse,
    Severity,
    Snapshot,
    audit,
    build_audit_report,
    build_audit_sarif,
    render_audit_html,
)
from tests.pool_data import POOL, count_decisions, group, write_faulty_pool, write_snapshot
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

    def found(
        code: str,
        groups: list[GroupType],
        members: dict[str, list[str]],
        manifest: dict[str, Any] | None = None,
        **options: Any,
    ) -> list[Finding]:
        snapshot = write_snapshot(tmp_path / "snapshot", groups, members, **manifest or {})
        return [one for one in audit(snapshot, **options).findings if one.check.code == code]

    return found


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
        by_question = {one.reason.partition(":")[0]: one for one in found("open-question", groups, members)}
        assert by_question["null-precedence"].samples == ("ann",)
        assert by_question["null-precedence"].groups == ("a",)
        assert by_question["roleless-at-best"].samples == ("bob",)
        assert by_question["roleless-at-best"].groups == ("b", "c")

    def test_groups_of_one_precedence(self, found: Any) -> None:
        groups = [
            group("a", 1, "x"),
            group("b", 1, "y"),
            group("c", 1),
            group("d", 2, "x"),
            group("e", 3, "x"),
        ]
        [one] = found(
            "equal-precedence", groups, {"a": ["ann", "bob"], "b": ["bob"], "d": ["cid"], "e": ["cid"]}
        )
        assert (one.groups, one.samples) == (("a", "b"), ("bob",))
        assert "at precedence 1" in one.reason

    def test_groups_without_a_precedence(self, found: Any) -> None:
        [one] = found("equal-precedence", [group("a", None, "x"), group("b", None, "y")], {})
        assert (one.groups, one.users) == (("a", "b"), 0)
        assert "without a precedence" in one.reason

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
        assert role("y") in one.reason

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

    def test_names_that_are_part_of_others(self, found: Any) -> None:
        names = ["admins", "nonadmins", "admins-eu", "min", "other", "x"]
        members = {
            "admins": ["ann", "bob"],
            "nonadmins": ["ann", "cid"],
            "admins-eu": ["ann"],
            "x": ["eve"],
        }
        findings = found("overlapping-names", [*map(group, names)], members)
        assert {one.about: (one.groups, one.samples) for one in findings} == {
            "admins": (("admins", "admins-eu", "nonadmins"), ("ann", "cid")),
            "min": (("admins", "admins-eu", "min", "nonadmins"), ("ann", "bob", "cid")),
        }

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

    def test_users_get_it_where_there_is_no_mapping(self, chosen: Any) -> None:
        roles = {"Roles": {"authenticated": role("authenticated")}}
        [one] = chosen("identity-pool-falls-back", identity_pool=roles)
        assert one.users == 3

    def test_a_rule_depends_on_an_open_question(self, chosen: Any) -> None:
        mapping = by_rule("cognito:groups", "Contains", "b")
        [one] = chosen("identity-pool-open-question", identity_pool=mapping)
        assert one.samples == ("cid",)
        assert one.reason.startswith("contains-element: ")

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
        monkeypatch.setattr("cognito_claims.pool._audit.choose_role", reword)
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
        assert not any(name in text for name in ("ann", "fay", "gus", "ian</b>"))

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

    def test_html_shows_a_policy_that_is_not_documented(self, tmp_path: Path) -> None:
        html = render_audit_html(audit(write_faulty_pool(tmp_path), policy=Policy(roleless="blocks")))
        assert "roleless=" in html
        assert "blocks" in html

    def test_html_needs_the_extra(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        result = self.result(tmp_path)
        monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
        with pytest.raises(ImportError, match=r"cognito-claims\[pool\]"):
            render_audit_html(result)


def call(*arguments: object, stdin: str = "") -> Result:
    return CliRunner().invoke(app, ["pool", "audit", *map(str, arguments)], input=stdin)


class TestCommand:
    def test_prints_findings_and_fails(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        result = call(tmp_path / "s")
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        for text in (
            "no-preferred-role",
            "'billing' and 'support'",
            "1 user: cid",
            role("reader"),
            "9 users",
        ):
            assert text in result.stdout

    @pytest.mark.parametrize(
        ("fail_on", "groups", "code"),
        [
            ("error", [group("a", None, "x")], ExitCode.OK),
            ("warning", [group("a", None, "x")], ExitCode.NEGATIVE_RESULT),
            ("warning", [group("a", 1, "x")], ExitCode.OK),
            ("note", [group("a", 1, "x")], ExitCode.NEGATIVE_RESULT),
            ("note", [group("a", 1)], ExitCode.OK),
            ("never", [group(f"{POOL}_SAML", 1, "x")], ExitCode.OK),
        ],
    )
    def test_fails_by_severity(
        self, tmp_path: Path, fail_on: str, groups: list[GroupType], code: ExitCode
    ) -> None:
        write_snapshot(tmp_path / "s", groups, {})
        assert call(tmp_path / "s", "--fail-on", fail_on).exit_code == code

    def test_writes_files(self, tmp_path: Path) -> None:
        snapshot = write_faulty_pool(tmp_path / "s")
        html, sarif = tmp_path / "report.html", tmp_path / "report.sarif"
        result = call(tmp_path / "s", "--json", "--html", html, "--sarif", sarif, "--samples", 1)
        expected = audit(snapshot, samples=1)
        assert json.loads(result.stdout) == json.loads(build_audit_report(expected))
        assert html.read_text() == render_audit_html(expected)
        assert sarif.read_text() == build_audit_sarif(expected)

    def test_reports_a_file_that_cannot_be_written(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        assert call(tmp_path / "s", "--html", tmp_path).exit_code == ExitCode.NOT_WRITTEN

    def test_takes_an_identity_pool(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        roles = tmp_path / "roles.json"
        roles.write_text(json.dumps(identity_pool(by_token("Deny"))))
        assert "identity-pool-denies" in call(tmp_path / "s", "--identity-pool", roles).stdout
        roles.write_text(json.dumps(identity_pool(by_token("Deny"), "one", "two")))
        refused = call(tmp_path / "s", "--identity-pool", roles)
        assert refused.exit_code == ExitCode.BAD_INPUT
        assert "--client-id, one of one, two" in refused.stderr
        chosen = call(tmp_path / "s", "--identity-pool", roles, "--client-id", "two")
        assert "identity-pool-denies" in chosen.stdout
        roles.write_text(json.dumps({"Roles": {"authenticated": role("authenticated")}}))
        assert "identity-pool-falls-back" in call(tmp_path / "s", "--identity-pool", roles).stdout

    def test_refuses_a_client_without_an_identity_pool(self, tmp_path: Path) -> None:
        assert call(tmp_path, "--client-id", "x").exit_code == ExitCode.BAD_INPUT

    def test_refuses_an_identity_pool_that_is_none(self, tmp_path: Path) -> None:
        write_faulty_pool(tmp_path / "s")
        roles = tmp_path / "roles.json"
        roles.write_text(json.dumps({"RoleMappings": {PROVIDER: {"Type": "token"}}}))
        refused = call(tmp_path / "s", "--identity-pool", roles)
        assert refused.exit_code == ExitCode.BAD_INPUT
        assert "Type" in refused.stderr

    def test_refuses_what_is_no_snapshot(self, tmp_path: Path) -> None:
        refused = call(tmp_path)
        assert refused.exit_code == ExitCode.BAD_INPUT
        assert "is not a snapshot" in refused.stderr

    def test_reports_that_nothing_was_found(self, tmp_path: Path) -> None:
        write_snapshot(tmp_path / "s", [], {})
        result = call(tmp_path / "s")
        assert result.exit_code == ExitCode.OK
        assert "0 groups: none" in result.stdout
        assert "no findings" in result.stdout

    def test_reports_findings_about_the_pool_itself(self, tmp_path: Path) -> None:
        write_snapshot(tmp_path / "s", [group(f"g{n:05}") for n in range(9_000)], {})
        assert "9,000 of 10,000 groups\n  Delete unused groups" in call(tmp_path / "s").stdout

    def test_cuts_long_lists(self, tmp_path: Path) -> None:
        groups = [group(f"g{n:02}", 1, f"role-{n:02}") for n in range(25)]
        write_snapshot(tmp_path / "s", groups, {one.group_name: ["ann"] for one in groups})
        output = call(tmp_path / "s").stdout
        assert "and 5 more roles" in output
        assert "g05 and 19 more" in output
