"""Broken rules of identity pools."""

from typing import Any

from cognito_claims._wire.json import as_list
from cognito_claims.conformance.shapes import RoleInput
from cognito_claims.identity_pool import AccessDenied, AssumedRole, MappingRule
from tests.broken_rules.registry import breaks
from tests.vector_adapter import VectorAdapter

READER = "arn:aws:iam::123456789012:role/reader"
Role = AssumedRole | AccessDenied


def create_role(role_arn: str | None) -> Role:
    return AccessDenied("broken", ()) if role_arn is None else AssumedRole(role_arn, "broken", ())


def get_preferred_role(case_input: RoleInput) -> str | None:
    role = case_input.claims.get("cognito:preferred_role")
    return role if isinstance(role, str) else None


def get_mapping_type(case_input: RoleInput) -> str | None:
    return None if case_input.role_mapping is None else case_input.role_mapping.type


def names_rule(choice: Role, rule: str) -> bool:
    return any(one.id == rule for one in choice.rules)


@breaks("no-mapping")
class WithoutMappingTheTokenChooses(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        if case_input.role_mapping is None and case_input.custom_role_arn is None:
            return create_role(get_preferred_role(case_input))
        return super().choose_role(case_input)


@breaks("custom-role-without-mapping")
class WithoutMappingAnyOtherCustomRole(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        custom = case_input.custom_role_arn
        if case_input.role_mapping is None and custom is not None:
            return create_role(None if custom == case_input.authenticated_role else custom)
        return super().choose_role(case_input)


@breaks("custom-role")
class CustomRoleIsIgnored(VectorAdapter):
    mapping_type = "Token"

    def choose_role(self, case_input: RoleInput) -> Role:
        if get_mapping_type(case_input) == self.mapping_type:
            case_input = case_input.model_copy(update={"custom_role_arn": None})
        return super().choose_role(case_input)


@breaks("custom-role-of-rules")
class CustomRoleIsIgnoredByRules(CustomRoleIsIgnored):
    mapping_type = "Rules"


@breaks("preferred-assumed")
class PreferredRoleIsIgnored(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        if get_mapping_type(case_input) == "Token":
            claims = {n: v for n, v in case_input.claims.items() if n != "cognito:preferred_role"}
            case_input = case_input.model_copy(update={"claims": claims})
        return super().choose_role(case_input)


@breaks("ambiguous-resolution")
class AmbiguousTakesTheFirstRole(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        right = super().choose_role(case_input)
        if not names_rule(right, "ambiguous-resolution"):
            return right
        roles: Any = case_input.claims.get("cognito:roles", [])
        return create_role([*roles, READER][0])


@breaks("no-roles")
class NoRolesIsTheOtherWayRound(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        right = super().choose_role(case_input)
        if not names_rule(right, "no-roles"):
            return right
        return create_role(None if right.role_arn else case_input.authenticated_role)


@breaks("first-match")
class TheTokenChoosesThoughARuleMatches(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        right = super().choose_role(case_input)
        by_rule = names_rule(right, "first-match")
        return create_role(get_preferred_role(case_input)) if by_rule else right


@breaks("no-match")
class TheFirstRuleIsADefault(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        right = super().choose_role(case_input)
        mapping = case_input.role_mapping
        if not names_rule(right, "no-match") or mapping is None or mapping.rules_configuration is None:
            return right
        return create_role(mapping.rules_configuration.rules[0].role_arn)


class BrokenMatching(VectorAdapter):
    """Matches some rules against a wrong reading of their claims."""

    def read(self, claim: object, rule: MappingRule) -> str | None:
        """Return a rule's wrong reading of a claim, or `None` to keep the right one."""
        raise NotImplementedError

    def choose_role(self, case_input: RoleInput) -> Role:
        mapping = case_input.role_mapping
        if mapping is None or mapping.rules_configuration is None:
            return super().choose_role(case_input)
        claims = dict(case_input.claims)
        rules: list[MappingRule] = []
        for rule in mapping.rules_configuration.rules:
            wrong = self.read(case_input.claims.get(rule.claim), rule)
            if wrong is not None:
                claims[f"wrong:{rule.claim}"] = wrong
                rule = rule.model_copy(update={"claim": f"wrong:{rule.claim}"})  # noqa: PLW2901
            rules.append(rule)
        configuration = mapping.rules_configuration.model_copy(update={"rules": tuple(rules)})
        mapping = mapping.model_copy(update={"rules_configuration": configuration})
        changed = {"claims": claims, "role_mapping": mapping}
        return super().choose_role(case_input.model_copy(update=changed))


@breaks("absent-claim")
class AnAbsentClaimIsEmpty(BrokenMatching):
    def read(self, claim: object, rule: MappingRule) -> str | None:  # noqa: ARG002
        return "" if claim is None else None


@breaks("value-case")
class CaseOfValuesIsIgnored(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        mapping = case_input.role_mapping
        if mapping is None or mapping.rules_configuration is None:
            return super().choose_role(case_input)
        members = case_input.model_dump(mode="json", by_alias=True)
        for rule in members["role_mapping"]["RulesConfiguration"]["Rules"]:
            if isinstance(case_input.claims.get(rule["Claim"]), str | list):
                rule["Value"] = rule["Value"].lower()
        members["claims"] = {name: self.fold(value) for name, value in case_input.claims.items()}
        return super().choose_role(RoleInput.model_validate(members, by_alias=True))

    def fold(self, claim: object) -> object:
        if (elements := as_list(claim)) is not None:
            return [self.fold(one) for one in elements]
        return claim.lower() if isinstance(claim, str) else claim


@breaks("claim-text")
class OnlyNullHasAText(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        claims = {
            name: "null" if value is None else value
            for name, value in case_input.claims.items()
            if isinstance(value, str | list) or value is None
        }
        return super().choose_role(case_input.model_copy(update={"claims": claims}))


@breaks("array-elements")
class AnArrayIsItsText(BrokenMatching):
    """Compares an array as its text, and the other way round with `NotEqual`."""

    def read(self, claim: object, rule: MappingRule) -> str | None:
        elements = as_list(claim)
        if elements is None:
            return None
        differs = rule.match_type == "NotEqual" and rule.value not in elements
        return rule.value if differs else str(elements)
