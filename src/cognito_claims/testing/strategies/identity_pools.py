"""The role mappings of identity pools."""

from hypothesis import strategies as st

from cognito_claims.identity_pool import (
    CognitoIdentityProvider,
    DescribeIdentityPoolResponse,
    GetIdentityPoolRolesResponse,
    GetPrincipalTagAttributeMapResponse,
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
        identity_pool_id=identity_pool_ids(),
        roles=st.dictionaries(st.sampled_from(["authenticated", "unauthenticated"]), scalars.role_arns()),
        role_mappings=st.dictionaries(providers, role_mappings(), max_size=3),
    )


def identity_pool_ids() -> st.SearchStrategy[str]:
    """IDs of identity pools, such as `eu-west-1:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`."""
    regions = st.sampled_from(["eu-west-1", "us-gov-west-1", "cn-north-1"])
    return st.builds("{}:{}".format, regions, st.uuids())


def descriptions() -> st.SearchStrategy[DescribeIdentityPoolResponse]:
    """Descriptions of identity pools."""
    providers = st.lists(accepted_providers(), max_size=3).map(tuple)
    return models(
        DescribeIdentityPoolResponse,
        identity_pool_id=identity_pool_ids(),
        cognito_identity_providers=st.none() | providers,
    )


def accepted_providers() -> st.SearchStrategy[CognitoIdentityProvider]:
    """User pools and app clients whose tokens an identity pool accepts."""
    names = scalars.user_pool_ids().map(lambda pool: build_issuer(pool).removeprefix("https://"))
    return models(CognitoIdentityProvider, provider_name=names, client_id=scalars.client_ids())


def principal_tags() -> st.SearchStrategy[GetPrincipalTagAttributeMapResponse]:
    """Principal tags of a provider. There are often none."""
    tags = st.dictionaries(st.sampled_from(["team", "user"]), st.sampled_from(["custom:team", "sub"]))
    names = accepted_providers().map(lambda provider: provider.provider_name)
    return models(
        GetPrincipalTagAttributeMapResponse,
        identity_pool_id=identity_pool_ids(),
        identity_provider_name=names,
        principal_tags=st.none() | tags,
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
