"""Write the generated parts of the conformance vectors: the rules in each file, its layout, and the schema.

    python -m tools.vectors

The cases are written by hand. A test fails if a file is out of date.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cognito_claims._wire.json import as_list, as_object
from cognito_claims.access import TRUST_RULES
from cognito_claims.client import PAGING_RULES
from cognito_claims.conformance.cases import build_schema
from cognito_claims.events import EVENT_RULES, TRIGGER_RULES
from cognito_claims.identity_pool import IDENTITY_POOL_QUESTIONS, IDENTITY_POOL_RULES
from cognito_claims.rules import CLAIM_RULES, OPEN_QUESTIONS, RULES

ROOT = Path(__file__).parents[1]
VECTORS = ROOT / "src" / "cognito_claims" / "conformance" / "vectors" / "v1"
ALL_RULES = (
    *RULES,
    *CLAIM_RULES,
    *PAGING_RULES,
    *EVENT_RULES,
    *TRIGGER_RULES,
    *IDENTITY_POOL_RULES,
    *TRUST_RULES,
)
ALL_QUESTIONS = (*OPEN_QUESTIONS, *IDENTITY_POOL_QUESTIONS)
_WIDTH = 100
_RULE_KEYS = ("id", "sentence", "basis", "source")
_QUESTION_KEYS = ("id", "question", "evidence")


def render_files() -> dict[Path, str]:
    """Return the text of each file."""
    files = {path: _add_rules(json.loads(path.read_text())) for path in sorted(VECTORS.glob("*.json"))}
    files[VECTORS / "schema.json"] = build_schema()
    return {path: render_json(file) + "\n" for path, file in files.items()}


def _add_rules(file: dict[str, Any]) -> dict[str, Any]:
    if "cases" not in file:  # the schema
        return file
    named = set(_find_named(file))
    return {
        **file,
        "rules": [
            {key: getattr(rule, key) for key in _RULE_KEYS} for rule in ALL_RULES if rule.id in named
        ],
        "questions": [
            {key: getattr(question, key) for key in _QUESTION_KEYS}
            for question in ALL_QUESTIONS
            if question.id in named
        ],
    }


def _find_named(file: dict[str, Any]) -> Iterator[str]:
    """Yield the ID of every rule and question that a case names."""
    for case in file["cases"]:
        yield from case["rules"]
        yield from case.get("near_misses", [])
        for answer in case["expected"]:
            yield from answer.get("differs_on", [])


def render_json(value: object, indent: int = 0) -> str:
    """Return JSON with a value on one line if it fits, and otherwise one line for each member."""
    flat = json.dumps(value, ensure_ascii=False)
    if indent + len(flat) <= _WIDTH:
        return flat
    inner = " " * (indent + 2)
    if (members := as_object(value)) is not None:
        lines = [
            f"{json.dumps(name)}: {render_json(member, indent + 2)}" for name, member in members.items()
        ]
        return _join_lines("{", [inner + line for line in lines], " " * indent + "}")
    if (elements := as_list(value)) is not None:
        lines = [render_json(element, indent + 2) for element in elements]
        return _join_lines("[", [inner + line for line in lines], " " * indent + "]")
    return flat


def _join_lines(opening: str, lines: list[str], closing: str) -> str:
    return "\n".join([opening, ",\n".join(lines), closing])


if __name__ == "__main__":
    for path, text in render_files().items():
        path.write_text(text)
