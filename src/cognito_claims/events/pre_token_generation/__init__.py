"""The pre token generation trigger: its events, the overrides of its answer, and their effect.

A Lambda function that overrides a user's groups is one line:

>>> from cognito_claims import GroupClaims, resolve
>>> def handler(event, context):
...     groups = [{"GroupName": "staff", "RoleArn": "arn:aws:iam::123456789012:role/staff"}]
...     return override_groups(event, resolve(groups))
>>> event = {
...     "version": "2",
...     "triggerSource": "TokenGeneration_Authentication",
...     "request": {"groupConfiguration": {"groupsToOverride": ["guests"]}},
...     "response": {"claimsAndScopeOverrideDetails": None},
... }
>>> answer = handler(event, None)
>>> answer["response"]["claimsAndScopeOverrideDetails"]["groupOverrideDetails"]["groupsToOverride"]
['staff']

The tokens that Cognito issues for it:

>>> tokens = apply_override(GroupClaims(groups=("guests",)), answer)
>>> tokens.access_token
{'cognito:groups': ['staff']}

Rules: all of `cognito_claims.events.TRIGGER_RULES`.
"""

from cognito_claims.events.pre_token_generation.issuing import TokenPair, apply_override
from cognito_claims.events.pre_token_generation.models import (
    AccessTokenGeneration,
    CallerContext,
    ClaimsAndScopeOverrideDetails,
    ClaimsOverrideDetails,
    GroupConfiguration,
    GroupOverrideDetails,
    IdTokenGeneration,
    PreTokenGenerationEvent,
    PreTokenGenerationRequest,
    PreTokenGenerationV1Event,
    PreTokenGenerationV1Response,
    PreTokenGenerationV2Event,
    PreTokenGenerationV2Response,
    PreTokenGenerationV3Event,
)
from cognito_claims.events.pre_token_generation.override import (
    override_claims,
    override_groups,
    suppress_groups,
)
from cognito_claims.events.pre_token_generation.parsing import (
    build_pre_token_generation_event,
    parse_pre_token_generation_event,
    parse_trigger_event,
)

__all__ = [
    "AccessTokenGeneration",
    "CallerContext",
    "ClaimsAndScopeOverrideDetails",
    "ClaimsOverrideDetails",
    "GroupConfiguration",
    "GroupOverrideDetails",
    "IdTokenGeneration",
    "PreTokenGenerationEvent",
    "PreTokenGenerationRequest",
    "PreTokenGenerationV1Event",
    "PreTokenGenerationV1Response",
    "PreTokenGenerationV2Event",
    "PreTokenGenerationV2Response",
    "PreTokenGenerationV3Event",
    "TokenPair",
    "apply_override",
    "build_pre_token_generation_event",
    "override_claims",
    "override_groups",
    "parse_pre_token_generation_event",
    "parse_trigger_event",
    "suppress_groups",
]
