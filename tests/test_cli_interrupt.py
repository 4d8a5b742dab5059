"""Ctrl-C while the command is still importing modules."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cognito_claims.cli import _interrupt
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode

COMMAND = str(Path(sys.executable).with_name("cognito-claims"))
# Loaded by Python when it starts: sends the signal when the command imports a module.
SITE = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["INTERRUPT_AT"]:
            sys.meta_path.remove(self)
            try:
                os.kill(os.getpid(), getattr(signal, os.environ["SIGNAL"]))
            except KeyboardInterrupt:  # as a module might swallow it
                os.write(2, b"swallowed")

sys.meta_path.insert(0, Interrupt())
"""


def interrupt_at(
    module: str, folder: Path, *arguments: str, number: str = "SIGINT"
) -> subprocess.CompletedProcess[str]:
    (folder / "sitecustomize.py").write_text(SITE)
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "INTERRUPT_AT": module,
        "SIGNAL": number,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return subprocess.run(
        [COMMAND, *arguments], check=False, input="{}", capture_output=True, text=True, env=environment
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("typer", ["--help"]),
        ("typer.main", ["resolve"]),
        ("shellingham", ["--version"]),
        ("cognito_claims.cli._app", ["resolve"]),
        ("cognito_claims.cli._help", ["resolve"]),
        ("cognito_claims.cli.resolve", ["resolve"]),
        ("pydantic", ["resolve"]),
        ("rich.console", ["decode"]),
        ("cognito_claims.cli.pool.audit", ["pool", "audit", "x"]),
        ("boto3", ["resolve", "--user-pool-id", "eu-west-1_EXAMPLE", "--username", "alice"]),
        ("botocore.session", ["resolve", "--user-pool-id", "eu-west-1_EXAMPLE", "--username", "alice"]),
    ],
)
def test_ends_the_command_at_once(module: str, arguments: list[str], tmp_path: Path) -> None:
    done = interrupt_at(module, tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (ExitCode.INTERRUPTED, "")
    assert done.stderr == "error: interrupted\n"


@pytest.mark.slow
def test_sigterm_does_too(tmp_path: Path) -> None:
    done = interrupt_at("typer", tmp_path, "--help", number="SIGTERM")
    assert (done.returncode, done.stderr) == (ExitCode.INTERRUPTED, "error: interrupted\n")


def test_in_this_process(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    before = signal.getsignal(signal.SIGINT)
    with _interrupt.exit_on_interrupt():
        os.kill(os.getpid(), signal.SIGINT)
    assert ended == [ExitCode.INTERRUPTED]
    assert capfd.readouterr().err == "error: interrupted\n"
    assert signal.getsignal(signal.SIGINT) is before


def test_with_a_closed_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise BrokenPipeError

    ended: list[int] = []
    monkeypatch.setattr(os, "write", refuse)
    monkeypatch.setattr(os, "_exit", ended.append)
    with _interrupt.exit_on_interrupt():
        os.kill(os.getpid(), signal.SIGINT)
    assert ended == [ExitCode.INTERRUPTED]


def test_after_the_imports_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cognito_claims.cli.schema.write_result", interrupt)
    result = CliRunner().invoke(app, ["schema", "GroupType"])
    assert (result.exit_code, result.stdout) == (ExitCode.INTERRUPTED, "")
    assert result.stderr == "error: interrupted\n"
