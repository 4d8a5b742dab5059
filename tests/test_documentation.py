"""What the documentation says is what happens."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs import generate
from docs.revealed import CHECKERS
from tests.strategies import role

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", ["README.md", "docs/testing.md"])
def test_the_examples_run_as_printed(
    page: str, moto_url: str, alices_pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    text = (ROOT / page).read_text().replace("eu-west-1_EXAMPLE", alices_pool)
    examples = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
    assert len(examples.examples) > 20
    told: list[str] = []
    doctest.DocTestRunner().run(examples, out=told.append)
    assert told == []


def test_the_generated_parts_of_the_readme_are_up_to_date() -> None:
    assert generate.generated(README) == README, "run: python -m docs.generate"
    assert README.count("| documented |") + README.count("| observed |") == 8


def test_the_checkers_are_four_and_reveal_what_the_typing_examples_assert() -> None:
    typing = "".join(path.read_text() for path in (ROOT / "tests" / "typing").glob("*.py"))
    rows = re.findall(r"^\| `(.+)` \| `(.+)` \| (.+) \|$", README, re.MULTILINE)
    for expression, type_, checkers in rows:
        if "mypy" in checkers:
            assert f"assert_type({expression}, {type_.replace(chr(92), '')})" in typing
    assert {checker for _, _, checkers in rows for checker in checkers.split(", ")} == set(CHECKERS)


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "docs/cli.md", "docs/testing.md", "typings/README.md"]
)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
        assert (path.parent / target).exists(), target


def test_the_demo_shows_a_winner_a_tie_and_a_plain_user() -> None:
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
