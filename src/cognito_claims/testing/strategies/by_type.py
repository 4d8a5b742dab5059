"""The strategy of each published type, for `st.from_type`."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from cognito_claims._wire.base import WireModel
from cognito_claims.claims import AccessTokenGroupClaims, GroupClaims, IdTokenGroupClaims
from cognito_claims.client import PaginatorConfigDict
from cognito_claims.events import (
    GroupConfiguration,
    PreTokenGenerationV1Event,
    PreTokenGenerationV2Event,
    PreTokenGenerationV3Event,
)
from cognito_claims.identity_pool import (
    GetIdentityPoolRolesResponse,
    MappingRule,
    RoleMapping,
    RulesConfiguration,
)
from cognito_claims.models import GroupType, UserType
from cognito_claims.resolver import (
    Alternative,
    Ambiguous,
    NoRole,
    Policy,
    Preferred,
    RankedGroup,
    Resolution,
)
from cognito_claims.testing.strategies.events import group_configurations, versioned_trigger_events
from cognito_claims.testing.strategies.groups import groups
from cognito_claims.testing.strategies.identity_pools import (
    identity_pool_roles,
    mapping_rules,
    role_mappings,
    rules_configurations,
)
from cognito_claims.testing.strategies.models import models
from cognito_claims.testing.strategies.resolutions import (
    access_token_group_claims,
    alternatives,
    ambiguous_outcomes,
    group_claims,
    id_token_group_claims,
    policies,
    preferred_outcomes,
    ranked_groups,
    resolutions,
)
from cognito_claims.testing.strategies.responses import paginator_config_dicts, users
from cognito_claims.testing.strategies.tokens import access_token_claims, id_token_claims, identities
from cognito_claims.tokens import AccessTokenClaims, Identity, IdTokenClaims


def strategy_for_type(type_: type) -> st.SearchStrategy[object]:
    """Return the strategy for a type of this package, or for a subclass of one of its models.

    Raises:
        InvalidArgument: If the type is neither. It is Hypothesis' own.
    """
    if type_ in _BY_TYPE:
        return _BY_TYPE[type_]()
    if issubclass(type_, WireModel):
        return models(type_)
    raise InvalidArgument(f"expected a type of cognito_claims, got {type_.__name__}")


_BY_TYPE: dict[type, Callable[[], st.SearchStrategy[object]]] = {
    AccessTokenClaims: access_token_claims,
    AccessTokenGroupClaims: access_token_group_claims,
    Alternative: alternatives,
    Ambiguous: ambiguous_outcomes,
    GetIdentityPoolRolesResponse: identity_pool_roles,
    GroupClaims: group_claims,
    GroupConfiguration: group_configurations,
    GroupType: groups,
    IdTokenClaims: id_token_claims,
    IdTokenGroupClaims: id_token_group_claims,
    Identity: identities,
    MappingRule: mapping_rules,
    NoRole: lambda: st.just(NoRole()),
    PaginatorConfigDict: paginator_config_dicts,
    Policy: policies,
    PreTokenGenerationV1Event: lambda: versioned_trigger_events("1"),
    PreTokenGenerationV2Event: lambda: versioned_trigger_events("2"),
    PreTokenGenerationV3Event: lambda: versioned_trigger_events("3"),
    Preferred: preferred_outcomes,
    RankedGroup: ranked_groups,
    Resolution: resolutions,
    RoleMapping: role_mappings,
    RulesConfiguration: rules_configurations,
    UserType: users,
}
