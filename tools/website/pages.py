"""The generated pages: one for each rule, open question, check and module."""

import ast
import importlib
import inspect
import json
import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from textwrap import indent
from types import ModuleType
from typing import Any, get_origin

from cognito_claims.conformance import load
from cognito_claims.pool import CHECKS
from cognito_claims.pool.findings import IDENTITY_POOL_OPEN_QUESTION, OPEN_QUESTION, Check
from cognito_claims.rules import Basis, OpenQuestion, Rule
from tools.domains import MODULES, QUESTIONS_BY_PART, RULES_BY_PART
from tools.website import REPOSITORY, ROOT, find_revision
from tools.website.sources import link_sources

VECTORS = "src/cognito_claims/conformance/vectors/v1"
ANCESTORS = (
    "BaseModel, StrEnum, IntEnum, str, tuple, dict, Exception, BaseException, object, Protocol, Generic"
)
"""The classes whose members are not ours."""

BASES = {
    Basis.DOCUMENTED: "AWS documents the rule, or it follows from what AWS documents",
    Basis.OBSERVED: "seen in published tokens or events, or in responses; AWS is silent or contradicts it",
    Basis.UNSPECIFIED: "AWS is silent and no evidence decides; the choice is this library's",
}

QUESTIONED = {
    "null-ranks-last": "null-precedence",
    "null-ties": "null-precedence",
    "roleless-ignored": "roleless-at-best",
    "array-elements": "contains-element",
    "ambiguous-resolution": "lone-role",
    "override-omitted": "omitted-override",
    "override-partial": "partial-override",
}
"""The rules that answer an open question, with the question."""

LISTED_QUESTIONS = {
    OPEN_QUESTION.code: "open-questions",
    IDENTITY_POOL_OPEN_QUESTION.code: "identity-pool-questions",
}
"""The checks that report open questions, with the part that lists these."""


def generate_pages() -> dict[str, str]:
    """Return the Markdown of each generated page by its path, in order."""
    pages = {
        f"reference/rules/{rule.id}.md": format_rule(rule)
        for rules in RULES_BY_PART.values()
        for rule in rules
    }
    pages |= {
        f"reference/questions/{question.id}.md": format_question(question)
        for questions in QUESTIONS_BY_PART.values()
        for question in questions
    }
    pages |= {f"reference/checks/{check.code}.md": format_check(check) for check in CHECKS}
    return pages | {f"reference/api/{module}.md": format_module(module) for module in MODULES}


def format_rule(rule: Rule) -> str:
    """Return the page of a rule: the sentence, the basis, the source, the code and the cases."""
    cases = [(subject, case) for subject, case in list_cases() if rule.id in case.rules]
    near = [(subject, case) for subject, case in list_cases() if rule.id in case.near_misses]
    question = QUESTIONED.get(rule.id)
    questions = f"- **Open question:** [{question}](../questions/{question}.md)\n" if question else ""
    return (
        f"# {rule.id}\n\n"
        f"{escape(rule.sentence)}\n\n"
        f"- **Basis:** {rule.basis}: {BASES[rule.basis]}\n"
        f"- **Source:** {link_sources(escape(rule.source))}\n"
        f"- **Code:** {format_places(rule.id)}\n"
        f"{questions}\n"
        f"{format_example(rule.id)}"
        "[Rules](../rules.md) lists all rules.\n"
        + format_cases("Cases", "The rule decides these conformance cases", cases)
        + format_cases("Near misses", "These cases look like it, and other rules decide them", near)
    )


def format_question(question: OpenQuestion) -> str:
    """Return the page of an open question: the evidence, the setting and the cases."""
    cases = [
        (subject, case)
        for subject, case in list_cases()
        if any(question.id in answer.differs_on for answer in case.expected)
    ]
    setting = (
        f"Answer it with `Policy({question.setting}=...)`, or with `--policy {question.setting}=...` on the"
        " command line: [how to choose](../../explanation/open-questions.md#choosing-a-policy).\n\n"
        if question.setting
        else ""
    )
    rules = ", ".join(
        f"[{rule}](../rules/{rule}.md)" for rule, one in QUESTIONED.items() if one == question.id
    )
    answers = f"- **Answered by:** {rules}\n" if rules else ""
    return (
        f"# {question.id}\n\n"
        f"{escape(question.question)}\n\n"
        f"## Evidence\n\n{escape(question.evidence)}\n\n"
        f"- **Code:** {format_places(question.id)}\n"
        f"{answers}\n"
        f"{setting}"
        f"{format_example(question.id)}"
        "[What AWS leaves open](../../explanation/open-questions.md) lists all open questions.\n"
        + format_cases("Cases", "A correct answer to these conformance cases depends on it", cases)
    )


