"""The pytest plugin as users get it: installed, and found without any configuration."""

import subprocess
import sys
from pathlib import Path

import pytest

USERS_TESTS = """
import json
import urllib.request

from cognito_claims.testing import ServedKeys, TokenFactory


def test_tokens(cognito_tokens: TokenFactory) -> None:
    assert cognito_tokens.id_token(["staff"]).count(".") == 2


def test_keys(cognito_served_keys: ServedKeys, cognito_tokens: TokenFactory) -> None:
    with urllib.request.urlopen(cognito_served_keys.jwks_url) as response:
        assert json.load(response) == cognito_tokens.jwks()
"""


WITH_THE_UPDATED_ISSUER = """
import pytest

from cognito_claims.testing import TokenFactory


@pytest.fixture(scope="session")
def cognito_tokens() -> TokenFactory:
    return TokenFactory(issuer="updated")


def test_the_issuer(cognito_tokens: TokenFactory) -> None:
    assert cognito_tokens.issuer.startswith("https://issuer-cognito-idp.eu-west-1.")
"""


def run_pytest_of_a_user(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:asyncio",
            "-p",
            "no:cacheprovider",
            "-W",
            "error",
            *arguments,
        ],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


@pytest.mark.slow
def test_its_fixtures_are_there(tmp_path: Path) -> None:
    (tmp_path / "test_of_a_user.py").write_text(USERS_TESTS)
    assert "2 passed" in run_pytest_of_a_user(tmp_path)


@pytest.mark.slow
def test_its_fixtures_use_a_factory_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "test_of_a_user.py").write_text(WITH_THE_UPDATED_ISSUER + USERS_TESTS)
    assert "3 passed" in run_pytest_of_a_user(tmp_path)


@pytest.mark.slow
def test_its_fixtures_are_described(tmp_path: Path) -> None:
    output = run_pytest_of_a_user(tmp_path, "--fixtures")
    assert "cognito_tokens [session scope]" in output
    assert "one for the whole session" in output
    assert "cognito_served_keys [session scope]" in output


def test_it_loads_no_module_until_a_fixture_is_used() -> None:
    code = (
        "import pytest, sys\n"
        "before = set(sys.modules)\n"
        "import cognito_claims.testing.plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == [
        "cognito_claims",
        "cognito_claims._lazy",
        "cognito_claims.testing",
        "cognito_claims.testing.plugin",
    ]
