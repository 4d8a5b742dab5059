"""`cognito-claims resolve`: resolve one user's groups to the token claims."""

import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from cognito_claims.cli import _options as options
from cognito_claims.cli._exit import ExitCode
from cognito_claims.cli._input import read_input, resolve_groups
from cognito_claims.cli._output import Output, write_result
from cognito_claims.cli._service import Service
from cognito_claims.resolver import Ambiguous, GroupStatus, RankedGroup, Resolution, rendering


def resolve(
    file: Annotated[
        str | None,
        typer.Argument(
            help="The output of `aws cognito-idp admin-list-groups-for-user`: one page, or all pages in "
            "order; stdin if omitted or `-`.",
            metavar="FILE",
        ),
    ] = None,
    user_pool_id: options.UserPoolId = None,
    username: options.Username = None,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
    policy: options.PolicySettings = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit with 1 if groups have roles and none is preferred, or if the preferred role "
            "depends on an open question, regardless of --policy.",
        ),
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Resolve a user's groups to the token claims, with the reasons.

    Exits with 0 if resolved; with 1 if uncertain, under --strict; with 2 for invalid input, with every
    error on stderr; with 3 if the service refused the request or could not be reached; with 4 if the
    result could not be written.
    """
    service = Service(profile, region, endpoint_url)
    answers = options.build_policy(policy)
    if not service.is_configured and user_pool_id is None and username is None:
        resolution = resolve_groups(read_input(file), answers)
    elif file is None:
        resolution = service.resolve_user(user_pool_id, username, answers)
    else:
        raise typer.BadParameter("pass FILE or the options to call the service, not both")
    if as_json:
        write_result(rendering.build_report(resolution, resolution.claims, resolution.alternatives))
    else:
        write_result(_render_text(resolution))
    if strict and (isinstance(resolution.outcome, Ambiguous) or resolution.open_questions):
        raise typer.Exit(ExitCode.NEGATIVE_RESULT)


def _render_text(resolution: Resolution) -> str:
    output = Output()
    if resolution.ranking:
        _print_ranking(output, resolution.ranked_groups)
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


def _print_ranking(output: Output, ranked_groups: Sequence[RankedGroup]) -> None:
    rank, group, precedence, _, role = rendering.COLUMNS
    rows = zip(ranked_groups, rendering.build_rows(ranked_groups), strict=True)
    styled = ([Text(cell, _STYLES.get(ranked.status, "")) for cell in row] for ranked, row in rows)
    output.print_table(rendering.COLUMNS, styled, right=(rank, precedence), fold=(group, role))
