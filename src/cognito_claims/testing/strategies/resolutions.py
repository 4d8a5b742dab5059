"""The groups of one user, and their resolutions."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from cognito_claims.claims import GroupClaims
from cognito_claims.models import GroupType
from cognito_claims.resolver import Policy, Resolution, resolve
from cognito_claims.testing.strategies import scalars


def memberships(
    *,
    user_pool_id: st.SearchStrategy[str] | None = None,
    role_arn: st.SearchStrategy[str] | None = None,
    precedence: st.SearchStrategy[int] | None = None,
    min_size: int = 0,
    max_size: int | None = None,
) -> st.SearchStrategy[list[GroupType]]:
    """The groups of one user, in any order: all of one pool, each name once.

    Ties, groups without a role or a precedence, and the bare groups that
    federated sign-ins create, `<poolId>_<IdP>`, are frequent.

    Args:
        user_pool_id: The user pools. By default, `user_pool_ids()`.
        role_arn: The roles of the groups that have one. By default, `role_arns()`.
        precedence: The precedences of the groups that have one. By default, `precedences()`.
        min_size: The least number of groups, 0 or more.
        max_size: The greatest number of groups. By default, 8, or `min_size` if that is more.
            AWS allows 100.

    Raises:
        InvalidArgument: If `min_size` is negative or more than `max_size`. It is Hypothesis' own.
    """
    most = max(8, min_size) if max_size is None else max_size
    if not 0 <= min_size <= most:
        raise InvalidArgument(f"{min_size=} must be 0 or more, and at most {max_size=}")
    roles = scalars.role_arns() if role_arn is None else role_arn
    levels = st.none() | (scalars.precedences() if precedence is None else precedence)
    member = _members()

    @cache
    def members(size: int) -> st.SearchStrategy[list[_Member]]:
        return st.lists(member, min_size=size, max_size=size, unique_by=lambda member: member.name)

    # The size is drawn explicitly, and last, so that memberships shrink quickly to the fewest
    # groups. A plain list, or one of any size, would be empty more often than not.
    several = st.integers(min(max(min_size, 3), most), most)
    size = st.integers(min_size, most) | several
    return st.builds(
        _build_membership,
        scalars.user_pool_ids() if user_pool_id is None else user_pool_id,
        st.tuples(roles, roles, roles),
        st.tuples(levels, levels, levels),
        st.tuples(st.none() | scalars.dates(), st.none() | scalars.dates()),
        size.flatmap(members),
    )


def policies() -> st.SearchStrategy[Policy]:
    """All policies, the documented one first."""
    return st.builds(
        Policy,
        null_precedence=st.sampled_from(["ranks-last", "abstains"]),
        roleless=st.sampled_from(["ignored", "blocks"]),
    )


def resolutions(
    membership: st.SearchStrategy[list[GroupType]] | None = None,
    policy: st.SearchStrategy[Policy] | None = None,
) -> st.SearchStrategy[Resolution]:
    """Resolved memberships.

    Args:
        membership: The groups. By default, `memberships()`.
        policy: The policies. By default, `policies()`.
    """
    return st.builds(
        resolve,
        memberships() if membership is None else membership,
        policy=policies() if policy is None else policy,
    )


def group_claims() -> st.SearchStrategy[GroupClaims]:
    """The group claims of a user, as they follow from groups."""
    return resolutions().map(lambda resolution: resolution.claims)


class _Provider(NamedTuple):
    """An identity provider, whose group's name also contains the pool."""

    name: str


class _Member(NamedTuple):
    """A group that chooses by number among the roles, precedences and dates of its membership."""

    name: str | _Provider
    role: int
    level: int
    date: int


def _members() -> st.SearchStrategy[_Member]:
    federated = [_Provider(name) for name in scalars.PROVIDERS] * 3
    return st.builds(
        _Member,
        name=st.sampled_from([*scalars.FREQUENT_NAMES, *federated]) | scalars.names(),
        role=st.integers(0, 3),
        level=st.integers(0, 3),
        date=st.integers(0, 1),
    )


# Groups choose among few roles and precedences, so that they tie, and continue to tie while
# the shared values shrink.
def _build_membership(
    pool: str,
    roles: Sequence[str],
    levels: Sequence[int | None],
    dates: Sequence[datetime | None],
    members: Sequence[_Member],
) -> list[GroupType]:
    def build_group(member: _Member) -> GroupType:
        name, role, level = member.name, member.role, member.level
        if isinstance(name, _Provider):
            name = f"{pool}_{name.name}"
            if role < 3:  # most federated groups are bare; one with a role is rare, and matters
                role = level = 0
        return GroupType(
            group_name=name,
            user_pool_id=pool,
            role_arn=[None, *roles][role],
            precedence=[None, *levels][level],
            last_modified_date=dates[member.date],
            creation_date=dates[0],
        )

    return [build_group(member) for member in members]
