"""Findings that do not count: those of a baseline, and those of an ignore list."""

import json
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cognito_claims import GroupType
from cognito_claims.pool import (
    Audit,
    AuditInputError,
    Baseline,
    BaselineFinding,
    Ignore,
    Severity,
    Snapshot,
    audit,
    build_audit_report,
    build_audit_sarif,
    parse_baseline,
    parse_ignores,
    render_audit_html,
)
from tests.pool_data import POOL, group, write_faulty_pool, write_snapshot

TODAY = date(2026, 11, 24)
AT = datetime(2026, 1, 31, 12, 30, 0, 123456, tzinfo=UTC)

UNKNOWN = "has an unknown key: expected [[ignore]] with code, about, reason and expires"


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return write_faulty_pool(tmp_path / "s")


def identify(result: Audit) -> set[tuple[str, str]]:
    return {(one.check.code, one.about) for one in result.findings}


def created(name: str, at: datetime | None) -> GroupType:
    return group(name, 1).model_copy(update={"creation_date": at})


class TestABaseline:
    """A finding that the baseline has does not count."""

    def test_of_the_same_audit_knows_all_findings(self, snapshot: Snapshot) -> None:
        before = audit(snapshot)
        assert {one.known for one in before.findings} == {None}
        result = audit(snapshot, baseline=parse_baseline(build_audit_report(before)))
        assert identify(result) == identify(before)
        assert {one.known for one in result.findings} == {True}
        assert {one.comparison for one in result.findings} == {"known"}
        assert '"baselineState": "unchanged"' in build_audit_sarif(result)
        assert not any(one.counts for one in result.findings)
        assert (before.worst, result.worst) == (Severity.ERROR, None)

    def test_knows_a_finding_by_code_and_subject(self, snapshot: Snapshot) -> None:
        report = json.loads(build_audit_report(audit(snapshot)))
        report["findings"] = [
            {
                "code": "no-preferred-role",
                "about": "precedence=10",
                "groups": ["billing", "support"],
                "users": 1,
            },
            {"code": "empty-group", "about": "none", "groups": ["none"], "users": 0},
        ]
        result = audit(snapshot, baseline=parse_baseline(json.dumps(report).encode()))
        assert [one.about for one in result.findings if one.known] == ["precedence=10"]
        assert result.worst is Severity.ERROR

    @pytest.mark.parametrize(
        ("ties", "known", "comparison"),
        [
            ({"ann": "ab"}, True, "known"),
            ({"ann": "ab", "bob": "ab"}, True, "known"),
            ({"ann": "abc", "bob": "abc"}, True, "known"),
            ({"ann": "ab", "bob": "ab", "cid": "ab"}, True, "known, 2 users in the baseline"),
            ({"ann": "ad"}, False, "further groups, 2 users in the baseline"),
            ({"ann": "ab", "bob": "bd"}, False, "further groups, 2 users in the baseline"),
        ],
    )
    def test_does_not_know_a_finding_with_a_further_group(
        self, tmp_path: Path, ties: dict[str, str], known: bool, comparison: str
    ) -> None:
        """Code and subject are the same, and a larger number of users is shown."""
        groups = [group(name, 1, name) for name in "abcd"]

        def audit_ties(folder: str, ties: dict[str, str], **options: Any) -> Audit:
            members = {name: [user for user, names in ties.items() if name in names] for name in "abcd"}
            return audit(write_snapshot(tmp_path / folder, groups, members), **options)

        before = audit_ties("1", {"ann": "abc", "bob": "abc"})
        baseline = parse_baseline(build_audit_report(before))
        [one] = [
            one
            for one in audit_ties("2", ties, baseline=baseline).findings
            if one.check.code == "no-preferred-role"
        ]
        assert (one.known, one.counts, one.baseline_users) == (known, not known, 2)
        assert one.comparison == comparison

    def test_does_not_know_what_the_earlier_audit_ignored(self, snapshot: Snapshot) -> None:
        entry = Ignore(code="empty-group", about="archive", reason="soon", expires=TODAY)
        earlier = audit(snapshot, ignores=[entry], today=TODAY)
        baseline = parse_baseline(build_audit_report(earlier))
        later = audit(snapshot, baseline=baseline, ignores=[entry], today=date(2026, 11, 25))
        assert [one.check.code for one in later.findings if one.counts] == ["empty-group"]

    def test_shows_which_groups_were_created_again(self, tmp_path: Path) -> None:
        dates = {"a": AT, "b": AT, "c": None, "d": AT}
        first = write_snapshot(tmp_path / "1", [created(name, at) for name, at in dates.items()], {})
        baseline = parse_baseline(build_audit_report(audit(first)))
        assert baseline == Baseline(POOL, {}, {"a": AT, "b": AT, "d": AT})
        dates |= {"b": AT.replace(microsecond=0), "c": AT, "d": None, "e": AT}
        groups = [created(name, at) for name, at in dates.items()]
        second = write_snapshot(tmp_path / "2", groups, {"b": ["bob"]})
        [one] = audit(second, baseline=baseline).findings
        assert (one.check.code, one.about, one.samples, one.known) == (
            "recreated-group",
            "b",
            ("bob",),
            False,
        )
        assert one.title == "'b' was deleted and created again under the same name."
        assert AT.isoformat() in one.reason

    def test_of_a_different_pool_is_refused(self, snapshot: Snapshot) -> None:
        with pytest.raises(AuditInputError, match=rf"^baseline: snapshot\.user_pool_id: must be {POOL}"):
            audit(snapshot, baseline=Baseline("eu-west-1_Other", {}, {}))

    @pytest.mark.parametrize(
        ("report", "expected"),
        [
            ("", "invalid JSON: EOF"),
            (b"\xff", "invalid JSON"),
            ("[" * 100_000, "invalid JSON: recursion"),
            ("[]", "must be an object"),
            (
                '{"version": 2, "snapshot": {"user_pool_id": "a"}, "groups": [], "findings": []}',
                "version: must be 1",
            ),
            (
                '{"version": 1, "snapshot": {}, "groups": [{"group_name": 5}], "findings": 5}',
                (
                    "snapshot.user_pool_id: is missing\n"
                    "baseline: groups[0].group_name: must be a string\n"
                    "baseline: findings: must be a list"
                ),
            ),
            (
                (
                    '{"version": 1, "snapshot": {"user_pool_id": "a"}, "findings": [{"code": "a"}],'
                    ' "groups": [{"group_name": "a", "creation_date": "2026-01-31T00:00:00"}]}'
                ),
                (
                    "groups[0].creation_date: must have timezone info\n"
                    "baseline: findings[0].about: is missing\n"
                    "baseline: findings[0].groups: is missing\n"
                    "baseline: findings[0].users: is missing"
                ),
            ),
        ],
    )
    def test_that_is_none_is_refused(self, report: str | bytes, expected: str) -> None:
        with pytest.raises(AuditInputError) as caught:
            parse_baseline(report)
        assert str(caught.value).startswith(f"baseline: {expected}")
        assert caught.value.__context__ is None

    def test_that_is_no_json_names_what_is_expected(self) -> None:
        with pytest.raises(
            AuditInputError, match=r": pass the output of cognito-claims pool audit --json$"
        ):
            parse_baseline("<html>")


