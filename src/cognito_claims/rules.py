"""The rules, each as a value, and the questions that AWS leaves open.

`RULES` decide the preferred role, `CLAIM_RULES` say which claims stand in which
token, `PAGING_RULES` how a user's groups are listed, `CARRIER_RULES` how claims
travel, `TRIGGER_RULES` what a pre token generation trigger does to them, and
`IDENTITY_POOL_RULES` which IAM role an identity pool hands out by them.

AWS publishes no algorithm. These are its sentences put in order, each with the
basis that tells how far it can be trusted, and where it stands:

>>> for rule in RULES:
...     print(rule.id, rule.basis)
no-role documented
lowest-wins documented
null-ranks-last documented
tie-same-role documented
tie-differing-roles documented
only-role documented
null-ties documented
roleless-ignored unspecified
federated-auto-group observed
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from cognito_claims._hypothesis import drawn

__all__ = [
    "CARRIER_RULES",
    "CLAIM_RULES",
    "IDENTITY_POOL_QUESTIONS",
    "IDENTITY_POOL_RULES",
    "OPEN_QUESTIONS",
    "PAGING_RULES",
    "RULES",
    "TRIGGER_RULES",
    "Basis",
    "OpenQuestion",
    "Rule",
]


class Basis(StrEnum):
    """How far a rule can be trusted."""

    DOCUMENTED = "documented"
    """AWS says so, or it follows from what AWS says."""

    OBSERVED = "observed"
    """Seen in several real tokens or events that people published; AWS is silent or says otherwise."""

    UNSPECIFIED = "unspecified"
    """AWS is silent and no evidence decides: the choice is this library's."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence that decides something, and how far it can be trusted."""

    id: str
    """A phrase in kebab case, the same in code, documentation and tests."""

    sentence: str
    """The rule."""

    basis: Basis
    """How far it can be trusted."""

    source: str
    """Where it stands, or what it was seen in."""

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that AWS leaves open."""

    id: str
    """A phrase in kebab case."""

    question: str
    """What nobody but AWS can say."""

    evidence: str
    """What speaks for which answer."""

    setting: Literal["null_precedence", "roleless"] | None = None
    """The setting of `Policy` that answers it; for a question about identity pools, none."""

    def __str__(self) -> str:
        return self.id


_GRP = "Amazon Cognito Developer Guide, Adding groups to a user pool"
_RBAC = "Amazon Cognito Developer Guide, Using role-based access control"
_API = "Amazon Cognito user pools API Reference, GroupType"

NO_ROLE: Final = Rule(
    "no-role",
    "If no group has a role, neither role claim is set.",
    Basis.DOCUMENTED,
    _RBAC,
)
LOWEST_WINS: Final = Rule(
    "lowest-wins",
    "The role of the group with the lowest precedence is preferred; 0 is the best.",
    Basis.DOCUMENTED,
    f"{_GRP}; {_API}",
)
NULL_RANKS_LAST: Final = Rule(
    "null-ranks-last",
    "A group without a precedence ranks after every group that has one.",
    Basis.DOCUMENTED,
    f"{_GRP}; {_API}",
)
TIE_SAME_ROLE: Final = Rule(
    "tie-same-role",
    "Groups tied at the best precedence that name one role agree on it.",
    Basis.DOCUMENTED,
    f"{_GRP}; {_API}",
)
TIE_DIFFERING_ROLES: Final = Rule(
    "tie-differing-roles",
    "If groups tied at the best precedence name different roles, no role is preferred; "
    "the next precedence is not consulted.",
    Basis.DOCUMENTED,
    f"{_GRP}; {_API}; that nothing falls through: {_RBAC}",
)
ONLY_ROLE: Final = Rule(
    "only-role",
    "If all groups together name one role, that role is preferred.",
    Basis.DOCUMENTED,
    _RBAC,
)
NULL_TIES: Final = Rule(
    "null-ties",
    "Groups without a precedence tie, as groups with the same precedence do.",
    Basis.DOCUMENTED,
    f"follows from the rules for ties and from the default precedence, null: {_API}",
)
ROLELESS_IGNORED: Final = Rule(
    "roleless-ignored",
    "A group without a role does not compete, even with the lowest precedence.",
    Basis.UNSPECIFIED,
    "every emulator that computes the claim does so",
)
FEDERATED_AUTO_GROUP: Final = Rule(
    "federated-auto-group",
    "The bare group <poolId>_<IdP> that a federated sign-in creates, without role and precedence, "
    "blocks nothing.",
    Basis.OBSERVED,
    "published tokens of federated users",
)

RULES: Final[tuple[Rule, ...]] = (
    NO_ROLE,
    LOWEST_WINS,
    NULL_RANKS_LAST,
    TIE_SAME_ROLE,
    TIE_DIFFERING_ROLES,
    ONLY_ROLE,
    NULL_TIES,
    ROLELESS_IGNORED,
    FEDERATED_AUTO_GROUP,
)
"""Every rule of the preferred role, in the order in which they are explained."""

NULL_PRECEDENCE: Final = OpenQuestion(
    "null-precedence",
    "Does a group without a precedence nominate a role at all?",
    "The documentation says that it does, and ranks last. Yet five unrelated ID tokens published "
    "between 2017 and 2025 hold one role and no preferred role, and wherever the group is known to "
    "have a precedence, the claim is there.",
    "null_precedence",
)
ROLELESS_AT_BEST: Final = OpenQuestion(
    "roleless-at-best",
    "Does a group without a role that ranks best keep the other groups' roles from being preferred?",
    "AWS is silent; the emulators that compute the claim let the others compete among themselves.",
    "roleless",
)

OPEN_QUESTIONS: Final[tuple[OpenQuestion, ...]] = (NULL_PRECEDENCE, ROLELESS_AT_BEST)
"""Every open question about the preferred role."""

_IDT = "Amazon Cognito Developer Guide, Using the ID token"
_AT = "Amazon Cognito Developer Guide, Using the access token"
_LIST = "Amazon Cognito user pools API Reference, AdminListGroupsForUser"

ALL_GROUPS: Final = Rule(
    "all-groups",
    "cognito:groups names all of the user's groups, with a role or without, in both tokens.",
    Basis.DOCUMENTED,
    f"{_IDT}; {_AT}",
)
NO_GROUPS: Final = Rule(
    "no-groups",
    "A user in no group has no cognito:groups: the claim is absent, not empty.",
    Basis.DOCUMENTED,
    _IDT,
)
ALL_ROLES: Final = Rule(
    "all-roles",
    "cognito:roles holds the role of every group that has one, whatever its precedence.",
    Basis.DOCUMENTED,
    f"{_GRP}; {_IDT}; two published tokens",
)
ID_TOKEN_ALONE: Final = Rule(
    "id-token-alone",
    "cognito:roles and cognito:preferred_role stand in the ID token alone.",
    Basis.DOCUMENTED,
    f"{_IDT}; {_AT}",
)

CLAIM_RULES: Final[tuple[Rule, ...]] = (ALL_GROUPS, NO_GROUPS, ALL_ROLES, ID_TOKEN_ALONE)
"""Which claims stand in which token."""

TOKEN_ENDS: Final = Rule(
    "token-ends",
    "A list ends where NextToken is missing, and nowhere else: a page may be short or empty before.",
    Basis.DOCUMENTED,
    _LIST,
)
LIMIT_BOUNDS: Final = Rule(
    "limit-bounds",
    "A page holds at most Limit groups.",
    Basis.DOCUMENTED,
    _LIST,
)
EACH_GROUP_ONCE: Final = Rule(
    "each-group-once",
    "All pages together hold each of the user's groups once.",
    Basis.DOCUMENTED,
    _LIST,
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
    f"{_LIST}; {_API}",
)
UNSET_IS_ABSENT: Final = Rule(
    "unset-is-absent",
    "What a group was created without is absent: no precedence is not 0. Emulators write text that is "
    "not set as empty, which is read as absent.",
    Basis.DOCUMENTED,
    f"{_API}: the default precedence is null",
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

_PTG = "Amazon Cognito Developer Guide, Pre token generation Lambda trigger"
_IDP = "Amazon Cognito identity pools API Reference"

TOKEN_ARRAYS: Final = Rule(
    "token-arrays",
    "In a token's payload and in AppSync's identity.claims, groups and roles are arrays, "
    "also with one element.",
    Basis.DOCUMENTED,
    "Amazon Cognito Developer Guide, Using the ID token",
)
REST_COMMAS: Final = Rule(
    "rest-commas",
    "The authorizer of a REST API joins an array by commas, and turns every value into text.",
    Basis.OBSERVED,
    "four published events",
)
REST_AMBIGUOUS: Final = Rule(
    "rest-ambiguous",
    "A name may hold a comma: only one who knows the pool's names can split what a REST API joined.",
    Basis.DOCUMENTED,
    f"follows from rest-commas and the pattern of GroupName: {_API}",
)
HTTP_BRACKETS: Final = Rule(
    "http-brackets",
    "The authorizer of an HTTP API writes an array in brackets with blanks between, and drops null claims.",
    Basis.OBSERVED,
    "published events",
)
TRIGGER_CONFIGURATION: Final = Rule(
    "trigger-configuration",
    "A pre token generation event has groups, roles and preferred role in request.groupConfiguration: "
    "two empty lists and null if there are none.",
    Basis.DOCUMENTED,
    f"{_PTG}; the empty ones were seen in published events",
)
ALB_WITHOUT: Final = Rule(
    "alb-without",
    "The header x-amzn-oidc-data of a load balancer has no groups.",
    Basis.OBSERVED,
    "it comes from userInfo",
)

CARRIER_RULES: Final[tuple[Rule, ...]] = (
    TOKEN_ARRAYS,
    REST_COMMAS,
    REST_AMBIGUOUS,
    HTTP_BRACKETS,
    TRIGGER_CONFIGURATION,
    ALB_WITHOUT,
)
"""How the claims travel."""

OVERRIDE_REPLACES: Final = Rule(
    "override-replaces",
    "groupOverrideDetails replaces the groups in both tokens, in version 1 as well, and roles and "
    "preferred role in the ID token.",
    Basis.DOCUMENTED,
    _PTG,
)
OVERRIDE_EMPTY: Final = Rule(
    "override-empty",
    "groupOverrideDetails that is empty or null removes groups, roles and preferred role.",
    Basis.DOCUMENTED,
    _PTG,
)
OVERRIDE_OMITTED: Final = Rule(
    "override-omitted",
    "Where groupOverrideDetails is left out, nothing changes.",
    Basis.OBSERVED,
    "published triggers and tokens",
)
OVERRIDE_PARTIAL: Final = Rule(
    "override-partial",
    "A key missing in groupOverrideDetails counts as empty; the preferred role is not computed anew.",
    Basis.OBSERVED,
    "one published token",
)
OVERRIDE_UNCHECKED: Final = Rule(
    "override-unchecked",
    "Names that are no groups, and a preferred role that is none of the roles, are accepted.",
    Basis.DOCUMENTED,
    _PTG,
)
SUPPRESS_GROUPS: Final = Rule(
    "suppress-groups",
    "Who suppresses cognito:groups suppresses cognito:roles and cognito:preferred_role too.",
    Basis.DOCUMENTED,
    _PTG,
)
SUPPRESSED_WINS: Final = Rule(
    "suppressed-wins",
    "A claim that is both added and suppressed is suppressed.",
    Basis.DOCUMENTED,
    _PTG,
)
RESERVED_CLAIMS: Final = Rule(
    "reserved-claims",
    "A trigger can neither set nor suppress the reserved claims; dev: attributes can only be suppressed.",
    Basis.DOCUMENTED,
    _PTG,
)

TRIGGER_RULES: Final[tuple[Rule, ...]] = (
    OVERRIDE_REPLACES,
    OVERRIDE_EMPTY,
    OVERRIDE_OMITTED,
    OVERRIDE_PARTIAL,
    OVERRIDE_UNCHECKED,
    SUPPRESS_GROUPS,
    SUPPRESSED_WINS,
    RESERVED_CLAIMS,
)
"""What a pre token generation trigger does to the claims."""

NO_MAPPING: Final = Rule(
    "no-mapping",
    "Without a mapping for the provider, the identity pool's authenticated role is assumed.",
    Basis.DOCUMENTED,
    _RBAC,
)
CUSTOM_ROLE: Final = Rule(
    "custom-role",
    "A CustomRoleArn is assumed if it is one of cognito:roles, and denied if not.",
    Basis.DOCUMENTED,
    _RBAC,
)
PREFERRED_ASSUMED: Final = Rule(
    "preferred-assumed",
    "Without a CustomRoleArn, cognito:preferred_role is assumed if it is set.",
    Basis.DOCUMENTED,
    _RBAC,
)
AMBIGUOUS_RESOLUTION: Final = Rule(
    "ambiguous-resolution",
    "If neither names a role, AmbiguousRoleResolution says: the authenticated role, or denied.",
    Basis.DOCUMENTED,
    _RBAC,
)
FIRST_MATCH: Final = Rule(
    "first-match",
    "Rules are tried in order, and the role of the first that matches is assumed.",
    Basis.DOCUMENTED,
    f"{_RBAC}; {_IDP}, RulesConfigurationType",
)
NO_MATCH: Final = Rule(
    "no-match",
    "If no rule matches, AmbiguousRoleResolution says: the authenticated role, or denied.",
    Basis.DOCUMENTED,
    f"{_RBAC}; {_IDP}, RoleMapping",
)
ABSENT_CLAIM: Final = Rule(
    "absent-claim",
    "A rule on a claim that the token does not have never matches, NotEqual included.",
    Basis.DOCUMENTED,
    f"{_IDP}, MappingRule",
)
CUSTOM_ROLE_OF_RULES: Final = Rule(
    "custom-role-of-rules",
    "A CustomRoleArn is assumed if a rule that matches names it, and denied if none does.",
    Basis.UNSPECIFIED,
    "AWS says nothing of CustomRoleArn where rules choose",
)

CUSTOM_ROLE_WITHOUT_MAPPING: Final = Rule(
    "custom-role-without-mapping",
    "Without a mapping, a CustomRoleArn is denied unless it is the authenticated role.",
    Basis.UNSPECIFIED,
    "AWS says nothing of CustomRoleArn without a mapping",
)
NO_ROLES: Final = Rule(
    "no-roles",
    "A token without any role is taken as ambiguous.",
    Basis.UNSPECIFIED,
    f"AWS speaks of a token that has roles; {_RBAC}",
)
ARRAY_ELEMENTS: Final = Rule(
    "array-elements",
    "Of an array, Equals, Contains and StartsWith ask for one element that matches, NotEqual for none "
    "that is equal.",
    Basis.UNSPECIFIED,
    "AWS says nothing of claims that are arrays",
)

IDENTITY_POOL_RULES: Final[tuple[Rule, ...]] = (
    NO_MAPPING,
    CUSTOM_ROLE_WITHOUT_MAPPING,
    CUSTOM_ROLE,
    PREFERRED_ASSUMED,
    AMBIGUOUS_RESOLUTION,
    NO_ROLES,
    FIRST_MATCH,
    NO_MATCH,
    ABSENT_CLAIM,
    ARRAY_ELEMENTS,
    CUSTOM_ROLE_OF_RULES,
)
"""Which IAM role an identity pool hands out (enhanced flow, ID tokens)."""

LONE_ROLE: Final = OpenQuestion(
    "lone-role",
    "Is a token with one role and no preferred role ambiguous to an identity pool?",
    "The guide says that it is; the API reference speaks of several roles only.",
)
CONTAINS_ELEMENT: Final = OpenQuestion(
    "contains-element",
    "Does a Contains rule on an array ask for an element, or for a part of an element's text?",
    "AWS is silent. If a part is enough, the group nonadmins matches Contains admins.",
)

IDENTITY_POOL_QUESTIONS: Final[tuple[OpenQuestion, ...]] = (LONE_ROLE, CONTAINS_ELEMENT)
"""Every open question about identity pools."""


drawn(OpenQuestion, Rule)
