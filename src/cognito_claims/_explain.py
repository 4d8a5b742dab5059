"""A resolution told to people: in plain text, and as HTML for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.reasons import Alternative
    from cognito_claims.resolver import Resolution


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
    if len({group.role_arn for group in resolution.decided_by} - {None}) <= 1:
        return (
            "No preferred role: a group without a role ranks best, and under "
            'roleless="blocks" it keeps any role from being preferred.'
        )
    return "No preferred role: the groups at the best precedence name different roles."


def precedence_in_words(group: GroupType) -> str:
    """Say a group's precedence; none is not 0."""
    return "none" if group.precedence is None else str(group.precedence)


def reasons_in_words(resolution: Resolution) -> list[str]:
    """Say which rules led here, and under which policy if it is not the documented one."""
    lines = [f"{rule.id} ({rule.basis}): {rule.sentence}" for rule in resolution.rules]
    policy = resolution.policy
    if not policy.is_documented:
        lines.append(f'under null_precedence="{policy.null_precedence}", roleless="{policy.roleless}"')
    return lines


def doubts_in_words(resolution: Resolution) -> list[str]:
    """Say which questions are open, and what other answers would give."""
    questions = [f"{question.id}: {question.question}" for question in resolution.open_questions]
    return questions + [_alternative_in_words(other) for other in resolution.alternatives]


def _alternative_in_words(alternative: Alternative) -> str:
    policy = alternative.policy
    settings = ", ".join(
        f'{question.setting}="{getattr(policy, question.setting)}"'
        for question in alternative.questions
        if question.setting is not None
    )
    return f"with {settings}: {alternative.preferred_role or 'no preferred role'}"


def as_text(resolution: Resolution) -> str:
    """Tell the whole reasoning in plain text, one line a group."""
    lines = [in_words(resolution)]
    if resolution.ranking:
        lines += ["", "Groups, best first:", *_lines_of_groups(resolution)]
    lines += ["", "Because:", *(f"  {line}" for line in reasons_in_words(resolution))]
    if doubts := doubts_in_words(resolution):
        lines += ["", "Open questions:", *(f"  {line}" for line in doubts)]
    return "\n".join(lines)


def _lines_of_groups(resolution: Resolution) -> list[str]:
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
    return ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def as_html(resolution: Resolution) -> str:
    """Tell the same as HTML. Every value is escaped: a group may be named `<script>`."""
    rows = "".join(
        _row(
            str(standing.rank),
            standing.group.group_name,
            precedence_in_words(standing.group),
            standing.part.value,
            standing.group.role_arn or "",
        )
        for standing in resolution.standings
    )
    return (
        f"<p><strong>{escape(in_words(resolution))}</strong></p>"
        "<table><thead><tr><th>Rank</th><th>Group</th><th>Precedence</th><th>Part</th><th>Role</th></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
        f"{_list('Because:', reasons_in_words(resolution))}"
        f"{_list('Open questions:', doubts_in_words(resolution))}"
    )


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _list(title: str, lines: list[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<p>{escape(title)}</p><ul>{items}</ul>" if items else ""
