"""Every source of claims by its rules, and every parser with its builder."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, ClassVar, Literal

import pytest
from aws_lambda_powertools.utilities.data_classes import (
    APIGatewayProxyEvent,
    APIGatewayProxyEventV2,
    AppSyncResolverEvent,
)
from aws_lambda_powertools.utilities.data_classes.cognito_user_pool_event import (
    PreTokenGenerationTriggerEvent,
)
from aws_lambda_powertools.utilities.parser.models import (
    APIGatewayProxyEventModel,
    APIGatewayProxyEventV2Model,
    AppSyncResolverEventModel,
    CognitoPreTokenGenerationTriggerModelV1,
)
from hypothesis import given, strategies as st

from cognito_claims import AmbiguousClaimsError, GroupClaims, InvalidClaimsError
from cognito_claims.events import (
    EVENT_RULES,
    ClaimsSource,
    build_appsync_event,
    build_http_api_event,
    build_pre_token_generation_event,
    build_rest_api_event,
    detect_source,
    override_groups,
    parse_appsync_event,
    parse_event,
    parse_http_api_event,
    parse_pre_token_generation_event,
    parse_rest_api_event,
)
from cognito_claims.identity_pool import choose_role
from cognito_claims.identity_pool.rules import ABSENT_CLAIM, NO_MATCH
from cognito_claims.testing.strategies import group_claims, group_names, id_token_claims
from cognito_claims.tokens import IdTokenClaims, build_issuer, build_token_payload, parse_token_payload
from tests.events import event
from tests.json_values import anything, json_objects
from tests.samples import role

STAFF, ADMIN = role("staff"), role("admin")
Version = Literal["1", "2", "3"]
VERSIONS: tuple[Version, ...] = ("1", "2", "3")
NIGHT = GroupClaims(("staff", "night,shift"), (STAFF,), STAFF)
GROUPS_OF_REST = "requestContext.authorizer.claims['cognito:groups']"


def rest(**claims: object) -> dict[str, Any]:
    named = {f"cognito:{name}": value for name, value in claims.items()}
    return {"requestContext": {"authorizer": {"claims": named}}}


def http(groups: object) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"jwt": {"claims": {"cognito:groups": groups}}}}}


def nested_too_deeply() -> object:
    value: object = 1
    for _ in range(100_000):
        value = [value]
    return value


def problems(read: Callable[[Any], object], value: object) -> list[str]:
    with pytest.raises(InvalidClaimsError) as caught:
        read(value)
    return [str(problem) for problem in caught.value.problems]


class TestPublishedEvents:
    @pytest.mark.parametrize(
        ("name", "source", "claims"),
        [
            (
                "id_token",
                ClaimsSource.JWT,
                GroupClaims(("staff", "admins", "night,shift"), (STAFF, ADMIN), ADMIN),
            ),
            ("id_token_federated", ClaimsSource.JWT, GroupClaims(("eu-west-1_EXAMPLE_Okta",))),
            ("id_token_one_role_none_preferred", ClaimsSource.JWT, GroupClaims(("staff",), (STAFF,))),
            ("id_token_without_groups", ClaimsSource.JWT, GroupClaims()),
            ("access_token", ClaimsSource.JWT, GroupClaims(("staff", "admins", "night,shift"))),
            ("access_token_of_a_machine", ClaimsSource.JWT, GroupClaims()),
            ("alb_oidc_data", ClaimsSource.JWT, GroupClaims()),
            ("appsync", ClaimsSource.APPSYNC, NIGHT),
            ("rest_api_federated", ClaimsSource.REST_API, GroupClaims(("eu-west-1_EXAMPLE_Okta",))),
            ("http_api", ClaimsSource.HTTP_API, GroupClaims(("staff", "night,shift"))),
            ("http_api_format_1", ClaimsSource.HTTP_API, GroupClaims(("staff",))),
            ("rest_api_of_serverless_offline", ClaimsSource.REST_API, NIGHT),
            ("http_api_of_serverless_offline", ClaimsSource.HTTP_API, NIGHT),
            ("http_api_format_1_of_serverless_offline", ClaimsSource.REST_API, GroupClaims(("staff",))),
            ("pre_token_generation_1", ClaimsSource.PRE_TOKEN_GENERATION, NIGHT),
            ("pre_token_generation_1_without_groups", ClaimsSource.PRE_TOKEN_GENERATION, GroupClaims()),
            (
                "pre_token_generation_2",
                ClaimsSource.PRE_TOKEN_GENERATION,
                GroupClaims(("staff", "admins"), (STAFF, ADMIN)),
            ),
            ("pre_token_generation_3_of_a_machine", ClaimsSource.PRE_TOKEN_GENERATION, GroupClaims()),
        ],
    )
    def test_are_detected_and_parsed(self, name: str, source: ClaimsSource, claims: GroupClaims) -> None:
        assert detect_source(event(name)) is source
        assert parse_event(source, event(name)) == claims

    def test_of_a_rest_api_are_parsed_with_known_groups(self) -> None:
        claims = GroupClaims(("staff", "admins"), (STAFF, ADMIN), ADMIN)
        assert detect_source(event("rest_api")) is ClaimsSource.REST_API
        assert parse_rest_api_event(event("rest_api"), known_groups=["admins", "staff", "guests"]) == claims
        assert parse_rest_api_event(event("rest_api"), comma_free=True) == claims
        assert parse_event(ClaimsSource.REST_API, event("rest_api"), comma_free=True) == claims

    def test_of_a_rest_api_are_not_guessed(self) -> None:
        with pytest.raises(AmbiguousClaimsError) as caught:
            parse_rest_api_event(event("rest_api"))
        [problem] = caught.value.problems
        assert problem.path == GROUPS_OF_REST
        assert "known_groups" in problem.reason

    def test_with_a_list_as_preferred_role_is_refused(self) -> None:
        [problem] = problems(
            parse_pre_token_generation_event, event("pre_token_generation_sample_with_list")
        )
        assert problem.startswith("request.groupConfiguration.preferredRole: must be a string or null (AWS")

    def test_an_event_without_its_source_is_known_by_its_groups(self) -> None:
        parsed = event("pre_token_generation_2")
        del parsed["triggerSource"]  # as aws-lambda-powertools' model of version 2 does
        assert detect_source(parsed) is ClaimsSource.PRE_TOKEN_GENERATION
        other = event("pre_token_generation_2") | {"triggerSource": "PreSignUp_SignUp"}
        assert problems(detect_source, other)

    @pytest.mark.parametrize("value", [{}, {"identity": {}}, {"claims": {}}, {"Groups": []}, [], None, "x"])
    def test_other_values_are_refused(self, value: object) -> None:
        assert problems(detect_source, value)[0].startswith("must be a token payload or an event")

    def test_swapped_arguments_are_refused(self) -> None:
        swapped: Any = (event("id_token"), ClaimsSource.JWT)
        with pytest.raises(TypeError, match="source: expected a ClaimsSource, got dict"):
            parse_event(*swapped)

    def test_a_token_is_one_whatever_a_trigger_added(self) -> None:
        payload = event("id_token") | {"identity": event("appsync")["identity"], "request": "x"}
        assert detect_source(payload) is ClaimsSource.JWT


class TestTokenArrays:
    """In a token's payload and in AppSync's identity.claims, groups and roles are arrays."""

    def test_also_with_one_element(self) -> None:
        payload = {"cognito:groups": ["a"], "cognito:roles": [STAFF]}
        assert parse_token_payload(payload) == GroupClaims(("a",), (STAFF,))
        assert parse_appsync_event({"identity": {"claims": payload}}) == parse_token_payload(payload)

    def test_a_member_of_an_envelope_has_its_own_name_alone(self) -> None:
        of_http = {"request_context": {"authorizer": {"jwt": {"claims": {"cognito:groups": "[x]"}}}}}
        assert problems(parse_http_api_event, of_http) == ["requestContext: is missing"]

    def test_and_not_text(self) -> None:
        assert problems(parse_token_payload, {"cognito:groups": "a,b", "cognito:roles": 5}) == [
            "['cognito:groups']: must be a list, got a value of type str",
            "['cognito:roles']: must be a list, got a value of type int",
        ]

    def test_appsyncs_identity_alone_will_do(self) -> None:
        assert parse_appsync_event(event("appsync")["identity"]) == NIGHT

    def test_a_claim_of_a_fields_name_is_not_that_field(self) -> None:
        forged = {"cognito_groups": ["admins"], "cognito_preferred_role": ADMIN, "cognito_roles": [ADMIN]}
        assert parse_token_payload(forged) == GroupClaims()
        assert (
            parse_http_api_event({"requestContext": {"authorizer": {"jwt": {"claims": forged}}}})
            == GroupClaims()
        )


class TestRestCommas:
    """The authorizer of a REST API joins an array by commas, and writes every value as a string."""

    def test_one_name_is_certain(self) -> None:
        assert parse_rest_api_event(rest(groups="staff")).groups == ("staff",)

    def test_no_claims_of_groups_are_no_groups(self) -> None:
        assert parse_rest_api_event(rest()) == GroupClaims()

    def test_what_is_no_role_between_roles_is_refused(self) -> None:
        odd = "arn:aws:iam::123456789012:role/x,arn:q,arn:aws:iam:5:123456789012:y"
        assert "must be ARNs of roles" in problems(parse_rest_api_event, rest(roles=odd))[0]

    def test_a_role_that_a_trigger_made_up_is_one_role(self) -> None:
        assert parse_rest_api_event(rest(roles="staff")).roles == ("staff",)

    def test_what_is_empty_is_none(self) -> None:
        assert parse_rest_api_event(rest(groups="", roles="")) == GroupClaims()
        assert parse_rest_api_event(build_rest_api_event({"cognito:groups": []})) == GroupClaims()

    def test_a_version_by_itself_makes_no_http_api(self) -> None:
        stamped = {**rest(groups="a"), "version": "1.0"}  # as sam local does
        assert detect_source(stamped) is ClaimsSource.REST_API
        assert parse_rest_api_event(stamped).groups == ("a",)

    def test_an_event_of_an_http_api_is_refused_with_a_remedy(self) -> None:
        [problem] = problems(parse_rest_api_event, event("http_api_format_1"))
        assert (
            problem
            == "version: must not be 1.0, the version of an HTTP API's event: use parse_http_api_event"
        )

    def test_roles_are_split_where_an_arn_begins(self) -> None:
        odd = "arn:aws:iam::123456789012:role/a,b"
        assert parse_rest_api_event(rest(roles=f"{odd},{STAFF}")).roles == (odd, STAFF)

    def test_every_value_is_text(self) -> None:
        federated = event("id_token_federated")
        claims = build_rest_api_event(federated)["requestContext"]["authorizer"]["claims"]
        seen = event("rest_api_federated")["requestContext"]["authorizer"]["claims"]
        assert {name: claims[name] for name in seen if name != "identities"} == {
            name: value for name, value in seen.items() if name != "identities"
        }
        assert json.loads(claims["identities"]) == json.loads(seen["identities"])

    @pytest.mark.parametrize(
        ("exp", "text"),
        [
            (1717054729, "Thu May 30 07:38:49 UTC 2024"),
            (1717200000.5, "Sat Jun 01 00:00:00 UTC 2024"),
            (253402300799, "Fri Dec 31 23:59:59 UTC 9999"),
            (253402300800, "253402300800"),
            (1e20, "1e+20"),
            (True, "true"),
        ],
    )
    def test_dates_are_written_out(self, exp: float, text: str) -> None:
        claims = build_rest_api_event({"exp": exp, "iat": exp, "auth_time": 5})["requestContext"][
            "authorizer"
        ]
        assert claims["claims"] == {"exp": text, "iat": text, "auth_time": "5"}

    @pytest.mark.parametrize("text", ["[a b]", "a b", "a,b c", ["a", 5], ["a", ""], {"a": "b"}, 5])
    def test_a_string_of_a_different_form_is_refused(self, text: object) -> None:
        assert problems(parse_rest_api_event, rest(groups=text))[0].startswith(f"{GROUPS_OF_REST}: must be")
        with pytest.raises(InvalidClaimsError):
            parse_rest_api_event(rest(groups=text), comma_free=True)

    @pytest.mark.parametrize("text", ["staff,admin", f",{STAFF}", f"{STAFF},arn:aws:iam:"])
    def test_roles_that_are_cut_off_are_refused(self, text: str) -> None:
        [problem] = problems(parse_rest_api_event, rest(roles=text))
        assert problem.startswith("requestContext.authorizer.claims['cognito:roles']: must be")


class TestRestAmbiguous:
    """A name may contain a comma, so only the names of the pool's groups decide how to split."""

    @pytest.mark.parametrize(
        ("text", "known", "groups"),
        [
            ("a,b", ["a", "b"], ("a", "b")),
            ("a,b", ["a,b"], ("a,b",)),
            ("a,b,c", ["a,b", "c", "b"], ("a,b", "c")),
            ("a,,b", ["a,", "b"], ("a,", "b")),
            (",a", [], (",a",)),
            ("unknown", ["a"], ("unknown",)),
        ],
    )
    def test_known_names_settle_it(self, text: str, known: list[str], groups: tuple[str, ...]) -> None:
        assert parse_rest_api_event(rest(groups=text), known_groups=known).groups == groups

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"known_groups": "a,b"}, "expected a list of names, got str"),
            ({"known_groups": {"a": 1}}, "expected a list of names, got dict"),
            ({"known_groups": [{"GroupName": "a"}]}, "but it contains dict"),
            ({"known_groups": 5}, "expected a list of names, got int"),
            ({"known_groups": ["a"], "comma_free": True}, "not both"),
        ],
    )
    def test_what_cannot_be_known_is_refused(self, wrong: dict[str, Any], reason: str) -> None:
        with pytest.raises(TypeError, match=reason):
            parse_rest_api_event(rest(groups="a"), **wrong)

    @pytest.mark.parametrize(
        ("known", "reason"),
        [
            (None, "pass known_groups"),
            (["a", "b", "a,b"], "known_groups matches more than one reading"),
            (["a"], "known_groups matches no reading"),
            ([], "known_groups matches no reading"),
        ],
    )
    def test_what_they_do_not_settle_is_reported(self, known: list[str] | None, reason: str) -> None:
        with pytest.raises(AmbiguousClaimsError, match=reason):
            parse_rest_api_event(rest(groups="a,b"), known_groups=known)

    @given(st.lists(group_names(), min_size=1, max_size=6, unique=True), st.sets(group_names(), max_size=4))
    def test_a_reading_is_the_only_one_that_the_known_names_allow(
        self, names: list[str], others: set[str]
    ) -> None:
        try:
            read = parse_rest_api_event(rest(groups=",".join(names)), known_groups=[*names, *others]).groups
        except AmbiguousClaimsError:
            assert "," in "".join([*names, *others])
        else:
            assert read == tuple(names)

    def test_a_name_may_be_as_long_as_aws_allows(self) -> None:
        longest = "a," + "b" * 126
        assert parse_rest_api_event(rest(groups=longest), known_groups=[longest]).groups == (longest,)
        assert parse_rest_api_event(rest(groups=f"{longest}b")).groups == ("a", "b" * 127)

    def test_many_commas_take_linear_time(self) -> None:
        with pytest.raises(AmbiguousClaimsError):
            parse_rest_api_event(rest(groups="," * 2000 + "a"))
        text = ",".join(["a"] * 20_000)
        assert len(parse_rest_api_event(rest(groups=text), known_groups=["a"]).groups) == 20_000
        with pytest.raises(InvalidClaimsError):
            parse_rest_api_event(rest(roles="," * 50_000))


