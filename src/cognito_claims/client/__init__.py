"""Paginators with typed pages, `resolve_user`, and the validation of responses.

`cognito_claims.client.aio` has the same for aiobotocore.
"""

from cognito_claims.client.paginators import (
    AdminListGroupsForUserClient,
    AdminListGroupsForUserPaginator,
    BotoPageIterator,
    GroupPageIterator,
    ListGroupsClient,
    ListGroupsPaginator,
    ListUsersInGroupClient,
    ListUsersInGroupPaginator,
    PageIterator,
    UserPageIterator,
    resolve_user,
)
from cognito_claims.client.protocols import PaginatorConfigDict
from cognito_claims.client.rules import PAGING_RULES
from cognito_claims.client.validation import ClientWithEvents, ResponseValidation, validate_responses

__all__ = [
    "PAGING_RULES",
    "AdminListGroupsForUserClient",
    "AdminListGroupsForUserPaginator",
    "BotoPageIterator",
    "ClientWithEvents",
    "GroupPageIterator",
    "ListGroupsClient",
    "ListGroupsPaginator",
    "ListUsersInGroupClient",
    "ListUsersInGroupPaginator",
    "PageIterator",
    "PaginatorConfigDict",
    "ResponseValidation",
    "UserPageIterator",
    "resolve_user",
    "validate_responses",
]
