"""`cognito-claims resolve`: one user's groups to the token claims, and why."""

import json
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cognito_claims import resolver
from cognito_claims.cli._exit import ExitCode, stop, write
from cognito_claims.cli._input import groups_from_text, read_file
from cognito_claims.cli._options import (
    EndpointUrlOption,
    JsonOption,
    PolicyOption,
    ProfileOption,
    RegionOption,
    UsernameOption,
    UserPoolIdOption,
    policy_of,
)
from cognito_claims.cli._paper import Paper
from cognito_claims.cli._service import Service, groups_from_service
from cognito_claims.errors import InvalidMembershipError
from cognito_claims.resolver import Ambiguous, GroupStatus, Resolution, rendering


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
    user_pool_id: UserPoolIdOption = None,
    username: UsernameOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    endpoint_url: EndpointUrlOption = None,
    policy: PolicyOption = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit with 1 if no role is preferred though groups have some, or if the preferred "
            "role hangs on an open question, however --policy answers it.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Resolve a user's groups to the token claims, and say why.

    Exits with 0 if resolved; with 1 if not certain, under --strict; with 2 for bad input, every fault on
    stderr; with 3 if the service refused or could not be reached; with 4 if it could not write.
    """
    service = Service(profile, region, endpoint_url)
    if user_pool_id is not None and username is not None and file is None:
        groups = groups_from_service(service, user_pool_id=user_pool_id, username=username)
    elif service.is_named or user_pool_id is not None or username is not None:
        raise typer.BadParameter("to ask the service, give --user-pool-id and --username, and no file")
    else:
        groups = groups_from_text(read_file(file))

    try:
        resolution = resolver.resolve(groups, policy=policy_of(policy))
    except InvalidMembershipError as error:
        stop(ExitCode.BAD_INPUT, [error])
    write(json.dumps(_build_report(resolution), indent=2) if as_json else _text(resolution))
    if strict and (isinstance(resolution.outcome, Ambiguous) or resolution.open_questions):
        raise typer.Exit(ExitCode.NO)


_STYLES = {
    GroupStatus.DECIDES: "bold green",
    GroupStatus.TIES: "bold yellow",
    GroupStatus.BLOCKS: "bold yellow",
}


def _text(resolution: Resolution) -> str:
    paper = Paper()
    if resolution.ranking:
        paper.show(_build_table(resolution))
        paper.say("")
    paper.say(rendering.headline(resolution), style="bold")
    paper.say(*(f"  {line}" for line in rendering.reason_lines(resolution.rules, resolution.policy)))
    for title, claims in (
        ("ID token", resolution.claims.id_token()),
        ("Access token", resolution.claims.access_token()),
    ):
        paper.say("")
        paper.say(title, style="bold")
        paper.say(*json.dumps(claims, indent=2, ensure_ascii=False).splitlines())
    if resolution.open_questions:
        paper.say("")
        paper.say("Open questions", style="bold")
        paper.say(*(f"  {line}" for line in rendering.open_question_lines(resolution.alternatives)))
    return paper.text


def _build_report(resolution: Resolution) -> dict[str, object]:
    return rendering.build_report(resolution, resolution.claims, resolution.alternatives)


def _build_table(resolution: Resolution) -> Table:
    rank, group, precedence, status, role = rendering.COLUMNS
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(rank, justify="right", no_wrap=True)
    table.add_column(group, overflow="fold")
    table.add_column(precedence, justify="right", no_wrap=True)
    table.add_column(status, no_wrap=True)
    table.add_column(role, overflow="fold")
    ranked_groups = resolution.ranked_groups
    for ranked, row in zip(ranked_groups, rendering.build_rows(ranked_groups), strict=True):
        table.add_row(*map(Text, row), style=_STYLES.get(ranked.status, ""))
    return table
