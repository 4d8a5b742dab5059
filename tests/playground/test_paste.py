"""What is pasted is recognized, and no more than the claims about groups is kept of it."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from cognito_claims import GroupClaims
from cognito_claims.events import (
    build_appsync_event,
    build_http_api_event,
    build_pre_token_generation_event,
    build_rest_api_event,
    override_groups,
)
from tests.playground.conftest import Playground
from tests.playground.test_input import POOL
from tests.samples import role

EVENTS = Path(__file__).parents[1] / "events"
SECRET = "alice-1d3f"
LIST: dict[str, Any] = {
    "Groups": [
        {
            "GroupName": "staff",
            "UserPoolId": "eu-west-1_EXAMPLE",
            "RoleArn": role("staff"),
            "Precedence": 10,
            "CreationDate": "2024-05-30T07:38:49.123000+00:00",
        },
        {"GroupName": "admins", "UserPoolId": "eu-west-1_EXAMPLE", "RoleArn": "", "Precedence": 0},
    ]
}
PAYLOAD = {
    "sub": SECRET,
    "cognito:username": SECRET,
    "email": f"{SECRET}@example.com",
    "token_use": "id",
    "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE",
    "cognito:groups": ["admins", "staff"],
    "cognito:roles": [role("admin"), role("staff")],
    "cognito:preferred_role": role("admin"),
}
CLAIMS = GroupClaims(("admins", "staff"), (role("admin"), role("staff")), role("admin"))


def encode_token(payload: object) -> str:
    header, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "RS256"}, payload)
    )
    return f"{header}.{body}.c2lnbmF0dXJl"


def get_names(shown: Playground) -> list[str]:
    return [one.input_value() for one in shown.page.get_by_label(re.compile("Name of group")).all()]


def expect_errors(shown: Playground, *reasons: str) -> None:
    area = shown.page.locator("#paste")
    expect(area).to_have_attribute("aria-invalid", "true")
    for reason in reasons:
        expect(area).to_have_accessible_description(re.compile(reason))


class TestGroups:
    @pytest.mark.parametrize(
        "text",
        [
            json.dumps(LIST),
            json.dumps(LIST["Groups"]),
            "\ufeff\n" + json.dumps(LIST, indent=4),
            "\n".join(
                [
                    json.dumps({"Groups": LIST["Groups"][:1], "NextToken": "more"}),
                    json.dumps({"Groups": LIST["Groups"][1:]}),
                ]
            ),
        ],
        ids=["response", "list", "indented", "pages"],
    )
    def test_become_rows(self, shown: Playground, text: str) -> None:
        shown.paste(text)
        assert get_names(shown) == ["admins", "staff"]
        expect(shown.page.get_by_label("Precedence of group 1")).to_have_value("0")
        expect(shown.page.get_by_label("Role ARN of group 2")).to_have_value(role("staff"))
        expect(shown.page.get_by_label(re.compile("User pool ID"))).to_have_value("eu-west-1_EXAMPLE")
        expect(shown.page.locator("#paste")).to_have_value("")
        expect(shown.page.locator("#notice.hidden")).to_have_text("Read 2 groups.")  # for screen readers
        expect(shown.page.locator(".actions .faint")).to_have_text("Read 2 groups.")
        expect(shown.answer.locator(".outcome")).to_contain_text(role("staff"))

    def test_one_group_is_the_output_of_get_group(self, shown: Playground) -> None:
        shown.paste(json.dumps({"Group": LIST["Groups"][0]}))
        assert get_names(shown) == ["staff"]

    def test_the_button_reads_what_is_typed(self, shown: Playground) -> None:
        shown.page.locator("#paste").fill(json.dumps(LIST))
        assert get_names(shown) == [""]
        shown.page.get_by_role("button", name="Read input", exact=True).click()
        expect(shown.page.locator("#paste")).to_have_value("")
        shown.wait()
        assert get_names(shown) == ["admins", "staff"]

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (" ", "is empty"),
            ("Groups:\n- GroupName: staff", "is not JSON: Expecting value, in line 1, column 1"),
            ('{"Groups": [{"GroupName": "a b"}]}', r"Groups\[0\]\.GroupName"),
            ('{"Groups": [{"GroupName": "a", "RoleARN": "x"}]}', "use RoleArn"),
            ('{"Groups": [], "NextToken": "x"}', "is incomplete"),
            ('{"Groups": []} {"Users": []}', "contains a page without Groups"),
            ('{"Groups": 1}', "contains a page without Groups"),
            ('[{"GroupName": "a"}, {"GroupName": "a", "Precedence": 1}]', "differ"),
            (json.dumps([{"GroupName": x, "UserPoolId": f"eu-west-1_{x}"} for x in "AB"]), "2 user pools"),
            ('{"Users": []}', "is not recognized"),
            ("1", "is not recognized"),
            ("[" * 100_000, "Too many nested brackets"),
            ('{"a":' * 100_000, "Too many nested brackets"),
        ],
        ids=range(13),
    )  # fmt: skip
    def test_an_error_is_shown_and_nothing_changes(self, shown: Playground, text: str, reason: str) -> None:
        shown.type("Name of group 1", "before")
        shown.paste(text)
        expect_errors(shown, reason)
        assert get_names(shown) == ["before"]
        shown.page.locator("#paste").fill("")
        expect(shown.page.locator("#paste[aria-invalid]")).to_have_count(0)

    def test_of_many_errors_the_first_are_shown(self, shown: Playground) -> None:
        shown.paste(json.dumps([{"GroupName": ""}] * 50))
        expect(shown.page.locator("#error-paste li")).to_have_count(11)
        expect(shown.page.locator("#error-paste")).to_contain_text("and 40 more errors")
        expect(shown.page.locator("#notice.hidden")).to_have_text("50 errors in the input.")


class TestClaims:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            (encode_token(PAYLOAD), "an ID token"),
            (f"Authorization: Bearer {encode_token(PAYLOAD)}", "an ID token"),
            (json.dumps(PAYLOAD), "an ID token"),
            (json.dumps(build_appsync_event(PAYLOAD)), "an AppSync event"),
            (json.dumps(build_http_api_event(PAYLOAD)), "an HTTP API event"),
            (json.dumps(build_pre_token_generation_event(CLAIMS)), "a pre token generation event"),
        ],
        ids=["token", "header", "payload", "appsync", "http", "trigger"],
    )
    def test_are_read_from_each_source(self, shown: Playground, text: str, kind: str) -> None:
        shown.paste(text)
        expect(shown.page.locator("#editor")).to_contain_text(f"Read from {kind}: 2 groups.")
        assert json.loads(shown.get_token("ID token").inner_text()) == CLAIMS.id_token()
        expect(shown.page.locator("#status")).to_have_text(f"Preferred role: {role('admin')}")
        expect(shown.get_gateway("http-api")).to_contain_text("[admins staff]")
        assert SECRET not in shown.page.content()

    def test_an_access_token_has_no_roles(self, shown: Playground) -> None:
        shown.paste(encode_token({"token_use": "access", "cognito:groups": ["staff"], "username": SECRET}))
        expect(shown.page.locator("#editor")).to_contain_text("Read from an access token: 1 group.")
        expect(shown.answer.locator(".tokens")).to_contain_text("Not known: this is an access token.")
        expect(shown.page.get_by_role("radio", name="ID token")).to_be_disabled()
        shown.paste(json.dumps(POOL))
        expect(shown.answer.locator(".choice")).to_contain_text("identity pools accept ID tokens only")

    def test_an_identity_pool_chooses_by_the_claims(self, shown: Playground) -> None:
        shown.paste(json.dumps(PAYLOAD))
        shown.paste(json.dumps(POOL))
        expect(shown.page.locator("#notice")).to_have_text("Read the roles of an identity pool.")
        expect(shown.answer.locator(".choice")).to_contain_text(role("admin"))

    def test_the_response_of_a_trigger_is_applied(self, shown: Playground) -> None:
        event = override_groups(build_pre_token_generation_event(CLAIMS), groups=["guests"])
        event["response"]["claimsOverrideDetails"]["claimsToAddOrOverride"] = {"secret": SECRET}
        shown.paste(json.dumps(event))
        assert json.loads(shown.get_token("ID token").inner_text()) == {"cognito:groups": ["guests"]}
        assert json.loads(shown.get_token("Access token").inner_text()) == {"cognito:groups": ["guests"]}
        assert SECRET not in shown.page.content()

    def test_become_groups_to_edit(self, shown: Playground) -> None:
        shown.paste(json.dumps(PAYLOAD))
        shown.page.get_by_role("button", name="Edit as groups").click()
        shown.wait()
        assert get_names(shown) == ["admins", "staff"]

    def test_every_event_of_the_suite_is_read(self, shown: Playground) -> None:
        for path in sorted(EVENTS.glob("*.json")):
            pasted = {"text": path.read_text(), "comma_free": True, "known_groups": None}
            result = shown.call("read", json.dumps(pasted))
            assert ("errors" in result) == (path.stem in NOT_READ), path.name


NOT_READ = {"pre_token_generation_sample_with_list"}
"""AWS's sample, whose preferred role is a list."""


