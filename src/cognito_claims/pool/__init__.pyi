from cognito_claims.pool._audit.audit import (
    Audit as Audit,
    GroupUse as GroupUse,
    RoleUse as RoleUse,
    audit as audit,
)
from cognito_claims.pool._audit.baseline import (
    Baseline as Baseline,
    BaselineFinding as BaselineFinding,
    parse_baseline as parse_baseline,
)
from cognito_claims.pool._audit.ignores import Ignore as Ignore, parse_ignores as parse_ignores
from cognito_claims.pool._audit.inputs import AuditInputError as AuditInputError
from cognito_claims.pool._changes import (
    Diff as Diff,
    GroupChange as GroupChange,
    RoleChange as RoleChange,
    SettingChange as SettingChange,
    Transition as Transition,
)
from cognito_claims.pool._columns import InvalidTableError as InvalidTableError
from cognito_claims.pool._diff import diff as diff
from cognito_claims.pool._edits import Edits as Edits
from cognito_claims.pool._fetch.fetch import fetch as fetch
from cognito_claims.pool._fetch.journal import Progress as Progress
from cognito_claims.pool._fetch.throttle import DEFAULT_RATE as DEFAULT_RATE
from cognito_claims.pool._fetch.usernames import MIN_KEY_LENGTH as MIN_KEY_LENGTH
from cognito_claims.pool._html import (
    render_audit_html as render_audit_html,
    render_diff_html as render_diff_html,
)
from cognito_claims.pool._resolve import (
    BulkResolution as BulkResolution,
    resolve_memberships as resolve_memberships,
)
from cognito_claims.pool._tables import UnknownGroupsError as UnknownGroupsError
from cognito_claims.pool._user_sets import MAX_SAMPLES as MAX_SAMPLES
from cognito_claims.pool.engines.protocol import EngineError as EngineError
from cognito_claims.pool.findings import (
    CHECKS as CHECKS,
    Check as Check,
    Finding as Finding,
    Severity as Severity,
)
from cognito_claims.pool.manifest import (
    Change as Change,
    Manifest as Manifest,
    SnapshotError as SnapshotError,
)
from cognito_claims.pool.report import (
    build_audit_report as build_audit_report,
    build_audit_sarif as build_audit_sarif,
    build_diff_report as build_diff_report,
)
from cognito_claims.pool.snapshot import Membership as Membership, Snapshot as Snapshot
