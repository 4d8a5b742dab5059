"""The models of decoded ID tokens and access tokens."""

import pickle
from contextlib import suppress
from typing import Any

import pytest
from botocore.loaders import Loader
from hypothesis import given, strategies as st

from cognito_claims import GroupClaims, InvalidClaimsError
from cognito_claims.testing.strategies import access_token_claims, id_token_claims
from cognito_claims.tokens import (
    AccessTokenClaims,
    IdTokenClaims,
    Issuer,
    build_issuer,
    build_provider_name,
    parse_issuer,
    parse_token_payload,
)
from tests.events import event
from tests.json_values import anything, json_values
from tests.samples import role

REQUIRED = {"iss": "https://x", "sub": "s", "aud": "a", "token_use": "id", "exp": 2, "iat": 1}


def find_problems(model: type[IdTokenClaims | AccessTokenClaims], payload: Any) -> list[str]:
    with pytest.raises(InvalidClaimsError) as caught:
        model.from_payload(payload)
    return [str(problem) for problem in caught.value.problems]


class TestIssuers:
    @pytest.mark.parametrize("updated", [False, True])
    @pytest.mark.parametrize(
        ("region", "domain"),
        [
            ("eu-west-1", "amazonaws.com"),
            ("us-gov-west-1", "amazonaws.com"),
            ("cn-north-1", "amazonaws.com.cn"),
            ("eusc-de-east-1", "amazonaws.eu"),
            ("us-iso-east-1", "c2s.ic.gov"),
            ("us-isob-east-1", "sc2s.sgov.gov"),
            ("us-isof-south-1", "csp.hci.ic.gov"),
            ("eu-isoe-west-1", "cloud.adc-e.uk"),
        ],
    )
    def test_both_hosts_in_every_partition_are_awss(self, region: str, domain: str, updated: bool) -> None:
        pool = f"{region}_EXAMPLE"
        host = f"cognito-idp.{region}.{domain}"
        issuer = build_issuer(pool, updated=updated)
        assert issuer == f"https://{'issuer-' if updated else ''}{host}/{pool}"
        assert parse_issuer(issuer) == Issuer(pool, region, updated)
        assert build_provider_name(issuer, "client") == f"{host}/{pool}:client"

    def test_the_domains_are_those_of_botocore(self) -> None:
        for partition in Loader().load_data("partitions")["partitions"]:
            for region in set(partition["regions"]) - {f"{partition['id']}-global"}:
                issuer = build_issuer(f"{region}_EXAMPLE")
                assert issuer.startswith(
                    f"https://cognito-idp.{region}.{partition['outputs']['dnsSuffix']}/"
                )

    def test_a_replica_issues_in_a_region_of_its_own(self) -> None:
        issuer = build_issuer("eu-west-1_EXAMPLE", region="us-east-1", updated=True)
        token = IdTokenClaims.from_payload({**REQUIRED, "iss": issuer})
        assert (token.user_pool_id, token.region) == ("eu-west-1_EXAMPLE", "us-east-1")

    @pytest.mark.parametrize(
        "issuer",
        [
            "http://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE/",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1-EXAMPLE",
            "https://cognito-idp.cn-north-1.amazonaws.com/cn-north-1_EXAMPLE",
            "https://cognito-idp.eu-west-1.example.com/eu-west-1_EXAMPLE",
            "https://cognito-idp.amazonaws.com/eu-west-1_EXAMPLE",
            "http://localhost:9229/local_EXAMPLE",
            None,
        ],
    )
    def test_other_issuers_are_not_awss(self, issuer: object) -> None:
        assert parse_issuer(issuer) is None
        if isinstance(issuer, str):
            token = AccessTokenClaims.from_payload({**event("access_token"), "iss": issuer})
            assert (token.user_pool_id, token.region) == (None, None)
            assert build_provider_name(issuer, "a").endswith(":a")


