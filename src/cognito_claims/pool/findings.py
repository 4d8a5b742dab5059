"""What an audit looks for: each check as a value, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["CHECKS", "Check", "Finding", "Severity"]


class Severity(StrEnum):
    """How much a finding matters, in SARIF's words."""

    ERROR = "error"
    """Users get another role than somebody meant, or none."""

    WARNING = "warning"
    """It takes one more membership, or another answer to an open question, and they do."""

    NOTE = "note"
    """Nobody is touched, as far as the snapshot tells."""

    def reaches(self, threshold: Severity) -> bool:
        """Tell whether it is as bad as another, or worse."""
        return list(Severity).index(self) <= list(Severity).index(threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that an audit looks for."""

    code: str
    """Its name, which stays."""

    severity: Severity
    """How much it matters."""

    title: str
    """What is found, in one sentence."""

    remedy: str
    """What to do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that an audit found."""

    check: Check
    """What was looked for."""

    about: str = ""
    """What it is about, where a check may find several things: a group, a role, a precedence, a question.
    It stays the same for as long as that is wrong, however many users it touches."""

    reason: str
    """What was found, in words."""

    groups: tuple[str, ...] = ()
    """The names of the groups that it is about, sorted."""

    users: int = 0
    """How many users it touches."""

    samples: tuple[str, ...] = ()
    """Some of them: the first by name."""


NO_PREFERRED_ROLE = Check(
    code="no-preferred-role",
    severity=Severity.ERROR,
    title="Users have roles, and none of them is preferred.",
    remedy="Give the groups different precedences, or one role; try it with cognito-claims pool diff.",
)
OPEN_QUESTION = Check(
    code="open-question",
    severity=Severity.WARNING,
    title="The preferred role of users hangs on what AWS leaves open.",
    remedy="Give every group that has a role a precedence, and groups without a role a higher one.",
)
EQUAL_PRECEDENCE = Check(
    code="equal-precedence",
    severity=Severity.WARNING,
    title="Groups of one precedence name different roles.",
    remedy="Give each a precedence of its own: two that rank best for a user leave no role preferred.",
)
ROLE_WITHOUT_PRECEDENCE = Check(
    code="role-without-precedence",
    severity=Severity.WARNING,
    title="A group has a role and no precedence.",
    remedy="Give it one: it ranks after every other group, and whether it nominates its role is open.",
)
OUTRANKED_ROLE = Check(
    code="outranked-role",
    severity=Severity.WARNING,
    title="Nobody's preferred role: each user who has it is in a group that ranks before it.",
    remedy="Take the role from the groups, or give them a lower precedence, which ranks before.",
)
EMPTY_GROUP = Check(
    code="empty-group",
    severity=Severity.NOTE,
    title="A group has a role and no members.",
    remedy="Delete the group, or take its role: whoever may add members to it hands the role out.",
)
FEDERATED_GROUP_WITH_ROLE = Check(
    code="federated-group-with-role",
    severity=Severity.ERROR,
    title="Whoever signs in through an identity provider gets a role.",
    remedy="Take the role from the group: Cognito adds everyone to it who signs in through the provider.",
)
OVERLAPPING_NAMES = Check(
    code="overlapping-names",
    severity=Severity.NOTE,
    title="The name of a group is part of other groups' names.",
    remedy="Let no role mapping rule ask whether cognito:groups Contains it: it may match the others too.",
)
MANY_GROUPS = Check(
    code="many-groups",
    severity=Severity.WARNING,
    title="Users are close to the limit of 100 groups.",
    remedy="Take them out of groups: the limit is not raised, and at the limit no more groups are added.",
)
POOL_NEARLY_FULL = Check(
    code="pool-nearly-full",
    severity=Severity.WARNING,
    title="The pool is close to the limit of 10,000 groups.",
    remedy="Delete groups that are not used: the limit is not raised.",
)
IDENTITY_POOL_DENIES = Check(
    code="identity-pool-denies",
    severity=Severity.ERROR,
    title="The identity pool gives users no credentials.",
    remedy="Let one of their roles be preferred, or a rule match them.",
)
IDENTITY_POOL_FALLS_BACK = Check(
    code="identity-pool-falls-back",
    severity=Severity.WARNING,
    title="The identity pool gives users the authenticated role, not one of their own.",
    remedy="Let one of their roles be preferred or a rule match them, or let the mapping deny.",
)
IDENTITY_POOL_OPEN_QUESTION = Check(
    code="identity-pool-open-question",
    severity=Severity.WARNING,
    title="The role that the identity pool gives users hangs on what AWS leaves open.",
    remedy="As for open-question; a rule, write so that both readings match the same users.",
)
IDENTITY_POOL_ASKS_FOR_MORE = Check(
    code="identity-pool-asks-for-more",
    severity=Severity.NOTE,
    title="The rules of the identity pool ask for claims that groups do not tell.",
    remedy="Put these users' ID tokens to cognito-claims role.",
)
CHANGED_MEANWHILE = Check(
    code="changed-meanwhile",
    severity=Severity.NOTE,
    title="The pool changed while it was fetched.",
    remedy="Fetch it anew if it matters.",
)

CHECKS = (
    NO_PREFERRED_ROLE,
    FEDERATED_GROUP_WITH_ROLE,
    IDENTITY_POOL_DENIES,
    OPEN_QUESTION,
    EQUAL_PRECEDENCE,
    ROLE_WITHOUT_PRECEDENCE,
    OUTRANKED_ROLE,
    MANY_GROUPS,
    POOL_NEARLY_FULL,
    IDENTITY_POOL_FALLS_BACK,
    IDENTITY_POOL_OPEN_QUESTION,
    EMPTY_GROUP,
    OVERLAPPING_NAMES,
    IDENTITY_POOL_ASKS_FOR_MORE,
    CHANGED_MEANWHILE,
)
"""Every check, the worst first: the order of findings."""
