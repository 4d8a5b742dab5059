"""The command itself, put together from its subcommands."""

from importlib.metadata import version
from typing import Annotated

import typer

from cognito_claims.cli.compare import compare
from cognito_claims.cli.conform import conform
from cognito_claims.cli.decode import decode
from cognito_claims.cli.pool import pool
from cognito_claims.cli.resolve import resolve
from cognito_claims.cli.role import role
from cognito_claims.cli.schema import schema

app = typer.Typer(
    name="cognito-claims",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(resolve)
app.command()(decode)
app.command()(compare)
app.command()(role)
app.command()(conform)
app.command()(schema)
app.add_typer(pool, name="pool")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("cognito-claims"))
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Which claims do a Cognito user's groups put into the tokens, and why?"""
