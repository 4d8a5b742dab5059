from collections.abc import Mapping
from typing import Any, Literal, assert_never, assert_type

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.data_classes.cognito_user_pool_event import (
    PreTokenGenerationTriggerEvent,
)
from aws_lambda_powertools.utilities.parser.models import CognitoPreTokenGenerationTriggerModelV1

from cognito_claims import (
    CARRIER_RULES,
    IDENTITY_POOL_QUESTIONS,
    IDENTITY_POOL_RULES,
    TRIGGER_RULES,
    AccessTokenClaims,
    AmbiguousClaimsError,
    Assumed,
    Carrier,
    ClaimsChange,
    Denied,
    GetIdentityPoolRolesResponse,
    GroupClaims,
    Identity,
    IdTokenClaims,
    InvalidClaimsError,
    IssuedClaims,
    MappingRule,
    OpenQuestion,
    OtherRole,
    PreTokenGenerationEvent,
    PreTokenGenerationV1Event,
    PreTokenGenerationV2Event,
    PreTokenGenerationV3Event,
    Problem,
    RoleMapping,
    Rule,
    RulesConfiguration,
    apply_override,
    carrier_of,
    choose_role,
    override_claims,
    override_groups,
    provider_name,
    read_appsync,
    read_http_api,
    read_jwt,
    read_pre_token_generation,
    read_rest_api,
    read_trigger_event,
    render_appsync,
    render_http_api,
    render_jwt,
    render_pre_token_generation,
    render_rest_api,
    resolve,
    suppress_groups,
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
    assert_type(carrier_of(event), Carrier)
    assert_type(read_jwt(event), GroupClaims)
    assert_type(read_appsync(event), GroupClaims)
    assert_type(read_rest_api(event, known_groups=["a"]), GroupClaims)
    assert_type(read_rest_api(event, comma_free=True), GroupClaims)
    assert_type(read_http_api(v2), GroupClaims)
    assert_type(read_pre_token_generation(event), GroupClaims)
    assert_type(render_jwt(claims), dict[str, Any])
    assert_type(render_appsync(token), dict[str, Any])
    assert_type(render_rest_api({"cognito:groups": ["a"]}), dict[str, Any])
    assert_type(render_http_api(claims), dict[str, Any])
    assert_type(render_pre_token_generation(claims, version="2"), dict[str, Any])
    assert_type(CARRIER_RULES, tuple[Rule, ...])

    read_rest_api(event, ["a"])  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]  # pyrefly: ignore[bad-argument-count]
    read_http_api(event["body"], known_groups=["a"])  # type: ignore[call-arg]  # ty: ignore[unknown-argument]  # pyrefly: ignore[unexpected-keyword]
    render_pre_token_generation(claims, version="4")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]


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
    assert_type(issued, IssuedClaims)
    assert_type(apply_override(issued, event).group_claims, GroupClaims)
    assert_type(TRIGGER_RULES, tuple[Rule, ...])

    read = read_trigger_event(event)
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
    assert_type(provider_name(token), str)
    assert_type(IDENTITY_POOL_RULES, tuple[Rule, ...])
    assert_type(IDENTITY_POOL_QUESTIONS, tuple[OpenQuestion, ...])
    rules = RoleMapping(type="Rules", rules_configuration=RulesConfiguration(rules=(rule,)))
    choose_role(token.group_claims, rules, custom_role_arn="arn:aws:iam::123456789012:role/x")
    choose_role(token, None, authenticated_role=None)
    choose_role({"iss": "x"}, {"Type": "Token"})
    choose_role(token)  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]
    RoleMapping(type="Other")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    match choice := choose_role(token, response):
        case Assumed(role_arn, why):
            assert_type(role_arn, str)
            assert_type(why, str)
            return role_arn
        case Denied(why):
            assert_type(why, str)
            assert_type(choice.message, str | None)
            assert_type(choice.alternatives, tuple[OtherRole, ...])
            return None
        case _:
            assert_never(choice)


def catching(event: dict[str, Any]) -> None:
    try:
        read_rest_api(event)
    except AmbiguousClaimsError as error:
        assert_type(error.source, str)
    except InvalidClaimsError as error:
        assert_type(error.problems, tuple[Problem, ...])
