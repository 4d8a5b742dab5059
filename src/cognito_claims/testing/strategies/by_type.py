"""The strategy of each published type, for `st.from_type`."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from cognito_claims import access, events, identity_pool, resolver, tokens, user_pool
from cognito_claims._wire.base import WireModel
from cognito_claims.claims import AccessTokenGroupClaims, GroupClaims, IdTokenGroupClaims
from cognito_claims.client import PaginatorConfigDict
from cognito_claims.models import GroupType, UserType
from cognito_claims.resolver import resolve
from cognito_claims.testing import strategies
from cognito_claims.testing.strategies.events import versioned_trigger_events
from cognito_claims.testing.strategies.iam import role_responses, roles
from cognito_claims.testing.strategies.identity_pools import (
    accepted_providers,
    descriptions,
    mapping_rules,
    principal_tags,
    rules_configurations,
)
from cognito_claims.testing.strategies.models import models
from cognito_claims.testing.strategies.tokens import identities


def get_strategy(type_: type) -> st.SearchStrategy[object]:
    """Return the strategy for a type of this package, or for a subclass of one of its models.

    Raises:
        hypothesis.errors.InvalidArgument: If the type is neither.
    """
    if type_ in _BY_TYPE:
        return _BY_TYPE[type_]()
    if issubclass(type_, WireModel):
        return models(type_)
    raise InvalidArgument(f"expected a type of cognito_claims, got {type_.__name__}")


def _ranked_groups() -> st.SearchStrategy[resolver.RankedGroup]:
    resolutions = strategies.resolutions(strategies.memberships(min_size=1))
    return resolutions.flatmap(lambda resolution: st.sampled_from(resolution.ranked_groups))


def _alternatives() -> st.SearchStrategy[resolver.Alternative]:
    lone = strategies.groups(role_arn=strategies.role_arns(), precedence=st.none())
    return lone.map(lambda group: resolve([group]).alternatives[0])


def _preferred_outcomes() -> st.SearchStrategy[resolver.Outcome]:
    groups = strategies.groups(role_arn=strategies.role_arns())
    return groups.map(lambda group: resolve([group]).outcome)


def _ambiguous_outcomes() -> st.SearchStrategy[resolver.Outcome]:
    roles = st.lists(strategies.role_arns(), min_size=2, max_size=3, unique=True)
    return roles.map(lambda arns: resolve(map(_build_group, range(len(arns)), arns)).outcome)


def _build_group(number: int, role_arn: str) -> GroupType:
    return GroupType(group_name=f"group-{number}", role_arn=role_arn)


_BY_TYPE: dict[type, Callable[[], st.SearchStrategy[object]]] = {
    AccessTokenGroupClaims: lambda: strategies.group_claims().map(GroupClaims.access_token),
    GroupClaims: strategies.group_claims,
    GroupType: strategies.groups,
    IdTokenGroupClaims: lambda: strategies.group_claims().map(GroupClaims.id_token),
    PaginatorConfigDict: lambda: strategies.paginator_configs().map(
        lambda config: config.model_dump(by_alias=True)
    ),
    UserType: strategies.users,
    access.GetRoleResponse: role_responses,
    access.Role: roles,
    events.GroupConfiguration: lambda: versioned_trigger_events("1").map(
        lambda event: event.request.group_configuration
    ),
    events.PreTokenGenerationV1Event: lambda: versioned_trigger_events("1"),
    events.PreTokenGenerationV2Event: lambda: versioned_trigger_events("2"),
    events.PreTokenGenerationV3Event: lambda: versioned_trigger_events("3"),
    identity_pool.CognitoIdentityProvider: accepted_providers,
    identity_pool.DescribeIdentityPoolResponse: descriptions,
    identity_pool.GetIdentityPoolRolesResponse: strategies.identity_pool_roles,
    identity_pool.GetPrincipalTagAttributeMapResponse: principal_tags,
    identity_pool.MappingRule: mapping_rules,
    identity_pool.RoleMapping: strategies.role_mappings,
    identity_pool.RulesConfiguration: rules_configurations,
    resolver.Alternative: _alternatives,
    resolver.Ambiguous: _ambiguous_outcomes,
    resolver.NoRole: lambda: st.just(resolver.NoRole()),
    resolver.Policy: strategies.policies,
    resolver.Preferred: _preferred_outcomes,
    resolver.RankedGroup: _ranked_groups,
    resolver.Resolution: strategies.resolutions,
    tokens.AccessTokenClaims: strategies.access_token_claims,
    tokens.IdTokenClaims: strategies.id_token_claims,
    tokens.Identity: identities,
    user_pool.IssuerConfigurationType: lambda: models(
        user_pool.IssuerConfigurationType,
        type=st.none() | st.sampled_from(["ORIGINAL", "UPDATED", "A_NEW_ONE"]),
    ),
    user_pool.UserPoolType: lambda: models(user_pool.UserPoolType, id=strategies.user_pool_ids()),
}