class TestUnknownNames:
    """If the names of the pool's groups permit no way to split the string, it is ambiguous."""

    @pytest.mark.parametrize("text", ["a,b", "a,c,b", "a,"])
    def test_they_are_no_error_of_the_string(self, text: str) -> None:
        with pytest.raises(AmbiguousClaimsError, match="known_groups matches no reading"):
            parse_rest_api_event(rest(groups=f"a,{text}"), known_groups=["a", "c"])

    def test_a_name_without_a_comma_needs_no_known_names(self) -> None:
        assert parse_rest_api_event(rest(groups="staff"), known_groups=["admins"]).groups == ("staff",)


class TestHttpBrackets:
    """The authorizer of an HTTP API writes an array in brackets with spaces between."""

    @pytest.mark.parametrize(
        ("text", "groups"),
        [
            ("[a]", ("a",)),
            ("[a b]", ("a", "b")),
            ("[a,b c]", ("a,b", "c")),
            ("[[a]]", ("[a]",)),
            ("[]", ()),
        ],
    )
    def test_is_read(self, text: str, groups: tuple[str, ...]) -> None:
        assert parse_http_api_event(http(text)).groups == groups
        assert parse_http_api_event(http(None)) == GroupClaims()

    @pytest.mark.parametrize("text", ["a", "[a b", "a b]", "", "[", "[a  b]", "[ a]", "[a\tb]", [""], 5])
    def test_that_is_cut_off_or_none_is_refused(self, text: object) -> None:
        [problem] = problems(parse_http_api_event, http(text))
        assert problem.startswith("requestContext.authorizer.jwt.claims['cognito:groups']: must be")

    def test_the_place_is_that_of_the_format(self) -> None:
        [problem] = problems(parse_http_api_event, {**rest(groups="a"), "version": "1.0"})
        assert problem.startswith(GROUPS_OF_REST)

    def test_an_object_is_json_in_any_script(self) -> None:
        claims = build_http_api_event({"address": {"locality": "Zürich"}})["requestContext"]["authorizer"][
            "jwt"
        ]
        assert claims["claims"] == {"address": '{"locality":"Zürich"}'}

    def test_other_values_are_text_and_null_is_dropped(self) -> None:
        payload: dict[str, object] = {
            "a": True,
            "b": None,
            "c": 1.5,
            "d": {"x": [1]},
            "e": "text",
            "cognito:groups": [],
        }
        claims = build_http_api_event(payload)["requestContext"]["authorizer"]["jwt"]["claims"]
        assert claims == {"a": "true", "c": "1.5", "d": '{"x":[1]}', "e": "text", "cognito:groups": "[]"}


