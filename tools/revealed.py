"""What the four type checkers reveal, for README.md."""

import re
import subprocess
import sys
from pathlib import Path

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
"""Each says `path:line` first, then what it reveals, in a manner of its own."""

_REVEALED = re.compile(
    r"revealed\.py:(\d+).*(?:revealed type(?: is|:)|Type of \".+\" is) [\"`]?([^`\"]+?)[\"`]?(?: \[.*\])?$",
    re.MULTILINE | re.IGNORECASE,
)


def revealed_by(checker: str, path: Path) -> list[str]:
    """Give what a checker reveals of each expression, in order."""
    name, *arguments = CHECKERS[checker]
    command = [str(Path(sys.executable).parent / name), *arguments, str(path)]
    said = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True).stdout
    types = [_plain(type_) for _, type_ in _REVEALED.findall(said)]
    if len(types) != len(EXPRESSIONS):
        raise RuntimeError(f"{checker} reveals {len(types)} of {len(EXPRESSIONS)} types:\n{said}")
    return types


def _plain(type_: str) -> str:
    type_ = re.sub(r"\b(?:\w+\.)+(?=\w)", "", type_)  # modules
    return re.sub(r"TypedDict\((\w+), \{.*\}\)", r"\1", type_)


def table() -> str:
    """Write a row for each expression and each type that is revealed of it."""
    path = ROOT / "build" / "revealed.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(EXAMPLE + "".join(f"    reveal_type({expression})\n" for expression in EXPRESSIONS))
    revealed = {checker: revealed_by(checker, path) for checker in CHECKERS}
    rows = "| expression | type | revealed by |\n| --- | --- | --- |\n"
    for number, expression in enumerate(EXPRESSIONS):
        by_type: dict[str, list[str]] = {}
        for checker, types in revealed.items():
            by_type.setdefault(types[number], []).append(checker)
        for type_, checkers in by_type.items():
            escaped = type_.replace("|", r"\|")
            rows += f"| `{expression}` | `{escaped}` | {', '.join(checkers)} |\n"
    return rows
