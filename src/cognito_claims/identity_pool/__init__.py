"""Identity pools: the IAM role that they assign to the user of an ID token, and the reason.

>>> from cognito_claims import GroupClaims
>>> claims = GroupClaims(
...     groups=("auditors", "operators"),
...     roles=("arn:aws:iam::123456789012:role/auditor", "arn:aws:iam::123456789012:role/operator"),
... )
>>> mapping = RoleMapping(type="Token", ambiguous_role_resolution="Deny")
>>> choose_role(claims, mapping).reason
'cognito:preferred_role is not set, and AmbiguousRoleResolution is Deny'
>>> choose_role(claims, mapping, custom_role_arn="arn:aws:iam::123456789012:role/operator").role_arn
'arn:aws:iam::123456789012:role/operator'
"""

from cognito_claims.identity_pool.choice import (
    AccessDenied,
    AssumedRole,
    IdTokenLike,
    choose_role,
    get_provider_name,
)
from cognito_claims.identity_pool.models import (
    CognitoIdentityProvider,
    DescribeIdentityPoolResponse,
    GetIdentityPoolRolesResponse,
    GetPrincipalTagAttributeMapResponse,
    MappingRule,
    RoleMapping,
    RulesConfiguration,
    parse_identity_pool_roles,
)
from cognito_claims.identity_pool.rules import IDENTITY_POOL_QUESTIONS, IDENTITY_POOL_RULES

__all__ = [
    "IDENTITY_POOL_QUESTIONS",
    "IDENTITY_POOL_RULES",
    "AccessDenied",
    "AssumedRole",
    "CognitoIdentityProvider",
    "DescribeIdentityPoolResponse",
    "GetIdentityPoolRolesResponse",
    "GetPrincipalTagAttributeMapResponse",
    "IdTokenLike",
    "MappingRule",
    "RoleMapping",
    "RulesConfiguration",
    "choose_role",
    "get_provider_name",
    "parse_identity_pool_roles",
]
