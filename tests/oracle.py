"""The rules once more, written from their sentences: slow, and in no way like the code."""

import json
from collections.abc import Sequence
from typing import Any

from cognito_claims import GroupType, Policy
from cognito_claims.identity_pool import MappingRule, RoleMapping


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


def chosen_role(
    token: dict[str, Any], mapping: RoleMapping, authenticated_role: str | None, custom: str | None
) -> str | None:
    if mapping.type == "Token":
        offered = token.get("cognito:roles", [])
        first = token.get("cognito:preferred_role")
    else:
        assert mapping.rules_configuration is not None
        offered = [rule.role_arn for rule in mapping.rules_configuration.rules if applies(rule, token)]
        first = offered[0] if offered else None
    if custom is not None:
        return custom if custom in offered else None
    if first is None and mapping.ambiguous_role_resolution == "AuthenticatedRole":
        return authenticated_role
    return str(first) if first is not None else None


def applies(rule: MappingRule, token: dict[str, Any]) -> bool:
    if rule.claim not in token:
        return False
    claim = token[rule.claim]
    if not isinstance(claim, list):
        return applies_to(rule, claim, whole=False)
    elements: list[object] = [*token[rule.claim]]
    if rule.match_type == "NotEqual":
        return not any(element == rule.value for element in elements)
    return any(applies_to(rule, element, whole=True) for element in elements)


def applies_to(rule: MappingRule, value: object, *, whole: bool) -> bool:
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    tests = {
        "Equals": text == rule.value,
        "NotEqual": text != rule.value,
        "StartsWith": text[: len(rule.value)] == rule.value,
        "Contains": text == rule.value if whole else text.find(rule.value) >= 0,
    }
    return tests[rule.match_type]
