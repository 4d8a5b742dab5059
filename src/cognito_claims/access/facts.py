"""What is known about an identity pool and the roles that it may assume."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from cognito_claims._wire.arn import get_account
from cognito_claims._wire.parsing import parse_written_response
from cognito_claims.access import rules
from cognito_claims.access.assessment import Assessment, Verdict
from cognito_claims.access.models import GetRoleResponse, Role, parse_roles
from cognito_claims.access.trust import Flow, evaluate_trust
from cognito_claims.errors import InvalidResponseError, Problem
from cognito_claims.identity_pool import (
    DescribeIdentityPoolResponse,
    GetIdentityPoolRolesResponse,
    GetPrincipalTagAttributeMapResponse,
)
from cognito_claims.tokens import build_issuer, build_provider_name

if TYPE_CHECKING:
    from cognito_claims.access.policy import TrustPolicyLike

RoleLike: TypeAlias = Role | GetRoleResponse | Mapping[str, object]
"""A role: a response of boto3's `get_role` or `list_roles`, or one role of it."""

IdentityPoolDescription: TypeAlias = DescribeIdentityPoolResponse | Mapping[str, object]
"""A response of boto3's `describe_identity_pool`."""

PrincipalTags: TypeAlias = GetPrincipalTagAttributeMapResponse | Mapping[str, object] | bool
"""A response of boto3's `get_principal_tag_attribute_map`, or whether it has any principal tags."""


@dataclass(frozen=True, slots=True)
class IdentityPoolFacts:
    """An identity pool and roles. What was not passed is `None` or missing."""

    identity_pool_id: str
    pool_roles: GetIdentityPoolRolesResponse
    description: DescribeIdentityPoolResponse | None
    has_tags: bool | None
    roles: Mapping[str, Role]
    """The roles by their ARN."""

    account_id: str | None
    provider: str | None
    """The name of the provider, such as `cognito-idp.<region>.amazonaws.com/<poolId>:<clientId>`. Without
    an app client, it ends in a colon."""

    _assessed: dict[tuple[str, Flow, str | None], Assessment] = field(
        default_factory=dict[tuple[str, Flow, str | None], Assessment], compare=False, repr=False
    )
    """Whether each trust policy admits the identity pool, since an audit asks again for many users."""

    @classmethod
    def parse(
        cls,
        identity_pool: GetIdentityPoolRolesResponse | Mapping[str, object],
        *,
        roles: Iterable[RoleLike],
        description: IdentityPoolDescription | None,
        principal_tags: PrincipalTags | None,
        account_id: str | None,
        provider: str | None,
        user_pool_id: str | None,
    ) -> IdentityPoolFacts:
        """Validate the responses.

        Raises:
            InvalidResponseError: If one does not fit its model, two are of different identity pools, or
                the principal tags are those of a different provider.
        """
        if provider in (None, "") and user_pool_id is not None:
            provider = build_provider_name(build_issuer(user_pool_id), "")
        pool_roles = parse_written_response(GetIdentityPoolRolesResponse, identity_pool)
        described = tags = None
        if description is not None:
            described = parse_written_response(DescribeIdentityPoolResponse, description)
        if not isinstance(principal_tags, bool | None):
            tags = parse_written_response(GetPrincipalTagAttributeMapResponse, principal_tags)
            _require_same_provider(tags, provider)
            principal_tags = tags.has_tags
        return cls(
            identity_pool_id=_find_identity_pool_id(pool_roles, described, tags),
            pool_roles=pool_roles,
            description=described,
            has_tags=principal_tags,
            roles=_index_roles(roles),
            account_id=account_id,
            provider=provider or None,
        )

    def assess_provider(self) -> Assessment:
        """Return whether the identity pool accepts the tokens of the provider."""
        found = (rules.ACCEPTED_PROVIDER,)
        if self.description is None:
            return Assessment(Verdict.UNKNOWN, "the description of the identity pool was not passed", found)
        wanted = self.provider
        if wanted is None:
            return Assessment(Verdict.UNKNOWN, "neither the provider nor the user pool was passed", found)
        accepted = self.description.list_providers()
        # A name without an app client ends in a colon.
        if any(name == wanted or (wanted[-1] == ":" and name.startswith(wanted)) for name in accepted):
            return Assessment(Verdict.YES, f"it accepts {wanted.removesuffix(':')}", found)
        names = f"only {', '.join(accepted)}" if accepted else "no user pool"
        return Assessment(Verdict.NO, f"it accepts {names}", found)

    def assess_role(
        self,
        role_arn: str,
        accounts: Collection[str],
        flow: Flow = "enhanced",
        *,
        identity_id: str | None = None,
    ) -> Assessment:
        """Return whether the identity pool can assume a role.

        Args:
            role_arn: The ARN of the role.
            accounts: The accounts of all roles that matter, from `list_accounts`. If there are several,
                that of the identity pool must be known.
            flow: How the user requests credentials.
            identity_id: The ID of the user's identity, if it is known.

        Raises:
            InvalidResponseError: If the trust policy is not one.
        """
        account = get_account(role_arn)
        trust = self._assess_policy(role_arn, flow, identity_id)
        if flow == "enhanced" and self.account_id not in (None, account):
            owner = f"account {account}" if account else "no account"
            reason = f"the role belongs to {owner}, and the identity pool to {self.account_id}"
            return Assessment(Verdict.NO, reason, (rules.SAME_ACCOUNT,), None, trust.warnings)
        is_open = flow == "enhanced" and self.account_id is None and len(accounts) > 1
        if is_open and trust.verdict is Verdict.YES:
            reason = "the roles belong to several accounts: pass the account of the identity pool"
            return Assessment(Verdict.UNKNOWN, reason, (rules.SAME_ACCOUNT,), None, trust.warnings)
        return trust

    def _assess_policy(self, role_arn: str, flow: Flow, identity_id: str | None) -> Assessment:
        """Return whether the trust policy of a role admits the identity pool. It is evaluated once."""
        key = (role_arn, flow, identity_id)
        if key not in self._assessed:
            role = self.roles.get(role_arn)
            policy = None if role is None else role.assume_role_policy_document
            self._assessed[key] = (
                Assessment(Verdict.UNKNOWN, "the trust policy of the role was not passed", ())
                if policy is None
                else self._evaluate_policy(role_arn, policy, flow, identity_id)
            )
        return self._assessed[key]

    def _evaluate_policy(
        self, role_arn: str, policy: TrustPolicyLike, flow: Flow, identity_id: str | None
    ) -> Assessment:
        try:
            return evaluate_trust(
                policy,
                identity_pool_id=self.identity_pool_id,
                principal_tags=self.has_tags,
                identity_id=identity_id,
                flow=flow,
            )
        except InvalidResponseError as error:
            place = f"roles[{[*self.roles].index(role_arn)}]"
            problems = [
                Problem(f"{place}.{path}", f"{reason} (in {role_arn})") for path, reason in error.problems
            ]
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


