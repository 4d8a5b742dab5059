"""The role that an identity pool chooses: one class per rule, then open questions, input and shapes."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar

import boto3
import pytest
from botocore.loaders import Loader
from hypothesis import given, strategies as st

from cognito_claims import (
    Alternative,
    GroupClaims,
    InvalidClaimsError,
    InvalidResponseError,
    Policy,
    resolve,
)
from cognito_claims._wire.base import WireModel
from cognito_claims.conformance import load
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
    parse_identity_pool_roles,
)
from cognito_claims.identity_pool.rules import CONTAINS_ELEMENT, LONE_ROLE, UPDATED_ISSUER
from cognito_claims.rules import NULL_PRECEDENCE
from cognito_claims.testing import strategies
from cognito_claims.testing.strategies import (
    group_claims,
    id_token_claims,
    identity_pool_roles,
    role_mappings,
)
from cognito_claims.tokens import AccessTokenClaims, IdTokenClaims
from tests import oracle
from tests.events import event
from tests.json_values import anything
from tests.samples import role
from tests.scripted_server import ScriptedServer

ADMIN, STAFF, SIGNED_IN, LEGAL = role("admin"), role("staff"), role("signed-in"), role("legal")
PROVIDER = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE:1example23456789"
ABSTAINS = Policy(null_precedence="abstains")
DENY = RoleMapping(type="Token", ambiguous_role_resolution="Deny")
FALL_BACK = RoleMapping(type="Token", ambiguous_role_resolution="AuthenticatedRole")
TIE = GroupClaims(("a", "b"), (ADMIN, STAFF))
WINNER = GroupClaims(("a", "b"), (ADMIN, STAFF), STAFF)
FALLBACKS = st.none() | st.just(SIGNED_IN)
LONE = GroupClaims(("a",), (ADMIN,))


def build_rules(*rows: Sequence[str], ambiguous_role_resolution: Any = "Deny") -> RoleMapping:
    mapping_rules = tuple(
        MappingRule.model_validate(
            {"Claim": claim, "MatchType": match_type, "Value": value, "RoleARN": role_arn}
        )
        for claim, match_type, value, role_arn in rows
    )
    return RoleMapping(
        type="Rules",
        ambiguous_role_resolution=ambiguous_role_resolution,
        rules_configuration=RulesConfiguration(rules=mapping_rules),
    )


def get_role_arn(choice: AssumedRole | AccessDenied) -> str | None:
    return choice.role_arn if isinstance(choice, AssumedRole) else None


def get_rule_ids(choice: AssumedRole | AccessDenied) -> list[str]:
    return [rule.id for rule in choice.rules]


class TestNoMapping:
    def test_the_authenticated_role_is_assumed(self) -> None:
        choice = choose_role(WINNER, None, authenticated_role=SIGNED_IN)
        assert (get_role_arn(choice), get_rule_ids(choice)) == (SIGNED_IN, ["no-mapping"])

    def test_access_is_denied_without_an_authenticated_role(self) -> None:
        not_passed = choose_role(WINNER, None)
        assert isinstance(not_passed, AccessDenied)
        assert not_passed.reason.endswith("no role mapping, and no authenticated role was passed")
        not_set = choose_role(WINNER, {"Roles": {}})
        assert isinstance(not_set, AccessDenied)
        assert not_set.reason.endswith("and the identity pool has no authenticated role")

    def test_the_reason_names_a_mapping_for_a_different_app_client(self) -> None:
        payload = {**event("id_token"), "aud": "other-client"}
        choice = choose_role(payload, event("identity_pool_token"))
        assert get_role_arn(choice) == SIGNED_IN
        assert f"the user pool has one for a different app client: {PROVIDER}" in choice.reason

    def test_the_reason_names_mappings_for_other_providers(self) -> None:
        payload = {
            **event("id_token"),
            "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_OTHER",
        }
        reason = choose_role(payload, event("identity_pool_token")).reason
        assert "a different app client" not in reason
        assert f"the identity pool has some for other providers: {PROVIDER}" in reason

    def test_an_identity_pool_without_mappings_needs_no_provider(self) -> None:
        choice = choose_role(WINNER, {"Roles": {"authenticated": SIGNED_IN}})
        assert get_role_arn(choice) == SIGNED_IN


class TestCustomRoleWithoutMapping:
    def test_the_authenticated_role_may_be_requested(self) -> None:
        choice = choose_role(WINNER, None, authenticated_role=SIGNED_IN, custom_role_arn=SIGNED_IN)
        assert (get_role_arn(choice), get_rule_ids(choice)) == (SIGNED_IN, ["custom-role-without-mapping"])

    def test_all_other_roles_are_denied(self) -> None:
        choice = choose_role(WINNER, None, authenticated_role=SIGNED_IN, custom_role_arn=ADMIN)
        assert (get_role_arn(choice), get_rule_ids(choice)) == (None, ["custom-role-without-mapping"])


class TestCustomRole:
    @pytest.mark.parametrize("claims", [TIE, WINNER])
    def test_it_overrides_the_preferred_role(self, claims: GroupClaims) -> None:
        choice = choose_role(claims, DENY, custom_role_arn=ADMIN)
        assert (get_role_arn(choice), get_rule_ids(choice)) == (ADMIN, ["custom-role"])

    @pytest.mark.parametrize("mapping", [DENY, FALL_BACK])
    def test_a_role_outside_the_token_is_denied_under_either_resolution(self, mapping: RoleMapping) -> None:
        choice = choose_role(WINNER, mapping, custom_role_arn=LEGAL, authenticated_role=SIGNED_IN)
        assert isinstance(choice, AccessDenied)
        assert get_rule_ids(choice) == ["custom-role"]


class TestPreferredAssumed:
    def test_it_is_assumed_even_if_it_is_not_in_cognito_roles(self) -> None:
        choice = choose_role(WINNER, DENY)
        assert (get_role_arn(choice), get_rule_ids(choice)) == (STAFF, ["preferred-assumed"])
        assert get_role_arn(choose_role(GroupClaims(preferred_role=LEGAL), DENY)) == LEGAL


class TestAmbiguousResolution:
    @pytest.mark.parametrize("claims", [TIE, LONE])
    def test_a_tie_and_a_single_role_are_ambiguous(self, claims: GroupClaims) -> None:
        choice = choose_role(claims, FALL_BACK, authenticated_role=SIGNED_IN)
        assert (get_role_arn(choice), get_rule_ids(choice)) == (SIGNED_IN, ["ambiguous-resolution"])
        denied = choose_role(claims, DENY, authenticated_role=SIGNED_IN)
        assert isinstance(denied, AccessDenied)
        assert "Deny" in denied.reason

    def test_access_is_denied_without_an_authenticated_role(self) -> None:
        choice = choose_role(TIE, FALL_BACK)
        assert isinstance(choice, AccessDenied)
        assert "AuthenticatedRole: no authenticated role was passed" in choice.reason
        choice = choose_role(TIE, {"RoleMappings": {PROVIDER: FALL_BACK}}, provider=PROVIDER)
        assert "AuthenticatedRole: the identity pool has no authenticated role" in choice.reason

    def test_access_is_denied_without_a_resolution(self) -> None:
        choice = choose_role(TIE, RoleMapping(type="Token"), authenticated_role=SIGNED_IN)
        assert isinstance(choice, AccessDenied)
        assert "is missing" in choice.reason

    def test_the_message_is_that_of_the_service(self) -> None:
        choice = choose_role({**event("id_token"), "cognito:preferred_role": None}, DENY)
        assert isinstance(choice, AccessDenied)
        message = f"The ambiguous role mapping rules for: {PROVIDER} denied this request"
        assert choice.message == f"NotAuthorizedException: {message}"
        token = {**event("id_token"), "cognito:preferred_role": None}
        for denied in (choose_role(TIE, DENY), choose_role(token, None), choose_role(token, FALL_BACK)):
            assert isinstance(denied, AccessDenied)
            assert denied.message is None


class TestNoRoles:
    @pytest.mark.parametrize("claims", [GroupClaims(), GroupClaims(("a",))])
    def test_a_token_is_ambiguous_with_groups_and_without(self, claims: GroupClaims) -> None:
        choice = choose_role(claims, FALL_BACK, authenticated_role=SIGNED_IN)
        assert (get_role_arn(choice), get_rule_ids(choice)) == (
            SIGNED_IN,
            ["ambiguous-resolution", "no-roles"],
        )
        assert isinstance(choose_role(claims, DENY, authenticated_role=SIGNED_IN), AccessDenied)


class TestFirstMatch:
    ROWS = (("a", "Equals", "1", ADMIN), ("b", "Equals", "1", STAFF), ("a", "Equals", "1", LEGAL))

    def test_rules_apply_in_order(self) -> None:
        choice = choose_role({"a": "1", "b": "1"}, build_rules(*self.ROWS))
        assert (get_role_arn(choice), get_rule_ids(choice)) == (ADMIN, ["first-match"])
        assert choice.reason == "rule 1 of 3 matches: a Equals '1'"
        assert get_role_arn(choose_role({"a": "1", "b": "1"}, build_rules(*reversed(self.ROWS)))) == LEGAL
        assert get_role_arn(choose_role({"b": "1"}, build_rules(*self.ROWS))) == STAFF

    @pytest.mark.parametrize(
        ("claim", "match_type", "value", "matches"),
        [
            ("paid", "Equals", "paid", True),
            ("paid", "Equals", "Paid", False),
            ("paid", "Contains", "ai", True),
            ("paid", "StartsWith", "pa", True),
            ("paid", "StartsWith", "aid", False),
            ("paid", "NotEqual", "free", True),
            ("paid", "NotEqual", "paid", False),
            (True, "Equals", "true", True),
            (5, "Equals", "5", True),
        ],
    )
    def test_each_match_type_compares_the_claim(
        self, claim: object, match_type: str, value: str, matches: bool
    ) -> None:
        choice = choose_role({"x": claim}, build_rules(("x", match_type, value, ADMIN)))
        assert isinstance(choice, AssumedRole) == matches

    def test_the_roles_of_the_token_do_not_count(self) -> None:
        assert isinstance(
            choose_role(dict(WINNER.id_token()), build_rules(("a", "Equals", "1", ADMIN))), AccessDenied
        )


class TestNoMatch:
    def test_the_resolution_decides(self) -> None:
        row = ("a", "Equals", "1", ADMIN)
        assert get_rule_ids(choose_role({"a": "2"}, build_rules(row))) == ["no-match"]
        choice = choose_role(
            {"a": "2"},
            build_rules(row, ambiguous_role_resolution="AuthenticatedRole"),
            authenticated_role=LEGAL,
        )
        assert get_role_arn(choice) == LEGAL


class TestAbsentClaim:
    @pytest.mark.parametrize("match_type", ["Equals", "Contains", "StartsWith", "NotEqual"])
    def test_no_match_type_matches(self, match_type: str) -> None:
        choice = choose_role({}, build_rules(("a", match_type, "x", ADMIN)))
        assert isinstance(choice, AccessDenied)
        assert get_rule_ids(choice) == ["no-match", "absent-claim"]

    @pytest.mark.parametrize("match_type", ["Equals", "Contains", "StartsWith", "NotEqual"])
    def test_a_claim_that_is_null_counts_as_absent(self, match_type: str) -> None:
        choice = choose_role({"a": None}, build_rules(("a", match_type, "x", ADMIN)))
        assert isinstance(choice, AccessDenied)
        assert get_rule_ids(choice) == ["no-match", "absent-claim", "claim-text"]


class TestArrayElements:
    @pytest.mark.parametrize(
        ("claim", "match_type", "value", "matches"),
        [
            (["a", "b"], "Equals", "b", True),
            (["a", "b"], "Equals", "c", False),
            (["a", "b"], "NotEqual", "b", False),
            (["a", "b"], "NotEqual", "c", True),
            (["admins"], "Contains", "admins", True),
            (["nonadmins"], "Contains", "admins", False),
            (["ab"], "StartsWith", "a", True),
            (["ba"], "StartsWith", "a", False),
            ([], "Contains", "a", False),
        ],
    )
    def test_each_match_type_compares_the_claim(
        self, claim: object, match_type: str, value: str, matches: bool
    ) -> None:
        choice = choose_role({"x": claim}, build_rules(("x", match_type, value, ADMIN)))
        assert get_rule_ids(choice) == ["first-match" if matches else "no-match", "array-elements"]

    def test_the_rule_applies_only_if_an_array_was_compared(self) -> None:
        mapping = build_rules(("a", "Equals", "1", ADMIN), ("b", "Equals", "1", STAFF))
        assert get_rule_ids(choose_role({"a": "1", "b": ["1"]}, mapping)) == ["first-match"]
        assert get_rule_ids(choose_role({"a": ["2"], "b": "1"}, mapping)) == [
            "first-match",
            "array-elements",
        ]


class TestClaimText:
    @pytest.mark.parametrize(
        ("claim", "value", "matches"),
        [
            (3, "3", True),
            (3, "3.0", False),
            (1.5, "1.5", True),
            (True, "true", True),
            (True, "True", False),
            (False, "false", True),
            ({"a": 1}, '{"a":1}', True),
        ],
    )
    def test_a_claim_that_is_no_string_is_compared_as_json(
        self, claim: object, value: str, matches: bool
    ) -> None:
        choice = choose_role({"x": claim}, build_rules(("x", "Equals", value, ADMIN)))
        assert get_rule_ids(choice) == ["first-match" if matches else "no-match", "claim-text"]

    def test_the_rule_applies_only_to_claims_that_were_compared(self) -> None:
        mapping = build_rules(("a", "Equals", "1", ADMIN), ("b", "Equals", "1", STAFF))
        assert get_rule_ids(choose_role({"a": "1", "b": 1}, mapping)) == ["first-match"]
        both = choose_role({"a": ["2"], "b": 1}, mapping)
        assert get_rule_ids(both) == ["first-match", "array-elements", "claim-text"]


class TestValueCase:
    @pytest.mark.parametrize("match_type", ["Equals", "StartsWith", "Contains"])
    def test_a_value_that_differs_in_case_does_not_match(self, match_type: str) -> None:
        mapping = build_rules(("x", match_type, "legal", ADMIN))
        assert choose_role({"x": "legal"}, mapping).role_arn == ADMIN
        for claim in ("Legal", "LEGAL", ["Legal"]):
            assert choose_role({"x": claim}, mapping).role_arn is None

    def test_and_is_not_equal(self) -> None:
        assert choose_role({"x": "Legal"}, build_rules(("x", "NotEqual", "legal", ADMIN))).role_arn == ADMIN


class TestCustomRoleOfRules:
    ROWS = (("a", "Equals", "1", ADMIN), ("a", "Equals", "1", STAFF), ("a", "Equals", "2", LEGAL))

    @pytest.mark.parametrize(("custom", "role_arn"), [(ADMIN, ADMIN), (STAFF, STAFF), (LEGAL, None)])
    def test_it_is_assumed_if_a_matching_rule_names_it(self, custom: str, role_arn: str | None) -> None:
        choice = choose_role({"a": "1"}, build_rules(*self.ROWS), custom_role_arn=custom)
        assert (get_role_arn(choice), get_rule_ids(choice)) == (role_arn, ["custom-role-of-rules"])


def test_every_rule_has_a_test_class() -> None:
    for rule in IDENTITY_POOL_RULES:
        assert "Test" + "".join(map(str.title, rule.id.split("-"))) in globals(), rule.id


class TestOpenQuestions:
    def test_a_single_role_without_a_preferred_one(self) -> None:
        choice = choose_role(LONE, DENY)
        assert choice.alternatives == (Alternative(LONE_ROLE, ADMIN),)
        assert choice.open_questions == (LONE_ROLE,)
        fallback = choose_role(LONE, FALL_BACK, authenticated_role=SIGNED_IN)
        assert fallback.alternatives == (Alternative(LONE_ROLE, ADMIN),)

    def test_answers_that_lead_to_the_same_role_raise_no_question(self) -> None:
        assert choose_role(LONE, FALL_BACK, authenticated_role=ADMIN).open_questions == ()
        assert choose_role(LONE, DENY, custom_role_arn=ADMIN).open_questions == ()
        assert choose_role(TIE, DENY).open_questions == ()
        assert choose_role(WINNER, DENY).open_questions == ()

    def test_a_rule_that_contains_part_of_a_group_name(self) -> None:
        nonadmins = GroupClaims(("nonadmins",))
        mapping = build_rules(("cognito:groups", "Contains", "admins", ADMIN))
        choice = choose_role(nonadmins, mapping)
        assert isinstance(choice, AccessDenied)
        assert choice.alternatives == (Alternative(CONTAINS_ELEMENT, ADMIN),)
        assert choose_role(GroupClaims(("nonadmins", "admins")), mapping).open_questions == ()

    def test_an_earlier_rule_that_contains_part_of_a_group_name(self) -> None:
        choice = choose_role(event("id_token"), event("identity_pool_rules"))
        assert get_role_arn(choice) == LEGAL
        assert choice.alternatives == (Alternative(CONTAINS_ELEMENT, ADMIN),)

    def test_contains_on_a_string_raises_no_question(self) -> None:
        mapping = build_rules(("custom:groups", "Contains", "admins", ADMIN))
        assert choose_role({"custom:groups": "[nonadmins]"}, mapping).open_questions == ()

    @given(id_token_claims(), role_mappings(), FALLBACKS, st.none() | strategies.role_arns())
    def test_each_alternative_leads_to_a_different_role(
        self, token: IdTokenClaims, mapping: RoleMapping, fallback: str | None, custom: str | None
    ) -> None:
        choice = choose_role(token, mapping, authenticated_role=fallback, custom_role_arn=custom)
        assert all(alternative.role_arn != get_role_arn(choice) for alternative in choice.alternatives)
        assert set(choice.open_questions) <= set(IDENTITY_POOL_QUESTIONS)


class TestOracle:
    @given(id_token_claims(), role_mappings(), FALLBACKS, st.none() | strategies.role_arns())
    def test_agrees_with_choose_role(
        self, token: IdTokenClaims, mapping: RoleMapping, fallback: str | None, custom: str | None
    ) -> None:
        expected = oracle.choose_role(token.model_dump(by_alias=True), mapping, fallback, custom)
        choice = choose_role(token, mapping, authenticated_role=fallback, custom_role_arn=custom)
        assert get_role_arn(choice) == expected
        response = {
            "RoleMappings": {get_provider_name(token): mapping.model_dump(by_alias=True)},
            "Roles": {} if fallback is None else {"authenticated": fallback},
        }
        assert get_role_arn(choose_role(token, response, custom_role_arn=custom)) == expected


class TestInput:
    def test_a_mapping_may_be_a_boto3_dictionary(self) -> None:
        mapping = event("identity_pool_token")["RoleMappings"][PROVIDER]
        assert choose_role(TIE, mapping) == choose_role(TIE, DENY)

    def test_the_provider_of_the_token_selects_the_mapping(self) -> None:
        pool = event("identity_pool_token")
        token = IdTokenClaims.from_payload(event("id_token"))
        assert get_role_arn(choose_role(token, pool)) == ADMIN
        assert get_role_arn(choose_role(event("id_token"), parse_identity_pool_roles(pool))) == ADMIN

    def test_group_claims_need_a_provider(self) -> None:
        pool = event("identity_pool_token")
        with pytest.raises(InvalidClaimsError, match="pass provider="):
            choose_role(WINNER, pool)
        assert get_role_arn(choose_role(WINNER, pool, provider=PROVIDER)) == STAFF

    def test_rules_on_claims_that_group_claims_lack_are_rejected_if_they_are_reached(self) -> None:
        groups_rule, email_rule = ("cognito:groups", "Equals", "a", ADMIN), ("email", "Equals", "x", STAFF)
        assert get_role_arn(choose_role(WINNER, build_rules(groups_rule, email_rule))) == ADMIN
        both = build_rules(groups_rule, email_rule)
        assert get_role_arn(choose_role(WINNER, both, custom_role_arn=ADMIN)) == ADMIN
        assert get_role_arn(choose_role(WINNER, both, custom_role_arn=LEGAL)) is None
        for mapping, custom in ((build_rules(email_rule, groups_rule), None), (both, STAFF)):
            with pytest.raises(InvalidClaimsError, match=r"email: rule \d uses this claim") as caught:
                choose_role(WINNER, mapping, custom_role_arn=custom)
            assert len(caught.value.problems) == 1

    @pytest.mark.parametrize(
        "mapping",
        [
            {},
            [],
            "Type",
            5,
            {"message": "error"},
            event("identity_pool_token")["RoleMappings"],
            {"type": "Token"},
        ],
    )
    def test_values_other_than_a_mapping_are_rejected(self, mapping: Any) -> None:
        with pytest.raises(InvalidResponseError, match="must be a role mapping"):
            choose_role(TIE, mapping, authenticated_role=SIGNED_IN, provider=PROVIDER)

    @pytest.mark.parametrize(
        "response",
        [
            {
                "IdentityPoolId": "eu-west-1:0a1b",
                "IdentityPoolName": "x",
                "AllowUnauthenticatedIdentities": True,
            },
            {"Roles": {"authenticated": SIGNED_IN}, "RoleMapping": {PROVIDER: {"Type": "Token"}}},
        ],
    )
    def test_responses_of_other_operations_are_rejected(self, response: Any) -> None:
        with pytest.raises(InvalidResponseError, match="must be a role mapping"):
            choose_role(TIE, response, authenticated_role=SIGNED_IN, provider=PROVIDER)

    def test_an_identity_pool_without_roles_denies_access(self) -> None:
        response = {"IdentityPoolId": "eu-west-1:0a1b", "ResponseMetadata": {"RetryAttempts": 0}}
        assert isinstance(choose_role(TIE, response, provider=PROVIDER), AccessDenied)

    def test_a_resolution_is_accepted(self) -> None:
        resolution = resolve([{"GroupName": "a", "Precedence": 1, "RoleArn": STAFF}])
        assert choose_role(resolution, DENY) == choose_role(resolution.claims, DENY)

    def test_the_open_questions_of_a_resolution_are_included(self) -> None:
        resolution = resolve([{"GroupName": "a", "RoleArn": STAFF}])
        assert choose_role(resolution, DENY).alternatives == (Alternative(NULL_PRECEDENCE, None, ABSTAINS),)
        assert choose_role(resolution.claims, DENY).alternatives == ()
        abstaining = resolve(resolution.ranking, policy=ABSTAINS)
        choice = choose_role(abstaining, DENY)
        assert choice.alternatives == (
            Alternative(LONE_ROLE, STAFF, ABSTAINS),
            Alternative(NULL_PRECEDENCE, STAFF, Policy()),
        )
        assert choice.open_questions == (LONE_ROLE, NULL_PRECEDENCE)
        assert choose_role(resolution, None, authenticated_role=SIGNED_IN).alternatives == ()

    def test_a_mapping_without_a_type_is_rejected(self) -> None:
        with pytest.raises(InvalidResponseError, match="Type: is missing"):
            choose_role(TIE, {"AmbiguousRoleResolution": "Deny"}, authenticated_role=SIGNED_IN)

    def test_the_authenticated_role_argument_overrides_the_response(self) -> None:
        pool = {"Roles": {"authenticated": SIGNED_IN}}
        assert get_role_arn(choose_role(TIE, pool)) == SIGNED_IN
        assert get_role_arn(choose_role(TIE, pool, authenticated_role=LEGAL)) == LEGAL

    @pytest.mark.parametrize(
        "claims", [event("access_token"), AccessTokenClaims.from_payload(event("access_token"))]
    )
    def test_access_tokens_are_rejected(self, claims: Any) -> None:
        with pytest.raises(InvalidClaimsError, match="ID tokens only"):
            choose_role(claims, DENY)

    @pytest.mark.parametrize("claims", [[], "eyJ", None, {"cognito:roles": "x"}])
    def test_values_other_than_a_payload_are_rejected(self, claims: Any) -> None:
        with pytest.raises(InvalidClaimsError):
            choose_role(claims, DENY)

    def test_the_provider_name_is_the_issuer_and_the_client_id(self) -> None:
        assert get_provider_name(event("id_token")) == PROVIDER
        assert get_provider_name(IdTokenClaims.from_payload(event("id_token"))) == PROVIDER
        with pytest.raises(InvalidClaimsError):
            get_provider_name({"iss": "x"})

    def test_a_boto3_response_is_accepted(self, scripted: ScriptedServer) -> None:
        session: Any = boto3.Session(region_name="eu-west-1")
        client = session.client("cognito-identity", endpoint_url=scripted.url)
        scripted.queue_response(
            {k: v for k, v in event("identity_pool_rules").items() if k != "ResponseMetadata"}
        )
        pool = event("identity_pool_rules")["IdentityPoolId"]
        response = client.get_identity_pool_roles(IdentityPoolId=pool)
        assert get_role_arn(choose_role(event("id_token"), response)) == LEGAL
        parsed = parse_identity_pool_roles(response)
        assert isinstance(parsed, GetIdentityPoolRolesResponse)
        assert parsed.model_dump(by_alias=True) == response

    @given(id_token_claims(), role_mappings())
    def test_dictionaries_are_accepted(self, token: IdTokenClaims, mapping: RoleMapping) -> None:
        choice = choose_role(token, mapping)
        assert choose_role(token, mapping.model_dump(by_alias=True)) == choice
        assert choose_role(token.model_dump(by_alias=True), mapping) == choice

    @given(group_claims())
    def test_group_claims_are_accepted(self, claims: GroupClaims) -> None:
        assert choose_role(claims, DENY) == choose_role(dict(claims.id_token()), DENY)

    @given(anything, role_mappings() | identity_pool_roles())
    def test_any_value_is_accepted_as_a_payload_or_rejected(self, claims: Any, mapping: Any) -> None:
        with suppress(InvalidClaimsError):
            assert choose_role(claims, mapping).reason

    @given(anything | st.dictionaries(st.sampled_from(["Type", "RoleMappings", "Roles"]), anything))
    def test_any_value_is_accepted_as_a_mapping_or_rejected(self, mapping: Any) -> None:
        with suppress(InvalidResponseError):
            choose_role(TIE, mapping, provider=PROVIDER)


def load_shape(shape: str) -> dict[str, Any]:
    model: Any = Loader().load_service_model("cognito-identity", "service-2")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    members: dict[str, Any] = model["shapes"][shape]
    return members


class TestProviders:
    """The mapping of a token is found by the name of the token's user pool and app client."""

    NAME = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE:1example23456789"
    UPDATED: ClassVar[dict[str, object]] = {
        "iss": "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE",
        "aud": "1example23456789",
        "cognito:preferred_role": ADMIN,
    }
    TOKEN: ClassVar[dict[str, object]] = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}

    def test_a_token_with_the_updated_issuer_has_the_mapping_of_the_original_one(self) -> None:
        roles = {"Roles": {"authenticated": SIGNED_IN}, "RoleMappings": {self.NAME: self.TOKEN}}
        choice = choose_role(self.UPDATED, roles)
        assert get_role_arn(choice) == ADMIN
        assert choice.alternatives == (Alternative(UPDATED_ISSUER, SIGNED_IN),)
        original = {**self.UPDATED, "iss": str(self.UPDATED["iss"]).replace("issuer-", "")}
        assert choose_role(original, roles).alternatives == ()
        assert choose_role(self.UPDATED, roles, provider=self.NAME).alternatives == ()

    def test_the_vectors_have_the_alternatives(self) -> None:
        [vectors] = [one for one in load() if one.subject == "identity-pool"]
        updated = [case for case in vectors.cases if "updated-issuer" in case.id]
        assert len(updated) == 5
        for case in updated:
            mapping, expected = case.input.role_mapping, case.expected
            response = {
                "Roles": {"authenticated": case.input.authenticated_role},
                "RoleMappings": {} if mapping is None else {self.NAME: mapping.model_dump(by_alias=True)},
            }
            choice = choose_role(case.input.claims, response, custom_role_arn=case.input.custom_role_arn)
            others = [(other.question.id, other.role_arn) for other in choice.alternatives]
            assert choice.role_arn == expected[0].role_arn, case.id
            assert others == [(answer.differs_on[0], answer.role_arn) for answer in expected[1:]], case.id

    def test_a_mapping_under_the_updated_issuer_is_the_alternative(self) -> None:
        roles = {"Roles": {"authenticated": SIGNED_IN}, "RoleMappings": {f"issuer-{self.NAME}": self.TOKEN}}
        choice = choose_role(self.UPDATED, roles)
        assert get_role_arn(choice) == SIGNED_IN
        assert choice.alternatives == (Alternative(UPDATED_ISSUER, ADMIN),)

    def test_a_mapping_of_a_template_names_its_provider(self) -> None:
        """In CloudFormation, the key of a mapping may be any text."""
        other = {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}
        roles = {
            "Roles": {"authenticated": SIGNED_IN},
            "RoleMappings": {
                "Users": {**self.TOKEN, "IdentityProvider": self.NAME},
                self.NAME: {**other, "IdentityProvider": f"{self.NAME}2"},
            },
        }
        assert get_role_arn(choose_role(self.UPDATED, roles)) == ADMIN

    def test_a_misspelled_key_of_a_mapping_is_refused(self) -> None:
        with pytest.raises(InvalidResponseError) as caught:
            choose_role(TIE, {"Type": "Token", "AmbiguousRoleResolutoin": "Deny"})
        assert str(caught.value) == (
            "RoleMapping: AmbiguousRoleResolutoin: is not a known key: use AmbiguousRoleResolution"
        )
        rule = {"Claim": "email", "MatchType": "Equals", "Value": "a", "RoleArn": ADMIN}
        with pytest.raises(InvalidResponseError, match="RoleArn: is not a known key: use RoleARN"):
            choose_role(TIE, {"Type": "Rules", "RulesConfiguration": {"Rules": [rule]}})


