"""Write the parts of the documentation that say what code and checkers say. A test fails if they differ."""

from collections.abc import Callable, Iterable
from pathlib import Path

from cognito_claims.client import PAGING_RULES
from cognito_claims.conformance.endpoint import CALLS
from cognito_claims.events import EVENT_RULES, TRIGGER_RULES
from cognito_claims.identity_pool import IDENTITY_POOL_QUESTIONS, IDENTITY_POOL_RULES
from cognito_claims.pool import CHECKS
from cognito_claims.rules import CLAIM_RULES, OPEN_QUESTIONS, RULES, Rule
from tools import revealed

ROOT = Path(__file__).parents[1]


def rules(of: Iterable[Rule]) -> str:
    rows = "".join(
        f"| `{rule.id}` | {_escape(rule.sentence)} | {rule.basis} | {_escape(rule.source)} |\n"
        for rule in of
    )
    return f"| rule | | basis | source |\n| --- | --- | --- | --- |\n{rows}"


def questions() -> str:
    return "\n" + "".join(
        f"- `{question.id}`, answered by `Policy({question.setting}=...)`: "
        f"{question.question} {question.evidence}\n"
        for question in OPEN_QUESTIONS
    )


def identity_pool_questions() -> str:
    return "\n" + "".join(
        f"- `{question.id}`: {question.question} {question.evidence}\n"
        for question in IDENTITY_POOL_QUESTIONS
    )


def checks() -> str:
    rows = "".join(f"| `{one.code}` | {one.severity} | {one.title} | {one.remedy} |\n" for one in CHECKS)
    return f"| code | severity | what is found | remedy |\n| --- | --- | --- | --- |\n{rows}"


PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {"rules": lambda: rules(RULES), "questions": questions, "revealed": revealed.table},
    "docs/claims.md": {
        "carrier-rules": lambda: rules(EVENT_RULES),
        "trigger-rules": lambda: rules(TRIGGER_RULES),
        "identity-pool-rules": lambda: rules(IDENTITY_POOL_RULES),
        "identity-pool-questions": identity_pool_questions,
    },
    "docs/conformance.md": {
        "calls": lambda: "\n" + "".join(f"- {call}\n" for call in CALLS),
        "claim-rules": lambda: rules(CLAIM_RULES),
        "paging-rules": lambda: rules(PAGING_RULES),
    },
    "docs/pool.md": {"checks": checks},
}
"""The parts of each page, and what writes them."""


def _escape(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def generated(page: str, text: str) -> str:
    """Give a page's text with its generated parts anew."""
    for name, write in PARTS[page].items():
        text = between(name, write(), text)
    return text


def between(name: str, text: str, page: str) -> str:
    """Put a text between the marks of a name in a page."""
    head, _, rest = page.partition(f"<!-- {name} -->\n")
    _, mark, tail = rest.partition(f"<!-- /{name} -->")
    return f"{head}<!-- {name} -->\n{text}{mark}{tail}"


if __name__ == "__main__":
    for name in PARTS:
        path = ROOT / name
        path.write_text(generated(name, path.read_text()))
