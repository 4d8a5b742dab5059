"""A real Chromium for tests, which can reach no network."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

SCREENSHOTS = Path(__file__).parents[1] / "build" / "screenshots"

_MISSING = "no Chromium: install it (Debian's package chromium) to see pages in a real browser"
_OFFLINE = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def launch() -> Generator[Browser]:
    """Start a browser, or skip the test if there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        if os.environ.get("COGNITO_CLAIMS_ALL_TESTS"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_OFFLINE)
        yield browser
        browser.close()


def check_accessibility(page: Page) -> None:
    """Fail if axe-core finds a violation on a page, with its report."""
    axe: Any = import_module("axe_playwright_python.sync_playwright").Axe()
    results = axe.run(page)
    assert results.response["violations"] == [], results.generate_report()
