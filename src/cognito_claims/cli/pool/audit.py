"""`cognito-claims pool audit`: find problems in a pool."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import typer
from rich.text import Text

from cognito_claims import pool
from cognito_claims._counts import format_count
from cognito_claims.access.facts import list_assigned_roles
from cognito_claims.cli import _options as options
from cognito_claims.cli._exit import ExitCode, exit_on_error, fail
from cognito_claims.cli._identity_pool import IdentityPool, fetch_roles, read_roles
from cognito_claims.cli._input import read_input, read_user_pool
from cognito_claims.cli._output import Output, format_sample, write_file, write_result
from cognito_claims.cli._service import Service
from cognito_claims.cli.pool._snapshot import (
    GroupsFile,
    Html,
    MembershipsFile,
    PoolId,
    Samples,
    SnapshotPath,
    Source,
)
from cognito_claims.pool import Severity
from cognito_claims.pool.findings import MAX_DETAILED
from cognito_claims.resolver import resolve

_FailOn: TypeAlias = Literal["error", "warning", "note", "never"]


def audit(
    snapshot: SnapshotPath = None,
    groups: GroupsFile = None,
    memberships: MembershipsFile = None,
    pool_id: PoolId = None,
    policy: options.PolicySettings = None,
    identity_pool: options.IdentityPool = None,
    description: options.IdentityPoolDescription = None,
    principal_tags: options.PrincipalTags = None,
    no_principal_tags: options.NoPrincipalTags = False,
    client_id: options.ClientId = None,
    account_id: options.AccountId = None,
    iam: Annotated[
        list[str] | None,
        options.declare_option(
            "The output of `aws iam list-roles` or `aws iam get-role`, to evaluate trust policies; may be "
            "repeated. `live` calls GetRole for each role instead.",
            "FILE|live",
        ),
    ] = None,
    user_pool: options.UserPool = None,
    user_pool_id: Annotated[
        str | None,
        options.declare_live_option("Get the description of the user pool from the service instead.", "ID"),
    ] = None,
    identity_pool_id: Annotated[
        str | None,
        options.declare_live_option("Get all about the identity pool from the service instead.", "ID"),
    ] = None,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
    baseline: Annotated[
        str | None,
        options.declare_option(
            "The output of an earlier audit with --json, whose findings are known.", "FILE"
        ),
    ] = None,
    ignore: Annotated[
        str | None,
        options.declare_option("The findings to ignore, as TOML, with reasons.", "FILE"),
    ] = None,
    samples: Samples = 10,
    fail_on: Annotated[
        _FailOn,
        options.declare_choice("Exit with 1 if a finding has this severity or a higher one.", _FailOn),
    ] = "error",
    html: Html = None,
    all_users: Annotated[
        bool,
        typer.Option(
            "--users",
            help=f"Let the HTML report look up all users, up to {pool.MAX_SAMPLES}, instead of those that "
            "findings name.",
        ),
    ] = False,
    sarif: Annotated[
        Path | None, options.declare_output_file("Write the findings to FILE as SARIF, without usernames.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Find problems in a pool: users with no role, or with an unintended one.

    Exits with 0 if no finding reaches the severity of --fail-on, without known and ignored ones; with 1 if
    one does; with 2 for invalid input; with 3 if the service refused the call; with 4 if a file could not
    be written.
    """
    service = Service(profile, region, endpoint_url)
    if user_pool is not None and user_pool_id is not None:
        raise typer.BadParameter("pass only one of --user-pool and --user-pool-id")
    if all_users and html is None:
        raise typer.BadParameter("--users requires --html")
    identity = _IdentityPoolOptions(
        service=service,
        identity_pool=identity_pool,
        description=description,
        principal_tags=principal_tags,
        no_principal_tags=no_principal_tags,
        client_id=client_id,
        account_id=account_id,
        iam=iam or [],
        identity_pool_id=identity_pool_id,
    )
    if service.is_configured and user_pool_id is None and not identity.is_live:
        reason = "require --user-pool-id, --identity-pool-id or --iam live"
        raise typer.BadParameter(f"--profile, --region and --endpoint-url {reason}")
    source = Source(snapshot, groups, memberships, pool_id)
    inputs = (ignore, baseline, identity_pool, description, principal_tags, user_pool, *identity.role_files)
    source.refuse_overwrite(html, sarif, inputs=inputs)
    answers = options.build_policy(policy)
    described = read_user_pool(user_pool) if user_pool is not None else None
    if user_pool_id is not None:
        described = service.describe_user_pool(user_pool_id)
    with source.open() as opened, exit_on_error():
        result = pool.audit(
            opened,
            policy=answers,
            **identity.collect(opened),
            user_pool=described,
            baseline=None if baseline is None else pool.parse_baseline(read_input(baseline, "--baseline")),
            ignores=() if ignore is None else pool.parse_ignores(read_input(ignore, "--ignore")),
            samples=samples,
        )
        if html is not None:
            if all_users and result.users > pool.MAX_SAMPLES:
                fail(ExitCode.BAD_INPUT, [_TOO_MANY_USERS.format(pool.MAX_SAMPLES, result.users)])
            write_file(html, pool.render_audit_html(result, opened, all_users=all_users))
    if sarif is not None:
        write_file(sarif, pool.build_audit_sarif(result))
    write_result(pool.build_audit_report(result) if as_json else _render_text(result))
    if fail_on != "never" and result.worst is not None and result.worst.reaches(Severity(fail_on)):
        raise typer.Exit(ExitCode.NEGATIVE_RESULT)


