"""A whole user pool: fetch it, resolve everyone, find what is wrong.

`fetch` writes a pool's groups and memberships to a folder, and `Snapshot` opens
it. `resolve_memberships` tells who gets which claims, `audit` what is wrong, and
`diff` what would change. The extra `pool` installs what these need.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cognito_claims.pool.auditing import Audit, GroupUse, RoleUse, audit
    from cognito_claims.pool.bulk import (
        BulkResolution,
        InvalidTableError,
        UnknownGroupsError,
        resolve_memberships,
    )
    from cognito_claims.pool.comparing import Diff, Edits, RoleChange, Transition, diff
    from cognito_claims.pool.fetching import Progress, fetch
    from cognito_claims.pool.findings import CHECKS, Check, Finding, Severity
    from cognito_claims.pool.report import (
        audit_as_html,
        audit_as_json,
        audit_as_sarif,
        diff_as_html,
        diff_as_json,
    )
    from cognito_claims.pool.snapshot import Change, Manifest, Membership, Snapshot, SnapshotError

__all__ = [
    "CHECKS",
    "Audit",
    "BulkResolution",
    "Change",
    "Check",
    "Diff",
    "Edits",
    "Finding",
    "GroupUse",
    "InvalidTableError",
    "Manifest",
    "Membership",
    "Progress",
    "RoleChange",
    "RoleUse",
    "Severity",
    "Snapshot",
    "SnapshotError",
    "Transition",
    "UnknownGroupsError",
    "audit",
    "audit_as_html",
    "audit_as_json",
    "audit_as_sarif",
    "diff",
    "diff_as_html",
    "diff_as_json",
    "fetch",
    "resolve_memberships",
]

_HOMES = {
    "CHECKS": "findings",
    "Audit": "auditing",
    "BulkResolution": "bulk",
    "Change": "snapshot",
    "Check": "findings",
    "Diff": "comparing",
    "Edits": "comparing",
    "Finding": "findings",
    "GroupUse": "auditing",
    "InvalidTableError": "bulk",
    "Manifest": "snapshot",
    "Membership": "snapshot",
    "Progress": "fetching",
    "RoleChange": "comparing",
    "RoleUse": "auditing",
    "Severity": "findings",
    "Snapshot": "snapshot",
    "SnapshotError": "snapshot",
    "Transition": "comparing",
    "UnknownGroupsError": "bulk",
    "audit": "auditing",
    "audit_as_html": "report",
    "audit_as_json": "report",
    "audit_as_sarif": "report",
    "diff": "comparing",
    "diff_as_html": "report",
    "diff_as_json": "report",
    "fetch": "fetching",
    "resolve_memberships": "bulk",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        try:
            home = _HOMES[name]
        except KeyError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