class TestTriggerConfiguration:
    """Groups, roles and preferred role in request.groupConfiguration: two empty lists and null if none."""

    @pytest.mark.parametrize(
        "configuration",
        [
            None,
            {},
            {"groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": None},
            {"groupsToOverride": None, "iamRolesToOverride": None, "preferredRole": ""},
        ],
    )
    def test_of_no_groups(self, configuration: object) -> None:
        assert (
            parse_pre_token_generation_event({"request": {"groupConfiguration": configuration}})
            == GroupClaims()
        )

    def test_another_triggers_event_is_refused(self) -> None:
        signing_up = event("pre_token_generation_1") | {"triggerSource": "PreSignUp_SignUp"}
        assert problems(parse_pre_token_generation_event, signing_up)[0].startswith("triggerSource")

    def test_all_problems_are_reported_at_once(self) -> None:
        bad = {"groupsToOverride": ["a", 5, ""], "preferredRole": 5}
        assert [
            line.split(":")[0]
            for line in problems(parse_pre_token_generation_event, {"request": {"groupConfiguration": bad}})
        ] == [
            "request.groupConfiguration.groupsToOverride[1]",
            "request.groupConfiguration.groupsToOverride[2]",
            "request.groupConfiguration.preferredRole",
        ]

    def test_attributes_replace_those_of_the_example_user(self) -> None:
        attributes = build_pre_token_generation_event(
            GroupClaims(), user_attributes={"email": "x", "custom:a": "b"}
        )
        assert attributes["request"]["userAttributes"].items() >= {"email": "x", "custom:a": "b"}.items()

    def test_an_unknown_version_is_refused(self) -> None:
        with pytest.raises(ValueError, match="version: expected '1', '2' or '3', got '4'"):
            build_pre_token_generation_event(GroupClaims(), version="4")  # type: ignore[arg-type]

    def test_scopes_came_with_version_2(self) -> None:
        first, second, third = (
            build_pre_token_generation_event(GroupClaims(), version=version)["request"]
            for version in VERSIONS
        )
        assert "scopes" not in first
        assert second == third
        assert second["scopes"]


