"""No error contains a secret, whichever argument it is in, and whether it is a key or a value.

To add a function, add a `Call` with valid arguments to `CALLS`. The test puts secrets into each
argument, one at a time: in place of it, or in place of a value or a key inside it.
"""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cognito_claims import GroupClaims, Policy, resolve
from cognito_claims._wire.json import as_list, as_object
from cognito_claims._wire.parsing import parse_request, parse_response
from cognito_claims.access import Verdict, effective_access, evaluate_trust, parse_roles
from cognito_claims.client._operations import ADMIN_LIST_GROUPS_FOR_USER
from cognito_claims.events import (
    ClaimsSource,
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
from cognito_claims.identity_pool import choose_role
from cognito_claims.models import ListUsersInGroupResponse
from cognito_claims.tokens import (
    AccessTokenClaims,
    IdTokenClaims,
    build_issuer,
    build_token_payload,
    parse_issuer,
    parse_token_payload,
)
from tests.events import event
from tests.samples import POOL, role

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6InF1aXJrZUBleGFtcGxlLm9yZyJ9.7Nf0b5pQ0dYwq3mJ1kZxVtRsLuHgCe"
SECRETS = ("zoe.quirke@example.org", JWT, "+15550167423", "Zoe Quirke")
FRAGMENTS = ("quirke", *map(str.lower, JWT.split(".")), "5550167423")
"""The parts of the secrets, in lower case, that no error may contain."""


@dataclass(frozen=True)
class Call:
    """A function, and valid arguments by name."""

    function: Callable[..., object]
    arguments: dict[str, Any]
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.function.__qualname__


V1 = event("pre_token_generation_1")
V2 = event("pre_token_generation_2")
RESPONSE_1: dict[str, Any] = {
    "claimsOverrideDetails": {
        "claimsToAddOrOverride": {"tenant": "a"},
        "claimsToSuppress": ["email"],
        "groupOverrideDetails": {
            "groupsToOverride": ["staff"],
            "iamRolesToOverride": [role("staff")],
            "preferredRole": role("staff"),
        },
    }
}
RESPONSE_2: dict[str, Any] = {
    "claimsAndScopeOverrideDetails": {
        "idTokenGeneration": {
            "claimsToAddOrOverride": {"tenant": {"id": [5]}},
            "claimsToSuppress": ["email"],
        },
        "accessTokenGeneration": {"scopesToAdd": ["a/b"], "scopesToSuppress": ["email"]},
        "groupOverrideDetails": {"groupsToOverride": ["staff"]},
    }
}


def parse_identities(event: dict[str, Any]) -> object:
    return parse_trigger_event(event).request.identities


def override_group_claims(event: dict[str, Any], groups: list[str]) -> object:
    return override_groups(event, GroupClaims(tuple(groups)))


def apply_to_tokens(id_token: dict[str, Any], access_token: dict[str, Any]) -> object:
    return apply_override(TokenPair(id_token, access_token), RESPONSE_2).group_claims


GROUP = {
    "GroupName": "staff",
    "UserPoolId": POOL,
    "RoleArn": role("staff"),
    "Precedence": 1,
    "CreationDate": 1700000000,
    "LastModifiedDate": "2023-11-14T22:13:20Z",
}
USER = {
    "Username": "alice",
    "Attributes": [{"Name": "email", "Value": "a@example.com"}],
    "UserCreateDate": 1.5,
    "Enabled": True,
}
BY_RULES = {
    "Type": "Rules",
    "AmbiguousRoleResolution": "Deny",
    "RulesConfiguration": {
        "Rules": [
            {"Claim": "cognito:groups", "MatchType": "Contains", "Value": "staff", "RoleARN": role("staff")}
        ]
    },
}


def parse_users(response: dict[str, Any]) -> object:
    return parse_response(ListUsersInGroupResponse, response)


def paginate(arguments: dict[str, Any]) -> object:
    return parse_request(ADMIN_LIST_GROUPS_FOR_USER.request, arguments)


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "a",
            "Effect": "Allow",
            "Principal": {"Federated": ["cognito-identity.amazonaws.com"], "AWS": "a"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": ["eu-west-1:0a1b"]},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
            },
        }
    ],
}
ROLE = {"Arn": role("staff"), "RoleName": "staff", "AssumeRolePolicyDocument": TRUST}


def evaluate_policy(policy: Any) -> object:
    trust = evaluate_trust(policy, identity_pool_id="eu-west-1:0a1b", principal_tags=False)
    if trust.verdict is not Verdict.YES:
        raise LookupError(trust.reason)  # it is printed like an error
    return trust


