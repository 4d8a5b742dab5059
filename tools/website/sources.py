"""The addresses of the sources that rules name."""

import re
from typing import Final

_AWS: Final = "https://docs.aws.amazon.com"
_GUIDES: Final = {
    "Amazon Cognito Developer Guide": (
        f"{_AWS}/cognito/latest/developerguide",
        {
            "Adding groups to a user pool": "cognito-user-pools-user-groups.html",
            "Identity pools authentication flow": "authentication-flow.html",
            "IAM roles, Role trust and permissions": "iam-roles.html#role-trust-and-permissions",
            "IAM roles, Setting up a trust policy": "iam-roles.html#trust-policies",
            "Multi-Region replication": "user-pool-multi-region.html",
            "Pre token generation Lambda trigger": "user-pool-lambda-pre-token-generation.html",
            "Quotas in Amazon Cognito": "quotas.html",
            "Using attributes for access control": "attributes-for-access-control.html",
            "Using role-based access control": "role-based-access-control.html",
            "Using the ID token": "amazon-cognito-user-pools-using-the-id-token.html",
            "Using the access token": "amazon-cognito-user-pools-using-the-access-token.html",
        },
    ),
    "AWS Identity and Access Management User Guide": (
        f"{_AWS}/IAM/latest/UserGuide",
        {
            "IAM JSON policy elements: Action": "reference_policies_elements_action.html",
            "IAM JSON policy elements: Condition": "reference_policies_elements_condition.html",
            "IAM JSON policy elements: Condition operators": (
                "reference_policies_elements_condition_operators.html"
            ),
            "Policy evaluation logic": "reference_policies_evaluation-logic.html",
        },
    ),
    "AWS CDK API Reference": (
        f"{_AWS}/cdk/api/v2/docs",
        {"IdentityPoolProps": "aws-cdk-lib.aws_cognito_identitypool.IdentityPoolProps.html"},
    ),
    "AWS CLI Command Reference": (
        f"{_AWS}/cli/latest/reference/cognito-idp",
        {"admin-list-groups-for-user": "admin-list-groups-for-user.html"},
    ),
    "AWS GovCloud (US) User Guide": (
        f"{_AWS}/govcloud-us/latest/UserGuide",
        {"Amazon Cognito": "govcloud-cog.html"},
    ),
    "boto3 documentation": (f"{_AWS}/boto3/latest/guide", {"Paginators": "paginators.html"}),
    "Smithy": (
        "https://smithy.io/2.0",
        {
            "length trait": "spec/constraint-traits.html#length-trait",
            "protocol tests of AWS JSON 1.1": "aws/protocols/aws-json-1_1-protocol.html",
        },
    ),
}
"""The address of each document, and the rest of it for each of its pages that a rule names."""

_PATTERNS: Final = {
    r"Amazon Cognito user pools API Reference, (\w+)": (
        f"{_AWS}/cognito-user-identity-pools/latest/APIReference/API_{{}}.html"
    ),
    r"Amazon Cognito identity pools API Reference, (\w+)": (
        f"{_AWS}/cognitoidentity/latest/APIReference/API_{{}}.html"
    ),
    r"AWS Security Token Service API Reference, (\w+)": f"{_AWS}/STS/latest/APIReference/API_{{}}.html",
    r"RFC (\d+), section ([\d.]+)": "https://www.rfc-editor.org/rfc/rfc{}#section-{}",
    r"(CVE-[\d-]+)": "https://www.cve.org/CVERecord?id={}",
}
_PAGES: Final = {
    f"{document}, {title}": f"{address}/{page}"
    for document, (address, pages) in _GUIDES.items()
    for title, page in pages.items()
}
# The longest title comes first, since another title can be its beginning.
_TITLES: Final = [re.escape(title) for title in sorted(_PAGES, key=len, reverse=True)]
_SOURCE: Final = re.compile("|".join([*_TITLES, *_PATTERNS]))


def link_sources(text: str) -> str:
    """Make a Markdown link of each source whose address is known."""
    return _SOURCE.sub(lambda found: f"[{found[0]}]({_find_address(found[0])})", text)


def _find_address(source: str) -> str:
    for pattern, address in _PATTERNS.items():
        if found := re.fullmatch(pattern, source):
            return address.format(*found.groups())
    return _PAGES[source]
