"""Collects the findings and counts of an audit, one set of groups at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from cognito_claims.models import MAX_GROUPS_PER_USER
from cognito_claims.pool import findings
from cognito_claims.pool._audit.phrases import format_combinations, format_names
from cognito_claims.pool._user_sets import UserSample, UserSet
from cognito_claims.pool.findings import NEARLY_ALL, Check, Finding
from cognito_claims.resolver import rendering
from cognito_claims.resolver.outcomes import AmbiguityCause, find_ambiguity_cause

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.resolver import Resolution


@dataclass(kw_only=True)
class FindingAccumulator(UserSample):
    """A finding, and the users affected by it so far."""

    check: Check
    about: str = ""
    title: str = ""
    reason: str = ""
    groups: set[str] = field(default_factory=set[str])
    combinations: Counter[tuple[str, ...]] = field(default_factory=Counter[tuple[str, ...]])

    def add_set(self, users: UserSet, groups: Iterable[GroupType] = ()) -> None:
        """Add the users of a set, and the groups that are the cause."""
        self.add(users.users, users.samples)
        self.groups.update(group.group_name for group in groups)

    def build_finding(self) -> Finding:
        """Return the finding."""
        combinations = f" {format_combinations(self.combinations)}" if self.combinations else ""
        return Finding(
            check=self.check,
            about=self.about,
            title=self.title or self.check.title,
            reason=self.reason + combinations,
            groups=tuple(sorted(self.groups)),
            users=self.users,
            samples=tuple(self.samples),
        )


class AuditAccumulator:
    """The findings and counts of the sets of groups so far."""

    def __init__(self, samples: int) -> None:
        self.sets = 0
        self.outcomes: Counter[str] = Counter()
        self.members: defaultdict[str, UserSample] = defaultdict(lambda: UserSample(samples))
        self.decides: Counter[str] = Counter()
        self.ties: Counter[str] = Counter()
        self.holders: defaultdict[str, UserSample] = defaultdict(lambda: UserSample(samples))
        self.preferring: Counter[str] = Counter()
        self.tied_roles: set[str] = set()
        self._samples = samples
        self._most_groups = 0
        # Keyed by code and subject, never by wording, so that each problem is one finding.
        self._found: dict[tuple[str, str], FindingAccumulator] = {}
        self._watched: defaultdict[str, list[FindingAccumulator]] = defaultdict(list)

    def get(self, check: Check, about: str = "", title: str = "", reason: str = "") -> FindingAccumulator:
        """Return the finding of a check about a subject. Later wordings have no effect."""
        key = (check.code, about)
        if key not in self._found:
            self._found[key] = FindingAccumulator(
                self._samples, check=check, about=about, title=title, reason=reason
            )
        return self._found[key]

    def watch(self, found: FindingAccumulator, names: Iterable[str]) -> None:
        """Add the users of each further set that has one of these groups to a finding."""
        for name in names:
            self._watched[name].append(found)

    @property
    def raising_groups(self) -> set[str]:
        """The names of the groups because of which a preferred role depends on an open question."""
        code = findings.OPEN_QUESTION.code
        return {name for key, found in self._found.items() if key[0] == code for name in found.groups}

    def add(self, users: UserSet) -> None:
        """Add the users of a set."""
        resolution = users.resolution
        self.sets += 1
        self.outcomes[resolution.outcome.name] += users.users
        for group in resolution.ranking:
            self.members[group.group_name].add(users.users, users.samples)
        for role in resolution.roles:
            self.holders[role].add(users.users, users.samples)
        if resolution.preferred_role is not None:
            self.preferring[resolution.preferred_role] += users.users
            for group in resolution.decided_by:
                self.decides[group.group_name] += users.users
        elif (cause := find_ambiguity_cause(resolution)) is not None:
            self._add_ambiguous(users, cause)
        for alternative in resolution.alternatives:
            question = alternative.question
            title = f"The preferred role of users depends on {question.id}, which AWS does not specify."
            found = self.get(findings.OPEN_QUESTION, question.id, title, question.question)
            found.add_set(users, alternative.raised_by)
        self._add_groups(users)

    def _add_ambiguous(self, users: UserSet, cause: AmbiguityCause) -> None:
        resolution = users.resolution
        for group in resolution.decided_by:
            self.ties[group.group_name] += users.users
        involved = find_undecided_groups(resolution)
        self.tied_roles.update(group.role_arn for group in involved if group.role_arn is not None)
        about, place = _describe_ambiguity(resolution, cause)
        title = f"{place}, users have roles, but none is preferred."
        found = self.get(findings.NO_PREFERRED_ROLE, about, title, rendering.headline(resolution))
        found.add_set(users, involved)
        found.combinations[tuple(group.group_name for group in involved)] += users.users

    def _add_groups(self, users: UserSet) -> None:
        """Add the findings that do not depend on which groups decide."""
        ranking = users.resolution.ranking
        # By identity, since a user may be in several of the groups of a finding.
        watched = {id(one): one for group in ranking for one in self._watched.get(group.group_name, ())}
        for found in watched.values():
            found.add_set(users)
        for precedence in find_role_conflicts(ranking):
            self.get(findings.EQUAL_PRECEDENCE, identify_precedence(precedence)).add_set(users)
        if len(ranking) >= NEARLY_ALL * MAX_GROUPS_PER_USER:
            found = self.get(findings.MANY_GROUPS)
            self._most_groups = max(self._most_groups, len(ranking))
            found.reason = f"up to {self._most_groups} of {MAX_GROUPS_PER_USER} groups"
            found.add_set(users)

    def build_findings(self) -> Iterator[Finding]:
        """Yield the findings. Groups that tie for a user are no second finding about their precedence."""
        for (code, about), found in self._found.items():
            tie = (findings.NO_PREFERRED_ROLE.code, about)
            if code != findings.EQUAL_PRECEDENCE.code or tie not in self._found:
                yield found.build_finding()


def add_role_conflicts(seen: AuditAccumulator, ranking: Sequence[GroupType]) -> None:
    """Add the groups that have different roles at the same precedence."""
    for precedence, groups in find_role_conflicts(ranking).items():
        names = [group.group_name for group in groups]
        roles = len({group.role_arn for group in groups})
        title = f"Groups at precedence {precedence} have different roles."
        reason = f"{len(names):,} groups have {roles:,} roles: {format_names(names)}"
        found = seen.get(findings.EQUAL_PRECEDENCE, identify_precedence(precedence), title, reason)
        found.groups.update(names)


def find_undecided_groups(resolution: Resolution) -> tuple[GroupType, ...]:
    """Return the groups because of which no role is preferred."""
    # Under "abstains", no group may decide: then each group with a role lacks a precedence.
    return resolution.decided_by or tuple(g for g in resolution.ranking if g.role_arn is not None)


def _describe_ambiguity(resolution: Resolution, cause: AmbiguityCause) -> tuple[str, str]:
    """Return the subject of a finding, and where the problem is."""
    match cause:
        case AmbiguityCause.TIE:
            precedence = resolution.decided_by[0].precedence
            place = (
                "In groups without a precedence" if precedence is None else f"At precedence {precedence}"
            )
            return identify_precedence(precedence), place
        case AmbiguityCause.ROLELESS:
            return "roleless=blocks", 'Under roleless="blocks"'
        case AmbiguityCause.NULL_PRECEDENCE:
            return "null_precedence=abstains", 'Under null_precedence="abstains"'
        case _:
            assert_never(cause)


def identify_precedence(precedence: int | None) -> str:
    """Return a precedence as the subject of a finding."""
    return f"precedence={'none' if precedence is None else precedence}"


def find_role_conflicts(groups: Iterable[GroupType]) -> dict[int, list[GroupType]]:
    """Return the groups that have different roles at the same precedence, by precedence.

    Groups without a precedence are left out: each is a finding `role-without-precedence`.
    """
    by_precedence: defaultdict[int, list[GroupType]] = defaultdict(list)
    for group in groups:
        if group.role_arn is not None and group.precedence is not None:
            by_precedence[group.precedence].append(group)
    return {
        precedence: groups
        for precedence, groups in by_precedence.items()
        if len({group.role_arn for group in groups}) > 1
    }
