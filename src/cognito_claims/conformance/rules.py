"""The rules that hold for every response of a service, whatever the user's groups.

The cases of the vectors name the rules that decide them. The rules of this module
decide no case by themselves: the runner checks them in each case of a subject.
"""

from typing import Final

from cognito_claims.rules import GROUP_TYPE_API, ID_TOKEN_GUIDE, RBAC_GUIDE, Basis, Rule

_LIST_API = "Amazon Cognito user pools API Reference, AdminListGroupsForUser"
_GROUP_API = f"Amazon Cognito user pools API Reference, CreateGroup; {GROUP_TYPE_API}"
_QUOTAS = "Amazon Cognito Developer Guide, Quotas in Amazon Cognito"

REQUEST_ACCEPTED: Final = Rule(
    "request-accepted",
    "A request within the documented limits and quotas is not refused.",
    Basis.DOCUMENTED,
    f"{_LIST_API}; {_GROUP_API}; {_QUOTAS}",
)
MEMBERS_ONLY: Final = Rule(
    "members-only",
    "Only the groups that the user is in are listed, and add claims to the tokens.",
    Basis.DOCUMENTED,
    f"{_LIST_API}; {ID_TOKEN_GUIDE}",
)
NAMES_AS_CREATED: Final = Rule(
    "names-as-created",
    "The names of groups and the ARNs of roles are the same in claims and lists as in CreateGroup.",
    Basis.DOCUMENTED,
    f"{_GROUP_API}; {ID_TOKEN_GUIDE}",
)
NO_DUPLICATES: Final = Rule(
    "no-duplicates",
    "cognito:groups contains each name once, and cognito:roles each role once, or once for each group that "
    "has it.",
    Basis.OBSERVED,
    "no published token repeats a name",
)
ABSENT_NOT_EMPTY: Final = Rule(
    "absent-not-empty",
    "cognito:preferred_role is one ARN, not an array. Without a value, it and cognito:roles are absent, "
    "not null and not empty.",
    Basis.DOCUMENTED,
    f"{RBAC_GUIDE}; {GROUP_TYPE_API}",
)
TOKEN_CONTINUES: Final = Rule(
    "token-continues",
    "A page has a NextToken as long as groups remain.",
    Basis.DOCUMENTED,
    _LIST_API,
)
TOKEN_ADVANCES: Final = Rule(
    "token-advances",
    "A NextToken leads to the groups after its page, and not to a page that was already returned.",
    Basis.DOCUMENTED,
    _LIST_API,
)
DOCUMENTED_MEMBERS: Final = Rule(
    "documented-members",
    "The members of a response have the documented names, and Groups is an array of objects.",
    Basis.DOCUMENTED,
    f"{_LIST_API}, Response Syntax",
)
EMPTY_LIST_IS_PRESENT: Final = Rule(
    "empty-list-is-present",
    "A response has Groups even if it contains no group.",
    Basis.OBSERVED,
    "every response that was seen; the service model does not require the member",
)
DOCUMENTED_TYPES: Final = Rule(
    "documented-types",
    "A precedence is an integer, a date is a Unix time in seconds, and every other member of a group is a "
    "string. A NextToken is a string without white space.",
    Basis.DOCUMENTED,
    f"{_LIST_API}, Response Syntax; {_GROUP_API}",
)
POOL_AND_DATES: Final = Rule(
    "pool-and-dates",
    "A listed group has the ID of its user pool, and the dates of its creation and its last change.",
    Basis.OBSERVED,
    "AWS CLI Command Reference, admin-list-groups-for-user, Examples; the service model requires no member "
    "of a group",
)
ONE_ANSWER: Final = Rule(
    "one-answer",
    "A service answers an open question the same way in every case.",
    Basis.UNSPECIFIED,
    "AWS is silent on the answer, but the same groups cannot mean different things in two cases",
)

SERVICE_RULES: Final[tuple[Rule, ...]] = (
    REQUEST_ACCEPTED,
    MEMBERS_ONLY,
    NAMES_AS_CREATED,
    NO_DUPLICATES,
    ABSENT_NOT_EMPTY,
    TOKEN_CONTINUES,
    TOKEN_ADVANCES,
    DOCUMENTED_MEMBERS,
    EMPTY_LIST_IS_PRESENT,
    DOCUMENTED_TYPES,
    POOL_AND_DATES,
    ONE_ANSWER,
)
"""What every response of a service shows."""

_TOKENS: Final = (REQUEST_ACCEPTED, MEMBERS_ONLY, NAMES_AS_CREATED)
_LISTS: Final = (*_TOKENS, DOCUMENTED_MEMBERS, EMPTY_LIST_IS_PRESENT, DOCUMENTED_TYPES)

CONSISTENCY: Final = "consistency"
"""The subject of the results about open questions, one for each question."""

SERVICE_RULES_BY_SUBJECT: Final[dict[str, tuple[Rule, ...]]] = {
    "preferred-role": (*_TOKENS, ABSENT_NOT_EMPTY),
    "roles-claim": (*_TOKENS, NO_DUPLICATES, ABSENT_NOT_EMPTY),
    "groups-claim": (*_TOKENS, NO_DUPLICATES),
    "access-token": (REQUEST_ACCEPTED,),
    "listing": (*_LISTS, POOL_AND_DATES),
    "paging": (*_LISTS, TOKEN_CONTINUES, TOKEN_ADVANCES),
    CONSISTENCY: (ONE_ANSWER,),
}
"""The rules of this module that the cases of each subject check."""
