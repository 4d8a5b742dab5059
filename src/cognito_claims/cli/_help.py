"""Help as plain text, which is readable in a narrow terminal and needs no import of Rich."""

import textwrap
from collections.abc import Iterator
from typing import Any

# The contexts, formatters and parameters are Typer's own, which exports no types of them.


def list_usage(command: Any, ctx: Any) -> list[str]:
    """Return the arguments of a command as its usage shows them."""
    names = [(param.metavar, param.required) for param in _list_params(command, ctx, "argument")]
    return ["[OPTIONS]", *(name if required else f"[{name}]" for name, required in names)]


def write_params(command: Any, ctx: Any, formatter: Any) -> None:
    """Write the arguments and options of a command, a section for each panel."""
    sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
    for kind in ("argument", "option"):
        for param in _list_params(command, ctx, kind):
            title = getattr(param, "rich_help_panel", None) or f"{kind.capitalize()}s"
            sections.setdefault(title, []).append((_format_name(param), _format_help(param)))
    for title, rows in sections.items():
        write_section(formatter, title, rows)


def write_section(formatter: Any, title: str, rows: list[tuple[str, str]]) -> None:
    """Write names and descriptions below a title, unless there are none."""
    if rows:
        with formatter.section(title):
            widest = max(len(name) for name, _ in rows)
            # A name that is longer has a line of its own, so that the descriptions get most of the width.
            column = min(widest, formatter.width // 3)
            for name, description in rows:
                indent = " " * (column + 4)
                # Not broken at hyphens, because commands and options contain them.
                lines = textwrap.wrap(
                    description,
                    formatter.width,
                    initial_indent=indent,
                    subsequent_indent=indent,
                    break_on_hyphens=False,
                )
                if len(name) > column:
                    lines.insert(0, f"  {name}")
                else:
                    lines[0] = f"  {name:<{column}}  {lines[0].strip()}"
                formatter.write("\n".join([*lines, ""]))


def _list_params(command: Any, ctx: Any, kind: str) -> Iterator[Any]:
    return (param for param in command.get_params(ctx) if param.param_type_name == kind)


def _format_name(param: Any) -> str:
    if param.param_type_name == "argument":
        return str(param.metavar)
    options: list[str] = param.opts
    names = ", ".join(sorted(options, key=len))
    return names if param.is_flag else f"{names} {param.metavar}"


def _format_help(param: Any) -> str:
    if param.required:
        return f"{param.help} [required]"
    if param.default in (None, False):
        return str(param.help)
    default = f"{param.default:g}" if isinstance(param.default, float) else param.default
    return f"{param.help} [default: {default}]"
