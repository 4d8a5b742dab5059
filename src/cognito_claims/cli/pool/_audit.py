"""What `cognito-claims pool audit` does: a snapshot audited, and told as text."""

from collections import Counter
from pathlib import Path

from rich.table import Table
from rich.text import Text

from cognito_claims._wire import as_object
from cognito_claims.cli._exit import ExitCode, stop
from cognito_claims.cli._input import identity_pool_from_text
from cognito_claims.cli._paper import Paper, some_of
from cognito_claims.cli._service import provider_of
from cognito_claims.cli.pool._snapshot import opened, told
from cognito_claims.pool import Audit, Finding, Severity
from cognito_claims.pool import audit as audit_snapshot
from cognito_claims.resolver import Policy

_MOST_ROLES = 20
_MOST_GROUPS = 6
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold blue"}


def audited(
    path: Path, *, policy: Policy, identity_pool: bytes | None, client_id: str | None, samples: int
) -> Audit:
    """Audit a snapshot, or stop."""
    snapshot = opened(path)
    roles = identity_pool_from_text(identity_pool) if identity_pool is not None else None
    provider = None
    if roles is not None:
        provider = _provider(roles, snapshot.manifest.user_pool_id, client_id)
    with told():
        return audit_snapshot(
            snapshot, policy=policy, identity_pool=roles, provider=provider, samples=samples
        )


def _provider(roles: dict[str, object], user_pool_id: str, client_id: str | None) -> str:
    """Give the name by which an identity pool knows the pool and its one app client, or stop."""
    if client_id is not None:
        return provider_of(user_pool_id, client_id)
    start = provider_of(user_pool_id, "")
    mappings = as_object(roles.get("RoleMappings")) or {}
    names = sorted(name for name in mappings if name.startswith(start))
    if len(names) > 1:
        clients = ", ".join(name.removeprefix(start) for name in names)
        fault = f"the identity pool knows {len(names)} app clients: give --client-id, one of {clients}"
        stop(ExitCode.BAD_INPUT, [fault])
    return names[0] if names else start


def fails(audit: Audit, threshold: str) -> bool:
    """Tell whether a finding is as bad as the threshold says, or worse."""
    return threshold != "never" and audit.worst is not None and audit.worst.reaches(Severity(threshold))


def as_text(audit: Audit) -> str:
    """Tell an audit to people."""
    paper = Paper()
    manifest = audit.snapshot
    paper.say(f"{manifest.user_pool_id}, as of {manifest.finished_at:%Y-%m-%d %H:%M} UTC", style="bold")
    counts = ", ".join(f"{users:,} {name}" for name, users in sorted(audit.outcomes.items()))
    paper.say(f"{audit.users:,} users in {len(audit.groups):,} groups: {counts or 'nobody'}", "")
    if audit.roles:
        paper.show(_roles(audit))
        if len(audit.roles) > _MOST_ROLES:
            paper.say(f"and {len(audit.roles) - _MOST_ROLES:,} more roles: see --json or --html")
        paper.say("")
    for finding in audit.findings:
        _tell(paper, finding)
    paper.say(_summary(audit), style="bold")
    return paper.text


def _roles(audit: Audit) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Preferred by", justify="right", no_wrap=True)
    table.add_column("Held by", justify="right", no_wrap=True)
    table.add_column("Role", overflow="fold")
    for use in audit.roles[:_MOST_ROLES]:
        table.add_row(Text(f"{use.preferred_by:,}"), Text(f"{use.held_by:,}"), Text(use.role_arn))
    return table


def _tell(paper: Paper, finding: Finding) -> None:
    check = finding.check
    paper.say(f"{check.severity}  {check.code}  {check.title}", style=_STYLES[check.severity])
    paper.say(f"  {finding.reason}")
    if finding.groups:
        paper.say(f"  groups: {some_of(finding.groups[:_MOST_GROUPS], len(finding.groups))}")
    if finding.users:
        users = "1 user" if finding.users == 1 else f"{finding.users:,} users"
        paper.say(f"  {users}: {some_of(finding.samples, finding.users)}")
    paper.say(f"  {check.remedy}", "")


def _summary(audit: Audit) -> str:
    counts = Counter(finding.check.severity for finding in audit.findings)
    told_ones = [f"{count} {severity}{'s'[: count != 1]}" for severity, count in counts.items()]
    return ", ".join(told_ones) or "nothing was found"
