"""Run the conformance vectors against emulators, and write the scorecards into the documentation.

    python -m tools.scorecards

Each emulator is installed at a pinned version into `build/emulators/`, and
listens on loopback. cognito-local needs Node.js. The summary is a part of
docs/how-to/conformance.md, and each emulator has a page in
docs/reference/scorecards/.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cognito_claims.conformance.rules import CONSISTENCY
from cognito_claims.conformance.scorecard import Verdict
from tools.generate import ROOT, replace_part

PAGE = ROOT / "docs" / "how-to" / "conformance.md"
FOLDER = ROOT / "docs" / "reference" / "scorecards"
BUILD = ROOT / "build" / "emulators"
COGNITO_LOCAL = "5.3.0"
PINS = ROOT / "requirements" / "emulators"
_SECONDS_TO_START = 120


@dataclass(frozen=True)
class Emulator:
    """An emulator, with the functions that install and start it."""

    name: str
    version: str
    registry: str
    command: Callable[[int], list[str]]
    """Install the emulator, and return the command that serves on a port."""

    started_by: str
    """The command that a person starts it with."""

    environment: Callable[[int], dict[str, str]] = lambda _: {}
    """Return the environment variables for a port."""

    @property
    def page(self) -> str:
        """The file name of its page."""
        return f"{'-'.join(self.name.replace(',', '').replace('_', '-').lower().split())}.md"


def use_moto(module: str) -> Callable[[int], list[str]]:
    """Use the installed moto, whose version requirements/dev.txt pins."""
    return lambda port: [sys.executable, "-m", module, "-H", "127.0.0.1", "-p", str(port)]


def install_cognito_local(_: int) -> list[str]:
    folder = BUILD / f"cognito-local-{COGNITO_LOCAL}"
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise SystemExit("cognito-local needs Node.js: install node and npm")
    start = folder / "node_modules" / "cognito-local" / "lib" / "bin" / "start.js"
    if not start.exists():
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"]
        package = f"cognito-local@{COGNITO_LOCAL}"
        subprocess.run([npm, "install", "--prefix", str(folder), *options, package], check=True)
    return [node, str(start)]


def read_release(name: str) -> str:
    """Return the version of an emulator that is a Python package."""
    return (PINS / f"{name}.in").read_text().strip().removeprefix(f"{name}==")


def install_python_package(name: str) -> Path:
    """Install the pinned packages of an emulator, and return the folder of its commands."""
    folder = BUILD / f"{name}-{read_release(name)}"
    if not (folder / "installed").exists():
        venv.create(folder, with_pip=True, clear=True)
        python = str(folder / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        pinned = str(PINS / f"{name}.txt")
        subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", pinned], check=True)
        (folder / "installed").touch()
    return folder / "bin"


def install_ministack(_: int) -> list[str]:
    return [str(install_python_package("ministack") / "ministack")]


def install_localemu(port: int) -> list[str]:
    command = str(install_python_package("localemu") / "localemu")
    return [command, "start", "--host", "127.0.0.1", "--port", str(port)]


EMULATORS = (
    Emulator(
        "moto",
        version("moto"),
        "PyPI",
        use_moto("moto.server"),
        "python -m moto.server -H 127.0.0.1 -p 5000",
    ),
    Emulator(
        "moto, with moto_role_claims",
        version("moto"),
        "PyPI",
        use_moto("cognito_claims.testing.moto"),
        "python -m cognito_claims.testing.moto -H 127.0.0.1 -p 5000",
    ),
    Emulator(
        "cognito-local",
        COGNITO_LOCAL,
        "npm",
        install_cognito_local,
        f"HOST=127.0.0.1 PORT=5000 npx cognito-local@{COGNITO_LOCAL}",
        lambda port: {"HOST": "127.0.0.1", "PORT": str(port)},
    ),
    Emulator(
        "MiniStack",
        read_release("ministack"),
        "PyPI",
        install_ministack,
        "BIND_HOST=127.0.0.1 GATEWAY_PORT=5000 SERVICES=cognito-idp ministack",
        lambda port: {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SERVICES": "cognito-idp"},
    ),
    Emulator(
        "LocalEmu",
        read_release("localemu"),
        "PyPI",
        install_localemu,
        "GATEWAY_SERVER=hypercorn SERVICES=cognito-idp localemu start --host 127.0.0.1 --port 5000",
        # Its default server listens on every address of the machine.
        lambda _: {"GATEWAY_SERVER": "hypercorn", "SERVICES": "cognito-idp"},
    ),
)


@contextmanager
def run_emulator(emulator: Emulator) -> Generator[str, None, None]:
    """Start an emulator in a temporary folder, and stop it at the end."""
    port = _find_free_port()
    command = emulator.command(port)
    with TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as log:
        environment = {**os.environ, **emulator.environment(port), "HOME": folder, "TMPDIR": folder}
        with subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log) as process:
            try:
                _wait_until_ready(port, process, log.name)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()


def _find_free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def _wait_until_ready(port: int, process: "subprocess.Popen[bytes]", log: str) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"the emulator did not start:\n{Path(log).read_text()[-2000:]}")


def create_report(emulator: Emulator) -> dict[str, Any]:
    """Run the command of this project against an emulator, and return its report."""
    command = [str(Path(sys.executable).with_name("cognito-claims")), "conform", "--format", "json"]
    with run_emulator(emulator) as url:
        process = subprocess.run([*command, "--endpoint-url", url], check=False, stdout=subprocess.PIPE)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{emulator.name}: the command printed no scorecard")
    report: dict[str, Any] = json.loads(process.stdout)
    return report


def render_summary(reports: Iterable[tuple[Emulator, dict[str, Any]]], date: str) -> str:
    """Return the summary as Markdown: all cases by verdict, then the results of each rule."""
    reports = tuple(reports)
    rows = [
        (
            f"[{emulator.name}](../reference/scorecards/{emulator.page})",
            emulator.version,
            emulator.registry,
            *map(str, report["counts"].values()),
        )
        for emulator, report in reports
    ]
    rules = [
        (f"`{rule['rule']}`", *(_format_counts(report["rules"][number]) for _, report in reports))
        for number, rule in enumerate(reports[0][1]["rules"])
    ]
    summary = _render_table(("emulator", "version", "from", *Verdict), rows)
    by_rule = _render_table(("rule", *(emulator.name for emulator, _ in reports)), rules)
    return f"Generated on {date} with `python -m tools.scorecards`.\n\n{summary}\n{by_rule}"


def render_page(emulator: Emulator, report: dict[str, Any], date: str) -> str:
    """Return an emulator's page: how it was tested, what it passes, fails and never emits."""
    counts = ", ".join(f"{count} {verdict}" for verdict, count in report["counts"].items() if count)
    rules = (
        (f"`{rule['rule']}`", rule["basis"], *(str(rule[verdict]) for verdict in Verdict))
        for rule in report["rules"]
    )
    lines = [
        f"# Conformance of {emulator.name}",
        "",
        f"Version {emulator.version}, from {emulator.registry}, on {date}: {counts}.",
        f"The vectors have the release {report['release']}.",
        "[Scorecards](../../how-to/conformance.md#scorecards) explains the verdicts and compares them.",
        "",
        "```console",
        f"$ {emulator.started_by}",
        "$ cognito-claims conform --endpoint-url http://127.0.0.1:5000",
        "```",
        "",
        "## Rules",
        "",
        _render_table(("rule", "basis", *Verdict), rules),
    ]
    absent = [f"`{rule['rule']}`" for rule in report["rules"] if rule["not-emitted"] and not rule["pass"]]
    if absent:
        lines += [f"Absent, since the emulator adds no such claim to a token: {', '.join(absent)}.", ""]
    questions = [case for case in report["cases"] if case["case"].startswith(f"{CONSISTENCY}/")]
    answers = [
        (f"`{case['case'].removeprefix(f'{CONSISTENCY}/')}`", way, str(len(case["got"][way])))
        for case in questions
        for way in case["got"]
        if case["got"][way]
    ]
    if answers:
        lines += ["## Open questions", ""]
        lines += ["AWS leaves these open. The default is this library's answer.", ""]
        lines += [_render_table(("question", "answered", "cases"), answers)]
    failures = [case for case in report["cases"] if case["verdict"] in (Verdict.FAIL, Verdict.ERROR)]
    if failures:
        lines += ["## Failures", ""]
        reasons = (
            (f"`{case['case']}`", case["verdict"], _format_ids(case["broken"]), case["error"] or "")
            for case in failures
        )
        lines += [_render_table(("case", "verdict", "broken rules", "reason"), reasons)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _format_ids(ids: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in ids)


def _format_counts(rule: dict[str, Any]) -> str:
    return ", ".join(f"{rule[verdict]} {verdict}" for verdict in Verdict if rule[verdict])


def _render_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Write the summary and the pages."""
    date = datetime.now(UTC).date().isoformat()
    reports = [(emulator, create_report(emulator)) for emulator in EMULATORS]
    text = render_summary(reports, date)
    PAGE.write_text(replace_part("scorecards", text, PAGE.read_text()))
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for emulator, report in reports:
        (FOLDER / emulator.page).write_text(render_page(emulator, report, date))
    print(text)


if __name__ == "__main__":
    main()
