"""The options of every command, for docs/reference/cli.md."""

import importlib
import re
from collections.abc import Iterator
from typing import Any

from typer.main import get_command


def find_commands() -> dict[str, Any]:
    """Return every command by its name, such as `pool audit`, without groups of commands."""
    app = importlib.import_module("cognito_claims.cli._app").app
    return dict(_walk(get_command(app), ()))


def format_command(name: str) -> str:
    """Return what a command does, its usage, and a table for each group of its options."""
    command = find_commands()[name]
    panels: dict[str, list[str]] = {"Arguments": [], "Options": []}
    for param in command.params:
        is_argument = param.param_type_name == "argument"
        title = getattr(param, "rich_help_panel", None) or ("Arguments" if is_argument else "Options")
        panels.setdefault(title, []).append(f"| {_format_name(param)} | {_format_help(param)} |\n")
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    usage = " ".join(one.metavar if one.required else f"[{one.metavar}]" for one in arguments)
    text = re.sub(r"(?<=[ (])(--[a-z-]+)", r"`\1`", command.help)
    tables = "".join(
        f"\n| {title} | meaning |\n| --- | --- |\n{''.join(rows)}" for title, rows in panels.items() if rows
    )
    return (
        f"\n{text}\n\n```text\nUsage: cognito-claims {name} [OPTIONS] {usage}".rstrip() + f"\n```\n{tables}"
    )


def _walk(group: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name in getattr(group, "subcommands", ()):
        command = group.load(name)
        if hasattr(command, "subcommands"):
            yield from _walk(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def _format_name(param: Any) -> str:
    if param.param_type_name == "argument":
        return f"`{param.metavar}`"
    names = ", ".join(f"`{name}`" for name in sorted(param.opts, key=len))
    return names if param.is_flag else f"{names[:-1]} {_escape(param.metavar)}`"


def _format_help(param: Any) -> str:
    text = re.sub(r"(?<=[ (])(--[a-z-]+)", r"`\1`", _escape(param.help))
    if param.required:
        return f"{text} Required."
    if param.default in (None, False):
        return text
    default = f"{param.default:g}" if isinstance(param.default, float) else param.default
    return f"{text} Default: `{default}`."


def _escape(text: str) -> str:
    return text.replace("|", "\\|")