def format_example(one: str) -> str:
    """Return a link to the example of a rule or question in the playground, if there is one."""
    examples = json.loads((ROOT / "playground" / "examples.json").read_text("utf-8"))
    if all(example["id"] != one for example in examples):
        return ""
    # HTML, since Sphinx refuses a link to a page that it does not build.
    return f'<a href="../../playground/#example={one}">Try it in the playground</a>.\n\n'


def format_check(check: Check) -> str:
    """Return the page of a check: what is found, how serious it is, the remedy and the code."""
    links = ", ".join(
        f"[{one.id}](../questions/{one.id}.md)"
        for one in QUESTIONS_BY_PART.get(LISTED_QUESTIONS.get(check.code, ""), ())
    )
    questions = f"- **Open questions:** {links}\n" if links else ""
    return (
        f"# {check.code}\n\n"
        f"{escape(check.title)}\n\n"
        f"- **Severity:** {check.severity}: {describe_severity(check)}\n"
        f"- **Remedy:** {escape(check.remedy)}\n"
        f"- **Code:** {format_places(check.code)}\n"
        f"{questions}\n"
        "`cognito-claims pool audit` reports it. [Audit a user pool](../../how-to/audit.md) shows how to"
        " run an audit, to ignore a finding with a reason, and to report only what is new."
        " [Checks of an audit](../checks.md) lists all checks.\n"
    )


def format_module(name: str) -> str:
    """Return the page of a module: its names with their docstrings, or where they are described."""
    module = importlib.import_module(name)
    homes = {
        public: home for public in module.__all__ if (home := find_home(name, module, public)) is not None
    }
    moved = "".join(
        f"| `{public}` | [`{home}`](#{home}.{public}) |\n" for public, home in sorted(homes.items())
    )
    table = f"| name | described in |\n| --- | --- |\n{moved}\n" if moved else ""
    own = [public for public in module.__all__ if public not in homes]
    data = [public for public in own if not is_described_by_itself(getattr(module, public))]
    own = [public for public in own if public not in data]
    left_out = ", ".join(("model_config", *data, *homes))
    members = (
        f"   :members: {', '.join(own)}\n   :exclude-members: {left_out}\n"
        f"   :inherited-members: {ANCESTORS}\n"
        if own
        else ""
    )
    bases = "   :show-inheritance:\n" if name == "cognito_claims.errors" else ""
    directive = f"```{{eval-rst}}\n.. automodule:: {name}\n{members}{bases}\n{format_data(name, data)}```\n"
    return f"# {name}\n\n{directive}\n{table}"


def is_described_by_itself(value: object) -> bool:
    """Return whether a value has a docstring of its own, as classes and functions do."""
    return inspect.isroutine(value) or (inspect.isclass(value) and get_origin(value) is None)


def format_data(module: str, names: Iterable[str]) -> str:
    """Return the constants and aliases of a module, with the docstrings below them."""
    path = f"src/{module.replace('.', '/')}"
    entries: list[str] = []
    for name in names:
        found = sorted(find_data()[name], key=lambda one: not one[0].startswith(path))
        text = indent(convert_text(found[0][1]), "   ")
        entries.append(f"\n.. py:data:: {name}\n   :module: {module}\n\n{text}\n")
    return "".join(entries)


def convert_text(docstring: str) -> str:
    """Return a docstring without its indentation, with code as reStructuredText marks it."""
    return re.sub(r"(?<!`)`([^`\n]+)`(?!`)", r"``\1``", inspect.cleandoc(docstring))


