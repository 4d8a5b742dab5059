"""Policies, resolved memberships, their claims and their outcomes."""

from hypothesis import strategies as st

from cognito_claims.claims import AccessTokenGroupClaims, GroupClaims, IdTokenGroupClaims
from cognito_claims.models import GroupType
from cognito_claims.resolver import Alternative, Outcome, Policy, RankedGroup, Resolution, resolve
from cognito_claims.testing.strategies.groups import groups, memberships
from cognito_claims.testing.strategies.scalars import role_arns


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


def id_token_group_claims() -> st.SearchStrategy[IdTokenGroupClaims]:
    """The group claims of an ID token, as a dictionary."""
    return group_claims().map(GroupClaims.id_token)


def access_token_group_claims() -> st.SearchStrategy[AccessTokenGroupClaims]:
    """The group claims of an access token, as a dictionary."""
    return group_claims().map(GroupClaims.access_token)


def preferred_outcomes() -> st.SearchStrategy[Outcome]:
    """Outcomes with a preferred role, each of a single group."""
    return groups(role_arn=role_arns()).map(lambda group: resolve([group]).outcome)


def ambiguous_outcomes() -> st.SearchStrategy[Outcome]:
    """Outcomes without a preferred role, each of groups that tie."""
    roles = st.lists(role_arns(), min_size=2, max_size=3, unique=True)
    return roles.map(lambda arns: resolve([*map(_build_group, range(len(arns)), arns)]).outcome)


def _build_group(number: int, role_arn: str) -> GroupType:
    return GroupType(group_name=f"group-{number}", role_arn=role_arn)


def ranked_groups() -> st.SearchStrategy[RankedGroup]:
    """Groups with their rank and status among a user's groups."""
    resolved = resolutions(memberships(min_size=1))
    return resolved.flatmap(lambda resolution: st.sampled_from(resolution.ranked_groups))


def alternatives() -> st.SearchStrategy[Alternative]:
    """Alternatives of a single group without a precedence."""
    lone = groups(role_arn=role_arns(), precedence=st.none())
    return lone.map(lambda group: resolve([group]).alternatives[0])
