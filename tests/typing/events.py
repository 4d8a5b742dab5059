"""What a type checker sees of the rules and inputs of events."""

from typing import assert_type

from cognito_claims import GroupClaims
from cognito_claims.events import (
    EVENT_RULES,
    TRIGGER_RULES,
    EventLike,
    GroupConfiguration,
    parse_rest_api_event,
)
from cognito_claims.rules import Rule


def inputs(event: EventLike) -> None:
    assert_type(parse_rest_api_event(event), GroupClaims)


def configuration(configuration: GroupConfiguration) -> None:
    assert_type(configuration.group_claims, GroupClaims)


def rules() -> None:
    assert_type(EVENT_RULES, tuple[Rule, ...])
    assert_type(TRIGGER_RULES, tuple[Rule, ...])
