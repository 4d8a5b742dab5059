"""The columns of tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from cognito_claims._wire.near_misses import find_intended_name, is_near_miss
from cognito_claims.models import GroupType

GROUP_COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("group_name", "user_pool_id", "description", "role_arn"), "VARCHAR"),
    "precedence": "INTEGER",
    **dict.fromkeys(("last_modified_date", "creation_date"), "TIMESTAMP WITH TIME ZONE"),
}
"""The types of the columns in the file of the groups."""

MEMBERSHIP_COLUMNS: Mapping[str, str] = dict.fromkeys(("username", "group_name"), "VARCHAR")
"""The types of the columns in the file of the memberships."""


def describe_misspelled(columns: Collection[str]) -> str | None:
    """Return which columns of a table of groups to rename, or `None` if no name is misspelled."""
    renames = [
        f"{column} to {intended}"
        for column in columns
        for intended in [find_intended_name(GroupType, dict.fromkeys(columns), [column])]
        if intended is not None
    ]
    return f"rename {', '.join(renames)}" if renames else None


def describe_missing(missing: Iterable[str], columns: Collection[str], known: Collection[str]) -> str:
    """Return which columns a table lacks, which of the known ones it has, and which to rename."""
    missing = tuple(missing)
    shown = [column for column in columns if column in known]
    # Not the names of the others: without a header they are the first row, and may be a user's.
    others = [f"{len(columns) - len(shown)} unknown"] if len(columns) > len(shown) else []
    renames = [
        f"{column} to {name}" for name in missing for column in columns if is_near_miss(column, name)
    ]
    reason = f"has no column {' and no column '.join(missing)}; it has {', '.join(shown + others)}"
    return f"{reason}; rename {', '.join(renames)}" if renames else reason