def list_assigned_roles(pool_roles: GetIdentityPoolRolesResponse) -> tuple[str, ...]:
    """Return the ARNs of the roles that an identity pool names for users who signed in, each once."""
    arns = [
        rule.role_arn
        for mapping in pool_roles.mappings_by_provider.values()
        if mapping.rules_configuration is not None
        for rule in mapping.rules_configuration.rules
    ]
    if pool_roles.authenticated_role is not None:
        arns.append(pool_roles.authenticated_role)
    return tuple(dict.fromkeys(arns))


def list_accounts(role_arns: Iterable[str]) -> frozenset[str]:
    """Return the accounts of roles; an empty string for an ARN that names none."""
    return frozenset(map(get_account, role_arns))


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


def _require_same_provider(tags: GetPrincipalTagAttributeMapResponse, provider: str | None) -> None:
    """Raise `InvalidResponseError` if principal tags are those of a different provider."""
    if provider is None or tags.identity_provider_name is None:
        return
    user_pool = provider.partition(":")[0]
    if tags.identity_provider_name.partition(":")[0] != user_pool:
        reason = f"must be {user_pool}: pass the principal tags of this provider"
        problem = Problem("IdentityProviderName", reason)
        raise InvalidResponseError("GetPrincipalTagAttributeMap", [problem])


def _index_roles(values: Iterable[object]) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for role in (role for value in values for role in parse_roles(value)):
        if found.setdefault(role.arn, role) != role:
            reason = "is that of two different roles: pass the latest response only"
            raise InvalidResponseError("GetRole", [Problem("Role.Arn", reason)])
    return found
