"""The outcome of a decision, its rules, the status of each group, and the alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Literal, TypeAlias, final

from cognito_claims._registry import publish
from cognito_claims.group import GroupType  # noqa: TC001, Hypothesis reads annotations
from cognito_claims.resolver.decision import Decision, applies_only_role, is_federated_auto_group
from cognito_claims.resolver.policy import Policy
from cognito_claims.rules import (
    FEDERATED_AUTO_GROUP,
    LOWEST_WINS,
    NO_ROLE,
    NULL_PRECEDENCE,
    NULL_RANKS_LAST,
    NULL_TIES,
    ONLY_ROLE,
    ROLELESS_AT_BEST,
    ROLELESS_IGNORED,
    RULES,
    TIE_DIFFERING_ROLES,
    TIE_SAME_ROLE,
    OpenQuestion,
    Rule,
)


@final
@dataclass(frozen=True, slots=True)
class Preferred:
    """A role is preferred: `cognito:preferred_role` is set."""

    name: ClassVar[Literal["preferred"]] = "preferred"
    """The name of this outcome in JSON and tables."""

    role_arn: str
    """The ARN of the role."""

    decided_by: tuple[GroupType, ...]
    """The groups with the lowest precedence, all of which name the role, sorted by name."""

    rules: tuple[Rule, ...]
    """The rules that led to this outcome."""


@final
@dataclass(frozen=True, slots=True)
class Ambiguous:
    """At least one group has a role, but none is preferred: only `cognito:roles` is set."""

    name: ClassVar[Literal["ambiguous"]] = "ambiguous"
    """The name of this outcome in JSON and tables."""

    decided_by: tuple[GroupType, ...]
    """The groups with the lowest precedence, which disagree, sorted by name. Empty if none competed."""

    rules: tuple[Rule, ...]
    """The rules that led to this outcome. Empty if a setting of the `Policy` did."""


@final
@dataclass(frozen=True, slots=True)
class NoRole:
    """No group has a role: neither role claim is set."""

    name: ClassVar[Literal["no-role"]] = "no-role"
    """The name of this outcome in JSON and tables."""

    decided_by: ClassVar[tuple[GroupType, ...]] = ()
    """Always empty."""

    rules: ClassVar[tuple[Rule, ...]] = (NO_ROLE,)
    """The rule `no-role`."""


Outcome: TypeAlias = Preferred | Ambiguous | NoRole
"""What a decision results in."""


class GroupStatus(StrEnum):
    """What a group contributes to a resolution."""

    DECIDES = "decides"
    """It has the lowest precedence, and its role is preferred."""

    TIES = "ties"
    """It shares the lowest precedence with groups that name other roles."""

    BLOCKS = "blocks"
    """It has the lowest precedence and no role, under `Policy(roleless="blocks")`."""

    OUTRANKED = "outranked"
    """It has a role, but other groups have a lower precedence."""

    ABSTAINS = "abstains"
    """It has a role and no precedence, under `Policy(null_precedence="abstains")`."""

    NO_ROLE = "no role"
    """It has no role and does not compete."""


class AmbiguityCause(StrEnum):
    """Why no role is preferred although groups have roles."""

    TIE = "tie"
    """The groups with the lowest precedence name different roles."""

    ROLELESS = "roleless"
    """A group without a role blocks, under `Policy(roleless="blocks")`."""

    NULL_PRECEDENCE = "null_precedence"
    """No group competes, under `Policy(null_precedence="abstains")`."""


@dataclass(frozen=True, slots=True)
class RankedGroup:
    """A group with its rank and status among the user's groups."""

    rank: int
    """1 is the best. Groups of equal precedence share a rank; groups without one share the last."""

    group: GroupType
    """The group."""

    status: GroupStatus
    """What it contributes to the outcome."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """The role that results if AWS answers an open question differently."""

    question: OpenQuestion
    """The question whose other answer changes the role by itself."""

    role_arn: str | None
    """The ARN of the role under the other answer: the preferred role of a resolution, or the
    role that an identity pool assigns. `None` if there is none."""

    policy: Policy = Policy.DOCUMENTED
    """The policy with the other answer. Questions about identity pools do not change it."""

    raised_by: tuple[GroupType, ...] = field(default=(), compare=False, repr=False)
    """The groups that raise the question: those without a precedence, or without a role, that decide
    under one of the two answers only. Empty for a question about identity pools."""


def build_outcome(decision: Decision) -> Outcome:
    """Return the outcome of a decision."""
    if not decision.roles:
        return NoRole()
    rules = find_rules(decision)
    if decision.preferred_role is None:
        return Ambiguous(decision.decided_by, rules)
    return Preferred(decision.preferred_role, decision.decided_by, rules)


def find_ambiguity_cause(decision: Decision) -> AmbiguityCause | None:
    """Return why no role is preferred; `None` if one is, or if no group has a role."""
    if not decision.roles or decision.preferred_role is not None:
        return None
    if not decision.decided_by:
        return AmbiguityCause.NULL_PRECEDENCE
    if len({group.role_arn for group in decision.decided_by} - {None}) <= 1:
        return AmbiguityCause.ROLELESS
    return AmbiguityCause.TIE


def find_rules(decision: Decision) -> tuple[Rule, ...]:
    """Return the rules that led to a decision, in the order of `RULES`."""
    applied = {rule.id for rule in _find_applied_rules(decision)}
    if not applied and decision.preferred_role is not None:
        applied.add(LOWEST_WINS.id)  # under "abstains", a lone competitor
    return tuple([rule for rule in RULES if rule.id in applied])


def rank_groups(decision: Decision) -> tuple[RankedGroup, ...]:
    """Return each group of a decision with its rank and status."""
    ranked: list[RankedGroup] = []
    for group, status in _find_statuses(decision):
        tied = ranked and group.precedence == ranked[-1].group.precedence
        # As in sports: two groups that share rank 1 are followed by rank 3.
        rank = ranked[-1].rank if tied else len(ranked) + 1
        ranked.append(RankedGroup(rank, group, status))
    return tuple(ranked)


def find_alternatives(decision: Decision) -> tuple[Alternative, ...]:
    """Return the other answers that change the preferred role, each by itself."""
    found: list[Alternative] = []
    for question, policy in (
        (NULL_PRECEDENCE, _flip_null_precedence(decision.policy)),
        (ROLELESS_AT_BEST, _flip_roleless(decision.policy)),
    ):
        other = Decision.from_ranking(decision.ranking, policy)
        if other.preferred_role != decision.preferred_role:
            raised_by = _find_raising_groups(decision, other)
            found.append(Alternative(question, other.preferred_role, policy, raised_by))
    return tuple(found)


def _find_raising_groups(decision: Decision, other: Decision) -> tuple[GroupType, ...]:
    names = {group.group_name for group in decision.decided_by}
    names ^= {group.group_name for group in other.decided_by}
    deciding_once = [group for group in decision.ranking if group.group_name in names]
    nulls = [group for group in deciding_once if group.precedence is None and group.role_arn is not None]
    # If a group without a role blocks, `null-precedence` may be open without a group of that kind: its
    # other answer ends `only-role`, which holds against such a group.
    return tuple(nulls or [group for group in deciding_once if group.role_arn is None])


def find_open_questions(alternatives: Iterable[Alternative]) -> tuple[OpenQuestion, ...]:
    """Return the questions of some alternatives, each once."""
    return tuple(dict.fromkeys(one.question for one in alternatives))


def _flip_null_precedence(policy: Policy) -> Policy:
    ranks_last = policy.null_precedence == "ranks-last"
    return Policy(null_precedence="abstains" if ranks_last else "ranks-last", roleless=policy.roleless)


def _flip_roleless(policy: Policy) -> Policy:
    ignored = policy.roleless == "ignored"
    return Policy(null_precedence=policy.null_precedence, roleless="blocks" if ignored else "ignored")


def _find_statuses(decision: Decision) -> Iterator[tuple[GroupType, GroupStatus]]:
    deciding = {group.group_name for group in decision.decided_by}
    for group in decision.ranking:
        yield group, _find_status(group, decision, deciding)


def _find_status(group: GroupType, decision: Decision, deciding: set[str]) -> GroupStatus:
    if group.group_name in deciding:
        if decision.preferred_role is not None:
            return GroupStatus.DECIDES
        return GroupStatus.BLOCKS if group.role_arn is None else GroupStatus.TIES
    if group.role_arn is None:
        return GroupStatus.NO_ROLE
    if group.precedence is None and decision.policy.null_precedence == "abstains":
        return GroupStatus.ABSTAINS
    return GroupStatus.OUTRANKED


def _find_applied_rules(decision: Decision) -> Iterator[Rule]:
    """Yield the rules without which the outcome, or who decided it, could be different."""
    if not decision.roles:
        yield NO_ROLE
    only_role = applies_only_role(decision.roles, decision.policy)
    if only_role:
        yield ONLY_ROLE
    if not decision.decided_by:
        return
    best = decision.decided_by[0].precedence
    tied_roles = [group.role_arn for group in decision.decided_by]
    if len(tied_roles) > 1 and best is None:
        yield NULL_TIES  # beside the rule for ties, which AWS states for equal precedences only
    if len(set(tied_roles) - {None}) > 1:
        yield TIE_DIFFERING_ROLES
    elif len(tied_roles) > 1 and None not in tied_roles:
        yield TIE_SAME_ROLE
    if decision.preferred_role is None and None in tied_roles:
        return  # a setting of the policy decided
    for group, status in _find_statuses(decision):
        # A group without a role is a reason only if it would have decided, had it competed.
        if status is GroupStatus.OUTRANKED:
            yield NULL_RANKS_LAST if group.precedence is None else LOWEST_WINS
        elif status is GroupStatus.NO_ROLE and not only_role and _ranks_with_or_before(group, best):
            yield FEDERATED_AUTO_GROUP if is_federated_auto_group(group) else ROLELESS_IGNORED


def _ranks_with_or_before(group: GroupType, precedence: int | None) -> bool:
    return precedence is None or (group.precedence is not None and group.precedence <= precedence)


publish(Alternative, Ambiguous, NoRole, Preferred, RankedGroup)
