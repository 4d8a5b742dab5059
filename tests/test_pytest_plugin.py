"""The plugin as a user of pytest meets it: installed, and never asked for."""

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
    with urllib.request.urlopen(cognito_served_keys.jwks_url) as answer:
        assert json.load(answer) == cognito_tokens.jwks()
"""


def pytest_of_a_user(folder: Path, *arguments: str) -> str:
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
    assert "2 passed" in pytest_of_a_user(tmp_path)


@pytest.mark.slow
def test_its_fixtures_say_what_they_are(tmp_path: Path) -> None:
    told = pytest_of_a_user(tmp_path, "--fixtures")
    assert "cognito_tokens [session scope]" in told
    assert "one for the whole session" in told
    assert "cognito_served_keys [session scope]" in told


def test_it_loads_nothing_for_those_who_do_not_ask() -> None:
    code = (
        "import pytest, sys\n"
        "before = set(sys.modules)\n"
        "import cognito_claims.testing.plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == [
        "cognito_claims",
        "cognito_claims.testing",
        "cognito_claims.testing.plugin",
    ]
