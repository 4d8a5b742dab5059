"""The reports in a real Chromium: what they show, by mouse, by keyboard and on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cognito_claims.pool import Edits, Snapshot, audit, diff, fetch, render_audit_html, render_diff_html
from tests.conftest import Connect, OpenPage
from tests.pool_data import GROUPS, MEMBERS, POOL, group, write_snapshot
from tests.pool_server import PoolServer


@pytest.fixture(scope="module")
def snapshot(connect: Connect, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """A fetched snapshot."""
    with PoolServer() as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.pool_server.POOL", POOL)
        for one in GROUPS:
            server.add(one.group_name, [*MEMBERS.get(one.group_name, ())], precedence=one.precedence)
            server.groups[one.group_name]["RoleArn"] = one.role_arn or ""
            server.groups[one.group_name]["UserPoolId"] = POOL
        out = tmp_path_factory.mktemp("pool")
        yield fetch(connect(server.url), user_pool_id=POOL, out=out, rate=10_000.0)


@pytest.fixture
def report(open_page: OpenPage, snapshot: Snapshot) -> Page:
    return open_page(render_audit_html(audit(snapshot)))


class TestAnAudit:
    def test_counts(self, report: Page) -> None:
        expect(report).to_have_title(f"{POOL}: roles of users")
        facts = report.locator(".facts li")
        expect(facts).to_contain_text(
            ["9 users in at least one group", "7 have a preferred role", "2 have roles"]
        )

    def test_shows_the_users_of_a_finding_at_one_click(self, report: Page) -> None:
        finding = report.locator('details[data-code="no-preferred-role"]').first
        names = finding.locator(".names li")
        expect(names).to_be_hidden()
        finding.locator("summary").click()
        expect(names).to_be_visible()
        expect(names).to_have_text("hal")

    def test_draws_the_precedences_from_the_top_with_ties_marked(self, report: Page) -> None:
        levels = report.locator(".precedence-level")
        expect(levels.locator("> div > b")).to_contain_text(["0", "5", "10", "20", "30", "40", "none"])
        conflicting = report.locator(".precedence-level.conflicting")
        expect(conflicting).to_have_count(2)
        expect(conflicting.first).to_contain_text("billing")
        expect(conflicting.first).to_contain_text("support")
        expect(conflicting.first.locator(".tie")).to_be_visible()
        heights = [box["y"] for one in levels.all() if (box := one.bounding_box()) is not None]
        assert heights == sorted(heights)
        assert len(heights) == 7

    def test_groups_of_one_role_have_one_colour(self, report: Page) -> None:
        def colour(name: str) -> str:
            chip = report.get_by_role("link", name=name).first
            return str(chip.evaluate("one => getComputedStyle(one).borderLeftColor"))

        assert colour("nonadmins") == colour("readers")
        assert len({colour(name) for name in ("billing", "support", "readers", "beta")}) == 4

    def test_leads_from_a_group_to_its_findings(self, report: Page) -> None:
        report.locator(".chips a", has_text="interns").click()
        row = report.locator("tr:target")
        expect(row).to_contain_text("interns")
        row.get_by_role("link").click()
        finding = report.locator("details[open]")
        expect(finding).to_have_count(1)
        expect(finding).to_contain_text("outranked-role")
        expect(finding.locator(".names li")).to_have_text("fay")
        finding.locator("summary").click()
        expect(finding).to_have_count(0)
        report.locator("tr[id^=group]", has_text="interns").get_by_role(
            "link"
        ).click()  # it leads there already
        expect(finding).to_have_count(1)

    def test_leads_to_a_finding_that_is_folded(self, open_page: OpenPage, tmp_path: Path) -> None:
        groups = [group(f"g{number}", number, f"r{number}") for number in range(6)]
        page = open_page(render_audit_html(audit(write_snapshot(tmp_path / "many", groups, {}))))
        expect(page.locator('details[data-code="empty-group"]').first).to_be_hidden()
        page.locator("tr", has_text="g3").get_by_role("link", name="empty-group").click()
        expect(page.locator("details[open]")).to_have_count(2)
        expect(page.locator("details[open] details[open]")).to_contain_text("'g3' has a role")

    def test_works_by_keyboard(self, report: Page) -> None:
        report.keyboard.press("Tab")
        expect(report.locator(".skip:focus")).to_be_in_viewport()
        report.keyboard.press("Enter")  # it skips the contents and the filter
        report.keyboard.press("Tab")
        focused = report.locator("summary:focus")
        expect(focused).to_have_count(1)
        report.keyboard.press("Enter")
        expect(report.locator("details[open] .names li")).to_have_text("hal")
        report.keyboard.press("Space")
        expect(report.locator("details[open]")).to_have_count(0)

    def test_opens_everything_for_paper_and_closes_it_again(self, report: Page) -> None:
        count = report.locator("details").count()
        report.locator("summary").nth(1).click()
        report.evaluate("dispatchEvent(new Event('beforeprint'))")
        expect(report.locator("details[open]")).to_have_count(count)
        report.evaluate("dispatchEvent(new Event('afterprint'))")
        expect(report.locator("details[open]")).to_have_count(1)
        assert report.pdf()[:5] == b"%PDF-"

    def test_runs_nothing_that_others_named(self, report: Page) -> None:
        expect(report.locator(".levels")).to_contain_text("<script>alert(1)</script>")
        assert report.locator("script").count() == 1
        assert report.locator("b", has_text="ian").count() == 0

    def test_fits_a_phone(self, report: Page) -> None:
        report.set_viewport_size({"width": 360, "height": 640})
        assert report.evaluate("document.documentElement.scrollWidth") <= 360

    def test_is_readable_in_the_dark(self, report: Page) -> None:
        light = report.evaluate("getComputedStyle(document.body).backgroundColor")
        report.emulate_media(color_scheme="dark")
        assert report.evaluate("getComputedStyle(document.body).backgroundColor") != light


class TestADiff:
    def test_shows_who_gets_what(self, open_page: OpenPage, snapshot: Snapshot) -> None:
        page = open_page(render_diff_html(diff(snapshot, Edits(precedences={"billing": 9}))))
        expect(page.locator("header code")).to_have_text("--set-precedence billing=9")
        expect(page.locator(".facts li").nth(2)).to_contain_text("1 gain a preferred role")
        change = page.locator("details[id^=change]")
        expect(change).to_have_count(1)
        expect(page.locator("main")).to_contain_text("No roles change.")
        change.locator("summary").click()
        expect(change.locator(".names li")).to_have_text("cid")

    def test_shows_who_has_other_roles_though_the_preferred_one_stays(
        self, open_page: OpenPage, snapshot: Snapshot
    ) -> None:
        page = open_page(render_diff_html(diff(snapshot, Edits(roles={"interns": None}))))
        expect(page.locator("main")).to_contain_text("No preferred role changes.")
        change = page.locator("details[id^=role]")
        expect(change).to_contain_text("gained by 0, lost by 1")
        change.locator("summary").click()
        expect(change.locator(".names")).to_have_count(1)
        expect(change.locator(".names li")).to_have_text("fay")

    def test_shows_the_groups_that_differ(self, open_page: OpenPage, snapshot: Snapshot) -> None:
        edits = Edits(precedences={"readers": 5}, dropped=frozenset({"beta"}))
        page = open_page(render_diff_html(diff(snapshot, edits)))
        expect(page.locator(".facts li").last).to_have_text("2 with different groups")
        dropped, changed = (page.locator("details[id^=group]").nth(number) for number in (0, 1))
        expect(dropped.locator("summary")).to_contain_text("deleted beta")
        dropped.locator("summary").click()
        expect(dropped.locator(".names li")).to_have_text(["bob", "eve"])
        expect(changed.locator("summary")).to_contain_text("gained by 0, lost by 0; precedence changed")
        changed.locator("summary").click()
        expect(changed).to_contain_text("precedence: 20 → 5")
        page.set_viewport_size({"width": 360, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360

    def test_of_two_snapshots_that_are_the_same(self, open_page: OpenPage, snapshot: Snapshot) -> None:
        page = open_page(render_diff_html(diff(snapshot, snapshot)))
        expect(page.locator("main")).to_contain_text("No preferred role changes.")
