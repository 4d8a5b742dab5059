"""Starts of processes: imports, a Lambda function's cold start, the command, Hypothesis and pytest.

The time is CPU time, which other processes on the machine lengthen less than the time on the clock.
"""

import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from importlib.metadata import Distribution, distribution
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement

import cognito_claims
from benchmarks.ratios import Ratio

ROUNDS = 20
PYDANTIC = "from pydantic import BaseModel"
ONE_MODEL = f"{PYDANTIC}\nclass Model(BaseModel):\n    member: int"
FACE = "from cognito_claims import GroupType, resolve"
GROUPS = [
    {"GroupName": "staff", "Precedence": 10, "RoleArn": "arn:aws:iam::123456789012:role/staff"},
    {"GroupName": "admins", "Precedence": 0, "RoleArn": "arn:aws:iam::123456789012:role/admin"},
]
COLD_START = f"from cognito_claims import resolve\nprint(resolve({GROUPS}).claims.id_token())"
EMPTY_COMMAND = """
import sys
sys.argv[1:] = {}
import typer
app = typer.Typer(add_completion=False)
@app.command()
def main() -> None:
    pass
app()
"""


def measure_imports() -> Iterator[Ratio]:
    """Import the package, and its two best-known names. The start of Python does not count."""
    with link_site("cognito-claims") as site:
        package, pydantic, face, model = measure_starts(
            *(
                start_in(
                    site,
                    f"import time\nstart = time.process_time()\n{code}\nprint(time.process_time() - start)",
                )
                for code in ("import cognito_claims", PYDANTIC, FACE, ONE_MODEL)
            ),
            measure=measure_import,
        )
    yield Ratio("import cognito_claims", PYDANTIC, package / pydantic, 0.05)
    yield Ratio(FACE, "a module with one trivial pydantic model", face / model, 1.05)


def measure_cold_start() -> Iterator[Ratio]:
    """Start a process and resolve dictionaries once, as a Lambda function with boto3 does."""
    with link_site("cognito-claims", "boto3") as site:
        ours, model, boto3 = measure_starts(
            start_in(site, COLD_START),
            start_in(site, f"{ONE_MODEL}\nprint(Model.model_validate({{'member': 1}}))"),
            start_in(site, "import boto3"),
        )
    what = "process start to the first resolve(dictionaries).claims.id_token()"
    yield Ratio(what, "to the first use of one trivial pydantic model", ours / model, 1.25)
    yield Ratio(what, "to the end of import boto3", ours / boto3, 0.8)


def measure_command() -> Iterator[Ratio]:
    """Start the command, and a Typer program that does nothing."""
    command = "import sys\nsys.argv[1:] = {}\nfrom cognito_claims.cli import main\nmain()"
    with link_site("cognito-claims", "typer") as site:
        version, nothing, help_page, empty_help = measure_starts(
            start_in(site, command.format(["--version"])),
            start_in(site, EMPTY_COMMAND.format([])),
            start_in(site, command.format(["--help"])),
            start_in(site, EMPTY_COMMAND.format(["--help"])),
        )
    against = "a Typer program with one empty command"
    yield Ratio("cognito-claims --version", against, version / nothing, 1.2)
    yield Ratio("cognito-claims --help", f"{against}, --help", help_page / empty_help, 1.2)


def measure_plugins() -> Iterator[Ratio]:
    """Import Hypothesis, and collect a test with pytest: this package has entry points for both."""
    tools = "hypothesis", "pytest", "pydantic"
    with (
        link_site(*tools, "cognito-claims") as site,
        link_site(*tools) as site_without_us,
        TemporaryDirectory() as folder,
    ):
        test = Path(folder, "test_one.py")
        test.write_text("def test_one() -> None:\n    pass\n")
        collect = f"import pytest\npytest.main(['--collect-only', '-p', 'no:cacheprovider', {str(test)!r}])"
        hypothesis, hypothesis_alone, pytest, pytest_alone = measure_starts(
            start_in(site, "import hypothesis"),
            start_in(site_without_us, "import hypothesis"),
            start_in(site, collect),
            start_in(site_without_us, collect),
        )
    without = "the same without this package"
    yield Ratio("import hypothesis", without, hypothesis / hypothesis_alone, 1.03)
    yield Ratio("pytest --collect-only of one test", without, pytest / pytest_alone, 1.03)


@contextmanager
def link_site(*names: str) -> Generator[Path, None, None]:
    """Yield a folder of links to these packages and their dependencies, and nothing else.

    pydantic, Hypothesis and pytest look at each package for plugins, and those
    of the development environment are many.
    """
    needed, missing = dict[str, Distribution](), list(names)
    while missing:
        name = missing.pop()
        if name not in needed:
            needed[name] = distribution(name)
            requirements = map(Requirement, needed[name].requires or ())
            missing += [
                one.name for one in requirements if not one.marker or one.marker.evaluate({"extra": ""})
            ]
    with TemporaryDirectory() as folder:
        for name, package in needed.items():
            parts = {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"}
            links = {part: Path(str(package.locate_file(part))) for part in parts}
            if name == "cognito-claims":  # as a wheel installs it, without the path of an editable install
                links = {part: link for part, link in links.items() if link.suffix != ".pth"}
                links["cognito_claims"] = Path(cognito_claims.__file__).parent
            for part, link in links.items():
                Path(folder, part).symlink_to(link)
        yield Path(folder)


def start_in(site: Path, code: str) -> list[str]:
    """Return the arguments with which Python finds packages in this folder only."""
    return ["-I", "-S", "-c", f"import site\nsite.addsitedir({str(site)!r})\n{code}"]


def measure_starts(*sides: list[str], measure: Callable[[list[str]], float] | None = None) -> list[float]:
    """Return the CPU seconds of Python with each of these arguments, from start to end."""
    best = [float("inf")] * len(sides)
    for number in range(ROUNDS + 1):
        times = list(map(measure or measure_start, sides))
        if number:  # the first round writes bytecode
            best = list(map(min, best, times))
    return best


def measure_import(arguments: list[str]) -> float:
    """Return the CPU seconds that Python prints with these arguments."""
    return float(subprocess.check_output([sys.executable, *arguments]))


def measure_start(arguments: list[str]) -> float:
    """Return the CPU seconds of Python with these arguments."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
