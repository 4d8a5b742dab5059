"""Audit a pool: find users with no role, or with an unintended one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from cognito_claims.identity_pool import (
    GetIdentityPoolRolesResponse,
    RoleMapping,
    parse_identity_pool_roles,
)
from cognito_claims.models import MAX_GROUPS_PER_POOL, MAX_GROUPS_PER_USER
from cognito_claims.pool import findings
from cognito_claims.pool._accumulators import (
    NEAR_LIMIT,
    AmbiguityKey,
    AuditAccumulator,
    ChoiceKey,
    FindingAccumulator,
    find_role_conflicts,
)
from cognito_claims.pool._user_sets import iterate_user_sets
from cognito_claims.pool.findings import CHECKS, Finding, Severity
from cognito_claims.resolver import DOCUMENTED, Policy, has_federated_name, rendering, resolve
from cognito_claims.resolver.outcomes import AmbiguityCause
from cognito_claims.rules import NO_ROLE, OPEN_QUESTIONS

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.pool.snapshot import Manifest, Snapshot

IdentityPoolRoles = RoleMapping | GetIdentityPoolRolesResponse | Mapping[str, object]

_MAX_NAMES = 5


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
    policy: Policy = DOCUMENTED,
    identity_pool: IdentityPoolRoles | None = None,
    provider: str | None = None,
    samples: int = 10,
) -> Audit:
    """Find users with no role, or with an unintended one, and what may lead there.

    Args:
        snapshot: The snapshot of the pool.
        policy: How to answer what AWS leaves open.
        identity_pool: The response of boto3's `get_identity_pool_roles`, or the pool's role mapping:
            also finds users whom the identity pool denies, or gives the authenticated role.
        provider: The name under which the identity pool knows the pool and the app client. Required
            if `identity_pool` is a response with role mappings.
        samples: The number of users to name with a finding, 0 to 10,000.

    Raises:
        InvalidResponseError: If `identity_pool` does not fit its model.
        InvalidClaimsError: If the identity pool does not know the provider.
        ValueError: If `samples` is out of bounds.
        ImportError: If the extra `pool` is missing.
    """
    roles = parse_identity_pool_roles(identity_pool)
    ranking = resolve(snapshot.groups()).ranking
    overlaps = dict(_find_overlaps(group.group_name for group in ranking))
    seen = AuditAccumulator(samples, overlaps)
    for users in iterate_user_sets(snapshot.memberships_file, ranking, policy=policy, samples=samples):
        seen.add(users)
        if roles is not None:
            seen.add_choice(users, roles, provider)
    found = [
        *_build_user_findings(seen),
        *_build_choice_findings(seen),
        *_build_group_findings(ranking, seen),
        *_build_role_findings(ranking, seen),
        *_build_name_findings(overlaps, seen),
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


def _build_role_uses(groups: Iterable[GroupType], seen: AuditAccumulator) -> tuple[RoleUse, ...]:
    uses = [
        RoleUse(role, seen.preferring[role], seen.holders[role].users)
        for role in {group.role_arn for group in groups}
        if role is not None
    ]
    return tuple(sorted(uses, key=lambda use: (-use.preferred_by, -use.held_by, use.role_arn)))


def _build_user_findings(seen: AuditAccumulator) -> Iterator[Finding]:
    for key, users in seen.ambiguous.items():
        reason = f"{rendering.headline(seen.examples[key])} {_format_combinations(users)}"
        yield users.build_finding(findings.NO_PREFERRED_ROLE, _identify_ambiguity(key), reason)
    questions = {question.id: question.question for question in OPEN_QUESTIONS}
    for id_, users in seen.open_questions.items():
        yield users.build_finding(findings.OPEN_QUESTION, id_, f"{id_}: {questions[id_]}")
    if seen.near_group_limit.users:
        reason = f"up to {seen.most_groups} groups of {MAX_GROUPS_PER_USER}"
        yield seen.near_group_limit.build_finding(findings.MANY_GROUPS, "", reason)


def _identify_ambiguity(key: AmbiguityKey) -> str:
    match key.cause:
        case AmbiguityCause.TIE:
            return _identify_precedence(key.precedence)
        case AmbiguityCause.ROLELESS:
            return "roleless=blocks"
        case AmbiguityCause.NULL_PRECEDENCE:
            return "null_precedence=abstains"
        case _:
            assert_never(key.cause)


def _identify_precedence(precedence: int | None) -> str:
    return f"precedence={'none' if precedence is None else precedence}"


def _build_choice_findings(seen: AuditAccumulator) -> Iterator[Finding]:
    checks = {check.code: check for check in CHECKS}
    for key, users in seen.choices.items():
        reason = _format_choice(key, seen)
        yield users.build_finding(checks[key.code], ", ".join(key.causes), reason)


def _format_choice(key: ChoiceKey, seen: AuditAccumulator) -> str:
    if key.code == findings.IDENTITY_POOL_NEEDS_CLAIMS.code:
        return f"the rules use {', '.join(key.causes)}"
    if key.code == findings.IDENTITY_POOL_OPEN_QUESTION.code:
        [id_] = key.causes
        return f"{id_}: {seen.choice_questions[id_].question}"
    reason = seen.choice_examples[key].reason
    return f"they have no role: {reason}" if NO_ROLE.id in key.causes else reason


def _build_group_findings(groups: Sequence[GroupType], seen: AuditAccumulator) -> Iterator[Finding]:
    for group in groups:
        if group.role_arn is None:
            continue
        name = group.group_name
        members = seen.members[name]
        applying = [
            (findings.FEDERATED_GROUP_WITH_ROLE, has_federated_name(group)),
            (findings.ROLE_WITHOUT_PRECEDENCE, group.precedence is None),
            (findings.EMPTY_GROUP, not members.users),
        ]
        for check, applies in applying:
            if applies:
                yield members.build_finding(check, name, f"{name!r} has {group.role_arn}", [name])


def _build_role_findings(groups: Sequence[GroupType], seen: AuditAccumulator) -> Iterator[Finding]:
    for precedence, conflicting in find_role_conflicts(groups).items():
        names = [group.group_name for group in conflicting]
        roles = len({group.role_arn for group in conflicting})
        place = "without a precedence" if precedence is None else f"at precedence {precedence}"
        reason = f"{len(names)} groups {place} have {roles} roles: {_format_names(names)}"
        about = _identify_precedence(precedence)
        yield seen.equal_precedence[precedence].build_finding(
            findings.EQUAL_PRECEDENCE, about, reason, names
        )
    names_by_role: defaultdict[str | None, list[str]] = defaultdict(list)
    for group in groups:
        names_by_role[group.role_arn].append(group.group_name)
    for role, holders in seen.holders.items():
        if holders.users and not seen.preferring[role] and role not in seen.tied_roles:
            names = names_by_role[role]
            reason = f"no user prefers {role}, the role of {_format_names(names)}"
            yield holders.build_finding(findings.OUTRANKED_ROLE, role, reason, names)


def _build_name_findings(
    overlaps: Mapping[str, Sequence[str]], seen: AuditAccumulator
) -> Iterator[Finding]:
    for name, others in overlaps.items():
        reason = f"{name!r} is part of {_format_names(others)}"
        yield seen.overlapping[name].build_finding(
            findings.OVERLAPPING_NAMES, name, reason, [name, *others]
        )


def _build_pool_findings(groups: Sequence[GroupType], manifest: Manifest) -> Iterator[Finding]:
    if len(groups) >= NEAR_LIMIT * MAX_GROUPS_PER_POOL:
        reason = f"{len(groups):,} groups of {MAX_GROUPS_PER_POOL:,}"
        yield Finding(check=findings.POOL_NEARLY_FULL, reason=reason)
    if manifest.changes:
        kinds = Counter(change.what for change in manifest.changes)
        reason = ", ".join(f"{count} {what}" for what, count in sorted(kinds.items()))
        names = sorted({change.group_name for change in manifest.changes})
        yield Finding(check=findings.CHANGED_DURING_FETCH, reason=reason, groups=tuple(names))


def _format_combinations(users: FindingAccumulator) -> str:
    """Return the combinations of groups, those of most users first, and how many more there are."""
    if len(users.combinations) == 1:
        [names] = users.combinations
        return f"The groups are {_format_names(names)}."
    ranked = sorted(users.combinations.items(), key=lambda one: (-one[1], one[0]))
    shown = [f"{_format_names(names)} ({count:,})" for names, count in ranked[:_MAX_NAMES]]
    more = ["..."] if len(ranked) > _MAX_NAMES else []
    return f"The groups are, in {len(ranked):,} combinations: {'; '.join(shown + more)}."


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
