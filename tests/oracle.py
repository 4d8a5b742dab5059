"""A second implementation of the rules, written from their sentences: slow, and unlike the code."""

import json
from collections.abc import Sequence
from typing import Any

from cognito_claims import GroupType, Policy
from cognito_claims.identity_pool import MappingRule, RoleMapping


def find_preferred_role(groups: Sequence[GroupType], policy: Policy) -> str | None:
    roles = {group.role_arn for group in groups if group.role_arn is not None}
    if not roles:
        return None
    if len(roles) == 1 and policy.null_precedence == "ranks-last":
        return next(iter(roles))
    competitors = [group for group in groups if competes(group, policy)]
    best = [group for group in competitors if not any(beats(other, group) for other in competitors)]
    nominations = {group.role_arn for group in best}
    return nominations.pop() if len(nominations) == 1 else None


def find_open_questions(groups: Sequence[GroupType], policy: Policy) -> list[str]:
    others = {
        "null-precedence": {
            "roleless": policy.roleless,
            "null_precedence": {"ranks-last": "abstains", "abstains": "ranks-last"}[policy.null_precedence],
        },
        "roleless-at-best": {
            "null_precedence": policy.null_precedence,
            "roleless": {"ignored": "blocks", "blocks": "ignored"}[policy.roleless],
        },
    }
    role = find_preferred_role(groups, policy)
    return [
        name for name, settings in others.items() if find_preferred_role(groups, _policy(settings)) != role
    ]


def _policy(settings: Any) -> Policy:
    return Policy(**settings)


def competes(group: GroupType, policy: Policy) -> bool:
    if group.precedence is None and policy.null_precedence == "abstains":
        return False
    if group.role_arn is not None:
        return True
    bare_federated = group.precedence is None and group.group_name.startswith(f"{group.user_pool_id}_")
    return policy.roleless == "blocks" and not bare_federated


def beats(group: GroupType, other: GroupType) -> bool:
    if group.precedence is None:
        return False
    return other.precedence is None or group.precedence < other.precedence


def choose_role(
    token: dict[str, Any], mapping: RoleMapping, authenticated_role: str | None, custom: str | None
) -> str | None:
    if mapping.type == "Token":
        candidates = token.get("cognito:roles", [])
        first = token.get("cognito:preferred_role")
    else:
        assert mapping.rules_configuration is not None
        candidates = [rule.role_arn for rule in mapping.rules_configuration.rules if matches(rule, token)]
        first = candidates[0] if candidates else None
    if custom is not None:
        return custom if custom in candidates else None
    if first is None and mapping.ambiguous_role_resolution == "AuthenticatedRole":
        return authenticated_role
    return str(first) if first is not None else None


def matches(rule: MappingRule, token: dict[str, Any]) -> bool:
    if rule.claim not in token:
        return False
    claim = token[rule.claim]
    if not isinstance(claim, list):
        return matches_value(rule, claim, whole=False)
    elements: list[object] = [*token[rule.claim]]
    if rule.match_type == "NotEqual":
        return not any(element == rule.value for element in elements)
    return any(matches_value(rule, element, whole=True) for element in elements)


def matches_value(rule: MappingRule, value: object, *, whole: bool) -> bool:
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    results = {
        "Equals": text == rule.value,
        "NotEqual": text != rule.value,
        "StartsWith": text[: len(rule.value)] == rule.value,
        "Contains": text == rule.value if whole else text.find(rule.value) >= 0,
    }
    return results[rule.match_type]


def change_claims(token: dict[str, Any], added: dict[str, Any], suppressed: list[str]) -> dict[str, Any]:
    """Change claims that are not reserved."""
    names = {*token, *added}.difference(suppressed)
    return {name: added[name] if name in added else token[name] for name in names}


def change_scopes(before: list[str], added: list[str], suppressed: list[str]) -> dict[str, str]:
    left = [scope for scope in before + added if scope not in suppressed]
    once = [scope for i, scope in enumerate(left) if scope not in left[:i]]
    return {"scope": " ".join(once)} if once else {}
