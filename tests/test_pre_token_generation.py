"""The pre token generation trigger: its events, its overrides, and every rule."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from types import MappingProxyType
from typing import Any, ClassVar, Literal

import pytest
from aws_lambda_powertools.utilities.data_classes.cognito_user_pool_event import (
    PreTokenGenerationTriggerEvent,
    PreTokenGenerationV2TriggerEvent,
)
from aws_lambda_powertools.utilities.parser.models import (
    CognitoPreTokenGenerationTriggerModelV1,
    CognitoPreTokenGenerationTriggerModelV2AndV3,
)
from hypothesis import given, strategies as st
from pydantic import ValidationError

from cognito_claims import GroupClaims, InvalidClaimsError, Resolution, resolve
from cognito_claims.events import (
    TRIGGER_RULES,
    GroupConfiguration,
    PreTokenGenerationEvent,
    PreTokenGenerationV1Event,
    PreTokenGenerationV2Event,
    PreTokenGenerationV3Event,
    TokenPair,
    apply_override,
    build_pre_token_generation_event,
    override_claims,
    override_groups,
    parse_trigger_event,
    suppress_groups,
)
from cognito_claims.events.override import _change_scopes  # pyright: ignore[reportPrivateUsage]
from cognito_claims.events.pre_token_generation import (
    AccessTokenGeneration,
    ClaimsAndScopeOverrideDetails,
    ClaimsOverrideDetails,
    GroupOverrideDetails,
)
from cognito_claims.testing.strategies import group_claims, resolutions, trigger_events
from tests import oracle
from tests.events import NAMES, event
from tests.json_values import anything, json_values
from tests.samples import role

STAFF, ADMIN, OTHER = role("staff"), role("admin"), role("other")
VERSIONS: tuple[Literal["1", "2", "3"], ...] = ("1", "2", "3")
V1, V2, V3 = (build_pre_token_generation_event(GroupClaims(("guests",)), version=one) for one in VERSIONS)
BOTH = {
    "1": "claimsOverrideDetails",
    "2": "claimsAndScopeOverrideDetails",
    "3": "claimsAndScopeOverrideDetails",
}
BEFORE = GroupClaims(("admins", "staff"), (ADMIN, STAFF), ADMIN)
RESERVED = [
    *(
        "acr",
        "amr",
        "at_hash",
        "auth_time",
        "azp",
        "client_id",
        "cognito:username",
        "device_key",
        "event_id",
    ),
    *(
        "exp",
        "iat",
        "identities",
        "iss",
        "jti",
        "nbf",
        "nonce",
        "origin_jti",
        "sub",
        "token_use",
        "username",
    ),
    *("version", "cognito:anything", "cognito:roles", "cognito:preferred_role"),
]


def details(returned: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = returned["response"][BOTH[returned["version"]]]
    return found


def v1(**members: object) -> dict[str, object]:
    return {"claimsOverrideDetails": members}


def v2(**members: object) -> dict[str, object]:
    return {"claimsAndScopeOverrideDetails": members}


def issued(response: dict[str, object], before: GroupClaims = BEFORE) -> TokenPair:
    return apply_override(before, response)


class TestEvents:
    @pytest.mark.parametrize(
        ("name", "model"),
        [
            ("pre_token_generation_1", PreTokenGenerationV1Event),
            ("pre_token_generation_1_without_groups", PreTokenGenerationV1Event),
            ("pre_token_generation_2", PreTokenGenerationV2Event),
            ("pre_token_generation_3_of_a_machine", PreTokenGenerationV3Event),
        ],
    )
    def test_are_read_by_their_version(self, name: str, model: type[object]) -> None:
        assert type(parse_trigger_event(event(name))) is model

    def test_have_the_input_of_the_function(self) -> None:
        read = parse_trigger_event(event("pre_token_generation_2"))
        assert read.trigger_source == "TokenGeneration_RefreshTokens"
        assert read.user_pool_id == "eu-west-1_EXAMPLE"
        assert read.user_name == "alice"
        assert read.caller_context is not None
        assert read.caller_context.client_id == "1example23456789"
        assert read.request.user_attributes is not None
        assert read.request.user_attributes["email"] == "alice@example.com"
        assert read.request.scopes == ("openid", "email", "aws.cognito.signin.user.admin")
        assert read.request.client_metadata == {"device": "phone"}
        assert read.group_claims == GroupClaims(("staff", "admins"), (STAFF, ADMIN))
        assert read.response is not None

    def test_show_no_secret(self) -> None:
        assert "alice" not in repr(parse_trigger_event(event("pre_token_generation_2")))

    def test_of_a_machine_have_no_groups(self) -> None:
        machine = parse_trigger_event(event("pre_token_generation_3_of_a_machine"))
        assert machine.user_name is None
        assert machine.group_claims == GroupClaims()

    def test_have_identities_with_a_boolean_and_a_number(self) -> None:
        request = parse_trigger_event(event("pre_token_generation_1_without_groups")).request
        [identity] = request.identities
        assert (identity.primary, identity.date_created) == (True, 1642699117273)
        assert parse_trigger_event(V1).request.identities == ()

    @pytest.mark.parametrize("text", ["nonsense", "{}", '[{"userId": 5}]'])
    def test_with_malformed_identities_are_refused_there(self, text: str) -> None:
        bad = deepcopy(V1)
        bad["request"]["userAttributes"]["identities"] = text
        with pytest.raises(InvalidClaimsError, match=r"userAttributes\.identities"):
            _ = parse_trigger_event(bad).request.identities

    @pytest.mark.parametrize("version", [None, 1, "4", ["1"], "V1_0"])
    def test_of_no_known_version_are_refused(self, version: object) -> None:
        for use in (parse_trigger_event, suppress_groups):
            with pytest.raises(InvalidClaimsError, match="version: must be the string 1, 2 or 3"):
                use({**V1, "version": version})

    @pytest.mark.parametrize("value", [[], "x", None, 5])
    def test_that_are_no_objects_are_refused(self, value: Any) -> None:
        with pytest.raises(InvalidClaimsError, match="must be an object"):
            parse_trigger_event(value)

    @pytest.mark.slow
    @given(trigger_events())
    def test_are_written_as_they_are_read(self, read: PreTokenGenerationEvent) -> None:
        written = read.model_dump(by_alias=True)
        assert parse_trigger_event(written) == read
        assert parse_trigger_event(json.loads(read.model_dump_json(by_alias=True))) == read


class TestOverrideGroups:
    def test_a_lambda_author_writes_one_line(self) -> None:
        groups = [{"GroupName": "staff", "Precedence": 1, "RoleArn": STAFF}]
        returned = override_groups(event("pre_token_generation_1"), resolve(groups))
        assert returned["response"] == {
            "claimsOverrideDetails": {
                "groupOverrideDetails": {
                    "groupsToOverride": ["staff"],
                    "iamRolesToOverride": [STAFF],
                    "preferredRole": STAFF,
                }
            }
        }
        assert {**returned, "response": None} == {**event("pre_token_generation_1"), "response": None}

    @pytest.mark.parametrize("given", [["a", "b"], ("a", "b"), iter(["a", "b"]), GroupClaims(("a", "b"))])
    def test_names_bring_no_roles(self, given: Any) -> None:
        assert details(override_groups(V2, given)) == {
            "groupOverrideDetails": {"groupsToOverride": ["a", "b"], "iamRolesToOverride": []}
        }

    def test_the_events_own_configuration_can_be_passed_back(self) -> None:
        request = parse_trigger_event(event("pre_token_generation_1")).request
        assert request.group_configuration is not None
        returned = override_groups(event("pre_token_generation_1"), request.group_configuration)
        assert issued(returned).group_claims == request.group_configuration.group_claims

    def test_no_groups_are_written_as_such(self) -> None:
        assert details(override_groups(V1, [])) == {
            "groupOverrideDetails": {"groupsToOverride": [], "iamRolesToOverride": []}
        }

    def test_the_events_own_configuration_may_be_the_dictionary(self) -> None:
        given_event = event("pre_token_generation_1")
        returned = override_groups(given_event, given_event["request"]["groupConfiguration"])
        assert issued(returned).group_claims == parse_trigger_event(given_event).group_claims

    @pytest.mark.parametrize(
        "wrong",
        [
            {"Groups": []},
            {"groups_to_override": ["a"]},
            {},
            {"groupsToOverride": None},
            {"iamRolesToOverride": [], "preferredRole": None},
        ],
    )
    def test_another_dictionary_is_refused(self, wrong: dict[str, object]) -> None:
        with pytest.raises(InvalidClaimsError, match=r"groups: "):
            override_groups(V1, wrong)

    @pytest.mark.parametrize("wrong", [None, "admins", 5, [5], [None], [""], [["a"]]])
    def test_none_and_what_is_no_list_of_names_is_refused(self, wrong: Any) -> None:
        with pytest.raises(TypeError, match="expected"):
            override_groups(V1, wrong)

    @pytest.mark.parametrize("given", [V1, V2, V3], ids="123")
    @given(resolution=resolutions())
    def test_the_tokens_have_the_claims_of_the_resolution(
        self, given: dict[str, Any], resolution: Resolution
    ) -> None:
        returned = override_groups(given, resolution)
        tokens = apply_override(BEFORE, returned)
        assert tokens.id_token == resolution.claims.id_token()
        assert tokens.access_token == resolution.claims.access_token()
        assert tokens.group_claims == resolution.claims

    @pytest.mark.parametrize("given", [V1, V2, V3], ids="123")
    @given(claims=group_claims())
    def test_the_response_is_json_without_a_null_and_the_event_as_it_was(
        self, given: dict[str, Any], claims: GroupClaims
    ) -> None:
        before = deepcopy(given)
        returned = override_groups(given, claims)
        assert json.loads(json.dumps(returned)) == returned
        assert None not in details(returned)["groupOverrideDetails"].values()
        assert given == before

    def test_the_rest_of_the_response_is_kept(self) -> None:
        returned = override_groups(override_claims(V2, id_token={"tenant": "a"}), ["x"])
        returned = override_groups(returned, ["y"])
        assert details(returned)["idTokenGeneration"] == {"claimsToAddOrOverride": {"tenant": "a"}}
        assert details(returned)["groupOverrideDetails"]["groupsToOverride"] == ["y"]

    def test_groups_can_be_suppressed_by_name(self) -> None:
        assert details(suppress_groups(V2)) == {"groupOverrideDetails": {}}
        assert issued(suppress_groups(V2)) == TokenPair({}, {})

    @pytest.mark.parametrize(
        "response", [[], "x", {"claimsOverrideDetails": []}, {"claimsOverrideDetails": 1}]
    )
    def test_a_malformed_response_is_refused(self, response: object) -> None:
        with pytest.raises(InvalidClaimsError, match="response"):
            override_groups({**V1, "response": response}, ["a"])

    @pytest.mark.parametrize("response", [None, {}, {"claimsOverrideDetails": None}])
    def test_an_empty_response_is_filled(self, response: object) -> None:
        assert "groupOverrideDetails" in details(override_groups({**V1, "response": response}, ["a"]))


class TestOverrideClaims:
    def test_of_version_1_changes_the_id_token(self) -> None:
        returned = override_claims(V1, id_token={"tenant": "a"}, suppress_in_id_token=["email"])
        assert details(returned) == {
            "claimsToAddOrOverride": {"tenant": "a"},
            "claimsToSuppress": ["email"],
        }

    def test_of_version_2_changes_both(self) -> None:
        returned = override_claims(
            V2,
            id_token={"tenant": {"id": 5}},
            access_token={"audience": "api", "flags": [True, 1.5]},
            suppress_in_access_token=["x"],
            add_scopes=["orders/read"],
            suppress_scopes=["email"],
        )
        assert details(returned) == {
            "idTokenGeneration": {"claimsToAddOrOverride": {"tenant": {"id": 5}}},
            "accessTokenGeneration": {
                "claimsToAddOrOverride": {"audience": "api", "flags": [True, 1.5]},
                "claimsToSuppress": ["x"],
                "scopesToAdd": ["orders/read"],
                "scopesToSuppress": ["email"],
            },
        }

    def test_adds_to_what_is_there(self) -> None:
        returned = override_claims(V2, id_token={"a": {"x": 1}, "b": "1"}, suppress_in_id_token=["e", "c"])
        returned = override_claims(returned, id_token={"a": {"y": 2}}, suppress_in_id_token=["c", "d"])
        assert details(returned) == {
            "idTokenGeneration": {
                "claimsToAddOrOverride": {"a": {"y": 2}, "b": "1"},
                "claimsToSuppress": ["e", "c", "d"],
            }
        }

    def test_keeps_the_groups_that_were_overridden(self) -> None:
        returned = override_claims(override_groups(V1, ["x"]), id_token={"a": "1"})
        assert details(returned)["groupOverrideDetails"]["groupsToOverride"] == ["x"]

    @pytest.mark.parametrize("value", [5, True, None, ["a"], {"a": "b"}])
    def test_of_version_1_takes_only_strings(self, value: object) -> None:
        with pytest.raises(InvalidClaimsError, match=r"claimsToAddOrOverride\.a: must be a valid string"):
            override_claims(V1, id_token={"a": value})
        assert details(override_claims(V2, id_token={"a": value}))

    @pytest.mark.parametrize("number", [float("nan"), float("inf")])
    def test_takes_only_finite_numbers(self, number: float) -> None:
        with pytest.raises(InvalidClaimsError, match="not finite"):
            override_claims(V2, id_token={"a": [number]})

    def test_takes_tuples_for_lists(self) -> None:
        returned = override_claims(V2, id_token={"teams": ("a", {"b": ("c",)})})
        claims = details(returned)["idTokenGeneration"]["claimsToAddOrOverride"]
        assert claims == {"teams": ["a", {"b": ["c"]}]}

    def test_takes_no_dictionary_that_contains_itself(self) -> None:
        cycle: dict[str, object] = {"a": "b"}
        cycle["c"] = [cycle, cycle]
        deep: dict[str, object] = {}
        for _ in range(10_000):
            deep = {"a": deep}
        for claims in (cycle, {"a": (cycle,)}, deep):
            for tokens in ({"id_token": claims}, {"access_token": claims}):
                with pytest.raises(InvalidClaimsError) as caught:
                    override_claims(V2, **tokens)
                assert [str(problem) for problem in caught.value.problems] == [
                    "claimsToAddOrOverride: must not contain itself or be nested this deeply"
                ]

    @pytest.mark.parametrize("wrong", [{5: "a"}, {("a",): "b"}, {None: "c"}])
    def test_takes_only_strings_as_names(self, wrong: Any) -> None:
        with pytest.raises(TypeError, match="expected a list of names, but it contains"):
            override_claims(V2, id_token=wrong)

    @pytest.mark.parametrize("wrong", [["ab"], "ab", 5])
    def test_takes_only_a_mapping_of_claims(self, wrong: Any) -> None:
        with pytest.raises(TypeError, match="expected a mapping of claims by name"):
            override_claims(V2, id_token=wrong)

    def test_of_version_3_is_as_of_2(self) -> None:
        wanted: dict[str, Any] = {"id_token": {"a": 1}, "add_scopes": ["x"]}
        assert details(override_claims(V3, **wanted)) == details(override_claims(V2, **wanted))

    def test_of_version_2_takes_only_json(self) -> None:
        with pytest.raises(InvalidClaimsError, match=r"idTokenGeneration\.claimsToAddOrOverride"):
            override_claims(V2, id_token={"a": object()})

    @pytest.mark.parametrize(
        "wanted", [{"access_token": {"a": "b"}}, {"add_scopes": ["a"]}, {"suppress_in_access_token": ["a"]}]
    )
    def test_of_version_1_leaves_the_access_token_alone(self, wanted: dict[str, Any]) -> None:
        with pytest.raises(InvalidClaimsError, match="V2_0"):
            override_claims(V1, **wanted)

    @pytest.mark.parametrize("container", [V1, V2])
    def test_a_null_that_would_wipe_the_groups_is_refused(self, container: dict[str, Any]) -> None:
        response = {BOTH[container["version"]]: {"groupOverrideDetails": None}}
        with pytest.raises(InvalidClaimsError, match="groupOverrideDetails: must not be null"):
            override_claims({**container, "response": response}, id_token={"a": "b"})

    def test_a_string_is_not_a_list_of_names(self) -> None:
        with pytest.raises(TypeError, match="expected a list of names, got str"):
            override_claims(V1, suppress_in_id_token="email")


class TestOverrideReplaces:
    """groupOverrideDetails replaces the groups in both tokens, and the roles in the ID token."""

    NEW: ClassVar = {"groupsToOverride": ["x"], "iamRolesToOverride": [OTHER], "preferredRole": OTHER}

    @pytest.mark.parametrize("response", [v1(groupOverrideDetails=NEW), v2(groupOverrideDetails=NEW)])
    def test_in_both_tokens_whatever_the_version(self, response: dict[str, object]) -> None:
        tokens = issued(response)
        assert tokens.id_token == {
            "cognito:groups": ["x"],
            "cognito:roles": [OTHER],
            "cognito:preferred_role": OTHER,
        }
        assert tokens.access_token == {"cognito:groups": ["x"]}

    def test_and_leaves_other_claims(self) -> None:
        before = TokenPair({"sub": "s", "cognito:roles": [ADMIN]}, {"sub": "s", "scope": "a"})
        tokens = apply_override(before, v1(groupOverrideDetails=self.NEW))
        assert tokens.id_token["sub"] == tokens.access_token["sub"] == "s"
        assert tokens.access_token["scope"] == "a"
        assert before.id_token == {"sub": "s", "cognito:roles": [ADMIN]}


class TestOverrideEmpty:
    """An empty or null groupOverrideDetails removes the groups, the roles and the preferred role."""

    @pytest.mark.parametrize("empty", [{}, None])
    @pytest.mark.parametrize("container", [v1, v2])
    def test_in_both_tokens(self, empty: object, container: Callable[..., dict[str, object]]) -> None:
        assert issued(container(groupOverrideDetails=empty)) == TokenPair({}, {})

    def test_is_never_written_as_null(self) -> None:
        for model in (ClaimsOverrideDetails, ClaimsAndScopeOverrideDetails):
            with pytest.raises(ValidationError, match="removes every group"):
                model.model_validate({"groupOverrideDetails": None})
            read = model.model_validate_json('{"groupOverrideDetails": {}}')
            assert read.group_override_details == GroupOverrideDetails()
            assert read.model_dump(by_alias=True)["groupOverrideDetails"] is not None

    def test_null_is_refused_in_an_event(self) -> None:
        for given_event, groups, place in (
            (V1, None, "OverrideDetails.groupOverrideDetails"),
            (V2, None, "OverrideDetails.groupOverrideDetails"),
            (V2, {"groupsToOverride": None}, "groupOverrideDetails.groupsToOverride"),
        ):
            response = {BOTH[given_event["version"]]: {"groupOverrideDetails": groups}}
            with pytest.raises(InvalidClaimsError) as caught:
                parse_trigger_event({**given_event, "response": response})
            [problem] = caught.value.problems
            assert problem.path.endswith(place)
            assert problem.reason.startswith("must not be null, which removes every group")
            assert not problem.reason.endswith("got None")


class TestOverrideOmitted:
    """If groupOverrideDetails is omitted, nothing changes."""

    @pytest.mark.parametrize(
        "response",
        [{}, v1(), v2(), {"claimsOverrideDetails": None}, {"claimsAndScopeOverrideDetails": None}],
    )
    def test_in_either_token(self, response: dict[str, object]) -> None:
        unchanged = TokenPair(dict(BEFORE.id_token()), dict(BEFORE.access_token()))
        assert issued(response) == unchanged
        version = "2" if "claimsAndScopeOverrideDetails" in response else "1"
        assert apply_override(BEFORE, {"version": version, "response": response}) == unchanged
        assert apply_override(BEFORE, {"version": version, "response": None}) == unchanged

    def test_is_none_and_never_written(self) -> None:
        for model in (ClaimsOverrideDetails, ClaimsAndScopeOverrideDetails):
            assert model().group_override_details is None
            assert model(group_override_details=None) == model()
            assert "groupOverrideDetails" not in model().model_dump(by_alias=True)


class TestOverridePartial:
    """A missing key in groupOverrideDetails counts as empty; the preferred role is not computed again."""

    @pytest.mark.parametrize(
        ("some", "claims"),
        [
            ({"groupsToOverride": ["x"]}, GroupClaims(("x",))),
            ({"iamRolesToOverride": [OTHER]}, GroupClaims((), (OTHER,))),
            ({"groupsToOverride": ["x"], "iamRolesToOverride": [OTHER]}, GroupClaims(("x",), (OTHER,))),
            ({"preferredRole": OTHER}, GroupClaims((), (), OTHER)),
            ({"groupsToOverride": ["x"], "preferredRole": None}, GroupClaims(("x",))),
            ({"groupsToOverride": None}, GroupClaims()),
        ],
    )
    def test_each_key_by_itself(self, some: dict[str, object], claims: GroupClaims) -> None:
        assert issued(v2(groupOverrideDetails=some)).group_claims == claims


class TestOverrideUnchecked:
    """Unknown group names, and a preferred role that is not in the role list, are accepted."""

    def test_as_they_are(self) -> None:
        odd = {"groupsToOverride": ["no group"], "iamRolesToOverride": [STAFF], "preferredRole": OTHER}
        assert issued(v1(groupOverrideDetails=odd)).group_claims == GroupClaims(
            ("no group",), (STAFF,), OTHER
        )
        made_up = GroupClaims(("no-group",), (STAFF,), OTHER)
        assert issued(override_groups(V1, made_up)).group_claims == made_up

    @pytest.mark.parametrize("name", ["no group", "a\tb", " a"])
    def test_but_a_name_that_a_gateway_would_split_is_refused(self, name: str) -> None:
        with pytest.raises(InvalidClaimsError, match=r"groups: \[1\]: must not contain white space"):
            override_groups(V1, ["a", name])


claim_names = st.sampled_from(["email", "name", "Name", "tier", "custom:tier", "subject", "cognito"])
# Lambda writes the response as JSON, which has no number that is not finite.
claim_texts = st.text(max_size=5)
claim_values = st.none() | st.booleans() | st.integers() | claim_texts | st.lists(claim_texts)
claims = st.dictionaries(claim_names, claim_values, max_size=4)


class TestClaimsChanged:
    """Claims are added, replaced and suppressed in the token that the response names. Others remain."""

    CHANGES: ClassVar = {
        "claimsToAddOrOverride": {"tier": "gold", "email": "b"},
        "claimsToSuppress": ["name"],
    }
    TOKENS: ClassVar = TokenPair(
        {"email": "a", "name": "x", "locale": "de"}, {"email": "a", "name": "x", "scope": "openid"}
    )
    ID_TOKEN: ClassVar = {"email": "b", "locale": "de", "tier": "gold"}
    ACCESS_TOKEN: ClassVar = {"email": "b", "scope": "openid", "tier": "gold"}

    def test_in_the_id_token_in_version_1(self) -> None:
        assert apply_override(self.TOKENS, v1(**self.CHANGES)) == TokenPair(
            self.ID_TOKEN, self.TOKENS.access_token
        )

    @pytest.mark.parametrize("version", ["2", "3"])
    def test_in_the_token_that_is_named_since_version_2(self, version: str) -> None:
        for generation, changed in (
            ("idTokenGeneration", TokenPair(self.ID_TOKEN, self.TOKENS.access_token)),
            ("accessTokenGeneration", TokenPair(self.TOKENS.id_token, self.ACCESS_TOKEN)),
        ):
            returned = {"version": version, "response": v2(**{generation: self.CHANGES})}
            assert apply_override(self.TOKENS, returned) == changed

    @given(claims, claims, st.lists(claim_names))
    def test_agrees_with_the_oracle(
        self, before: dict[str, Any], added: dict[str, Any], suppressed: list[str]
    ) -> None:
        changes = {"claimsToAddOrOverride": added, "claimsToSuppress": suppressed}
        after = oracle.change_claims(before, added, suppressed)
        both = v2(idTokenGeneration=changes, accessTokenGeneration=changes)
        assert apply_override(TokenPair(before, before), both) == TokenPair(after, after)


class TestGroupClaimsByName:
    """A trigger can neither set the group claims as claims, nor suppress one of the roles' by itself."""

    @pytest.mark.parametrize("name", ["cognito:groups", "cognito:roles", "cognito:preferred_role"])
    def test_are_not_set(self, name: str) -> None:
        added = {"claimsToAddOrOverride": {name: "x"}}
        both = v2(idTokenGeneration=added, accessTokenGeneration=added)
        assert issued(both, GroupClaims()) == TokenPair({}, {})

    @pytest.mark.parametrize("name", ["cognito:roles", "cognito:preferred_role"])
    def test_are_not_suppressed(self, name: str) -> None:
        assert issued(v1(claimsToSuppress=[name])).id_token == BEFORE.id_token()


