"""The command `cognito-claims`, one file for each subcommand.

Results are written to stdout, everything else to stderr. Keys may be added to the JSON of a
subcommand; none is removed or changes its meaning. `ExitCode` has the exit codes.
"""

import re
import sys

__all__ = ["main"]

# Two parts of a JWT. A header is a JSON object, which starts with "eyJ" in base64url.
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
