"""The workflow in docs/how-to/conformance.md passes the checks of this project's own workflows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cognito_claims import __version__

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
[WORKFLOW] = re.findall(
    r"^```yaml\n(.+?)^```$",
    (ROOT / "docs" / "how-to" / "conformance.md").read_text(),
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    file = folder / "conformance.yml"
    file.write_text(WORKFLOW)
    return file


@pytest.mark.slow  # each is a program
@pytest.mark.parametrize(
    "command",
    [
        ("zizmor", "--offline", "--persona=pedantic", "--quiet"),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows"),
        ("check-jsonschema", "--builtin-schema", "custom.github-workflows-require-timeout"),
    ],
    ids=" ".join,
)
def test_is_valid(command: tuple[str, ...], file: Path) -> None:
    program, *options = command
    done = subprocess.run([BIN / program, *options, file], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pins_the_actions_that_this_project_pins() -> None:
    own = "".join(file.read_text() for file in (ROOT / ".github" / "workflows").glob("*.yml"))
    actions = re.findall(r"uses: (.+)$", WORKFLOW, re.MULTILINE)
    assert len(actions) == 3
    assert all(action in own for action in actions)


def test_installs_this_version() -> None:
    assert f"cognito-claims[cli,aws]=={__version__}" in WORKFLOW
