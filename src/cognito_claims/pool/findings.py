"""The checks of an audit, and the findings that they report."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cognito_claims._counts import format_count
from cognito_claims.models import MAX_GROUPS_PER_POOL, MAX_GROUPS_PER_USER


class Severity(StrEnum):
    """How serious a finding is. The names are those of SARIF."""

    ERROR = "error"
    """Users get no role, or can get one that they should not."""

    WARNING = "warning"
    """It may not be intended, or may become an error."""

    NOTE = "note"
    """It is worth knowing, and may be as intended."""

    def reaches(self, threshold: Severity) -> bool:
        """Return whether it is as serious as the threshold, or more."""
        return list(Severity).index(self) <= list(Severity).index(threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A problem that an audit looks for."""

    code: str
    """A stable code, such as `no-preferred-role`."""

    severity: Severity
    """How serious it is."""

    title: str
    """The problem in general, as a sentence."""

    remedy: str
    """The remedy, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem that an audit found."""

    check: Check
    """The check that found it."""

    about: str = ""
    """The subject, if a check can find several problems: the name of a group, the ARN of a role, a setting
    such as `precedence=10`, or the ID of a rule or question. Together with the code, it identifies the
    problem from one audit to the next, even if the wording or the number of users changes."""

    title: str
    """The problem and its subject, as a sentence. The wording may change."""

    reason: str
    """The details, as a phrase or sentences. The wording may change."""

    groups: tuple[str, ...] = ()
    """The names of the groups involved, sorted."""

    users: int = 0
    """The number of users affected."""

    samples: tuple[str, ...] = field(default=(), repr=False)
    """The first of these users, by name."""

    known: bool | None = None
    """Whether the baseline has it too; `None` without a baseline.

    A finding is known if the baseline has one with the same code and subject, and with all of its groups.
    With a further group it is new. More users do not make it new: compare `users` with `baseline_users`.
    """

    baseline_users: int | None = None
    """The number of users affected in the baseline by the finding with the same code and subject, or `None`
    if there is none."""

    ignored: str | None = None
    """The reason why the ignore list leaves it out, or `None`."""

    @property
    def comparison(self) -> str:
        """How it differs from the baseline, as a phrase; empty if it is new or there is no baseline."""
        if self.baseline_users is None:
            return ""
        before = f"{format_count(self.baseline_users, 'user')} in the baseline"
        if self.known is not True:
            return f"further groups, {before}"
        return f"known, {before}" if self.users > self.baseline_users else "known"

    @property
    def counts(self) -> bool:
        """Whether it is neither known nor ignored."""
        return not bool(self.known) and self.ignored is None


NEARLY_ALL = 0.9
"""The share of all users, or of one of AWS's limits, from which a check warns."""

FEW_USERS = 10
"""Of fewer users in total, the share in one group means little."""

MAX_DETAILED = 5
"""The number of findings of one check that the text lists, and that a page shows without folding them."""

