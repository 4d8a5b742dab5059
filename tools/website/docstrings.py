"""Show docstrings, which mark code as Markdown does and have Google's sections, with Sphinx."""

import importlib
import re
import sys
import textwrap
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

# The environment of the type checkers has no Sphinx.
_napoleon: Any = importlib.import_module("sphinx.ext.napoleon")
_SETTINGS = _napoleon.Config(napoleon_custom_sections=[("Iterating raises", "params_style")])
_WITH_SECTIONS = ("class", "exception", "function", "method", "module")


def setup(app: Any) -> dict[str, bool]:
    """Register the changes with Sphinx."""
    app.connect("autodoc-process-docstring", convert_docstring)
    app.connect("autodoc-process-signature", leave_out_constructor)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def convert_docstring(
    app: Any, what: str, name: str, value: object, options: Any, lines: list[str]
) -> None:
    """Replace the lines of a docstring by reStructuredText."""
    converted = [*convert_markdown(lines)]
    if what in _WITH_SECTIONS:  # the sentence of an attribute may contain a colon
        docstring = _napoleon.GoogleDocstring(converted, _SETTINGS, app, what, name, value, options)
        converted = docstring.lines()
    if (field := find_field(name)) is not None:
        attribute = name.rpartition(".")[2]
        alias = f", named ``{field.alias}`` by AWS" if field.alias not in (None, attribute) else ""
        converted[:0] = [f"``{format_type(field.annotation)}``{alias}.", ""]
    lines[:] = converted


def find_field(name: str) -> FieldInfo | None:
    """Return the field of a model by its name in full, if it is one."""
    path, _, attribute = name.rpartition(".")
    module, _, owner = path.rpartition(".")
    model = getattr(sys.modules.get(module), owner, None)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return model.model_fields.get(attribute)
    return None


def format_type(annotation: Any) -> str:
    """Return a type as a reader knows it: without constraints, and with the value of an alias."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return format_type(arguments[0])
    if (value := getattr(origin or annotation, "__value__", None)) is not None:
        return format_type(value[arguments] if arguments else value)
    if isinstance(annotation, types.UnionType) or origin is Union:
        return " | ".join(dict.fromkeys(map(format_type, arguments)))
    if annotation is types.NoneType:
        return "None"
    if annotation is ...:
        return "..."
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if origin is not None:
        return f"{origin.__name__}[{', '.join(map(format_type, arguments))}]"
    return getattr(annotation, "__name__", str(annotation))


def convert_markdown(lines: list[str]) -> Iterator[str]:
    """Yield fenced blocks as directives, and an empty line before each list."""
    before, fence = "", False
    for line in lines:
        if line.lstrip().startswith("```"):
            fence = not fence
            language = line.strip().removeprefix("```") or "text"
            yield from (
                ("", line.replace(line.strip(), f".. code-block:: {language}"), "") if fence else ("",)
            )
        elif fence:
            yield textwrap.indent(line, "   ")
        else:
            if re.match(r" *- ", line) and before.strip() and not re.match(r" *(- |  )", before):
                yield ""
            yield line
        before = line


def leave_out_constructor(
    _app: Any, what: str, _name: str, value: object, _options: Any, _signature: str, _returns: str
) -> tuple[str, None] | None:
    """Show no constructor of a model, whose fields follow with their types, and none of a protocol."""
    if what != "class" or not isinstance(value, type):
        return None
    left_out = issubclass(value, BaseModel) or value.__dict__.get("_is_protocol")
    return ("", None) if left_out else None
