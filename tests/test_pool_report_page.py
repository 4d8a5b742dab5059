"""The reports as pages to work with, in a real Chromium: the filter, tables, the look-up, and size."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cognito_claims import GroupType
from cognito_claims.pool import Snapshot, audit, diff, render_audit_html, render_diff_html
from tests.chromium import SCREENSHOTS
from tests.conftest import OpenPage
from tests.pool_data import EDITS, POOL, group, write_snapshot

A, B = (f"arn:aws:iam::{digit * 12}:role/reader" for digit in "12")


@pytest.fixture
def report(open_page: OpenPage, faulty_report: str) -> Page:
    return open_page(faulty_report, width=1280)


def build_large_pool() -> tuple[list[GroupType], dict[str, list[str]]]:
    """Return 1,000 groups, most of which tie at a precedence with others, and their members."""
    groups = [
        group(f"department-{number:04}", None if number % 50 == 0 else number // 3, f"team/{number % 211}")
        for number in range(1000)
    ]
    members = {
        one.group_name: [f"user-{place}" for place in range(number % 7)]
        for number, one in enumerate(groups)
    }
    return groups, members


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    large = write_snapshot(tmp_path_factory.mktemp("pool") / "large", *build_large_pool())
    return render_audit_html(audit(large), large)


def shown(items: Locator) -> Locator:
    return items.locator("visible=true")


def get_height(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollHeight"))


class TestTheHeader:
    def test_shows_what_was_audited(self, report: Page) -> None:
        subject = report.locator(".subject")
        expect(subject).to_contain_text("123456789012, by the roles")
        expect(subject).to_contain_text("eu-west-1")
        expect(subject).to_contain_text("2026-11-24 12:30 to 12:30 UTC")
        expect(subject).to_contain_text("documented behavior")
        expect(subject).to_contain_text(re.compile(r"cognito-claims \d+\.\d+"))

    @pytest.mark.parametrize(
        ("roles", "description", "account"),
        [
            ((), None, "unknown"),
            ((A,), None, "111111111111, by the roles"),
            ((A, B), None, "unknown; roles of 2 accounts"),
            (
                (A, B),
                {"Id": POOL, "Arn": f"arn:aws:cognito-idp:eu-west-1:333333333333:userpool/{POOL}"},
                "333333333333",
            ),
        ],
    )
    def test_names_the_account_if_it_is_known(
        self, tmp_path: Path, roles: tuple[str, ...], description: dict[str, str] | None, account: str
    ) -> None:
        groups = [
            group(f"g{number}").model_copy(update={"role_arn": role}) for number, role in enumerate(roles)
        ]
        user_pool = None if description is None else {"UserPool": description}
        html = render_audit_html(audit(write_snapshot(tmp_path / "pool", groups, {}), user_pool=user_pool))
        assert f"<dt>Account</dt><dd>{account}</dd>" in html

    def test_counts_findings_by_severity(self, report: Page) -> None:
        expect(report.locator(".tiles li")).to_have_text(["3 errors", "4 warnings", "1 note"])

    def test_contents_lead_to_the_sections(self, report: Page) -> None:
        contents = report.get_by_role("navigation").get_by_role("link")
        expect(contents).to_have_text(["Findings", "Users", "Precedence", "Roles", "Groups"])
        contents.last.click()
        expect(report.get_by_role("heading", name="Groups")).to_be_in_viewport()


class TestTheFilter:
    def test_by_severity(self, report: Page) -> None:
        report.get_by_label("errors").uncheck()
        report.get_by_label("warnings").uncheck()
        findings = shown(report.locator("[data-kind=findings]"))
        expect(findings).to_have_count(1)
        expect(findings).to_contain_text("empty-group")
        expect(report.locator("h3:visible")).to_have_text("Notes")
        expect(report.locator("#shown")).to_contain_text("1 of 8 findings")
        assert report.url.endswith("#severity=note")

    def test_by_group(self, report: Page) -> None:
        report.get_by_label("Group", exact=True).fill("ARCH")
        for items in (
            "[data-kind=findings]",
            ".levels [data-kind]",
            "[data-kind=roles]",
            "[data-kind=groups]",
        ):
            expect(shown(report.locator(items))).to_have_count(1)
        expect(shown(report.locator(".precedence-level"))).to_contain_text("archive")

    def test_by_text(self, report: Page) -> None:
        report.get_by_label("Text").fill("outranked")
        expect(shown(report.locator("[data-kind=findings]"))).to_have_count(1)
        expect(shown(report.locator("[data-kind=groups]"))).to_contain_text("interns")

    def test_is_in_the_url(self, open_page: OpenPage, faulty_report: str) -> None:
        page = open_page(faulty_report, fragment="#severity=warning,note&text=role&group=inter")
        expect(page.get_by_label("errors")).not_to_be_checked()
        expect(page.get_by_label("warnings")).to_be_checked()
        expect(page.get_by_label("Text")).to_have_value("role")
        expect(shown(page.locator("[data-kind=findings]"))).to_have_count(1)
        page.get_by_role("button", name="Reset").click()
        expect(shown(page.locator("[data-kind=findings]"))).to_have_count(8)
        expect(page.locator("#shown")).to_be_empty()
        assert page.url.endswith("#")

    def test_gives_way_to_a_link(self, report: Page) -> None:
        report.get_by_label("Text").fill("archive")
        report.get_by_label("Text").press("Enter")  # which submits nothing
        expect(report.locator("#group-1")).to_be_hidden()
        report.evaluate("location.hash = '#group-1'")
        expect(report.locator("#group-1")).to_be_visible()
        expect(report.get_by_label("Text")).to_have_value("")

    def test_of_a_diff(self, open_page: OpenPage, faulty_pool: Snapshot) -> None:
        page = open_page(render_diff_html(diff(faulty_pool, EDITS)))
        page.get_by_label("gains", exact=True).uncheck()
        page.get_by_label("changes", exact=True).uncheck()
        expect(page.locator("#shown")).to_contain_text("1 of 1 roles")
        page.get_by_label("Group", exact=True).fill("beta")
        expect(shown(page.locator("[data-kind]"))).to_have_text(re.compile("deleted beta"))


class TestTables:
    def test_are_sorted_by_keyboard(self, report: Page) -> None:
        table = report.get_by_role("table", name="Groups")
        header = table.get_by_role("columnheader", name="Precedence")
        names = table.locator("tbody th")
        header.get_by_role("button").focus()
        report.keyboard.press("Enter")
        expect(header).to_have_attribute("aria-sort", "ascending")
        expect(names.first).to_have_text("admins")
        report.keyboard.press("Space")
        expect(header).to_have_attribute("aria-sort", "descending")
        expect(table.locator("tbody tr td:nth-child(2)")).to_have_text(
            ["none", "none", "40", "30", "20", "20", "10", "10", "5", "0"]
        )
        table.get_by_role("button", name="Group").click()
        expect(header).not_to_have_attribute("aria-sort", re.compile(".*"))
        expect(names.nth(2)).to_have_text("archive")

    def test_are_short_until_all_rows_are_asked_for(self, open_page: OpenPage, large: str) -> None:
        page = open_page(large)
        rows = shown(page.locator("[data-kind=groups]"))
        expect(rows).to_have_count(10)
        page.get_by_role("button", name="Show all 1,000 groups").click()
        expect(rows).to_have_count(1000)
        expect(page.get_by_text("Show all 1,000 groups")).to_be_hidden()

    def test_sort_the_rows_beyond_the_end_too(self, open_page: OpenPage, large: str) -> None:
        page = open_page(large)
        table = page.get_by_role("table", name="Groups")
        table.get_by_role("button", name="Group").click()
        table.get_by_role("button", name="Group").click()
        expect(shown(table.locator("tbody th"))).to_have_text(
            [f"department-{number:04}" for number in range(999, 989, -1)]
        )

    def test_lengthen_for_a_link(self, open_page: OpenPage, large: str) -> None:
        page = open_page(large, fragment="#group-700")
        expect(page.locator("#group-700")).to_be_in_viewport()

    def test_are_cards_on_a_phone(self, open_page: OpenPage, faulty_report: str) -> None:
        page = open_page(faulty_report, width=390, height=844)
        card = page.locator("#group-3")
        expect(card).to_contain_text("billing")
        boxes = [box for cell in card.locator("th, td").all() if (box := cell.bounding_box()) is not None]
        assert len(boxes) == 7
        assert all(box["width"] > 0 and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
        labels = [
            cell.evaluate("cell => getComputedStyle(cell, '::before').content")
            for cell in card.locator("td").all()
        ]
        names = ["Precedence", "Role", "Members", "Decides for", "Ties for", "Findings"]
        assert labels == [f'"{name}"' for name in names]
        assert page.evaluate("document.documentElement.scrollWidth") == 390

    @pytest.mark.parametrize("width", [1280, 1216, 961, 960, 390])
    def test_long_names_do_not_run_into_others(
        self, open_page: OpenPage, tmp_path: Path, width: int
    ) -> None:
        long = [group("g" * 127 + str(number), 1, f"{'p' * 100}/{'r' * 60}{number}") for number in range(2)]
        users = ["u" * 127 + str(number) for number in range(4)]
        pool = write_snapshot(tmp_path / "long", long, {one.group_name: users for one in long})
        page = open_page(render_audit_html(audit(pool), pool), width=width)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        wide = page.evaluate(
            """[...document.querySelectorAll('li, td, th, dd, p, summary')].filter(one =>
                one.scrollWidth > one.clientWidth && getComputedStyle(one).display !== 'inline'
            ).map(one => one.outerHTML)"""
        )
        assert wide == []
        assert page.evaluate("document.documentElement.scrollWidth") == width

    def test_arns_break_at_slashes_and_colons(self, faulty_report: str) -> None:
        assert "arn:<wbr>aws:<wbr>iam:<wbr>:<wbr>123456789012:<wbr>role/<wbr>admin" in faulty_report


class TestTheLookUp:
    def test_shows_the_groups_and_roles_of_a_user(self, report: Page) -> None:
        report.get_by_label("Username").fill("CID")
        expect(report.locator("#found")).to_have_text("1 found")
        sets = shown(report.locator(".set"))
        expect(sets).to_have_count(1)
        expect(sets).to_contain_text(
            "No preferred role: the groups with the lowest precedence name different roles."
        )
        expect(shown(sets.locator(".chips li"))).to_have_text(
            [re.compile("billing · ties"), re.compile("support · ties")]
        )
        expect(sets).to_contain_text("tie-differing-roles")

    def test_finds_parts_of_names(self, report: Page) -> None:
        look_up = report.get_by_label("Username")
        look_up.fill("a")  # ann, dora, fay, hal and <b>ian</b>
        expect(report.locator("#found")).to_have_text("5 found")
        expect(shown(report.locator(".set"))).to_have_count(5)
        expect(report.locator("#sets details[open]")).to_have_count(0)
        look_up.fill("nobody")
        expect(report.locator("#found")).to_have_text("0 found")
        look_up.fill("")
        expect(report.locator("#found")).to_be_empty()
        expect(report.locator("#sets[open]")).to_have_count(0)

    def test_is_reached_from_a_finding(self, report: Page) -> None:
        report.locator("details[data-code=outranked-role] summary").click()
        report.get_by_role("link", name="fay").click()
        expect(report.locator(".set:target")).to_contain_text("interns")
        expect(report.locator(".set:target .names li")).to_have_text("fay")

    def test_has_the_users_of_the_findings_only_unless_all_are_asked_for(
        self, faulty_pool: Snapshot
    ) -> None:
        result = audit(faulty_pool)
        assert "5 named users in 5 sets of groups" in render_audit_html(result, faulty_pool)
        assert "9 users in 9 sets of groups" in render_audit_html(result, faulty_pool, all_users=True)
        assert 'id="look-up"' not in render_audit_html(result)
        assert 'id="look-up"' not in render_audit_html(audit(faulty_pool, samples=0), faulty_pool)

    @pytest.mark.parametrize(("all_users", "count"), [(False, "9 named users"), (True, "151 users")])
    def test_shows_which_users_of_a_set_are_counted(
        self, tmp_path: Path, all_users: bool, count: str
    ) -> None:
        users = [f"user-{number:03}" for number in range(151)]
        groups = [group("billing", 1, "billing"), group("support", 1, "support")]
        pool = write_snapshot(tmp_path / "tie", groups, {one.group_name: users for one in groups})
        html = render_audit_html(audit(pool, samples=9), pool, all_users=all_users)
        assert f"{count} in 2 groups" in html
        assert f"{count} in 1 set of groups" in html

    def test_renders_the_answer_of_a_set_once(self, open_page: OpenPage, tmp_path: Path) -> None:
        users = [f"user-{number}" for number in range(500)]
        pool = write_snapshot(tmp_path / "one", [group("staff", 1, "staff")], {"staff": users})
        html = render_audit_html(audit(pool), pool, all_users=True)
        assert html.count('class="card set"') == 1
        assert all(f"<bdi>{name}</bdi>" in html for name in users)
        page = open_page(html)
        page.locator("#sets > summary").click()
        page.locator("#set-1 > summary").click()
        expect(page.get_by_text("user-77", exact=True)).to_be_hidden()  # so many names are folded
        page.get_by_label("Username").fill("user-77")
        expect(shown(page.locator(".names li"))).to_have_text("user-77")

    def test_folds_many_groups(self, open_page: OpenPage, tmp_path: Path) -> None:
        groups = [group(f"g{number}", number) for number in range(30)]
        pool = write_snapshot(tmp_path / "deep", groups, {one.group_name: ["ann"] for one in groups})
        page = open_page(render_audit_html(audit(pool), pool, all_users=True))
        page.get_by_label("Text").fill("g29")  # which filters the page, but no answer
        page.get_by_label("Username").fill("ann")
        expect(shown(page.locator("#set-1 .chips li"))).to_have_count(20)
        page.locator("#set-1").get_by_text("10 more groups").click()
        expect(shown(page.locator("#set-1 .chips li"))).to_have_count(30)

    def test_refuses_more_users_than_a_page_can_hold(self, faulty_pool: Snapshot, tmp_path: Path) -> None:
        users = [f"u{number}" for number in range(10_001)]
        pool = write_snapshot(tmp_path / "many", [group("staff", 1, "staff")], {"staff": users})
        with pytest.raises(ValueError, match="at most 10,000 users, but 10,001 are in groups"):
            render_audit_html(audit(pool), pool, all_users=True)
        with pytest.raises(ValueError, match="must be the snapshot of the audit"):
            render_audit_html(audit(pool), faulty_pool)
        with pytest.raises(ValueError, match="requires the snapshot"):
            render_audit_html(audit(pool), all_users=True)


class TestTheLadder:
    def test_shades_ties_by_the_users_whom_they_touch(self, open_page: OpenPage, tmp_path: Path) -> None:
        ties = {"none": 0, "few": 1, "some": 20, "many": 150}
        groups, members = [group("staff", 0)], {"staff": [f"user-{number:04}" for number in range(1000)]}
        for precedence, (name, users) in enumerate(ties.items(), start=1):
            groups += [group(f"{name}-{side}", precedence, f"{name}-{side}") for side in "ab"]
            members |= {
                f"{name}-{side}": [f"{name}-{number:04}" for number in range(users)] for side in "ab"
            }
        page = open_page(render_audit_html(audit(write_snapshot(tmp_path / "ties", groups, members))))
        levels = page.locator(".conflicting")
        expect(levels.locator(".tie")).to_contain_text(["no user yet", "1 user", "20 users", "150 users"])
        for shade, level in enumerate(levels.all()):
            expect(level).to_have_class(re.compile(f"shade-{shade}"))
            expect(level.locator(".marks")).to_have_text("▲" * shade + "△" * (3 - shade))
        colours = {
            str(one.evaluate("one => getComputedStyle(one).backgroundColor")) for one in levels.all()
        }
        assert len(colours) == 4
        expect(page.locator(".legend li")).to_have_count(4)
        expect(page.locator(".legend")).to_contain_text("more than 10 %")

    def test_shows_the_arns_of_roles_with_the_same_name(self, tmp_path: Path) -> None:
        """The last part of both is the same."""
        groups = [group(arn, 1).model_copy(update={"role_arn": arn}) for arn in (A, B)]
        groups += [group("other", 1, "team/staff")]
        html = render_audit_html(audit(write_snapshot(tmp_path / "pool", groups, {})))
        small = re.findall(r"<small>(.*?) ·", html.replace("<wbr>", ""))
        assert small == [A, B, "staff"]

    def test_folds_long_runs_of_levels(self, open_page: OpenPage, tmp_path: Path) -> None:
        groups = [group(f"g{number}", number, "role") for number in range(40)]
        groups += [group("tie", 20, "other"), *(group(f"h{number}", 39, "role") for number in range(20))]
        page = open_page(render_audit_html(audit(write_snapshot(tmp_path / "long", groups, {}))))
        expect(shown(page.locator(".precedence-level > div > b"))).to_have_text(["0", "1", "2", "20"])
        runs = page.locator(".run > details > summary")
        expect(runs).to_have_text(["17 more levels: 3 to 19", "19 more levels: 21 to 39"])
        runs.last.click()
        expect(page.get_by_text("15 more groups")).to_be_visible()
        page.get_by_label("Group", exact=True).fill("h7")
        expect(page.get_by_role("link", name="h7").first).to_be_visible()


class TestAThousandGroups:
    @pytest.mark.parametrize(("width", "height", "screens"), [(1280, 800, 5), (390, 844, 7)])
    def test_are_a_few_screens(
        self, open_page: OpenPage, large: str, width: int, height: int, screens: int
    ) -> None:
        page = open_page(large, width=width, height=height)
        assert get_height(page) <= screens * height
        page.screenshot(path=SCREENSHOTS / f"large-{width}-light.png", full_page=True)

    @pytest.mark.parametrize(("width", "height", "screens"), [(1280, 800, 5), (390, 844, 9)])
    def test_are_folded_without_javascript(
        self, browser: Browser, tmp_path: Path, large: str, width: int, height: int, screens: int
    ) -> None:
        (file := tmp_path / "large.html").write_text(large, "utf-8")
        page = browser.new_page(java_script_enabled=False, viewport={"width": width, "height": height})
        page.goto(file.as_uri())
        assert get_height(page) <= screens * height
        rows = shown(page.locator("[data-kind=groups]"))
        expect(rows).to_have_count(10)
        page.get_by_text("990 more groups").click()
        expect(rows).to_have_count(1000)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.goto(f"{file.as_uri()}#group-700")  # the browser opens the fold
        expect(page.locator("#group-700")).to_be_in_viewport()
        page.close()

    def test_can_be_filtered(self, open_page: OpenPage, large: str) -> None:
        page = open_page(large)
        page.get_by_label("Group", exact=True).fill("department-0700")
        expect(page.locator("#shown")).to_contain_text("1 of 1,000 groups")
        expect(shown(page.locator(".levels [data-kind]"))).to_have_text(re.compile("department-0700"))
        expect(shown(page.locator("[data-kind=findings]"))).not_to_have_count(0)
        page.get_by_label("Group", exact=True).fill("department")
        expect(page.locator("#shown")).to_contain_text("1,000 of 1,000 groups")
        assert get_height(page) <= 5 * 800

    def test_show_levels_that_are_folded(self, open_page: OpenPage, large: str) -> None:
        page = open_page(large)
        level = page.locator(".precedence-level", has_text="department-0701")
        expect(level).to_be_hidden()
        page.locator(".run", has=level).locator("> details > summary").click()
        expect(level).to_be_visible()
        level.get_by_role("link", name="department-0701").click()
        expect(page.locator("tr:target")).to_contain_text("department-0701")
        expect(page.locator("tr:target")).to_be_in_viewport()

    def test_show_findings_that_are_folded(self, open_page: OpenPage, large: str) -> None:
        page = open_page(large)
        page.locator("details[data-check=equal-precedence] > summary").click()
        expect(shown(page.locator("[data-code=equal-precedence]"))).to_have_count(20)


class TestPaper:
    def test_shows_everything_if_the_page_is_filtered(self, report: Page) -> None:
        report.get_by_label("errors").uncheck()
        report.get_by_label("Text").fill("nothing has this text")
        report.get_by_label("Username").fill("nobody")
        expect(shown(report.locator("[data-kind], .set"))).to_have_count(0)
        report.evaluate("dispatchEvent(new Event('beforeprint'))")
        report.emulate_media(media="print")
        for items, count in (("[data-kind=findings]", 8), ("[data-kind=groups]", 10), (".set", 9)):
            expect(shown(report.locator(items))).to_have_count(count)
        expect(report.locator("#shown")).to_be_hidden()

    def test_closes_all_folds_after_two_events(self, report: Page) -> None:
        """A browser may send `beforeprint` for a preview and for the paper."""
        for event in ("beforeprint", "beforeprint", "afterprint"):
            report.evaluate("name => dispatchEvent(new Event(name))", event)
        expect(report.locator("details[open]")).to_have_count(0)

    def test_shows_everything_but_the_controls(self, report: Page) -> None:
        report.evaluate("dispatchEvent(new Event('beforeprint'))")
        report.emulate_media(media="print")
        assert report.locator("details:not([open])").count() == 0
        for hidden in (".controls", "nav", ".skip", "table + button"):
            for one in report.locator(hidden).all():
                expect(one).to_be_hidden()
        expect(report.get_by_text("tie-differing-roles").first).to_be_visible()

    def test_shows_all_rows(self, open_page: OpenPage, large: str) -> None:
        page = open_page(large)
        page.emulate_media(media="print")
        expect(shown(page.locator("[data-kind=groups]"))).to_have_count(1000)
