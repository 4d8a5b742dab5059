"""The rules, each as a value, and the questions that AWS leaves open.

`RULES` decide the preferred role, `CLAIM_RULES` say which claims stand in which
token, `PAGING_RULES` how a user's groups are listed, `EVENT_RULES` how claims
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

__all__ = [
    "CLAIM_RULES",
    "OPEN_QUESTIONS",
    "RULES",
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
    "The role of the group with the lowest precedence is preferred; 0 is the best.",
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
    "Groups tied at the best precedence that name one role agree on it.",
    Basis.DOCUMENTED,
    f"{GROUPS_GUIDE}; {GROUP_TYPE_API}",
)
TIE_DIFFERING_ROLES: Final = Rule(
    "tie-differing-roles",
    "If groups tied at the best precedence name different roles, no role is preferred; "
    "the next precedence is not consulted.",
    Basis.DOCUMENTED,
    f"{GROUPS_GUIDE}; {GROUP_TYPE_API}; that nothing falls through: {RBAC_GUIDE}",
)
ONLY_ROLE: Final = Rule(
    "only-role",
    "If all groups together name one role, that role is preferred.",
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

ID_TOKEN_GUIDE = "Amazon Cognito Developer Guide, Using the ID token"  # noqa: S105, no password
ACCESS_TOKEN_GUIDE = "Amazon Cognito Developer Guide, Using the access token"  # noqa: S105, no password

ALL_GROUPS: Final = Rule(
    "all-groups",
    "cognito:groups names all of the user's groups, with a role or without, in both tokens.",
    Basis.DOCUMENTED,
    f"{ID_TOKEN_GUIDE}; {ACCESS_TOKEN_GUIDE}",
)
NO_GROUPS: Final = Rule(
    "no-groups",
    "A user in no group has no cognito:groups: the claim is absent, not empty.",
    Basis.DOCUMENTED,
    ID_TOKEN_GUIDE,
)
ALL_ROLES: Final = Rule(
    "all-roles",
    "cognito:roles holds the role of every group that has one, whatever its precedence.",
    Basis.DOCUMENTED,
    f"{GROUPS_GUIDE}; {ID_TOKEN_GUIDE}; two published tokens",
)
ID_TOKEN_ALONE: Final = Rule(
    "id-token-alone",
    "cognito:roles and cognito:preferred_role stand in the ID token alone.",
    Basis.DOCUMENTED,
    f"{ID_TOKEN_GUIDE}; {ACCESS_TOKEN_GUIDE}",
)

CLAIM_RULES: Final[tuple[Rule, ...]] = (ALL_GROUPS, NO_GROUPS, ALL_ROLES, ID_TOKEN_ALONE)
"""Which claims stand in which token."""
