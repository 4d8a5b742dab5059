"""The command `cognito-claims`, one file per subcommand.

Results go to stdout, everything else to stderr. Exit codes are those of `ExitCode`.
"""

import sys
from io import TextIOWrapper

__all__ = ["main"]


def main() -> None:
    """Run the command."""
    try:
        from cognito_claims.cli._app import app
    except ModuleNotFoundError as error:
        if error.name not in ("rich", "typer"):
            raise
        print('this command needs an extra: pip install "cognito-claims[cli]"', file=sys.stderr)
        sys.exit(2)
    # A console whose encoding lacks a character shows its code, and does not fail.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # pyright: ignore[reportUnknownMemberType]
    try:
        app()
    except OSError as error:
        print(f"error: the result could not be written: {error}", file=sys.stderr)
        sys.exit(4)
