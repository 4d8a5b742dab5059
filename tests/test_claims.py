"""Group claims, the two tokens, and what a stale token shows."""

import pickle
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognito_claims import ClaimsChange, GroupClaims, InvalidClaimsError, resolve
from cognito_claims.testing.strategies import access_token_claims, group_claims, id_token_claims
from cognito_claims.tokens import AccessTokenClaims, IdTokenClaims, parse_token_payload
from tests.events import event
from tests.json_values import anything, json_values
from tests.samples import role

GUARANTEED = {"iss": "https://x", "sub": "s", "aud": "a", "token_use": "id", "exp": 2, "iat": 1}


def problems(model: type[IdTokenClaims | AccessTokenClaims], payload: Any) -> list[str]:
    with pytest.raises(InvalidClaimsError) as caught:
        model.from_payload(payload)
    return [str(problem) for problem in caught.value.problems]


class TestGroupClaims:
    def test_the_tokens_have_their_claims(self) -> None:
        claims = GroupClaims(groups=("a",), roles=(role("x"),), preferred_role=role("x"))
        assert claims.id_token() == {
            "cognito:groups": ["a"],
            "cognito:roles": [role("x")],
            "cognito:preferred_role": role("x"),
        }
        assert claims.access_token() == {"cognito:groups": ["a"]}

    @pytest.mark.parametrize("wrong", [{"groups": "staff"}, {"roles": "staff"}])
    def test_one_text_is_no_tuple(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(TypeError, match="expected a tuple of strings"):
            GroupClaims(**wrong)

    def test_what_is_empty_is_absent(self) -> None:
        assert GroupClaims().id_token() == {}
        assert GroupClaims().access_token() == {}

    def test_a_token_changed_changes_no_claims(self) -> None:
        claims = GroupClaims(groups=("a",))
        claims.id_token()["cognito:groups"].append("b")
        assert claims.id_token() == {"cognito:groups": ["a"]}


class TestCompare:
    def test_says_what_changed(self) -> None:
        token = GroupClaims(("staff", "beta"), (role("staff"), role("beta")), role("staff"))
        now = GroupClaims(("admins", "staff"), (role("admin"), role("staff")), role("admin"))
        assert token.compare(now) == ClaimsChange(
            groups_added=("admins",),
            groups_removed=("beta",),
            roles_gained=(role("admin"),),
            roles_lost=(role("beta"),),
            preferred_role_before=role("staff"),
            preferred_role_after=role("admin"),
        )

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (GroupClaims(("a",)), GroupClaims()),
            (GroupClaims(), GroupClaims(("a",))),
            (GroupClaims(("a",), (role("x"),)), GroupClaims(("a",))),
            (GroupClaims(("a",)), GroupClaims(("a",), (role("x"),))),
            (GroupClaims(("a",), (role("x"),), role("x")), GroupClaims(("a",), (role("x"),))),
        ],
    )
    def test_one_difference_is_a_change(self, before: GroupClaims, after: GroupClaims) -> None:
        assert before.compare(after)
        assert after.compare(before)

    def test_a_preferred_role_that_came_or_went_is_a_change_of_it(self) -> None:
        before, after = GroupClaims(preferred_role=role("x")), GroupClaims()
        assert before.compare(after).preferred_role_changed
        assert not before.compare(before).preferred_role_changed

    def test_what_is_no_claims_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"got Resolution: use the \.claims of a Resolution"):
            GroupClaims().compare(resolve([]))  # type: ignore[arg-type]

    @given(group_claims(), st.randoms())
    def test_order_is_no_change(self, claims: GroupClaims, random: Any) -> None:
        groups, roles = list(claims.groups), list(claims.roles)
        random.shuffle(groups)
        random.shuffle(roles)
        shuffled = GroupClaims(tuple(groups), tuple(roles), claims.preferred_role)
        assert not claims.compare(shuffled)
        assert not shuffled.compare(claims)

    @given(group_claims(), group_claims())
    def test_what_is_gained_one_way_is_lost_the_other(self, one: GroupClaims, other: GroupClaims) -> None:
        there, back = one.compare(other), other.compare(one)
        assert (there.groups_added, there.groups_removed) == (back.groups_removed, back.groups_added)
        assert (there.roles_gained, there.roles_lost) == (back.roles_lost, back.roles_gained)
        assert (set(one.groups) | set(there.groups_added)) - set(there.groups_removed) == set(other.groups)
        assert bool(there) == bool(back)


