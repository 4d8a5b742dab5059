"""An audit as a notebook shows it. Notebooks are shared, so no user is named."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from cognito_claims._counts import format_count
from cognito_claims._html import build_list, escape_path
from cognito_claims.pool.findings import Severity

if TYPE_CHECKING:
    from cognito_claims.pool.findings import Finding
    from cognito_claims.pool.manifest import Manifest

MAX_FINDINGS = 10
"""The number of findings that a notebook shows."""

_COLORS = {Severity.ERROR: "#e5534b", Severity.WARNING: "#bf8700", Severity.NOTE: "#2f81f7"}
_TILES = "display:flex;flex-wrap:wrap;gap:8px"
_TILE = "border:1px solid #8888;border-left:4px solid {};border-radius:6px;padding:6px 14px"


def render_html(
    manifest: Manifest, users: int, groups: int, outcomes: dict[str, int], findings: tuple[Finding, ...]
) -> str:
    """Return the counts as tiles, and the most serious findings that are neither known nor ignored."""
    counted = [finding for finding in findings if finding.counts]
    severities = Counter(finding.check.severity for finding in counted)
    tiles = [
        _build_tile(users, "users", "#8888"),
        _build_tile(groups, "groups", "#8888"),
        *(_build_tile(number, name, "#8888") for name, number in outcomes.items()),
        *(_build_tile(severities[one], f"{one}s", _COLORS[one]) for one in Severity),
    ]
    title = f"{manifest.user_pool_id}, as of {manifest.finished_at:%Y-%m-%d %H:%M} UTC"
    parts = [f"<p><strong>{escape(title)}</strong></p>", f'<div style="{_TILES}">{"".join(tiles)}</div>']
    parts.append(build_list("Findings", map(_format, counted[:MAX_FINDINGS])))
    if (more := len(counted) - MAX_FINDINGS) > 0:
        parts.append(f"<p>and {more:,} more: see build_audit_report or render_audit_html</p>")
    if hidden := len(findings) - len(counted):
        parts.append(f"<p>{hidden:,} known or ignored</p>")
    return "".join(parts)


def _build_tile(number: int, label: str, color: str) -> str:
    count = f'<span style="font-size:1.5em">{number:,}</span>'
    return f'<div style="{_TILE.format(color)}">{count}<br>{escape(label)}</div>'


def _format(finding: Finding) -> str:
    check = finding.check
    users = format_count(finding.users, "user")
    first = f"<strong>{escape(check.severity)}</strong> {escape(check.code)}, {users}"
    return "<br>".join([first, escape_path(finding.title), escape_path(finding.reason)])