class TestSuppressGroups:
    """Suppressing cognito:groups suppresses cognito:roles and cognito:preferred_role too."""

    def test_in_version_1_in_the_id_token(self) -> None:
        tokens = issued(v1(claimsToSuppress=["cognito:groups"]))
        assert tokens == TokenPair({}, dict(BEFORE.access_token()))

    def test_in_version_2_in_the_token_that_is_named(self) -> None:
        in_id = issued(v2(idTokenGeneration={"claimsToSuppress": ["cognito:groups"]}))
        assert in_id == TokenPair({}, dict(BEFORE.access_token()))
        in_access = issued(v2(accessTokenGeneration={"claimsToSuppress": ["cognito:groups"]}))
        assert in_access == TokenPair(dict(BEFORE.id_token()), {})

    def test_also_those_that_were_overridden(self) -> None:
        returned = override_claims(override_groups(V1, ["x"]), suppress_in_id_token=["cognito:groups"])
        assert issued(returned).id_token == {}
        assert issued(returned).access_token == {"cognito:groups": ["x"]}


class TestSuppressedWins:
    """A claim that is both added and suppressed is suppressed."""

    def test_in_each_token(self) -> None:
        both = {"claimsToAddOrOverride": {"a": "1", "b": "2"}, "claimsToSuppress": ["a"]}
        assert issued(v1(**both), GroupClaims()).id_token == {"b": "2"}
        of_v2 = issued(v2(idTokenGeneration=both, accessTokenGeneration=both), GroupClaims())
        assert of_v2 == TokenPair({"b": "2"}, {"b": "2"})


