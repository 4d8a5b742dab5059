"""The rules of listing a user's groups in pages."""

from typing import Final

from cognito_claims.rules import GROUP_TYPE_API, Basis, Rule

_LIST_API = "Amazon Cognito user pools API Reference, AdminListGroupsForUser"

TOKEN_ENDS: Final = Rule(
    "token-ends",
    "A list ends at the page without NextToken. An earlier page may be short or empty.",
    Basis.DOCUMENTED,
    f"{_LIST_API}; on short and empty pages: follows from NextToken being the only mark of the end",
)
LIMIT_BOUNDS: Final = Rule(
    "limit-bounds",
    "A page holds at most Limit groups.",
    Basis.DOCUMENTED,
    _LIST_API,
)
EACH_GROUP_ONCE: Final = Rule(
    "each-group-once",
    "All pages together contain each of the user's groups once.",
    Basis.DOCUMENTED,
    _LIST_API,
)
MAX_ITEMS_RESUMES: Final = Rule(
    "max-items-resumes",
    "If MaxItems truncates the list, StartingToken resumes it with the remaining groups.",
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
    "A member that is not set is absent; an absent precedence is not 0.",
    Basis.DOCUMENTED,
    f"{GROUP_TYPE_API}: the default precedence is null; Smithy, protocol tests of AWS JSON 1.1: a "
    "response does not contain null members",
)
EMPTY_IS_UNSET: Final = Rule(
    "empty-is-unset",
    "An empty string in place of a token, a role or a description means that it is absent.",
    Basis.OBSERVED,
    "moto, MiniStack",
)

PAGING_RULES: Final[tuple[Rule, ...]] = (
    TOKEN_ENDS,
    LIMIT_BOUNDS,
    EACH_GROUP_ONCE,
    MAX_ITEMS_RESUMES,
    LISTED_AS_CREATED,
    UNSET_IS_ABSENT,
    EMPTY_IS_UNSET,
)
"""How a user's groups are listed."""
