"""Pictures of a user's access: the SVG, in a real Chromium too, and what notebooks show."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from playwright.sync_api import Browser, Page, expect

from cognito_claims import Policy, Resolution, resolve
from cognito_claims.access import EffectiveAccess, Verdict, draw_access
from cognito_claims.access.diagram import COLORS, wrap
from cognito_claims.access.rules import ANY_IDENTITY_POOL, GUESTS_TRUSTED
from cognito_claims.pool import Audit, Ignore, Snapshot, audit
from cognito_claims.testing.strategies import resolutions
from tests.pool_data import MEMBERS, POOL, write_faulty_pool
from tests.samples import role
from tests.test_access import (
    ADMIN,
    ALL_ROLES,
    DESCRIPTION,
    GROUPS,
    OTHER_ID,
    PROVIDER,
    SIGNED_IN,
    STAFF,
    TRIGGER,
    build_pool,
    build_role,
    evaluate,
    trust,
)

SVG = "{http://www.w3.org/2000/svg}"
SCREENSHOTS = Path(__file__).parents[1] / "build" / "screenshots"
HOSTILE = "</text></svg><script>alert('x')</script>&\"{{7*7}}"
LONG = role(
    "teams/platform/engineering/a-department-with-a-long-name/production/administrators-of-everything"
)
REFUSED = [build_role(ADMIN, trust(OTHER_ID))]


def read_texts(svg: str) -> list[str]:
    """Return what a diagram shows, line by line."""
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def draw(groups: Any = GROUPS, **arguments: Any) -> list[str]:
    return read_texts(draw_access(evaluate(groups, **arguments)))


class TestTheDiagram:
    def test_shows_each_step_from_the_user_to_credentials(self) -> None:
        texts = draw()
        steps = ["USER", "GROUPS", "CLAIMS IN THE ID TOKEN", "IDENTITY POOL", "ROLE", "TRUST POLICY"]
        places = [texts.index(step) for step in [*steps, "CREDENTIALS"]]
        assert places == sorted(places)
        assert texts[places[1] + 1 : places[2] - 1] == [
            *("admins", "precedence 0, decides", ADMIN),
            *("staff", "precedence 5, outranked", STAFF),
        ]
        assert "The user gets credentials" in texts
        assert "valid for up to 60 minutes" in texts

    def test_shows_the_condition_that_fails_and_the_error_of_aws(self) -> None:
        texts = " ".join(draw(roles=REFUSED))
        assert "It does not admit the identity pool" in texts
        assert "which is not the ID of this identity pool" in texts
        assert "Invalid identity pool configuration. Check assigned IAM roles for this pool." in texts
        assert "valid for" not in texts

    def test_shows_that_the_identity_pool_denies(self) -> None:
        texts = draw([{**one, "Precedence": 1} for one in GROUPS])
        assert {"It denies the request", "None", "The user gets no credentials"} <= {*texts}
        assert "TRUST POLICY" not in texts
        assert texts[texts.index("cognito:preferred_role") + 1] == "absent"

    def test_shows_what_is_unknown(self) -> None:
        texts = " ".join(draw(roles=[]))
        assert "Unknown whether it admits the identity pool" in texts
        assert "Unknown whether the user gets credentials" in texts

    def test_shows_that_the_user_pool_is_not_accepted(self) -> None:
        assert "It accepts the user pool" in draw()
        assert "Unknown whether it accepts the user" in draw(description=None)
        nobody: dict[str, Any] = {**DESCRIPTION, "CognitoIdentityProviders": []}
        assert "It does not accept the user pool" in draw(description=nobody)

    def test_shows_open_questions_and_triggers(self) -> None:
        groups = [{"GroupName": "a", "UserPoolId": POOL, "RoleArn": STAFF}]
        pool = {"Id": POOL, "LambdaConfig": {"PreTokenGeneration": TRIGGER}}
        texts = draw(groups, user_pool=pool)
        assert "Open question: null-precedence" in texts
        assert "A trigger may change the claims" in texts
        assert "Open question: null-precedence" in read_texts(draw_access(resolve(groups)))

    def test_shows_who_else_is_admitted(self) -> None:
        open_to_all = build_role(ADMIN, trust(Condition={}))
        texts = draw(roles=[open_to_all])
        assert {"It also admits every identity pool", "It also admits guests"} <= {*texts}

    def test_shows_the_authenticated_role_too(self) -> None:
        texts = draw([], mapping=None)
        assert {"None", SIGNED_IN} <= {*texts}
        assert not [text for text in texts if "replaces" in text]

    def test_shows_the_groups_that_decide_and_the_first_of_the_others(self) -> None:
        groups = [{"GroupName": f"g{place:02}", "Precedence": place} for place in range(12)]
        texts = draw([*groups, {"GroupName": "staff", "Precedence": 99, "RoleArn": STAFF}])
        assert {"g07", "staff", "and 4 more"} <= {*texts}
        assert "g08" not in texts

    def test_of_a_resolution_ends_with_the_claims(self) -> None:
        texts = read_texts(draw_access(resolve(GROUPS)))
        assert "CLAIMS IN THE ID TOKEN" in texts
        assert "IDENTITY POOL" not in texts
        assert ET.fromstring(draw_access(resolve(GROUPS))).findtext(f"{SVG}title") == "The claims of a user"

    def test_names_a_user_only_if_one_is_passed(self) -> None:
        assert "A user" in draw()
        assert "alice" in read_texts(draw_access(evaluate(), user="alice"))

    def test_is_described_to_screen_readers(self) -> None:
        root = ET.fromstring(draw_access(evaluate(roles=REFUSED)))
        assert root.get("role") == "img"
        assert root.findtext(f"{SVG}title") == "The access of a user"
        description = root.findtext(f"{SVG}desc") or ""
        assert "admins, precedence 0, decides, arn:aws:iam" in description
        assert "It does not admit the identity pool: no, Statement[0]: aud must be" in description

    def test_escapes_every_value(self) -> None:
        groups = [{"GroupName": HOSTILE.replace(" ", ""), "Precedence": 0, "RoleArn": ADMIN}]
        root = ET.fromstring(draw_access(evaluate(groups), user=HOSTILE))
        assert not [*root.iter(f"{SVG}script")]
        assert {one.tag.removeprefix(SVG) for one in root.iter()} == {
            *("svg", "title", "desc", "rect", "text", "path", "circle")
        }

    def test_shows_a_sign_instead_of_a_character_that_xml_forbids(self) -> None:
        root = ET.fromstring(draw_access(evaluate(), user="a\x00b\ud800c\u202ed"))
        assert "a\N{REPLACEMENT CHARACTER}b" in (root.findtext(f"{SVG}desc") or "")

    @pytest.mark.slow
    @given(resolutions())
    def test_is_xml_for_every_resolution(self, resolution: Resolution) -> None:
        ET.fromstring(draw_access(resolution))

    def test_fetches_nothing_and_runs_nothing(self) -> None:
        for standalone in (False, True):
            svg = draw_access(evaluate(), standalone=standalone)
            assert svg.count("http") == svg.count('xmlns="http://www.w3.org/2000/svg"') == 1
            assert "style=" not in svg
            assert ("<style>" in svg) is standalone

    def test_arns_break_at_slashes(self) -> None:
        groups = [{"GroupName": "a", "Precedence": 0, "RoleArn": LONG}]
        lines = draw(groups)
        start = lines.index("arn:aws:iam::123456789012:role/teams/")
        end = lines.index("administrators-of-everything") + 1
        assert "".join(lines[start:end]) == LONG
        assert {line[-1] for line in lines[start : end - 1]} == {"/"}

    @pytest.mark.parametrize("width", [240, 360, 720])
    def test_is_as_wide_as_is_asked_for(self, width: int) -> None:
        root = ET.fromstring(draw_access(evaluate(), width=width))
        assert (root.get("viewBox") or "").startswith(f"0 0 {width} ")

    def test_cannot_be_too_narrow(self) -> None:
        with pytest.raises(ValueError, match="width: must be 240 or more, got 239"):
            draw_access(evaluate(), width=239)

    def test_in_the_documentation_is_up_to_date(self) -> None:
        """To draw it again, write the expected text to the file."""
        drawn = (Path(__file__).parents[1] / "docs" / "how-to" / "access.svg").read_text()
        assert drawn == draw_access(evaluate(roles=[*REFUSED, *ALL_ROLES[1:]]), standalone=True)


def compute_luminance(rgb: tuple[float, ...]) -> float:
    """Return the relative luminance of WCAG 2."""
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in rgb]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("paper", [0.0, 1.0])
def test_a_sign_contrasts_with_its_tints(verdict: Verdict, paper: float) -> None:
    """A sign is on a circle of 15 % of its color, on a card of 12 %."""
    color = tuple(int(COLORS[verdict][place : place + 2], 16) / 255 for place in (1, 3, 5))
    share = 1 - 0.88 * 0.85
    tint = tuple(share * one + (1 - share) * paper for one in color)
    darker, lighter = sorted(map(compute_luminance, (color, tint)))
    assert (lighter + 0.05) / (darker + 0.05) >= 3


class TestLines:
    @pytest.mark.parametrize(
        ("text", "lines"),
        [
            ("", []),
            ("two words", ["two words"]),
            ("two words and more", ["two words", "and more"]),
            ("role/a/bc", ["role/a/bc"]),
            ("role/aaaa/bbb", ["role/aaaa/", "bbb"]),
            ("abcdefghijklm", ["abcdefghij", "klm"]),
            ("漢字漢字漢字", ["漢字漢字漢", "字"]),
            ("e\u0301" * 11, ["e\u0301" * 10, "e\u0301"]),
        ],
    )
    def test_break_between_words_after_slashes_or_anywhere(self, text: str, lines: list[str]) -> None:
        assert wrap(text, 10, mono=True) == lines

    def test_are_shorter_if_letters_are_wide(self) -> None:
        assert len(wrap("W" * 20, 10)) == 2
        assert len(wrap("i" * 20, 10)) == 1
        assert len(wrap("漢" * 10, 10)) == 2
        assert len(wrap("e\u0301" * 12, 10)) == 1


class TestNotebooks:
    def test_a_resolution_shows_its_groups_claims_and_open_questions(self) -> None:
        html = resolve([*GROUPS, {"GroupName": "a<b", "RoleArn": LONG}])._repr_html_()
        assert "<strong>admins</strong>" in html
        assert "a&lt;b" in html
        assert "cognito:preferred_role" in html
        assert "role/<wbr>teams/<wbr>" in html
        assert "<em>absent</em>" not in html
        tie = resolve([{**one, "Precedence": 1} for one in GROUPS])._repr_html_()
        assert tie.count("<em>absent</em>") == 1

    def test_access_shows_the_diagram_the_other_roles_and_the_settings(self) -> None:
        html = evaluate()._repr_html_()
        assert draw_access(evaluate()) in html
        assert "role/<wbr>staff<br>custom-role: the CustomRoleArn is one of cognito:roles" in html
        assert "the classic flow is allowed: <strong>no</strong>" in html
        assert "warning" not in html
        open_role = evaluate(roles=[ALL_ROLES[0], build_role(STAFF, trust(Condition={}))])._repr_html_()
        assert f"warning: {ANY_IDENTITY_POOL.sentence}" in open_role
        assert f"warning: {GUESTS_TRUSTED.sentence}" in open_role
        alone = evaluate([], mapping=None)._repr_html_()
        assert "Other roles" not in alone

    @pytest.fixture
    def result(self, tmp_path: Path) -> Audit:
        return audit(write_faulty_pool(tmp_path / "s"))

    def test_an_audit_shows_counts_and_findings_and_names_no_user(self, result: Audit) -> None:
        html = result._repr_html_()
        assert result.findings[0].samples
        assert "&lt;script&gt;" in html
        assert "<script>" not in html
        assert "<strong>error</strong> no-preferred-role, 1 user<br>" in html
        for name in {name for names in MEMBERS.values() for name in names}:
            assert f">{name}<" not in html
            assert f" {name}" not in html

    def test_an_audit_shows_the_most_serious_findings(self, result: Audit, tmp_path: Path) -> None:
        snapshot = Snapshot.open(tmp_path / "s")
        more = audit(snapshot, identity_pool=build_pool(), provider=PROVIDER, roles=[])._repr_html_()
        assert more.count("<li ") == 10
        assert "more: see build_audit_report or render_audit_html" in more
        ignores = [Ignore(code=code, reason="x") for code in {one.check.code for one in result.findings}]
        ignored = audit(snapshot, ignores=ignores)._repr_html_()
        assert "8 known or ignored" in ignored
        assert "Findings" not in ignored

    @pytest.mark.slow
    def test_need_no_template_engine(self) -> None:
        code = (
            "import sys\n"
            "from cognito_claims import resolve\n"
            "from cognito_claims.access import draw_access\n"
            "assert 'cognito_claims.resolver.notebook' not in sys.modules\n"
            "resolution = resolve([{'GroupName': 'a'}])\n"
            "resolution._repr_html_(), draw_access(resolution)\n"
            "print(*{'jinja2', 'rich', 'xml', 'boto3'} & set(sys.modules))\n"
        )
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        assert done.stdout.strip() == ""


def build_page(*parts: str) -> str:
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    style = "<style>:root{color-scheme:light dark}body{margin:16px;font:14px sans-serif}</style>"
    return f"<!doctype html>{meta}<title>Access</title>{style}{''.join(parts)}"


HOSTILE_GROUPS = [
    {"GroupName": HOSTILE.replace(" ", ""), "UserPoolId": POOL, "Precedence": 0, "RoleArn": LONG},
    {"GroupName": "W" * 128, "UserPoolId": POOL, "Precedence": 1, "RoleArn": STAFF},
    {"GroupName": "m" * 40, "UserPoolId": POOL},
]
PICTURES: dict[str, EffectiveAccess] = {
    "admitted": evaluate(),
    "refused": evaluate(roles=[*REFUSED, *ALL_ROLES[1:]]),
    "unknown": evaluate(roles=[]),
    "denied": evaluate([{**one, "Precedence": 1} for one in GROUPS]),
    "hostile": evaluate(HOSTILE_GROUPS, roles=[build_role(LONG.replace("/teams", "/other/teams"))]),
}


Open = Callable[..., Page]


@pytest.mark.slow
class TestInABrowser:
    @pytest.fixture
    def open_page(self, browser: Browser, tmp_path: Path) -> Iterator[Open]:
        """Open a page in a window, which must make no request and log no message."""
        pages: list[Page] = []
        messages: list[str] = []
        urls: set[str] = set()

        def open_page(name: str, content: str, scheme: Any = "light", width: int = 1280) -> Page:
            path = tmp_path / name
            path.write_text(content, encoding="utf-8")
            page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
            page.on("console", lambda message: messages.append(message.text))
            page.on("request", lambda request: urls.add(request.url))
            page.goto(path.as_uri())
            urls.discard(path.as_uri())
            pages.append(page)
            return page

        yield open_page
        for page in pages:
            page.close()
        assert (messages, urls) == ([], set())

    @pytest.mark.parametrize("width", [390, 1280])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("name", PICTURES)
    def test_all_text_fits(self, open_page: Open, name: str, scheme: str, width: int) -> None:
        page = open_page("page.html", build_page(draw_access(PICTURES[name])), scheme, width)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"access-{name}-{scheme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        ends = page.locator("text").evaluate_all(
            "all => all.map(one => one.getBBox().x + one.getBBox().width)"
        )
        assert max(ends) <= 360 - 8
        tops = page.locator("text").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
        assert tops[0] > 0

    def test_texts_do_not_overlap(self, open_page: Open) -> None:
        page = open_page("page.html", build_page(*map(draw_access, PICTURES.values())))
        overlapping = page.evaluate(
            """() => [...document.querySelectorAll("svg")].flatMap(svg => {
                const texts = [...svg.querySelectorAll("text")];
                const boxes = texts.map(one => [one.textContent, one.getBBox()]);
                return boxes.flatMap(([text, a], place) => boxes.slice(place + 1)
                    .filter(([, b]) => a.x < b.x + b.width && b.x < a.x + a.width
                        && a.y + 4 < b.y + b.height && b.y + 4 < a.y + a.height)
                    .map(([other]) => [text, other]));
            })"""
        )
        assert overlapping == []

    def test_text_starts_at_the_left_in_a_page_from_right_to_left(self, open_page: Open) -> None:
        page = open_page("page.html", build_page('<div dir="rtl">', draw_access(evaluate()), "</div>"))
        starts = page.locator("text").evaluate_all("all => all.map(one => one.getBBox().x)")
        assert min(starts) >= 14

    def test_is_an_image_with_a_name(self, open_page: Open) -> None:
        page = open_page("page.html", build_page(draw_access(evaluate())))
        expect(page.get_by_role("img", name="The access of a user", exact=True)).to_have_count(1)

    @pytest.mark.parametrize(
        ("scheme", "text", "background"),
        [
            ("light", "rgb(31, 35, 40)", "rgb(255, 255, 255)"),
            ("dark", "rgb(230, 237, 243)", "rgb(13, 17, 23)"),
        ],
    )
    def test_a_file_has_its_own_colors(
        self, open_page: Open, scheme: str, text: str, background: str
    ) -> None:
        page = open_page("access.svg", draw_access(evaluate(), standalone=True), scheme)
        colors = page.evaluate(
            """() => [getComputedStyle(document.querySelector("text")).fill,
                getComputedStyle(document.documentElement).backgroundColor]"""
        )
        assert colors == [text, background]

    @pytest.mark.parametrize("width", [390, 1280])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_notebooks(self, open_page: Open, tmp_path: Path, scheme: str, width: int) -> None:
        readers = {"GroupName": "readers", "UserPoolId": POOL, "RoleArn": LONG}
        shown: dict[str, Any] = {
            "access": evaluate([*GROUPS, readers], roles=[*REFUSED, *ALL_ROLES[1:]]),
            "resolution": resolve([*GROUPS, readers], policy=Policy.OBSERVED),
            "audit": audit(
                write_faulty_pool(tmp_path / "s"),
                identity_pool=build_pool(),
                provider=PROVIDER,
                roles=ALL_ROLES,
            ),
        }
        for name, value in shown.items():
            page = open_page(f"{name}.html", build_page(value._repr_html_()), scheme, width)
            page.screenshot(path=SCREENSHOTS / f"notebook-{name}-{scheme}-{width}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") == width