AMBIGUOUS = json.dumps(build_rest_api_event(GroupClaims(groups=("night,shift", "staff"))))


class TestAmbiguity:
    def test_splits_at_each_comma_if_no_name_has_one(self, shown: Playground) -> None:
        shown.paste(AMBIGUOUS)
        expect_errors(shown, "can be read in more than one way")
        shown.page.get_by_role("button", name="At each comma").click()
        expect(shown.page.locator("#editor")).to_contain_text("Read from a REST API event: 3 groups.")

    def test_splits_into_known_names(self, shown: Playground) -> None:
        shown.paste(AMBIGUOUS)
        shown.page.get_by_label(re.compile("the names of all groups")).fill("night,shift staff guests")
        shown.page.get_by_role("button", name="Read with these names").click()
        expect(shown.page.locator("#editor")).to_contain_text("Read from a REST API event: 2 groups.")

    def test_is_not_asked_about_other_errors(self, shown: Playground) -> None:
        shown.paste(AMBIGUOUS)
        question = shown.page.get_by_text("How does the REST API")
        expect(question).to_be_visible()
        shown.paste("{")
        expect(question).to_have_count(0)


class TestIdentityPool:
    def test_fills_its_field(self, shown: Playground) -> None:
        shown.choose("lowest-wins")
        shown.paste(json.dumps(POOL | {"Tags": SECRET}))
        value = shown.page.locator("#identity_pool").input_value()
        assert json.loads(value) == POOL
        expect(shown.answer.locator(".choice")).to_contain_text(role("admin"))

    def test_errors_are_shown(self, shown: Playground) -> None:
        shown.paste('{"RoleMappings": {"x": {"Type": "None"}}}')
        expect_errors(shown, "RoleMappings")


