"""The roles that a user can get: a class for each rule, then the ways, input and explanations."""

import json
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from cognito_claims import (
    InvalidClaimsError,
    InvalidResponseError,
    MixedUserPoolsError,
    Policy,
    Resolution,
    resolve,
)
from cognito_claims.access import (
    ACCESS_RULES,
    Assessment,
    EffectiveAccess,
    GetRoleResponse,
    Role,
    UnknownRole,
    Verdict,
    Way,
    build_access_report,
    effective_access,
    rules,
)
from cognito_claims.identity_pool import (
    DescribeIdentityPoolResponse,
    GetIdentityPoolRolesResponse,
    GetPrincipalTagAttributeMapResponse,
    choose_role,
)
from cognito_claims.testing.strategies import identity_pool_roles, resolutions
from cognito_claims.user_pool import UserPoolType
from tests.samples import POOL, role

ADMIN, STAFF, SIGNED_IN, LEGAL = role("admin"), role("staff"), role("signed-in"), role("legal")
POOL_ID = "eu-west-1:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
OTHER_ID = "eu-west-1:1b2c3d4e-5f6a-4b7c-8d8e-0f1a2b3c4d5e"
USER_POOL = f"cognito-idp.eu-west-1.amazonaws.com/{POOL}"
PROVIDER = f"{USER_POOL}:1example23456789"
TRIGGER = "arn:aws:lambda:eu-west-1:123456789012:function:claims"
ALLOWS = (
    "Statement[0] allows the identity pool sts:AssumeRoleWithWebIdentity: "
    "aud is the identity pool; amr contains authenticated"
)
GROUPS = [
    {"GroupName": "staff", "UserPoolId": POOL, "Precedence": 5, "RoleArn": STAFF},
    {"GroupName": "admins", "UserPoolId": POOL, "Precedence": 0, "RoleArn": ADMIN},
]
TOKEN = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
DESCRIPTION: dict[str, Any] = {
    "IdentityPoolId": POOL_ID,
    "AllowUnauthenticatedIdentities": False,
    "CognitoIdentityProviders": [{"ProviderName": USER_POOL, "ClientId": "1example23456789"}],
}
CLASSIC = {**DESCRIPTION, "AllowClassicFlow": True}


def trust(pool: str = POOL_ID, **members: Any) -> dict[str, Any]:
    service = "cognito-identity.amazonaws.com"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": service},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{service}:aud": pool},
            "ForAnyValue:StringLike": {f"{service}:amr": "authenticated"},
        },
    }
    return {"Version": "2012-10-17", "Statement": [{**statement, **members}]}


def build_role(arn: str, policy: Any = None, **members: Any) -> dict[str, Any]:
    document = trust() if policy is None else policy
    name = arn.rpartition("/")[2]
    return {"Role": {"Arn": arn, "RoleName": name, "AssumeRolePolicyDocument": document, **members}}


def build_pool(mapping: dict[str, Any] | None = TOKEN, **members: Any) -> dict[str, Any]:
    mappings = {} if mapping is None else {"RoleMappings": {PROVIDER: mapping}}
    return {"IdentityPoolId": POOL_ID, "Roles": {"authenticated": SIGNED_IN}, **mappings, **members}


ALL_ROLES = [build_role(arn) for arn in (ADMIN, STAFF, SIGNED_IN)]


def evaluate(groups: Any = GROUPS, mapping: Any = TOKEN, **arguments: Any) -> EffectiveAccess:
    given: dict[str, Any] = {
        "identity_pool": build_pool(mapping),
        "roles": ALL_ROLES,
        "description": DESCRIPTION,
        "principal_tags": False,
        "user_pool": {"Id": POOL},
        "provider": PROVIDER,
        **arguments,
    }
    resolution = groups if isinstance(groups, Resolution) else resolve(groups)
    return effective_access(resolution, **given)


def list_roles(access: EffectiveAccess) -> list[tuple[str, str, Verdict]]:
    return [(one.role_arn, str(one.way), one.trust.verdict) for one in access.roles]


