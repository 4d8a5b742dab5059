from cognito_claims.claims import (
    ClaimsChange as ClaimsChange,
)
from cognito_claims.claims import (
    GroupClaims as GroupClaims,
)
from cognito_claims.client import (
    AdminListGroupsForUserPaginator as AdminListGroupsForUserPaginator,
)
from cognito_claims.client import (
    GroupPageIterator as GroupPageIterator,
)
from cognito_claims.client import (
    ListGroupsPaginator as ListGroupsPaginator,
)
from cognito_claims.client import (
    ListUsersInGroupPaginator as ListUsersInGroupPaginator,
)
from cognito_claims.client import (
    UserPageIterator as UserPageIterator,
)
from cognito_claims.client import (
    resolve_user as resolve_user,
)
from cognito_claims.client import (
    validate_responses as validate_responses,
)
from cognito_claims.errors import (
    AmbiguousClaimsError as AmbiguousClaimsError,
)
from cognito_claims.errors import (
    CognitoClaimsError as CognitoClaimsError,
)
from cognito_claims.errors import (
    ConflictingGroupsError as ConflictingGroupsError,
)
from cognito_claims.errors import (
    InvalidClaimsError as InvalidClaimsError,
)
from cognito_claims.errors import (
    InvalidMembershipError as InvalidMembershipError,
)
from cognito_claims.errors import (
    InvalidRequestError as InvalidRequestError,
)
from cognito_claims.errors import (
    InvalidResponseError as InvalidResponseError,
)
from cognito_claims.errors import (
    MixedUserPoolsError as MixedUserPoolsError,
)
from cognito_claims.errors import (
    PaginationError as PaginationError,
)
from cognito_claims.errors import (
    Problem as Problem,
)
from cognito_claims.models import (
    AdminListGroupsForUserRequest as AdminListGroupsForUserRequest,
)
from cognito_claims.models import (
    AdminListGroupsForUserResponse as AdminListGroupsForUserResponse,
)
from cognito_claims.models import (
    CreateGroupRequest as CreateGroupRequest,
)
from cognito_claims.models import (
    CreateGroupResponse as CreateGroupResponse,
)
from cognito_claims.models import (
    GetGroupRequest as GetGroupRequest,
)
from cognito_claims.models import (
    GetGroupResponse as GetGroupResponse,
)
from cognito_claims.models import (
    GroupType as GroupType,
)
from cognito_claims.models import (
    ListGroupsRequest as ListGroupsRequest,
)
from cognito_claims.models import (
    ListGroupsResponse as ListGroupsResponse,
)
from cognito_claims.models import (
    ListUsersInGroupRequest as ListUsersInGroupRequest,
)
from cognito_claims.models import (
    ListUsersInGroupResponse as ListUsersInGroupResponse,
)
from cognito_claims.models import (
    PaginatorConfig as PaginatorConfig,
)
from cognito_claims.models import (
    UpdateGroupRequest as UpdateGroupRequest,
)
from cognito_claims.models import (
    UpdateGroupResponse as UpdateGroupResponse,
)
from cognito_claims.models import (
    UserType as UserType,
)
from cognito_claims.resolver import (
    Alternative as Alternative,
)
from cognito_claims.resolver import (
    Ambiguous as Ambiguous,
)
from cognito_claims.resolver import (
    GroupStatus as GroupStatus,
)
from cognito_claims.resolver import (
    NoRole as NoRole,
)
from cognito_claims.resolver import (
    Outcome as Outcome,
)
from cognito_claims.resolver import (
    Policy as Policy,
)
from cognito_claims.resolver import (
    Preferred as Preferred,
)
from cognito_claims.resolver import (
    RankedGroup as RankedGroup,
)
from cognito_claims.resolver import (
    Resolution as Resolution,
)
from cognito_claims.resolver import (
    resolve as resolve,
)

__version__: str

__all__ = [
    "AdminListGroupsForUserPaginator",
    "AdminListGroupsForUserRequest",
    "AdminListGroupsForUserResponse",
    "Alternative",
    "Ambiguous",
    "AmbiguousClaimsError",
    "ClaimsChange",
    "CognitoClaimsError",
    "ConflictingGroupsError",
    "CreateGroupRequest",
    "CreateGroupResponse",
    "GetGroupRequest",
    "GetGroupResponse",
    "GroupClaims",
    "GroupPageIterator",
    "GroupStatus",
    "GroupType",
    "InvalidClaimsError",
    "InvalidMembershipError",
    "InvalidRequestError",
    "InvalidResponseError",
    "ListGroupsPaginator",
    "ListGroupsRequest",
    "ListGroupsResponse",
    "ListUsersInGroupPaginator",
    "ListUsersInGroupRequest",
    "ListUsersInGroupResponse",
    "MixedUserPoolsError",
    "NoRole",
    "Outcome",
    "PaginationError",
    "PaginatorConfig",
    "Policy",
    "Preferred",
    "Problem",
    "RankedGroup",
    "Resolution",
    "UpdateGroupRequest",
    "UpdateGroupResponse",
    "UserPageIterator",
    "UserType",
    "resolve",
    "resolve_user",
    "validate_responses",
]
