"""A group of subcommands, each imported when it is run."""

import inspect
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


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

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Replace the entry of the table by the subcommand itself."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, self.load(str(name)), rest

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand, and report a value that Typer refuses without pydantic's prefix."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise

    def load(self, name: str) -> Any:
        """Import a subcommand."""
        subcommand: Any = getattr(import_module(f"{self.package}.{name}"), name)
        if isinstance(subcommand, typer.Typer):
            return get_command(subcommand)
        app = typer.Typer(add_completion=False)
        # Typer keeps the line breaks within a paragraph, where a narrow terminal wraps the lines again.
        paragraphs = (inspect.getdoc(subcommand) or "").split("\n\n")
        app.command(name, help="\n\n".join(re.sub(r"\s+", " ", one) for one in paragraphs))(subcommand)
        return get_command(app)