class TestIdToken:
    def test_is_read(self) -> None:
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

    def test_has_no_more_than_is_guaranteed(self) -> None:
        token = IdTokenClaims.from_payload(event("id_token_without_groups"))
        assert token.group_claims == GroupClaims()
        assert (token.cognito_username, token.identities, token.custom_attributes) == (None, None, {})

    @pytest.mark.parametrize("name", sorted(GUARANTEED))
    def test_has_all_that_is_guaranteed(self, name: str) -> None:
        assert IdTokenClaims.from_payload(GUARANTEED).iss == "https://x"
        payload = {key: value for key, value in GUARANTEED.items() if key != name}
        assert problems(IdTokenClaims, payload) == [f"{name}: is missing"]

    def test_of_a_federated_user_has_identities_in_text(self) -> None:
        token = IdTokenClaims.from_payload(event("id_token_federated"))
        assert token.identities is not None
        [identity] = token.identities
        assert identity.provider_name == "Okta"
        assert identity.user_id == "bob@example.com"
        assert identity.issuer == "http://www.okta.com/exkexample"
        assert (identity.primary, identity.date_created) == (True, 1642699117273)

    @pytest.mark.parametrize(("text", "truth"), [("true", True), ("false", False), (True, True)])
    def test_has_truths_as_text_or_not(self, text: object, truth: bool) -> None:
        identity = {"userId": "u", "providerName": "p", "primary": text}
        token = IdTokenClaims.from_payload({**GUARANTEED, "email_verified": text, "identities": [identity]})
        assert token.email_verified is truth
        assert token.identities is not None
        assert token.identities[0].primary is truth

    def test_keeps_attributes_of_developers(self) -> None:
        token = IdTokenClaims.from_payload({**GUARANTEED, "dev:custom:a": "x", "a": 5})
        assert token.developer_attributes == {"dev:custom:a": "x"}
        assert token.custom_attributes == {}

    @pytest.mark.parametrize("value", [5, None, ["a"], True])
    def test_has_custom_attributes_that_are_text(self, value: object) -> None:
        token = IdTokenClaims.from_payload({**GUARANTEED, "custom:a": value, "custom:b": "x"})
        assert token.custom_attributes == {"custom:b": "x"}
        assert token.model_extra == {"custom:a": value, "custom:b": "x"}

    def test_a_claim_of_a_fields_name_is_not_that_field(self) -> None:
        token = IdTokenClaims.from_payload({**GUARANTEED, "cognito_groups": ["admins"]})
        assert token.group_claims == GroupClaims()
        assert token.model_extra == {"cognito_groups": ["admins"]}
        assert "admins" not in repr(token)

    @pytest.mark.parametrize(
        ("claim", "value", "reason"),
        [
            ("cognito:groups", "a,b", "must be a list"),
            ("cognito:groups", ["a", 5], "must be a valid string"),
            ("cognito:preferred_role", [role("x")], "must be a valid string"),
            ("cognito:preferred_role", "", "must have at least 1 character"),
            ("exp", "5", "must be a number of seconds"),
            ("exp", True, "must be a number of seconds"),
            ("exp", float("nan"), "must be a number of seconds"),
            ("token_use", "access", "must be 'id'"),
            ("email_verified", "yes", "must be a valid boolean"),
            ("identities", [{"providerName": "x"}], "is missing"),
        ],
    )
    def test_with_a_claim_of_a_wrong_type_is_refused(self, claim: str, value: object, reason: str) -> None:
        [problem] = problems(IdTokenClaims, {**GUARANTEED, claim: value})
        assert claim in problem
        assert reason in problem

    @pytest.mark.parametrize("text", ["eyJhbGciOi.secret.x", b"eyJhbGciOi.secret.x"])
    def test_that_was_not_decoded_is_refused_and_not_shown(self, text: object) -> None:
        assert problems(IdTokenClaims, text) == [
            "must be an object, got a string: verify and decode a token first"
        ]
        with pytest.raises(InvalidClaimsError, match="must be an object, got a string"):
            parse_token_payload(text)  # type: ignore[arg-type]

    @given(id_token_claims())
    def test_is_a_value(self, token: IdTokenClaims) -> None:
        again = IdTokenClaims.from_payload(token.model_dump(by_alias=True))
        assert again == token
        assert hash(again) == hash(token)
        assert pickle.loads(pickle.dumps(token)) == token

    @given(id_token_claims())
    def test_shows_no_person(self, token: IdTokenClaims) -> None:
        shown = repr(token)
        assert repr(token.sub) not in shown
        assert token.email is None or token.email not in shown
        # By the members' names, since a group may have any of these for its own.
        members = [token, *(token.identities or ())]
        names = [str(name) for member in members for name, _ in member.__repr_args__()]
        assert "iss" in names
        assert not [name for name in names if "username" in name or "user_id" in name or "custom:" in name]

    def test_says_what_changed_since(self) -> None:
        token = IdTokenClaims.from_payload(event("id_token"))
        assert not token.compare(token.group_claims)
        assert token.compare(GroupClaims(token.group_claims.groups)).roles_lost


