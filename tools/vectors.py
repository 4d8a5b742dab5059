"""Write what is generated of the conformance vectors: the rules in each file, its layout, and the schema.

The cases are written by hand. A test fails if a file is not as this module would write it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cognito_claims._wire import as_list, as_object
from cognito_claims.client import PAGING_RULES
from cognito_claims.conformance.cases import schema
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
)
ALL_QUESTIONS = (*OPEN_QUESTIONS, *IDENTITY_POOL_QUESTIONS)
_WIDTH = 100


def written() -> dict[Path, str]:
    """Give the text of each file."""
    cases = {path: _with_rules(json.loads(path.read_text())) for path in sorted(VECTORS.glob("*.json"))}
    return {
        path: canonical(file) + "\n" for path, file in {**cases, VECTORS / "schema.json": schema()}.items()
    }


def _with_rules(file: dict[str, Any]) -> dict[str, Any]:
    if "cases" not in file:  # the schema
        return file
    named = set(_named(file))
    of_rule = ("id", "sentence", "basis", "source")
    of_question = ("id", "question", "evidence")
    return {
        **file,
        "rules": [{key: getattr(rule, key) for key in of_rule} for rule in ALL_RULES if rule.id in named],
        "questions": [
            {key: getattr(question, key) for key in of_question}
            for question in ALL_QUESTIONS
            if question.id in named
        ],
    }


def _named(file: dict[str, Any]) -> Iterator[str]:
    for case in file["cases"]:
        yield from case["rules"]
        yield from case.get("near_misses", [])
        for answer in case["expected"]:
            yield from answer.get("otherwise", [])


def canonical(value: object, indent: int = 0) -> str:
    """Lay JSON out: what fits in a line stands in one, else each member in a line of its own."""
    flat = json.dumps(value, ensure_ascii=False)
    if indent + len(flat) <= _WIDTH:
        return flat
    inner = " " * (indent + 2)
    if (members := as_object(value)) is not None:
        lines = [f"{json.dumps(name)}: {canonical(member, indent + 2)}" for name, member in members.items()]
        return _block("{", [inner + line for line in lines], " " * indent + "}")
    if (elements := as_list(value)) is not None:
        lines = [canonical(element, indent + 2) for element in elements]
        return _block("[", [inner + line for line in lines], " " * indent + "]")
    return flat


def _block(opening: str, lines: list[str], closing: str) -> str:
    return "\n".join([opening, ",\n".join(lines), closing])


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text)
