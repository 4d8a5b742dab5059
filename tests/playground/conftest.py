"""A built playground, served at 127.0.0.1, and one page of it that all tests share."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Worker, expect

from tests.conftest import Scheme
from tests.site_server import serve
from tools import playground

LOAD_TIMEOUT = 120_000  # in milliseconds, for a busy machine


def wait_for_popstate(statement: str) -> str:
    """Return JavaScript that runs a statement and waits until the page knows its new address."""
    listen = "addEventListener('popstate', () => resolve(), { once: true })"
    return f"new Promise(resolve => {{ {listen}; {statement}; }})"


@dataclass
class Playground:
    """A page of the playground, and what it did."""

    page: Page
    url: str
    messages: list[str] = field(default_factory=list[str])
    requests: list[str] = field(default_factory=list[str])

    @property
    def worker(self) -> Worker:
        return self.page.workers[0]

    @property
    def answer(self) -> Locator:
        return self.page.locator("#answer")

    @property
    def fragment(self) -> str:
        return self.page.url.partition("#")[2]

    def open(self, fragment: str = "") -> None:
        """Load the page, and wait until Python has answered."""
        self.page.goto(f"{self.url}{'#' if fragment else ''}{fragment}")
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        button = self.page.get_by_role("button", name="Read input", exact=True)
        expect(button).to_be_enabled(timeout=LOAD_TIMEOUT)
        self.wait()

    def wait(self) -> None:
        """Wait until the answer is up to date."""
        expect(self.page.locator("#answer:not([aria-busy=true])")).to_be_attached(timeout=LOAD_TIMEOUT)

    def go_to(self, fragment: str) -> None:
        """Change the fragment, as a link to the same page does."""
        self.page.evaluate(f"fragment => {wait_for_popstate('location.hash = fragment')}", fragment)
        self.wait()

    def go(self, steps: int) -> None:
        """Go back or forward."""
        self.page.evaluate(f"steps => {wait_for_popstate('history.go(steps)')}", steps)
        self.wait()

    def choose(self, example: str) -> None:
        self.page.get_by_label("Start from an example").select_option(example)
        self.wait()

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)
        self.wait()

    def paste(self, text: str) -> None:
        """Paste a text, which is read at once."""
        area = self.page.locator("#paste")
        area.evaluate(
            """(area, text) => {
                area.value = text;
                area.dispatchEvent(
                    new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
            }""",
            text,
        )
        expect(self.page.locator("#paste:not([aria-busy=true])")).to_be_attached(timeout=LOAD_TIMEOUT)
        self.wait()

    def get_token(self, title: str) -> Locator:
        """Return the JSON of a token."""
        return self.answer.get_by_role("group", name=title, exact=True)

    def get_gateway(self, source: str) -> Locator:
        return self.answer.locator(f"[data-source={source}]")

    def call(self, method: str, argument: str) -> Any:
        """Call a function of page.py in the worker."""
        return self.worker.evaluate(
            "([method, argument]) => JSON.parse(pyodide.pyimport('page')[method](argument))",
            [method, argument],
        )


def watch(page: Page, url: str) -> Playground:
    """Record the messages and the requests of a page."""
    one = Playground(page, url)
    page.on("console", lambda message: one.messages.append(message.text))
    page.on("pageerror", lambda error: one.messages.append(str(error)))
    page.context.on("request", lambda request: one.requests.append(request.url))
    return one


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the playground, once for all processes of the run."""
    if shutil.which("node") is None:
        missing = "no Node.js: install it to build the playground"
        if os.environ.get("COGNITO_CLAIMS_ALL_TESTS"):
            pytest.fail(missing)
        pytest.skip(missing)
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    site = shared / "site"
    with (shared / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (site / "playground" / "index.html").exists():
            playground.build(site)
    return site


@pytest.fixture(scope="session")
def url(site: Path) -> Iterator[str]:
    with serve(site) as url:
        yield f"{url}playground/"


@pytest.fixture(scope="module")
def loaded(browser: Browser, url: str) -> Iterator[Playground]:
    """A page in which Python runs."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    one = watch(context.new_page(), url)
    one.open()
    yield one
    context.close()
    assert one.messages == []


@pytest.fixture
def shown(loaded: Playground) -> Playground:
    """The page as its own "New" leaves it, at 1280 pixels."""
    loaded.page.set_viewport_size({"width": 1280, "height": 900})
    loaded.page.emulate_media(color_scheme="light")
    loaded.page.get_by_role("button", name="New", exact=True).click()
    loaded.wait()
    return loaded


@pytest.fixture
def fresh(browser: Browser, url: str) -> Iterator[Playground]:
    """A page that is not loaded yet, in a context of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield watch(context.new_page(), url)
    context.close()


def set_size(page: Page, width: int, scheme: Scheme) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
