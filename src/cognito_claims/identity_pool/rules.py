"""The rules by which an identity pool chooses a role, and the questions that AWS leaves open."""

from typing import Final

from cognito_claims.rules import RBAC_GUIDE, Basis, OpenQuestion, Rule

__all__ = ["IDENTITY_POOL_QUESTIONS", "IDENTITY_POOL_RULES"]

_API = "Amazon Cognito identity pools API Reference"

NO_MAPPING: Final = Rule(
    "no-mapping",
    "Without a mapping for the provider, the identity pool's authenticated role is assumed.",
    Basis.DOCUMENTED,
    RBAC_GUIDE,
)
CUSTOM_ROLE: Final = Rule(
    "custom-role",
    "A CustomRoleArn is assumed if it is one of cognito:roles, and denied if not.",
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
    "If neither names a role, AmbiguousRoleResolution says: the authenticated role, or denied.",
    Basis.DOCUMENTED,
    RBAC_GUIDE,
)
FIRST_MATCH: Final = Rule(
    "first-match",
    "Rules are tried in order, and the role of the first that matches is assumed.",
    Basis.DOCUMENTED,
    f"{RBAC_GUIDE}; {_API}, RulesConfigurationType",
)
NO_MATCH: Final = Rule(
    "no-match",
    "If no rule matches, AmbiguousRoleResolution says: the authenticated role, or denied.",
    Basis.DOCUMENTED,
    f"{RBAC_GUIDE}; {_API}, RoleMapping",
)
ABSENT_CLAIM: Final = Rule(
    "absent-claim",
    "A rule on a claim that the token does not have never matches, NotEqual included.",
    Basis.DOCUMENTED,
    f"{_API}, MappingRule",
)
CUSTOM_ROLE_OF_RULES: Final = Rule(
    "custom-role-of-rules",
    "A CustomRoleArn is assumed if a rule that matches names it, and denied if none does.",
    Basis.UNSPECIFIED,
    "AWS says nothing of CustomRoleArn where rules choose",
)

CUSTOM_ROLE_WITHOUT_MAPPING: Final = Rule(
    "custom-role-without-mapping",
    "Without a mapping, a CustomRoleArn is denied unless it is the authenticated role.",
    Basis.UNSPECIFIED,
    "AWS says nothing of CustomRoleArn without a mapping",
)
NO_ROLES: Final = Rule(
    "no-roles",
    "A token without any role is taken as ambiguous.",
    Basis.UNSPECIFIED,
    f"AWS speaks of a token that has roles; {RBAC_GUIDE}",
)
ARRAY_ELEMENTS: Final = Rule(
    "array-elements",
    "Of an array, Equals, Contains and StartsWith ask for one element that matches, NotEqual for none "
    "that is equal.",
    Basis.UNSPECIFIED,
    "AWS says nothing of claims that are arrays",
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
    CUSTOM_ROLE_OF_RULES,
)
"""Which IAM role an identity pool hands out (enhanced flow, ID tokens)."""

LONE_ROLE: Final = OpenQuestion(
    "lone-role",
    "Is a token with one role and no preferred role ambiguous to an identity pool?",
    "The guide says that it is; the API reference speaks of several roles only.",
)
CONTAINS_ELEMENT: Final = OpenQuestion(
    "contains-element",
    "Does a Contains rule on an array ask for an element, or for a part of an element's text?",
    "AWS is silent. If a part is enough, the group nonadmins matches Contains admins.",
)

IDENTITY_POOL_QUESTIONS: Final[tuple[OpenQuestion, ...]] = (LONE_ROLE, CONTAINS_ELEMENT)
"""Every open question about identity pools."""