class TestTriggerScopes:
    """From version 2, a response changes the scope of the access token."""

    @pytest.mark.parametrize("version", ["2", "3"])
    def test_only_in_the_access_token(self, version: str) -> None:
        scopes = v2(accessTokenGeneration={"scopesToAdd": ["b"], "scopesToSuppress": ["a"]})
        before = TokenPair({"scope": "a"}, {"scope": "a"})
        returned = {"version": version, "response": scopes}
        assert apply_override(before, returned) == TokenPair({"scope": "a"}, {"scope": "b"})

    @given(*(st.lists(st.sampled_from(["openid", "OpenID", "a/read", "a"])),) * 3)
    def test_agrees_with_the_oracle(
        self, before: list[str], added: list[str], suppressed: list[str]
    ) -> None:
        scopes = v2(accessTokenGeneration={"scopesToAdd": added, "scopesToSuppress": suppressed})
        after = apply_override(TokenPair({}, {"scope": " ".join(before)}), scopes).access_token
        if added or suppressed:
            assert after == oracle.change_scopes(before, added, suppressed)
        else:
            assert after == {"scope": " ".join(before)}


class TestScopeOnce:
    """A scope that is added twice, or is there already, is in the access token once."""

    @pytest.mark.parametrize("added", [["a"], ["b", "b"], ["b", "a", "b"]])
    def test_however_often_it_is_added(self, added: list[str]) -> None:
        scopes = v2(accessTokenGeneration={"scopesToAdd": added})
        after = apply_override(TokenPair({}, {"scope": "a"}), scopes).access_token["scope"].split()
        assert sorted(after) == sorted({"a", *added})


