"""Report an audit or a diff as JSON, SARIF or one self-contained HTML file."""

from __future__ import annotations

import json
from collections import defaultdict
from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cognito_claims.pool._diff import Edits
from cognito_claims.pool.findings import CHECKS
from cognito_claims.pool.snapshot import GROUPS
from cognito_claims.resolver.rendering import policy_to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cognito_claims.pool._audit import Audit, GroupUse
    from cognito_claims.pool._diff import Diff
    from cognito_claims.pool.findings import Check, Finding
    from cognito_claims.pool.snapshot import Manifest


def build_audit_report(audit: Audit) -> str:
    """Return an audit as JSON (see docs/pool.md). Keys may be added; none changes its meaning."""
    return _to_json(
        {
            "version": 1,
            "snapshot": _summarize_manifest(audit.snapshot),
            "policy": policy_to_json(audit.policy),
            "users": audit.users,
            "sets": audit.sets,
            "outcomes": dict(audit.outcomes),
            "roles": [
                {"role_arn": use.role_arn, "preferred_by": use.preferred_by, "held_by": use.held_by}
                for use in audit.roles
            ],
            "groups": [
                {
                    "group_name": use.group.group_name,
                    "precedence": use.group.precedence,
                    "role_arn": use.group.role_arn,
                    "members": use.members,
                    "decides": use.decides,
                    "ties": use.ties,
                }
                for use in audit.groups
            ],
            "findings": [
                {
                    "code": finding.check.code,
                    "severity": finding.check.severity.value,
                    "about": finding.about,
                    "title": finding.check.title,
                    "reason": finding.reason,
                    "remedy": finding.check.remedy,
                    "groups": list(finding.groups),
                    "users": finding.users,
                    "samples": list(finding.samples),
                }
                for finding in audit.findings
            ],
        }
    )


def _summarize_manifest(manifest: Manifest) -> dict[str, Any]:
    return manifest.model_dump(
        mode="json", include={"user_pool_id", "usernames", "started_at", "finished_at"}
    )


def _to_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def build_audit_sarif(audit: Audit) -> str:
    """Return the findings as SARIF 2.1.0. It contains no usernames, since it is for other services."""
    return _to_json(
        {
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "cognito-claims",
                            "version": version("cognito-claims"),
                            "rules": [_sarif_rule(check) for check in CHECKS],
                        }
                    },
                    "results": [_sarif_result(finding, audit.snapshot) for finding in audit.findings],
                }
            ],
        }
    )


def _sarif_rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.code,
        "shortDescription": {"text": check.title},
        "help": {"text": check.remedy},
        "defaultConfiguration": {"level": check.severity.value},
    }


def _sarif_result(finding: Finding, manifest: Manifest) -> dict[str, Any]:
    users = f" ({finding.users:,} user{'s'[: finding.users != 1]})" if finding.users else ""
    text = f"{finding.check.title} {finding.reason.removesuffix('.')}{users}. {finding.check.remedy}"
    groups = [
        {"name": name, "fullyQualifiedName": f"{manifest.user_pool_id}/{name}", "kind": "resource"}
        for name in finding.groups
    ]
    # SARIF requires a file; the groups are the logical locations in it.
    place = {"artifactLocation": {"uri": GROUPS}}
    return {
        "ruleId": finding.check.code,
        "ruleIndex": CHECKS.index(finding.check),
        "level": finding.check.severity.value,
        "message": {"text": _escape_sarif(text)},
        "locations": [{"physicalLocation": place, **({"logicalLocations": groups} if groups else {})}],
        "partialFingerprints": {"finding/v1": f"{finding.check.code}/{finding.about}"},
    }


def _escape_sarif(text: str) -> str:
    """Escape what SARIF reads as a link or a placeholder: the name of a group may look like one."""
    return text.replace("](", "\\](").replace("{", "{{").replace("}", "}}")


def build_diff_report(diff: Diff) -> str:
    """Return a diff as JSON (see docs/pool.md). Keys may be added; none changes its meaning."""
    after = (
        {"edits": str(diff.after)}
        if isinstance(diff.after, Edits)
        else {"snapshot": _summarize_manifest(diff.after)}
    )
    return _to_json(
        {
            "version": 1,
            "before": {"snapshot": _summarize_manifest(diff.before)},
            "after": after,
            "users": diff.users,
            "affected_users": diff.affected_users,
            "transitions": [
                {
                    "kind": one.kind,
                    "before": one.before,
                    "after": one.after,
                    "reason": one.reason,
                    "users": one.users,
                    "samples": list(one.samples),
                }
                for one in diff.transitions
            ],
            "roles": [
                {
                    "role_arn": one.role_arn,
                    "gained_by": one.gained_by,
                    "lost_by": one.lost_by,
                    "gained_samples": list(one.gained_samples),
                    "lost_samples": list(one.lost_samples),
                }
                for one in diff.roles
            ],
        }
    )


def render_audit_html(audit: Audit) -> str:
    """Return an audit as one HTML file. Every value is escaped: a group may be named `<script>`."""
    by_group: defaultdict[str, list[int]] = defaultdict(list)
    for number, finding in enumerate(audit.findings, start=1):
        for name in finding.groups:
            by_group[name].append(number)
    # Multiples of the golden angle: neighbouring roles differ most in hue.
    hues = {use.role_arn: round(place * 137.5) % 360 for place, use in enumerate(audit.roles)}
    levels = list(_build_precedence_levels(audit))
    return _render(
        "audit.html.j2", audit=audit, precedence_levels=levels, findings_by_group=by_group, hues=hues
    )


def _build_precedence_levels(audit: Audit) -> Iterator[dict[str, Any]]:
    """Yield the groups of each precedence, best first, and whether their roles conflict."""
    number = 0
    for precedence, tied in groupby(audit.groups, key=lambda use: use.group.precedence):
        uses: list[tuple[int, GroupUse]] = list(enumerate(tied, start=number + 1))
        number += len(uses)
        roles = {use.group.role_arn for _, use in uses} - {None}
        yield {"precedence": precedence, "uses": uses, "conflicting": len(roles) > 1}


def render_diff_html(diff: Diff) -> str:
    """Return a diff as one HTML file. Every value is escaped."""
    return _render(
        "diff.html.j2", diff=diff, edits=str(diff.after) if isinstance(diff.after, Edits) else None
    )


def _render(template: str, **values: object) -> str:
    try:
        import jinja2
    except ImportError as error:
        raise ImportError('reports need an extra: pip install "cognito-claims[pool]"') from error
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cognito_claims.pool"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = "{:,}".format
    environment.filters["role"] = _shorten_role
    return environment.get_template(template).render(**values)


def _shorten_role(role_arn: str) -> str:
    """Return the name at the end of a role's ARN."""
    return role_arn.rpartition("/")[2]
