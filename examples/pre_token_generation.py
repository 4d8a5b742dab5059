"""A pre token generation Lambda: the user's teams, from another system, become groups for this sign-in.

The user pool holds an attribute with the names of the user's teams. What each
team may do stands here, as groups of the pool would say it; precedence decides
which role is preferred, as it would in Cognito.
"""

from collections.abc import Mapping
from typing import Any

from cognito_claims import GroupType, resolve
from cognito_claims.events import override_claims, override_groups, parse_trigger_event

TEAMS = {
    "platform": GroupType(
        group_name="admins", precedence=0, role_arn="arn:aws:iam::123456789012:role/admin"
    ),
    "support": GroupType(
        group_name="agents", precedence=10, role_arn="arn:aws:iam::123456789012:role/agent"
    ),
    "sales": GroupType(group_name="sellers"),
}


def handler(event: Mapping[str, object], _: object) -> dict[str, Any]:
    """Give back the event with the groups of the user's teams."""
    attributes = parse_trigger_event(event).request.user_attributes or {}
    names = attributes.get("custom:teams", "").split()
    answer = override_groups(event, resolve(TEAMS[name] for name in names if name in TEAMS))
    return override_claims(answer, suppress_in_id_token=["custom:teams"])