def find_access(**arguments: Any) -> object:
    return effective_access(resolve([GROUP]), **arguments).explain()


CALLS = (
    Call(resolve, {"groups": [GROUP, {"GroupName": "admins", "Description": "a"}]}),
    Call(parse_roles, {"value": {"Role": ROLE}}),
    Call(parse_roles, {"value": {"Roles": [ROLE, ROLE]}}, "several roles"),
    Call(choose_role, {"claims": GroupClaims(("staff",)), "mapping": BY_RULES}, "group claims"),
    Call(evaluate_policy, {"policy": TRUST}),
    Call(
        find_access,
        {
            "identity_pool": {"IdentityPoolId": "eu-west-1:0a1b", "RoleMappings": {"Users": BY_RULES}},
            "roles": [{"Role": ROLE}],
            "description": {
                "IdentityPoolId": "eu-west-1:0a1b",
                "AllowUnauthenticatedIdentities": False,
                "CognitoIdentityProviders": [{"ProviderName": "a", "ClientId": "b"}],
            },
            "principal_tags": {"IdentityPoolId": "eu-west-1:0a1b", "PrincipalTags": {"a": "b"}},
            "user_pool": {"Id": POOL, "LambdaConfig": {}},
            "provider": "Users",
            "account_id": "123456789012",
            "identity_id": "eu-west-1:2c3d",
        },
    ),
    Call(Policy, {"null_precedence": "abstains", "roleless": "ignored"}),
    Call(parse_users, {"response": {"Users": [USER], "NextToken": "a", "ResponseMetadata": {}}}),
    Call(
        paginate,
        {"arguments": {"Username": "alice", "UserPoolId": POOL, "PaginationConfig": {"PageSize": 5}}},
    ),
    Call(GroupClaims, {"groups": ("a",), "roles": (role("a"),), "preferred_role": role("a")}),
    Call(
        choose_role,
        {
            "claims": event("id_token"),
            "mapping": BY_RULES,
            "custom_role_arn": role("staff"),
            "authenticated_role": role("a"),
            "provider": "a",
        },
    ),
    Call(
        choose_role,
        {
            "claims": event("id_token"),
            "mapping": {"Roles": {"authenticated": role("a")}, "RoleMappings": {"Users": BY_RULES}},
        },
        "a response",
    ),
    Call(parse_issuer, {"issuer": build_issuer(POOL)}),
    Call(parse_token_payload, {"payload": event("id_token")}),
    Call(IdTokenClaims.from_payload, {"payload": event("id_token_federated")}),
    Call(AccessTokenClaims.from_payload, {"payload": event("access_token")}),
    Call(build_token_payload, {"claims": event("id_token")}),
    Call(detect_source, {"value": event("rest_api")}),
    Call(parse_appsync_event, {"event": event("appsync")}),
    Call(parse_rest_api_event, {"event": event("rest_api"), "known_groups": ["staff", "admins"]}),
    Call(parse_rest_api_event, {"event": event("rest_api"), "comma_free": True}, "without commas"),
    Call(parse_rest_api_event, {"event": event("rest_api_of_serverless_offline")}, "offline REST API"),
    Call(parse_http_api_event, {"event": event("http_api")}),
    Call(parse_http_api_event, {"event": event("http_api_of_serverless_offline")}, "offline HTTP API"),
    Call(parse_http_api_event, {"event": event("http_api_format_1")}, "HTTP API, format 1.0"),
    Call(parse_pre_token_generation_event, {"event": V1}),
    Call(parse_trigger_event, {"event": V1 | {"response": RESPONSE_1}}),
    Call(parse_trigger_event, {"event": V2 | {"response": RESPONSE_2}}, "version 2"),
    Call(parse_identities, {"event": V1}),
    *(
        Call(parse_event, {"source": source, "event": event(name), "known_groups": ["staff"]}, source)
        for source, name in (
            (ClaimsSource.JWT, "id_token"),
            (ClaimsSource.APPSYNC, "appsync"),
            (ClaimsSource.REST_API, "rest_api_federated"),
            (ClaimsSource.HTTP_API, "http_api"),
            (ClaimsSource.PRE_TOKEN_GENERATION, "pre_token_generation_2"),
        )
    ),
    Call(build_appsync_event, {"claims": event("id_token")}),
    Call(build_rest_api_event, {"claims": event("id_token"), "path": "/"}),
    Call(build_http_api_event, {"claims": event("id_token"), "path": "/"}),
    Call(
        build_pre_token_generation_event,
        {"claims": event("id_token"), "version": "2", "user_attributes": {"custom:a": "b"}},
    ),
    Call(override_groups, {"event": V1 | {"response": RESPONSE_1}, "groups": ["staff", "admins"]}),
    Call(override_groups, {"event": V2, "groups": V2["request"]["groupConfiguration"]}, "configuration"),
    Call(override_group_claims, {"event": V2, "groups": ["staff", "admins"]}),
    Call(suppress_groups, {"event": V2 | {"response": RESPONSE_2}}),
    Call(
        override_claims,
        {"event": V1 | {"response": RESPONSE_1}, "id_token": {"a": "b"}, "suppress_in_id_token": ["a"]},
    ),
    Call(
        override_claims,
        {
            "event": V2 | {"response": RESPONSE_2},
            "id_token": {"a": {"b": ["c"]}},
            "access_token": {"a": 5},
            "suppress_in_id_token": ["cognito:groups"],
            "suppress_in_access_token": ["a"],
            "add_scopes": ["a"],
            "suppress_scopes": ["b"],
        },
        "version 2",
    ),
    Call(apply_override, {"claims": GroupClaims(("a",)), "response": RESPONSE_1}),
    Call(
        apply_override, {"claims": GroupClaims(("a",)), "response": V2 | {"response": RESPONSE_2}}, "event"
    ),
    Call(apply_to_tokens, {"id_token": event("id_token"), "access_token": event("access_token")}),
)

