"""A group of subcommands, each imported when it is run."""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, Never, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from cognito_claims.cli import _help
from cognito_claims.cli._completion import register_shells
from cognito_claims.cli._exit import ExitCode, describe_usage_error, fail, print_errors
from cognito_claims.cli._interrupt import exit_on_interrupt

# Typer does not export the base of its usage errors.
_UsageError = cast("type[typer.BadParameter]", typer.BadParameter.__base__)


class Command(TyperCommand):
    """A subcommand."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the arguments for the usage."""
        return _help.list_usage(self, ctx)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and options."""
        _help.write_params(self, ctx, formatter)


class LazyGroup(TyperGroup):
    """A group that lists its subcommands from a table and imports the one that is run."""

    package: ClassVar[str]
    """The package of the subcommands. The module `x` has the function or the Typer app `x`."""

    subcommands: ClassVar[Mapping[str, str]]
    """The subcommands by name, each with the first line of its help."""

    def __init__(self, **settings: Any) -> None:
        # The help of a group lists names and first lines, so it needs none of the modules.
        settings["commands"] = {name: TyperCommand(name, help=h) for name, h in self.subcommands.items()}
        super().__init__(**settings)

    def main(self, *arguments: Any, **settings: Any) -> Never:
        """Run the command, and print every error in the same form."""
        register_shells()
        settings["standalone_mode"] = False
        try:
            code: int | None = super().main(*arguments, **settings)
        except typer.Abort:
            print_errors(["aborted"])
            code = ExitCode.NEGATIVE_RESULT
        except _UsageError as error:
            print_errors([describe_usage_error(error)])
            code = ExitCode.BAD_INPUT
        sys.exit(code)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Print the help if a subcommand is missing."""
        if not args and not ctx.resilient_parsing:
            typer.echo(ctx.get_help(), err=True)
            raise typer.Exit(ExitCode.BAD_INPUT)
        with exit_on_interrupt():  # Typer imports pydantic to convert the values
            return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Replace the entry of the table by the subcommand itself."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, found and self.load(str(name)), rest  # none is found for an unknown word to complete

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand, or fail if it is interrupted."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            fail(ExitCode.INTERRUPTED, ["interrupted"])

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options and the subcommands."""
        _help.write_params(self, ctx, formatter)
        _help.write_section(formatter, "Commands", [*self.subcommands.items()])

    def load(self, name: str) -> Any:
        """Import a subcommand."""
        with exit_on_interrupt():
            subcommand: Any = getattr(import_module(f"{self.package}.{name}"), name)
        if isinstance(subcommand, typer.Typer):
            return get_command(subcommand)
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name, cls=Command)(subcommand)
        return get_command(app)
