"""`cognito-claims pool audit`: what is wrong with a pool."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cognito_claims.cli._exit import ExitCode, write
from cognito_claims.cli._options import FILES, JsonOption, PolicyOption, policy_of
from cognito_claims.cli.pool._options import HtmlOption, SamplesOption, SnapshotArgument

_IDENTITY_POOL = "With an identity pool"


class Threshold(StrEnum):
    """From which severity on a finding fails the command."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NEVER = "never"


def audit(
    snapshot: SnapshotArgument,
    policy: PolicyOption = None,
    identity_pool: Annotated[
        typer.FileBinaryRead | None,
        typer.Option(
            help="Its roles, as `aws cognito-identity get-identity-pool-roles` prints them.",
            metavar="FILE",
            show_default=False,
            rich_help_panel=_IDENTITY_POOL,
        ),
    ] = None,
    client_id: Annotated[
        str | None,
        typer.Option(
            help="The app client that users sign in by, if the identity pool knows several.",
            rich_help_panel=_IDENTITY_POOL,
        ),
    ] = None,
    samples: SamplesOption = 10,
    fail_on: Annotated[
        Threshold, typer.Option(help="Exit with 1 if there is a finding as bad as this, or worse.")
    ] = Threshold.ERROR,
    html: HtmlOption = None,
    sarif: Annotated[
        Path | None,
        typer.Option(
            help="The findings as SARIF, without usernames.", metavar="FILE", rich_help_panel=FILES
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find what is wrong with a pool: who gets no role, or another than somebody meant.

    Exits with 0 if no finding is as bad as --fail-on says; with 1 if one is; with 2 for bad input; with 4
    if a file could not be written.
    """
    from cognito_claims.cli._files import save
    from cognito_claims.cli.pool import _audit
    from cognito_claims.cli.pool._snapshot import keep_whole, told
    from cognito_claims.pool import report

    roles = identity_pool.read() if identity_pool is not None else None
    if client_id is not None and roles is None:
        raise typer.BadParameter("--client-id goes with --identity-pool")
    keep_whole(snapshot, html, sarif)
    result = _audit.audited(
        snapshot, policy=policy_of(policy), identity_pool=roles, client_id=client_id, samples=samples
    )
    if html is not None:
        with told():
            save(html, report.render_audit_html(result))
    if sarif is not None:
        save(sarif, report.build_audit_sarif(result))
    write(report.build_audit_report(result) if as_json else _audit.as_text(result))
    if _audit.fails(result, fail_on.value):
        raise typer.Exit(ExitCode.NO)
