"""The access of a user as a notebook shows it: the diagram, the other roles, and the settings."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from cognito_claims._html import build_list, escape_path
from cognito_claims.access.diagram import draw_access
from cognito_claims.access.result import list_settings

if TYPE_CHECKING:
    from cognito_claims.access.assessment import Assessment
    from cognito_claims.access.result import Access

_LAYOUT = "display:flex;flex-wrap:wrap;gap:24px;align-items:flex-start"


def render_html(access: Access) -> str:
    """Return the diagram, and beside it, or below on a narrow screen, the rest."""
    parts = [
        build_list("Other roles that the user can get", _list_other_roles(access)),
        build_list("Settings", _list_settings(access)),
        "<p>What the roles permit is not evaluated.</p>",
    ]
    diagram = f'<div style="flex:0 1 360px;min-width:240px">{draw_access(access)}</div>'
    rest = f'<div style="flex:1 1 320px;min-width:0">{"".join(parts)}</div>'
    return f'<div style="{_LAYOUT}">{diagram}{rest}</div>'


def _list_other_roles(access: Access) -> Iterator[str]:
    for role in access.other_roles:
        way = f"{escape(role.way)}: {escape_path(role.reason)}"
        warnings = "".join(f"<br>warning: {escape(rule.sentence)}" for rule in role.trust.warnings)
        trust = _format("can be assumed", role.trust)
        yield f"{escape_path(role.role_arn)}<br>{way}<br>{trust}{warnings}"


def _list_settings(access: Access) -> Iterator[str]:
    for label, assessment in list_settings(access).items():
        yield _format(label, assessment)


def _format(label: str, assessment: Assessment) -> str:
    answer = f"<strong>{escape(assessment.verdict)}</strong>"
    return f"{escape(label)}: {answer}: {escape_path(assessment.reason)}"