_PREFIXES = ("", "cognito:", "dev:", "a,", "[", "arn:aws:iam::123456789012:role/")
_texts = st.builds(str.__add__, st.sampled_from(_PREFIXES), st.sampled_from(SECRETS))
_keys: st.SearchStrategy[Any] = _texts | st.just(15550167423)
_values = st.recursive(
    _texts | st.just(15550167423),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner | st.none(), max_size=3),
    max_leaves=5,
)


@st.composite
def planted(draw: st.DrawFn, value: object) -> object:
    """Draw a value with a secret in place of it, or in place of a value or a key inside it."""
    members, items = as_object(value), as_list(value)
    deeper = ["inside"] * 6 + ["rename"] if members else ["inside"] * 6 if items else []
    place = draw(st.sampled_from(["whole", "added", *deeper]))
    if isinstance(value, str):
        return draw(_texts)
    if place == "whole" or (members is None and items is None):
        return draw(_values)
    if place == "added":
        new = draw(_values)
        return [*items, new] if items is not None else {**(members or {}), draw(_keys): new}
    if items is not None:
        index = draw(st.integers(0, len(items) - 1))
        return [*items[:index], draw(planted(items[index])), *items[index + 1 :]]
    changed: dict[Any, object] = dict(members or {})
    name = draw(st.sampled_from([*changed]))
    if place == "rename":
        return {draw(_keys) if key == name else key: member for key, member in changed.items()}
    return {**changed, name: draw(planted(changed[name]))}


def list_texts(error: BaseException) -> Iterator[str]:
    """Yield all that a program may log of an error, of its causes and of its suppressed contexts."""
    pending: list[BaseException | None] = [error]
    while pending:
        if (one := pending.pop()) is not None:
            yield from (str(one), repr(one), repr(vars(one)), *traceback.format_exception(one))
            pending += [one.__cause__, one.__context__]


@pytest.mark.parametrize("call", CALLS, ids=str)
@given(data=st.data())
def test_no_error_contains_a_secret(call: Call, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*call.arguments]))
    arguments = {**call.arguments, name: data.draw(planted(call.arguments[name]))}
    try:
        call.function(**arguments)
    except Exception as error:  # noqa: BLE001, whatever the error is
        texts = "\n".join(list_texts(error)).lower()
        assert [fragment for fragment in FRAGMENTS if fragment in texts] == []


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_arguments_are_valid(call: Call) -> None:
    call.function(**call.arguments)


def test_a_leak_is_found() -> None:
    def leak() -> None:
        try:
            dict[str, str]()[JWT]
        except KeyError:
            raise ValueError("hidden") from None

    with pytest.raises(ValueError, match="hidden") as caught:
        leak()
    texts = "\n".join(list_texts(caught.value)).lower()
    assert [fragment for fragment in FRAGMENTS if fragment in texts] == [*map(str.lower, JWT.split("."))]
