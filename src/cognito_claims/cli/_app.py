"""The command itself, and the table of its subcommands."""

from importlib.metadata import version
from typing import Annotated

import typer

from cognito_claims.cli._group import LazyGroup


class _RootGroup(LazyGroup):
    package = "cognito_claims.cli"
    subcommands = {  # noqa: RUF012, it is a ClassVar of the base
        "resolve": "Resolve a user's groups to the token claims, with the reasons.",
        "decode": "Show the groups and roles in a token or an event, with warnings.",
        "compare": "Compare a token or an event with the user's current groups.",
        "role": "Show which IAM role an identity pool assigns to an ID token or a user, with the reason.",
        "conform": "Run the conformance vectors against an endpoint.",
        "schema": "Print a model's JSON Schema, with AWS's names.",
        "pool": "Fetch, resolve, audit and compare whole user pools.",
    }


app = typer.Typer(
    name="cognito-claims",
    cls=_RootGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(version("cognito-claims"))
        raise typer.Exit


@app.callback()
def show_claims(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Show which token claims a Cognito user's groups result in, and why."""
