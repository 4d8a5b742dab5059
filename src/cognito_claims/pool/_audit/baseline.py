"""The baseline of an audit: the findings that are already known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel

from cognito_claims.pool._audit.inputs import parse_audit_input

if TYPE_CHECKING:
    from cognito_claims.pool.findings import Finding


@dataclass(frozen=True, slots=True)
class BaselineFinding:
    """A finding of the earlier audit."""

    users: int
    """The number of users it affected."""

    groups: frozenset[str]
    """The names of the groups involved."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What an audit compares itself with: an earlier audit of the same user pool."""

    user_pool_id: str
    """The ID of the user pool."""

    findings: Mapping[tuple[str, str], BaselineFinding]
    """The findings by code and subject, without those that were ignored."""

    creation_dates: Mapping[str, datetime]
    """When each group was created, by group name. A group without a date is left out."""

    def compare(self, finding: Finding) -> Finding:
        """Return the finding, marked as known or not, with its number of users in the baseline."""
        before = self.findings.get((finding.check.code, finding.about))
        if before is None:
            return replace(finding, known=False)
        return replace(finding, known=before.groups.issuperset(finding.groups), baseline_users=before.users)


class _Snapshot(BaseModel):
    user_pool_id: str


class _Group(BaseModel):
    group_name: str
    creation_date: AwareDatetime | None = None


class _Finding(BaseModel):
    code: str
    about: str
    groups: tuple[str, ...]
    users: int
    ignored: str | None = None


class _Report(BaseModel):
    version: Literal[1]
    snapshot: _Snapshot
    groups: tuple[_Group, ...]
    findings: tuple[_Finding, ...]


def parse_baseline(report: str | bytes) -> Baseline:
    """Parse the JSON report of an earlier audit.

    A finding that the earlier audit ignored is not part of the baseline: it is new once its entry in the
    ignore list has expired.

    Args:
        report: The result of `build_audit_report`, or the output of `cognito-claims pool audit --json`.

    Raises:
        AuditInputError: If it is not such a report.
    """
    parsed = parse_audit_input(_Report, report, "baseline")
    return Baseline(
        user_pool_id=parsed.snapshot.user_pool_id,
        findings={
            (one.code, one.about): BaselineFinding(one.users, frozenset(one.groups))
            for one in parsed.findings
            if one.ignored is None
        },
        creation_dates={
            group.group_name: group.creation_date
            for group in parsed.groups
            if group.creation_date is not None
        },
    )
