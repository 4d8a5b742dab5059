"""The examples of the documentation run as printed, with moto in place of AWS."""

import ast
import doctest
import inspect
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Client
from tests.documented_shell import find_blocks, matches, run_page
from tools import generate

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [str(path.relative_to(ROOT)) for path in generate.PAGES]


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


@pytest.mark.slow
def test_the_tutorial_can_be_followed_word_for_word(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text()
    bin_first = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    runs = run_page(page, tmp_path, {**os.environ, "PATH": bin_first})
    assert len(runs) == len(re.findall(r"^\$ ", page, re.MULTILINE))
    for run in runs:
        assert run.code == 0, run
        assert not run.command.shown or matches(run.command.shown, run.printed), run
    assert {block.language for block in find_blocks(page) if block.file is None} == {"console"}
