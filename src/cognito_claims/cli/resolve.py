"""`cognito-claims resolve`: one user's groups to the token claims, and why."""

import json
import sys
from dataclasses import replace
from enum import StrEnum
from io import StringIO
from typing import Annotated, assert_never

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cognito_claims import resolver
from cognito_claims._explain import doubts_in_words, in_words, precedence_in_words, reasons_in_words
from cognito_claims.cli._exit import ExitCode, stop, write
from cognito_claims.cli._input import groups_from_service, groups_from_text
from cognito_claims.errors import InvalidMembershipError
from cognito_claims.reasons import Ambiguous, NoRole, Part, Preferred
from cognito_claims.resolver import Policy, Resolution


class _Setting(StrEnum):
    NULLS_RANK_LAST = "null_precedence=ranks-last"
    NULLS_ABSTAIN = "null_precedence=abstains"
    ROLELESS_IGNORED = "roleless=ignored"
    ROLELESS_BLOCKS = "roleless=blocks"


_LIVE = "Ask the service"


def resolve(
    file: Annotated[
        typer.FileBinaryRead | None,
        typer.Argument(
            help="What `aws cognito-idp admin-list-groups-for-user` prints: one page, or all of several in "
            "order. `-` or nothing: stdin.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    user_pool_id: Annotated[
        str | None, typer.Option(help="The pool to ask, instead of a file.", rich_help_panel=_LIVE)
    ] = None,
    username: Annotated[
        str | None, typer.Option(help="The user whose groups to ask for.", rich_help_panel=_LIVE)
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="The profile of the AWS configuration.", rich_help_panel=_LIVE)
    ] = None,
    region: Annotated[str | None, typer.Option(help="The AWS region.", rich_help_panel=_LIVE)] = None,
    endpoint_url: Annotated[
        str | None, typer.Option(help="Another endpoint, such as an emulator's.", rich_help_panel=_LIVE)
    ] = None,
    policy: Annotated[
        list[_Setting] | None,
        typer.Option(
            help="How to answer what AWS leaves open; once or twice. "
            + ", ".join(f"`{setting}`" for setting in _Setting)
            + ".",
            metavar="SETTING=ANSWER",
            show_default=False,
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit with 1 if no role is preferred though groups have some, or if the preferred "
            "role hangs on an open question, however --policy answers it.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Resolve a user's groups to the token claims, and say why.

    Exits with 0 if resolved; with 1 if not certain, under --strict; with 2 for bad input, every fault on
    stderr; with 3 if the service refused or could not be reached; with 4 if it could not write.
    """
    if user_pool_id is not None and username is not None and file is None:
        groups = groups_from_service(
            user_pool_id=user_pool_id,
            username=username,
            profile=profile,
            region=region,
            endpoint_url=endpoint_url,
        )
    elif any(option is not None for option in (user_pool_id, username, profile, region, endpoint_url)):
        raise typer.BadParameter("to ask the service, give --user-pool-id and --username, and no file")
    elif file is None and _nothing_is_piped_in():
        raise typer.BadParameter("give a file, or pipe one in")
    else:
        groups = groups_from_text((file or sys.stdin.buffer).read())

    try:
        resolution = resolver.resolve(groups, policy=_policy(policy or []))
    except InvalidMembershipError as error:
        stop(ExitCode.BAD_INPUT, [error])
    write(json.dumps(_report(resolution), indent=2) if as_json else _text(resolution))
    if strict and (isinstance(resolution.outcome, Ambiguous) or resolution.open_questions):
        raise typer.Exit(ExitCode.STRICT)


def _nothing_is_piped_in() -> bool:
    return not sys.stdin or sys.stdin.isatty()


def _policy(settings: list[_Setting]) -> Policy:
    policy = Policy()
    for setting in settings:
        match setting:
            case _Setting.NULLS_RANK_LAST:
                policy = replace(policy, null_precedence="ranks-last")
            case _Setting.NULLS_ABSTAIN:
                policy = replace(policy, null_precedence="abstains")
            case _Setting.ROLELESS_IGNORED:
                policy = replace(policy, roleless="ignored")
            case _Setting.ROLELESS_BLOCKS:
                policy = replace(policy, roleless="blocks")
            case _:
                assert_never(setting)
    return policy


def _report(resolution: Resolution) -> dict[str, object]:
    """Give the JSON form, as docs/cli.md describes it: keys may be added, and none changes."""
    match outcome := resolution.outcome:
        case Preferred():
            name = "preferred"
        case Ambiguous():
            name = "ambiguous"
        case NoRole():
            name = "no-role"
        case _:
            assert_never(outcome)
    return {
        "version": 1,
        "outcome": name,
        "preferred_role": resolution.preferred_role,
        "claims": {
            "id_token": resolution.claims.id_token(),
            "access_token": resolution.claims.access_token(),
        },
        "ranking": [
            {
                "rank": standing.rank,
                "part": standing.part.value,
                "group": standing.group.model_dump(mode="json", by_alias=True),
            }
            for standing in resolution.standings
        ],
        "decided_by": [group.group_name for group in resolution.decided_by],
        "rules": [rule.id for rule in resolution.rules],
        "policy": _settings(resolution.policy),
        "open_questions": [question.id for question in resolution.open_questions],
        "alternatives": [
            {
                "open_questions": [question.id for question in other.questions],
                "policy": _settings(other.policy),
                "preferred_role": other.preferred_role,
            }
            for other in resolution.alternatives
        ],
    }


def _settings(policy: Policy) -> dict[str, str]:
    return {"null_precedence": policy.null_precedence, "roleless": policy.roleless}


_STYLES = {
    Part.DECIDES: "bold green",
    Part.TIES: "bold yellow",
    Part.BLOCKS: "bold yellow",
}


def _text(resolution: Resolution) -> str:
    text = StringIO()
    at_terminal = sys.stdout is not None and sys.stdout.isatty()
    console = Console(file=text, force_terminal=at_terminal or None, highlight=False)
    if not console.is_terminal:
        console.width = 10_000  # no line is cut where nobody looks

    def say(*lines: str, style: str = "") -> None:
        for line in lines:  # Text, never markup: a group may be named `[red]`
            console.print(Text(line, style), soft_wrap=True)  # what may be copied stays whole

    if resolution.ranking:
        console.print(_table(resolution))
        say("")
    say(in_words(resolution), style="bold")
    say(*(f"  {line}" for line in reasons_in_words(resolution)))
    for title, claims in (
        ("ID token", resolution.claims.id_token()),
        ("Access token", resolution.claims.access_token()),
    ):
        say("")
        say(title, style="bold")
        say(json.dumps(claims, indent=2, ensure_ascii=False))
    if resolution.open_questions:
        say("")
        say("Open questions", style="bold")
        say(*(f"  {line}" for line in doubts_in_words(resolution)))
    return text.getvalue().rstrip("\n")


def _table(resolution: Resolution) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Rank", justify="right", no_wrap=True)
    table.add_column("Group", overflow="fold")
    table.add_column("Precedence", justify="right", no_wrap=True)
    table.add_column("Part", no_wrap=True)
    table.add_column("Role", overflow="fold")
    for standing in resolution.standings:
        group = standing.group
        cells = (
            str(standing.rank),
            group.group_name,
            precedence_in_words(group),
            standing.part.value,
            group.role_arn or "",
        )
        table.add_row(*map(Text, cells), style=_STYLES.get(standing.part, ""))
    return table
