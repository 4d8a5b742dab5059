from cognito_claims.claims import ClaimsChange as ClaimsChange, GroupClaims as GroupClaims
from cognito_claims.client import (
    AdminListGroupsForUserPaginator as AdminListGroupsForUserPaginator,
    GroupPageIterator as GroupPageIterator,
    ListGroupsPaginator as ListGroupsPaginator,
    ListUsersInGroupPaginator as ListUsersInGroupPaginator,
    UserPageIterator as UserPageIterator,
    resolve_user as resolve_user,
    validate_responses as validate_responses,
)
from cognito_claims.errors import (
    AmbiguousClaimsError as AmbiguousClaimsError,
    CognitoClaimsError as CognitoClaimsError,
    ConflictingGroupsError as ConflictingGroupsError,
    InvalidClaimsError as InvalidClaimsError,
    InvalidMembershipError as InvalidMembershipError,
    InvalidRequestError as InvalidRequestError,
    InvalidResponseError as InvalidResponseError,
    MixedUserPoolsError as MixedUserPoolsError,
    PaginationError as PaginationError,
    Problem as Problem,
)
from cognito_claims.group import GroupType as GroupType
from cognito_claims.models import (
    AdminListGroupsForUserRequest as AdminListGroupsForUserRequest,
    AdminListGroupsForUserResponse as AdminListGroupsForUserResponse,
    CreateGroupRequest as CreateGroupRequest,
    CreateGroupResponse as CreateGroupResponse,
    GetGroupRequest as GetGroupRequest,
    GetGroupResponse as GetGroupResponse,
    ListGroupsRequest as ListGroupsRequest,
    ListGroupsResponse as ListGroupsResponse,
    ListUsersInGroupRequest as ListUsersInGroupRequest,
    ListUsersInGroupResponse as ListUsersInGroupResponse,
    PaginatorConfig as PaginatorConfig,
    UpdateGroupRequest as UpdateGroupRequest,
    UpdateGroupResponse as UpdateGroupResponse,
    UserType as UserType,
)
from cognito_claims.resolver import (
    Alternative as Alternative,
    Ambiguous as Ambiguous,
    GroupStatus as GroupStatus,
    NoRole as NoRole,
    Outcome as Outcome,
    Policy as Policy,
    Preferred as Preferred,
    RankedGroup as RankedGroup,
    Resolution as Resolution,
    resolve as resolve,
)
from cognito_claims.user_pool import (
    DescribeUserPoolRequest as DescribeUserPoolRequest,
    DescribeUserPoolResponse as DescribeUserPoolResponse,
    UserPoolType as UserPoolType,
)

__version__: str
