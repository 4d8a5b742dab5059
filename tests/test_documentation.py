"""The documentation matches the code: generated parts are up to date, and links resolve."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cognito_claims.events.override import RESERVED_NAMES
from tests.samples import role
from tools import generate
from tools.domains import QUESTIONS_BY_PART, RULES_BY_PART
from tools.revealed import CHECKERS, collect_rows

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [str(path.relative_to(ROOT)) for path in generate.PAGES]
URLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]
SOURCE, SITE = URLS["Source"], URLS["Documentation"]


class TestGeneratedParts:
    @pytest.mark.parametrize(
        "page",
        [
            pytest.param(page, marks=[pytest.mark.slow] * (page == "docs/reference/typing.md"))
            for page in PAGES
        ],
    )
    def test_are_up_to_date(self, page: str) -> None:
        text = (ROOT / page).read_text()
        assert generate.update_page(text) == text, "run: python -m tools.generate"

    def test_are_all_on_a_page(self) -> None:
        found = {part for page in PAGES for part in generate.find_parts((ROOT / page).read_text())}
        assert found == {*generate.PARTS}

    def test_every_rule_and_question_is_on_the_page_of_its_kind(self) -> None:
        for page, parts in (
            ("reference/rules.md", RULES_BY_PART),
            ("explanation/open-questions.md", QUESTIONS_BY_PART),
        ):
            assert {*generate.find_parts((ROOT / "docs" / page).read_text())} == {*parts}

    @pytest.mark.slow
    def test_types_are_those_that_the_typing_examples_assert(self) -> None:
        typing = "".join(path.read_text() for path in (ROOT / "tests" / "typing").glob("*.py"))
        for row in collect_rows():
            if "mypy" in row.checkers:
                assert f"assert_type({row.expression}, {row.type})" in typing
        assert {checker for row in collect_rows() for checker in row.checkers} == {*CHECKERS}


@pytest.mark.parametrize(
    "page",
    [
        *PAGES,
        "playground/README.md",
        "src/cognito_claims/conformance/vectors/README.md",
        "tests/typing/README.md",
        "typings/README.md",
    ],
)
def test_links_lead_to_files(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text()):
        if target == URLS["Playground"]:
            assert (ROOT / "playground" / "index.html").exists()
        elif target.startswith(SITE):
            page = target.removeprefix(SITE) or "index.html"
            assert (ROOT / "docs" / page).with_suffix(".md").exists(), target
        elif target.startswith(f"{SOURCE}/issues/"):
            form = target.removeprefix(f"{SOURCE}/issues/new?template=")
            assert (ROOT / ".github" / "ISSUE_TEMPLATE" / form).exists(), target
        elif target.startswith(SOURCE):
            kind, branch, file = target.removeprefix(f"{SOURCE}/").split("/", 2)
            assert kind in ("blob", "tree")
            assert branch == "main"
            assert (ROOT / file).exists(), target
        elif ":" not in target:
            assert (path.parent / target).exists(), target


def test_links_of_the_readme_work_on_a_package_index() -> None:
    assert all(target.startswith("https://") for target in re.findall(r"\]\(([^)]+)\)", README))


def test_the_index_links_every_page() -> None:
    index = (ROOT / "docs" / "index.md").read_text()
    for path in filter(lambda path: path.suffix in (".md", ".ipynb"), (ROOT / "docs").rglob("*")):
        assert path.name == "index.md" or f"({path.relative_to(ROOT / 'docs').as_posix()})" in index


def test_the_vectors_readme_lists_the_reserved_claims() -> None:
    text = (ROOT / "src/cognito_claims/conformance/vectors/README.md").read_text()
    listed = text.partition("Reserved claims")[2].partition("every name")[0]
    assert {*re.findall("`([a-z_]+)`", listed)} == RESERVED_NAMES


@pytest.mark.slow
def test_the_demo_shows_a_preferred_role_a_tie_and_no_role() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "demo.py"], check=True, capture_output=True, text=True
    )
    assert done.stderr == ""
    _, alice, bob, carol = re.split(r"\n={78}\n", done.stdout)
    assert "A pool of 30 groups" in done.stdout
    assert f"Preferred role: {role('admin')}" in alice
    assert "tie-differing-roles" in bob
    assert "No preferred role" in bob
    assert "No role: no group has one" in carol
