"""What the documentation says is what happens."""

import doctest
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cognito_claims.client import PAGING_RULES
from cognito_claims.conformance import load
from cognito_claims.conformance.runner import select
from cognito_claims.events import EVENT_RULES, TRIGGER_RULES
from cognito_claims.events.pre_token_generation.reserved_claims import RESERVED_NAMES
from cognito_claims.identity_pool import IDENTITY_POOL_RULES
from cognito_claims.pool import CHECKS
from cognito_claims.rules import CLAIM_RULES, RULES
from tests.conftest import Client
from tests.samples import role
from tools import generate, scorecards
from tools.revealed import CHECKERS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


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


@pytest.mark.slow
@pytest.mark.usefixtures("fixed_examples")
@pytest.mark.parametrize(
    "page", ["README.md", "docs/claims.md", "docs/conformance.md", "docs/pool.md", "docs/testing.md"]
)
def test_the_examples_run_as_printed(
    page: str,
    moto_url: str,
    alices_pool: str,
    signed_in: tuple[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    client_id, tokens = signed_in

    text = (ROOT / page).read_text()
    for printed, here in (
        (
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE/.well-known",
            f"{moto_url}/eu-west-1_EXAMPLE/.well-known",
        ),
        ("eu-west-1_EXAMPLE", alices_pool),
        ("1example23456789", client_id),
    ):
        text = text.replace(printed, here)
    given = {"token": tokens["IdToken"], "access_token": tokens["AccessToken"]}
    examples = doctest.DocTestParser().get_doctest(text, given, page, page, 0)
    assert len(examples.examples) == len(re.findall("^>>> ", text, re.MULTILINE)) > 5
    told: list[str] = []
    doctest.DocTestRunner().run(examples, out=told.append)
    assert told == []


@pytest.mark.slow
@pytest.mark.parametrize("page", generate.PARTS)
def test_the_generated_parts_are_up_to_date(page: str) -> None:
    text = (ROOT / page).read_text()
    assert generate.generated(page, text) == text, "run: python -m tools.generate"
    rules = {
        "README.md": RULES,
        "docs/claims.md": (*EVENT_RULES, *TRIGGER_RULES, *IDENTITY_POOL_RULES),
        "docs/conformance.md": (*CLAIM_RULES, *PAGING_RULES),
        "docs/pool.md": (),
    }[page]
    rows = re.findall(
        r"^\| `([a-z-]+)` \| .+ \| (?:documented|observed|unspecified) \|", text, re.MULTILINE
    )
    assert rows == [rule.id for rule in rules]


def test_every_check_is_told() -> None:
    text = (ROOT / "docs/pool.md").read_text()
    told = re.findall(r"^\| `([a-z-]+)` \| (?:error|warning|note) \|", text, re.MULTILINE)
    assert told == [check.code for check in CHECKS]


def test_the_checkers_are_four_and_reveal_what_the_typing_examples_assert() -> None:
    typing = "".join(path.read_text() for path in (ROOT / "tests" / "typing").glob("*.py"))
    rows = re.findall(r"^\| `(.+)` \| `(.+)` \| (.+) \|$", README, re.MULTILINE)
    for expression, type_, checkers in rows:
        if "mypy" in checkers:
            assert f"assert_type({expression}, {type_.replace(chr(92), '')})" in typing
    assert {checker for _, _, checkers in rows for checker in checkers.split(", ")} == set(CHECKERS)


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/claims.md",
        "docs/cli.md",
        "docs/conformance.md",
        "docs/pool.md",
        "src/cognito_claims/conformance/vectors/README.md",
        "docs/testing.md",
        "typings/README.md",
    ],
)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
        assert (path.parent / target).exists(), target


def test_the_vectors_readme_lists_the_reserved_claims() -> None:
    text = (ROOT / "src/cognito_claims/conformance/vectors/README.md").read_text()
    listed = text.partition("Reserved claims")[2].partition("every name")[0]
    assert {*re.findall("`([a-z_]+)`", listed)} == RESERVED_NAMES


class TestScorecards:
    TEXT = (ROOT / "docs" / "conformance.md").read_text().partition("<!-- scorecards -->")[2]

    def test_are_of_the_versions_that_are_pinned(self) -> None:
        rows = re.findall(r"^\| ([^|`]+) \| ([0-9.]+) \| (PyPI|npm) \|", self.TEXT, re.MULTILINE)
        assert rows == [(one.name, one.version, one.registry) for one in scorecards.EMULATORS]
        pinned = (ROOT / "requirements" / "emulators" / "ministack.txt").read_text()
        assert f"ministack=={scorecards.MINISTACK} " in pinned

    def test_are_of_the_cases_and_rules_that_there_are(self) -> None:
        cases = {*select()}
        counts = re.findall(r"^\| .* \| (?:PyPI|npm) \| (.+) \|$", self.TEXT, re.MULTILINE)
        for row in counts:
            assert sum(map(int, row.split(" | "))) == len(cases), "run: python -m tools.scorecards"
        asked = {rule for one in load() for case in one.cases if case.id in cases for rule in case.rules}
        assert {*re.findall(r"^\| `([a-z-]+)` \|", self.TEXT, re.MULTILINE)} == asked


@pytest.mark.slow
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
