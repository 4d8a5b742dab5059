"""The events of this folder, parsed from JSON."""

import json
from pathlib import Path
from typing import Any


def event(name: str) -> dict[str, Any]:
    """Return a new copy of an event, which a test may change."""
    text = (Path(__file__).parent / f"{name}.json").read_text()
    value: dict[str, Any] = json.loads(text)
    return value


NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.json"))
