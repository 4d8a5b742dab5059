"""What is wrong with a pool: who gets no role, or another than somebody meant."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import TYPE_CHECKING

from cognito_claims._explain import in_words
from cognito_claims.errors import InvalidClaimsError
from cognito_claims.identity_pool import (
    Denied,
    GetIdentityPoolRolesResponse,
    RoleMapping,
    choose_role,
    read_roles,
)
from cognito_claims.pool import findings as found
from cognito_claims.pool.bulk import UserSet, user_sets
from cognito_claims.pool.findings import CHECKS, Finding, Severity
from cognito_claims.resolver import DOCUMENTED, Policy, has_federated_name, resolve
from cognito_claims.rules import AMBIGUOUS_RESOLUTION, NO_MAPPING, NO_MATCH

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.pool.snapshot import Manifest, Snapshot

__all__ = ["Audit", "GroupUse", "IdentityPoolRoles", "RoleUse", "audit"]

IdentityPoolRoles = RoleMapping | GetIdentityPoolRolesResponse | Mapping[str, object]

_MOST_GROUPS_OF_A_USER = 100
_MOST_GROUPS_OF_A_POOL = 10_000
_CLOSE = 0.9
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class GroupUse:
    """A group, and what comes of it."""

    group: GroupType
    """The group."""

    members: int
    """How many users are in it."""

    decides: int
    """For how many of them it is among the groups that decide the preferred role."""

    ties: int
    """For how many of them it is among groups that disagree, so that no role is preferred."""


@dataclass(frozen=True, slots=True)
class RoleUse:
    """A role, and who gets it."""

    role_arn: str
    """The role's ARN."""

    preferred_by: int
    """How many users have it as `cognito:preferred_role`."""

    held_by: int
    """How many users have it among `cognito:roles`."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What a pool is like, and what is wrong with it."""

    snapshot: Manifest
    """What was audited."""

    policy: Policy
    """The policy that was applied."""

    users: int
    """How many users are in some group."""

    sets: int
    """How many different sets of groups they have."""

    outcomes: Mapping[str, int]
    """The users of each outcome: `preferred`, `ambiguous`, `no-role`."""

    groups: tuple[GroupUse, ...]
    """The groups, best first."""

    roles: tuple[RoleUse, ...]
    """The roles, by how many users prefer them."""

    findings: tuple[Finding, ...]
    """What was found, in the order of `CHECKS`."""

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst finding, if there is one."""
        return self.findings[0].check.severity if self.findings else None


def audit(
    snapshot: Snapshot,
    *,
    policy: Policy = DOCUMENTED,
    identity_pool: IdentityPoolRoles | None = None,
    provider: str | None = None,
    samples: int = 10,
) -> Audit:
    """Find what is wrong with a pool.

    Args:
        snapshot: the pool.
        policy: how to answer what AWS leaves open.
        identity_pool: what boto3's `get_identity_pool_roles` answers, or the pool's role mapping, to
            find users who would be denied or get the authenticated role.
        provider: the name by which the identity pool knows the pool and the app client; needed where
            `identity_pool` is a whole response that has mappings.
        samples: how many users to name with a finding, from 0 to 10,000.

    Raises:
        InvalidResponseError: `identity_pool` does not fit its model.
        InvalidClaimsError: the provider is not known.
        ValueError: `samples` is out of bounds.
        ImportError: the extra `pool` is missing.
    """
    roles = read_roles(identity_pool)
    seen = _Seen(samples)
    for users in user_sets(snapshot, policy=policy, samples=samples):
        seen.take(users)
        if roles is not None:
            seen.choose(users, roles, provider)
    groups = resolve(snapshot.groups()).ranking
    every = [*_of_users(seen), *_of_groups(groups, seen), *_of_the_pool(groups, snapshot.manifest)]
    order = {check.code: place for place, check in enumerate(CHECKS)}
    every.sort(
        key=lambda finding: (order[finding.check.code], -finding.users, finding.groups, finding.reason)
    )
    return Audit(
        snapshot=snapshot.manifest,
        policy=policy,
        users=sum(seen.outcomes.values()),
        sets=seen.sets,
        outcomes=dict(seen.outcomes),
        groups=tuple(
            GroupUse(group, seen.members[name].users, seen.decides[name], seen.ties[name])
            for group in groups
            for name in [group.group_name]
        ),
        roles=_uses_of_roles(groups, seen),
        findings=tuple(every),
    )


def _uses_of_roles(groups: Iterable[GroupType], seen: _Seen) -> tuple[RoleUse, ...]:
    uses = [
        RoleUse(role, seen.preferring[role], seen.holders[role].users)
        for role in {group.role_arn for group in groups}
        if role is not None
    ]
    return tuple(sorted(uses, key=lambda use: (-use.preferred_by, -use.held_by, use.role_arn)))


@dataclass
class _Touched:
    """Users who have something in common, and the groups by which they have it."""

    most: int
    users: int = 0
    samples: list[str] = field(default_factory=list[str])
    groups: set[str] = field(default_factory=set[str])
    why: str = ""

    def add(self, users: UserSet, groups: Iterable[GroupType] = (), why: str = "") -> None:
        self.users += users.users
        self.samples = nsmallest(self.most, [*self.samples, *users.samples])
        self.groups.update(group.group_name for group in groups)
        self.why = self.why or why

    def finding(
        self, check: found.Check, about: str, reason: str, groups: Iterable[str] | None = None
    ) -> Finding:
        return Finding(
            check=check,
            about=about,
            reason=reason,
            groups=tuple(sorted(self.groups if groups is None else groups)),
            users=self.users,
            samples=tuple(self.samples),
        )


class _Seen:
    """What the users' sets of groups showed."""

    def __init__(self, samples: int) -> None:
        def tallies() -> defaultdict[str, _Touched]:
            return defaultdict(lambda: _Touched(samples))

        self.sets = 0
        self.outcomes: Counter[str] = Counter()
        self.members = tallies()
        self.decides: Counter[str] = Counter()
        self.ties: Counter[str] = Counter()
        self.holders = tallies()
        self.preferring: Counter[str] = Counter()
        self.contested: set[str] = set()
        self.ambiguous: defaultdict[tuple[str, ...], _Touched] = defaultdict(lambda: _Touched(samples))
        self.questions = tallies()
        self.equal: defaultdict[int | None, _Touched] = defaultdict(lambda: _Touched(samples))
        self.crowded = _Touched(samples)
        self.most_groups = 0
        self.choices: defaultdict[tuple[str, str], _Touched] = defaultdict(lambda: _Touched(samples))

    def take(self, users: UserSet) -> None:
        """Note the users of a set."""
        resolution = users.resolution
        deciding = resolution.decided_by
        self.sets += 1
        self.outcomes[resolution.outcome.name] += users.users
        for group in resolution.ranking:
            self.members[group.group_name].add(users)
        for role in resolution.roles:
            self.holders[role].add(users)
        if resolution.preferred_role is not None:
            self.preferring[resolution.preferred_role] += users.users
            self.decides.update(dict.fromkeys((group.group_name for group in deciding), users.users))
        elif resolution.roles:
            names = tuple(group.group_name for group in deciding)
            self.ties.update(dict.fromkeys(names, users.users))
            involved = deciding or resolution.ranking
            self.contested.update(group.role_arn for group in involved if group.role_arn is not None)
            why = f"{in_words(resolution)} They are {_named(group.group_name for group in involved)}."
            self.ambiguous[tuple(group.group_name for group in involved)].add(users, involved, why)
        for other in resolution.alternatives:
            there = resolve(resolution.ranking, policy=other.policy).decided_by
            for question in other.questions:
                self.questions[question.id].add(users, {*deciding} ^ {*there}, question.question)
        for precedence in _disputed(resolution.ranking):
            self.equal[precedence].add(users)
        if len(resolution.ranking) >= _CLOSE * _MOST_GROUPS_OF_A_USER:
            self.crowded.add(users)
            self.most_groups = max(self.most_groups, len(resolution.ranking))

    def choose(
        self,
        users: UserSet,
        identity_pool: RoleMapping | GetIdentityPoolRolesResponse,
        provider: str | None,
    ) -> None:
        """Note which role an identity pool gives the users of a set."""
        try:
            choice = choose_role(users.resolution, identity_pool, provider=provider)
        except InvalidClaimsError as error:
            if not error.problems[0].path:
                raise
            code = found.IDENTITY_POOL_ASKS_FOR_MORE.code
            claims = ", ".join(dict.fromkeys(problem.path for problem in error.problems))
            self.choices[code, f"the rules ask for {claims}"].add(users)
            return
        why = choice.why if users.resolution.roles else f"they have no role: {choice.why}"
        if isinstance(choice, Denied):
            self.choices[found.IDENTITY_POOL_DENIES.code, why].add(users, users.resolution.ranking)
        elif {AMBIGUOUS_RESOLUTION, NO_MATCH, NO_MAPPING} & {*choice.rules}:
            code = found.IDENTITY_POOL_FALLS_BACK.code
            self.choices[code, why].add(users, users.resolution.ranking)
        asked = {question.id: question for question in choice.open_questions}
        for question in asked.values():
            code = found.IDENTITY_POOL_OPEN_QUESTION.code
            self.choices[code, f"{question.id}: {question.question}"].add(users, users.resolution.ranking)