NO_PREFERRED_ROLE = Check(
    code="no-preferred-role",
    severity=Severity.ERROR,
    title="Users have roles, but none is preferred.",
    remedy="Set different precedences or the same role; preview the change with cognito-claims pool diff.",
)
OPEN_QUESTION = Check(
    code="open-question",
    severity=Severity.WARNING,
    title="The preferred role of users depends on behavior that AWS does not specify.",
    remedy="Set a precedence for every group with a role, and a higher number for groups without one.",
)
EQUAL_PRECEDENCE = Check(
    code="equal-precedence",
    severity=Severity.WARNING,
    title="Groups with the same precedence have different roles.",
    remedy="Set a different precedence for each: if two of them decide for a user, no role is preferred.",
)
ROLE_WITHOUT_PRECEDENCE = Check(
    code="role-without-precedence",
    severity=Severity.WARNING,
    title="A group has a role but no precedence.",
    remedy="Set a precedence: the group ranks last, and AWS does not specify whether its role counts.",
)
OUTRANKED_ROLE = Check(
    code="outranked-role",
    severity=Severity.WARNING,
    title="A role is never preferred: each of its users is also in a group that ranks higher.",
    remedy="Remove the role from the groups, or set a lower precedence, which ranks first.",
)
EMPTY_GROUP = Check(
    code="empty-group",
    severity=Severity.NOTE,
    title="A group has a role but no members.",
    remedy="Delete the group or remove its role: anyone who can add members can grant the role.",
)
FEDERATED_GROUP_WITH_ROLE = Check(
    code="federated-group-with-role",
    severity=Severity.ERROR,
    title="Everyone who signs in through an identity provider gets a role.",
    remedy="Remove the role from the group: Cognito adds every user of the identity provider to it.",
)
ROLELESS_GROUP_FIRST = Check(
    code="roleless-group-first",
    severity=Severity.NOTE,
    title="A group without a role ranks before every group with a role.",
    remedy="Set a higher precedence: AWS does not specify whether such a group blocks the roles of others.",
)
ROLE_OF_NEARLY_EVERYONE = Check(
    code="role-of-nearly-everyone",
    severity=Severity.NOTE,
    title="A group with a role holds nearly all users.",
    remedy="Check that its role grants only what every user needs, such as the authenticated role does.",
)
ROLE_OF_ANOTHER_ACCOUNT = Check(
    code="role-of-another-account",
    severity=Severity.WARNING,
    title="Groups have roles of another account.",
    remedy="Check the roles: an identity pool issues credentials only for roles of its own account.",
)
RECREATED_GROUP = Check(
    code="recreated-group",
    severity=Severity.NOTE,
    title="A group was deleted and created again under the same name.",
    remedy="Check its members and its role: whatever refers to the name now refers to a different group.",
)
OVERLAPPING_NAMES = Check(
    code="overlapping-names",
    severity=Severity.NOTE,
    title="A rule of the identity pool with Contains may match several groups.",
    remedy="Use Equals, or rename the groups: AWS does not specify whether a part of a name matches.",
)
PRE_TOKEN_GENERATION_TRIGGER = Check(
    code="pre-token-generation-trigger",
    severity=Severity.NOTE,
    title="A pre token generation trigger may change groups and roles: this audit cannot see what it does.",
    remedy="Read the code of its function, and check tokens with cognito-claims decode.",
)
MANY_GROUPS = Check(
    code="many-groups",
    severity=Severity.WARNING,
    title=f"Users are close to the limit of {MAX_GROUPS_PER_USER} groups.",
    remedy="Remove them from some groups: AWS does not raise this limit, and adding them to more fails.",
)
POOL_NEARLY_FULL = Check(
    code="pool-nearly-full",
    severity=Severity.WARNING,
    title=f"The pool is close to the limit of {MAX_GROUPS_PER_POOL:,} groups.",
    remedy="Delete unused groups: AWS does not raise the limit.",
)
IDENTITY_POOL_DENIES = Check(
    code="identity-pool-denies",
    severity=Severity.ERROR,
    title="The identity pool denies users credentials.",
    remedy="Make one of their roles preferred, or add a role mapping rule that matches them.",
)
IDENTITY_POOL_WITHOUT_MAPPING = Check(
    code="identity-pool-without-mapping",
    severity=Severity.ERROR,
    title="Groups have roles, but the identity pool has no role mapping for the user pool.",
    remedy="Add a role mapping for the user pool and the app client, or remove the roles of the groups.",
)
IDENTITY_POOL_FALLS_BACK = Check(
    code="identity-pool-falls-back",
    severity=Severity.WARNING,
    title="The identity pool assigns users the authenticated role instead of a role of their groups.",
    remedy="Make one of their roles preferred, add a rule that matches them, or set "
    "AmbiguousRoleResolution to Deny.",
)
IDENTITY_POOL_OPEN_QUESTION = Check(
    code="identity-pool-open-question",
    severity=Severity.WARNING,
    title="The role that the identity pool assigns depends on behavior that AWS does not specify.",
    remedy="See open-question; write rules so that both readings match the same users.",
)
IDENTITY_POOL_NEEDS_CLAIMS = Check(
    code="identity-pool-needs-claims",
    severity=Severity.NOTE,
    title="The rules of the identity pool use claims that do not come from groups.",
    remedy="Check the ID tokens of these users with cognito-claims role.",
)
USER_POOL_NOT_ACCEPTED = Check(
    code="user-pool-not-accepted",
    severity=Severity.ERROR,
    title="The identity pool does not accept the tokens of the user pool.",
    remedy="Add the user pool with the app client to the identity providers of the identity pool.",
)
ROLE_NOT_ASSUMABLE = Check(
    code="role-not-assumable",
    severity=Severity.ERROR,
    title="The identity pool cannot assume a role.",
    remedy="Correct the trust policy of the role, and check it with cognito-claims access.",
)
ROLE_TRUSTS_ANY_IDENTITY_POOL = Check(
    code="role-trusts-any-identity-pool",
    severity=Severity.ERROR,
    title="A role trusts every identity pool, in any account.",
    remedy="Require the ID of the identity pool: StringEquals on aud of the identity pools service.",
)
ROLE_TRUSTS_GUESTS = Check(
    code="role-trusts-guests",
    severity=Severity.WARNING,
    title="A role for users who signed in trusts guests.",
    remedy="Require authenticated: ForAnyValue:StringLike on amr of the identity pools service.",
)
CLASSIC_FLOW_WITHOUT_MAPPING = Check(
    code="classic-flow-without-mapping",
    severity=Severity.ERROR,
    title="The identity pool allows the classic flow and has no role mapping: everyone who signs in can "
    "assume every role that trusts it.",
    remedy="Set AllowClassicFlow to false, or add a role mapping for the user pool.",
)
ACCESS_NOT_EVALUATED = Check(
    code="access-not-evaluated",
    severity=Severity.NOTE,
    title="The trust of some roles, or the classic flow, is not evaluated.",
    remedy="Pass what the reason names, or check these trust policies yourself.",
)
CHANGED_DURING_FETCH = Check(
    code="changed-during-fetch",
    severity=Severity.NOTE,
    title="The pool changed during the fetch.",
    remedy="Fetch the pool again if the change matters.",
)

