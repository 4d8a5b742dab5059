"""What an audit collects while it reads the sets of groups, by codes and values.

Nothing is keyed by wording: the texts of findings are made at the end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from cognito_claims.errors import InvalidClaimsError
from cognito_claims.identity_pool import (
    AccessDenied,
    AssumedRole,
    GetIdentityPoolRolesResponse,
    RoleMapping,
    choose_role,
)
from cognito_claims.identity_pool.rules import AMBIGUOUS_RESOLUTION, NO_MAPPING, NO_MATCH
from cognito_claims.models import MAX_GROUPS_PER_USER
from cognito_claims.pool._user_sets import UserSample, UserSet
from cognito_claims.pool.findings import (
    IDENTITY_POOL_DENIES,
    IDENTITY_POOL_FALLS_BACK,
    IDENTITY_POOL_NEEDS_CLAIMS,
    IDENTITY_POOL_OPEN_QUESTION,
    Check,
    Finding,
)
from cognito_claims.resolver.outcomes import AmbiguityCause, find_ambiguity_cause
from cognito_claims.rules import NO_ROLE

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.resolver import Resolution
    from cognito_claims.rules import OpenQuestion

NEAR_LIMIT = 0.9
"""The share of one of AWS's limits from which on it is nearly reached."""


class AmbiguityKey(NamedTuple):
    """What users without a preferred role have in common."""

    cause: AmbiguityCause
    """What keeps a role from being preferred."""

    precedence: int | None
    """The precedence of the groups that tie."""


class ChoiceKey(NamedTuple):
    """What users have in common whom an identity pool treats alike."""

    code: str
    """The code of the check."""

    causes: tuple[str, ...]
    """The IDs of the rules or the question, or the names of the claims, that led there."""


@dataclass
class FindingAccumulator(UserSample):
    """The users affected by one finding, and the groups involved."""

    groups: set[str] = field(default_factory=set[str])
    combinations: Counter[tuple[str, ...]] = field(default_factory=Counter[tuple[str, ...]])

    def add_set(self, users: UserSet, groups: Iterable[GroupType] = ()) -> None:
        """Add the users of a set, and groups."""
        self.add(users.users, users.samples)
        self.groups.update(group.group_name for group in groups)

    def add_combination(self, users: UserSet, groups: Iterable[GroupType]) -> None:
        """Add the users of a set, and count the combination of groups."""
        groups = tuple(groups)
        self.add_set(users, groups)
        self.combinations[tuple(group.group_name for group in groups)] += users.users

    def build_finding(
        self, check: Check, about: str, reason: str, groups: Iterable[str] | None = None
    ) -> Finding:
        """Return the finding; `groups` replaces the groups that were collected."""
        return Finding(
            check=check,
            about=about,
            reason=reason,
            groups=tuple(sorted(self.groups if groups is None else groups)),
            users=self.users,
            samples=tuple(self.samples),
        )


