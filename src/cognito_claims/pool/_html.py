"""Render an audit or a diff as one self-contained HTML page.

The page makes no request. Its Content-Security-Policy admits the one script and the one style by their
hashes, so that nothing runs that a group or a user is named, even if a value were not escaped.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from cognito_claims._counts import format_count
from cognito_claims.access import draw_access
from cognito_claims.pool._audit.accumulator import identify_precedence
from cognito_claims.pool._edits import Edits
from cognito_claims.pool._user_sets import MAX_SAMPLES, UserSet, iterate_user_sets
from cognito_claims.pool.findings import MAX_DETAILED, NO_PREFERRED_ROLE, Severity
from cognito_claims.resolver.rendering import format_policy, headline, open_question_lines, reason_lines

if TYPE_CHECKING:
    from cognito_claims.pool._audit.audit import Audit, GroupUse
    from cognito_claims.pool._changes import Diff
    from cognito_claims.pool.findings import Check, Finding
    from cognito_claims.pool.snapshot import Snapshot
    from cognito_claims.resolver import Policy, Resolution

_TEMPLATES = files("cognito_claims.pool") / "templates"

_ROLE_COLORS = 12
_MAX_UNFOLDED_FINDINGS = 20
_MAX_UNFOLDED_LEVELS = 12
_FIRST_LEVELS = _WORST_LEVELS = 3
"""Of a longer ladder, the levels that are not folded: the first, and the ties that touch the most users."""

_MAX_DIAGRAMS = 200
"""A diagram has about 5 kB, so only the sets with the most users to look up have one."""

_SHADES = (0.0, 0.01, 0.1)
"""A tie has one shade more for each of these shares of the users that it touches more than."""

_DIRECTION_MARKS = {
    mark: f"\\u{mark:04x}"
    for mark in (0x061C, *range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""Characters that would reorder the text around them, as they are shown instead."""


def render_audit_html(audit: Audit, snapshot: Snapshot | None = None, *, all_users: bool = False) -> str:
    """Return an audit as one HTML page. Every value is escaped, since a group may be named `<script>`.

    Args:
        audit: The audit.
        snapshot: The snapshot that was audited. If passed, the page can look up users: their groups, the
            roles and why. Without it, the page names the users of the findings only.
        all_users: Whether to look up all users who are in a group, up to 10,000. By default, the page can
            look up the users whom the findings name, the first 10,000 by name.

    Raises:
        ValueError: If `snapshot` is not the one of the audit, or `all_users` is true without a snapshot or
            for more than 10,000 users.
        SnapshotError: If a file of the snapshot lacks a column or a value.
        EngineError: If DuckDB raises an error that may quote a row.
        ImportError: If the extra `pool` is missing.
    """
    numbered = list(enumerate(audit.findings, start=1))
    findings_by_group: defaultdict[str, list[int]] = defaultdict(list)
    for number, finding in numbered:
        for name in finding.groups:
            findings_by_group[name].append(number)
    groups_by_role: defaultdict[str | None, list[str]] = defaultdict(list)
    for use in audit.groups:
        groups_by_role[use.group.role_arn].append(use.group.group_name)
    user_sets = _find_user_sets(audit, snapshot, all_users=all_users)
    return _render(
        "audit.html.j2",
        audit=audit,
        account=_describe_account(audit),
        policy=_describe_policy(audit.policy),
        findings_by_severity=_group_findings(numbered),
        findings_by_group=findings_by_group,
        counts={one: sum(f.counts and f.check.severity is one for f in audit.findings) for one in Severity},
        ladder=list(_fold_levels([*_build_levels(audit)])),
        groups_by_role=groups_by_role,
        role_labels=_label_roles(use.role_arn for use in audit.roles),
        group_numbers={use.group.group_name: number for number, use in enumerate(audit.groups, start=1)},
        # The most preferred roles come first, and have different colors.
        role_classes={
            use.role_arn: f"role-{place % _ROLE_COLORS}" for place, use in enumerate(audit.roles)
        },
        user_sets=user_sets,
        diagrams=[_draw_access(audit, one.resolution) for one in user_sets[:_MAX_DIAGRAMS]],
        set_numbers={name: number for number, one in enumerate(user_sets, 1) for name in one.samples},
        all_users=all_users,
    )


def _find_user_sets(audit: Audit, snapshot: Snapshot | None, *, all_users: bool) -> list[UserSet]:
    """Return the sets of groups of the users to look up, those with the most of them first."""
    if snapshot is None:
        if all_users:
            raise ValueError("all_users: requires the snapshot")
        return []
    if snapshot.manifest != audit.snapshot:
        raise ValueError("snapshot: must be the snapshot of the audit")
    if all_users and audit.users > MAX_SAMPLES:
        raise ValueError(
            f"all_users: a page lists at most {MAX_SAMPLES:,} users, but {audit.users:,} are in groups; "
            "leave it out, or write the roles of all users to a table with resolve_memberships"
        )
    names = {name for finding in audit.findings for name in finding.samples}
    sets = iterate_user_sets(
        snapshot.memberships_file,
        [use.group for use in audit.groups],
        policy=audit.policy,
        samples=MAX_SAMPLES,
        only=None if all_users else sorted(names)[:MAX_SAMPLES],
    )
    return sorted(sets, key=lambda one: (-one.users, one.samples))