class TestIdTokenClaims:
    def test_every_claim_has_a_field(self) -> None:
        token = IdTokenClaims.from_payload(event("id_token"))
        assert token.group_claims == GroupClaims(
            ("staff", "admins", "night,shift"), (role("staff"), role("admin")), role("admin")
        )
        assert token.aud == "1example23456789"
        assert (token.iat, token.exp) == (1717054730, 1717058330)
        assert token.cognito_username == "alice"
        assert (token.email, token.email_verified) == ("alice@example.com", True)
        assert token.custom_attributes == {"custom:department": "legal", "custom:cost-centre": "42"}
        assert token.model_extra is not None
        assert token.model_extra["event_id"] == "64f513be-32db-42b0-b78e-b02127b4f463"

    def test_optional_claims_may_be_absent(self) -> None:
        token = IdTokenClaims.from_payload(event("id_token_without_groups"))
        assert token.group_claims == GroupClaims()
        assert (token.cognito_username, token.identities, token.custom_attributes) == (None, None, {})

    @pytest.mark.parametrize("name", sorted(REQUIRED))
    def test_a_missing_required_claim_is_an_error(self, name: str) -> None:
        assert IdTokenClaims.from_payload(REQUIRED).iss == "https://x"
        payload = {key: value for key, value in REQUIRED.items() if key != name}
        assert find_problems(IdTokenClaims, payload) == [f"{name}: is missing"]

    def test_identities_with_values_as_strings_are_parsed(self) -> None:
        token = IdTokenClaims.from_payload(event("id_token_federated"))
        assert token.identities is not None
        [identity] = token.identities
        assert identity.provider_name == "Okta"
        assert identity.user_id == "bob@example.com"
        assert identity.issuer == "http://www.okta.com/exkexample"
        assert (identity.primary, identity.date_created) == (True, 1642699117273)

    @pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False), (True, True)])
    def test_booleans_may_be_strings(self, value: object, expected: bool) -> None:
        identity = {"userId": "u", "providerName": "p", "primary": value}
        token = IdTokenClaims.from_payload({**REQUIRED, "email_verified": value, "identities": [identity]})
        assert token.email_verified is expected
        assert token.identities is not None
        assert token.identities[0].primary is expected

    def test_developer_attributes_are_separate_from_custom_attributes(self) -> None:
        token = IdTokenClaims.from_payload({**REQUIRED, "dev:custom:a": "x", "a": 5})
        assert token.developer_attributes == {"dev:custom:a": "x"}
        assert token.custom_attributes == {}

    @pytest.mark.parametrize("value", [5, None, ["a"], True])
    def test_custom_attributes_are_strings_only(self, value: object) -> None:
        token = IdTokenClaims.from_payload({**REQUIRED, "custom:a": value, "custom:b": "x"})
        assert token.custom_attributes == {"custom:b": "x"}
        assert token.model_extra == {"custom:a": value, "custom:b": "x"}

    def test_a_claim_named_like_a_field_does_not_set_it(self) -> None:
        token = IdTokenClaims.from_payload({**REQUIRED, "cognito_groups": ["admins"]})
        assert token.group_claims == GroupClaims()
        assert token.model_extra == {"cognito_groups": ["admins"]}
        assert "admins" not in repr(token)

    @pytest.mark.parametrize(
        ("claim", "value", "reason"),
        [
            ("cognito:groups", "a,b", "must be a list"),
            ("cognito:groups", ["a", 5], "must be a valid string"),
            ("cognito:preferred_role", [role("x")], "must be a valid string"),
            ("cognito:preferred_role", 5, "must be a valid string"),
            ("exp", "5", "must be a number of seconds"),
            ("exp", True, "must be a number of seconds"),
            ("exp", float("nan"), "must be a number of seconds"),
            ("token_use", "access", "must be 'id'"),
            ("email_verified", "yes", "must be a valid boolean"),
            ("identities", [{"providerName": "x"}], "is missing"),
        ],
    )
    def test_a_claim_of_the_wrong_type_is_rejected(self, claim: str, value: object, reason: str) -> None:
        [problem] = find_problems(IdTokenClaims, {**REQUIRED, claim: value})
        assert claim in problem
        assert reason in problem

    @pytest.mark.parametrize("token", ["eyJhbGciOi.secret.x", b"eyJhbGciOi.secret.x"])
    def test_an_encoded_token_is_rejected_and_not_quoted(self, token: object) -> None:
        assert find_problems(IdTokenClaims, token) == [
            "must be an object, got a string: verify and decode a token first"
        ]
        with pytest.raises(InvalidClaimsError, match="must be an object, got a string"):
            parse_token_payload(token)  # type: ignore[arg-type]

    @given(id_token_claims())
    def test_tokens_compare_hash_and_pickle_by_value(self, token: IdTokenClaims) -> None:
        parsed = IdTokenClaims.from_payload(token.model_dump(by_alias=True))
        assert parsed == token
        assert hash(parsed) == hash(token)
        assert pickle.loads(pickle.dumps(token)) == token

    @given(id_token_claims())
    def test_the_repr_contains_no_personal_data(self, token: IdTokenClaims) -> None:
        representation = repr(token)
        assert repr(token.sub) not in representation
        assert token.email is None or token.email not in representation
        # Compare field names: a group's name may be equal to any of the user's values.
        values = [token, *(token.identities or ())]
        names = [str(name) for value in values for name, _ in value.__repr_args__()]
        assert "iss" in names
        assert not [name for name in names if "username" in name or "user_id" in name or "custom:" in name]

    def test_compare_returns_the_changes_since_the_token_was_issued(self) -> None:
        token = IdTokenClaims.from_payload(event("id_token"))
        assert not token.compare(token.group_claims)
        assert token.compare(GroupClaims(token.group_claims.groups)).roles_lost


