"""HTML for notebooks. Every value is escaped. Text has no color, to fit light and dark themes."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_CELL = "text-align:left;vertical-align:top;padding:4px 16px 4px 0"
"""Jupyter aligns cells to the right."""


def escape_path(text: str) -> str:
    """Escape a text, which may break after slashes, as ARNs do."""
    return escape(text).replace("/", "/<wbr>")


def build_table(columns: Iterable[str], rows: Iterable[Iterable[str]], *, caption: str = "") -> str:
    """Build a table of cells that are HTML already."""
    body = "".join(_build_row("td", row) for row in rows)
    title = (
        f'<caption style="text-align:left"><strong>{escape(caption)}</strong></caption>' if caption else ""
    )
    head = _build_row("th", columns)
    table = f"<table>{title}<thead>{head}</thead><tbody>{body}</tbody></table>"
    return f'<div style="overflow-x:auto;margin:1em 0">{table}</div>'


def build_list(title: str, items: Iterable[str]) -> str:
    """Build a list of items that are HTML already, under a title, or nothing without items."""
    listed = "".join(f'<li style="margin:6px 0">{item}</li>' for item in items)
    return f"<p><strong>{escape(title)}</strong></p><ul>{listed}</ul>" if listed else ""


def _build_row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f'<{tag} style="{_CELL}">{cell}</{tag}>' for cell in cells) + "</tr>"
