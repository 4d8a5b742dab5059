"""Which role an identity pool hands out: every row of its table, the limits of its shapes, and doubts."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar

import boto3
import pytest
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st

from cognito_claims import (
    Alternative,
    GroupClaims,
    InvalidClaimsError,
    InvalidResponseError,
    Policy,
    resolve,
)
from cognito_claims._wire import WireModel, parse_response
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
from cognito_claims.identity_pool.rules import CONTAINS_ELEMENT, LONE_ROLE
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


def rules(*rows: Sequence[str], otherwise: Any = "Deny") -> RoleMapping:
    given = tuple(
        MappingRule.model_validate({"Claim": claim, "MatchType": match, "Value": value, "RoleARN": arn})
        for claim, match, value, arn in rows
    )
    return RoleMapping(
        type="Rules",
        ambiguous_role_resolution=otherwise,
        rules_configuration=RulesConfiguration(rules=given),
    )


def role_of(choice: AssumedRole | AccessDenied) -> str | None:
    return choice.role_arn if isinstance(choice, AssumedRole) else None


def ids(choice: AssumedRole | AccessDenied) -> list[str]:
    return [rule.id for rule in choice.rules]


class TestNoMapping:
    """Without a mapping for the provider, the identity pool's authenticated role is assumed."""

    def test_it_is_the_authenticated_role(self) -> None:
        choice = choose_role(WINNER, None, authenticated_role=SIGNED_IN)
        assert (role_of(choice), ids(choice)) == (SIGNED_IN, ["no-mapping"])

    def test_or_none_if_there_is_none(self) -> None:
        assert isinstance(choose_role(WINNER, None), AccessDenied)

    def test_a_key_of_another_app_client_is_pointed_out(self) -> None:
        payload = {**event("id_token"), "aud": "another"}
        choice = choose_role(payload, event("identity_pool_token"))
        assert role_of(choice) == SIGNED_IN
        assert f"the user pool has one for a different app client: {PROVIDER}" in choice.reason

    def test_a_key_of_another_pool_is_not(self) -> None:
        payload = {
            **event("id_token"),
            "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_OTHER",
        }
        why = choose_role(payload, event("identity_pool_token")).reason
        assert "another app client" not in why
        assert f"the identity pool has some for other providers: {PROVIDER}" in why

    def test_without_any_mapping_the_provider_does_not_matter(self) -> None:
        choice = choose_role(WINNER, {"Roles": {"authenticated": SIGNED_IN}})
        assert role_of(choice) == SIGNED_IN


class TestCustomRoleWithoutMapping:
    """Without a mapping, a CustomRoleArn is denied unless it is the authenticated role."""

    def test_the_authenticated_role_can_be_asked_for(self) -> None:
        choice = choose_role(WINNER, None, authenticated_role=SIGNED_IN, custom_role_arn=SIGNED_IN)
        assert role_of(choice) == SIGNED_IN

    def test_and_no_other(self) -> None:
        choice = choose_role(WINNER, None, authenticated_role=SIGNED_IN, custom_role_arn=ADMIN)
        assert (role_of(choice), ids(choice)) == (None, ["custom-role-without-mapping"])


class TestCustomRole:
    """A CustomRoleArn is assumed if it is one of cognito:roles, and denied if not."""

    @pytest.mark.parametrize("claims", [TIE, WINNER])
    def test_it_goes_before_the_preferred_role(self, claims: GroupClaims) -> None:
        choice = choose_role(claims, DENY, custom_role_arn=ADMIN)
        assert (role_of(choice), ids(choice)) == (ADMIN, ["custom-role"])

    @pytest.mark.parametrize("mapping", [DENY, FALL_BACK])
    def test_another_is_denied_whatever_the_resolution(self, mapping: RoleMapping) -> None:
        choice = choose_role(WINNER, mapping, custom_role_arn=LEGAL, authenticated_role=SIGNED_IN)
        assert isinstance(choice, AccessDenied)
        assert ids(choice) == ["custom-role"]


