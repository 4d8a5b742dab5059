"""The rules by which an identity pool chooses a role, and the questions that AWS leaves open."""

from typing import Final

from cognito_claims.rules import RBAC_GUIDE, Basis, OpenQuestion, Rule

_API = "Amazon Cognito identity pools API Reference"

NO_MAPPING: Final = Rule(
    "no-mapping",
    "If the provider has no role mapping, the authenticated role is assumed.",
    Basis.DOCUMENTED,
    RBAC_GUIDE,
)
CUSTOM_ROLE: Final = Rule(
    "custom-role",
    "A CustomRoleArn is assumed if cognito:roles contains it, and denied otherwise.",
    Basis.DOCUMENTED,
    RBAC_GUIDE,
)
PREFERRED_ASSUMED: Final = Rule(
    "preferred-assumed",
    "Without a CustomRoleArn, cognito:preferred_role is assumed if it is set.",
    Basis.DOCUMENTED,
    RBAC_GUIDE,
)
AMBIGUOUS_RESOLUTION: Final = Rule(
    "ambiguous-resolution",
    "If neither determines a role, AmbiguousRoleResolution applies: the authenticated role is assumed, "
    "or the request is denied.",
    Basis.DOCUMENTED,
    RBAC_GUIDE,
)
FIRST_MATCH: Final = Rule(
    "first-match",
    "Rules are evaluated in order, and the role of the first that matches is assumed.",
    Basis.DOCUMENTED,
    f"{RBAC_GUIDE}; {_API}, RulesConfigurationType",
)
NO_MATCH: Final = Rule(
    "no-match",
    "If no rule matches, AmbiguousRoleResolution applies. Names of claims are case-sensitive.",
    Basis.DOCUMENTED,
    f"{RBAC_GUIDE}; {_API}, RoleMapping; on case: RFC 7519, section 7.3",
)
ABSENT_CLAIM: Final = Rule(
    "absent-claim",
    "A rule never matches a claim that the token does not have, not even with NotEqual.",
    Basis.DOCUMENTED,
    f"{_API}, MappingRule",
)
CUSTOM_ROLE_OF_RULES: Final = Rule(
    "custom-role-of-rules",
    "With rules, a CustomRoleArn is assumed if a matching rule names it, and denied otherwise.",
    Basis.UNSPECIFIED,
    "AWS does not document CustomRoleArn for mappings with rules",
)

CUSTOM_ROLE_WITHOUT_MAPPING: Final = Rule(
    "custom-role-without-mapping",
    "Without a role mapping, a CustomRoleArn is denied unless it is the authenticated role.",
    Basis.UNSPECIFIED,
    "AWS does not document CustomRoleArn without a role mapping",
)
NO_ROLES: Final = Rule(
    "no-roles",
    "A token without roles counts as ambiguous.",
    Basis.UNSPECIFIED,
    f"AWS documents tokens that have roles only: {RBAC_GUIDE}",
)
ARRAY_ELEMENTS: Final = Rule(
    "array-elements",
    "On an array, Equals, Contains and StartsWith require one element that matches, and NotEqual "
    "requires that no element is equal.",
    Basis.UNSPECIFIED,
    "AWS does not document rules on claims that are arrays",
)
CLAIM_TEXT: Final = Rule(
    "claim-text",
    "A claim that is null counts as absent. Any other claim that is neither a string nor an array is "
    "compared as its JSON text, such as 3 or true.",
    Basis.UNSPECIFIED,
    "AWS does not document rules on claims that are not strings",
)

VALUE_CASE: Final = Rule(
    "value-case",
    "Rules compare the values of claims with regard to case.",
    Basis.UNSPECIFIED,
    f"AWS does not document how values are compared: {_API}, MappingRule",
)

IDENTITY_POOL_RULES: Final[tuple[Rule, ...]] = (
    NO_MAPPING,
    CUSTOM_ROLE_WITHOUT_MAPPING,
    CUSTOM_ROLE,
    PREFERRED_ASSUMED,
    AMBIGUOUS_RESOLUTION,
    NO_ROLES,
    FIRST_MATCH,
    NO_MATCH,
    ABSENT_CLAIM,
    ARRAY_ELEMENTS,
    CLAIM_TEXT,
    VALUE_CASE,
    CUSTOM_ROLE_OF_RULES,
)
"""Which IAM role an identity pool chooses (enhanced flow, ID tokens)."""

LONE_ROLE: Final = OpenQuestion(
    "lone-role",
    "Does an identity pool treat a token with one role and no preferred role as ambiguous?",
    "According to the guide, it does. The API reference mentions several roles only.",
)
CONTAINS_ELEMENT: Final = OpenQuestion(
    "contains-element",
    "Does a Contains rule on an array require a whole element, or a part of one?",
    "AWS is silent. If a part suffices, the group nonadmins matches Contains admins.",
)

UPDATED_ISSUER: Final = OpenQuestion(
    "updated-issuer",
    "Does an identity pool look for the mapping of a token with the updated issuer under the name that "
    "begins with cognito-idp?",
    "AWS is silent: the mappings of its documentation have names that begin with cognito-idp, without "
    "issuer- before it.",
)

IDENTITY_POOL_QUESTIONS: Final[tuple[OpenQuestion, ...]] = (LONE_ROLE, CONTAINS_ELEMENT, UPDATED_ISSUER)
"""Every open question about identity pools."""
