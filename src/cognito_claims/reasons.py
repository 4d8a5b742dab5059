"""Why a resolution came out as it did: its outcome, each group's part, and what is open.

A part of the resolver that is loaded when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import ClassVar, Literal, TypeAlias, final

from cognito_claims._hypothesis import drawn
from cognito_claims.models import GroupType  # noqa: TC001, pydantic and Hypothesis read annotations
from cognito_claims.resolver import Policy, Resolution, is_federated_auto_group, only_role, preferred
from cognito_claims.rules import (
    FEDERATED_AUTO_GROUP,
    LOWEST_WINS,
    NO_ROLE,
    NULL_PRECEDENCE,
    NULL_RANKS_LAST,
    NULL_TIES,
    ONLY_ROLE,
    OPEN_QUESTIONS,
    ROLELESS_AT_BEST,
    ROLELESS_IGNORED,
    RULES,
    TIE_DIFFERING_ROLES,
    TIE_SAME_ROLE,
    OpenQuestion,
    Rule,
)

__all__ = ["Alternative", "Ambiguous", "NoRole", "Outcome", "Part", "Preferred", "Standing"]


@final
@dataclass(frozen=True, slots=True)
class Preferred:
    """One role is preferred: `cognito:preferred_role` is set."""

    name: ClassVar[Literal["preferred"]] = "preferred"
    """How JSON and tables call it."""

    role_arn: str
    """The role's ARN."""

    decided_by: tuple[GroupType, ...]
    """The groups at the best precedence, all of which name the role; by name."""

    rules: tuple[Rule, ...]
    """The rules that led here."""


@final
@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Some group has a role and none is preferred: `cognito:roles` is set alone."""

    name: ClassVar[Literal["ambiguous"]] = "ambiguous"
    """How JSON and tables call it."""

    decided_by: tuple[GroupType, ...]
    """The groups at the best precedence, which disagree; by name. Empty if none competed."""

    rules: tuple[Rule, ...]
    """The rules that led here; none if it was a setting of the `Policy`."""


@final
@dataclass(frozen=True, slots=True)
class NoRole:
    """No group has a role: neither role claim is set."""

    name: ClassVar[Literal["no-role"]] = "no-role"
    """How JSON and tables call it."""

    decided_by: ClassVar[tuple[GroupType, ...]] = ()
    rules: ClassVar[tuple[Rule, ...]] = (NO_ROLE,)


Outcome: TypeAlias = Preferred | Ambiguous | NoRole


class Part(StrEnum):
    """The part that a group has in a resolution."""

    DECIDES = "decides"
    """At the best precedence, and its role is preferred."""

    TIES = "ties"
    """At the best precedence, with others that do not name its role."""

    BLOCKS = "blocks"
    """At the best precedence without a role, under `Policy(roleless="blocks")`."""

    OUTRANKED = "outranked"
    """Has a role; other groups have a better precedence."""

    ABSTAINS = "abstains"
    """Has a role and no precedence, under `Policy(null_precedence="abstains")`."""

    NO_ROLE = "no role"
    """Has no role, and does not compete."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a group stands among the user's groups."""

    rank: int
    """1 for the best. Groups of one precedence share a rank; those without one share the last."""

    group: GroupType
    """The group."""

    part: Part
    """What it does to the outcome."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What would be if AWS answered open questions in another way."""

    questions: tuple[OpenQuestion, ...]
    """The questions, as few as it takes."""

    policy: Policy
    """The policy with the other answers."""

    preferred_role: str | None
    """The preferred role under it."""


def outcome(resolution: Resolution) -> Outcome:
    """Say what came out."""
    if not resolution.roles:
        return NoRole()
    if resolution.preferred_role is None:
        return Ambiguous(resolution.decided_by, resolution.rules)
    return Preferred(resolution.preferred_role, resolution.decided_by, resolution.rules)