class TestDecodedArrays:
    """serverless-offline writes the claims of the decoded token, where a gateway writes strings."""

    OFFLINE: ClassVar[list[tuple[str, Callable[[Any], GroupClaims]]]] = [
        ("rest_api_of_serverless_offline", parse_rest_api_event),
        ("http_api_of_serverless_offline", parse_http_api_event),
        ("http_api_format_1_of_serverless_offline", parse_http_api_event),
    ]

    @pytest.mark.parametrize(("name", "read"), OFFLINE)
    def test_are_read_by_the_parser_of_the_gateway(
        self, name: str, read: Callable[[Any], GroupClaims]
    ) -> None:
        offline = event(name)
        authorizer = offline["requestContext"]["authorizer"]
        claims = authorizer.get("jwt", authorizer)["claims"]
        assert read(offline) == parse_token_payload(claims)
        assert read(offline).groups
        del claims["cognito:groups"]
        assert read(offline).groups == ()

    @given(group_claims())
    def test_are_never_ambiguous(self, claims: GroupClaims) -> None:
        payload = {**build_token_payload(claims), "exp": 1717054729}
        of_rest = {"requestContext": {"authorizer": {"claims": payload}}}
        assert parse_rest_api_event(of_rest) == claims
        assert parse_rest_api_event(of_rest, known_groups=[]) == claims
        assert parse_http_api_event(of_rest) == claims
        assert parse_http_api_event({**of_rest, "version": "1.0"}) == claims
        assert parse_rest_api_event({**of_rest, "version": "1.0"}) == claims
        of_http = {"version": "2.0", "requestContext": {"authorizer": {"jwt": {"claims": payload}}}}
        assert parse_http_api_event(of_http) == claims
        for one in (of_rest, of_http, {**of_rest, "version": "1.0"}):
            assert parse_event(detect_source(one), one) == claims

    def test_an_array_may_stand_beside_a_string(self) -> None:
        assert parse_rest_api_event(rest(groups=["a,b"], roles=STAFF)) == GroupClaims(("a,b",), (STAFF,))
        assert parse_rest_api_event(rest(groups="a", roles=[STAFF])) == GroupClaims(("a",), (STAFF,))

    def test_the_event_of_a_rest_api_is_none_of_an_http_api(self) -> None:
        assert problems(parse_http_api_event, rest(groups="a")) == [
            "requestContext.authorizer.jwt: is missing"
        ]
        assert problems(parse_http_api_event, {**rest(groups=["a"]), "version": "2.0"})

    def test_a_problem_is_reported_once(self) -> None:
        [problem] = problems(parse_rest_api_event, rest(groups=["a", 5, ""]))
        reason = "must be a string, or a list of strings that are not empty, got a value of type list"
        assert problem == f"{GROUPS_OF_REST}: {reason}"


