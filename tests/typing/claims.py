from collections.abc import Mapping
from typing import Any, Literal, assert_never, assert_type

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.data_classes.cognito_user_pool_event import (
    PreTokenGenerationTriggerEvent,
)
from aws_lambda_powertools.utilities.parser.models import CognitoPreTokenGenerationTriggerModelV1

from cognito_claims import (
    Alternative,
    AmbiguousClaimsError,
    ClaimsChange,
    GroupClaims,
    InvalidClaimsError,
    Problem,
    resolve,
)
from cognito_claims.events import (
    EVENT_RULES,
    TRIGGER_QUESTIONS,
    TRIGGER_RULES,
    ClaimsSource,
    PreTokenGenerationEvent,
    PreTokenGenerationV1Event,
    PreTokenGenerationV2Event,
    PreTokenGenerationV3Event,
    TokenPair,
    apply_override,
    build_appsync_event,
    build_http_api_event,
    build_pre_token_generation_event,
    build_rest_api_event,
    detect_source,
    override_claims,
    override_groups,
    parse_appsync_event,
    parse_event,
    parse_http_api_event,
    parse_pre_token_generation_event,
    parse_rest_api_event,
    parse_trigger_event,
    suppress_groups,
)
from cognito_claims.identity_pool import (
    IDENTITY_POOL_QUESTIONS,
    IDENTITY_POOL_RULES,
    AccessDenied,
    AssumedRole,
    GetIdentityPoolRolesResponse,
    MappingRule,
    RoleMapping,
    RulesConfiguration,
    choose_role,
    get_provider_name,
)
from cognito_claims.rules import OpenQuestion, Rule
from cognito_claims.tokens import (
    AccessTokenClaims,
    Identity,
    IdTokenClaims,
    build_token_payload,
    parse_token_payload,
)


def tokens(payload: Mapping[str, object], claims: GroupClaims) -> None:
    id_token = IdTokenClaims.from_payload(payload)
    assert_type(id_token, IdTokenClaims)
    assert_type(id_token.aud, str)
    assert_type(id_token.exp, int | float)
    assert_type(id_token.token_use, Literal["id"])
    assert_type(id_token.cognito_username, str | None)
    assert_type(id_token.cognito_roles, tuple[str, ...] | None)
    assert_type(id_token.identities, tuple[Identity, ...] | None)
    assert_type(id_token.custom_attributes, dict[str, str])
    assert_type(id_token.group_claims, GroupClaims)

    access_token = AccessTokenClaims.from_payload({"token_use": "access"})
    assert_type(access_token, AccessTokenClaims)
    assert_type(access_token.scopes, tuple[str, ...])
    assert_type(access_token.is_machine, bool)

    change = claims.compare(access_token.group_claims)
    assert_type(change, ClaimsChange)
    assert_type(change.groups_added, tuple[str, ...])
    assert_type(change.preferred_role_changed, bool)

    IdTokenClaims.from_payload("eyJ")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    access_token.cognito_roles  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # pyrefly: ignore[missing-attribute]
    id_token.sub = "x"  # type: ignore[misc]  # ty: ignore[invalid-assignment]  # pyrefly: ignore[read-only]


