"""The addresses of the sources that rules and open questions name."""

import re
from typing import Final

_AWS: Final = "https://docs.aws.amazon.com"
_GUIDES: Final = {
    "Amazon Cognito Developer Guide, ": (
        f"{_AWS}/cognito/latest/developerguide/",
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
    "AWS Identity and Access Management User Guide, ": (
        f"{_AWS}/IAM/latest/UserGuide/reference_policies_",
        {
            "IAM JSON policy elements: Action": "elements_action.html",
            "IAM JSON policy elements: Condition": "elements_condition.html",
            "IAM JSON policy elements: Condition operators": "elements_condition_operators.html",
            "Policy evaluation logic": "evaluation-logic.html",
        },
    ),
    "AWS CDK API Reference, ": (
        f"{_AWS}/cdk/api/v2/docs/",
        {"IdentityPoolProps": "aws-cdk-lib.aws_cognito_identitypool.IdentityPoolProps.html"},
    ),
    "AWS CLI Command Reference, ": (
        f"{_AWS}/cli/latest/reference/cognito-idp/",
        {"admin-list-groups-for-user": "admin-list-groups-for-user.html"},
    ),
    "AWS GovCloud (US) User Guide, ": (
        f"{_AWS}/govcloud-us/latest/UserGuide/",
        {"Amazon Cognito": "govcloud-cog.html"},
    ),
    "boto3 documentation, ": (f"{_AWS}/boto3/latest/guide/", {"Paginators": "paginators.html"}),
    "RFC ": (
        "https://www.rfc-editor.org/rfc/",
        {"6749, section 3.3": "rfc6749#section-3.3", "7519, section 7.3": "rfc7519#section-7.3"},
    ),
    "CVE-": ("https://www.cve.org/CVERecord?id=CVE-", {"2024-28056": "2024-28056"}),
}
"""The address of each guide, and the rest of it for each of the pages that are named."""

_API_REFERENCES: Final = {
    "Amazon Cognito user pools API Reference, ": f"{_AWS}/cognito-user-identity-pools/latest/APIReference/",
    "Amazon Cognito identity pools API Reference, ": f"{_AWS}/cognitoidentity/latest/APIReference/",
    "AWS Security Token Service API Reference, ": f"{_AWS}/STS/latest/APIReference/",
}
_PAGES: Final = {
    guide + title: address + page
    for guide, (address, pages) in _GUIDES.items()
    for title, page in pages.items()
}
# The longest name comes first, since another name can be its beginning.
_NAMES: Final = "|".join(map(re.escape, sorted(_PAGES, key=len, reverse=True)))
_SOURCE: Final = re.compile(rf"{_NAMES}|(?P<reference>{'|'.join(_API_REFERENCES)})(?P<member>\w+)")


def link_sources(text: str) -> str:
    """Make a Markdown link of each source whose address is known."""
    return _SOURCE.sub(lambda found: f"[{found[0]}]({_find_address(found)})", text)


def _find_address(found: re.Match[str]) -> str:
    if found["reference"]:
        return f"{_API_REFERENCES[found['reference']]}API_{found['member']}.html"
    return _PAGES[found[0]]