def _disputed(groups: Iterable[GroupType]) -> set[int | None]:
    """Give the precedences at which groups name different roles."""
    roles: defaultdict[int | None, set[str]] = defaultdict(set)
    for group in groups:
        if group.role_arn is not None:
            roles[group.precedence].add(group.role_arn)
    return {precedence for precedence, named in roles.items() if len(named) > 1}


def _of_users(seen: _Seen) -> Iterator[Finding]:
    for names, ambiguous in seen.ambiguous.items():
        yield ambiguous.finding(found.NO_PREFERRED_ROLE, " ".join(names), ambiguous.why)
    for question, asked in seen.questions.items():
        yield asked.finding(found.OPEN_QUESTION, question, f"{question}: {asked.why}")
    if seen.crowded.users:
        reason = f"up to {seen.most_groups} groups of {_MOST_GROUPS_OF_A_USER}"
        yield seen.crowded.finding(found.MANY_GROUPS, "", reason)
    by_code = {check.code: check for check in CHECKS}
    for (code, why), chosen in seen.choices.items():
        yield chosen.finding(by_code[code], why, why)


def _of_groups(groups: tuple[GroupType, ...], seen: _Seen) -> Iterator[Finding]:
    by_role: defaultdict[str, list[str]] = defaultdict(list)
    for group in groups:
        name, role = group.group_name, group.role_arn
        if role is None:
            continue
        by_role[role].append(name)
        has_role = f"{name!r} has {role}"
        members = seen.members[name]
        if has_federated_name(group):
            yield members.finding(found.FEDERATED_GROUP_WITH_ROLE, name, has_role, [name])
        if group.precedence is None:
            yield members.finding(found.ROLE_WITHOUT_PRECEDENCE, name, has_role, [name])
        if not members.users:
            yield members.finding(found.EMPTY_GROUP, name, has_role, [name])
    for precedence in _disputed(groups):
        tied = [group for group in groups if group.precedence == precedence and group.role_arn is not None]
        names = [group.group_name for group in tied]
        roles = len({group.role_arn for group in tied})
        place = "without a precedence" if precedence is None else f"at precedence {precedence}"
        reason = f"{len(tied)} groups {place} name {roles} roles: {_named(names)}"
        yield seen.equal[precedence].finding(found.EQUAL_PRECEDENCE, place, reason, names)
    for role, holders in seen.holders.items():
        if holders.users and not seen.preferring[role] and role not in seen.contested:
            reason = f"nobody prefers {role}, of {_named(by_role[role])}"
            yield holders.finding(found.OUTRANKED_ROLE, role, reason, by_role[role])


