"""Audit a pool: find users with no role, or with an unintended one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from cognito_claims.errors import InvalidClaimsError
from cognito_claims.identity_pool import (
    AccessDenied,
    AssumedRole,
    GetIdentityPoolRolesResponse,
    RoleMapping,
    choose_role,
    parse_identity_pool_roles,
)
from cognito_claims.identity_pool.rules import AMBIGUOUS_RESOLUTION, NO_MAPPING, NO_MATCH
from cognito_claims.models import MAX_GROUPS_PER_POOL, MAX_GROUPS_PER_USER
from cognito_claims.pool import findings
from cognito_claims.pool._user_sets import UserSample, UserSet, iterate_user_sets
from cognito_claims.pool.findings import CHECKS, Check, Finding, Severity
from cognito_claims.resolver import Policy, has_federated_name, rendering, resolve
from cognito_claims.resolver.outcomes import AmbiguityCause, find_ambiguity_cause
from cognito_claims.rules import NO_ROLE

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.pool.snapshot import Manifest, Snapshot
    from cognito_claims.resolver import Resolution

IdentityPoolRoles = RoleMapping | GetIdentityPoolRolesResponse | Mapping[str, object]

_MAX_NAMES = 5
_NEAR_LIMIT = 0.9
"""The share of one of AWS's limits at which a finding warns."""


@dataclass(frozen=True, slots=True)
class GroupUse:
    """A group with the number of users it affects."""

    group: GroupType
    """The group."""

    members: int
    """The number of its members."""

    decides: int
    """The number of members for whom it is among the groups that decide the preferred role."""

    ties: int
    """The number of members for whom it is among the groups that decide, but no role is preferred."""


@dataclass(frozen=True, slots=True)
class RoleUse:
    """A role with the number of users who have it."""

    role_arn: str
    """The ARN of the role."""

    preferred_by: int
    """The number of users who have it as `cognito:preferred_role`."""

    held_by: int
    """The number of users who have it in `cognito:roles`."""


@dataclass(frozen=True, slots=True)
class Audit:
    """The result of an audit."""

    snapshot: Manifest
    """The manifest of the snapshot."""

    policy: Policy
    """The policy that was applied."""

    users: int
    """The number of users who are in at least one group."""

    sets: int
    """The number of different sets of groups that they are in."""

    outcomes: Mapping[str, int]
    """The number of users by outcome: `preferred`, `ambiguous`, `no-role`."""

    groups: tuple[GroupUse, ...]
    """The groups, best first."""

    roles: tuple[RoleUse, ...]
    """The roles, by the number of users who prefer them."""

    findings: tuple[Finding, ...]
    """The findings, in the order of `CHECKS`."""

    @property
    def worst(self) -> Severity | None:
        """The severity of the most serious finding, or `None`."""
        return self.findings[0].check.severity if self.findings else None