def place_claims(source: ClaimsSource, claims: Mapping[str, object] | None) -> dict[str, Any]:
    """Return an event that has these claims at its place, or nothing there."""
    named = {**(claims or {})}
    if source is ClaimsSource.PRE_TOKEN_GENERATION:
        names = ("cognito:groups", "groupsToOverride"), ("cognito:roles", "iamRolesToOverride")
        configuration = {new: named[name] for name, new in names if name in named}
        return {} if claims is None else {"request": {"groupConfiguration": configuration}}
    path = {
        ClaimsSource.JWT: (),
        ClaimsSource.APPSYNC: ("identity", "claims"),
        ClaimsSource.REST_API: ("requestContext", "authorizer", "claims"),
        ClaimsSource.HTTP_API: ("requestContext", "authorizer", "jwt", "claims"),
    }[source]
    value: Any = named
    for i, name in enumerate(reversed(path)):
        value = {} if claims is None and i == 0 else {name: value}
    return value  # type: ignore[no-any-return]


class TestEmptyClaims:
    """A claim that is null or an empty array, and an empty preferred role, are absent.

    Some verifiers require a string, so people write an empty one.
    """

    @pytest.mark.parametrize("source", ClaimsSource)
    @pytest.mark.parametrize("empty", [None, []])
    def test_null_and_an_empty_array_are_absent(self, source: ClaimsSource, empty: object) -> None:
        given_event = place_claims(source, {"cognito:groups": empty, "cognito:roles": empty})
        assert parse_event(source, given_event) == GroupClaims()

    EMPTY: ClassVar[dict[str, object]] = {"cognito:groups": ["a"], "cognito:preferred_role": ""}
    SOURCES: ClassVar[dict[ClaimsSource, dict[str, object]]] = {
        ClaimsSource.JWT: EMPTY,
        ClaimsSource.APPSYNC: {"identity": {"claims": EMPTY}},
        ClaimsSource.REST_API: build_rest_api_event(EMPTY),
        ClaimsSource.HTTP_API: build_http_api_event(EMPTY),
        ClaimsSource.PRE_TOKEN_GENERATION: {
            "request": {"groupConfiguration": {"groupsToOverride": ["a"], "preferredRole": ""}}
        },
    }

    @pytest.mark.parametrize("source", ClaimsSource)
    def test_in_every_source(self, source: ClaimsSource) -> None:
        given_event = self.SOURCES[source]
        assert '""' in json.dumps(given_event)
        assert detect_source(given_event) is source
        assert parse_event(source, given_event) == GroupClaims(("a",))

    def test_in_the_models_of_tokens(self) -> None:
        token = IdTokenClaims.from_payload(event("id_token") | self.EMPTY)
        assert token.cognito_preferred_role is None
        assert "cognito:preferred_role" not in token.model_dump(by_alias=True)

    @pytest.mark.parametrize("version", VERSIONS)
    def test_in_what_is_written(self, version: Version) -> None:
        empty = GroupClaims(("a",), preferred_role="")
        built = build_pre_token_generation_event(empty, version=version)
        assert built == build_pre_token_generation_event(GroupClaims(("a",)), version=version)
        assert override_groups(built, empty) == override_groups(built, ["a"])

    @pytest.mark.parametrize("match_type", ["Equals", "NotEqual", "StartsWith", "Contains"])
    def test_in_an_identity_pool(self, match_type: str) -> None:
        for claims in (self.EMPTY, GroupClaims(("a",), preferred_role="")):
            assert (
                choose_role(claims, {"Type": "Token", "AmbiguousRoleResolution": "Deny"}).role_arn is None
            )
            rule = {
                "Claim": "cognito:preferred_role",
                "MatchType": match_type,
                "Value": ADMIN,
                "RoleARN": ADMIN,
            }
            mapping = {
                "Type": "Rules",
                "AmbiguousRoleResolution": "Deny",
                "RulesConfiguration": {"Rules": [rule]},
            }
            assert choose_role(claims, mapping).rules == (NO_MATCH, ABSENT_CLAIM)