class TestPreferredAssumed:
    """Without a CustomRoleArn, cognito:preferred_role is assumed if it is set."""

    def test_also_if_it_is_none_of_the_roles(self) -> None:
        choice = choose_role(WINNER, DENY)
        assert (role_of(choice), ids(choice)) == (STAFF, ["preferred-assumed"])
        assert role_of(choose_role(GroupClaims(preferred_role=LEGAL), DENY)) == LEGAL


class TestAmbiguousResolution:
    """If neither names a role, AmbiguousRoleResolution says: the authenticated role, or denied."""

    @pytest.mark.parametrize("claims", [TIE, LONE])
    def test_of_a_tie_and_of_one_role(self, claims: GroupClaims) -> None:
        choice = choose_role(claims, FALL_BACK, authenticated_role=SIGNED_IN)
        assert (role_of(choice), ids(choice)) == (SIGNED_IN, ["ambiguous-resolution"])
        denied = choose_role(claims, DENY, authenticated_role=SIGNED_IN)
        assert isinstance(denied, AccessDenied)
        assert "Deny" in denied.reason

    def test_without_an_authenticated_role_is_denied(self) -> None:
        choice = choose_role(TIE, FALL_BACK)
        assert isinstance(choice, AccessDenied)
        assert "AuthenticatedRole: no authenticated role was passed" in choice.reason
        whole = choose_role(TIE, {"RoleMappings": {PROVIDER: FALL_BACK}}, provider=PROVIDER)
        assert "AuthenticatedRole: the identity pool has no authenticated role" in whole.reason

    def test_that_is_missing_is_denied(self) -> None:
        choice = choose_role(TIE, RoleMapping(type="Token"), authenticated_role=SIGNED_IN)
        assert isinstance(choice, AccessDenied)
        assert "is missing" in choice.reason

    def test_denied_reads_as_the_service_says_it(self) -> None:
        choice = choose_role({**event("id_token"), "cognito:preferred_role": None}, DENY)
        assert isinstance(choice, AccessDenied)
        said = f"The ambiguous role mapping rules for: {PROVIDER} denied this request"
        assert choice.message == f"NotAuthorizedException: {said}"
        token = {**event("id_token"), "cognito:preferred_role": None}
        for other in (choose_role(TIE, DENY), choose_role(token, None), choose_role(token, FALL_BACK)):
            assert isinstance(other, AccessDenied)
            assert other.message is None


class TestNoRoles:
    """A token without any role is taken as ambiguous."""

    @pytest.mark.parametrize("claims", [GroupClaims(), GroupClaims(("a",))])
    def test_of_some_groups_and_of_none(self, claims: GroupClaims) -> None:
        choice = choose_role(claims, FALL_BACK, authenticated_role=SIGNED_IN)
        assert (role_of(choice), ids(choice)) == (SIGNED_IN, ["ambiguous-resolution", "no-roles"])
        assert isinstance(choose_role(claims, DENY, authenticated_role=SIGNED_IN), AccessDenied)