def events(
    event: dict[str, Any], v2: APIGatewayProxyEventV2, claims: GroupClaims, token: IdTokenClaims
) -> None:
    assert_type(detect_source(event), ClaimsSource)
    assert_type(parse_token_payload(event), GroupClaims)
    assert_type(parse_appsync_event(event), GroupClaims)
    assert_type(parse_event(detect_source(event), event), GroupClaims)
    assert_type(parse_rest_api_event(event, known_groups=["a"]), GroupClaims)
    assert_type(parse_rest_api_event(event, comma_free=True), GroupClaims)
    assert_type(parse_http_api_event(v2), GroupClaims)
    assert_type(parse_pre_token_generation_event(event), GroupClaims)
    assert_type(build_token_payload(claims), dict[str, Any])
    assert_type(build_appsync_event(token), dict[str, Any])
    assert_type(build_rest_api_event({"cognito:groups": ["a"]}), dict[str, Any])
    assert_type(build_http_api_event(claims), dict[str, Any])
    assert_type(build_pre_token_generation_event(claims, version="2"), dict[str, Any])
    assert_type(EVENT_RULES, tuple[Rule, ...])

    parse_rest_api_event(event, ["a"])  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]  # pyrefly: ignore[bad-argument-count]
    parse_http_api_event(event["body"], known_groups=["a"])  # type: ignore[call-arg]  # ty: ignore[unknown-argument]  # pyrefly: ignore[unexpected-keyword]
    build_pre_token_generation_event(claims, version="4")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    return override_groups(event, resolve([]))


def triggers(
    event: dict[str, Any],
    wrapped: PreTokenGenerationTriggerEvent,
    model: CognitoPreTokenGenerationTriggerModelV1,
    claims: GroupClaims,
) -> None:
    assert_type(override_groups(wrapped, ["a"]), dict[str, Any])
    assert_type(override_groups(model, claims), dict[str, Any])
    assert_type(suppress_groups(event), dict[str, Any])
    assert_type(override_claims(event, id_token={"a": "b"}, suppress_in_id_token=["c"]), dict[str, Any])
    issued = apply_override(claims, event)
    assert_type(issued, TokenPair)
    assert_type(apply_override(issued, event).group_claims, GroupClaims)
    assert_type(TRIGGER_RULES, tuple[Rule, ...])
    assert_type(TRIGGER_QUESTIONS, tuple[OpenQuestion, ...])

    read = parse_trigger_event(event)
    assert_type(read, PreTokenGenerationV1Event | PreTokenGenerationV2Event | PreTokenGenerationV3Event)
    assert_type(read.request.identities, tuple[Identity, ...])
    by_version(read)

    override_groups(event, None)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    override_claims(event, {"a": "b"})  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]  # pyrefly: ignore[bad-argument-count]


def by_version(event: PreTokenGenerationEvent) -> int:
    match event:
        case PreTokenGenerationV1Event():
            return 1
        case PreTokenGenerationV2Event():
            return 2
        case PreTokenGenerationV3Event():
            return 3
        case _:
            assert_never(event)


def choosing(token: IdTokenClaims, response: GetIdentityPoolRolesResponse, rule: MappingRule) -> str | None:
    assert_type(response.authenticated_role, str | None)
    assert_type(response.role_mappings, dict[str, RoleMapping] | None)
    assert_type(rule.match_type, Literal["Equals", "Contains", "StartsWith", "NotEqual"])
    assert_type(get_provider_name(token), str)
    assert_type(IDENTITY_POOL_RULES, tuple[Rule, ...])
    assert_type(IDENTITY_POOL_QUESTIONS, tuple[OpenQuestion, ...])
    rules = RoleMapping(type="Rules", rules_configuration=RulesConfiguration(rules=(rule,)))
    choose_role(token.group_claims, rules, custom_role_arn="arn:aws:iam::123456789012:role/x")
    choose_role(token, None, authenticated_role=None)
    choose_role({"iss": "x"}, {"Type": "Token"})
    choose_role(token)  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]
    RoleMapping(type="Other")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    match choice := choose_role(token, response):
        case AssumedRole(role_arn, why):
            assert_type(role_arn, str)
            assert_type(why, str)
            return role_arn
        case AccessDenied(why):
            assert_type(why, str)
            assert_type(choice.message, str | None)
            assert_type(choice.alternatives, tuple[Alternative, ...])
            return None
        case _:
            assert_never(choice)


def catching(event: dict[str, Any]) -> None:
    try:
        parse_rest_api_event(event)
    except AmbiguousClaimsError as error:
        assert_type(error.source, str)
    except InvalidClaimsError as error:
        assert_type(error.problems, tuple[Problem, ...])
