"""IAM roles with trust policies."""

import json
from urllib.parse import quote

from hypothesis import strategies as st
from pydantic import JsonValue

from cognito_claims.access import GetRoleResponse, Role
from cognito_claims.testing.strategies import scalars
from cognito_claims.testing.strategies.identity_pools import identity_pool_ids
from cognito_claims.testing.strategies.models import models

_SERVICE = "cognito-identity.amazonaws.com"


def roles() -> st.SearchStrategy[Role]:
    """Roles whose trust policies admit an identity pool or not, decoded or URL-encoded."""
    policies = trust_policies()
    encoded = policies.map(lambda policy: quote(json.dumps(policy)))
    return scalars.role_arns().flatmap(
        lambda arn: models(
            Role,
            arn=st.just(arn),
            role_name=st.just(arn.rpartition("/")[2]),
            assume_role_policy_document=st.none() | policies | encoded,
            max_session_duration=st.none() | st.integers(3600, 43200),
        )
    )


def role_responses() -> st.SearchStrategy[GetRoleResponse]:
    """Roles as boto3's `get_role` returns them."""
    return models(GetRoleResponse, role=roles())


def trust_policies() -> st.SearchStrategy[dict[str, JsonValue]]:
    """Trust policies with one statement, as boto3 decodes them."""
    return st.builds(
        _build_policy,
        effect=st.sampled_from(["Allow", "Deny"]),
        provider=st.sampled_from([_SERVICE, "accounts.google.com"]),
        audience=st.none() | identity_pool_ids(),
        amr=st.sampled_from([None, "authenticated", "unauthenticated"]),
    )


def _build_policy(
    effect: str, provider: str, audience: str | None, amr: str | None
) -> dict[str, JsonValue]:
    conditions: dict[str, JsonValue] = {}
    if audience is not None:
        conditions["StringEquals"] = {f"{_SERVICE}:aud": audience}
    if amr is not None:
        conditions["ForAnyValue:StringLike"] = {f"{_SERVICE}:amr": amr}
    statement: dict[str, JsonValue] = {
        "Effect": effect,
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": conditions,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
