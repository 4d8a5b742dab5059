"""`cognito-claims pool`: a whole user pool, one file per command."""

import typer

from cognito_claims.cli.pool.audit import audit
from cognito_claims.cli.pool.diff import diff
from cognito_claims.cli.pool.fetch import fetch
from cognito_claims.cli.pool.resolve import resolve

__all__ = ["pool"]

pool: typer.Typer = typer.Typer(
    no_args_is_help=True, help="A whole user pool: fetch it, resolve everyone, find what is wrong."
)
pool.command()(fetch)
pool.command()(resolve)
pool.command()(audit)
pool.command()(diff)
