"""Write the generated parts of the conformance vectors: rules, flags, release, layout, schema and README.

    python -m tools.vectors

The cases are written by hand, with the flags that do not follow from their members. A test fails if a
file is out of date.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cognito_claims._wire.json import as_list, as_object
from cognito_claims.access import TRUST_RULES
from cognito_claims.client import PAGING_RULES
from cognito_claims.conformance.cases import build_schema
from cognito_claims.conformance.shapes import Flag
from cognito_claims.events import EVENT_RULES, TRIGGER_QUESTIONS, TRIGGER_RULES
from cognito_claims.identity_pool import IDENTITY_POOL_QUESTIONS, IDENTITY_POOL_RULES
from cognito_claims.rules import CLAIM_RULES, OPEN_QUESTIONS, RULES
from tools.generate import replace_part

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "cognito_claims" / "conformance" / "vectors"
VECTORS = PACKAGE / "v1"
ALL_RULES = (
    *RULES,
    *CLAIM_RULES,
    *PAGING_RULES,
    *EVENT_RULES,
    *TRIGGER_RULES,
    *IDENTITY_POOL_RULES,
    *TRUST_RULES,
)
ALL_QUESTIONS = (*OPEN_QUESTIONS, *TRIGGER_QUESTIONS, *IDENTITY_POOL_QUESTIONS)
_WIDTH = 100
_RULE_KEYS = ("id", "sentence", "basis", "source")
_QUESTION_KEYS = ("id", "question", "evidence")
_CASE_KEYS = ("id", "description", "flags")
_BASES = {rule.id: rule.basis.value for rule in ALL_RULES}
_EXAMPLE_ARN = re.compile(r"arn:aws:[a-z]*::123456789012:")


def read_release() -> str:
    """Return the release of the vectors."""
    release: str = json.loads((PACKAGE / "package.json").read_text())["version"]
    return release


def render_files() -> dict[Path, str]:
    """Return the text of each file."""
    files = {path: json.loads(path.read_text()) for path in sorted(VECTORS.glob("*.json"))}
    texts = {path: render_json(_update(file)) + "\n" for path, file in files.items() if "cases" in file}
    texts[VECTORS / "schema.json"] = render_json(build_schema()) + "\n"
    readme = PACKAGE / "README.md"
    texts[readme] = replace_part("flags", _format_flags(), readme.read_text())
    return texts


def _format_flags() -> str:
    rows = "".join(f"| `{flag}` | {flag.explanation} |\n" for flag in Flag)
    return f"| flag | meaning |\n| --- | --- |\n{rows}"


def _update(file: dict[str, Any]) -> dict[str, Any]:
    named = set(_find_named(file))
    head = {name: file[name] for name in ("$schema", "version")}
    return {
        **head,
        "release": read_release(),
        **{name: value for name, value in file.items() if name not in head},
        "rules": [
            {key: getattr(rule, key) for key in _RULE_KEYS} for rule in ALL_RULES if rule.id in named
        ],
        "questions": [
            {key: getattr(question, key) for key in _QUESTION_KEYS}
            for question in ALL_QUESTIONS
            if question.id in named
        ],
        "cases": [_add_flags(case) for case in file["cases"]],
    }


def _add_flags(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case with all of its flags, in the order of `Flag`."""
    text = json.dumps(case["input"], ensure_ascii=False)
    decidable = {
        **dict.fromkeys((Flag.DOCUMENTED, Flag.OBSERVED, Flag.UNSPECIFIED), False),
        **{Flag(_BASES[rule]): True for rule in case["rules"]},
        Flag.OPEN: len(case["expected"]) > 1,
        Flag.UNICODE: not text.isascii(),
        Flag.FOREIGN_ARN: "arn:" in _EXAMPLE_ARN.sub("", text),
        Flag.FEDERATED: "_EXAMPLE_" in text,
        Flag.UPDATED_ISSUER: "//issuer-cognito-idp" in text,
    }
    flags = [flag for flag in Flag if decidable.get(flag, flag in case.get("flags", ()))]
    return {**{name: case.get(name) for name in _CASE_KEYS}, **case, "flags": flags}


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
