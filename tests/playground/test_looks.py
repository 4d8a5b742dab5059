"""The page at 1280 and 390 pixels, light and dark: axe-core, no overflow, and screenshots to look at."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.chromium import SCREENSHOTS, check_accessibility
from tests.conftest import Scheme
from tests.playground.conftest import Playground, set_size
from tests.playground.test_input import POOL
from tests.playground.test_paste import AMBIGUOUS, PAYLOAD


def show_nothing(_: Playground) -> None: ...


def show_errors(shown: Playground) -> None:
    shown.choose("tie-differing-roles")
    shown.type("Name of group 1", "two words")
    shown.type("Precedence of group 2", "-1")
    shown.type("Role ARN of group 3", "admin")
    shown.paste("{")


def show_everything(shown: Playground) -> None:
    shown.choose("roleless-at-best")
    shown.paste(json.dumps(POOL))
    shown.type("Name of group 1", "night,shift")


def show_claims(shown: Playground) -> None:
    shown.paste(json.dumps(PAYLOAD))
    shown.paste(AMBIGUOUS)


STATES: dict[str, Callable[[Playground], None]] = {
    "empty": show_nothing,
    "errors": show_errors,
    "full": show_everything,
    "claims": show_claims,
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_and_nothing_overflows(shown: Playground, state: str) -> None:
    STATES[state](shown)
    sizes: list[tuple[int, Scheme]] = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
    for width, scheme in sizes:
        set_size(shown.page, width, scheme)
        shown.page.screenshot(path=SCREENSHOTS / f"playground-{state}-{width}-{scheme}.png", full_page=True)
        check_accessibility(shown.page)
        assert shown.page.evaluate("document.documentElement.scrollWidth") == width


def test_the_answer_stays_in_sight_on_a_phone(shown: Playground) -> None:
    shown.choose("tie-differing-roles")
    set_size(shown.page, 390, "light")
    shown.page.evaluate("scrollTo(0, 0)")
    status = shown.page.get_by_role("status").filter(has_text="No preferred role")
    expect(status).to_be_in_viewport()
    expect(shown.answer.locator(".outcome")).not_to_be_in_viewport()
    shown.page.get_by_role("link", name="Show the answer", exact=True).click()
    expect(shown.answer.locator(".outcome")).to_be_in_viewport()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_motion_is_reduced_on_request(shown: Playground, motion: Any) -> None:
    shown.page.emulate_media(reduced_motion=motion)
    durations = shown.page.locator("[role=switch]").evaluate_all(
        "all => all.map(one => parseFloat(getComputedStyle(one, '::before').transitionDuration))"
    )
    assert (max(durations) == 0) == (motion == "reduce")
    shown.page.emulate_media(reduced_motion="no-preference")


def test_a_large_list_is_shown_in_parts(shown: Playground) -> None:
    """The largest user pool has 10,000 groups."""
    groups = [{"GroupName": f"group-{number}", "Precedence": number} for number in range(10_000)]
    shown.paste(json.dumps(groups))
    rows = shown.page.locator(".groups tbody tr")
    expect(rows).to_have_count(100)
    expect(shown.answer.locator(".ranking tbody tr")).to_have_count(100)
    expect(shown.get_token("Access token")).to_contain_text("9,900 more")
    shown.page.get_by_role("button", name="Show more (9,900 hidden)").click()
    expect(rows).to_have_count(200)
    shown.type("Name of group 200", "typed")
    expect(shown.page.get_by_label("Name of group 200")).to_have_value("typed")
