"""Runs the command by `python -m cognito_claims.cli`."""

from cognito_claims.cli import main

main()
