from cognito_claims.pool.auditing import (
    Audit as Audit,
)
from cognito_claims.pool.auditing import (
    GroupUse as GroupUse,
)
from cognito_claims.pool.auditing import (
    RoleUse as RoleUse,
)
from cognito_claims.pool.auditing import (
    audit as audit,
)
from cognito_claims.pool.bulk import (
    BulkResolution as BulkResolution,
)
from cognito_claims.pool.bulk import (
    InvalidTableError as InvalidTableError,
)
from cognito_claims.pool.bulk import (
    UnknownGroupsError as UnknownGroupsError,
)
from cognito_claims.pool.bulk import (
    resolve_memberships as resolve_memberships,
)
from cognito_claims.pool.comparing import (
    Diff as Diff,
)
from cognito_claims.pool.comparing import (
    Edits as Edits,
)
from cognito_claims.pool.comparing import (
    RoleChange as RoleChange,
)
from cognito_claims.pool.comparing import (
    Transition as Transition,
)
from cognito_claims.pool.comparing import (
    diff as diff,
)
from cognito_claims.pool.fetching import (
    Progress as Progress,
)
from cognito_claims.pool.fetching import (
    fetch as fetch,
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
    audit_as_html as audit_as_html,
)
from cognito_claims.pool.report import (
    audit_as_json as audit_as_json,
)
from cognito_claims.pool.report import (
    audit_as_sarif as audit_as_sarif,
)
from cognito_claims.pool.report import (
    diff_as_html as diff_as_html,
)
from cognito_claims.pool.report import (
    diff_as_json as diff_as_json,
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
