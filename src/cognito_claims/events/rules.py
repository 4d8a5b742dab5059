"""The rules for how events carry claims, and for how a trigger changes them."""

from typing import Final

from cognito_claims.rules import GROUP_TYPE_API, ID_TOKEN_GUIDE, Basis, OpenQuestion, Rule

_TRIGGER_GUIDE = "Amazon Cognito Developer Guide, Pre token generation Lambda trigger"

TOKEN_ARRAYS: Final = Rule(
    "token-arrays",
    "Groups and roles are arrays in tokens and in AppSync's identity.claims, even with one element.",
    Basis.DOCUMENTED,
    ID_TOKEN_GUIDE,
)

EVENT_RULES: Final[tuple[Rule, ...]] = (
    TOKEN_ARRAYS,
    Rule(
        "rest-commas",
        "The authorizer of a REST API joins an array with commas, and writes every value as a string.",
        Basis.OBSERVED,
        "four published events",
    ),
    Rule(
        "rest-ambiguous",
        "A name may contain a comma, so only the names of the pool's groups decide how to split "
        "what a REST API joined.",
        Basis.OBSERVED,
        f"follows from rest-commas and the pattern of GroupName: {GROUP_TYPE_API}",
    ),
    Rule(
        "unknown-names",
        "If the names of the pool's groups permit no way to split what a REST API joined, the names are "
        "incomplete, and the string is ambiguous.",
        Basis.UNSPECIFIED,
        "a choice of this project: a reader can also refuse the string as invalid",
    ),
    Rule(
        "legal-names",
        "A name has 1 to 128 characters, none of which is white space, so a string that a REST API joined "
        "cannot be split into other names.",
        Basis.DOCUMENTED,
        f"the pattern and the length of GroupName: {GROUP_TYPE_API}; on code points: Smithy, length trait",
    ),
    Rule(
        "http-brackets",
        "The authorizer of an HTTP API joins an array with spaces, in brackets, and drops null claims.",
        Basis.OBSERVED,
        "published events",
    ),
    Rule(
        "decoded-arrays",
        "Emulators of API Gateway pass on the claims of the decoded token: an array in place of a string "
        "is read as it is.",
        Basis.OBSERVED,
        "serverless-offline",
    ),
    Rule(
        "empty-claims",
        "A group claim that is null or an empty array, and a preferred role that is an empty string, count "
        "as absent.",
        Basis.UNSPECIFIED,
        "AWS leaves out claims without a value; emulators and libraries that require a value write these",
    ),
    Rule(
        "missing-claims",
        "An event without the object that contains the claims is invalid: it does not show that the user "
        "is in no group.",
        Basis.UNSPECIFIED,
        "a choice of this project: a reader can also return no claims",
    ),
    Rule(
        "malformed-claims",
        "A group claim of a type that AWS does not write makes the event invalid, and so does an empty "
        "name in an array.",
        Basis.UNSPECIFIED,
        "a choice of this project: a reader can also leave out the claim",
    ),
    Rule(
        "trigger-configuration",
        "A pre token generation event has groups, roles and preferred role in request.groupConfiguration: "
        "two empty lists and null if there are none.",
        Basis.DOCUMENTED,
        f"{_TRIGGER_GUIDE}; the empty lists and null: published events",
    ),
    Rule(
        "alb-without",
        "The x-amzn-oidc-data header of an Application Load Balancer contains no groups.",
        Basis.OBSERVED,
        "its claims come from the userInfo endpoint",
    ),
    Rule(
        "updated-issuer-refused",
        "An Application Load Balancer and the Cognito authorizer of a REST API do not accept a token with "
        "the updated issuer.",
        Basis.DOCUMENTED,
        "Amazon Cognito Developer Guide, Multi-Region replication",
    ),
)
"""The rules for how events carry claims."""