class TestMissingClaims:
    """An event without the object that contains the claims is invalid."""

    @pytest.mark.parametrize("source", [one for one in ClaimsSource if one is not ClaimsSource.JWT])
    def test_in_every_source(self, source: ClaimsSource) -> None:
        assert parse_event(source, place_claims(source, {})) == GroupClaims()
        for nothing in ({}, place_claims(source, None)):
            [problem] = problems(lambda value, source=source: parse_event(source, value), nothing)  # type: ignore[misc]
            assert problem.endswith(": is missing")


class TestMalformedClaims:
    """A group claim of a type that AWS does not write makes the event invalid."""

    @pytest.mark.parametrize("source", ClaimsSource)
    @pytest.mark.parametrize("claim", [5, True, {"a": True}, [5], [None], ["a", ""], [["a"]]])
    @pytest.mark.parametrize("name", ["cognito:groups", "cognito:roles"])
    def test_in_every_source(self, source: ClaimsSource, claim: object, name: str) -> None:
        with pytest.raises(InvalidClaimsError):
            parse_event(source, place_claims(source, {name: claim}))

    @pytest.mark.parametrize("source", [ClaimsSource.JWT, ClaimsSource.APPSYNC])
    def test_a_string_is_no_array(self, source: ClaimsSource) -> None:
        with pytest.raises(InvalidClaimsError, match="must be a list"):
            parse_event(source, place_claims(source, {"cognito:groups": "staff"}))