class TestAnIgnoreList:
    """A finding that the list ignores does not count."""

    def test_is_toml(self) -> None:
        text = """
            [[ignore]]
            code = "empty-group"
            about = "ops"
            reason = "The group is for emergencies."
            expires = 2027-01-31

            [[ignore]]
            code = "outranked-role"
            reason = "Known."
        """
        assert (
            parse_ignores(text)
            == parse_ignores(text.encode())
            == (
                Ignore(
                    code="empty-group",
                    about="ops",
                    reason="The group is for emergencies.",
                    expires=date(2027, 1, 31),
                ),
                Ignore(code="outranked-role", reason="Known."),
            )
        )
        assert parse_ignores("") == ()

    def test_ignores_by_code_and_subject_or_by_code(self, snapshot: Snapshot) -> None:
        entries = [
            Ignore(code="outranked-role", reason="All."),
            Ignore(code="role-without-precedence", about="<script>alert(1)</script>", reason="This one."),
            Ignore(code="role-without-precedence", about="none", reason="Another."),
            Ignore(code="many-groups", reason="None."),
        ]
        before = audit(snapshot)
        result = audit(snapshot, ignores=entries)
        assert identify(result) == identify(before)
        assert {(one.check.code, one.ignored) for one in result.findings if not one.counts} == {
            ("outranked-role", "All."),
            ("role-without-precedence", "This one."),
        }
        assert (
            sum(one.check.code == "role-without-precedence" and one.counts for one in result.findings) == 1
        )
        assert (result.unused_ignores, result.expired_ignores) == ((entries[2], entries[3]), ())

    def test_an_entry_about_a_subject_comes_before_one_about_all(self, snapshot: Snapshot) -> None:
        entries = [
            Ignore(code="empty-group", reason="All."),
            Ignore(code="empty-group", about="archive", reason="This one."),
        ]
        result = audit(snapshot, ignores=entries)
        assert [one.ignored for one in result.findings if one.check.code == "empty-group"] == ["This one."]
        assert result.unused_ignores == ()

    @pytest.mark.parametrize(
        ("expires", "applies"),
        [(None, True), (TODAY, True), (date(2026, 11, 23), False), (date(9999, 12, 31), True)],
    )
    def test_an_entry_applies_up_to_its_last_day(
        self, snapshot: Snapshot, expires: date | None, applies: bool
    ) -> None:
        entry = Ignore(code="empty-group", reason="Later.", expires=expires)
        result = audit(snapshot, ignores=[entry], today=TODAY)
        [one] = [one for one in result.findings if one.check.code == "empty-group"]
        assert (one.ignored, one.counts) == (("Later.", False) if applies else (None, True))
        assert result.expired_ignores == (() if applies else (entry,))
        assert result.unused_ignores == ()

    def test_the_date_is_the_current_one_by_default(self, snapshot: Snapshot) -> None:
        entries = [
            Ignore(code="empty-group", reason="Old.", expires=date(2020, 1, 1)),
            Ignore(code="outranked-role", reason="New.", expires=date(9999, 12, 31)),
        ]
        result = audit(snapshot, ignores=entries)
        assert result.expired_ignores == (entries[0],)

    def test_the_worst_finding_is_one_that_counts(self, snapshot: Snapshot) -> None:
        codes = sorted({one.check.code for one in audit(snapshot).findings})
        entries = [Ignore(code=code, reason="x") for code in codes if code != "empty-group"]
        assert audit(snapshot, ignores=entries).worst is Severity.NOTE
        entries.append(Ignore(code="empty-group", reason="x"))
        assert audit(snapshot, ignores=entries).worst is None

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("[[ignore]\n", "is not TOML: see line 1, column 9"),
            ("a = zqxj", "is not TOML: see line 1, column 5"),
            (b"\xff", "is not TOML"),
            (f"a = {'9' * 5000}", "is not TOML"),
            (f"a = {'[' * 100_000}", "is not TOML"),
            ("zqxj = 1", UNKNOWN),
            ("[[ignores]]", UNKNOWN),
            ("[[ignroe]]", "ignroe: is not a known key: use ignore"),
            ("ignore = 1", "ignore: must be a list"),
            ("ignore = [1]", "ignore[0]: must be an object"),
            ("[[ignore]]", "ignore[0].code: is missing\nignore list: ignore[0].reason: is missing"),
            (
                '[[ignore]]\ncode = "empty-group"\nreason = "x"\nexpire = 2027-01-31',
                "ignore[0].expire: is not a known key: use expires",
            ),
            ('[[ignore]]\ncode = "empty-group"\nreason = "x"\nzqxj = 1', f"ignore[0]: {UNKNOWN}"),
            ('[[ignore]]\ncode = "emptiness"\nreason = "x"', "ignore[0].code: is not the code of a check"),
            (
                '[[ignore]]\ncode = "empty-grup"\nreason = "x"',
                "ignore[0].code: is not the code of a check: use empty-group",
            ),
            *(
                (
                    f'[[ignore]]\ncode = "{code}"\nreason = "x"',
                    f"ignore[0].code: is not the code of a check: use {intended}",
                )
                for code, intended in (
                    ("empty-groups", "empty-group"),
                    ("Empty_Group", "empty-group"),
                    ("equal-precedences", "equal-precedence"),
                    ("roleless-group", "roleless-group-first"),
                )
            ),
            (
                '[[ignore]]\ncode = "empty-group"\nabout = "zqxj"\nreason = "x"\n' * 3,
                (
                    "ignore[1]: has the code and subject of ignore[0]: remove one of them\n"
                    "ignore list: ignore[2]: has the code and subject of ignore[0]: remove one of them"
                ),
            ),
            ('[[ignore]]\ncode = 1\nreason = "x"', "ignore[0].code: must be a string"),
            ('[[ignore]]\ncode = "empty-group"\nreason = " "', "ignore[0].reason: must not be empty"),
            ('[[ignore]]\ncode = "empty-group"\nreason = 1', "ignore[0].reason: must be a string"),
            (
                '[[ignore]]\ncode = "empty-group"\nreason = "x"\nabout = ["zqxj"]',
                "ignore[0].about: must be a string",
            ),
            *(
                (
                    f'[[ignore]]\ncode = "empty-group"\nreason = "x"\nexpires = {expires}',
                    f"ignore[0].expires: must be a date{surplus}, such as 2027-01-31",
                )
                for expires, surplus in (
                    ('"2027-01-31"', " without quotes"),
                    ("2027-01-31T00:00:00", " without a time"),
                    ("2027-01-31T00:00:00Z", " without a time"),
                    ("20270131", ""),
                )
            ),
        ],
        ids=lambda text: None if len(text) < 1000 else "long",
    )
    def test_that_is_malformed_is_refused(self, text: str | bytes, expected: str) -> None:
        with pytest.raises(AuditInputError) as caught:
            parse_ignores(text)
        assert str(caught.value) == f"ignore list: {expected}"
        assert caught.value.__context__ is None
        assert "zqxj" not in str(caught.value)

    def test_with_two_entries_about_the_same_is_refused(self, snapshot: Snapshot) -> None:
        entry = Ignore(code="empty-group", reason="x")
        entries = [entry, Ignore(code="empty-group", about="a", reason="x"), entry]
        with pytest.raises(AuditInputError, match=r"^ignore list: ignore\[2\]: has the code and subject"):
            audit(snapshot, ignores=entries)

    def test_a_misspelled_argument_is_refused(self) -> None:
        with pytest.raises(ValidationError):
            Ignore(code="empty-group", reason="x", expire=TODAY)  # type: ignore[call-arg]


