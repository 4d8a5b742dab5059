"""The baseline of an audit: the findings that are already known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel

from cognito_claims.pool._audit.inputs import parse_audit_input

if TYPE_CHECKING:
    from cognito_claims.pool.findings import Finding


@dataclass(frozen=True, slots=True)
class Baseline:
    """What an audit compares itself with: an earlier audit of the same user pool."""

    user_pool_id: str
    """The ID of the user pool."""

    findings: frozenset[tuple[str, str]]
    """The code and the subject of each finding, without those that were ignored."""

    creation_dates: Mapping[str, datetime]
    """When each group was created, by group name. A group without a date is left out."""

    def has(self, finding: Finding) -> bool:
        """Return whether it has a finding with the same code and subject."""
        return (finding.check.code, finding.about) in self.findings


class _Snapshot(BaseModel):
    user_pool_id: str


class _Group(BaseModel):
    group_name: str
    creation_date: AwareDatetime | None = None


class _Finding(BaseModel):
    code: str
    about: str
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
        findings=frozenset((one.code, one.about) for one in parsed.findings if one.ignored is None),
        creation_dates={
            group.group_name: group.creation_date
            for group in parsed.groups
            if group.creation_date is not None
        },
    )