def audit(
    snapshot: Snapshot,
    *,
    policy: Policy = Policy.DOCUMENTED,
    identity_pool: IdentityPoolRoles | None = None,
    provider: str | None = None,
    samples: int = 10,
) -> Audit:
    """Find users with no role or with an unintended one, and settings that may cause either.

    Args:
        snapshot: The snapshot of the pool.
        policy: How to resolve behavior that AWS does not specify.
        identity_pool: The response of boto3's `get_identity_pool_roles`, or the pool's role mapping.
            If passed, the audit also finds users to whom the identity pool denies credentials or assigns
            the authenticated role.
        provider: The name under which the identity pool knows the pool and the app client. Required
            if `identity_pool` is a response with role mappings.
        samples: The number of users to name with a finding, 0 to 10,000.

    Raises:
        InvalidResponseError: If `identity_pool` does not fit its model.
        InvalidClaimsError: If the identity pool does not know the provider.
        ValueError: If `samples` is out of bounds.
        SnapshotError: If a file of the snapshot lacks a column.
        EngineError: If DuckDB raises an error that may quote a row.
        ImportError: If the extra `pool` is missing.
    """
    roles = parse_identity_pool_roles(identity_pool)
    ranking = resolve(snapshot.read_groups()).ranking
    seen = _AuditAccumulator(samples, ranking)
    for users in iterate_user_sets(snapshot.memberships_file, ranking, policy=policy, samples=samples):
        seen.add(users)
        if roles is not None:
            seen.add_choice(users, roles, provider)
    found = [
        *_build_user_findings(seen),
        *_build_group_findings(ranking, seen),
        *_build_role_findings(ranking, seen),
        *_build_pool_findings(ranking, snapshot.manifest),
    ]
    order = {check.code: place for place, check in enumerate(CHECKS)}
    found.sort(key=lambda one: (order[one.check.code], -one.users, one.groups, one.about))
    return Audit(
        snapshot=snapshot.manifest,
        policy=policy,
        users=sum(seen.outcomes.values()),
        sets=seen.sets,
        outcomes=dict(seen.outcomes),
        groups=tuple(
            GroupUse(group, seen.members[name].users, seen.decides[name], seen.ties[name])
            for group in ranking
            for name in [group.group_name]
        ),
        roles=_build_role_uses(ranking, seen),
        findings=tuple(found),
    )


@dataclass
class _FindingAccumulator(UserSample):
    """The users affected by one finding, and the groups involved."""

    reason: str = ""
    groups: set[str] = field(default_factory=set[str])
    combinations: Counter[tuple[str, ...]] = field(default_factory=Counter[tuple[str, ...]])

    def add_set(self, users: UserSet, groups: Iterable[GroupType] = ()) -> None:
        self.add(users.users, users.samples)
        self.groups.update(group.group_name for group in groups)

    def build_finding(self, check: Check, about: str, reason: str, groups: Iterable[str] = ()) -> Finding:
        return Finding(
            check=check,
            about=about,
            reason=reason,
            groups=tuple(sorted({*self.groups, *groups})),
            users=self.users,
            samples=tuple(self.samples),
        )


