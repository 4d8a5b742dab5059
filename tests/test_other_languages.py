"""The harnesses in other languages pass every case that they cover, and the vectors are an npm package."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from cognito_claims.conformance import load
from tools.vectors import PACKAGE, ROOT, read_release

pytestmark = pytest.mark.slow

HARNESS = "conformance/javascript/vectors.test.mjs"
# A program this short gains nothing from the optimizing compiler or from threads that collect garbage.
ENVIRONMENT = {**os.environ, "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
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
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def count_cases(subjects: Collection[str]) -> int:
    return sum(len(vectors.cases) for vectors in load() if vectors.subject in subjects)


def read_totals(output: str) -> dict[str, int]:
    """Return the totals of node's test runner."""
    totals = re.findall(r"^# (pass|fail|skipped) (\d+)$", output, re.MULTILINE)
    return {name: int(count) for name, count in totals}


def test_the_harness_in_javascript_passes_every_case() -> None:
    output = run(ROOT, "node", "--test", "--test-reporter=tap", HARNESS)
    assert read_totals(output) == {"pass": count_cases(OF_JAVASCRIPT), "fail": 0, "skipped": 0}


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
        env=ENVIRONMENT,
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
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project outside of the repository that has installed the package, and has the harnesses."""
    folder = tmp_path_factory.mktemp("npm")
    npm = ("--json", "--offline", "--cache", str(folder / "cache"))
    [packed] = json.loads(run(folder, "npm", "pack", str(PACKAGE), *npm))
    (folder / "package.json").write_text('{"private": true}')
    run(folder, "npm", "install", packed["filename"], *npm, "--ignore-scripts", "--no-audit", "--no-fund")
    shutil.copytree(ROOT / "conformance", folder / "conformance")
    return folder


class TestNpmPackage:
    FOLDER = Path("node_modules/cognito-claims-vectors")

    def test_has_the_vectors_the_schema_the_readme_the_changelog_and_the_license(
        self, project: Path
    ) -> None:
        package = project / self.FOLDER
        files = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
        subjects = {vectors.subject for vectors in load()}
        assert files == {
            "CHANGELOG.md",
            "LICENSE",
            "README.md",
            "index.js",
            "package.json",
            "v1/schema.json",
            *(f"v1/{subject}.json" for subject in subjects),
        }
        assert (package / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()

    @pytest.mark.parametrize(
        "script",
        [
            'import vectors from "cognito-claims-vectors"; console.log(JSON.stringify(vectors))',
            """import * as vectors from "cognito-claims-vectors";
            console.log(JSON.stringify(vectors.default))""",
            """import { release, schema, subjects } from "cognito-claims-vectors";
            console.log(JSON.stringify({ release, schema, subjects }))""",
        ],
        ids=["default", "namespace", "named"],
    )
    def test_is_imported_with_all_files(self, project: Path, script: str) -> None:
        output = run(project, "node", "--input-type=module", "--eval", script)
        self.require_all_files(json.loads(output))

    def test_is_required_with_all_files(self, project: Path) -> None:
        script = 'console.log(JSON.stringify(require("cognito-claims-vectors")))'
        self.require_all_files(json.loads(run(project, "node", "--eval", script)))

    def require_all_files(self, vectors: dict[str, Any]) -> None:
        read = {path.stem: json.loads(path.read_text()) for path in (PACKAGE / "v1").glob("*.json")}
        schema = read.pop("schema")
        assert vectors == {"release": read_release(), "schema": schema, "subjects": read}

    def test_a_file_is_loaded_by_its_name(self, project: Path) -> None:
        script = 'console.log(require("cognito-claims-vectors/v1/events.json").cases.length)'
        assert run(project, "node", "--eval", script) == f"{count_cases({'events'})}\n"

    def test_the_harness_in_javascript_finds_it(self, project: Path) -> None:
        output = run(project, "node", "--test", "--test-reporter=tap", HARNESS)
        assert read_totals(output) == {"pass": count_cases(OF_JAVASCRIPT), "fail": 0, "skipped": 0}

    def test_the_harness_in_java_reads_the_folder_that_is_passed(self, project: Path) -> None:
        find_program("javac")
        output = run(project, "java", "conformance/java/Vectors.java", str(self.FOLDER / "v1"))
        assert output == f"{count_cases(OF_JAVA)} passed, 0 failed\n"

    def test_the_harness_in_javascript_reads_the_folder_that_a_variable_names(
        self, project: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "one case per file"
        folder.mkdir()
        for subject in OF_JAVASCRIPT:
            file = json.loads((PACKAGE / "v1" / f"{subject}.json").read_text())
            (folder / f"{subject}.json").write_text(json.dumps({**file, "cases": file["cases"][:1]}))
        for root in (project, ROOT):
            command = ("node", "--test", "--test-reporter=tap", HARNESS)
            output = run(root, *command, COGNITO_CLAIMS_VECTORS=str(folder))
            assert read_totals(output) == {"pass": len(OF_JAVASCRIPT), "fail": 0, "skipped": 0}


def test_the_python_package_has_the_same_release() -> None:
    manifest: dict[str, Any] = json.loads((PACKAGE / "package.json").read_text())
    assert {vectors.release for vectors in load()} == {manifest["version"]} == {read_release()}


def test_the_changelog_describes_the_release() -> None:
    changelog = (PACKAGE / "CHANGELOG.md").read_text()
    releases = re.findall(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert releases[0] == read_release()
    assert len(releases) == len({*releases})
