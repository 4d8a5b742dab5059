"""`cognito-claims pool diff`: who would get another role."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cognito_claims.cli._exit import write
from cognito_claims.cli._options import FILES, JsonOption, PolicyOption, policy_of
from cognito_claims.cli.pool._options import HtmlOption, SamplesOption, SnapshotArgument

if TYPE_CHECKING:
    from cognito_claims.pool import Edits, Snapshot

_EDITS = "What if"


def diff(
    snapshot: SnapshotArgument,
    later: Annotated[
        Path | None,
        typer.Argument(help="A later snapshot of the pool.", metavar="LATER", show_default=False),
    ] = None,
    set_precedence: Annotated[
        list[str] | None,
        typer.Option(
            help="Another precedence, once for each group; NAME= takes it away.",
            metavar="NAME=NUMBER",
            show_default=False,
            rich_help_panel=_EDITS,
        ),
    ] = None,
    set_role: Annotated[
        list[str] | None,
        typer.Option(
            help="Another role, once for each group; NAME= takes it away.",
            metavar="NAME=ARN",
            show_default=False,
            rich_help_panel=_EDITS,
        ),
    ] = None,
    drop_group: Annotated[
        list[str] | None,
        typer.Option(
            help="A group that is deleted, once for each.",
            metavar="NAME",
            show_default=False,
            rich_help_panel=_EDITS,
        ),
    ] = None,
    policy: PolicyOption = None,
    samples: SamplesOption = 10,
    html: HtmlOption = None,
    users: Annotated[
        Path | None,
        typer.Option(
            help="Everyone who gets other roles, as Parquet.", metavar="FILE", rich_help_panel=FILES
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell who gains, loses or changes which role: by other settings of groups, or by a later snapshot.

    Exits with 0, whether anybody does or not; with 2 for bad input; with 4 if a file could not be written.
    """
    from cognito_claims.cli._files import save
    from cognito_claims.cli.pool import _diff
    from cognito_claims.cli.pool._snapshot import keep_whole, opened, told
    from cognito_claims.pool import report

    edits = [*(set_precedence or ()), *(set_role or ()), *(drop_group or ())]
    if (later is not None) == bool(edits):
        raise typer.BadParameter(
            "give a later snapshot, or what is to be another: --set-precedence, --set-role, --drop-group"
        )
    for one in (snapshot, later):
        if one is not None:
            keep_whole(one, html, users)
    after: Snapshot | Edits
    before = opened(snapshot)
    if later is None:
        after = _diff.edits_of(before, set_precedence or (), set_role or (), drop_group or ())
    else:
        after = opened(later)
    result = _diff.compared(before, after, policy=policy_of(policy), samples=samples, users_out=users)
    if html is not None:
        with told():
            save(html, report.render_diff_html(result))
    write(report.build_diff_report(result) if as_json else _diff.as_text(result))
