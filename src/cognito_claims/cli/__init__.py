"""The command `cognito-claims`, one file for each subcommand.

Results are written to stdout, everything else to stderr. Keys may be added to the JSON of a
subcommand; none is removed or changes its meaning. `ExitCode` has the exit codes.
"""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command."""
    try:
        from cognito_claims.cli._interrupt import exit_on_interrupt

        with exit_on_interrupt():
            from cognito_claims.cli._app import app
            from cognito_claims.cli._exit import ExitCode, contains_token, print_errors

        if any(map(contains_token, sys.argv)):
            print_errors(["the command line contains a token: pass a file, or pipe the token in"])
            sys.exit(ExitCode.BAD_INPUT)
        app()
    except ModuleNotFoundError as error:
        if error.name not in ("rich", "typer"):
            raise
        print('error: this command needs an extra: pip install "cognito-claims[cli]"', file=sys.stderr)
        sys.exit(2)