class TestLegalNames:
    """A string that a REST API joined cannot be split into names that no group can have."""

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            (",staff", [",staff"]),
            ("staff,", ["staff,"]),
            (",", [","]),
            (f"{'a' * 64},{'b' * 64}", ["a" * 64, "b" * 64]),
            ("a" * 128, ["a" * 128]),
        ],
    )
    def test_leave_one_reading(self, text: str, names: list[str]) -> None:
        assert parse_rest_api_event(rest(groups=text)).groups == tuple(names)

    @pytest.mark.parametrize("text", [",staff", "staff,", ",", "admins,,staff", "admins, staff"])
    def test_leave_no_reading_without_commas_in_names(self, text: str) -> None:
        with pytest.raises(InvalidClaimsError, match="must be names separated by commas"):
            parse_rest_api_event(rest(groups=text), comma_free=True)

    def test_a_length_is_counted_in_code_points(self) -> None:
        with pytest.raises(AmbiguousClaimsError):
            parse_rest_api_event(rest(groups=f"{'😀' * 50},{'🎉' * 49}"))
        with pytest.raises(InvalidClaimsError):
            parse_rest_api_event(rest(groups="😀" * 129))


class TestUpdatedIssuerRefused:
    """An Application Load Balancer and the authorizer of a REST API do not accept the updated issuer."""

    UPDATED = build_issuer("eu-west-1_EXAMPLE", updated=True)

    def test_a_rest_api_sends_no_event_for_it(self) -> None:
        [problem] = problems(build_rest_api_event, {"iss": self.UPDATED})
        assert problem.startswith("iss: must be the original issuer")

    @pytest.mark.parametrize("issuer", [build_issuer("eu-west-1_EXAMPLE"), "https://issuer.example.com", 5])
    def test_a_rest_api_accepts_the_original_issuer(self, issuer: object) -> None:
        assert build_rest_api_event({"iss": issuer})

    def test_other_gateways_accept_it(self) -> None:
        payload = event("id_token") | {"iss": self.UPDATED}
        for built in (build_http_api_event(payload), build_appsync_event(payload)):
            assert parse_event(detect_source(built), built) == parse_token_payload(payload)

    def test_an_emulators_event_is_read(self) -> None:
        offline = event("rest_api_of_serverless_offline")
        offline["requestContext"]["authorizer"]["claims"]["iss"] = self.UPDATED
        assert parse_rest_api_event(offline) == NIGHT


class TestAlbWithout:
    """The x-amzn-oidc-data header of an Application Load Balancer contains no groups."""

    def test_it_reads_as_no_groups(self) -> None:
        assert parse_token_payload(event("alb_oidc_data")) == GroupClaims()


def test_every_rule_of_events_has_a_class_of_tests() -> None:
    for rule in EVENT_RULES:
        name = "Test" + "".join(map(str.title, rule.id.split("-")))
        assert name in globals(), rule.id


