"""The columns of tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from cognito_claims._wire.base import to_wire_name
from cognito_claims._wire.near_misses import find_intended_name, is_near_miss
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.models import GroupType

GROUP_COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("group_name", "user_pool_id", "description", "role_arn"), "VARCHAR"),
    "precedence": "INTEGER",
    **dict.fromkeys(("last_modified_date", "creation_date"), "TIMESTAMP WITH TIME ZONE"),
}
"""The types of the columns in the file of the groups."""

MEMBERSHIP_COLUMNS: Mapping[str, str] = dict.fromkeys(("username", "group_name"), "VARCHAR")
"""The types of the columns in the file of the memberships."""


class InvalidTableError(CognitoClaimsError, ValueError):
    """A table is damaged, lacks a column or a value, has a wrong one, or is not a table of the engine.

    Attributes:
        table: `memberships` or `groups`.
        reason: The reason, as a phrase. If rows are invalid, a line for each.
    """

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(table, reason)
        self.table: str = table
        self.reason: str = reason

    def __str__(self) -> str:
        return "\n".join(f"{self.table}: {reason}" for reason in self.reason.splitlines())


def find_columns(
    table: str,
    columns: Collection[str],
    fields: Iterable[str],
    *,
    required: Iterable[str],
    ignore_case: bool = False,
) -> dict[str, str]:
    """Return the columns of those fields that have one, by field. A column has our name or AWS's.

    Raises:
        InvalidTableError: If a required field has no column, or a field has two.
    """
    found = {
        field: [
            column
            for column in columns
            if column == to_wire_name(field) or (column.lower() if ignore_case else column) == field
        ]
        for field in fields
    }
    if missing := [field for field in required if not found[field]]:
        known = [column for names in found.values() for column in names]
        raise InvalidTableError(table, describe_missing(missing, columns, known))
    for field, names in found.items():
        if len(names) > 1:
            raise InvalidTableError(table, f"has {' and '.join(names)}: keep only one {field}")
    return {field: names[0] for field, names in found.items() if names}


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