class AuditAccumulator:
    """Everything that an audit collects about the users of a pool."""

    def __init__(self, samples: int, overlaps: Mapping[str, Iterable[str]]) -> None:
        def accumulate() -> FindingAccumulator:
            return FindingAccumulator(samples)

        self._parts: defaultdict[str, list[str]] = defaultdict(list)
        for name, others in overlaps.items():
            for other in others:
                self._parts[other].append(name)
        self.sets = 0
        self.outcomes: Counter[str] = Counter()
        self.members: defaultdict[str, FindingAccumulator] = defaultdict(accumulate)
        self.decides: Counter[str] = Counter()
        self.ties: Counter[str] = Counter()
        self.holders: defaultdict[str, FindingAccumulator] = defaultdict(accumulate)
        self.preferring: Counter[str] = Counter()
        self.tied_roles: set[str] = set()
        self.ambiguous: defaultdict[AmbiguityKey, FindingAccumulator] = defaultdict(accumulate)
        self.examples: dict[AmbiguityKey, Resolution] = {}
        self.open_questions: defaultdict[str, FindingAccumulator] = defaultdict(accumulate)
        self.equal_precedence: defaultdict[int | None, FindingAccumulator] = defaultdict(accumulate)
        self.overlapping: defaultdict[str, FindingAccumulator] = defaultdict(accumulate)
        self.near_group_limit = FindingAccumulator(samples)
        self.most_groups = 0
        self.choices: defaultdict[ChoiceKey, FindingAccumulator] = defaultdict(accumulate)
        self.choice_examples: dict[ChoiceKey, AssumedRole | AccessDenied] = {}
        self.choice_questions: dict[str, OpenQuestion] = {}

    def add(self, users: UserSet) -> None:
        """Add the users of a set."""
        resolution = users.resolution
        self.sets += 1
        self.outcomes[resolution.outcome.name] += users.users
        for group in resolution.ranking:
            self.members[group.group_name].add_set(users)
        for role in resolution.roles:
            self.holders[role].add_set(users)
        if resolution.preferred_role is not None:
            self.preferring[resolution.preferred_role] += users.users
            for group in resolution.decided_by:
                self.decides[group.group_name] += users.users
        elif (cause := find_ambiguity_cause(resolution)) is not None:
            self._add_ambiguous(users, cause)
        for alternative in resolution.alternatives:
            # The groups that decide under one of the two answers only.
            groups = {*resolution.decided_by} ^ {*alternative.decided_by}
            for question in alternative.questions:
                self.open_questions[question.id].add_set(users, groups)
        self._add_groups(users)

    def _add_ambiguous(self, users: UserSet, cause: AmbiguityCause) -> None:
        resolution = users.resolution
        for group in resolution.decided_by:
            self.ties[group.group_name] += users.users
        involved = resolution.decided_by or resolution.ranking
        self.tied_roles.update(group.role_arn for group in involved if group.role_arn is not None)
        precedence = resolution.decided_by[0].precedence if cause is AmbiguityCause.TIE else None
        key = AmbiguityKey(cause, precedence)
        self.examples.setdefault(key, resolution)
        self.ambiguous[key].add_combination(users, involved)

    def _add_groups(self, users: UserSet) -> None:
        """Add what depends on the groups alone, whichever of them decide."""
        ranking = users.resolution.ranking
        for precedence in find_role_conflicts(ranking):
            self.equal_precedence[precedence].add_set(users)
        for part in {part for group in ranking for part in self._parts.get(group.group_name, ())}:
            self.overlapping[part].add_set(users)
        if len(ranking) >= NEAR_LIMIT * MAX_GROUPS_PER_USER:
            self.near_group_limit.add_set(users)
            self.most_groups = max(self.most_groups, len(ranking))

    def add_choice(
        self,
        users: UserSet,
        identity_pool: RoleMapping | GetIdentityPoolRolesResponse,
        provider: str | None,
    ) -> None:
        """Add the role that an identity pool chooses for the users of a set."""
        try:
            choice = choose_role(users.resolution, identity_pool, provider=provider)
        except InvalidClaimsError as error:
            claims = tuple(dict.fromkeys(problem.path for problem in error.problems))
            if not claims[0]:
                raise  # no fault of the users' claims: the provider is unknown
            self.choices[ChoiceKey(IDENTITY_POOL_NEEDS_CLAIMS.code, claims)].add_set(users)
            return
        for key in _classify_choice(users.resolution, choice):
            self.choice_examples.setdefault(key, choice)
            self.choices[key].add_set(users, users.resolution.ranking)
        self.choice_questions.update({question.id: question for question in choice.open_questions})


def _classify_choice(resolution: Resolution, choice: AssumedRole | AccessDenied) -> Iterator[ChoiceKey]:
    # The first rule led to the choice; the others explain how its claims were compared.
    causes = tuple(rule.id for rule in choice.rules[:1])
    if not resolution.roles:
        causes = (*causes, NO_ROLE.id)
    if isinstance(choice, AccessDenied):
        yield ChoiceKey(IDENTITY_POOL_DENIES.code, causes)
    elif {AMBIGUOUS_RESOLUTION, NO_MATCH, NO_MAPPING} & {*choice.rules}:
        yield ChoiceKey(IDENTITY_POOL_FALLS_BACK.code, causes)
    for question in {question.id: question for question in choice.open_questions}:
        yield ChoiceKey(IDENTITY_POOL_OPEN_QUESTION.code, (question,))


def find_role_conflicts(groups: Iterable[GroupType]) -> dict[int | None, list[GroupType]]:
    """Return the groups that have different roles at the same precedence, by precedence."""
    by_precedence: defaultdict[int | None, list[GroupType]] = defaultdict(list)
    for group in groups:
        if group.role_arn is not None:
            by_precedence[group.precedence].append(group)
    return {
        precedence: groups
        for precedence, groups in by_precedence.items()
        if len({group.role_arn for group in groups}) > 1
    }
