"""Audit a pool: find users with no role, or with an unintended one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

from cognito_claims.access.effective import EffectiveAccess, evaluate_access
from cognito_claims.access.facts import (
    IdentityPoolDescription,
    IdentityPoolFacts,
    PrincipalTags,
    RoleLike,
)
from cognito_claims.identity_pool import (
    GetIdentityPoolRolesResponse,
    RoleMapping,
    parse_identity_pool_roles,
)
from cognito_claims.pool._audit.accumulator import AuditAccumulator, add_role_conflicts
from cognito_claims.pool._audit.ignores import Ignore, apply_ignores, require_unique
from cognito_claims.pool._audit.inputs import require_identity_pool_roles, require_same_pool
from cognito_claims.pool._audit.role_choices import RoleChoices
from cognito_claims.pool._audit.role_trust import RoleTrust
from cognito_claims.pool._audit.settings import (
    add_foreign_roles,
    build_group_findings,
    build_pool_findings,
    build_role_findings,
    find_recreated_groups,
)
from cognito_claims.pool._user_sets import iterate_user_sets
from cognito_claims.pool.findings import CHECKS, Finding, Severity
from cognito_claims.resolver import Policy, Resolution, resolve
from cognito_claims.user_pool import DescribeUserPoolResponse, UserPoolType, parse_user_pool

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.pool._audit.baseline import Baseline
    from cognito_claims.pool.manifest import Manifest
    from cognito_claims.pool.snapshot import Snapshot

IdentityPoolRoles = RoleMapping | GetIdentityPoolRolesResponse | Mapping[str, object]
UserPoolDescription = UserPoolType | DescribeUserPoolResponse | Mapping[str, object]


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
    """The findings, in the order of `CHECKS`, with those that are known or ignored."""

    unused_ignores: tuple[Ignore, ...] = ()
    """The entries of the ignore list that match no finding."""

    expired_ignores: tuple[Ignore, ...] = ()
    """The entries of the ignore list that no longer apply."""

    account_id: str | None = None
    """The ID of the AWS account of the pool, if its description was passed."""

    evaluate_access: Callable[[Resolution], EffectiveAccess] | None = field(
        default=None, repr=False, compare=False
    )
    """Evaluates the access of a user, as `effective_access` does; `None` if no roles were passed."""

    @property
    def worst(self) -> Severity | None:
        """The severity of the most serious finding that counts, or `None`."""
        return next((finding.check.severity for finding in self.findings if finding.counts), None)

    def _repr_html_(self) -> str:
        from cognito_claims.pool._audit.notebook import render_html

        return render_html(self.snapshot, self.users, len(self.groups), dict(self.outcomes), self.findings)


def audit(
    snapshot: Snapshot,
    *,
    policy: Policy = Policy.DOCUMENTED,
    identity_pool: IdentityPoolRoles | None = None,
    provider: str | None = None,
    roles: Iterable[RoleLike] | None = None,
    description: IdentityPoolDescription | None = None,
    principal_tags: PrincipalTags | None = None,
    account_id: str | None = None,
    user_pool: UserPoolDescription | None = None,
    baseline: Baseline | None = None,
    ignores: Iterable[Ignore] = (),
    today: date | None = None,
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
        roles: The responses of `get_role` or `list_roles` of the IAM client. If passed, the audit also
            evaluates the trust policies of the roles of groups and of the identity pool.
        description: The response of `describe_identity_pool`. If passed, the audit also reports the
            classic flow.
        principal_tags: The response of `get_principal_tag_attribute_map`, or whether the identity
            pool maps claims of the user pool to principal tags. Trust policies may depend on it.
        account_id: The ID of the AWS account of the identity pool. Required to evaluate `roles` of
            several accounts.
        user_pool: The response of boto3's `describe_user_pool`. If passed, the audit also reports a
            pre token generation trigger, and compares the account of the pool with those of the roles.
        baseline: An earlier audit of the pool. Its findings are marked as known, unless further groups
            are involved now, and groups that were created again since are found.
        ignores: The findings to mark as ignored.
        today: The date on which `ignores` expire or not. By default, the current date in UTC.
        samples: The number of users to name with a finding, 0 to 10,000.

    Raises:
        InvalidResponseError: If a response or a trust policy does not fit its model, or two responses
            are of different identity pools.
        InvalidClaimsError: If the identity pool does not know the provider.
        AuditInputError: If `user_pool` or `baseline` is about a different user pool, two of `ignores`
            have the same code and subject, or `roles` or `description` is passed without the response of
            `get_identity_pool_roles`.
        ValueError: If `samples` is out of bounds.
        SnapshotError: If a file of the snapshot lacks a column or a value, or memberships are in groups
            that it lacks.
        InvalidTableError: If the memberships change while they are read.
        EngineError: If DuckDB raises an error that may quote a row.
        ImportError: If the extra `pool` is missing.
    """
    manifest = snapshot.manifest
    pool_roles = parse_identity_pool_roles(identity_pool)
    described = None if user_pool is None else parse_user_pool(user_pool)
    if described is not None:
        require_same_pool("user pool", "Id", described.id, manifest.user_pool_id)
    if baseline is not None:
        path = "snapshot.user_pool_id"
        require_same_pool("baseline", path, baseline.user_pool_id, manifest.user_pool_id)
    entries = require_unique(ignores)
    ranking = resolve(snapshot.read_groups()).ranking
    seen = AuditAccumulator(samples)
    add_role_conflicts(seen, ranking)
    add_foreign_roles(seen, ranking, described)
    choices = None if pool_roles is None else RoleChoices(pool_roles, provider, seen)
    if choices is not None:
        choices.add_settings(ranking, described)
    facts: IdentityPoolFacts | None = None
    trust: RoleTrust | None = None
    if roles is not None or description is not None:
        facts = IdentityPoolFacts.parse(
            require_identity_pool_roles(pool_roles),
            roles=roles or (),
            description=description,
            principal_tags=principal_tags,
            account_id=account_id,
            provider=provider,
            user_pool_id=manifest.user_pool_id,
        )
        trust = RoleTrust(facts, ranking, seen)
        trust.add_provider()
        trust.add_classic_flow()
        if roles is not None:
            trust.add_roles()
    for users in iterate_user_sets(snapshot.memberships_file, ranking, policy=policy, samples=samples):
        seen.add(users)
        choice = None if choices is None else choices.add(users)
        if trust is not None and choice is not None:
            trust.add(users, choice)
    recreated = find_recreated_groups(ranking, manifest, baseline)
    found = [
        *seen.build_findings(),
        *build_group_findings(ranking, seen, recreated),
        *build_role_findings(ranking, seen),
        *build_pool_findings(ranking, manifest, described, recreated),
    ]
    order = {check.code: place for place, check in enumerate(CHECKS)}
    found.sort(key=lambda one: (order[one.check.code], -one.users, one.groups, one.about))
    if baseline is not None:
        found = [baseline.compare(one) for one in found]
    found, unused, expired = apply_ignores(found, entries, today or datetime.now(UTC).date())
    return Audit(
        snapshot=manifest,
        policy=policy,
        users=sum(seen.outcomes.values()),
        sets=seen.sets,
        outcomes=dict(sorted(seen.outcomes.items())),
        groups=tuple(
            GroupUse(group, seen.members[name].users, seen.decides[name], seen.ties[name])
            for group in ranking
            for name in [group.group_name]
        ),
        roles=_build_role_uses(ranking, seen),
        findings=tuple(found),
        unused_ignores=unused,
        expired_ignores=expired,
        account_id=None if described is None else described.account_id,
        evaluate_access=None
        if facts is None or roles is None
        else partial(evaluate_access, pool=facts, user_pool=described, provider=provider),
    )


def _build_role_uses(groups: Iterable[GroupType], seen: AuditAccumulator) -> tuple[RoleUse, ...]:
    uses = [
        RoleUse(role, seen.preferring[role], seen.holders[role].users)
        for role in {group.role_arn for group in groups}
        if role is not None
    ]
    return tuple(sorted(uses, key=lambda use: (-use.preferred_by, -use.held_by, use.role_arn)))