CHECKS = (
    NO_PREFERRED_ROLE,
    FEDERATED_GROUP_WITH_ROLE,
    IDENTITY_POOL_DENIES,
    IDENTITY_POOL_WITHOUT_MAPPING,
    USER_POOL_NOT_ACCEPTED,
    ROLE_NOT_ASSUMABLE,
    ROLE_TRUSTS_ANY_IDENTITY_POOL,
    CLASSIC_FLOW_WITHOUT_MAPPING,
    OPEN_QUESTION,
    EQUAL_PRECEDENCE,
    ROLE_WITHOUT_PRECEDENCE,
    OUTRANKED_ROLE,
    ROLE_OF_ANOTHER_ACCOUNT,
    MANY_GROUPS,
    POOL_NEARLY_FULL,
    IDENTITY_POOL_FALLS_BACK,
    IDENTITY_POOL_OPEN_QUESTION,
    ROLE_TRUSTS_GUESTS,
    ROLELESS_GROUP_FIRST,
    ROLE_OF_NEARLY_EVERYONE,
    EMPTY_GROUP,
    RECREATED_GROUP,
    OVERLAPPING_NAMES,
    IDENTITY_POOL_NEEDS_CLAIMS,
    ACCESS_NOT_EVALUATED,
    PRE_TOKEN_GENERATION_TRIGGER,
    CHANGED_DURING_FETCH,
)
"""Every check, the most serious first. Findings are in this order."""
