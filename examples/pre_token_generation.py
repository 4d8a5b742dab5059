"""A pre token generation trigger that turns a user's teams into groups.

An attribute of the user has the names of the teams. `TEAMS` maps each team to a
group, and the precedence decides which role is preferred, as in Cognito.
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
    """Return the event with the groups of the user's teams in its response."""
    attributes = parse_trigger_event(event).request.user_attributes or {}
    names = attributes.get("custom:teams", "").split()
    returned = override_groups(event, resolve(TEAMS[name] for name in names if name in TEAMS))
    return override_claims(returned, suppress_in_id_token=["custom:teams"])
