"""The part of an audit about an identity pool: the roles that it chooses, and its rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cognito_claims.claims import GroupClaims
from cognito_claims.errors import InvalidClaimsError
from cognito_claims.identity_pool import (
    AccessDenied,
    AssumedRole,
    GetIdentityPoolRolesResponse,
    RoleMapping,
    choose_role,
    get_provider_name,
)
from cognito_claims.identity_pool.choice import join_missing_claims
from cognito_claims.identity_pool.rules import (
    AMBIGUOUS_RESOLUTION,
    CONTAINS_ELEMENT,
    LONE_ROLE,
    NO_MAPPING,
    NO_MATCH,
    UPDATED_ISSUER,
)
from cognito_claims.pool import findings
from cognito_claims.pool._audit.accumulator import AuditAccumulator, find_undecided_groups
from cognito_claims.pool._audit.phrases import format_names
from cognito_claims.rules import NO_ROLE

if TYPE_CHECKING:
    from cognito_claims.models import GroupType
    from cognito_claims.pool._user_sets import UserSet
    from cognito_claims.resolver import Alternative
    from cognito_claims.user_pool import UserPoolType


class RoleChoices:
    """The roles that an identity pool chooses for the users of a pool.

    Raises:
        InvalidClaimsError: If the identity pool has role mappings and no provider is passed.
    """

    def __init__(
        self,
        roles: RoleMapping | GetIdentityPoolRolesResponse,
        provider: str | None,
        seen: AuditAccumulator,
    ) -> None:
        self._roles = roles
        self._provider = provider
        self._seen = seen
        self._mapping = roles if isinstance(roles, RoleMapping) else None
        self._issuer_mapping: RoleMapping | None = self._mapping
        if isinstance(roles, GetIdentityPoolRolesResponse) and (mappings := roles.mappings_by_provider):
            provider = provider or get_provider_name(GroupClaims())
            self._mapping = mappings.get(provider)
            self._issuer_mapping = mappings.get(f"issuer-{provider}")
        self._overlapping: set[str] = set()

    def add_settings(self, ranking: Sequence[GroupType], user_pool: UserPoolType | None) -> None:
        """Add the findings about the groups of the pool, whoever is in them."""
        seen = self._seen
        with_role = [group.group_name for group in ranking if group.role_arn is not None]
        if self._mapping is None and with_role:
            choice = choose_role(GroupClaims(), self._roles, provider=self._provider)
            reason = f"{choice.reason}; {len(with_role):,} groups have a role: {format_names(with_role)}"
            found = seen.get(findings.IDENTITY_POOL_WITHOUT_MAPPING, reason=reason)
            found.groups.update(with_role)
            seen.watch(found, with_role)
        if user_pool is not None and user_pool.has_updated_issuer and self._mapping != self._issuer_mapping:
            title = _describe_question(UPDATED_ISSUER.id)
            reason = f"The user pool has the updated issuer. {UPDATED_ISSUER.question}"
            found = seen.get(findings.IDENTITY_POOL_OPEN_QUESTION, UPDATED_ISSUER.id, title, reason)
            seen.watch(found, [group.group_name for group in ranking])
        for value in _list_parts(self._mapping):
            names = [group.group_name for group in ranking if value in group.group_name]
            longer = [name for name in names if name != value]
            self._overlapping.update(longer)
            if longer and len(names) > 1:
                title = f"A rule of the identity pool with Contains {value!r} may match several groups."
                reason = f"it is part of {format_names(names)}"
                found = seen.get(findings.OVERLAPPING_NAMES, value, title, reason)
                found.groups.update(names)
                seen.watch(found, longer)

    def add(self, users: UserSet) -> AssumedRole | AccessDenied | None:
        """Add the role that the identity pool chooses for the users of a set, and return the choice.

        It is `None` if it depends on claims that do not come from groups.
        """
        resolution = users.resolution
        try:
            choice = choose_role(resolution, self._roles, provider=self._provider)
        except InvalidClaimsError as error:
            claims = join_missing_claims(error)
            title = f"The rules of the identity pool use {claims}, which does not come from groups."
            reason = f"the rules use {claims}"
            self._seen.get(findings.IDENTITY_POOL_NEEDS_CLAIMS, claims, title, reason).add_set(users)
            return None
        self._add_outcome(users, choice)
        for alternative in choice.alternatives:
            question = alternative.question
            check, title = findings.IDENTITY_POOL_OPEN_QUESTION, _describe_question(question.id)
            found = self._seen.get(check, question.id, title, question.question)
            found.add_set(users, self._find_raising_groups(alternative, resolution.ranking))
        return choice

    def _add_outcome(self, users: UserSet, choice: AssumedRole | AccessDenied) -> None:
        resolution = users.resolution
        rule = choice.rules[0]  # it led to the choice; the others explain how its claims were compared
        if isinstance(choice, AssumedRole) and rule not in (AMBIGUOUS_RESOLUTION, NO_MATCH):
            return
        if rule is NO_MAPPING and resolution.roles:
            return  # the finding about the pool itself includes these users
        about, who, reason = rule.id, "users who have roles", choice.reason
        groups = resolution.ranking
        if not resolution.roles:
            about, who, reason = (
                f"{about}, {NO_ROLE.id}",
                "users without a role",
                f"they have no role: {reason}",
            )
        elif rule is AMBIGUOUS_RESOLUTION:
            groups = find_undecided_groups(resolution)
        if isinstance(choice, AccessDenied):
            check, title = findings.IDENTITY_POOL_DENIES, f"The identity pool denies credentials to {who}."
        else:
            check = findings.IDENTITY_POOL_FALLS_BACK
            title = f"The identity pool assigns the authenticated role to {who}."
        self._seen.get(check, about, title, reason).add_set(users, groups)

    def _find_raising_groups(
        self, alternative: Alternative, ranking: tuple[GroupType, ...]
    ) -> tuple[GroupType, ...]:
        if alternative.question is LONE_ROLE:
            return tuple(group for group in ranking if group.role_arn is not None)
        if alternative.question is CONTAINS_ELEMENT:
            return tuple(group for group in ranking if group.group_name in self._overlapping)
        return alternative.raised_by


def _describe_question(question_id: str) -> str:
    return f"The role that the identity pool assigns depends on {question_id}, which AWS does not specify."


def _list_parts(mapping: RoleMapping | None) -> Iterator[str]:
    """Yield the different values that rules look for as a part of the groups' names."""
    if mapping is None or mapping.type == "Token" or mapping.rules_configuration is None:
        return
    rules = mapping.rules_configuration.rules
    yield from dict.fromkeys(
        rule.value for rule in rules if (rule.claim, rule.match_type) == ("cognito:groups", "Contains")
    )
