"""The rules of trust policies, and those of the roles that a user can get."""

from typing import Final

from cognito_claims.rules import RBAC_GUIDE, Basis, Rule

_GUIDE = "Amazon Cognito Developer Guide"
_TRUST_GUIDE = f"{_GUIDE}, IAM roles, Role trust and permissions"
_FLOW_GUIDE = f"{_GUIDE}, Identity pools authentication flow"
_TAG_GUIDE = f"{_GUIDE}, Using attributes for access control"
_IAM_GUIDE = "AWS Identity and Access Management User Guide"

TRUSTED_PRINCIPAL: Final = Rule(
    "trusted-principal",
    "Principal.Federated is the identity pools service of the partition: cognito-identity.amazonaws.com, "
    "cognito-identity-us-gov.amazonaws.com in GovCloud, or cognito-identity.cn-north-1.amazonaws.com.cn in "
    "China.",
    Basis.DOCUMENTED,
    f"{_TRUST_GUIDE}; AWS GovCloud (US) User Guide, Amazon Cognito",
)
TRUSTED_ACTION: Final = Rule(
    "trusted-action",
    "The action is sts:AssumeRoleWithWebIdentity, which sts:AssumeRole does not include.",
    Basis.DOCUMENTED,
    _TRUST_GUIDE,
)
ACTION_PATTERNS: Final = Rule(
    "action-patterns",
    "Names of actions ignore case, and * and ? in them are wildcards.",
    Basis.DOCUMENTED,
    f"{_IAM_GUIDE}, IAM JSON policy elements: Action",
)
TAG_SESSION: Final = Rule(
    "tag-session",
    "If the identity pool maps claims to principal tags, sts:TagSession must be allowed too.",
    Basis.DOCUMENTED,
    _TAG_GUIDE,
)
TRUSTED_AUDIENCE: Final = Rule(
    "trusted-audience",
    "StringEquals on the service's aud requires the ID of the identity pool, without wildcards.",
    Basis.DOCUMENTED,
    f"{_TRUST_GUIDE}; {_IAM_GUIDE}, IAM JSON policy elements: Condition operators",
)
SIGNED_IN: Final = Rule(
    "signed-in",
    "ForAnyValue:StringLike on the service's amr holds for a signed-in user if a value matches "
    "authenticated, and not if it is unauthenticated, which is for guests.",
    Basis.DOCUMENTED,
    _TRUST_GUIDE,
)
TRUSTED_IDENTITY: Final = Rule(
    "trusted-identity",
    "StringEquals on the service's sub requires the ID of the user's identity.",
    Basis.DOCUMENTED,
    f"{_GUIDE}, IAM roles, Setting up a trust policy",
)
SOURCE_IP: Final = Rule(
    "source-ip",
    "IpAddress on aws:SourceIp never holds in the enhanced flow, where the service makes the request and "
    "not the user.",
    Basis.DOCUMENTED,
    f"{_GUIDE}, IAM roles, Setting up a trust policy",
)
ALL_CONDITIONS: Final = Rule(
    "all-conditions",
    "Every condition of a statement must hold. One of the values of a condition suffices.",
    Basis.DOCUMENTED,
    f"{_IAM_GUIDE}, IAM JSON policy elements: Condition",
)
ALLOW_REQUIRED: Final = Rule(
    "allow-required",
    "One statement that allows the request suffices, and without one it is denied.",
    Basis.DOCUMENTED,
    f"{_IAM_GUIDE}, Policy evaluation logic",
)
DENY_WINS: Final = Rule(
    "deny-wins",
    "A statement that denies the request overrides every statement that allows it.",
    Basis.DOCUMENTED,
    f"{_IAM_GUIDE}, Policy evaluation logic",
)
NOT_EVALUATED: Final = Rule(
    "not-evaluated",
    "If the result depends on any other element, operator or key of a statement, the answer is unknown.",
    Basis.UNSPECIFIED,
    "this library evaluates only what identity pools need; IAM evaluates more",
)
ANY_IDENTITY_POOL: Final = Rule(
    "any-identity-pool",
    "Without a condition on aud, every identity pool is trusted, in any account. IAM has refused to save "
    "such a policy since 2025-08-01, but older ones remain (CVE-2024-28056).",
    Basis.DOCUMENTED,
    f"{_GUIDE}, IAM roles, Setting up a trust policy; CVE-2024-28056",
)
GUESTS_TRUSTED: Final = Rule(
    "guests-trusted",
    "If amr may be unauthenticated, guests are trusted too.",
    Basis.DOCUMENTED,
    _TRUST_GUIDE,
)

