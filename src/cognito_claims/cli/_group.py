"""A group of subcommands, each imported when it is run."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


class Subcommand(NamedTuple):
    """Where a subcommand is, and its line in the help of the group."""

    module: str
    """The module. Its attribute of the subcommand's name is a function or a Typer app."""

    help: str
    """The first line of the subcommand's own help."""


class LazyGroup(TyperGroup):
    """A group that lists its subcommands from a table and imports the one that is run."""

    subcommands: ClassVar[Mapping[str, Subcommand]] = {}

    def __init__(self, **settings: Any) -> None:
        # The help of the group needs a name and a line of each subcommand, not its options.
        settings["commands"] = {
            name: TyperCommand(name, help=subcommand.help) for name, subcommand in self.subcommands.items()
        }
        super().__init__(**settings)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Replace the entry of the table by the subcommand itself."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, self.load(str(name)), rest

    def load(self, name: str) -> Any:
        """Import a subcommand."""
        subcommand: object = getattr(import_module(self.subcommands[name].module), name)
        if isinstance(subcommand, typer.Typer):
            return get_command(subcommand)
        app = typer.Typer(add_completion=False)
        function: Any = subcommand
        app.command(name)(function)
        return get_command(app)