class TestReports:
    """Every report shows which findings are known or ignored, and which entries no longer match."""

    @pytest.fixture
    def result(self, snapshot: Snapshot) -> Audit:
        baseline = Baseline(
            POOL,
            {
                ("no-preferred-role", "precedence=10"): BaselineFinding(
                    0, frozenset({"billing", "support"})
                ),
                ("no-preferred-role", "precedence=none"): BaselineFinding(1, frozenset({"beta"})),
            },
            {},
        )
        entries = [
            Ignore(code="empty-group", about="archive", reason="</p>Soon.", expires=date(9999, 12, 31)),
            Ignore(code="many-groups", reason="Unused."),
            Ignore(code="outranked-role", about="x", reason="Old.", expires=date(2020, 1, 31)),
        ]
        return audit(snapshot, baseline=baseline, ignores=entries)

    def test_json(self, result: Audit) -> None:
        report = json.loads(build_audit_report(result))
        by_code = {(one["code"], one["about"]): one for one in report["findings"]}
        assert by_code["no-preferred-role", "precedence=10"]["known"] is True
        assert by_code["no-preferred-role", "precedence=none"]["known"] is False
        assert by_code["empty-group", "archive"]["ignored"] == "</p>Soon."
        assert by_code["no-preferred-role", "precedence=10"]["baseline_users"] == 0
        assert by_code["no-preferred-role", "precedence=none"]["baseline_users"] == 1
        assert by_code["empty-group", "archive"]["baseline_users"] is None
        assert by_code["no-preferred-role", "precedence=10"]["ignored"] is None
        entry = {"code": "many-groups", "about": None, "reason": "Unused.", "expires": None}
        assert report["unused_ignores"] == [entry]
        assert [one["expires"] for one in report["expired_ignores"]] == ["2020-01-31"]

    def test_sarif(self, result: Audit, snapshot: Snapshot) -> None:
        text = build_audit_sarif(result)
        sarif: Any = import_module("sarif_pydantic")
        assert len(sarif.Sarif.model_validate_json(text).runs[0].results) == len(result.findings)
        results = {
            one["partialFingerprints"]["finding/v1"]: one for one in json.loads(text)["runs"][0]["results"]
        }
        assert results["no-preferred-role/precedence=10"]["baselineState"] == "updated"
        assert results["no-preferred-role/precedence=none"]["baselineState"] == "new"
        assert results["empty-group/archive"]["suppressions"] == [
            {"kind": "external", "status": "accepted", "justification": "</p>Soon."}
        ]
        plain = build_audit_sarif(audit(snapshot))
        assert "baselineState" not in plain
        assert "suppressions" not in plain

    def test_html(self, result: Audit) -> None:
        html = " ".join(render_audit_html(result).split())
        assert "<b>1</b> known from the baseline" in html
        assert "<b>1</b> ignored" in html
        assert "<b>known, 0 users in the baseline</b>" in html
        assert "<b>further groups, 1 user in the baseline</b>" in html
        assert "<b>ignored</b>" in html
        assert "<p>Ignored: &lt;/p&gt;Soon.</p>" in html
        assert "<code>many-groups</code> matches no finding: Unused." in html
        assert "<code>outranked-role</code> x has expired: Old. (until 2020-01-31)" in html