class TestSuppressedScopeWins:
    """A scope that is both added and suppressed is suppressed."""

    def test_whether_or_not_it_was_there(self) -> None:
        scopes = {"scopesToAdd": ["a", "c", "d"], "scopesToSuppress": ["a", "c"]}
        before = TokenPair({}, {"scope": "a b"})
        assert apply_override(before, v2(accessTokenGeneration=scopes)).access_token == {"scope": "b d"}


class TestNoScopes:
    """If every scope is suppressed, the claim scope is absent, not empty."""

    def test_if_none_is_left(self) -> None:
        none_left = v2(accessTokenGeneration={"scopesToSuppress": ["a", "b"]})
        assert apply_override(TokenPair({}, {"scope": "a b"}), none_left).access_token == {}
        assert issued(none_left).access_token == BEFORE.access_token()


class TestReservedClaims:
    """A trigger can neither set nor suppress the reserved claims; dev: can only be suppressed."""

    @pytest.mark.parametrize("name", [*RESERVED, "aud", "cognito:groups"])
    def test_are_not_set_in_the_id_token(self, name: str) -> None:
        for version in (V1, V2):
            with pytest.raises(InvalidClaimsError, match="is reserved"):
                override_claims(version, id_token={name: "x"})
        assert name not in issued(v1(claimsToAddOrOverride={name: "x"}), GroupClaims()).id_token

    @pytest.mark.parametrize("name", RESERVED)
    def test_are_not_set_in_the_access_token(self, name: str) -> None:
        with pytest.raises(InvalidClaimsError, match="is reserved"):
            override_claims(V2, access_token={name: "x"})
        added = v2(accessTokenGeneration={"claimsToAddOrOverride": {name: "x"}})
        assert name not in issued(added, GroupClaims()).access_token

    @pytest.mark.parametrize("name", [*RESERVED, "aud"])
    def test_are_not_suppressed(self, name: str) -> None:
        with pytest.raises(InvalidClaimsError, match="is reserved"):
            override_claims(V2, suppress_in_id_token=[name])
        kept = apply_override(TokenPair({name: "x"}, {}), v1(claimsToSuppress=[name]))
        assert kept.id_token == {name: "x"}

    def test_the_audience_of_an_access_token_must_be_the_app_client(self) -> None:
        client_id = V2["callerContext"]["clientId"]
        returned = override_claims(V2, access_token={"aud": client_id})
        assert issued(returned).access_token["aud"] == client_id
        with pytest.raises(InvalidClaimsError) as caught:
            override_claims(V2, access_token={"aud": "api"})
        assert [path for path, _ in caught.value.problems] == ["claimsToAddOrOverride['aud']"]
        without_client = {**V2, "callerContext": None}
        assert (
            issued(override_claims(without_client, access_token={"aud": "api"})).access_token["aud"]
            == "api"
        )

    def test_are_named_unless_they_may_be_secret(self) -> None:
        with pytest.raises(InvalidClaimsError) as caught:
            override_claims(V2, id_token={"cognito:a@b.example": "x"}, suppress_in_id_token=["cognito:a b"])
        assert [path for path, _ in caught.value.problems] == [
            "claimsToAddOrOverride[...]",
            "claimsToSuppress[...]",
        ]

    def test_dev_attributes_can_only_be_suppressed(self) -> None:
        with pytest.raises(InvalidClaimsError, match="dev:a"):
            override_claims(V1, id_token={"dev:a": "x"})
        assert "dev:a" not in issued(v1(claimsToAddOrOverride={"dev:a": "x"})).id_token
        returned = override_claims(V1, suppress_in_id_token=["dev:a"])
        assert apply_override(TokenPair({"dev:a": "x"}, {}), returned).id_token == {}

    def test_are_all_reported_at_once(self) -> None:
        with pytest.raises(InvalidClaimsError) as caught:
            override_claims(V2, id_token={"sub": "x", "ok": "x"}, suppress_in_access_token=["exp"])
        assert [path for path, _ in caught.value.problems] == [
            "claimsToAddOrOverride['sub']",
            "claimsToSuppress['exp']",
        ]


