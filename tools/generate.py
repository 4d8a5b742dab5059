"""Write the generated parts of the documentation's pages.

    python -m tools.generate

A page marks a part with `<!-- name -->` before it and `<!-- /name -->` after it. A test fails if a part
is out of date.
"""

import importlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from cognito_claims.conformance.endpoint import CALLS
from cognito_claims.pool import CHECKS
from cognito_claims.rules import OpenQuestion, Rule
from tools import commands, revealed
from tools.domains import MODULES, QUESTIONS_BY_PART, RULES_BY_PART

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))


def format_rules(rules: Iterable[Rule]) -> str:
    rows = "".join(
        f"| `{rule.id}` | {_escape(rule.sentence)} | {rule.basis} | {_escape(rule.source)} |\n"
        for rule in rules
    )
    return f"| rule | sentence | basis | source |\n| --- | --- | --- | --- |\n{rows}"


def format_questions(questions: Iterable[OpenQuestion]) -> str:
    return "\n" + "".join(
        f"- `{question.id}`{_format_setting(question)}: {question.question} {question.evidence}\n"
        for question in questions
    )


def format_checks() -> str:
    rows = "".join(
        f"| `{check.code}` | {check.severity} | {check.title} | {check.remedy} |\n" for check in CHECKS
    )
    return f"| code | severity | what is found | remedy |\n| --- | --- | --- | --- |\n{rows}"


def format_calls() -> str:
    return "\n" + "".join(f"- {call}\n" for call in CALLS)


def format_public_names() -> str:
    rows = "".join(
        f"| `{package}` | {', '.join(f'`{name}`' for name in sorted(_get_public_names(package)))} |\n"
        for package in MODULES
    )
    return f"| import from | names |\n| --- | --- |\n{rows}"


PARTS: dict[str, Callable[[], str]] = {
    **{name: partial(format_rules, rules) for name, rules in RULES_BY_PART.items()},
    **{name: partial(format_questions, questions) for name, questions in QUESTIONS_BY_PART.items()},
    "public-names": format_public_names,
    "types": revealed.format_table,
    "checks": format_checks,
    "calls": format_calls,
    **{f"command {name}": partial(commands.format_command, name) for name in commands.find_commands()},
}
"""The function that formats each part."""


def _get_public_names(package: str) -> list[str]:
    names: list[str] = importlib.import_module(package).__all__
    return names


def _format_setting(question: OpenQuestion) -> str:
    return f", answered by `Policy({question.setting}=...)`" if question.setting else ""


def _escape(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def find_parts(page: str) -> list[str]:
    """List the generated parts of a page."""
    return [name for name in PARTS if f"<!-- {name} -->\n" in page]


def update_page(page: str) -> str:
    """Return a page's text with every generated part up to date."""
    for name in find_parts(page):
        page = replace_part(name, PARTS[name](), page)
    return page


def replace_part(name: str, text: str, page: str) -> str:
    """Return a page with this text between the marks of a part."""
    head, _, rest = page.partition(f"<!-- {name} -->\n")
    _, mark, tail = rest.partition(f"<!-- /{name} -->")
    return f"{head}<!-- {name} -->\n{text}{mark}{tail}"


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(update_page(path.read_text()))
