"""Nothing leaves the page, nothing in it is run, and it never freezes."""

import json
import re
from collections.abc import Callable
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.playground.conftest import LOAD_TIMEOUT, Playground
from tests.playground.test_links import encode_fragment
from tests.samples import role

HOSTILE = [
    "<img/src=x/onerror=document.title='attacked'>",
    "</script><script>document.title='attacked'</script>",
    "\"'><b>",
    "${7*7}{{7*7}}",
    "\u05d0\u05d1,\u05d2",
    "\U0001f600\u0301\u0308",
    "x" * 128,
    "javascript:alert(1)",
    "__proto__",
]


class TestHostileNames:
    @pytest.mark.parametrize("name", HOSTILE, ids=ascii)
    def test_are_shown_as_they_are(self, shown: Playground, name: str) -> None:
        shown.go_to(encode_fragment({"groups": [{"name": name, "precedence": "1", "role": role("a")}]}))
        expect(shown.page.get_by_label("Name of group 1")).to_have_value(name)
        expect(shown.answer.locator(".ranking tbody th")).to_have_text(name)
        assert json.loads(shown.get_token("Access token").inner_text()) == {"cognito:groups": [name]}
        assert shown.page.title() != "attacked"
        assert shown.page.locator("body :is(img, b, script)").count() == 0
        assert shown.page.evaluate("document.documentElement.scrollWidth") == 1280

    def test_fit_on_a_phone(self, shown: Playground) -> None:
        groups = [{"GroupName": name, "Precedence": 1, "RoleArn": role("a" * 200)} for name in HOSTILE]
        shown.page.set_viewport_size({"width": 390, "height": 844})
        shown.paste(json.dumps(groups))
        expect(shown.answer.locator(".ranking tbody tr")).to_have_count(len(HOSTILE))
        assert shown.page.evaluate("document.documentElement.scrollWidth") == 390


class TestPolicy:
    def test_nothing_is_requested_from_other_hosts(self, loaded: Playground) -> None:
        assert len(loaded.requests) > 15
        assert [url for url in loaded.requests if not url.startswith((loaded.url, "blob:", "data:"))] == []

    FETCH = """() => new Promise(resolve => {
        const listen = event => resolve(event.effectiveDirective);
        addEventListener('securitypolicyviolation', listen, { once: true });
        fetch('https://example.com/').catch(() => {});
    })"""

    def test_the_page_cannot_reach_other_hosts(self, loaded: Playground) -> None:
        with loaded.page.expect_console_message(lambda message: "Content Security" in message.text):
            assert loaded.page.evaluate(self.FETCH) == "connect-src"
        loaded.messages.clear()

    def test_the_worker_cannot_reach_other_hosts(self, loaded: Playground) -> None:
        assert loaded.worker.evaluate(self.FETCH) == "connect-src"

    def test_the_policy_allows_no_inline_code(self, loaded: Playground) -> None:
        policy = loaded.page.locator("meta[http-equiv]").get_attribute("content") or ""
        assert policy.startswith("default-src 'none'; ")
        assert "'unsafe-inline'" not in policy
        assert "'unsafe-eval'" not in policy
        assert loaded.page.locator("[style], script:not([src]), style").count() == 0

    def test_nothing_is_stored(self, loaded: Playground) -> None:
        assert loaded.page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert loaded.page.context.cookies() == []


def hold(held: list[Route]) -> Callable[[Route], None]:
    """Return a handler that keeps requests waiting. Playwright refuses the method of a list."""

    def handle(route: Route) -> None:
        held.append(route)

    return handle