def test_every_trigger_rule_has_a_class_of_tests() -> None:
    for rule in TRIGGER_RULES:
        assert "Test" + "".join(map(str.title, rule.id.split("-"))) in globals(), rule.id


def test_a_response_of_both_versions_is_refused() -> None:
    with pytest.raises(InvalidClaimsError, match="is not supported in this event version"):
        issued({**v1(claimsToSuppress=["a"]), **v2()})


@pytest.mark.parametrize(("version", "response"), [("1", v2()), ("2", v1()), ("3", v1())])
def test_a_response_of_another_version_is_refused(version: str, response: dict[str, object]) -> None:
    mistaken = {"version": version, "response": response}
    with pytest.raises(InvalidClaimsError, match="is not supported in this event version"):
        suppress_groups(mistaken)
    with pytest.raises(InvalidClaimsError, match="is not supported in this event version"):
        apply_override(BEFORE, mistaken)
    with pytest.raises(InvalidClaimsError, match="is not supported in this event version"):
        override_claims(mistaken, id_token={"a": "x"})
    with pytest.raises(InvalidClaimsError, match="is not supported in this event version"):
        parse_trigger_event({**V1, **mistaken})


@pytest.mark.parametrize("response", [{"claimOverrideDetails": {}}, {"groupOverrideDetails": {}}])
def test_a_misspelled_response_is_refused(response: dict[str, object]) -> None:
    with pytest.raises(InvalidClaimsError, match="is not a known key"):
        issued(response)


