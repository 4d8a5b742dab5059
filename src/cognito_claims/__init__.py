"""Typed models of Amazon Cognito's group API, and the role claims that a user's groups result in.

>>> from cognito_claims import resolve
>>> resolution = resolve([
...     {"GroupName": "staff", "Precedence": 10, "RoleArn": "arn:aws:iam::123456789012:role/staff"},
...     {"GroupName": "admins", "Precedence": 0, "RoleArn": "arn:aws:iam::123456789012:role/admin"},
... ])
>>> resolution.preferred_role
'arn:aws:iam::123456789012:role/admin'
>>> resolution.claims.access_token()
{'cognito:groups': ['admins', 'staff']}

`resolve_user` lists a user's groups with a boto3 client first. The result has
the claims of both tokens, the outcome and its reasons; `print(resolution.explain())`
shows them.

This package has the names that most programs need. Import the others from the
package of their domain:

- `cognito_claims.tokens`: the claims of ID tokens and access tokens
- `cognito_claims.events`: API Gateway, AppSync and pre token generation events
- `cognito_claims.identity_pool`: the IAM role that an identity pool assigns
- `cognito_claims.access`: the roles that a user can get, and whether their trust policies allow it
- `cognito_claims.client.aio`: the paginators for aiobotocore
- `cognito_claims.user_pool`: the description of a user pool
- `cognito_claims.pool`: whole user pools
- `cognito_claims.conformance`: test vectors for other implementations
- `cognito_claims.testing`: signed tokens, moto, pytest and Hypothesis
- `cognito_claims.rules`: every rule as a value

Importing this package is cheap: a module is loaded when one of its names is
first used.
"""

from cognito_claims import _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    {
        "claims": (
            "ClaimsChange",
            "GroupClaims",
        ),
        "client": (
            "AdminListGroupsForUserPaginator",
            "GroupPageIterator",
            "ListGroupsPaginator",
            "ListUsersInGroupPaginator",
            "UserPageIterator",
            "resolve_user",
            "validate_responses",
        ),
        "errors": (
            "AmbiguousClaimsError",
            "CognitoClaimsError",
            "ConflictingGroupsError",
            "InvalidClaimsError",
            "InvalidMembershipError",
            "InvalidRequestError",
            "InvalidResponseError",
            "MixedUserPoolsError",
            "PaginationError",
            "Problem",
        ),
        "group": ("GroupType",),
        "models": (
            "AdminListGroupsForUserRequest",
            "AdminListGroupsForUserResponse",
            "CreateGroupRequest",
            "CreateGroupResponse",
            "GetGroupRequest",
            "GetGroupResponse",
            "ListGroupsRequest",
            "ListGroupsResponse",
            "ListUsersInGroupRequest",
            "ListUsersInGroupResponse",
            "PaginatorConfig",
            "UpdateGroupRequest",
            "UpdateGroupResponse",
            "UserType",
        ),
        "resolver": (
            "Alternative",
            "Ambiguous",
            "GroupStatus",
            "NoRole",
            "Outcome",
            "Policy",
            "Preferred",
            "RankedGroup",
            "Resolution",
            "resolve",
        ),
        "user_pool": (
            "DescribeUserPoolRequest",
            "DescribeUserPoolResponse",
            "UserPoolType",
        ),
    },
)
