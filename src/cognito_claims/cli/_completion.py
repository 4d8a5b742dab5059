"""Completion in shells: `--install-completion` and `--show-completion`."""

from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

import typer
from typer import completion

SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")


def register_shells() -> None:
    """Let the command complete the words that a shell passes."""
    completion.get_completion_inspect_parameters()  # has no other public name


def install_completion(ctx: typer.Context, value: str | None) -> None:
    """Install completion for a shell, or the detected one if it is an empty string; or fail."""
    _run(completion.install_callback, ctx, value)


def show_completion(ctx: typer.Context, value: str | None) -> None:
    """Print the completion script of a shell, or of the detected one; or fail."""
    _run(completion.show_callback, ctx, value)


def _run(callback: Callable[..., Any], ctx: Any, shell: str | None) -> None:
    if shell is None or ctx.resilient_parsing:
        return
    expected = f"one of {', '.join(SHELLS)}"
    if shell not in ("", *SHELLS):
        raise typer.BadParameter(f"must be {expected}")
    ctx.info_name = "cognito-claims"  # `python -m cognito_claims` cannot be completed
    printed = StringIO()
    try:
        # Typer prints its own errors, and to stdout too.
        with redirect_stdout(printed), redirect_stderr(printed):
            callback(ctx, None, shell or True)
    except typer.Exit:
        raise typer.BadParameter(f"the shell could not be detected: pass {expected}") from None
    except OSError as error:
        raise typer.BadParameter(f"{error.filename}: {error.strerror}") from None
    except SystemExit:
        typer.echo(printed.getvalue().rstrip())
        raise typer.Exit from None