class TestFirstMatch:
    """Rules are tried in order, and the role of the first that matches is assumed."""

    ROWS = (("a", "Equals", "1", ADMIN), ("b", "Equals", "1", STAFF), ("a", "Equals", "1", LEGAL))

    def test_in_their_order(self) -> None:
        choice = choose_role({"a": "1", "b": "1"}, rules(*self.ROWS))
        assert (role_of(choice), ids(choice)) == (ADMIN, ["first-match"])
        assert choice.reason == "rule 1 of 3 matches: a Equals '1'"
        assert role_of(choose_role({"a": "1", "b": "1"}, rules(*reversed(self.ROWS)))) == LEGAL
        assert role_of(choose_role({"b": "1"}, rules(*self.ROWS))) == STAFF

    @pytest.mark.parametrize(
        ("value", "match", "wanted", "matches"),
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
    def test_by_each_match_type(self, value: object, match: str, wanted: str, matches: bool) -> None:
        choice = choose_role({"x": value}, rules(("x", match, wanted, ADMIN)))
        assert isinstance(choice, AssumedRole) == matches

    def test_roles_of_the_token_do_not_count(self) -> None:
        assert isinstance(
            choose_role(dict(WINNER.id_token()), rules(("a", "Equals", "1", ADMIN))), AccessDenied
        )


class TestNoMatch:
    """If no rule matches, AmbiguousRoleResolution says: the authenticated role, or denied."""

    def test_the_authenticated_role_or_denied(self) -> None:
        row = ("a", "Equals", "1", ADMIN)
        assert ids(choose_role({"a": "2"}, rules(row))) == ["no-match"]
        choice = choose_role(
            {"a": "2"}, rules(row, otherwise="AuthenticatedRole"), authenticated_role=LEGAL
        )
        assert role_of(choice) == LEGAL


class TestAbsentClaim:
    """A rule on a claim that the token does not have never matches, NotEqual included."""

    @pytest.mark.parametrize("match", ["Equals", "Contains", "StartsWith", "NotEqual"])
    @pytest.mark.parametrize("payload", [{}, {"a": None}])
    def test_by_no_match_type(self, match: str, payload: dict[str, object]) -> None:
        choice = choose_role(payload, rules(("a", match, "x", ADMIN)))
        assert isinstance(choice, AccessDenied)
        assert ids(choice) == ["no-match", "absent-claim"]


class TestArrayElements:
    """Of an array, Equals, Contains and StartsWith ask for one element, NotEqual for none that is equal."""

    @pytest.mark.parametrize(
        ("value", "match", "wanted", "matches"),
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
    def test_by_each_match_type(self, value: object, match: str, wanted: str, matches: bool) -> None:
        choice = choose_role({"x": value}, rules(("x", match, wanted, ADMIN)))
        assert ids(choice) == ["first-match" if matches else "no-match", "array-elements"]

    def test_is_no_reason_where_no_array_was_asked(self) -> None:
        later = rules(("a", "Equals", "1", ADMIN), ("b", "Equals", "1", STAFF))
        assert ids(choose_role({"a": "1", "b": ["1"]}, later)) == ["first-match"]
        assert ids(choose_role({"a": ["2"], "b": "1"}, later)) == ["first-match", "array-elements"]


class TestCustomRoleOfRules:
    """A CustomRoleArn is assumed if a rule that matches names it, and denied if none does."""

    ROWS = (("a", "Equals", "1", ADMIN), ("a", "Equals", "1", STAFF), ("a", "Equals", "2", LEGAL))

    @pytest.mark.parametrize(("custom", "role_arn"), [(ADMIN, ADMIN), (STAFF, STAFF), (LEGAL, None)])
    def test_among_those_that_match(self, custom: str, role_arn: str | None) -> None:
        choice = choose_role({"a": "1"}, rules(*self.ROWS), custom_role_arn=custom)
        assert (role_of(choice), ids(choice)) == (role_arn, ["custom-role-of-rules"])


def test_every_rule_of_identity_pools_has_a_class_of_tests() -> None:
    for rule in IDENTITY_POOL_RULES:
        assert "Test" + "".join(map(str.title, rule.id.split("-"))) in globals(), rule.id


class TestOpenQuestions:
    def test_one_role_and_none_preferred(self) -> None:
        choice = choose_role(LONE, DENY)
        assert choice.alternatives == (Alternative((LONE_ROLE,), ADMIN),)
        assert choice.open_questions == (LONE_ROLE,)
        fallen_back = choose_role(LONE, FALL_BACK, authenticated_role=SIGNED_IN)
        assert fallen_back.alternatives == (Alternative((LONE_ROLE,), ADMIN),)

    def test_is_none_where_both_answers_give_one_role(self) -> None:
        assert choose_role(LONE, FALL_BACK, authenticated_role=ADMIN).open_questions == ()
        assert choose_role(LONE, DENY, custom_role_arn=ADMIN).open_questions == ()
        assert choose_role(TIE, DENY).open_questions == ()
        assert choose_role(WINNER, DENY).open_questions == ()

    def test_part_of_a_groups_name(self) -> None:
        nonadmins = GroupClaims(("nonadmins",))
        mapping = rules(("cognito:groups", "Contains", "admins", ADMIN))
        choice = choose_role(nonadmins, mapping)
        assert isinstance(choice, AccessDenied)
        assert choice.alternatives == (Alternative((CONTAINS_ELEMENT,), ADMIN),)
        assert choose_role(GroupClaims(("nonadmins", "admins")), mapping).open_questions == ()

    def test_part_of_a_groups_name_in_an_earlier_rule(self) -> None:
        choice = choose_role(event("id_token"), event("identity_pool_rules"))
        assert role_of(choice) == LEGAL
        assert choice.alternatives == (Alternative((CONTAINS_ELEMENT,), ADMIN),)

    def test_a_text_is_searched_in_either_reading(self) -> None:
        mapping = rules(("custom:groups", "Contains", "admins", ADMIN))
        assert choose_role({"custom:groups": "[nonadmins]"}, mapping).open_questions == ()

    @given(id_token_claims(), role_mappings(), FALLBACKS, st.none() | strategies.role_arns())
    def test_name_another_role_each(
        self, token: IdTokenClaims, mapping: RoleMapping, fallback: str | None, custom: str | None
    ) -> None:
        choice = choose_role(token, mapping, authenticated_role=fallback, custom_role_arn=custom)
        assert all(other.role_arn != role_of(choice) for other in choice.alternatives)
        assert set(choice.open_questions) <= set(IDENTITY_POOL_QUESTIONS)


class TestOracle:
    """The rules once more, written from the guide's sentences."""

    @given(id_token_claims(), role_mappings(), FALLBACKS, st.none() | strategies.role_arns())
    def test_chooses_the_same(
        self, token: IdTokenClaims, mapping: RoleMapping, fallback: str | None, custom: str | None
    ) -> None:
        expected = oracle.choose_role(token.model_dump(by_alias=True), mapping, fallback, custom)
        choice = choose_role(token, mapping, authenticated_role=fallback, custom_role_arn=custom)
        assert role_of(choice) == expected
        whole = {
            "RoleMappings": {get_provider_name(token): mapping.model_dump(by_alias=True)},
            "Roles": {} if fallback is None else {"authenticated": fallback},
        }
        assert role_of(choose_role(token, whole, custom_role_arn=custom)) == expected


class TestInput:
    def test_a_mapping_may_be_boto3s_dictionary(self) -> None:
        mapping = event("identity_pool_token")["RoleMappings"][PROVIDER]
        assert choose_role(TIE, mapping) == choose_role(TIE, DENY)

    def test_a_response_is_asked_for_the_tokens_provider(self) -> None:
        pool = event("identity_pool_token")
        token = IdTokenClaims.from_payload(event("id_token"))
        assert role_of(choose_role(token, pool)) == ADMIN
        assert (
            role_of(choose_role(event("id_token"), parse_response(GetIdentityPoolRolesResponse, pool)))
            == ADMIN
        )

    def test_group_claims_need_the_providers_name(self) -> None:
        pool = event("identity_pool_token")
        with pytest.raises(InvalidClaimsError, match="pass provider="):
            choose_role(WINNER, pool)
        assert role_of(choose_role(WINNER, pool, provider=PROVIDER)) == STAFF

    def test_group_claims_are_not_asked_for_what_they_lack(self) -> None:
        of_groups, of_email = ("cognito:groups", "Equals", "a", ADMIN), ("email", "Equals", "x", STAFF)
        assert role_of(choose_role(WINNER, rules(of_groups, of_email))) == ADMIN
        both = rules(of_groups, of_email)
        assert role_of(choose_role(WINNER, both, custom_role_arn=ADMIN)) == ADMIN
        assert role_of(choose_role(WINNER, both, custom_role_arn=LEGAL)) is None
        for mapping, custom in ((rules(of_email, of_groups), None), (both, STAFF)):
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
            {"message": "oops"},
            event("identity_pool_token")["RoleMappings"],
            {"type": "Token"},
        ],
    )
    def test_what_is_no_mapping_is_not_taken_for_none(self, mapping: Any) -> None:
        with pytest.raises(InvalidResponseError, match="must be a role mapping"):
            choose_role(TIE, mapping, authenticated_role=SIGNED_IN, provider=PROVIDER)

    @pytest.mark.parametrize(
        "answer",
        [
            {
                "IdentityPoolId": "eu-west-1:0a1b",
                "IdentityPoolName": "x",
                "AllowUnauthenticatedIdentities": True,
            },
            {"Roles": {"authenticated": SIGNED_IN}, "RoleMapping": {PROVIDER: {"Type": "Token"}}},
        ],
    )
    def test_nor_is_another_answer(self, answer: Any) -> None:
        with pytest.raises(InvalidResponseError, match="must be a role mapping"):
            choose_role(TIE, answer, authenticated_role=SIGNED_IN, provider=PROVIDER)

    def test_an_identity_pool_without_roles_has_none(self) -> None:
        answer = {"IdentityPoolId": "eu-west-1:0a1b", "ResponseMetadata": {"RetryAttempts": 0}}
        assert isinstance(choose_role(TIE, answer, provider=PROVIDER), AccessDenied)

    def test_a_resolution_will_do(self) -> None:
        resolution = resolve([{"GroupName": "a", "Precedence": 1, "RoleArn": STAFF}])
        assert choose_role(resolution, DENY) == choose_role(resolution.claims, DENY)

    def test_the_open_questions_of_a_resolution_count(self) -> None:
        lone = resolve([{"GroupName": "a", "RoleArn": STAFF}])
        assert choose_role(lone, DENY).alternatives == (Alternative((NULL_PRECEDENCE,), None, ABSTAINS),)
        assert choose_role(lone.claims, DENY).alternatives == ()
        abstaining = resolve(lone.ranking, policy=ABSTAINS)
        choice = choose_role(abstaining, DENY)
        assert choice.alternatives == (
            Alternative((LONE_ROLE,), STAFF, ABSTAINS),
            Alternative((NULL_PRECEDENCE,), STAFF, Policy()),
        )
        assert choice.open_questions == (LONE_ROLE, NULL_PRECEDENCE)
        assert choose_role(lone, None, authenticated_role=SIGNED_IN).alternatives == ()

    def test_a_mapping_without_its_type_is_refused(self) -> None:
        with pytest.raises(InvalidResponseError, match="Type: is missing"):
            choose_role(TIE, {"AmbiguousRoleResolution": "Deny"}, authenticated_role=SIGNED_IN)

    def test_an_authenticated_role_that_is_given_counts(self) -> None:
        pool = {"Roles": {"authenticated": SIGNED_IN}}
        assert role_of(choose_role(TIE, pool)) == SIGNED_IN
        assert role_of(choose_role(TIE, pool, authenticated_role=LEGAL)) == LEGAL

    @pytest.mark.parametrize(
        "claims", [event("access_token"), AccessTokenClaims.from_payload(event("access_token"))]
    )
    def test_an_access_token_is_refused(self, claims: Any) -> None:
        with pytest.raises(InvalidClaimsError, match="ID tokens only"):
            choose_role(claims, DENY)

    @pytest.mark.parametrize("claims", [[], "eyJ", None, {"cognito:roles": "x"}])
    def test_what_is_no_payload_is_refused(self, claims: Any) -> None:
        with pytest.raises(InvalidClaimsError):
            choose_role(claims, DENY)

    def test_a_provider_is_named_by_issuer_and_client(self) -> None:
        assert get_provider_name(event("id_token")) == PROVIDER
        assert get_provider_name(IdTokenClaims.from_payload(event("id_token"))) == PROVIDER
        with pytest.raises(InvalidClaimsError):
            get_provider_name({"iss": "x"})

    def test_boto3_answers_it(self, scripted: ScriptedServer) -> None:
        session: Any = boto3.Session(region_name="eu-west-1")
        client = session.client("cognito-identity", endpoint_url=scripted.url)
        scripted.queue_response(
            {k: v for k, v in event("identity_pool_rules").items() if k != "ResponseMetadata"}
        )
        pool = event("identity_pool_rules")["IdentityPoolId"]
        answer = client.get_identity_pool_roles(IdentityPoolId=pool)
        assert role_of(choose_role(event("id_token"), answer)) == LEGAL
        assert parse_response(GetIdentityPoolRolesResponse, answer).model_dump(by_alias=True) == answer

    @given(id_token_claims(), role_mappings())
    def test_dictionaries_will_do(self, token: IdTokenClaims, mapping: RoleMapping) -> None:
        choice = choose_role(token, mapping)
        assert choose_role(token, mapping.model_dump(by_alias=True)) == choice
        assert choose_role(token.model_dump(by_alias=True), mapping) == choice

    @given(group_claims())
    def test_group_claims_will_do(self, claims: GroupClaims) -> None:
        assert choose_role(claims, DENY) == choose_role(dict(claims.id_token()), DENY)

    @given(anything, role_mappings() | identity_pool_roles())
    def test_anything_is_a_payload_or_refused(self, claims: Any, mapping: Any) -> None:
        with suppress(InvalidClaimsError):
            assert choose_role(claims, mapping).reason

    @given(anything | st.dictionaries(st.sampled_from(["Type", "RoleMappings", "Roles"]), anything))
    def test_anything_is_a_mapping_or_refused(self, mapping: Any) -> None:
        with suppress(InvalidResponseError):
            choose_role(TIE, mapping, provider=PROVIDER)


