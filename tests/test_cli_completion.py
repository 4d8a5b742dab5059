"""Completion in shells, as they request it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cognito_claims import models
from cognito_claims.cli._app import app
from cognito_claims.cli._completion import SHELLS
from cognito_claims.cli._exit import ExitCode

BIN = Path(sys.executable).parent
SOURCES = {
    "bash": "complete -o default -F _cognito_claims_completion cognito-claims",
    "zsh": "#compdef cognito-claims",
    "fish": "complete --command cognito-claims",
    "powershell": "Register-ArgumentCompleter -Native -CommandName cognito-claims",
    "pwsh": "Register-ArgumentCompleter -Native -CommandName cognito-claims",
}


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(app, arguments, prog_name="cognito-claims")


def complete(shell: str, line: str) -> Result:
    """Request completions as the script of a shell does."""
    words = line.split(" ")
    environment = {
        "_COGNITO_CLAIMS_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_WORD_TO_COMPLETE": words[-1],
    }
    return run(**environment)


class TestScripts:
    def test_are_of_each_shell(self) -> None:
        assert {*SOURCES} == {*SHELLS}
        for shell, line in SOURCES.items():
            result = run("--show-completion", shell)
            assert (result.exit_code, result.stderr) == (ExitCode.OK, "")
            assert line in result.stdout
            assert f"complete_{shell.replace('pwsh', 'powershell')}" in result.stdout

    def test_are_of_the_installed_command_where_the_module_is_run(self) -> None:
        shown = CliRunner().invoke(app, ["--show-completion", "bash"], prog_name="python -m cognito_claims")
        assert shown.stdout == run("--show-completion", "bash").stdout

    @pytest.mark.parametrize("option", ["--show-completion", "--install-completion"])
    def test_are_of_the_detected_shell_if_none_is_named(
        self, option: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr("shellingham.detect_shell", lambda: ("fish", "/bin/fish"))
        monkeypatch.setenv("HOME", str(tmp_path))
        assert run(option).stdout.startswith(("complete --command", "fish completion installed"))

    @pytest.mark.parametrize("option", ["--show-completion", "--install-completion"])
    def test_of_an_unknown_shell_are_refused(self, option: str, monkeypatch: pytest.MonkeyPatch) -> None:
        choices = ", ".join(SHELLS)
        result = run(option, "tcsh")
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert result.stderr == f"error: {option}: must be one of {choices}\n"
        monkeypatch.setattr("shellingham.detect_shell", lambda: ("tcsh", "/bin/tcsh"))
        result = run(option)
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        reason = f"the shell could not be detected: pass one of {choices}"
        assert result.stderr == f"error: {option}: {reason}\n"

    def test_are_installed_where_the_shell_finds_them(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        result = run("--install-completion", "bash")
        assert (result.exit_code, result.stderr) == (ExitCode.OK, "")
        script = tmp_path / ".bash_completions" / "cognito-claims.sh"
        assert script.read_text().strip() == run("--show-completion", "bash").stdout.strip()
        assert str(script) in (tmp_path / ".bashrc").read_text()

    def test_that_cannot_be_installed_are_an_error(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("HOME", str(tmp_path / "file"))
        result = run("--install-completion", "zsh")
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert result.stderr.startswith("error: --install-completion: ")


class TestWords:
    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("cognito-claims re", ["resolve"]),
            ("cognito-claims pool ", ["fetch", "resolve", "audit", "diff"]),
            ("cognito-claims pool au", ["audit"]),
            ("cognito-claims resolve --us", ["--user-pool-id", "--username"]),
            ("cognito-claims pool diff x --set", ["--set-precedence", "--set-role"]),
            ("cognito-claims schema --mode s", ["serialization"]),
            ("cognito-claims schema GroupT", ["GroupType"]),
            ("cognito-claims schema ", models.__all__),
            ("cognito-claims pool audit x --fail-on w", ["warning"]),
            ("cognito-claims resolve --policy o", ["observed"]),
            ("cognito-claims --show-completion z", ["zsh"]),
            ("cognito-claims --ver", ["--version"]),
            ("cognito-claims unknown x", []),
            ("cognito-claims resolve gro", []),
        ],
    )
    def test_are_subcommands_options_and_values(self, line: str, words: Sequence[str]) -> None:
        result = complete("bash", line)
        assert result.exit_code == ExitCode.OK
        assert result.stdout.split() == [*words]

    @pytest.mark.parametrize("shell", ["zsh", "fish", "powershell", "pwsh"])
    def test_are_the_same_in_each_shell(self, shell: str) -> None:
        result = complete(shell, "cognito-claims pool audit --sar")
        assert result.exit_code == ExitCode.OK
        assert "--sarif" in result.stdout
        assert "--html" not in result.stdout

    @pytest.mark.slow
    @pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
    @pytest.mark.parametrize(
        ("words", "completed"),
        [
            (["co"], ["compare", "conform"]),
            (["pool", "re"], ["resolve"]),
            (["pool", "audit", "--fail"], ["--fail-on"]),
            (["--install"], ["--install-completion"]),
        ],
    )
    def test_are_completed_in_bash(self, words: list[str], completed: list[str]) -> None:
        script = """
            source <(cognito-claims --show-completion bash)
            COMP_WORDS=(cognito-claims "$@")
            COMP_CWORD=$#
            _cognito_claims_completion cognito-claims
            printf '%s\\n' "${COMPREPLY[@]}"
        """
        done = subprocess.run(
            ["bash", "--norc", "-c", script, "bash", *words],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        )
        assert (done.stdout.split(), done.stderr) == (completed, "")
