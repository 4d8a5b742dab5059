"""A resolution told to people: in plain text, and as HTML for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.reasons import Alternative
    from cognito_claims.resolver import Policy, Resolution


def in_words(resolution: Resolution) -> str:
    """Say what came out, in one sentence."""
    if not resolution.roles:
        return "No role: no group has one, so neither role claim is set."
    if resolution.preferred_role is not None:
        return f"Preferred role: {resolution.preferred_role}"
    if not resolution.decided_by:
        return (
            "No preferred role: no group with a role has a precedence, and under "
            'null_precedence="abstains" such a group nominates none.'
        )
    if any(group.role_arn is None for group in resolution.decided_by):
        return (
            "No preferred role: a group without a role ranks best, and under "
            'roleless="blocks" it keeps any role from being preferred.'
        )
    return "No preferred role: the groups at the best precedence name different roles."


def precedence_in_words(group: GroupType) -> str:
    """Say a group's precedence; none is not 0."""
    return "none" if group.precedence is None else str(group.precedence)


def policy_in_words(policy: Policy) -> str:
    """Say a policy's settings, as Python writes them."""
    return f'null_precedence="{policy.null_precedence}", roleless="{policy.roleless}"'


def alternative_in_words(alternative: Alternative) -> str:
    """Say what another answer to open questions would change."""
    policy = alternative.policy
    settings = ", ".join(
        f'{question.setting}="{getattr(policy, question.setting)}"' for question in alternative.questions
    )
    return f"{settings}: {alternative.preferred_role or 'no preferred role'}"


def as_text(resolution: Resolution) -> str:
    """Tell the whole reasoning in plain text, one line a group."""
    lines = [in_words(resolution)]
    if resolution.ranking:
        lines += ["", "Groups, best first:"]
        rows = [
            (
                f"{standing.rank}.",
                standing.group.group_name,
                f"precedence {precedence_in_words(standing.group)}",
                standing.part.value,
                standing.group.role_arn or "",
            )
            for standing in resolution.standings
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines += [
            "  " + "  ".join(map(str.ljust, row, widths)).rstrip()  # one line a group
            for row in rows
        ]
    if resolution.rules:
        lines += ["", "Because:"]
        lines += [f"  {rule.id} ({rule.basis}): {rule.sentence}" for rule in resolution.rules]
    if not resolution.policy.is_documented:
        lines += ["", f"Under: {policy_in_words(resolution.policy)}"]
    if resolution.alternatives:
        lines += ["", "Open questions:"]
        lines += [f"  {question.id}: {question.question}" for question in resolution.open_questions]
        lines += [f"  with {alternative_in_words(other)}" for other in resolution.alternatives]
    return "\n".join(lines)


def as_html(resolution: Resolution) -> str:
    """Tell the same as HTML. Every value is escaped: a group may be named `<script>`."""
    rows = "".join(
        _row(
            str(standing.rank),
            standing.group.group_name,
            precedence_in_words(standing.group),
            standing.group.role_arn or "",
            standing.part.value,
        )
        for standing in resolution.standings
    )
    rules = "".join(
        f"<li><code>{escape(rule.id)}</code> ({escape(rule.basis)}): {escape(rule.sentence)}</li>"
        for rule in resolution.rules
    )
    others = "".join(
        f"<li>with {escape(alternative_in_words(other))}</li>" for other in resolution.alternatives
    )
    return (
        f"<p><strong>{escape(in_words(resolution))}</strong></p>"
        "<table><thead><tr><th>Rank</th><th>Group</th><th>Precedence</th><th>Role</th><th>Part</th></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
        f"<ul>{rules}</ul>" + (f"<p>Open questions:</p><ul>{others}</ul>" if others else "")
    )


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
