"""Access: the roles that a user can really get from an identity pool, and whether each can be assumed.

>>> from cognito_claims import resolve
>>> staff = "arn:aws:iam::123456789012:role/staff"
>>> access = effective_access(
...     resolve([{"GroupName": "staff", "Precedence": 1, "RoleArn": staff}]),
...     identity_pool={
...         "IdentityPoolId": "eu-west-1:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
...         "RoleMappings": {
...             "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE:1example23456789": {
...                 "Type": "Token", "AmbiguousRoleResolution": "Deny",
...             },
...         },
...     },
...     provider="cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE:1example23456789",
... )
>>> print(access.role.role_arn, access.role.trust.verdict, access.role.trust.reason, sep="; ")
arn:aws:iam::123456789012:role/staff; unknown; the trust policy of the role was not passed

What a role permits is not evaluated.
"""

from cognito_claims.access.assessment import Assessment, Verdict
from cognito_claims.access.diagram import draw_access
from cognito_claims.access.effective import EffectiveAccess, effective_access
from cognito_claims.access.facts import IdentityPoolDescription, PrincipalTags, RoleLike
from cognito_claims.access.models import GetRoleResponse, Role, parse_roles
from cognito_claims.access.policy import (
    Condition,
    Statement,
    TrustPolicy,
    TrustPolicyLike,
    parse_trust_policy,
)
from cognito_claims.access.result import (
    CREDENTIALS_LIFETIME,
    Access,
    RoleAccess,
    UnknownRole,
    Way,
    build_access_report,
)
from cognito_claims.access.rules import ACCESS_RULES, TRUST_RULES
from cognito_claims.access.trust import Flow, evaluate_trust

__all__ = [
    "ACCESS_RULES",
    "CREDENTIALS_LIFETIME",
    "TRUST_RULES",
    "Access",
    "Assessment",
    "Condition",
    "EffectiveAccess",
    "Flow",
    "GetRoleResponse",
    "IdentityPoolDescription",
    "PrincipalTags",
    "Role",
    "RoleAccess",
    "RoleLike",
    "Statement",
    "TrustPolicy",
    "TrustPolicyLike",
    "UnknownRole",
    "Verdict",
    "Way",
    "build_access_report",
    "draw_access",
    "effective_access",
    "evaluate_trust",
    "parse_roles",
    "parse_trust_policy",
]
