"""The rules of the role claims, each as a value, and the questions that AWS leaves open.

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

__all__ = ["OPEN_QUESTIONS", "RULES", "Basis", "OpenQuestion", "Rule"]


class Basis(StrEnum):
    """How far a rule can be trusted."""

    DOCUMENTED = "documented"
    """AWS says so, or it follows from what AWS says."""

    OBSERVED = "observed"
    """Seen in several real tokens or events that people published; AWS is silent or says otherwise."""

    UNSPECIFIED = "unspecified"
    """AWS is silent and no evidence decides: the choice is this library's, and a `Policy` changes it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that decides `cognito:preferred_role`."""

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
    """A question that AWS leaves open, and that a `Policy` answers."""

    id: str
    """A phrase in kebab case."""

    question: str
    """What nobody but AWS can say."""

    evidence: str
    """What speaks for which answer."""

    setting: Literal["null_precedence", "roleless"]
    """The setting of `Policy` that answers it."""

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
"""Every rule, in the order in which they are explained."""

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
"""Every open question."""


drawn(OpenQuestion, Rule)