class TestSecrets:
    TOKEN = encode_token({**PAYLOAD, "cognito:groups": [f"{SECRET} "]})

    @pytest.mark.parametrize(
        "text",
        [
            encode_token(PAYLOAD),
            json.dumps(build_rest_api_event(PAYLOAD | {"cognito:groups": ["staff"]})),
            json.dumps(build_appsync_event(PAYLOAD)),
        ],
    )
    def test_no_link_has_one(self, shown: Playground, text: str) -> None:
        shown.paste(text)
        expect(shown.page.locator("#paste")).to_have_value("")
        state = shown.page.evaluate(
            "async fragment => JSON.stringify(await (await import('./link.js')).decode(fragment))",
            shown.fragment,
        )
        assert json.loads(state)["claims"]["id"]
        for secret in (SECRET, "eyJ", "example.com"):
            assert secret not in state

    @pytest.mark.parametrize(
        "text",
        [
            f"x{encode_token(PAYLOAD)}"[:-20],
            encode_token([SECRET]),
            encode_token(PAYLOAD | {"cognito:groups": SECRET}),
            json.dumps(PAYLOAD | {"cognito:roles": [{SECRET: SECRET}]}),
            json.dumps({SECRET: SECRET}),
            f'{{"Groups": [{{"GroupName": "{SECRET} x", "{SECRET}": 1}}]}}',
            f'{{"{SECRET}": {SECRET}}}',
            SECRET,
            json.dumps({"RoleMappings": {"x": {"Type": SECRET}}}),
        ],
    )
    def test_no_error_has_one(self, shown: Playground, text: str) -> None:
        before = shown.fragment
        shown.paste(text)
        errors = shown.page.locator("#error-paste")
        expect(errors).to_be_visible()
        assert SECRET not in shown.page.locator("body").inner_text()
        assert "eyJ" not in shown.page.locator("body").inner_text()
        assert shown.fragment == before

    def test_a_token_in_another_field_does_not_reach_the_link(self, shown: Playground) -> None:
        token = encode_token(PAYLOAD)
        for label in ("Name of group 1", "Role ARN of group 1", "Precedence of group 1"):
            before = shown.fragment
            shown.type(label, token)
            expect(shown.page.get_by_label(label)).to_have_attribute("aria-invalid", "true")
            assert shown.fragment == before
            shown.type(label, "")
        shown.type("Output of aws cognito-identity get-identity-pool-roles", token)
        assert "eyJ" not in shown.page.locator("#error-identity_pool").inner_text()
