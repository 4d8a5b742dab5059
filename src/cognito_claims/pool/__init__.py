"""Whole user pools: fetch one, resolve all its users, audit it and compare it.

`fetch` writes a pool's groups and memberships to a folder, and `Snapshot` opens
it. `resolve_memberships` resolves every user, `audit` finds problems, and `diff`
finds the users whom a change affects. The extra `pool` installs the dependencies.
"""

from cognito_claims import _lazy

# Each module is heavy, and most programs use only one or two.
__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    {
        "_audit.audit": ("Audit", "GroupUse", "RoleUse", "audit"),
        "_audit.baseline": ("Baseline", "BaselineFinding", "parse_baseline"),
        "_audit.ignores": ("Ignore", "parse_ignores"),
        "_audit.inputs": ("AuditInputError",),
        "_changes": ("Diff", "GroupChange", "RoleChange", "SettingChange", "Transition"),
        "_columns": ("InvalidTableError",),
        "_diff": ("diff",),
        "_edits": ("Edits",),
        "_fetch.fetch": ("fetch",),
        "_fetch.journal": ("Progress",),
        "_fetch.throttle": ("DEFAULT_RATE",),
        "_fetch.usernames": ("MIN_KEY_LENGTH",),
        "_html": ("render_audit_html", "render_diff_html"),
        "_resolve": ("BulkResolution", "resolve_memberships"),
        "_tables": ("UnknownGroupsError",),
        "_user_sets": ("MAX_SAMPLES",),
        "engines.protocol": ("EngineError",),
        "findings": ("CHECKS", "Check", "Finding", "Severity"),
        "manifest": ("Change", "Manifest", "SnapshotError"),
        "report": ("build_audit_report", "build_audit_sarif", "build_diff_report"),
        "snapshot": ("Membership", "Snapshot"),
    },
)
