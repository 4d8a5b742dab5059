"""Run a notebook of the documentation, and store what its cells show.

    python -m tools.notebooks docs/how-to/notebook.ipynb

A notebook needs no kernel: its cells are plain Python. The last expression of a cell is shown as HTML,
if its value has that form, or else as text.
"""

import ast
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any


def run(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook with the output of every cell."""
    names: dict[str, Any] = {"__name__": "__main__"}
    cells = [
        {**cell, "outputs": run_cell("".join(cell["source"]), names)}
        if cell["cell_type"] == "code"
        else cell
        for cell in notebook["cells"]
    ]
    return {**notebook, "cells": cells}


def run_cell(source: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    """Run a cell, and return what it prints and shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    value: Any = None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, "<cell>", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    outputs: list[dict[str, Any]] = []
    if text := printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)})
    if value is not None:
        html = value._repr_html_() if hasattr(value, "_repr_html_") else None
        data = (
            {"text/plain": [repr(value)]} if html is None else {"text/html": html.splitlines(keepends=True)}
        )
        outputs.append(
            {"data": data, "execution_count": None, "metadata": {}, "output_type": "display_data"}
        )
    return outputs


def format_notebook(notebook: dict[str, Any]) -> str:
    """Return a notebook as its file contains it."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def render_markdown(notebook: dict[str, Any]) -> str:
    """Return a notebook as a page of the website."""
    parts: list[str] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "text/html" in data:
                html = "".join(data["text/html"])
                parts.append(f'```{{raw}} html\n<div class="output">{html}</div>\n```')
            else:
                text = "".join(output.get("text", data.get("text/plain", ())))
                parts.append(f"```text\n{text.rstrip()}\n```")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        path.write_text(format_notebook(run(json.loads(path.read_text("utf-8")))), "utf-8")