@dataclass(frozen=True)
class _IdentityPoolOptions:
    """The options about an identity pool and its roles."""

    service: Service
    identity_pool: str | None
    description: str | None
    principal_tags: str | None
    no_principal_tags: bool
    client_id: str | None
    account_id: str | None
    iam: list[str]
    identity_pool_id: str | None

    def __post_init__(self) -> None:
        """Require options that belong together, or fail."""
        if self.identity_pool is not None and self.identity_pool_id is not None:
            raise typer.BadParameter("pass only one of --identity-pool and --identity-pool-id")
        if self.identity_pool is None:
            files = {
                "--description": self.description,
                "--principal-tags": self.principal_tags,
                "--no-principal-tags": self.no_principal_tags,
            }
            _refuse(files, "--identity-pool")
        if self.identity_pool is None and self.identity_pool_id is None:
            others = {
                "--iam": self.iam,
                "--client-id": self.client_id,
                "--account-id": self.account_id,
            }
            _refuse(others, "--identity-pool, or --identity-pool-id to call the service")
        if "live" in self.iam and len(self.iam) > 1:
            raise typer.BadParameter("--iam: pass files or live, not both")

    @property
    def is_live(self) -> bool:
        """Whether the service is called."""
        return self.identity_pool_id is not None or self.iam == ["live"]

    @property
    def role_files(self) -> list[str]:
        """The files with roles."""
        return [] if self.iam == ["live"] else self.iam

    def collect(self, snapshot: pool.Snapshot) -> dict[str, Any]:
        """Return the arguments of `audit` about the identity pool, or fail."""
        user_pool_id = snapshot.manifest.user_pool_id
        if self.identity_pool_id is not None:
            found = IdentityPool.fetch(self.service, self.identity_pool_id, user_pool_id)
        elif self.identity_pool is not None:
            found = IdentityPool.read(
                self.identity_pool,
                self.description,
                self.principal_tags,
                no_principal_tags=self.no_principal_tags,
            )
        else:
            return {}
        roles, account_id = None, self.account_id
        if self.iam == ["live"]:
            arns = dict.fromkeys(
                [*resolve(snapshot.read_groups()).roles, *list_assigned_roles(found.roles)]
            )
            roles, own = fetch_roles(self.service, arns, found.roles.identity_pool_id)
            account_id = account_id or own
        elif self.iam:
            roles = read_roles(self.iam, "--iam")
        return {
            "identity_pool": found.roles,
            "provider": found.find_provider(user_pool_id, self.client_id),
            "roles": roles,
            "description": found.description,
            "principal_tags": found.principal_tags,
            "account_id": account_id,
        }