def described(shape: str) -> dict[str, Any]:
    model: Any = Loader().load_service_model("cognito-identity", "service-2")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    found: dict[str, Any] = model["shapes"][shape]
    return found


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
    def test_have_the_members_of_the_service_model(self, model: type[WireModel], shape: str) -> None:
        schema = model.model_json_schema()
        assert set(schema["properties"]) - {"ResponseMetadata"} == set(described(shape)["members"])
        assert schema.get("required", []) == described(shape).get("required", [])

    @pytest.mark.parametrize(
        ("field", "shape"),
        [("Claim", "ClaimName"), ("Value", "ClaimValue"), ("RoleARN", "ARNString")],
    )
    def test_have_its_lengths(self, field: str, shape: str) -> None:
        schema = MappingRule.model_json_schema()["properties"][field]
        aws = described(shape)
        assert (schema["minLength"], schema["maxLength"]) == (aws["min"], aws["max"])

    def test_have_its_words(self) -> None:
        assert (
            MappingRule.model_json_schema()["properties"]["MatchType"]["enum"]
            == described("MappingRuleMatchType")["enum"]
        )
        mapping = RoleMapping.model_json_schema()["properties"]
        assert mapping["Type"]["enum"] == described("RoleMappingType")["enum"]
        assert (
            mapping["AmbiguousRoleResolution"]["anyOf"][0]["enum"]
            == described("AmbiguousRoleResolutionType")["enum"]
        )

    def test_have_its_limits(self) -> None:
        assert described("MappingRulesList")["max"] == 400
        assert described("RoleMappingMap")["max"] == 10
        row = ("a", "Equals", "1", ADMIN)
        assert isinstance(choose_role({"a": "1"}, rules(*[row] * 400)), AssumedRole)
        pool = {"RoleMappings": {f"provider-{n}": {"Type": "Token"} for n in range(10)}}
        assert len(parse_response(GetIdentityPoolRolesResponse, pool).role_mappings or {}) == 10

    FAULTY: ClassVar[list[tuple[dict[str, Any], str]]] = [
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
        ({"RoleMappings": {"x": {"Type": 5}}}, "RoleMappings.x.Type"),
    ]

    @pytest.mark.parametrize(("mapping", "place"), FAULTY)
    def test_over_their_limits_are_refused(self, mapping: Any, place: str) -> None:
        with pytest.raises(InvalidResponseError) as caught:
            choose_role(TIE, mapping)
        assert place in str(caught.value)
