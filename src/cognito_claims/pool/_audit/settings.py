"""The part of an audit about the settings of groups, roles and the pool."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cognito_claims._wire.arn import get_account
from cognito_claims.models import MAX_GROUPS_PER_POOL
from cognito_claims.pool import findings
from cognito_claims.pool._audit.phrases import format_names
from cognito_claims.pool.findings import FEW_USERS, NEARLY_ALL, Finding
from cognito_claims.resolver import has_federated_name

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.pool._audit.accumulator import AuditAccumulator
    from cognito_claims.pool._audit.baseline import Baseline
    from cognito_claims.pool._user_sets import UserSample
    from cognito_claims.pool.findings import Check
    from cognito_claims.pool.manifest import Manifest
    from cognito_claims.user_pool import UserPoolType

_RECREATION = {"created", "deleted"}
"""What a fetch notices of a group that is deleted and created again."""


def add_foreign_roles(
    seen: AuditAccumulator, ranking: Sequence[GroupType], user_pool: UserPoolType | None
) -> None:
    """Add the groups that have a role of another account than the pool, or than most roles."""
    roles = {group.role_arn: get_account(group.role_arn) for group in ranking if group.role_arn is not None}
    by_account = Counter(roles.values())
    if (own := user_pool.account_id if user_pool is not None else None) is not None:
        reason = f"the user pool is of account {own}"
    elif by_account:
        own, count = min(by_account.items(), key=lambda one: (-one[1], one[0]))
        reason = f"{count:,} of {len(roles):,} roles are of account {own}"
    else:
        return
    for account in by_account.keys() - {own}:
        names = [
            group.group_name
            for group in ranking
            if group.role_arn is not None and roles[group.role_arn] == account
        ]
        title = f"Groups have roles of account {account}."
        found = seen.get(findings.ROLE_OF_ANOTHER_ACCOUNT, account, title, reason)
        found.groups.update(names)
        seen.watch(found, names)


def build_group_findings(
    ranking: Sequence[GroupType], seen: AuditAccumulator, recreated: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield the findings about one group each.

    Args:
        ranking: The groups, best first.
        seen: The sets of groups.
        recreated: How each group that was created again is known to be, by name.
    """
    first_with_role = min(
        (_get_rank(group) for group in ranking if group.role_arn is not None), default=-1.0
    )
    total = sum(seen.outcomes.values())
    raising = seen.raising_groups
    for group in ranking:
        name, role, members = group.group_name, group.role_arn, seen.members[group.group_name]
        if role is not None:
            for check, title in _list_role_problems(group, members, total):
                yield _build(check, name, title, f"its role is {role}", members)
        # If the role of a user depends on such a group, that is the finding `open-question`.
        elif members.users and name not in raising and _get_rank(group) < first_with_role:
            title = f"{name!r} has no role, but ranks before every group with a role."
            yield _build(
                findings.ROLELESS_GROUP_FIRST, name, title, f"its precedence is {group.precedence}", members
            )
        if name in recreated:
            title = f"{name!r} was deleted and created again under the same name."
            yield _build(findings.RECREATED_GROUP, name, title, recreated[name], members)


def _list_role_problems(group: GroupType, members: UserSample, total: int) -> Iterator[tuple[Check, str]]:
    """Yield the checks that a group with a role fails, with the title of each finding."""
    name = group.group_name
    if has_federated_name(group):
        # Cognito names the group of an identity provider after the pool and the provider.
        yield (
            findings.FEDERATED_GROUP_WITH_ROLE,
            f"Everyone who signs in through an identity provider gets the role of {name!r}.",
        )
    if group.precedence is None:
        yield findings.ROLE_WITHOUT_PRECEDENCE, f"{name!r} has a role but no precedence."
    if not members.users:
        yield findings.EMPTY_GROUP, f"{name!r} has a role but no members."
    if total >= FEW_USERS and members.users >= NEARLY_ALL * total:
        yield (
            findings.ROLE_OF_NEARLY_EVERYONE,
            f"{name!r} has a role and holds {members.users:,} of {total:,} users.",
        )


def _get_rank(group: GroupType) -> float:
    return float("inf") if group.precedence is None else group.precedence


def _build(check: Check, about: str, title: str, reason: str, members: UserSample) -> Finding:
    return Finding(
        check=check,
        about=about,
        title=title,
        reason=reason,
        groups=(about,),
        users=members.users,
        samples=tuple(members.samples),
    )


def build_role_findings(ranking: Sequence[GroupType], seen: AuditAccumulator) -> Iterator[Finding]:
    """Yield the findings about one role each."""
    names_by_role: defaultdict[str | None, list[str]] = defaultdict(list)
    for group in ranking:
        names_by_role[group.role_arn].append(group.group_name)
    for role, holders in seen.holders.items():
        # A role that ties is not outranked: that is the finding `no-preferred-role`.
        if not seen.preferring[role] and role not in seen.tied_roles:
            names = names_by_role[role]
            yield Finding(
                check=findings.OUTRANKED_ROLE,
                about=role,
                title=f"{role} is never preferred: each of its users is also in a group that ranks higher.",
                reason=f"it is the role of {format_names(names)}",
                groups=tuple(sorted(names)),
                users=holders.users,
                samples=tuple(holders.samples),
            )


def build_pool_findings(
    ranking: Sequence[GroupType],
    manifest: Manifest,
    user_pool: UserPoolType | None,
    recreated: Mapping[str, str],
) -> Iterator[Finding]:
    """Yield the findings about the pool as a whole."""
    if len(ranking) >= NEARLY_ALL * MAX_GROUPS_PER_POOL:
        check, reason = findings.POOL_NEARLY_FULL, f"{len(ranking):,} of {MAX_GROUPS_PER_POOL:,} groups"
        yield Finding(check=check, title=check.title, reason=reason)
    if user_pool is not None and (trigger := user_pool.pre_token_generation_trigger) is not None:
        check, reason = findings.PRE_TOKEN_GENERATION_TRIGGER, f"its function is {trigger}"
        yield Finding(check=check, title=check.title, reason=reason)
    changes = [
        change
        for change in manifest.changes
        if change.group_name not in recreated or change.what not in _RECREATION
    ]
    if changes:
        kinds = Counter(change.what for change in changes)
        yield Finding(
            check=(check := findings.CHANGED_DURING_FETCH),
            title=check.title,
            reason=", ".join(f"{count} {what}" for what, count in sorted(kinds.items())),
            groups=tuple(sorted({change.group_name for change in changes})),
        )


def find_recreated_groups(
    ranking: Sequence[GroupType], manifest: Manifest, baseline: Baseline | None
) -> dict[str, str]:
    """Return how each group that was created again is known to be, by name."""
    found: dict[str, str] = {}
    noticed: defaultdict[str, set[str]] = defaultdict(set)
    for change in manifest.changes:
        noticed[change.group_name].add(change.what)
    for group in ranking:
        name, created = group.group_name, group.creation_date
        before = baseline.creation_dates.get(name) if baseline is not None else None
        if before is not None and created is not None and before != created:
            found[name] = (
                f"it was created at {created.isoformat()}, and in the baseline at {before.isoformat()}"
            )
        elif noticed[name] >= _RECREATION:
            found[name] = "it was deleted and created during the fetch"
    return found
