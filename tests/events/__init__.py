"""The events as tests read them."""

import json
from pathlib import Path
from typing import Any


def event(name: str) -> dict[str, Any]:
    """Read an event anew, so that a test may change it."""
    text = (Path(__file__).parent / f"{name}.json").read_text()
    value: dict[str, Any] = json.loads(text)
    return value


NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.json"))