class TestAccessTokenClaims:
    def test_a_users_token_has_groups_and_no_roles(self) -> None:
        token = AccessTokenClaims.from_payload(event("access_token"))
        assert token.group_claims == GroupClaims(("staff", "admins", "night,shift"))
        assert token.username == "alice"
        assert token.scopes == ("openid", "email", "orders/read")
        assert not token.is_machine

    def test_a_machine_token_has_no_user(self) -> None:
        token = AccessTokenClaims.from_payload(event("access_token_of_a_machine"))
        assert token.is_machine
        assert token.sub == token.client_id == "2example34567890"
        assert token.group_claims == GroupClaims()
        assert (token.username, token.origin_jti) == (None, None)

    @pytest.mark.parametrize(
        "changes", [{"sub": "other-client"}, {"username": "2example34567890"}, {"username": ""}]
    )
    def test_a_machine_token_has_no_username_and_the_client_as_subject(
        self, changes: dict[str, str]
    ) -> None:
        payload = event("access_token_of_a_machine") | changes
        assert not AccessTokenClaims.from_payload(payload).is_machine

    def test_compare_ignores_roles(self) -> None:
        token = AccessTokenClaims.from_payload(event("access_token"))
        current = GroupClaims(("admins", "night,shift", "staff"), (role("admin"),), role("admin"))
        assert not token.compare(current)
        assert token.compare(GroupClaims(("admins",))).groups_removed == ("night,shift", "staff")

    def test_a_token_without_a_scope_claim_has_no_scopes(self) -> None:
        payload = event("access_token")
        del payload["scope"]
        assert AccessTokenClaims.from_payload(payload).scopes == ()

    def test_id_tokens_and_access_tokens_are_not_interchangeable(self) -> None:
        assert find_problems(IdTokenClaims, event("access_token")) == [
            "aud: is missing",
            "token_use: must be 'id', got 'access'",
        ]
        assert find_problems(AccessTokenClaims, event("id_token"))[0] == "client_id: is missing"

    def test_the_repr_contains_no_username_and_no_device_key(self) -> None:
        payload = event("access_token") | {"device_key": "eu-west-1_secret"}
        representation = repr(AccessTokenClaims.from_payload(payload))
        assert "alice" not in representation
        assert "secret" not in representation

    @given(access_token_claims())
    def test_every_token_survives_a_round_trip(self, token: AccessTokenClaims) -> None:
        assert AccessTokenClaims.from_payload(token.model_dump(by_alias=True)) == token
        assert token.is_machine == (token.username is None)
        assert not (token.is_machine and token.group_claims.groups)


@pytest.mark.parametrize("model", [IdTokenClaims, AccessTokenClaims])
@given(payload=anything | st.fixed_dictionaries(dict.fromkeys(REQUIRED, json_values)))
def test_any_value_is_accepted_as_a_payload_or_rejected(
    model: type[IdTokenClaims | AccessTokenClaims], payload: Any
) -> None:
    with suppress(InvalidClaimsError):
        model.from_payload(payload)
