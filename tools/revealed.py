"""The types that the four type checkers reveal, for docs/reference/typing.md."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
EXAMPLE = """\
from cognito_claims import AdminListGroupsForUserPaginator, Resolution
from cognito_claims.client import aio
from cognito_claims.client import AdminListGroupsForUserClient

async def reveal(
    resolution: Resolution, client: AdminListGroupsForUserClient, aio_client: aio.ListGroupsClient
) -> None:
    paginator = AdminListGroupsForUserPaginator(client)
    pages = paginator.paginate(Username="alice", UserPoolId="eu-west-1_EXAMPLE")
    aio_pages = aio.ListGroupsPaginator(aio_client).paginate(UserPoolId="eu-west-1_EXAMPLE")
    page = pages.build_full_result()
"""
EXPRESSIONS = (
    "resolution.outcome",
    "resolution.preferred_role",
    "resolution.ranking",
    "resolution.claims.id_token()",
    "pages",
    "page.groups[0].precedence",
    "await aio_pages.build_full_result()",
)
CHECKERS = {
    "mypy": ("mypy", "--no-error-summary"),
    "pyright": ("pyright",),
    "ty": ("ty", "check", "--output-format", "concise"),
    "pyrefly": ("pyrefly", "check", "--min-severity", "info", "--output-format", "min-text"),
}
"""Each prints `path:line` and then the revealed type, in its own format."""

_REVEALED = re.compile(
    r"revealed\.py:(\d+).*(?:revealed type(?: is|:)|Type of \".+\" is) [\"`]?([^`\"]+?)[\"`]?(?: \[.*\])?$",
    re.MULTILINE | re.IGNORECASE,
)


class Row(NamedTuple):
    """A type, and the checkers that reveal it."""

    expression: str
    type: str
    checkers: list[str]


def reveal_types(checker: str, path: Path) -> list[str]:
    """Return the type that a checker reveals for each expression, in order."""
    name, *arguments = CHECKERS[checker]
    command = [str(Path(sys.executable).parent / name), *arguments, str(path)]
    output = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True).stdout
    types = [_simplify(type_) for _, type_ in _REVEALED.findall(output)]
    if len(types) != len(EXPRESSIONS):
        raise RuntimeError(f"{checker} reveals {len(types)} of {len(EXPRESSIONS)} types:\n{output}")
    return types


def _simplify(type_: str) -> str:
    type_ = re.sub(r"\b(?:\w+\.)+(?=\w)", "", type_)  # modules
    return re.sub(r"TypedDict\((\w+), \{.*\}\)", r"\1", type_)


@cache
def collect_rows() -> list[Row]:
    """Return a row for each expression and each type that is revealed for it."""
    path = ROOT / "build" / "revealed.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(EXAMPLE + "".join(f"    reveal_type({expression})\n" for expression in EXPRESSIONS))
    revealed = {checker: reveal_types(checker, path) for checker in CHECKERS}
    rows: list[Row] = []
    for number, expression in enumerate(EXPRESSIONS):
        by_type: dict[str, list[str]] = {}
        for checker, types in revealed.items():
            by_type.setdefault(types[number], []).append(checker)
        rows += [Row(expression, type_, checkers) for type_, checkers in by_type.items()]
    return rows


def format_table() -> str:
    """Format the rows as a Markdown table."""
    rows = "".join(
        "| `{}` | `{}` | {} |\n".format(
            row.expression, row.type.replace("|", r"\|"), ", ".join(row.checkers)
        )
        for row in collect_rows()
    )
    return f"| expression | type | revealed by |\n| --- | --- | --- |\n{rows}"
