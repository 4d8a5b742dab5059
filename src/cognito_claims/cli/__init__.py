"""The command `cognito-claims`, one file per subcommand.

Results go to stdout, everything else to stderr; `_exit.py` has the exit codes.
"""

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
    app()
