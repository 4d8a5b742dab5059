"""A resolution as a notebook shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from cognito_claims._html import build_list, build_table, escape_path
from cognito_claims.resolver.outcomes import find_rules, rank_groups
from cognito_claims.resolver.rendering import (
    COLUMNS,
    build_rows,
    headline,
    open_question_lines,
    reason_lines,
)

if TYPE_CHECKING:
    from cognito_claims.claims import GroupClaims
    from cognito_claims.resolver.decision import Decision
    from cognito_claims.resolver.outcomes import Alternative


def render_html(decision: Decision, claims: GroupClaims, alternatives: Sequence[Alternative]) -> str:
    """Return the groups by rank, the claims, the reasons and the open questions as HTML."""
    return "".join(
        [
            f"<p><strong>{escape_path(headline(decision))}</strong></p>",
            build_table(COLUMNS, _list_groups(decision), caption="Groups, best first"),
            build_table(("Claim", "Value"), _list_claims(claims), caption="Claims in the ID token"),
            build_list("Because", map(escape, reason_lines(find_rules(decision), decision.policy))),
            build_list("Open questions", map(escape_path, open_question_lines(alternatives))),
        ]
    )


def _list_groups(decision: Decision) -> Iterator[list[str]]:
    ranked = rank_groups(decision)
    for one, row in zip(ranked, build_rows(ranked), strict=True):
        cells = [escape_path(cell) for cell in row]
        yield [f"<strong>{cell}</strong>" for cell in cells] if one.group in decision.decided_by else cells


def _list_claims(claims: GroupClaims) -> Iterator[tuple[str, str]]:
    """Yield each claim with its values, which may contain commas, below each other."""
    preferred = () if claims.preferred_role is None else (claims.preferred_role,)
    values = {
        "cognito:groups": claims.groups,
        "cognito:roles": claims.roles,
        "cognito:preferred_role": preferred,
    }
    for name, present in values.items():
        yield escape(name), "<br>".join(map(escape_path, present)) or "<em>absent</em>"
