"""Whole user pools: fetch one, resolve every user, audit it, and compare it.

`fetch` writes a pool's groups and memberships to a folder, and `Snapshot` opens
it. `resolve_memberships` resolves every user, `audit` finds problems, and `diff`
finds the users that a change affects. The extra `pool` installs what these need.
"""

from cognito_claims._lazy import attach

# The engines are heavy: a program that only reads a snapshot must not load them.
__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "auditing": ("Audit", "GroupUse", "RoleUse", "audit"),
        "bulk": ("BulkResolution", "InvalidTableError", "UnknownGroupsError", "resolve_memberships"),
        "comparing": ("Diff", "Edits", "RoleChange", "Transition", "diff"),
        "fetching": ("Progress", "fetch"),
        "findings": ("CHECKS", "Check", "Finding", "Severity"),
        "report": ("audit_as_html", "audit_as_json", "audit_as_sarif", "diff_as_html", "diff_as_json"),
        "snapshot": ("Change", "Manifest", "Membership", "Snapshot", "SnapshotError"),
    },
)
