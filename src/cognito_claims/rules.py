"""The rules, each as a value, and the questions that AWS leaves open.

`RULES` decide the preferred role, and `CLAIM_RULES` which claims each token
contains. The other domains have their own rules: `PAGING_RULES` in
`cognito_claims.client`, `EVENT_RULES` and `TRIGGER_RULES` in
`cognito_claims.events`, `IDENTITY_POOL_RULES` in `cognito_claims.identity_pool`,
`SERVICE_RULES` in `cognito_claims.conformance`.

AWS publishes no algorithm. These rules restate its documentation, each with its
basis and its source:

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

__all__ = [
    "CLAIM_RULES",
    "OPEN_QUESTIONS",
    "RULES",
    "Basis",
    "OpenQuestion",
    "Rule",
]


class Basis(StrEnum):
    """How reliable a rule is."""

    DOCUMENTED = "documented"
    """AWS documents it, or it follows from what AWS documents."""

    OBSERVED = "observed"
    """Published tokens or events show it, or responses do; AWS is silent or documents the opposite."""

    UNSPECIFIED = "unspecified"
    """AWS is silent and there is no evidence: this library chooses."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of AWS's behavior, its basis and its source."""

    id: str
    """A phrase in kebab case, the same in code, documentation and tests."""

    sentence: str
    """The rule."""

    basis: Basis
    """How reliable the rule is."""

    source: str
    """Where the rule is documented, or where it was observed."""

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that AWS leaves open."""

    id: str
    """A phrase in kebab case."""

    question: str
    """The question."""

    evidence: str
    """The evidence for each answer."""

    setting: Literal["null_precedence", "roleless"] | None = None
    """The setting of `Policy` that answers it. `None` if the preferred role does not depend on it."""

    def __str__(self) -> str:
        return self.id


GROUPS_GUIDE = "Amazon Cognito Developer Guide, Adding groups to a user pool"
RBAC_GUIDE = "Amazon Cognito Developer Guide, Using role-based access control"
GROUP_TYPE_API = "Amazon Cognito user pools API Reference, GroupType"

NO_ROLE: Final = Rule(
    "no-role",
    "If no group has a role, neither role claim is set.",
    Basis.DOCUMENTED,
    RBAC_GUIDE,
)
LOWEST_WINS: Final = Rule(
    "lowest-wins",
    "The role of the group with the lowest precedence is preferred. 0 is the lowest.",
    Basis.DOCUMENTED,
    f"{GROUPS_GUIDE}; {GROUP_TYPE_API}",
)
NULL_RANKS_LAST: Final = Rule(
    "null-ranks-last",
    "A group without a precedence ranks after every group that has one.",
    Basis.DOCUMENTED,
    f"{GROUPS_GUIDE}; {GROUP_TYPE_API}",
)
TIE_SAME_ROLE: Final = Rule(
    "tie-same-role",
    "If all groups tied at the best precedence name the same role, that role is preferred.",
    Basis.DOCUMENTED,
    f"{GROUPS_GUIDE}; {GROUP_TYPE_API}",
)
TIE_DIFFERING_ROLES: Final = Rule(
    "tie-differing-roles",
    "If groups tied at the best precedence name different roles, no role is preferred, "
    "and the next precedence is not consulted.",
    Basis.DOCUMENTED,
    f"{GROUPS_GUIDE}; {GROUP_TYPE_API}; on the next precedence: {RBAC_GUIDE}",
)
ONLY_ROLE: Final = Rule(
    "only-role",
    "If all of a user's groups together name one role, that role is preferred.",
    Basis.DOCUMENTED,
    RBAC_GUIDE,
)
NULL_TIES: Final = Rule(
    "null-ties",
    "Groups without a precedence tie, as groups with the same precedence do.",
    Basis.DOCUMENTED,
    f"follows from the rules for ties and from the default precedence, null: {GROUP_TYPE_API}",
)
ROLELESS_IGNORED: Final = Rule(
    "roleless-ignored",
    "A group without a role does not compete, even with the lowest precedence.",
    Basis.UNSPECIFIED,
    "every emulator that computes the claim does this",
)
FEDERATED_AUTO_GROUP: Final = Rule(
    "federated-auto-group",
    "The group <poolId>_<IdP> that a federated sign-in creates, without a role or a precedence, "
    "does not compete.",
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
"""Every rule about the preferred role, in the order of explanations."""

NULL_PRECEDENCE: Final = OpenQuestion(
    "null-precedence",
    "Does a group without a precedence nominate a role at all?",
    "According to the documentation, it does, and ranks last. However, six unrelated ID tokens "
    "published between 2017 and 2025 contain one role and no preferred role. The configuration of one is "
    "public: the group with the role has no precedence, and there is no trigger "
    "(github.com/aehrc/terraform-aws-serverless-beacon at 00329a7, lambda/askbeacon/lambda_function.py, "
    "lines 28 to 52, beside cognito.tf). Where the preferred role is present and the group is known, the "
    "group has a precedence.",
    "null_precedence",
)
ROLELESS_AT_BEST: Final = OpenQuestion(
    "roleless-at-best",
    "If a group without a role ranks best, does it prevent the other groups' roles from being preferred?",
    "AWS is silent. The emulators that compute the claim ignore groups without a role.",
    "roleless",
)

OPEN_QUESTIONS: Final[tuple[OpenQuestion, ...]] = (NULL_PRECEDENCE, ROLELESS_AT_BEST)
"""Every open question about the preferred role."""

ID_TOKEN_GUIDE = "Amazon Cognito Developer Guide, Using the ID token"  # noqa: S105, no password
ACCESS_TOKEN_GUIDE = "Amazon Cognito Developer Guide, Using the access token"  # noqa: S105, no password

ALL_GROUPS: Final = Rule(
    "all-groups",
    "cognito:groups contains all of the user's groups, with or without a role, in both tokens.",
    Basis.DOCUMENTED,
    f"{ID_TOKEN_GUIDE}; {ACCESS_TOKEN_GUIDE}",
)
NO_GROUPS: Final = Rule(
    "no-groups",
    "If the user is in no group, cognito:groups is absent, not empty.",
    Basis.DOCUMENTED,
    ID_TOKEN_GUIDE,
)
ALL_ROLES: Final = Rule(
    "all-roles",
    "cognito:roles contains the role of every group that has one, regardless of precedence.",
    Basis.DOCUMENTED,
    f"{GROUPS_GUIDE}; {ID_TOKEN_GUIDE}; two published tokens",
)
ID_TOKEN_ALONE: Final = Rule(
    "id-token-alone",
    "Only the ID token contains cognito:roles and cognito:preferred_role.",
    Basis.DOCUMENTED,
    f"{ID_TOKEN_GUIDE}; {ACCESS_TOKEN_GUIDE}",
)
ROLE_ONCE: Final = Rule(
    "role-once",
    "A role that several groups name is in cognito:roles once.",
    Basis.UNSPECIFIED,
    f"the claim is a set of roles: {RBAC_GUIDE}; AWS does not document duplicates, and no published token "
    "shows them",
)
ROLE_CASE: Final = Rule(
    "role-case",
    "Role ARNs that differ only in case are different roles.",
    Basis.UNSPECIFIED,
    "IAM permits no two role names that differ only in case; AWS does not document how Amazon Cognito "
    "compares ARNs",
)
_UNIQUE_NAMES: Final = (
    "a name is unique in its user pool: Amazon Cognito user pools API Reference, CreateGroup; AWS does not "
    "document how names are compared"
)
NAME_CASE: Final = Rule(
    "name-case",
    "Group names that differ only in case belong to different groups.",
    Basis.UNSPECIFIED,
    _UNIQUE_NAMES,
)
NAME_NFC: Final = Rule(
    "name-nfc",
    "Group names that are equal under the Unicode normalization NFC belong to different groups.",
    Basis.UNSPECIFIED,
    _UNIQUE_NAMES,
)
NAME_NFKC: Final = Rule(
    "name-nfkc",
    "Group names that are equal under the Unicode normalization NFKC, but not under NFC, belong to "
    "different groups.",
    Basis.UNSPECIFIED,
    _UNIQUE_NAMES,
)

CLAIM_RULES: Final[tuple[Rule, ...]] = (
    ALL_GROUPS,
    NO_GROUPS,
    ALL_ROLES,
    ID_TOKEN_ALONE,
    ROLE_ONCE,
    ROLE_CASE,
    NAME_CASE,
    NAME_NFC,
    NAME_NFKC,
)
"""Which claims each token contains."""
