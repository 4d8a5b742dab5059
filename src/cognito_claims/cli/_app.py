"""The command itself, and the table of its subcommands."""

from typing import Annotated, Any

import typer

from cognito_claims import __version__
from cognito_claims.cli._completion import SHELLS, install_completion, show_completion
from cognito_claims.cli._group import LazyGroup


class _RootGroup(LazyGroup):
    package = "cognito_claims.cli"
    subcommands = {  # noqa: RUF012, it is a ClassVar of the base
        "resolve": "Resolve a user's groups to the token claims, with the reasons.",
        "decode": "Show the groups and roles in a token or an event, with warnings.",
        "compare": "Compare a token or an event with the user's current groups.",
        "role": "Show which IAM role an identity pool assigns to an ID token or a user, with the reason.",
        "access": "Show which roles a user can get from an identity pool, and whether each can be assumed.",
        "conform": "Run the conformance vectors against an endpoint.",
        "schema": "Print a model's JSON Schema, with AWS's names.",
        "pool": "Fetch, resolve, audit and compare whole user pools.",
    }

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Detect the shell if the options about completion are passed without one."""
        if args[-1:] in (["--install-completion"], ["--show-completion"]):
            args = [*args, ""]
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="cognito-claims",
    cls=_RootGroup,
    add_completion=False,  # Typer's options take no name of a shell
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(__version__)
        raise typer.Exit


def _declare_completion(callback: Any, description: str) -> Any:
    return typer.Option(
        callback=callback,
        help=f"{description} for a shell: {', '.join(SHELLS)}. If omitted, it is detected.",
        metavar="[SHELL]",
        autocompletion=lambda: [*SHELLS],
    )


@app.callback()
def show_claims(
    version: Annotated[
        bool,
        typer.Option("--version", "-V", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
    install_completion: Annotated[
        str | None, _declare_completion(install_completion, "Install completion")
    ] = None,
    show_completion: Annotated[
        str | None, _declare_completion(show_completion, "Print the completion script")
    ] = None,
) -> None:
    """Show which token claims a Cognito user's groups result in, and why."""
