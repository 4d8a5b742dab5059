"""`cognito-claims pool audit`: find problems in a pool."""

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cognito_claims import pool
from cognito_claims._wire.json import as_object
from cognito_claims.cli._exit import ExitCode, exit_on_error, fail
from cognito_claims.cli._input import parse_identity_pool
from cognito_claims.cli._options import FILES, JsonOption, PolicyOption, build_policy
from cognito_claims.cli._output import Output, build_table, format_sample, write_file, write_result
from cognito_claims.cli.pool._options import HtmlOption, SamplesOption, SnapshotArgument
from cognito_claims.cli.pool._snapshot import open_snapshot, refuse_overwrite
from cognito_claims.pool import Severity
from cognito_claims.resolver import Policy
from cognito_claims.tokens import build_issuer, build_provider_name

_IDENTITY_POOL = "With an identity pool"


class Threshold(StrEnum):
    """The severity of a finding from which the command fails."""

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
            help="The output of `aws cognito-identity get-identity-pool-roles`.",
            metavar="FILE",
            show_default=False,
            rich_help_panel=_IDENTITY_POOL,
        ),
    ] = None,
    client_id: Annotated[
        str | None,
        typer.Option(
            help="The app client that users sign in to, if the identity pool has several.",
            rich_help_panel=_IDENTITY_POOL,
        ),
    ] = None,
    samples: SamplesOption = 10,
    fail_on: Annotated[
        Threshold, typer.Option(help="Exit with 1 if a finding has this severity or a higher one.")
    ] = Threshold.ERROR,
    html: HtmlOption = None,
    sarif: Annotated[
        Path | None,
        typer.Option(
            help="Write the findings to FILE as SARIF, without usernames.",
            metavar="FILE",
            rich_help_panel=FILES,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find problems in a pool: users with no role, or with an unintended one.

    Exits with 0 if no finding reaches the severity of --fail-on; with 1 if one does; with 2 for invalid
    input; with 4 if a file could not be written.
    """
    roles = identity_pool.read() if identity_pool is not None else None
    if client_id is not None and roles is None:
        raise typer.BadParameter("--client-id requires --identity-pool")
    refuse_overwrite(snapshot, html, sarif)
    result = _audit_snapshot(
        snapshot, policy=build_policy(policy), identity_pool=roles, client_id=client_id, samples=samples
    )
    if html is not None:
        with exit_on_error():
            write_file(html, pool.render_audit_html(result))
    if sarif is not None:
        write_file(sarif, pool.build_audit_sarif(result))
    write_result(pool.build_audit_report(result) if as_json else _render_text(result))
    if _reaches_threshold(result, fail_on):
        raise typer.Exit(ExitCode.NEGATIVE_RESULT)


_MAX_ROLES = 20
_MAX_GROUPS = 6
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold blue"}


def _audit_snapshot(
    path: Path, *, policy: Policy, identity_pool: bytes | None, client_id: str | None, samples: int
) -> pool.Audit:
    snapshot = open_snapshot(path)
    roles = parse_identity_pool(identity_pool) if identity_pool is not None else None
    provider = None
    if roles is not None:
        provider = _find_provider(roles, snapshot.manifest.user_pool_id, client_id)
    with exit_on_error():
        return pool.audit(snapshot, policy=policy, identity_pool=roles, provider=provider, samples=samples)


def _find_provider(roles: dict[str, object], user_pool_id: str, client_id: str | None) -> str:
    """Return the provider name of the pool and its only app client in an identity pool, or fail."""
    issuer = build_issuer(user_pool_id)
    if client_id is not None:
        return build_provider_name(issuer, client_id)
    start = build_provider_name(issuer, "")
    mappings = as_object(roles.get("RoleMappings")) or {}
    names = sorted(name for name in mappings if name.startswith(start))
    if len(names) > 1:
        clients = ", ".join(name.removeprefix(start) for name in names)
        error = f"the identity pool has {len(names)} app clients: pass --client-id, one of {clients}"
        fail(ExitCode.BAD_INPUT, [error])
    return names[0] if names else start


def _reaches_threshold(audit: pool.Audit, threshold: Threshold) -> bool:
    if threshold is Threshold.NEVER or audit.worst is None:
        return False
    return audit.worst.reaches(Severity(threshold.value))


def _render_text(audit: pool.Audit) -> str:
    output = Output()
    manifest = audit.snapshot
    output.print_line(
        f"{manifest.user_pool_id}, as of {manifest.finished_at:%Y-%m-%d %H:%M} UTC", style="bold"
    )
    counts = ", ".join(f"{users:,} {name}" for name, users in sorted(audit.outcomes.items()))
    output.print_line(f"{audit.users:,} users in {len(audit.groups):,} groups: {counts or 'none'}", "")
    if audit.roles:
        output.print_table(_build_table(audit))
        if len(audit.roles) > _MAX_ROLES:
            output.print_line(f"and {len(audit.roles) - _MAX_ROLES:,} more roles: see --json or --html")
        output.print_line("")
    for finding in audit.findings:
        _print_finding(output, finding)
    output.print_line(_summarize(audit), style="bold")
    return output.text


def _build_table(audit: pool.Audit) -> Table:
    table = build_table()
    table.add_column("Preferred by", justify="right", no_wrap=True)
    table.add_column("Held by", justify="right", no_wrap=True)
    table.add_column("Role", overflow="fold")
    for use in audit.roles[:_MAX_ROLES]:
        table.add_row(Text(f"{use.preferred_by:,}"), Text(f"{use.held_by:,}"), Text(use.role_arn))
    return table


def _print_finding(output: Output, finding: pool.Finding) -> None:
    check = finding.check
    output.print_line(f"{check.severity}  {check.code}  {check.title}", style=_STYLES[check.severity])
    output.print_line(f"  {finding.reason}")
    if finding.groups:
        output.print_line(f"  groups: {format_sample(finding.groups[:_MAX_GROUPS], len(finding.groups))}")
    if finding.users:
        users = "1 user" if finding.users == 1 else f"{finding.users:,} users"
        output.print_line(f"  {users}: {format_sample(finding.samples, finding.users)}")
    output.print_line(f"  {check.remedy}", "")


def _summarize(audit: pool.Audit) -> str:
    counts = Counter(finding.check.severity for finding in audit.findings)
    parts = [f"{count} {severity}{'s'[: count != 1]}" for severity, count in counts.items()]
    return ", ".join(parts) or "no findings"
