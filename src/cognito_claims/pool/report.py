"""An audit or a diff told to others: as JSON, as SARIF, and as one HTML file that needs nothing else."""

from __future__ import annotations

import json
from collections import defaultdict
from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cognito_claims.pool.comparing import Edits
from cognito_claims.pool.findings import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cognito_claims.pool.auditing import Audit, GroupUse
    from cognito_claims.pool.comparing import Diff
    from cognito_claims.pool.findings import Check, Finding
    from cognito_claims.pool.snapshot import Manifest

__all__ = ["audit_as_html", "audit_as_json", "audit_as_sarif", "diff_as_html", "diff_as_json"]


def audit_as_json(audit: Audit) -> str:
    """Give an audit as JSON, as docs/pool.md describes it: keys may be added, and none changes."""
    return _dumped(
        {
            "version": 1,
            "snapshot": _told(audit.snapshot),
            "policy": {
                "null_precedence": audit.policy.null_precedence,
                "roleless": audit.policy.roleless,
            },
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


def _told(manifest: Manifest) -> dict[str, Any]:
    return manifest.model_dump(
        mode="json", include={"user_pool_id", "usernames", "started_at", "finished_at"}
    )


def _dumped(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def audit_as_sarif(audit: Audit) -> str:
    """Give the findings as SARIF 2.1.0. No username stands in it, since others keep it."""
    return _dumped(
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
    place = {"artifactLocation": {"uri": "groups.parquet"}}
    return {
        "ruleId": finding.check.code,
        "ruleIndex": CHECKS.index(finding.check),
        "level": finding.check.severity.value,
        "message": {"text": _plain(text)},
        "locations": [{"physicalLocation": place, **({"logicalLocations": groups} if groups else {})}],
        "partialFingerprints": {"finding/v1": f"{finding.check.code}/{finding.about}"},
    }


def _plain(text: str) -> str:
    """Write what SARIF is to take for neither a link nor a placeholder, as a name may look like one."""
    return text.replace("](", "\\](").replace("{", "{{").replace("}", "}}")


def diff_as_json(diff: Diff) -> str:
    """Give a diff as JSON, as docs/pool.md describes it: keys may be added, and none changes."""
    after = {"edits": str(diff.after)} if isinstance(diff.after, Edits) else {"snapshot": _told(diff.after)}
    return _dumped(
        {
            "version": 1,
            "before": {"snapshot": _told(diff.before)},
            "after": after,
            "users": diff.users,
            "touched": diff.touched,
            "transitions": [
                {
                    "kind": one.kind,
                    "before": one.before,
                    "after": one.after,
                    "why": one.reason,
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


def audit_as_html(audit: Audit) -> str:
    """Give an audit as one HTML file. Every value is escaped: a group may be named `<script>`."""
    by_group: defaultdict[str, list[int]] = defaultdict(list)
    for number, finding in enumerate(audit.findings, start=1):
        for name in finding.groups:
            by_group[name].append(number)
    hues = {use.role_arn: round(place * 137.5) % 360 for place, use in enumerate(audit.roles)}
    return _rendered("audit.html.j2", audit=audit, rungs=list(_rungs(audit)), by_group=by_group, hues=hues)


def _rungs(audit: Audit) -> Iterator[dict[str, Any]]:
    """Give the ladder, from the top: the groups of each precedence, and whether they name several roles."""
    number = 0
    for precedence, tied in groupby(audit.groups, key=lambda use: use.group.precedence):
        uses: list[tuple[int, GroupUse]] = list(enumerate(tied, start=number + 1))
        number += len(uses)
        roles = {use.group.role_arn for _, use in uses} - {None}
        yield {"precedence": precedence, "uses": uses, "disputed": len(roles) > 1}


def diff_as_html(diff: Diff) -> str:
    """Give a diff as one HTML file. Every value is escaped."""
    return _rendered(
        "diff.html.j2", diff=diff, edits=str(diff.after) if isinstance(diff.after, Edits) else None
    )


def _rendered(template: str, **values: object) -> str:
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
    environment.filters["role"] = _short
    return environment.get_template(template).render(**values)


def _short(role_arn: str) -> str:
    """Give the part of a role's ARN by which people know it."""
    return role_arn.rpartition("/")[2]