def test_a_missing_response_is_refused() -> None:
    with pytest.raises(InvalidClaimsError, match="the trigger must return the event"):
        apply_override(BEFORE, None)  # type: ignore[arg-type]
    with pytest.raises(InvalidClaimsError, match="must be an object"):
        apply_override(BEFORE, [])  # type: ignore[arg-type]


def test_claims_of_another_kind_are_refused() -> None:
    with pytest.raises(TypeError, match="expected GroupClaims or TokenPair, got dict"):
        apply_override({"cognito:groups": ["a"]}, {})  # type: ignore[arg-type]


def test_an_event_without_a_response_changes_nothing() -> None:
    without_response = {name: value for name, value in V1.items() if name != "response"}
    assert issued(without_response).group_claims == BEFORE


def test_what_another_library_left_is_replaced_or_kept() -> None:
    left = {"claimsToSuppress": ["cognito:roles"], "groupOverrideDetails": None}
    given_event = {**V1, "response": {"claimsOverrideDetails": left, "future": None}}
    nothing = {**V1, "response": {"claimsOverrideDetails": None, "future": None}}
    assert details(override_groups(nothing, []))["groupOverrideDetails"] is not None
    for returned in (suppress_groups(given_event), override_groups(given_event, ["x"])):
        assert details(returned)["claimsToSuppress"] == ["cognito:roles"]
        assert details(returned)["groupOverrideDetails"] is not None