class TestBuiltEventsAreParsedBack:
    @given(group_claims())
    def test_by_the_sources_without_ambiguity(self, claims: GroupClaims) -> None:
        assert parse_token_payload(build_token_payload(claims)) == claims
        assert parse_appsync_event(build_appsync_event(claims)) == claims
        assert parse_http_api_event(build_http_api_event(claims)) == claims

    @given(group_claims(), st.sampled_from(["1", "2", "3"]))
    def test_by_a_trigger_of_every_version(
        self, claims: GroupClaims, version: Literal["1", "2", "3"]
    ) -> None:
        assert (
            parse_pre_token_generation_event(build_pre_token_generation_event(claims, version=version))
            == claims
        )

    @given(group_claims())
    def test_by_a_rest_api_or_it_is_reported(self, claims: GroupClaims) -> None:
        try:
            assert parse_rest_api_event(build_rest_api_event(claims), known_groups=claims.groups) == claims
        except AmbiguousClaimsError:
            assert any("," in name for name in claims.groups)

    @given(group_claims())
    def test_by_a_rest_api_of_a_pool_without_commas(self, claims: GroupClaims) -> None:
        plain = GroupClaims(
            tuple(name.replace(",", "-") for name in claims.groups), claims.roles, claims.preferred_role
        )
        assert parse_rest_api_event(build_rest_api_event(plain), comma_free=True) == plain

    @given(id_token_claims())
    def test_from_a_whole_token(self, token: IdTokenClaims) -> None:
        assert parse_http_api_event(build_http_api_event(token)) == token.group_claims
        assert parse_appsync_event(build_appsync_event(token)) == token.group_claims
        assert parse_token_payload(build_token_payload(token)) == token.group_claims
        assert (
            parse_pre_token_generation_event(build_pre_token_generation_event(token)) == token.group_claims
        )
        # The authorizer of a REST API accepts the original issuer only.
        original = build_token_payload(token) | {"iss": token.iss.replace("issuer-", "")}
        texts = build_rest_api_event(original)["requestContext"]["authorizer"]["claims"].values()
        assert all(isinstance(text, str) for text in texts)

    @given(group_claims())
    def test_and_detected(self, claims: GroupClaims) -> None:
        assert detect_source(build_appsync_event(claims)) is ClaimsSource.APPSYNC
        assert detect_source(build_rest_api_event(claims)) is ClaimsSource.REST_API
        assert detect_source(build_http_api_event(claims)) is ClaimsSource.HTTP_API
        assert detect_source(build_pre_token_generation_event(claims)) is ClaimsSource.PRE_TOKEN_GENERATION

    def test_a_token_that_was_read_as_it_was_written(self) -> None:
        payload = event("id_token_federated")
        read = IdTokenClaims.from_payload(payload)
        assert build_token_payload(read) == payload
        assert build_rest_api_event(read) == build_rest_api_event(payload)

    def test_and_what_is_changed_then_changes_nothing_else(self) -> None:
        payload = {"cognito:groups": ["a"]}
        build_appsync_event(payload)["identity"]["claims"]["cognito:groups"].append("b")
        assert payload == {"cognito:groups": ["a"]}

    @pytest.mark.parametrize("claim", [object(), {"a": {1, 2}}, nested_too_deeply()])
    def test_and_what_is_no_json_is_refused(self, claim: object) -> None:
        for render in (build_rest_api_event, build_http_api_event):
            with pytest.raises(InvalidClaimsError, match=r"cannot be written as JSON|nested too deeply"):
                render({"x": claim})

    @given(json_objects)
    def test_or_refused_whatever_it_is(self, payload: dict[str, object]) -> None:
        for render in (
            build_token_payload,
            build_appsync_event,
            build_rest_api_event,
            build_http_api_event,
        ):
            with suppress(InvalidClaimsError):
                assert json.dumps(render(payload))

    def test_and_a_list_is_refused(self) -> None:
        assert problems(build_rest_api_event, ["staff"]) == ["must be an object"]

    def test_appsync_has_the_groups_twice(self) -> None:
        identity = build_appsync_event(
            {"cognito:groups": ["a"], "username": "alice", "iss": "i", "sub": "s"}
        )
        assert identity["identity"]["groups"] == ["a"]
        assert identity["identity"]["username"] == "alice"
        assert build_appsync_event({})["identity"]["groups"] is None


class TestPowertools:
    @pytest.mark.parametrize(
        ("read", "name", "wrap", "parse"),
        [
            (parse_rest_api_event, "rest_api_federated", APIGatewayProxyEvent, None),
            (parse_http_api_event, "http_api", APIGatewayProxyEventV2, APIGatewayProxyEventV2Model),
            (parse_appsync_event, "appsync", AppSyncResolverEvent, AppSyncResolverEventModel),
            (
                parse_pre_token_generation_event,
                "pre_token_generation_1",
                PreTokenGenerationTriggerEvent,
                CognitoPreTokenGenerationTriggerModelV1,
            ),
        ],
    )
    def test_its_classes_and_models_are_read(
        self,
        read: Callable[[Any], GroupClaims],
        name: str,
        wrap: Callable[[Any], Mapping[str, object]],
        parse: Any,
    ) -> None:
        claims = read(event(name))
        assert claims.groups
        assert read(wrap(event(name))) == claims
        assert read(MappingProxyType(event(name))) == claims
        if parse is not None:
            assert read(parse.model_validate(event(name))) == claims

    def test_its_models_accept_built_events(self) -> None:
        claims = GroupClaims(("a",), (STAFF,), STAFF)
        rest_model = APIGatewayProxyEventModel.model_validate(build_rest_api_event(claims))
        assert parse_rest_api_event(rest_model) == claims
        http_model = APIGatewayProxyEventV2Model.model_validate(build_http_api_event(claims))
        assert parse_http_api_event(http_model) == claims
        payload = {**event("id_token"), "cognito:groups": ["a"]}
        appsync_model = AppSyncResolverEventModel.model_validate(build_appsync_event(payload))
        assert parse_appsync_event(appsync_model).groups == ("a",)


@pytest.mark.parametrize("source", ClaimsSource)
@given(value=anything)
def test_anything_is_parsed_or_refused(source: ClaimsSource, value: Any) -> None:
    before = json.dumps(value)
    with suppress(InvalidClaimsError):
        assert isinstance(parse_event(source, value), GroupClaims)
    assert json.dumps(value) == before


@given(anything)
def test_anything_is_a_source_or_not(value: Any) -> None:
    with suppress(InvalidClaimsError):
        assert detect_source(value) in ClaimsSource
