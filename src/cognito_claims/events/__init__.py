"""Claims in events: parse them, build events for tests, and override claims in a trigger."""

from cognito_claims.events.api_gateway import (
    build_http_api_event,
    build_rest_api_event,
    parse_http_api_event,
    parse_rest_api_event,
)
from cognito_claims.events.appsync import build_appsync_event, parse_appsync_event
from cognito_claims.events.detection import ClaimsSource, detect_source, parse_event
from cognito_claims.events.override import (
    TokenPair,
    apply_override,
    override_claims,
    override_groups,
    suppress_groups,
)
from cognito_claims.events.pre_token_generation import (
    GroupConfiguration,
    PreTokenGenerationEvent,
    PreTokenGenerationV1Event,
    PreTokenGenerationV2Event,
    PreTokenGenerationV3Event,
    build_pre_token_generation_event,
    parse_pre_token_generation_event,
    parse_trigger_event,
)
from cognito_claims.events.rules import EVENT_RULES, TRIGGER_QUESTIONS, TRIGGER_RULES
from cognito_claims.tokens import EventLike

__all__ = [
    "EVENT_RULES",
    "TRIGGER_QUESTIONS",
    "TRIGGER_RULES",
    "ClaimsSource",
    "EventLike",
    "GroupConfiguration",
    "PreTokenGenerationEvent",
    "PreTokenGenerationV1Event",
    "PreTokenGenerationV2Event",
    "PreTokenGenerationV3Event",
    "TokenPair",
    "apply_override",
    "build_appsync_event",
    "build_http_api_event",
    "build_pre_token_generation_event",
    "build_rest_api_event",
    "detect_source",
    "override_claims",
    "override_groups",
    "parse_appsync_event",
    "parse_event",
    "parse_http_api_event",
    "parse_pre_token_generation_event",
    "parse_rest_api_event",
    "parse_trigger_event",
    "suppress_groups",
]