class TestShapes:
    @pytest.mark.parametrize(
        ("model", "shape"),
        [
            (MappingRule, "MappingRule"),
            (RulesConfiguration, "RulesConfigurationType"),
            (RoleMapping, "RoleMapping"),
            (GetIdentityPoolRolesResponse, "GetIdentityPoolRolesResponse"),
        ],
    )
    def test_models_have_the_members_of_the_service_model(self, model: type[WireModel], shape: str) -> None:
        schema = model.model_json_schema()
        in_templates = {"IdentityProvider"} if model is RoleMapping else set[str]()
        assert set(schema["properties"]) - in_templates == set(load_shape(shape)["members"])
        assert schema.get("required", []) == load_shape(shape).get("required", [])

    @pytest.mark.parametrize(
        ("field", "shape"),
        [("Claim", "ClaimName"), ("Value", "ClaimValue"), ("RoleARN", "ARNString")],
    )
    def test_fields_have_the_lengths_of_the_service_model(self, field: str, shape: str) -> None:
        schema = MappingRule.model_json_schema()["properties"][field]
        aws = load_shape(shape)
        assert (schema["minLength"], schema["maxLength"]) == (aws["min"], aws["max"])

    def test_fields_have_the_values_of_the_service_model(self) -> None:
        assert (
            MappingRule.model_json_schema()["properties"]["MatchType"]["enum"]
            == load_shape("MappingRuleMatchType")["enum"]
        )
        mapping = RoleMapping.model_json_schema()["properties"]
        assert mapping["Type"]["enum"] == load_shape("RoleMappingType")["enum"]
        assert (
            mapping["AmbiguousRoleResolution"]["anyOf"][0]["enum"]
            == load_shape("AmbiguousRoleResolutionType")["enum"]
        )

    def test_lists_have_the_limits_of_the_service_model(self) -> None:
        assert load_shape("MappingRulesList")["max"] == 400
        assert load_shape("RoleMappingMap")["max"] == 10
        row = ("a", "Equals", "1", ADMIN)
        assert isinstance(choose_role({"a": "1"}, build_rules(*[row] * 400)), AssumedRole)
        pool = {"RoleMappings": {f"provider-{n}": {"Type": "Token"} for n in range(10)}}
        parsed = parse_identity_pool_roles(pool)
        assert isinstance(parsed, GetIdentityPoolRolesResponse)
        assert len(parsed.role_mappings or {}) == 10

    INVALID: ClassVar[list[tuple[dict[str, Any], str]]] = [
        ({"Type": "Other"}, "Type"),
        ({"Type": "Rules"}, "RulesConfiguration is required if Type is Rules"),
        ({"Type": "Rules", "RulesConfiguration": {"Rules": []}}, "RulesConfiguration.Rules"),
        ({"Type": "Rules", "RulesConfiguration": {"Rules": [{}] * 401}}, "RulesConfiguration.Rules"),
        (
            {"Type": "Rules", "RulesConfiguration": {"Rules": [{"Claim": "a b"}]}},
            "RulesConfiguration.Rules[0].Claim",
        ),
        ({"Roles": {"admin": ADMIN}}, "Roles"),
        ({"RoleMappings": {f"provider-{n}": {"Type": "Token"} for n in range(11)}}, "RoleMappings"),
        ({"RoleMappings": {"Pool": {"Type": 5}}}, "RoleMappings.Pool.Type"),
    ]

    @pytest.mark.parametrize(("mapping", "expected"), INVALID)
    def test_values_outside_the_limits_are_rejected(self, mapping: Any, expected: str) -> None:
        with pytest.raises(InvalidResponseError) as caught:
            choose_role(TIE, mapping)
        assert expected in str(caught.value)
