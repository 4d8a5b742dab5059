"""The files that commands write besides their result."""

from pathlib import Path

from cognito_claims.cli._exit import ExitCode, stop


def save(path: Path, text: str) -> None:
    """Write a file, or stop."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        stop(ExitCode.NOT_WRITTEN, [f"{path}: {error.strerror}"])
