"""The resolution of a pool as a notebook shows it. Notebooks are shared, so no user is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from cognito_claims._counts import format_count
from cognito_claims._html import build_list, build_table, escape_path

MAX_ROLES = 10
"""The number of roles that a notebook shows."""


def render_html(
    users: int,
    sets: int,
    outcomes: Mapping[str, int],
    roles: Mapping[str, int],
    questions: Mapping[str, int],
) -> str:
    """Return the users by outcome and preferred role, and by open question."""
    title = f"{format_count(users, 'user')}, {format_count(sets, 'set')} of groups"
    preferred = sorted(roles.items(), key=lambda one: (-one[1], one[0]))
    parts = [
        f"<p><strong>{escape(title)}</strong></p>",
        build_table(("Outcome", "Preferred role", "Users"), _list_rows(outcomes, preferred[:MAX_ROLES])),
    ]
    if (more := len(preferred) - MAX_ROLES) > 0:
        parts.append(f"<p>and {format_count(more, 'more role')}: see the table</p>")
    lines = (f"{escape(name)}: {format_count(count, 'user')}" for name, count in sorted(questions.items()))
    parts.append(build_list("Open questions", lines))
    return "".join(parts)


def _list_rows(
    outcomes: Mapping[str, int], roles: Iterable[tuple[str, int]]
) -> Iterator[tuple[str, str, str]]:
    for role, count in roles:
        yield "preferred", escape_path(role), f"{count:,}"
    for outcome, count in outcomes.items():
        if outcome != "preferred":
            yield escape(outcome), "<em>none</em>", f"{count:,}"