def test_what_a_trigger_adds_is_not_shown() -> None:
    returned = override_claims(V1, id_token={"email": "secret"})
    assert "secret" not in repr(parse_trigger_event(returned))


class TestMisspelledKeys:
    """A key that nearly is one of AWS's has no effect, so it is refused with the name that was meant."""

    MISSPELT: ClassVar[list[tuple[dict[str, object], str, str]]] = [
        (
            v1(claimsToAddOrOveride={}),
            "claimsOverrideDetails.claimsToAddOrOveride",
            "claimsToAddOrOverride",
        ),
        (v1(claims_to_suppress=[]), "claimsOverrideDetails.claims_to_suppress", "claimsToSuppress"),
        (v1(GroupOverrideDetails={}), "claimsOverrideDetails.GroupOverrideDetails", "groupOverrideDetails"),
        (
            v1(group_override_details={}),
            "claimsOverrideDetails.group_override_details",
            "groupOverrideDetails",
        ),
        (
            v1(groupOverrideDetails={"groupsToOveride": ["a"]}),
            "claimsOverrideDetails.groupOverrideDetails.groupsToOveride",
            "groupsToOverride",
        ),
        (
            v2(groupOverrideDetails={"groupsToOverride": ["a"], "preferedRole": ADMIN}),
            "claimsAndScopeOverrideDetails.groupOverrideDetails.preferedRole",
            "preferredRole",
        ),
        (v2(idTokenGenaration={}), "claimsAndScopeOverrideDetails.idTokenGenaration", "idTokenGeneration"),
        (
            v2(accessTokenGeneration={"scopesToSupress": ["a"]}),
            "claimsAndScopeOverrideDetails.accessTokenGeneration.scopesToSupress",
            "scopesToSuppress",
        ),
        ({"claimsOverrideDetail": {}}, "claimsOverrideDetail", "claimsOverrideDetails"),
        ({"ClaimsOverrideDetails": {}}, "ClaimsOverrideDetails", "claimsOverrideDetails"),
        (
            {"claimsAndScopesOverrideDetails": {}},
            "claimsAndScopesOverrideDetails",
            "claimsAndScopeOverrideDetails",
        ),
    ]

    @pytest.mark.parametrize(("response", "path", "meant"), MISSPELT)
    def test_are_refused_wherever_a_response_is_read(
        self, response: dict[str, object], path: str, meant: str
    ) -> None:
        version = "2" if "AndScope" in path else "1"
        returned = {**V1, "version": version, "response": response}
        reads: list[Callable[[], object]] = [
            lambda: apply_override(BEFORE, response),
            lambda: apply_override(BEFORE, returned),
            lambda: parse_trigger_event(returned),
            lambda: override_claims(returned, id_token={"a": "b"}),
        ]
        for read in reads:
            with pytest.raises(InvalidClaimsError) as caught:
                read()
            assert [*caught.value.problems] == [(f"response.{path}", f"is not a known key: use {meant}")]

    def test_are_refused_beside_null(self) -> None:
        with pytest.raises(InvalidClaimsError, match="use groupsToOverride"):
            issued(v1(groupOverrideDetails={"groupsToOverrride": None, "preferredRole": None}))

    def test_are_all_reported_at_once(self) -> None:
        with pytest.raises(InvalidClaimsError) as caught:
            issued(v1(claimsToSupress=[], claimsToAddOrOverride={"a": 5}, other=1))
        assert [path.rpartition(".")[2] for path, _ in caught.value.problems] == ["a", "claimsToSupress"]

    @pytest.mark.parametrize(
        "key",
        [
            "claimsToSuppressV2",
            "allClaimsToSuppress",
            "preferredRoles",
            "groups",
            "claims_to_suppres",  # nearly our name of the field, which no response has
        ],
    )
    def test_and_other_keys_are_not(self, key: str) -> None:
        """AWS may add them."""
        details: dict[str, object] = {key: 1, "groupOverrideDetails": {"groupsToOverride": ["a"], key: 1}}
        assert issued(v1(**details)).group_claims == GroupClaims(("a",))

    def test_nor_is_one_whose_name_is_present(self) -> None:
        present = {"groupsToOverride": ["a"], "groupsToOveride": ["b"]}
        assert issued(v1(groupOverrideDetails=present)).group_claims == GroupClaims(("a",))

    def test_nor_is_the_name_of_a_claim(self) -> None:
        claims = {"claimsToSupress": "x", "groupsToOveride": "y"}
        assert issued(v1(claimsToAddOrOverride=claims), GroupClaims()).id_token == claims

    def test_of_a_configuration_are_named(self) -> None:
        with pytest.raises(InvalidClaimsError) as caught:
            override_groups(V1, {"groupsToOveride": ["a"], "iamRolesToOverride": [], "Zoe": []})
        assert [*caught.value.problems] == [
            ("groupsToOveride", "is not a known key: use groupsToOverride"),
            ("[...]", "is not a known key"),
        ]