def _refuse(passed: Mapping[str, object], required: str) -> None:
    """Refuse the first option that has a value."""
    for name in (name for name, value in passed.items() if value):
        raise typer.BadParameter(f"{name} requires {required}")


_TOO_MANY_USERS = (
    "--users: a report lists at most {:,} users, but {:,} are in groups; leave it out, or write the roles "
    "of all users to a table with cognito-claims pool resolve --out"
)
_MAX_ROLES = 20
_MAX_GROUPS = 6
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold blue"}


def _render_text(audit: pool.Audit) -> str:
    output = Output()
    manifest = audit.snapshot
    title = f"{manifest.user_pool_id}, as of {manifest.finished_at:%Y-%m-%d %H:%M} UTC"
    output.print_line(title, style="bold")
    counts = ", ".join(f"{users:,} {name}" for name, users in audit.outcomes.items())
    users = f"{format_count(audit.users, 'user')} in {format_count(len(audit.groups), 'group')}"
    output.print_line(f"{users}: {counts or 'none'}", "")
    if audit.roles:
        numbers = ("Preferred by", "Held by")
        rows = (
            (Text(f"{use.preferred_by:,}"), Text(f"{use.held_by:,}"), Text(use.role_arn))
            for use in audit.roles[:_MAX_ROLES]
        )
        output.print_table((*numbers, "Role"), rows, right=numbers, fold=("Role",))
        if (more := len(audit.roles) - _MAX_ROLES) > 0:
            output.print_line(f"and {format_count(more, 'more role')}: see --json or --html", "")
    shown = (finding for finding in audit.findings if finding.ignored is None)
    for check, findings in groupby(shown, key=attrgetter("check")):
        # Those that count come first, so that known ones do not hide them.
        ordered = sorted(findings, key=attrgetter("counts"), reverse=True)
        for finding in ordered[:MAX_DETAILED]:
            _print_finding(output, finding)
        if (more := len(ordered) - MAX_DETAILED) > 0:
            output.print_line(f"  and {more:,} more: see --json or --html")
        output.print_line(f"  {check.remedy}", "")
    for label, entries in (
        ("matches no finding", audit.unused_ignores),
        ("has expired", audit.expired_ignores),
    ):
        for entry in entries:
            output.print_line(f"ignore list: {_describe_ignore(entry)} {label}", "")
    output.print_line(_summarize(audit), style="bold")
    return output.text


def _print_finding(output: Output, finding: pool.Finding) -> None:
    check = finding.check
    known = f"  ({finding.comparison})" if finding.comparison else ""
    output.print_line(
        f"{check.severity}  {check.code}  {finding.title}{known}", style=_STYLES[check.severity]
    )
    output.print_line(f"  {finding.reason}")
    if finding.groups:
        output.print_line(f"  groups: {format_sample(finding.groups[:_MAX_GROUPS], len(finding.groups))}")
    if finding.users:
        users = format_count(finding.users, "user")
        output.print_line(f"  {users}: {format_sample(finding.samples, finding.users)}")


def _describe_ignore(entry: pool.Ignore) -> str:
    about = "" if entry.about is None else f" {entry.about!r}"
    return f"{entry.code}{about} ({entry.reason})"


def _summarize(audit: pool.Audit) -> str:
    counts = Counter(finding.check.severity for finding in audit.findings if finding.counts)
    ignored = sum(finding.ignored is not None for finding in audit.findings)
    known = len(audit.findings) - ignored - counts.total()
    nothing = "no new findings" if known else "no findings"
    parts = [format_count(count, severity) for severity, count in counts.items()] or [nothing]
    parts += [f"{known:,} known from the baseline"] if known else []
    parts += [f"{ignored:,} ignored"] if ignored else []
    return ", ".join(parts)
