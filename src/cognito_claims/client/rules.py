"""The rules by which a user's groups are listed, page by page."""

from typing import Final

from cognito_claims.rules import GROUP_TYPE_API, Basis, Rule

__all__ = ["PAGING_RULES"]

_LIST_API = "Amazon Cognito user pools API Reference, AdminListGroupsForUser"

TOKEN_ENDS: Final = Rule(
    "token-ends",
    "A list ends where NextToken is missing, and nowhere else: a page may be short or empty before.",
    Basis.DOCUMENTED,
    _LIST_API,
)
LIMIT_BOUNDS: Final = Rule(
    "limit-bounds",
    "A page holds at most Limit groups.",
    Basis.DOCUMENTED,
    _LIST_API,
)
EACH_GROUP_ONCE: Final = Rule(
    "each-group-once",
    "All pages together hold each of the user's groups once.",
    Basis.DOCUMENTED,
    _LIST_API,
)
MAX_ITEMS_RESUMES: Final = Rule(
    "max-items-resumes",
    "Where MaxItems cuts the list short, StartingToken goes on with the groups that are left.",
    Basis.DOCUMENTED,
    "boto3 documentation, Paginators",
)
LISTED_AS_CREATED: Final = Rule(
    "listed-as-created",
    "A group is listed with the precedence, role and description that it was created with.",
    Basis.DOCUMENTED,
    f"{_LIST_API}; {GROUP_TYPE_API}",
)
UNSET_IS_ABSENT: Final = Rule(
    "unset-is-absent",
    "What a group was created without is absent: no precedence is not 0. Emulators write text that is "
    "not set as empty, which is read as absent.",
    Basis.DOCUMENTED,
    f"{GROUP_TYPE_API}: the default precedence is null",
)

PAGING_RULES: Final[tuple[Rule, ...]] = (
    TOKEN_ENDS,
    LIMIT_BOUNDS,
    EACH_GROUP_ONCE,
    MAX_ITEMS_RESUMES,
    LISTED_AS_CREATED,
    UNSET_IS_ABSENT,
)
"""How a user's groups are listed."""
