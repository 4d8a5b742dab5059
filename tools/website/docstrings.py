"""Show docstrings, which mark code as Markdown does and have Google's sections, with Sphinx."""

import ast
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
_addnodes: Any = importlib.import_module("sphinx.addnodes")
_WITH_SECTIONS = ("class", "exception", "function", "method", "module")

CONSTRUCTED = (
    "AdminListGroupsForUserPaginator",
    "Edits",
    "Endpoint",
    "GroupClaims",
    "ListGroupsPaginator",
    "ListUsersInGroupPaginator",
    "Policy",
    "TokenFactory",
)
"""The classes that users construct. The library returns the others."""


def setup(app: Any) -> dict[str, bool]:
    """Register the changes with Sphinx."""
    app.connect("autodoc-process-docstring", convert_docstring)
    app.connect("autodoc-process-signature", simplify_constructor)
    app.connect("autodoc-process-bases", replace_private_bases)
    app.connect("doctree-read", leave_out_values)
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


def simplify_constructor(
    _app: Any,
    what: str,
    _name: str,
    value: object,
    _options: Any,
    signature: str | None,
    returns: str | None,
) -> tuple[str, str | None] | None:
    """Show the constructors of classes that users construct, and no internal name of a default."""
    if signature is None:
        return None
    if what == "class" and getattr(value, "__name__", "") not in CONSTRUCTED:
        return ("", None)
    return (signature.replace("<factory>", "..."), returns)


def replace_private_bases(_app: Any, _name: str, _value: object, _options: Any, bases: list[Any]) -> None:
    """Replace each private base by its own bases."""
    public: list[Any] = []
    for base in bases:
        if isinstance(base, type) and base.__name__.startswith("_"):
            inherited = [*base.__bases__]
            replace_private_bases(None, "", base, None, inherited)
            public += inherited
        else:
            public.append(base)
    bases[:] = dict.fromkeys(public)


def leave_out_values(_app: Any, doctree: Any) -> None:
    """Show the value of a constant only if it is a literal: others name what is internal."""
    for node in [*doctree.findall(_addnodes.desc_annotation)]:
        text = node.astext().strip()
        if text.startswith("=") and not is_literal(text.removeprefix("=")):
            node.parent.remove(node)


def is_literal(text: str) -> bool:
    """Return whether a text is a number, a string or another literal of Python."""
    try:
        ast.literal_eval(text.strip())
    except (ValueError, SyntaxError):
        return False
    return True
