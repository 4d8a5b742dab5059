"""The table of groups, the open questions, the identity pool, and errors at their fields."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.playground.conftest import Playground
from tests.samples import role

POOL = {
    "IdentityPoolId": "eu-west-1:00000000-0000-4000-8000-000000000000",
    "Roles": {"authenticated": role("signed-in")},
    "RoleMappings": {
        "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE:1example23456789": {
            "Type": "Token",
            "AmbiguousRoleResolution": "Deny",
        },
    },
}


def test_typing_changes_the_answer(shown: Playground) -> None:
    shown.type("Name of group 1", "admins")
    expect(shown.get_token("Access token")).to_contain_text('"admins"')
    expect(shown.answer.locator(".outcome")).to_contain_text("no group has one")
    shown.type("Role ARN of group 1", role("admin"))
    expect(shown.answer.locator(".outcome .arn")).to_have_text(role("admin"))
    expect(shown.page.get_by_role("status").filter(has_text="Preferred role")).to_have_count(1)


def test_rows_are_added_and_removed(shown: Playground) -> None:
    page = shown.page
    for number, name in enumerate(("admins", "staff", "guests"), start=1):
        if number > 1:
            page.get_by_role("button", name="Add a group").click()
            expect(page.get_by_label(f"Name of group {number}")).to_be_focused()
        page.keyboard.type(name)
    page.get_by_role("button", name="Remove group 2").click()
    shown.wait()
    expect(page.get_by_label("Name of group 2")).to_be_focused()
    expect(page.get_by_label(re.compile("Name of group"))).to_have_count(2)
    expect(shown.answer.locator(".ranking tbody th")).to_have_text(["admins", "guests"])
    for _ in range(2):
        page.get_by_role("button", name="Remove group 1").click()
    expect(page.get_by_label(re.compile("Name of group"))).to_have_count(1)


def test_a_row_that_is_empty_does_not_matter(shown: Playground) -> None:
    shown.type("Name of group 1", "admins")
    shown.page.get_by_role("button", name="Add a group").click()
    shown.wait()
    expect(shown.answer.locator(".ranking tbody tr")).to_have_count(1)
    expect(shown.page.locator("[aria-invalid]")).to_have_count(0)


@pytest.mark.parametrize(
    ("label", "text", "reason"),
    [
        ("Name of group 1", "two words", "white space"),
        ("Precedence of group 1", "-1", "must be greater than or equal to 0, got -1"),
        ("Precedence of group 1", "first", "must be a valid integer"),
        ("Role ARN of group 1", "admin", "must"),
        ("User pool ID, if groups of a federated sign-in matter", "EXAMPLE", "must"),
    ],
)
def test_an_error_is_shown_at_its_field(shown: Playground, label: str, text: str, reason: str) -> None:
    shown.type("Name of group 1", "admins")
    before = shown.fragment
    shown.type(label, text)
    control = shown.page.get_by_label(label, exact=True)
    expect(control).to_have_attribute("aria-invalid", "true")
    expect(control).to_have_accessible_description(re.compile(reason))
    expect(shown.page.locator("[aria-invalid]")).to_have_count(1)
    expect(shown.page.locator("#status")).to_have_text("1 error in the input.")
    assert shown.fragment == before  # a link has valid input only
    shown.type(label, "" if label.startswith(("Prec", "Role", "User")) else "admins")
    expect(shown.page.locator("[aria-invalid]")).to_have_count(0)


def test_an_error_below_an_empty_row_is_shown_in_its_own_row(shown: Playground) -> None:
    shown.page.get_by_role("button", name="Add a group").click()
    shown.type("Name of group 2", "staff")
    shown.type("Precedence of group 2", "-1")
    expect(shown.page.get_by_label("Precedence of group 2")).to_have_attribute("aria-invalid", "true")


def test_groups_of_one_name_that_differ_are_both_marked(shown: Playground) -> None:
    shown.page.get_by_role("button", name="Add a group").click()
    shown.type("Name of group 1", "staff")
    shown.type("Name of group 2", "staff")
    expect(shown.answer.locator(".ranking tbody tr")).to_have_count(1)
    shown.type("Precedence of group 2", "1")
    for number in (1, 2):
        control = shown.page.get_by_label(f"Name of group {number}")
        expect(control).to_have_accessible_description(re.compile("another group has this name"))


def test_each_setting_of_a_policy_is_a_switch(shown: Playground) -> None:
    shown.choose("null-precedence")
    [null_precedence, roleless] = shown.page.get_by_role("switch").all()
    expect(null_precedence).not_to_be_checked()
    expect(null_precedence).to_have_accessible_description(re.compile('with "abstains", no role'))
    null_precedence.check()
    shown.wait()
    expect(shown.answer.locator(".outcome")).to_contain_text("does not nominate its role")
    shown.choose("roleless-at-best")
    roleless.check()
    shown.wait()
    expect(shown.answer.locator(".outcome")).to_contain_text("keeps any role from being preferred")
    roleless.uncheck()
    shown.wait()
    expect(shown.answer.locator(".outcome")).to_contain_text(role("staff"))


def test_reasons_and_questions_link_to_their_pages(shown: Playground) -> None:
    shown.choose("roleless-at-best")
    for name, address in (
        ("lowest-wins", "rules/lowest-wins"),
        ("roleless-ignored", "rules/roleless-ignored"),
        ("roleless-at-best", "questions/roleless-at-best"),
    ):
        link = shown.answer.get_by_role("link", name=name, exact=True)
        expect(link).to_have_attribute("href", f"../reference/{address}.html")


@pytest.mark.parametrize(
    ("example", "texts"),
    [
        ("lowest-wins", ["Preferred role", role("admin")]),
        ("tie-differing-roles", ["No preferred role", "different roles"]),
        ("null-precedence", [role("staff"), "null-precedence"]),
        ("roleless-at-best", [role("staff"), "roleless-at-best"]),
        ("federated-auto-group", ["federated-auto-group"]),
        ("identity-pool", ["Access denied", "AmbiguousRoleResolution is Deny"]),
        ("rest-ambiguous", ["A program that splits at each comma finds other groups: night, shift, staff"]),
    ],
)
def test_each_example_shows_what_it_is_for(shown: Playground, example: str, texts: list[str]) -> None:
    shown.choose(example)
    for text in texts:
        expect(shown.answer).to_contain_text(text)


def test_the_claims_of_both_tokens_are_shown(shown: Playground) -> None:
    shown.choose("tie-differing-roles")
    id_token, access = shown.get_token("ID token"), shown.get_token("Access token")
    assert json.loads(id_token.inner_text()) == {
        "cognito:groups": ["auditors", "operators", "staff"],
        "cognito:roles": [role("auditor"), role("operator"), role("staff")],
    }
    assert json.loads(access.inner_text()) == {"cognito:groups": ["auditors", "operators", "staff"]}
    expect(shown.answer.locator(".tokens")).to_contain_text("Absent: cognito:preferred_role")


def test_each_gateway_writes_the_claims_in_its_way(shown: Playground) -> None:
    shown.choose("lowest-wins")
    expect(shown.get_gateway("rest-api")).to_contain_text('"cognito:groups": "admins,staff,newsletter"')
    expect(shown.get_gateway("http-api")).to_contain_text('"cognito:groups": "[admins staff newsletter]"')
    expect(shown.get_gateway("appsync")).to_contain_text('"cognito:groups": [')
    expect(shown.get_gateway("alb")).to_contain_text("contains no groups")
    expect(shown.get_gateway("pre-token-generation")).to_contain_text(f'"preferredRole": "{role("admin")}"')
    shown.page.get_by_role("radio", name="Access token").check()
    expect(shown.get_gateway("rest-api")).not_to_contain_text("cognito:roles")
    expect(shown.get_gateway("pre-token-generation")).to_have_count(0)
    shown.page.get_by_role("radio", name="ID token").check()


class TestIdentityPool:
    LABEL = "Output of aws cognito-identity get-identity-pool-roles"

    def test_the_role_and_the_reason_are_shown(self, shown: Playground) -> None:
        shown.choose("lowest-wins")
        shown.type(self.LABEL, json.dumps(POOL))
        choice = shown.answer.locator(".choice")
        expect(choice).to_contain_text(role("admin"))
        expect(choice.get_by_role("link")).to_have_text(["preferred-assumed"])
        shown.type("CustomRoleArn of the request, if it has one", role("staff"))
        expect(choice).to_contain_text("the CustomRoleArn is one of cognito:roles")
        shown.type(self.LABEL, "")
        expect(choice).to_have_count(0)

    def test_one_of_several_providers_is_chosen(self, shown: Playground) -> None:
        names = ["cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE:one", "accounts.google.com"]
        mapping = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
        rules = {
            "Type": "Rules",
            "AmbiguousRoleResolution": "Deny",
            "RulesConfiguration": {
                "Rules": [
                    {
                        "Claim": "cognito:groups",
                        "MatchType": "Contains",
                        "Value": "staff",
                        "RoleARN": role("rule"),
                    }
                ]
            },
        }
        shown.choose("lowest-wins")
        shown.type(
            self.LABEL, json.dumps({"RoleMappings": dict(zip(names, (mapping, rules), strict=True))})
        )
        expect(shown.answer.locator(".choice")).to_contain_text(role("admin"))
        shown.page.get_by_label("Provider").select_option(names[1])
        shown.wait()
        expect(shown.answer.locator(".choice")).to_contain_text(role("rule"))

    def test_a_rule_about_another_claim_is_not_answered(self, shown: Playground) -> None:
        rule = {"Claim": "email", "MatchType": "Equals", "Value": "a", "RoleARN": role("rule")}
        mapping = {"Type": "Rules", "RulesConfiguration": {"Rules": [rule]}}
        shown.choose("lowest-wins")
        shown.type(self.LABEL, json.dumps(mapping))
        expect(shown.answer.locator(".choice")).to_contain_text("Not known: email: rule 1 uses this claim")

    @pytest.mark.parametrize(
        ("text", "reason"),
        [("{", "is not JSON"), ("[]", "must be a role mapping"), ('{"Roles": 1}', "Roles")],
    )
    def test_an_error_is_shown_at_the_field(self, shown: Playground, text: str, reason: str) -> None:
        shown.type(self.LABEL, text)
        expect(shown.page.get_by_label(self.LABEL)).to_have_accessible_description(re.compile(reason))


class TestKeyboard:
    def test_the_page_can_be_used_without_a_mouse(self, shown: Playground) -> None:
        page = shown.page
        page.get_by_label("Name of group 1").focus()
        for text in ("admins", "1"):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.type(role("admin"))
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Remove group 1")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Add a group")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.type("staff")
        shown.wait()
        expect(shown.answer.locator(".ranking tbody th")).to_have_text(["admins", "staff"])

    def test_a_switch_is_flipped_by_the_space_bar(self, shown: Playground) -> None:
        switch = shown.page.get_by_role("switch").first
        switch.focus()
        shown.page.keyboard.press("Space")
        expect(switch).to_be_checked()
        expect(switch).to_be_focused()
        shown.page.keyboard.press("Space")
        expect(switch).not_to_be_checked()

    def test_the_first_link_skips_to_the_answer(self, shown: Playground) -> None:
        shown.page.get_by_role("link", name="Skip to the answer").focus()
        shown.page.keyboard.press("Enter")
        expect(shown.answer).to_be_focused()


def test_a_name_in_hebrew_is_typed_from_the_right(shown: Playground) -> None:
    shown.type("Name of group 1", "\u05d0\u05d1")
    direction = shown.page.get_by_label("Name of group 1").evaluate(
        "one => getComputedStyle(one).direction"
    )
    assert direction == "rtl"