def _draw_access(audit: Audit, resolution: Resolution) -> str:
    evaluate = audit.evaluate_access
    return draw_access(resolution if evaluate is None else evaluate(resolution))


def _label_roles(arns: Iterable[str]) -> dict[str, str]:
    """Return the last part of each ARN, or all of it if others have the same last part."""
    labels = {arn: arn.rpartition("/")[2] for arn in arns}
    counts = Counter(labels.values())
    return {arn: label if counts[label] == 1 else arn for arn, label in labels.items()}


def _describe_account(audit: Audit) -> str:
    """Return the account of the pool, or what the ARNs of the roles show."""
    if audit.account_id is not None:
        return audit.account_id
    match sorted({use.role_arn.split(":")[4] for use in audit.roles}):
        case [one]:
            return f"{one}, by the roles"
        case several:
            return f"unknown; roles of {len(several):,} accounts" if several else "unknown"


def _describe_policy(policy: Policy) -> str:
    return "documented behavior" if policy.is_documented else format_policy(policy)


class _CheckFindings(NamedTuple):
    """The findings of a check with their numbers, and whether they are folded under it."""

    check: Check
    findings: list[tuple[int, Finding]]
    folded: bool


def _group_findings(numbered: Sequence[tuple[int, Finding]]) -> dict[Severity, list[_CheckFindings]]:
    """Return the findings by check, by severity."""
    checks: defaultdict[Severity, list[_CheckFindings]] = defaultdict(list)
    for check, group in groupby(numbered, key=lambda one: one[1].check):
        found = list(group)
        folded = len(found) > MAX_DETAILED or len(numbered) > _MAX_UNFOLDED_FINDINGS
        checks[check.severity].append(_CheckFindings(check, found, folded))
    return {severity: checks[severity] for severity in Severity if severity in checks}


class _Level(NamedTuple):
    """The groups of one precedence with their numbers."""

    precedence: int | None
    uses: list[tuple[int, GroupUse]]
    conflicting: bool
    """Whether they have different roles."""

    tied_users: int
    """The number of users for whom they decide, but no role is preferred."""

    shade: int
    """How many users that is, from 0 (none) to 3."""


def _build_levels(audit: Audit) -> Iterator[_Level]:
    """Yield the groups of each precedence, best first."""
    tied = {one.about: one.users for one in audit.findings if one.check is NO_PREFERRED_ROLE}
    numbered = enumerate(audit.groups, start=1)
    for precedence, level in groupby(numbered, key=lambda one: one[1].group.precedence):
        uses = list(level)
        conflicting = len({use.group.role_arn for _, use in uses} - {None}) > 1
        users = tied.get(identify_precedence(precedence), 0)
        shade = sum(users > share * audit.users for share in _SHADES)
        yield _Level(precedence, uses, conflicting, users, shade)


def _fold_levels(levels: Sequence[_Level]) -> Iterator[tuple[bool, list[_Level]]]:
    """Yield runs of levels, and whether each is folded. A run of one level is not."""
    first = _FIRST_LEVELS if len(levels) > _MAX_UNFOLDED_LEVELS else len(levels)
    ties = sorted((one for one in levels if one.conflicting), key=lambda one: -one.tied_users)
    shown = {one.precedence for one in (*levels[:first], *ties[:_WORST_LEVELS])}
    for is_shown, level in groupby(levels, key=lambda one: one.precedence in shown):
        run = list(level)
        yield not is_shown and len(run) > 1, run


def render_diff_html(diff: Diff) -> str:
    """Return a diff as one HTML page. Every value is escaped."""
    return _render(
        "diff.html.j2",
        diff=diff,
        edits=str(diff.after) if isinstance(diff.after, Edits) else None,
        policy=_describe_policy(diff.policy),
    )


def _render(template: str, **values: object) -> str:
    try:
        import jinja2
        from markupsafe import Markup, escape
    except ImportError as error:
        raise ImportError('reports need an extra: pip install "cognito-claims[pool]"') from error

    def show_direction_marks(value: Any) -> Any:
        return value.translate(_DIRECTION_MARKS) if isinstance(value, str) else value

    def break_at_slashes(text: str) -> Markup:
        # No reference to a character, such as &lt;, contains a slash or a colon.
        return Markup(re.sub("([/:])", r"\1<wbr>", str(escape(text))))  # noqa: S704, it is escaped

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cognito_claims.pool"),
        autoescape=True,
        finalize=show_direction_marks,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "breakable": break_at_slashes,
        "count": "{:,}".format,
        "counted": format_count,
    }
    environment.filters.update(filters)
    style, script = (_TEMPLATES.joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    return environment.get_template(template).render(
        **values,
        style=Markup(style),  # noqa: S704, it is ours
        style_hash=_hash_source(style),
        script=Markup(script),  # noqa: S704, it is ours
        script_hash=_hash_source(script),
        version=version("cognito-claims"),
        headline=headline,
        reason_lines=reason_lines,
        open_question_lines=open_question_lines,
    )


def _hash_source(text: str) -> str:
    """Return the hash of a script or style, as a source of a Content-Security-Policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
