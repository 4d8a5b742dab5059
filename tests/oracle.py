"""The rules once more, written from their sentences: slow, and in no way like the resolver."""

from collections.abc import Sequence

from cognito_claims import GroupType, Policy


def preferred_role(groups: Sequence[GroupType], policy: Policy) -> str | None:
    roles = {group.role_arn for group in groups if group.role_arn is not None}
    if not roles:
        return None
    if len(roles) == 1 and policy.null_precedence == "ranks-last":
        return next(iter(roles))
    competitors = [group for group in groups if competes(group, policy)]
    best = [group for group in competitors if not any(beats(other, group) for other in competitors)]
    nominations = {group.role_arn for group in best}
    return nominations.pop() if len(nominations) == 1 else None


def competes(group: GroupType, policy: Policy) -> bool:
    if group.precedence is None and policy.null_precedence == "abstains":
        return False
    if group.role_arn is not None:
        return True
    bare_federated = group.precedence is None and group.group_name.startswith(f"{group.user_pool_id}_")
    return policy.roleless == "blocks" and not bare_federated


def beats(one: GroupType, other: GroupType) -> bool:
    if one.precedence is None:
        return False
    return other.precedence is None or one.precedence < other.precedence
