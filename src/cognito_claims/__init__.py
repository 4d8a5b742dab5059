"""Amazon Cognito's group claims: typed models of the group API, and its rules computed.

The names below load their modules when they are first used, so that importing
this package costs next to nothing where it is only installed.
"""

TYPE_CHECKING = False  # type checkers take it for true; `typing` would cost more than all the rest
if TYPE_CHECKING:
    from cognito_claims.claims import AccessTokenGroupClaims, GroupClaims, IdTokenGroupClaims
    from cognito_claims.errors import (
        CognitoClaimsError,
        ConflictingGroupsError,
        InvalidClaimsError,
        InvalidMembershipError,
        InvalidRequestError,
        InvalidResponseError,
        MixedUserPoolsError,
        PaginationError,
        Problem,
    )
    from cognito_claims.models import (
        AdminListGroupsForUserRequest,
        AdminListGroupsForUserResponse,
        AttributeType,
        CreateGroupRequest,
        CreateGroupResponse,
        GetGroupRequest,
        GetGroupResponse,
        GroupType,
        ListGroupsRequest,
        ListGroupsResponse,
        ListUsersInGroupRequest,
        ListUsersInGroupResponse,
        MFAOptionType,
        PaginatorConfig,
        ResponseMetadata,
        UpdateGroupRequest,
        UpdateGroupResponse,
        UserType,
    )
    from cognito_claims.pagination import (
        AdminListGroupsForUserPaginator,
        GroupPages,
        ListGroupsPaginator,
        ListUsersInGroupPaginator,
        PaginatorConfigDict,
        UserPages,
    )
    from cognito_claims.reasons import Alternative, Ambiguous, NoRole, Outcome, Part, Preferred, Standing
    from cognito_claims.resolver import Policy, Resolution, resolve, resolve_user
    from cognito_claims.rules import OPEN_QUESTIONS, RULES, Basis, OpenQuestion, Rule
    from cognito_claims.validation import ResponseValidation, validate_responses

__all__ = [
    "OPEN_QUESTIONS",
    "RULES",
    "AccessTokenGroupClaims",
    "AdminListGroupsForUserPaginator",
    "AdminListGroupsForUserRequest",
    "AdminListGroupsForUserResponse",
    "Alternative",
    "Ambiguous",
    "AttributeType",
    "Basis",
    "CognitoClaimsError",
    "ConflictingGroupsError",
    "CreateGroupRequest",
    "CreateGroupResponse",
    "GetGroupRequest",
    "GetGroupResponse",
    "GroupClaims",
    "GroupPages",
    "GroupType",
    "IdTokenGroupClaims",
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
    "MFAOptionType",
    "MixedUserPoolsError",
    "NoRole",
    "OpenQuestion",
    "Outcome",
    "PaginationError",
    "PaginatorConfig",
    "PaginatorConfigDict",
    "Part",
    "Policy",
    "Preferred",
    "Problem",
    "Resolution",
    "ResponseMetadata",
    "ResponseValidation",
    "Rule",
    "Standing",
    "UpdateGroupRequest",
    "UpdateGroupResponse",
    "UserPages",
    "UserType",
    "resolve",
    "resolve_user",
    "validate_responses",
]

_HOMES = {
    "OPEN_QUESTIONS": "rules",
    "RULES": "rules",
    "AccessTokenGroupClaims": "claims",
    "AdminListGroupsForUserPaginator": "pagination",
    "AdminListGroupsForUserRequest": "models",
    "AdminListGroupsForUserResponse": "models",
    "Alternative": "reasons",
    "Ambiguous": "reasons",
    "AttributeType": "models",
    "Basis": "rules",
    "CognitoClaimsError": "errors",
    "ConflictingGroupsError": "errors",
    "CreateGroupRequest": "models",
    "CreateGroupResponse": "models",
    "GetGroupRequest": "models",
    "GetGroupResponse": "models",
    "GroupClaims": "claims",
    "GroupPages": "pagination",
    "GroupType": "models",
    "IdTokenGroupClaims": "claims",
    "InvalidClaimsError": "errors",
    "InvalidMembershipError": "errors",
    "InvalidRequestError": "errors",
    "InvalidResponseError": "errors",
    "ListGroupsPaginator": "pagination",
    "ListGroupsRequest": "models",
    "ListGroupsResponse": "models",
    "ListUsersInGroupPaginator": "pagination",
    "ListUsersInGroupRequest": "models",
    "ListUsersInGroupResponse": "models",
    "MFAOptionType": "models",
    "MixedUserPoolsError": "errors",
    "NoRole": "reasons",
    "OpenQuestion": "rules",
    "Outcome": "reasons",
    "PaginationError": "errors",
    "PaginatorConfig": "models",
    "PaginatorConfigDict": "pagination",
    "Part": "reasons",
    "Policy": "resolver",
    "Preferred": "reasons",
    "Problem": "errors",
    "Resolution": "resolver",
    "ResponseMetadata": "models",
    "ResponseValidation": "validation",
    "Rule": "rules",
    "Standing": "reasons",
    "UpdateGroupRequest": "models",
    "UpdateGroupResponse": "models",
    "UserPages": "pagination",
    "UserType": "models",
    "resolve": "resolver",
    "resolve_user": "resolver",
    "validate_responses": "validation",
}
"""The module that each public name lives in."""


if not TYPE_CHECKING:  # or a misspelt name would be an `object` to type checkers

    def __getattr__(name: str) -> object:
        try:
            home = _HOMES[name]
        except KeyError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{home}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