def _of_the_pool(groups: tuple[GroupType, ...], manifest: Manifest) -> Iterator[Finding]:
    for name, others in _overlaps([group.group_name for group in groups]):
        reason = f"{name!r} is part of {_named(others)}"
        yield Finding(check=found.OVERLAPPING_NAMES, about=name, reason=reason, groups=(name, *others))
    if len(groups) >= _CLOSE * _MOST_GROUPS_OF_A_POOL:
        reason = f"{len(groups):,} groups of {_MOST_GROUPS_OF_A_POOL:,}"
        yield Finding(check=found.POOL_NEARLY_FULL, reason=reason)
    if manifest.changes:
        kinds = Counter(change.what for change in manifest.changes)
        reason = ", ".join(f"{count} {what}" for what, count in sorted(kinds.items()))
        names = sorted({change.group_name for change in manifest.changes})
        yield Finding(check=found.CHANGED_MEANWHILE, reason=reason, groups=tuple(names))


def _named(names: Iterable[str]) -> str:
    """Tell names, the first of them if they are many."""
    names = list(names)
    more = [f"{len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    *others, last = [*map(repr, names[:_MOST_NAMES]), *more]
    return f"{', '.join(others)} and {last}" if others else last


def _overlaps(names: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Find the names that are part of others, each with those."""
    names = sorted(names)
    text = "\n".join(names)  # in which each is looked for at once: no name has white space
    for name in names:
        others: list[str] = []
        at = text.find(name)
        while at >= 0:
            start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            end = len(text) if end < 0 else end
            if text[start:end] != name:
                others.append(text[start:end])
            at = text.find(name, end)
        if others:
            yield name, others
