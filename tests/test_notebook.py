"""The notebook of the documentation runs, and shows what is stored in it."""

import json
import re
from pathlib import Path

import pytest

from tools import notebooks

ROOT = Path(__file__).parents[1]
NOTEBOOKS = [path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.ipynb")]


def leave_out_time(text: str) -> str:
    return re.sub(r"as of [0-9-]+ [0-9:]+ UTC", "as of then", text)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_shows_what_its_cells_do(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    run = notebooks.format_notebook(notebooks.run(json.loads(text)))
    assert leave_out_time(run) == leave_out_time(text), f"run: python -m tools.notebooks {name}"


def test_a_notebook_shows_tables_and_a_picture() -> None:
    shown = "".join((ROOT / name).read_text("utf-8") for name in NOTEBOOKS)
    assert shown.count("<table>") >= 5
    assert "<svg" in shown