def rules(resolution: Resolution) -> tuple[Rule, ...]:
    """Name the rules that led here, in the order of `RULES`."""
    applied = set(_applied(resolution))
    if not applied and resolution.preferred_role is not None:
        applied.add(LOWEST_WINS)  # alone: under "abstains", nothing else competes
    return tuple([rule for rule in RULES if rule in applied])


def standings(resolution: Resolution) -> tuple[Standing, ...]:
    """Give each group its rank and its part."""
    names = {group.group_name for group in resolution.decided_by}
    standings: list[Standing] = []
    for _, tied in groupby(resolution.ranking, key=lambda group: group.precedence):
        rank = len(standings) + 1
        standings += [Standing(rank, group, _part(group, resolution, names)) for group in tied]
    return tuple(standings)


def alternatives(resolution: Resolution) -> tuple[Alternative, ...]:
    """Find the other answers, as few at a time as it takes, that would change the preferred role."""
    found: list[Alternative] = []
    for questions in ((NULL_PRECEDENCE,), (ROLELESS_AT_BEST,), OPEN_QUESTIONS):
        if any(set(fewer.questions) <= set(questions) for fewer in found):
            continue
        policy = _with_other_answers(resolution.policy, questions)
        preferred_role = preferred(resolution.ranking, resolution.roles, policy)
        if preferred_role != resolution.preferred_role:
            found.append(Alternative(questions, policy, preferred_role))
    return tuple(found)


def open_questions(resolution: Resolution) -> tuple[OpenQuestion, ...]:
    """Name the open questions on which the preferred role depends."""
    asked = {question for other in alternatives(resolution) for question in other.questions}
    return tuple([question for question in OPEN_QUESTIONS if question in asked])


def _with_other_answers(policy: Policy, questions: Iterable[OpenQuestion]) -> Policy:
    if NULL_PRECEDENCE in questions:
        ranks_last = policy.null_precedence == "ranks-last"
        policy = replace(policy, null_precedence="abstains" if ranks_last else "ranks-last")
    if ROLELESS_AT_BEST in questions:
        ignored = policy.roleless == "ignored"
        policy = replace(policy, roleless="blocks" if ignored else "ignored")
    return policy


def _part(group: GroupType, resolution: Resolution, deciding_names: set[str]) -> Part:
    if group.group_name in deciding_names:
        if resolution.preferred_role is not None:
            return Part.DECIDES
        return Part.BLOCKS if group.role_arn is None else Part.TIES
    if group.role_arn is None:
        return Part.NO_ROLE
    if group.precedence is None and resolution.policy.null_precedence == "abstains":
        return Part.ABSTAINS
    return Part.OUTRANKED


def _applied(resolution: Resolution) -> Iterator[Rule]:
    """Give the rules but for which the outcome, or who decided it, could be another."""
    if not resolution.roles:
        yield NO_ROLE
    one_role = only_role(resolution.roles, resolution.policy)
    if one_role:
        yield ONLY_ROLE
    if not resolution.decided_by:
        return
    best = resolution.decided_by[0].precedence
    tied_roles = [group.role_arn for group in resolution.decided_by]
    if len(tied_roles) > 1 and best is None:
        yield NULL_TIES
    if len(set(tied_roles) - {None}) > 1:
        yield TIE_DIFFERING_ROLES
    elif len(tied_roles) > 1 and None not in tied_roles:
        yield TIE_SAME_ROLE
    if resolution.preferred_role is None and None in tied_roles:
        return  # what decided is a setting of the policy
    for standing in resolution.standings:
        group = standing.group
        if standing.part is Part.OUTRANKED:
            yield NULL_RANKS_LAST if group.precedence is None else LOWEST_WINS
        elif standing.part is Part.NO_ROLE and not one_role and _ranks_with_or_before(group, best):
            yield FEDERATED_AUTO_GROUP if is_federated_auto_group(group) else ROLELESS_IGNORED


def _ranks_with_or_before(group: GroupType, precedence: int | None) -> bool:
    return precedence is None or (group.precedence is not None and group.precedence <= precedence)


drawn(Alternative, Ambiguous, NoRole, Preferred, Standing)