class _AuditAccumulator:
    """Collects the findings and counts of an audit, one set of groups at a time."""

    def __init__(self, samples: int, ranking: Sequence[GroupType]) -> None:
        def accumulate() -> _FindingAccumulator:
            return _FindingAccumulator(samples)

        self.sets = 0
        self.outcomes: Counter[str] = Counter()
        self.members: defaultdict[str, _FindingAccumulator] = defaultdict(accumulate)
        self.decides: Counter[str] = Counter()
        self.ties: Counter[str] = Counter()
        self.holders: defaultdict[str, _FindingAccumulator] = defaultdict(accumulate)
        self.preferring: Counter[str] = Counter()
        self.tied_roles: set[str] = set()
        # Keyed by check and subject, never by wording, so that each problem is one finding.
        self.found: defaultdict[tuple[Check, str], _FindingAccumulator] = defaultdict(accumulate)
        self._most_groups = 0
        self._add_conflicts(ranking)
        self._parts: defaultdict[str, list[str]] = defaultdict(list)
        for name, others in _find_overlaps(group.group_name for group in ranking):
            reason = f"{name!r} is part of {_format_names(others)}"
            self._get(findings.OVERLAPPING_NAMES, name, reason).groups.update([name, *others])
            for other in others:
                self._parts[other].append(name)

    def _add_conflicts(self, ranking: Iterable[GroupType]) -> None:
        for precedence, groups in _find_role_conflicts(ranking).items():
            names = [group.group_name for group in groups]
            roles = len({group.role_arn for group in groups})
            place = "without a precedence" if precedence is None else f"at precedence {precedence}"
            reason = f"{len(names)} groups {place} have {roles} roles: {_format_names(names)}"
            about = _identify_precedence(precedence)
            self._get(findings.EQUAL_PRECEDENCE, about, reason).groups.update(names)

    def _get(self, check: Check, about: str, reason: str) -> _FindingAccumulator:
        found = self.found[check, about]
        found.reason = found.reason or reason
        return found

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
            question = alternative.question
            reason = f"{question.id}: {question.question}"
            self._get(findings.OPEN_QUESTION, question.id, reason).add_set(users, groups)
        self._add_groups(users)

    def _add_ambiguous(self, users: UserSet, cause: AmbiguityCause) -> None:
        resolution = users.resolution
        for group in resolution.decided_by:
            self.ties[group.group_name] += users.users
        involved = resolution.decided_by or resolution.ranking  # under "abstains", no group may decide
        self.tied_roles.update(group.role_arn for group in involved if group.role_arn is not None)
        about = _identify_ambiguity(resolution, cause)
        found = self._get(findings.NO_PREFERRED_ROLE, about, rendering.headline(resolution))
        found.add_set(users, involved)
        found.combinations[tuple(group.group_name for group in involved)] += users.users

    def _add_groups(self, users: UserSet) -> None:
        """Add the findings that do not depend on which groups decide."""
        ranking = users.resolution.ranking
        for precedence in _find_role_conflicts(ranking):
            self.found[findings.EQUAL_PRECEDENCE, _identify_precedence(precedence)].add_set(users)
        for part in {part for group in ranking for part in self._parts.get(group.group_name, ())}:
            self.found[findings.OVERLAPPING_NAMES, part].add_set(users)
        if len(ranking) >= _NEAR_LIMIT * MAX_GROUPS_PER_USER:
            self._most_groups = max(self._most_groups, len(ranking))
            found = self.found[findings.MANY_GROUPS, ""]
            found.reason = f"up to {self._most_groups} of {MAX_GROUPS_PER_USER} groups"
            found.add_set(users)

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
            claims = ", ".join(dict.fromkeys(problem.path for problem in error.problems))
            if not claims:
                raise  # the provider is unknown: the users' claims are not the cause
            self._get(findings.IDENTITY_POOL_NEEDS_CLAIMS, claims, f"the rules use {claims}").add_set(users)
            return
        for check, about, reason in _classify_choice(users.resolution, choice):
            self._get(check, about, reason).add_set(users, users.resolution.ranking)


def _identify_ambiguity(resolution: Resolution, cause: AmbiguityCause) -> str:
    match cause:
        case AmbiguityCause.TIE:
            return _identify_precedence(resolution.decided_by[0].precedence)
        case AmbiguityCause.ROLELESS:
            return "roleless=blocks"
        case AmbiguityCause.NULL_PRECEDENCE:
            return "null_precedence=abstains"
        case _:
            assert_never(cause)


def _identify_precedence(precedence: int | None) -> str:
    return f"precedence={'none' if precedence is None else precedence}"


def _classify_choice(
    resolution: Resolution, choice: AssumedRole | AccessDenied
) -> Iterator[tuple[Check, str, str]]:
    """Yield the check, subject and reason of each problem with a choice."""
    # The first rule led to the choice; the others explain how its claims were compared.
    causes, reason = [rule.id for rule in choice.rules[:1]], choice.reason
    if not resolution.roles:
        causes, reason = [*causes, NO_ROLE.id], f"they have no role: {reason}"
    about = ", ".join(causes)
    if isinstance(choice, AccessDenied):
        yield findings.IDENTITY_POOL_DENIES, about, reason
    elif {AMBIGUOUS_RESOLUTION, NO_MATCH, NO_MAPPING} & {*choice.rules}:
        yield findings.IDENTITY_POOL_FALLS_BACK, about, reason
    for question in choice.open_questions:
        reason = f"{question.id}: {question.question}"
        yield findings.IDENTITY_POOL_OPEN_QUESTION, question.id, reason


def _find_role_conflicts(groups: Iterable[GroupType]) -> dict[int | None, list[GroupType]]:
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


