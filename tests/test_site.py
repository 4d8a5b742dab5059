"""The website: every page, link and id, in a real Chromium, light and dark, wide and narrow."""

import re
from collections.abc import Iterator
from html import unescape
from importlib import import_module
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, Page, expect

from cognito_claims.pool import CHECKS
from tests.chromium import SCREENSHOTS, check_accessibility
from tests.conftest import Scheme
from tests.site_server import build_once, serve
from tools.domains import MODULES, QUESTIONS_BY_PART, RULES_BY_PART
from tools.website import SITE, URL
from tools.website.__main__ import PLANNED
from tools.website.links import find_broken_links
from tools.website.listing import PLAYGROUND

RULES = [rule.id for rules in RULES_BY_PART.values() for rule in rules]
QUESTIONS = [question.id for questions in QUESTIONS_BY_PART.values() for question in questions]
KINDS = {
    "index": "index.html",
    "tutorial": "tutorial.html",
    "guide": "how-to/access.html",
    "notebook": "how-to/notebook.html",
    "rules": "reference/rules.html",
    "rule": "reference/rules/tie-differing-roles.html",
    "question": "reference/questions/null-precedence.html",
    "check": "reference/checks/no-preferred-role.html",
    "module": "reference/api/cognito_claims.models.html",
    "commands": "reference/cli.html",
    "search": "search.html?q=lowest-wins",
}
"""A page of each kind."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The URL of the website, which is built once."""
    build_once()
    with serve() as url:
        yield url


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that may request nothing from another host, and log no error."""
    hosts: set[str] = set()
    errors: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert hosts == {urlsplit(site).netloc}
    assert errors == []


@pytest.mark.usefixtures("site")
class TestPages:
    def test_every_link_leads_to_a_place_and_nothing_is_loaded_from_elsewhere(self) -> None:
        assert [*find_broken_links(SITE, PLANNED)] == []

    @pytest.mark.parametrize(
        ("folder", "ids"),
        [
            ("rules", RULES),
            ("questions", QUESTIONS),
            ("checks", [check.code for check in CHECKS]),
            ("api", [*MODULES]),
        ],
    )
    def test_every_id_has_a_page_with_its_name(self, folder: str, ids: list[str]) -> None:
        pages = {path.stem: path.read_text() for path in (SITE / "reference" / folder).glob("*.html")}
        assert {*pages} == {*ids}
        for one, html in pages.items():
            assert f"<h1>{one}<" in html

    @pytest.mark.parametrize("name", MODULES[1:])
    def test_every_public_name_is_described_once(self, name: str) -> None:
        module = import_module(name)
        html = (SITE / "reference" / "api" / f"{name}.html").read_text()
        linked = {*re.findall(r'href="[^"]*#([\w.]+)"', html)}
        for public in module.__all__:
            described = f'id="{name}.{public}"' in html
            assert described or any(one.endswith(f".{public}") for one in linked), public

    def test_no_docstring_shows_markup(self) -> None:
        for path in (SITE / "reference" / "api").glob("*.html"):
            text = re.sub(r"<pre>.*?</pre>|<[^>]+>", "", path.read_text(), flags=re.DOTALL)
            assert not re.search(r"`|\*\*|:(class|func|meth|ref|param|raises):|model_config", text), path

    def test_the_lists_have_every_page(self) -> None:
        root = ET.parse(SITE / "sitemap.xml").getroot()
        listed = {str(one.text).removeprefix(URL) for one in root.iter() if one.tag.endswith("loc")}
        pages = {path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html")}
        assert PLAYGROUND in listed
        listed.remove(PLAYGROUND)
        more = {"genindex.html", "py-modindex.html", "search.html"}
        assert listed == {page for page in pages - more if not page.startswith(PLANNED)}
        sources = re.findall(rf"\({re.escape(URL)}(.+?)\)", (SITE / "llms.txt").read_text())
        assert len(sources) == len(listed) + 1
        assert all((SITE / source).is_file() for source in sources if source != PLAYGROUND)
        assert "reference/api/cognito_claims.models.html" in sources

    @pytest.mark.parametrize(
        ("module", "shown", "hidden"),
        [
            (
                "errors",
                "Bases: CognitoClaimsError, ValueError",
                r"add_note|with_traceback|_CallError|_Problems",
            ),
            ("pool", "class Edits( *, precedences: Mapping[str, int | None] = ...", r"class Finding\("),
            (
                "resolver",
                "name: ClassVar[Literal['no-role']] = 'no-role'",
                r"= Rule\(|= \(Rule\(|= Policy\(",
            ),
            ("client", "class BotoPageIterator", r"\*args|add_note"),
            ("conformance", "class Endpoint( client: ClientWithEvents", r"<factory>|add_note"),
        ],
    )
    def test_signatures_show_what_a_caller_needs(self, module: str, shown: str, hidden: str) -> None:
        html = (SITE / "reference" / "api" / f"cognito_claims.{module}.html").read_text()
        text = " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())
        assert shown in text
        assert not re.search(hidden, text)

    def test_every_page_has_its_address(self) -> None:
        for path in (SITE / "reference").rglob("*.html"):
            assert (
                f'<link rel="canonical" href="{URL}{path.relative_to(SITE).as_posix()}"' in path.read_text()
            )


class TestInABrowser:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
    @pytest.mark.parametrize("kind", KINDS)
    def test_is_readable_by_everyone(
        self, page: Page, site: str, kind: str, width: int, height: int, scheme: Scheme
    ) -> None:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": height})
        page.goto(site + KINDS[kind])
        if kind == "search":
            expect(page.locator("#search-results li").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        page.screenshot(path=SCREENSHOTS / f"site-{kind}-{width}-{scheme}.png")
        check_accessibility(page)

    @pytest.mark.parametrize("searched", ["tie-differing-roles", "no-preferred-role", "null-precedence"])
    def test_an_id_is_found_by_keyboard(self, page: Page, site: str, searched: str) -> None:
        page.goto(site)
        page.keyboard.press("/")
        page.keyboard.type(searched)
        page.keyboard.press("Enter")
        found = page.locator("#search-results li a")
        expect(found.filter(has_text=re.compile(f"^{searched}$")).first).to_be_visible()

    def test_a_link_leads_to_the_playground(self, page: Page, site: str) -> None:
        page.goto(f"{site}reference/rules.html")
        link = page.get_by_role("link", name="Playground")
        assert link.evaluate("link => link.href") == f"{site}playground/"