class TestAccessToken:
    def test_of_a_user_has_groups_alone(self) -> None:
        token = AccessTokenClaims.from_payload(event("access_token"))
        assert token.group_claims == GroupClaims(("staff", "admins", "night,shift"))
        assert token.username == "alice"
        assert token.scopes == ("openid", "email", "orders/read")
        assert not token.is_machine

    def test_of_a_machine_has_no_user(self) -> None:
        token = AccessTokenClaims.from_payload(event("access_token_of_a_machine"))
        assert token.is_machine
        assert token.sub == token.client_id == "2example34567890"
        assert token.group_claims == GroupClaims()
        assert (token.username, token.origin_jti) == (None, None)

    @pytest.mark.parametrize(
        "changes", [{"sub": "another"}, {"username": "2example34567890"}, {"username": ""}]
    )
    def test_of_a_machine_has_no_username_and_the_client_as_subject(self, changes: dict[str, str]) -> None:
        payload = event("access_token_of_a_machine") | changes
        assert not AccessTokenClaims.from_payload(payload).is_machine

    def test_says_which_groups_changed_and_nothing_of_roles(self) -> None:
        token = AccessTokenClaims.from_payload(event("access_token"))
        now = GroupClaims(("admins", "night,shift", "staff"), (role("admin"),), role("admin"))
        assert not token.compare(now)
        assert token.compare(GroupClaims(("admins",))).groups_removed == ("night,shift", "staff")

    def test_without_scopes_has_none(self) -> None:
        payload = event("access_token")
        del payload["scope"]
        assert AccessTokenClaims.from_payload(payload).scopes == ()

    def test_is_no_id_token(self) -> None:
        assert problems(IdTokenClaims, event("access_token")) == [
            "aud: is missing",
            "token_use: must be 'id', got 'access'",
        ]
        assert problems(AccessTokenClaims, event("id_token"))[0] == "client_id: is missing"

    def test_shows_no_username_and_no_device(self) -> None:
        payload = event("access_token") | {"device_key": "eu-west-1_secret"}
        shown = repr(AccessTokenClaims.from_payload(payload))
        assert "alice" not in shown
        assert "secret" not in shown

    @given(access_token_claims())
    def test_is_a_value(self, token: AccessTokenClaims) -> None:
        assert AccessTokenClaims.from_payload(token.model_dump(by_alias=True)) == token
        assert token.is_machine == (token.username is None)
        assert not (token.is_machine and token.group_claims.groups)


@pytest.mark.parametrize("model", [IdTokenClaims, AccessTokenClaims])
@given(payload=anything | st.fixed_dictionaries(dict.fromkeys(GUARANTEED, json_values)))
def test_anything_is_a_payload_or_refused(
    model: type[IdTokenClaims | AccessTokenClaims], payload: Any
) -> None:
    with suppress(InvalidClaimsError):
        model.from_payload(payload)
