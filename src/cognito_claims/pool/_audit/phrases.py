"""The phrases of findings. A list that is too long ends in the number of the names that it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_MAX_NAMES = 5


def format_names(names: Iterable[str]) -> str:
    """Return the first names as a phrase, and how many more there are."""
    names = list(names)
    more = [f"{len(names) - _MAX_NAMES:,} more"] if len(names) > _MAX_NAMES else []
    *others, last = [*map(repr, names[:_MAX_NAMES]), *more]
    return f"{', '.join(others)} and {last}" if others else last


def format_combinations(users_by_names: Counter[tuple[str, ...]]) -> str:
    """Return the combinations of groups, those of most users first, and how many more there are."""
    if len(users_by_names) == 1:
        [names] = users_by_names
        return f"The groups are {format_names(names)}."
    ranked = sorted(users_by_names.items(), key=lambda one: (-one[1], one[0]))
    shown = [f"{format_names(names)} ({users:,})" for names, users in ranked[:_MAX_NAMES]]
    more = [f"and {len(ranked) - _MAX_NAMES:,} more"] if len(ranked) > _MAX_NAMES else []
    return f"In {len(ranked):,} combinations, the groups are: {'; '.join(shown + more)}."


def format_counts(counts: Counter[str]) -> str:
    """Return phrases with their numbers, the most frequent first, and how many more there are."""
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    shown = [f"{phrase} ({count:,})" for phrase, count in ranked[:_MAX_NAMES]]
    more = [f"{len(ranked) - _MAX_NAMES:,} more reasons"] if len(ranked) > _MAX_NAMES else []
    return "; ".join(shown + more)
