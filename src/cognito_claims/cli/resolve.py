"""`cognito-claims resolve`: resolve one user's groups to the token claims."""

import json
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cognito_claims.cli._exit import ExitCode
from cognito_claims.cli._input import read_file, resolve_groups
from cognito_claims.cli._options import (
    EndpointUrlOption,
    JsonOption,
    PolicyOption,
    ProfileOption,
    RegionOption,
    UsernameOption,
    UserPoolIdOption,
    build_policy,
)
from cognito_claims.cli._output import Output, build_table, write_result
from cognito_claims.cli._service import Service
from cognito_claims.resolver import Ambiguous, GroupStatus, Resolution, rendering


def resolve(
    file: Annotated[
        typer.FileBinaryRead | None,
        typer.Argument(
            help="The output of `aws cognito-idp admin-list-groups-for-user`: one page, or all pages in "
            "order; stdin if omitted or `-`.",
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
            help="Exit with 1 if groups have roles and none is preferred, or if the preferred role "
            "depends on an open question, whatever --policy answers.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Resolve a user's groups to the token claims, with the reasons.

    Exits with 0 if resolved; with 1 if uncertain, under --strict; with 2 for invalid input, with every
    error on stderr; with 3 if the service refused or could not be reached; with 4 if the result could not
    be written.
    """
    service = Service(profile, region, endpoint_url)
    answers = build_policy(policy)
    if user_pool_id is not None and username is not None and file is None:
        resolution = service.resolve_user(user_pool_id=user_pool_id, username=username, policy=answers)
    elif service.is_configured or user_pool_id is not None or username is not None:
        raise typer.BadParameter("to call the service, pass --user-pool-id and --username, and no file")
    else:
        resolution = resolve_groups(read_file(file), answers)
    write_result(_build_report(resolution) if as_json else _render_text(resolution))
    if strict and (isinstance(resolution.outcome, Ambiguous) or resolution.open_questions):
        raise typer.Exit(ExitCode.NEGATIVE_RESULT)


def _build_report(resolution: Resolution) -> dict[str, object]:
    return rendering.build_report(resolution, resolution.claims, resolution.alternatives)


def _render_text(resolution: Resolution) -> str:
    output = Output()
    if resolution.ranking:
        output.print_table(_build_table(resolution))
        output.print_line("")
    output.print_line(rendering.headline(resolution), style="bold")
    reasons = rendering.reason_lines(resolution.rules, resolution.policy)
    output.print_line(*(f"  {line}" for line in reasons))
    for title, claims in (
        ("ID token", resolution.claims.id_token()),
        ("Access token", resolution.claims.access_token()),
    ):
        output.print_section(title, [])
        output.print_line(*json.dumps(claims, indent=2, ensure_ascii=False).splitlines())
    if lines := rendering.open_question_lines(resolution.alternatives):
        output.print_section("Open questions", lines)
    return output.text


_STYLES = {
    GroupStatus.DECIDES: "bold green",
    GroupStatus.TIES: "bold yellow",
    GroupStatus.BLOCKS: "bold yellow",
}


def _build_table(resolution: Resolution) -> Table:
    rank, group, precedence, status, role = rendering.COLUMNS
    table = build_table()
    table.add_column(rank, justify="right", no_wrap=True)
    table.add_column(group, overflow="fold")
    table.add_column(precedence, justify="right", no_wrap=True)
    table.add_column(status, no_wrap=True)
    table.add_column(role, overflow="fold")
    ranked_groups = resolution.ranked_groups
    for ranked, row in zip(ranked_groups, rendering.build_rows(ranked_groups), strict=True):
        table.add_row(*map(Text, row), style=_STYLES.get(ranked.status, ""))
    return table
