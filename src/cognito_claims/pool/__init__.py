"""Whole user pools: fetch one, resolve every user, audit it and compare it.

`fetch` writes a pool's groups and memberships to a folder, and `Snapshot` opens
it. `resolve_memberships` resolves every user, `audit` finds problems, and `diff`
finds the users that a change affects. The extra `pool` installs what these need.
"""

from cognito_claims._lazy import attach

# The engines are heavy: a program that only reads a snapshot must not load them.
__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "_audit": ("Audit", "GroupUse", "RoleUse", "audit"),
        "_diff": ("Diff", "Edits", "RoleChange", "Transition", "diff"),
        "_fetch": ("Progress", "fetch"),
        "_limits": ("DEFAULT_RATE", "MAX_SAMPLES", "MIN_KEY_LENGTH"),
        "_resolve": ("BulkResolution", "InvalidTableError", "UnknownGroupsError", "resolve_memberships"),
        "findings": ("CHECKS", "Check", "Finding", "Severity"),
        "report": (
            "build_audit_report",
            "build_audit_sarif",
            "build_diff_report",
            "render_audit_html",
            "render_diff_html",
        ),
        "snapshot": ("Change", "Manifest", "Membership", "Snapshot", "SnapshotError"),
    },
)