TRUST_RULES: Final[tuple[Rule, ...]] = (
    TRUSTED_PRINCIPAL,
    TRUSTED_ACTION,
    ACTION_PATTERNS,
    TAG_SESSION,
    TRUSTED_AUDIENCE,
    SIGNED_IN,
    TRUSTED_IDENTITY,
    SOURCE_IP,
    ALL_CONDITIONS,
    ALLOW_REQUIRED,
    DENY_WINS,
    NOT_EVALUATED,
    ANY_IDENTITY_POOL,
    GUESTS_TRUSTED,
)
"""Whether a role's trust policy lets an identity pool assume it."""

ACCEPTED_PROVIDER: Final = Rule(
    "accepted-provider",
    "An identity pool accepts only the tokens of the user pools and app clients in its description.",
    Basis.DOCUMENTED,
    "Amazon Cognito identity pools API Reference, DescribeIdentityPool, CognitoIdentityProviders",
)
SAME_ACCOUNT: Final = Rule(
    "same-account",
    "In the enhanced flow, the role must belong to the account of the identity pool.",
    Basis.DOCUMENTED,
    _FLOW_GUIDE,
)
ROLE_REPLACES: Final = Rule(
    "role-replaces",
    "The role of a group or a rule replaces the authenticated role: their permissions do not add up.",
    Basis.DOCUMENTED,
    RBAC_GUIDE,
)
CREDENTIALS_REMAIN: Final = Rule(
    "credentials-remain",
    "Credentials of the enhanced flow remain valid for up to an hour after the token that they were issued "
    "for has expired, or the user has left the group.",
    Basis.DOCUMENTED,
    f"{_FLOW_GUIDE}; Amazon Cognito identity pools API Reference, GetCredentialsForIdentity",
)
CLASSIC_REFUSED: Final = Rule(
    "classic-refused",
    "The classic flow is refused if the identity pool has role mappings.",
    Basis.DOCUMENTED,
    _FLOW_GUIDE,
)
CLASSIC_OFF: Final = Rule(
    "classic-off",
    "The classic flow is refused unless AllowClassicFlow is true.",
    Basis.DOCUMENTED,
    "Amazon Cognito identity pools API Reference, DescribeIdentityPool; AWS CDK API Reference, "
    "IdentityPoolProps: the default",
)
CLASSIC_ANY_ROLE: Final = Rule(
    "classic-any-role",
    "In the classic flow, every signed-in user can assume any role that trusts the identity pool, "
    "including roles that are not listed here and roles of other groups.",
    Basis.DOCUMENTED,
    _FLOW_GUIDE,
)
CLASSIC_DURATION: Final = Rule(
    "classic-duration",
    "In the classic flow, the user chooses how long credentials are valid, up to the MaxSessionDuration of "
    "the role.",
    Basis.DOCUMENTED,
    "AWS Security Token Service API Reference, AssumeRoleWithWebIdentity",
)
TRIGGER_CHANGES: Final = Rule(
    "trigger-changes",
    "A pre token generation trigger can add and remove groups and roles, so that the groups alone do not "
    "determine the role.",
    Basis.DOCUMENTED,
    f"{_GUIDE}, Pre token generation Lambda trigger",
)

ACCESS_RULES: Final[tuple[Rule, ...]] = (
    ACCEPTED_PROVIDER,
    SAME_ACCOUNT,
    ROLE_REPLACES,
    CREDENTIALS_REMAIN,
    CLASSIC_REFUSED,
    CLASSIC_OFF,
    CLASSIC_ANY_ROLE,
    CLASSIC_DURATION,
    TRIGGER_CHANGES,
)
"""Which roles a user can get from an identity pool."""