@cache
def find_data() -> dict[str, list[tuple[str, str]]]:
    """Return the paths and docstrings of each constant and alias of the library by its name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path, text in read_modules().items():
        if "/cli/" not in path:
            body = ast.parse(text).body
            for before, after in pairwise(body):
                if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                    targets = [before.target] if isinstance(before, ast.AnnAssign) else list[ast.expr]()
                    targets = before.targets if isinstance(before, ast.Assign) else targets
                    for target in filter(lambda one: isinstance(one, ast.Name), targets):
                        found.setdefault(ast.unparse(target), []).append((path, str(after.value.value)))
    return found


def find_home(name: str, module: ModuleType, public: str) -> str | None:
    """Return the module that describes a name, unless it is this one."""
    value = getattr(module, public)
    for other in (*MODULES[MODULES.index("cognito_claims.errors") :], *MODULES[1:]):
        if public in (home := importlib.import_module(other)).__all__ and getattr(home, public) is value:
            return None if other == name else other
    return None


@cache
def list_cases() -> tuple[tuple[str, Any], ...]:
    """Return every conformance case with its subject."""
    return tuple((vectors.subject, case) for vectors in load() for case in vectors.cases)


def format_cases(title: str, sentence: str, cases: Iterable[tuple[str, Any]]) -> str:
    folder = f"{REPOSITORY}/blob/{find_revision()}/{VECTORS}"
    rows = "".join(
        f"| [`{case.id}`]({folder}/{subject}.json) | {escape(case.description)} |\n"
        for subject, case in cases
    )
    if not rows:
        return ""
    return f"\n## {title}\n\n{sentence}:\n\n| case | description |\n| --- | --- |\n{rows}"


@cache
def read_modules() -> dict[str, str]:
    """Return the text of every module by its path."""
    return {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for path in sorted((ROOT / "src").rglob("*.py"))
    }


def format_places(one: str) -> str:
    """Return links to the definition of a rule, question or check, and to the modules that use it."""
    defined = re.compile(
        rf'^(?:(\w+)(?:: \w+)? = | +)(?:Rule|OpenQuestion|Check)\(\s*(?:id=|code=)?"{one}"', re.MULTILINE
    )
    blob = f"{REPOSITORY}/blob/{find_revision()}"
    for path, text in read_modules().items():
        if found := defined.search(text):
            line = text[: found.start()].count("\n") + 1
            users = find_users(found[1], path) if found[1] else []
            links = [f"[{path.removeprefix('src/')}]({blob}/{path}#L{line})"]
            links += [f"[{user.removeprefix('src/')}]({blob}/{user})" for user in users]
            return f"defined in {links[0]}" + (f", used in {', '.join(links[1:])}" if users else "")
    raise LookupError(f"no module defines {one}")


def find_users(constant: str, home: str) -> list[str]:
    """Return the modules that use a constant of the module at a path: by its name, or by the module's."""
    module = home.removeprefix("src/").removesuffix(".py").replace("/", ".")
    imports = re.compile(
        rf"^ *from {re.escape(module)} import (?:\([^)]*\b|[^(\n]*\b){constant}\b", re.MULTILINE
    )
    package, _, name = module.rpartition(".")
    imports_module = re.compile(
        rf"^ *from {re.escape(package)} import (?:\([^)]*\b|[^(\n]*\b){name}\b", re.MULTILINE
    )
    uses = re.compile(rf"(?<!\.)\b{name}\.{constant}\b")
    return [
        path
        for path, text in read_modules().items()
        if imports.search(text) or (imports_module.search(text) and uses.search(text))
    ]


def describe_severity(check: Check) -> str:
    """Return what a severity means, as its docstring describes it."""
    source = inspect.getsource(type(check.severity))
    found = re.search(rf'{check.severity.name} = .+\n +"""(.+)\.?"""', source)
    if found is None:
        raise LookupError(f"no docstring below {check.severity.name}")
    return found[1][0].lower() + found[1][1:].rstrip(".")


def escape(text: str) -> str:
    """Escape what Markdown or a table would interpret in plain text."""
    return re.sub(r"([|<>*_\[\]])", r"\\\1", text)