def test_another_triggers_event_is_refused() -> None:
    signing_up = {**V1, "triggerSource": "PreSignUp_SignUp"}
    for use in (parse_trigger_event, suppress_groups):
        with pytest.raises(InvalidClaimsError, match="triggerSource"):
            use(signing_up)


def test_what_is_changed_afterwards_changes_nothing_else() -> None:
    given_event, claims = deepcopy(V1), TokenPair({"a": ["b"]}, {})
    override_groups(given_event, ["x"])["request"]["userAttributes"]["email"] = "changed"
    apply_override(claims, v1()).id_token["a"].append("c")
    assert (given_event, claims.id_token) == (V1, {"a": ["b"]})


def test_a_token_pair_shows_no_claims() -> None:
    assert repr(TokenPair({"sub": "s"}, {"sub": "s"})) == "TokenPair()"


class TestPowertools:
    @pytest.mark.parametrize(
        ("given", "wrap", "parse"),
        [
            (V1, PreTokenGenerationTriggerEvent, CognitoPreTokenGenerationTriggerModelV1),
            (V2, PreTokenGenerationV2TriggerEvent, None),
            ({**V3, "request": {**V3["request"], "scopes": None}}, PreTokenGenerationV2TriggerEvent,
             CognitoPreTokenGenerationTriggerModelV2AndV3),
        ],
    )  # fmt: skip
    def test_its_classes_and_models_are_events(
        self, given: dict[str, Any], wrap: Callable[[Any], Mapping[str, object]], parse: Any
    ) -> None:
        returned = override_groups(given, ["x"])
        for same in (wrap(deepcopy(given)), MappingProxyType(given)):
            assert override_groups(same, ["x"]) == returned
            assert parse_trigger_event(same) == parse_trigger_event(given)
        if parse is not None:
            parsed = parse.model_validate(given)
            assert override_groups(parsed, ["x"])["response"] == returned["response"]
            assert parse_trigger_event(parsed).group_claims == GroupClaims(("guests",))

    def test_what_it_wrote_is_a_response(self) -> None:
        wrapped = PreTokenGenerationTriggerEvent(deepcopy(V1))
        wrapped.response.claims_override_details.claims_to_add_or_override = {"tenant": "a"}
        wrapped.response.claims_override_details.set_group_configuration_groups_to_override(["x"])
        assert apply_override(BEFORE, wrapped).id_token == {"cognito:groups": ["x"], "tenant": "a"}


@given(value=anything | st.fixed_dictionaries({"version": st.sampled_from("123"), "response": json_values,
                                               "request": json_values}))  # fmt: skip
def test_anything_is_an_event_or_refused(value: Any) -> None:
    before = json.dumps(value)
    with suppress(InvalidClaimsError):
        parse_trigger_event(value)
    with suppress(InvalidClaimsError):
        suppress_groups(value)
    with suppress(InvalidClaimsError):
        apply_override(BEFORE, value)
    with suppress(InvalidClaimsError):
        override_claims(value, id_token={"a": "b"})
    with suppress(InvalidClaimsError, TypeError):
        override_groups(V1, value)
    assert json.dumps(value) == before


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("pre_token_generation_1")])
def test_configurations_are_values(name: str) -> None:
    one, other = (
        GroupConfiguration.model_validate(event(name)["request"]["groupConfiguration"]) for _ in range(2)
    )
    assert one == other
    assert hash(one) == hash(other)


class CountedStr(str):
    """A string that counts how often it is compared."""

    __slots__ = ()
    comparisons = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        CountedStr.comparisons += 1
        return str.__eq__(self, other)


class TestWorkIsLinear:
    """Tokens and responses may have thousands of names: no step compares each with all others."""

    COUNT = 8000

    def names(self, prefix: str = "n") -> list[str]:
        CountedStr.comparisons = 0
        return [CountedStr(f"{prefix}{number}") for number in range(self.COUNT)]

    def assert_linear(self) -> None:
        assert CountedStr.comparisons <= 20 * self.COUNT

    @pytest.mark.parametrize("again", ["n", "m"])
    def test_to_merge_names(self, again: str) -> None:
        names, other = self.names(), self.names(again)
        first = override_claims(V2, suppress_in_id_token=names, add_scopes=names)
        merged = details(override_claims(first, suppress_in_id_token=other, add_scopes=other))
        expected = self.COUNT if again == "n" else 2 * self.COUNT
        assert len(merged["idTokenGeneration"]["claimsToSuppress"]) == expected
        assert len(merged["accessTokenGeneration"]["scopesToAdd"]) == expected
        self.assert_linear()

    def test_to_merge_claims(self) -> None:
        first, second = dict.fromkeys(self.names(), "a"), dict.fromkeys(self.names(), "b")
        merged = details(override_claims(override_claims(V1, id_token=first), id_token=second))
        assert merged["claimsToAddOrOverride"] == second
        self.assert_linear()

    def test_to_replace_groups(self) -> None:
        replaced = details(override_groups(override_groups(V2, self.names()), self.names("m")))
        assert len(replaced["groupOverrideDetails"]["groupsToOverride"]) == self.COUNT
        self.assert_linear()

    def test_to_suppress_scopes(self) -> None:
        changes = AccessTokenGeneration.model_construct(
            scopes_to_add=("a",), scopes_to_suppress=self.names()
        )
        token = {"scope": " ".join(f"m{number}" for number in range(self.COUNT))}
        assert _change_scopes(token, changes)["scope"].endswith(" a")
        self.assert_linear()
