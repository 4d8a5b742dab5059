from cognito_claims.pool._audit import (
    Audit as Audit,
)
from cognito_claims.pool._audit import (
    GroupUse as GroupUse,
)
from cognito_claims.pool._audit import (
    RoleUse as RoleUse,
)
from cognito_claims.pool._audit import (
    audit as audit,
)
from cognito_claims.pool._diff import (
    Diff as Diff,
)
from cognito_claims.pool._diff import (
    Edits as Edits,
)
from cognito_claims.pool._diff import (
    RoleChange as RoleChange,
)
from cognito_claims.pool._diff import (
    Transition as Transition,
)
from cognito_claims.pool._diff import (
    diff as diff,
)
from cognito_claims.pool._fetch import (
    Progress as Progress,
)
from cognito_claims.pool._fetch import (
    fetch as fetch,
)
from cognito_claims.pool._limits import (
    DEFAULT_RATE as DEFAULT_RATE,
)
from cognito_claims.pool._limits import (
    MAX_SAMPLES as MAX_SAMPLES,
)
from cognito_claims.pool._limits import (
    MIN_KEY_LENGTH as MIN_KEY_LENGTH,
)
from cognito_claims.pool._resolve import (
    BulkResolution as BulkResolution,
)
from cognito_claims.pool._resolve import (
    InvalidTableError as InvalidTableError,
)
from cognito_claims.pool._resolve import (
    UnknownGroupsError as UnknownGroupsError,
)
from cognito_claims.pool._resolve import (
    resolve_memberships as resolve_memberships,
)
from cognito_claims.pool.findings import (
    CHECKS as CHECKS,
)
from cognito_claims.pool.findings import (
    Check as Check,
)
from cognito_claims.pool.findings import (
    Finding as Finding,
)
from cognito_claims.pool.findings import (
    Severity as Severity,
)
from cognito_claims.pool.report import (
    build_audit_report as build_audit_report,
)
from cognito_claims.pool.report import (
    build_audit_sarif as build_audit_sarif,
)
from cognito_claims.pool.report import (
    build_diff_report as build_diff_report,
)
from cognito_claims.pool.report import (
    render_audit_html as render_audit_html,
)
from cognito_claims.pool.report import (
    render_diff_html as render_diff_html,
)
from cognito_claims.pool.snapshot import (
    Change as Change,
)
from cognito_claims.pool.snapshot import (
    Manifest as Manifest,
)
from cognito_claims.pool.snapshot import (
    Membership as Membership,
)
from cognito_claims.pool.snapshot import (
    Snapshot as Snapshot,
)
from cognito_claims.pool.snapshot import (
    SnapshotError as SnapshotError,
)

__all__ = [
    "CHECKS",
    "DEFAULT_RATE",
    "MAX_SAMPLES",
    "MIN_KEY_LENGTH",
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
    "build_audit_report",
    "build_audit_sarif",
    "build_diff_report",
    "diff",
    "fetch",
    "render_audit_html",
    "render_diff_html",
    "resolve_memberships",
]