TRIGGER_RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "override-replaces",
        "groupOverrideDetails replaces the groups in both tokens, in version 1 too, and the roles and the "
        "preferred role in the ID token.",
        Basis.DOCUMENTED,
        _TRIGGER_GUIDE,
    ),
    Rule(
        "override-empty",
        "An empty or null groupOverrideDetails removes the groups, the roles and the preferred role.",
        Basis.DOCUMENTED,
        _TRIGGER_GUIDE,
    ),
    Rule(
        "override-omitted",
        "If groupOverrideDetails is omitted, the groups and the roles do not change.",
        Basis.OBSERVED,
        "published triggers and tokens",
    ),
    Rule(
        "override-partial",
        "A missing key in groupOverrideDetails counts as empty; the preferred role is not computed again.",
        Basis.OBSERVED,
        "one published token",
    ),
    Rule(
        "override-unchecked",
        "Unknown group names, and a preferred role that is not in the role list, are accepted.",
        Basis.DOCUMENTED,
        f"{_TRIGGER_GUIDE}, whose example prefers a role that is not in its list",
    ),
    Rule(
        "claims-changed",
        "Claims are added to, replaced in and suppressed in the token that the response names. Every other "
        "claim remains as it is.",
        Basis.DOCUMENTED,
        f"{_TRIGGER_GUIDE}, claimsToAddOrOverride and claimsToSuppress",
    ),
    Rule(
        "suppress-groups",
        "Suppressing cognito:groups suppresses cognito:roles and cognito:preferred_role too.",
        Basis.DOCUMENTED,
        _TRIGGER_GUIDE,
    ),
    Rule(
        "suppressed-wins",
        "A claim that is both added and suppressed is suppressed.",
        Basis.DOCUMENTED,
        _TRIGGER_GUIDE,
    ),
    Rule(
        "reserved-claims",
        "A trigger can neither set nor suppress reserved claims, and can only suppress dev: attributes. "
        "aud is reserved in the ID token only; in the access token, it must be the ID of the app client.",
        Basis.DOCUMENTED,
        _TRIGGER_GUIDE,
    ),
    Rule(
        "group-claims-by-name",
        "A trigger can neither set cognito:groups, cognito:roles and cognito:preferred_role as claims, nor "
        "suppress one of the last two by itself.",
        Basis.UNSPECIFIED,
        "AWS documents groupOverrideDetails and the suppression of cognito:groups for this, and not what "
        f"happens otherwise: {_TRIGGER_GUIDE}",
    ),
    Rule(
        "trigger-scopes",
        "From version 2, scopesToAdd and scopesToSuppress change the scope of the access token. Names of "
        "scopes are compared with regard to case.",
        Basis.DOCUMENTED,
        f"{_TRIGGER_GUIDE}; on case: RFC 6749, section 3.3",
    ),
    Rule(
        "scope-once",
        "A scope that is added twice, or is there already, is in the access token once.",
        Basis.UNSPECIFIED,
        "AWS does not document duplicate scopes",
    ),
    Rule(
        "suppressed-scope-wins",
        "A scope that is both added and suppressed is suppressed.",
        Basis.UNSPECIFIED,
        "AWS documents this for claims only",
    ),
    Rule(
        "no-scopes",
        "If every scope is suppressed, the claim scope is absent, not empty.",
        Basis.UNSPECIFIED,
        "AWS does not document access tokens without scopes",
    ),
)
"""The rules for how a pre token generation trigger changes the claims."""

TRIGGER_QUESTIONS: Final[tuple[OpenQuestion, ...]] = (
    OpenQuestion(
        "omitted-override",
        "Does a response without groupOverrideDetails leave the groups as they are?",
        "In published tokens, it does. According to the guide, however, a trigger leaves the groups as "
        "they are by copying groupConfiguration to groupOverrideDetails.",
    ),
    OpenQuestion(
        "partial-override",
        "Does a key that is missing in groupOverrideDetails count as empty?",
        "In one published token, it does. AWS documents objects with all keys, and without any.",
    ),
)
"""Every open question about triggers."""
