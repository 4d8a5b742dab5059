"""The roles that a user can get from an identity pool, and whether each of them can be assumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from cognito_claims.access import rules
from cognito_claims.access.assessment import Assessment, Verdict
from cognito_claims.access.facts import (
    IdentityPoolDescription,
    IdentityPoolFacts,
    PrincipalTags,
    RoleLike,
    list_accounts,
    list_assigned_roles,
)
from cognito_claims.access.result import Access, RoleAccess, UnknownRole, Way, list_sections
from cognito_claims.errors import InvalidClaimsError, MixedUserPoolsError
from cognito_claims.identity_pool import (
    AccessDenied,
    AssumedRole,
    GetIdentityPoolRolesResponse,
    choose_role,
)
from cognito_claims.identity_pool.choice import join_missing_claims
from cognito_claims.user_pool import DescribeUserPoolResponse, UserPoolType, parse_user_pool

if TYPE_CHECKING:
    from cognito_claims.access.trust import Flow
    from cognito_claims.resolver import Resolution


@dataclass(frozen=True, slots=True)
class EffectiveAccess(Access):
    """The roles that a user can get from an identity pool. What they permit is not evaluated."""

    def explain(self) -> str:
        """Explain the roles as plain text, with the sentence of each rule."""
        sections = ("\n".join([title, *lines]) for title, lines in list_sections(self))
        return "\n\n".join(sections)

    def _repr_html_(self) -> str:
        from cognito_claims.access.notebook import render_html

        return render_html(self)


def effective_access(
    resolution: Resolution,
    *,
    identity_pool: GetIdentityPoolRolesResponse | Mapping[str, object],
    roles: Iterable[RoleLike] = (),
    description: IdentityPoolDescription | None = None,
    principal_tags: PrincipalTags | None = None,
    user_pool: UserPoolType | DescribeUserPoolResponse | Mapping[str, object] | None = None,
    provider: str | None = None,
    account_id: str | None = None,
    identity_id: str | None = None,
) -> EffectiveAccess:
    """Return the roles that a user can get from an identity pool, and whether each can be assumed.

    Nothing is guessed: what depends on an argument that is not passed is unknown, and
    the reason names the argument.

    Rules: every one of `IDENTITY_POOL_RULES`, `TRUST_RULES` and `ACCESS_RULES`.

    Args:
        resolution: The user's groups, resolved.
        identity_pool: The response of boto3's `get_identity_pool_roles`.
        roles: The responses of `get_role` of the IAM client, for any number of roles.
        description: The response of `describe_identity_pool`.
        principal_tags: The response of `get_principal_tag_attribute_map`, or whether the identity
            pool maps claims of the user pool to principal tags.
        user_pool: The response of `describe_user_pool`.
        provider: The name of the provider, such as
            `cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE:1example23456789`. Required if the
            identity pool has role mappings.
        account_id: The ID of the AWS account of the identity pool.
        identity_id: The ID of the user's identity, for trust policies with a condition on `sub`.

    Raises:
        InvalidResponseError: If a response or a trust policy does not fit its model, two responses are of
            different identity pools, or the principal tags are those of a different provider.
        InvalidClaimsError: If the provider is unknown.
        MixedUserPoolsError: If the user pool is not the one of the groups.
    """
    described = None if user_pool is None else parse_user_pool(user_pool)
    pool = IdentityPoolFacts.parse(
        identity_pool,
        roles=roles,
        description=description,
        principal_tags=principal_tags,
        account_id=account_id,
        provider=provider,
        user_pool_id=_find_user_pool_id(resolution, described),
    )
    return evaluate_access(resolution, pool, described, provider, identity_id)


def evaluate_access(
    resolution: Resolution,
    pool: IdentityPoolFacts,
    user_pool: UserPoolType | None,
    provider: str | None,
    identity_id: str | None = None,
) -> EffectiveAccess:
    """Evaluate the access of a user, as `effective_access` does, from responses that are parsed."""
    facts = _Facts(
        resolution=resolution,
        pool=pool,
        user_pool=user_pool,
        provider=provider,
        identity_id=identity_id,
    )
    choice = facts.choose_role()
    classic = pool.assess_classic_flow()
    found = [*facts.list_enhanced(choice)]
    if classic.verdict is Verdict.YES:
        found += facts.list_classic()
    replaces = choice.role_arn is not None and pool.pool_roles.authenticated_role not in (
        None,
        choice.role_arn,
    )
    notes = [rules.ROLE_REPLACES] if replaces else []
    is_enhanced = any(one.way is not Way.CLASSIC_FLOW for one in found)
    notes += [rules.CREDENTIALS_REMAIN] if is_enhanced else []
    return EffectiveAccess(
        identity_pool_id=pool.identity_pool_id,
        resolution=resolution,
        choice=choice,
        roles=tuple(found),
        provider=pool.assess_provider(),
        classic_flow=classic,
        trigger=facts.assess_trigger(),
        notes=tuple(notes),
    )


@dataclass(frozen=True)
class _Facts:
    resolution: Resolution
    pool: IdentityPoolFacts
    user_pool: UserPoolType | None
    provider: str | None
    identity_id: str | None

    @cached_property
    def accounts(self) -> frozenset[str]:
        """The accounts of the known roles."""
        return list_accounts(self._list_known_roles())

    def choose_role(self) -> AssumedRole | AccessDenied | UnknownRole:
        """Return the choice of the identity pool, or why it is unknown."""
        try:
            return choose_role(self.resolution, self.pool.pool_roles, provider=self.provider)
        except InvalidClaimsError as error:
            if self.provider in (None, ""):
                raise
            claims = join_missing_claims(error)
        return UnknownRole(f"the rules use {claims}, which does not come from groups")

    def list_enhanced(self, choice: AssumedRole | AccessDenied | UnknownRole) -> Iterator[RoleAccess]:
        """Yield the roles of the enhanced flow."""
        if (arn := choice.role_arn) is not None:
            yield RoleAccess(arn, Way.HANDED_OUT, choice.reason, choice.rules, self._assess_role(arn))
        for arn in self._list_known_roles():
            if arn != choice.role_arn and (custom := self._request_role(arn)) is not None:
                yield custom
        for other in choice.alternatives:
            if (arn := other.role_arn) is not None:
                reason = f"with the other answer to {other.question.id}"
                yield RoleAccess(arn, Way.OPEN_QUESTION, reason, (), self._assess_role(arn))

    def _request_role(self, arn: str) -> RoleAccess | None:
        """Return a role that the user can request by CustomRoleArn, or `None`."""
        try:
            pool_roles = self.pool.pool_roles
            choice = choose_role(self.resolution, pool_roles, provider=self.provider, custom_role_arn=arn)
        except InvalidClaimsError as error:
            reason = f"a rule about {join_missing_claims(error)}, which does not come from groups, names it"
            trust = Assessment(Verdict.UNKNOWN, "it is not known whether the rule matches", ())
            return RoleAccess(arn, Way.CUSTOM_ROLE, reason, (), trust)
        if choice.role_arn is None:
            return None
        return RoleAccess(arn, Way.CUSTOM_ROLE, choice.reason, choice.rules, self._assess_role(arn))

    def list_classic(self) -> Iterator[RoleAccess]:
        """Yield the roles of the classic flow that trust the identity pool, or may trust it."""
        for arn in dict.fromkeys([*self._list_known_roles(), *self.pool.roles]):
            trust = self._assess_role(arn, "classic")
            if trust.verdict is not Verdict.NO:
                role = self.pool.roles.get(arn)
                seconds = None if role is None else role.max_session_duration
                duration = None if seconds is None else timedelta(seconds=seconds)
                reason = "it needs no group and no role mapping"
                found = (rules.CLASSIC_ANY_ROLE, rules.CLASSIC_DURATION)
                yield RoleAccess(arn, Way.CLASSIC_FLOW, reason, found, trust, duration)

    def _list_known_roles(self) -> tuple[str, ...]:
        """Return the roles of the groups, of the mapping rules, and the authenticated role."""
        return tuple(dict.fromkeys([*self.resolution.roles, *list_assigned_roles(self.pool.pool_roles)]))

    def _assess_role(self, role_arn: str, flow: Flow = "enhanced") -> Assessment:
        return self.pool.assess_role(role_arn, self.accounts, flow, identity_id=self.identity_id)

    def assess_trigger(self) -> Assessment:
        """Return whether a trigger may change the groups and roles in the token."""
        found = (rules.TRIGGER_CHANGES,)
        if self.user_pool is None:
            return Assessment(Verdict.UNKNOWN, "the description of the user pool was not passed", found)
        trigger = self.user_pool.pre_token_generation_trigger
        if trigger is None:
            reason = "the user pool has no pre token generation trigger"
            return Assessment(Verdict.NO, reason, found)
        return Assessment(Verdict.YES, f"the user pool has the trigger {trigger}", found)


def _find_user_pool_id(resolution: Resolution, user_pool: UserPoolType | None) -> str | None:
    ids = {group.user_pool_id for group in resolution.ranking}
    ids |= {None if user_pool is None else user_pool.id}
    known = sorted(filter(None, ids))
    if len(known) > 1:
        raise MixedUserPoolsError(known)
    return known[0] if known else None
