"""Run the suite on every CPython of this machine, against the lowest and the newest of what we allow.

An environment starts from the pinned development tools; then what a user may
have in another version (pydantic, boto3, the other extras, the stubs) is set to
its lowest or its newest. aiobotocore holds boto3 back, so in the newest it comes
last, and with it only its own tests run.

Ends with an error unless all pass, on exactly the Pythons that the classifiers
name.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "matrix"
UV = ROOT / ".venv" / "bin" / "uv"
SHOWN = ("pydantic", "boto3", "botocore", "aiobotocore", "mypy-boto3-cognito-idp", "hypothesis", "duckdb")
AIO_EXAMPLES = "tests/test_documentation.py::test_the_examples_run_as_printed[docs/models.md]"
"""Needs aiobotocore, too."""

OF_BOTOCORE = "datetime.datetime.utcnow"
"""What the oldest botocore is warned of on Python 3.12. Every other warning is an error here as well."""
ASK = "import sys; print(sys.implementation.name, *sys.version_info[:3], sys.prefix == sys.base_prefix)"


def interpreters() -> dict[tuple[int, int], Path]:
    """Find the newest CPython of each minor version from 3.11: on PATH, and pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [*(pyenv / "versions").glob("*/bin"), *map(Path, os.get_exec_path())]
    found: dict[tuple[int, int, int], Path] = {}
    for candidate in (path for folder in folders for path in sorted(folder.glob("python3.*"))):
        if re.fullmatch(r"python3\.\d+", candidate.name):
            answer = subprocess.run([candidate, "-c", ASK], check=False, capture_output=True, text=True)
            if answer.returncode == 0:
                name, *version, is_base = answer.stdout.split()
                major, minor, micro = map(int, version)
                if name == "cpython" and (major, minor) >= (3, 11) and is_base == "True":
                    found.setdefault((major, minor, micro), candidate)
    return {version[:2]: found[version] for version in sorted(found)}


def run(*command: str | Path, cwd: Path = ROOT) -> bool:
    """Run a command; show what it said only if it failed."""
    done = subprocess.run(
        command, check=False, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        print(f"$ {' '.join(map(str, command))}\n{done.stdout}", file=sys.stderr)
    return done.returncode == 0


class Cell:
    """An environment of its own."""

    def __init__(self, interpreter: Path, name: str) -> None:
        self.path = BUILD / name
        shutil.rmtree(self.path, ignore_errors=True)
        self.ok = run(UV, "venv", "--quiet", "--python", interpreter, self.path)
        self.install("--requirement", "requirements/dev.txt")

    def install(self, *arguments: str) -> None:
        """Install something."""
        self.ok = self.ok and run(UV, "pip", "install", "--quiet", "--python", self.path, *arguments)

    def uninstall(self, name: str) -> None:
        """Remove a package."""
        self.ok = self.ok and run(UV, "pip", "uninstall", "--quiet", "--python", self.path, name)

    def versions(self) -> str:
        """Tell the versions that matter."""
        command = [str(UV), "pip", "list", "--format", "json", "--python", str(self.path)]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        installed = {package["name"]: package["version"] for package in json.loads(listed)}
        return ", ".join(f"{name} {installed[name]}" for name in SHOWN if name in installed)

    def test(self, *arguments: str) -> None:
        """Run tests, without coverage: not every cell runs all of them."""
        python = self.path / "bin" / "python"
        cache = f"cache_dir={self.path / 'pytest'}"
        self.ok = self.ok and run(python, "-m", "pytest", "-q", "--no-cov", "-o", cache, *arguments)

    def check(self) -> None:
        """Have the four type checkers read the typing examples."""
        python = self.path / "bin" / "python"
        examples = "tests/typing"
        self.ok = (
            self.ok
            and run(self.path / "bin" / "mypy", "--cache-dir", self.path / "mypy", examples)
            and run(self.path / "bin" / "pyright", "--pythonpath", python, examples)
            and run(self.path / "bin" / "ty", "check", "--python", self.path, examples)
            and run(self.path / "bin" / "pyrefly", "check", "--python-interpreter-path", python)
        )


def lowest(interpreter: Path, name: str) -> Iterator[Cell]:
    """The lowest versions that are allowed, all together."""
    cell = Cell(interpreter, name)
    wanted = ("--editable", ".[aio,aws,cli,pool,testing]", "--group", "stubs", "botocore")
    cell.install("--upgrade", "--resolution", "lowest-direct", *wanted)
    cell.check()
    cell.test("-W", f"ignore:{OF_BOTOCORE}:DeprecationWarning")
    yield cell


def newest(interpreter: Path, name: str) -> Iterator[Cell]:
    """The newest versions that there are; then aiobotocore's, with the boto3 that it allows."""
    cell = Cell(interpreter, name)
    cell.uninstall("aiobotocore")
    cell.install("--upgrade", "--editable", ".[aws,cli,pool,testing]", "--group", "stubs")
    cell.check()
    cell.test("--ignore", "tests/test_aio.py", "--deselect", AIO_EXAMPLES)
    yield cell
    cell.install("--upgrade", "--editable", ".[aio]")
    cell.test("tests/test_aio.py", AIO_EXAMPLES)
    yield cell


def report(minor: str, cell: Cell) -> bool:
    """Print how a run ended."""
    print(f"{minor}  passed  {cell.versions()}" if cell.ok else f"{minor}  FAILED", flush=True)
    return cell.ok


def main() -> int:
    """Run everything until something fails, and print one line for each run."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    claimed = re.findall(r"Python :: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)
    proved: list[str] = []
    for version, interpreter in interpreters().items():
        minor = "{}.{}".format(*version)
        passed = [
            report(minor, cell)
            for kind in (lowest, newest)
            for cell in kind(interpreter, f"{minor}-{kind.__name__}")
        ]
        if not all(passed):
            return 1
        proved.append(minor)
    if claimed == proved and project["requires-python"] == f">={proved[0]}":
        print(f"The classifiers and requires-python say what passed: {', '.join(proved)}")
        return 0
    print(
        f"Passed have {proved}; pyproject.toml claims {claimed}, {project['requires-python']}",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
