"""Report an audit or a diff as JSON, or an audit as SARIF."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from cognito_claims._counts import format_count
from cognito_claims.pool._edits import Edits
from cognito_claims.pool.findings import CHECKS
from cognito_claims.pool.manifest import GROUPS
from cognito_claims.resolver.rendering import policy_to_json

if TYPE_CHECKING:
    from cognito_claims.pool._audit.audit import Audit
    from cognito_claims.pool._changes import Diff
    from cognito_claims.pool.findings import Check, Finding
    from cognito_claims.pool.manifest import Manifest


def build_audit_report(audit: Audit) -> str:
    """Return an audit as JSON. Later versions may add keys, but do not change the meaning of one."""
    return _to_json(
        {
            "version": 1,
            **_summarize(audit.snapshot),
            "policy": policy_to_json(audit.policy),
            "users": audit.users,
            "sets": audit.sets,
            "outcomes": dict(audit.outcomes),
            "roles": [asdict(use) for use in audit.roles],
            "groups": [
                {
                    "group_name": use.group.group_name,
                    "precedence": use.group.precedence,
                    "role_arn": use.group.role_arn,
                    "creation_date": created.isoformat() if created is not None else None,
                    "members": use.members,
                    "decides": use.decides,
                    "ties": use.ties,
                }
                for use in audit.groups
                for created in [use.group.creation_date]
            ],
            "findings": [_flatten_finding(finding) for finding in audit.findings],
            "unused_ignores": [one.model_dump(mode="json") for one in audit.unused_ignores],
            "expired_ignores": [one.model_dump(mode="json") for one in audit.expired_ignores],
        }
    )


def _flatten_finding(finding: Finding) -> dict[str, Any]:
    members = asdict(finding)
    return {**members.pop("check"), **members}


def _summarize(pool: Manifest | Edits) -> dict[str, Any]:
    if isinstance(pool, Edits):
        return {"edits": str(pool)}
    include = {"user_pool_id", "usernames", "started_at", "finished_at"}
    return {"snapshot": pool.model_dump(mode="json", include=include)}


def _to_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def build_audit_sarif(audit: Audit) -> str:
    """Return the findings as SARIF 2.1.0, without usernames, since it is uploaded to other services."""
    driver = {
        "name": "cognito-claims",
        "version": version("cognito-claims"),
        "rules": [_build_sarif_rule(check) for check in CHECKS],
    }
    results = [_build_sarif_result(finding, audit.snapshot) for finding in audit.findings]
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    runs = [{"tool": {"driver": driver}, "results": results}]
    return _to_json({"$schema": schema, "version": "2.1.0", "runs": runs})


def _build_sarif_rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.code,
        "shortDescription": {"text": check.title},
        "help": {"text": check.remedy},
        "defaultConfiguration": {"level": check.severity.value},
    }


def _build_sarif_result(finding: Finding, manifest: Manifest) -> dict[str, Any]:
    users = f" ({format_count(finding.users, 'user')})" if finding.users else ""
    text = f"{finding.title} {finding.reason.removesuffix('.')}{users}. {finding.check.remedy}"
    groups = [
        {"name": name, "fullyQualifiedName": f"{manifest.user_pool_id}/{name}", "kind": "resource"}
        for name in finding.groups
    ]
    # GitHub's code scanning requires a file; the groups are the logical locations in it.
    place = {"artifactLocation": {"uri": GROUPS}}
    return {
        "ruleId": finding.check.code,
        "ruleIndex": CHECKS.index(finding.check),
        "level": finding.check.severity.value,
        "message": {"text": _escape_sarif(text)},
        "locations": [{"physicalLocation": place, **({"logicalLocations": groups} if groups else {})}],
        "partialFingerprints": {"finding/v1": f"{finding.check.code}/{finding.about}"},
        **_build_sarif_state(finding),
    }


def _build_sarif_state(finding: Finding) -> dict[str, Any]:
    """Return the members of a result that only an audit with a baseline or an ignore list has."""
    state: dict[str, Any] = {}
    if finding.known is not None:
        grown = finding.users > (finding.baseline_users or 0)
        known = "updated" if grown else "unchanged"
        state["baselineState"] = known if finding.known else "new"
    if finding.ignored is not None:
        suppression = {"kind": "external", "status": "accepted", "justification": finding.ignored}
        state["suppressions"] = [suppression]
    return state


def _escape_sarif(text: str) -> str:
    # A group's name may look like one of SARIF's links (3.11.6) or placeholders (3.11.5).
    return text.replace("](", "\\](").replace("{", "{{").replace("}", "}}")


def build_diff_report(diff: Diff) -> str:
    """Return a diff as JSON. Later versions may add keys, but do not change the meaning of one."""
    return _to_json(
        {
            "version": 1,
            "before": _summarize(diff.before),
            "after": _summarize(diff.after),
            "users": diff.users,
            "affected_users": diff.affected_users,
            "regrouped_users": diff.regrouped_users,
            "transitions": [asdict(transition) for transition in diff.transitions],
            "roles": [asdict(change) for change in diff.roles],
            "groups": [asdict(change) for change in diff.groups],
        }
    )