class TestWorker:
    @pytest.fixture
    def blocked(self, shown: Playground) -> list[Route]:
        """Let the next evaluation wait for the test: the worker is busy until then."""
        held: list[Route] = []
        shown.page.context.route("**/held", hold(held))
        shown.worker.evaluate(
            """() => pyodide.runPython(`
                import js, page
                original = page.evaluate
                def evaluate(text):
                    page.evaluate = original
                    request = js.XMLHttpRequest.new()
                    request.open("GET", "${new URL('held', self.location.origin)}", False)
                    request.send()
                    return original(text)
                page.evaluate = evaluate
            `)"""
        )
        return held

    def test_the_page_answers_while_python_computes(self, shown: Playground, blocked: list[Route]) -> None:
        page = shown.page
        with page.context.expect_event("request", lambda request: request.url.endswith("/held")):
            page.get_by_label("Name of group 1").fill("a")
        for name in ("ad", "adm", "admins"):
            page.get_by_label("Name of group 1").fill(name)
        page.get_by_role("button", name="Add a group").click()
        expect(page.get_by_label("Name of group 2")).to_be_focused()
        expect(shown.answer).to_have_attribute("aria-busy", "true")
        blocked[0].fulfill(body="")
        page.context.unroute("**/held")
        shown.wait()
        assert json.loads(shown.get_token("Access token").inner_text()) == {"cognito:groups": ["admins"]}

    def test_no_link_is_copied_before_python_has_answered(
        self, shown: Playground, blocked: list[Route]
    ) -> None:
        page = shown.page
        page.evaluate("navigator.clipboard.writeText('before')")
        with page.context.expect_event("request", lambda request: request.url.endswith("/held")):
            page.get_by_label("Name of group 1").fill("admins")
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator("#notice")).to_have_text("The link is not ready yet. Try again in a moment.")
        assert page.evaluate("navigator.clipboard.readText()") == "before"
        blocked[0].fulfill(body="")
        page.context.unroute("**/held")
        shown.wait()
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator("#notice")).to_contain_text("Link copied.")
        assert page.evaluate("navigator.clipboard.readText()") == page.url

    def test_python_starts_again_after_it_crashed(self, shown: Playground) -> None:
        shown.worker.evaluate(
            "() => { pyodide.pyimport = null; self.onmessage = ({ data }) => "
            "postMessage({ id: data.id, error: 'RangeError', isFatal: true }); }"
        )
        shown.type("Name of group 1", "admins")
        expect(shown.page.locator("#error-all")).to_have_text(
            "The input is too large to evaluate here (RangeError)."
        )
        shown.type("Name of group 1", "staff")
        expect(shown.get_token("Access token")).to_contain_text('"staff"', timeout=LOAD_TIMEOUT)
        expect(shown.page.locator("#error-all")).to_have_count(0)

    def test_the_page_needs_no_network_once_it_is_loaded(self, shown: Playground) -> None:
        shown.page.context.set_offline(True)
        shown.choose("tie-differing-roles")
        expect(shown.answer.locator(".outcome")).to_contain_text("different roles")
        shown.page.context.set_offline(False)


class TestLoading:
    def test_the_answer_is_there_without_javascript(self, browser: Browser, url: str) -> None:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(url)
        expect(page.locator("#answer .outcome")).to_contain_text(role("admin"))
        assert "The playground needs JavaScript" in (page.locator("noscript").text_content() or "")
        expect(page.locator("#loading")).to_be_hidden()
        expect(page.get_by_label("Name of group 1")).to_have_value("admins")
        context.close()

    def test_the_page_of_the_build_is_the_page_of_the_browser(self, shown: Playground, url: str) -> None:
        """Nothing moves when the page starts."""
        parts = ("#editor", "#answer", "#status")
        with urlopen(url) as response:
            built = response.read().decode()
        shown.choose("lowest-wins")
        for part in parts:
            html = shown.page.evaluate(
                """([html, part]) => {
                    const page = new DOMParser().parseFromString(html, "text/html");
                    return page.querySelector(part).innerHTML;
                }""",
                [built, part],
            )
            assert normalize(shown.page.locator(part).inner_html()) == normalize(html)

    def test_a_bar_shows_the_progress(self, fresh: Playground) -> None:
        held: list[Route] = []
        fresh.page.context.route(re.compile("pydantic_core"), hold(held))
        with fresh.page.context.expect_event("request", lambda request: "pydantic_core" in request.url):
            fresh.page.goto(fresh.url)
        bar = fresh.page.get_by_role("progressbar", name=re.compile("Loading Python"))
        expect(bar).to_be_visible()
        expect(bar).not_to_have_js_property("value", 0)
        fresh.page.get_by_label("Name of group 1").fill("typed-while-loading")
        [route] = held
        route.continue_()
        fresh.wait_until_ready()
        expect(fresh.get_token("Access token")).to_contain_text("typed-while-loading")

    def test_a_failure_is_shown_and_can_be_tried_again(self, fresh: Playground) -> None:
        fresh.page.context.route("**/*.wasm", lambda route: route.abort())
        fresh.page.goto(fresh.url)
        expect(fresh.page.get_by_role("alert")).to_contain_text(
            "Python did not start", timeout=LOAD_TIMEOUT
        )
        fresh.type("Name of group 1", "staff")
        fresh.paste("{")
        expect(fresh.page.locator(".errors")).to_have_count(0)
        expect(fresh.page.locator("#status")).to_have_text(f"Preferred role: {role('admin')}")
        fresh.page.context.unroute("**/*.wasm")
        fresh.page.get_by_role("button", name="Try again").click()
        fresh.wait_until_ready()

    @pytest.mark.parametrize("name", ["build.json", "examples.json"])
    def test_a_missing_file_is_shown_and_can_be_tried_again(self, fresh: Playground, name: str) -> None:
        fresh.page.context.route(f"**/{name}", lambda route: route.fulfill(status=404, body="{}"))
        fresh.page.goto(fresh.url)
        expect(fresh.page.get_by_role("alert")).to_have_text(f"The page did not load: 404 for {name}.")
        fresh.page.context.unroute(f"**/{name}")
        fresh.page.get_by_role("button", name="Try again").click()
        fresh.wait_until_ready()


def normalize(html: str) -> str:
    """Remove what only one of the two can have: the disabled button, and the value of a property."""
    return re.sub(r' (disabled|value|checked|selected|aria-busy)(="[^"]*")?', "", html)
