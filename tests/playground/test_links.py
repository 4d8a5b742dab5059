"""The state of the page is in its address, and a damaged address is no more than a message."""

import base64
import hashlib
import json
import re
import zlib
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.playground.conftest import Playground
from tests.playground.test_input import POOL
from tests.samples import role


def encode_fragment(state: object) -> str:
    """Return a fragment as the page writes it."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = state if isinstance(state, bytes) else json.dumps(state).encode()
    compressed = compressor.compress(data) + compressor.flush()
    return "1." + base64.urlsafe_b64encode(compressed).decode().rstrip("=")


def decode_fragment(fragment: str) -> Any:
    data = base64.urlsafe_b64decode(fragment.removeprefix("1.") + "==")
    return json.loads(zlib.decompress(data, -15))


ROW: dict[str, Any] = {"name": "admins", "precedence": "1", "role": role("admin")}


def fill(shown: Playground) -> None:
    shown.choose("roleless-at-best")
    shown.type("Name of group 1", "beta-\u05d0")
    shown.page.get_by_role("switch").nth(1).check()
    shown.wait()
    shown.paste(json.dumps(POOL))
    shown.type("CustomRoleArn of the request, if it has one", role("staff"))


def read_state(shown: Playground) -> tuple[str, ...]:
    """Return all that is entered, and the answer."""
    controls = "[...document.querySelectorAll('input:not([type]), textarea, #editor [type]')]"
    values = shown.page.evaluate(f"{controls}.map(one => one.value + one.checked).join('\\n')")
    return values, shown.answer.inner_text()


def test_a_link_gives_the_same_page(shown: Playground, fresh: Playground) -> None:
    fill(shown)
    before = read_state(shown)
    fresh.open(shown.fragment)
    assert read_state(fresh) == before
    assert fresh.fragment == shown.fragment
    assert fresh.messages == []


def test_the_fragment_has_the_state(shown: Playground) -> None:
    fill(shown)
    state = decode_fragment(shown.fragment)
    assert state["groups"][0] == {"name": "beta-\u05d0", "precedence": "0", "role": ""}
    assert state["policy"] == {"roleless": "blocks"}
    assert json.loads(state["identity_pool"]) == POOL
    assert state["custom_role_arn"] == role("staff")


def test_the_button_copies_the_link(shown: Playground) -> None:
    shown.choose("tie-differing-roles")
    shown.page.get_by_role("button", name="Copy link").click()
    expect(shown.page.locator("#notice:not(.hidden)")).to_have_text(
        "Link copied. It contains the groups, settings and identity pool roles shown here."
    )
    assert shown.page.evaluate("navigator.clipboard.readText()") == shown.page.url
    shown.type("Precedence of group 1", "-")
    shown.page.get_by_role("button", name="Copy link").click()
    expect(shown.page.locator("#notice")).to_contain_text("Correct the input first")


def test_a_damaged_link_is_not_copied(shown: Playground) -> None:
    shown.go_to(encode_fragment({"groups": [ROW]})[:-9])
    expect(shown.page.locator("#notice")).to_contain_text("The link is damaged")
    shown.page.get_by_role("button", name="Copy link").click()
    expect(shown.page.locator("#notice")).to_contain_text("Link copied.")
    copied = shown.page.evaluate("navigator.clipboard.readText()")
    assert decode_fragment(copied.partition("#")[2])["groups"][0] == ROW


def test_back_and_forward_undo_steps(shown: Playground) -> None:
    names = shown.page.get_by_label(re.compile("Name of group"))
    shown.choose("tie-differing-roles")
    shown.choose("null-precedence")
    shown.type("Name of group 1", "typed")  # no step of its own
    shown.go(-1)
    expect(names).to_have_count(3)
    shown.go(1)
    expect(names).to_have_count(1)
    expect(names).to_have_value("typed")
    shown.go(-2)
    expect(names).to_have_count(1)
    expect(names).to_have_value("")


@pytest.mark.parametrize(
    ("fragment", "name"),
    [
        ("example=tie-differing-roles", "auditors"),
        (encode_fragment({"groups": [ROW]}), "admins"),
        (encode_fragment({"groups": [ROW], "unknown": 1}), "admins"),
        (encode_fragment({}), ""),
        (encode_fragment({"groups": []}), ""),
    ],
)
def test_a_link_may_have_a_part_of_the_state(shown: Playground, fragment: str, name: str) -> None:
    shown.go_to(fragment)
    expect(shown.page.get_by_label("Name of group 1")).to_have_value(name)
    expect(shown.page.locator("#notice")).to_have_text("")


@pytest.mark.parametrize(
    "fragment",
    [
        "nonsense",
        "1.",
        "1.%%%",
        "1.AAAA",
        "2.AAAA",
        "example=unknown",
        encode_fragment({"groups": [ROW]})[:-9],
        encode_fragment(b"\xff\xfe"),
        encode_fragment(b"[" * 100_000),
        encode_fragment([]),
        encode_fragment(1),
        encode_fragment(None),
        encode_fragment({"groups": 1}),
        encode_fragment({"groups": [{"name": "a"}]}),
        encode_fragment({"groups": [{**ROW, "name": 1}]}),
        encode_fragment({"groups": [{**ROW, "name": "x" * 5000}]}),
        encode_fragment({"groups": [None]}),
        encode_fragment({"policy": {"roleless": 1}}),
        encode_fragment({"policy": []}),
        encode_fragment({"claims": {}}),
        encode_fragment({"claims": {"source": "jwt", "id": None, "access": None}}),
        encode_fragment({"claims": {"source": "jwt", "id": [], "access": {}}}),
        encode_fragment({"identity_pool": {}}),
        "1." + "A" * 9000,
    ],
    ids=lambda fragment: fragment[:24],
)
def test_a_damaged_link_shows_the_first_example(shown: Playground, fragment: str) -> None:
    shown.go_to(fragment)
    expect(shown.page.locator("#notice")).to_contain_text("The link is damaged")
    expect(shown.page.get_by_label("Name of group 1")).to_have_value("admins")
    expect(shown.answer.locator(".outcome")).to_contain_text(role("admin"))


@pytest.mark.parametrize(
    ("state", "field"),
    [
        ({"groups": [{**ROW, "precedence": "-1"}]}, "groups.0.precedence"),
        ({"groups": [ROW], "policy": {"roleless": "perhaps"}}, "policy"),
        ({"groups": [ROW], "policy": {"__proto__": "x"}}, "policy"),
        ({"claims": {"source": "unknown", "id": {}, "access": {}}}, "claims"),
        ({"claims": {"source": "jwt", "id": {"cognito:groups": "a"}, "access": {}}}, "claims"),
        ({"groups": [ROW], "identity_pool": "x"}, "identity_pool"),
    ],
)
def test_a_link_with_invalid_input_shows_the_error(
    shown: Playground, state: dict[str, Any], field: str
) -> None:
    shown.go_to(encode_fragment(state))
    expect(shown.page.locator(f"[id='error-{field}']")).to_be_visible()


def test_a_bomb_is_not_expanded(shown: Playground) -> None:
    fragment = encode_fragment(b'{"custom_role_arn": "' + b"x" * 5_000_000 + b'"}')
    assert len(fragment) < 8000
    shown.go_to(fragment)
    expect(shown.page.locator("#notice")).to_contain_text("The link is damaged")


def test_input_that_is_too_long_for_a_link_has_none(shown: Playground) -> None:
    names = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(300)]  # cannot be compressed
    groups = [{"GroupName": name} for name in names]
    shown.paste(json.dumps(groups))
    expect(shown.answer.locator(".ranking")).to_be_visible()
    assert shown.fragment == ""
    shown.page.get_by_role("button", name="Copy link").click()
    expect(shown.page.locator("#notice")).to_have_text("The input is too long for a link.")
