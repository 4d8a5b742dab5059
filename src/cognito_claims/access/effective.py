"""The roles that a user can get from an identity pool, and whether each of them can be assumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cognito_claims._wire.parsing import parse_written_response
from cognito_claims.access import rules
from cognito_claims.access.assessment import Assessment, Verdict
from cognito_claims.access.models import GetRoleResponse, Role, parse_roles
from cognito_claims.access.result import EffectiveAccess, RoleAccess, Way
from cognito_claims.access.trust import Flow, evaluate_trust
from cognito_claims.errors import (
    InvalidClaimsError,
    InvalidResponseError,
    MixedUserPoolsError,
    Problem,
)
from cognito_claims.identity_pool import (
    AccessDenied,
    AssumedRole,
    DescribeIdentityPoolResponse,
    GetIdentityPoolRolesResponse,
    GetPrincipalTagAttributeMapResponse,
    choose_role,
)
from cognito_claims.tokens import build_issuer, build_provider_name
from cognito_claims.user_pool import DescribeUserPoolResponse, UserPoolType, parse_user_pool

if TYPE_CHECKING:
    from cognito_claims.access.policy import TrustPolicyLike
    from cognito_claims.resolver import Resolution


def effective_access(
    resolution: Resolution,
    *,
    identity_pool: GetIdentityPoolRolesResponse | Mapping[str, object],
    roles: Iterable[Role | GetRoleResponse | Mapping[str, object]] = (),
    description: DescribeIdentityPoolResponse | Mapping[str, object] | None = None,
    principal_tags: GetPrincipalTagAttributeMapResponse | Mapping[str, object] | bool | None = None,
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
        InvalidResponseError: If a response or a trust policy does not fit its model, or two
            responses are of different identity pools.
        InvalidClaimsError: If the provider is unknown, or the choice of a role depends on a rule about a
            claim that does not come from groups.
        MixedUserPoolsError: If the user pool is not the one of the groups.
    """
    pool_roles = parse_written_response(GetIdentityPoolRolesResponse, identity_pool)
    described = tags = None
    if description is not None:
        described = parse_written_response(DescribeIdentityPoolResponse, description)
    if not isinstance(principal_tags, bool | None):
        tags = parse_written_response(GetPrincipalTagAttributeMapResponse, principal_tags)
        principal_tags = tags.has_tags
    parsed_pool = None if user_pool is None else parse_user_pool(user_pool)
    facts = _Facts(
        resolution=resolution,
        pool_roles=pool_roles,
        identity_pool_id=_find_identity_pool_id(pool_roles, described, tags),
        roles=_index_roles(roles),
        description=described,
        has_tags=principal_tags,
        user_pool=parsed_pool,
        user_pool_id=_find_user_pool_id(resolution, parsed_pool),
        provider=provider,
        account_id=account_id,
        identity_id=identity_id,
    )
    choice = choose_role(resolution, pool_roles, provider=provider)
    classic = facts.assess_classic_flow()
    found = [*facts.list_enhanced(choice)]
    if classic.verdict is Verdict.YES:
        found += facts.list_classic()
    replaces = choice.role_arn is not None and pool_roles.authenticated_role not in (None, choice.role_arn)
    notes = [rules.ROLE_REPLACES] if replaces else []
    notes += [rules.CREDENTIALS_REMAIN] if found else []
    return EffectiveAccess(
        identity_pool_id=facts.identity_pool_id,
        choice=choice,
        roles=tuple(found),
        provider=facts.assess_provider(),
        classic_flow=classic,
        trigger=facts.assess_trigger(),
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    resolution: Resolution
    pool_roles: GetIdentityPoolRolesResponse
    identity_pool_id: str
    roles: dict[str, Role]
    description: DescribeIdentityPoolResponse | None
    has_tags: bool | None
    user_pool: UserPoolType | None
    user_pool_id: str | None
    provider: str | None
    account_id: str | None
    identity_id: str | None

    def list_enhanced(self, choice: AssumedRole | AccessDenied) -> Iterator[RoleAccess]:
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
            choice = choose_role(
                self.resolution, self.pool_roles, provider=self.provider, custom_role_arn=arn
            )
        except InvalidClaimsError as error:
            claims = ", ".join(dict.fromkeys(problem.path for problem in error.problems))
            reason = f"a rule about {claims}, which does not come from groups, names it"
            trust = Assessment(Verdict.UNKNOWN, "it is not known whether the rule matches", ())
            return RoleAccess(arn, Way.CUSTOM_ROLE, reason, (), trust)
        if choice.role_arn is None:
            return None
        return RoleAccess(arn, Way.CUSTOM_ROLE, choice.reason, choice.rules, self._assess_role(arn))

    def list_classic(self) -> Iterator[RoleAccess]:
        """Yield the roles of the classic flow that trust the identity pool, or may trust it."""
        for arn in dict.fromkeys([*self._list_known_roles(), *self.roles]):
            trust = self._assess_role(arn, "classic")
            if trust.verdict is not Verdict.NO:
                role = self.roles.get(arn)
                seconds = None if role is None else role.max_session_duration
                duration = None if seconds is None else timedelta(seconds=seconds)
                reason = "it needs no group and no role mapping"
                found = (rules.CLASSIC_ANY_ROLE, rules.CLASSIC_DURATION)
                yield RoleAccess(arn, Way.CLASSIC_FLOW, reason, found, trust, duration)

    def _list_known_roles(self) -> tuple[str, ...]:
        """Return the roles of the groups, of the mapping rules, and the authenticated role."""
        arns = [*self.resolution.roles]
        for mapping in self.pool_roles.mappings_by_provider.values():
            if mapping.rules_configuration is not None:
                arns += [rule.role_arn for rule in mapping.rules_configuration.rules]
        if self.pool_roles.authenticated_role is not None:
            arns.append(self.pool_roles.authenticated_role)
        return tuple(dict.fromkeys(arns))

    def _assess_role(self, role_arn: str, flow: Flow = "enhanced") -> Assessment:
        """Return whether the identity pool can assume a role."""
        account = _get_account(role_arn)
        if flow == "enhanced" and self.account_id not in (None, account):
            reason = f"the role belongs to account {account}, and the identity pool to {self.account_id}"
            return Assessment(Verdict.NO, reason, (rules.SAME_ACCOUNT,))
        role = self.roles.get(role_arn)
        if role is None or role.assume_role_policy_document is None:
            return Assessment(Verdict.UNKNOWN, "the trust policy of the role was not passed", ())
        trust = self._evaluate_policy(role_arn, role.assume_role_policy_document, flow)
        accounts = {_get_account(arn) for arn in self._list_known_roles()}
        is_open = flow == "enhanced" and self.account_id is None and len(accounts) > 1
        if is_open and trust.verdict is Verdict.YES:
            reason = "the roles belong to several accounts: pass the account of the identity pool"
            return Assessment(Verdict.UNKNOWN, reason, (rules.SAME_ACCOUNT,), None, trust.warnings)
        return trust

    def _evaluate_policy(self, role_arn: str, policy: TrustPolicyLike, flow: Flow) -> Assessment:
        try:
            return evaluate_trust(
                policy,
                identity_pool_id=self.identity_pool_id,
                principal_tags=self.has_tags,
                identity_id=self.identity_id,
                flow=flow,
            )
        except InvalidResponseError as error:
            place = f"roles[{[*self.roles].index(role_arn)}]"
            problems = [Problem(f"{place}.{path}", reason) for path, reason in error.problems]
        raise InvalidResponseError("GetRole", problems)

    def assess_classic_flow(self) -> Assessment:
        """Return whether the identity pool allows the classic flow."""
        if self.pool_roles.mappings_by_provider:
            reason = "the identity pool has role mappings"
            return Assessment(Verdict.NO, reason, (rules.CLASSIC_REFUSED,))
        if self.description is None:
            reason = "the description of the identity pool was not passed"
            return Assessment(Verdict.UNKNOWN, reason, (rules.CLASSIC_OFF,))
        if self.description.allow_classic_flow is not True:
            reason = "AllowClassicFlow is not true"
            return Assessment(Verdict.NO, reason, (rules.CLASSIC_OFF,))
        reason = "AllowClassicFlow is true, and the identity pool has no role mapping"
        return Assessment(Verdict.YES, reason, (rules.CLASSIC_ANY_ROLE, rules.CLASSIC_DURATION))

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

    def assess_provider(self) -> Assessment:
        """Return whether the identity pool accepts the tokens of the user pool."""
        found = (rules.ACCEPTED_PROVIDER,)
        if self.description is None:
            return Assessment(Verdict.UNKNOWN, "the description of the identity pool was not passed", found)
        wanted = self.provider
        if wanted is None and self.user_pool_id is not None:
            wanted = build_provider_name(build_issuer(self.user_pool_id), "")
        if wanted is None:
            return Assessment(Verdict.UNKNOWN, "neither the provider nor the user pool was passed", found)
        listed = self.description.cognito_identity_providers or ()
        accepted = [f"{one.provider_name}:{one.client_id}" for one in listed]
        # A name without an app client ends in a colon.
        if any(name == wanted or (wanted[-1] == ":" and name.startswith(wanted)) for name in accepted):
            return Assessment(Verdict.YES, f"it accepts {wanted.removesuffix(':')}", found)
        names = f"only {', '.join(accepted)}" if accepted else "no user pool"
        return Assessment(Verdict.NO, f"it accepts {names}", found)


def _find_identity_pool_id(
    pool_roles: GetIdentityPoolRolesResponse,
    description: DescribeIdentityPoolResponse | None,
    tags: GetPrincipalTagAttributeMapResponse | None,
) -> str:
    responses = {
        "GetIdentityPoolRoles": pool_roles,
        "DescribeIdentityPool": description,
        "GetPrincipalTagAttributeMap": tags,
    }
    ids = {
        operation: response.identity_pool_id
        for operation, response in responses.items()
        if response is not None and response.identity_pool_id is not None
    }
    if not ids:
        problem = Problem("IdentityPoolId", "is missing: it is the audience that trust policies name")
        raise InvalidResponseError("GetIdentityPoolRoles", [problem])
    first = next(iter(ids.values()))
    for operation, identity_pool_id in ids.items():
        if identity_pool_id != first:
            problem = Problem("IdentityPoolId", f"must be {first}, as in the other responses")
            raise InvalidResponseError(operation, [problem])
    return first


def _find_user_pool_id(resolution: Resolution, user_pool: UserPoolType | None) -> str | None:
    ids = {group.user_pool_id for group in resolution.ranking}
    ids |= {None if user_pool is None else user_pool.id}
    known = sorted(filter(None, ids))
    if len(known) > 1:
        raise MixedUserPoolsError(known)
    return known[0] if known else None


def _index_roles(values: Iterable[object]) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for role in (role for value in values for role in parse_roles(value)):
        if found.setdefault(role.arn, role) != role:
            reason = "is that of two different roles: pass the latest response only"
            raise InvalidResponseError("GetRole", [Problem("Role.Arn", reason)])
    return found


def _get_account(role_arn: str) -> str | None:
    parts = role_arn.split(":")
    return parts[4] if len(parts) > 5 else None