def _build_role_uses(groups: Iterable[GroupType], seen: _AuditAccumulator) -> tuple[RoleUse, ...]:
    uses = [
        RoleUse(role, seen.preferring[role], seen.holders[role].users)
        for role in {group.role_arn for group in groups}
        if role is not None
    ]
    return tuple(sorted(uses, key=lambda use: (-use.preferred_by, -use.held_by, use.role_arn)))


def _build_user_findings(seen: _AuditAccumulator) -> Iterator[Finding]:
    for (check, about), users in seen.found.items():
        combinations = f" {_format_combinations(users)}" if users.combinations else ""
        yield users.build_finding(check, about, users.reason + combinations)


def _build_group_findings(groups: Sequence[GroupType], seen: _AuditAccumulator) -> Iterator[Finding]:
    for group in groups:
        name, members = group.group_name, seen.members[group.group_name]
        # Cognito names the group of an identity provider after the pool and the provider.
        applying = [
            (findings.FEDERATED_GROUP_WITH_ROLE, has_federated_name(group)),
            (findings.ROLE_WITHOUT_PRECEDENCE, group.precedence is None),
            (findings.EMPTY_GROUP, not members.users),
        ]
        for check, applies in applying:
            if applies and group.role_arn is not None:
                yield members.build_finding(check, name, f"{name!r} has {group.role_arn}", [name])


def _build_role_findings(groups: Sequence[GroupType], seen: _AuditAccumulator) -> Iterator[Finding]:
    names_by_role: defaultdict[str | None, list[str]] = defaultdict(list)
    for group in groups:
        names_by_role[group.role_arn].append(group.group_name)
    for role, holders in seen.holders.items():
        # A role that ties is not outranked: that is the finding `no-preferred-role`.
        if holders.users and not seen.preferring[role] and role not in seen.tied_roles:
            names = names_by_role[role]
            reason = f"{role}, the role of {_format_names(names)}, is not the preferred role of any user"
            yield holders.build_finding(findings.OUTRANKED_ROLE, role, reason, names)


def _build_pool_findings(groups: Sequence[GroupType], manifest: Manifest) -> Iterator[Finding]:
    if len(groups) >= _NEAR_LIMIT * MAX_GROUPS_PER_POOL:
        reason = f"{len(groups):,} of {MAX_GROUPS_PER_POOL:,} groups"
        yield Finding(check=findings.POOL_NEARLY_FULL, reason=reason)
    if manifest.changes:
        kinds = Counter(change.what for change in manifest.changes)
        reason = ", ".join(f"{count} {what}" for what, count in sorted(kinds.items()))
        names = sorted({change.group_name for change in manifest.changes})
        yield Finding(check=findings.CHANGED_DURING_FETCH, reason=reason, groups=tuple(names))


def _format_combinations(users: _FindingAccumulator) -> str:
    """Return the combinations of groups, those of most users first, and how many more there are."""
    if len(users.combinations) == 1:
        [names] = users.combinations
        return f"The groups are {_format_names(names)}."
    ranked = sorted(users.combinations.items(), key=lambda one: (-one[1], one[0]))
    shown = [f"{_format_names(names)} ({count:,})" for names, count in ranked[:_MAX_NAMES]]
    more = ["..."] if len(ranked) > _MAX_NAMES else []
    return f"In {len(ranked):,} combinations, the groups are: {'; '.join(shown + more)}."


def _format_names(names: Iterable[str]) -> str:
    """Return the first names as a phrase, and how many more there are."""
    names = list(names)
    more = [f"{len(names) - _MAX_NAMES} more"] if len(names) > _MAX_NAMES else []
    *others, last = [*map(repr, names[:_MAX_NAMES]), *more]
    return f"{', '.join(others)} and {last}" if others else last


def _find_overlaps(names: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each name that is part of other names, with these."""
    names = sorted(names)
    # One search through all names at once is faster than comparing each pair. No name contains white space.
    text = "\n".join(names)
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
