"""Broken rules of trust policies."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cognito_claims._wire.json import as_list
from cognito_claims.access import Assessment, Verdict
from cognito_claims.conformance.shapes import TrustInput
from tests.broken_rules.registry import breaks
from tests.vector_adapter import VectorAdapter

Members = dict[str, Any]

SERVICES = [
    "cognito-identity.amazonaws.com",
    "cognito-identity-us-gov.amazonaws.com",
    "cognito-identity.cn-north-1.amazonaws.com.cn",
]
ACTIONS = ("sts:AssumeRoleWithWebIdentity", "sts:TagSession")


def list_statements(case_input: TrustInput) -> list[Members]:
    statements: Any = case_input.policy["Statement"]
    return [statements] if as_list(statements) is None else statements


def list_actions(statement: Members) -> list[Any]:
    actions: Any = statement.get("Action", [])
    return [actions] if as_list(actions) is None else actions


def change_conditions(statement: Members, change: Callable[[str, str, Any], Any]) -> Members:
    """Replace the values of each condition by the result of a function, or drop it if that is `None`."""
    conditions: Members = {}
    for operator, keys in statement.get("Condition", {}).items():
        changed = {key: change(operator, key, values) for key, values in keys.items()}
        conditions[operator] = {key: values for key, values in changed.items() if values is not None}
    return {**statement, "Condition": conditions}


class BrokenPolicy(VectorAdapter):
    """Evaluates a different policy. By default, the warnings are those of the right one."""

    keeps_warnings = True
    pool = ""

    def change(self, statement: Members) -> list[Members]:
        """Return what a statement is replaced by."""
        raise NotImplementedError

    def evaluate_trust(self, case_input: TrustInput) -> Assessment:
        right = super().evaluate_trust(case_input)
        self.pool = case_input.identity_pool_id
        statements = [changed for one in list_statements(case_input) for changed in self.change(one)]
        wrong = self.evaluate(case_input, statements)
        return replace(wrong, warnings=right.warnings) if self.keeps_warnings else wrong

    def evaluate(self, case_input: TrustInput, statements: list[Members]) -> Assessment:
        policy = {**case_input.policy, "Statement": statements}
        return super().evaluate_trust(case_input.model_copy(update={"policy": policy}))


@breaks("trusted-principal")
class AnyProviderIsTrusted(BrokenPolicy):
    def change(self, statement: Members) -> list[Members]:
        if {*statement.get("Principal", ())} & {"Federated", "Service"}:
            return [{**statement, "Principal": {"Federated": SERVICES}}]
        return [statement]


@breaks("trusted-action")
class AssumeRoleIncludesWebIdentity(BrokenPolicy):
    def change(self, statement: Members) -> list[Members]:
        if "sts:AssumeRole" in list_actions(statement):
            return [{**statement, "Action": [*list_actions(statement), ACTIONS[0]]}]
        return [statement]


@breaks("action-patterns")
class WildcardsAreIgnored(BrokenPolicy):
    def change(self, statement: Members) -> list[Members]:
        names = [action.strip("*?") for action in list_actions(statement)]
        exact = [name for name in names if name in ACTIONS]
        return [{**statement, "Action": exact} if "Action" in statement else statement]


@breaks("tag-session")
class TagsNeedNoPermission(VectorAdapter):
    def evaluate_trust(self, case_input: TrustInput) -> Assessment:
        return super().evaluate_trust(case_input.model_copy(update={"principal_tags": False}))


@breaks("trusted-audience")
class AudienceIsADifferentPool(BrokenPolicy):
    def change(self, statement: Members) -> list[Members]:
        def change(operator: str, key: str, values: Any) -> Any:
            if operator != "StringEquals" or not key.lower().endswith(":aud") or "$" in values:
                return values
            return [self.pool[:-1]] if self.pool in values else [self.pool]

        return [change_conditions(statement, change)]


@breaks("signed-in")
class AmrIsIgnored(BrokenPolicy):
    def change(self, statement: Members) -> list[Members]:
        return [
            change_conditions(
                statement,
                lambda operator, _, values: None if operator == "ForAnyValue:StringLike" else values,
            )
        ]


class KeyIsIgnored(BrokenPolicy):
    operator: str
    key: str

    def change(self, statement: Members) -> list[Members]:
        def change(operator: str, key: str, values: Any) -> Any:
            ignored = operator == self.operator and key.lower().endswith(self.key)
            return None if ignored else values

        return [change_conditions(statement, change)]


@breaks("trusted-identity")
class IdentityIsIgnored(KeyIsIgnored):
    operator, key = "StringEquals", ":sub"
    keeps_warnings = False


@breaks("source-ip")
class SourceIpIsIgnored(KeyIsIgnored):
    operator, key = "IpAddress", ":sourceip"


@breaks("all-conditions")
class OneConditionSufficesButEveryValueMustMatch(BrokenPolicy):
    def change(self, statement: Members) -> list[Members]:
        conditions: list[Members] = [
            {operator: {key: values[:1] if isinstance(values, list) else values}}
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        ]
        return [{**statement, "Condition": one} for one in conditions] or [statement]


@breaks("allow-required")
class EveryAllowMustApply(BrokenPolicy):
    def change(self, statement: Members) -> list[Members]:
        return [statement]

    def evaluate(self, case_input: TrustInput, statements: list[Members]) -> Assessment:
        allows = [one for one in statements if one["Effect"] == "Allow"]
        denies = [one for one in statements if one["Effect"] == "Deny"]
        evaluate = super().evaluate
        answers = [evaluate(case_input, [one, *denies]) for one in allows]
        refused = [one for one in answers if one.verdict is not Verdict.YES]
        return (refused or answers or [Assessment(Verdict.YES, "broken", ())])[0]


@breaks("deny-wins")
class DenyIsIgnored(BrokenPolicy):
    def change(self, statement: Members) -> list[Members]:
        return [statement] if statement["Effect"] == "Allow" else []


@breaks("not-evaluated")
class WhatIsNotEvaluatedHolds(VectorAdapter):
    def evaluate_trust(self, case_input: TrustInput) -> Assessment:
        right = super().evaluate_trust(case_input)
        guessed = any(rule.id == "not-evaluated" for rule in right.rules)
        return replace(right, verdict=Verdict.YES) if guessed else right


class MissingWarning(VectorAdapter):
    rule: str

    def evaluate_trust(self, case_input: TrustInput) -> Assessment:
        right = super().evaluate_trust(case_input)
        return replace(right, warnings=tuple(one for one in right.warnings if one.id != self.rule))


@breaks("any-identity-pool")
class NoWarningOfOtherPools(MissingWarning):
    rule = "any-identity-pool"


@breaks("guests-trusted")
class NoWarningOfGuests(MissingWarning):
    rule = "guests-trusted"
