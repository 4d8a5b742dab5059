"""The reports in a real Chromium: what the policy refuses, hostile values, axe-core, and no JavaScript."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cognito_claims.pool import Audit, Ignore, Snapshot, audit, diff, render_audit_html, render_diff_html
from tests.chromium import SCREENSHOTS, check_accessibility
from tests.conftest import OpenPage, Scheme
from tests.pool_data import EDITS, group, write_snapshot
from tests.samples import role
from tests.test_access import ALL_ROLES, DESCRIPTION, OTHER_ID, PROVIDER, build_pool, build_role, trust


class TestWithoutJavaScript:
    @pytest.fixture
    def page(self, browser: Browser, faulty_report: str) -> Iterator[Page]:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.set_content(faulty_report)
        yield page
        context.close()

    def test_everything_can_be_read(self, page: Page) -> None:
        expect(page.locator(".controls:visible, table button")).to_have_count(0)
        expect(page.locator("tbody tr:visible")).to_have_count(18)
        page.locator("#sets > summary").click()
        page.locator(".set summary").first.click()
        expect(page.locator(".set .names li").first).to_be_visible()


class TestSafety:
    ATTACKS = (
        "<script>document.title = 'attacked'</script>",
        "<img src='data:,' onerror=\"document.title = 'attacked'\">",
        "<p style='color: rgb(1, 2, 3)'>styled</p>",
        "<style>p { color: rgb(1, 2, 3); }</style>",
        "<base href='https://attacker.example/'>",
    )

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_the_policy_refuses_what_is_injected(
        self, browser: Browser, faulty_report: str, tmp_path: Path, attack: str
    ) -> None:
        """Even if a value were not escaped."""
        (file := tmp_path / "attacked.html").write_text(
            faulty_report.replace("<main", f"{attack}<main", 1), "utf-8"
        )
        page = browser.new_page()
        messages: list[str] = []
        page.on("console", lambda message: messages.append(message.text))
        page.goto(file.as_uri())
        expect(page.locator("#filter")).to_be_visible()  # our own script runs
        page.wait_for_function("document.readyState === 'complete'")
        assert "Content Security Policy" in "".join(messages)
        assert page.title() != "attacked"
        assert page.locator("p").first.evaluate("one => getComputedStyle(one).color") != "rgb(1, 2, 3)"
        assert page.evaluate("document.baseURI") == file.as_uri()
        page.close()

    def test_a_script_that_is_added_later_is_refused(
        self, browser: Browser, faulty_report: str, tmp_path: Path
    ) -> None:
        (file := tmp_path / "report.html").write_text(faulty_report, "utf-8")
        page = browser.new_page()
        page.goto(file.as_uri())
        refused = page.evaluate(
            """() => new Promise(resolve => {
                addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective));
                const script = document.createElement('script');
                script.textContent = 'window.attacked = true';
                document.body.append(script);
            })"""
        )
        assert refused == "script-src-elem"
        assert page.evaluate("window.attacked") is None
        page.close()

    def test_the_policy_has_hashes_only(self, faulty_report: str, faulty_pool: Snapshot) -> None:
        for page in (faulty_report, render_diff_html(diff(faulty_pool, EDITS))):
            [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
            assert "unsafe" not in policy
            assert len(re.findall(r"(?:script|style)-src 'sha256-[\w+/]{43}='", policy)) == 2
            assert " style=" not in page

    def test_hostile_values_are_shown_as_they_are(self, open_page: OpenPage, tmp_path: Path) -> None:
        names = ["</script><script>alert(1)</script>", "\"'><b>", "{{7*7}}", "\u05d0\u05d1"]
        groups = [group(name, 1, "r") for name in names]
        pool = write_snapshot(tmp_path / "hostile", groups, dict.fromkeys(names, names))
        ignores = [Ignore(code="many-groups", about="</code>", reason="left \u202eright\u2066</p>")]
        page = open_page(render_audit_html(audit(pool, ignores=ignores), pool, all_users=True))
        expect(page.locator("tbody th bdi")).to_have_text(sorted(names))
        expect(page.locator("#sets .names li")).to_have_text(sorted(names))
        expect(page.get_by_text(r"left \u202eright\u2066</p>")).to_be_visible()
        assert page.locator("script").count() == 1


def audit_access(pool: Snapshot) -> Audit:
    """Audit trust policies of each kind: they admit the identity pool, admit another, or are unknown."""
    refused = [build_role(role(name), trust(OTHER_ID)) for name in ("billing", "reader")]
    return audit(
        pool,
        identity_pool=build_pool(),
        provider=PROVIDER,
        roles=[*ALL_ROLES, *refused],
        description=DESCRIPTION,
        principal_tags=False,
    )


class TestAccessibility:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
    @pytest.mark.parametrize("name", ["report", "report-iam", "diff"])
    def test_axe_finds_nothing(
        self, open_page: OpenPage, faulty_pool: Snapshot, name: str, width: int, height: int, scheme: Scheme
    ) -> None:
        match name:
            case "diff":
                html = render_diff_html(diff(faulty_pool, EDITS))
            case "report":
                html = render_audit_html(audit(faulty_pool), faulty_pool)
            case _:
                html = render_audit_html(audit_access(faulty_pool), faulty_pool, all_users=True)
                assert html.count("<title>The access of a user</title>") == 9
        page = open_page(html, width=width, height=height, scheme=scheme)
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}.png", full_page=True)
        check_accessibility(page)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.screenshot(path=SCREENSHOTS / f"{name}-open-{width}-{scheme}.png", full_page=True)
        check_accessibility(page)
