"""The harnesses in other languages pass every case that they cover, and the vectors are an npm package."""

import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from cognito_claims.conformance import load
from tools.vectors import PACKAGE, ROOT, read_release

pytestmark = pytest.mark.slow

OF_SERVICES = {"listing", "paging"}
OF_JAVA = {"preferred-role", "roles-claim", "groups-claim", "access-token", "pages", "identity-pool"}
OF_JAVASCRIPT = {vectors.subject for vectors in load()} - OF_SERVICES


def find_program(name: str) -> str:
    """Return the path of a program; without it, skip the test, or fail where every test must run."""
    path = shutil.which(name)
    if path is None:
        missing = f"no {name}: install it to run the harnesses in other languages"
        if os.environ.get("COGNITO_CLAIMS_ALL_TESTS"):
            pytest.fail(missing)
        pytest.skip(missing)
    return path


def run(folder: Path, name: str, *arguments: str, **environment: str) -> str:
    """Run a program and return its output. It must succeed."""
    done = subprocess.run(
        [find_program(name), *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def count_cases(subjects: Collection[str]) -> int:
    return sum(len(vectors.cases) for vectors in load() if vectors.subject in subjects)


def test_the_harness_in_javascript_passes_every_case() -> None:
    harness = "conformance/javascript/vectors.test.mjs"
    output = run(ROOT, "node", "--test", "--test-reporter=tap", harness)
    assert re.findall(r"^# (pass|fail|skipped) (\d+)$", output, re.MULTILINE) == [
        ("pass", str(count_cases(OF_JAVASCRIPT))),
        ("fail", "0"),
        ("skipped", "0"),
    ]


def test_the_harness_in_java_passes_every_case() -> None:
    find_program("javac")  # a JRE alone cannot run a source file
    output = run(ROOT, "java", "conformance/java/Vectors.java")
    assert output == f"{count_cases(OF_JAVA)} passed, 0 failed\n"


@pytest.mark.parametrize(
    ("language", "broken", "command"),
    [
        ("javascript", ("rules.mjs", "?? Infinity", "?? 999"), ("node", "--test", "vectors.test.mjs")),
        ("java", ("Vectors.java", "Double.POSITIVE_INFINITY", "999"), ("java", "Vectors.java")),
    ],
    ids=["javascript", "java"],
)
def test_a_harness_fails_if_the_implementation_is_wrong(
    language: str, broken: tuple[str, str, str], command: tuple[str, ...], tmp_path: Path
) -> None:
    find_program({"java": "javac", "javascript": "node"}[language])
    name, right, wrong = broken
    harness = tmp_path / "conformance" / language
    shutil.copytree(ROOT / "conformance" / language, harness)
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.relative_to(ROOT))
    text = (harness / name).read_text()
    assert right in text
    (harness / name).write_text(text.replace(right, wrong))
    *program, file = command
    done = subprocess.run(
        [*program, str(harness / file)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 1
    assert "preferred-role/null-after-a-thousand" in done.stdout


def test_the_harnesses_can_be_read() -> None:
    for path in (ROOT / "conformance").glob("*/*"):
        lines = path.read_text().splitlines()
        assert len(lines) < 200, path
        assert max(map(len, lines)) <= 120, path


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked package, where Node.js finds it."""
    folder = tmp_path_factory.mktemp("npm")
    options = ("--json", "--offline", "--cache", str(folder / "cache"))
    output = run(folder, "npm", "pack", str(PACKAGE), *options)
    [packed] = json.loads(output)
    with tarfile.open(folder / packed["filename"]) as archive:
        archive.extractall(folder, filter="data")
    modules = folder / "node_modules"
    modules.mkdir()
    return (folder / "package").rename(modules / "cognito-claims-vectors")


class TestNpmPackage:
    def test_has_the_vectors_the_schema_the_readme_and_the_changelog(self, package: Path) -> None:
        files = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
        subjects = {vectors.subject for vectors in load()}
        assert files == {
            "CHANGELOG.md",
            "README.md",
            "package.json",
            "v1/schema.json",
            *(f"v1/{subject}.json" for subject in subjects),
        }

    def test_is_loaded_by_its_name(self, package: Path) -> None:
        script = 'console.log(require("cognito-claims-vectors/v1/events.json").cases.length)'
        output = run(package.parent.parent, "node", "--eval", script)
        assert output == f"{count_cases({'events'})}\n"


def test_the_python_package_has_the_same_release() -> None:
    manifest: dict[str, Any] = json.loads((PACKAGE / "package.json").read_text())
    assert {vectors.release for vectors in load()} == {manifest["version"]} == {read_release()}


def test_the_changelog_describes_the_release() -> None:
    changelog = (PACKAGE / "CHANGELOG.md").read_text()
    releases = re.findall(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert releases[0] == read_release()
    assert len(releases) == len({*releases})
