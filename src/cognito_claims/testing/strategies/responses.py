"""Pages of groups, users and pagination settings, as the service's operations use them."""

from hypothesis import strategies as st

from cognito_claims._wire.scalars import MAX_PAGE_SIZE
from cognito_claims.models import (
    AdminListGroupsForUserResponse,
    AttributeType,
    GroupType,
    PaginatorConfig,
    UserType,
)
from cognito_claims.testing.strategies.groups import memberships
from cognito_claims.testing.strategies.models import models
from cognito_claims.testing.strategies.scalars import optional, page_tokens


def pages(
    membership: st.SearchStrategy[list[GroupType]] | None = None,
) -> st.SearchStrategy[list[AdminListGroupsForUserResponse]]:
    """All pages of one user's groups: one or more, divided anywhere, with at most 60 groups each.

    Every page but the last has a `next_token`, and no two are the same. A page
    may be empty before the list ends.

    Args:
        membership: The groups. By default, `memberships()`.
    """
    return _pages(memberships() if membership is None else membership)


@st.composite
def _pages(
    draw: st.DrawFn, membership: st.SearchStrategy[list[GroupType]]
) -> list[AdminListGroupsForUserResponse]:
    members = draw(membership)
    full = range(MAX_PAGE_SIZE, len(members), MAX_PAGE_SIZE)
    cuts = sorted([*draw(st.lists(st.integers(0, len(members)), max_size=4)), *full])
    tokens = draw(st.lists(page_tokens(), min_size=len(cuts), max_size=len(cuts), unique=True))
    return [
        AdminListGroupsForUserResponse(groups=tuple(members[start:end]), next_token=token)
        for start, end, token in zip([0, *cuts], [*cuts, len(members)], [*tokens, None], strict=True)
    ]


def users() -> st.SearchStrategy[UserType]:
    """Users of a pool, as ListUsersInGroup returns them."""
    attribute = models(AttributeType)
    attributes = st.lists(attribute, max_size=4, unique_by=lambda one: one.name).map(tuple)
    return models(UserType, attributes=optional(attributes))


def paginator_configs() -> st.SearchStrategy[PaginatorConfig]:
    """Settings of a paginator: `MaxItems`, `PageSize` and `StartingToken`, each of which may be absent."""
    return models(PaginatorConfig)


def paginator_config_dicts() -> st.SearchStrategy[object]:
    """The same settings as boto3's dictionaries."""
    return paginator_configs().map(lambda config: config.model_dump(by_alias=True))
