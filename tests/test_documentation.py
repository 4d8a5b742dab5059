"""The documentation matches the code: examples run, generated parts are up to date, and links resolve."""

import ast
import doctest
import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cognito_claims.events.override import RESERVED_NAMES
from tests.conftest import Client
from tests.samples import role
from tools import generate
from tools.revealed import CHECKERS, collect_rows

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [str(path.relative_to(ROOT)) for path in generate.PAGES]
SOURCE = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Source"]


@pytest.fixture
def signed_in(moto: Client, alices_pool: str) -> Iterator[tuple[str, Any]]:
    """An app client's id, and the tokens that moto signed for a user in `staff`."""
    client_id = moto.create_user_pool_client(UserPoolId=alices_pool, ClientName="docs")["UserPoolClient"]
    moto.admin_create_user(UserPoolId=alices_pool, Username="bob")
    moto.admin_set_user_password(
        UserPoolId=alices_pool, Username="bob", Password="P4ss-word", Permanent=True
    )
    moto.admin_add_user_to_group(UserPoolId=alices_pool, Username="bob", GroupName="staff")
    answer = moto.admin_initiate_auth(
        UserPoolId=alices_pool,
        ClientId=client_id["ClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "bob", "PASSWORD": "P4ss-word"},
    )
    yield client_id["ClientId"], answer["AuthenticationResult"]
    moto.admin_delete_user(UserPoolId=alices_pool, Username="bob")


@pytest.fixture
def example_aws(
    moto_url: str, alices_pool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Let examples reach moto's server, and return what to replace in them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    keys = "/eu-west-1_EXAMPLE/.well-known"
    return {
        f"https://cognito-idp.eu-west-1.amazonaws.com{keys}": f"{moto_url}{keys}",
        "eu-west-1_EXAMPLE": alices_pool,
    }


def replace_all(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        text = text.replace(old, new)
    return text


@pytest.mark.slow
@pytest.mark.usefixtures("fixed_examples")
@pytest.mark.parametrize("page", [page for page in PAGES if ">>> " in (ROOT / page).read_text()])
def test_the_examples_run_as_printed(
    page: str, example_aws: dict[str, str], signed_in: tuple[str, Any]
) -> None:
    client_id, tokens = signed_in
    text = replace_all((ROOT / page).read_text(), {**example_aws, "1example23456789": client_id})
    names = {"token": tokens["IdToken"], "access_token": tokens["AccessToken"]}
    examples = doctest.DocTestParser().get_doctest(text, names, page, page, 0)
    assert len(examples.examples) == len(re.findall("^>>> ", text, re.MULTILINE)) > 0
    failures: list[str] = []
    doctest.DocTestRunner().run(examples, out=failures.append)
    assert failures == []


BLOCKS = re.findall(r"^```python\n(.+?)^```$(?:\n\n```text\n(.+?)^```$)?", README, re.MULTILINE | re.DOTALL)
"""Each program of the README, with the text block that follows it or ''."""


class TestReadme:
    def test_is_short(self) -> None:
        assert len(README.splitlines()) <= 160

    def test_has_programs_to_paste(self) -> None:
        assert len(BLOCKS) == README.count("```python") >= 7
        assert ">>>" not in README

    @pytest.mark.slow
    @pytest.mark.usefixtures("fixed_examples")
    @pytest.mark.parametrize("number", range(len(BLOCKS)))
    def test_programs_print_what_their_comments_show(
        self,
        number: int,
        example_aws: dict[str, str],
        capsys: pytest.CaptureFixture[str],
        request: pytest.FixtureRequest,
    ) -> None:
        code, text = BLOCKS[number]
        comments = re.findall(r"^ *print\(.+\)  # (.+)$", code, re.MULTILINE)
        expected = text.splitlines() or comments
        tree = ast.parse(replace_all(code, example_aws), feature_version=(3, 11))
        names: dict[str, Any] = {"__name__": "readme"}
        exec(compile(tree, "README.md", "exec"), names)
        tests = [value for name, value in names.items() if name.startswith("test_")]
        for test in tests:
            test(**{name: request.getfixturevalue(name) for name in inspect.signature(test).parameters})
        assert expected or tests
        assert capsys.readouterr().out.splitlines() == expected


class TestGeneratedParts:
    @pytest.mark.parametrize(
        "page",
        [pytest.param(page, marks=[pytest.mark.slow] * (page == "docs/typing.md")) for page in PAGES],
    )
    def test_are_up_to_date(self, page: str) -> None:
        text = (ROOT / page).read_text()
        assert generate.update_page(text) == text, "run: python -m tools.generate"

    def test_are_all_on_a_page(self) -> None:
        found = {part for page in PAGES for part in generate.find_parts((ROOT / page).read_text())}
        assert found == {*generate.PARTS}

    def test_every_rule_and_question_is_on_the_page_of_rules(self) -> None:
        expected = {part for part in generate.PARTS if part.endswith(("-rules", "-questions"))}
        assert {*generate.find_parts((ROOT / "docs" / "rules.md").read_text())} == expected

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
        "src/cognito_claims/conformance/vectors/README.md",
        "tests/typing/README.md",
        "typings/README.md",
    ],
)
def test_links_lead_to_files(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text()):
        if target.startswith(SOURCE):
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
    for path in (ROOT / "docs").glob("*.md"):
        assert path.name == "index.md" or f"({path.name})" in index


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
