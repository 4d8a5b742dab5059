"""The role mappings of identity pools."""

from hypothesis import strategies as st

from cognito_claims.identity_pool import (
    GetIdentityPoolRolesResponse,
    MappingRule,
    RoleMapping,
    RulesConfiguration,
)
from cognito_claims.testing.strategies import scalars
from cognito_claims.testing.strategies.models import models
from cognito_claims.tokens import build_issuer, build_provider_name


def role_mappings() -> st.SearchStrategy[RoleMapping]:
    """Role mappings of a provider, by token or by rules. The rules match often."""
    common: dict[str, st.SearchStrategy[object]] = {
        "ambiguous_role_resolution": st.sampled_from(["AuthenticatedRole", "Deny"]),
        "identity_provider": st.none(),  # CloudFormation's, and absent from a response
    }
    by_token = models(RoleMapping, type=st.just("Token"), **common)
    rules = rules_configurations()
    by_rules = models(RoleMapping, type=st.just("Rules"), rules_configuration=rules, **common)
    return by_token | by_rules


def identity_pool_roles() -> st.SearchStrategy[GetIdentityPoolRolesResponse]:
    """The roles of identity pools, as boto3's `get_identity_pool_roles` returns them."""
    providers = st.builds(
        build_provider_name, scalars.user_pool_ids().map(build_issuer), scalars.client_ids()
    )
    return models(
        GetIdentityPoolRolesResponse,
        identity_pool_id=st.uuids().map("eu-west-1:{}".format),
        roles=st.dictionaries(st.sampled_from(["authenticated", "unauthenticated"]), scalars.role_arns()),
        role_mappings=st.dictionaries(providers, role_mappings(), max_size=3),
    )


def rules_configurations() -> st.SearchStrategy[RulesConfiguration]:
    """1 to 4 rules of a role mapping."""
    several = st.lists(mapping_rules(), min_size=1, max_size=4).map(tuple)
    return models(RulesConfiguration, rules=several)


def mapping_rules() -> st.SearchStrategy[MappingRule]:
    """Single rules of a role mapping."""
    return models(
        MappingRule,
        claim=st.sampled_from(["cognito:groups", "email", "custom:department"]) | scalars.names(64),
        match_type=st.sampled_from(["Equals", "Contains", "StartsWith", "NotEqual"]),
        value=st.sampled_from([*scalars.FREQUENT_NAMES, "min"]) | st.text(min_size=1, max_size=128),
        role_arn=scalars.role_arns(),
    )