class TestAcceptedProvider:
    def test_the_user_pool_and_the_app_client_are_accepted(self) -> None:
        access = evaluate()
        assert (access.provider.verdict, access.verdict) == (Verdict.YES, Verdict.YES)

    @pytest.mark.parametrize("client", ["2example", "1example"])
    def test_a_different_app_client_gets_no_credentials(self, client: str) -> None:
        access = evaluate(provider=f"{USER_POOL}:{client}", mapping=None)
        assert (access.provider.verdict, access.verdict) == (Verdict.NO, Verdict.NO)
        assert access.provider.reason == f"it accepts only {PROVIDER}"
        assert access.provider.rules == (rules.ACCEPTED_PROVIDER,)

    def test_a_user_pool_gets_no_credentials_if_none_is_accepted(self) -> None:
        access = evaluate(description={**DESCRIPTION, "CognitoIdentityProviders": None})
        assert (access.provider.verdict, access.provider.reason) == (Verdict.NO, "it accepts no user pool")

    @pytest.mark.parametrize("provider", [None, f"{USER_POOL}:"])
    def test_without_an_app_client_the_user_pool_counts(self, provider: str | None) -> None:
        access = evaluate(provider=provider, mapping=None)
        assert (access.provider.verdict, access.provider.reason) == (Verdict.YES, f"it accepts {USER_POOL}")

    def test_an_empty_provider_is_none(self) -> None:
        assert evaluate(provider="", mapping=None).provider.reason == f"it accepts {USER_POOL}"

    def test_a_provider_may_have_no_app_client(self) -> None:
        listed = [{"ProviderName": USER_POOL}]
        access = evaluate(description={**DESCRIPTION, "CognitoIdentityProviders": listed})
        assert access.provider.reason == f"it accepts only {USER_POOL}:"

    def test_is_unknown_without_a_description_or_a_user_pool(self) -> None:
        access = evaluate(description=None)
        assert (access.provider.verdict, access.verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
        nobody = evaluate([], mapping=None, provider=None, user_pool=None)
        assert nobody.provider.reason == "neither the provider nor the user pool was passed"


class TestSameAccount:
    FOREIGN = "arn:aws:iam::999999999999:role/admin"

    def test_a_role_of_a_different_account_cannot_be_assumed(self) -> None:
        groups = [{"GroupName": "admins", "Precedence": 0, "RoleArn": self.FOREIGN}]
        given = [*ALL_ROLES, build_role(self.FOREIGN)]
        access = evaluate(groups, roles=given, account_id="123456789012")
        assert access.role is not None
        assert (access.role.trust.verdict, access.role.trust.rules) == (Verdict.NO, (rules.SAME_ACCOUNT,))
        assert "account 999999999999, and the identity pool to 123456789012" in access.role.trust.reason
        assert (access.verdict, access.message) == (Verdict.NO, None)

    def test_a_role_of_a_different_account_may_trust_others(self) -> None:
        given = [build_role(ADMIN, trust(Condition={}))]
        access = evaluate(roles=given, account_id="9" * 12)
        assert access.role is not None
        assert access.role.trust.rules == (rules.SAME_ACCOUNT,)
        assert access.role.trust.warnings == (rules.ANY_IDENTITY_POOL, rules.GUESTS_TRUSTED)

    def test_roles_of_several_accounts_are_unknown_without_the_account(self) -> None:
        groups = [{"GroupName": "admins", "Precedence": 0, "RoleArn": self.FOREIGN}]
        access = evaluate(groups, roles=[build_role(self.FOREIGN)])
        assert access.role is not None
        assert (access.role.trust.verdict, access.role.trust.rules) == (
            Verdict.UNKNOWN,
            (rules.SAME_ACCOUNT,),
        )
        refused = evaluate(groups, roles=[build_role(self.FOREIGN, trust(OTHER_ID))])
        assert refused.verdict is Verdict.NO

    def test_is_no_matter_in_the_classic_flow(self) -> None:
        groups = [{"GroupName": "admins", "Precedence": 0, "RoleArn": self.FOREIGN}]
        for account in (None, "1" * 12):
            given = [build_role(self.FOREIGN)]
            access = evaluate(groups, mapping=None, description=CLASSIC, roles=given, account_id=account)
            assert (self.FOREIGN, "classic-flow", Verdict.YES) in list_roles(access)

    def test_a_role_that_is_no_arn_has_no_account(self) -> None:
        row = {"Claim": "cognito:groups", "MatchType": "Equals", "Value": "staff", "RoleARN": "x" * 20}
        mapping = {**TOKEN, "Type": "Rules", "RulesConfiguration": {"Rules": [row]}}
        access = evaluate(mapping=mapping, account_id="123456789012")
        assert access.role is not None
        assert access.role.trust.rules == (rules.SAME_ACCOUNT,)


class TestRoleReplaces:
    def test_a_role_of_a_group_replaces_the_authenticated_role(self) -> None:
        assert rules.ROLE_REPLACES in evaluate().notes
        assert rules.ROLE_REPLACES.sentence in evaluate().explain()

    def test_the_authenticated_role_replaces_nothing(self) -> None:
        assert rules.ROLE_REPLACES not in evaluate(mapping=None).notes
        assert rules.ROLE_REPLACES not in evaluate([]).notes
        alone = evaluate(identity_pool={**build_pool(), "Roles": {}})
        assert rules.ROLE_REPLACES not in alone.notes


class TestCredentialsRemain:
    def test_for_an_hour(self) -> None:
        access = evaluate()
        assert rules.CREDENTIALS_REMAIN in access.notes
        assert {one.valid_for for one in access.roles} == {timedelta(hours=1)}

    def test_not_those_of_a_role_that_cannot_be_assumed(self) -> None:
        refused = evaluate(GROUPS[:1], roles=[build_role(STAFF, trust(OTHER_ID))])
        assert "credentials are valid" not in refused.explain()

    def test_not_those_of_the_classic_flow(self) -> None:
        pool: dict[str, Any] = {**build_pool(None), "Roles": {}}
        access = evaluate([], identity_pool=pool, description=CLASSIC)
        assert {one.way for one in access.roles} == {Way.CLASSIC_FLOW}
        assert access.notes == ()

    def test_where_there_are_none(self) -> None:
        assert evaluate([], identity_pool={**build_pool(), "Roles": {}}).notes == ()


class TestClassicRefused:
    def test_if_the_identity_pool_has_mappings(self) -> None:
        access = evaluate(description=CLASSIC)
        assert (access.classic_flow.verdict, access.classic_flow.rules) == (
            Verdict.NO,
            (rules.CLASSIC_REFUSED,),
        )
        assert Way.CLASSIC_FLOW not in {one.way for one in access.roles}

    def test_even_if_they_are_of_a_different_provider(self) -> None:
        access = evaluate(description=CLASSIC, provider=f"{USER_POOL}:2example")
        assert access.classic_flow.verdict is Verdict.NO


class TestClassicOff:
    @pytest.mark.parametrize("setting", [{}, {"AllowClassicFlow": False}])
    def test_unless_it_is_allowed(self, setting: dict[str, bool]) -> None:
        access = evaluate(mapping=None, description={**DESCRIPTION, **setting})
        assert (access.classic_flow.verdict, access.classic_flow.rules) == (
            Verdict.NO,
            (rules.CLASSIC_OFF,),
        )

    def test_is_unknown_without_a_description(self) -> None:
        access = evaluate(mapping=None, description=None)
        assert access.classic_flow.verdict is Verdict.UNKNOWN
        assert access.classic_flow.reason == "the description of the identity pool was not passed"
        assert Way.CLASSIC_FLOW not in {one.way for one in access.roles}


class TestClassicAnyRole:
    def test_a_user_of_no_group_can_assume_every_role_that_trusts_the_pool(self) -> None:
        refusing = build_role(LEGAL, trust(OTHER_ID))
        access = evaluate([], mapping=None, description=CLASSIC, roles=[*ALL_ROLES, refusing])
        assert list_roles(access) == [
            (SIGNED_IN, "handed-out", Verdict.YES),
            *((arn, "classic-flow", Verdict.YES) for arn in (SIGNED_IN, ADMIN, STAFF)),
        ]
        assert access.classic_flow.rules[0] is rules.CLASSIC_ANY_ROLE

    def test_a_role_that_is_not_known_may_trust_it(self) -> None:
        access = evaluate(mapping=None, description=CLASSIC, roles=[])
        assert {one.trust.verdict for one in access.roles} == {Verdict.UNKNOWN}
        assert len(access.other_roles) == 3

    def test_the_address_of_the_user_may_matter(self) -> None:
        policy = trust(Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
        access = evaluate([], mapping=None, description=CLASSIC, roles=[build_role(SIGNED_IN, policy)])
        assert list_roles(access) == [
            (SIGNED_IN, "handed-out", Verdict.NO),
            (SIGNED_IN, "classic-flow", Verdict.UNKNOWN),
        ]


class TestClassicDuration:
    def test_is_that_of_the_role(self) -> None:
        long = build_role(SIGNED_IN, MaxSessionDuration=43200)
        access = evaluate([], mapping=None, description=CLASSIC, roles=[long, build_role(ADMIN)])
        durations = {one.role_arn: one.valid_for for one in access.other_roles}
        assert durations == {SIGNED_IN: timedelta(hours=12), ADMIN: None}
        text = access.explain()
        assert "credentials are valid for up to 43,200 seconds" in text
        assert "credentials are valid for an unknown time" in text


class TestTriggerChanges:
    def test_if_there_is_one(self) -> None:
        access = evaluate(user_pool={"Id": POOL, "LambdaConfig": {"PreTokenGeneration": TRIGGER}})
        assert (access.trigger.verdict, access.trigger.rules) == (Verdict.YES, (rules.TRIGGER_CHANGES,))
        assert TRIGGER in access.trigger.reason

    def test_not_if_there_is_none(self) -> None:
        assert evaluate().trigger.verdict is Verdict.NO

    def test_is_unknown_without_a_description(self) -> None:
        access = evaluate(user_pool=None)
        assert access.trigger.verdict is Verdict.UNKNOWN
        assert access.trigger.reason == "the description of the user pool was not passed"

    USER_POOLS: ClassVar[list[Any]] = [None, {"Id": POOL, "LambdaConfig": {"PreTokenGeneration": TRIGGER}}]

    @pytest.mark.parametrize("user_pool", USER_POOLS)
    @pytest.mark.parametrize("roles", [ALL_ROLES, [build_role(ADMIN, trust(OTHER_ID))]])
    def test_leaves_the_answer_unknown(self, user_pool: Any, roles: Any) -> None:
        access = evaluate(user_pool=user_pool, roles=roles)
        assert (access.verdict, access.message) == (Verdict.UNKNOWN, None)
        assert access.credentials.rules == (rules.TRIGGER_CHANGES,)
        reason = f"{access.trigger.reason}, and a trigger may change the groups and roles"
        assert access.credentials.reason == reason

    @pytest.mark.parametrize("user_pool", USER_POOLS)
    def test_does_not_matter_without_a_mapping_or_if_the_user_pool_is_not_accepted(
        self, user_pool: Any
    ) -> None:
        assert evaluate(user_pool=user_pool, mapping=None).verdict is Verdict.YES
        nobody = {**DESCRIPTION, "CognitoIdentityProviders": None}
        assert evaluate(user_pool=user_pool, description=nobody).verdict is Verdict.NO


def test_each_rule_has_a_class() -> None:
    names = {"Test" + "".join(map(str.title, rule.id.split("-"))) for rule in ACCESS_RULES}
    assert names <= globals().keys()


class TestWays:
    def test_a_token_hands_out_the_preferred_role_and_offers_the_others(self) -> None:
        access = evaluate()
        assert list_roles(access) == [
            (ADMIN, "handed-out", Verdict.YES),
            (STAFF, "custom-role", Verdict.YES),
        ]
        assert access.choice == choose_role(resolve(GROUPS), TOKEN, provider=PROVIDER)
        assert access.roles[1].rules == choose_role(resolve(GROUPS), TOKEN, custom_role_arn=STAFF).rules

    def test_rules_offer_those_that_match(self) -> None:
        rows = [
            {"Claim": "cognito:groups", "MatchType": "Equals", "Value": value, "RoleARN": arn}
            for value, arn in (("admins", ADMIN), ("staff", STAFF), ("legal", LEGAL))
        ]
        mapping = {**TOKEN, "Type": "Rules", "RulesConfiguration": {"Rules": rows}}
        assert list_roles(evaluate(mapping=mapping)) == [
            (ADMIN, "handed-out", Verdict.YES),
            (STAFF, "custom-role", Verdict.YES),
        ]

    def test_rules_on_other_claims_may_offer_theirs(self) -> None:
        rows = [
            {"Claim": claim, "MatchType": "Equals", "Value": "admins", "RoleARN": arn}
            for claim, arn in (("cognito:groups", ADMIN), ("email", LEGAL))
        ]
        mapping = {**TOKEN, "Type": "Rules", "RulesConfiguration": {"Rules": rows}}
        access = evaluate(mapping=mapping)
        assert list_roles(access) == [
            (ADMIN, "handed-out", Verdict.YES),
            (LEGAL, "custom-role", Verdict.UNKNOWN),
        ]
        assert access.roles[1].reason == "a rule about email, which does not come from groups, names it"

    def test_an_open_question_has_its_role(self) -> None:
        lone = [{"GroupName": "staff", "UserPoolId": POOL, "RoleArn": STAFF}]
        mapping = {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}
        access = evaluate(lone, mapping=mapping)
        assert list_roles(access) == [
            (STAFF, "handed-out", Verdict.YES),
            (SIGNED_IN, "open-question", Verdict.YES),
        ]
        assert access.roles[1].reason == "with the other answer to null-precedence"
        assert access.verdict is Verdict.YES

    def test_rules_on_other_claims_may_choose_theirs(self) -> None:
        rows = [
            {"Claim": claim, "MatchType": "Equals", "Value": "admins", "RoleARN": arn}
            for claim, arn in (("email", LEGAL), ("cognito:groups", ADMIN))
        ]
        mapping = {**TOKEN, "Type": "Rules", "RulesConfiguration": {"Rules": rows}}
        access = evaluate(mapping=mapping)
        reason = "the rules use email, which does not come from groups"
        assert access.choice == UnknownRole(reason)
        assert (access.role, access.message) == (None, None)
        assert access.credentials == Assessment(Verdict.UNKNOWN, reason, ())
        assert list_roles(access) == [
            (ADMIN, "custom-role", Verdict.YES),
            (LEGAL, "custom-role", Verdict.UNKNOWN),
        ]
        assert access.explain().startswith(f"Unknown\n  {reason}\n")
        report = build_access_report(access)
        assert (report["outcome"], report["verdict"], report["reason"]) == ("unknown", "unknown", reason)
        refused = evaluate(mapping=mapping, description={**DESCRIPTION, "CognitoIdentityProviders": []})
        assert refused.verdict is Verdict.NO

    LONE: ClassVar[list[dict[str, Any]]] = [{"GroupName": "staff", "UserPoolId": POOL, "RoleArn": STAFF}]

    @pytest.mark.parametrize("policy", [Policy.DOCUMENTED, Policy.OBSERVED])
    def test_an_open_question_that_decides_leaves_the_answer_unknown(self, policy: Policy) -> None:
        access = evaluate(resolve(self.LONE, policy=policy))
        assert (access.role is None) is (policy is Policy.OBSERVED)
        assert access.verdict is Verdict.UNKNOWN
        questions = [one.question for one in access.choice.alternatives]
        assert access.credentials.reason == "; ".join(f"it depends on {one.id}" for one in questions)
        others = [one.role_arn for one in access.choice.alternatives]
        assert build_access_report(access)["alternatives"] == [
            {"open_question": one.id, "role_arn": arn} for one, arn in zip(questions, others, strict=True)
        ]
        for question in questions:
            assert f"\n  {question.id}: {question.question} {question.evidence}\n" in access.explain()
        assert f"  with the other answer: {others[0] or 'denied'}\n" in access.explain()
        assert access.message is None

    def test_an_open_question_that_changes_only_the_role_leaves_the_answer(self) -> None:
        mapping = {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}
        refused = [build_role(arn, trust(OTHER_ID)) for arn in (STAFF, SIGNED_IN)]
        access = evaluate(self.LONE, mapping=mapping, roles=refused)
        assert access.verdict is Verdict.NO
        denied = evaluate(self.LONE, roles=refused)
        # The two answers have different messages.
        assert (denied.verdict, denied.message) == (Verdict.NO, None)

    def test_a_denied_user_may_request_a_role(self) -> None:
        tie = [{**group, "Precedence": 1} for group in GROUPS]
        access = evaluate(tie)
        assert (access.role, access.verdict) == (None, Verdict.NO)
        assert list_roles(access) == [
            (ADMIN, "custom-role", Verdict.YES),
            (STAFF, "custom-role", Verdict.YES),
        ]
        assert access.message is not None
        assert "The ambiguous role mapping rules for" in access.message
        assert access.explain().startswith("Denied\n  cognito:preferred_role is not set")

    def test_without_a_mapping_the_authenticated_role_is_the_only_one(self) -> None:
        assert list_roles(evaluate(mapping=None)) == [(SIGNED_IN, "handed-out", Verdict.YES)]


class TestTrust:
    def test_a_role_that_is_not_trusted_has_the_message_of_the_service(self) -> None:
        access = evaluate(roles=[build_role(ADMIN, trust(OTHER_ID))])
        assert access.verdict is Verdict.NO
        assert access.message is not None
        assert "Check assigned IAM roles for this pool" in access.message
        assert access.message in access.explain()
        assert evaluate().message is None

    @pytest.mark.parametrize("roles", [[], [build_role(STAFF)]])
    def test_a_role_that_was_not_passed_is_a_missing_fact(self, roles: list[Any]) -> None:
        access = evaluate(roles=roles)
        assert access.role is not None
        assert (access.role.trust.verdict, access.role.trust.rules) == (Verdict.UNKNOWN, ())
        assert access.role.trust.reason == "the trust policy of the role was not passed"

    def test_a_role_without_a_policy_is_a_missing_fact(self) -> None:
        bare = {"Role": {"Arn": ADMIN, "RoleName": "admin"}}
        assert evaluate(roles=[bare]).verdict is Verdict.UNKNOWN

    def test_an_encoded_policy_is_that_of_the_wire(self) -> None:
        encoded = build_role(ADMIN, quote(json.dumps(trust()), safe=""))
        assert evaluate(roles=[encoded]).verdict is Verdict.YES

    def test_warnings_are_explained(self) -> None:
        access = evaluate(roles=[build_role(ADMIN, trust(Condition={}))])
        assert access.role is not None
        assert access.role.trust.warnings == (rules.ANY_IDENTITY_POOL, rules.GUESTS_TRUSTED)
        assert rules.ANY_IDENTITY_POOL.sentence in access.explain()

    @pytest.mark.parametrize(
        ("tags", "verdict"),
        [
            (True, Verdict.NO),
            (False, Verdict.YES),
            (None, Verdict.UNKNOWN),
            ({"IdentityPoolId": POOL_ID, "UseDefaults": True}, Verdict.NO),
            ({"PrincipalTags": {}}, Verdict.YES),
            (GetPrincipalTagAttributeMapResponse(principal_tags={"team": "custom:team"}), Verdict.NO),
        ],
    )
    def test_principal_tags_need_a_permission(self, tags: Any, verdict: Verdict) -> None:
        assert evaluate(principal_tags=tags).verdict is verdict

    def test_the_identity_of_the_user_may_matter(self) -> None:
        condition = {"StringEquals": {"cognito-identity.amazonaws.com:sub": "eu-west-1:me"}}
        given = [build_role(ADMIN, trust(Condition=condition))]
        assert evaluate(roles=given).verdict is Verdict.UNKNOWN
        assert evaluate(roles=given, identity_id="eu-west-1:me").verdict is Verdict.YES
        assert evaluate(roles=given, identity_id="eu-west-1:you").verdict is Verdict.NO


class TestInput:
    def test_models_and_dictionaries_are_equal(self) -> None:
        models = evaluate(
            identity_pool=GetIdentityPoolRolesResponse.model_validate(build_pool()),
            roles=[
                Role.model_validate(ALL_ROLES[0]["Role"]),
                *map(GetRoleResponse.model_validate, ALL_ROLES[1:]),
            ],
            description=DescribeIdentityPoolResponse.model_validate(DESCRIPTION),
            user_pool=UserPoolType(id=POOL),
        )
        assert models == evaluate()
        assert evaluate(roles=[*ALL_ROLES, *ALL_ROLES]) == models

    def test_the_identity_pool_must_be_known(self) -> None:
        without = {key: value for key, value in build_pool().items() if key != "IdentityPoolId"}
        assert evaluate(identity_pool=without) == evaluate()
        with pytest.raises(InvalidResponseError, match="IdentityPoolId: is missing"):
            evaluate(identity_pool=without, description=None)

    def test_the_identity_pool_must_be_one(self) -> None:
        other = {**DESCRIPTION, "IdentityPoolId": OTHER_ID}
        with pytest.raises(InvalidResponseError, match=f"^DescribeIdentityPool: .* must be {POOL_ID}"):
            evaluate(description=other)
        with pytest.raises(InvalidResponseError, match=r"^GetPrincipalTagAttributeMap: IdentityPoolId"):
            evaluate(principal_tags={"IdentityPoolId": OTHER_ID})

    @pytest.mark.parametrize("provider", [PROVIDER, None])
    def test_the_principal_tags_must_be_those_of_the_user_pool(self, provider: str | None) -> None:
        tags: dict[str, Any] = {"IdentityProviderName": USER_POOL, "PrincipalTags": {}}
        assert evaluate(mapping=None, provider=provider, principal_tags=tags).verdict is Verdict.YES
        other = {**tags, "IdentityProviderName": USER_POOL.replace(POOL, "eu-west-1_OTHER")}
        refusal = f"IdentityProviderName: must be {USER_POOL}: pass the principal tags of this provider"
        with pytest.raises(InvalidResponseError, match=refusal):
            evaluate(mapping=None, provider=provider, principal_tags=other)

    def test_the_user_pool_must_be_that_of_the_groups(self) -> None:
        with pytest.raises(MixedUserPoolsError):
            evaluate(user_pool={"Id": "eu-west-1_OTHER"})

    def test_a_role_must_have_one_policy(self) -> None:
        with pytest.raises(InvalidResponseError, match=r"Role\.Arn: is that of two different roles"):
            evaluate(roles=[build_role(ADMIN), build_role(ADMIN, trust(OTHER_ID))])

    def test_a_provider_is_required_by_mappings(self) -> None:
        with pytest.raises(InvalidClaimsError, match="pass provider="):
            evaluate(provider=None)

    MALFORMED: ClassVar[list[tuple[dict[str, Any], str]]] = [
        ({"identity_pool": {**build_pool(None), "RoleMapings": {}}}, "RoleMapings"),
        ({"description": {**DESCRIPTION, "AllowClasicFlow": True}}, "AllowClasicFlow"),
        ({"description": {}}, "IdentityPoolId"),
        ({"principal_tags": {"UseDefault": True}}, "UseDefault"),
        ({"roles": [{"Role": {}}]}, "Role.Arn"),
        ({"roles": [{"Role": {"Arn": ADMIN, "RoleNme": "a"}}]}, "Role.RoleNme"),
        (
            {"roles": [ALL_ROLES[1], build_role(ADMIN, {"Statement": {}})]},
            "roles[1].AssumeRolePolicyDocument.Statement.Effect",
        ),
        ({"user_pool": {}}, "UserPool"),
    ]

    @pytest.mark.parametrize(("arguments", "path"), MALFORMED)
    def test_malformed_input_is_refused_with_the_place(self, arguments: Any, path: str) -> None:
        with pytest.raises(InvalidResponseError) as refused:
            evaluate(**arguments)
        assert path in {problem.path for problem in refused.value.problems}

    @given(resolutions(), identity_pool_roles(), st.sampled_from([None, False, True]), st.booleans())
    def test_every_role_is_one_that_the_identity_pool_assigns(
        self, resolution: Resolution, pool: GetIdentityPoolRolesResponse, tags: bool | None, known: bool
    ) -> None:
        provider = next(iter(pool.role_mappings or {}), f"{USER_POOL}:x")
        given = pool.model_copy(update={"identity_pool_id": POOL_ID})
        roles = [build_role(arn) for arn in resolution.roles] if known else []
        try:
            expected = choose_role(resolution, given, provider=provider)
        except InvalidClaimsError:
            return
        access = effective_access(
            resolution, identity_pool=given, provider=provider, roles=roles, principal_tags=tags
        )
        assert access.choice == expected
        assert (access.role is None) == (expected.role_arn is None)
        for one in access.roles:
            if one.way is Way.CUSTOM_ROLE and one.rules:
                again = choose_role(resolution, given, provider=provider, custom_role_arn=one.role_arn)
                assert again.role_arn == one.role_arn
        assert json.dumps(build_access_report(access))
        assert access.explain()


class TestExplanation:
    TEXT = f"""Handed out: {ADMIN}
  handed-out: it is cognito:preferred_role [preferred-assumed]
  can be assumed: yes: {ALLOWS} [allow-required]
  credentials are valid for up to 3,600 seconds

Credentials
  the user gets credentials: yes: it is cognito:preferred_role [preferred-assumed]

Other roles
  {STAFF}
    custom-role: the CustomRoleArn is one of cognito:roles [custom-role]
    can be assumed: unknown: the trust policy of the role was not passed
    credentials are valid for up to 3,600 seconds

Settings
  the identity pool accepts the user pool: yes: it accepts {PROVIDER} [accepted-provider]
  the classic flow is allowed: no: the identity pool has role mappings [classic-refused]
  a trigger may change groups and roles: no: the user pool has no pre token generation trigger"""

    def test_has_a_section_for_each_part(self) -> None:
        access = evaluate(roles=[build_role(ADMIN)])
        assert access.explain().startswith(self.TEXT)
        assert access.explain().endswith("\n\nWhat the roles permit is not evaluated.")

    def test_has_the_sentence_of_each_rule_once(self) -> None:
        access = evaluate()
        for rule in access.rules:
            assert access.explain().count(f"  {rule.id} ({rule.basis}): {rule.sentence}") == 1

    def test_json_has_the_same(self) -> None:
        access = evaluate()
        report: Any = build_access_report(access)
        assert report["role"]["trust"] == {
            "verdict": "yes",
            "reason": ALLOWS,
            "rules": ["allow-required"],
            "statement": 0,
            "warnings": [],
        }
        assert [rule["id"] for rule in report["rules"]] == [rule.id for rule in access.rules]
        assert [one["role_arn"] for one in report["other_roles"]] == [STAFF]
        assert report["alternatives"] == []
        assert report["role"]["valid_for"] == 3600

    def test_a_role_that_cannot_be_assumed_is_valid_for_no_time(self) -> None:
        report: Any = build_access_report(evaluate(roles=[build_role(ADMIN, trust(OTHER_ID))]))
        assert report["role"]["trust"]["verdict"] == "no"
        assert report["role"]["valid_for"] is None

    def test_the_reason_is_that_of_the_verdict(self) -> None:
        refused = evaluate(roles=[build_role(ADMIN, trust(OTHER_ID))])
        assert refused.role is not None
        assert build_access_report(refused)["reason"] == refused.role.trust.reason
        other = evaluate(provider=f"{USER_POOL}:2example", mapping=None)
        assert build_access_report(other)["reason"] == other.provider.reason
        assert other.message is None
        unknown = evaluate(description=None, roles=[])
        assert build_access_report(unknown)["reason"] == (
            "the trust policy of the role was not passed; "
            "the description of the identity pool was not passed"
        )
