"""The command `cognito-claims`, one file per subcommand.

Results go to stdout, everything else to stderr; `_exit.py` has the exit codes.
"""

import re
import sys

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
    if any(map(_TOKEN.search, sys.argv)):  # or a complaint about the argument would show it
        print("error: a token stands on the command line: give a file, or pipe it in", file=sys.stderr)
        sys.exit(2)
    app()


_TOKEN = re.compile(r"eyJ[\w=-]{5,}\.[\w=-]+")
