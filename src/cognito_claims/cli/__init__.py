"""The command `cognito-claims`, one file for each subcommand.

Results are written to stdout, everything else to stderr. `ExitCode` has the exit codes.
"""

import re
import sys

__all__ = ["main"]

_TOKEN = re.compile(r"eyJ[\w=-]{5,}\.[\w=-]+")


def main() -> None:
    """Run the command."""
    try:
        from cognito_claims.cli._app import app

        if any(map(_TOKEN.search, sys.argv)):  # a usage error would print the argument
            error = "the command line contains a token: pass a file, or pipe the token in"
            print(f"error: {error}", file=sys.stderr)
            sys.exit(2)
        app()
    except ModuleNotFoundError as error:
        if error.name not in ("rich", "typer"):
            raise
        print('this command needs an extra: pip install "cognito-claims[cli]"', file=sys.stderr)
        sys.exit(2)
