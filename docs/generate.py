"""Write the parts of README.md that say what code and checkers say. A test fails if they differ."""

from pathlib import Path

from cognito_claims import OPEN_QUESTIONS, RULES
from docs import revealed

README = Path(__file__).parents[1] / "README.md"


def rules() -> str:
    rows = "".join(
        f"| `{rule.id}` | {_escape(rule.sentence)} | {rule.basis} | {_escape(rule.source)} |\n"
        for rule in RULES
    )
    return f"| rule | | basis | source |\n| --- | --- | --- | --- |\n{rows}"


def questions() -> str:
    return "\n" + "".join(
        f"- `{question.id}`, answered by `Policy({question.setting}=...)`: "
        f"{question.question} {question.evidence}\n"
        for question in OPEN_QUESTIONS
    )


def _escape(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def generated(readme: str) -> str:
    for name, text in (("rules", rules()), ("questions", questions()), ("revealed", revealed.table())):
        readme = _between(name, text, readme)
    return readme


def _between(name: str, text: str, readme: str) -> str:
    head, _, rest = readme.partition(f"<!-- {name} -->\n")
    _, mark, tail = rest.partition(f"<!-- /{name} -->")
    return f"{head}<!-- {name} -->\n{text}{mark}{tail}"


if __name__ == "__main__":
    README.write_text(generated(README.read_text()))
