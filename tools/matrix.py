"""Run the tests on every installed CPython, with the lowest and the newest versions that we allow.

    python tools/matrix.py

Each environment has the pinned development tools. The packages that users may
have in other versions (pydantic, boto3, the other extras, the stubs) are then
set to their lowest or their newest. aiobotocore restricts the version of boto3,
so it is installed last in the newest environment, for its own tests only.

The exit status is 1 unless all tests pass, on exactly the Pythons that the
classifiers name.
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
REPORTED = (
    "pydantic",
    "boto3",
    "botocore",
    "aiobotocore",
    "mypy-boto3-cognito-idp",
    "hypothesis",
    "duckdb",
)
"""The packages whose versions are printed."""

AIO_TESTS = (
    "tests/test_aio.py",
    "tests/test_documentation_examples.py::test_the_examples_run_as_printed[docs/how-to/groups.md]",
)
"""The tests that need aiobotocore."""

BOTOCORE_WARNING = "datetime.datetime.utcnow"
"""The oldest botocore causes this warning on Python 3.12. Every other warning is an error."""

PARALLEL = ("--numprocesses=2", "--dist=worksteal")
"""As `make test` runs them."""

DESCRIBE = (
    "import sys; print(sys.implementation.name, *sys.version_info[:3], sys.prefix == sys.base_prefix)"
)


def find_interpreters() -> dict[tuple[int, int], Path]:
    """Find the newest CPython of each minor version from 3.11, on PATH and in pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [*(pyenv / "versions").glob("*/bin"), *map(Path, os.get_exec_path())]
    found: dict[tuple[int, int, int], Path] = {}
    for candidate in (path for folder in folders for path in sorted(folder.glob("python3.*"))):
        if re.fullmatch(r"python3\.\d+", candidate.name):
            process = subprocess.run(
                [candidate, "-c", DESCRIBE], check=False, capture_output=True, text=True
            )
            if process.returncode == 0:
                name, *version, is_base = process.stdout.split()
                major, minor, micro = map(int, version)
                if name == "cpython" and (major, minor) >= (3, 11) and is_base == "True":
                    found.setdefault((major, minor, micro), candidate)
    return {version[:2]: found[version] for version in sorted(found)}


def run(*command: str | Path, cwd: Path = ROOT) -> bool:
    """Run a command, print its output if it fails, and return whether it succeeded."""
    process = subprocess.run(
        command, check=False, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if process.returncode:
        print(f"$ {' '.join(map(str, command))}\n{process.stdout}", file=sys.stderr)
    return process.returncode == 0


class Environment:
    """A virtual environment with pip and the development tools. After a failure, `ok` is false."""

    def __init__(self, interpreter: Path, name: str) -> None:
        self.path = BUILD / name
        shutil.rmtree(self.path, ignore_errors=True)
        self.ok = run(UV, "venv", "--quiet", "--seed", "--python", interpreter, self.path)
        self.install("--requirement", "requirements/dev.txt")

    def install(self, *arguments: str) -> None:
        """Install packages."""
        self.ok = self.ok and run(UV, "pip", "install", "--quiet", "--python", self.path, *arguments)

    def uninstall(self, name: str) -> None:
        """Uninstall a package."""
        self.ok = self.ok and run(UV, "pip", "uninstall", "--quiet", "--python", self.path, name)

    def describe_versions(self) -> str:
        """Return the versions of the reported packages."""
        command = [str(UV), "pip", "list", "--format", "json", "--python", str(self.path)]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        installed = {package["name"]: package["version"] for package in json.loads(listed)}
        return ", ".join(f"{name} {installed[name]}" for name in REPORTED if name in installed)

    def run_tests(self, *arguments: str) -> None:
        """Run tests without coverage, since no environment runs all of them."""
        python = self.path / "bin" / "python"
        options = ("-q", "--no-cov", "-o", f"cache_dir={self.path / 'pytest'}", *PARALLEL)
        self.ok = self.ok and run(python, "-m", "pytest", *options, *arguments)

    def check_types(self) -> None:
        """Check the typing examples with all four type checkers."""
        python = self.path / "bin" / "python"
        examples = "tests/typing"
        self.ok = (
            self.ok
            and run(self.path / "bin" / "mypy", "--cache-dir", self.path / "mypy", examples)
            and run(self.path / "bin" / "pyright", "--pythonpath", python, examples)
            and run(self.path / "bin" / "ty", "check", "--python", self.path, examples)
            and run(self.path / "bin" / "pyrefly", "check", "--python-interpreter-path", python)
        )


def test_lowest(interpreter: Path, name: str) -> Iterator[Environment]:
    """Test the lowest versions that are allowed, all together."""
    environment = Environment(interpreter, name)
    wanted = ("--editable", ".[aio,aws,cli,pool,testing]", "--group", "stubs", "botocore")
    environment.install("--upgrade", "--resolution", "lowest-direct", *wanted)
    environment.check_types()
    environment.run_tests("-W", f"ignore:{BOTOCORE_WARNING}:DeprecationWarning")
    yield environment


def test_newest(interpreter: Path, name: str) -> Iterator[Environment]:
    """Test the newest versions, and then aiobotocore with the boto3 that it allows."""
    environment = Environment(interpreter, name)
    environment.uninstall("aiobotocore")
    environment.install("--upgrade", "--editable", ".[aws,cli,pool,testing]", "--group", "stubs")
    environment.check_types()
    environment.run_tests("--ignore", AIO_TESTS[0], "--deselect", AIO_TESTS[1])
    yield environment
    environment.install("--upgrade", "--editable", ".[aio]")
    environment.run_tests(*AIO_TESTS)
    yield environment


def print_result(minor: str, environment: Environment) -> bool:
    """Print the result of a run, and return whether it succeeded."""
    passed = f"passed  {environment.describe_versions()}" if environment.ok else "FAILED"
    print(f"{minor}  {passed}", flush=True)
    return environment.ok


def main() -> int:
    """Run all tests until a Python fails, and print one line for each run."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    claimed = re.findall(r"Python :: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)
    passed: list[str] = []
    for version, interpreter in find_interpreters().items():
        minor = "{}.{}".format(*version)
        results = [
            print_result(minor, environment)
            for kind, test in (("lowest", test_lowest), ("newest", test_newest))
            for environment in test(interpreter, f"{minor}-{kind}")
        ]
        if not all(results):
            return 1
        passed.append(minor)
    if claimed == passed and project["requires-python"] == f">={passed[0]}":
        print(f"The classifiers and requires-python match the Pythons that passed: {', '.join(passed)}")
        return 0
    print(
        f"passed: {passed}, but pyproject.toml names {claimed} and {project['requires-python']}",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
