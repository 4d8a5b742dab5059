"""What a type checker sees of access."""

from datetime import timedelta
from typing import assert_type

from pydantic import JsonValue

from cognito_claims import Resolution
from cognito_claims.access import (
    ACCESS_RULES,
    CREDENTIALS_LIFETIME,
    TRUST_RULES,
    Access,
    Assessment,
    Condition,
    EffectiveAccess,
    Flow,
    GetRoleResponse,
    IdentityPoolDescription,
    PrincipalTags,
    Role,
    RoleAccess,
    RoleLike,
    Statement,
    TrustPolicy,
    TrustPolicyLike,
    UnknownRole,
    Verdict,
    Way,
    build_access_report,
    draw_access,
    effective_access,
    evaluate_trust,
    parse_roles,
    parse_trust_policy,
)
from cognito_claims.identity_pool import (
    AccessDenied,
    AssumedRole,
    CognitoIdentityProvider,
    DescribeIdentityPoolResponse,
    GetIdentityPoolRolesResponse,
    GetPrincipalTagAttributeMapResponse,
)
from cognito_claims.rules import Rule

POOL_ID = "eu-west-1:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"


def trust(policy: TrustPolicyLike, flow: Flow) -> None:
    answer = evaluate_trust(policy, identity_pool_id=POOL_ID, principal_tags=None, flow=flow)
    assert_type(answer, Assessment)
    assert_type(answer.verdict, Verdict)
    assert_type(answer.reason, str)
    assert_type(answer.rules, tuple[Rule, ...])
    assert_type(answer.warnings, tuple[Rule, ...])
    assert_type(answer.statement, int | None)
    assert_type(evaluate_trust("{}", identity_pool_id=POOL_ID, principal_tags=True), Assessment)

    # Whether there are principal tags must be stated.
    evaluate_trust(policy, identity_pool_id=POOL_ID)  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]


def inputs(
    resolution: Resolution,
    pool: GetIdentityPoolRolesResponse,
    role: RoleLike,
    description: IdentityPoolDescription,
    tags: PrincipalTags,
) -> None:
    effective_access(
        resolution, identity_pool=pool, roles=[role], description=description, principal_tags=tags
    )


def policies(policy: TrustPolicyLike) -> None:
    parsed = assert_type(parse_trust_policy(policy), TrustPolicy)
    assert_type(parsed.statements, tuple[Statement, ...])
    assert_type(parsed.statements[0].conditions, tuple[Condition, ...])
    assert_type(parsed.statements[0].actions, tuple[str, ...])
    assert_type(parsed.statements[0].conditions[0].key, str)


def access(
    resolution: Resolution,
    pool: GetIdentityPoolRolesResponse | dict[str, object],
    description: DescribeIdentityPoolResponse,
    tags: GetPrincipalTagAttributeMapResponse,
    response: GetRoleResponse,
) -> None:
    found = effective_access(
        resolution,
        identity_pool=pool,
        roles=[response, response.role, {"Role": {}}],
        description=description,
        principal_tags=tags,
    )
    assert_type(found, EffectiveAccess)
    assert_type(found.choice, AssumedRole | AccessDenied | UnknownRole)
    assert_type(found.role, RoleAccess | None)
    assert_type(found.roles, tuple[RoleAccess, ...])
    assert_type(found.other_roles[0].way, Way)
    assert_type(found.other_roles[0].trust, Assessment)
    assert_type(found.other_roles[0].valid_for, timedelta | None)
    assert_type(found.verdict, Verdict)
    assert_type(found.credentials, Assessment)
    base: Access = found
    assert_type(draw_access(base), str)
    assert_type(found.message, str | None)
    assert_type(found.trigger, Assessment)
    assert_type(found.notes, tuple[Rule, ...])
    assert_type(found.explain(), str)
    assert_type(build_access_report(found), dict[str, JsonValue])
    assert_type(found.resolution, Resolution)
    assert_type(draw_access(found), str)
    draw_access(found.resolution, user="alice", width=480, standalone=True)
    draw_access([])  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    assert_type(CREDENTIALS_LIFETIME, timedelta)
    assert_type(ACCESS_RULES + TRUST_RULES, tuple[Rule, ...])

    effective_access(resolution)  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]
    effective_access(resolution, identity_pool=pool, roles=["arn"])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]


def models(description: DescribeIdentityPoolResponse, role: Role, value: object) -> None:
    assert_type(description.identity_pool_id, str)
    assert_type(description.allow_classic_flow, bool | None)
    assert_type(description.allow_unauthenticated_identities, bool)
    assert_type(description.cognito_identity_providers, tuple[CognitoIdentityProvider, ...] | None)
    assert_type(GetPrincipalTagAttributeMapResponse().has_tags, bool)
    assert_type(parse_roles(value), tuple[Role, ...])
    assert_type(role.arn, str)
    assert_type(role.max_session_duration, int | None)

    Role(arn="arn:aws:iam::123456789012:role/a")  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]
