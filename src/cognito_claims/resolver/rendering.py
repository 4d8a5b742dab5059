"""A resolution for people and programs: text and JSON. `notebook.py` shows the same rows as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cognito_claims.resolver.outcomes import (
    Alternative,
    AmbiguityCause,
    RankedGroup,
    build_outcome,
    find_ambiguity_cause,
    find_open_questions,
    find_rules,
    rank_groups,
)

if TYPE_CHECKING:
    from cognito_claims.claims import GroupClaims
    from cognito_claims.group import GroupType
    from cognito_claims.resolver.decision import Decision
    from cognito_claims.resolver.policy import Policy
    from cognito_claims.rules import Rule

COLUMNS = ("Rank", "Group", "Precedence", "Status", "Role")
"""The columns of the table of ranked groups."""

Row = tuple[str, str, str, str, str]


def build_rows(ranked_groups: Iterable[RankedGroup]) -> list[Row]:
    """Return the rows of the table of ranked groups, as strings in the order of `COLUMNS`."""
    return [
        (
            str(ranked.rank),
            ranked.group.group_name,
            format_precedence(ranked.group),
            str(ranked.status),
            ranked.group.role_arn or "",
        )
        for ranked in ranked_groups
    ]


def format_precedence(group: GroupType) -> str:
    """Return a group's precedence; `none` is not 0."""
    return "none" if group.precedence is None else str(group.precedence)


def headline(decision: Decision) -> str:
    """Return the outcome as one sentence."""
    if not decision.roles:
        return "No role: no group has one, so neither role claim is set."
    if decision.preferred_role is not None:
        return f"Preferred role: {decision.preferred_role}"
    cause = find_ambiguity_cause(decision)
    if cause is AmbiguityCause.NULL_PRECEDENCE:
        return (
            "No preferred role: no group with a role has a precedence, and under "
            'null_precedence="abstains" such a group does not nominate its role.'
        )
    if cause is AmbiguityCause.ROLELESS:
        return (
            "No preferred role: a group without a role has the lowest precedence, and under "
            'roleless="blocks" it keeps any role from being preferred.'
        )
    return "No preferred role: the groups with the lowest precedence name different roles."


def reason_lines(rules: Iterable[Rule], policy: Policy) -> list[str]:
    """Return the rules that led to an outcome, and the policy unless it is the default."""
    lines = [f"{rule.id} ({rule.basis}): {rule.sentence}" for rule in rules]
    if not policy.is_documented:
        lines.append(f"under {format_policy(policy)}")
    return lines


def format_policy(policy: Policy) -> str:
    """Return the settings of a policy as they are written in Python."""
    return f'null_precedence="{policy.null_precedence}", roleless="{policy.roleless}"'


def policy_to_json(policy: Policy) -> dict[str, str]:
    """Return the settings of a policy by name."""
    return {"null_precedence": policy.null_precedence, "roleless": policy.roleless}


def open_question_lines(alternatives: Sequence[Alternative]) -> list[str]:
    """Return the open questions, and the role that each alternative results in."""
    questions = [f"{question.id}: {question.question}" for question in find_open_questions(alternatives)]
    return questions + [_format_alternative(alternative) for alternative in alternatives]


def _format_alternative(alternative: Alternative) -> str:
    setting = str(alternative.question.setting)
    value = getattr(alternative.policy, setting)
    return f'with {setting}="{value}": {alternative.role_arn or "no preferred role"}'


def render_text(decision: Decision, alternatives: Sequence[Alternative]) -> str:
    """Explain the outcome as plain text, with one line for each group."""
    lines = [headline(decision)]
    if decision.ranking:
        lines += ["", "Groups, best first:", *_align(build_rows(rank_groups(decision)))]
    reasons = reason_lines(find_rules(decision), decision.policy)
    lines += ["", "Because:", *(f"  {line}" for line in reasons)]
    if questions := open_question_lines(alternatives):
        lines += ["", "Open questions:", *(f"  {line}" for line in questions)]
    return "\n".join(lines)


def _align(rows: Iterable[Row]) -> list[str]:
    cells = [
        (f"{rank}.", name, f"precedence {precedence}", status, role)
        for rank, name, precedence, status, role in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]


def build_report(
    decision: Decision, claims: GroupClaims, alternatives: Sequence[Alternative]
) -> dict[str, object]:
    """Return the JSON report of `cognito-claims resolve`. Keys may be added; none changes its meaning."""
    outcome = build_outcome(decision)
    return {
        "version": 1,
        "outcome": outcome.name,
        "preferred_role": decision.preferred_role,
        "claims": {"id_token": claims.id_token(), "access_token": claims.access_token()},
        "ranking": [
            {
                "rank": ranked.rank,
                "status": ranked.status.value,
                "group": ranked.group.model_dump(mode="json", by_alias=True),
            }
            for ranked in rank_groups(decision)
        ],
        "decided_by": [group.group_name for group in decision.decided_by],
        "rules": [rule.id for rule in outcome.rules],
        "policy": policy_to_json(decision.policy),
        "open_questions": [question.id for question in find_open_questions(alternatives)],
        "alternatives": [
            {
                "open_question": alternative.question.id,
                "policy": policy_to_json(alternative.policy),
                "preferred_role": alternative.role_arn,
            }
            for alternative in alternatives
        ],
    }
