"""What is wrong with a pool: who gets no role, or another than somebody meant."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cognito_claims.errors import InvalidClaimsError
from cognito_claims.identity_pool import (
    AccessDenied,
    GetIdentityPoolRolesResponse,
    RoleMapping,
    choose_role,
    parse_identity_pool_roles,
)
from cognito_claims.identity_pool.rules import AMBIGUOUS_RESOLUTION, NO_MAPPING, NO_MATCH
from cognito_claims.pool import findings as found
from cognito_claims.pool.bulk import Tally, UserSet, user_sets
from cognito_claims.pool.findings import CHECKS, Finding, Severity
from cognito_claims.resolver import DOCUMENTED, Decision, Policy, has_federated_name, resolve
from cognito_claims.resolver.rendering import headline
from cognito_claims.rules import OPEN_QUESTIONS, TIE_DIFFERING_ROLES

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
    roles = parse_identity_pool_roles(identity_pool)
    groups = resolve(snapshot.groups()).ranking
    overlaps = dict(_overlaps(group.group_name for group in groups))
    seen = _Seen(samples, overlaps)
    for users in user_sets(snapshot, policy=policy, samples=samples):
        seen.take(users)
        if roles is not None:
            seen.choose(users, roles, provider)
    every = [
        *_of_users(seen),
        *_of_groups(groups, seen),
        *_of_names(overlaps, seen),
        *_of_the_pool(groups, snapshot.manifest),
    ]
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
class _Touched(Tally):
    """Users who have something in common, and the groups by which they have it."""

    groups: set[str] = field(default_factory=set[str])
    combinations: Counter[tuple[str, ...]] = field(default_factory=Counter[tuple[str, ...]])

    def note(self, users: UserSet, groups: Iterable[GroupType] = ()) -> None:
        """Note the users of a set, and the groups."""
        self.add(users.users, users.samples)
        self.groups.update(group.group_name for group in groups)

    def note_tie(self, users: UserSet, groups: Iterable[GroupType]) -> None:
        """Note the users of a set, and the combination of groups."""
        names = tuple(group.group_name for group in groups)
        self.note(users, groups)
        self.combinations[names] += users.users

    def ties(self) -> str:
        """Tell the combinations, those of most users first, and not all if they are many."""
        if len(self.combinations) == 1:
            [names] = self.combinations
            return f"They are {_named(names)}."
        ranked = sorted(self.combinations.items(), key=lambda one: (-one[1], one[0]))
        told = [f"{_named(names)} ({users:,})" for names, users in ranked[:_MOST_NAMES]]
        more = ["..."] if len(ranked) > _MOST_NAMES else []
        return f"They are, in {len(ranked):,} combinations: {'; '.join(told + more)}."

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

    def __init__(self, samples: int, overlaps: Mapping[str, Iterable[str]]) -> None:
        def tallies() -> defaultdict[str, _Touched]:
            return defaultdict(lambda: _Touched(samples))

        self._parts: defaultdict[str, list[str]] = defaultdict(list)
        for name, others in overlaps.items():
            for other in others:
                self._parts[other].append(name)
        self.sets = 0
        self.outcomes: Counter[str] = Counter()
        self.members = tallies()
        self.decides: Counter[str] = Counter()
        self.ties: Counter[str] = Counter()
        self.holders = tallies()
        self.preferring: Counter[str] = Counter()
        self.contested: set[str] = set()
        self.ambiguous: defaultdict[tuple[str, str], _Touched] = defaultdict(lambda: _Touched(samples))
        self.questions = tallies()
        self.equal: defaultdict[int | None, _Touched] = defaultdict(lambda: _Touched(samples))
        self.overlapping = tallies()
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
            self.members[group.group_name].note(users)
        for role in resolution.roles:
            self.holders[role].note(users)
        if resolution.preferred_role is not None:
            self.preferring[resolution.preferred_role] += users.users
            self.decides.update(dict.fromkeys((group.group_name for group in deciding), users.users))
        elif resolution.roles:
            names = tuple(group.group_name for group in deciding)
            self.ties.update(dict.fromkeys(names, users.users))
            involved = deciding or resolution.ranking
            self.contested.update(group.role_arn for group in involved if group.role_arn is not None)
            about = "by roleless" if deciding else "by null_precedence"
            if TIE_DIFFERING_ROLES in resolution.rules:
                about = _place(deciding)
            self.ambiguous[about, headline(resolution)].note_tie(users, involved)
        for other in resolution.alternatives:
            there = Decision.from_ranking(resolution.ranking, other.policy).decided_by
            for question in other.questions:
                self.questions[question.id].note(users, {*deciding} ^ {*there})
        for precedence in _disputed(resolution.ranking):
            self.equal[precedence].note(users)
        for part in {
            part for group in resolution.ranking for part in self._parts.get(group.group_name, ())
        }:
            self.overlapping[part].note(users)
        if len(resolution.ranking) >= _CLOSE * _MOST_GROUPS_OF_A_USER:
            self.crowded.note(users)
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
            self.choices[code, f"the rules ask for {claims}"].note(users)
            return
        why = choice.reason if users.resolution.roles else f"they have no role: {choice.reason}"
        if isinstance(choice, AccessDenied):
            self.choices[found.IDENTITY_POOL_DENIES.code, why].note(users, users.resolution.ranking)
        elif {AMBIGUOUS_RESOLUTION, NO_MATCH, NO_MAPPING} & {*choice.rules}:
            code = found.IDENTITY_POOL_FALLS_BACK.code
            self.choices[code, why].note(users, users.resolution.ranking)
        asked = {question.id: question for question in choice.open_questions}
        for question in asked.values():
            code = found.IDENTITY_POOL_OPEN_QUESTION.code
            self.choices[code, f"{question.id}: {question.question}"].note(users, users.resolution.ranking)


def _disputed(groups: Iterable[GroupType]) -> dict[int | None, list[GroupType]]:
    """Give the groups that name different roles at one precedence, by it."""
    by_precedence: defaultdict[int | None, list[GroupType]] = defaultdict(list)
    for group in groups:
        if group.role_arn is not None:
            by_precedence[group.precedence].append(group)
    return {
        precedence: tied
        for precedence, tied in by_precedence.items()
        if len({group.role_arn for group in tied}) > 1
    }


def _place(tied: Sequence[GroupType]) -> str:
    """Tell where groups of one precedence stand."""
    precedence = tied[0].precedence
    return "without a precedence" if precedence is None else f"at precedence {precedence}"


def _of_users(seen: _Seen) -> Iterator[Finding]:
    for (about, why), ambiguous in seen.ambiguous.items():
        yield ambiguous.finding(found.NO_PREFERRED_ROLE, about, f"{why} {ambiguous.ties()}")
    questions = {question.id: question.question for question in OPEN_QUESTIONS}
    for question, asked in seen.questions.items():
        yield asked.finding(found.OPEN_QUESTION, question, f"{question}: {questions[question]}")
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
    for precedence, tied in _disputed(groups).items():
        names = [group.group_name for group in tied]
        roles = len({group.role_arn for group in tied})
        place = _place(tied)
        reason = f"{len(tied)} groups {place} name {roles} roles: {_named(names)}"
        yield seen.equal[precedence].finding(found.EQUAL_PRECEDENCE, place, reason, names)
    for role, holders in seen.holders.items():
        if holders.users and not seen.preferring[role] and role not in seen.contested:
            reason = f"nobody prefers {role}, of {_named(by_role[role])}"
            yield holders.finding(found.OUTRANKED_ROLE, role, reason, by_role[role])


def _of_names(overlaps: Mapping[str, Sequence[str]], seen: _Seen) -> Iterator[Finding]:
    for name, others in overlaps.items():
        reason = f"{name!r} is part of {_named(others)}"
        yield seen.overlapping[name].finding(found.OVERLAPPING_NAMES, name, reason, [name, *others])


def _of_the_pool(groups: tuple[GroupType, ...], manifest: Manifest) -> Iterator[Finding]:
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
